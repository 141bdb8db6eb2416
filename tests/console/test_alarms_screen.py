"""Alarms on the screen: what happened, what to do, the record behind it, the line when one is put away."""

import pytest

from inspector.errors import EnrolmentForgedError, LogForkedError
from inspector.work.ports import Alarm
from tests.console.desk_rig import DeskRig
from tests.ui_harness import screen_test


@pytest.fixture
def rig(tmp_path):
    with DeskRig(tmp_path) as found:
        yield found


@screen_test
async def test_without_alarms_the_screen_says_so(rig):
    ui = await rig.window("/alarms")
    assert "没有告警" in ui.texts()


@screen_test
async def test_an_alarm_says_what_happened_and_what_to_do_and_is_put_away_with_a_line(rig):
    error = EnrolmentForgedError()
    rig.desk.copy.raise_alarm(Alarm.of(error, rig.clock.ms, "ab" * 16))
    ui = await rig.window("/alarms")
    assert error.message in ui.texts()
    assert f"怎么办：{error.next_step}" in ui.texts()
    assert not ui.has("console.alarms.record-0")
    await ui.tap("console.alarms.put-away-0")
    assert "没有告警" in ui.texts()
    assert rig.desk.alarms() == ()
    line = rig.desk.audit.lines()[0]
    assert (line.act, line.object) == ("put-away-alarm", f"{error.code} {'ab' * 16}")
    assert ui.errors() == []


@screen_test
async def test_an_alarm_about_a_record_leads_to_it(rig):
    tablet = rig.enrolled()
    _, entry = tablet.office.sealed()
    rig.sends(tablet, [entry.envelope])
    rig.desk.run()
    rig.desk.copy.raise_alarm(Alarm.of(LogForkedError(size=3), rig.clock.ms, entry.sha256))
    ui = await rig.window("/alarms")
    await ui.tap("console.alarms.record-0")
    assert ui.page.route == f"/record/{entry.sha256}"


@screen_test
async def test_a_viewer_reads_alarms_and_puts_none_away(rig):
    rig.desk.copy.raise_alarm(Alarm.of(LogForkedError(size=3), rig.clock.ms))
    ui = await rig.window("/alarms", rig.log_in("viewer"))
    assert ui.has("console.alarms.alarm-0")
    assert not ui.has("console.alarms.put-away-0")
