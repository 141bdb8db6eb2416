"""Replies of enterprises at the console: fetched sealed, kept sealed, opened to be read.

The server is told of a reply only once file and row are durable here: some time later it drops its own copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO, Protocol

from inspector.console.copy import DeskCopy
from inspector.console.database import DeskDatabase, Row
from inspector.domain.access import locator
from inspector.errors import BlobHashError, InspectorError, RepliesFillingError, ReplyDroppedError
from inspector.sync.notice_messages import ReplyPage, ReplyRoom, WaitingReply
from inspector.trust import age
from inspector.work.ports import Alarm
from inspector.work.reply import Reply, read_reply

FULL_FROM_PERCENT = 80
"""From here on somebody is told that the server fills up."""
_ROOM = "replies room"


class ReplySource(Protocol):
    """Where replies wait."""

    def replies(self, after: int, *, only_waiting: bool) -> ReplyPage:
        """Replies behind number `after`, in order."""
        ...

    def fetch_reply(self, number: int, sink: BinaryIO) -> None:
        """Write a sealed reply to `sink`."""
        ...

    def replies_taken(self, held: Sequence[WaitingReply]) -> None:
        """Say that these are held here."""
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

    def fetch(self, source: ReplySource, *, whole: bool, at_ms: int) -> int:
        """Fetch what nobody has fetched yet, and say what is held; how many replies were new.

        Args:
            whole: go through all replies that the server knows: a console that was put back from a backup
                lacks some that it had taken over, and nothing else would tell.

        Raises:
            AvailabilityError: the line broke; what was fetched is kept.
        """
        count = after = 0
        while (page := source.replies(after, only_waiting=not whole)).replies:
            count += sum(self._fetch(source, one, whole, at_ms) for one in page.replies)
            held = [one for one in page.replies if not one.is_taken and self._holds(one)]
            if held:
                source.replies_taken(held)
            after = page.replies[-1].number
        self._watch(page.room, at_ms)
        return count

    def of(self, public_id: str, identities: tuple[str, ...]) -> tuple[OpenedReply, ...]:
        """The replies to a notice, newest first, opened."""
        rows = self._database.rows(
            "SELECT * FROM replies WHERE public_id = ? ORDER BY received_ms DESC, ordinal DESC", public_id
        )
        return tuple(self._opened(row, identities) for row in rows)

    def see(self, public_id: str) -> None:
        """Somebody has looked at the replies to a notice."""
        self._database.do("UPDATE replies SET seen = 1 WHERE public_id = ?", public_id)

    def _row(self, waiting: WaitingReply) -> Row | None:
        return self._database.row(
            "SELECT sha256 FROM replies WHERE public_id = ? AND reply = ?", waiting.public_id, waiting.reply
        )

    def _holds(self, waiting: WaitingReply) -> bool:
        """Whether a reply is here, durably, as the server names it."""
        row = self._row(waiting)
        return row is not None and row["sha256"] == waiting.sha256 and self._copy.has_blob(waiting.sha256)

    def _fetch(self, source: ReplySource, waiting: WaitingReply, whole: bool, at_ms: int) -> bool:
        """Fetch a reply that is not here; whether it is a new one."""
        row = self._row(waiting)
        if self._holds(waiting) or (row is not None and not whole):
            return False
        if not self._copy.has_blob(waiting.sha256):
            if waiting.is_held:
                self._keep(source, waiting, at_ms)
            elif row is None:
                number = f"{locator(waiting.public_id)}-{waiting.ordinal}"
                error = ReplyDroppedError(number=number, sha256=waiting.sha256)
                self._copy.raise_alarm(Alarm.of(error, at_ms, waiting.sha256))
        if row is None:
            names = ("public_id", "reply", "number", "ordinal", "sha256", "size", "received_ms")
            self._database.put("replies", {**{name: getattr(waiting, name) for name in names}, "seen": 0})
        return row is None

    def _keep(self, source: ReplySource, waiting: WaitingReply, at_ms: int) -> None:
        sink = BytesIO()
        source.fetch_reply(waiting.number, sink)
        data = sink.getvalue()
        if sha256(data).hexdigest() == waiting.sha256:
            self._copy.keep_blob(waiting.sha256, data)
        else:
            error = BlobHashError(sha256=waiting.sha256[:12])
            self._copy.raise_alarm(Alarm.of(error, at_ms, waiting.sha256))

    def _watch(self, room: ReplyRoom, at_ms: int) -> None:
        """Tell of a server that fills up, once until it has room again."""
        is_filling = room.percent >= FULL_FROM_PERCENT
        if is_filling == bool(self._database.fact(_ROOM)):
            return
        with self._database.at_once():
            self._database.put_fact(_ROOM, is_filling)
            if is_filling:
                self._copy.raise_alarm(Alarm.of(RepliesFillingError(percent=room.percent), at_ms))

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
            number = f"{locator(row['public_id'])}-{row['ordinal']}"
            raise ReplyDroppedError(number=number, sha256=row["sha256"])
        return read_reply(age.decrypt(data, identities), public_id=row["public_id"])
