"""Certificates of devices, inspectors and accounts, and their revocation.

* A certificate is a leaf of the public log, so it holds no personal data: name and number travel sealed, as
  `Details`, to which the certificate commits by a salted hash.
* Every certificate stands in the log for all to see; that holds back an office that certifies at will.
* A revocation names the last good delivery of a device by number and hash; what came before stays valid.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Self

from inspector.domain.identifiers import check_entry
from inspector.domain.message_fields import MessageFields
from inspector.errors import (
    CertificateInvalidError,
    DetailsMismatchError,
    MessageMalformedError,
    TextControlError,
    TextTooLongError,
)
from inspector.trust import dsse
from inspector.trust.age import check_recipient
from inspector.trust.keys import SigningKey, VerifyKey
from inspector.trust.radix import base64_text
from inspector.trust.statement import (
    FORMAT,
    OfficeRecipient,
    OfficeStatement,
    RecipientRole,
    issue_statement,
    read_fields,
    verify_statement,
    verify_successor,
)
from inspector.trust.strict_json import canonical, parse_object

__all__ = [
    "CERTIFICATE_TYPE",
    "NO_GOOD_DELIVERY",
    "REVOCATION_TYPE",
    "Certificate",
    "Details",
    "HolderKind",
    "OfficeRecipient",
    "OfficeStatement",
    "RecipientRole",
    "Revocation",
    "RevocationReason",
    "issue_certificate",
    "issue_revocation",
    "issue_statement",
    "verify_certificate",
    "verify_details",
    "verify_revocation",
    "verify_statement",
    "verify_successor",
]

CERTIFICATE_TYPE = "application/vnd.inspector.certificate.v1+json"
REVOCATION_TYPE = "application/vnd.inspector.revocation.v1+json"
NO_GOOD_DELIVERY = "0" * 64
"""The hash in a revocation that leaves no delivery valid."""

_SALT_BYTES = 16
_TEXTS = {"name": "名称", "number": "证件号", "role": "职务"}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEY_ID = re.compile(r"[0-9a-f]{32}")
_DEVICE_FIELDS = "v tenant kind id key recipient details_sha256 issued_ms"
_PERSON_FIELDS = "v tenant kind id key details_sha256 issued_ms"
_REVOCATION_FIELDS = "v tenant key_id last_good_seq last_good_sha256 reason_code at_ms"


class HolderKind(StrEnum):
    """Whose key a certificate is about."""

    DEVICE = "device"
    INSPECTOR = "inspector"
    ACCOUNT = "account"


class RevocationReason(StrEnum):
    """Why a key is no longer good."""

    LOST = "lost"
    COMPROMISED = "compromised"
    RETIRED = "retired"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a certificate commits to without showing it.

    Attributes:
        salt: 16 random bytes, without which a short number could be guessed from the hash.
        name: of the person; of a device, its label.
        number: of the enforcement certificate; may be empty.
        role: of the person; may be empty.
    """

    salt: bytes
    name: str
    number: str = ""
    role: str = ""

    @classmethod
    def new(cls, *, name: str, number: str = "", role: str = "") -> Self:
        """Details under a fresh salt."""
        return cls(salt=secrets.token_bytes(_SALT_BYTES), name=name, number=number, role=role)

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the canonical form."""
        return sha256(canonical(self.to_payload())).hexdigest()

    def to_payload(self) -> dict[str, str]:
        """The JSON object that is hashed and that travels sealed."""
        return {"salt": base64_text(self.salt), "name": self.name, "number": self.number, "role": self.role}

    @classmethod
    def from_payload(cls, value: object) -> Self:
        """The reverse of `to_payload`.

        Raises:
            MessageMalformedError: a surplus, missing or wrong field, or a text that nobody could read.
        """
        fields = MessageFields.of(value, "证书资料", "salt name number role")
        salt = fields.octets("salt")
        if len(salt) != _SALT_BYTES:
            raise fields.wrong("salt")
        try:
            texts = {name: check_entry(fields.text(name), field=word) for name, word in _TEXTS.items()}
        except (TextTooLongError, TextControlError) as error:
            raise MessageMalformedError(reason=error.message.rstrip("。")) from error
        return cls(salt=salt, **texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """That a key belongs to a device, an inspector or an account of this office.

    Attributes:
        tenant: the office.
        kind: what the holder is.
        id: the holder's UUID; it may come to have several keys.
        key: the certified key.
        recipient: a device's own age recipient; None for persons.
        details_sha256: commitment to the holder's `Details`.
        issued_ms: milliseconds since the Unix epoch, UTC.
    """

    tenant: str
    kind: HolderKind
    id: str
    key: VerifyKey
    recipient: str | None = None
    details_sha256: str
    issued_ms: int

    def to_payload(self) -> dict[str, object]:
        """The JSON object to be signed."""
        payload: dict[str, object] = {
            "v": FORMAT,
            "tenant": self.tenant,
            "kind": self.kind.value,
            "id": self.id,
            "key": self.key.text,
            "details_sha256": self.details_sha256,
            "issued_ms": self.issued_ms,
        }
        return payload if self.recipient is None else payload | {"recipient": self.recipient}

    @classmethod
    def from_payload(cls, value: Mapping[str, object]) -> Self:
        """The reverse of `to_payload`; nothing in it is believed yet.

        Raises:
            RecordTooNewError: a later format.
            MessageMalformedError: a surplus, missing or wrong field.
            KeyMalformedError: a key or recipient that is none.
        """
        is_device = value.get("kind") == HolderKind.DEVICE
        fields = read_fields(value, "证书", _DEVICE_FIELDS if is_device else _PERSON_FIELDS)
        if not _UUID.fullmatch(fields.text("id")):
            raise fields.wrong("id")
        try:
            kind = HolderKind(fields.text("kind"))
        except ValueError as error:
            raise fields.wrong("kind") from error
        if is_device:
            check_recipient(fields.text("recipient"))
        return cls(
            tenant=fields.name("tenant"),
            kind=kind,
            id=fields.text("id"),
            key=VerifyKey(fields.octets("key")),
            recipient=fields.text("recipient") if is_device else None,
            details_sha256=fields.sha256("details_sha256"),
            issued_ms=fields.number("issued_ms"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """That a key is no longer good.

    Attributes:
        tenant: the office.
        key_id: the revoked key.
        last_good_seq: number of the last delivery of a device that still counts; 0 for none, and for persons.
        last_good_sha256: that envelope's hash, or `NO_GOOD_DELIVERY`.
        reason: why.
        at_ms: milliseconds since the Unix epoch, UTC.
    """

    tenant: str
    key_id: str
    last_good_seq: int = 0
    last_good_sha256: str = NO_GOOD_DELIVERY
    reason: RevocationReason
    at_ms: int

    def to_payload(self) -> dict[str, object]:
        """The JSON object to be signed."""
        return {
            "v": FORMAT,
            "tenant": self.tenant,
            "key_id": self.key_id,
            "last_good_seq": self.last_good_seq,
            "last_good_sha256": self.last_good_sha256,
            "reason_code": self.reason.value,
            "at_ms": self.at_ms,
        }

    @classmethod
    def from_payload(cls, value: object) -> Self:
        """The reverse of `to_payload`; nothing in it is believed yet.

        Raises:
            RecordTooNewError: a later format.
            MessageMalformedError: a surplus, missing or wrong field.
        """
        fields = read_fields(value, "撤销", _REVOCATION_FIELDS)
        if not _KEY_ID.fullmatch(fields.text("key_id")):
            raise fields.wrong("key_id")
        try:
            reason = RevocationReason(fields.text("reason_code"))
        except ValueError as error:
            raise fields.wrong("reason_code") from error
        revocation = cls(
            tenant=fields.name("tenant"),
            key_id=fields.text("key_id"),
            last_good_seq=fields.number("last_good_seq"),
            last_good_sha256=fields.sha256("last_good_sha256"),
            reason=reason,
            at_ms=fields.number("at_ms"),
        )
        if (revocation.last_good_seq == 0) != (revocation.last_good_sha256 == NO_GOOD_DELIVERY):
            raise fields.wrong("last_good_sha256")
        return revocation


def issue_certificate(certificate: Certificate, issuing: SigningKey) -> bytes:
    """The certificate's envelope, to be appended to the log."""
    return dsse.sign(canonical(certificate.to_payload()), CERTIFICATE_TYPE, [issuing])


def issue_revocation(revocation: Revocation, issuing: SigningKey) -> bytes:
    """The revocation's envelope, to be appended to the log."""
    return dsse.sign(canonical(revocation.to_payload()), REVOCATION_TYPE, [issuing])


def verify_certificate(envelope: bytes, statement: OfficeStatement) -> Certificate:
    """The certificate in `envelope`, once the office's issuing key is shown to have signed it.

    Raises:
        PayloadTypeError, SignatureInvalidError, SignerUnknownError: it is not this office's certificate.
        CertificateInvalidError: another tenant's, or it certifies a key of the office itself.
        MessageMalformedError, RecordTooNewError, KeyMalformedError: it cannot be read.
    """
    verified = dsse.verify(envelope, CERTIFICATE_TYPE, [statement.issuing])
    certificate = Certificate.from_payload(parse_object(verified.payload))
    _check_tenant(certificate.tenant, statement)
    if certificate.key in statement.office_keys():
        raise CertificateInvalidError(reason="证书所证的是办公室自己的密钥")
    return certificate


def verify_revocation(envelope: bytes, statement: OfficeStatement) -> Revocation:
    """The revocation in `envelope`, once the office's issuing key is shown to have signed it.

    Raises:
        PayloadTypeError, SignatureInvalidError, SignerUnknownError: it is not this office's revocation.
        CertificateInvalidError: another tenant's.
        MessageMalformedError, RecordTooNewError: it cannot be read.
    """
    verified = dsse.verify(envelope, REVOCATION_TYPE, [statement.issuing])
    revocation = Revocation.from_payload(parse_object(verified.payload))
    _check_tenant(revocation.tenant, statement)
    return revocation


def verify_details(details: Details, certificate: Certificate) -> None:
    """Accept that `details` are those to which `certificate` commits.

    Raises:
        DetailsMismatchError: they are not.
    """
    if details.sha256 != certificate.details_sha256:
        raise DetailsMismatchError


def _check_tenant(tenant: str, statement: OfficeStatement) -> None:
    if tenant != statement.tenant:
        raise CertificateInvalidError(reason="属于另一个办公室")
