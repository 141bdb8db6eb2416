"""Searching the questions of an inspection: by words and initials, with state or why they are hidden."""

from dataclasses import replace

import pytest

from inspector.domain.answer import ItemKey, Verdict
from inspector.domain.checklist import AllOf, AnyOf, ConditionTest, ItemKind
from inspector.domain.law import Laws
from inspector.tablet import routes
from inspector.tablet.questions import QuestionSearch
from tests import make
from tests.domain.lists import a_checklist, a_fact, an_item, answer, when
from tests.shipped import CATALOGUE
from tests.tablet.rig import Rig
from tests.tablet.walking import Walking, long_checklist
from tests.ui_harness import screen_test

FACT = a_fact("floor", ask="是否在地下")
BELOW = an_item("below", ask="地下安全出口数量足够", how="逐个数", shows=when("floor", "yes"))
WIDE = an_item("width", ItemKind.MEASURE, ask="疏散门净宽")
DEEP = an_item(
    "deep",
    ask="地下疏散指示标志连续",
    shows=AllOf(
        parts=(
            when("below", "pass"),
            AnyOf(
                parts=(
                    when("width", "0.8", test=ConditionTest.BELOW),
                    when("floor", "no", test=ConditionTest.IS_NOT),
                )
            ),
        )
    ),
)
WALKED = replace(a_checklist(FACT, BELOW, WIDE, DEEP, id="kinds"), title="样例检查表")
SEARCH = QuestionSearch([WALKED], make.LAWS)


def hits(typed, answers=None):
    return {str(hit.question.key): hit for hit in SEARCH.find(typed, answers or {}, 30)}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("安全出口", {"kinds/below"}),
        ("aqck", {"kinds/below"}),
        ("逐个数", {"kinds/below"}),
        ("xff", {"kinds/floor", "kinds/below", "kinds/width", "kinds/deep"}),
        ("第二十八条 疏散门", {"kinds/width"}),
        ("没有这样的", set()),
        ("", set()),
    ],
)
def test_question_method_wording_and_basis_are_looked_through(typed, found):
    assert set(hits(typed)) == found


def test_a_hidden_question_says_why_and_leads_to_the_one_that_decides():
    hidden = hits("安全出口")["kinds/below"]
    assert hidden.hidden == "没有列出：“是否在地下”为“是”时才检查；“是否在地下”现在还没有检查"
    assert hidden.target == "kinds/floor"
    no = {"kinds/floor": answer("kinds/floor", value="no")}
    assert hits("安全出口", no)["kinds/below"].hidden.endswith("“是否在地下”现在是“否”")
    yes = {"kinds/floor": answer("kinds/floor", value="yes")}
    shown = hits("安全出口", yes)["kinds/below"]
    assert (shown.hidden, shown.target, shown.is_answered) == ("", "kinds/below", False)


def test_what_hides_behind_a_hidden_question_leads_to_the_first_that_is_asked():
    deep = hits("指示标志连续")["kinds/deep"]
    assert deep.target == "kinds/floor"
    assert "“地下安全出口数量足够”现在也没有列出" in deep.hidden
    assert "“疏散门净宽”小于 0.8 米，或者“是否在地下”不为“否”" in deep.hidden


def test_the_state_is_the_one_that_counts():
    answers = {
        "kinds/floor": answer("kinds/floor", value="yes"),
        "kinds/below": answer("kinds/below", Verdict.FAIL),
        "kinds/width": answer("kinds/width", value="0.5"),
    }
    found = hits("地下", answers) | hits("净宽", answers)
    assert found["kinds/below"].verdict is Verdict.FAIL
    assert found["kinds/width"].verdict is Verdict.FAIL
    assert (found["kinds/floor"].verdict, found["kinds/floor"].is_answered) == (None, True)
    stale = {**answers, "kinds/floor": answer("kinds/floor", value="no")}
    assert hits("地下", stale)["kinds/below"].hidden == "", "a recorded failure stays shown"


def test_every_question_that_ships_is_found_and_every_hidden_one_leads_somewhere():
    chosen = [one for one in CATALOGUE.checklists if one.domain in ("fire", "gas")]
    search = QuestionSearch(chosen, CATALOGUE.laws)
    asked = {ItemKey(f"{one.id}/{item.id}") for one in chosen for item in one.items}
    ids = {key.partition("/")[2] for key in asked}
    seen = set()
    for one in chosen:
        for item in one.items:
            found = {hit.question.item.id: hit for hit in search.find(item.ask, {}, 500)}
            hit = found[item.id]
            seen.add(item.id)
            assert bool(hit.hidden) == (hit.target != hit.question.key)
            assert hit.target in asked
    assert seen == ids


def test_nothing_is_found_without_questions_or_laws():
    assert QuestionSearch([], Laws()).find("安全", {}, 5) == ()
    assert [hit.question.key for hit in QuestionSearch([WALKED], Laws()).find("净宽", {}, 5)] == [
        "kinds/width"
    ]


# --- On the screen ---------------------------------------------------------------------------------


@screen_test
async def test_a_hit_brings_its_card_into_view_and_a_hidden_one_the_deciding_card(tmp_path):
    async with Walking(tmp_path, checklists=[make.checklist(), WALKED]) as rig:
        ui = await rig.open()
        await ui.tap("checklist.search")
        assert not ui.has("checklist.ahead")
        await ui.type("checklist.search-text", "安全出口")
        assert any("没有列出：“是否在地下”" in text for text in ui.texts())
        assert {"样例检查表 · 疏散", "样例检查表 · 全部"} <= set(ui.texts())
        await ui.tap("checklist.found.kinds.below")
        assert ui.has("checklist.item.kinds.floor-choice-yes") and ui.has("checklist.ahead")
        await ui.tap("checklist.item.kinds.floor-choice-yes")
        await ui.tap("checklist.search")
        assert any("没有列出" in text for text in ui.texts()) is False, "the words typed last are there again"
        await ui.tap("checklist.found.kinds.below")
        assert ui.has("checklist.item.kinds.below-pass")


@screen_test
async def test_nothing_found_and_nothing_typed_say_what_to_do(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.tap("checklist.search")
        assert any("点一项就能跳过去" in text for text in ui.texts())
        await ui.type("checklist.search-text", "没有这样的")
        assert "没有找到这样的检查项" in ui.texts()
        await ui.tap("checklist.search-close")
        assert ui.has("checklist.ahead")


@screen_test
async def test_a_search_over_five_hundred_questions_shows_a_page_of_them(tmp_path):
    async with Walking(tmp_path, checklists=[long_checklist(500, sections=10)]) as rig:
        ui = await rig.open()
        await ui.tap("checklist.search")
        await ui.type("checklist.search-text", "节")
        rows = [name for name in ui.identifiers() if name.startswith("checklist.found.")]
        assert len(rows) == 30
        assert any("还有更多" in text for text in ui.texts())
        await ui.type("checklist.search-text", "第 7 节第 49 项")
        await ui.tap("checklist.found.long.i7-49")
        assert ui.has("checklist.item.long.i7-49-pass")


@screen_test
async def test_a_sealed_inspection_can_be_searched_too(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        done = rig.sealed()
        await ui.go(routes.inspection(done.id))
        await ui.tap("checklist.search")
        await ui.type("checklist.search-text", "xfsy")
        await ui.tap("checklist.found.fire-sample.water-cut")
        assert "消防水源没有被切断" in ui.texts()
        assert ui.has("checklist.notices")
