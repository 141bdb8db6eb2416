"""Opening an inspection for a screen."""

from __future__ import annotations

from dataclasses import dataclass

import flet as ft

from inspector.errors import InspectorError
from inspector.tablet import routes
from inspector.tablet.frame import frame
from inspector.tablet.pictures import Pictures
from inspector.tablet.session import Session
from inspector.tablet.walk import View, Walk
from inspector.ui.buttons import secondary_button
from inspector.ui.panels import busy, error_panel


@dataclass(frozen=True, slots=True)
class Opened:
    """An inspection on its way to a screen: the view is None until it was read, or could not be."""

    walk: Walk
    pictures: Pictures
    view: View | None
    error: InspectorError | None


def use_walk(session: Session, id: str) -> Opened:
    """The inspection of that id, followed for as long as the screen is there."""
    nothing: tuple[View | None, InspectorError | None] = (None, None)
    walk = ft.use_memo(lambda: Walk(session, id), [])
    pictures = ft.use_memo(lambda: Pictures(walk), [])
    state, show = ft.use_state(nothing)

    async def open_it() -> None:
        try:
            await walk.open(lambda view: show((view, None)))
        except InspectorError as error:
            failure = error
            show((None, failure))

    ft.use_effect(open_it, dependencies=[], cleanup=walk.leave)
    return Opened(walk, pictures, *state)


def not_yet(session: Session, name: str, opened: Opened) -> ft.Control:
    """What stands in for the screen until the inspection is there."""
    home = secondary_button(f"{name}.home", "返回今日", lambda: session.navigate(routes.today()))
    matter = error_panel(opened.error, actions=[home]) if opened.error else busy("正在打开这次检查…")
    return frame(session, name, "检查", [matter], back=routes.today())
