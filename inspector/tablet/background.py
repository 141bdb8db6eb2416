"""Exchanging with the office while the tablet is unlocked, beside everything else.

* It begins at once, after each kick, and every five minutes; until the office has said anything,
  every few seconds; after a failure when `sync.retry` says so.
* Nobody waits for it: a round runs in a thread of its own and can be stopped between two requests.
* What it learns shows by `listen`; a screen reads `running`, `progress`, `report` and `failure`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from threading import Event

from inspector.errors import InspectorError, NotEnrolledError
from inspector.sync.retry import Pace
from inspector.tablet.inspections import Clock
from inspector.tablet.office import OfficeLink
from inspector.work.exchange import ExchangeReport, Progress

EVERY_MS = 5 * 60 * 1000
FIRST_WORD_MS = 5_000
"""Until the office has said anything: its first messages follow the certificates by seconds, not minutes."""

Random = Callable[[float, float], float]


class Background:
    """The exchange that runs by itself.

    Args:
        office: the unlocked tablet's link, or None while it is locked.
        clock: elapsed milliseconds; a clock that is set does not disturb the pace.
        random: a number between two bounds, each equally likely.
        changed: called on the event loop whenever a screen could show something else.
        after: awaited after each round that learnt something.
    """

    def __init__(
        self,
        office: Callable[[], OfficeLink | None],
        *,
        clock: Clock,
        random: Random,
        changed: Callable[[], object],
        after: Callable[[], Awaitable[object]],
    ) -> None:
        self._office, self._clock, self._random = office, clock, random
        self._changed, self._after = changed, after
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._stop = Event()
        self._pace = Pace()
        self._met_ms: int | None = None
        self.progress: Progress | None = None
        self.report: ExchangeReport | None = None
        self.failure: InspectorError | None = None
        self.running = False
        self._asking: OfficeLink | None = None

    @property
    def next_in_ms(self) -> int:
        """How long until it tries again by itself; 0 when it is due."""
        return max(0, self._pace.next_ms - self._clock())

    @property
    def since_ms(self) -> int | None:
        """How long ago a round went through to its end; None before the first."""
        return None if self._met_ms is None else self._clock() - self._met_ms

    def start(self) -> None:
        """Begin; does nothing when it has begun."""
        if self._task is None:
            self._pace = Pace()
            self._task = asyncio.create_task(self._run())

    def kick(self) -> None:
        """Exchange now, or once more when a round is running."""
        self._pace = Pace()
        self._wake.set()

    async def stop(self) -> None:
        """End; gives back when no thread touches the store any more."""
        task, self._task = self._task, None
        self._stop.set()
        self._wake.set()
        if self._asking is not None:
            self._asking.hang_up()
        if task is not None:
            await task
        self._stop.clear()
        self.progress, self.report, self.failure, self._met_ms = None, None, None, None

    async def once(self) -> None:
        """One round, to its end."""
        office = self._office()
        if office is None or self.running:
            return
        self.running, self.progress, self._asking = True, None, office
        self._changed()
        try:
            report = await asyncio.to_thread(
                office.exchange, self._teller(asyncio.get_running_loop()), self._stop.is_set
            )
            await self._after()
        except NotEnrolledError:
            self._pace = self._pace.succeeded(self._clock() + EVERY_MS)
        except InspectorError as error:
            self.failure = error
            self._pace = self._pace.failed(self._clock(), self._random)
        else:
            self._settle(report)
        finally:
            self.running, self.progress, self._asking = False, None, None
            self._changed()

    def _settle(self, report: ExchangeReport | None) -> None:
        if report is None:
            return
        self.report, self.failure = report, None
        now = self._clock()
        if report.stopped is None:
            self._met_ms = now
            self._pace = self._pace.succeeded(now + (EVERY_MS if report.feed_until_ms else FIRST_WORD_MS))
        else:
            self._pace = self._pace.failed(now, self._random, retry_after_s=report.retry_after_s)

    async def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            await self.once()
            if not self._stop.is_set() and not self._wake.is_set():
                await self._rest()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), timeout=max(1.0, self.next_in_ms / 1000))
        except TimeoutError:
            return

    def _teller(self, loop: asyncio.AbstractEventLoop) -> Callable[[Progress], None]:
        """What the round's thread calls: only a step or a percent that is new reaches the screens."""
        told: list[tuple[object, int]] = []

        def tell(progress: Progress) -> None:
            percent = 100 * progress.sent_bytes // progress.total_bytes if progress.total_bytes else 0
            if told[-1:] != [(progress.step, percent)]:
                told[:] = [(progress.step, percent)]
                loop.call_soon_threadsafe(self._show, progress)

        return tell

    def _show(self, progress: Progress) -> None:
        if self.running:
            self.progress = progress
            self._changed()
