"""Packs on the device: whole catalogues by the hash of their content, and the parts of one on its way.

Each is a file sealed under the device's key and bound to its name; it is durable when `put` returns. What a
file holds is proven by whoever reads it: the name is the content's SHA-256.
"""

from __future__ import annotations

import re
from pathlib import Path

from inspector.errors import FrameInvalidError, PackMissingError
from inspector.store.files import REAL_FILES, Files, write_durably
from inspector.trust.frames import open_file, seal_file

_WHOLE = re.compile(r"([0-9a-f]{64})\.pack")
_PART = re.compile(r"([0-9a-f]{64})\.([0-9]{1,3})\.part")


class PackBox:
    """The packs of one store.

    Args:
        folder: where they lie; made when the first one comes.
        key: the device's 32-byte data key.
    """

    def __init__(self, folder: Path, key: bytes, *, files: Files = REAL_FILES) -> None:
        self._folder, self._key, self._files = folder, key, files

    def put(self, name: str, deflated: bytes) -> None:
        """Keep a whole pack under its content's hash, durably; the same one again changes nothing.

        Raises:
            StoreFullError, StoreUnavailableError: it is not kept.
        """
        if self._read(f"{name}.pack") != deflated:
            self._write(f"{name}.pack", deflated)

    def get(self, name: str) -> bytes:
        """A whole pack's bytes.

        Raises:
            PackMissingError: it is not here, or its file is damaged.
        """
        deflated = self._read(f"{name}.pack")
        if deflated is None:
            raise PackMissingError(sha256=name[:12])
        return deflated

    def has(self, name: str) -> bool:
        """Whether a whole pack's file is here."""
        return self._files.size(self._folder / f"{name}.pack") is not None

    def names(self) -> tuple[str, ...]:
        """The whole packs here."""
        found = (_WHOLE.fullmatch(name) for name in self._listed())
        return tuple(sorted(match[1] for match in found if match))

    def put_part(self, name: str, part: int, data: bytes) -> None:
        """Keep one part of a pack that is on its way, durably.

        Raises:
            StoreFullError, StoreUnavailableError: it is not kept.
        """
        self._write(f"{name}.{part}.part", data)

    def parts(self, name: str, count: int) -> tuple[bytes, ...] | None:
        """All parts of a pack in their order; None while one is missing or damaged."""
        found = tuple(
            data for part in range(1, count + 1) if (data := self._read(f"{name}.{part}.part")) is not None
        )
        return found if len(found) == count else None

    def drop_parts(self) -> None:
        """Remove every part: what they belong to is complete, or will never be.

        Raises:
            StoreUnavailableError: the disk.
        """
        self._remove(tuple(name for name in self._listed() if _PART.fullmatch(name)))

    def delete(self, name: str) -> None:
        """Remove a whole pack.

        Raises:
            StoreUnavailableError: the disk.
        """
        self._remove((f"{name}.pack",))

    def _remove(self, names: tuple[str, ...]) -> None:
        for name in names:
            self._files.remove(self._folder / name)
        if names:
            self._files.sync_folder(self._folder)

    def _listed(self) -> tuple[str, ...]:
        return tuple(self._files.names(self._folder))

    def _write(self, name: str, data: bytes) -> None:
        self._files.make_folder(self._folder)
        write_durably(self._files, self._folder / name, seal_file(self._key, name, data))

    def _read(self, name: str) -> bytes | None:
        path = self._folder / name
        if self._files.size(path) is None:
            return None
        try:
            return open_file(self._key, name, self._files.read(path))
        except FrameInvalidError:
            return None
