"""What is written and chosen: text fields, chips, the three verdict buttons."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

import flet as ft

from inspector.domain.answer import Verdict
from inspector.ui import theme
from inspector.ui.buttons import style_of
from inspector.ui.entry import Entry
from inspector.ui.identified import identified, unspoken
from inspector.ui.states import verdict_mark
from inspector.ui.taps import Act, finish, tapped
from inspector.ui.theme import Tone

ALL_VERDICTS = (Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE)

_PAD = ft.Padding.symmetric(vertical=14, horizontal=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing to choose: its id, and the words on its chip."""

    id: str
    words: str


def text_field(
    identifier: str,
    label: str,
    value: str,
    on_change: Callable[[str], object],
    *,
    error: str = "",
    warn: str = "",
    hint: str = "",
    lines: int = 1,
    keyboard: ft.KeyboardType = ft.KeyboardType.TEXT,
    secret: bool = False,
    read_only: bool = False,
    disabled: bool = False,
    autofocus: bool = False,
    suffix: str = "",
    expand: bool | None = None,
    on_submit: Act | None = None,
    on_leave: Act | None = None,
    entry: ft.Ref[Entry] | None = None,
) -> ft.Control:
    """A field under its label, at least 48 px high.

    The label stands above: a floating one shrinks to three quarters of the least size that may be read.

    Args:
        on_change: gets the text after each change; may be an `async` function.
        error: why the text cannot stay as it is; shown under the field in red, with its mark.
        warn: what to look at again although it may stay; shown under the field.
        hint: an example, shown while the field is empty.
        lines: more than one makes the field grow up to three times as many.
        suffix: a unit behind the text.
        entry: gets the newest field, for whoever gives it the focus.
    """
    field = Entry(
        ref=entry,
        hint_text=hint or None,
        on_change=_text_to(on_change),
        on_submit=tapped(on_submit) if on_submit else None,
        on_blur=tapped(on_leave) if on_leave else None,
        keyboard_type=ft.KeyboardType.MULTILINE if lines > 1 else keyboard,
        read_only=read_only,
        disabled=disabled,
        autofocus=autofocus,
        suffix=suffix or None,
        content_padding=_PAD,
        filled=True,
        fill_color=theme.CARD,
    )
    _judge(field, error, warn)
    _size(field, lines)
    _hide(field, secret=secret)
    field.render(value)
    return _under_its_label(identifier, label, field, expand)


def _under_its_label(identifier: str, label: str, field: Entry, expand: bool | None) -> ft.Control:
    return ft.Column(
        controls=[
            unspoken(ft.Text(label, theme_style=ft.TextThemeStyle.LABEL_MEDIUM, color=theme.QUIET)),
            identified(identifier, field, label=label),
        ],
        spacing=4,
        tight=True,
        expand=expand,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _judge(field: Entry, error: str, warn: str) -> None:
    """Say under the field why its text cannot stay, or else what to look at again."""
    is_warned = bool(warn) and not error
    field.error = error or None
    field.error_max_lines = 3
    field.helper = _warning(warn) if is_warned else None
    field.helper_max_lines = 3
    field.border = _border(Tone.CARE.ink if is_warned else theme.EDGE)


def _size(field: Entry, lines: int) -> None:
    field.multiline = lines > 1
    field.min_lines = lines if lines > 1 else None
    field.max_lines = lines * 3 if lines > 1 else 1


def _hide(field: Entry, *, secret: bool) -> None:
    field.password = secret
    field.can_reveal_password = False
    field.enable_suggestions = field.autocorrect = not secret


def choice_chips(
    identifier: str,
    choices: Sequence[Choice],
    chosen: Collection[str],
    on_choose: Callable[[str], object],
    *,
    disabled: bool = False,
) -> ft.Control:
    """Offered words, one tap each, wrapping; a chosen one is filled and ticked.

    Args:
        identifier: prefix of the chips' own: `identifier-` and the choice's id.
        on_choose: gets the id of the tapped chip, chosen already or not.
    """
    chips = [
        _choice(f"{identifier}-{one.id}", one.words, one.id in chosen, partial(on_choose, one.id), disabled)
        for one in choices
    ]
    return ft.Row(controls=chips, wrap=True, spacing=theme.UNIT, run_spacing=theme.UNIT)


def big_verdict_buttons(
    identifier: str,
    verdict: Verdict | None,
    on_verdict: Callable[[Verdict], object],
    *,
    allowed: Sequence[Verdict] = ALL_VERDICTS,
    disabled: bool = False,
) -> ft.Control:
    """合格, 不合格, 不适用: one tap each, 56 px high or more, the chosen one filled.

    Args:
        identifier: prefix of the buttons' own: `identifier-pass`, `-fail`, `-not-applicable`.
        verdict: the chosen one; None is 未检.
        on_verdict: gets the tapped verdict, also when it is chosen already.
    """
    buttons = [
        _verdict_button(f"{identifier}-{one}", one, one is verdict, partial(on_verdict, one), disabled)
        for one in allowed
    ]
    return ft.Row(controls=buttons, spacing=theme.UNIT)


def _text_to(on_change: Callable[[str], object]) -> Callable[[ft.Event[ft.TextField]], Awaitable[None]]:
    async def changed(event: ft.Event[ft.TextField]) -> None:
        await finish(on_change(Entry.hear(event)))

    return changed


def _warning(text: str) -> ft.Control:
    return ft.Text(f"注意：{text}", color=Tone.CARE.ink, theme_style=ft.TextThemeStyle.BODY_SMALL)


def _border(colour: ft.Colors) -> dict[ft.ControlState, ft.InputBorder]:
    def outline(colour: ft.Colors, width: float) -> ft.InputBorder:
        return ft.OutlineInputBorder(
            side=ft.BorderSide(width=width, color=colour), border_radius=theme.CORNER
        )

    return {
        ft.ControlState.DISABLED: outline(theme.LINE, 1),
        ft.ControlState.ERROR: outline(Tone.BAD.ink, 2),
        ft.ControlState.FOCUSED: outline(Tone.PRIMARY.ink, 2),
        ft.ControlState.DEFAULT: outline(colour, 1),
    }


def _verdict_button(
    identifier: str, verdict: Verdict, chosen: bool, on_tap: Act, disabled: bool
) -> ft.Control:
    mark = verdict_mark(verdict)
    kind = ft.FilledButton if chosen else ft.OutlinedButton
    button = kind(
        content=mark.word,
        icon=mark.shape,
        on_click=tapped(on_tap),
        disabled=disabled,
        expand=True,
        style=style_of(mark.tone, filled=chosen, big=True, side=4),
    )
    return identified(identifier, button, label=mark.word, chosen=chosen)


def _choice(identifier: str, text: str, chosen: bool, on_tap: Act, disabled: bool) -> ft.Control:
    kind = ft.FilledButton if chosen else ft.OutlinedButton
    button = kind(
        content=text,
        icon=ft.Icons.CHECK if chosen else None,
        on_click=tapped(on_tap),
        disabled=disabled,
        style=style_of(Tone.PRIMARY, filled=chosen, side=14),
    )
    return identified(identifier, button, label=text, chosen=chosen)
