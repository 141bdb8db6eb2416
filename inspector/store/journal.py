"""The encrypted journal under TinyDB: an ordinary `tinydb.Storage` that appends what changed.

    TinyDB(path, storage=SealedStorage, key=key)         behaves as TinyDB does

* A write is one append and one sync; memory follows only when both succeeded.
* After any failed write or sync the file is left alone: the next write makes a new one from memory (create,
  sync, rename, sync of the folder), under a new key. Nothing is truncated, no nonce is used twice.
* Every opening starts a segment of its own: bytes that an earlier run wrote and lost may be known to others.
* A damaged journal is not opened: `recover` reads what verifies and keeps the original under another name.

The format is described in `docs/formats/journal.md`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

from inspector.errors import JournalDamagedError, StoreChangedError, StoreFullError, StoreShortError
from inspector.store.damage import Damage
from inspector.store.files import REAL_FILES, Appending, Files, write_draft, write_durably
from inspector.store.replay import Head, replay
from inspector.store.reserve import Reserve
from inspector.store.state import MAX_NAMES, Change, State, difference, to_body, to_names
from inspector.trust.frames import NO_LINK, Sealer

DEFAULT_NAME = "journal"
COMPACT_ABOVE = 256 << 10
"""Journals below this size, in bytes, are not worth compacting."""
COMPACT_FACTOR = 4
"""A journal is compacted when it is so many times larger than what it holds."""

_NO_NAMES = to_names(())
_CHUNK = 4 << 10  # of a snapshot, so that one flipped bit costs one chunk and not the state


class SealedStorage(Storage):
    """An encrypted, append-only storage for TinyDB.

    Args:
        path: the journal's file; made if it is not there.
        key: 32 bytes.
        name: what the journal is, bound into its keys: a journal put in another one's place does not open.
        files: the file layer.
        reserve: space to fall back on when the disk is full.
        create_dirs: make missing parent folders, as `tinydb.JSONStorage` does.
        compact_above: bytes below which the journal is never compacted.

    Attributes:
        warning: set when a save needed the reserve: it is saved, but space is short.
        torn: bytes of an unfinished last write that a power cut left, found when opening.

    Raises:
        JournalDamagedError: its fact `damage` is the `Damage`; see `recover`.
        StoreKeyWrongError: the key or the name is another.
        StoreTooNewError: a later version wrote it.
        StoreFullError, StoreUnavailableError: the disk.
        ValueError: the key has not 32 bytes.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        key: bytes,
        name: str = DEFAULT_NAME,
        files: Files = REAL_FILES,
        reserve: Reserve | None = None,
        create_dirs: bool = False,
        compact_above: int = COMPACT_ABOVE,
    ) -> None:
        super().__init__()
        self.lock = threading.RLock()
        self.warning: StoreShortError | None = None
        self._path, self._key, self._name, self._files = Path(path), key, name, files
        self._reserve = reserve
        self._state, self._names, self.torn = State(), _NO_NAMES, 0
        self._salt, self._sequence, self._tag = b"", 0, NO_LINK
        self._handle: Appending | None = None
        self._sealer: Sealer | None = None
        self._closed = self._abandoned = False
        self._size = 0
        self._compact_floor = self._compact_above = compact_above
        if create_dirs:
            files.make_folder(self._path.parent)
        if files.size(self._path) is None:
            self._rewrite(self._state)
        else:
            self._load()

    def _load(self) -> None:
        raw = self._files.read(self._path)
        found = replay(raw, self._key, self._name)
        if found.damage is not None:
            raise JournalDamagedError(damage=found.damage)
        self._state, self._names, self.torn = found.state, to_names(found.names), found.torn
        self._salt, self._sequence, self._tag = found.head.segment, found.head.sequence, found.head.tag
        self._size = len(raw)
        self._abandoned = found.torn > 0 or not raw
        # What an earlier run wrote may never have been synced, and is about to be shown as saved.
        self._handle = self._files.append(self._path)
        self._handle.sync()
        self._files.sync_folder(self._path.parent)

    @property
    def path(self) -> Path:
        """The journal's file."""
        return self._path

    @property
    def head(self) -> Head:
        """Where the journal stands. Compare it with one seen earlier to notice an older copy put back."""
        return Head(segment=self._salt, sequence=self._sequence, tag=self._tag)

    @property
    def size(self) -> int:
        """Bytes of the journal's file."""
        return self._size

    def read(self) -> dict[str, Any] | None:
        """The whole state, as copies; None before the first write.

        Raises:
            ValueError: the storage is closed.
        """
        with self.lock:
            self._check_open()
            return self._state.copy()

    def write(self, data: Mapping[Any, Any]) -> None:
        """Make `data` the state: append what differs, durably. What is equal already costs nothing.

        Raises:
            TypeError, ValueError: JSON has no form for a value, or the storage is closed; nothing changed.
            StoreFullError, StoreUnavailableError, StoreChangedError: nothing changed in memory.
        """
        with self.lock:
            self._check_open()
            self.commit(difference(self._state, data))

    def tables(self) -> Mapping[str, Mapping[str, bytes] | bytes]:
        """The live state, JSON bytes by document by table: for reading only, under `lock`."""
        self._check_open()
        return self._state.tables or {}

    def documents(self, table: str) -> Mapping[str, bytes] | None:
        """The live documents of a table as JSON bytes, for reading only; None when there is no such table."""
        self._check_open()
        entry = None if self._state.tables is None else self._state.tables.get(table)
        return entry if isinstance(entry, dict) else None

    def commit(self, changes: Sequence[Change]) -> None:
        """Append these changes, durably, as one: all of them or none are there after a power cut.

        Raises:
            ValueError: a name is too long, the changes exceed 64 MiB, or the storage is closed.
            StoreFullError, StoreUnavailableError, StoreChangedError: nothing changed in memory.
        """
        with self.lock:
            self._check_open()
            # After a failed write the disk may hold what memory does not: saving nothing new is a write then.
            if not changes and self._state.tables is not None and not self._abandoned:
                return
            try:
                self._write(changes)
            except StoreFullError:
                if self._reserve is None or not self._reserve.release():
                    raise
                self._write(changes)
                self.warning = StoreShortError()

    def close(self) -> None:
        """Give the file back; everything is on the disk already."""
        with self.lock:
            self._closed = True
            self._leave_file()

    def _check_open(self) -> None:
        if self._closed:
            raise ValueError("the storage is closed")

    def _write(self, changes: Sequence[Change]) -> None:
        if self._abandoned:
            self._rewrite(self._state.successor(changes))
        elif self._size > self._compact_above and self._size > COMPACT_FACTOR * self._state.live:
            self._compact(changes)
        else:
            self._append(changes)

    def _compact(self, changes: Sequence[Change]) -> None:
        if self._handle is not None and not self._handle.is_intact(self._size):
            raise StoreChangedError
        try:
            self._rewrite(self._state.successor(changes))
        except StoreFullError:
            if self._abandoned:
                raise
            # There is no room for a second file, but there may be for one frame more.
            self._compact_above = 2 * self._size
            self._append(changes)

    def _append(self, changes: Sequence[Change]) -> None:
        handle = self._handle = self._handle or self._files.append(self._path)
        if not handle.is_intact(self._size):
            raise StoreChangedError
        sealer, data = self._sealer, b""
        if sealer is None:
            sealer = Sealer(self._key, self._name, first=self._sequence + 1, link=self._tag)
            data = sealer.header
        body, names = to_body(self._names, changes)
        data += sealer.seal(body)
        self._abandoned = True  # until it is known to be durable, whatever happens in between
        handle.write(data)
        handle.sync()
        self._abandoned = False
        self._size += len(data)
        self._state.apply(changes)
        self._advance(sealer, names)

    def _rewrite(self, state: State) -> None:
        """Write a new file that holds just `state`, and put it in the place of the old one."""
        sealer, data, names = _snapshot(self._key, self._name, state, self.head)
        draft = self._path.with_name(self._path.name + ".new")
        write_draft(self._files, draft, data)
        self._leave_file()
        self._abandoned = True
        self._files.rename(draft, self._path)
        self._files.sync_folder(self._path.parent)
        self._abandoned = False
        self._size, self._compact_above = len(data), self._compact_floor
        self._state = state
        self._advance(sealer, names)

    def _advance(self, sealer: Sealer, names: bytes) -> None:
        self._sealer, self._names = sealer, names
        self._salt, self._sequence, self._tag = sealer.salt, sealer.sequence, sealer.tag

    def _leave_file(self) -> None:
        if self._handle is not None:
            self._handle.close()
        self._handle = self._sealer = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What `recover` found.

    Attributes:
        state: what the journal holds now, as `SealedStorage.read` returns it.
        damage: what was wrong; None if nothing was, and nothing was changed then.
        quarantine: where the original bytes are kept.
    """

    state: dict[str, Any] | None
    damage: Damage | None
    quarantine: Path | None


def recover(
    path: str | PathLike[str], key: bytes, *, name: str = DEFAULT_NAME, files: Files = REAL_FILES
) -> Recovery:
    """Make a damaged journal usable again with all that verifies; its bytes are kept beside it first.

    A power cut at any moment leaves the damaged journal, or the recovered one and the kept original.

    Raises:
        StoreKeyWrongError: the key or the name is another; nothing was changed.
        StoreTooNewError: a later version wrote it.
        StoreFullError, StoreUnavailableError: the disk; the damaged journal is as it was.
        ValueError: the key has not 32 bytes.
    """
    path = Path(path)
    raw = files.read(path)
    found = replay(raw, key, name)
    if found.damage is None:
        return Recovery(state=found.state.copy(), damage=None, quarantine=None)
    found.state.apply(())  # something was there, even if none of it can be read
    quarantine = _free_name(files, path)
    write_durably(files, quarantine, raw)
    _, data, _ = _snapshot(key, name, found.state, found.head)
    write_durably(files, path, data)
    return Recovery(state=found.state.copy(), damage=found.damage, quarantine=quarantine)


def _free_name(files: Files, path: Path) -> Path:
    taken = set(files.names(path.parent))
    number = 1
    while (name := f"{path.name}.damaged-{number}") in taken:
        number += 1
    return path.with_name(name)


def _snapshot(key: bytes, name: str, state: State, head: Head) -> tuple[Sealer, bytes, bytes]:
    """The bytes of a journal that holds just `state`, its sealer, and the names of its last frame."""
    chunks = list(_chunks(state.changes())) if state.tables is not None else []
    if state.tables == {}:
        chunks = [()]
    sealer = Sealer(key, name, first=head.sequence + 1, link=head.tag, snapshot=len(chunks))
    parts, names = [sealer.header], _NO_NAMES
    for chunk in chunks:
        body, names = to_body(names, chunk)
        parts.append(sealer.seal(body))
    return sealer, b"".join(parts), names


def _chunks(changes: Sequence[Change]) -> Iterator[tuple[Change, ...]]:
    chunk: list[Change] = []
    size = 0
    for change in changes:
        if chunk and (len(chunk) == MAX_NAMES or size + len(change.text) > _CHUNK):
            yield tuple(chunk)
            chunk, size = [], 0
        chunk.append(change)
        size += len(change.text)
    if chunk:
        yield tuple(chunk)
