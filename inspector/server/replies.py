"""Sealed replies of enterprises: kept as they came, for the console alone.

* The server looks at an age file's first line and at nothing else.
* The same reply sent again gives the same receipt, also when the notice was closed meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, Row, func, insert, select

from inspector.errors import (
    RepliesFullError,
    ReplyChangedError,
    ReplyClosedError,
    ReplyNoticeFullError,
    RequestUnknownError,
)
from inspector.server.archive import Archive
from inspector.server.blobs import BlobStore
from inspector.server.registrations import Registrations
from inspector.server.schema import replies
from inspector.server.sealed import check_head
from inspector.sync.notice_messages import WaitingReply

MOST_PER_NOTICE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """A reply at the door.

    Attributes:
        name: a public id or a locator.
        reply: the id that the browser made.
        proof: what the reply code gives.
        content: an age file.
    """

    name: str
    reply: str
    proof: bytes
    content: bytes


class Replies:
    """The replies of one archive.

    Args:
        quota_bytes: of all replies together.
    """

    def __init__(
        self, archive: Archive, blobs: BlobStore, registrations: Registrations, *, quota_bytes: int
    ) -> None:
        self._archive, self._blobs, self._registrations = archive, blobs, registrations
        self._quota_bytes = quota_bytes

    def take(self, handed: HandedIn, now_ms: int) -> WaitingReply:
        """Keep a reply and give what the receipt is made of.

        Raises:
            NoticeUnregisteredError, ReplyCodeWrongError: as `Registrations.proven`.
            ReplyChangedError: this reply came before, with other bytes.
            ReplyClosedError: the notice is answered no more.
            ReplyNoticeFullError, RepliesFullError: too many for this notice, or for this server.
            EntryUnsealedError: it is no sealed file.
            OfficeBusyError: the archive or the blob store cannot be reached.
        """
        digest = sha256(handed.content).hexdigest()
        with self._archive.read() as connection:
            known = self._known(connection, handed, digest)
            if known is not None:
                return known
            self._admit(connection, handed)
        check_head(handed.content)
        name = self._blobs.put(self._archive.tenant, "replies", digest, handed.content)
        try:
            with self._archive.write() as connection:
                known = self._known(connection, handed, digest)
                kept = known or self._add(connection, handed, digest, name, now_ms)
        except BaseException:
            self._blobs.remove([name])
            raise
        if known is not None:
            self._blobs.remove([name])
        return kept

    def after(self, number: int, limit: int) -> tuple[WaitingReply, ...]:
        """Replies from number `number` on, in order."""
        query = (
            select(replies)
            .where(replies.c.tenant == self._archive.tenant, replies.c.number > number)
            .order_by(replies.c.number)
            .limit(limit)
        )
        with self._archive.read() as connection:
            return tuple(_waiting(row) for row in connection.execute(query))

    def content(self, number: int) -> bytes:
        """A reply's bytes.

        Raises:
            RequestUnknownError: there is none of that number.
        """
        query = select(replies.c.name).where(
            replies.c.tenant == self._archive.tenant, replies.c.number == number
        )
        with self._archive.read() as connection:
            name = connection.execute(query).scalar_one_or_none()
        if name is None:
            raise RequestUnknownError(what="回复")
        return b"".join(self._blobs.read(name))

    def _known(self, connection: Connection, handed: HandedIn, digest: str) -> WaitingReply | None:
        public_id = self._registrations.proven(connection, handed.name, handed.proof).public_id
        query = select(replies).where(
            replies.c.tenant == self._archive.tenant,
            replies.c.public_id == public_id,
            replies.c.reply == handed.reply,
        )
        row = connection.execute(query).first()
        if row is not None and row.sha256 != digest:
            raise ReplyChangedError()
        return None if row is None else _waiting(row)

    def _admit(self, connection: Connection, handed: HandedIn) -> tuple[str, int]:
        """The notice's public id and how many replies it has."""
        registered = self._registrations.proven(connection, handed.name, handed.proof)
        if not registered.takes_replies:
            raise ReplyClosedError()
        mine = replies.c.tenant == self._archive.tenant
        count = connection.scalar(
            select(func.count()).where(mine, replies.c.public_id == registered.public_id)
        )
        if (count or 0) >= MOST_PER_NOTICE:
            raise ReplyNoticeFullError(count=count)
        size = connection.scalar(select(func.sum(replies.c.size)).where(mine))
        if int(size or 0) + len(handed.content) > self._quota_bytes:
            raise RepliesFullError()
        return registered.public_id, int(count or 0)

    def _add(
        self, connection: Connection, handed: HandedIn, digest: str, name: str, now_ms: int
    ) -> WaitingReply:
        public_id, count = self._admit(connection, handed)
        last = connection.scalar(
            select(func.max(replies.c.number)).where(replies.c.tenant == self._archive.tenant)
        )
        kept = WaitingReply(
            number=int(last or 0) + 1,
            public_id=public_id,
            ordinal=count + 1,
            reply=handed.reply,
            sha256=digest,
            size=len(handed.content),
            received_ms=now_ms,
        )
        connection.execute(
            insert(replies).values(tenant=self._archive.tenant, name=name, **kept.to_payload())
        )
        return kept


def _waiting(row: Row[tuple[object, ...]]) -> WaitingReply:
    return WaitingReply(
        number=row.number,
        public_id=row.public_id,
        ordinal=row.ordinal,
        reply=row.reply,
        sha256=row.sha256,
        size=row.size,
        received_ms=row.received_ms,
    )
