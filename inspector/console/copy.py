"""The console's copy of the log and of its sealed files: what a lost server is refilled from."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from inspector.console.database import DeskDatabase
from inspector.domain.delivery import DELIVERY_TYPE, BlobRef, Delivery, LogHead
from inspector.errors import FormatError
from inspector.store.files import REAL_FILES, write_durably
from inspector.trust import dsse
from inspector.trust.certificates import CERTIFICATE_TYPE, REVOCATION_TYPE
from inspector.trust.ledger import Tree, leaf_hash
from inspector.trust.strict_json import parse_object
from inspector.work.ports import Alarm

DELIVERY, CERTIFICATE, REVOCATION, OTHER = "delivery", "certificate", "revocation", "other"
_RESET, _FILES_DUE = "log reset", "files due"
_KINDS = {DELIVERY_TYPE: DELIVERY, CERTIFICATE_TYPE: CERTIFICATE, REVOCATION_TYPE: REVOCATION}


class DeskCopy:
    """The log's leaves in the database, sealed files in a folder; the port of `inspector.work.mirror`.

    Args:
        blobs: the folder of sealed files; made when missing.
    """

    def __init__(self, database: DeskDatabase, blobs: Path) -> None:
        self._database, self._blobs = database, blobs
        REAL_FILES.make_folder(blobs)
        self._tree = Tree()
        for row in database.rows("SELECT bytes FROM leaves ORDER BY idx"):
            self._tree.append(leaf_hash(row["bytes"]))

    def tree(self) -> Tree:
        """A tree of all leaves held; the caller may let it grow."""
        return Tree(self._tree.leaf(index) for index in range(self._tree.size))

    def root_at(self, size: int) -> str | None:
        """The root at a size, as far as leaves are held."""
        return self._tree.root_at(size).hex() if size <= self._tree.size else None

    def note(self) -> bytes:
        """The signed note of the largest checkpoint seen; empty before the first."""
        return str(self._database.fact("checkpoint") or "").encode("utf-8")

    def leaves(self, start: int, limit: int) -> Sequence[bytes]:
        """Leaves held, from index `start` on."""
        rows = self._database.rows(
            "SELECT bytes FROM leaves WHERE idx >= ? ORDER BY idx LIMIT ?", start, limit
        )
        return [row["bytes"] for row in rows]

    def append(self, start: int, leaves: Sequence[bytes]) -> None:
        """Keep verified leaves behind those held."""
        with self._database.at_once():
            for index, leaf in enumerate(leaves, start):
                name = sha256(leaf).hexdigest()
                row = {"idx": index, "sha256": name, "kind": _kind(leaf), "bytes": leaf, "taken": 0}
                self._database.put("leaves", row)
        for leaf in leaves:
            self._tree.append(leaf_hash(leaf))

    def pin(self, note: bytes) -> None:
        """Keep the note of a verified checkpoint."""
        self._database.put_fact("checkpoint", note.decode("utf-8"))

    # --- After a loss ---

    def keep_reset(self, head: LogHead) -> None:
        """The log goes on from `head`; the tablets are still to be told, and none has shown more of it.

        A server that lost leaves may lack files as well, even of leaves that it kept: an upload can have been
        under way when the backup was made. So the files of all leaves are due.
        """
        before = self.lost_from()
        least = head.size if before is None else min(before, head.size)
        with self._database.at_once():
            self._database.put_fact(_RESET, {"from": least, "untold": head.to_payload(), "gone_on": []})
            self._database.put_fact(_FILES_DUE, 0)

    def lost_from(self) -> int | None:
        """The least size from which a part of the log was ever lost; None for never."""
        fact = self._database.fact(_RESET)
        return int(fact["from"]) if fact else None

    def goes_on(self, device: str) -> None:
        """The device has shown the log as it went on after the last loss."""
        if not self.has_gone_on(device):
            fact = self._database.fact(_RESET) or {}
            self._database.put_fact(_RESET, {**fact, "gone_on": [*fact.get("gone_on", ()), device]})

    def has_gone_on(self, device: str) -> bool:
        """Whether `goes_on` was said of it."""
        return device in (self._database.fact(_RESET) or {}).get("gone_on", ())

    def untold_reset(self) -> LogHead | None:
        """Where the log goes on, as long as the tablets have not been told."""
        fact = self._database.fact(_RESET)
        return LogHead.from_payload(fact["untold"]) if fact and fact["untold"] else None

    def told_reset(self) -> None:
        """The tablets have been told."""
        self._database.put_fact(_RESET, {**self._database.fact(_RESET), "untold": None})

    def files_due(self) -> int | None:
        """Index of the leaf from which on the server may lack sealed files; None when it has all."""
        due = self._database.fact(_FILES_DUE)
        return None if due is None else int(due)

    def files_given(self, until: int | None) -> None:
        """The server has the files of all leaves before `until`; None: of all."""
        self._database.put_fact(_FILES_DUE, until)

    def files_of(self, start: int, most: int) -> tuple[tuple[int, tuple[BlobRef, ...]], ...]:
        """The next deliveries from index `start` on: each one's index and its sealed files."""
        rows = self._database.rows(
            "SELECT idx, bytes FROM leaves WHERE kind = ? AND idx >= ? ORDER BY idx LIMIT ?",
            DELIVERY,
            start,
            most,
        )
        return tuple((row["idx"], _files(row["bytes"])) for row in rows)

    # --- Alarms ---

    def raise_alarm(self, alarm: Alarm) -> None:
        """Keep an alarm; one with the same code and entry takes the place of the earlier."""
        row = {
            "code": alarm.code,
            "entry": alarm.entry or "",
            "message": alarm.message,
            "hint": alarm.hint,
            "at_ms": alarm.at_ms,
            "seen": 0,
        }
        self._database.put("alarms", row)

    # --- Sealed files ---

    def has_blob(self, name: str) -> bool:
        """Whether a sealed file is held."""
        return REAL_FILES.size(self._path(name)) is not None

    def blob(self, name: str) -> bytes | None:
        """A sealed file; None when it is not held."""
        return REAL_FILES.read(self._path(name)) if self.has_blob(name) else None

    def keep_blob(self, name: str, data: bytes) -> None:
        """Keep a sealed file, durably."""
        write_durably(REAL_FILES, self._path(name), data)

    def _path(self, name: str) -> Path:
        return self._blobs / f"{name}.age"


def _files(leaf: bytes) -> tuple[BlobRef, ...]:
    return Delivery.from_payload(parse_object(dsse.peek(leaf).payload)).blobs


def _kind(leaf: bytes) -> str:
    try:
        return _KINDS.get(dsse.peek(leaf).payload_type, OTHER)
    except FormatError:
        return OTHER
