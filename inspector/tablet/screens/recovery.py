"""After ten wrong PINs: what to do, and the two ways back in. Nothing is lost by it."""

from __future__ import annotations

from functools import partial

import flet as ft

from inspector.errors import InspectorError
from inspector.tablet.screens.member import NewPin
from inspector.tablet.session import Session
from inspector.ui import share
from inspector.ui.buttons import quiet_button, secondary_button
from inspector.ui.fields import text_field
from inspector.ui.panels import card, error_panel, quiet_text
from inspector.ui.theme import Tone

LOCKED_OUT = (
    "PIN 已连续输错 10 次，本机不再接受这位检查人员的 PIN。",
    "没有丢失任何内容：已封存的记录照常加密保存，草稿也都在本机。",
    "同机的另一位检查人员可以解锁，在“设置”的“检查人员”中为其重设 PIN。",
    "没有其他人时，请导出恢复文件交给办公室；办公室解开后会给出恢复码，输入即可设置新的 PIN。",
)


@ft.component
def LockedOut(session: Session, id: str) -> ft.Control:
    """Say what happened; offer the file for the office and the code from it."""
    has_code, ask = ft.use_state(False)
    code, write = ft.use_state("")
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)

    async def export() -> None:
        fail(None)
        try:
            data = await session.act(session.gate.escrow_file)
            await share.save_file("inspector-recovery.age", data, extension="age")
        except InspectorError as refused:
            fail(refused)

    async def recover(pin: str) -> None:
        fail(None)
        try:
            await session.tablet.enter(session.gate.recover, id, code, pin)
        except InspectorError as refused:
            fail(refused)

    first, *rest = LOCKED_OUT
    words = [
        ft.Text(first, theme_style=ft.TextThemeStyle.TITLE_MEDIUM, color=Tone.BAD.ink),
        *(ft.Text(line) for line in rest),
    ]
    ways = [
        secondary_button("lock.export", "导出恢复文件", export, icon=ft.Icons.DOWNLOAD),
        quiet_button("lock.have-code", "我有恢复码", partial(ask, True)),
    ]
    panel = card([*words, ft.Row(controls=ways, wrap=True)], tone=Tone.BAD)
    parts: list[ft.Control] = [
        ft.Semantics(identifier="lock.locked-out", content=panel, container=True),
        *([error_panel(error)] if error else []),
    ]
    if has_code:
        parts += [
            text_field("lock.code", "恢复码", code, write, hint="64 个字符"),
            quiet_text("重设后需用一个登记码向办公室重新登记这位检查人员；在此之前手写签名。"),
            NewPin("lock.new", recover, act="恢复"),
        ]
    return ft.Column(controls=parts, horizontal_alignment=ft.CrossAxisAlignment.CENTER, tight=True)
