"""What the office throws away, and when: nothing that a complete entry needs, ever."""

from __future__ import annotations

from sqlalchemy import Connection, delete, exists, select, update

from inspector.server.office import Office
from inspector.server.replies import KEPT_AFTER_TAKING_MS
from inspector.server.schema import blobs, entries, entry_blobs, uploads
from inspector.sync.protocol import BLOB_EXPIRY_MS

_AT_ONCE = 200


def sweep(office: Office, now_ms: int) -> None:
    """Forget used nonces, closed letter boxes, uploads nobody finished and files nobody needs any more.

    Raises:
        OfficeBusyError: the archive or the blob store cannot be reached; the rest waits for the next time.
    """
    office.nonces.sweep(now_ms)
    office.enrolments.sweep(now_ms)
    office.audit.sweep()
    for upload in _late_uploads(office, now_ms):
        office.uploads.drop(upload)
    with office.archive.write() as connection:
        names = _expire_blobs(connection, office.tenant, now_ms - BLOB_EXPIRY_MS)
    office.blobs.remove(names)
    office.replies.drop_taken(now_ms - KEPT_AFTER_TAKING_MS)


def _late_uploads(office: Office, now_ms: int) -> list[str]:
    query = select(uploads.c.id).where(
        uploads.c.tenant == office.tenant, uploads.c.started_ms <= now_ms - BLOB_EXPIRY_MS
    )
    with office.archive.read() as connection:
        return list(connection.execute(query.limit(_AT_ONCE)).scalars())


def _expire_blobs(connection: Connection, tenant: str, before_ms: int) -> list[str]:
    """Drop the rows of files stored before `before_ms` for entries that are still incomplete; their names."""
    complete = (
        select(entries.c.sha256)
        .join(
            entry_blobs,
            (entry_blobs.c.tenant == entries.c.tenant) & (entry_blobs.c.entry == entries.c.sha256),
        )
        .where(entries.c.tenant == tenant, entries.c.missing == 0, entry_blobs.c.sha256 == blobs.c.sha256)
    )
    incomplete = (
        select(entry_blobs.c.sha256)
        .join(entries, (entries.c.tenant == entry_blobs.c.tenant) & (entries.c.sha256 == entry_blobs.c.entry))
        .where(entries.c.tenant == tenant, entries.c.missing > 0)
    )
    query = select(blobs.c.sha256, blobs.c.size, blobs.c.name).where(
        blobs.c.tenant == tenant,
        blobs.c.stored_ms <= before_ms,
        blobs.c.sha256.in_(incomplete),
        ~exists(complete),
    )
    late = connection.execute(query.limit(_AT_ONCE)).all()
    for digest, size, _ in late:
        declaring = select(entry_blobs.c.entry).where(
            entry_blobs.c.tenant == tenant, entry_blobs.c.sha256 == digest, entry_blobs.c.size == size
        )
        connection.execute(
            update(entries)
            .where(entries.c.tenant == tenant, entries.c.sha256.in_(declaring))
            .values(missing=entries.c.missing + 1)
        )
        connection.execute(delete(blobs).where(blobs.c.tenant == tenant, blobs.c.sha256 == digest))
    return [name for _, _, name in late]
