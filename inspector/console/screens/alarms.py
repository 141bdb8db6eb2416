"""What must not be missed: each alarm with what happened, what to do, and the record it is about."""

from __future__ import annotations

from functools import partial

import flet as ft

from inspector.console import routes
from inspector.console.accounts import Right
from inspector.console.administration import Administration
from inspector.console.frame import frame
from inspector.console.session import Session, use_changes, use_loaded
from inspector.ui import theme
from inspector.ui.buttons import secondary_button
from inspector.ui.panels import busy, card, empty_state, error_panel, quiet_text
from inspector.ui.theme import Tone
from inspector.ui.words import moment
from inspector.work.ports import Alarm

NAME = "console.alarms"
SHOWN = 50
"""The most alarms on the screen; further ones follow as these are put away."""

Found = tuple[tuple[Alarm, str | None], ...]


@ft.component
def AlarmsScreen(session: Session) -> ft.Control:
    """Every alarm that nobody has put away, newest first."""
    turn = use_changes(session)
    loaded = use_loaded(session, lambda: _read(session), on=(turn,))
    error = [error_panel(loaded.error, on_retry=loaded.again)] if loaded.error else []
    return frame(
        session, NAME, "告警", [*error, *_matter(session, loaded.value)], place="", back=routes.INBOX
    )


def _read(session: Session) -> Found:
    office = Administration(session.desk)
    return tuple((alarm, office.record_of(alarm)) for alarm in session.desk.alarms())


def _matter(session: Session, found: Found | None) -> list[ft.Control]:
    if found is None:
        return [busy("正在读取告警……")]
    if not found:
        return [
            empty_state(ft.Icons.VERIFIED_USER_OUTLINED, "没有告警", "出现异常时会在这里和每页顶部提示。")
        ]
    rest = [quiet_text(f"还有 {len(found) - SHOWN} 条，处理后依次显示")] if len(found) > SHOWN else []
    return [*(_alarm(session, n, *each) for n, each in enumerate(found[:SHOWN])), *rest]


def _alarm(session: Session, n: int, alarm: Alarm, record: str | None) -> ft.Control:
    async def put_away() -> None:
        await session.told(session.desk.put_away, session.me, alarm)
        session.snack("已标为处理，审计记录里留有一行")

    ways: list[ft.Control] = []
    if record is not None:
        look = partial(session.navigate, routes.record(record))
        ways.append(secondary_button(f"{NAME}.record-{n}", "打开记录", look, icon=ft.Icons.OPEN_IN_NEW))
    if session.may(Right.DECIDE):
        ways.append(secondary_button(f"{NAME}.put-away-{n}", "已处理", put_away, icon=ft.Icons.CHECK))
    head = ft.Row(
        controls=[
            ft.Icon(ft.Icons.GPP_BAD_OUTLINED, color=Tone.BAD.ink, size=28),
            ft.Text(alarm.message, theme_style=ft.TextThemeStyle.TITLE_MEDIUM, expand=True),
            quiet_text(moment(alarm.at_ms, now_ms=session.now_ms())),
        ],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    about = f"涉及：{alarm.entry[:16]}" if alarm.entry else "不涉及单份记录"
    row = ft.Row(
        controls=[ft.Container(content=quiet_text(about), expand=True), *ways],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    shown = card([head, ft.Text(f"怎么办：{alarm.hint}"), row], tone=Tone.BAD)
    return ft.Semantics(identifier=f"{NAME}.alarm-{n}", content=shown, container=True)
