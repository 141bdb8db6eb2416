"""The last line of a window: what a handler or a rendering lets pass ends here, and never at the client.

Flet sends the traceback of a failed handler to the client, which then shows nothing else; and a rendering
that fails ends the task that renders, so that the window never changes again. There is no hook for either, so
three of the session's own methods are wrapped.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import flet as ft

OnFailure = Callable[[BaseException], object]


def guard(
    page: ft.Page, *, on_failure: OnFailure, on_broken: OnFailure, on_activity: Callable[[], object]
) -> None:
    """Keep failures from the client and tell of a person's activity; once per window, before anything else.

    Args:
        on_failure: gets what a handler raised: an `InspectorError`, or a mistake of the program.
        on_broken: gets what a rendering raised: what it would have shown cannot be shown.
        on_activity: called before each event of a control, such as a tap or a changed text.
    """
    session: Any = page.session
    dispatch, schedule = session.dispatch_event, session.schedule_update

    def failed(_message: str) -> None:
        raised = sys.exc_info()[1]
        if raised is not None:
            on_failure(raised)

    async def watched(control_id: int, name: str, data: object) -> None:
        if control_id != page._i:
            on_activity()
        await dispatch(control_id, name, data)

    session.error = failed
    session.dispatch_event = watched
    session.schedule_update = lambda control: schedule(_Guarded(control, on_broken))


def safely(
    fn: Callable[[], Awaitable[object]], on_failure: OnFailure
) -> Callable[[], Coroutine[Any, Any, None]]:
    """`fn` for an effect or a task, which nobody awaits: what it raises goes to `on_failure`."""

    async def run() -> None:
        try:
            await fn()
        except Exception as raised:  # noqa: BLE001  # the root of everything that a window starts by itself
            on_failure(raised)

    return run


class _Guarded:
    """A control whose rendering may fail without ending the renderings of all others."""

    def __init__(self, control: Any, on_failure: OnFailure) -> None:
        self._control, self._on_failure = control, on_failure

    def update(self) -> None:
        """Render it."""
        try:
            self._control.update()
        except Exception as raised:  # noqa: BLE001  # the root of all renderings
            self._on_failure(raised)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Guarded) and other._control is self._control

    def __hash__(self) -> int:
        return id(self._control)
