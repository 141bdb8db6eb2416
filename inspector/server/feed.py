"""What the office has to say to each device: kept in the order in which the console numbered it.

* Messages are signed by the office's feed key, sealed to the device, numbered from 1 and chained; this server
  can neither write nor read one, only hold it back, and that shows.
* The same message handed in again is no fault: the console may not have heard that it had arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, insert, select

from inspector.domain.delivery import FEED_TYPE, NO_PREVIOUS, FeedMessage
from inspector.errors import FeedConflictError, FeedForgedError, RequestUnknownError, TrustError
from inspector.server.archive import Archive
from inspector.server.register import Register
from inspector.server.schema import feed
from inspector.server.sealed import check_head
from inspector.trust import dsse
from inspector.trust.strict_json import parse_object
from inspector.work.ports import FeedPage


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHead:
    """The last message of a device: its number, 0 before the first, and its envelope's hash."""

    n: int
    sha256: str


class Feed:
    """The feeds of one archive."""

    def __init__(self, archive: Archive, register: Register) -> None:
        self._archive = archive
        self._register = register

    def post(self, device: str, envelopes: Sequence[bytes]) -> FeedHead:
        """Add messages to a device's feed, all or none; gives its head, also when there is nothing to add.

        Raises:
            RequestUnknownError: no such device.
            FeedForgedError: one is for somebody else, or not under a feed key that the office has or had.
            FeedConflictError: one does not follow the last, or repeats a number with other bytes.
            MessageMalformedError, EntryUnsealedError: one is no message.
        """
        with self._archive.write() as connection:
            if not self._register.knows_device(connection, device):
                raise RequestUnknownError(what="设备")
            # The console posts a restored server's messages again as they were, under the keys of their time.
            feed_keys = {statement.feed for statement in self._register.history(connection)}
            for envelope in envelopes:
                claimed = FeedMessage.from_payload(parse_object(dsse.peek(envelope).payload))
                try:
                    dsse.verify(envelope, FEED_TYPE, feed_keys)
                except TrustError as error:
                    raise FeedForgedError(n=claimed.n, reason=error.message) from error
                if (claimed.tenant, claimed.device) != (self._archive.tenant, device):
                    raise FeedForgedError(n=claimed.n, reason="不是发给这台设备的")
                check_head(claimed.body)
                self._add(connection, claimed, envelope)
            return self._head(connection, device)

    def read(self, device: str, after: int, limit: int, max_bytes: int) -> FeedPage:
        """Messages from number `after` on, up to `limit` and to `max_bytes` of them."""
        query = (
            select(feed.c.content)
            .where(
                feed.c.tenant == self._archive.tenant,
                feed.c.device == device,
                feed.c.number.between(after + 1, after + limit + 1),
            )
            .order_by(feed.c.number)
        )
        with self._archive.read() as connection:
            found = [bytes(content) for content in connection.execute(query).scalars()]
        page = fitting(found[:limit], max_bytes)
        return FeedPage(messages=tuple(page), more=len(found) > len(page))

    def _add(self, connection: Connection, message: FeedMessage, envelope: bytes) -> None:
        digest = sha256(envelope).hexdigest()
        head = self._head(connection, message.device)
        if message.n <= head.n and self._digest(connection, message.device, message.n) == digest:
            return
        if (message.n, message.prev) != (head.n + 1, head.sha256):
            raise FeedConflictError(n=head.n)
        connection.execute(
            insert(feed).values(
                tenant=self._archive.tenant,
                device=message.device,
                number=message.n,
                sha256=digest,
                content=envelope,
            )
        )

    def _head(self, connection: Connection, device: str) -> FeedHead:
        query = (
            select(feed.c.number, feed.c.sha256)
            .where(feed.c.tenant == self._archive.tenant, feed.c.device == device)
            .order_by(feed.c.number.desc())
            .limit(1)
        )
        row = connection.execute(query).first()
        return FeedHead(n=0, sha256=NO_PREVIOUS) if row is None else FeedHead(n=row[0], sha256=row[1])

    def _digest(self, connection: Connection, device: str, number: int) -> str | None:
        query = select(feed.c.sha256).where(
            feed.c.tenant == self._archive.tenant, feed.c.device == device, feed.c.number == number
        )
        return connection.execute(query).scalar_one_or_none()


def fitting(contents: Sequence[bytes], max_bytes: int) -> list[bytes]:
    """The first of `contents` that together stay within `max_bytes`, but one at least."""
    page: list[bytes] = []
    room = max_bytes
    for content in contents:
        room -= len(content)
        if page and room < 0:
            break
        page.append(content)
    return page
