"""One window of the tablet: what every screen is handed.

* Screens reach disk, keys, PDF, pictures and network only through `act`: in a thread, one by one.
* A handler may simply raise an `InspectorError`: the window shows it with its next step.
* Nothing of a session outlives its lock: `workbench` refuses once the tablet is locked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, ParamSpec, TypeVar

import flet as ft

from inspector.errors import IllegalMoveError, InspectorError
from inspector.tablet.gate import Gate
from inspector.tablet.tablet import Tablet
from inspector.tablet.workbench import Workbench
from inspector.ui import dialogs
from inspector.ui.layout import Layout, layout_of
from inspector.ui.taps import Act

P = ParamSpec("P")
T = TypeVar("T")

_WIDTH = 1280.0


class Session:
    """One window.

    Args:
        page: the window's page.
        tablet: what every window of the store shares.
    """

    def __init__(self, page: ft.Page, tablet: Tablet) -> None:
        self.page, self.tablet = page, tablet
        self.error: InspectorError | None = None
        self.on_error: Callable[[InspectorError | None], None] = lambda _error: None

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
        """Start something that nobody waits for; what it refuses with is shown."""

        async def guarded() -> None:
            try:
                await fn()
            except InspectorError as error:
                self.show_error(error)

        self.page.run_task(guarded)

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

    ft.use_effect(load, dependencies=list(on))
    return Loaded(value=outcome[0], error=outcome[1], again=lambda: session.page.run_task(load))
