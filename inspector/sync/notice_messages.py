"""What console and server tell each other about notices in public: registrations and replies, both sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from inspector.domain.identifiers import check_public_id
from inspector.domain.message_fields import MessageFields
from inspector.sync.messages import text
from inspector.sync.protocol import API
from inspector.trust.registration import BOX_BYTES, SALT_BYTES, WRAPPED_BYTES

NOTICES: Final = f"{API}/notices"
REPLIES: Final = f"{API}/replies"
REPLIES_TAKEN: Final = f"{REPLIES}/taken"
DEVICE_KEYS: Final = f"{API}/device-keys"
MAX_REPLIES_PAGE: Final = 100
MAX_HELD_PAGE: Final = 500
REPLY_HEADER: Final = "Inspector-Reply"
PROOF_HEADER: Final = "Inspector-Proof"


def notice_path(public_id: str, part: str = "") -> str:
    """Path of a notice's registration, or of its `open` or `replies`."""
    return f"{NOTICES}/{public_id}/{part}" if part else f"{NOTICES}/{public_id}"


def held_path(after: str) -> str:
    """Path and query for the versions of the registrations behind a public id."""
    return f"{NOTICES}?after={after}"


def read_held(value: object) -> tuple[tuple[str, int], ...]:
    """Public ids, in order, and the version of each one's registration.

    Raises:
        MessageMalformedError: another shape.
    """
    listed = MessageFields.loosely(value, "登记的版本", "notices").listing("notices", most=MAX_HELD_PAGE)
    fields = [MessageFields.loosely(one, "登记的版本", "public_id version") for one in listed]
    return tuple((one.name("public_id"), one.number("version", least=1)) for one in fields)


def read_box(value: object) -> bytes:
    """The sealed registration of an answer about one notice.

    Raises:
        MessageMalformedError: another shape.
    """
    return MessageFields.loosely(value, "文书登记", "version box").octets("box")


def replies_path(after: int, limit: int, *, waiting: bool = False) -> str:
    """Path and query for the replies after number `after`; `waiting`: only those not yet taken over."""
    return f"{REPLIES}?after={after}&limit={limit}{'&waiting=1' if waiting else ''}"


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
    """A reply at the server.

    Attributes:
        number: from 1, over all notices.
        ordinal: from 1, of this notice; part of what the receipt calls it.
        reply: the id that the browser made.
        is_taken: the console has said that it holds it.
        is_held: the server still has its content.
    """

    number: int
    public_id: str
    ordinal: int
    reply: str
    sha256: str
    size: int
    received_ms: int
    is_taken: bool = False
    is_held: bool = True

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
            "taken": self.is_taken,
            "held": self.is_held,
        }

    @classmethod
    def from_payload(cls, value: object) -> WaitingReply:
        """The reverse of `to_payload`.

        Raises:
            MessageMalformedError: another shape.
        """
        fields = MessageFields.loosely(
            value, "回复", "number public_id ordinal reply sha256 size received_ms taken held"
        )
        return cls(
            number=fields.number("number", least=1),
            public_id=fields.name("public_id"),
            ordinal=fields.number("ordinal", least=1),
            reply=fields.name("reply"),
            sha256=fields.sha256("sha256"),
            size=fields.number("size"),
            received_ms=fields.number("received_ms"),
            is_taken=fields.flag("taken"),
            is_held=fields.flag("held"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRoom:
    """How much room replies take at the server, and how much they may; in bytes."""

    held: int
    quota: int

    @property
    def percent(self) -> int:
        """How full that is, rounded down."""
        return self.held * 100 // max(1, self.quota)

    def to_payload(self) -> Mapping[str, object]:
        """Part of the answer."""
        return {"held": self.held, "quota": self.quota}

    @classmethod
    def from_payload(cls, value: object) -> ReplyRoom:
        """The reverse of `to_payload`.

        Raises:
            MessageMalformedError: another shape.
        """
        fields = MessageFields.loosely(value, "回复的空间", "held quota")
        return cls(held=fields.number("held"), quota=fields.number("quota"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyPage:
    """Some replies, in the order of their numbers, and how full the server is."""

    replies: tuple[WaitingReply, ...]
    room: ReplyRoom

    def to_payload(self) -> Mapping[str, object]:
        """The answer."""
        return {"replies": [one.to_payload() for one in self.replies], "room": self.room.to_payload()}

    @classmethod
    def from_payload(cls, value: object) -> ReplyPage:
        """The reverse of `to_payload`.

        Raises:
            MessageMalformedError: another shape.
        """
        fields = MessageFields.loosely(value, "回复", "replies room")
        listed = fields.listing("replies", most=MAX_REPLIES_PAGE)
        return cls(
            replies=tuple(map(WaitingReply.from_payload, listed)),
            room=ReplyRoom.from_payload(fields.values["room"]),
        )


def taken_payload(replies: Sequence[WaitingReply]) -> Mapping[str, object]:
    """What the console says once it holds replies: each by its number and its hash."""
    return {"replies": [{"number": one.number, "sha256": one.sha256} for one in replies]}


def read_taken(value: object) -> tuple[tuple[int, str], ...]:
    """The reverse of `taken_payload`: numbers and hashes.

    Raises:
        MessageMalformedError: another shape.
    """
    listed = MessageFields.of(value, "已取走的回复", "replies").listing("replies", most=MAX_REPLIES_PAGE)
    fields = [MessageFields.of(one, "已取走的回复", "number sha256") for one in listed]
    return tuple((one.number("number", least=1), one.sha256("sha256")) for one in fields)
