"""What crosses the wire between tablet and office: deliveries, feed messages, and what became of them.

* A delivery is the payload of a tablet's outer envelope. It names no person; the server reads nothing else.
* A feed message is the payload of an envelope from the office to one tablet.
* Both are numbered from 1 without gaps and chained by the SHA-256 of the previous envelope's exact bytes.
* `docs/formats/records.md` describes both.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from inspector.domain.message_fields import MessageFields
from inspector.errors import MessageMalformedError, RecordTooNewError

DELIVERY_TYPE = "application/vnd.inspector.delivery.v1+json"
FEED_TYPE = "application/vnd.inspector.feed.v1+json"

FORMAT = 1
NO_PREVIOUS = "0" * 64
"""The `prev` of the first delivery of a device and of its first feed message."""

INLINE_BODY_LIMIT = 256 * 1024
MAX_BLOBS = 2048
MAX_BLOB_BYTES = 1 << 40


class EntryKind(StrEnum):
    """What a delivery carries."""

    OPEN = "open"
    RECORD = "record"
    AMEND = "amend"
    NOTICE = "notice"
    ADOPT = "adopt"
    NUMBERS = "numbers"


class FeedKind(StrEnum):
    """What the office tells a tablet. A later version may add kinds: they are kept, not applied."""

    ACK = "ack"
    ACCEPT = "accept"
    RETURN = "return"
    NUMBERS = "numbers"
    RECALL = "recall"
    CALENDAR = "calendar"
    DEADLINES = "deadlines"
    ENTERPRISES = "enterprises"
    ISSUER = "issuer"
    CERTIFICATES = "certificates"
    REVOKE = "revoke"
    LOG_RESET = "log-reset"
    PACK = "pack"
    FORMS = "forms"
    HELLO = "hello"


class EntryStatus(StrEnum):
    """What the server answers for one entry of a batch."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    AWAITING_BLOBS = "awaiting-blobs"
    FORK = "fork"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobRef:
    """A sealed file: the SHA-256 of its bytes and their number."""

    sha256: str
    size: int

    def to_payload(self) -> dict[str, object]:
        """The object that stands in a delivery."""
        return {"sha256": self.sha256, "size": self.size}

    @classmethod
    def from_payload(cls, value: object) -> BlobRef:
        """The reverse of `to_payload`.

        Raises:
            MessageMalformedError: another shape.
        """
        fields = MessageFields.of(value, "附件", "sha256 size")
        return cls(sha256=fields.sha256("sha256"), size=fields.number("size", most=MAX_BLOB_BYTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHead:
    """The log's size in leaves and the root over them, in lower-case hexadecimal."""

    size: int
    root: str

    def to_payload(self) -> dict[str, object]:
        """The object that stands in a delivery."""
        return {"size": self.size, "root": self.root}

    @classmethod
    def from_payload(cls, value: object) -> LogHead:
        """The reverse of `to_payload`.

        Raises:
            MessageMalformedError: another shape.
        """
        fields = MessageFields.of(value, "日志检查点", "size root")
        return cls(size=fields.number("size"), root=fields.sha256("root"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The payload of an outer envelope.

    Attributes:
        seq: from 1, without gaps, per device.
        prev: SHA-256 of the previous outer envelope's bytes, or `NO_PREVIOUS`.
        record: id of the inspection or notice that the body carries.
        at_ms: by the tablet's clock.
        body: the sealed inner envelope, or the reference to it when it is longer than `INLINE_BODY_LIMIT`.
        blobs: every sealed file of this entry, the body among them when it is one.
        checkpoint: the newest log checkpoint that the device had seen.
    """

    tenant: str
    device: str
    seq: int
    prev: str
    record: str
    kind: EntryKind
    at_ms: int
    body: bytes | BlobRef
    blobs: tuple[BlobRef, ...] = ()
    checkpoint: LogHead | None = None

    def to_payload(self) -> dict[str, object]:
        """The JSON object to be signed."""
        return {
            "v": FORMAT,
            "tenant": self.tenant,
            "device": self.device,
            "seq": self.seq,
            "prev": self.prev,
            "record": self.record,
            "kind": self.kind.value,
            "at_ms": self.at_ms,
            "body": _body_payload(self.body),
            "blobs": [blob.to_payload() for blob in self.blobs],
            "checkpoint": None if self.checkpoint is None else self.checkpoint.to_payload(),
        }

    @classmethod
    def from_payload(cls, value: Mapping[str, object]) -> Delivery:
        """The reverse of `to_payload`.

        Raises:
            RecordTooNewError: a later format.
            MessageMalformedError: a surplus, missing or wrong field; a body that `blobs` does not list;
                a blob listed twice.
        """
        _check_format(value)
        fields = MessageFields.of(
            value, "信封", "v tenant device seq prev record kind at_ms body blobs checkpoint"
        )
        delivery = cls(
            tenant=fields.name("tenant"),
            device=fields.name("device"),
            seq=fields.number("seq", least=1),
            prev=fields.sha256("prev"),
            record=fields.name("record"),
            kind=_entry_kind(fields),
            at_ms=fields.number("at_ms"),
            body=_body(fields),
            blobs=tuple(BlobRef.from_payload(blob) for blob in fields.listing("blobs", most=MAX_BLOBS)),
            checkpoint=LogHead.from_payload(value["checkpoint"]) if fields.has("checkpoint") else None,
        )
        delivery._check(fields)
        return delivery

    def _check(self, fields: MessageFields) -> None:
        if len({blob.sha256 for blob in self.blobs}) != len(self.blobs):
            raise fields.wrong("blobs")
        if isinstance(self.body, BlobRef) and self.body not in self.blobs:
            raise fields.wrong("body")
        if (self.seq == 1) != (self.prev == NO_PREVIOUS):
            raise fields.wrong("prev")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedMessage:
    """The payload of one envelope from the office to one tablet.

    Attributes:
        n: from 1, without gaps, per device.
        prev: SHA-256 of the previous message's envelope, or `NO_PREVIOUS`.
        at_ms: by the office's clock.
        kind: one of `FeedKind`, or one of a later version.
        body: an age file to the device.
    """

    tenant: str
    device: str
    n: int
    prev: str
    at_ms: int
    kind: str
    body: bytes

    def to_payload(self) -> dict[str, object]:
        """The JSON object to be signed."""
        return {
            "v": FORMAT,
            "tenant": self.tenant,
            "device": self.device,
            "n": self.n,
            "prev": self.prev,
            "at_ms": self.at_ms,
            "kind": self.kind,
            "body": _base64(self.body),
        }

    @classmethod
    def from_payload(cls, value: Mapping[str, object]) -> FeedMessage:
        """The reverse of `to_payload`.

        Raises:
            RecordTooNewError: a later format.
            MessageMalformedError: a surplus, missing or wrong field.
        """
        _check_format(value)
        fields = MessageFields.of(value, "办公室消息", "v tenant device n prev at_ms kind body")
        message = cls(
            tenant=fields.name("tenant"),
            device=fields.name("device"),
            n=fields.number("n", least=1),
            prev=fields.sha256("prev"),
            at_ms=fields.number("at_ms"),
            kind=fields.name("kind"),
            body=fields.octets("body"),
        )
        if (message.n == 1) != (message.prev == NO_PREVIOUS):
            raise fields.wrong("prev")
        return message


def _check_format(value: Mapping[str, object]) -> None:
    version = value.get("v")
    if not isinstance(version, int) or isinstance(version, bool) or version < FORMAT:
        raise MessageMalformedError(reason="缺少格式版本 v")
    if version > FORMAT:
        raise RecordTooNewError(version=version)


def _entry_kind(fields: MessageFields) -> EntryKind:
    try:
        return EntryKind(fields.text("kind"))
    except ValueError as error:
        raise fields.wrong("kind") from error


def _body(fields: MessageFields) -> bytes | BlobRef:
    value = fields.values["body"]
    if isinstance(value, Mapping) and "inline" in value:
        inline = MessageFields.of(value, "信封正文", "inline").octets("inline")
        if len(inline) > INLINE_BODY_LIMIT:
            raise fields.wrong("body")
        return inline
    blob = MessageFields.of(value, "信封正文", "blob size")
    return BlobRef(sha256=blob.sha256("blob"), size=blob.number("size", most=MAX_BLOB_BYTES))


def _body_payload(body: bytes | BlobRef) -> dict[str, object]:
    if isinstance(body, bytes):
        return {"inline": _base64(body)}
    return {"blob": body.sha256, "size": body.size}


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
