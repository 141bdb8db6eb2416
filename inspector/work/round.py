"""One round of exchange in progress: who takes part, what was noticed, how far it is.

`ask` is the gate through which every request goes: between two requests a person can stop the round, and what
makes the office unfit to talk to is told apart there from what concerns one entry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from inspector.errors import ExchangeCancelledError, InspectorError, RequestForbiddenError, TrustError
from inspector.trust.statement import OfficeStatement
from inspector.work.ports import Alarm, Inbox, Office, Outbox, Pins, Problem

T = TypeVar("T")


class Step(StrEnum):
    """What a round is busy with."""

    GREETING = "greeting"
    COMPARING = "comparing"
    ENTRIES = "entries"
    BLOBS = "blobs"
    RECEIPTS = "receipts"
    FEED = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a round is.

    Attributes:
        sent_bytes: of envelopes and sealed files, those included that the server already had in part.
        total_bytes: of everything that this round has to send; 0 until it is known.
        record: id of the inspection or notice at hand.
    """

    step: Step
    sent_bytes: int
    total_bytes: int
    record: str | None = None


OnProgress = Callable[[Progress], None]


class Pausing(Exception):
    """The office refused or failed a check in a way that ends all sending, not one entry's."""

    def __init__(self, error: InspectorError) -> None:
        super().__init__(error.message)
        self.error = error


class Round:
    """The state that the steps of one round share.

    Args:
        statement: the office's keys, as pinned.
        device: this device's id.
        now_ms: when the round began.
        on_progress: told after each request and each piece.
        is_cancelled: asked before each request and after each piece.
    """

    def __init__(
        self,
        *,
        office: Office,
        outbox: Outbox,
        inbox: Inbox,
        pins: Pins,
        statement: OfficeStatement,
        device: str,
        now_ms: int,
        on_progress: OnProgress,
        is_cancelled: Callable[[], bool],
    ) -> None:
        self.office = office
        self.outbox = outbox
        self.inbox = inbox
        self.pins = pins
        self.pinned = statement
        self.statement = statement
        self.device = device
        self.now_ms = now_ms
        self.alarms: list[Alarm] = []
        self.sent = 0
        self.received = 0
        self.acknowledged = 0
        self.set_aside_count = 0
        self.messages = 0
        self.office_ms: int | None = None
        self.is_forked = False
        self._on_progress = on_progress
        self._is_cancelled = is_cancelled
        self._step = Step.GREETING
        self._sent_bytes = 0
        self._total_bytes = 0
        self._record: str | None = None

    def ask(self, call: Callable[[], T]) -> T:
        """What the office answers to one request.

        Raises:
            ExchangeCancelledError: somebody stopped the round.
            Pausing: the office is not to be talked to any more.
            InspectorError: whatever else the request ended in.
        """
        self.check_cancelled()
        try:
            return call()
        except (TrustError, RequestForbiddenError) as error:
            raise Pausing(error) from error

    def check_cancelled(self) -> None:
        """Go on, unless somebody stopped the round.

        Raises:
            ExchangeCancelledError: somebody did.
        """
        if self._is_cancelled():
            raise ExchangeCancelledError

    def alarm(self, error: InspectorError, entry: str | None = None) -> None:
        """Keep what `error` says for a person to see."""
        alarm = Alarm.of(error, self.now_ms, entry)
        self.alarms.append(alarm)
        self.pins.raise_alarm(alarm)

    def set_aside(self, sha256: str, problem: Problem) -> None:
        """Leave one entry out from now on, and say so."""
        self.outbox.set_aside(sha256, problem)
        self.set_aside_count += 1
        alarm = Alarm(
            code=problem.code, message=problem.message, hint=problem.hint, entry=sha256, at_ms=self.now_ms
        )
        self.alarms.append(alarm)
        self.pins.raise_alarm(alarm)

    def at(self, step: Step, record: str | None = None) -> None:
        """The round has come to `step`."""
        self._step, self._record = step, record
        self._tell()

    def expect_bytes(self, count: int) -> None:
        """So many bytes are to be sent in all."""
        self._total_bytes = count
        self._tell()

    def count_bytes(self, count: int) -> None:
        """So many more are there; the round may be stopped here.

        Raises:
            ExchangeCancelledError: somebody stopped it.
        """
        self._sent_bytes += count
        self._tell()
        self.check_cancelled()

    def _tell(self) -> None:
        self._on_progress(
            Progress(
                step=self._step,
                sent_bytes=self._sent_bytes,
                total_bytes=max(self._total_bytes, self._sent_bytes),
                record=self._record,
            )
        )
