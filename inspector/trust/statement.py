"""The office's statement: which keys act for it, signed by its offline root key.

* The root key is known by its fingerprint, compared by eye or carried by a QR code; all else follows.
* Each key has one duty: the issuing key certifies, the feed key speaks to tablets, the log key signs the log.
* A rotation is a statement of a higher version under the same root. After a change of the issuing key, the
  console issues every certificate that is still good once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from inspector.domain.message_fields import MessageFields
from inspector.errors import (
    CertificateInvalidError,
    OfficeStatementOlderError,
    PayloadTypeError,
    RecordTooNewError,
    RootMismatchError,
    SignatureMissingError,
    SignerUnknownError,
)
from inspector.trust import dsse
from inspector.trust.age import check_recipient
from inspector.trust.checkpoints import LogVerifier
from inspector.trust.keys import SigningKey, VerifyKey
from inspector.trust.strict_json import canonical, parse_object

STATEMENT_TYPE = "application/vnd.inspector.office.v1+json"
FORMAT = 1
MAX_RECIPIENTS = 16

_FIELDS = "v tenant office version root issuing feed log recipients"


class RecipientRole(StrEnum):
    """Whose identity opens what is sealed to a recipient of the office."""

    OFFICE = "office"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeRecipient:
    """A recipient to which every record is sealed.

    Attributes:
        role: the console's own identity, or the one printed and kept offline.
        recipient: `age1…`.
    """

    role: RecipientRole
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeStatement:
    """The keys that act for an office.

    Attributes:
        tenant: the office's name in every key and path.
        office: its name on screens and documents.
        version: from 1; a rotation counts on.
        root: certifies this statement and nothing else.
        issuing: signs certificates and revocations.
        feed: signs messages to tablets and the console's requests.
        log: name and key of the log.
        recipients: to which records are sealed; one with the role `office` at least.
    """

    tenant: str
    office: str
    version: int
    root: VerifyKey
    issuing: VerifyKey
    feed: VerifyKey
    log: LogVerifier
    recipients: tuple[OfficeRecipient, ...]

    @property
    def fingerprint(self) -> str:
        """Hexadecimal SHA-256 of the root key."""
        return self.root.fingerprint

    @property
    def sealing_recipients(self) -> tuple[str, ...]:
        """All recipients, in the statement's order."""
        return tuple(recipient.recipient for recipient in self.recipients)

    def to_payload(self) -> dict[str, object]:
        """The JSON object to be signed."""
        return {
            "v": FORMAT,
            "tenant": self.tenant,
            "office": self.office,
            "version": self.version,
            "root": self.root.text,
            "issuing": self.issuing.text,
            "feed": self.feed.text,
            "log": self.log.text,
            "recipients": [
                {"role": recipient.role.value, "recipient": recipient.recipient}
                for recipient in self.recipients
            ],
        }

    @classmethod
    def from_payload(cls, value: object) -> Self:
        """The reverse of `to_payload`; nothing in it is believed yet.

        Raises:
            RecordTooNewError: a later format.
            MessageMalformedError: a surplus, missing or wrong field.
            KeyMalformedError: a key that is none.
            CertificateInvalidError: one key with two duties, or no recipient for the office.
        """
        fields = read_fields(value, "办公室声明", _FIELDS)
        statement = cls(
            tenant=fields.name("tenant"),
            office=fields.title("office"),
            version=fields.number("version", least=1),
            root=VerifyKey(fields.octets("root")),
            issuing=VerifyKey(fields.octets("issuing")),
            feed=VerifyKey(fields.octets("feed")),
            log=LogVerifier.from_text(fields.text("log")),
            recipients=tuple(map(_recipient, fields.listing("recipients", most=MAX_RECIPIENTS))),
        )
        statement._check()
        return statement

    def office_keys(self) -> frozenset[VerifyKey]:
        """The keys of the office itself, which nobody else may carry."""
        return frozenset({self.root, self.issuing, self.feed, self.log.key})

    def _check(self) -> None:
        if len(self.office_keys()) != 4:
            raise CertificateInvalidError(reason="办公室的一把密钥兼了两种用途")
        if not any(recipient.role is RecipientRole.OFFICE for recipient in self.recipients):
            raise CertificateInvalidError(reason="办公室声明中没有办公室收件公钥")
        if len(set(self.sealing_recipients)) != len(self.recipients):
            raise CertificateInvalidError(reason="办公室声明中有重复的收件公钥")


def issue_statement(statement: OfficeStatement, root: SigningKey) -> bytes:
    """The statement's envelope.

    Raises:
        ValueError: `root` is not the statement's root; the caller is wrong.
    """
    if root.public != statement.root:
        raise ValueError("a statement is signed by its own root")
    return dsse.sign(canonical(statement.to_payload()), STATEMENT_TYPE, [root])


def verify_statement(envelope: bytes, root_fingerprint: str | None) -> OfficeStatement:
    """The statement in `envelope`, once its root key is shown to have signed it.

    Args:
        envelope: the envelope's exact bytes.
        root_fingerprint: hexadecimal SHA-256 of the only root that the caller accepts. None accepts whichever
            root the statement names: then it says only that the statement agrees with itself.

    Raises:
        RootMismatchError: it is another office's root.
        PayloadTypeError, SignatureInvalidError: it is not a statement, or not signed by its root.
        MessageMalformedError, RecordTooNewError, KeyMalformedError, CertificateInvalidError: it is none.
    """
    claimed = dsse.peek(envelope)
    if claimed.payload_type != STATEMENT_TYPE:
        raise PayloadTypeError(expected=STATEMENT_TYPE)
    statement = OfficeStatement.from_payload(parse_object(claimed.payload))
    if root_fingerprint is not None and statement.fingerprint != root_fingerprint:
        raise RootMismatchError
    try:
        dsse.verify(envelope, STATEMENT_TYPE, [statement.root], required=[statement.root.key_id])
    except (SignerUnknownError, SignatureMissingError) as error:
        raise RootMismatchError from error
    return statement


def verify_successor(newer: OfficeStatement, known: OfficeStatement) -> None:
    """Accept that `newer`, itself verified, may take the place of `known`.

    The same version is accepted only where nothing differs.

    Raises:
        RootMismatchError: another root or another tenant.
        OfficeStatementOlderError: a lower version.
        CertificateInvalidError: the same version with other content: the root signed two.
    """
    if newer.root != known.root or newer.tenant != known.tenant:
        raise RootMismatchError
    if newer.version < known.version:
        raise OfficeStatementOlderError(shown=newer.version, known=known.version)
    if newer.version == known.version and newer != known:
        raise CertificateInvalidError(reason="同一版办公室声明有两种内容")


def read_fields(value: object, where: str, names: str) -> MessageFields:
    """The fields of a versioned object.

    Raises:
        RecordTooNewError: a later format.
        MessageMalformedError: no object, a surplus or missing field, or no version.
    """
    version = value.get("v") if isinstance(value, dict) else None
    if isinstance(version, int) and not isinstance(version, bool) and version > FORMAT:
        raise RecordTooNewError(version=version)
    fields = MessageFields.of(value, where, names)
    fields.number("v", least=FORMAT, most=FORMAT)
    return fields


def _recipient(value: object) -> OfficeRecipient:
    fields = MessageFields.of(value, "收件公钥", "role recipient")
    recipient = fields.text("recipient")
    check_recipient(recipient)
    try:
        role = RecipientRole(fields.text("role"))
    except ValueError as error:
        raise fields.wrong("role") from error
    return OfficeRecipient(role=role, recipient=recipient)
