"""One window of a program, as far as tablet and console agree: what is shown, announced, refused, failed.

A handler may simply raise an `InspectorError`: the window shows it with its next step.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from dataclasses import dataclass
from typing import Generic, TypeVar

import flet as ft

from inspector.errors import InspectorError, MishapError
from inspector.ui import dialogs
from inspector.ui.guard import safely
from inspector.ui.layout import Layout, layout_of
from inspector.ui.taps import Act

T = TypeVar("T")

_WIDTH = 1280.0
_log = logging.getLogger("inspector")

Watch = Callable[[Callable[[], object]], Callable[[], None]]
"""Takes what to call after each change; gives what ends that."""


class Window:
    """One window; made on the loop on which its page lives, whether or not a client is there.

    Args:
        page: the window's page.
        mishaps: where failures of the program are noted, by their place only.
        is_leaving: whether a refusal only says that this window's screens are going away.
    """

    def __init__(
        self, page: ft.Page, mishaps: list[str], *, is_leaving: Callable[[InspectorError], bool]
    ) -> None:
        self.page, self._mishaps, self._is_leaving = page, mishaps, is_leaving
        self._own, self._loop = copy_context(), asyncio.get_running_loop()
        self.error: InspectorError | None = None
        self.on_error: Callable[[InspectorError | None], object] = lambda _error: None
        self.on_broken: Callable[[InspectorError], object] = lambda _error: None

    @property
    def layout(self) -> Layout:
        """How wide the window is now; the shell builds every screen again when it changes."""
        return layout_of(self.page.width or _WIDTH)

    def run(self, fn: Callable[[], Awaitable[object]]) -> None:
        """Start something that nobody waits for, from whatever window; what it fails with is shown.

        It also starts while the window has lost its client, which `page.run_task` cannot do.
        """
        start = safely(fn, self.failed)
        self._own.copy().run(lambda: asyncio.run_coroutine_threadsafe(start(), self._loop))

    def navigate(self, route: str) -> None:
        """Go to another screen."""
        self.clear_error()
        dialogs.put_away_snack(self.page)
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

    def broken(self, raised: BaseException) -> None:
        """A rendering failed: tell `on_broken`, so that the window shows something that can be shown."""
        if isinstance(raised, InspectorError):
            if not self._is_leaving(raised):
                self.on_broken(raised)
            return
        self._note(raised)
        self.on_broken(MishapError())

    def _note(self, raised: BaseException) -> None:
        _log.error("the program failed at %s", place_of(raised), exc_info=raised)
        self._mishaps.append(place_of(raised))

    def failed(self, raised: BaseException) -> None:
        """Show what a handler of this window, or something that it started, raised."""
        if isinstance(raised, InspectorError):
            if not self._is_leaving(raised):
                self.show_error(raised)
            return
        self._note(raised)
        self.show_error(MishapError())


def place_of(raised: BaseException) -> str:
    """Where the program failed, as `ValueError at module:line`, without what the error says."""
    trace, place = raised.__traceback__, "?"
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", "?"))
        if module.startswith("inspector"):
            place = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(raised).__name__} at {place}"


def use_watched(watch: Watch) -> int:
    """Build the component again after each change that `watch` tells of; gives how many there were."""
    turn, set_turn = ft.use_state(0)
    watching = ft.use_memo(_Watching, [])

    def begin() -> None:
        # Whoever changes something does so in the context of another window, or of none.
        own = copy_context()
        watching.end = watch(lambda: own.copy().run(set_turn, lambda count: count + 1))

    ft.use_effect(begin, dependencies=[], cleanup=lambda: watching.end())
    return turn


@dataclass(slots=True)
class _Watching:
    """How a screen stops watching, kept from one rendering to the next."""

    end: Callable[[], object] = lambda: None


def use_repeated(
    window: Window, fn: Callable[[], Awaitable[bool]], every_s: float, on: tuple[object, ...] = ()
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

    ft.use_effect(safely(run, window.failed), dependencies=list(on), cleanup=end)


@dataclass(slots=True)
class _Running:
    """Which repetition counts: an older one ends itself."""

    turn: int = 0


@dataclass(frozen=True, slots=True)
class Loaded(Generic[T]):
    """What a screen reads when it opens.

    Attributes:
        value: None until it is there.
        error: why it did not come.
        again: reads it once more; the old value stays until then.
    """

    value: T | None
    error: InspectorError | None
    again: Callable[[], object]


def use_read(window: Window, fn: Callable[[], Awaitable[T]], on: tuple[object, ...] = ()) -> Loaded[T]:
    """Read something when the screen opens, and again when a value of `on` changes.

    An answer that comes after that of a later question is not shown.
    """
    nothing: tuple[T | None, InspectorError | None] = (None, None)
    outcome, settle = ft.use_state(nothing)
    questions = ft.use_memo(_Questions, [])

    async def load() -> None:
        questions.asked += 1
        mine = questions.asked
        try:
            found = await fn()
        except InspectorError as error:
            failure = error
            if questions.shows(mine):
                settle(lambda before: (before[0], failure))
        else:
            if questions.shows(mine):
                settle((found, None))

    ft.use_effect(safely(load, window.failed), dependencies=list(on))
    return Loaded(value=outcome[0], error=outcome[1], again=lambda: window.run(load))


@dataclass(slots=True)
class _Questions:
    """How often a screen asked, and which of its questions the shown answer is to."""

    asked: int = 0
    shown: int = 0

    def shows(self, question: int) -> bool:
        """Whether an answer is newer than the shown one, which it then replaces.

        Not only the newest question's counts: a screen that asks again and again would never show anything.
        """
        is_newer = question > self.shown
        self.shown = max(self.shown, question)
        return is_newer
