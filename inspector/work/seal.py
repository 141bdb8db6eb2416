"""Sealing: an inspection becomes a signed, encrypted entry of the device's chain, and can no longer change.

The order of the steps is what makes a power cut harmless: each photo is sealed and stored before the record
that names it; the entry enters the outbox in one durable write, and from then on the outbox decides that the
inspection is sealed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from inspector.domain import records
from inspector.domain.answer import PhotoId
from inspector.domain.checklist import Checklist
from inspector.domain.completeness import content_gaps, must_be_complete, signature_gaps
from inspector.domain.delivery import (
    DELIVERY_TYPE,
    INLINE_BODY_LIMIT,
    BlobRef,
    Delivery,
    EntryKind,
    LogHead,
)
from inspector.domain.inspection import ClockEvidence, Handwriting, Inspection, Photo
from inspector.domain.records import RECORD_TYPE, Attachment, Record, SignedHow, Standing
from inspector.errors import IllegalMoveError
from inspector.trust import age, dsse
from inspector.trust.keys import SigningKey
from inspector.trust.ledger import ChainHead
from inspector.trust.strict_json import canonical

OPEN_TYPE = "application/vnd.inspector.open.v1+json"

Tables = Mapping[str, Mapping[str, Mapping[str, object] | None]]
"""Rows of the device's memory to set, or with None to remove, by table and key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSeal:
    """What this device signs and seals with.

    Attributes:
        recipients: the office's and the recovery key, and the device's own so that inspectors can look back.
    """

    tenant: str
    device: str
    key: SigningKey
    recipients: tuple[str, ...]
    app: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """An inspector whose key is unlocked: it signs the record beside the device's.

    Attributes:
        details: what their certificate commits to.
    """

    inspector: str
    key: SigningKey
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedEntry:
    """One entry as it lies in the outbox.

    Attributes:
        envelope: the outer envelope's exact bytes, sent as they are.
        inner_sha256: SHA-256 of the signed inner envelope: what amendments and notices name.
    """

    envelope: bytes
    delivery: Delivery
    inner_sha256: str

    @property
    def sha256(self) -> str:
        """The entry's name."""
        return sha256(self.envelope).hexdigest()


class EntryBox(Protocol):
    """Where sealed entries wait; the device's chain."""

    def head(self) -> ChainHead:
        """The end of the chain."""

    def checkpoint(self) -> LogHead | None:
        """The newest log checkpoint this device has accepted."""

    def store_blob(self, sealed: bytes) -> BlobRef:
        """Keep a sealed file, durably, under its hash."""

    def append(self, entry: SealedEntry, beside: Tables) -> None:
        """Add an entry and change these rows, durably, in one step: all of it or nothing.

        Raises:
            IllegalMoveError: the entry does not continue the chain.
        """


Beside = Callable[[SealedEntry], Tables]
"""What the device's memory has to know of an entry as soon as the entry is in the chain."""


def nothing_beside(_entry: SealedEntry) -> Tables:
    """The entry alone."""
    return {}


class SealStep(StrEnum):
    """The steps that the screen ticks off."""

    PHOTOS = "photos"
    SIGN = "sign"
    ENCRYPT = "encrypt"
    STORE = "store"


Progress = Callable[[SealStep], None]


def statement_bytes(inspection: Inspection, *, tenant: str) -> bytes:
    """The canonical statement: what a person is shown, and what their handwriting is bound to."""
    return canonical(records.statement(inspection, tenant=tenant))


def statement_sha256(inspection: Inspection, *, tenant: str) -> str:
    """SHA-256 of the statement."""
    return sha256(statement_bytes(inspection, tenant=tenant)).hexdigest()


def announce(
    inspection: Inspection,
    *,
    seal: DeviceSeal,
    box: EntryBox,
    id: str,
    at_ms: int,
    pack: Mapping[str, object] | None = None,
) -> SealedEntry:
    """Enter into the chain that an inspection has begun, so that one which never arrives shows.

    Args:
        pack: version and hash of the catalogue that it uses, as `PackRef.to_json` gives them.
    """
    payload = {
        "v": 1,
        "kind": EntryKind.OPEN.value,
        "id": id,
        "inspection": inspection.id,
        "tenant": seal.tenant,
        "device": seal.device,
        "enterprise": inspection.enterprise.id,
        "checklists": [ref.id for ref in inspection.checklists],
        "pack": pack,
        "inspectors": [one.id for one in inspection.inspectors],
        "at_ms": at_ms,
    }
    inner = dsse.sign(canonical(payload), OPEN_TYPE, [seal.key])
    return enter(inner, kind=EntryKind.OPEN, record=id, blobs=(), seal=seal, box=box, at_ms=at_ms)


def seal_inspection(
    inspection: Inspection,
    *,
    checklists: Sequence[Checklist],
    is_enforcement: bool,
    signers: Sequence[Signer],
    seal: DeviceSeal,
    box: EntryBox,
    photo_bytes: Callable[[PhotoId], bytes],
    office_ms: int | None,
    at_ms: int,
    progress: Progress,
    beside: Beside = nothing_beside,
) -> tuple[Inspection, SealedEntry]:
    """Sign and seal a complete inspection and put it into the outbox.

    Args:
        signers: the inspectors of this inspection whose keys are unlocked.
        office_ms: the newest time that the office signed and this device saw.
        beside: rows that change with the entry.

    Raises:
        InspectionIncompleteError: something is missing.
        IllegalMoveError: a signature was given for another content, or a signer is no inspector of this one.
        InspectionSealedError: it is sealed already.
    """
    _must_be_ready(inspection, checklists, is_enforcement, signers, seal.tenant)
    progress(SealStep.PHOTOS)
    attachments = tuple(
        _seal_photo(photo, photo_bytes(photo.id), seal.recipients, box)
        for photo in inspection.photos.values()
    )
    done = inspection.sealed(at_ms)
    record = Record(
        tenant=seal.tenant,
        app=seal.app,
        inspection=done,
        standings=_standings(done, signers),
        clock=ClockEvidence(wall_ms=at_ms, office_ms=office_ms, jumps=inspection.jumps),
        attachments=attachments,
        recipients=seal.recipients,
    )
    progress(SealStep.SIGN)
    keys = [seal.key, *(signer.key for signer in signers)]
    inner = dsse.sign(canonical(records.to_payload(record)), RECORD_TYPE, keys)
    blobs = tuple(BlobRef(sha256=one.sealed, size=one.sealed_size) for one in attachments)
    progress(SealStep.ENCRYPT)
    entry = enter(
        inner, kind=record.kind, record=record.id, blobs=blobs, seal=seal, box=box, at_ms=at_ms, beside=beside
    )
    progress(SealStep.STORE)
    return done, entry


def enter(
    inner: bytes,
    *,
    kind: EntryKind,
    record: str,
    blobs: tuple[BlobRef, ...],
    seal: DeviceSeal,
    box: EntryBox,
    at_ms: int,
    beside: Beside = nothing_beside,
) -> SealedEntry:
    """Encrypt a signed inner envelope, chain it to the device's last entry and store it.

    Args:
        beside: rows that change with the entry, in the same durable write.
    """
    sealed = age.encrypt(inner, seal.recipients)
    body: bytes | BlobRef = sealed
    if len(sealed) > INLINE_BODY_LIMIT:
        body = box.store_blob(sealed)
        blobs = (body, *blobs)
    head = box.head()
    delivery = Delivery(
        tenant=seal.tenant,
        device=seal.device,
        seq=head.seq + 1,
        prev=head.sha256,
        record=record,
        kind=kind,
        at_ms=at_ms,
        body=body,
        blobs=tuple(dict.fromkeys(blobs)),
        checkpoint=box.checkpoint(),
    )
    envelope = dsse.sign(canonical(delivery.to_payload()), DELIVERY_TYPE, [seal.key])
    entry = SealedEntry(envelope=envelope, delivery=delivery, inner_sha256=sha256(inner).hexdigest())
    box.append(entry, beside(entry))
    return entry


def _must_be_ready(
    inspection: Inspection,
    checklists: Sequence[Checklist],
    is_enforcement: bool,
    signers: Sequence[Signer],
    tenant: str,
) -> None:
    with_key = {signer.inspector for signer in signers}
    if not with_key <= {one.id for one in inspection.inspectors}:
        raise IllegalMoveError(reason="有签名密钥不属于本次检查的检查人员")
    gaps = content_gaps(inspection, checklists, is_enforcement=is_enforcement)
    must_be_complete((*gaps, *signature_gaps(inspection, with_key=with_key)))
    shown = statement_sha256(inspection, tenant=tenant)
    if any(handwriting.shown != shown for handwriting in inspection.witnesses):
        raise IllegalMoveError(reason="签名之后内容有改动，请重新签名")


def _standings(inspection: Inspection, signers: Sequence[Signer]) -> tuple[Standing, ...]:
    by_inspector = {signer.inspector: signer for signer in signers}
    return tuple(
        Standing(inspector=one, signed=SignedHow.KEY, details=by_inspector[one.id].details)
        if one.id in by_inspector
        else Standing(inspector=one, signed=SignedHow.HANDWRITTEN)
        for one in inspection.inspectors
    )


def _seal_photo(photo: Photo, data: bytes, recipients: Sequence[str], box: EntryBox) -> Attachment:
    ref = box.store_blob(age.encrypt(data, recipients))
    return Attachment(photo=photo, sealed=ref.sha256, sealed_size=ref.size)


def by_hand(handwriting: Handwriting, inspection: Inspection, *, tenant: str) -> Inspection:
    """The inspection with a signature by hand, given for exactly what it says now.

    Raises:
        IllegalMoveError: the person saw something else.
    """
    if handwriting.shown != statement_sha256(inspection, tenant=tenant):
        raise IllegalMoveError(reason="签名时显示的内容与现在不同，请重新确认后签名")
    return inspection.signed(handwriting)
