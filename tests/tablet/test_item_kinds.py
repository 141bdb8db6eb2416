"""Each kind of item on the screen: measures, choices, dates, texts, and what conditions show of them."""

from datetime import UTC, datetime

import flet as ft
import pytest

from inspector.domain.answer import Verdict
from tests import make
from tests.tablet.walking import KINDS, WIDTH, Walking, blur, item, kinds_key, verdict_on_disk
from tests.ui_harness import screen_test


@screen_test
async def test_a_measure_is_judged_by_its_limit_and_its_wording_follows_the_reading(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.type(f"{WIDTH}-value", "0.70")
        await blur(ui, f"{WIDTH}-value")
        assert verdict_on_disk(rig, make.key(make.WIDTH)) is Verdict.FAIL
        assert "疏散门净宽 0.70 米" in ui.texts()
        await ui.type(f"{WIDTH}-value", "0.65")
        await ui.submit(f"{WIDTH}-value")
        assert rig.on_disk.findings[make.key(make.WIDTH)].facts == "疏散门净宽 0.65 米"
        await ui.type(f"{WIDTH}-value", "0.90")
        await blur(ui, f"{WIDTH}-value")
        assert verdict_on_disk(rig, make.key(make.WIDTH)) is Verdict.PASS
        assert rig.on_disk.findings == {}


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("99", "应在 0 到 10 米之间"),
        ("0.123", "最多 2 位小数"),
        ("宽", "应是普通数字"),
        ("1e3", "应是普通数字"),
    ],
)
@screen_test
async def test_a_value_that_cannot_be_is_refused_under_the_field(tmp_path, typed, why):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.type(f"{WIDTH}-value", "0.90")
        await blur(ui, f"{WIDTH}-value")
        await ui.type(f"{WIDTH}-value", typed)
        await blur(ui, f"{WIDTH}-value")
        assert why in ui.by_identifier(f"{WIDTH}-value").error
        assert ui.by_identifier(f"{WIDTH}-value").value == typed
        assert rig.on_disk.answers[make.key(make.WIDTH)].value == "0.90"


@screen_test
async def test_an_emptied_measure_is_unchecked_again(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        for text in ("0.90", ""):
            await ui.type(f"{WIDTH}-value", text)
            await blur(ui, f"{WIDTH}-value")
        assert rig.on_disk.answers[make.key(make.WIDTH)].value is None
        assert "0/4" in ui.texts()


@screen_test
async def test_a_limit_shows_only_where_its_article_was_read(tmp_path):
    async with Walking(tmp_path, checklists=[make.checklist(), KINDS]) as rig:
        ui = await rig.open()
        assert any("还没有与条文原文核对过" in text for text in ui.texts())
        assert not any("小于 0.80" in text for text in ui.texts())
        await ui.tap("checklist.section.kinds.all")
        assert "判定：大于 4.0 米为不合格" in ui.texts()


@screen_test
async def test_conditions_show_and_hide_items(tmp_path):
    async with Walking(tmp_path, checklists=[KINDS]) as rig:
        ui = await rig.open()
        assert not ui.has(f"{item('below')}-pass")
        await ui.tap(f"{item('floor')}-choice-yes")
        assert ui.has(f"{item('below')}-pass")
        await ui.tap(f"{item('floor')}-choice-no")
        assert not ui.has(f"{item('below')}-pass")
        assert rig.on_disk.answers[kinds_key("floor")].value == "no"


@screen_test
async def test_a_recorded_failure_stays_whatever_its_condition_becomes(tmp_path):
    async with Walking(tmp_path, checklists=[KINDS]) as rig:
        ui = await rig.open()
        await ui.tap(f"{item('floor')}-choice-yes")
        await ui.tap(f"{item('below')}-fail")
        await ui.tap(f"{item('floor')}-choice-no")
        assert ui.has(f"{item('below')}-fail")
        assert "问题 1" in ui.texts()


@screen_test
async def test_a_choice_that_fails_makes_a_finding_and_another_one_takes_it_back(tmp_path):
    async with Walking(tmp_path, checklists=[KINDS]) as rig:
        ui = await rig.open()
        await ui.tap(f"{item('state')}-choice-bad")
        assert kinds_key("state") in rig.on_disk.findings
        await ui.tap(f"{item('state')}-choice-fine")
        assert rig.on_disk.findings == {}
        await ui.tap("undo")
        assert rig.on_disk.answers[kinds_key("state")].value == "bad"


@screen_test
async def test_a_date_is_typed_or_picked(tmp_path):
    async with Walking(tmp_path, checklists=[KINDS]) as rig:
        ui = await rig.open()
        field = f"{item('drill')}-value"
        await ui.type(field, "2026年3月")
        await blur(ui, field)
        assert "日期应写成" in ui.by_identifier(field).error
        await ui.type(field, "2024-03-01")
        await blur(ui, field)
        assert verdict_on_disk(rig, kinds_key("drill")) is Verdict.FAIL
        await ui.tap(f"{item('drill')}-pick")
        picker = ui.all(ft.DatePicker)[0]
        # A browser in Shanghai gives its own midnight of the 2nd, which is still the 1st in Greenwich.
        picked = datetime(2026, 11, 1, 16, tzinfo=UTC)
        await ui.set(picker, picked)
        assert rig.on_disk.answers[kinds_key("drill")].value == "2026-11-02"
        assert verdict_on_disk(rig, kinds_key("drill")) is Verdict.PASS
        assert ui.by_identifier(field).value == "2026-11-02"


@screen_test
async def test_a_text_is_an_answer_and_an_empty_one_is_none(tmp_path):
    async with Walking(tmp_path, checklists=[KINDS]) as rig:
        ui = await rig.open()
        await ui.type(f"{item('who')}-value", "样例值班员")
        assert rig.on_disk.answers[kinds_key("who")].value == "样例值班员"
        await ui.type(f"{item('who')}-value", "")
        assert rig.on_disk.answers[kinds_key("who")].value is None


@screen_test
async def test_a_person_may_fail_what_the_value_passes_and_the_value_does_not_take_it_back(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.type(f"{WIDTH}-value", "0.90")
        await blur(ui, f"{WIDTH}-value")
        await ui.tap(f"{WIDTH}-fail")
        await ui.type(f"{WIDTH}-value", "0.95")
        await blur(ui, f"{WIDTH}-value")
        found = rig.on_disk
        assert found.answers[make.key(make.WIDTH)].verdict is Verdict.FAIL
        assert found.answers[make.key(make.WIDTH)].value == "0.95"
        assert make.key(make.WIDTH) in found.findings
