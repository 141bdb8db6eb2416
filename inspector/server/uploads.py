"""How a sealed file comes in: whole, or in pieces that a restart of either side does not lose.

* Only a file that an entry of the same device declares, with its size; its hash decides at the end.
* A piece is durable before the offset that counts it; an offset that has been told is never taken back.
* A file counts when its row is written, together with the entries that waited for it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from inspector.errors import (
    BlobHashError,
    BlobUndeclaredError,
    EntryUnsealedError,
    UploadOffsetError,
    UploadQuotaError,
    UploadUnknownError,
)
from inspector.server.archive import Archive
from inspector.server.blobs import BlobStore
from inspector.server.schema import blobs, entries, entry_blobs, pieces, uploads
from inspector.server.sealed import check_sealed
from inspector.sync.protocol import UNFINISHED_QUOTA_BYTES

CONSOLE = "console"
"""Stands for the console where a device's id would; no id of a device is written so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An unfinished upload.

    Attributes:
        received: bytes that are durable here.
    """

    id: str
    device: str
    sha256: str
    size: int
    received: int


class Uploads:
    """The files of one archive on their way in.

    Args:
        quota_bytes: what one device may have announced and not finished.
    """

    def __init__(
        self, archive: Archive, store: BlobStore, *, quota_bytes: int = UNFINISHED_QUOTA_BYTES
    ) -> None:
        self._archive = archive
        self._store = store
        self._quota_bytes = quota_bytes

    def put(self, device: str | None, digest: str, content: bytes, now_ms: int) -> bool:
        """Take in a whole file; whether it is new.

        Args:
            device: whose entry must declare it; None for the console, to whom any entry will do.

        Raises:
            BlobHashError: the bytes are others than the name says; nothing is kept.
            BlobUndeclaredError: no such entry declares it with this size.
            EntryUnsealedError: it is not an age file.
        """
        with self._archive.read() as connection:
            self._check_declared(connection, device, digest, len(content))
            if self._row(connection, digest) is not None:
                return False
        check_sealed(digest, [content])
        return self._keep(digest, len(content), content, now_ms)

    def begin(self, device: str | None, digest: str, size: int, now_ms: int) -> Upload:
        """A new upload, or the unfinished one of the same device and file.

        Args:
            device: whose entry must declare it; None for the console, to whom any entry will do.

        Raises:
            BlobUndeclaredError: no entry of the device declares it with this size.
            UploadQuotaError: the device has too much unfinished.
        """
        owner = device or CONSOLE
        with self._archive.write() as connection:
            self._check_declared(connection, device, digest, size)
            if self._row(connection, digest) is not None:
                return Upload(id=digest, device=owner, sha256=digest, size=size, received=size)
            found = self._find(connection, uploads.c.device == owner, uploads.c.sha256 == digest)
            begun = found or self._begun(connection, owner, digest, size, now_ms)
        return self._settled(begun, now_ms)

    def state(self, device: str | None, upload_id: str, now_ms: int) -> Upload:
        """Where an upload stands.

        Raises:
            UploadUnknownError: there is none of this device by that id.
            BlobHashError, EntryUnsealedError: it was complete, and not what it should be; it is dropped.
        """
        return self._settled(self._at(device, upload_id), now_ms)

    def extend(self, device: str | None, upload_id: str, offset: int, piece: bytes, now_ms: int) -> Upload:
        """Add `piece` at `offset`; the last one completes the file.

        Raises:
            UploadUnknownError: there is no such upload.
            UploadOffsetError: it stands at another offset, or the piece is too long.
            BlobHashError: complete, but with another hash; the upload is dropped.
        """
        at = self._at(device, upload_id)
        if at.received != offset or offset + len(piece) > at.size:
            raise UploadOffsetError(offset=at.received)
        return self._settled(self._extended(at, piece) if piece else at, now_ms)

    def drop(self, upload_id: str) -> None:
        """Forget an upload and remove its pieces."""
        tenant = self._archive.tenant
        with self._archive.write() as connection:
            names = self._pieces(connection, upload_id)
            connection.execute(delete(pieces).where(pieces.c.tenant == tenant, pieces.c.upload == upload_id))
            connection.execute(delete(uploads).where(uploads.c.tenant == tenant, uploads.c.id == upload_id))
        self._store.remove(names)

    def _at(self, device: str | None, upload_id: str) -> Upload:
        with self._archive.read() as connection:
            found = self._find(connection, uploads.c.device == (device or CONSOLE), uploads.c.id == upload_id)
        if found is None:
            raise UploadUnknownError()
        return found

    def _begun(self, connection: Connection, owner: str, digest: str, size: int, now_ms: int) -> Upload:
        tenant = self._archive.tenant
        pending = select(func.coalesce(func.sum(uploads.c.size), 0)).where(
            uploads.c.tenant == tenant, uploads.c.device == owner
        )
        if int(connection.execute(pending).scalar_one()) + size > self._quota_bytes:
            raise UploadQuotaError(limit_bytes=self._quota_bytes)
        begun = Upload(id=secrets.token_hex(16), device=owner, sha256=digest, size=size, received=0)
        connection.execute(
            insert(uploads).values(
                tenant=tenant,
                id=begun.id,
                device=owner,
                sha256=digest,
                size=size,
                received=0,
                started_ms=now_ms,
            )
        )
        return begun

    def _settled(self, at: Upload, now_ms: int) -> Upload:
        """Put a complete upload together, also one whose process died just before that."""
        if at.received == at.size:
            self._finish(at, now_ms)
        return at

    def _extended(self, at: Upload, piece: bytes) -> Upload:
        tenant = self._archive.tenant
        name = self._store.put(tenant, "pieces", at.id, piece)
        with self._archive.write() as connection:
            grown = connection.execute(
                update(uploads)
                .where(uploads.c.tenant == tenant, uploads.c.id == at.id, uploads.c.received == at.received)
                .values(received=at.received + len(piece))
            )
            if grown.rowcount == 1:
                connection.execute(
                    insert(pieces).values(tenant=tenant, upload=at.id, start=at.received, name=name)
                )
                return replace(at, received=at.received + len(piece))
        self._store.remove([name])
        raise UploadOffsetError(offset=self._at(at.device, at.id).received)

    def _finish(self, at: Upload, now_ms: int) -> None:
        with self._archive.read() as connection:
            names = self._pieces(connection, at.id)
        try:
            check_sealed(at.sha256, self._chunks(names))
        except (BlobHashError, EntryUnsealedError):
            self.drop(at.id)
            raise
        self._keep(at.sha256, at.size, self._chunks(names), now_ms)
        self.drop(at.id)

    def _keep(self, digest: str, size: int, content: bytes | Iterator[bytes], now_ms: int) -> bool:
        tenant = self._archive.tenant
        name = self._store.put(tenant, "blobs", digest, content)
        declaring = select(entry_blobs.c.entry).where(
            entry_blobs.c.tenant == tenant, entry_blobs.c.sha256 == digest, entry_blobs.c.size == size
        )
        with self._archive.write() as connection:
            is_new = self._row(connection, digest) is None
            if is_new:
                connection.execute(
                    insert(blobs).values(tenant=tenant, sha256=digest, size=size, name=name, stored_ms=now_ms)
                )
                connection.execute(
                    update(entries)
                    .where(entries.c.tenant == tenant, entries.c.sha256.in_(declaring))
                    .values(missing=entries.c.missing - 1)
                )
        if not is_new:
            self._store.remove([name])
        return is_new

    def _chunks(self, names: Sequence[str]) -> Iterator[bytes]:
        for name in names:
            yield from self._store.read(name)

    def _check_declared(self, connection: Connection, device: str | None, digest: str, size: int) -> None:
        tenant = self._archive.tenant
        query = select(entry_blobs.c.entry).where(
            entry_blobs.c.tenant == tenant, entry_blobs.c.sha256 == digest, entry_blobs.c.size == size
        )
        if device is not None:
            query = query.where(entry_blobs.c.device == device)
        if connection.execute(query.limit(1)).first() is None:
            raise BlobUndeclaredError(sha256=digest)

    def _row(self, connection: Connection, digest: str) -> str | None:
        query = select(blobs.c.name).where(blobs.c.tenant == self._archive.tenant, blobs.c.sha256 == digest)
        return connection.execute(query).scalar_one_or_none()

    def _find(self, connection: Connection, *conditions: ColumnElement[bool]) -> Upload | None:
        columns = (uploads.c.id, uploads.c.device, uploads.c.sha256, uploads.c.size, uploads.c.received)
        query = select(*columns).where(uploads.c.tenant == self._archive.tenant, *conditions)
        row = connection.execute(query.limit(1)).mappings().first()
        return None if row is None else Upload(**row)

    def _pieces(self, connection: Connection, upload_id: str) -> tuple[str, ...]:
        query = (
            select(pieces.c.name)
            .where(pieces.c.tenant == self._archive.tenant, pieces.c.upload == upload_id)
            .order_by(pieces.c.start)
        )
        return tuple(connection.execute(query).scalars())
