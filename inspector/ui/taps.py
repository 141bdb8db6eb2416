"""Taps: what a control does when it is tapped, without the client's event."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any, Final
from weakref import WeakKeyDictionary

import flet as ft
from flet.messaging.session import Session

Act = Callable[[], object]
"""What a tap does. It may be an `async` function; the client's event is not passed on."""

_ACT: Final = "act"
_TURNS: Final = 4
"""Turns of the loop in which what was heard is rendered; a part of a screen inside another takes one more."""

_LEAVING: Final = ("blur", "dismiss")

_in_turn: WeakKeyDictionary[Session, asyncio.Lock] = WeakKeyDictionary()


def tapped(act: Act) -> Callable[[Any], Awaitable[None]]:
    """The handler for a control's event that runs `act`, and awaits what it gives if that can be awaited.

    Letters and the tap that follows them may come in one batch, as two taps may: an input method gives its
    last word up when Enter is pressed or the field is left. Handled at once, the tap would run an act that
    has never seen them. So taps begin one after the other, each once what was heard before it is rendered,
    with the act that its control has by then; a control that has been disabled meanwhile is not tapped any
    more, but can be left.
    """

    async def handler(event: ft.Event[Any]) -> None:
        session = event.page.session
        async with _in_turn.setdefault(session, asyncio.Lock()):
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            control = session.index.get(event.control._i, event.control)
            if event.name not in _LEAVING and getattr(control, "disabled", False):
                return
            newest: Act = getattr(getattr(control, f"on_{event.name}"), _ACT, act)
            outcome = newest()
            begun = asyncio.ensure_future(outcome) if isawaitable(outcome) else None
            await asyncio.sleep(0)  # an `async` act begins: what it says first is seen by the next tap
        if begun is not None:
            await begun

    setattr(handler, _ACT, act)
    return handler


async def finish(outcome: object) -> None:
    """Await what an act gave, if it can be awaited."""
    if isawaitable(outcome):
        await outcome
