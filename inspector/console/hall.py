"""The desk that every window of this process stands at: acts in order, passes beside them, who is here.

* Several people may be logged in, each in a window of their own; the office's keys are out for all or none.
* Acts run in threads, one after the other, in the order in which they were asked for.
* Keys that nobody needs are put away: when no window has been logged in for a while.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

from inspector.catalog import Catalogue
from inspector.console.accounts import LoggedIn
from inspector.console.background import Background
from inspector.console.calendars import Calendars
from inspector.console.desk import Desk, DeskReport
from inspector.console.devices import Devices
from inspector.console.extension_papers import ExtensionPapers
from inspector.console.extensions import Extensions
from inspector.console.ledger import Ledger, LedgerTab
from inspector.console.numbers import Templates
from inspector.console.office_copies import OfficeCopies
from inspector.console.own_forms import OwnForms, Specimens
from inspector.console.packs import Packs
from inspector.console.records import Records
from inspector.console.sealing_batch import SealingBatch
from inspector.console.taking import RecordState
from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.working_days import WorkingCalendar
from inspector.errors import InspectorError
from inspector.photos.isolation import SafeDecoder
from inspector.store.fonts import FontShelf
from inspector.work.ports import Alarm
from inspector.work.press import Press

P = ParamSpec("P")
T = TypeVar("T")

IDLE_MS = 10 * 60_000
"""A window that nobody touches for this long is logged out; keys without anybody are locked after it."""

LOOK_EVERY_S = 5.0
NO_TABLES = WorkingCalendar()


class Visitor(Protocol):
    """A window as the hall sees it."""

    @property
    def who(self) -> LoggedIn | None:
        """Who works in it; None while it asks for a login."""
        ...

    @property
    def touched_ms(self) -> int:
        """When it was last touched, by the hall's elapsed clock."""
        ...

    async def log_out(self) -> None:
        """Back to the login."""
        ...

    def check(self) -> None:
        """Back to the login, if who works in it was shut out."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What is shown beside every screen: counts and alarms, as of the last look.

    Attributes:
        unread: notices with replies that nobody has read.
    """

    states: Mapping[RecordState, int] = field(default_factory=dict)
    devices: int = 0
    unread: int = 0
    alarms: tuple[Alarm, ...] = ()

    @property
    def waiting(self) -> int:
        """Records that want somebody's look."""
        return self.states.get(RecordState.NEW, 0) + self.states.get(RecordState.NOT_GENUINE, 0)


class OfficePress(Press, Specimens, Protocol):
    """Prints what the office itself issues, and samples of its own documents."""


class Hall:
    """One desk and whoever stands at it.

    Args:
        templates: of every kind of issuer.
        catalogue: the program's checklists.
        own: the office's folder of checklists; None publishes the program's.
        unconfirmed: documents whose form nobody has confirmed.
        fonts: the office's own, on this machine; `press` prints with them.
        elapsed: milliseconds that run on whatever the clock does.
        calendar: the holiday tables that came with the program.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        templates: Templates,
        catalogue: Catalogue,
        fonts: FontShelf,
        press: OfficePress,
        own: Path | None = None,
        unconfirmed: Mapping[IssuerKind, Collection[NoticeKind]] | None = None,
        elapsed: Callable[[], int],
        calendar: WorkingCalendar = NO_TABLES,
    ) -> None:
        self.desk, self.records, self.catalogue = desk, Records(desk), catalogue
        self.devices, self.elapsed = Devices(desk, templates), elapsed
        self.calendars = Calendars(desk, calendar)
        self.extensions = Extensions(desk, self.records, self.calendars)
        self.unconfirmed = unconfirmed or {}
        self.packs = Packs(desk, catalogue, own)
        self.fonts, self.forms = fonts, OwnForms(desk, press)
        self.ledger = Ledger(desk)
        self.copies = OfficeCopies(desk)
        self.papers = ExtensionPapers(desk, self.records, self.copies, templates, press)
        self.sealing = SealingBatch(desk, self.copies, act=self.act, changed=self.changed)
        self.decoder = SafeDecoder()
        self.tally = Tally()
        self.mishaps: list[str] = []
        self._turn = asyncio.Lock()
        self._watchers: list[Callable[[], object]] = []
        self._visitors: list[Visitor] = []
        self._alone_since_ms = elapsed()
        self._watch: asyncio.Task[None] | None = None
        self.background = Background(
            is_due=lambda: desk.is_unlocked, run=self._pass, clock=desk.clock, after=self.refresh
        )

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch, by this machine's clock."""
        return self.desk.clock()

    @property
    def is_settled(self) -> bool:
        """Whether the console knows its office and has an account."""
        return self.desk.is_settled and self.desk.accounts.exists()

    # --- Running ---

    async def begin(self) -> None:
        """Let passes and the look for idle windows begin, on the running loop."""
        self.background.start()
        self._watch = asyncio.create_task(self._look_after())

    async def close(self) -> None:
        """Put everything away and let another process have the folder."""
        if self._watch is not None:
            self._watch.cancel()
        await self.sealing.stop()
        await self.background.stop()
        await self.act(self.desk.close)
        self.decoder.close()

    async def act(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` in a thread when every earlier act is done, and give what it returns.

        Raises:
            InspectorError: what `fn` raises.
        """
        async with self._turn:
            return await asyncio.to_thread(fn, *args, **kwargs)

    async def beside(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run something that only reads, or asks the server, without holding up any act.

        Raises:
            InspectorError: what `fn` raises.
        """
        return await asyncio.to_thread(fn, *args, **kwargs)

    async def refresh(self) -> None:
        """Count again and let every window show it."""
        try:
            self.tally = await asyncio.to_thread(self._count)
        except InspectorError as error:
            self.background.failure = error
        self.changed()

    def _pass(self) -> DeskReport:
        report = self.desk.run()
        if self.devices.recover() + self.devices.numbers.top_up():
            self.desk.run()
        return report

    def _count(self) -> Tally:
        if not self.desk.is_open:
            return Tally()
        devices = self.desk.database.row("SELECT COUNT(*) AS n FROM devices WHERE revoked_ms IS NULL")
        return Tally(
            states=self.records.counts(),
            devices=int(devices["n"]) if devices else 0,
            unread=self.ledger.count(LedgerTab.UNREAD),
            alarms=self.desk.alarms(),
        )

    # --- Windows ---

    def arrive(self, visitor: Visitor) -> None:
        """A window was opened."""
        if visitor not in self._visitors:
            self._visitors.append(visitor)

    def leave(self, visitor: Visitor) -> None:
        """A window is gone."""
        if visitor in self._visitors:
            self._visitors.remove(visitor)

    async def look(self) -> None:
        """Log idle windows out, and lock the keys that nobody needs."""
        now = self.elapsed()
        for visitor in tuple(self._visitors):
            if visitor.who is not None and now - visitor.touched_ms >= IDLE_MS:
                await visitor.log_out()
        if any(visitor.who for visitor in self._visitors):
            self._alone_since_ms = now
        elif self.desk.is_unlocked and now - self._alone_since_ms >= IDLE_MS:
            await self.lock_keys(None)

    def check(self) -> None:
        """An account was closed: whoever worked under it is at the login again."""
        for visitor in tuple(self._visitors):
            visitor.check()

    async def lock_keys(self, who: LoggedIn | None) -> None:
        """Put the office's keys away, for every window."""
        await self.act(self.desk.lock, who)
        self.copies.forget()
        self.background.forget()
        self.changed()

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self.look()

    # --- What changes ---

    def watch(self, watcher: Callable[[], object]) -> Callable[[], None]:
        """Call `watcher` whenever a window could show something else; gives what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher) if watcher in self._watchers else None

    def changed(self) -> None:
        """A window could show something else now."""
        for watcher in tuple(self._watchers):
            watcher()
