"""A sample office with fixed members: its root, its certified tablet and inspectors, and what they seal.

Ada has a certified key, Ben signs by hand; Eve's tablet belongs to another office.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from inspector.domain.answer import PhotoId
from inspector.domain.delivery import BlobRef, LogHead
from inspector.domain.inspection import Inspection, Inspector, Role
from inspector.errors import IllegalMoveError
from inspector.trust import age
from inspector.trust.certificates import (
    Certificate,
    Details,
    HolderKind,
    OfficeRecipient,
    OfficeStatement,
    RecipientRole,
    issue_certificate,
    issue_statement,
)
from inspector.trust.checkpoints import LogVerifier
from inspector.trust.keyring import Keyring
from inspector.trust.keys import SigningKey
from inspector.trust.ledger import GENESIS, ChainHead
from inspector.work.intake import Examiner
from inspector.work.seal import (
    DeviceSeal,
    SealedEntry,
    Signer,
    Tables,
    by_hand,
    seal_inspection,
    statement_sha256,
)
from tests import make
from tests.make import ADA, BEN, DAY_MS, DEVICE_ID


def key(number: int) -> SigningKey:
    return SigningKey(bytes([number]) * 32)


@dataclass
class MemoryBox:
    """An outbox in memory, with the chain's rule."""

    entries: list[SealedEntry] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)
    seen: LogHead | None = None

    def head(self) -> ChainHead:
        if not self.entries:
            return GENESIS
        return ChainHead(seq=len(self.entries), sha256=self.entries[-1].sha256)

    def checkpoint(self) -> LogHead | None:
        return self.seen

    def store_blob(self, sealed: bytes) -> BlobRef:
        name = sha256(sealed).hexdigest()
        self.blobs[name] = sealed
        return BlobRef(sha256=name, size=len(sealed))

    def append(self, entry: SealedEntry, beside: Tables) -> None:
        if entry.delivery.prev != self.head().sha256:
            raise IllegalMoveError(reason="断链")
        self.entries.append(entry)


@dataclass
class SampleOffice:
    """One office with one tablet."""

    tenant: str = "sample"
    root: SigningKey = field(default_factory=lambda: key(1))
    issuing: SigningKey = field(default_factory=lambda: key(2))
    feed: SigningKey = field(default_factory=lambda: key(3))
    log: SigningKey = field(default_factory=lambda: key(4))
    device_key: SigningKey = field(default_factory=lambda: key(5))
    ada_key: SigningKey = field(default_factory=lambda: key(6))
    identity: str = field(default_factory=age.generate_identity)
    device_identity: str = field(default_factory=age.generate_identity)

    def __post_init__(self) -> None:
        self.ada_details = Details.new(name=ADA.name, number=ADA.number)
        self.certificates = (
            self._certified(HolderKind.DEVICE, DEVICE_ID, self.device_key, Details.new(name="样例平板")),
            self._certified(HolderKind.INSPECTOR, ADA.id, self.ada_key, self.ada_details),
        )
        self.box = MemoryBox()

    @property
    def statement(self) -> OfficeStatement:
        return OfficeStatement(
            tenant=self.tenant,
            office="样例办公室",
            version=1,
            root=self.root.public,
            issuing=self.issuing.public,
            feed=self.feed.public,
            log=LogVerifier(name=f"{self.tenant}.log", key=self.log.public),
            recipients=(
                OfficeRecipient(role=RecipientRole.OFFICE, recipient=age.recipient_of(self.identity)),
            ),
        )

    @property
    def statement_envelope(self) -> bytes:
        return issue_statement(self.statement, self.root)

    def _certified(self, kind: HolderKind, id: str, holder: SigningKey, details: Details) -> bytes:
        recipient = age.recipient_of(self.device_identity) if kind is HolderKind.DEVICE else None
        certificate = Certificate(
            tenant=self.tenant,
            kind=kind,
            id=id,
            key=holder.public,
            recipient=recipient,
            details_sha256=details.sha256,
            issued_ms=DAY_MS - 1,
        )
        return issue_certificate(certificate, self.issuing)

    @property
    def keyring(self) -> Keyring:
        return Keyring.from_envelopes(self.statement, self.certificates)

    @property
    def seal(self) -> DeviceSeal:
        return DeviceSeal(
            tenant=self.tenant,
            device=DEVICE_ID,
            key=self.device_key,
            recipients=(*self.statement.sealing_recipients, age.recipient_of(self.device_identity)),
            app="0.1.0",
        )

    @property
    def ada(self) -> Inspector:
        return Inspector(id=ADA.id, name=ADA.name, number=ADA.number, key_id=self.ada_key.key_id)

    @property
    def ada_signs(self) -> Signer:
        return Signer(inspector=ADA.id, key=self.ada_key, details=self.ada_details.to_payload())

    def finished(self, inspection: Inspection | None = None) -> Inspection:
        """A complete inspection: Ada by key, Ben and the enterprise's person by hand."""
        done = inspection or make.passed(make.inspection(inspectors=[self.ada, BEN]))
        shown = statement_sha256(done, tenant=self.tenant)
        ben = make.handwriting(shown, Role.INSPECTOR, inspector=BEN.id, name=BEN.name)
        done = by_hand(ben, done, tenant=self.tenant)
        return by_hand(make.handwriting(shown), done, tenant=self.tenant)

    def sealed(
        self, inspection: Inspection | None = None, photos: dict[PhotoId, bytes] | None = None
    ) -> tuple[Inspection, SealedEntry]:
        """Sealed by this office's tablet."""
        return seal_inspection(
            inspection or self.finished(),
            checklists=(make.checklist(),),
            is_enforcement=True,
            signers=(self.ada_signs,),
            seal=self.seal,
            box=self.box,
            photo_bytes=(photos or {}).__getitem__,
            office_ms=None,
            at_ms=DAY_MS + 2,
            progress=lambda step: None,
        )

    @property
    def examiner(self) -> Examiner:
        return Examiner(
            keyring=self.keyring,
            identities=(self.identity,),
            root_at=lambda size: None,
            blob=self.box.blobs.get,
        )
