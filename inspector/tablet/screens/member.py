"""A form for one more inspector of this tablet: name, certificate number, role, and a PIN typed twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import flet as ft

from inspector.errors import InspectorError, PinUnfitError
from inspector.tablet.frame import keyed
from inspector.trust.vault import PIN_LEAST, PIN_MOST, check_pin
from inspector.ui import theme
from inspector.ui.buttons import primary_button, quiet_button
from inspector.ui.fields import text_field
from inspector.ui.keypad import keypad
from inspector.ui.panels import card, quiet_text
from inspector.ui.taps import Act

OnPin = Callable[[str], Awaitable[None]]
PIN_RULE = f"{PIN_LEAST} 至 {PIN_MOST} 位数字，不能全部相同或连续。请勿告诉他人。"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """An inspector who is about to have a PIN here."""

    name: str = ""
    number: str = ""
    role: str = ""


@ft.component
def NewMemberForm(name: str, on_done: Callable[[NewMember, str], Awaitable[None]], *, act: str) -> ft.Control:
    """Ask for the particulars, then for the PIN.

    Args:
        name: prefix of the controls' names: `.name`, `.number`, `.role`, `.next`, then those of `NewPin`.
        on_done: gets both; what it refuses with is shown, and nothing that was typed is lost but the PIN.
        act: the word on the last key.
    """
    member, change = ft.use_state(NewMember())
    is_named, go = ft.use_state(False)
    said, say = ft.use_state("")

    def next_step() -> None:
        missing = not member.name.strip()
        say("请填写姓名" if missing else "")
        go(not missing)

    async def done(pin: str) -> None:
        try:
            await on_done(member, pin)
        except InspectorError as refused:
            say(f"{refused.message}{refused.next_step}")
            go(False)

    if not is_named:
        return _particulars(name, member, change, next_step, said)
    back = quiet_button(f"{name}.back", "返回修改姓名", lambda: go(False))
    return ft.Column(
        controls=[NewPin(name, done, act=act), back],
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        tight=True,
    )


@ft.component
def NewPin(name: str, on_done: OnPin, *, act: str) -> ft.Control:
    """A new PIN, typed twice.

    Args:
        name: prefix: the keypads are `.pin` and `.again`.
    """
    first, keep = ft.use_state("")
    said, say = ft.use_state("")
    working, work = ft.use_state("")

    def chosen(pin: str) -> None:
        try:
            check_pin(pin)
        except PinUnfitError as refused:
            say(refused.message)
            return
        say("")
        keep(pin)

    async def repeated(pin: str) -> None:
        if pin != first:
            keep("")
            say("两次输入的 PIN 不一样，请重新设置")
            return
        work("正在保存……")
        try:
            await on_done(pin)
        finally:
            work("")

    pad = keyed(
        keypad,
        "again" if first else "pin",
        f"{name}.again" if first else f"{name}.pin",
        "再输入一次 PIN" if first else "设置 PIN",
        repeated if first else chosen,
        least=PIN_LEAST,
        most=PIN_MOST,
        error=said,
        working=working,
        act=act if first else "下一步",
    )
    return ft.Column(
        controls=[pad, quiet_text(PIN_RULE)],
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        spacing=theme.UNIT * 2,
        tight=True,
    )


def _particulars(
    name: str, member: NewMember, change: Callable[[NewMember], None], on_next: Act, said: str
) -> ft.Control:
    fields = [
        text_field(
            f"{name}.name",
            "姓名",
            member.name,
            lambda text: change(replace(member, name=text)),
            error=said,
            autofocus=True,
        ),
        text_field(
            f"{name}.number",
            "执法证件号（没有可不填）",
            member.number,
            lambda text: change(replace(member, number=text)),
        ),
        text_field(
            f"{name}.role",
            "职务（可不填）",
            member.role,
            lambda text: change(replace(member, role=text)),
            on_submit=on_next,
        ),
    ]
    step = primary_button(f"{name}.next", "下一步：设置 PIN", on_next, icon=ft.Icons.ARROW_FORWARD)
    onward = ft.Row(controls=[step], alignment=ft.MainAxisAlignment.END)
    return card([*fields, onward], gap=theme.UNIT * 2)
