"""What the office tells its tablets: each message is kept here before it is posted, numbered and chained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Protocol

from inspector.console.database import DeskDatabase, Row
from inspector.domain.delivery import NO_PREVIOUS, FeedMessage
from inspector.errors import FeedConflictError, RefusalError, TrustError
from inspector.trust.certificates import Certificate
from inspector.trust.keys import SigningKey
from inspector.work.feed import FeedBody, RawBody, compose_message, kind_of

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

    def feed_head(self, device: str) -> tuple[int, str]:
        """Number and hash of the last message that the server holds for a tablet; 0 before the first."""
        ...


class Outgoing:
    """The messages of all tablets.

    Args:
        readers: recipients who can open each message beside its tablet: the office itself.
        on_lost: told how many messages a server lacks of how many tablets, in the transaction that lays them
            out to be posted again.
    """

    def __init__(
        self,
        database: DeskDatabase,
        *,
        tenant: str,
        readers: Sequence[str] = (),
        on_lost: Callable[[int, int], None] = lambda _count, _tablets: None,
    ) -> None:
        self._database, self._tenant, self._readers = database, tenant, tuple(readers)
        self._on_lost = on_lost

    def write(self, body: FeedBody | RawBody, *, device: Certificate, feed: SigningKey, at_ms: int) -> None:
        """Add a message for one tablet; it goes out with the next `post`."""
        with self._database.at_once():
            last = self._last(device.id)
            n, prev = (last["n"] + 1, last["sha256"]) if last else (1, NO_PREVIOUS)
            envelope = compose_message(
                body,
                tenant=self._tenant,
                device=device,
                n=n,
                prev=prev,
                feed=feed,
                at_ms=at_ms,
                readers=self._readers,
            )
            row = {
                "device": device.id,
                "n": n,
                "sha256": sha256(envelope).hexdigest(),
                "kind": body.kind if isinstance(body, RawBody) else kind_of(body).value,
                "bytes": envelope,
                "at_ms": at_ms,
                "posted": 0,
            }
            self._database.put("feed", row)

    def post(self, office: FeedPost, *, most: int = 50) -> int:
        """Post what waits, tablet by tablet; how many messages went out.

        A server that was put back from a backup lacks older messages: they are posted again in the old bytes.

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

    def lay_out_again(self, office: FeedPost, devices: Sequence[str]) -> int:
        """Lay out what the server has lost of what was posted; how many messages that are.

        Raises:
            InspectorError: as `office.feed_head`.
        """
        lost = {device: self._beyond(device, *office.feed_head(device)) for device in devices}
        missed = {device: numbers for device, numbers in lost.items() if numbers}
        count = sum(map(len, missed.values()))
        if count:
            with self._database.at_once():
                for device, numbers in missed.items():
                    self._database.do(
                        "UPDATE feed SET posted = 0 WHERE device = ? AND n >= ?", device, numbers[0]
                    )
                self._on_lost(count, len(missed))
        return count

    def last_ms(self, device: str) -> int:
        """When this tablet was last told something; 0 for never."""
        last = self._last(device)
        return int(last["at_ms"]) if last else 0

    # --- After a backup was put back ---

    def posted(self, device: str) -> int:
        """The last number that is known to lie at the server for a tablet; 0 for none."""
        row = self._database.row("SELECT MAX(n) AS n FROM feed WHERE device = ? AND posted = 1", device)
        return int(row["n"] or 0) if row else 0

    def holds(self, device: str, n: int, envelope: bytes) -> bool:
        """Whether message `n` is kept here in these very bytes."""
        row = self._database.row("SELECT sha256 FROM feed WHERE device = ? AND n = ?", device, n)
        return row is not None and row["sha256"] == sha256(envelope).hexdigest()

    def adopt(self, message: FeedMessage, envelope: bytes) -> None:
        """Keep a message that lies at the server as the tablet's next one."""
        row = {
            "device": message.device,
            "n": message.n,
            "sha256": sha256(envelope).hexdigest(),
            "kind": message.kind,
            "bytes": envelope,
            "at_ms": message.at_ms,
            "posted": 1,
        }
        self._database.put("feed", row)

    def take_out_unposted(self, device: str) -> tuple[bytes, ...]:
        """Take out what was never posted, in order, to be written again."""
        rows = self._database.rows(
            "SELECT bytes FROM feed WHERE device = ? AND posted = 0 ORDER BY n", device
        )
        self._database.do("DELETE FROM feed WHERE device = ? AND posted = 0", device)
        return tuple(row["bytes"] for row in rows)

    def _post(self, office: FeedPost, device: str, most: int) -> int:
        sent, again = 0, False
        while page := self._waiting(device, most):
            try:
                office.post_feed(device, [row["bytes"] for row in page])
            except FeedConflictError:
                # Once they are laid out again and still do not fit, two histories disagree.
                if again or not self.lay_out_again(office, [device]):
                    raise
                again = True
                continue
            numbers = (page[0]["n"], page[-1]["n"])
            self._database.do(
                "UPDATE feed SET posted = 1 WHERE device = ? AND n BETWEEN ? AND ?", device, *numbers
            )
            sent += len(page)
        return sent

    def _beyond(self, device: str, n: int, digest: str) -> list[int]:
        """Numbers of the posted messages behind the server's last one; none if that is not one of ours."""
        own = self._database.row("SELECT sha256 FROM feed WHERE device = ? AND n = ?", device, n)
        if n and (own is None or own["sha256"] != digest):
            return []
        rows = self._database.rows(
            "SELECT n FROM feed WHERE device = ? AND n > ? AND posted = 1 ORDER BY n", device, n
        )
        return [int(row["n"]) for row in rows]

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
