"""What the office tells its tablets: each message is kept here before it is posted, numbered and chained."""

from __future__ import annotations

from hashlib import sha256
from typing import Protocol

from inspector.console.database import DeskDatabase, Row
from inspector.domain.delivery import NO_PREVIOUS
from inspector.errors import FeedConflictError, RefusalError, TrustError
from inspector.trust.certificates import Certificate
from inspector.trust.keys import SigningKey
from inspector.work.feed import FeedBody, compose_message, kind_of

POST_BYTES = 1024 * 1024
"""Envelopes of one request together; a single one may be larger."""


class FeedPost(Protocol):
    """Where messages are left for the tablets."""

    def post_feed(self, device: str, envelopes: list[bytes]) -> None:
        """Leave messages for one tablet, continuing its chain.

        Raises:
            FeedConflictError: they do not follow the server's last one.
        """
        ...


class Outgoing:
    """The messages of all tablets."""

    def __init__(self, database: DeskDatabase, *, tenant: str) -> None:
        self._database, self._tenant = database, tenant

    def write(self, body: FeedBody, *, device: Certificate, feed: SigningKey, at_ms: int) -> None:
        """Add a message for one tablet; it goes out with the next `post`."""
        with self._database.at_once():
            last = self._last(device.id)
            n, prev = (last["n"] + 1, last["sha256"]) if last else (1, NO_PREVIOUS)
            envelope = compose_message(
                body, tenant=self._tenant, device=device, n=n, prev=prev, feed=feed, at_ms=at_ms
            )
            row = {
                "device": device.id,
                "n": n,
                "sha256": sha256(envelope).hexdigest(),
                "kind": kind_of(body).value,
                "bytes": envelope,
                "at_ms": at_ms,
                "posted": 0,
            }
            self._database.put("feed", row)

    def post(self, office: FeedPost, *, most: int = 50) -> int:
        """Post what waits, tablet by tablet; how many messages went out.

        A server that was put back from a backup lacks older messages: then everything is posted again from
        the first, in the old bytes.

        Raises:
            AvailabilityError: the line broke; the rest waits.
            RefusalError, TrustError: the server does not take what is for one tablet; the others have theirs.
        """
        waiting = self._database.rows("SELECT DISTINCT device FROM feed WHERE posted = 0 ORDER BY device")
        sent, refused = 0, None
        for row in waiting:
            try:
                sent += self._post(office, str(row["device"]), most)
            except (RefusalError, TrustError) as error:
                refused = refused or error
        if refused is not None:
            raise refused
        return sent

    def last_ms(self, device: str) -> int:
        """When this tablet was last told something; 0 for never."""
        last = self._last(device)
        return int(last["at_ms"]) if last else 0

    def _post(self, office: FeedPost, device: str, most: int) -> int:
        sent, again = 0, False
        while page := self._waiting(device, most):
            try:
                office.post_feed(device, [row["bytes"] for row in page])
            except FeedConflictError:
                # From the first on there is nothing older to put in front of it: two histories disagree.
                if again or page[0]["n"] == 1:
                    raise
                again = True
                self._database.do("UPDATE feed SET posted = 0 WHERE device = ?", device)
                continue
            numbers = (page[0]["n"], page[-1]["n"])
            self._database.do(
                "UPDATE feed SET posted = 1 WHERE device = ? AND n BETWEEN ? AND ?", device, *numbers
            )
            sent += len(page)
        return sent

    def _waiting(self, device: str, most: int) -> list[Row]:
        rows = self._database.rows(
            "SELECT n, bytes FROM feed WHERE device = ? AND posted = 0 ORDER BY n LIMIT ?", device, most
        )
        page, room = rows[:1], POST_BYTES - sum(len(row["bytes"]) for row in rows[:1])
        for row in rows[1:]:
            room -= len(row["bytes"])
            if room < 0:
                break
            page.append(row)
        return page

    def _last(self, device: str) -> Row | None:
        return self._database.row(
            "SELECT n, sha256, at_ms FROM feed WHERE device = ? ORDER BY n DESC LIMIT 1", device
        )
