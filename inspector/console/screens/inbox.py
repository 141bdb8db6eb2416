"""The inbox: what came in, whether it is genuine, and where it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import flet as ft

from inspector.console import routes
from inspector.console.frame import frame
from inspector.console.inbox_query import InboxQuery
from inspector.console.records import PAGE, InboxRow
from inspector.console.screens.inbox_filters import Filters, chips_row
from inspector.console.screens.inbox_rows import heads, row_button
from inspector.console.screens.marks import STATES_SHOWN, record_mark
from inspector.console.session import Session, use_changes, use_loaded
from inspector.console.taking import RecordState
from inspector.ui import theme
from inspector.ui.buttons import primary_button, quiet_button, secondary_button
from inspector.ui.fields import Choice, choice_chips
from inspector.ui.panels import busy, empty_state, error_panel, quiet_text
from inspector.ui.theme import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of the list as it was when it was asked for; `states` are the counts of that moment."""

    rows: tuple[InboxRow, ...]
    total: int
    states: dict[RecordState, int]
    devices: tuple[Choice, ...]


@ft.component
def InboxScreen(session: Session, route: str) -> ft.Control:
    """The list of the address `route`."""
    use_changes(session)
    text, search = ft.use_state(session.search)
    query = InboxQuery.of(route, text=text)
    open_filters, set_open = ft.use_state(query.is_narrowed)
    chosen, choose = ft.use_state(-1)
    listing = use_loaded(session, partial(_list, session, query), (route, text))
    focus: list[ft.TextButton] = ft.use_memo(list, [])
    focus.clear()  # only the buttons of the newest rendering are on the screen

    def go(wanted: InboxQuery) -> None:
        session.search = wanted.text
        search(wanted.text)
        choose(-1)
        session.navigate(wanted.route)

    async def step(by: int) -> None:
        found = listing.value
        if found is None or not found.rows:
            return
        place = max(0, min(len(found.rows) - 1, chosen + by))
        choose(place)
        await focus[place].focus()  # type: ignore[no-untyped-call]

    _use_arrows(session, step, (chosen, listing.value))
    matter: list[ft.Control] = [
        _tabs(session, query, go),
        Filters(query, go, listing.value.devices if listing.value else ())
        if open_filters
        else ft.Container(height=0),
        *chips_row(query, go, listing.value.devices if listing.value else ()),
    ]
    if listing.error is not None:
        matter.append(error_panel(listing.error, on_retry=listing.again))
    elif listing.value is None:
        matter.append(busy("正在读取收件……"))
    else:
        matter += _newer(session, listing.value, listing.again)
        matter += _table(session, query, go, listing.value, chosen, focus)
    aside = secondary_button(
        "console.inbox.filter",
        "收起筛选" if open_filters else "筛选",
        lambda: set_open(not open_filters),
        icon=ft.Icons.FILTER_LIST,
    )
    return frame(session, "console.inbox", "收件", matter, place="inbox", aside=[aside], scrolls=False)


def _list(session: Session, query: InboxQuery) -> Listing:
    records = session.hall.records
    session.inbox_route = query.route
    devices = session.desk.database.rows("SELECT id, label FROM devices ORDER BY label")
    return Listing(
        rows=records.inbox(query.filter, page=query.page),
        total=records.count(query.filter),
        states=records.counts(),
        devices=tuple(Choice(id=row["id"], words=row["label"]) for row in devices),
    )


def _use_arrows(session: Session, step: Callable[[int], object], on: tuple[object, ...]) -> None:
    def listen() -> None:
        async def pressed(event: ft.KeyboardEvent) -> None:
            by = {"Arrow Down": 1, "Arrow Up": -1}.get(event.key, 0)
            if by:
                await step(by)  # type: ignore[misc]

        session.page.on_keyboard_event = pressed

    def forget() -> None:
        session.page.on_keyboard_event = None

    ft.use_effect(listen, dependencies=list(on), cleanup=forget)


def _tabs(session: Session, query: InboxQuery, go: Callable[[InboxQuery], None]) -> ft.Control:
    states = session.hall.tally.states
    choices = [Choice(id="all", words=f"全部 {sum(states.values())}")]
    choices += [
        Choice(id=state.value, words=f"{record_mark(state).word} {states.get(state, 0)}")
        for state in STATES_SHOWN
    ]

    def tab(id: str) -> None:
        go(query.turned(state=None if id == "all" else RecordState(id)))

    return choice_chips("console.inbox.state", choices, [query.state.value if query.state else "all"], tab)


def _newer(session: Session, listing: Listing, again: Callable[[], object]) -> list[ft.Control]:
    """Rows keep their place while somebody reads: what came meanwhile waits for a tap."""
    if dict(session.hall.tally.states) == listing.states:
        return []
    show = secondary_button("console.inbox.refresh", "显示", again, icon=ft.Icons.REFRESH)
    words = ft.Text("列表有变化（有新到的记录或新的审核决定）。", expand=True)
    return [ft.Row(controls=[ft.Icon(ft.Icons.UPDATE, color=Tone.PRIMARY.ink), words, show], spacing=8)]


def _table(
    session: Session,
    query: InboxQuery,
    go: Callable[[InboxQuery], None],
    listing: Listing,
    chosen: int,
    focus: list[ft.TextButton],
) -> list[ft.Control]:
    if not listing.rows:
        return [_empty(session, query, go)]
    width = (session.page.width or 1280) - 200
    rows = []
    for place, row in enumerate(listing.rows):
        opened = partial(session.navigate, routes.record(row.entry))
        button, named = row_button(row, width, opened, chosen=place == chosen, now_ms=session.now_ms())
        focus.append(button)
        rows.append(named)
    table = ft.ListView(controls=rows, expand=True, spacing=0)
    return [heads(width), table, _pages(query, go, listing.total)]


def _pages(query: InboxQuery, go: Callable[[InboxQuery], None], total: int) -> ft.Control:
    first, last = query.page * PAGE + 1, min(total, (query.page + 1) * PAGE)
    words = quiet_text(f"第 {first}–{last} 份，共 {total} 份；按 ↑ ↓ 选择，回车打开")
    words.expand = True
    before = quiet_button(
        "console.inbox.before", "上一页", lambda: go(_paged(query, -1)), disabled=query.page == 0
    )
    after = quiet_button(
        "console.inbox.after", "下一页", lambda: go(_paged(query, 1)), disabled=last >= total
    )
    return ft.Row(controls=[words, before, after], spacing=theme.UNIT)


def _paged(query: InboxQuery, by: int) -> InboxQuery:
    return query.turned(page=query.page + by)


def _empty(session: Session, query: InboxQuery, go: Callable[[InboxQuery], None]) -> ft.Control:
    if query.is_narrowed or query.state is not None or query.page:
        clear = primary_button("console.inbox.clear", "清除筛选", lambda: go(InboxQuery()))
        return empty_state(
            ft.Icons.FILTER_LIST_OFF, "没有符合条件的记录", "请放宽条件，或清除筛选。", action=clear
        )
    if not session.desk.is_unlocked:
        unlock = primary_button("console.inbox.unlock", "解锁密钥", partial(session.navigate, routes.UNLOCK))
        words = "解锁办公室密钥后，审核台会从服务器取回并核验平板送来的记录。"
        return empty_state(ft.Icons.INBOX_OUTLINED, "还没有收到记录", words, action=unlock)
    if not session.hall.tally.devices:
        enrol = primary_button("console.inbox.enrol", "登记平板", partial(session.navigate, routes.ENROL))
        return empty_state(ft.Icons.INBOX_OUTLINED, "还没有收到记录", "请先登记平板。", action=enrol)
    words = "平板联网交换后，记录会自动出现在这里。"
    return empty_state(ft.Icons.INBOX_OUTLINED, "还没有收到记录", words)
