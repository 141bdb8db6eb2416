"""The office's server as the console sees it, over HTTP: the log's mirror, blobs, the feed, invitations."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from inspector.domain.delivery import BlobRef
from inspector.errors import BlobHashError, LogBehindError, OfficeAnswerError, RequestUnknownError
from inspector.sync import messages, protocol
from inspector.sync.enrolment import LetterBox
from inspector.sync.log_reader import LogReader
from inspector.sync.messages import AsidePage, EntriesQuestion, LogPage
from inspector.sync.notice_messages import (
    MAX_REPLIES_PAGE,
    REPLIES_TAKEN,
    ReplyPage,
    SealedRegistration,
    WaitingReply,
    held_path,
    notice_path,
    read_box,
    read_held,
    replies_path,
    reply_path,
    taken_payload,
)
from inspector.sync.transport import Transport, understood
from inspector.sync.uploads import Uploader
from inspector.trust.strict_json import JsonValue
from inspector.work.ports import EntryResult, FeedPage
from inspector.work.reply import MAX_BYTES as MAX_REPLY_BYTES

_FIRST_BYTE = {"Range": "bytes=0-0"}
_PARTIAL = 206


class DeskOffice(LogReader):
    """The console's side of `docs/formats/sync.md`.

    Every method raises classes of `inspector.errors` and nothing else.

    Args:
        transport: signs with the office's feed key.
    """

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self._uploader = Uploader(transport)

    def log_entries(self, start: int, limit: int = protocol.MAX_LOG_ENTRIES) -> LogPage:
        """The log's leaves from index `start` on, numbered without gaps.

        Raises:
            OfficeAnswerError: the page has other numbers than those asked for.
        """
        path = protocol.log_entries_path(start, limit)
        page = understood(messages.read_log_page, self._transport.json("GET", path))
        if [index for index, _ in page.entries] != list(range(start, start + len(page.entries))):
            raise OfficeAnswerError(reason="日志页的编号不连续")
        return page

    def send_entries(self, envelopes: Sequence[bytes]) -> tuple[EntryResult, ...]:
        """Hand in entries from a bundle, as their tablet would have."""
        question = EntriesQuestion(entries=tuple(envelopes), gaps=())
        answer = self._transport.json("POST", protocol.ENTRIES, messages.entries_payload(question))
        return understood(messages.read_results, answer)

    def fetch_blob(self, blob: BlobRef, sink: BinaryIO, *, offset: int = 0) -> None:
        """Write the sealed file `blob` to `sink`, from `offset` on; the caller checks the hash of the whole.

        Raises:
            RequestUnknownError: the server does not have it.
            BlobHashError: it has another length than its envelope says.
        """
        headers = {"Range": f"bytes={offset}-"} if offset else {}
        before = sink.tell()
        rest = blob.size - offset
        answer = self._transport.fetch(protocol.blob_path(blob.sha256), sink, limit=rest + 1, headers=headers)
        if offset and answer.status != _PARTIAL:
            raise OfficeAnswerError(reason="没有从要求的位置续传")
        if sink.tell() - before != rest:
            raise BlobHashError(sha256=blob.sha256)

    def has_blob(self, blob: BlobRef) -> bool:
        """Whether the server can give a sealed file out; asks for its first byte."""
        try:
            self._transport.fetch(protocol.blob_path(blob.sha256), io.BytesIO(), limit=1, headers=_FIRST_BYTE)
        except RequestUnknownError:
            return False
        return True

    def put_blob(self, blob: BlobRef, source: BinaryIO) -> None:
        """Give a restored server a sealed file back."""
        self._uploader.send(blob, source, lambda _count: None)

    def post_feed(self, device: str, envelopes: Sequence[bytes]) -> None:
        """Leave messages for one tablet, continuing its chain.

        Raises:
            FeedConflictError: they do not follow the server's last one.
        """
        self._post_feed(device, envelopes)

    def feed_head(self, device: str) -> tuple[int, str]:
        """Number and hash of the last message that the server holds for a tablet; 0 before the first."""
        return understood(messages.read_feed_head, self._post_feed(device, ()))

    def feed_of(self, device: str, after: int) -> FeedPage:
        """What was left for one tablet, from number `after` on."""
        return understood(
            messages.read_feed, self._transport.json("GET", protocol.feed_of_path(device, after))
        )

    def register_notice(self, sealed: SealedRegistration) -> None:
        """Leave a notice's sealed registration in place of the one before.

        Raises:
            NoticeVersionError: the server has a later one.
        """
        self._transport.json("PUT", notice_path(sealed.public_id), sealed.to_payload())

    def registered(self) -> Mapping[str, int]:
        """The version of each registration that the server keeps, by public id."""
        found: dict[str, int] = {}
        after = ""
        while page := understood(read_held, self._transport.json("GET", held_path(after))):
            if page[0][0] <= after or sorted({id for id, _ in page}) != [id for id, _ in page]:
                raise OfficeAnswerError(reason="登记不是按编号排列的")
            found |= page
            after = page[-1][0]
        return found

    def registration_box(self, public_id: str) -> bytes:
        """The sealed registration of a notice, as anybody is given it."""
        return understood(read_box, self._transport.json("GET", notice_path(public_id), signed=False))

    def replies(self, after: int, *, only_waiting: bool) -> ReplyPage:
        """Replies of enterprises behind number `after`, in order.

        Args:
            only_waiting: leave out what `replies_taken` was said of.
        """
        path = replies_path(after, MAX_REPLIES_PAGE, waiting=only_waiting)
        page = understood(ReplyPage.from_payload, self._transport.json("GET", path))
        numbers = [after, *(one.number for one in page.replies)]
        if sorted(set(numbers)) != numbers:
            raise OfficeAnswerError(reason="回复的编号不是递增的")
        return page

    def replies_taken(self, held: Sequence[WaitingReply]) -> None:
        """Say that the console holds these replies: after a while the server drops their contents."""
        self._transport.json("POST", REPLIES_TAKEN, taken_payload(held))

    def fetch_reply(self, number: int, sink: BinaryIO) -> None:
        """Write a sealed reply to `sink`; the caller checks its hash."""
        self._transport.fetch(reply_path(number), sink, limit=MAX_REPLY_BYTES, headers={})

    def aside(self, after: int) -> AsidePage:
        """What the server kept out of the log (forks, quarantine), from its number `after` on."""
        return understood(messages.read_aside, self._transport.json("GET", protocol.log_aside_path(after)))

    def refill(self, start: int, leaves: Sequence[bytes], *, is_last: bool) -> None:
        """Give a restored server its log back from index `start`, in the old order.

        Args:
            is_last: nobody has more: the log goes on from here, even if the server had shown a larger one.

        Raises:
            LogConflictError: the log does not end there.
        """
        entries = [messages.text(leaf) for leaf in leaves]
        payload = {"start": start, "entries": entries, "last": is_last}
        self._transport.json("POST", protocol.LOG_REFILL, payload)

    def is_waiting(self) -> bool:
        """Whether the server takes nothing new before it has leaves back that it knows it had."""
        try:
            self.send_entries([])
        except LogBehindError:
            return True
        return False

    def publish(self, invitation: str, offer: bytes, *, expires_ms: int) -> None:
        """Lay out an invitation."""
        payload = {"id": invitation, "offer": messages.text(offer), "expires_ms": expires_ms}
        self._transport.json("POST", protocol.ENROLMENTS, payload)

    def request(self, invitation: str) -> bytes:
        """What the tablet has left.

        Raises:
            EnrolmentPendingError: nothing yet.
        """
        return LetterBox(self._transport, invitation).take("request", signed=True)

    def put_response(self, invitation: str, response: bytes) -> None:
        """Leave the certificates for the tablet."""
        LetterBox(self._transport, invitation).put("response", response, signed=True)

    def withdraw(self, invitation: str) -> None:
        """Take an invitation back."""
        self._transport.call("DELETE", protocol.enrolment_path(invitation))

    def _post_feed(self, device: str, envelopes: Sequence[bytes]) -> JsonValue:
        payload = {"device": device, "messages": [messages.text(envelope) for envelope in envelopes]}
        return self._transport.json("POST", protocol.FEED, payload)
