"""One sample office with fixed keys, and certificates for whoever a test names."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.trust import age
from inspector.trust.certificates import (
    Certificate,
    Details,
    HolderKind,
    OfficeRecipient,
    OfficeStatement,
    RecipientRole,
)
from inspector.trust.checkpoints import LogVerifier
from inspector.trust.keys import SigningKey
from inspector.trust.radix import bech32_text

ROOT, ISSUING, FEED, LOG = (SigningKey(bytes([number]) * 32) for number in range(0x10, 0x14))
DEVICE, ADA, BEN, STRANGER = (SigningKey(bytes([number]) * 32) for number in range(0x20, 0x24))


def identity(number: int) -> str:
    return bech32_text("age-secret-key-", bytes([number]) * 32).upper()


OFFICE_IDENTITY, RECOVERY_IDENTITY, DEVICE_IDENTITY = identity(0x30), identity(0x31), identity(0x32)
DEVICE_RECIPIENT = age.recipient_of(DEVICE_IDENTITY)

DEVICE_ID = "0198c0de-0000-7000-8000-0000000000d0"
ADA_ID = "0198c0de-0000-7000-8000-00000000000a"
BEN_ID = "0198c0de-0000-7000-8000-00000000000b"
ISSUED_MS = 1_795_510_800_000

STATEMENT = OfficeStatement(
    tenant="sample",
    office="样例应急管理局",
    version=1,
    root=ROOT.public,
    issuing=ISSUING.public,
    feed=FEED.public,
    log=LogVerifier(name="sample.example/log", key=LOG.public),
    recipients=(
        OfficeRecipient(role=RecipientRole.OFFICE, recipient=age.recipient_of(OFFICE_IDENTITY)),
        OfficeRecipient(role=RecipientRole.RECOVERY, recipient=age.recipient_of(RECOVERY_IDENTITY)),
    ),
)

DEVICE_DETAILS = Details(salt=b"\x40" * 16, name="样例平板一")
ADA_DETAILS = Details(salt=b"\x41" * 16, name="样例检查员甲", number="样例-001", role="检查员")
BEN_DETAILS = Details(salt=b"\x42" * 16, name="样例检查员乙", number="样例-002", role="检查员")


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who has, or asks for, a certificate."""

    kind: HolderKind
    id: str
    key: SigningKey
    details: Details
    recipient: str | None = None

    def certificate(self, *, issued_ms: int = ISSUED_MS, tenant: str = "sample") -> Certificate:
        return Certificate(
            tenant=tenant,
            kind=self.kind,
            id=self.id,
            key=self.key.public,
            recipient=self.recipient,
            details_sha256=self.details.sha256,
            issued_ms=issued_ms,
        )


TABLET = Holder(HolderKind.DEVICE, DEVICE_ID, DEVICE, DEVICE_DETAILS, DEVICE_RECIPIENT)
INSPECTOR_ADA = Holder(HolderKind.INSPECTOR, ADA_ID, ADA, ADA_DETAILS)
INSPECTOR_BEN = Holder(HolderKind.INSPECTOR, BEN_ID, BEN, BEN_DETAILS)
