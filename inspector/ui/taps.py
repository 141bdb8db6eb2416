"""Taps: what a control does when it is tapped, without the client's event."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

Act = Callable[[], object]
"""What a tap does. It may be an `async` function; the client's event is not passed on."""


def tapped(act: Act) -> Callable[[Any], Awaitable[None]]:
    """The handler for a control's event that runs `act`, and awaits what it gives if that can be awaited."""

    async def handler(_: Any) -> None:
        await finish(act())

    return handler


async def finish(outcome: object) -> None:
    """Await what an act gave, if it can be awaited."""
    if isawaitable(outcome):
        await outcome
