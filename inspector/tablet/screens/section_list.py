"""The parts of an inspection: a list at the left, or a strip on top; one tap each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import flet as ft

from inspector.domain.rules import Tally
from inspector.tablet.parts import Part
from inspector.ui import theme
from inspector.ui.identified import identified, unspoken
from inspector.ui.panels import quiet_text
from inspector.ui.taps import tapped
from inspector.ui.theme import Tone

_STYLE = ft.TextThemeStyle.BODY_MEDIUM


def part_list(parts: Sequence[PartFace], chosen: str, choose: Callable[[str], object]) -> list[ft.Control]:
    """Rows under one another, with the checklist's title above them where there are several."""
    rows: list[ft.Control] = []
    for _, group in groupby(parts, key=lambda part: part.of):
        own = list(group)
        rows += [_title(own[0].of, own[0].of)] if are_several(parts) else []
        rows += [_part(part, part.id == chosen, choose, True, key=part.id) for part in own]
    return rows


def part_strip(parts: Sequence[PartFace], chosen: str, choose: Callable[[str], object]) -> list[ft.Control]:
    """Chips beside one another, with the checklist's title before them where there are several."""
    chips: list[ft.Control] = []
    for _, group in groupby(parts, key=lambda part: part.of):
        own = list(group)
        chips += [_title(own[0].of, f"《{own[0].of}》")] if are_several(parts) else []
        chips += [_part(part, part.id == chosen, choose, False, key=part.id) for part in own]
    return chips


def are_several(parts: Sequence[PartFace]) -> bool:
    """Whether the parts are of more than one checklist."""
    return len({part.of for part in parts}) > 1


def stands_before(parts: Sequence[PartFace], chosen: str) -> str:
    """Scroll key of what comes first into view when a part is brought there: the row before it.

    Whoever goes through the list sees what was just done and what is next.
    """
    place = next((number for number, part in enumerate(parts) if part.id == chosen), -1)
    if place <= 0 or parts[place - 1].of != parts[place].of:
        return _key_of(parts[place].of) if place >= 0 and are_several(parts) else chosen
    return parts[place - 1].id


def _key_of(title: str) -> str:
    return f"title {title}"


def _title(of: str, words: str) -> ft.Control:
    return ft.Container(content=quiet_text(words), key=ft.ScrollKey(_key_of(of)))  # type: ignore[call-arg]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFace:
    """What of a part is shown in the list."""

    id: str
    of: str
    title: str
    tally: Tally
    is_complete: bool
    merged: int


def face_of(part: Part) -> PartFace:
    """The part without its items; `merged` counts what stands elsewhere where nothing else is asked."""
    return PartFace(
        id=part.id,
        of=part.of,
        title=part.title,
        tally=part.tally,
        is_complete=part.is_complete,
        merged=0 if part.items else sum(one.count for one in part.elsewhere),
    )


@ft.component
def part_button(part: PartFace, chosen: bool, choose: Callable[[str], object], stretched: bool) -> ft.Control:
    """One part: a tap shows it."""
    title = ft.Text(part.title, theme_style=_STYLE, no_wrap=not stretched, expand=stretched)
    face = ft.Row(controls=[title, *_counts(part)], spacing=theme.UNIT, tight=not stretched)
    button = _button(part, face, chosen, choose)
    return ft.Container(content=button, key=ft.ScrollKey(part.id))  # type: ignore[call-arg]


_part: Callable[..., ft.Control] = ft.memo(part_button)  # type: ignore[no-untyped-call]


def _counts(part: PartFace) -> list[ft.Control]:
    tally = part.tally
    if part.merged:
        words = ft.Text(f"合并 {part.merged} 项", theme_style=ft.TextThemeStyle.BODY_SMALL, no_wrap=True)
        return [words, ft.Icon(ft.Icons.LINK, size=20, color=Tone.IDLE.ink)]
    done = ft.Text(f"{tally.done}/{tally.total}", theme_style=_STYLE, no_wrap=True)
    if part.is_complete:
        return [done, ft.Icon(ft.Icons.CHECK, size=20, color=Tone.GOOD.ink)]
    started = tally.done or tally.failed
    shape = ft.Icons.CIRCLE if started else ft.Icons.RADIO_BUTTON_UNCHECKED
    return [done, ft.Icon(shape, size=14, color=Tone.CARE.ink if started else Tone.IDLE.ink)]


def _button(part: PartFace, face: ft.Control, chosen: bool, choose: Callable[[str], object]) -> ft.Control:
    failed = f"，问题 {part.tally.failed}" if part.tally.failed else ""
    done = "，已完成" if part.is_complete else ""
    button = ft.TextButton(
        content=unspoken(face),
        on_click=tapped(partial(choose, part.id)),
        style=ft.ButtonStyle(
            color=theme.ON_SOFT if chosen else theme.INK,
            bgcolor=theme.SOFT if chosen else theme.CARD,
            padding=ft.Padding.symmetric(vertical=14, horizontal=12),
            shape=ft.RoundedRectangleBorder(radius=theme.CORNER),
        ),
    )
    counted = f"{part.tally.done}/{part.tally.total}{failed}{done}"
    return identified(
        f"checklist.section.{part.id.replace('/', '.')}",
        button,
        label=f"{part.title}，{f'{part.merged} 项已并入前面的检查表' if part.merged else counted}",
        chosen=chosen,
    )
