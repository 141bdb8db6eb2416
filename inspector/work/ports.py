"""What an exchange with the office needs from the device's memory and from the wire.

* `Office` is the server as a tablet sees it; `inspector.sync.device` speaks HTTP to it.
* `Outbox`, `Inbox` and `Pins` are the device's memory; what changes something returns once it is durable.
* An `Office` raises the classes of `inspector.errors`: an `AvailabilityError` ends the round and is tried
  again, a `TrustError` or `RequestForbiddenError` pauses everything, anything else concerns one entry alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Protocol

from inspector.domain.delivery import BlobRef, EntryStatus, LogHead
from inspector.errors import InspectorError

OnBytes = Callable[[int], None]
"""Told how many more bytes were sent or are already there; may raise `ExchangeCancelledError` to stop."""


class EntryState(StrEnum):
    """How far an entry has come; only `ACKNOWLEDGED` lets the device remove its copy."""

    WAITING = "waiting"
    SENT = "sent"
    RECEIVED = "received"
    SET_ASIDE = "set-aside"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why something was not accepted: a code of `inspector.errors`, what happened, what to do."""

    code: str
    message: str
    hint: str = ""

    @classmethod
    def of(cls, error: InspectorError) -> Problem:
        """What `error` says."""
        return cls(code=error.code, message=error.message, hint=error.next_step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that a person should know of. It is kept until a person has seen it.

    Attributes:
        code: of `inspector.errors`.
        message: what happened.
        hint: what to do.
        entry: the entry it concerns, by its hash.
        at_ms: when it was noticed.
    """

    code: str
    message: str
    hint: str
    entry: str | None
    at_ms: int

    @classmethod
    def of(cls, error: InspectorError, at_ms: int, entry: str | None = None) -> Alarm:
        """The alarm that says what `error` says."""
        return cls(code=error.code, message=error.message, hint=error.next_step, entry=entry, at_ms=at_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """One sealed entry that the device still holds.

    Attributes:
        sha256: of the envelope's exact bytes: the entry's name.
        size: of the envelope, in bytes.
        record: id of the inspection or notice.
        index: its place in the office's log, once there is a receipt.
        received_ms: when the receipt was verified.
        problem: why it is set aside.
    """

    seq: int
    sha256: str
    size: int
    record: str
    blobs: tuple[BlobRef, ...]
    state: EntryState
    index: int | None = None
    received_ms: int | None = None
    problem: Problem | None = None


class Outbox(Protocol):
    """The entries that this device sealed."""

    def last_seq(self) -> int:
        """Number of the newest entry ever sealed here, held or not; 0 before the first."""
        ...

    def entries(self) -> Sequence[OutboxEntry]:
        """All entries whose bytes are still held, in the order of `seq`."""
        ...

    def envelope(self, sha256: str) -> bytes:
        """The exact bytes of an entry."""
        ...

    def open_blob(self, sha256: str) -> BinaryIO:
        """A seekable reader of a sealed file; the caller closes it.

        Raises:
            InspectorError: it is gone or damaged.
        """
        ...

    def mark_waiting(self, hashes: Sequence[str]) -> None:
        """The server lost these: their receipts no longer count."""
        ...

    def mark_sent(self, hashes: Sequence[str]) -> None:
        """The server says that it has these envelopes; it has proven nothing yet."""
        ...

    def keep_receipt(self, sha256: str, receipt: bytes, *, index: int, at_ms: int) -> None:
        """A verified receipt for one entry."""
        ...

    def set_aside(self, sha256: str, problem: Problem) -> None:
        """The server does not want this one: leave it out until a person has looked."""
        ...

    def acknowledge(self, sha256: str, *, at_ms: int) -> None:
        """The console holds this entry and all its blobs: the copies here may go."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPosition:
    """How far the office's messages have been applied.

    Attributes:
        n: number of the last one; 0 before the first.
        head: SHA-256 of its envelope.
        at_ms: when the office wrote it: "办公室消息截至".
    """

    n: int
    head: str
    at_ms: int


class Inbox(Protocol):
    """The office's messages to this device."""

    def position(self) -> FeedPosition:
        """The last message that was applied."""
        ...

    def keep(self, n: int, envelope: bytes) -> None:
        """Keep the exact bytes of message `n`, before it is applied; the same once more changes nothing."""
        ...

    def advance(self, position: FeedPosition) -> None:
        """Message `position.n` is applied."""
        ...


class Pins(Protocol):
    """What the device has seen of the office and holds it to."""

    def statement(self) -> bytes:
        """The newest office statement, as its root signed it."""
        ...

    def pin_statement(self, envelope: bytes) -> None:
        """A newer statement, verified."""
        ...

    def checkpoint(self) -> LogHead | None:
        """The largest log head that was verified."""
        ...

    def checkpoint_note(self) -> bytes:
        """The signed note of that head; empty when the office itself set the head back."""
        ...

    def pin_checkpoint(self, head: LogHead, note: bytes) -> None:
        """A log head that was verified to continue the last one, and the log's signature on it."""
        ...

    def raise_alarm(self, alarm: Alarm) -> None:
        """Keep an alarm; one with the same code and entry takes the place of the earlier."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """How a server introduces itself; nothing in it is proven but the statement."""

    tenant: str
    audience: str
    statement: bytes
    time_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What the server has of this device.

    Attributes:
        last_seq: the highest number it accepted.
        head: that entry's hash.
        missing: which of the hashes asked for it lacks.
    """

    last_seq: int
    head: str
    missing: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """An entry that was set aside: those behind it go without it."""

    seq: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryResult:
    """What the server says of one entry; `missing` are the blobs that it still needs."""

    sha256: str
    status: EntryStatus
    missing: tuple[str, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenReceipt:
    """A receipt as the server gave it, not yet verified."""

    entry: str
    receipt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """Feed envelopes in the order given, and whether there are more."""

    messages: tuple[bytes, ...]
    more: bool


class Office(Protocol):
    """The office's server as a tablet sees it."""

    def hang_up(self) -> None:
        """End the request under way, from another thread; there will be no other."""
        ...

    def hello(self) -> Hello:
        """Who answers."""
        ...

    def checkpoint(self) -> bytes:
        """The log's newest signed note."""
        ...

    def show_checkpoint(self, note: bytes) -> None:
        """Show the server a larger checkpoint of its own: it must be refilled before it goes on."""
        ...

    def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        """The proof that the log of size `first` is the beginning of that of size `second`."""
        ...

    def have(self, last_seq: int, hashes: Sequence[str]) -> Holdings:
        """What the server has and lacks; at most 500 hashes."""
        ...

    def send_entries(self, envelopes: Sequence[bytes], gaps: Sequence[Gap]) -> tuple[EntryResult, ...]:
        """Hand in envelopes, at most 50 or 1 MiB."""
        ...

    def send_blob(self, blob: BlobRef, source: BinaryIO, on_bytes: OnBytes) -> None:
        """Hand in one sealed file, continuing where an earlier attempt stopped."""
        ...

    def receipts(self, hashes: Sequence[str]) -> tuple[GivenReceipt, ...]:
        """Receipts for entries that are complete at the server; at most 200."""
        ...

    def feed(self, after: int) -> FeedPage:
        """The messages after number `after`."""
        ...
