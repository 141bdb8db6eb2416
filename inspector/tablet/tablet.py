"""The tablet that every window looks at: its door, its acts in order, its idleness, which window works.

* One window works at a time. Another one may take over; that locks the tablet, so it takes a PIN.
* Acts run in threads, one after the other, in the order in which they were asked for.
* Locking shows at once and is done when the running exchange has come to a stop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from threading import Lock
from typing import ParamSpec, TypeVar

from inspector.catalog import Catalogue
from inspector.errors import StoreUnavailableError
from inspector.store.files import REAL_FILES, Files
from inspector.tablet.background import Background, Random
from inspector.tablet.gate import Gate
from inspector.tablet.inspections import Clock
from inspector.tablet.preferences import Preferences, read_preferences, write_preferences
from inspector.tablet.workbench import Workbench
from inspector.work.enrol import TabletBox

P = ParamSpec("P")
T = TypeVar("T")

PREFERENCES = "preferences.json"
_MINUTE_MS = 60_000
LOOK_EVERY_S = 5.0
"""How often the tablet looks whether it has been idle for long enough."""


class Tablet:
    """One store and whoever looks at it.

    Args:
        folder: the store.
        open_gate: opens the store's door, or says who holds it.
        knock: the letter box of an office at an address, for enrolling.
        catalogue: the checklists, for samples before enrolment.
        clock: milliseconds since the Unix epoch; `elapsed` runs on whatever the clock does.
        random: for the pace of exchanges.
        order: held by each act, and by the exchange while a message of the office takes effect.
    """

    def __init__(
        self,
        folder: Path,
        *,
        open_gate: Callable[[], Gate],
        knock: Callable[[str], TabletBox],
        catalogue: Catalogue,
        clock: Clock,
        elapsed: Clock,
        random: Random,
        order: Lock,
        files: Files = REAL_FILES,
    ) -> None:
        self._folder, self._open_gate, self._files = folder, open_gate, files
        self.knock, self.catalogue, self.now_ms, self._elapsed = knock, catalogue, clock, elapsed
        self._gate: Gate | None = None
        self._turn, self._order, self._door = asyncio.Lock(), order, asyncio.Lock()
        self._touched_ms = elapsed()
        self._is_locking = False
        self._watchers: list[Callable[[], object]] = []
        self._keepers: list[Callable[[], Awaitable[object]]] = []
        self._windows: list[object] = []
        self.mishaps: list[str] = []
        self.preferences = read_preferences(folder / PREFERENCES, files=files)
        self.background = Background(
            lambda: self.workbench.office if self.workbench else None,
            clock=elapsed,
            random=random,
            changed=self.changed,
            after=self._keep_escrow,
        )

    # --- The door ---

    @property
    def is_open(self) -> bool:
        """Whether this process has the store."""
        return self._gate is not None

    @property
    def gate(self) -> Gate:
        """The open door.

        Raises:
            StoreUnavailableError: `open` has not succeeded.
        """
        if self._gate is None:
            raise StoreUnavailableError(reason="本机数据尚未打开")
        return self._gate

    @property
    def workbench(self) -> Workbench | None:
        """What an unlocked tablet can do; None while it is locked or being locked."""
        return None if self._gate is None or self._is_locking else self._gate.workbench

    def open(self) -> None:
        """Open the store, once.

        Raises:
            StoreInUseError: another process has it open.
            StoreFullError, StoreUnavailableError: the disk.
        """
        if self._gate is None:
            self._gate = self._open_gate()

    async def enter(self, fn: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Run an act that unlocks the tablet, then let everything that needs it begin.

        A tablet that is still being locked comes to that end first: else it would lock behind whoever enters.
        """
        async with self._door:
            await self.act(fn, *args, **kwargs)
        self.touch()
        self.background.start()
        self.changed()

    async def lock(self) -> None:
        """Forget every key. What shows as saved is on disk: nothing is lost."""
        if self._gate is None or self._gate.workbench is None or self._is_locking:
            return
        self._is_locking = True
        self.changed()
        try:
            async with self._door:
                for keep in tuple(self._keepers):
                    await keep()
                await self.background.stop()
                await self.act(self._gate.lock)
        finally:
            self._is_locking = False
            self.changed()

    async def close(self) -> None:
        """Lock, and let another process have the store."""
        await self.lock()
        gate, self._gate = self._gate, None
        if gate is not None:
            gate.close()

    async def _keep_escrow(self) -> None:
        if self.workbench is not None:
            await self.act(self.gate.keep_escrow)

    # --- Acts and idleness ---

    async def act(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` in a thread when every earlier act is done, and give what it returns.

        Raises:
            InspectorError: what `fn` raises.
        """

        def ordered() -> T:
            with self._order:
                return fn(*args, **kwargs)

        async with self._turn:
            return await asyncio.to_thread(ordered)

    async def beside(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run something that touches no store, such as a request to the office, without holding up any act.

        Raises:
            InspectorError: what `fn` raises.
        """
        return await asyncio.to_thread(fn, *args, **kwargs)

    def touch(self) -> None:
        """Somebody works."""
        self._touched_ms = self._elapsed()

    async def lock_if_idle(self) -> None:
        """Lock when nobody has touched anything for as long as the settings say."""
        if self._elapsed() - self._touched_ms >= self.preferences.lock_minutes * _MINUTE_MS:
            await self.lock()

    async def look_after(self) -> None:
        """Lock after idleness, for as long as the program runs."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self.lock_if_idle()

    def prefer(self, preferences: Preferences) -> None:
        """Keep other settings, durably.

        Raises:
            StoreFullError, StoreUnavailableError: the old ones stay.
        """
        write_preferences(self._folder / PREFERENCES, preferences, files=self._files)
        self.preferences = preferences

    # --- Windows ---

    def arrive(self, window: object) -> None:
        """A window was opened; it works here if no other does."""
        if window not in self._windows:
            self._windows.append(window)
        self.changed()

    async def leave(self, window: object) -> None:
        """A window is gone. If it worked the tablet locks, and the next one that waits may work."""
        if window not in self._windows:
            return
        held = self.is_held_by(window)
        self._windows.remove(window)
        try:
            self.changed()
        finally:
            if held:
                await self.lock()

    def is_held_by(self, window: object) -> bool:
        """Whether this is the window that works."""
        return self._windows[:1] == [window]

    async def take_over(self, window: object) -> None:
        """Work in this window from now on; the other one says so, and the PIN is asked again."""
        if window in self._windows:
            self._windows.remove(window)
        self._windows.insert(0, window)
        self.changed()
        await self.lock()

    # --- What changes ---

    def watch(self, watcher: Callable[[], object]) -> Callable[[], None]:
        """Call `watcher` whenever a window could show something else; gives what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher) if watcher in self._watchers else None

    def before_lock(self, keep: Callable[[], Awaitable[object]]) -> Callable[[], None]:
        """Let `keep` write what is still being typed before the keys are forgotten; gives what ends it."""
        self._keepers.append(keep)
        return lambda: self._keepers.remove(keep) if keep in self._keepers else None

    def changed(self) -> None:
        """A window could show something else now."""
        for watcher in tuple(self._watchers):
            watcher()
