"""One window of the tablet: what every screen is handed.

* Screens reach disk, keys, PDF, pictures and network only through `act`: in a thread, one by one.
* A handler may simply raise an `InspectorError`: the window shows it with its next step.
* Nothing of a session outlives its lock: `workbench` refuses once the tablet is locked.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from dataclasses import dataclass
from typing import Generic, ParamSpec, TypeVar

import flet as ft

from inspector.errors import IllegalMoveError, InspectorError, MishapError
from inspector.tablet.gate import Gate
from inspector.tablet.tablet import Tablet
from inspector.tablet.workbench import Workbench
from inspector.ui import dialogs, theme
from inspector.ui.guard import safely
from inspector.ui.layout import Layout, layout_of
from inspector.ui.taps import Act

P = ParamSpec("P")
T = TypeVar("T")

_WIDTH = 1280.0
_log = logging.getLogger("inspector")


class Session:
    """One window.

    Args:
        page: the window's page.
        tablet: what every window of the store shares.
    """

    def __init__(self, page: ft.Page, tablet: Tablet) -> None:
        self.page, self.tablet = page, tablet
        self.error: InspectorError | None = None
        self.on_error: Callable[[InspectorError | None], object] = lambda _error: None
        self._unwatch: Callable[[], object] = lambda: None

    @property
    def gate(self) -> Gate:
        """The tablet's door.

        Raises:
            StoreUnavailableError: the store is not open.
        """
        return self.tablet.gate

    @property
    def workbench(self) -> Workbench:
        """Everything that an unlocked tablet can do.

        Raises:
            IllegalMoveError: it is locked.
        """
        workbench = self.tablet.workbench
        if workbench is None:
            raise IllegalMoveError(reason="本机已锁定，请先输入 PIN")
        return workbench

    @property
    def layout(self) -> Layout:
        """How wide the window is now; the shell builds every screen again when it changes."""
        return layout_of(self.page.width or _WIDTH)

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch, by this machine's clock."""
        return self.tablet.now_ms()

    async def act(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run an act in a thread, after every earlier one, and give what it returns.

        Raises:
            InspectorError: what the act raises; a handler may let it pass, the window then shows it.
        """
        return await self.tablet.act(fn, *args, **kwargs)

    def run(self, fn: Callable[[], Awaitable[object]]) -> None:
        """Start something that nobody waits for; what it fails with is shown."""
        self.page.run_task(safely(fn, self.failed))

    def kick(self) -> None:
        """Something new waits for the office, such as a record that was just sealed: exchange soon."""
        self.tablet.background.kick()

    def navigate(self, route: str) -> None:
        """Go to another screen; see `inspector.tablet.routes` for the addresses."""
        self.clear_error()
        self.page.navigate(route)

    def snack(self, text: str, undo: Act | None = None) -> None:
        """Announce what was done, for eight seconds, with 撤销 where there is a way back."""
        if undo is None:
            dialogs.snack(text)
        else:
            dialogs.snack_with_undo(text, undo)

    def show_error(self, error: InspectorError) -> None:
        """Show what went wrong and what to do, until it is put away or another screen is opened."""
        self.error = error
        self.on_error(error)

    def clear_error(self) -> None:
        """Put the shown error away."""
        if self.error is not None:
            self.error = None
            self.on_error(None)

    def failed(self, raised: BaseException) -> None:
        """Show what a handler or a rendering of this window raised; the end of the way for all of it."""
        if isinstance(raised, InspectorError):
            # A screen that is rendered once more while the tablet locks finds no workbench: it is going.
            if not (isinstance(raised, IllegalMoveError) and self.tablet.workbench is None):
                self.show_error(raised)
            return
        _log.error("the program failed at %s", place_of(raised), exc_info=raised)
        self.tablet.mishaps.append(place_of(raised))
        self.show_error(MishapError())

    # --- The window itself ---

    def dress(self) -> None:
        """Give the window the scheme and text size of the settings."""
        wanted = self.tablet.preferences
        theme.apply(self.page, wanted.scheme, scale=wanted.text.scale)
        self.page.update()

    def attend(self, look: Callable[[], object]) -> None:
        """Call `look` whenever something of the tablet changed, and notice when the window goes and comes."""
        # Whoever changes the tablet does so in the context of another window, or of none.
        own = copy_context()
        self._unwatch = self.tablet.watch(lambda: own.copy().run(look))
        page = self.page

        async def gone() -> None:
            await self.tablet.leave(self)

        async def shown(event: ft.AppLifecycleStateChangeEvent) -> None:
            if event.state in (ft.AppLifecycleState.SHOW, ft.AppLifecycleState.RESUME):
                await self.tablet.lock_if_idle()

        page.on_connect = lambda: self.tablet.arrive(self)
        page.on_disconnect = gone
        page.on_close = gone
        page.on_app_lifecycle_state_change = shown

    async def depart(self) -> None:
        """The window shows nothing of the tablet any more."""
        self._unwatch()
        await self.tablet.leave(self)


def place_of(raised: BaseException) -> str:
    """Where the program failed, as `ValueError at module:line`, without what the error says."""
    trace, place = raised.__traceback__, "?"
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", "?"))
        if module.startswith("inspector"):
            place = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(raised).__name__} at {place}"


def use_changes(session: Session) -> None:
    """Build the screen again whenever the tablet changes: an exchange goes on, messages have come."""
    _, turn = ft.use_state(0)
    watching = ft.use_memo(_Watching, [])

    def watch() -> None:
        own = copy_context()
        watching.end = session.tablet.watch(lambda: own.copy().run(turn, lambda count: count + 1))

    ft.use_effect(watch, dependencies=[], cleanup=lambda: watching.end())


@dataclass(slots=True)
class _Watching:
    """How a screen stops watching, kept from one rendering to the next."""

    end: Callable[[], object] = lambda: None


def use_repeated(
    session: Session, fn: Callable[[], Awaitable[bool]], every_s: float, on: tuple[object, ...] = ()
) -> None:
    """Call `fn` when the screen opens and every so often, until it gives True or the screen is gone.

    It begins anew when a value of `on` changes; what it refuses with is shown and ends it.
    """
    running = ft.use_memo(_Running, [])

    async def run() -> None:
        running.turn += 1
        mine = running.turn
        while running.turn == mine and not await fn():
            await asyncio.sleep(every_s)

    def end() -> None:
        running.turn += 1

    ft.use_effect(safely(run, session.failed), dependencies=list(on), cleanup=end)


@dataclass(slots=True)
class _Running:
    """Which repetition counts: an older one ends itself."""

    turn: int = 0


@dataclass(frozen=True, slots=True)
class Loaded(Generic[T]):
    """What a screen reads from the store when it opens.

    Attributes:
        value: None until it is there.
        error: why it did not come.
        again: reads it once more; the old value stays until then.
    """

    value: T | None
    error: InspectorError | None
    again: Callable[[], object]


def use_loaded(session: Session, fn: Callable[[], T], on: tuple[object, ...] = ()) -> Loaded[T]:
    """Read something in a thread when the screen opens, and again when a value of `on` changes."""
    nothing: tuple[T | None, InspectorError | None] = (None, None)
    outcome, settle = ft.use_state(nothing)

    async def load() -> None:
        try:
            found = await session.act(fn)
        except InspectorError as error:
            failure = error
            settle(lambda before: (before[0], failure))
        else:
            settle((found, None))

    safe = safely(load, session.failed)
    ft.use_effect(safe, dependencies=list(on))
    return Loaded(value=outcome[0], error=outcome[1], again=lambda: session.page.run_task(safe))
