"""The first start: the first inspector and their PIN."""

from __future__ import annotations

import flet as ft

from inspector.tablet.screens.member import NewMember, NewMemberForm
from inspector.tablet.session import Session
from inspector.ui.panels import centred, quiet_text


@ft.component
def WelcomeScreen(session: Session) -> ft.Control:
    """Ask who works with this tablet."""

    async def set_up(member: NewMember, pin: str) -> None:
        await session.tablet.enter(
            session.gate.set_up, name=member.name, number=member.number, role=member.role, pin=pin
        )

    words = [
        ft.Text("欢迎使用检查员", theme_style=ft.TextThemeStyle.HEADLINE_SMALL),
        quiet_text("先登记使用本机的第一位检查人员。所有内容加密保存在本机，没有网络也能工作。"),
    ]
    return centred([*words, NewMemberForm("welcome", set_up, act="开始使用")], width=560)
