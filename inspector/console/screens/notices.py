"""The ledger of notices 文书: where each stands, and which have replies that nobody has read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import flet as ft

from inspector.console import routes
from inspector.console.frame import frame
from inspector.console.ledger import PAGE, LedgerRow, LedgerTab
from inspector.console.ledger_query import LedgerQuery
from inspector.console.screens.marks import standing_mark
from inspector.console.session import Session, use_changes, use_loaded
from inspector.domain.working_days import PROVISIONAL_WORDS, chinese_date
from inspector.ui import theme
from inspector.ui.buttons import primary_button, quiet_button, secondary_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.identified import identified, unspoken
from inspector.ui.panels import busy, empty_state, error_panel, quiet_text
from inspector.ui.states import state_chip
from inspector.ui.taps import Act, tapped
from inspector.ui.theme import Tone

NAME = "console.notices"
WIDE = 1000
"""From this width of the table on the day of issue has a column of its own."""

_HEADS = (
    ("状态", 112),
    ("文号", 232),
    ("被检查单位", None),
    ("签发日期", 124),
    ("最后期限", 124),
    ("回复", 96),
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
def NoticesScreen(session: Session, route: str) -> ft.Control:
    """The ledger of the address `route`."""
    turn = use_changes(session)
    text, search = ft.use_state(session.ledger_search)
    typed, type_ = ft.use_state(text)
    query = LedgerQuery.of(route, text=text)
    loaded = use_loaded(session, partial(_read, session, query), (turn, route, text))

    def go(wanted: LedgerQuery) -> None:
        session.ledger_search = wanted.text
        type_(wanted.text)
        search(wanted.text)
        session.navigate(wanted.route)

    def show(id: str) -> None:
        go(LedgerQuery(tab=LedgerTab(id), text=text))

    def find() -> None:
        go(LedgerQuery(tab=query.tab, text=typed.strip()))

    counts = loaded.value.counts if loaded.value else {}
    tabs = choice_chips(
        f"{NAME}.tab",
        [Choice(id=one.value, words=f"{one.word} {counts.get(one, 0)}") for one in LedgerTab],
        [query.tab.value],
        show,
    )
    matter: list[ft.Control] = [
        tabs,
        _search(typed, type_, find, text, partial(go, LedgerQuery(tab=query.tab))),
    ]
    if loaded.error is not None:
        matter.append(error_panel(loaded.error, on_retry=loaded.again))
    elif loaded.value is None:
        matter.append(busy("正在读取文书……"))
    elif not loaded.value.rows:
        matter.append(_empty(query, partial(go, LedgerQuery())))
    else:
        matter += _table(session, loaded.value, query, go)
    return frame(session, NAME, "文书", matter, place="notices", scrolls=False)


def _search(typed: str, write: Callable[[str], object], find: Act, text: str, clear: Act) -> ft.Control:
    """The field, its button, and the way back from what was searched for."""
    field = text_field(f"{NAME}.text", "查找", typed, write, hint="文号或单位名称的一部分", on_submit=find)
    ways = [secondary_button(f"{NAME}.find", "查找", find, icon=ft.Icons.SEARCH)]
    if text:
        ways.append(quiet_button(f"{NAME}.drop-text", "不查了", clear, icon=ft.Icons.CLOSE))
    return ft.Row(
        controls=[ft.Container(content=field, expand=True), *ways],
        vertical_alignment=ft.CrossAxisAlignment.END,
        spacing=theme.UNIT,
    )


def _read(session: Session, query: LedgerQuery) -> Listing:
    session.ledger_route = query.route
    ledger = session.hall.ledger
    return Listing(
        rows=ledger.rows(query.tab, text=query.text, page=query.page),
        total=ledger.count(query.tab, text=query.text),
        counts=dict(ledger.counts(text=query.text)),
    )


def _empty(query: LedgerQuery, clear: Act) -> ft.Control:
    if query.is_narrowed:
        way = primary_button(f"{NAME}.clear", "显示全部", clear)
        return empty_state(
            ft.Icons.FILTER_LIST_OFF, "没有符合条件的文书", "请换一个条件，或显示全部。", action=way
        )
    words = "检查人员在平板上出具文书并联网交换后，文书会自动列在这里。"
    return empty_state(ft.Icons.DESCRIPTION_OUTLINED, "还没有文书", words)


def _table(
    session: Session, listing: Listing, query: LedgerQuery, go: Callable[[LedgerQuery], object]
) -> list[ft.Control]:
    is_wide = (session.page.width or 1280) - 200 >= WIDE
    heads = ft.Container(
        content=_cells([_small(words, quiet=True) for words, _ in _HEADS], is_wide),
        padding=ft.Padding.symmetric(vertical=4, horizontal=12),
        border=ft.Border.only(bottom=ft.BorderSide(width=1, color=theme.EDGE)),
    )
    # Rows that are what they were are not built again when anything else at the desk changes.
    rows = ft.ListView(
        controls=[row_of(session, row, is_wide, key=row.entry) for row in listing.rows],
        expand=True,
        spacing=0,
    )
    first, last = query.page * PAGE + 1, min(listing.total, (query.page + 1) * PAGE)
    order = "；期限早的在前" if query.tab in (LedgerTab.OPEN, LedgerTab.OVERDUE) else "；新的在前"
    words = quiet_text(f"第 {first}–{last} 份，共 {listing.total} 份{order}")
    words.expand = True

    def turn(by: int) -> None:
        go(replace(query, page=query.page + by))

    ways = [
        quiet_button(f"{NAME}.before", "上一页", partial(turn, -1), disabled=query.page == 0),
        quiet_button(f"{NAME}.after", "下一页", partial(turn, 1), disabled=last >= listing.total),
    ]
    return [heads, rows, ft.Row(controls=[words, *ways], spacing=theme.UNIT)]


@ft.component
def notice_row(session: Session, row: LedgerRow, is_wide: bool) -> ft.Control:
    """One notice of the list; a tap opens it."""
    deadline = chinese_date(row.deadline) if row.deadline else "无"
    under = "；".join(
        filter(None, ("已延期" if row.is_extended else "", PROVISIONAL_WORDS if row.is_provisional else ""))
    )
    mark = standing_mark(row)
    number = row.number or "草稿，未编号"
    cells: list[ft.Control] = [
        ft.Row(controls=[state_chip(mark)], tight=True),
        _two(number, row.title),
        _two(row.enterprise, "" if row.is_public else "没有公开地址"),
        _small(chinese_date(date.fromisoformat(row.issued_on))),
        _dated(deadline, under),
        _replies(row),
    ]
    button = ft.TextButton(
        content=unspoken(_cells(cells, is_wide)),
        on_click=tapped(partial(session.navigate, routes.notice(row.entry))),
        style=ft.ButtonStyle(
            bgcolor=theme.CARD,
            padding=ft.Padding.symmetric(vertical=10, horizontal=12),
            shape=ft.RoundedRectangleBorder(radius=0),
            side=ft.BorderSide(width=1, color=theme.LINE),
        ),
    )
    answered = f"{row.replies} 份回复，{row.unread} 份未读" if row.replies else "没有回复"
    asked = f"，{row.asked} 份延期申请待审批" if row.asked else ""
    spoken = f"{mark.word}：{number}，{row.title}，{row.enterprise}，期限{deadline}{under}，{answered}{asked}"
    return identified(f"{NAME}.row.{row.entry[:12]}", button, label=spoken)


row_of: Callable[..., ft.Control] = ft.memo(notice_row)  # type: ignore[no-untyped-call]


def _replies(row: LedgerRow) -> ft.Control:
    """What somebody still has to do about it, before how many replies there were."""
    lines: list[ft.Control] = []
    if row.asked:
        lines.append(_urgent("延期待审批", Tone.CARE))
    if row.unread:
        lines.append(_urgent(f"{row.unread} 份未读", Tone.PRIMARY))
    elif row.replies or not lines:
        lines.append(_small(f"{row.replies} 份" if row.replies else "无", quiet=not row.replies))
    return ft.Column(controls=lines, spacing=0, tight=True)


def _urgent(words: str, tone: Tone) -> ft.Control:
    return ft.Text(words, color=tone.ink, theme_style=ft.TextThemeStyle.TITLE_SMALL, max_lines=1)


def _dated(deadline: str, under: str) -> ft.Control:
    lines = [_small(under, quiet=True)] if under else []
    return ft.Column(controls=[_small(deadline), *lines], spacing=0, tight=True)


def _two(above: str, below: str) -> ft.Control:
    name = ft.Text(
        above,
        theme_style=ft.TextThemeStyle.BODY_LARGE,
        max_lines=2,
        overflow=ft.TextOverflow.ELLIPSIS,
        color=theme.INK,
    )
    under = [_small(below, quiet=True)] if below else []
    return ft.Column(controls=[name, *under], spacing=0, tight=True)


def _cells(cells: list[ft.Control], is_wide: bool) -> ft.Control:
    shown: list[ft.Control] = [
        ft.Container(content=cell, width=wide, expand=wide is None)
        for place, (cell, (_, wide)) in enumerate(zip(cells, _HEADS, strict=True))
        if is_wide or place != _ISSUED
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
