"""Deadlines that were moved: in the ledger, and in what anybody with the paper is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from inspector.catalog.calendar import read_calendar
from inspector.console.calendars import Calendars
from inspector.console.database import _SAID_DEADLINES, _STEPS, DeskDatabase
from inspector.console.extensions import Extensions
from inspector.console.ledger import Ledger, LedgerTab
from inspector.console.records import Records
from inspector.domain.extension import Verdict
from inspector.domain.profile import Term
from inspector.domain.working_days import DayKind, china_date, china_noon_ms
from inspector.errors import IllegalMoveError
from tests.browser import ROOT
from tests.console.desk_rig import DeskRig
from tests.console.issued_notices import Handed, hand_over
from tests.console.older_database import older_database
from tests.console.test_ledger import registered

SHIPPED = read_calendar(ROOT / "assets" / "calendar")


@pytest.fixture
def rig(tmp_path):
    with DeskRig(tmp_path) as found:
        yield found


def extensions_of(rig: DeskRig) -> Extensions:
    return Extensions(rig.desk, Records(rig.desk), Calendars(rig.desk, SHIPPED))


def last_of(handed: Handed) -> tuple[int, date]:
    """The finding with the last deadline."""
    day, ordinal = max(
        (one.deadline.date, one.ordinal) for one in handed.notice.findings if one.deadline is not None
    )
    return ordinal, day


def asked(rig: DeskRig, handed: Handed, until: date) -> str:
    """A request for the finding that is due last; its id."""
    ordinal, _ = last_of(handed)
    request = extensions_of(rig).ask(
        rig.admin,
        handed.entry,
        asked_by="样例负责人",
        asked_on=china_date(rig.clock.ms),
        wishes=[(ordinal, until, "等待配件")],
    )
    return request.id


def granted(rig: DeskRig, handed: Handed, until: date) -> None:
    ordinal, _ = last_of(handed)
    verdict = Verdict.until(until, on=china_date(rig.clock.ms))
    extensions_of(rig).decide(rig.admin, asked(rig, handed, until), {ordinal: verdict}, by="样例审批人")


def at_noon(rig: DeskRig, day: date) -> None:
    """The clock is put to a day; nothing is sent any more."""
    rig.clock.ms = china_noon_ms(day)


def test_a_granted_day_is_the_last_deadline_for_anybody_with_the_paper(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    ordinal, old = last_of(handed)
    until = old + timedelta(days=20)
    id = asked(rig, handed, until)
    rig.desk.run()
    assert registered(rig, handed)["version"] == 1, "to ask changes nothing in public"
    verdict = Verdict.until(until, on=china_date(rig.clock.ms))
    extensions_of(rig).decide(rig.admin, id, {ordinal: verdict}, by="样例审批人")
    rig.desk.run()
    said = registered(rig, handed)
    assert (said["version"], said["state"]) == (2, "in-force")
    days = {one[0]: one[3] for one in said["findings"]}
    paper = {
        one.ordinal: one.deadline.date.isoformat() if one.deadline else "" for one in handed.notice.findings
    }
    assert days == {**paper, ordinal: until.isoformat()}
    assert max(days.values()) == until.isoformat()
    assert Ledger(rig.desk).row(handed.entry).deadline == until


def test_a_refusal_leaves_the_registration_as_it_was(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    ordinal, old = last_of(handed)
    refusal = {ordinal: Verdict(new=None, opinion="隐患不能等")}
    id = asked(rig, handed, old + timedelta(days=9))
    extensions_of(rig).decide(rig.admin, id, refusal, by="样例审批人")
    rig.desk.run()
    assert registered(rig, handed)["version"] == 1
    assert Ledger(rig.desk).row(handed.entry).deadline == old


def test_a_notice_is_overdue_by_the_day_that_was_granted(rig):
    tablet = rig.enrolled()
    moved, left = hand_over(rig, tablet, 1), hand_over(rig, tablet, 2)
    rig.desk.run()
    _, old = last_of(moved)
    until = old + timedelta(days=20)
    granted(rig, moved, until)
    ledger = Ledger(rig.desk)
    at_noon(rig, old + timedelta(days=1))
    assert [row.entry for row in ledger.rows(LedgerTab.OVERDUE)] == [left.entry]
    assert not ledger.row(moved.entry).is_overdue
    at_noon(rig, until)
    assert not ledger.row(moved.entry).is_overdue, "the last day still counts"
    at_noon(rig, until + timedelta(days=1))
    assert {row.entry for row in ledger.rows(LedgerTab.OVERDUE)} == {moved.entry, left.entry}
    granted(rig, moved, until + timedelta(days=30))
    assert not ledger.row(moved.entry).is_overdue, "a late request can be granted"


def test_working_days_of_a_year_without_holidays_are_marked(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    ordinal, old = last_of(handed)
    new = Term(days=20, kind=DayKind.WORKING).after(old, SHIPPED)
    assert new.date.year == 2027 and new.mark == "（2027年节假日待国务院公布）"
    id = asked(rig, handed, new.date)
    extensions_of(rig).decide(rig.admin, id, {ordinal: Verdict(new=new)}, by="样例审批人")
    row = Ledger(rig.desk).row(handed.entry)
    assert (row.deadline, row.is_provisional) == (new.date, True)
    (matter,) = extensions_of(rig).of(handed.entry)
    assert matter.decided.granted[0].new == new, "what was counted is kept, not only the day"


def test_a_notice_that_has_ended_gets_no_more_time(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    ordinal, old = last_of(handed)
    until = old + timedelta(days=9)
    waiting = asked(rig, handed, until)
    Ledger(rig.desk).close(rig.admin, handed.entry, "样例原因")
    verdict = Verdict.until(until, on=china_date(rig.clock.ms))
    with pytest.raises(IllegalMoveError, match="已经结束"):
        extensions_of(rig).decide(rig.admin, waiting, {ordinal: verdict}, by="样例审批人")
    with pytest.raises(IllegalMoveError, match="已经结束"):
        asked(rig, handed, until)
    assert Ledger(rig.desk).row(handed.entry).deadline == old


def test_a_draft_gets_no_more_time(rig):
    handed = hand_over(rig, rig.enrolled(), 1, number=None, is_public=False)
    rig.desk.run()
    with pytest.raises(IllegalMoveError, match="草稿"):
        asked(rig, handed, last_of(handed)[1] + timedelta(days=9))


def test_what_was_registered_before_the_page_said_why_goes_out_once_more(tmp_path):
    """A database of the version before: moved and waiting deadlines were said without their reason."""
    path, key = tmp_path / "desk.db", bytes(32)
    row = dict.fromkeys(("enterprise", "deadline", "reason", "replaced_by", "access"), "")
    row |= dict.fromkeys(("pdf_sha256", "office_copy_sha256"), "")
    row |= {"state": "in-force", "since_ms": 0, "version": 2, "published": 2}
    known = [
        {**row, "entry": entry, "public_id": entry, "provisional": provisional}
        for entry, provisional in (("moved", 0), ("waiting", 1), ("plain", 0))
    ]
    asked = {"id": "x", "entry": "moved", "notice": "moved", "value": "{}", "at_ms": 0}
    steps = _STEPS.index(_SAID_DEADLINES)
    older_database(path, key, steps, {"registrations": known, "extensions": [asked]})
    again = DeskDatabase(path, key)
    due = again.rows("SELECT entry FROM registrations WHERE published != version ORDER BY entry")
    assert [row["entry"] for row in due] == ["moved", "waiting"]
    again.close()


def test_the_ledger_finds_what_waits_for_a_decision_and_marks_what_was_granted(rig):
    tablet = rig.enrolled()
    waits, moved, refused = (hand_over(rig, tablet, n) for n in (1, 2, 3))
    rig.desk.run()
    ledger, _, day = Ledger(rig.desk), *last_of(waits)
    later = day + timedelta(days=20)
    asked(rig, waits, later)
    granted(rig, moved, later)
    ordinal, _ = last_of(refused)
    no = Verdict(new=None, opinion="样例：可先临时处置")
    extensions_of(rig).decide(rig.admin, asked(rig, refused, later), {ordinal: no}, by="样例审批人")
    assert [row.entry for row in ledger.rows(LedgerTab.ASKED)] == [waits.entry]
    assert [row.entry for row in ledger.rows(LedgerTab.ALL) if row.is_extended] == [moved.entry]
    ledger.withdraw(rig.admin, waits.entry, "样例原因")
    assert ledger.count(LedgerTab.ASKED) == 0


def test_what_is_in_force_comes_by_deadline(rig):
    tablet = rig.enrolled()
    first, second = hand_over(rig, tablet, 1), hand_over(rig, tablet, 2)
    rig.desk.run()
    _, day = last_of(second)
    granted(rig, second, day + timedelta(days=20))
    assert [row.entry for row in Ledger(rig.desk).rows(LedgerTab.OPEN)] == [first.entry, second.entry]
    assert [row.entry for row in Ledger(rig.desk).rows(LedgerTab.ALL)] == [second.entry, first.entry]
