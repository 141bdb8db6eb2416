"""Several checklists in one inspection on the screen: nothing asked twice, one more added, one taken out."""

import json
from dataclasses import replace

from inspector.domain import records
from inspector.domain.answer import Verdict
from inspector.domain.checklist import Section, SectionId
from inspector.domain.inspection import NoPosition
from inspector.tablet import routes
from inspector.tablet.offering import add
from inspector.trust import age, dsse
from tests.domain.lists import a_checklist, a_fact, an_item, when
from tests.tablet.rig import Rig
from tests.tablet.walking import Walking
from tests.ui_harness import Harness, screen_test

FACT = a_fact("high-rise", ask="是否在高层")
DOOR, LIGHT = an_item("door", ask="出口没有上锁"), an_item("light", ask="应急照明完好")
TOWER = an_item("tower", ask="避难层畅通", shows=when("high-rise", "yes"))


def section(id, title, *items):
    return Section(id=SectionId(id), title=title, items=items)


WAYS = section("ways", "疏散", DOOR, LIGHT)
MALL = replace(
    a_checklist(sections=(section("site", "商场", FACT), WAYS), id="mall"),
    title="商场检查表",
    digest="1" * 64,
)
HIGH = replace(
    a_checklist(sections=(section("start", "概况", FACT), WAYS, section("own", "高层", TOWER)), id="high"),
    title="高层检查表",
    digest="2" * 64,
)
SMALL = replace(
    a_checklist(DOOR, an_item("stove", ask="灶具完好"), id="small"), title="小场所检查表", digest="3" * 64
)


def shown(ui: Harness, prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name in ui.identifiers() if name.startswith(prefix)]


def said(ui: Harness, words: str) -> bool:
    return any(words in text for text in ui.texts())


def two(rig: Rig):
    return lambda: rig.draft(checklists=[MALL.id, HIGH.id])


@screen_test
async def test_a_later_checklist_shows_where_its_questions_are_asked_and_goes_there(tmp_path):
    async with Walking(tmp_path, checklists=[MALL, HIGH]) as rig:
        ui = await rig.open(two(rig))
        assert said(ui, "0/3")
        await ui.tap("checklist.section.high.ways")
        assert said(ui, "已在《商场检查表》中检查：2 项（还有 2 项未完成）")
        assert shown(ui, "checklist.item.") == []
        await ui.tap("checklist.elsewhere.mall")
        await ui.tap("checklist.item.mall.door-pass")
        await ui.tap("checklist.item.mall.light-fail")
        assert set(rig.on_disk.answers) == {"mall/door", "mall/light"}
        await ui.tap("checklist.section.high.ways")
        # Facts, photos and the like of the failure are asked where it stands.
        assert said(ui, "已在《商场检查表》中检查：2 项")


@screen_test
async def test_the_first_ones_answer_decides_what_the_later_one_asks(tmp_path):
    async with Walking(tmp_path, checklists=[MALL, HIGH]) as rig:
        ui = await rig.open(two(rig))
        assert not ui.has("checklist.section.high.own")
        await ui.tap("checklist.item.mall.high-rise-choice-yes")
        assert ui.has("checklist.section.high.own")
        assert said(ui, "1/4")


@screen_test
async def test_the_next_step_passes_over_what_is_asked_elsewhere(tmp_path):
    async with Walking(tmp_path, checklists=[MALL, HIGH]) as rig:
        ui = await rig.open(two(rig))
        await ui.tap("checklist.item.mall.high-rise-choice-yes")
        await ui.tap("checklist.ahead")
        await ui.tap("checklist.pass-rest")
        await ui.tap("checklist.ahead")
        assert shown(ui, "checklist.item.high.tower-")
        await ui.tap("checklist.pass-rest")
        assert set(rig.on_disk.answers) == {"mall/high-rise", "mall/door", "mall/light", "high/tower"}
        await ui.tap("checklist.ahead")
        assert ui.page.route == routes.finish(rig.draft_id)
        assert not [name for name in ui.identifiers() if name.startswith("finish.gap-mall")]


@screen_test
async def test_one_more_checklist_asks_only_what_is_not_asked_yet(tmp_path):
    async with Walking(tmp_path, checklists=[MALL, HIGH, SMALL]) as rig:
        ui = await rig.open(lambda: rig.draft(checklists=[MALL.id]))
        await ui.tap("checklist.section.mall.ways")
        await ui.tap("checklist.item.mall.door-fail")
        await ui.tap("checklist.lists")
        assert said(ui, "已有检查记录，不能移除")
        assert not ui.has("lists.remove-mall")
        await ui.tap("lists.checklist-small")
        assert said(ui, "另有 1 项在前面的检查表中检查")
        assert [ref.id for ref in rig.on_disk.checklists] == ["mall", "small"]
        assert rig.on_disk.checklists[1].shared == ("mall/door",)
        await ui.tap("lists.done")
        await ui.tap("checklist.section.small.all")
        assert shown(ui, "checklist.item.small.stove-")
        assert not shown(ui, "checklist.item.small.door")
        assert said(ui, "已在《商场检查表》中检查：1 项")


@screen_test
async def test_a_checklist_without_answers_is_taken_out_and_its_shared_questions_move_on(tmp_path):
    async with Walking(tmp_path, checklists=[MALL, HIGH]) as rig:
        ui = await rig.open(two(rig), route=routes.lists)
        await ui.tap("lists.remove-mall")
        assert [ref.id for ref in rig.on_disk.checklists] == ["high"]
        assert rig.on_disk.checklists[0].shared == ()
        assert not ui.has("lists.remove-high") and said(ui, "至少保留一份检查表")
        await ui.tap("lists.done")
        await ui.tap("checklist.section.high.ways")
        assert shown(ui, "checklist.item.high.door-")


@screen_test
async def test_another_checklist_says_that_signatures_go_and_takes_them(tmp_path):
    async with Walking(tmp_path, checklists=[MALL, HIGH]) as rig:
        ui = await rig.open(lambda: rig.draft(checklists=[MALL.id]))
        closing = rig.bench.closing
        closing.refuse(rig.on_disk, "负责人不同意", "")
        await ui.go(routes.lists(rig.draft_id))
        assert said(ui, "之前的签名作废")
        await ui.tap("lists.checklist-high")
        assert rig.on_disk.refusal is None


def complete(rig: Rig, inspection):
    """Everything that is asked, answered well."""
    acts = rig.bench.inspections
    inspection = acts.enter_value(inspection, "mall/high-rise", "yes")
    for key in ("mall/door", "mall/light", "high/tower"):
        inspection = acts.judge(inspection, key, Verdict.PASS)
    return acts.located(inspection, NoPosition(reason="地下室没有信号"))


@screen_test
async def test_a_sealed_record_says_where_each_shared_answer_stands_and_for_whom_it_counts(tmp_path):
    async with Rig(tmp_path, checklists=[MALL, HIGH]) as rig:
        ui = await rig.enrolled()
        done = rig.sealed(complete(rig, rig.draft(checklists=[MALL.id, HIGH.id])))
        entry, _ = rig.bench.memory.sealed_as(done.id)
        inner = age.decrypt(rig.bench.memory.delivery(entry).body, [rig.cast.office_identity])
        record = json.loads(dsse.peek(inner).payload)
        assert records.from_payload(record).inspection.checklists == done.checklists
        assert [ref.get("shared") for ref in record["checklists"]] == [
            None,
            ["mall/high-rise", "mall/door", "mall/light"],
        ]
        assert {answer["item"] for answer in record["answers"]} == {
            "mall/high-rise",
            "mall/door",
            "mall/light",
            "high/tower",
        }
        await ui.go(routes.inspection(done.id))
        assert not ui.has("checklist.lists") and ui.has("checklist.search")
        await ui.go(routes.lists(done.id))
        assert said(ui, "不能再增减检查表") and not shown(ui, "lists.checklist-")


@screen_test
async def test_nothing_less_than_every_shown_question_lets_it_be_sealed(tmp_path):
    async with Rig(tmp_path, checklists=[MALL, HIGH]) as rig:
        await rig.enrolled()
        whole = complete(rig, rig.draft(checklists=[MALL.id, HIGH.id]))
        items = lambda inspection: [  # noqa: E731
            gap.item for gap in rig.bench.closing.content_gaps(inspection) if gap.item
        ]
        assert items(whole) == []
        for key in whole.answers:
            assert key in items(whole.unanswered(key))
        more = add(rig.bench, rig.draft(checklists=[HIGH.id]).id, MALL.id)
        assert items(more) == ["high/high-rise", "high/door", "high/light"]


# --- The list of sections ---


def brought(ui: Harness) -> list[str]:
    """What the lists and the items were scrolled to since the last look, in its order."""
    keys = [arguments["scroll_key"] for name, arguments in ui.calls if name == "scroll_to"]
    ui.calls.clear()
    return keys


@screen_test
async def test_the_list_of_sections_follows_wherever_the_way_leads(tmp_path):
    async with Walking(tmp_path, checklists=[MALL, HIGH]) as rig:
        ui = await rig.open(two(rig))
        await ui.tap("checklist.item.mall.high-rise-choice-yes")
        brought(ui)
        # The row before the current one stays in view; before a checklist's first section that is its title.
        await ui.tap("checklist.ahead")
        assert brought(ui) == ["mall/site"]
        await ui.tap("checklist.pass-rest")
        await ui.tap("checklist.ahead")
        assert brought(ui) == ["high/ways"]
        await ui.tap("checklist.section.high.start")
        await ui.tap("checklist.elsewhere.mall")
        assert brought(ui) == ["title 商场检查表", "mall/high-rise"]


@screen_test
async def test_the_list_of_sections_stays_as_it_is_under_the_finger(tmp_path):
    async with Walking(tmp_path, checklists=[MALL, HIGH]) as rig:
        ui = await rig.open(two(rig))
        brought(ui)
        for section in ("mall.ways", "high.ways", "mall.site"):
            await ui.tap(f"checklist.section.{section}")
        assert brought(ui) == []


@screen_test
async def test_upright_the_strip_of_sections_follows_too(tmp_path):
    async with Walking(tmp_path, checklists=[MALL, HIGH]) as rig:
        ui = await rig.open(two(rig), width=800, height=1280)
        brought(ui)
        await ui.tap("checklist.ahead")
        assert brought(ui) == ["mall/site"]


@screen_test
async def test_an_inspection_that_is_opened_again_shows_where_it_was_in_the_list(tmp_path):
    async with Walking(tmp_path, checklists=[MALL, HIGH]) as rig:
        ui = await rig.open(two(rig))
        await ui.tap("checklist.item.mall.high-rise-choice-yes")
        await ui.tap("checklist.section.high.own")
        ui = await rig.again()
        assert "high/ways" in brought(ui)
