"""Taking in the office's messages: verified, in their order, kept first and applied after.

* A message is kept before it is applied, and the position moves only after that: a crash in between applies
  it once more, so applying must bear repetition.
* A gap, a swap or a forgery ends the reading there; what was read before stays applied.
* A message of a feed key that this device never knew (it was away for two rotations) is believed once a later
  one of a key that it does know names it by its hash, directly or through those between them.
* A message that is genuine but not understood is kept and named; it holds up none behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256

from inspector.domain.delivery import FEED_TYPE, FeedMessage
from inspector.errors import (
    AvailabilityError,
    CalendarConflictError,
    CalendarMalformedError,
    CalendarOlderError,
    FeedForgedError,
    FeedGapError,
    FeedReplayedError,
    FeedUnreadableError,
    FormatError,
    FormsConflictError,
    FormsForgedError,
    FormsOlderError,
    FormsUnfitError,
    InspectorError,
    LogResetError,
    NumbersOverlapError,
    PackConflictError,
    PackForgedError,
    PackOlderError,
    PackUnfitError,
    SignerUnknownError,
    TrustError,
)
from inspector.trust import dsse
from inspector.trust.strict_json import parse_object
from inspector.work.feed import Acknowledgement, FeedBody, Greeting, LogReset, read_body
from inspector.work.ports import EntryState, FeedPosition
from inspector.work.round import Round, Step

MAX_AHEAD = 10_000
"""Messages of unknown keys that are looked through for one of a known key."""

_SPEAKING = (
    FormsConflictError,
    FormsForgedError,
    FormsOlderError,
    FormsUnfitError,
    PackForgedError,
    PackConflictError,
    PackOlderError,
    PackUnfitError,
    CalendarConflictError,
    CalendarMalformedError,
    CalendarOlderError,
    NumbersOverlapError,
)
"""What is wrong with a message that is genuine is told in its own words."""

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
        # Messages written before a rotation that this round has just learnt of carry the older key.
        self._keys = {round_.statement.feed, round_.pinned.feed}
        self._vouched: Mapping[int, str] = {}

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
        except _SPEAKING as error:
            self._round.alarm(error)
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
        try:
            message = FeedMessage.from_payload(parse_object(self._payload(envelope, position)))
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

    def _payload(self, envelope: bytes, position: FeedPosition) -> bytes:
        """What is in `envelope`, once the feed's key or a later message stands for it.

        Raises:
            TrustError, FormatError: neither does.
        """
        try:
            return dsse.verify(envelope, FEED_TYPE, self._keys).payload
        except SignerUnknownError:
            if position.n + 1 not in self._vouched:
                self._vouched = self._look_ahead(position)
            if self._vouched.get(position.n + 1) != sha256(envelope).hexdigest():
                raise
            return dsse.peek(envelope).payload

    def _look_ahead(self, position: FeedPosition) -> Mapping[int, str]:
        """Hashes by number of the messages that lead up to the next one of a known key; none if none comes.

        Raises:
            TrustError, FormatError: one of them is no message, or a known key's signature is wrong.
        """
        led: dict[int, str] = {}
        head = position.head
        for envelope in self._coming(position):
            message = FeedMessage.from_payload(parse_object(dsse.peek(envelope).payload))
            if (message.n, message.prev) != (position.n + len(led) + 1, head):
                return {}
            try:
                dsse.verify(envelope, FEED_TYPE, self._keys)
            except SignerUnknownError:
                head = led[message.n] = sha256(envelope).hexdigest()
            else:
                return led
        return {}

    def _coming(self, position: FeedPosition) -> Iterator[bytes]:
        """What the server has to say from here on, up to `MAX_AHEAD` messages."""
        seen = 0
        while seen < MAX_AHEAD:
            page = self._round.ask(partial(self._round.office.feed, position.n + seen))
            yield from page.messages
            seen += len(page.messages)
            if not page.messages or not page.more:
                return

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
        """Go on from the office's head; what stood behind it, or in a log that forked, is sent again."""
        pinned, forked = self._round.pins.checkpoint(), self._round.is_forked
        if pinned is None or (pinned.size <= body.head.size and not forked):
            return
        lost = [
            entry.sha256
            for entry in self._round.outbox.entries()
            if entry.state is EntryState.RECEIVED and (forked or (entry.index or 0) >= body.head.size)
        ]
        self._round.outbox.mark_waiting(lost)
        self._round.pins.pin_checkpoint(body.head, b"")
        self._round.alarm(LogResetError(size=body.head.size))
