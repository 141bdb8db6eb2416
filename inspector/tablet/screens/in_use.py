"""The store is at work elsewhere: in another window of this program, or in another process."""

from __future__ import annotations

import flet as ft

from inspector.errors import InspectorError
from inspector.tablet.session import Session
from inspector.ui.buttons import primary_button
from inspector.ui.panels import card, centred, error_panel, quiet_text
from inspector.ui.taps import Act


@ft.component
def InUseScreen(session: Session) -> ft.Control:
    """Another window works on this tablet."""

    async def take_over() -> None:
        await session.tablet.take_over(session)

    words = [
        ft.Icon(ft.Icons.TAB_OUTLINED, size=48),
        ft.Text("本机正在另一个窗口中使用", theme_style=ft.TextThemeStyle.TITLE_LARGE),
        ft.Text("同一时间只在一个窗口中工作，两边不会互相覆盖。已显示“已保存”的内容都在本机。"),
        quiet_text("在此继续后，另一个窗口会停下并说明原因；这里需要重新输入 PIN。"),
        primary_button("in-use.take-over", "在此窗口继续", take_over, icon=ft.Icons.LOGIN),
    ]
    return centred([card(words)])


@ft.component
def BlockedScreen(error: InspectorError, on_retry: Act) -> ft.Control:
    """Another process has the store, or the disk refuses."""

    retry = primary_button("in-use.retry", "再试一次", on_retry, icon=ft.Icons.REFRESH)
    return centred([error_panel(error, actions=[retry])], width=640)
