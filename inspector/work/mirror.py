"""The console's mirror of the log: every leaf, in the log's order, and the tree that they must amount to.

* A page of leaves is kept only after it is shown to belong to the log that the checkpoint signs.
* A log that shrank was put back from a backup: it is filled up again from here, and an alarm says so before
  the first leaf goes out, because nobody may take back what a log has shown in silence. One that changed is a
  fork.
* What devices say they have seen of the log must be found in it: a server that shows two logs is found out.
* After leaves were lost that nobody had mirrored, entries that come again name the part that was lost. That
  is told by another alarm than a fork, until their device has shown the log as it went on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from inspector.domain.delivery import DELIVERY_TYPE, Delivery, LogHead
from inspector.errors import (
    FormatError,
    InspectorError,
    LogAbandonedError,
    LogForkedError,
    LogLostPartError,
    LogRefilledError,
    LogWithheldError,
    ProofInvalidError,
    RefusalError,
)
from inspector.trust import dsse
from inspector.trust.ledger import (
    Checkpoint,
    LogVerifier,
    Tree,
    leaf_hash,
    verify_checkpoint,
    verify_consistency,
)
from inspector.trust.strict_json import parse_object
from inspector.work.ports import Alarm

PAGE = 200
PAGE_BYTES = 1024 * 1024


class Leaves(Protocol):
    """A page of the log."""

    @property
    def entries(self) -> tuple[tuple[int, bytes], ...]:
        """Index and exact bytes of each leaf."""
        ...


class Desk(Protocol):
    """The office's server as the mirror sees it."""

    def checkpoint(self) -> bytes:
        """The log's newest signed note."""
        ...

    def show_checkpoint(self, note: bytes) -> None:
        """Show the server a larger checkpoint of its own."""
        ...

    def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        """The proof that the log of size `first` is the beginning of that of size `second`."""
        ...

    def log_entries(self, start: int, limit: int = PAGE) -> Leaves:
        """Leaves from index `start` on."""
        ...

    def refill(self, start: int, leaves: Sequence[bytes], *, is_last: bool) -> None:
        """Give leaves back, in the old order; `is_last`: nobody has more."""
        ...

    def is_waiting(self) -> bool:
        """Whether the server takes nothing new before it has leaves back that it knows it had."""
        ...


class Mirror(Protocol):
    """The console's copy of the log; what changes something returns once it is durable."""

    def tree(self) -> Tree:
        """A tree of all leaves held; the caller may let it grow."""
        ...

    def note(self) -> bytes:
        """The signed note of the largest checkpoint seen; empty before the first."""
        ...

    def leaves(self, start: int, limit: int) -> Sequence[bytes]:
        """Leaves held, from index `start` on."""
        ...

    def append(self, start: int, leaves: Sequence[bytes]) -> None:
        """Keep verified leaves behind those held."""
        ...

    def pin(self, note: bytes) -> None:
        """Keep the note of a verified checkpoint."""
        ...

    def keep_reset(self, head: LogHead) -> None:
        """The log goes on from `head`, because what stood behind it is lost; no device has gone on yet."""
        ...

    def lost_from(self) -> int | None:
        """The least size from which a part of the log was ever lost; None for never."""
        ...

    def goes_on(self, device: str) -> None:
        """The device has shown the log as it went on after the last loss."""
        ...

    def has_gone_on(self, device: str) -> bool:
        """Whether `goes_on` was said of it."""
        ...

    def raise_alarm(self, alarm: Alarm) -> None:
        """Keep an alarm; one with the same code and entry takes the place of the earlier."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorReport:
    """What one look at the log came to.

    Attributes:
        fetched: leaves that came in.
        size: leaves held now.
        refilled: leaves that the server had lost and got back.
        reset: where the log goes on after leaves were lost that nobody had mirrored; each device is to be
            told.
        alarms: raised now.
    """

    fetched: int
    size: int
    refilled: int = 0
    reset: LogHead | None = None
    alarms: tuple[Alarm, ...] = ()


def mirror(*, desk: Desk, copy: Mirror, log: LogVerifier, now_ms: int) -> MirrorReport:
    """Bring the copy up to the log, or the log up to the copy.

    Raises:
        AvailabilityError: the line broke; what was verified is kept.
        InspectorError: the server refused the console itself.
    """
    return _Look(desk, copy, log, now_ms).run()


class _Look:
    def __init__(self, desk: Desk, copy: Mirror, log: LogVerifier, now_ms: int) -> None:
        self._desk = desk
        self._copy = copy
        self._log = log
        self._now_ms = now_ms
        self._tree = copy.tree()
        self._alarms: list[Alarm] = []
        self._fetched = 0
        self._reset: LogHead | None = None
        self._refilled = 0

    def run(self) -> MirrorReport:
        """One look."""
        try:
            note = self._desk.checkpoint()
            head = verify_checkpoint(note, self._log.name, self._log.key, origin=self._log.name)
            if head.size < self._tree.size:
                self._give_back(head)
            else:
                self._catch_up(head)
                self._copy.pin(note)
                if self._desk.is_waiting():
                    self._give_up()
        except (LogForkedError, LogWithheldError) as error:
            self._alarm(error)
        return MirrorReport(
            fetched=self._fetched,
            size=self._tree.size,
            refilled=self._refilled,
            reset=self._reset,
            alarms=tuple(self._alarms),
        )

    def _catch_up(self, head: Checkpoint) -> None:
        self._must_continue(head)
        while self._tree.size < head.size:
            start = self._tree.size
            limit = min(PAGE, head.size - start)
            found = self._desk.log_entries(start, limit).entries
            leaves = [leaf for index, leaf in found[:limit] if start <= index]
            if not leaves:
                raise LogWithheldError(index=start)
            self._take(start, leaves, head)

    def _take(self, start: int, leaves: Sequence[bytes], head: Checkpoint) -> None:
        """Keep a page, once the log with it is shown to be a beginning of the signed one."""
        for leaf in leaves:
            self._tree.append(leaf_hash(leaf))
        self._must_continue(head)
        self._copy.append(start, leaves)
        self._fetched += len(leaves)
        for leaf in leaves:
            self._compare_seen(leaf)

    def _must_continue(self, head: Checkpoint) -> None:
        """Accept that what is held is the beginning of the log under `head`.

        Raises:
            LogForkedError: it is not, or the server does not prove it.
        """
        size = self._tree.size
        try:
            proof = self._desk.consistency(size, head.size) if 0 < size < head.size else ()
            verify_consistency(size, self._tree.root_at(size), head.size, head.root, proof)
        except (ProofInvalidError, RefusalError, FormatError) as error:
            raise LogForkedError(size=size) from error

    def _compare_seen(self, leaf: bytes) -> None:
        """Hold the checkpoint that a delivery says its device had seen against the log."""
        seen = _seen_by(leaf)
        if seen is None:
            return
        entry, device, head = seen
        lost = self._copy.lost_from()
        # A delivery cannot have seen itself: a larger log than the leaves before it is another log, too.
        known = self._tree.root_at(head.size).hex() if head.size <= self._tree.size else None
        if known == head.root:
            if lost is not None and head.size > lost:
                self._copy.goes_on(device)
        elif lost is not None and head.size > lost and not self._copy.has_gone_on(device):
            self._alarm(LogLostPartError(size=head.size))
        else:
            self._alarm(LogForkedError(size=head.size), entry)

    def _give_back(self, head: Checkpoint) -> None:
        """Refill a server that was put back from a backup."""
        known = self._tree.size
        if self._tree.root_at(head.size) != head.root:
            raise LogForkedError(size=head.size)
        self._alarm(LogRefilledError(shown=head.size, known=known, count=known - head.size))
        note = self._copy.note()
        if note:
            self._desk.show_checkpoint(note)
        reset = self._reset_here()
        start = head.size
        while start < self._tree.size:
            page = _page(self._copy.leaves(start, PAGE))
            after = start + len(page)
            self._desk.refill(start, page, is_last=after == self._tree.size)
            self._refilled += len(page)
            start = after
        self._reset = reset

    def _give_up(self) -> None:
        """Nobody has what the server waits for: it had shown it to a tablet, and never here."""
        self._alarm(LogAbandonedError(size=self._tree.size))
        reset = self._reset_here()
        self._desk.refill(self._tree.size, (), is_last=True)
        self._reset = reset

    def _reset_here(self) -> LogHead:
        """Where the log goes on, kept before the server is told."""
        head = LogHead(size=self._tree.size, root=self._tree.root_at(self._tree.size).hex())
        self._copy.keep_reset(head)
        return head

    def _alarm(self, error: InspectorError, entry: str | None = None) -> None:
        alarm = Alarm.of(error, self._now_ms, entry)
        self._alarms.append(alarm)
        self._copy.raise_alarm(alarm)


def _page(leaves: Sequence[bytes]) -> list[bytes]:
    """As many of `leaves` as one request carries; one at least."""
    page: list[bytes] = []
    size = 0
    for leaf in leaves:
        size += len(leaf)
        if page and size > PAGE_BYTES:
            break
        page.append(leaf)
    return page


def _seen_by(leaf: bytes) -> tuple[str, str, LogHead] | None:
    """Hash and device of a delivery and the checkpoint in it; None for what is none or cannot be read."""
    try:
        claimed = dsse.peek(leaf)
        if claimed.payload_type != DELIVERY_TYPE:
            return None
        delivery = Delivery.from_payload(parse_object(claimed.payload))
    except FormatError:
        return None
    name = sha256(leaf).hexdigest()
    return None if delivery.checkpoint is None else (name, delivery.device, delivery.checkpoint)
