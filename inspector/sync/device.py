"""The office's server as a tablet sees it, over HTTP: the port `work.ports.Office`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from inspector.domain.delivery import BlobRef
from inspector.sync import messages, protocol
from inspector.sync.enrolment import LetterBox
from inspector.sync.log_reader import LogReader
from inspector.sync.messages import EntriesQuestion, HaveQuestion
from inspector.sync.transport import Transport, understood
from inspector.sync.uploads import Uploader
from inspector.work.ports import (
    EntryResult,
    FeedPage,
    Gap,
    GivenReceipt,
    Holdings,
    OnBytes,
)


class DeviceOffice(LogReader):
    """A tablet's side of `docs/formats/sync.md`.

    Every method raises the classes of `inspector.errors` that `work.ports` sorts, and nothing else.

    Args:
        transport: signs with the device's key.
    """

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self._uploader = Uploader(transport)

    def hang_up(self) -> None:
        """End the request under way, from another thread; there will be no other."""
        self._transport.hang_up()

    def have(self, last_seq: int, hashes: Sequence[str]) -> Holdings:
        """What the server has and lacks; at most `protocol.MAX_HAVE` hashes."""
        question = HaveQuestion(last_seq=last_seq, hashes=tuple(hashes))
        answer = self._transport.json("POST", protocol.HAVE, messages.have_payload(question))
        return understood(messages.read_holdings, answer)

    def send_entries(self, envelopes: Sequence[bytes], gaps: Sequence[Gap]) -> tuple[EntryResult, ...]:
        """Hand in envelopes, at most `protocol.MAX_ENTRIES` or `protocol.MAX_ENTRIES_BYTES`."""
        question = EntriesQuestion(entries=tuple(envelopes), gaps=tuple(gaps))
        answer = self._transport.json("POST", protocol.ENTRIES, messages.entries_payload(question))
        return understood(messages.read_results, answer)

    def send_blob(self, blob: BlobRef, source: BinaryIO, on_bytes: OnBytes) -> None:
        """Hand in one sealed file, continuing where an earlier attempt stopped."""
        self._uploader.send(blob, source, on_bytes)

    def receipts(self, hashes: Sequence[str]) -> tuple[GivenReceipt, ...]:
        """Receipts for entries that are complete at the server; at most `protocol.MAX_RECEIPTS`."""
        payload = messages.receipts_question_payload(hashes)
        return understood(messages.read_receipts, self._transport.json("POST", protocol.RECEIPTS, payload))

    def feed(self, after: int) -> FeedPage:
        """The messages after number `after`."""
        path = protocol.feed_path(after, protocol.MAX_FEED)
        return understood(messages.read_feed, self._transport.json("GET", path))


class DeviceEnrolment:
    """A tablet's calls before it has a certificate: the port `work.enrol.TabletBox`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def offer(self, invitation: str) -> bytes:
        """The console's offer."""
        return LetterBox(self._transport, invitation).take("offer", signed=False)

    def put_request(self, invitation: str, request: bytes) -> None:
        """This tablet's keys, bound to the secret of the code."""
        LetterBox(self._transport, invitation).put("request", request, signed=False)

    def response(self, invitation: str) -> bytes:
        """The console's answer.

        Raises:
            EnrolmentPendingError: nobody has confirmed yet.
        """
        return LetterBox(self._transport, invitation).take("response", signed=False)
