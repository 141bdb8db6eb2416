"""How wide the screen is: one, two or three columns."""

from __future__ import annotations

from enum import StrEnum

import flet as ft

_LANDSCAPE = 1000
_PORTRAIT = 600
_ASSUMED = 1280.0
_STEP = 50
"""Screens are built again when the width has changed by about so much: they may choose columns by it."""


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
    """The running page's layout, kept up to date as the tablet is turned or a window is drawn wider.

    Use it once, at the root of a program: it takes the page's resize event for itself.
    """
    page = ft.context.page
    step, change = ft.use_state(int((page.width or _ASSUMED) // _STEP))

    def listen() -> None:
        page.on_resize = lambda event: change(int(event.width // _STEP))

    ft.use_effect(listen, dependencies=[])
    return layout_of(step * _STEP)
