"""From what was filled in to what the document says; whatever is missing is told in the inspector's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inspector.domain.notice import Notice
from inspector.domain.notice_details import Measure, MeasuresDecision, Reinspection, Transfer
from inspector.domain.notice_parts import NoticeReference
from inspector.domain.service import ServedDocument, ServiceConsent, ServiceReceipt, ServiceWay
from inspector.errors import NoticeIncompleteError
from inspector.tablet.filling import (
    Form,
    MeasuresForm,
    ReinspectionForm,
    ServiceForm,
    TransferForm,
    day_of,
    noon_of,
)
from inspector.work.follow_up import Outcome, reinspection_of


def reinspection_from(form: Form, original: Notice, numbers: Mapping[str, int]) -> Reinspection:
    """The results of every finding of the original.

    Args:
        numbers: of the annex's photos, by their ids.

    Raises:
        NoticeIncompleteError: a finding has no result, or one that is not done has no remark.
    """
    assert isinstance(form, ReinspectionForm)  # noqa: S101  the form of that kind
    outcomes = {
        ordinal: Outcome(
            result=one.result,
            remark=one.remark,
            photos=tuple(numbers[id] for id in one.photos if id in numbers),
        )
        for ordinal, one in form.seen.items()
        if one.result is not None
    }
    open_still = len(original.findings) - len(outcomes)
    if open_still:
        raise NoticeIncompleteError(reason=f"还有 {open_still} 项没有选择复查结果")
    return reinspection_of(original, outcomes)


def measures_from(form: MeasuresForm, named: Sequence[str], basis: tuple[str, ...]) -> MeasuresDecision:
    """The measures, each for the ordinals of its findings in the document.

    Args:
        named: ids of the document's findings, in its order.
        basis: what may be printed; empty where the article is not verified or not in force.

    Raises:
        NoticeIncompleteError: no basis, no measure, or one without words or findings.
    """
    places = {id: ordinal for ordinal, id in enumerate(named, start=1)}
    return MeasuresDecision(
        basis=basis,
        measures=tuple(
            Measure(
                findings=tuple(sorted(places[id] for id in line.findings if id in places)),
                text=line.text.strip(),
            )
            for line in form.lines
        ),
    )


def transfer_from(form: Form, basis: tuple[str, ...]) -> Transfer:
    """The transfer, on the law's basis and what the inspector added to it.

    Raises:
        NoticeIncompleteError, InputMissingError: something is missing.
    """
    assert isinstance(form, TransferForm)  # noqa: S101  the form of that kind
    added = tuple(line.strip() for line in form.basis.splitlines() if line.strip())
    return Transfer(
        receiver=form.receiver,
        subject=form.subject,
        facts=form.facts,
        basis=(*basis, *added),
        attachments=tuple(paper.attachment() for paper in form.papers),
    )


def receipt_from(form: ServiceForm, served: Sequence[NoticeReference]) -> ServiceReceipt:
    """The receipt for those documents, all served in one way.

    Raises:
        NoticeIncompleteError, InputMissingError: something is missing or does not fit.
    """
    return ServiceReceipt(
        recipient=form.recipient,
        documents=tuple(_served(form, document) for document in served),
        consent=_consent(form),
        remark=form.remark,
    )


def receipt_words(form: ServiceForm, served: Sequence[NoticeReference]) -> tuple[str, ...]:
    """What the receiver signs for, a line each."""
    took = f"{form.received_by}（{form.relation}）" if form.relation else form.received_by
    lines = (
        f"受送达人：{form.recipient}",
        *(f"送达文书：{one.title}　{one.number}" for one in served),
        f"送达方式：{form.way.word}" + (f"（{form.particulars}）" if form.particulars else ""),
        f"送达地点：{form.place}",
        f"收件人：{took}",
        f"送达日期：{form.received_on}" if form.received_on else "",
    )
    return tuple(line for line in lines if line)


def _served(form: ServiceForm, document: NoticeReference) -> ServedDocument:
    is_left = form.way is ServiceWay.LEFT
    return ServedDocument(
        document=document,
        way=form.way,
        place=form.place,
        particulars=form.particulars if form.way.particulars else "",
        received_by=form.received_by if form.way.has_receiver else "",
        relation=form.relation if form.way.has_receiver else "",
        received_ms=noon_of(day_of(form.received_on, "送达日期")) if form.received_on.strip() else None,
        signature=form.signature if form.way.is_by_hand else None,
        refusal=form.refusal if is_left else "",
        witness=form.witness if is_left else "",
        is_recorded=form.is_recorded and is_left,
    )


def _consent(form: ServiceForm) -> ServiceConsent | None:
    if form.way is not ServiceWay.ELECTRONIC or not form.has_consent:
        return None
    return ServiceConsent(
        name=form.consent_by,
        signed_on=day_of(form.consent_on, "确认书签署日期"),
        address=form.consent_to,
    )
