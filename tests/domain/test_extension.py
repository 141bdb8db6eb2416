"""More time: what may be asked, who decides, which deadlines stand afterwards."""

from dataclasses import replace
from datetime import date

import pytest

from inspector.domain.extension import ExtensionRequest, Verdict, Wish, deadlines_now
from inspector.domain.issuer import IssuerKind
from inspector.domain.notice_parts import NoticeFinding
from inspector.domain.profile import IssuerProfile, Term
from inspector.domain.working_days import DayKind, Deadline
from inspector.errors import DaysOutOfRangeError, IllegalMoveError, TextControlError
from tests.domain.test_working_days import CALENDAR

OLD = Deadline(date=date(2026, 12, 8), days=15, kind=DayKind.CALENDAR)
FIRST = Wish(ordinal=1, facts="样例问题一", old=OLD, asked=date(2026, 12, 20), reason="等待配件")
SECOND = replace(FIRST, ordinal=3, facts="样例问题三", asked=date(2026, 12, 15))
REQUEST = ExtensionRequest(
    id="r",
    notice="n" * 64,
    asked_by="样例负责人",
    asked_on=date(2026, 12, 5),
    wishes=(FIRST, SECOND),
    entered_by="样例审核员",
    entered_ms=1,
)
ON = date(2026, 12, 6)


def test_a_request_says_who_asked_when_and_for_each_finding_until_when_and_why():
    assert ExtensionRequest.from_record(REQUEST.to_record()) == REQUEST
    assert REQUEST.late == ()
    assert replace(REQUEST, asked_on=date(2026, 12, 9)).late == (1, 3), "asked when it was overdue"


@pytest.mark.parametrize(
    "changes",
    [
        {"asked_by": " "},
        {"wishes": ()},
        {"wishes": (FIRST, FIRST)},
        {"wishes": (SECOND, FIRST)},
        {"wishes": (replace(FIRST, asked=OLD.date),)},
        {"wishes": (replace(FIRST, reason=" \n"),)},
    ],
)
def test_what_cannot_be_asked_is_refused(changes):
    with pytest.raises(IllegalMoveError):
        replace(REQUEST, **changes)


def test_invisible_characters_are_refused():
    with pytest.raises(TextControlError):
        replace(REQUEST, asked_by="样例\u202e")


def test_a_decision_is_made_finding_by_finding_under_a_name():
    done = REQUEST.decided(
        {1: Verdict.until(date(2026, 12, 18), on=ON), 3: Verdict(new=None, opinion="可以先行整改")},
        by="样例审批人",
        on=ON,
    )
    assert (done.asked_by, done.decided_by) == ("样例负责人", "样例审批人")
    assert [one.ordinal for one in done.granted] == [1]
    assert [(one.ordinal, one.opinion) for one in done.refused] == [(3, "可以先行整改")]
    assert done.granted[0].new == Deadline(date=date(2026, 12, 18), days=12, kind=DayKind.CALENDAR)


@pytest.mark.parametrize(
    ("verdicts", "by"),
    [
        ({1: Verdict.until(date(2026, 12, 18), on=ON)}, "样例审批人"),
        ({1: Verdict(new=None), 3: Verdict(new=None, opinion="不同意")}, "样例审批人"),
        (
            {1: Verdict.until(date(2026, 12, 21), on=ON), 3: Verdict.until(date(2026, 12, 15), on=ON)},
            "样例审批人",
        ),
        ({1: Verdict.until(OLD.date, on=ON), 3: Verdict.until(date(2026, 12, 15), on=ON)}, "样例审批人"),
        ({1: Verdict.until(date(2026, 12, 20), on=ON), 3: Verdict.until(date(2026, 12, 15), on=ON)}, " "),
    ],
)
def test_a_decision_that_is_not_whole_is_refused(verdicts, by):
    with pytest.raises(IllegalMoveError):
        REQUEST.decided(verdicts, by=by, on=ON)


def test_a_new_day_that_is_over_already_is_refused():
    everything = {1: Verdict.until(date(2026, 12, 20), on=ON), 3: Verdict.until(date(2026, 12, 15), on=ON)}
    with pytest.raises(IllegalMoveError):
        REQUEST.decided(everything, by="样例审批人", on=date(2026, 12, 15))


def test_only_what_is_granted_moves_a_deadline_and_a_later_decision_prevails():
    findings = (
        NoticeFinding(ordinal=1, facts="一", deadline=OLD),
        NoticeFinding(ordinal=2, facts="二", at_once=True),
        NoticeFinding(ordinal=3, facts="三", deadline=OLD),
    )
    assert deadlines_now(findings, ()) == {1: OLD, 3: OLD}
    done = REQUEST.decided(
        {1: Verdict.until(date(2026, 12, 18), on=ON), 3: Verdict(new=None, opinion="不同意")},
        by="样例",
        on=ON,
    )
    after = deadlines_now(findings, (done,))
    assert (after[1].date, after[3]) == (date(2026, 12, 18), OLD)
    again = replace(REQUEST, wishes=(replace(FIRST, old=after[1], asked=date(2027, 1, 5)),)).decided(
        {1: Verdict.until(date(2027, 1, 5), on=ON)}, by="样例", on=date(2026, 12, 17)
    )
    assert deadlines_now(findings, (done, again))[1].date == date(2027, 1, 5)


# --- Re-inspection: only what the office itself says ---


def test_no_office_has_a_term_for_re_inspection_before_it_says_so():
    for kind in IssuerKind:
        assert IssuerProfile(kind=kind, name="样例").reinspection is None


def test_a_term_counts_from_the_day_after_the_last_deadline():
    term = Term(days=3, kind=DayKind.WORKING)
    assert term.words == "3 个工作日"
    # Friday 25 September to Sunday 27th are holidays of 2026.
    assert term.after(date(2026, 9, 24), CALENDAR).date == date(2026, 9, 30)
    assert Term(days=10, kind=DayKind.CALENDAR).after(date(2026, 12, 8), CALENDAR).date == date(2026, 12, 18)
    profile = IssuerProfile(kind=IssuerKind.FIRE_RESCUE, name="样例", reinspection=term)
    assert IssuerProfile.from_record(profile.to_record()) == profile
    with pytest.raises(DaysOutOfRangeError):
        Term(days=0, kind=DayKind.CALENDAR)
