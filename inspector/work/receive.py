"""Taking in the office's messages: verified, in their order, kept first and applied after.

* A message is kept before it is applied, and the position moves only after that: a crash in between applies
  it once more, so applying must bear repetition.
* A gap, a swap or a forgery ends the reading there; what was read before stays applied.
* A message that is genuine but not understood is kept and named; it holds up none behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256

from inspector.domain.delivery import FEED_TYPE, FeedMessage
from inspector.errors import (
    AvailabilityError,
    FeedForgedError,
    FeedGapError,
    FeedReplayedError,
    FeedUnreadableError,
    FormatError,
    InspectorError,
    LogResetError,
    TrustError,
)
from inspector.trust import dsse
from inspector.trust.strict_json import parse_object
from inspector.work.feed import Acknowledgement, FeedBody, Greeting, LogReset, read_body
from inspector.work.ports import EntryState, FeedPosition
from inspector.work.round import Round, Step

OnMessage = Callable[[FeedMessage, FeedBody], None]
"""Applies what a message says to the device's memory; must bear the same message twice."""


def receive(round_: Round, *, identities: Sequence[str], on_message: OnMessage) -> None:
    """Read the feed to its end, or to the first message that cannot be believed.

    Raises:
        AvailabilityError: the line broke or the device's memory is full.
        Pausing: the office refused.
    """
    round_.at(Step.FEED)
    reader = _Reader(round_, identities, on_message)
    while True:
        before = round_.inbox.position().n
        page = round_.ask(partial(round_.office.feed, before))
        if not all(reader.take(envelope) for envelope in page.messages):
            return
        if not page.more or round_.inbox.position().n == before:
            return


class _Reader:
    def __init__(self, round_: Round, identities: Sequence[str], on_message: OnMessage) -> None:
        self._round = round_
        self._identities = identities
        self._on_message = on_message

    def take(self, envelope: bytes) -> bool:
        """Apply one message; False when none behind it can be believed."""
        position = self._round.inbox.position()
        try:
            message = self._verified(envelope, position)
        except FeedReplayedError as error:
            self._round.alarm(error)
            return True
        except (FeedGapError, FeedForgedError) as error:
            self._round.alarm(error)
            return False
        self._round.inbox.keep(message.n, envelope)
        try:
            self._apply(message)
        except AvailabilityError:
            raise
        except InspectorError as error:
            self._round.alarm(FeedUnreadableError(n=message.n, kind=message.kind, reason=error.message))
        head = sha256(envelope).hexdigest()
        self._round.inbox.advance(FeedPosition(n=message.n, head=head, at_ms=message.at_ms))
        self._round.messages += 1
        return True

    def _verified(self, envelope: bytes, position: FeedPosition) -> FeedMessage:
        """The message in `envelope`, once it is shown to be the next one.

        Raises:
            FeedForgedError, FeedReplayedError, FeedGapError: it is not.
        """
        expected = position.n + 1
        # Messages written before a rotation that this round has just learnt of carry the older key.
        keys = {self._round.statement.feed, self._round.pinned.feed}
        try:
            verified = dsse.verify(envelope, FEED_TYPE, keys)
            message = FeedMessage.from_payload(parse_object(verified.payload))
        except (TrustError, FormatError) as error:
            raise FeedForgedError(n=expected, reason=error.message.rstrip("。")) from error
        if (message.tenant, message.device) != (self._round.statement.tenant, self._round.device):
            raise FeedForgedError(n=message.n, reason="是给别的设备的")
        if message.n < expected:
            raise FeedReplayedError(n=message.n)
        if message.n > expected:
            raise FeedGapError(expected=expected, got=message.n)
        if message.prev != position.head:
            raise FeedForgedError(n=message.n, reason="与前一号不衔接")
        return message

    def _apply(self, message: FeedMessage) -> None:
        body = read_body(message, self._identities, self._round.statement)
        match body:
            case None:
                reason = "本版本不认识这种消息"
                self._round.alarm(FeedUnreadableError(n=message.n, kind=message.kind, reason=reason))
            case Acknowledgement():
                self._acknowledge(body)
            case LogReset():
                self._reset(body)
            case Greeting():
                pass
            case _:
                self._on_message(message, body)

    def _acknowledge(self, body: Acknowledgement) -> None:
        held = {entry.sha256: entry.state for entry in self._round.outbox.entries()}
        for name in body.entries:
            if held.get(name, EntryState.ACKNOWLEDGED) is not EntryState.ACKNOWLEDGED:
                self._round.outbox.acknowledge(name, at_ms=self._round.now_ms)
                self._round.acknowledged += 1

    def _reset(self, body: LogReset) -> None:
        """Go on from the office's head; what stood behind it is sent again."""
        pinned = self._round.pins.checkpoint()
        if pinned is None or pinned.size <= body.head.size:
            return
        lost = [
            entry.sha256
            for entry in self._round.outbox.entries()
            if entry.state is EntryState.RECEIVED and (entry.index or 0) >= body.head.size
        ]
        self._round.outbox.mark_waiting(lost)
        self._round.pins.pin_checkpoint(body.head, b"")
        self._round.alarm(LogResetError(size=body.head.size))
