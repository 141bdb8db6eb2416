"""Text that no record can hold, pasted into every field of the tablet: said in words, and nothing is lost.

Each row of `FIELDS` is one text field of a screen: how to get there, what to tap afterwards where a field has
a button of its own, and where what was kept can be seen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from inspector.errors import MishapError, TextControlError, TextTooLongError
from inspector.tablet import routes
from tests.tablet.rig import NAME, PIN, Rig
from tests.tablet.test_finding import failed, major
from tests.tablet.test_finish import finishing
from tests.tablet.walking import EXIT, JPEG, KINDS, MAJOR, Walking, blur, item, pick
from tests.ui_harness import Harness, screen_test

HOSTILE = {
    "ten thousand characters": "𠅤" * 10_000,
    "a character that turns the writing round": "样例𠅤\u202e商行",
    "zero-width characters only": "\u200b\u200b",
    "a zero byte": "样例\0商行",
    "a blank that is no space": "\u2800\u2800",
}
RARE = "䶮𠅤样例"
Way = Callable[[Walking], Awaitable[Harness]]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One text field.

    Attributes:
        way: opens its screen.
        name: its identifier.
        after: what is tapped so that its text is used; empty where it goes to the disk by itself.
        kept: what the tablet keeps of it.
    """

    way: Way
    name: str
    after: tuple[str, ...] = ()
    kept: Callable[[Walking], object]


async def first_start(rig: Walking) -> Harness:
    return await rig.window()


async def second_person(rig: Walking) -> Harness:
    ui = await rig.enrolled("/settings")
    await ui.tap("crew.add")
    await ui.type("crew.new.name", NAME)
    return ui


async def beginning(rig: Walking) -> Harness:
    ui = await rig.enrolled()
    await ui.go(routes.begin(rig.enterprise().id))
    await ui.tap("begin.checklist-fire-sample")
    await ui.tap("begin.second-outside")
    await ui.type("begin.guest-name", NAME)
    return ui


async def new_enterprise(rig: Walking) -> Harness:
    ui = await rig.enrolled("/start/new")
    await ui.type("new-enterprise.name", "样例商行（样例）")
    return ui


async def joining(rig: Walking) -> Harness:
    ui = await finishing(rig)
    await ui.tap("finish.guest")
    await ui.type("finish.guest-name", NAME)
    return ui


async def refusing(rig: Walking) -> Harness:
    ui = await finishing(rig)
    await ui.tap("finish.refuse")
    await ui.type("refusal.reason", "负责人不在")
    return ui


async def deciding(rig: Walking) -> Harness:
    ui = await major(rig)
    await ui.tap(f"{MAJOR}-finding-major-yes")
    return ui


async def photographed(rig: Walking) -> Harness:
    ui = await failed(rig)
    await ui.tap(f"{EXIT}-finding-photo-add")
    await pick(ui, ("a.jpg", JPEG))
    await ui.tap("photo-done")
    await ui.tap(f"{EXIT}-finding-photo-1")
    return ui


async def noting(rig: Walking) -> Harness:
    ui = await rig.open()
    await ui.tap(f"{EXIT}-remark")
    return ui


async def of_every_kind(rig: Walking) -> Harness:
    return await rig.open()


def people(rig: Walking) -> object:
    return [one.name for one in rig.tablet.gate.people()]


def enterprises(rig: Walking) -> object:
    return rig.bench.office.enterprises()


def drafts(rig: Walking) -> object:
    return rig.bench.drafts.ids()


def inspection(rig: Walking) -> object:
    return rig.on_disk


def members(rig: Walking) -> object:
    return rig.bench.crew.members() if rig.tablet.workbench else ()


def inspections(rig: Walking) -> object:
    return [rig.bench.inspections.open(id) for id in drafts(rig)] if rig.tablet.workbench else ()


FIRST, SECOND_ONE, SAVE = ("welcome.next",), ("crew.new.next",), ("new-enterprise.save",)
PERSON = ("name", "number", "role")
PLACE = ("name", "credit-code", "address", "person", "position", "phone")
KEPT_BY_THEMSELVES: tuple[tuple[Way, str], ...] = (
    *((finishing, f"finish.{name}") for name in ("place", "person", "position", "phone")),
    (failed, f"{EXIT}-finding-facts"),
    (failed, f"{EXIT}-finding-requirement"),
    (deciding, f"{MAJOR}-finding-reason"),
    (photographed, f"{EXIT}-finding-photo-caption"),
    (noting, f"{EXIT}-note"),
    *((of_every_kind, f"{item(name)}-value") for name in ("drill", "who", "height")),
)
FIELDS = (
    *(Field(way=first_start, name=f"welcome.{name}", after=FIRST, kept=people) for name in PERSON),
    *(Field(way=second_person, name=f"crew.new.{name}", after=SECOND_ONE, kept=people) for name in PERSON),
    *(
        Field(way=new_enterprise, name=f"new-enterprise.{name}", after=SAVE, kept=enterprises)
        for name in PLACE
    ),
    *(
        Field(way=beginning, name=f"begin.guest-{name}", after=("begin.start",), kept=drafts)
        for name in ("name", "number")
    ),
    *(
        Field(way=joining, name=f"finish.guest-{name}", after=("finish.guest-join",), kept=inspection)
        for name in ("name", "number")
    ),
    *(
        Field(way=refusing, name=f"refusal.{name}", after=("refusal.record",), kept=inspection)
        for name in ("reason", "witness")
    ),
    *(Field(way=way, name=name, kept=inspection) for way, name in KEPT_BY_THEMSELVES),
)
IDS = [field.name for field in FIELDS]


def rig_for(field: Field, folder) -> Walking:
    return Walking(folder, checklists=(KINDS,)) if field.way is of_every_kind else Walking(folder)


async def use(ui: Harness, field: Field) -> None:
    for name in field.after:
        await ui.tap(name)
    if field.after in (FIRST, SECOND_ONE):
        for pad in ("pin", "again"):
            if ui.has(f"{field.name.rsplit('.', 1)[0]}.{pad}-pin"):
                await ui.type(f"{field.name.rsplit('.', 1)[0]}.{pad}-pin", PIN)
                await ui.tap(f"{field.name.rsplit('.', 1)[0]}.{pad}-done")
    if not field.after:
        await blur(ui, field.name)


def said(ui: Harness) -> str:
    return " ".join(ui.texts())


@pytest.mark.parametrize("field", FIELDS, ids=IDS)
@screen_test
async def test_what_no_record_can_hold_is_refused_in_words_and_everything_stays(tmp_path, field):
    async with rig_for(field, tmp_path) as rig:
        ui = await field.way(rig)
        if field.way is first_start and field.name != "welcome.name":
            await ui.type("welcome.name", NAME)
        before = field.kept(rig)
        for text in HOSTILE.values():
            await ui.type(field.name, text)
            await use(ui, field)
            words = said(ui)
            what, hint = (
                ("写了 10000 个字", TextTooLongError.hint)
                if len(text) > 100
                else ("看不见的控制符", TextControlError.hint)
            )
            assert what in words and hint in words, words
            assert field.kept(rig) == before
            assert ui.by_identifier(field.name).value == text, "what was typed stays to be mended"
            assert MishapError().message not in words
        assert ui.errors() == []


@pytest.mark.parametrize("field", FIELDS, ids=IDS)
@screen_test
async def test_a_rare_character_is_kept_as_it_was_typed_wherever_text_is_kept(tmp_path, field):
    if field.name.endswith(("drill-value", "height-value", "credit-code")):
        return  # a date, a number, a code: words are refused there for what they are
    async with rig_for(field, tmp_path) as rig:
        ui = await field.way(rig)
        if field.way is first_start and field.name != "welcome.name":
            await ui.type("welcome.name", NAME)
        await ui.type(field.name, RARE)
        await use(ui, field)
        assert RARE in repr((field.kept(rig), members(rig), inspections(rig))), said(ui)


@pytest.mark.parametrize(
    ("way", "name", "after"),
    [
        (first_start, "welcome.name", FIRST),
        (second_person, "crew.new.name", SECOND_ONE),
        (new_enterprise, "new-enterprise.name", SAVE),
        (beginning, "begin.guest-name", ("begin.start",)),
    ],
)
@screen_test
async def test_a_name_of_nothing_but_blanks_is_asked_for_again(tmp_path, way, name, after):
    async with Walking(tmp_path) as rig:
        ui = await way(rig)
        kept = {"welcome.name": people, "crew.new.name": people, "new-enterprise.name": enterprises}.get(
            name, drafts
        )
        before = kept(rig)
        for blanks in ("   ", "\u3000\u3000", "\u00a0\u2003"):
            await ui.type(name, blanks)
            await ui.tap(*after)
            asked = "请填写单位名称" if kept is enterprises else "姓名"
            assert any("请填写" in text and asked in text for text in ui.texts())
            assert kept(rig) == before
            assert ui.by_identifier(name).value == blanks


@screen_test
async def test_somebody_without_a_name_cannot_join_at_the_end(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await joining(rig)
        await ui.type("finish.guest-name", "\u3000 ")
        assert ui.by_identifier("finish.guest-join").disabled


# --- A text that could not be kept ---


@screen_test
async def test_a_refused_text_does_not_show_as_saved_until_it_is_mended(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        assert "已保存" in ui.texts()
        await ui.type(f"{EXIT}-finding-facts", "长" * 10_000)
        assert "没有保存" in ui.texts() and "已保存" not in ui.texts()
        await ui.tap(f"{EXIT}-finding-severity-general")
        assert "没有保存" in ui.texts(), "another act is saved, the text still is not"
        await ui.type(f"{EXIT}-finding-facts", "上锁两处")
        assert "已保存" in ui.texts() and "没有保存" not in ui.texts()


@screen_test
async def test_a_refused_text_is_there_again_after_looking_at_another_section(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.type(f"{EXIT}-finding-facts", "长" * 10_000)
        await ui.tap("checklist.section.fire-sample.rest")
        assert not ui.has(f"{EXIT}-finding-facts")
        assert "没有保存" not in ui.texts()
        await ui.tap("checklist.section.fire-sample.ways")
        field = ui.by_identifier(f"{EXIT}-finding-facts")
        assert field.value == "长" * 10_000 and "最多" in field.error
        assert "没有保存" in ui.texts()


@screen_test
async def test_what_is_gone_with_its_finding_keeps_nothing_unsaved(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.type(f"{EXIT}-finding-facts", "长" * 10_000)
        await ui.tap(f"{EXIT}-pass")
        assert "已保存" in ui.texts() and "没有保存" not in ui.texts()


# --- Fields that keep nothing by themselves ---


@screen_test
async def test_a_tablet_is_not_given_a_name_that_nobody_could_read(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/enrol")
        invited = rig.invited()
        for label in (*HOSTILE.values(), "  "):
            await ui.type("enrol.label", label)
            await ui.type("enrol.code", invited.invitation.text)
            await ui.tap("enrol.send")
            assert ui.has("error") and not ui.has("enrol.digits")
            words = said(ui)
            assert "“本机名称”" in words or "请给本机起一个名称" in words, words
            assert ui.by_identifier("enrol.label").value == label
            assert ui.by_identifier("enrol.code").value == invited.invitation.text
            assert rig.bench.crew.device() is None
            assert rig.boxes.requests == {}


@screen_test
async def test_what_is_no_code_and_no_address_is_said_while_it_is_typed_or_sent(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/enrol")
        for text in HOSTILE.values():
            await ui.type("enrol.code", text)
            assert "登记码不对" in ui.by_identifier("enrol.code").error
            assert ui.by_identifier("enrol.send").disabled
        await ui.type("enrol.label", "样例平板")
        await ui.type("enrol.code", rig.invited().invitation.code)
        for text in HOSTILE.values():
            await ui.type("enrol.url", text)
            await ui.tap("enrol.send")
            assert any("不能使用这个服务器地址" in each or "登记码不对" in each for each in ui.texts()), said(
                ui
            )
            assert ui.by_identifier("enrol.url").value == text
        assert rig.bench.crew.device() is None


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@screen_test
async def test_a_search_for_anything_finds_nothing_and_breaks_nothing(tmp_path, text):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        one = rig.enterprise()
        await ui.go("/start")
        await ui.type("enterprise.search", text)
        assert not ui.has(f"enterprise.choose.{one.id}")
        await ui.type("enterprise.search", "样例")
        assert ui.has(f"enterprise.choose.{one.id}")
        assert ui.errors() == []
