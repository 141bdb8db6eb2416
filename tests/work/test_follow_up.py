"""Documents that an inspection or an earlier document asks for, composed from what was sealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from inspector.catalog import read_laws
from inspector.domain.answer import Verdict
from inspector.domain.finding import Correction
from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.notice_details import Measure, MeasuresDecision, Rectification
from inspector.domain.profile import IssuerProfile
from inspector.domain.service import ServiceWay
from inspector.domain.working_days import DayKind, Deadline
from inspector.errors import (
    AppealMissingError,
    IllegalMoveError,
    NoticeIncompleteError,
    PrintForbiddenError,
)
from inspector.notices.sample import sample_notice
from inspector.settings import APP_FOLDER
from inspector.work import conduct
from inspector.work.asked_for import kinds_for
from inspector.work.follow_up import (
    BASIS,
    Outcome,
    basis_of,
    compose_follow_up,
    reference_to,
    reinspection_of,
)
from inspector.work.issue import SealedInspection, compose
from tests import make
from tests.make import ADA, DAY_MS, EXIT, EXTRA, key

FIRE = IssuerProfile(
    kind=IssuerKind.FIRE_RESCUE, name="样例消防大队", review_body="样例机关", court="样例法院"
)
EMERGENCY = IssuerProfile(kind=IssuerKind.EMERGENCY_MANAGEMENT, name="样例应急管理局")
STREET = IssuerProfile(kind=IssuerKind.NON_ENFORCEMENT, name="样例社区")
ORDER = sample_notice(
    IssuerKind.EMERGENCY_MANAGEMENT, NoticeKind.RECTIFY_ORDER, number="（样）应急责改〔2026〕1号"
)
TITLE = "责令限期整改指令书"


def found(*items, days=None):
    """A sealed inspection with those items failed; `days` sets another deadline for the first."""
    after = make.inspection()
    for item in items:
        after = conduct.judge(
            after,
            key(item),
            Verdict.FAIL,
            reference=make.reference(),
            finding_id=f"f-{item}",
            by=ADA.id,
            at_ms=DAY_MS,
        )
    if days:
        finding = after.findings[key(items[0])]
        until = Deadline(date=date(2026, 12, 1), days=days, kind=DayKind.CALENDAR)
        after = after.found(replace(finding, deadline=until))
    return after.sealed(DAY_MS + 1)


def sealed(inspection):
    return SealedInspection(inspection=inspection, inner_sha256="3b" * 32, with_key=frozenset())


COMMON = {
    "number": None,
    "public_id": "0" * 32,
    "issued_on": date(2026, 11, 24),
    "witness": None,
    "app": "1",
}


def composed(inspection, kind, profile=FIRE, **given):
    return compose(
        sealed(inspection),
        kind,
        profile=profile,
        checklists=(make.checklist(),),
        photos=(),
        **COMMON,
        **given,
    )


# --- From an inspection ---

RECORD, AT_ONCE, NOTICE, RECTIFY_ORDER = (
    NoticeKind.INSPECTION_RECORD,
    NoticeKind.RECTIFY_AT_ONCE,
    NoticeKind.RECTIFY_NOTICE,
    NoticeKind.RECTIFY_ORDER,
)
ASKED = {
    "nothing wrong": (FIRE, (), None, (RECORD,)),
    "to be put right at once": (FIRE, (EXIT,), None, (RECORD, AT_ONCE)),
    "within a time": (FIRE, (EXTRA,), None, (RECORD, NOTICE)),
    "both": (FIRE, (EXIT, EXTRA), None, (RECORD, AT_ONCE, NOTICE)),
    "at once, but given a week by the inspector": (FIRE, (EXIT,), 7, (RECORD, NOTICE)),
    "emergency management has one order": (EMERGENCY, (EXIT, EXTRA), None, (RECORD, RECTIFY_ORDER)),
    "who enforces nothing": (STREET, (EXIT,), None, (NoticeKind.HAZARD_NOTICE,)),
    "and finds nothing": (STREET, (), None, ()),
}


@pytest.mark.parametrize(("profile", "items", "days", "kinds"), ASKED.values(), ids=ASKED)
def test_an_inspection_asks_for_the_documents_that_its_findings_need(profile, items, days, kinds):
    inspection = found(*items, days=days)
    assert kinds_for(profile, inspection) == kinds
    for kind in kinds:
        assert composed(inspection, kind, profile).kind is kind


def test_where_all_is_put_right_already_there_is_still_something_to_be_told():
    opened = found(EXIT)
    finding = opened.findings[key(EXIT)].put_right(Correction(at_ms=DAY_MS))
    inspection = replace(opened, findings={key(EXIT): finding})
    assert kinds_for(STREET, inspection) == (NoticeKind.HAZARD_ADVICE,)
    assert kinds_for(FIRE, inspection) == (RECORD,)
    (told,) = composed(inspection, NoticeKind.HAZARD_ADVICE, STREET).findings
    assert told.corrected_ms == DAY_MS


def test_each_finding_stands_on_one_order_only():
    inspection = found(EXIT, EXTRA)
    at_once, in_time = composed(inspection, AT_ONCE), composed(inspection, NOTICE)
    assert [one.facts for one in at_once.findings] == ["安全出口上锁"]
    assert (at_once.findings[0].at_once, at_once.findings[0].deadline) == (True, None)
    assert [one.facts for one in in_time.findings] == ["疏散指示标志损坏"]
    assert in_time.findings[0].deadline is not None


@pytest.mark.parametrize("kind", [kind for kind in IssuerKind if kind.names_appeal])
@pytest.mark.parametrize("missing", [{"review_body": ""}, {"review_body": " "}, {"court": ""}])
def test_where_no_official_form_was_found_nothing_is_printed_until_the_bodies_are_named(kind, missing):
    named = replace(FIRE, kind=kind)
    for document in (RECORD, AT_ONCE, NOTICE):
        assert composed(found(EXIT, EXTRA), document, named).kind is document
        with pytest.raises(AppealMissingError, match="复议机关") as refused:
            composed(found(EXIT, EXTRA), document, replace(named, **missing))
        assert "“办公室”的“签发机关”" in refused.value.next_step, "it says where"


def test_who_must_name_the_reviewing_body():
    assert {kind for kind in IssuerKind if not kind.names_appeal} == {
        IssuerKind.EMERGENCY_MANAGEMENT,
        IssuerKind.NON_ENFORCEMENT,
    }
    assert composed(found(EXIT), RECORD, EMERGENCY).appeal is None


def test_measures_on_the_spot_are_for_the_findings_that_were_chosen():
    inspection = found(EXIT, EXTRA)
    measures = (Measure(findings=(1,), text="暂停使用。"),)
    decision = MeasuresDecision(basis=("《样例规定》",), measures=measures)
    given = {"details": decision, "profile": EMERGENCY}
    notice = composed(inspection, NoticeKind.MEASURES_DECISION, only={f"f-{EXIT}"}, **given)
    assert [one.facts for one in notice.findings] == ["安全出口上锁"]
    assert (notice.findings[0].deadline, notice.appeal.review_body) == (None, "本级人民政府")
    with pytest.raises(NoticeIncompleteError):
        composed(inspection, NoticeKind.MEASURES_DECISION, **given)


def test_a_transfer_is_composed_from_the_inspection_that_found_it():
    details = sample_notice(EMERGENCY.kind, NoticeKind.TRANSFER).details
    notice = composed(found(EXIT), NoticeKind.TRANSFER, EMERGENCY, details=details)
    assert (notice.findings, notice.appeal) == ((), None)


@pytest.mark.parametrize("kind", sorted(BASIS))
def test_the_usual_basis_is_verified_and_in_force(kind):
    laws = read_laws(APP_FOLDER / "checklists" / "laws.toml")
    (basis,) = basis_of(kind, laws, on=date(2026, 11, 24))
    assert basis == f"《中华人民共和国安全生产法》{BASIS[kind].article}"
    assert basis_of(kind, laws, on=date(2000, 1, 1)) == ()


# --- From an earlier document ---


def visit(**changes):
    enterprise = make.enterprise(name=ORDER.enterprise.name)
    return sealed(make.inspection(enterprise=enterprise, **changes).sealed(DAY_MS + 1))


def follow(details, original=ORDER, profile=EMERGENCY, **given):
    values = {"refers": reference_to(ORDER, TITLE), "signers": ORDER.inspectors, **COMMON}
    return compose_follow_up(original, details, profile=profile, **{**values, **given})


DONE = Outcome(result=Rectification.DONE)


def test_a_reinspection_repeats_the_originals_words_and_rests_on_its_own_record():
    outcomes = {3: Outcome(result=Rectification.NOT_DONE, remark="仍在使用。"), 1: DONE}
    seen = visit()
    notice = follow(reinspection_of(ORDER, outcomes, {}), visit=seen)
    first, third = notice.details.results
    assert (first.ordinal, first.facts) == (1, f"{ORDER.findings[0].place}：{ORDER.findings[0].facts}")
    assert (third.ordinal, third.facts, third.remark) == (3, ORDER.findings[2].facts, "仍在使用。")
    assert (notice.record_id, notice.record_sha256) == (seen.inspection.id, seen.inner_sha256)
    assert notice.refers.number == ORDER.number
    assert notice.refers.public_id == ORDER.public_id
    assert (notice.appeal, notice.findings) == (None, ())
    assert [one.name for one in notice.inspectors] == [one.name for one in seen.inspection.inspectors]


def test_a_reinspection_without_a_sealed_visit_of_that_enterprise_is_none():
    details = reinspection_of(ORDER, {1: DONE}, {})
    elsewhere = sealed(make.inspection().sealed(DAY_MS + 1))
    still_open = sealed(make.inspection(enterprise=make.enterprise(name=ORDER.enterprise.name)))
    for wrong in (None, elsewhere, still_open):
        with pytest.raises(IllegalMoveError):
            follow(details, visit=wrong)


def test_only_findings_of_the_original_can_be_followed():
    with pytest.raises(IllegalMoveError):
        reinspection_of(ORDER, {9: DONE}, {})


def test_a_receipt_follows_the_document_that_was_served():
    details = sample_notice(EMERGENCY.kind, NoticeKind.SERVICE_RECEIPT).details
    served = replace(details.documents[0], document=reference_to(ORDER, TITLE))
    assert follow(replace(details, documents=(served,))).kind is NoticeKind.SERVICE_RECEIPT


def test_a_receipt_says_of_each_document_how_it_was_served():
    details = sample_notice(EMERGENCY.kind, NoticeKind.SERVICE_RECEIPT).details
    first, *others = details.documents
    mixed = (replace(first, document=reference_to(ORDER, TITLE)), *others)
    receipt = follow(replace(details, documents=mixed))
    assert receipt.details.documents == mixed
    assert [one.way for one in mixed] == [ServiceWay.DIRECT, ServiceWay.LEFT, ServiceWay.ELECTRONIC]
    with pytest.raises(NoticeIncompleteError, match="确认书"):
        replace(details, documents=mixed, consent=None)


def test_nothing_follows_a_draft_or_the_document_of_another_kind_of_issuer():
    with pytest.raises(IllegalMoveError):
        reference_to(replace(ORDER, number=None), TITLE)
    with pytest.raises(IllegalMoveError):
        follow(reinspection_of(ORDER, {1: DONE}, {}), profile=FIRE, visit=visit())
    with pytest.raises(PrintForbiddenError):
        hazard = sample_notice(STREET.kind, NoticeKind.HAZARD_NOTICE, number="1")
        follow(reinspection_of(hazard, {1: DONE}, {}), original=hazard, profile=STREET, visit=visit())
