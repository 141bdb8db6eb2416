"""PIN entry: large keys, masked, usable by keyboard as well."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import flet as ft

from inspector.ui import theme
from inspector.ui.buttons import style_of
from inspector.ui.entry import Entry
from inspector.ui.identified import identified, unspoken
from inspector.ui.panels import busy
from inspector.ui.taps import Act, tapped
from inspector.ui.theme import Tone

KEY = 76
"""The edge of a key, in logical pixels."""

DIGIT = 28
"""The size of a digit on its key."""

_ROWS = ("123", "456", "789")


@ft.component
def keypad(
    identifier: str,
    label: str,
    on_done: Callable[[str], object],
    *,
    least: int = 6,
    most: int = 12,
    error: str = "",
    working: str = "",
    act: str = "确定",
) -> ft.Control:
    """Keys for a PIN; what was typed is forgotten as soon as it is handed on.

    Args:
        identifier: prefix of the field `-pin`, the keys `-0` to `-9`, `-back` and `-done`.
        on_done: gets the digits; may be an `async` function.
        least, most: how many digits there can be.
        error: why the last one was not taken; shown until typing starts again is the caller's affair.
        working: what is going on meanwhile; the keys rest as long as it is not empty.
        act: the word on the last key.
    """
    pin, show = ft.use_state("")
    # Two quick taps reach handlers of the same rendering: what counts is kept apart from what is shown.
    held = ft.use_ref("")

    def typed(text: str) -> None:
        held.current = "".join(c for c in text if c in "0123456789")[:most]
        show(held.current)

    def pressed(digit: str) -> None:
        typed((held.current or "") + digit)

    def done() -> object:
        given = held.current or ""
        if working:
            return None
        if len(given) < least:
            # Enter takes the focus away; the rest of the digits still belong here.
            return take_focus()
        typed("")
        return on_done(given)

    entry = _entry(pin, typed, done, error=error, disabled=bool(working))
    take_focus = use_focus(entry, rests=bool(working), error=error)
    back = _key(
        f"{identifier}-back",
        "删除一位",
        lambda: typed((held.current or "")[:-1]),
        icon=ft.Icons.BACKSPACE_OUTLINED,
        disabled=not pin or bool(working),
    )
    finish = _key(f"{identifier}-done", act, done, disabled=len(pin) < least or bool(working), filled=True)
    keys = _keys(identifier, pressed, back, finish, disabled=bool(working))
    return ft.Column(
        controls=[_labelled(identifier, label, entry), *keys, *([busy(working)] if working else [])],
        spacing=theme.UNIT,
        tight=True,
        width=3 * KEY + 2 * theme.UNIT,
    )


def use_focus(entry: Entry, *, rests: bool, error: str) -> Callable[[], Awaitable[None]]:
    """Give the field of the digits the focus, now and whenever it is asked for, unless the keys rest."""
    latest = ft.use_ref(entry)
    latest.current = entry

    async def take_focus() -> None:
        # Keystrokes belong here, and nowhere else, as soon as the pad is shown and after each refusal.
        if not rests:
            await (latest.current or entry).focus()  # type: ignore[no-untyped-call]

    ft.use_effect(take_focus, dependencies=[rests, error])
    return take_focus


def _entry(pin: str, typed: Callable[[str], None], done: Act, *, error: str, disabled: bool) -> Entry:
    def changed(event: ft.Event[ft.TextField]) -> None:
        typed(Entry.hear(event))

    entry = Entry(
        password=True,
        # The keys are here already: no second keyboard over them, but a real one works.
        keyboard_type=ft.KeyboardType.NONE,
        autofocus=True,
        enable_suggestions=False,
        autocorrect=False,
        enable_ime_personalized_learning=False,
        text_align=ft.TextAlign.CENTER,
        text_size=DIGIT,
        on_change=changed,
        on_submit=tapped(done),
        error=error or None,
        error_max_lines=3,
        # Room for the line that says why: the keys stay where they are when it comes, and it need not wrap.
        helper=" ",
        content_padding=ft.Padding.symmetric(vertical=16, horizontal=4),
        disabled=disabled,
        border=ft.OutlineInputBorder(
            side=ft.BorderSide(width=1.5, color=theme.EDGE), border_radius=theme.CORNER
        ),
    )
    entry.render(pin)
    return entry


def _labelled(identifier: str, label: str, entry: Entry) -> ft.Control:
    words = ft.Text(label, theme_style=ft.TextThemeStyle.TITLE_MEDIUM, text_align=ft.TextAlign.CENTER)
    return ft.Column(
        controls=[unspoken(words), identified(f"{identifier}-pin", entry, label=label)],
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        spacing=theme.UNIT,
        tight=True,
    )


def _keys(
    identifier: str, pressed: Callable[[str], None], back: ft.Control, finish: ft.Control, *, disabled: bool
) -> list[ft.Control]:
    """The rows of keys; the last has `back` and `finish` beside the 0."""

    def digit(one: str) -> ft.Control:
        return _digit(identifier, one, partial(pressed, one), disabled)

    rows = [[digit(one) for one in row] for row in _ROWS]
    return [_row(keys) for keys in (*rows, [back, digit("0"), finish])]


def _digit(identifier: str, digit: str, on_tap: Act, disabled: bool) -> ft.Control:
    return _key(f"{identifier}-{digit}", digit, on_tap, disabled=disabled, size=DIGIT)


def _key(
    identifier: str,
    words: str,
    on_tap: Act,
    *,
    disabled: bool,
    filled: bool = False,
    icon: ft.IconData | None = None,
    size: int | None = None,
) -> ft.Control:
    kind = ft.FilledButton if filled else ft.OutlinedButton
    style = style_of(Tone.PRIMARY, filled=filled)
    style.padding = 0  # a key keeps its size; at twice the text size the digit needs all of it
    if size:
        style.text_style = ft.TextStyle(
            size=size, font_family=theme.BOLD_FAMILY, font_family_fallback=[theme.FAMILY]
        )
    button = kind(
        content=ft.Icon(icon) if icon else words,
        width=KEY,
        height=KEY,
        disabled=disabled,
        on_click=tapped(on_tap),
        style=style,
    )
    return identified(identifier, button, label=words)


def _row(keys: list[ft.Control]) -> ft.Control:
    return ft.Row(controls=keys, spacing=theme.UNIT)
