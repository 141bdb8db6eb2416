"""A clock an hour or ten years off, forward or back: said on the screen, and nothing is lost by it."""

import pytest

from inspector.domain.answer import Verdict
from inspector.errors import ClockMovedError
from tests import make
from tests.tablet.rig import Rig
from tests.tablet.walking import EXIT, Walking
from tests.ui_harness import Harness, screen_test

HOUR_MS, TEN_YEARS_MS = 3_600_000, 3650 * 86_400_000
OFF = [
    (HOUR_MS, "快", "1 小时"),
    (-HOUR_MS, "慢", "1 小时"),
    (TEN_YEARS_MS, "快", "3650 天"),
    (-TEN_YEARS_MS, "慢", "3650 天"),
]


async def look_again(rig: Rig, ui: Harness) -> str:
    await ui.go("/settings")
    await ui.go("/")
    return " ".join(ui.texts())


@pytest.mark.parametrize(("off_ms", "way", "span"), OFF)
@screen_test
async def test_a_clock_that_is_not_the_servers_is_said_until_it_is_right_again(tmp_path, off_ms, way, span):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        await rig.tablet.background.stop()
        draft = rig.draft()
        rig.clock.ms += off_ms
        rig.tablet.background.kick()
        await rig.tablet.background.once()
        words = await look_again(rig, ui)
        assert f"本机时间比办公室服务器{way} {span}" in words and "请在系统设置中核对日期和时间" in words
        assert ui.has(f"today.draft.{draft.id}")
        rig.clock.pass_(60)
        assert f"{way} {span}" in await look_again(rig, ui), "the server was not asked again"
        rig.clock.ms -= off_ms
        await look_again(rig, ui)
        assert not ui.has("today.clock")


@screen_test
async def test_a_few_minutes_and_a_server_that_was_never_heard_say_nothing(tmp_path):
    async with Rig(tmp_path, script="drop " * 40) as rig:
        ui = await rig.enrolled()
        await rig.tablet.background.stop()
        rig.clock.ms += TEN_YEARS_MS
        rig.tablet.background.kick()
        await rig.tablet.background.once()
        await look_again(rig, ui)
        assert not ui.has("today.clock")
        rig.clock.ms -= TEN_YEARS_MS - 200_000
        rig.office.fates = iter(())
        await rig.tablet.background.once()
        await look_again(rig, ui)
        assert not ui.has("today.clock")


@pytest.mark.parametrize(("off_ms", "way", "span"), OFF)
@screen_test
async def test_a_clock_that_is_set_during_an_inspection_is_said_and_noted_and_the_tap_is_kept(
    tmp_path, off_ms, way, span
):
    async with Walking(tmp_path) as rig:
        ui = await rig.open()
        await ui.tap(f"{EXIT}-pass")
        rig.clock.ms += off_ms
        await ui.tap(f"{EXIT}-fail")
        error = ClockMovedError(way=way, span=span)
        assert error.message in ui.texts() and error.next_step in ui.texts()
        assert "已保存" in ui.texts()
        found = rig.on_disk
        assert found.answers[make.key(make.EXIT)].verdict is Verdict.FAIL
        assert [jump.by_ms for jump in found.jumps] == [off_ms]
        await ui.tap("error.close")
        await ui.tap(f"{EXIT}-pass")
        assert not ui.has("error"), "once is enough"
