"""Where each device's chain of deliveries stands, and whether one more fits.

* A number has one hash for ever: that of the entry held, or that of an entry which the device has set aside.
* A delivery names the hash before its own; what does not fit is kept out, whoever signed it.
* Nothing here reads a body or believes a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from inspector.domain.delivery import NO_PREVIOUS, Delivery
from inspector.errors import ChainBrokenError, EntryForkError, EntryGapError
from inspector.server.schema import entries, gaps

UNKNOWN = ""
"""The hash of a set-aside entry that the console had never seen either."""

MAX_GAP = 1000
"""How many numbers in a row one delivery may leave out."""


@dataclass(slots=True)
class Chain:
    """What is known of one device around the numbers at hand; it grows as deliveries are taken in.

    Attributes:
        top: the highest number held or set aside; 0 before the first.
        held: hashes of entries, by number.
        aside: hashes of entries that the device has set aside, by number.
        opened: gaps that deliveries of this batch have opened, to be stored.
    """

    device: str
    top: int = 0
    held: dict[int, str] = field(default_factory=dict)
    aside: dict[int, str] = field(default_factory=dict)
    opened: dict[int, str] = field(default_factory=dict)

    def holds(self, delivery: Delivery, sha256: str) -> bool:
        """Whether these very bytes are in the chain already."""
        return self.held.get(delivery.seq) == sha256

    def check(
        self, delivery: Delivery, sha256: str, declared: Mapping[int, str], *, trusted: bool = False
    ) -> None:
        """Accept a delivery that is not held as the next one, or as one that fits into a gap.

        Args:
            declared: hashes of what the device says it has set aside, by number.
            trusted: whether gaps need no declaration, because the log is refilled in its old order.

        Raises:
            EntryForkError: its number has another hash.
            EntryGapError: an undeclared number before it is missing.
            ChainBrokenError: it names another hash before its own.
        """
        seq = delivery.seq
        if seq in self.held or self.aside.get(seq, UNKNOWN) not in (UNKNOWN, sha256):
            raise EntryForkError(seq=seq)
        if seq <= self.top:
            if seq not in self.aside:
                raise EntryForkError(seq=seq)
            self._check_previous(delivery, {})
            return
        self._check_previous(delivery, self._skipped(delivery, declared, trusted))

    def take(
        self, delivery: Delivery, sha256: str, declared: Mapping[int, str], *, trusted: bool = False
    ) -> None:
        """Add a delivery that `check` has accepted."""
        if delivery.seq > self.top:
            skipped = self._skipped(delivery, declared, trusted)
            self.aside |= skipped
            self.opened |= skipped
        self.held[delivery.seq] = sha256
        self.aside.pop(delivery.seq, None)
        self.opened.pop(delivery.seq, None)
        self.top = max(self.top, delivery.seq)

    def _skipped(self, delivery: Delivery, declared: Mapping[int, str], trusted: bool) -> dict[int, str]:
        if delivery.seq - self.top - 1 > MAX_GAP:
            raise EntryGapError(expected=self.top + 1, seq=delivery.seq)
        missing = range(self.top + 1, delivery.seq)
        if trusted:
            return dict.fromkeys(missing, UNKNOWN) | ({missing[-1]: delivery.prev} if missing else {})
        for seq in missing:
            if seq not in declared:
                raise EntryGapError(expected=self.top + 1, seq=delivery.seq)
        return {seq: declared[seq] for seq in missing}

    def _check_previous(self, delivery: Delivery, skipped: Mapping[int, str]) -> None:
        before = delivery.seq - 1
        known = skipped.get(before) or self.held.get(before) or self.aside.get(before, UNKNOWN)
        previous = known if before else NO_PREVIOUS
        if previous not in (UNKNOWN, delivery.prev):
            raise ChainBrokenError(seq=delivery.seq, reason="与前一号不衔接")


def load(connection: Connection, tenant: str, deliveries: Iterable[Delivery]) -> dict[str, Chain]:
    """The chains of the devices of `deliveries`, with what is known about their numbers and those before."""
    wanted: dict[str, set[int]] = {}
    for delivery in deliveries:
        wanted.setdefault(delivery.device, set()).update((delivery.seq - 1, delivery.seq))
    return {device: _load(connection, tenant, device, sorted(seqs)) for device, seqs in wanted.items()}


def head(connection: Connection, tenant: str, device: str) -> tuple[int, str]:
    """The highest number held of a device and its hash."""
    query = (
        select(entries.c.seq, entries.c.sha256)
        .where(entries.c.tenant == tenant, entries.c.device == device)
        .order_by(entries.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return (0, NO_PREVIOUS) if row is None else (int(row[0]), str(row[1]))


def _load(connection: Connection, tenant: str, device: str, seqs: Sequence[int]) -> Chain:
    chain = Chain(device)
    for table, known in ((entries, chain.held), (gaps, chain.aside)):
        mine = (table.c.tenant == tenant) & (table.c.device == device)
        top = connection.execute(select(func.max(table.c.seq)).where(mine)).scalar_one_or_none()
        chain.top = max(chain.top, top or 0)
        rows = connection.execute(select(table.c.seq, table.c.sha256).where(mine, table.c.seq.in_(seqs)))
        known.update((seq, sha256) for seq, sha256 in rows)
    return chain
