"""The mark that ties a store to its place: a file whose identity the store remembers, and no copy has.

* The mark is renewed with each write after which an older state of the store would do harm. From then on no
  older state fits, whether the whole folder was put back or only some of its files.
* Two names take turns: the new file is durable before the store names it, and the old one goes after that. A
  power cut in between leaves a state that fits.
* An image of the whole disk, or a snapshot of its file system, brings the mark back too: it is not noticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from inspector.store.files import Files

NAMES = ("place-a", "place-b")
_TEXT = b"inspector: this file shows that the folder is no copy\n"

Mark = Mapping[str, object]
"""Which file it is, by its name, and its identity."""


class Place:
    """The mark in a store's folder."""

    def __init__(self, folder: Path, files: Files) -> None:
        self._folder, self._files = folder, files

    def fits(self, mark: Mark | None) -> bool:
        """Whether the remembered mark is the one that lies here.

        Raises:
            StoreUnavailableError: the disk.
        """
        if mark is None or mark["name"] not in NAMES:
            return False
        return self._files.identity(self._folder / str(mark["name"])) == mark["identity"]

    def make(self, before: Mark | None) -> Mark:
        """A new mark, durable, beside the one before it.

        Raises:
            StoreFullError, StoreUnavailableError: the one before it still holds.
        """
        name = NAMES[1] if before is not None and before["name"] == NAMES[0] else NAMES[0]
        path = self._folder / name
        self._files.remove(path)
        handle = self._files.create(path)
        try:
            handle.write(_TEXT)
            handle.sync()
        finally:
            handle.close()
        self._files.sync_folder(self._folder)
        return {"name": name, "identity": self._files.identity(path)}

    def keep_only(self, mark: Mark) -> None:
        """Remove, durably, what older states of the store would still fit.

        Raises:
            StoreFullError, StoreUnavailableError: it may still be there.
        """
        for name in NAMES:
            if name != mark["name"]:
                self._files.remove(self._folder / name)
        self._files.sync_folder(self._folder)
