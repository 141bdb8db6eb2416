"""What a notice can be: who may issue it, what must be in it, and that it is read back exactly."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from inspector.domain.issuer import IssuerKind, NoticeKind, appeal_of, kinds_of
from inspector.domain.notice_parts import Refused, SuspectedMajor
from inspector.domain.notice_record import canonical, from_record, to_record
from inspector.domain.working_days import DayKind, Deadline
from inspector.errors import (
    AppealMissingError,
    InspectorError,
    NoticeIncompleteError,
    PrintForbiddenError,
    TextControlError,
    TextTooLongError,
)
from inspector.notices.sample import sample_notice
from tests.notices.samples import DRAFT, ENTERPRISE, FINDINGS, FIRE, HAZARD, NOON, ORDER, RECORD, REFUSED

SAMPLES = {
    f"{issuer.value} {kind.value}": sample_notice(issuer, kind)
    for issuer in IssuerKind
    for kind in sorted(kinds_of(issuer))
}
ALL = {
    **SAMPLES,
    "order": ORDER,
    "record": RECORD,
    "fire": FIRE,
    "hazard": HAZARD,
    "draft": DRAFT,
    "refused": REFUSED,
}


@pytest.mark.parametrize("name", ALL)
def test_a_notice_is_read_back_as_it_was_written(name):
    wire = json.loads(canonical(ALL[name]))
    assert from_record(wire) == ALL[name]
    assert canonical(from_record(wire)) == canonical(ALL[name])


@pytest.mark.parametrize("field", sorted(json.loads(canonical(ORDER))))
def test_missing_surplus_and_mistyped_fields_are_refused(field):
    wire = json.loads(canonical(ORDER))
    for spoilt in (
        {name: value for name, value in wire.items() if name != field},
        {**wire, f"{field}_": 1},
        {**wire, field: 1.5},
    ):
        with pytest.raises(InspectorError):
            from_record(spoilt)


@pytest.mark.parametrize("issuer", IssuerKind)
@pytest.mark.parametrize("kind", NoticeKind)
def test_each_issuer_issues_only_its_own_documents(issuer, kind):
    if kind in kinds_of(issuer):
        assert sample_notice(issuer, kind).kind is kind
    else:
        with pytest.raises(PrintForbiddenError):
            sample_notice(issuer, kind)


def test_who_enforces_nothing_names_no_certificate_and_no_appeal():
    with pytest.raises(PrintForbiddenError):
        replace(HAZARD, inspectors=(replace(HAZARD.inspectors[0], certificate="样例-1"),))
    with pytest.raises(PrintForbiddenError):
        replace(HAZARD, appeal=ORDER.appeal)


def test_an_order_needs_a_body_and_a_court_and_only_emergency_management_has_a_default():
    with pytest.raises(AppealMissingError):
        replace(ORDER, appeal=None)
    assert appeal_of(IssuerKind.EMERGENCY_MANAGEMENT).review_body == "本级人民政府"
    for issuer in (kind for kind in IssuerKind if kind.names_appeal):
        with pytest.raises(AppealMissingError):
            appeal_of(issuer)
    with pytest.raises(PrintForbiddenError):
        appeal_of(IssuerKind.NON_ENFORCEMENT)


INCOMPLETE = {
    "one inspector": {"inspectors": ORDER.inspectors[:1]},
    "no certificate": {"inspectors": tuple(replace(one, certificate=None) for one in ORDER.inspectors)},
    "no findings": {"findings": (), "photos": ()},
    "wrong ordinals": {"findings": tuple(reversed(FINDINGS))},
    "no facts": {"findings": (replace(FINDINGS[0], facts=" "),)},
    "no deadline": {"findings": (replace(FINDINGS[0], deadline=None),)},
    "deadline though corrected": {"findings": (replace(FINDINGS[0], corrected_ms=NOON),)},
    "photo that is not there": {"photos": ()},
    "no enterprise": {"enterprise": replace(ENTERPRISE, name=" ")},
    "ended before it began": {"from_ms": NOON, "to_ms": NOON - 1},
    "empty number": {"number": " "},
    "refusal without reason": {"response": Refused(reason=" ", at_ms=NOON)},
    "suspicion without reason": {
        "findings": (
            replace(FINDINGS[0], suspected=SuspectedMajor(criterion="样例", upheld=True, reason=" ")),
        )
    },
}


@pytest.mark.parametrize("change", INCOMPLETE.values(), ids=INCOMPLETE)
def test_what_is_incomplete_cannot_be_built(change):
    with pytest.raises(NoticeIncompleteError):
        replace(ORDER, **change)


def test_texts_that_cannot_be_printed_as_they_are_are_refused():
    with pytest.raises(TextTooLongError):
        replace(ORDER, enterprise=replace(ENTERPRISE, name="长" * 10_000))
    with pytest.raises(TextControlError):
        replace(ORDER, enterprise=replace(ENTERPRISE, name="样\u202e例"))


def test_deadlines_are_grouped_by_day_the_earliest_first():
    again = replace(FINDINGS[0], ordinal=5, photos=())
    notice = replace(ORDER, findings=(*FINDINGS, again))
    assert [(ordinals, deadline.date) for ordinals, deadline in notice.deadlines] == [
        ((1, 5), date(2026, 12, 8)),
        ((2,), date(2027, 1, 6)),
    ]
    assert notice.last_deadline == Deadline(
        date=date(2027, 1, 6), days=30, kind=DayKind.WORKING, provisional=True
    )
    assert to_record(notice)["kind"] == "rectify-order"
