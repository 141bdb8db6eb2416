"""The tablet's link to its office: what waits, one exchange at a time, what the office's messages change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import cast

from inspector.domain import record_parts as parts
from inspector.domain.delivery import EntryKind, FeedMessage
from inspector.domain.enterprise import Enterprise
from inspector.domain.profile import IssuerProfile
from inspector.errors import DeviceRolledBackError, EntryForkError, NotEnrolledError
from inspector.store.memory import DeviceMemory
from inspector.tablet.calendars import Calendars
from inspector.tablet.crew import Crew
from inspector.tablet.inspections import Clock
from inspector.tablet.paper import Paper
from inspector.tablet.shelf import Shelf
from inspector.work.exchange import ExchangeReport, OnProgress, exchange
from inspector.work.feed import (
    EnterpriseList,
    FeedBody,
    HolidayNotice,
    ItemNote,
    NumberBlock,
    NumberRecall,
    Outcome,
    SignedDecision,
)
from inspector.work.more_time import MoreTime
from inspector.work.own_forms import SignedForms
from inspector.work.packs import PackPart
from inspector.work.ports import Alarm, EntryState, Office, OutboxEntry

DECISIONS, ENTERPRISES = "decisions", "enterprises"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A record that the supervisor returned and that nobody has answered yet.

    Attributes:
        record: the returned record; `sha256` is its inner envelope's.
        note: for the whole record; `items` for single ones.
        by: the supervisor's name.
    """

    record: str
    sha256: str
    note: str
    items: tuple[ItemNote, ...]
    by: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRow:
    """One entry on its way to the office, as the transfer screen shows it."""

    entry: OutboxEntry
    kind: EntryKind
    sealed_ms: int
    acknowledged_ms: int | None


class OfficeLink:
    """Exchanging with the office.

    Args:
        connect: opens the way to the server at an address, signed by this device.
        elapsed: milliseconds that run on whatever the clock does.
        on_enterprises: told after one enterprise, or with None the office's list, has changed.
        order: held while a message takes effect, so that no act of a person runs at the same time.
    """

    def __init__(
        self,
        *,
        memory: DeviceMemory,
        crew: Crew,
        paper: Paper,
        shelf: Shelf,
        calendars: Calendars,
        connect: Callable[[str], Office],
        clock: Clock,
        elapsed: Clock,
        on_enterprises: Callable[[Enterprise | None], None],
        order: Lock,
    ) -> None:
        self._memory, self._crew, self._paper = memory, crew, paper
        self._shelf, self._calendars = shelf, calendars
        self._connect, self._clock, self._on_enterprises = connect, clock, on_enterprises
        self._elapsed = elapsed
        self._office_began: int | None = None
        self._under_way: Office | None = None
        self._order, self._one_at_a_time = order, Lock()
        self.last_report: ExchangeReport | None = None

    @property
    def address(self) -> str:
        """The server's address; empty before enrolment."""
        fact = self._memory.fact("office")
        return str(fact["url"]) if fact else ""

    def settle(self, url: str, fingerprint: str) -> None:
        """Keep the office's address and the fingerprint of its root key, as confirmed at enrolment."""
        self._memory.put_fact("office", {"url": url, "fingerprint": fingerprint})

    def exchange(self, on_progress: OnProgress, is_cancelled: Callable[[], bool]) -> ExchangeReport | None:
        """One round; None when another one is running.

        Raises:
            NotEnrolledError: this tablet has no office yet.
        """
        device, fact = self._crew.device(), self._memory.fact("office")
        if device is None or fact is None or not self._crew.is_enrolled:
            raise NotEnrolledError()
        if not self._one_at_a_time.acquire(blocking=False):
            return None
        began = self._elapsed()
        try:
            with self._order:
                self._shelf.tell_the_office()
                self._paper.numbers.tell_the_office(self._crew.seal)
            self._under_way = office = self._connect(str(fact["url"]))
            self.last_report = exchange(
                office=office,
                outbox=self._memory,
                inbox=self._memory,
                pins=self._memory,
                device=device.id,
                root_fingerprint=str(fact["fingerprint"]),
                identities=[device.identity],
                now_ms=self._clock(),
                on_message=self._apply_in_order,
                on_progress=on_progress,
                is_cancelled=is_cancelled,
            )
        finally:
            self._under_way = None
            self._one_at_a_time.release()
        if _is_an_older_copy(self.last_report):
            self._paper.numbers.stop()
        if self.last_report.office_ms is not None:
            self._office_began = self.last_report.office_ms - began
        return self.last_report

    def hang_up(self) -> None:
        """Wait for no answer of the round that is running."""
        office = self._under_way
        if office is not None:
            office.hang_up()

    def clock_off_ms(self) -> int:
        """By how much this tablet's clock is ahead of what the server said last; negative: behind."""
        if self._office_began is None:
            return 0
        return self._clock() - (self._office_began + self._elapsed())

    def _apply_in_order(self, message: FeedMessage, body: FeedBody) -> None:
        if isinstance(body, PackPart):
            self._shelf.take(body, self._order)
            return
        with self._order:
            self.apply(message, body)

    def apply(self, _message: FeedMessage, body: FeedBody) -> None:
        """Let one message of the office take effect; the same one twice changes nothing more."""
        match body:
            case SignedDecision():
                self._memory.put_rows(DECISIONS, {body.decision.record: _decided(body)})
            case NumberBlock():
                self._paper.numbers.take_in(body)
            case NumberRecall():
                self._paper.numbers.recall(body.blocks)
            case HolidayNotice():
                self._calendars.take(body.text)
            case MoreTime():
                self._paper.issuing.take_more_time(body)
            case SignedForms():
                self._paper.forms.take(body)
            case EnterpriseList():
                self._replace_enterprises(body.enterprises)
            case IssuerProfile():
                self._memory.put_fact("issuer", body.to_record())
            case _:
                return

    # --- What the screens ask ---

    def tasks(self) -> tuple[Task, ...]:
        """Returned records that no newer record of this tablet answers, newest first."""
        answered = {str(row["record"]) for row in self._memory.rows("answered").values()}
        tasks = [
            _task(record, row)
            for record, row in self._memory.rows(DECISIONS).items()
            if row["outcome"] == Outcome.RETURNED.value and record not in answered
        ]
        return tuple(sorted(tasks, key=lambda task: -task.at_ms))

    def notes_on(self, record: str) -> tuple[ItemNote, ...]:
        """What the supervisor wrote about single items of a record, answered or not."""
        row = self._memory.row(DECISIONS, record)
        return _task(record, row).items if row else ()

    def answered(self, record: str, by: str) -> None:
        """A newer record answers the returned one."""
        self._memory.put_rows("answered", {by: {"record": record}})

    def outcome(self, record: str) -> Outcome | None:
        """How the supervisor decided about a record; None while nobody has."""
        row = self._memory.rows(DECISIONS).get(record)
        return Outcome(str(row["outcome"])) if row else None

    def transfer(self) -> tuple[TransferRow, ...]:
        """Every entry and how far it has come, newest first."""
        rows = [
            TransferRow(
                entry=entry,
                kind=self._memory.kind_of(entry.sha256),
                sealed_ms=self._memory.entry_time(entry.sha256),
                acknowledged_ms=self._memory.acknowledged_ms(entry.sha256),
            )
            for entry in self._memory.entries()
        ]
        return tuple(reversed(rows))

    def unsent(self) -> int:
        """Entries for which the office has given no receipt."""
        waiting = (EntryState.WAITING, EntryState.SENT, EntryState.SET_ASIDE)
        return sum(entry.state in waiting for entry in self._memory.entries())

    def alarms(self) -> tuple[Alarm, ...]:
        """What a person should know of."""
        return self._memory.alarms()

    def put_away(self, alarm: Alarm) -> None:
        """A person has seen it."""
        self._memory.put_away(alarm)

    def heard_until_ms(self) -> int:
        """办公室消息截至: the time of the last message; 0 for none."""
        return self._memory.position().at_ms

    def enterprises(self) -> tuple[Enterprise, ...]:
        """Every enterprise that this tablet knows: the office's and its own."""
        return tuple(parts.to_enterprise(dict(row)) for row in self._memory.rows(ENTERPRISES).values())

    def enterprise(self, id: str) -> Enterprise | None:
        """One enterprise."""
        row = self._memory.row(ENTERPRISES, id)
        return parts.to_enterprise(dict(row)) if row else None

    def enter_enterprise(self, enterprise: Enterprise) -> None:
        """Keep one that was added, or put right, on the spot."""
        self._memory.put_rows(ENTERPRISES, {enterprise.id: parts.from_enterprise(enterprise)})
        self._on_enterprises(enterprise)

    def _replace_enterprises(self, enterprises: tuple[Enterprise, ...]) -> None:
        rows: dict[str, Mapping[str, object] | None] = {
            one.id: None for one in self.enterprises() if one.from_office
        }
        # What somebody said on the spot stays until the office says it.
        said = {one.id: one.kinds for one in self.enterprises()}
        known = (one if one.kinds else replace(one, kinds=said.get(one.id, ())) for one in enterprises)
        rows.update({one.id: parts.from_enterprise(one) for one in known})
        self._memory.put_rows(ENTERPRISES, rows)
        self._on_enterprises(None)


def _is_an_older_copy(report: ExchangeReport) -> bool:
    """Whether the office has entries of this tablet that its own store does not know."""
    forked = any(alarm.code == EntryForkError.code for alarm in report.alarms)
    return forked or isinstance(report.paused, DeviceRolledBackError)


def _decided(body: SignedDecision) -> Mapping[str, object]:
    decision = body.decision
    return {
        "outcome": decision.outcome.value,
        "sha256": decision.sha256,
        "note": decision.note,
        "items": [{"item": one.item, "note": one.note} for one in decision.items],
        "by": decision.by,
        "at_ms": decision.at_ms,
        "envelope": body.envelope.decode("utf-8"),
        "certificate": body.certificate.decode("utf-8"),
    }


def _task(record: str, row: Mapping[str, object]) -> Task:
    items = cast("list[Mapping[str, str]]", row["items"])
    return Task(
        record=record,
        sha256=str(row["sha256"]),
        note=str(row["note"]),
        items=tuple(ItemNote(item=one["item"], note=one["note"]) for one in items),
        by=str(row["by"]),
        at_ms=cast("int", row["at_ms"]),
    )
