"""In front of the screen: questions before something is destroyed, and announcements that can be undone."""

from __future__ import annotations

import flet as ft

from inspector.ui import theme
from inspector.ui.buttons import primary_button, secondary_button, style_of
from inspector.ui.identified import identified
from inspector.ui.taps import Act, tapped
from inspector.ui.theme import Tone

UNDO_MS = 8_000
"""How long an act can be taken back from its announcement."""

READ_MS = 4_000
"""How long an announcement without a way back stands over what is under it."""

ABOVE_ACTIONS = 88
"""How far from the bottom edge an announcement stands, in logical pixels."""

_SNACK = "inspector.snack"


def confirm(
    identifier: str,
    title: str,
    text: str,
    act: str,
    on_yes: Act,
    *,
    on_no: Act,
    refuse: str = "取消",
    tone: Tone = Tone.BAD,
) -> ft.AlertDialog:
    """A question; give it to `ft.use_dialog` while it is asked, and None when it is not.

    Args:
        identifier: of the dialog; its buttons are `identifier-yes` and `identifier-no`.
        title: the question, naming the thing, such as `删除这张照片？`.
        text: what will be gone and what stays.
        act: the word on the button that does it.
        on_no: also called when the question is dismissed.
    """
    return ft.AlertDialog(
        title=ft.Text(title, theme_style=ft.TextThemeStyle.TITLE_LARGE),
        content=ft.Text(text, theme_style=ft.TextThemeStyle.BODY_LARGE),
        semantics_label=title,
        scrollable=True,
        actions=[
            secondary_button(f"{identifier}-no", refuse, on_no),
            primary_button(f"{identifier}-yes", act, on_yes, tone=tone),
        ],
        actions_overflow_button_spacing=theme.UNIT,
        on_dismiss=tapped(on_no),
    )


@ft.component
def danger_button(
    identifier: str,
    words: str,
    on_yes: Act,
    *,
    title: str,
    text: str,
    act: str,
    icon: ft.IconData | None = None,
    disabled: bool = False,
) -> ft.Control:
    """An act that cannot be undone: the first tap asks, and only the button `act` does it.

    Args:
        identifier: of the button; the question is `identifier-ask`, see `confirm`.
        title, text, act: as in `confirm`.
    """
    asked, ask = ft.use_state(False)
    # Two quick taps reach the same rendering of the question: it is answered once.
    open_question = ft.use_ref(False)

    def show(asking: bool) -> None:
        open_question.current = asking
        ask(asking)

    def yes() -> object:
        if not open_question.current:
            return None
        show(False)
        return on_yes()

    question = confirm(f"{identifier}-ask", title, text, act, yes, on_no=lambda: show(False))
    ft.use_dialog(question if asked else None)
    return secondary_button(
        identifier, words, lambda: show(True), icon=icon, disabled=disabled, tone=Tone.BAD
    )


def snack(text: str, *, tone: Tone | None = None) -> None:
    """Announce something that needs no answer; it goes by itself.

    Call it in an event handler. An announcement that still shows makes way.
    """
    _show(ft.SnackBar(content=_snack_row(text, None), bgcolor=tone.fill if tone else None), READ_MS)


def snack_with_undo(text: str, on_undo: Act) -> None:
    """Announce what was done, with `撤销` for eight seconds.

    Call it in an event handler. An announcement that still shows makes way, so the undo is always that of the
    latest act.
    """

    def undo() -> object:
        bar.open = False
        bar.update()
        return on_undo()

    button = ft.OutlinedButton(
        content="撤销", icon=ft.Icons.UNDO, on_click=tapped(undo), style=style_of(Tone.PRIMARY, filled=False)
    )
    bar = ft.SnackBar(content=_snack_row(text, identified("undo", button, label="撤销")))
    _show(bar, UNDO_MS)


def put_away_snack(page: ft.Page | None = None) -> None:
    """Close the announcement that still shows: it no longer fits what is under it, another screen or a lock.

    Args:
        page: of which window; None for the one whose event is handled.
    """
    store = (page or ft.context.page).session.store
    shown = store.get(_SNACK) if store.contains_key(_SNACK) else None
    if isinstance(shown, ft.SnackBar) and shown.open:
        shown.open = False
        shown.update()


def _snack_row(text: str, action: ft.Control | None) -> ft.Control:
    words = ft.Text(text, color=ft.Colors.ON_INVERSE_SURFACE, expand=True)
    spoken = ft.Semantics(identifier="announcement", content=words, live_region=True, expand=True)
    return ft.Row(controls=[spoken, *([action] if action else [])], spacing=theme.UNIT * 2)


def _show(bar: ft.SnackBar, for_ms: int) -> None:
    bar.duration = ft.Duration(milliseconds=for_ms)
    bar.persist = False
    # Above the bar with the next step, which must stay reachable meanwhile.
    bar.behavior = ft.SnackBarBehavior.FLOATING
    bar.margin = ft.Margin.only(left=theme.UNIT * 2, right=theme.UNIT * 2, bottom=ABOVE_ACTIONS)
    bar.padding = ft.Padding.symmetric(vertical=theme.UNIT, horizontal=theme.UNIT * 2)
    put_away_snack()
    page = ft.context.page
    page.session.store.set(_SNACK, bar)
    page.show_dialog(bar)
