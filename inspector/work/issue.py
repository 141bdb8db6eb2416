"""Issuing: from a sealed inspection to a notice that the enterprise can hold in its hand.

* A notice is composed from a sealed record only, and becomes an entry of the chain that names the record.
* Its PDF is a sealed blob of that entry: the office has the very bytes that were handed over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from inspector.domain.access import Access
from inspector.domain.answer import Answer, PhotoId, Verdict
from inspector.domain.checklist import Checklist, Item, ItemKind, item_key
from inspector.domain.delivery import BlobRef, EntryKind, LogHead
from inspector.domain.enterprise import Enterprise
from inspector.domain.finding import Finding
from inspector.domain.inspection import Handwriting, Inspection, Photo, Role
from inspector.domain.issuer import Appeal, IssuerKind, NoticeKind, appeal_of
from inspector.domain.notice import Notice
from inspector.domain.notice_details import Details
from inspector.domain.notice_parts import (
    DrawnSignature,
    LogWitness,
    NoticeEnterprise,
    NoticeFinding,
    NoticeInspector,
    NoticePhoto,
    OwnForm,
    Refused,
    Response,
    Signed,
    Signing,
    SuspectedMajor,
    Tally,
)
from inspector.domain.notice_record import to_record
from inspector.domain.numbering import Numbered
from inspector.domain.profile import IssuerProfile
from inspector.domain.rules import judged_items
from inspector.domain.working_days import Deadline
from inspector.errors import IllegalMoveError
from inspector.trust import age, dsse
from inspector.trust.strict_json import canonical
from inspector.work.asked_for import is_at_once, states
from inspector.work.numbers import numbered_json
from inspector.work.press import Press
from inspector.work.seal import Beside, DeviceSeal, EntryBox, SealedEntry, Signer, enter, nothing_beside

NOTICE_TYPE = "application/vnd.inspector.notice.v1+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedInspection:
    """A sealed inspection and the name under which it is known.

    Attributes:
        inner_sha256: SHA-256 of its signed inner envelope.
        with_key: ids of the inspectors who signed with their keys.
    """

    inspection: Inspection
    inner_sha256: str
    with_key: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedPhoto:
    """A picture as the annex prints it: a smaller copy of the record's."""

    photo: Photo
    jpeg: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedNotice:
    """A notice, its PDF, and the entry that carries both."""

    notice: Notice
    pdf: bytes
    entry: SealedEntry


def compose(
    sealed: SealedInspection,
    kind: NoticeKind,
    *,
    profile: IssuerProfile,
    checklists: Sequence[Checklist],
    photos: Sequence[PrintedPhoto],
    number: str | None,
    public_id: str,
    issued_on: date,
    witness: LogHead | None,
    app: str,
    details: Details | None = None,
    only: Collection[str] | None = None,
    form: OwnForm | None = None,
) -> Notice:
    """What the paper will say.

    Args:
        photos: the pictures of the annex, in its order; those of findings that are not in it are left out.
        number: the document's number, or None for a draft.
        witness: the log that the device knows; an empty one is left out.
        details: what the kind says beside findings: the measures of a decision, the matter of a transfer.
        only: ids of the findings to state; None states all that belong there.
        form: the office's own template; None for the shipped one.

    Raises:
        IllegalMoveError: the inspection is still a draft.
        AppealMissingError: the office has not said where orders are contested: it prints nothing at all.
        PrintForbiddenError, NoticeIncompleteError: as `Notice`.
    """
    profile.check_may_print()
    inspection = sealed.inspection
    sealed_ms = _sealed_ms(inspection)
    chosen, photos = _stated(inspection, kind, only, photos)
    return Notice(
        kind=kind,
        issuer=profile.kind,
        issuer_name=profile.name,
        number=number,
        public_id=public_id,
        record_id=inspection.id,
        record_sha256=sealed.inner_sha256,
        enterprise=_enterprise(inspection.enterprise),
        place=inspection.place,
        from_ms=inspection.started_ms,
        to_ms=sealed_ms,
        inspectors=inspectors_of(sealed, profile.kind),
        tally=_tally(inspection, checklists),
        findings=_findings(chosen, kind, inspection, checklists, photos),
        details=details,
        form=form,
        appeal=_appeal(kind, profile),
        contact=profile.contact,
        response=response_of(inspection),
        photos=annex(photos, checklists),
        issued_on=issued_on,
        witness=LogWitness(size=witness.size, root=witness.root) if witness and witness.size else None,
        app_version=app,
    )


def issue(
    notice: Notice,
    *,
    id: str,
    press: Press,
    token: str | None,
    attachments: Mapping[str, bytes],
    photos: Sequence[PrintedPhoto],
    signers: Sequence[Signer],
    seal: DeviceSeal,
    box: EntryBox,
    at_ms: int,
    numbered: Numbered | None = None,
    blank_for_handwriting: Collection[str] = (),
    access: Access | None = None,
    own_template: bytes | None = None,
    beside: Beside = nothing_beside,
) -> IssuedNotice:
    """Print the notice and enter it into the chain, naming its record.

    Args:
        access: where it is looked up and answered; the console learns it from the entry.
        own_template: the file of the office's own template that the notice names.
        numbered: which number of which series the notice carries; None for a draft.
        blank_for_handwriting: characters that no font has, whose place is left blank.
        beside: rows that change with the entry, in the same durable write.

    Raises:
        GlyphMissingError: a character has no font; nothing is entered.
    """
    pdf = press.print(
        notice,
        token=token,
        attachments=attachments,
        photos={sha256(one.jpeg).hexdigest(): one.jpeg for one in photos},
        blank_for_handwriting=blank_for_handwriting,
        access=access,
        own_template=own_template,
    )
    blob = box.store_blob(age.encrypt(pdf, seal.recipients))
    payload = {
        "v": 1,
        "kind": EntryKind.NOTICE.value,
        "id": id,
        "tenant": seal.tenant,
        "device": seal.device,
        "record": {"id": notice.record_id, "sha256": notice.record_sha256},
        "notice": to_record(notice),
        "number": numbered_json(numbered) if numbered else None,
        "pdf": _pdf_json(pdf, blob),
        "at_ms": at_ms,
        **({"access": access.to_record()} if access else {}),
    }
    inner = dsse.sign(canonical(payload), NOTICE_TYPE, [seal.key, *(signer.key for signer in signers)])
    entry = enter(
        inner, kind=EntryKind.NOTICE, record=id, blobs=(blob,), seal=seal, box=box, at_ms=at_ms, beside=beside
    )
    return IssuedNotice(notice=notice, pdf=pdf, entry=entry)


def _pdf_json(pdf: bytes, sealed: BlobRef) -> dict[str, object]:
    digest = sha256(pdf).hexdigest()
    return {"sha256": digest, "size": len(pdf), "sealed": sealed.sha256, "sealed_size": sealed.size}


def annex_photos(inspection: Inspection) -> tuple[PhotoId, ...]:
    """The pictures that belong into the annex: those of findings, in the findings' order, each once."""
    ids = [
        id
        for finding in ordered_findings(inspection)
        for id in (*finding.photos, *(finding.corrected.photos if finding.corrected else ()))
    ]
    return tuple(dict.fromkeys(ids))


def ordered_findings(inspection: Inspection) -> tuple[Finding, ...]:
    """The findings in the order in which they were made."""
    return tuple(sorted(inspection.findings.values(), key=lambda finding: (finding.at_ms, finding.id)))


def _sealed_ms(inspection: Inspection) -> int:
    """When it was sealed.

    Raises:
        IllegalMoveError: it is still a draft.
    """
    if inspection.sealed_ms is None:
        raise IllegalMoveError(reason="检查封存之后才能出具文书")
    return inspection.sealed_ms


def _stated(
    inspection: Inspection,
    kind: NoticeKind,
    only: Collection[str] | None,
    photos: Sequence[PrintedPhoto],
) -> tuple[list[Finding], list[PrintedPhoto]]:
    """The findings that the document states, in their order, and the pictures of these."""
    chosen = [
        finding
        for finding in ordered_findings(inspection)
        if states(finding, kind) and (only is None or finding.id in only)
    ]
    shown = {id for finding in chosen for id in finding.all_photos}
    return chosen, [one for one in photos if one.photo.id in shown]


def _findings(
    chosen: Sequence[Finding],
    kind: NoticeKind,
    inspection: Inspection,
    checklists: Sequence[Checklist],
    photos: Sequence[PrintedPhoto],
) -> tuple[NoticeFinding, ...]:
    numbers = {one.photo.id: number for number, one in enumerate(photos, start=1)}
    items = _items(checklists)
    return tuple(
        _finding(
            ordinal,
            finding,
            _deadline(finding, kind),
            _measured(items.get(finding.item), inspection.answers.get(finding.item)),
            numbers,
        )
        for ordinal, finding in enumerate(chosen, start=1)
    )


def _deadline(finding: Finding, kind: NoticeKind) -> Deadline | None:
    """What the document says of it: at once is not by tomorrow, and an advice sets none."""
    return finding.deadline if kind is NoticeKind.INSPECTION_RECORD or kind.sets_deadlines else None


def _finding(
    ordinal: int, finding: Finding, deadline: Deadline | None, measured: str, numbers: Mapping[PhotoId, int]
) -> NoticeFinding:
    corrected = finding.corrected
    shown = (*finding.photos, *(corrected.photos if corrected else ()))
    return NoticeFinding(
        ordinal=ordinal,
        place=finding.section,
        facts=finding.facts,
        measured=measured,
        basis=tuple(basis.text for basis in finding.basis),
        requirement=finding.requirement,
        at_once=is_at_once(finding) and deadline is None,
        corrected_ms=corrected.at_ms if corrected else None,
        suspected=_suspected(finding),
        deadline=deadline,
        photos=tuple(numbers[id] for id in shown if id in numbers),
    )


def _measured(item: Item | None, answer: Answer | None) -> str:
    if item is None or answer is None or item.kind is not ItemKind.MEASURE or not answer.value:
        return ""
    return f"{answer.value} {item.scale.unit}" if item.scale else answer.value


def _suspected(finding: Finding) -> SuspectedMajor | None:
    decision = finding.decision
    if decision is None:
        return None
    return SuspectedMajor(criterion=decision.criterion, upheld=decision.upheld, reason=decision.reason)


def inspectors_of(sealed: SealedInspection, issuer: IssuerKind) -> tuple[NoticeInspector, ...]:
    """Who inspected, as the paper names them."""
    return tuple(
        NoticeInspector(
            name=one.name,
            certificate=one.number if issuer.enforces else None,
            signing=Signing.KEY if one.id in sealed.with_key else Signing.HANDWRITTEN,
            signature=_drawn(sealed.inspection.handwriting_of(Role.INSPECTOR, one.id)),
        )
        for one in sealed.inspection.inspectors
    )


def response_of(inspection: Inspection) -> Response | None:
    """What the enterprise did with it on the spot."""
    refusal = inspection.refusal
    if refusal is not None:
        witness = _drawn(inspection.handwriting_of(Role.WITNESS))
        return Refused(reason=refusal.reason, witness=refusal.witness, signature=witness, at_ms=refusal.at_ms)
    signed = inspection.handwriting_of(Role.RESPONSIBLE)
    if signed is None:
        return None
    return Signed(name=signed.name, role=signed.position, signature=_drawn(signed), at_ms=signed.at_ms)


def _drawn(handwriting: Handwriting | None) -> DrawnSignature | None:
    if handwriting is None:
        return None
    return DrawnSignature(
        strokes=handwriting.strokes,
        width=handwriting.width,
        height=handwriting.height,
        shown_sha256=handwriting.shown,
        at_ms=handwriting.at_ms,
    )


def _tally(inspection: Inspection, checklists: Sequence[Checklist]) -> Tally:
    verdicts = [verdict for _, verdict in judged_items(checklists, inspection.answers)]
    return Tally(
        passed=verdicts.count(Verdict.PASS),
        failed=verdicts.count(Verdict.FAIL),
        not_applicable=verdicts.count(Verdict.NOT_APPLICABLE),
        unanswered=verdicts.count(None),
    )


def annex(photos: Sequence[PrintedPhoto], checklists: Sequence[Checklist]) -> tuple[NoticePhoto, ...]:
    """The annex: the pictures numbered from 1, each with its description or its item."""
    items = _items(checklists)
    return tuple(
        NoticePhoto(
            number=number,
            record_sha256=one.photo.id,
            printed_sha256=sha256(one.jpeg).hexdigest(),
            taken_ms=one.photo.at_ms,
            caption=one.photo.caption or (items[one.photo.item].ask if one.photo.item in items else ""),
        )
        for number, one in enumerate(photos, start=1)
    )


def _items(checklists: Sequence[Checklist]) -> dict[str, Item]:
    return {item_key(checklist, item): item for checklist in checklists for item in checklist.items}


def _enterprise(value: Enterprise) -> NoticeEnterprise:
    return NoticeEnterprise(
        name=value.name,
        credit_code=value.credit_code,
        address=value.address,
        person=value.person,
        position=value.position,
        phone=value.phone,
    )


def _appeal(kind: NoticeKind, profile: IssuerProfile) -> Appeal | None:
    if not kind.orders:
        return None
    return appeal_of(profile.kind, review_body=profile.review_body, court=profile.court)
