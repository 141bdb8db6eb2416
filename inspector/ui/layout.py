"""How wide the screen is: one, two or three columns."""

from __future__ import annotations

from enum import StrEnum

import flet as ft

_LANDSCAPE = 1000
_PORTRAIT = 600
_ASSUMED = 1280.0


class Layout(StrEnum):
    """What fits: a phone's one column, a tablet held upright, or two columns side by side."""

    NARROW = "narrow"
    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"


def layout_of(width: float) -> Layout:
    """The layout for a width in logical pixels."""
    if width >= _LANDSCAPE:
        return Layout.LANDSCAPE
    return Layout.PORTRAIT if width >= _PORTRAIT else Layout.NARROW


def use_layout() -> Layout:
    """The running page's layout, kept up to date as the tablet is turned.

    Use it once, at the root of a program: it takes the page's resize event for itself.
    """
    page = ft.context.page
    layout, change = ft.use_state(layout_of(page.width or _ASSUMED))

    def listen() -> None:
        page.on_resize = lambda event: change(layout_of(event.width))

    ft.use_effect(listen, dependencies=[])
    return layout
