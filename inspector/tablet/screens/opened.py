"""Opening an inspection for a screen, and looking at the part of it that a control shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import flet as ft

from inspector.errors import InspectorError
from inspector.tablet import routes
from inspector.tablet.frame import frame
from inspector.tablet.pictures import Pictures
from inspector.tablet.session import Session
from inspector.tablet.walk import View, Walk
from inspector.ui.buttons import secondary_button
from inspector.ui.panels import busy, error_panel

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Opened:
    """An inspection on its way to a screen: there once `is_open`, or not to be had."""

    walk: Walk
    pictures: Pictures
    is_open: bool
    error: InspectorError | None


@dataclass(slots=True)
class _Look(Generic[T]):
    """What a control looks at, kept from one rendering to the next."""

    select: Callable[[View], T]
    end: Callable[[], object] = lambda: None


def use_walk(session: Session, id: str) -> Opened:
    """The inspection of that id, open for as long as the screen is there."""
    nothing: tuple[bool, InspectorError | None] = (False, None)
    walk = ft.use_memo(lambda: Walk(session, id), [])
    pictures = ft.use_memo(lambda: Pictures(walk), [])
    state, show = ft.use_state(nothing)

    async def open_it() -> None:
        try:
            await walk.open()
        except InspectorError as error:
            show((False, error))
        else:
            show((True, None))

    ft.use_effect(open_it, dependencies=[], cleanup=walk.leave)
    return Opened(walk, pictures, *state)


def use_view(walk: Walk, select: Callable[[View], T]) -> T:
    """What `select` takes from the walk's view; the component is built again when that becomes another.

    A tap changes one card and a few counts: each looks at its own, and nothing else is built again.
    """
    look = ft.use_memo(lambda: _Look(select), [])
    look.select = select
    value = select(walk.now)
    _, seen = ft.use_state((value,))

    def watch() -> None:
        # In a tuple, for a value that can be called would be taken for a function of the old one.
        look.end = walk.watch(lambda view: seen((look.select(view),)))
        seen((look.select(walk.now),))

    ft.use_effect(watch, dependencies=[], cleanup=lambda: look.end())
    return value


def not_yet(session: Session, name: str, opened: Opened) -> ft.Control:
    """What stands in for the screen until the inspection is there."""
    home = secondary_button(f"{name}.home", "返回今日", lambda: session.navigate(routes.today()))
    matter = error_panel(opened.error, actions=[home]) if opened.error else busy("正在打开这次检查…")
    return frame(session, name, "检查", [matter], back=routes.today())
