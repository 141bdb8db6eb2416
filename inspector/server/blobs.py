"""Where sealed files lie: a folder, or any S3 by URL, through obstore.

* What `put` has returned for is durable: a folder's file and the folders above it are synced.
* Every object has a name of its own that is never used again, so that removing one cannot hit its successor.
* Nothing here is believed to be whole because it exists: the archive's row says so, and it is written
  afterwards.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from inspector.errors import OfficeBusyError, RequestUnknownError
from inspector.server.archive import RETRY_AFTER_S

READ_BYTES = 1024 * 1024
_SYNC_FLAGS = os.O_RDONLY


class BlobStore:
    """Objects by name.

    Args:
        place: a folder, or a URL that obstore knows, such as `s3://bucket/inspector`.
    """

    def __init__(self, place: Path | str) -> None:
        self._folder = place if isinstance(place, Path) else None
        self._store: ObjectStore
        if isinstance(place, Path):
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._store = LocalStore(place)
        else:
            self._store = from_url(place)

    def put(self, tenant: str, kind: str, stem: str, content: bytes | Iterable[bytes]) -> str:
        """Store `content`, whole or in pieces, under a new name and give it; durable on return.

        Raises:
            OfficeBusyError: the store is full or cannot be reached; nothing that counts was kept.
            RequestUnknownError: what the pieces are read from has gone.
        """
        name = f"{tenant}/{kind}/{stem[:2]}/{stem}-{secrets.token_hex(8)}"
        with _translated():
            if isinstance(content, bytes):
                obstore.put(self._store, name, content)
            else:
                self._write(name, content)
            self._sync(name)
        return name

    def _write(self, name: str, chunks: Iterable[bytes]) -> None:
        # Not `obstore.put` with an iterator: the pieces may come from the store, which it cannot enter twice.
        with obstore.open_writer(self._store, name) as writer:
            for chunk in chunks:
                writer.write(chunk)

    def read(self, name: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `end` in pieces.

        Raises:
            RequestUnknownError: there is no such object.
            OfficeBusyError: the store cannot be reached.
        """
        with _translated():
            options = {"range": (start, end)} if end is not None else {"range": {"offset": start}}
            found = obstore.get(self._store, name, options=options)  # type: ignore[arg-type]
            for chunk in found.stream(min_chunk_size=READ_BYTES):
                yield bytes(chunk)

    def remove(self, names: Iterable[str]) -> None:
        """Remove objects; those that are gone already are not missed.

        Raises:
            OfficeBusyError: the store cannot be reached.
        """
        for name in names:
            try:
                with _translated():
                    obstore.delete(self._store, name)
            except RequestUnknownError:
                continue

    def _sync(self, name: str) -> None:
        # obstore renames a complete temporary file into place, but syncs neither it nor its folder.
        if self._folder is None:
            return
        path = self._folder / name
        while True:
            descriptor = os.open(path, _SYNC_FLAGS)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if path == self._folder:
                return
            path = path.parent


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotFoundError) as error:
        raise RequestUnknownError(what="附件") from error
    except (OSError, BaseError) as error:
        raise OfficeBusyError(retry_after_s=RETRY_AFTER_S) from error
