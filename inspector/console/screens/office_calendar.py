"""Holiday tables: which years are settled, and taking in a new one after its changes were looked at."""

from __future__ import annotations

import flet as ft

from inspector.console.accounts import Right
from inspector.console.calendars import Preview
from inspector.console.session import Session, use_loaded
from inspector.domain.working_days import PROVISIONAL_WORDS, WorkingCalendar, chinese_date
from inspector.errors import InspectorError
from inspector.ui import theme
from inspector.ui.buttons import secondary_button
from inspector.ui.dialogs import danger_button
from inspector.ui.fields import text_field
from inspector.ui.panels import busy, card, error_panel, quiet_text, section_title
from inspector.ui.taps import Act
from inspector.ui.theme import Tone

NAME = "console.office"
SHOWN = 60
"""Changed days that are listed one by one."""


@ft.component
def HolidayTables(session: Session) -> ft.Control:
    """What is in use, and the way to a newer one."""
    loaded = use_loaded(session, session.hall.calendars.current)
    if loaded.error is not None:
        return error_panel(loaded.error, on_retry=loaded.again)
    if loaded.value is None:
        return busy("正在读取节假日表……")
    parts = [_in_use(loaded.value)]
    if session.may(Right.MANAGE):
        parts.append(Importing(session, loaded.again))
    return ft.Column(
        controls=parts,
        spacing=theme.UNIT * 2,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        tight=True,
    )


def _in_use(calendar: WorkingCalendar) -> ft.Control:
    lines: list[ft.Control] = []
    for table in sorted(calendar.tables, key=lambda one: one.first, reverse=True):
        span = f"{chinese_date(table.first)}至{chinese_date(table.last)}"
        counted = f"放假 {len(table.rest_days)} 天，调休上班 {len(table.make_up_days)} 天"
        lines.append(ft.Text(table.title, weight=ft.FontWeight.W_600))
        lines.append(quiet_text(f"{chinese_date(table.published)}公布；适用 {span}；{counted}"))
    if not lines:
        lines.append(ft.Text("还没有节假日表：工作日只按周一至周五计算。"))
    beyond = f"表中没有包括的日期，期限注明“{PROVISIONAL_WORDS}”，工作日暂按周一至周五计算。"
    shown = card([section_title("在用的节假日表"), *lines, ft.Text(beyond)])
    return ft.Semantics(identifier=f"{NAME}.calendar-in-use", content=shown, container=True)


@ft.component
def Importing(session: Session, again: object) -> ft.Control:
    """The text of a table, every fault or change of it, then taking it in."""
    text, write = ft.use_state("")
    nothing: Preview | None = None
    preview, show = ft.use_state(nothing)
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)

    def typed(new: str) -> None:
        write(new)
        show(None)

    async def look() -> None:
        fail(None)
        show(await session.beside(session.hall.calendars.preview, text))

    async def take() -> None:
        try:
            table = await session.told(session.hall.calendars.take, session.me, text)
        except InspectorError as refused:
            fail(refused)
            return
        typed("")
        session.snack(f"已采用{chinese_date(table.published)}公布的节假日表，会发给每台平板")
        if callable(again):
            again()

    field = text_field(
        f"{NAME}.calendar-text",
        "节假日表的文本",
        text,
        typed,
        lines=8,
        hint="国务院公布新一年的安排后，按程序附带的节假日表的写法录入，粘贴到这里",
    )
    is_good = preview is not None and preview.table is not None
    is_new = is_good and preview is not None and not preview.refusal and not preview.is_known
    ways = [
        secondary_button(f"{NAME}.calendar-look", "检查并预览", look, disabled=not text.strip()),
        _take_button(take, disabled=not is_new or not session.desk.is_unlocked),
    ]
    return card(
        [
            section_title("导入新的节假日表"),
            *([error_panel(error)] if error else []),
            *(_found(preview) if preview else []),
            field,
            ft.Row(controls=ways, alignment=ft.MainAxisAlignment.END, spacing=theme.UNIT),
        ],
        gap=theme.UNIT * 2,
    )


def _take_button(take: Act, *, disabled: bool) -> ft.Control:
    return danger_button(
        f"{NAME}.calendar-take",
        "采用并发给平板……",
        take,
        title="采用这份节假日表？",
        text="以后计算工作日期限都按它，每台平板联网后也改用它。采用后不能撤回，只能再导入更新的一份；"
        "已出具文书上的期限不变。",
        act="采用",
        disabled=disabled,
    )


def _found(preview: Preview) -> list[ft.Control]:
    lines: list[ft.Control]
    if preview.faults:
        head = f"有 {len(preview.faults)} 处要改，改好再检查一次；在用的表没有变。"
        lines = [ft.Text(head, color=Tone.BAD.ink), *(ft.Text(f"· {one}") for one in preview.faults)]
    elif preview.refusal is not None:
        lines = [
            ft.Text(preview.refusal.message, color=Tone.BAD.ink),
            ft.Text(preview.refusal.next_step),
        ]
    elif preview.is_known:
        lines = [ft.Text("这份表已经在用，没有变化。")]
    else:
        head = f"采用后有 {len(preview.changes)} 天与现在不同："
        days = [ft.Text(f"· {one.words}") for one in preview.changes[:SHOWN]]
        more = len(preview.changes) - SHOWN
        rest = [ft.Text(f"另有 {more} 天。")] if more > 0 else []
        lines = [ft.Text(head, color=Tone.GOOD.ink), *days, *rest]
    column = ft.Column(controls=lines, spacing=4, tight=True)
    return [
        ft.Semantics(identifier=f"{NAME}.calendar-found", content=column, container=True, live_region=True)
    ]
