"""The last line of a window: what a handler lets pass ends here, and never at the client.

Flet sends the traceback of a failed handler to the client, which then shows nothing else. There is no hook
for it, so the session's own two methods are wrapped: one reports failures, the other passes every event.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

import flet as ft

from inspector.errors import InspectorError

_log = logging.getLogger("inspector")


def guard(
    page: ft.Page,
    *,
    on_error: Callable[[InspectorError], object],
    on_mishap: Callable[[BaseException | None], object],
    on_activity: Callable[[], object],
) -> None:
    """Keep failures from the client and tell of a person's activity; once per window, before anything else.

    Args:
        on_error: gets what a handler refused with.
        on_mishap: gets a mistake of the program; it was logged already.
        on_activity: called before each event of a control, such as a tap or a changed text.
    """
    session: Any = page.session
    dispatch = session.dispatch_event

    def failed(_message: str) -> None:
        raised = sys.exc_info()[1]
        if isinstance(raised, InspectorError):
            on_error(raised)
        else:
            _log.error("a handler failed: %s", type(raised).__name__, exc_info=raised)
            on_mishap(raised)

    async def watched(control_id: int, name: str, data: object) -> None:
        if control_id != page._i:
            on_activity()
        await dispatch(control_id, name, data)

    session.error = failed
    session.dispatch_event = watched
