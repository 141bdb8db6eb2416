"""What the office holds, told to those whose it is: what is missing, receipts, and what was kept aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from inspector.errors import RequestUnknownError
from inspector.server import chains
from inspector.server.archive import Archive
from inspector.server.log import Log
from inspector.server.schema import aside, blobs, entries
from inspector.work.ports import GivenReceipt, Holdings


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A sealed file in the blob store: the object's name and its size in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """An entry kept aside: its place among them, the code of the reason, and its exact bytes."""

    number: int
    reason: str
    content: bytes


def holdings(archive: Archive, log: Log, device: str, hashes: Sequence[str]) -> Holdings:
    """How far the office has come with a device, and which of `hashes` (entries or blobs) it lacks."""
    with archive.read() as connection:
        last_seq, head = chains.head(connection, archive.tenant, device)
        query = select(blobs.c.sha256).where(blobs.c.tenant == archive.tenant, blobs.c.sha256.in_(hashes))
        present = set(log.positions(connection, hashes)) | set(connection.execute(query).scalars())
    return Holdings(last_seq=last_seq, head=head, missing=frozenset(hashes) - present)


def receipts(archive: Archive, log: Log, hashes: Sequence[str]) -> tuple[GivenReceipt, ...]:
    """Receipts for those of `hashes` that are in the log with all their files; all under one checkpoint."""
    with archive.read() as connection:
        waiting = select(entries.c.sha256).where(
            entries.c.tenant == archive.tenant, entries.c.sha256.in_(hashes), entries.c.missing > 0
        )
        incomplete = set(connection.execute(waiting).scalars())
        positions = log.positions(connection, hashes)
        whole = {name: place for name, place in positions.items() if name not in incomplete}
        given = log.receipts(connection, list(whole.values()))
    return tuple(
        GivenReceipt(entry=name, receipt=receipt.to_bytes())
        for name, receipt in zip(whole, given, strict=True)
    )


def stored(archive: Archive, digest: str) -> Stored:
    """Where a sealed file lies.

    Raises:
        RequestUnknownError: it is not here.
    """
    query = select(blobs.c.name, blobs.c.size).where(
        blobs.c.tenant == archive.tenant, blobs.c.sha256 == digest
    )
    with archive.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise RequestUnknownError(what="附件")
    return Stored(name=row[0], size=row[1])


def oddities(archive: Archive, after: int, limit: int) -> tuple[Oddity, ...]:
    """Entries kept aside, from number `after` on."""
    query = (
        select(aside.c.number, aside.c.reason, aside.c.content)
        .where(aside.c.tenant == archive.tenant, aside.c.number > after)
        .order_by(aside.c.number)
        .limit(limit)
    )
    with archive.read() as connection:
        return tuple(Oddity(**row) for row in connection.execute(query).mappings())
