"""Space kept back on the disk, so that the last save survives a full one."""

from __future__ import annotations

import secrets
from pathlib import Path

from inspector.errors import StoreFullError
from inspector.store.files import REAL_FILES, Files

RESERVE_SIZE = 8 << 20
_PIECE = 1 << 20


class Reserve:
    """A file that is only there to be removed.

    Args:
        path: where it lies: on the same file system as the store.
        size: bytes; more than the largest journal that may have to be written anew.
    """

    def __init__(self, path: Path, *, files: Files = REAL_FILES, size: int = RESERVE_SIZE) -> None:
        self._path, self._files, self._size = path, files, size

    def is_whole(self) -> bool:
        """Whether the space is kept back now."""
        return self._files.size(self._path) == self._size

    def fill(self) -> bool:
        """Keep the space back, if it is not yet; False when the disk has no room for it.

        Raises:
            StoreUnavailableError: the disk cannot be used for another reason.
        """
        if self.is_whole():
            return True
        self._files.remove(self._path)
        handle = self._files.create(self._path)
        try:
            # Random bytes, because file systems that compress would keep back nothing for zeros.
            for start in range(0, self._size, _PIECE):
                handle.write(secrets.token_bytes(min(_PIECE, self._size - start)))
            handle.sync()
        except StoreFullError:
            self._files.remove(self._path)
            return False
        finally:
            handle.close()
        self._files.sync_folder(self._path.parent)
        return True

    def release(self) -> bool:
        """Give the space back; False when there is none to give.

        Raises:
            StoreUnavailableError: the file could not be removed.
        """
        if self._files.size(self._path) is None:
            return False
        self._files.remove(self._path)
        self._files.sync_folder(self._path.parent)
        return True
