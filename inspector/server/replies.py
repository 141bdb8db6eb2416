"""Sealed replies of enterprises: kept as they came, for the console alone.

* The server looks at an age file's first line and at nothing else.
* The same reply sent again gives the same receipt, also when the notice was closed meanwhile.
* A reply's content goes `KEPT_AFTER_TAKING_MS` after the console has said that it holds it, so that a console
  put back from a backup still finds it; number, hash and time stay, and with them the receipt.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from inspector.errors import (
    OfficeBusyError,
    RepliesFullError,
    ReplyChangedError,
    ReplyClosedError,
    ReplyNoticeFullError,
    RequestUnknownError,
)
from inspector.server.archive import Archive
from inspector.server.blobs import BlobStore
from inspector.server.registrations import Registrations
from inspector.server.schema import allowances, replies
from inspector.server.sealed import check_head
from inspector.sync.notice_messages import ReplyPage, ReplyRoom, WaitingReply

MOST_PER_NOTICE = 50
KEPT_AFTER_TAKING_MS = 90 * 24 * 3600 * 1000
"""How long a reply's content outlasts the console's word that it holds it."""
_QUOTA = "replies"
_AT_ONCE = 200


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyCounts:
    """How many replies stand where.

    Attributes:
        waiting: the console has not said yet that it holds them.
        taken: the console holds them, and the server still does.
        dropped: the console holds them; here only number, hash and time are left.
    """

    waiting: int
    taken: int
    dropped: int


class Replies:
    """The replies of one archive.

    Args:
        quota_bytes: of all replies together, as long as nobody has allowed another amount.
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
            with suppress(OfficeBusyError):  # no row needs what then stays, and it is in nobody's way
                self._remove_unless_kept(name)
            raise
        if known is not None:
            self._blobs.remove([name])
        return kept

    def page(self, after: int, limit: int, *, only_waiting: bool = False) -> ReplyPage:
        """Replies from number `after` on, in order.

        Args:
            only_waiting: leave out what the console has said that it holds.
        """
        query = select(replies).where(replies.c.tenant == self._archive.tenant, replies.c.number > after)
        if only_waiting:
            query = query.where(replies.c.taken_ms.is_(None))
        with self._archive.read() as connection:
            found = connection.execute(query.order_by(replies.c.number).limit(limit))
            return ReplyPage(replies=tuple(map(_waiting, found)), room=self._room(connection))

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
        if not name:
            raise RequestUnknownError(what="回复")
        return b"".join(self._blobs.read(name))

    # --- Taken over, and dropped ---

    def take_over(self, taken: Iterable[tuple[int, str]], now_ms: int) -> None:
        """The console holds these replies, by number and hash; what is no reply here is passed over."""
        with self._archive.write() as connection:
            for number, digest in taken:
                connection.execute(
                    update(replies)
                    .where(
                        replies.c.tenant == self._archive.tenant,
                        replies.c.number == number,
                        replies.c.sha256 == digest,
                        replies.c.taken_ms.is_(None),
                    )
                    .values(taken_ms=now_ms)
                )

    def drop_taken(self, until_ms: int) -> int:
        """Drop the contents that the console has held since `until_ms` or longer; how many that were.

        Raises:
            OfficeBusyError: the archive or the blob store cannot be reached.
        """
        count = 0
        while names := self._forget(until_ms):
            self._blobs.remove(names)
            count += len(names)
        return count

    def _forget(self, until_ms: int) -> list[str]:
        mine = replies.c.tenant == self._archive.tenant
        due = select(replies.c.number, replies.c.name).where(
            mine, replies.c.name != "", replies.c.taken_ms <= until_ms
        )
        with self._archive.write() as connection:
            found = connection.execute(due.limit(_AT_ONCE)).all()
            numbers = [number for number, _ in found]
            connection.execute(update(replies).where(mine, replies.c.number.in_(numbers)).values(name=""))
        return [name for _, name in found]

    # --- Room ---

    def room(self) -> ReplyRoom:
        """How full the server is."""
        with self._archive.read() as connection:
            return self._room(connection)

    def allow(self, quota_bytes: int) -> None:
        """Let all replies together take so much from now on."""
        mine = (allowances.c.tenant == self._archive.tenant) & (allowances.c.name == _QUOTA)
        with self._archive.write() as connection:
            connection.execute(delete(allowances).where(mine))
            connection.execute(
                insert(allowances).values(tenant=self._archive.tenant, name=_QUOTA, bytes=quota_bytes)
            )

    def counts(self) -> ReplyCounts:
        """How many replies wait, are held although the console has them, and were dropped."""
        is_taken, is_held = replies.c.taken_ms.is_not(None), replies.c.name != ""
        query = select(
            func.count().filter(~is_taken),
            func.count().filter(is_taken & is_held),
            func.count().filter(~is_held),
        ).where(replies.c.tenant == self._archive.tenant)
        with self._archive.read() as connection:
            waiting, taken, dropped = connection.execute(query).one()
        return ReplyCounts(waiting=waiting, taken=taken, dropped=dropped)

    def _room(self, connection: Connection) -> ReplyRoom:
        tenant = self._archive.tenant
        held = select(func.sum(replies.c.size)).where(replies.c.tenant == tenant, replies.c.name != "")
        allowed = select(allowances.c.bytes).where(allowances.c.tenant == tenant, allowances.c.name == _QUOTA)
        quota = connection.scalar(allowed)
        return ReplyRoom(
            held=int(connection.scalar(held) or 0), quota=self._quota_bytes if quota is None else quota
        )

    # --- Inside ---

    def _remove_unless_kept(self, name: str) -> None:
        """Remove a content whose row was not written; whoever lost the line does not know whether it was.

        Raises:
            OfficeBusyError: the archive or the blob store cannot be reached.
        """
        named = select(replies.c.number).where(
            replies.c.tenant == self._archive.tenant, replies.c.name == name
        )
        # Only a writing transaction waits until the lost one has ended, this way or that.
        with self._archive.write() as connection:
            is_kept = connection.execute(named).first() is not None
        if not is_kept:
            self._blobs.remove([name])

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
        room = self._room(connection)
        if room.held + len(handed.content) > room.quota:
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
            insert(replies).values(
                tenant=self._archive.tenant,
                name=name,
                number=kept.number,
                public_id=kept.public_id,
                ordinal=kept.ordinal,
                reply=kept.reply,
                sha256=kept.sha256,
                size=kept.size,
                received_ms=kept.received_ms,
            )
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
        is_taken=row.taken_ms is not None,
        is_held=row.name != "",
    )
