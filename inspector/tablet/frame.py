"""What every screen of the tablet is set in: a bar on top, the matter, the next step at the bottom."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import flet as ft

from inspector.tablet.session import Session
from inspector.ui import theme
from inspector.ui.buttons import action_bar
from inspector.ui.layout import Layout
from inspector.ui.taps import Act
from inspector.ui.title_bar import title_bar

READING_WIDTH = 880
"""Wider lines than this are hard to read."""


def frame(
    session: Session,
    name: str,
    title: str,
    matter: Sequence[ft.Control],
    *,
    back: str | Act | None = None,
    aside: Sequence[ft.Control] = (),
    actions: Sequence[ft.Control] = (),
    wide: bool = False,
    body: ft.Ref[ft.ListView] | None = None,
) -> ft.Control:
    """A screen.

    Args:
        name: prefix of its controls' names.
        matter: scrolls.
        back: an address, or what the arrow does; None shows no arrow.
        aside: at the right end of the bar.
        actions: the last one is the next step.
        wide: lets the matter take the whole width.
        body: gets what scrolls, for a screen that brings something into view.
    """
    scrolling = ft.ListView(
        controls=[_measured(session, list(matter), wide)],
        expand=True,
        padding=theme.UNIT * (1 if session.layout is Layout.NARROW else 2),
        ref=body,
    )
    bar = title_bar(name, title, back=back, navigate=session.navigate, aside=aside)
    parts = [bar, scrolling, *([action_bar(actions)] if actions else [])]
    return ft.Column(
        controls=parts, spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )


def over_pad(above: ft.Control, pad: ft.Control) -> ft.Control:
    """What somebody reads, scrolling, and under it the pad that they sign on, which never scrolls."""
    below = ft.Container(
        content=pad,
        padding=theme.UNIT * 2,
        bgcolor=theme.CARD,
        border=ft.Border.only(top=ft.BorderSide(width=1, color=theme.LINE)),
    )
    return ft.Column(
        controls=[ft.Container(content=above, expand=True), below],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _measured(session: Session, matter: list[ft.Control], wide: bool) -> ft.Control:
    column = ft.Column(
        controls=matter,
        spacing=theme.UNIT * 2,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        tight=True,
    )
    # The same controls upright and lying: what is being typed or shown stays when the tablet is turned.
    fills = wide or session.layout is not Layout.LANDSCAPE
    held = ft.Container(content=column, width=None if fills else READING_WIDTH, expand=fills)
    return ft.Row(controls=[held], alignment=ft.MainAxisAlignment.CENTER)


def keyed(component: Callable[..., ft.Control], key: str, *args: object, **named: object) -> ft.Control:
    """A component that keeps its state apart from others in the same place: its types hide the key."""
    return component(*args, key=key, **named)
