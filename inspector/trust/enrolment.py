"""Enrolment: three messages by which tablet and console learn each other's keys past a distrusted server.

* offer: console → tablet, the office's statement; request: tablet → console, the keys to be certified;
  response: console → tablet, the certificates.
* Each is sealed under a key of its own direction, derived from the invitation's secret. The server, which
  does not know the secret, can hold a message back but not read, swap, replay or reflect one unnoticed.
* The request answers one offer and the response one request, by hash. It is signed by every key that it asks
  to have certified, so nobody can have somebody else's key certified as their own.
* Both screens show the same eight digits over what was exchanged, for the eye.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from inspector.domain.message_fields import MessageFields
from inspector.errors import (
    EnrolmentForgedError,
    EnrolmentMisdirectedError,
    MessageMalformedError,
    TrustError,
)
from inspector.trust import dsse
from inspector.trust.age import check_recipient
from inspector.trust.certificates import Certificate, Details, HolderKind, verify_certificate, verify_details
from inspector.trust.invitation import ID_BYTES, Invitation
from inspector.trust.keys import SigningKey, VerifyKey
from inspector.trust.radix import base64_text
from inspector.trust.statement import FORMAT, OfficeStatement, read_fields, verify_statement
from inspector.trust.strict_json import canonical, parse_object

__all__ = [
    "REQUEST_TYPE",
    "Applicant",
    "Certified",
    "EnrolmentRequest",
    "Invitation",
    "digits",
    "open_offer",
    "open_request",
    "open_response",
    "seal_offer",
    "seal_request",
    "seal_response",
]

REQUEST_TYPE = "application/vnd.inspector.enrolment.v1+json"
MAX_INSPECTORS = 15

_MAGIC = b"IE1"
_NONCE_BYTES = 12
_HEAD_BYTES = len(_MAGIC) + 1 + ID_BYTES
_DIGITS = 8
_DIGITS_INFO = b"inspector enrolment v1 digits"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class _Direction(IntEnum):
    OFFER = 1
    REQUEST = 2
    RESPONSE = 3

    @property
    def info(self) -> bytes:
        return b"inspector enrolment v1 " + self.name.lower().encode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """A device or an inspector who asks for a certificate.

    Attributes:
        id: the holder's UUID.
        key: the key to be certified.
        recipient: the device's age recipient; None for an inspector.
        details: name or label, number and role.
    """

    id: str
    key: VerifyKey
    recipient: str | None = None
    details: Details

    def to_payload(self) -> dict[str, object]:
        """The JSON object inside a request."""
        payload: dict[str, object] = {
            "id": self.id,
            "key": self.key.text,
            "details": self.details.to_payload(),
        }
        return payload if self.recipient is None else payload | {"recipient": self.recipient}


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentRequest:
    """What a tablet asks to have certified; each key in it has signed.

    Attributes:
        device: the tablet itself, with its recipient.
        inspectors: who will work with it; may be empty.
    """

    device: Applicant
    inspectors: tuple[Applicant, ...] = ()

    @property
    def applicants(self) -> tuple[Applicant, ...]:
        """The device, then the inspectors."""
        return (self.device, *self.inspectors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """A certificate with the details to which it commits.

    Attributes:
        envelope: the certificate's exact bytes.
        certificate: what it says, verified.
        details: the holder's details, as the office holds them.
    """

    envelope: bytes
    certificate: Certificate
    details: Details


def seal_offer(invitation: Invitation, statement: bytes) -> bytes:
    """The offer that carries the office statement's envelope."""
    return _seal(invitation, _Direction.OFFER, {"v": FORMAT, "statement": base64_text(statement)})


def open_offer(invitation: Invitation, offer: bytes) -> tuple[bytes, OfficeStatement]:
    """The office statement, as its envelope's bytes and as a value.

    Whoever holds the secret has made the offer, so the root that it names is the one to keep from now on.

    Raises:
        EnrolmentMisdirectedError: a message of another step or another invitation.
        EnrolmentForgedError: altered on the way, or not by a holder of the secret.
        MessageMalformedError, RecordTooNewError, KeyMalformedError, CertificateInvalidError: it is none.
    """
    fields = _open(invitation, _Direction.OFFER, offer, "v statement")
    envelope = fields.octets("statement")
    return envelope, verify_statement(envelope, None)


def seal_request(
    invitation: Invitation, offer: bytes, request: EnrolmentRequest, signers: Sequence[SigningKey]
) -> bytes:
    """The request that answers `offer`, signed by each applicant's key.

    Args:
        invitation: the invitation.
        offer: the sealed offer's exact bytes.
        request: who asks.
        signers: the applicants' private keys, in any order.

    Raises:
        ValueError: an applicant's key is missing among `signers`; the caller is wrong.
    """
    if {signer.public for signer in signers} != {applicant.key for applicant in request.applicants}:
        raise ValueError("each applicant signs, and nobody else")
    payload = {
        "v": FORMAT,
        "invitation": invitation.id,
        "offer": sha256(offer).hexdigest(),
        "device": request.device.to_payload(),
        "inspectors": [inspector.to_payload() for inspector in request.inspectors],
    }
    envelope = dsse.sign(canonical(payload), REQUEST_TYPE, signers)
    return _seal(invitation, _Direction.REQUEST, {"v": FORMAT, "request": base64_text(envelope)})


def open_request(invitation: Invitation, offer: bytes, request: bytes) -> EnrolmentRequest:
    """Who asks, once each key is shown to be in the asker's hands.

    Args:
        invitation: the invitation.
        offer: the sealed offer's exact bytes, as the console made it.
        request: the sealed request as it came.

    Raises:
        EnrolmentMisdirectedError: a message of another step, invitation or offer.
        EnrolmentForgedError: altered on the way, or a key whose holder did not sign.
        MessageMalformedError, RecordTooNewError, KeyMalformedError: it is none.
    """
    envelope = _open(invitation, _Direction.REQUEST, request, "v request").octets("request")
    fields = read_fields(
        parse_object(dsse.peek(envelope).payload), "登记申请", "v invitation offer device inspectors"
    )
    applicants = [_applicant(fields.values["device"], is_device=True)]
    inspectors = fields.listing("inspectors", most=MAX_INSPECTORS)
    applicants += [_applicant(value, is_device=False) for value in inspectors]
    keys = [applicant.key for applicant in applicants]
    if len(set(keys)) != len(keys) or len({applicant.id for applicant in applicants}) != len(keys):
        raise MessageMalformedError(reason="登记申请中有重复的密钥或编号")
    try:
        dsse.verify(envelope, REQUEST_TYPE, keys, required=[key.key_id for key in keys])
    except TrustError as error:
        raise EnrolmentForgedError from error
    if fields.text("invitation") != invitation.id or fields.text("offer") != sha256(offer).hexdigest():
        raise EnrolmentMisdirectedError(reason="回应的是另一次登记")
    return EnrolmentRequest(device=applicants[0], inspectors=tuple(applicants[1:]))


def seal_response(
    invitation: Invitation, request: bytes, certified: Sequence[tuple[bytes, Details]]
) -> bytes:
    """The response to `request`: certificates' envelopes, each with the holder's details."""
    payload = {
        "v": FORMAT,
        "request": sha256(request).hexdigest(),
        "certified": [
            {"certificate": base64_text(envelope), "details": details.to_payload()}
            for envelope, details in certified
        ],
    }
    return _seal(invitation, _Direction.RESPONSE, payload)


def open_response(
    invitation: Invitation,
    request: bytes,
    response: bytes,
    *,
    asked: EnrolmentRequest,
    statement: OfficeStatement,
) -> tuple[Certified, ...]:
    """The certificates that the office granted, the device's first; inspectors may have been left out.

    Args:
        invitation: the invitation.
        request: the sealed request's exact bytes, as the tablet made it.
        response: the sealed response as it came.
        asked: what the request asked for.
        statement: the office statement of the offer.

    Raises:
        EnrolmentMisdirectedError: a message of another step or invitation, or the answer to another request.
        EnrolmentForgedError: altered on the way; a certificate that nobody asked for; none for the device.
        TrustError: a certificate that the office did not issue, or details to which it does not commit.
        MessageMalformedError, RecordTooNewError, KeyMalformedError: it is none.
    """
    fields = _open(invitation, _Direction.RESPONSE, response, "v request certified")
    if fields.text("request") != sha256(request).hexdigest():
        raise EnrolmentMisdirectedError(reason="回应的是另一份申请")
    values = fields.listing("certified", most=MAX_INSPECTORS + 1)
    granted = [_certified(value, statement) for value in values]
    wanted = [_identity_of(applicant) for applicant in asked.applicants]
    found = [_identity_in(each.certificate) for each in granted]
    if found[:1] != wanted[:1] or len(set(found)) != len(found) or not set(found) <= set(wanted):
        raise EnrolmentForgedError
    return tuple(granted)


def digits(invitation: Invitation, offer: bytes, request: bytes) -> str:
    """Eight digits that both screens show, over the two sealed messages as each side has them."""
    salt = sha256(offer).digest() + sha256(request).digest()
    number = int.from_bytes(invitation.derive(_DIGITS_INFO, salt=salt), "big")
    return f"{number % 10**_DIGITS:0{_DIGITS}}"


def _seal(invitation: Invitation, direction: _Direction, payload: dict[str, object]) -> bytes:
    head = _head(invitation, direction)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    cipher = ChaCha20Poly1305(invitation.derive(direction.info))
    return head + nonce + cipher.encrypt(nonce, canonical(payload), head)


def _open(invitation: Invitation, direction: _Direction, sealed: bytes, names: str) -> MessageFields:
    head, rest = sealed[:_HEAD_BYTES], sealed[_HEAD_BYTES:]
    if not head.startswith(_MAGIC) or len(rest) < _NONCE_BYTES:
        raise MessageMalformedError(reason="不是登记消息")
    if head[len(_MAGIC)] != direction:
        raise EnrolmentMisdirectedError(reason="是另一步的消息")
    if head != _head(invitation, direction):
        raise EnrolmentMisdirectedError(reason="属于另一个登记码")
    cipher = ChaCha20Poly1305(invitation.derive(direction.info))
    try:
        payload = cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], head)
    except InvalidTag as error:
        raise EnrolmentForgedError from error
    return read_fields(parse_object(payload), "登记消息", names)


def _head(invitation: Invitation, direction: _Direction) -> bytes:
    return _MAGIC + bytes([direction]) + bytes.fromhex(invitation.id)


def _applicant(value: object, *, is_device: bool) -> Applicant:
    names = "id key details recipient" if is_device else "id key details"
    fields = MessageFields.of(value, "登记申请人", names)
    if not _UUID.fullmatch(fields.text("id")):
        raise fields.wrong("id")
    if is_device:
        check_recipient(fields.text("recipient"))
    return Applicant(
        id=fields.text("id"),
        key=VerifyKey(fields.octets("key")),
        recipient=fields.text("recipient") if is_device else None,
        details=Details.from_payload(fields.values["details"]),
    )


def _certified(value: object, statement: OfficeStatement) -> Certified:
    fields = MessageFields.of(value, "证书", "certificate details")
    envelope = fields.octets("certificate")
    certificate = verify_certificate(envelope, statement)
    details = Details.from_payload(fields.values["details"])
    verify_details(details, certificate)
    return Certified(envelope=envelope, certificate=certificate, details=details)


def _identity_of(applicant: Applicant) -> tuple[HolderKind, str, VerifyKey, str | None]:
    kind = HolderKind.INSPECTOR if applicant.recipient is None else HolderKind.DEVICE
    return kind, applicant.id, applicant.key, applicant.recipient


def _identity_in(certificate: Certificate) -> tuple[HolderKind, str, VerifyKey, str | None]:
    return certificate.kind, certificate.id, certificate.key, certificate.recipient
