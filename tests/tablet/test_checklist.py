"""Walking a checklist: what is tapped is on the disk, and comes back."""

import asyncio

import pytest

from inspector.domain.answer import Verdict
from inspector.domain.inspection import Role
from inspector.errors import StoreChangedError, StoreFullError, StoreShortError
from inspector.store.drafts import Drafts
from inspector.tablet import routes
from tests import make
from tests.tablet.rig import PIN
from tests.tablet.walking import (
    EXIT,
    KINDS,
    MAJOR,
    SIGNS,
    WIDTH,
    Walking,
    blur,
    item,
    kinds_key,
    long_checklist,
    verdict_on_disk,
)
from tests.ui_harness import Harness, screen_test


def is_chosen(ui: Harness, identifier: str) -> bool:
    return next(s for s in ui._named() if s.identifier == identifier).selected is True


# --- Verdicts ---


@screen_test
async def test_each_verdict_is_on_the_disk_and_on_the_screen_after_one_tap(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        for word, verdict in (("pass", Verdict.PASS), ("fail", Verdict.FAIL)):
            await ui.tap(f"{EXIT}-{word}")
            assert verdict_on_disk(rig, make.key(make.EXIT)) is verdict
            assert is_chosen(ui, f"{EXIT}-{word}")
        await ui.tap(f"{EXIT}-not-applicable")
        assert verdict_on_disk(rig, make.key(make.EXIT)) is Verdict.NOT_APPLICABLE
        assert any("已保存" in text for text in ui.texts())


@screen_test
async def test_the_tapped_button_changes_before_the_disk_answers(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        async with rig.tablet._turn:
            button = ui.by_identifier(f"{EXIT}-pass")
            running = asyncio.ensure_future(ui.session.dispatch_event(button._i, "click", None))
            for _ in range(30):
                await asyncio.sleep(0)
            assert is_chosen(ui, f"{EXIT}-pass")
            assert any("保存中" in text for text in ui.texts())
            assert rig.bench.inspections.open(rig.draft_id).answers == {}
        await running
        await ui.settle()
        assert verdict_on_disk(rig, make.key(make.EXIT)) is Verdict.PASS


@screen_test
async def test_progress_counts_what_is_on_the_disk(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        assert "0/4" in ui.texts()
        await ui.tap(f"{EXIT}-pass")
        assert "1/4" in ui.texts()
        assert "1/2" in ui.texts()


@screen_test
async def test_taking_a_failure_back_can_be_undone_with_its_finding(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.tap(f"{EXIT}-fail")
        await ui.type(f"{EXIT}-finding-facts", "二层东侧出口上锁")
        await ui.tap(f"{EXIT}-pass")
        assert rig.on_disk.findings == {}
        await ui.tap("undo")
        assert rig.on_disk.findings[make.key(make.EXIT)].facts == "二层东侧出口上锁"
        assert verdict_on_disk(rig, make.key(make.EXIT)) is Verdict.FAIL
        assert "二层东侧出口上锁" in ui.texts()


@screen_test
async def test_an_item_goes_back_to_unchecked_and_that_can_be_undone(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.tap(f"{EXIT}-pass")
        await ui.tap(f"{EXIT}-clear")
        assert rig.on_disk.answers == {}
        assert not ui.has(f"{EXIT}-clear")
        await ui.tap("undo")
        assert verdict_on_disk(rig, make.key(make.EXIT)) is Verdict.PASS


@screen_test
async def test_the_rest_of_a_section_passes_at_once_and_back_again(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.tap("checklist.section.fire-sample.rest")
        await ui.tap(f"{SIGNS}-fail")
        await ui.tap("checklist.pass-rest")
        assert verdict_on_disk(rig, make.key(make.MAJOR)) is Verdict.PASS
        assert verdict_on_disk(rig, make.key(make.EXTRA)) is Verdict.FAIL
        await ui.tap("undo")
        assert make.key(make.MAJOR) not in rig.on_disk.answers
        assert make.key(make.EXTRA) in rig.on_disk.answers


@screen_test
async def test_the_rest_does_not_pass_what_needs_a_value(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.tap("checklist.pass-rest")
        assert make.key(make.WIDTH) not in rig.on_disk.answers


# --- Coming back ---


@screen_test
async def test_a_reload_comes_back_to_the_section_with_everything_there(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.tap("checklist.ahead")
        await ui.tap(f"{MAJOR}-fail")
        await ui.type(f"{MAJOR}-finding-facts", "水源被切断")
        ui = await rig.again()
        assert "水源被切断" in ui.texts()
        assert not ui.has(f"{EXIT}-pass")
        assert ("scroll_to", "fire-sample/water-cut") in [
            (name, (arguments or {}).get("scroll_key")) for name, arguments in ui.calls
        ]


@screen_test
async def test_a_program_killed_after_a_tap_finds_the_tap_again(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        judge = rig.bench.inspections.judge

        class Killed(BaseException):
            """The process ends between the disk and the screen."""

        def judge_then_die(*given):
            judge(*given)
            raise Killed

        rig.bench.inspections.judge = judge_then_die
        button = ui.by_identifier(f"{EXIT}-fail")
        with pytest.raises(Killed):
            await ui.session.dispatch_event(button._i, "click", None)
        del rig.bench.inspections.judge
        found = rig.on_disk
        assert found.answers[make.key(make.EXIT)].verdict is Verdict.FAIL
        assert found.findings[make.key(make.EXIT)].facts == "安全出口上锁"


@screen_test
async def test_what_was_typed_last_is_kept_when_the_tablet_locks_or_the_screen_is_left(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.type(f"{WIDTH}-value", "0.70")
        assert make.key(make.WIDTH) not in rig.on_disk.answers, "typing has not rested yet"
        await rig.tablet.lock()
        await ui.settle()
        await rig.tablet.enter(rig.tablet.gate.unlock, rig.person().id, PIN)
        assert rig.on_disk.answers[make.key(make.WIDTH)].value == "0.70"
        await ui.settle()
        await ui.type(f"{WIDTH}-value", "0.75")
        await ui.go(routes.finish(rig.draft_id))
        assert rig.on_disk.answers[make.key(make.WIDTH)].value == "0.75"


@screen_test
async def test_each_keystroke_of_a_text_is_on_the_disk(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.tap(f"{EXIT}-remark")
        for text in ("现", "现场", "现场有人"):
            await ui.type(f"{EXIT}-note", text)
            assert rig.on_disk.answers[make.key(make.EXIT)].note == text
        assert ui.by_identifier(f"{EXIT}-note").value == "现场有人"


# --- Around the items ---


@screen_test
async def test_only_what_is_open_is_shown_and_an_answered_item_does_not_jump_away(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.tap(f"{EXIT}-pass")
        await ui.tap("checklist.only-open")
        assert not ui.has(f"{EXIT}-pass")
        await ui.type(f"{WIDTH}-value", "0.90")
        await blur(ui, f"{WIDTH}-value")
        assert ui.has(f"{WIDTH}-value")
        await ui.tap("checklist.only-open")
        assert ui.has(f"{EXIT}-pass")


@screen_test
async def test_the_next_open_item_is_found_across_sections(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.tap(f"{EXIT}-pass")
        await ui.type(f"{WIDTH}-value", "0.90")
        await blur(ui, f"{WIDTH}-value")
        await ui.tap("checklist.next-open")
        assert ui.has(f"{SIGNS}-pass")
        await ui.tap(f"{SIGNS}-pass")
        await ui.tap(f"{MAJOR}-pass")
        await ui.tap("checklist.next-open")
        assert any("没有未检项目" in text for text in ui.texts())


@screen_test
async def test_the_basis_is_one_tap_away_with_its_state_in_words(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        assert not any("消防法" in text for text in ui.texts())
        await ui.tap(f"{EXIT}-basis")
        texts = ui.texts()
        assert "《中华人民共和国消防法》　第二十八条" in texts
        assert "《中华人民共和国消防法》" in texts, "the article from memory is not shown"
        assert not any("第十六条" in text for text in texts)
        assert {"现行有效", "条文已核对原文"} <= set(texts)


@screen_test
async def test_several_checklists_are_walked_in_one_inspection(tmp_path):
    async with Walking(tmp_path, checklists=[make.checklist(), KINDS]) as rig:
        ui = await rig.open()
        assert sum(part.startswith("checklist.section.") for part in ui.identifiers()) == 3
        for _ in range(2):
            await ui.tap("checklist.ahead")
        await ui.tap(f"{item('state')}-choice-fine")
        assert kinds_key("state") in rig.on_disk.answers


@screen_test
async def test_a_long_section_is_shown_in_parts_and_passing_the_rest_leaves_the_others(tmp_path):
    async with Walking(tmp_path, checklists=[long_checklist(120)]) as rig:
        ui = await rig.open()
        passes = [name for name in ui.identifiers() if name.endswith("-pass")]
        assert len(passes) == 50
        await ui.tap("checklist.pass-rest")
        assert len(rig.on_disk.answers) == 50
        await ui.tap("checklist.ahead")
        assert ui.has("checklist.item.long.i1-50-pass")


@screen_test
async def test_the_sections_stand_on_top_when_the_tablet_is_held_upright(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open(width=800, height=1280)
        assert ui.has("checklist.section.fire-sample.rest")
        await ui.tap("checklist.section.fire-sample.rest")
        await ui.tap(f"{SIGNS}-pass")
        assert make.key(make.EXTRA) in rig.on_disk.answers


# --- What goes wrong ---


class Refusing:
    """Drafts that refuse to save, as a full disk does."""

    def __init__(self, drafts: Drafts, error: type[Exception]) -> None:
        self.drafts, self.error = drafts, error

    def __enter__(self) -> None:
        self.save = self.drafts.save
        self.drafts.save = self._save  # type: ignore[method-assign]

    def _save(self, before, after):
        if self.error is StoreShortError:
            self.save(before, after)
        raise self.error()

    def __exit__(self, *_: object) -> None:
        self.drafts.save = self.save  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("error", "words"),
    [(StoreFullError, "这一次没有保存"), (StoreChangedError, "本次没有写入")],
)
@screen_test
async def test_a_tap_that_could_not_be_saved_does_not_show_as_saved(tmp_path, error, words):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.tap(f"{EXIT}-pass")
        with Refusing(rig.bench.drafts, error):
            await ui.tap(f"{EXIT}-fail")
        assert any(words in text for text in ui.texts())
        assert any("没有保存" in text for text in ui.texts())
        assert is_chosen(ui, f"{EXIT}-pass")
        assert verdict_on_disk(rig, make.key(make.EXIT)) is Verdict.PASS
        await ui.tap(f"{EXIT}-fail")
        assert verdict_on_disk(rig, make.key(make.EXIT)) is Verdict.FAIL


@screen_test
async def test_the_last_space_is_warned_of_and_the_tap_is_kept(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        with Refusing(rig.bench.drafts, StoreShortError):
            await ui.tap(f"{EXIT}-fail")
        assert any("已动用预留空间" in text for text in ui.texts())
        assert is_chosen(ui, f"{EXIT}-fail")
        assert verdict_on_disk(rig, make.key(make.EXIT)) is Verdict.FAIL
        await ui.tap(f"{EXIT}-finding-severity-general")
        assert rig.on_disk.findings[make.key(make.EXIT)].severity.value == "general"


@pytest.mark.parametrize(
    ("text", "why"),
    [("长" * 10_000, "最多"), ("堆放‮纸箱", "看不见的控制符")],
)
@screen_test
async def test_a_text_that_cannot_be_printed_is_refused_under_its_field_and_stays_to_be_mended(
    tmp_path, text, why
):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.tap(f"{EXIT}-fail")
        await ui.type(f"{EXIT}-finding-facts", text)
        field = ui.by_identifier(f"{EXIT}-finding-facts")
        assert why in field.error
        assert field.value == text
        assert rig.on_disk.findings[make.key(make.EXIT)].facts == "安全出口上锁"
        await ui.type(f"{EXIT}-finding-facts", "经理𠅤某在场")
        assert rig.on_disk.findings[make.key(make.EXIT)].facts == "经理𠅤某在场"
        assert not ui.by_identifier(f"{EXIT}-finding-facts").error


@screen_test
async def test_two_quick_taps_on_two_items_are_both_kept(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.tap("checklist.section.fire-sample.rest")
        first, second = ui.by_identifier(f"{SIGNS}-fail"), ui.by_identifier(f"{MAJOR}-pass")
        await asyncio.gather(
            ui.session.dispatch_event(first._i, "click", None),
            ui.session.dispatch_event(second._i, "click", None),
        )
        await ui.settle()
        found = rig.on_disk
        assert found.answers[make.key(make.EXTRA)].verdict is Verdict.FAIL
        assert found.answers[make.key(make.MAJOR)].verdict is Verdict.PASS


@screen_test
async def test_a_change_after_a_signature_takes_it_away_and_says_so(tmp_path):
    async with Walking(tmp_path) as rig:

        def signed():
            draft = rig.answered(rig.draft())
            strokes = (((10, 10), (500, 200)),)
            return rig.bench.closing.sign(draft, Role.RESPONSIBLE, strokes, height=300, name="样例负责人")

        ui = await rig.open(signed)
        await ui.tap("checklist.section.fire-sample.ways")
        await ui.tap(f"{EXIT}-fail")
        assert rig.on_disk.witnesses == ()
        assert any("签名已作废" in text for text in ui.texts())


@screen_test
async def test_a_sealed_inspection_is_shown_and_offers_nothing_to_change(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open(lambda: rig.sealed(rig.answered(rig.draft(), exit_unlocked=Verdict.PASS)))
        assert any("已于" in text and "封存" in text for text in ui.texts())
        names = ui.identifiers()
        assert not [name for name in names if name.endswith(("-pass", "-fail", "-note", "-value", "-clear"))]
        assert not {"checklist.pass-rest", "checklist.finish"} & set(names)
        assert ui.has("checklist.notices")


@screen_test
async def test_an_unknown_inspection_says_so_and_leads_home(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.go(routes.inspection("0198c0de-0000-7000-8000-00000000ffff"))
        assert ui.has("checklist.home")
