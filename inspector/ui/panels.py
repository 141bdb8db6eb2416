"""What a screen is laid out in: cards, titles, empty states, errors, progress."""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft

from inspector.errors import InspectorError
from inspector.ui import theme, words
from inspector.ui.buttons import primary_button
from inspector.ui.taps import Act
from inspector.ui.theme import Tone

Style = ft.TextThemeStyle


def card(controls: Sequence[ft.Control], *, tone: Tone | None = None, gap: int = theme.UNIT) -> ft.Control:
    """A white card; with a tone, its left edge says the state of what is in it."""
    edge = ft.BorderSide(width=1, color=theme.LINE)
    left = ft.BorderSide(width=6, color=tone.ink) if tone else edge
    return ft.Container(
        content=ft.Column(
            controls=list(controls),
            spacing=gap,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            tight=True,
        ),
        padding=theme.UNIT * 2,
        bgcolor=theme.CARD,
        # Rounded borders must be of one colour and width, so a coloured edge has straight corners.
        border_radius=None if tone else theme.CORNER,
        border=ft.Border(top=edge, right=edge, bottom=edge, left=left),
        # The client clips round corners only, and a clip that comes or goes builds anew all that is inside:
        # a field would lose its focus, and what is typed, in the moment its card gets an edge.
        clip_behavior=ft.ClipBehavior.NONE,
    )


def section_title(text: str, *, aside: Sequence[ft.Control] = ()) -> ft.Control:
    """The heading of a part of the screen, with something small at its right."""
    title = ft.Semantics(
        content=ft.Text(text, theme_style=Style.TITLE_LARGE), header=True, heading_level=2, expand=True
    )
    return ft.Row(
        controls=[title, *aside], spacing=theme.UNIT, vertical_alignment=ft.CrossAxisAlignment.CENTER
    )


def quiet_text(text: str) -> ft.Text:
    """Secondary words: explanations, citations, times."""
    return ft.Text(text, theme_style=Style.BODY_SMALL, color=theme.QUIET)


def empty_state(icon: ft.IconData, what: str, do: str, *, action: ft.Control | None = None) -> ft.Control:
    """Nothing is here: what would be, what to do, and the button that does it."""
    return ft.Container(
        content=ft.Column(
            controls=[
                ft.Icon(icon, size=56, color=theme.QUIET),
                ft.Text(what, theme_style=Style.TITLE_MEDIUM, text_align=ft.TextAlign.CENTER),
                ft.Text(do, color=theme.QUIET, text_align=ft.TextAlign.CENTER),
                *([action] if action else []),
            ],
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            spacing=theme.UNIT * 2,
            tight=True,
        ),
        alignment=ft.Alignment.CENTER,
        padding=theme.UNIT * 4,
    )


def error_panel(
    error: InspectorError, *, actions: Sequence[ft.Control] = (), on_retry: Act | None = None
) -> ft.Control:
    """What happened, the next step, and the ways on; read out when it appears.

    Args:
        on_retry: offered as 再试一次 where trying again can help (`error.retry`).
    """
    again = (
        [primary_button("retry", "再试一次", on_retry, icon=ft.Icons.REFRESH)]
        if on_retry and error.retry
        else []
    )
    ways = [*actions, *again]
    tone = Tone.CARE if error.retry else Tone.BAD
    head = ft.Row(
        controls=[
            ft.Icon(ft.Icons.ERROR_OUTLINE, color=tone.ink, size=28),
            ft.Text(error.message, theme_style=Style.TITLE_MEDIUM, expand=True),
        ],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    bar = ft.Row(controls=ways, wrap=True, alignment=ft.MainAxisAlignment.END, spacing=8, run_spacing=8)
    panel = card([head, ft.Text(error.next_step), *([bar] if ways else [])], tone=tone)
    return ft.Semantics(identifier="error", content=panel, live_region=True, container=True)


def busy(text: str, *, progress: float | None = None) -> ft.Control:
    """Something is under way: what, and how far where that is known (0 to 1)."""
    row = ft.Row(
        controls=[
            ft.ProgressRing(value=progress, width=28, height=28, stroke_width=4, semantics_label=text),
            ft.Text(text, expand=True),
        ],
        spacing=theme.UNIT * 2,
    )
    return ft.Semantics(content=row, live_region=True, container=True)


def centred(
    controls: Sequence[ft.Control],
    *,
    width: int = 480,
    across: ft.CrossAxisAlignment = ft.CrossAxisAlignment.CENTER,
) -> ft.Control:
    """A single question in the middle of the window, scrolling where it is too small.

    Args:
        across: how its controls share the width.
    """
    column = ft.Column(
        controls=list(controls),
        spacing=theme.UNIT * 2,
        horizontal_alignment=across,
        width=width,
        tight=True,
    )
    return ft.Container(
        content=ft.Column(
            controls=[column],
            scroll=ft.ScrollMode.AUTO,
            alignment=ft.MainAxisAlignment.CENTER,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            expand=True,
        ),
        padding=theme.UNIT * 2,
        alignment=ft.Alignment.CENTER,
        expand=True,
    )


def waiting_page(text: str) -> ft.Control:
    """Something is under way and there is nothing else to show: in the middle of the page."""
    return ft.Container(
        content=ft.Container(content=busy(text), width=280),
        padding=theme.UNIT * 4,
        alignment=ft.Alignment.CENTER,
        expand=True,
    )


def bytes_progress(text: str, done: int, total: int) -> ft.Control:
    """A transfer: what, `1.2 MB / 3.2 MB`, and a bar."""
    return _bar(text, words.transferred(done, total), done, total)


def progress_bar(done: int, total: int, *, text: str = "") -> ft.Control:
    """How much of a list is done: `18/32` and a bar."""
    return _bar(text, f"{done}/{total}", done, total)


def _bar(text: str, amount: str, done: int, total: int) -> ft.Control:
    share = min(1.0, done / total) if total else 1.0
    full = total > 0 and done >= total
    head = ft.Row(
        controls=[
            ft.Text(text, expand=True, theme_style=Style.BODY_SMALL),
            ft.Text(amount, theme_style=Style.TITLE_SMALL),
        ],
        spacing=theme.UNIT,
    )
    line = ft.ProgressBar(
        value=share,
        bar_height=theme.UNIT,
        border_radius=4,
        color=Tone.GOOD.fill if full else Tone.PRIMARY.fill,
        bgcolor=theme.CARD,
        semantics_label=text,
    )
    # Outlined, so that what is missing can be told from what is done in every scheme.
    frame = ft.Container(
        content=line, border=ft.Border.all(width=1, color=theme.EDGE), border_radius=5, padding=1
    )
    return ft.Column(controls=[head, frame], spacing=4, tight=True)
