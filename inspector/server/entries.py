"""How entries come in: each judged on its own, the good ones of a batch appended in one transaction.

* Signatures are checked before the archive is locked; numbers, chains and revocations while it is.
* An entry that is refused leaves an audit line; a fork, a broken chain or a late entry of a revoked key is
  kept aside as well, for the console to see.
* The result is returned after the commit, never before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, tuple_

from inspector.domain.delivery import BlobRef, Delivery, EntryStatus
from inspector.errors import (
    ChainBrokenError,
    EntryForeignError,
    EntryForkError,
    EntryQuarantinedError,
    InspectorError,
    LogConflictError,
)
from inspector.server import chains
from inspector.server.archive import Archive
from inspector.server.chains import Chain
from inspector.server.log import Log
from inspector.server.reading import Reader, Reading
from inspector.server.register import DeviceKey, Register
from inspector.server.schema import aside, blobs, entries, entry_blobs, gaps
from inspector.trust.certificates import Certificate, Revocation
from inspector.work.ports import EntryResult, Gap, Problem

_KEPT_ASIDE = (EntryForkError, EntryQuarantinedError, ChainBrokenError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one envelope; `error` says why it was not taken."""

    sha256: str
    status: EntryStatus
    missing: tuple[str, ...] = ()
    error: InspectorError | None = None

    def result(self) -> EntryResult:
        """The same as it goes over the wire."""
        problem = None if self.error is None else Problem.of(self.error)
        return EntryResult(sha256=self.sha256, status=self.status, missing=self.missing, problem=problem)


class Entries:
    """The door for entries of one archive."""

    def __init__(self, archive: Archive, log: Log, register: Register) -> None:
        self._archive = archive
        self._log = log
        self._register = register
        self._reader = Reader(archive.tenant, register)

    def receive(
        self, device: str | None, envelopes: Sequence[bytes], declared: Sequence[Gap], now_ms: int
    ) -> tuple[Outcome, ...]:
        """Take in a batch; one outcome for each envelope, in the order given.

        Args:
            device: whose request it is; None for the console, which may also hand in what others have signed.
            declared: what the device has set aside.

        Raises:
            OfficeNotAdoptedError: nobody is known yet.
            LogBehindError: the log has to be refilled first.
            OfficeBusyError: nothing was stored.
        """
        with self._archive.read() as connection:
            readings = self._reader.read(connection, envelopes, device)
        with self._archive.write() as connection:
            self._log.check_whole(connection)
            batch = _Batch(connection, self._archive.tenant, self._log, self._register, now_ms)
            batch.declared = {gap.seq: gap.sha256 for gap in declared}
            return batch.run(readings)

    def refill(self, start: int, envelopes: Sequence[bytes], *, is_last: bool, now_ms: int) -> int:
        """Put back a stretch of the log, all of it or nothing; gives the log's size afterwards.

        Args:
            start: the log's size.
            envelopes: the next leaves in their old order.
            is_last: whether nobody has any more of them.

        Raises:
            LogConflictError: the log has another size, holds one of them, or comes to another root than it
                had.
            TrustError, FormatError, RefusalError: one of them is none that the log can have held.
        """
        with self._archive.read() as connection:
            readings = self._reader.read(connection, envelopes, None, is_refill=True)
        with self._archive.write() as connection:
            if self._log.size(connection) != start:
                raise LogConflictError(size=self._log.size(connection))
            batch = _Batch(connection, self._archive.tenant, self._log, self._register, now_ms)
            batch.trusted = True
            for outcome in batch.run(readings):
                if outcome.error is not None:
                    raise outcome.error
                if outcome.status is EntryStatus.DUPLICATE:
                    raise LogConflictError(size=start)
            self._log.check_refilled(connection)
            if is_last:
                self._log.give_up(connection)
            return self._log.size(connection)


class _Batch:
    """One writing transaction's worth of entries."""

    def __init__(
        self, connection: Connection, tenant: str, log: Log, register: Register, now_ms: int
    ) -> None:
        self._connection = connection
        self._tenant = tenant
        self._log = log
        self._register = register
        self._now_ms = now_ms
        self.declared: Mapping[int, str] = {}
        self.trusted = False
        self._taken: list[Reading] = []
        self._chains: dict[str, Chain] = {}
        self._known: Mapping[str, int] = {}
        self._keys: Mapping[str, DeviceKey] = {}
        self._start = 0

    def run(self, readings: Sequence[Reading]) -> tuple[Outcome, ...]:
        """Judge all, store the good ones, give the outcomes in the order of `readings`."""
        self._start = self._log.size(self._connection)
        deliveries = [each.item for each in readings if isinstance(each.item, Delivery)]
        self._chains = chains.load(self._connection, self._tenant, deliveries)
        self._known = self._log.positions(self._connection, [each.sha256 for each in readings])
        self._load_keys(readings)
        held = self._held({blob for delivery in deliveries for blob in delivery.blobs})
        outcomes: dict[int, Outcome] = {}
        for place in range(len(readings)) if self.trusted else _order(readings):
            outcomes[place] = self._judge(readings[place], held)
            if isinstance(readings[place].item, Certificate | Revocation):
                self._load_keys(readings)
        self._store(held)
        return tuple(outcomes[place] for place in range(len(readings)))

    def _load_keys(self, readings: Sequence[Reading]) -> None:
        # Read again under the lock: another process may have taken in a revocation since.
        named = {reading.key_id for reading in readings}
        self._keys = self._register.device_keys(self._connection, named)

    def _judge(self, reading: Reading, held: frozenset[BlobRef]) -> Outcome:
        if reading.error is not None:
            return Outcome(sha256=reading.sha256, status=EntryStatus.REJECTED, error=reading.error)
        try:
            is_new = self._take(reading)
        except InspectorError as error:
            if isinstance(error, _KEPT_ASIDE):
                self._keep_aside(reading, error.code)
            is_fork = isinstance(error, EntryForkError)
            status = EntryStatus.FORK if is_fork else EntryStatus.REJECTED
            return Outcome(sha256=reading.sha256, status=status, error=error)
        missing = tuple(blob.sha256 for blob in reading.blobs if blob not in held)
        if not is_new:
            return Outcome(sha256=reading.sha256, status=EntryStatus.DUPLICATE, missing=missing)
        status = EntryStatus.AWAITING_BLOBS if missing else EntryStatus.ACCEPTED
        return Outcome(sha256=reading.sha256, status=status, missing=missing)

    def _take(self, reading: Reading) -> bool:
        """Whether the entry is new; it is then among those to be stored."""
        if reading.sha256 in self._known or any(taken.sha256 == reading.sha256 for taken in self._taken):
            return False
        position = self._start + len(self._taken)
        match reading.item:
            case Delivery() as delivery:
                self._take_delivery(delivery, reading)
            case Certificate() as certificate:
                self._register.certify(self._connection, certificate, position)
            case Revocation() as revocation:
                self._register.revoke(self._connection, revocation, position)
        self._taken.append(reading)
        return True

    def _take_delivery(self, delivery: Delivery, reading: Reading) -> None:
        known = self._keys.get(reading.key_id)
        if known is None or known.device != delivery.device:
            raise EntryForeignError()
        if known.limit is not None and not known.limit.admits(delivery.seq, reading.sha256):
            raise EntryQuarantinedError(seq=delivery.seq)
        chain = self._chains[delivery.device]
        chain.check(delivery, reading.sha256, self.declared, trusted=self.trusted)
        chain.take(delivery, reading.sha256, self.declared, trusted=self.trusted)

    def _store(self, held: frozenset[BlobRef]) -> None:
        positions = self._log.append(self._connection, [reading.raw for reading in self._taken])
        rows, files = [], []
        for position, reading in zip(positions, self._taken, strict=True):
            if not isinstance(reading.item, Delivery):
                continue
            row = _row(self._tenant, reading.item, reading, position, self._now_ms)
            rows.append(row | {"missing": sum(blob not in held for blob in reading.blobs)})
            files += _files(self._tenant, reading.item, reading)
        if rows:
            self._connection.execute(insert(entries), rows)
        if files:
            self._connection.execute(insert(entry_blobs), files)
        self._store_gaps()

    def _store_gaps(self) -> None:
        filled = [
            (reading.item.device, reading.item.seq)
            for reading in self._taken
            if isinstance(reading.item, Delivery)
        ]
        if filled:
            self._connection.execute(
                delete(gaps).where(
                    gaps.c.tenant == self._tenant, tuple_(gaps.c.device, gaps.c.seq).in_(filled)
                )
            )
        opened = [
            {"tenant": self._tenant, "device": chain.device, "seq": seq, "sha256": digest}
            for chain in self._chains.values()
            for seq, digest in chain.opened.items()
        ]
        if opened:
            self._connection.execute(insert(gaps), opened)

    def _held(self, wanted: set[BlobRef]) -> frozenset[BlobRef]:
        query = select(blobs.c.sha256, blobs.c.size).where(
            blobs.c.tenant == self._tenant, blobs.c.sha256.in_([blob.sha256 for blob in wanted])
        )
        return frozenset(
            BlobRef(sha256=digest, size=size) for digest, size in self._connection.execute(query)
        )

    def _keep_aside(self, reading: Reading, reason: str) -> None:
        mine = aside.c.tenant == self._tenant
        known = select(aside.c.number).where(mine, aside.c.sha256 == reading.sha256)
        if not isinstance(reading.item, Delivery) or self._connection.execute(known).first() is not None:
            return
        last = self._connection.execute(select(func.max(aside.c.number)).where(mine)).scalar_one_or_none()
        self._connection.execute(
            insert(aside).values(
                tenant=self._tenant,
                number=(last or 0) + 1,
                sha256=reading.sha256,
                reason=reason,
                device=reading.item.device,
                seq=reading.item.seq,
                content=reading.raw,
                received_ms=self._now_ms,
            )
        )


def _order(readings: Sequence[Reading]) -> list[int]:
    """Certificates and revocations as they came, then deliveries by number, in whatever order they came."""

    def rank(place: int) -> tuple[bool, int]:
        item = readings[place].item
        return (True, item.seq) if isinstance(item, Delivery) else (False, 0)

    return sorted(range(len(readings)), key=rank)


def _row(tenant: str, delivery: Delivery, reading: Reading, position: int, now_ms: int) -> dict[str, object]:
    return {
        "tenant": tenant,
        "device": delivery.device,
        "seq": delivery.seq,
        "sha256": reading.sha256,
        "position": position,
        "record": delivery.record,
        "kind": delivery.kind.value,
        "key_id": reading.key_id,
        "received_ms": now_ms,
    }


def _files(tenant: str, delivery: Delivery, reading: Reading) -> list[dict[str, object]]:
    return [
        {
            "tenant": tenant,
            "entry": reading.sha256,
            "sha256": blob.sha256,
            "device": delivery.device,
            "size": blob.size,
        }
        for blob in delivery.blobs
    ]
