"""Buttons: the next step, the other ways, and the bar that holds them.

Heights come from padding, not from a fixed number, so that a button grows with the reader's text size.
"""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft

from inspector.ui import theme
from inspector.ui.identified import identified
from inspector.ui.taps import Act, tapped
from inspector.ui.theme import Tone

_PAD_SIDE = 20
_PAD = 14
_PAD_BIG = 18


def style_of(tone: Tone, *, filled: bool, big: bool = False, side: int = _PAD_SIDE) -> ft.ButtonStyle:
    """The style of a button of this tone, at least 48 px high and 56 px when `big`."""
    idle = ft.ControlState.DEFAULT
    off = ft.ControlState.DISABLED
    ink = tone.on if filled else tone.ink
    edge = ft.BorderSide(width=2 if big else 1.5, color=tone.fill if filled else tone.ink)
    return ft.ButtonStyle(
        color={off: theme.QUIET, idle: ink},
        icon_color={off: theme.QUIET, idle: ink},
        bgcolor={off: theme.PAGE, idle: tone.fill if filled else theme.CARD},
        side={off: ft.BorderSide(width=1.5, color=theme.LINE), idle: edge},
        padding=ft.Padding.symmetric(vertical=_PAD_BIG if big else _PAD, horizontal=side),
        shape=ft.RoundedRectangleBorder(radius=theme.CORNER),
        icon_size=24,
        elevation=0,
        visual_density=ft.VisualDensity.STANDARD,
    )


def primary_button(
    identifier: str,
    words: str,
    on_tap: Act,
    *,
    icon: ft.IconData | None = None,
    disabled: bool = False,
    expand: bool | None = None,
    tone: Tone = Tone.PRIMARY,
) -> ft.Control:
    """The next step: the largest thing on the screen; put it at the end of an `action_bar`."""
    button = ft.FilledButton(
        content=words,
        icon=icon,
        disabled=disabled,
        expand=expand,
        on_click=tapped(on_tap),
        style=style_of(tone, filled=True, big=True),
    )
    return identified(identifier, button, label=words)


def secondary_button(
    identifier: str,
    words: str,
    on_tap: Act,
    *,
    icon: ft.IconData | None = None,
    disabled: bool = False,
    expand: bool | None = None,
    tone: Tone = Tone.PRIMARY,
) -> ft.Control:
    """Another way to go on, outlined."""
    button = ft.OutlinedButton(
        content=words,
        icon=icon,
        disabled=disabled,
        expand=expand,
        on_click=tapped(on_tap),
        style=style_of(tone, filled=False),
    )
    return identified(identifier, button, label=words)


def quiet_button(
    identifier: str, words: str, on_tap: Act, *, icon: ft.IconData | None = None, disabled: bool = False
) -> ft.Control:
    """A way aside, without an outline."""
    button = ft.TextButton(
        content=words,
        icon=icon,
        disabled=disabled,
        on_click=tapped(on_tap),
        style=ft.ButtonStyle(
            color={ft.ControlState.DISABLED: theme.QUIET, ft.ControlState.DEFAULT: Tone.PRIMARY.ink},
            padding=ft.Padding.symmetric(vertical=_PAD, horizontal=12),
            shape=ft.RoundedRectangleBorder(radius=theme.CORNER),
            icon_size=24,
        ),
    )
    return identified(identifier, button, label=words)


def icon_button(
    identifier: str,
    icon: ft.IconData,
    label: str,
    on_tap: Act,
    *,
    tone: Tone = Tone.IDLE,
    disabled: bool = False,
) -> ft.Control:
    """A mark without words, 48 px square; `label` is its tooltip and what is read out."""
    button = ft.IconButton(
        icon=icon,
        icon_color=tone.ink,
        icon_size=26,
        width=theme.TARGET,
        height=theme.TARGET,
        tooltip=label,
        disabled=disabled,
        on_click=tapped(on_tap),
    )
    return identified(identifier, button, label=label)


def action_bar(actions: Sequence[ft.Control]) -> ft.Control:
    """What can be done next, at the bottom right; the next step is the last one. Wraps when it is narrow."""
    return ft.Container(
        content=ft.Row(
            controls=list(actions),
            alignment=ft.MainAxisAlignment.END,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
            spacing=theme.UNIT * 2,
            run_spacing=theme.UNIT,
            wrap=True,
        ),
        padding=ft.Padding.symmetric(vertical=theme.UNIT, horizontal=theme.UNIT * 2),
        bgcolor=theme.CARD,
        border=ft.Border.only(top=ft.BorderSide(width=1, color=theme.LINE)),
    )
