"""Deadlines at the office: holiday tables taken in and told, requests for more time, when to re-inspect."""

from dataclasses import replace
from datetime import date

import pytest

from inspector.catalog.calendar import read_calendar
from inspector.console.calendars import Calendars
from inspector.console.extensions import Extensions
from inspector.console.records import Records
from inspector.domain.extension import Verdict
from inspector.domain.profile import Term
from inspector.domain.working_days import DayKind
from inspector.errors import (
    CalendarMalformedError,
    CalendarOlderError,
    IllegalMoveError,
    NotPermittedError,
    RecordUnknownError,
)
from inspector.work.feed import HolidayNotice
from inspector.work.issue import issue
from tests.browser import ROOT
from tests.console.desk_rig import FIRE, DeskRig
from tests.console.test_devices import acts, told
from tests.domain.test_working_days import TEXT
from tests.notices.samples import ORDER, SOON
from tests.tablet.rig import PlainPress
from tests.ui_harness import screen_test

NEWER = TEXT.replace("published = 2025-11-04", "published = 2026-06-01").replace(
    "make_up = [2026-09-20, 2026-10-10]", "make_up = [2026-10-10]"
)
SHIPPED = read_calendar(ROOT / "assets" / "calendar")


@pytest.fixture
def rig(tmp_path):
    with DeskRig(tmp_path) as found:
        yield found


def ordered(rig: DeskRig, tablet) -> str:
    """A document of a tablet, taken in; its entry."""
    office = tablet.office
    seal = replace(office.seal, device=tablet.id)
    findings = tuple(replace(one, photos=()) for one in ORDER.findings)
    issued = issue(
        replace(ORDER, photos=(), findings=findings),
        id="0198c0de-0000-7000-8000-0000000000aa",
        press=PlainPress(),
        token=None,
        attachments={},
        photos=(),
        signers=(),
        seal=seal,
        box=office.box,
        at_ms=rig.clock.ms,
    )
    from tests.console.sealed_records import upload

    rig.sends(tablet, [issued.entry.envelope])
    upload(rig, tablet, issued.entry)
    rig.desk.run()
    return issued.entry.sha256


# --- Holiday tables ---


def test_a_table_is_looked_at_before_it_is_taken_and_told_to_every_tablet(rig):
    tablet = rig.enrolled()
    calendars = Calendars(rig.desk, SHIPPED)
    found = calendars.preview(NEWER)
    assert [one.day for one in found.changes] == [date(2026, 9, 20)]
    assert calendars.current() == SHIPPED, "looking changes nothing"
    calendars.take(rig.admin, NEWER)
    assert told(rig, tablet)[-1] == HolidayNotice(text=NEWER)
    assert not calendars.current().is_working(date(2026, 9, 20))
    assert calendars.preview(NEWER).is_known
    assert acts(rig)[0] == "set-calendar"
    late = rig.enrolled("样例平板二号")
    assert HolidayNotice(text=NEWER) in told(rig, late), "a tablet that comes later is told too"


def test_an_older_or_faulty_table_changes_nothing_and_says_why(rig):
    calendars = Calendars(rig.desk, SHIPPED)
    calendars.take(rig.admin, NEWER)
    before = calendars.current()
    assert isinstance(calendars.preview(TEXT).refusal, CalendarOlderError)
    with pytest.raises(CalendarOlderError):
        calendars.take(rig.admin, TEXT)
    assert calendars.preview("format = 9").faults
    with pytest.raises(CalendarMalformedError):
        calendars.take(rig.admin, "format = 9")
    assert calendars.current() == before
    with pytest.raises(NotPermittedError):
        calendars.take(rig.log_in("supervisor"), NEWER)


@screen_test
async def test_the_screen_lists_faults_then_changes_then_takes_the_table(rig):
    rig.enrolled()
    ui = await rig.window("/office")
    await ui.tap("console.office.part-calendar")
    await ui.type("console.office.calendar-text", NEWER.replace("2026-05-09", "2026-05-08"))
    await ui.tap("console.office.calendar-look")
    assert any("有 1 处要改" in text for text in ui.texts())
    with pytest.raises(AssertionError, match="disabled"):
        await ui.tap("console.office.calendar-take")
    await ui.type("console.office.calendar-text", NEWER)
    await ui.tap("console.office.calendar-look")
    assert any("天与现在不同" in text for text in ui.texts())
    await ui.tap("console.office.calendar-take")
    await ui.tap("console.office.calendar-take-ask-yes")
    assert any("2026年6月1日公布" in text for text in ui.texts())
    assert ui.errors() == []


# --- More time ---


def test_a_request_waits_for_a_named_person_and_moves_the_deadline_only_then(rig):
    entry = ordered(rig, rig.enrolled())
    supervisor = rig.log_in("supervisor")
    extensions = Extensions(rig.desk, Records(rig.desk), Calendars(rig.desk, SHIPPED))
    notice = Records(rig.desk).notice(entry)
    (ordinal, old), *_ = extensions.deadlines(entry, notice).findings.items()
    asked = date(2027, 1, 20)
    ask = {"asked_by": "样例负责人", "asked_on": date(2026, 11, 18)}
    request = extensions.ask(supervisor, entry, wishes=[(ordinal, asked, "等待配件")], **ask)
    assert extensions.deadlines(entry, notice).findings[ordinal] == old
    with pytest.raises(IllegalMoveError, match="等待审批"):
        extensions.ask(supervisor, entry, wishes=[(ordinal, asked, "再次申请")], **ask)
    done = extensions.decide(
        supervisor,
        request.id,
        {ordinal: Verdict.until(date(2027, 1, 15), on=date(2026, 11, 18))},
        by="样例审批人",
    )
    assert done.granted[0].old == old
    assert extensions.deadlines(entry, notice).findings[ordinal].date == date(2027, 1, 15)
    assert extensions.deadlines(entry, notice).last.date >= date(2027, 1, 15)
    with pytest.raises(IllegalMoveError, match="已经审批过"):
        extensions.decide(supervisor, request.id, {ordinal: Verdict(new=None, opinion="不")}, by="样例")
    (matter,) = extensions.of(entry)
    assert (matter.request, matter.decided, matter.login) == (request, done, "supervisor")
    assert acts(rig)[:2] == ["grant-extension", "ask-extension"]


def test_a_refused_request_leaves_the_deadline_and_its_reason(rig):
    entry = ordered(rig, rig.enrolled())
    supervisor = rig.log_in("supervisor")
    extensions = Extensions(rig.desk, Records(rig.desk), Calendars(rig.desk, SHIPPED))
    notice = Records(rig.desk).notice(entry)
    before = extensions.deadlines(entry, notice)
    ordinal = next(iter(before.findings))
    request = extensions.ask(
        supervisor,
        entry,
        asked_by="样例负责人",
        asked_on=date(2026, 11, 18),
        wishes=[(ordinal, date(2027, 1, 20), "等待配件")],
    )
    extensions.decide(
        supervisor, request.id, {ordinal: Verdict(new=None, opinion="隐患不能等")}, by="样例审批人"
    )
    assert extensions.deadlines(entry, notice) == before
    assert acts(rig)[0] == "refuse-extension"


def test_what_nobody_may_ask(rig):
    entry = ordered(rig, rig.enrolled())
    supervisor = rig.log_in("supervisor")
    extensions = Extensions(rig.desk, Records(rig.desk), Calendars(rig.desk, SHIPPED))
    ask = {"asked_by": "样例", "asked_on": date(2026, 11, 18), "wishes": [(1, date(2027, 1, 20), "样例")]}
    for changes, who, error in (
        ({"wishes": [(99, date(2027, 1, 20), "样例")]}, supervisor, IllegalMoveError),
        ({"asked_on": date(2030, 1, 1)}, supervisor, IllegalMoveError),
        ({}, rig.log_in("viewer"), NotPermittedError),
    ):
        with pytest.raises(error):
            extensions.ask(who, entry, **{**ask, **changes})
    with pytest.raises(RecordUnknownError):
        extensions.ask(supervisor, "0" * 64, **ask)
    with pytest.raises(RecordUnknownError):
        extensions.decide(supervisor, "nothing", {}, by="样例")
    assert extensions.of(entry) == ()


# --- Re-inspection ---


def test_the_office_says_itself_when_it_re_inspects(rig):
    entry = ordered(rig, rig.enrolled())
    extensions = Extensions(rig.desk, Records(rig.desk), Calendars(rig.desk, SHIPPED))
    notice = Records(rig.desk).notice(entry)
    assert extensions.deadlines(entry, notice).reinspect is None
    term = Term(days=5, kind=DayKind.CALENDAR)
    rig.administration.set_issuer(rig.admin, replace(FIRE, reinspection=term))
    found = extensions.deadlines(entry, notice)
    assert (found.reinspect.date - found.last.date).days == 5
    assert SOON in found.findings.values()


@screen_test
async def test_the_term_is_typed_in_and_no_number_is_offered_as_law(rig):
    tablet = rig.enrolled()
    ui = await rig.window("/office")
    assert "不作为法定期限印在文书上" in "".join(ui.texts())
    await ui.type("console.office.issuer-reinspection", "7")
    await ui.tap("console.office.issuer-reinspection-kind-calendar")
    await ui.tap("console.office.save-issuer")
    assert rig.desk.issuer().reinspection == Term(days=7, kind=DayKind.CALENDAR)
    assert told(rig, tablet)[-1].reinspection == Term(days=7, kind=DayKind.CALENDAR)
    await ui.type("console.office.issuer-reinspection", "")
    await ui.tap("console.office.save-issuer")
    assert rig.desk.issuer().reinspection is None
    assert ui.errors() == []
