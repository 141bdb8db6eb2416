"""From what was filled in to what the document says; whatever is missing is told in the inspector's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inspector.domain.notice import Notice
from inspector.domain.notice_details import (
    Measure,
    MeasuresDecision,
    MovedDeadline,
    Reinspection,
    Transfer,
)
from inspector.domain.notice_parts import NoticeReference
from inspector.domain.service import ServedDocument, ServiceConsent, ServiceReceipt, ServiceWay
from inspector.errors import NoticeIncompleteError
from inspector.tablet.filling import (
    Form,
    MeasuresForm,
    ReinspectionForm,
    TransferForm,
    day_of,
    noon_of,
)
from inspector.tablet.serving import ServiceForm, Serving
from inspector.work.follow_up import Outcome, reinspection_of


def reinspection_from(
    form: Form, original: Notice, moved: Mapping[int, MovedDeadline], numbers: Mapping[str, int]
) -> Reinspection:
    """The results of every finding of the original.

    Args:
        moved: its deadlines that an extension moved, by ordinal.
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
    return reinspection_of(original, outcomes, moved)


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
    """The receipt for those documents, each served as the form says of it.

    Args:
        served: the form's documents, in its order.

    Raises:
        NoticeIncompleteError, InputMissingError: something is missing or does not fit.
    """
    return ServiceReceipt(
        recipient=form.recipient,
        documents=tuple(
            _served(form.serving(id), document, f"{document.number}的" if id in form.apart else "")
            for id, document in zip(form.documents, served, strict=True)
        ),
        consent=_consent(form),
        remark=form.remark,
    )


def receipt_words(form: ServiceForm, serving: Serving, served: Sequence[NoticeReference]) -> tuple[str, ...]:
    """What a receiver signs for, a line each; a change of any of it takes their signature away.

    Args:
        serving: the way that they were served, one of the form's.
        served: the documents that they took.
    """
    relation = f"（{serving.relation}）" if serving.relation else ""
    told = f"（{serving.particulars}）" if serving.way.particulars and serving.particulars else ""
    lines = (
        f"受送达人：{form.recipient}",
        *(f"送达文书：{one.title}　{one.number}" for one in served),
        f"送达方式：{serving.way.word}{told}",
        f"送达地点：{serving.place}",
        f"收件人：{serving.received_by}{relation}",
        f"送达日期：{serving.received_on}" if serving.received_on else "",
        f"备注：{form.remark}" if form.remark else "",
    )
    return tuple(line for line in lines if line)


def _served(serving: Serving, document: NoticeReference, whose: str) -> ServedDocument:
    way, is_left = serving.way, serving.way is ServiceWay.LEFT
    day = day_of(serving.received_on, f"{whose}送达日期") if serving.received_on.strip() else None
    return ServedDocument(
        document=document,
        way=way,
        place=serving.place,
        particulars=serving.particulars if way.particulars else "",
        received_by=serving.received_by if way.has_receiver else "",
        relation=serving.relation if way.has_receiver else "",
        received_ms=noon_of(day) if day else None,
        signature=serving.signature if way.is_by_hand else None,
        refusal=serving.refusal if is_left else "",
        witness=serving.witness if is_left else "",
        is_recorded=serving.is_recorded and is_left,
    )


def _consent(form: ServiceForm) -> ServiceConsent | None:
    if not form.is_electronic or not form.has_consent:
        return None
    return ServiceConsent(
        name=form.consent_by,
        signed_on=day_of(form.consent_on, "确认书签署日期"),
        address=form.consent_to,
    )
