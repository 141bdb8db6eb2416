"""What the tablet remembers beside its inspections: who it is, its chain, the office, what is to be sent.

* One encrypted journal. An envelope or sealed blob is a file beside it, durable before the journal names it.
* The chain lives here: `append` is the one durable write that makes an inspection sealed and a document
  issued, with whatever else has to be known of it from then on.
* Implements the ports of `inspector.work.seal` and `inspector.work.ports`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from inspector.domain.delivery import NO_PREVIOUS, BlobRef, Delivery, EntryKind, LogHead
from inspector.errors import BlobMissingError, IllegalMoveError
from inspector.store.files import REAL_FILES, Files, write_durably
from inspector.store.place import Place
from inspector.store.reserve import Reserve
from inspector.store.table import Database, open_database
from inspector.trust import dsse
from inspector.trust.ledger import GENESIS, ChainHead
from inspector.trust.strict_json import parse_object
from inspector.work.ports import (
    Alarm,
    EntryState,
    FeedPosition,
    OutboxEntry,
    Problem,
)
from inspector.work.seal import SealedEntry, Tables

JOURNAL, NAME = "device.journal", "device"
ENTRIES, SEALED, RECEIPTS, FEED, FACTS, ALARMS = "entries", "sealed", "receipts", "feed", "facts", "alarms"
PLACE = "place"
INLINE_MESSAGE = 64 * 1024
"""Bytes of an office message that the journal still holds itself: it is read in full at every unlock."""
Row = Mapping[str, object]


class DeviceMemory:
    """The tablet's own memory.

    Args:
        folder: the store's folder; made when missing.
        key: the device's data key.

    Raises:
        JournalDamagedError, StoreKeyWrongError, StoreUnavailableError: as `open_database`.
    """

    def __init__(
        self, folder: Path, key: bytes, *, files: Files = REAL_FILES, reserve: Reserve | None = None
    ) -> None:
        self._files = files
        self._envelopes, self._blobs = folder / "outbox", folder / "blobs"
        self._messages = folder / "feed"
        self._place = Place(folder, files)
        for each in (folder, self._envelopes, self._blobs):
            files.make_folder(each)
        self.database: Database = open_database(
            folder / JOURNAL, key, name=NAME, files=files, reserve=reserve
        )

    # --- The chain (inspector.work.seal.EntryBox) ---

    def head(self) -> ChainHead:
        """The end of the chain."""
        fact = self.fact("chain")
        if fact is None:
            return GENESIS
        return ChainHead(seq=cast("int", fact["seq"]), sha256=cast("str", fact["sha256"]))

    def checkpoint(self) -> LogHead | None:
        """The largest log head that was verified."""
        fact = self.fact("checkpoint")
        return LogHead.from_payload(fact) if fact else None

    def store_blob(self, sealed: bytes) -> BlobRef:
        """Keep a sealed file, durably, under its hash."""
        name = sha256(sealed).hexdigest()
        path = self._blobs / f"{name}.age"
        if self._files.size(path) != len(sealed):
            write_durably(self._files, path, sealed)
        return BlobRef(sha256=name, size=len(sealed))

    def append(self, entry: SealedEntry, beside: Tables) -> None:
        """Add an entry and change these rows, in one durable write; the envelope is on disk before it.

        Raises:
            IllegalMoveError: the entry does not continue the chain.
            StoreFullError, StoreUnavailableError, StoreChangedError: nothing was changed.
        """
        head = self.head()
        if (entry.delivery.seq, entry.delivery.prev) != (head.seq + 1, head.sha256):
            raise IllegalMoveError(reason="记录没有接在本机上一条记录之后")
        write_durably(self._files, self._envelopes / f"{entry.sha256}.json", entry.envelope)
        named = {"entry": entry.sha256, "inner_sha256": entry.inner_sha256}
        self.database.put_together(
            [
                (ENTRIES, entry.sha256, _row(entry)),
                (SEALED, entry.delivery.record, named),
                (FACTS, "chain", {"seq": entry.delivery.seq, "sha256": entry.sha256}),
                *_changes(beside),
            ]
        )

    def sealed_as(self, record: str) -> tuple[str, str] | None:
        """The entry and inner SHA-256 under which an inspection or notice was sealed; None for a draft."""
        row = self._document(SEALED, record)
        return (cast("str", row["entry"]), cast("str", row["inner_sha256"])) if row else None

    def entry_time(self, sha256: str) -> int:
        """When an entry was sealed, by the tablet's clock."""
        return cast("int", self._row_of(sha256)["at_ms"])

    def acknowledged_ms(self, sha256: str) -> int | None:
        """When the console's acknowledgement arrived."""
        return cast("int | None", self._row_of(sha256)["acknowledged_ms"])

    # --- What waits to be sent (inspector.work.ports.Outbox) ---

    def last_seq(self) -> int:
        """Number of the newest entry; 0 before the first."""
        return self.head().seq

    def entries(self) -> Sequence[OutboxEntry]:
        """All entries, in the order of `seq`."""
        return [_entry(name, row) for name, row in self._rows()]

    def kind_of(self, sha256: str) -> EntryKind:
        """What an entry is."""
        return EntryKind(cast("str", self._row_of(sha256)["kind"]))

    def envelope(self, sha256: str) -> bytes:
        """The exact bytes of an entry."""
        return self._files.read(self._envelopes / f"{sha256}.json")

    def delivery(self, sha256: str) -> Delivery:
        """What an entry's envelope says."""
        return Delivery.from_payload(parse_object(dsse.peek(self.envelope(sha256)).payload))

    def open_blob(self, sha256: str) -> BinaryIO:
        """A seekable reader of a sealed file.

        Raises:
            BlobMissingError: it is not there.
        """
        path = self._blobs / f"{sha256}.age"
        if self._files.size(path) is None:
            raise BlobMissingError(sha256=sha256[:12])
        return BytesIO(self._files.read(path))

    def mark_waiting(self, hashes: Sequence[str]) -> None:
        """The server lost these."""
        self._update(hashes, state=EntryState.WAITING.value, index=None, received_ms=None)

    def mark_sent(self, hashes: Sequence[str]) -> None:
        """The server says that it has these."""
        self._update(hashes, state=EntryState.SENT.value)

    def keep_receipt(self, sha256: str, receipt: bytes, *, index: int, at_ms: int) -> None:
        """A verified receipt."""
        row = {**self._row_of(sha256), "index": index, "received_ms": at_ms, "problem": None}
        if row["state"] != EntryState.ACKNOWLEDGED.value:
            row["state"] = EntryState.RECEIVED.value
        self.database.put_together(
            [(ENTRIES, sha256, row), (RECEIPTS, sha256, {"receipt": receipt.decode("utf-8")})]
        )

    def receipt(self, sha256: str) -> bytes | None:
        """The verified receipt of an entry."""
        document = self._document(RECEIPTS, sha256)
        return cast("str", document["receipt"]).encode("utf-8") if document else None

    def set_aside(self, sha256: str, problem: Problem) -> None:
        """Leave an entry out until a person has looked."""
        told = {"code": problem.code, "message": problem.message, "hint": problem.hint}
        self._update([sha256], state=EntryState.SET_ASIDE.value, problem=told)

    def acknowledge(self, sha256: str, *, at_ms: int) -> None:
        """The console holds this entry and its blobs."""
        self._update([sha256], state=EntryState.ACKNOWLEDGED.value, acknowledged_ms=at_ms)

    # --- The office's messages (inspector.work.ports.Inbox) ---

    def position(self) -> FeedPosition:
        """The last message that was applied."""
        fact = self.fact("feed")
        if fact is None:
            return FeedPosition(n=0, head=NO_PREVIOUS, at_ms=0)
        return FeedPosition(
            n=cast("int", fact["n"]), head=cast("str", fact["head"]), at_ms=cast("int", fact["at_ms"])
        )

    def keep(self, n: int, envelope: bytes) -> None:
        """Keep the exact bytes of message `n`, before it is applied; a long one in a file of its own."""
        kept = {"envelope": envelope.decode("utf-8")}
        if len(envelope) > INLINE_MESSAGE:
            self._files.make_folder(self._messages)
            write_durably(self._files, self._messages / f"{n}.json", envelope)
            kept = {"sha256": sha256(envelope).hexdigest()}
        self.database.put_together([(FEED, str(n), kept)])

    def advance(self, position: FeedPosition) -> None:
        """Message `position.n` is applied."""
        self.put_fact("feed", {"n": position.n, "head": position.head, "at_ms": position.at_ms})

    # --- What it holds the office to (inspector.work.ports.Pins) ---

    def statement(self) -> bytes:
        """The newest office statement; empty before enrolment."""
        fact = self.fact("statement")
        return cast("str", fact["envelope"]).encode("utf-8") if fact else b""

    def pin_statement(self, envelope: bytes) -> None:
        """A newer statement, verified."""
        self.put_fact("statement", {"envelope": envelope.decode("utf-8")})

    def checkpoint_note(self) -> bytes:
        """The signed note of that head; empty when the office itself set the head back."""
        fact = self.fact("checkpoint-note")
        return cast("str", fact["note"]).encode("utf-8") if fact else b""

    def pin_checkpoint(self, head: LogHead, note: bytes) -> None:
        """A log head that was verified to continue the last one, and the log's signature on it."""
        self.database.put_together(
            [
                (FACTS, "checkpoint", head.to_payload()),
                (FACTS, "checkpoint-note", {"note": note.decode("utf-8")}),
            ]
        )

    def raise_alarm(self, alarm: Alarm) -> None:
        """Keep an alarm; one with the same code and entry takes the place of the earlier."""
        document = {
            "code": alarm.code,
            "message": alarm.message,
            "hint": alarm.hint,
            "entry": alarm.entry,
            "at_ms": alarm.at_ms,
        }
        self.database.put_together([(ALARMS, f"{alarm.code}:{alarm.entry or ''}", document)])

    def alarms(self) -> tuple[Alarm, ...]:
        """Alarms that nobody has put away yet, oldest first."""
        alarms = [Alarm(**row) for _, row in self.database.keyed(ALARMS).pairs()]
        return tuple(sorted(alarms, key=lambda alarm: alarm.at_ms))

    def put_away(self, alarm: Alarm) -> None:
        """A person has seen the alarm."""
        self.database.put_together([(ALARMS, f"{alarm.code}:{alarm.entry or ''}", None)])

    # --- Single facts and keyed rows that the tablet's app keeps here ---

    def fact(self, name: str) -> Row | None:
        """One fact by its name."""
        return self._document(FACTS, name)

    def put_fact(self, name: str, fact: Row) -> None:
        """Keep one fact, durably."""
        self.database.put_together([(FACTS, name, fact)])

    def rows(self, table: str) -> Mapping[str, Row]:
        """A keyed table: documents by key."""
        return dict(self.database.keyed(table).pairs())

    def row(self, table: str, key: str) -> Row | None:
        """One document of a keyed table."""
        return self._document(table, key)

    def put_rows(self, table: str, rows: Mapping[str, Row | None]) -> None:
        """Set rows of a keyed table, or remove them with None, in one durable write."""
        self.database.put_together([(table, key, row) for key, row in rows.items()])

    def put_tables(self, tables: Tables) -> None:
        """As `put_rows`, of several tables in one durable write."""
        changes = _changes(tables)
        if changes:
            self.database.put_together(changes)

    def put_in_place(self, tables: Tables) -> None:
        """As `put_tables`; from this write on no older state of the store is `is_in_place`."""
        mark = self._place.make(self.fact(PLACE))
        self.put_tables({**tables, FACTS: {**tables.get(FACTS, {}), PLACE: mark}})
        self._place.keep_only(mark)

    @property
    def is_in_place(self) -> bool:
        """Whether this is the state that was last put in place here: neither an older one nor a copy."""
        return self._place.fits(self.fact(PLACE))

    def size_bytes(self) -> int:
        """Bytes of the envelopes and sealed files that lie here."""
        folders = (self._envelopes, self._blobs)
        return sum(
            self._files.size(folder / name) or 0 for folder in folders for name in self._files.names(folder)
        )

    @property
    def journal_bytes(self) -> int:
        """Bytes of the journal itself."""
        return self.database.storage.size

    def close(self) -> None:
        """Let go of the journal."""
        self.database.close()

    def _rows(self) -> Sequence[tuple[str, Row]]:
        return sorted(self.database.keyed(ENTRIES).pairs(), key=lambda pair: cast("int", pair[1]["seq"]))

    def _document(self, table: str, key: str) -> Row | None:
        return self.database.keyed(table).find(key)

    def _row_of(self, name: str) -> Row:
        row = self._document(ENTRIES, name)
        if row is None:
            raise BlobMissingError(sha256=name[:12])
        return row

    def _update(self, hashes: Sequence[str], **changes: object) -> None:
        self.database.put_together([(ENTRIES, name, {**self._row_of(name), **changes}) for name in hashes])


def _changes(tables: Tables) -> list[tuple[str, str, Row | None]]:
    return [(table, key, row) for table, rows in tables.items() for key, row in rows.items()]


def _row(entry: SealedEntry) -> Row:
    delivery = entry.delivery
    return {
        "seq": delivery.seq,
        "record": delivery.record,
        "kind": delivery.kind.value,
        "size": len(entry.envelope),
        "blobs": [blob.to_payload() for blob in delivery.blobs],
        "inner_sha256": entry.inner_sha256,
        "at_ms": delivery.at_ms,
        "state": EntryState.WAITING.value,
        "index": None,
        "received_ms": None,
        "acknowledged_ms": None,
        "problem": None,
    }


def _entry(name: str, row: Mapping[str, object]) -> OutboxEntry:
    problem = cast("Mapping[str, str] | None", row["problem"])
    return OutboxEntry(
        seq=cast("int", row["seq"]),
        sha256=name,
        size=cast("int", row["size"]),
        record=cast("str", row["record"]),
        blobs=tuple(BlobRef.from_payload(blob) for blob in cast("list[object]", row["blobs"])),
        state=EntryState(cast("str", row["state"])),
        index=cast("int | None", row["index"]),
        received_ms=cast("int | None", row["received_ms"]),
        problem=Problem(**problem) if problem else None,
    )
