"""Replies of enterprises at the console: fetched sealed, kept sealed, opened to be read."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO, Protocol

from inspector.console.copy import DeskCopy
from inspector.console.database import DeskDatabase, Row
from inspector.domain.access import locator
from inspector.errors import BlobHashError, InspectorError
from inspector.sync.notice_messages import WaitingReply
from inspector.trust import age
from inspector.work.ports import Alarm
from inspector.work.reply import Reply, read_reply

FETCHED = "replies fetched"
"""The fact that holds the number of the last reply that was fetched."""


class ReplySource(Protocol):
    """Where replies wait."""

    def replies(self, after: int) -> tuple[WaitingReply, ...]:
        """Replies behind number `after`, in order."""
        ...

    def fetch_reply(self, number: int, sink: BinaryIO) -> None:
        """Write a sealed reply to `sink`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedReply:
    """A reply as it is shown.

    Attributes:
        number: what the receipt calls it.
        reply: None when it does not open or cannot be read; `problem` then says why, in Chinese.
    """

    number: str
    sha256: str
    received_ms: int
    is_seen: bool
    reply: Reply | None
    problem: str = ""


class ReplyBox:
    """The replies of one desk."""

    def __init__(self, database: DeskDatabase, copy: DeskCopy) -> None:
        self._database, self._copy = database, copy

    def fetch(self, source: ReplySource, *, at_ms: int) -> int:
        """Fetch what has come in since the last time; how many replies that were.

        Raises:
            AvailabilityError: the line broke; what was fetched is kept.
        """
        count = 0
        while page := source.replies(self._last()):
            for waiting in page:
                count += self._fetch(source, waiting, at_ms)
        return count

    def start_again(self) -> None:
        """The server was put back from a backup and counts anew: ask for everything once more."""
        self._database.put_fact(FETCHED, {"number": 0})

    def of(self, public_id: str, identities: tuple[str, ...]) -> tuple[OpenedReply, ...]:
        """The replies to a notice, newest first, opened."""
        rows = self._database.rows(
            "SELECT * FROM replies WHERE public_id = ? ORDER BY received_ms DESC, ordinal DESC", public_id
        )
        return tuple(self._opened(row, identities) for row in rows)

    def see(self, public_id: str) -> None:
        """Somebody has looked at the replies to a notice."""
        self._database.do("UPDATE replies SET seen = 1 WHERE public_id = ?", public_id)

    def _last(self) -> int:
        fact = self._database.fact(FETCHED)
        return int(fact["number"]) if fact else 0

    def _fetch(self, source: ReplySource, waiting: WaitingReply, at_ms: int) -> bool:
        known = self._database.row(
            "SELECT sha256 FROM replies WHERE public_id = ? AND reply = ?", waiting.public_id, waiting.reply
        )
        if known is None:
            sink = BytesIO()
            source.fetch_reply(waiting.number, sink)
            data = sink.getvalue()
            if sha256(data).hexdigest() != waiting.sha256:
                error = BlobHashError(sha256=waiting.sha256[:12])
                self._copy.raise_alarm(Alarm.of(error, at_ms, waiting.sha256))
            else:
                self._copy.keep_blob(waiting.sha256, data)
        with self._database.at_once():
            if known is None:
                self._database.put("replies", {**waiting.to_payload(), "seen": 0})
            self._database.put_fact(FETCHED, {"number": waiting.number})
        return known is None

    def _opened(self, row: Row, identities: tuple[str, ...]) -> OpenedReply:
        reply, problem = None, ""
        try:
            reply = self._read(row, identities)
        except InspectorError as error:
            problem = error.message
        return OpenedReply(
            number=f"{locator(row['public_id'])}-{row['ordinal']}",
            sha256=row["sha256"],
            received_ms=row["received_ms"],
            is_seen=bool(row["seen"]),
            reply=reply,
            problem=problem,
        )

    def _read(self, row: Row, identities: tuple[str, ...]) -> Reply:
        data = self._copy.blob(row["sha256"])
        if data is None:
            raise BlobHashError(sha256=row["sha256"][:12])
        return read_reply(age.decrypt(data, identities), public_id=row["public_id"])
