"""The sealed document: an inspection with everything that proves it, as JSON (docs/formats/records.md).

* `statement` is what a person sees and signs; the record adds what comes after the signatures.
* A record names its inspectors' keys and how each of them signed: with the key, or by hand only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from inspector.domain import record_parts as parts
from inspector.domain.answer import PhotoId
from inspector.domain.delivery import EntryKind
from inspector.domain.fields import Fields
from inspector.domain.inspection import ClockEvidence, Inspection, Inspector, Photo
from inspector.domain.record_parts import Json
from inspector.errors import RecordMalformedError

RECORD_TYPE = "application/vnd.inspector.record.v1+json"
RECORD_FORMAT = 1
ZONE = "+08:00"


class SignedHow(StrEnum):
    """How an inspector stands behind a record."""

    KEY = "key"
    HANDWRITTEN = "handwritten"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One picture of a record and the sealed file that carries it.

    Attributes:
        sealed: SHA-256 of the age file; its name everywhere outside the record.
        sealed_size: the age file's bytes.
    """

    photo: Photo
    sealed: str
    sealed_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One inspector as the record names them.

    Attributes:
        details: what the certificate commits to (salt, name, number, role): whoever may open the record can
            hold the name against the certificate; None for an inspector without a certificate.
    """

    inspector: Inspector
    signed: SignedHow
    details: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A sealed inspection.

    Attributes:
        app: version of the program that sealed it.
        standings: its inspectors, in the inspection's order.
        recipients: whom the record was sealed to, as age recipients.
    """

    tenant: str
    app: str
    inspection: Inspection
    standings: tuple[Standing, ...]
    clock: ClockEvidence
    attachments: tuple[Attachment, ...] = ()
    recipients: tuple[str, ...] = field(default=())

    @property
    def id(self) -> str:
        """The inspection's id is the record's."""
        return self.inspection.id

    @property
    def kind(self) -> EntryKind:
        """A record that names another one amends it."""
        return EntryKind.AMEND if self.inspection.amends else EntryKind.RECORD


def statement(inspection: Inspection, *, tenant: str) -> Json:
    """What a person is shown before signing, as JSON: everything found, nothing that comes afterwards."""
    return {
        "id": inspection.id,
        "amends": parts.from_amends(inspection.amends) if inspection.amends else None,
        "tenant": tenant,
        "device": inspection.device,
        "enterprise": parts.from_enterprise(inspection.enterprise),
        "place": inspection.place,
        "checklists": [parts.from_checklist_ref(ref) for ref in inspection.checklists],
        "inspectors": [parts.from_inspector(one) for one in inspection.inspectors],
        "started_ms": inspection.started_ms,
        "position": parts.from_position(inspection.position),
        "answers": [parts.from_answer(answer) for _, answer in sorted(inspection.answers.items())],
        "findings": [parts.from_finding(finding) for _, finding in sorted(inspection.findings.items())],
        "photos": [parts.from_photo(photo) for _, photo in sorted(inspection.photos.items())],
    }


def to_payload(record: Record) -> Json:
    """The record as JSON.

    Raises:
        RecordMalformedError: the inspection is still a draft.
    """
    inspection = record.inspection
    if inspection.sealed_ms is None:
        raise RecordMalformedError(reason="检查还没有封存")
    return {
        **statement(inspection, tenant=record.tenant),
        "v": RECORD_FORMAT,
        "kind": record.kind.value,
        "app": record.app,
        "zone": ZONE,
        "sealed_ms": inspection.sealed_ms,
        "standings": [_from_standing(standing) for standing in record.standings],
        "clock": {
            "wall_ms": record.clock.wall_ms,
            "office_ms": record.clock.office_ms,
            "jumps": [parts.from_jump(jump) for jump in record.clock.jumps],
        },
        "witnesses": [parts.from_handwriting(one) for one in inspection.witnesses],
        "refusal": parts.from_refusal(inspection.refusal) if inspection.refusal else None,
        "sealed_photos": [
            {"sha256": one.photo.id, "sealed": one.sealed, "sealed_size": one.sealed_size}
            for one in record.attachments
        ],
        "recipients": list(record.recipients),
    }


def from_payload(json: object) -> Record:
    """The record that `to_payload` wrote.

    Raises:
        RecordMalformedError: anything is missing, unknown, of the wrong kind, or contradicts itself.
        RecordTooNewError: a later program wrote it.
    """
    with Fields(json, "record") as of:
        of.version(RECORD_FORMAT)
        kind = of.one_of("kind", EntryKind)
        if of.text("zone") != ZONE:
            raise RecordMalformedError(reason="时区应为 +08:00")
        clock = of.optional("clock", _to_clock)
        if clock is None:
            raise RecordMalformedError(reason="缺少时钟证据")
        inspection = _to_inspection(of, clock)
        record = Record(
            tenant=of.text("tenant"),
            app=of.text("app"),
            inspection=inspection,
            standings=_standings(of, inspection),
            clock=clock,
            attachments=_attachments(of, inspection),
            recipients=of.texts("recipients"),
        )
    if kind is not record.kind:
        raise RecordMalformedError(reason="记录种类与内容不一致")
    return record


def _to_inspection(of: Fields, clock: ClockEvidence) -> Inspection:
    answers = of.listing("answers", parts.to_answer)
    findings = of.listing("findings", parts.to_finding)
    photos = of.listing("photos", parts.to_photo)
    for values in ([a.item for a in answers], [f.item for f in findings], [p.id for p in photos]):
        if len(set(values)) != len(values):
            raise RecordMalformedError(reason="同一项目或照片出现了两次")
    return Inspection(
        id=of.text("id"),
        device=of.text("device"),
        enterprise=parts.to_enterprise(of.raw("enterprise")),
        checklists=of.listing("checklists", parts.to_checklist_ref),
        inspectors=of.listing("inspectors", parts.to_inspector),
        place=of.text("place"),
        started_ms=of.integer("started_ms"),
        answers={answer.item: answer for answer in answers},
        findings={finding.item: finding for finding in findings},
        photos={photo.id: photo for photo in photos},
        position=of.optional("position", parts.to_position),
        jumps=clock.jumps,
        witnesses=of.listing("witnesses", parts.to_handwriting),
        refusal=of.optional("refusal", parts.to_refusal),
        amends=of.optional("amends", parts.to_amends),
        sealed_ms=of.integer("sealed_ms"),
    )


def _from_standing(value: Standing) -> Json:
    return {
        "inspector": value.inspector.id,
        "signed": value.signed.value,
        "details": dict(value.details) if value.details is not None else None,
    }


def _standings(of: Fields, inspection: Inspection) -> tuple[Standing, ...]:
    by_id = {one.id: one for one in inspection.inspectors}

    def read(json: object) -> Standing:
        with Fields(json, "standing") as field:
            id = field.text("inspector")
            if id not in by_id:
                raise RecordMalformedError(reason="签名情况与检查人员不一致")
            return Standing(
                inspector=by_id[id],
                signed=field.one_of("signed", SignedHow),
                details=field.optional("details", _to_details),
            )

    standings = of.listing("standings", read)
    if [standing.inspector.id for standing in standings] != [one.id for one in inspection.inspectors]:
        raise RecordMalformedError(reason="签名情况与检查人员不一致")
    return standings


def _to_details(json: object) -> Mapping[str, str]:
    with Fields(json, "details") as field:
        return {name: field.text(name) for name in ("salt", "name", "number", "role")}


def _to_clock(json: object) -> ClockEvidence:
    with Fields(json, "clock") as field:
        return ClockEvidence(
            wall_ms=field.integer("wall_ms"),
            office_ms=field.optional_integer("office_ms"),
            jumps=field.listing("jumps", parts.to_jump),
        )


def _attachments(of: Fields, inspection: Inspection) -> tuple[Attachment, ...]:
    def read(json: object) -> Attachment:
        with Fields(json, "attachment") as field:
            photo = inspection.photos.get(PhotoId(field.text("sha256")))
            if photo is None:
                raise RecordMalformedError(reason="附件不在照片目录中")
            return Attachment(
                photo=photo, sealed=field.text("sealed"), sealed_size=field.integer("sealed_size")
            )

    attachments = of.listing("sealed_photos", read)
    if {one.photo.id for one in attachments} != set(inspection.photos):
        raise RecordMalformedError(reason="附件与照片目录不一致")
    return attachments
