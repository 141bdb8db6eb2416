"""One exchange with the office: who answers, what it has, what it lacks, its receipts, its messages.

    report = exchange(office=…, outbox=…, inbox=…, pins=…, device=…, …)

* Nothing leaves the device's memory here. An entry is *received* by a verified receipt and may be removed
  only once the console has acknowledged it.
* Whatever the server does, it ends in an entry's state, in an alarm, or in the report; nothing is passed
  over.
* While the log is shorter than it was, or another, nothing is sent: new entries would take the places of the
  lost ones. The office's messages are still read; one of them may say how to go on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from inspector.errors import (
    AcknowledgementOverdueError,
    AvailabilityError,
    CheckpointInvalidError,
    DeviceRolledBackError,
    ExchangeCancelledError,
    FeedSilentError,
    InspectorError,
    LogForkedError,
    LogOlderError,
    OfficeMismatchError,
    ReceiptInvalidError,
    ReceiptMissingError,
    TrustError,
)
from inspector.trust.statement import verify_statement, verify_successor
from inspector.work.ports import Alarm, EntryState, Inbox, Office, Outbox, OutboxEntry, Pins
from inspector.work.receive import OnMessage, receive
from inspector.work.round import OnProgress, Pausing, Progress, Round, Step
from inspector.work.sending import Plan, compare, hand_in, send_blobs
from inspector.work.witness import Witness

__all__ = ["ExchangeReport", "OnProgress", "Progress", "Step", "exchange", "silence"]

MAX_RECEIPTS = 200
"""In one question to the server."""
ACKNOWLEDGE_WITHIN_DAYS = 3
SILENT_AFTER_DAYS = 7

_DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeReport:
    """What one round came to.

    Attributes:
        sent: envelopes handed in.
        received: entries for which a receipt was verified.
        acknowledged: entries that the console has said it holds.
        set_aside: entries left out from now on.
        messages: of the office, applied.
        waiting: entries still without a receipt, those set aside not counted.
        alarms: raised in this round.
        stopped: why it ended early; try again, after `retry_after_s` where the server named a time.
        paused: why nothing may be sent until a person has looked or the office has answered otherwise.
        feed_until_ms: "办公室消息截至": the time of the office's last message that was applied; 0 for none.
        office_ms: what the server's clock showed when the round began, signed by nobody; None for nothing.
    """

    sent: int
    received: int
    acknowledged: int
    set_aside: int
    messages: int
    waiting: int
    alarms: tuple[Alarm, ...]
    stopped: InspectorError | None
    paused: InspectorError | None
    feed_until_ms: int
    office_ms: int | None = None

    @property
    def is_complete(self) -> bool:
        """Whether the round got through to its end."""
        return self.stopped is None and self.paused is None

    @property
    def retry_after_s(self) -> int | None:
        """Seconds that the server asked to wait, where it did."""
        value = self.stopped.facts.get("retry_after_s") if self.stopped is not None else None
        return value if isinstance(value, int) else None


def exchange(
    *,
    office: Office,
    outbox: Outbox,
    inbox: Inbox,
    pins: Pins,
    device: str,
    root_fingerprint: str,
    identities: Sequence[str],
    now_ms: int,
    on_message: OnMessage,
    on_progress: OnProgress = lambda _progress: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> ExchangeReport:
    """One round, from greeting to the last message; it never raises for what an office or a line can do.

    Args:
        device: this device's id.
        root_fingerprint: of the office's root key, as confirmed at enrolment.
        identities: the device's age identities, which open the office's messages.
        now_ms: the present.
        on_message: applies one message; must bear the same one twice.
        on_progress: told of bytes and steps, often.
        is_cancelled: asked between requests.

    Raises:
        InspectorError: the device's own memory does not hold what it should.
    """
    round_ = Round(
        office=office,
        outbox=outbox,
        inbox=inbox,
        pins=pins,
        statement=verify_statement(pins.statement(), root_fingerprint),
        device=device,
        now_ms=now_ms,
        on_progress=on_progress,
        is_cancelled=is_cancelled,
    )
    stopped, paused = _run(round_, root_fingerprint, identities, on_message)
    for error, entry in silence(outbox.entries(), inbox.position().at_ms, now_ms):
        round_.alarm(error, entry)
    return _report(round_, stopped, paused)


def silence(
    entries: Sequence[OutboxEntry], feed_until_ms: int, now_ms: int
) -> tuple[tuple[InspectorError, str | None], ...]:
    """What has not come for too long: the console's acknowledgement, or any message at all.

    A server that gives receipts and keeps nothing, or holds messages back, shows by nothing else.
    """
    found: list[tuple[InspectorError, str | None]] = []
    for entry in entries:
        days = (now_ms - (entry.received_ms or now_ms)) // _DAY_MS
        if entry.state is EntryState.RECEIVED and days >= ACKNOWLEDGE_WITHIN_DAYS:
            found.append((AcknowledgementOverdueError(seq=entry.seq, days=days), entry.sha256))
            break
    silent_days = (now_ms - feed_until_ms) // _DAY_MS
    if feed_until_ms and silent_days >= SILENT_AFTER_DAYS:
        found.append((FeedSilentError(days=silent_days), None))
    return tuple(found)


def _run(
    round_: Round, root_fingerprint: str, identities: Sequence[str], on_message: OnMessage
) -> tuple[InspectorError | None, InspectorError | None]:
    """The steps in their order; why they stopped, and why they are paused."""
    stopped: InspectorError | None = None
    paused: InspectorError | None = None
    try:
        envelope = _greet(round_, root_fingerprint)
        try:
            paused = _send_if_sound(round_)
        except ExchangeCancelledError:
            raise
        except AvailabilityError as error:
            stopped = error  # a line too weak for photos may still carry the messages
        receive(round_, identities=identities, on_message=on_message)
        if envelope is not None:
            round_.pins.pin_statement(envelope)
    except Pausing as pausing:
        paused = pausing.error
        round_.alarm(pausing.error)
    except AvailabilityError as error:
        stopped = stopped or error
    except InspectorError as error:
        stopped = stopped or error
        round_.alarm(error)
    return stopped, paused


def _greet(round_: Round, root_fingerprint: str) -> bytes | None:
    """Make sure that it is our office; its newer statement, if it has one.

    Raises:
        Pausing: another office, or an older or a second statement.
    """
    round_.at(Step.GREETING)
    hello = round_.ask(round_.office.hello)
    round_.office_ms = hello.time_ms
    try:
        if hello.tenant != round_.pinned.tenant:
            raise OfficeMismatchError(reason="单位不同")
        if hello.statement == round_.pins.statement():
            return None
        statement = verify_statement(hello.statement, root_fingerprint)
        verify_successor(statement, round_.pinned)
    except TrustError as error:
        raise Pausing(error) from error
    round_.statement = statement
    return hello.statement if statement.version > round_.pinned.version else None


def _send_if_sound(round_: Round) -> InspectorError | None:
    """Send everything, unless the log or this device's own memory speaks against it: that is the answer."""
    witness = Witness(round_)
    try:
        witness.look()
        plan = compare(round_)
        hand_in(round_, plan)
        _collect_receipts(round_, plan, witness)
        send_blobs(round_, plan)
        _collect_receipts(round_, plan, witness)
    except (LogOlderError, LogForkedError, CheckpointInvalidError, DeviceRolledBackError) as error:
        round_.is_forked = isinstance(error, LogForkedError)
        round_.alarm(error)
        return error
    return None


def _collect_receipts(round_: Round, plan: Plan, witness: Witness) -> None:
    """Ask for the receipts of all entries that should be complete at the server, and verify each."""
    round_.at(Step.RECEIPTS)
    due = [
        entry
        for entry in round_.outbox.entries()
        if entry.state is EntryState.SENT and plan.missing.isdisjoint(blob.sha256 for blob in entry.blobs)
    ]
    places = {entry.seq: entry.index for entry in round_.outbox.entries()}
    for start in range(0, len(due), MAX_RECEIPTS):
        some = due[start : start + MAX_RECEIPTS]
        names = [entry.sha256 for entry in some]
        answer = round_.ask(partial(round_.office.receipts, names))
        given = {each.entry: each.receipt for each in answer}
        for entry in some:
            _take_receipt(round_, witness, entry, given.get(entry.sha256), places)


def _take_receipt(
    round_: Round,
    witness: Witness,
    entry: OutboxEntry,
    receipt: bytes | None,
    places: dict[int, int | None],
) -> None:
    """Keep `receipt` if it proves the entry's place; `places` are the known ones, by `seq`."""
    if receipt is None:
        round_.alarm(ReceiptMissingError(seq=entry.seq), entry.sha256)
        return
    try:
        index = witness.index_of(entry, receipt)
        before = places.get(entry.seq - 1)
        if before is not None and index <= before:
            raise ReceiptInvalidError(seq=entry.seq, reason="日志中的次序与本机不同")
    except (ReceiptInvalidError, CheckpointInvalidError) as error:
        round_.alarm(error, entry.sha256)
        return
    places[entry.seq] = index
    round_.outbox.keep_receipt(entry.sha256, receipt, index=index, at_ms=round_.now_ms)
    round_.received += 1


def _report(round_: Round, stopped: InspectorError | None, paused: InspectorError | None) -> ExchangeReport:
    pending = (EntryState.WAITING, EntryState.SENT)
    return ExchangeReport(
        sent=round_.sent,
        received=round_.received,
        acknowledged=round_.acknowledged,
        set_aside=round_.set_aside_count,
        messages=round_.messages,
        waiting=sum(entry.state in pending for entry in round_.outbox.entries()),
        alarms=tuple(round_.alarms),
        stopped=stopped,
        paused=paused,
        feed_until_ms=round_.inbox.position().at_ms,
        office_ms=round_.office_ms,
    )
