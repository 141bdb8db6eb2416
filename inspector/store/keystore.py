"""The secret that a PIN is mixed with: a port to the platform's keystore, and a file where there is none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Protocol

from inspector.errors import StoreUnavailableError
from inspector.store.files import REAL_FILES, Files, write_durably

_NAME = re.compile(r"[0-9a-f]{32}")


class Keystore(Protocol):
    """Small secrets by name. What changes something returns once it is durable.

    Raises `StoreUnavailableError` when the platform does not answer.
    """

    def get(self, name: str) -> bytes | None:
        """The secret, or None when there is none of that name."""

    def set(self, name: str, secret: bytes) -> None:
        """Keep a secret."""

    def delete(self, name: str) -> None:
        """Forget a secret for good; it may be gone already."""


class FileKeystore:
    """Each secret in a file of mode 0600.

    Args:
        folder: outside the store's folder, so that a copy of the store alone is worth nothing.
    """

    def __init__(self, folder: Path, *, files: Files = REAL_FILES) -> None:
        self._folder, self._files = folder, files

    def get(self, name: str) -> bytes | None:
        """The file's content."""
        path = self._path(name)
        return None if self._files.size(path) is None else self._files.read(path)

    def set(self, name: str, secret: bytes) -> None:
        """Write the file durably."""
        self._files.make_folder(self._folder)
        write_durably(self._files, self._path(name), secret)

    def delete(self, name: str) -> None:
        """Remove the file durably."""
        path = self._path(name)
        if self._files.size(path) is not None:
            self._files.remove(path)
            self._files.sync_folder(self._folder)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise StoreUnavailableError(reason="密钥名称不合规")
        return self._folder / name
