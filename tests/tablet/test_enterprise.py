"""Choosing an enterprise and beginning: search, adding on the spot, checklists, the second inspector."""

import pytest

from inspector.domain.checklist import Domain
from inspector.domain.identifiers import credit_code_check_digit
from tests.tablet.rig import SECOND, Rig
from tests.ui_harness import Harness, screen_test

BODY = "91430500MA4L0000X"
GOOD_CODE = BODY + credit_code_check_digit(BODY)


async def found(ui: Harness, typed: str) -> set[str]:
    await ui.type("enterprise.search", typed)
    return {text for text in ui.texts() if text.endswith("（样例）")}


@screen_test
async def test_an_enterprise_is_found_by_name_code_address_and_initials(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled("/start")
        rig.enterprise(id="a", name="样例化工厂（样例）", credit_code=GOOD_CODE, address="样例路 1 号")
        rig.enterprise(id="b", name="样例面馆（样例）", address="长街 88 号")
        assert await found(ui, "化工") == {"样例化工厂（样例）"}
        assert await found(ui, GOOD_CODE[:8]) == {"样例化工厂（样例）"}
        assert await found(ui, "长街") == {"样例面馆（样例）"}
        assert await found(ui, "ylmg") == {"样例面馆（样例）"}
        assert await found(ui, "yangli") == {"样例化工厂（样例）", "样例面馆（样例）"}
        assert await found(ui, "没有这样的") == set()
        assert "没有找到这家单位" in ui.texts()


@screen_test
async def test_before_anything_is_typed_the_enterprises_visited_last_are_offered(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        rig.draft(enterprise=rig.enterprise(id="b", name="样例面馆（样例）"))
        rig.enterprise(id="a", name="样例化工厂（样例）")
        await ui.go("/start")
        assert "样例面馆（样例）" in ui.texts()
        assert "样例化工厂（样例）" not in ui.texts()


@screen_test
async def test_one_that_is_added_on_the_spot_keeps_every_character_and_is_found_again(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled("/start/new")
        await ui.type("new-enterprise.name", "䶮𠅤样例商行（样例）")
        await ui.tap("new-enterprise.domain-fire")
        await ui.tap("new-enterprise.save")
        [one] = rig.bench.office.enterprises()
        assert (one.name, one.domain, one.from_office) == ("䶮𠅤样例商行（样例）", Domain.FIRE, False)
        assert ui.has("begin.start")
        await ui.go("/start")
        assert await found(ui, "商行") == {"䶮𠅤样例商行（样例）"}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (GOOD_CODE[:-1] + ("0" if GOOD_CODE[-1] != "0" else "1"), "校验位不符"),
        ("123", "应为 18 位"),
        ("430500000012345", "旧注册号"),
    ],
)
@screen_test
async def test_a_doubtful_credit_code_warns_and_never_blocks(tmp_path, code, words):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled("/start/new")
        await ui.type("new-enterprise.name", "样例商行（样例）")
        await ui.type("new-enterprise.credit-code", code)
        assert any(words in text for text in ui.texts())
        await ui.tap("new-enterprise.save")
        assert [one.credit_code for one in rig.bench.office.enterprises()] == [code]


@screen_test
async def test_text_that_cannot_be_printed_is_refused_with_its_place_and_nothing_is_kept(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled("/start/new")
        await ui.type("new-enterprise.name", "样例\u202e商行")
        assert any("U+202E" in text for text in ui.texts())
        await ui.tap("new-enterprise.save")
        assert rig.bench.office.enterprises() == ()
        await ui.type("new-enterprise.name", "样" * 500)
        await ui.tap("new-enterprise.save")
        await ui.type("new-enterprise.name", "  ")
        await ui.tap("new-enterprise.save")
        assert rig.bench.office.enterprises() == ()


@screen_test
async def test_beginning_needs_a_checklist_and_opens_the_inspection(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        one = rig.enterprise()
        await ui.go(f"/start/{one.id}")
        assert ui.by_identifier("begin.start").disabled
        await ui.tap("begin.checklist-fire-sample")
        await ui.tap(f"begin.second-{rig.person(SECOND).id}")
        await ui.tap("begin.start")
        [row], _ = rig.bench.lists.unfinished()
        begun = rig.bench.inspections.open(row.id)
        assert {each.name for each in begun.inspectors} == {"样例检查员甲", SECOND}
        assert ui.page.route == f"/inspection/{row.id}"


@screen_test
async def test_a_second_inspector_from_outside_is_named_and_signs_by_hand(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        one = rig.enterprise()
        await ui.go(f"/start/{one.id}")
        await ui.tap("begin.checklist-fire-sample")
        await ui.tap("begin.second-outside")
        await ui.tap("begin.start")
        assert any("请填写第二位检查人员的姓名" in text for text in ui.texts())
        assert rig.bench.drafts.ids() == ()
        await ui.type("begin.guest-name", "样例检查员丙")
        await ui.type("begin.guest-number", "样例-003")
        await ui.tap("begin.start")
        [row], _ = rig.bench.lists.unfinished()
        guest = rig.bench.inspections.open(row.id).inspectors[1]
        assert (guest.name, guest.number, guest.key_id) == ("样例检查员丙", "样例-003", None)


@screen_test
async def test_an_enterprise_that_is_gone_says_so(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled("/start/gone")
        assert "本机没有这家单位" in ui.texts()
