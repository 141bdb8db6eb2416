"""What each kind of document beside the findings must hold and must not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.notice_details import DETAILS, Rectification, TransferAttachment
from inspector.domain.notice_record import canonical, from_record
from inspector.domain.service import ServiceWay
from inspector.errors import IdentifierMalformedError, NoticeIncompleteError, RecordMalformedError
from inspector.notices.sample import sample_notice
from tests.notices.samples import drawn

EMERGENCY = IssuerKind.EMERGENCY_MANAGEMENT
MEASURES = sample_notice(EMERGENCY, NoticeKind.MEASURES_DECISION)
REINSPECTION = sample_notice(EMERGENCY, NoticeKind.REINSPECTION)
RECEIPT = sample_notice(EMERGENCY, NoticeKind.SERVICE_RECEIPT)
EXTENSION = sample_notice(EMERGENCY, NoticeKind.EXTENSION)
TRANSFER = sample_notice(EMERGENCY, NoticeKind.TRANSFER)
AT_ONCE = sample_notice(IssuerKind.FIRE_RESCUE, NoticeKind.RECTIFY_AT_ONCE)
IN_TIME = sample_notice(IssuerKind.FIRE_RESCUE, NoticeKind.RECTIFY_NOTICE)
ADVICE = sample_notice(IssuerKind.NON_ENFORCEMENT, NoticeKind.HAZARD_ADVICE)
DIRECT, LEFT, BY_WIRE = RECEIPT.details.documents


@pytest.mark.parametrize("notice", [REINSPECTION, RECEIPT, EXTENSION], ids=lambda notice: notice.kind.value)
def test_what_follows_a_document_names_it(notice):
    with pytest.raises(NoticeIncompleteError, match="原文号"):
        replace(notice, refers=None)


@pytest.mark.parametrize("part", ["title", "number"])
def test_an_earlier_document_is_named_by_title_and_number(part):
    with pytest.raises(NoticeIncompleteError):
        replace(REINSPECTION.refers, **{part: " "})
    with pytest.raises(IdentifierMalformedError):
        replace(REINSPECTION.refers, public_id="77")


@pytest.mark.parametrize("kind", sorted(DETAILS))
def test_a_kind_has_its_own_details_and_no_others(kind):
    notice = sample_notice(EMERGENCY, kind)
    for details in (None, *(sample_notice(EMERGENCY, other).details for other in DETAILS if other != kind)):
        with pytest.raises(NoticeIncompleteError):
            replace(notice, details=details)


def test_a_document_without_details_takes_none():
    with pytest.raises(NoticeIncompleteError):
        replace(AT_ONCE, details=TRANSFER.details)


@pytest.mark.parametrize("notice", [REINSPECTION, RECEIPT, EXTENSION, TRANSFER], ids=lambda n: n.kind.value)
def test_what_has_no_table_of_findings_takes_none(notice):
    with pytest.raises(NoticeIncompleteError):
        replace(notice, findings=AT_ONCE.findings)


def test_at_once_and_in_time_are_ordered_on_papers_of_their_own():
    with pytest.raises(NoticeIncompleteError, match="只列须立即改正"):
        replace(AT_ONCE, findings=IN_TIME.findings)
    with pytest.raises(NoticeIncompleteError, match="有期限"):
        replace(IN_TIME, findings=AT_ONCE.findings)


def test_an_advice_sets_no_deadline():
    with pytest.raises(NoticeIncompleteError, match="不设期限"):
        replace(ADVICE, findings=IN_TIME.findings)


def test_measures_answer_to_the_findings_one_and_all():
    first, second = MEASURES.details.measures
    for measures in (
        (),
        (first,),
        (first, replace(second, findings=(4,))),
        (first, replace(second, findings=())),
        (first, replace(second, text="　")),
    ):
        with pytest.raises(NoticeIncompleteError):
            replace(MEASURES, details=replace(MEASURES.details, measures=measures))
    with pytest.raises(NoticeIncompleteError, match="依据"):
        replace(MEASURES.details, basis=("",))


@pytest.mark.parametrize("result", [one for one in Rectification if one is not Rectification.DONE])
def test_what_is_not_done_says_why(result):
    with pytest.raises(NoticeIncompleteError, match=result.word):
        replace(REINSPECTION.details.results[0], result=result)


def test_results_stand_in_the_order_of_the_original_each_once():
    results = REINSPECTION.details.results
    for wrong in ((), results[::-1], (results[0], results[0])):
        with pytest.raises(NoticeIncompleteError):
            replace(REINSPECTION.details, results=wrong)
    pictured = (replace(results[0], photos=(1,)),)
    with pytest.raises(NoticeIncompleteError, match="照片"):
        replace(REINSPECTION, details=replace(REINSPECTION.details, results=pictured))


def test_electronic_service_needs_the_signed_consent():
    with pytest.raises(NoticeIncompleteError, match="确认书"):
        replace(RECEIPT.details, consent=None)
    assert replace(RECEIPT.details, documents=(DIRECT, LEFT), consent=None).consent is None
    with pytest.raises(NoticeIncompleteError):
        replace(RECEIPT.details.consent, address="")


ANNOUNCED = replace(
    DIRECT,
    way=ServiceWay.ANNOUNCEMENT,
    particulars="样例日报",
    received_by="",
    relation="",
    signature=None,
)

SERVICE = {
    "left without a reason": (LEFT, {"refusal": ""}),
    "left without anybody seeing it": (LEFT, {"witness": ""}),
    "refused but handed over": (DIRECT, {"refusal": "不愿签收。"}),
    "by post without its number": (DIRECT, {"way": ServiceWay.POST}),
    "announced nowhere": (DIRECT, {"way": ServiceWay.ANNOUNCEMENT}),
    "entrusted to nobody": (DIRECT, {"way": ServiceWay.ENTRUSTED}),
    "announced to one who took it": (ANNOUNCED, {"received_by": "样例收件人"}),
    "announced to somebody's relative": (ANNOUNCED, {"relation": "家属"}),
    "announced and signed for": (ANNOUNCED, {"signature": drawn()}),
    "left behind with one who took it": (LEFT, {"received_by": "样例收件人"}),
    "left behind and signed for": (LEFT, {"signature": drawn()}),
    "by post and signed for there": (
        DIRECT,
        {"way": ServiceWay.POST, "particulars": "EA123456785CN", "signature": drawn()},
    ),
    "at no place": (DIRECT, {"place": " "}),
}


@pytest.mark.parametrize(("document", "change"), SERVICE.values(), ids=SERVICE)
def test_each_way_of_service_says_what_it_has_to(document, change):
    with pytest.raises(NoticeIncompleteError):
        replace(document, **change)


def test_what_is_left_behind_on_film_needs_no_witness():
    assert replace(LEFT, witness="", is_recorded=True).way is ServiceWay.LEFT


def test_a_receipt_is_for_the_document_that_it_follows_and_lists_each_once():
    with pytest.raises(NoticeIncompleteError, match="不在送达的文书中"):
        replace(RECEIPT, refers=replace(RECEIPT.refers, number="样例〔2026〕99号"))
    with pytest.raises(NoticeIncompleteError, match="两次"):
        replace(RECEIPT.details, documents=(DIRECT, DIRECT))


def test_more_time_is_more_time_and_a_refusal_gives_its_reason():
    granted, refused = EXTENSION.details.items
    assert (EXTENSION.details.granted, EXTENSION.details.refused) == ((granted,), (refused,))
    for item, change in (
        (granted, {"new": granted.old}),
        (granted, {"asked": granted.old.date}),
        (granted, {"reason": ""}),
        (refused, {"opinion": " "}),
    ):
        with pytest.raises(NoticeIncompleteError):
            replace(item, **change)
    for change in ({"asked_by": ""}, {"decided_by": ""}, {"items": ()}):
        with pytest.raises(NoticeIncompleteError):
            replace(EXTENSION.details, **change)


@pytest.mark.parametrize("part", ["receiver", "subject", "facts"])
def test_a_transfer_says_to_whom_what_and_why(part):
    with pytest.raises(NoticeIncompleteError):
        replace(TRANSFER.details, **{part: " "})
    with pytest.raises(NoticeIncompleteError):
        replace(TRANSFER.details, basis=())


@pytest.mark.parametrize(("copies", "pages"), [(0, 1), (1, 0)])
def test_papers_that_go_along_are_counted(copies, pages):
    with pytest.raises(NoticeIncompleteError):
        TransferAttachment(name="样例材料", copies=copies, pages=pages)


@pytest.mark.parametrize("kind", sorted(DETAILS))
def test_details_of_another_word_are_refused(kind):
    wire = json.loads(canonical(sample_notice(EMERGENCY, kind)))
    for word in ("signed", "unheard-of", ["measures"], None):
        with pytest.raises(RecordMalformedError):
            from_record({**wire, "details": {**wire["details"], "is": word}})


def test_dates_and_reasons_are_kept():
    item = from_record(json.loads(canonical(EXTENSION))).details.items[0]
    assert (item.asked, item.new.date) == (date(2026, 12, 20), date(2026, 12, 18))
