"""One window of the tablet: what every screen is handed.

* Screens reach disk, keys, PDF, pictures and network only through `act`: in a thread, one by one.
* A handler may simply raise an `InspectorError`: the window shows it with its next step.
* Nothing of a session outlives its lock: `workbench` refuses once the tablet is locked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import ParamSpec, TypeVar

import flet as ft

from inspector.errors import IllegalMoveError, InspectorError
from inspector.tablet.gate import Gate
from inspector.tablet.tablet import Tablet
from inspector.tablet.workbench import Workbench
from inspector.ui import theme, window
from inspector.ui.window import Loaded, Window, use_read, use_watched

P = ParamSpec("P")
T = TypeVar("T")


class Session(Window):
    """One window.

    Args:
        page: the window's page.
        tablet: what every window of the store shares.
    """

    def __init__(self, page: ft.Page, tablet: Tablet) -> None:
        super().__init__(page, tablet.mishaps, is_leaving=self._only_leaving)
        self.tablet = tablet
        self._unwatch: Callable[[], object] = lambda: None
        self.sought = ""
        """The name that was looked for in vain, for the screen that adds an enterprise."""

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
    def is_holder(self) -> bool:
        """Whether this is the window that works."""
        return self.tablet.is_held_by(self)

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch, by this machine's clock."""
        return self.tablet.now_ms()

    async def act(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run an act in a thread, after every earlier one, and give what it returns.

        Raises:
            InspectorError: what the act raises; a handler may let it pass, the window then shows it.
        """
        return await self.tablet.act(fn, *args, **kwargs)

    def kick(self) -> None:
        """Something new waits for the office, such as a record that was just sealed: exchange soon."""
        self.tablet.background.kick()

    def _only_leaving(self, error: InspectorError) -> bool:
        # A screen that is rendered once more while the tablet locks finds no workbench: it is going anyway.
        return isinstance(error, IllegalMoveError) and self.tablet.workbench is None

    # --- The window itself ---

    def dress(self) -> None:
        """Give the window the scheme and text size of the settings."""
        wanted = self.tablet.preferences
        theme.apply(self.page, wanted.scheme, scale=wanted.text.scale)
        self.page.update()

    def attend(self, look: Callable[[], object]) -> None:
        """Call `look` whenever something of the tablet changed, and notice when the window goes."""
        # Whoever changes the tablet does so in the context of another window, or of none.
        own = copy_context()
        self._unwatch = self.tablet.watch(lambda: own.copy().run(look))
        page = self.page

        async def gone() -> None:
            await self.tablet.leave(self)

        async def shown(event: ft.AppLifecycleStateChangeEvent) -> None:
            if event.state in (ft.AppLifecycleState.SHOW, ft.AppLifecycleState.RESUME):
                await self.tablet.lock_if_idle()

        page.on_disconnect = gone
        page.on_close = gone
        page.on_app_lifecycle_state_change = shown

    async def depart(self) -> None:
        """The window shows nothing of the tablet any more."""
        self._unwatch()
        await self.tablet.leave(self)


def use_changes(session: Session) -> None:
    """Build the screen again whenever the tablet changes: an exchange goes on, messages have come."""
    use_watched(session.tablet.watch)


def use_repeated(
    session: Session, fn: Callable[[], Awaitable[bool]], every_s: float, on: tuple[object, ...] = ()
) -> None:
    """Call `fn` every so often while the screen is there; see `inspector.ui.window.use_repeated`."""
    window.use_repeated(session, fn, every_s, on)


def use_loaded(session: Session, fn: Callable[[], T], on: tuple[object, ...] = ()) -> Loaded[T]:
    """Read something in a thread when the screen opens, and again when a value of `on` changes."""
    return use_read(session, lambda: session.act(fn), on)
