"""What console and server tell each other about notices in public: registrations and replies, both sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from inspector.domain.identifiers import check_public_id
from inspector.domain.message_fields import MessageFields
from inspector.sync.messages import text
from inspector.sync.protocol import API
from inspector.trust.registration import BOX_BYTES, SALT_BYTES, WRAPPED_BYTES

NOTICES: Final = f"{API}/notices"
REPLIES: Final = f"{API}/replies"
DEVICE_KEYS: Final = f"{API}/device-keys"
MAX_REPLIES_PAGE: Final = 100
REPLY_HEADER: Final = "Inspector-Reply"
PROOF_HEADER: Final = "Inspector-Proof"


def notice_path(public_id: str, part: str = "") -> str:
    """Path of a notice's registration, or of its `open` or `replies`."""
    return f"{NOTICES}/{public_id}/{part}" if part else f"{NOTICES}/{public_id}"


def replies_path(after: int, limit: int) -> str:
    """Path and query for the replies after number `after`."""
    return f"{REPLIES}?after={after}&limit={limit}"


def reply_path(number: int) -> str:
    """Path of one sealed reply."""
    return f"{REPLIES}/{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRegistration:
    """A registration as the server gets it.

    Attributes:
        wrapped: the registration's key under the reply code's wrapping key.
        salt, proof_sha256: what is kept of the reply code's proof.
        takes_replies: whether the notice may be answered: the one thing that the server has to know.
    """

    public_id: str
    version: int
    box: bytes
    wrapped: bytes
    salt: bytes
    proof_sha256: str
    takes_replies: bool

    def to_payload(self) -> Mapping[str, object]:
        """The body of the request."""
        return {
            "version": self.version,
            "box": text(self.box),
            "wrapped": text(self.wrapped),
            "salt": text(self.salt),
            "proof_sha256": self.proof_sha256,
            "takes_replies": self.takes_replies,
        }

    @classmethod
    def from_payload(cls, value: object, public_id: str) -> SealedRegistration:
        """The reverse of `to_payload`.

        Raises:
            MessageMalformedError, IdentifierMalformedError: another shape.
        """
        fields = MessageFields.of(value, "文书登记", "version box wrapped salt proof_sha256 takes_replies")
        sealed = cls(
            public_id=check_public_id(public_id),
            version=fields.number("version", least=1),
            box=fields.octets("box"),
            wrapped=fields.octets("wrapped"),
            salt=fields.octets("salt"),
            proof_sha256=fields.sha256("proof_sha256"),
            takes_replies=fields.flag("takes_replies"),
        )
        for name, length in (("box", BOX_BYTES), ("wrapped", WRAPPED_BYTES), ("salt", SALT_BYTES)):
            if len(fields.octets(name)) != length:
                raise fields.wrong(name)
        return sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingReply:
    """A sealed reply that the server holds.

    Attributes:
        number: from 1, over all notices.
        ordinal: from 1, of this notice; part of what the receipt calls it.
        reply: the id that the browser made.
    """

    number: int
    public_id: str
    ordinal: int
    reply: str
    sha256: str
    size: int
    received_ms: int

    def to_payload(self) -> Mapping[str, object]:
        """One element of the answer."""
        return {
            "number": self.number,
            "public_id": self.public_id,
            "ordinal": self.ordinal,
            "reply": self.reply,
            "sha256": self.sha256,
            "size": self.size,
            "received_ms": self.received_ms,
        }

    @classmethod
    def from_payload(cls, value: object) -> WaitingReply:
        """The reverse of `to_payload`.

        Raises:
            MessageMalformedError: another shape.
        """
        fields = MessageFields.loosely(
            value, "回复", "number public_id ordinal reply sha256 size received_ms"
        )
        return cls(
            number=fields.number("number", least=1),
            public_id=fields.name("public_id"),
            ordinal=fields.number("ordinal", least=1),
            reply=fields.name("reply"),
            sha256=fields.sha256("sha256"),
            size=fields.number("size"),
            received_ms=fields.number("received_ms"),
        )


def read_waiting(value: object) -> tuple[WaitingReply, ...]:
    """The replies of an answer.

    Raises:
        MessageMalformedError: another shape.
    """
    fields = MessageFields.loosely(value, "回复", "replies")
    return tuple(map(WaitingReply.from_payload, fields.listing("replies", most=MAX_REPLIES_PAGE)))
