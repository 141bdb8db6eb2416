"""The ledger of notices 文书: where each stands, and which have replies that nobody has read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import flet as ft

from inspector.console import routes
from inspector.console.frame import frame
from inspector.console.ledger import PAGE, LedgerRow, LedgerTab
from inspector.console.screens.marks import standing_mark
from inspector.console.session import Session, use_changes, use_loaded
from inspector.domain.working_days import PROVISIONAL_WORDS, chinese_date
from inspector.ui import theme
from inspector.ui.buttons import primary_button, quiet_button, secondary_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.identified import identified, unspoken
from inspector.ui.panels import busy, empty_state, error_panel, quiet_text
from inspector.ui.states import state_chip
from inspector.ui.taps import tapped
from inspector.ui.theme import Tone

NAME = "console.notices"
WIDE = 1000
"""From this width on the day of issue has a column of its own."""

_HEADS = (
    ("状态", 136),
    ("文号", 232),
    ("被检查单位", None),
    ("签发日期", 128),
    ("最后期限", 128),
    ("回复", 112),
)
_ISSUED = 3
"""The column that a narrow window leaves out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of the ledger, and what each tab holds."""

    rows: tuple[LedgerRow, ...]
    total: int
    counts: dict[LedgerTab, int]


@ft.component
def NoticesScreen(session: Session) -> ft.Control:
    """The ledger."""
    turn = use_changes(session)
    tab, choose = ft.use_state(LedgerTab.ALL)
    typed, type_ = ft.use_state("")
    text, search = ft.use_state("")
    page, turn_to = ft.use_state(0)
    read = partial(_read, session, tab, text, page)
    loaded = use_loaded(session, read, (turn, tab, text, page))

    def show(id: str) -> None:
        choose(LedgerTab(id))
        turn_to(0)

    def find(words: str) -> None:
        type_(words)
        search(words)
        turn_to(0)

    def clear() -> None:
        show(LedgerTab.ALL.value)
        find("")

    counts = loaded.value.counts if loaded.value else {}
    tabs = choice_chips(
        f"{NAME}.tab",
        [Choice(id=one.value, words=f"{one.word} {counts.get(one, 0)}") for one in LedgerTab],
        [tab.value],
        show,
    )
    field = text_field(
        f"{NAME}.text", "查找", typed, type_, hint="文号或单位名称的一部分", on_submit=lambda: find(typed)
    )
    button = secondary_button(f"{NAME}.find", "查找", lambda: find(typed), icon=ft.Icons.SEARCH)
    bar = ft.Row(
        controls=[ft.Container(content=field, expand=True), button],
        vertical_alignment=ft.CrossAxisAlignment.END,
        spacing=theme.UNIT,
    )
    matter: list[ft.Control] = [tabs, bar]
    if loaded.error is not None:
        matter.append(error_panel(loaded.error, on_retry=loaded.again))
    elif loaded.value is None:
        matter.append(busy("正在读取文书……"))
    elif not loaded.value.rows:
        is_narrowed = tab is not LedgerTab.ALL or bool(text)
        matter.append(_empty(is_narrowed, clear))
    else:
        matter += _table(session, loaded.value, page, turn_to)
    return frame(session, NAME, "文书", matter, place="notices", scrolls=False)


def _read(session: Session, tab: LedgerTab, text: str, page: int) -> Listing:
    ledger = session.hall.ledger
    return Listing(
        rows=ledger.rows(tab, text=text, page=page),
        total=ledger.count(tab, text=text),
        counts=dict(ledger.counts()),
    )


def _empty(is_narrowed: bool, clear: Callable[[], None]) -> ft.Control:
    if is_narrowed:
        way = primary_button(f"{NAME}.clear", "显示全部", clear)
        return empty_state(
            ft.Icons.FILTER_LIST_OFF, "没有符合条件的文书", "请换一个条件，或显示全部。", action=way
        )
    words = "检查人员在平板上出具文书并联网交换后，文书会自动列在这里。"
    return empty_state(ft.Icons.DESCRIPTION_OUTLINED, "还没有文书", words)


def _table(
    session: Session, listing: Listing, page: int, turn_to: Callable[[int], object]
) -> list[ft.Control]:
    width = (session.page.width or 1280) - 200
    heads = ft.Container(
        content=_cells([_small(words, quiet=True) for words, _ in _HEADS], width),
        padding=ft.Padding.symmetric(vertical=4, horizontal=12),
        border=ft.Border.only(bottom=ft.BorderSide(width=1, color=theme.EDGE)),
    )
    rows = ft.ListView(controls=[_row(session, row, width) for row in listing.rows], expand=True, spacing=0)
    first, last = page * PAGE + 1, min(listing.total, (page + 1) * PAGE)
    words = quiet_text(f"第 {first}–{last} 份，共 {listing.total} 份")
    words.expand = True
    ways = [
        quiet_button(f"{NAME}.before", "上一页", partial(turn_to, page - 1), disabled=page == 0),
        quiet_button(
            f"{NAME}.after",
            "下一页",
            partial(turn_to, page + 1),
            disabled=last >= listing.total,
        ),
    ]
    return [heads, rows, ft.Row(controls=[words, *ways], spacing=theme.UNIT)]


def _row(session: Session, row: LedgerRow, width: float) -> ft.Control:
    deadline = chinese_date(row.deadline) if row.deadline else "无"
    provisional = PROVISIONAL_WORDS if row.is_provisional else ""
    mark = standing_mark(row)
    number = row.number or "草稿，未编号"
    cells: list[ft.Control] = [
        ft.Row(controls=[state_chip(mark)], tight=True),
        _two(number, row.kind.word),
        _two(row.enterprise, "" if row.is_public else "没有公开地址"),
        _small(row.issued_on),
        _dated(deadline, provisional),
        _replies(row),
    ]
    button = ft.TextButton(
        content=unspoken(_cells(cells, width)),
        on_click=tapped(partial(session.navigate, routes.notice(row.entry))),
        style=ft.ButtonStyle(
            bgcolor=theme.CARD,
            padding=ft.Padding.symmetric(vertical=10, horizontal=12),
            shape=ft.RoundedRectangleBorder(radius=0),
            side=ft.BorderSide(width=1, color=theme.LINE),
        ),
    )
    answered = f"{row.replies} 份回复，{row.unread} 份未读" if row.replies else "没有回复"
    spoken = (
        f"{mark.word}：{number}，{row.kind.word}，{row.enterprise}，期限{deadline}{provisional}，{answered}"
    )
    named = identified(f"{NAME}.row.{row.entry[:12]}", button, label=spoken)
    named.key = row.entry
    return named


def _replies(row: LedgerRow) -> ft.Control:
    if not row.unread:
        return _small(f"{row.replies} 份" if row.replies else "无", quiet=not row.replies)
    return ft.Text(f"{row.unread} 份未读", color=Tone.PRIMARY.ink, theme_style=ft.TextThemeStyle.TITLE_SMALL)


def _dated(deadline: str, provisional: str) -> ft.Control:
    under = [_small(provisional, quiet=True)] if provisional else []
    return ft.Column(controls=[_small(deadline), *under], spacing=0, tight=True)


def _two(above: str, below: str) -> ft.Control:
    name = ft.Text(above, theme_style=ft.TextThemeStyle.BODY_LARGE, max_lines=2, color=theme.INK)
    under = [_small(below, quiet=True)] if below else []
    return ft.Column(controls=[name, *under], spacing=0, tight=True)


def _cells(cells: list[ft.Control], width: float) -> ft.Control:
    shown: list[ft.Control] = [
        ft.Container(content=cell, width=wide, expand=wide is None)
        for place, (cell, (_, wide)) in enumerate(zip(cells, _HEADS, strict=True))
        if width >= WIDE or place != _ISSUED
    ]
    return ft.Row(controls=shown, spacing=theme.UNIT, vertical_alignment=ft.CrossAxisAlignment.CENTER)


def _small(text: str, *, quiet: bool = False) -> ft.Control:
    return ft.Text(
        text,
        theme_style=ft.TextThemeStyle.BODY_SMALL,
        color=theme.QUIET if quiet else theme.INK,
        max_lines=1,
        overflow=ft.TextOverflow.ELLIPSIS,
    )
