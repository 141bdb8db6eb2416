"""Documents that follow an earlier one: re-inspection, service, extension.

* Each names the earlier document by title, number and public id, and the record that it rests on: that of the
  visit where there was one, else that of the earlier document.
* What it says of a finding is told by the finding's ordinal in the earlier document, whose words it repeats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from inspector.domain.delivery import LogHead
from inspector.domain.identifiers import FACTS_CAP
from inspector.domain.issuer import NoticeKind
from inspector.domain.law import Citation, LawId, Laws
from inspector.domain.notice import Notice
from inspector.domain.notice_details import (
    DETAILS,
    Details,
    MovedDeadline,
    Rectification,
    ReinspectedFinding,
    Reinspection,
)
from inspector.domain.notice_parts import (
    LogWitness,
    NoticeFinding,
    NoticeInspector,
    NoticePhoto,
    NoticeReference,
    OwnForm,
)
from inspector.domain.profile import IssuerProfile
from inspector.errors import IllegalMoveError
from inspector.work.issue import SealedInspection, inspectors_of, response_of

_SAFETY = LawId("work-safety-law")
BASIS = {
    NoticeKind.MEASURES_DECISION: Citation(
        law=LawId("work-safety-law"), article="第六十五条第一款第（三）项"
    ),
    NoticeKind.TRANSFER: Citation(law=_SAFETY, article="第六十九条"),
}
"""What a decision on the spot and a transfer rest on, unless the office says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a re-inspection found of one finding; see `ReinspectedFinding`."""

    result: Rectification
    remark: str = ""
    photos: tuple[int, ...] = ()


def basis_of(kind: NoticeKind, laws: Laws, *, on: date) -> tuple[str, ...]:
    """What may be printed of `BASIS` for that day: the article only if it is verified and in force."""
    printed = laws.printable(BASIS[kind], on=on)
    return (printed.text,) if printed else ()


def reference_to(notice: Notice, title: str) -> NoticeReference:
    """An issued document as later ones name it.

    Args:
        title: what is printed at its top.

    Raises:
        IllegalMoveError: it has no number.
    """
    if notice.number is None:
        raise IllegalMoveError(reason="原文书还没有编号，不能据以出具后续文书")
    return NoticeReference(
        title=title, number=notice.number, issued_on=notice.issued_on, public_id=notice.public_id
    )


def reinspection_of(
    original: Notice, outcomes: Mapping[int, Outcome], moved: Mapping[int, MovedDeadline]
) -> Reinspection:
    """The results, in the original's order and words.

    Args:
        moved: deadlines of the original that an extension moved, by ordinal.

    Raises:
        IllegalMoveError: a finding is named that the original does not have.
        NoticeIncompleteError: as `ReinspectedFinding`.
    """
    findings = _findings(original, outcomes)
    return Reinspection(
        results=tuple(
            ReinspectedFinding(
                ordinal=finding.ordinal,
                facts=_stated(finding),
                result=outcomes[finding.ordinal].result,
                remark=outcomes[finding.ordinal].remark,
                photos=outcomes[finding.ordinal].photos,
                extended=moved.get(finding.ordinal),
            )
            for finding in findings
        )
    )


def _stated(finding: NoticeFinding) -> str:
    return f"{finding.place}：{finding.facts}"[:FACTS_CAP] if finding.place else finding.facts


def _findings(original: Notice, named: Mapping[int, object]) -> list[NoticeFinding]:
    found = [finding for finding in original.findings if finding.ordinal in named]
    if len(found) != len(named):
        raise IllegalMoveError(reason="原文书中没有所选的问题")
    return found


def compose_follow_up(
    original: Notice,
    details: Details,
    *,
    refers: NoticeReference,
    profile: IssuerProfile,
    signers: Sequence[NoticeInspector],
    visit: SealedInspection | None = None,
    photos: Sequence[NoticePhoto] = (),
    number: str | None,
    public_id: str,
    issued_on: date,
    witness: LogHead | None,
    app: str,
    form: OwnForm | None = None,
) -> Notice:
    """What a document that follows `original` will say; its kind is that of its details.

    Args:
        refers: the original, as `reference_to` names it.
        signers: who signs where there was no visit.
        visit: the sealed inspection that the document rests on; a re-inspection has one.
        photos: the annex.
        number: the document's number, or None for a draft.
        witness: the log that the device knows; an empty one is left out.

    Raises:
        AppealMissingError: the office has not said where orders are contested: it prints nothing at all.
        IllegalMoveError: another office issued the original, or a re-inspection without its sealed visit.
        PrintForbiddenError, NoticeIncompleteError: as `Notice`.
    """
    profile.check_may_print()
    if profile.kind is not original.issuer:
        raise IllegalMoveError(reason="原文书由另一种签发主体出具")
    record = _record(original, details, visit)
    inspection = visit.inspection if visit else None
    return Notice(
        kind=_kind_of(details),
        issuer=profile.kind,
        issuer_name=profile.name,
        number=number,
        public_id=public_id,
        record_id=record[0],
        record_sha256=record[1],
        enterprise=original.enterprise,
        place=inspection.place if inspection else original.place,
        from_ms=inspection.started_ms if inspection else original.from_ms,
        to_ms=inspection.sealed_ms or 0 if inspection else original.to_ms,
        inspectors=inspectors_of(visit, profile.kind) if visit else tuple(signers),
        refers=refers,
        details=details,
        form=form,
        contact=profile.contact,
        response=response_of(inspection) if inspection else None,
        photos=tuple(photos),
        issued_on=issued_on,
        witness=LogWitness(size=witness.size, root=witness.root) if witness and witness.size else None,
        app_version=app,
    )


def _kind_of(details: Details) -> NoticeKind:
    return next(kind for kind, value in DETAILS.items() if isinstance(details, value))


def _record(original: Notice, details: Details, visit: SealedInspection | None) -> tuple[str, str]:
    """Id and digest of the record that the document rests on."""
    if visit is None:
        if isinstance(details, Reinspection):
            raise IllegalMoveError(reason="复查意见须依据封存的复查记录")
        return original.record_id, original.record_sha256
    if visit.inspection.sealed_ms is None:
        raise IllegalMoveError(reason="检查封存之后才能出具文书")
    if visit.inspection.enterprise.name != original.enterprise.name:
        raise IllegalMoveError(reason="复查的不是原文书的单位")
    return visit.inspection.id, visit.inner_sha256
