"""The rows of the inbox: one button each, its columns by the width there is."""

from __future__ import annotations

from dataclasses import dataclass

import flet as ft

from inspector.console.records import InboxRow
from inspector.console.screens.marks import record_mark
from inspector.ui import theme, words
from inspector.ui.identified import identified, unspoken
from inspector.ui.states import severity_mark, state_chip
from inspector.ui.taps import Act, tapped
from inspector.ui.theme import Tone

WIDE = 1050
"""From this width on checklists and the time of arrival have columns of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    head: str
    width: int | None
    wide_only: bool = False


_COLUMNS = (
    _Column(head="状态", width=136),
    _Column(head="被检查单位", width=None),
    _Column(head="问题", width=136),
    _Column(head="检查人员", width=176),
    _Column(head="检查表", width=200, wide_only=True),
    _Column(head="封存时间", width=124),
    _Column(head="收到时间", width=124, wide_only=True),
)


def heads(width: float) -> ft.Control:
    """The names of the columns."""
    cells = [_text(column.head, quiet=True) for column in _COLUMNS]
    return ft.Container(
        content=_row(cells, width),
        padding=ft.Padding.symmetric(vertical=4, horizontal=12),
        border=ft.Border.only(bottom=ft.BorderSide(width=1, color=theme.EDGE)),
    )


def row_button(
    row: InboxRow, width: float, on_open: Act, *, chosen: bool, now_ms: int
) -> tuple[ft.TextButton, ft.Control]:
    """The button itself, for its focus, and the control to show."""
    button = ft.TextButton(
        content=unspoken(_row(_cells(row, now_ms), width)),
        on_click=tapped(on_open),
        style=ft.ButtonStyle(
            bgcolor=theme.SOFT if chosen else theme.CARD,
            padding=ft.Padding.symmetric(vertical=10, horizontal=12),
            shape=ft.RoundedRectangleBorder(radius=0),
            side=ft.BorderSide(width=1, color=Tone.PRIMARY.ink if chosen else theme.LINE),
        ),
    )
    named = identified(
        f"console.inbox.row.{row.entry[:12]}", button, label=_spoken(row, now_ms), chosen=chosen
    )
    named.key = row.entry
    return button, named


def _cells(row: InboxRow, now_ms: int) -> list[ft.Control]:
    name = ft.Column(
        controls=[
            ft.Text(row.enterprise, theme_style=ft.TextThemeStyle.BODY_LARGE, max_lines=1, color=theme.INK),
            _text(_under(row), quiet=True),
        ],
        spacing=0,
        tight=True,
    )
    return [
        ft.Row(
            controls=[state_chip(record_mark(row.state), filled=record_mark(row.state).tone is Tone.BAD)],
            tight=True,
        ),
        name,
        _severity(row),
        _text(row.inspectors, lines=2),
        _text(row.checklists, lines=2),
        _text(words.moment(row.sealed_ms, now_ms=now_ms)),
        _text(words.moment(row.arrived_ms, now_ms=now_ms)),
    ]


def _under(row: InboxRow) -> str:
    parts = [row.domain.chinese if row.domain else "未分领域"]
    if row.amends:
        parts.append("补正记录")
    if row.doubts:
        parts.append(f"{row.doubts} 处存疑")
    return " · ".join(parts)


def _severity(row: InboxRow) -> ft.Control:
    if row.severity is None:
        return _text("无问题", quiet=True)
    return ft.Row(
        controls=[state_chip(severity_mark(row.severity)), _text(f"{row.findings} 项")], spacing=4, tight=True
    )


def _row(cells: list[ft.Control], width: float) -> ft.Control:
    shown: list[ft.Control] = [
        ft.Container(content=cell, width=column.width, expand=column.width is None)
        for column, cell in zip(_COLUMNS, cells, strict=True)
        if width >= WIDE or not column.wide_only
    ]
    return ft.Row(controls=shown, spacing=theme.UNIT, vertical_alignment=ft.CrossAxisAlignment.CENTER)


def _text(text: str, *, quiet: bool = False, lines: int = 1) -> ft.Control:
    return ft.Text(
        text,
        theme_style=ft.TextThemeStyle.BODY_SMALL,
        color=theme.QUIET if quiet else theme.INK,
        max_lines=lines,
        overflow=ft.TextOverflow.ELLIPSIS,
    )


def _spoken(row: InboxRow, now_ms: int) -> str:
    found = f"{row.findings} 项问题，最重为{row.severity.chinese}" if row.severity else "无问题"
    sealed = words.moment(row.sealed_ms, now_ms=now_ms)
    state = record_mark(row.state).word
    return f"{state}：{row.enterprise}，{_under(row)}，{found}，{row.inspectors}，{sealed}封存"
