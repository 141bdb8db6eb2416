"""The receipt of a reply: what the office's server vouches for, under the key that signs its log.

* It says that a sealed file of this hash came in for this notice at this time by the server's clock.
* It does not say what the file holds, who sent it, or that anybody at the office has opened it: the server
  can read none. The office can compare the hash with what it took over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from inspector.domain.access import locator
from inspector.domain.identifiers import check_public_id
from inspector.domain.message_fields import MessageFields
from inspector.errors import EntryDisagreesError
from inspector.trust import dsse
from inspector.trust.ledger import LogVerifier
from inspector.trust.strict_json import canonical, parse_object

RECEIPT_TYPE = "application/vnd.inspector.reply-receipt.v1+json"
_NAMES = "v log public_id ordinal reply sha256 size received_ms"


class Received(Protocol):
    """A reply that a server has kept."""

    @property
    def public_id(self) -> str:
        """Of the notice."""
        ...

    @property
    def ordinal(self) -> int:
        """Which reply to the notice, from 1."""
        ...

    @property
    def reply(self) -> str:
        """The id that the browser made."""
        ...

    @property
    def sha256(self) -> str:
        """Of the sealed file."""
        ...

    @property
    def size(self) -> int:
        """Of the sealed file, in bytes."""
        ...

    @property
    def received_ms(self) -> int:
        """When it came, by the server's clock."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyReceipt:
    """A receipt; see `Received`.

    Attributes:
        log: name of the log whose key signs it.
    """

    log: str
    public_id: str
    ordinal: int
    reply: str
    sha256: str
    size: int
    received_ms: int

    @classmethod
    def of(cls, received: Received, *, log: str) -> ReplyReceipt:
        """The receipt of a reply."""
        return cls(
            log=log,
            public_id=received.public_id,
            ordinal=received.ordinal,
            reply=received.reply,
            sha256=received.sha256,
            size=received.size,
            received_ms=received.received_ms,
        )

    @property
    def number(self) -> str:
        """What the receipt is called."""
        return f"{locator(self.public_id)}-{self.ordinal}"

    def to_payload(self) -> Mapping[str, object]:
        """The JSON object that is signed."""
        return {
            "v": 1,
            "log": self.log,
            "public_id": self.public_id,
            "ordinal": self.ordinal,
            "reply": self.reply,
            "sha256": self.sha256,
            "size": self.size,
            "received_ms": self.received_ms,
        }

    def to_bytes(self) -> bytes:
        """The bytes that are signed."""
        return canonical(self.to_payload())


def verify_reply_receipt(envelope: bytes, log: LogVerifier) -> ReplyReceipt:
    """The receipt that a log's key signed.

    Raises:
        SignatureInvalidError, SignerUnknownError: changed, or by another key.
        EntryDisagreesError: it names another log.
        MessageMalformedError, EnvelopeMalformedError: another shape.
    """
    payload = dsse.verify(envelope, RECEIPT_TYPE, [log.key]).payload
    fields = MessageFields.of(parse_object(payload), "回复的回执", _NAMES)
    fields.number("v", least=1, most=1)
    if fields.text("log") != log.name:
        raise EntryDisagreesError(reason="回执属于另一台服务器")
    return ReplyReceipt(
        log=fields.text("log"),
        public_id=check_public_id(fields.text("public_id")),
        ordinal=fields.number("ordinal", least=1),
        reply=fields.name("reply"),
        sha256=fields.sha256("sha256"),
        size=fields.number("size"),
        received_ms=fields.number("received_ms"),
    )
