"""The passes of the desk: mirror, take in, acknowledge, post, top up numbers; by themselves while unlocked.

* One pass begins when the keys are unlocked, after each kick, and every fifteen seconds.
* Nobody waits for it: it runs in a thread of its own, beside what people do; a failure is a line.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from inspector.console.desk import DeskReport
from inspector.errors import InspectorError

EVERY_S = 15.0


class Background:
    """The desk's passes.

    Args:
        is_due: whether the keys are out.
        run: one pass; called in a thread.
        after: awaited on the event loop after each pass, whatever came of it.
    """

    def __init__(
        self,
        *,
        is_due: Callable[[], bool],
        run: Callable[[], DeskReport],
        clock: Callable[[], int],
        after: Callable[[], Awaitable[object]],
    ) -> None:
        self._is_due, self._run, self._clock, self._after = is_due, run, clock, after
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._turn = asyncio.Lock()
        self._stopped = False
        self.report: DeskReport | None = None
        self.failure: InspectorError | None = None
        self.done_ms: int | None = None

    def start(self) -> None:
        """Begin; does nothing when it has begun."""
        if self._task is None:
            self._stopped = False
            self._task = asyncio.create_task(self._go_on())

    def kick(self) -> None:
        """Make a pass now, or once more when one is running."""
        self._wake.set()

    def forget(self) -> None:
        """Put away what the last pass came to: the keys were locked."""
        self.report, self.failure = None, None

    async def stop(self) -> None:
        """End; gives back when no thread touches the desk any more."""
        task, self._task = self._task, None
        self._stopped = True
        self._wake.set()
        if task is not None:
            await task

    async def once(self) -> None:
        """One pass, to its end; nothing while the keys are locked."""
        async with self._turn:
            if not self._is_due():
                return
            try:
                self.report = await asyncio.to_thread(self._run)
            except InspectorError as error:
                self.failure = error if self._is_due() else None
            else:
                self.failure, self.done_ms = None, self._clock()
            await self._after()

    async def _go_on(self) -> None:
        while not self._stopped:
            self._wake.clear()
            await self.once()
            if not self._stopped:
                await self._rest()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), timeout=EVERY_S)
        except TimeoutError:
            return
