"""A disk in memory that forgets what was not synced, fills up, fails, and dies between two system calls.

* Data that was written but not synced reaches the disk in any subset of 512-byte sectors, in any order, with
  the file's size anywhere from the old to the new one and zeros in the holes.
* Names that were made, renamed or removed but whose folder was not synced are there or not, each for itself.
* After a failed sync the data may be on the disk or not, and no later sync changes that.
* A file keeps its identity over a power cut; a copy of it has another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, pairwise, product
from pathlib import Path
from random import Random

from inspector.errors import StoreFullError, StoreUnavailableError

SECTOR = 512
Image = dict[Path, bytes]
_identities = count(1)


class Found(bytes):
    """A file's content as it is found after a power cut, still the same file."""

    identity: int


def copied(image: Image) -> Image:
    """The same files, copied: none is the file that it was."""
    return {path: bytes(data) for path, data in image.items()}


def _found(inode: Inode, data: bytes) -> bytes:
    found = Found(data)
    found.identity = inode.identity
    return found


class Died(BaseException):
    """The power is gone; whoever is running stops here."""


@dataclass(eq=False)
class Inode:
    durable: bytes = b""
    content: bytes = b""
    limbo: bytes = b""  # content at the last failed sync: no later sync makes it durable
    writes: list[bytes] = field(default_factory=list)
    identity: int = field(default_factory=lambda: next(_identities))

    def pending(self) -> list[tuple[int, int]]:
        """Unsynced sectors, as (start, end) in the file."""
        start = len(self.durable)
        cuts = [start, *range(start - start % SECTOR + SECTOR, len(self.content), SECTOR), len(self.content)]
        return [(a, b) for a, b in pairwise(cuts) if a < b]

    def crashed(self, reached: tuple[bool, ...], *, full_size: bool) -> bytes:
        """The content after a power cut when only these sectors reached the disk."""
        data = bytearray(self.durable)
        for (start, end), there in zip(self.pending(), reached, strict=True):
            if there:
                data.extend(bytes(start - len(data)))
                data[start:end] = self.content[start:end]
        if full_size:
            data.extend(bytes(len(self.content) - len(data)))
        return bytes(data)


class Disk:
    """Implements `inspector.store.files.Files`.

    Args:
        image: what is on it.
        die_at: the call (counted from 1) before which the power goes.
        fail_at: calls that fail, with their error; a failing write writes half.
        capacity: bytes of all files together.
        syncs_files, syncs_folders: False takes that defence away.
    """

    def __init__(
        self,
        image: Image | None = None,
        *,
        die_at: int = 0,
        fail_at: dict[int, type[Exception]] | None = None,
        capacity: int | None = None,
        syncs_files: bool = True,
        syncs_folders: bool = True,
    ) -> None:
        self.inodes = {path: Inode(bytes(data), bytes(data)) for path, data in (image or {}).items()}
        for path, data in (image or {}).items():
            if isinstance(data, Found):
                self.inodes[path].identity = data.identity
        self.all_inodes = list(self.inodes.values())
        self.durable_names = dict(self.inodes)
        self.pending_names: list[dict[Path, Inode | None]] = []
        self.calls = 0
        self.die_at, self.fail_at, self.capacity = die_at, fail_at or {}, capacity
        self.syncs_files, self.syncs_folders = syncs_files, syncs_folders

    def call(self) -> None:
        self.calls += 1
        if self.die_at and self.calls >= self.die_at:
            raise Died
        error = self.fail_at.get(self.calls)
        if error is not None:
            raise error() if error is StoreFullError else error(reason="模拟故障")

    def used(self) -> int:
        return sum(len(inode.content) for inode in set(self.inodes.values()))

    # --- the port

    def create(self, path: Path) -> Handle:
        self.call()
        if path in self.inodes:
            raise StoreUnavailableError(reason="文件已存在")
        inode = self.inodes[path] = Inode()
        self.all_inodes.append(inode)
        self.pending_names.append({path: inode})
        return Handle(self, path, inode)

    def append(self, path: Path) -> Handle:
        self.call()
        return Handle(self, path, self.inodes[path])

    def read(self, path: Path) -> bytes:
        self.call()
        if path not in self.inodes:
            raise StoreUnavailableError(reason="文件不存在")
        return self.inodes[path].content

    def size(self, path: Path) -> int | None:
        return len(self.inodes[path].content) if path in self.inodes else None

    def identity(self, path: Path) -> str | None:
        return str(self.inodes[path].identity) if path in self.inodes else None

    def names(self, folder: Path) -> tuple[str, ...]:
        return tuple(sorted(path.name for path in self.inodes if path.parent == folder))

    def rename(self, source: Path, target: Path) -> None:
        self.call()
        inode = self.inodes[target] = self.inodes.pop(source)
        self.pending_names.append({source: None, target: inode})

    def remove(self, path: Path) -> None:
        self.call()
        if self.inodes.pop(path, None) is not None:
            self.pending_names.append({path: None})

    def make_folder(self, folder: Path) -> None:
        self.call()

    def sync_folder(self, folder: Path) -> None:
        self.call()
        if self.syncs_folders:
            self.durable_names = dict(self.inodes)
            self.pending_names = []

    # --- after the power cut

    def _names_after(self, kept: tuple[bool, ...]) -> dict[Path, Inode]:
        names: dict[Path, Inode | None] = dict(self.durable_names)
        for change, there in zip(self.pending_names, kept, strict=True):
            if there:
                names |= change
        return {path: inode for path, inode in names.items() if inode is not None}

    def images(self, limit: int = 64, seed: int = 0) -> Iterator[Image]:
        """What may be found after a power cut now: all possibilities, or `limit` of them by chance."""
        random = Random(seed)
        for kept in _choices(len(self.pending_names), 16, random):
            names = self._names_after(kept)
            inodes = list(dict.fromkeys(names.values()))
            sectors = sum(len(inode.pending()) for inode in inodes)
            for reached in _choices(sectors, limit, random):
                for full_size in (False, True):
                    left = iter(reached)
                    found = {
                        inode: _found(
                            inode,
                            inode.crashed(tuple(next(left) for _ in inode.pending()), full_size=full_size),
                        )
                        for inode in inodes
                    }
                    yield {path: found[inode] for path, inode in names.items()}

    def image(self) -> Image:
        """What a process that starts now finds, without a power cut."""
        return {path: _found(inode, inode.content) for path, inode in self.inodes.items()}

    def nonces(self) -> Iterator[tuple[bytes, int, bytes]]:
        """Salt, sequence and ciphertext of every frame that was ever handed to the disk."""
        for inode in self.all_inodes:
            salt = b""
            for data in inode.writes:
                at = 0
                while at < len(data):
                    if data.startswith(b"INSPJRN", at):
                        salt, at = data[at + 8 : at + 40], at + 176
                        continue
                    length = int.from_bytes(data[at : at + 4], "big")
                    yield (
                        salt,
                        int.from_bytes(data[at + 4 : at + 12], "big"),
                        data[at + 28 : at + 28 + length],
                    )
                    at += 28 + length


def _choices(count: int, limit: int, random: Random) -> Iterator[tuple[bool, ...]]:
    if 2**count <= limit:
        yield from product((False, True), repeat=count)
        return
    yield (False,) * count
    yield (True,) * count
    for one in range(min(count, limit // 4)):
        yield tuple(i == one for i in range(count))
        yield tuple(i != one for i in range(count))
    for _ in range(limit // 2):
        yield tuple(random.random() < 0.5 for _ in range(count))


class Handle:
    """Implements `inspector.store.files.Appending`."""

    def __init__(self, disk: Disk, path: Path, inode: Inode) -> None:
        self.disk, self.path, self.inode = disk, path, inode

    def write(self, data: bytes) -> None:
        self.inode.writes.append(data)
        try:
            self.disk.call()
            room = len(data) if self.disk.capacity is None else self.disk.capacity - self.disk.used()
        except (StoreFullError, StoreUnavailableError):
            self.inode.content += data[: len(data) // 2]
            raise
        self.inode.content += data[: max(room, 0)]
        if room < len(data):
            raise StoreFullError

    def sync(self) -> None:
        try:
            self.disk.call()
        except (StoreFullError, StoreUnavailableError):
            self.inode.limbo = self.inode.content
            raise
        if self.disk.syncs_files and not self.inode.limbo:
            self.inode.durable = self.inode.content

    def is_intact(self, size: int) -> bool:
        return len(self.inode.content) == size and self.inode in self.disk.inodes.values()

    def close(self) -> None:
        pass
