"""Enrolling a tablet, its second half: the eight digits, who applies, and what the tablet got."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import flet as ft

from inspector.console import routes
from inspector.console.devices import DeviceRow, named
from inspector.console.frame import frame
from inspector.console.session import Session
from inspector.errors import InspectorError
from inspector.ui import theme
from inspector.ui.buttons import primary_button, secondary_button
from inspector.ui.identified import identified
from inspector.ui.panels import busy, card, error_panel, quiet_text, section_title
from inspector.ui.taps import Act
from inspector.ui.theme import Tone
from inspector.work.enrol import Applied

NAME = "console.enrol"
TITLE = "登记新平板"


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipped:
    """What the tablet got."""

    row: DeviceRow
    issuer: str
    enterprises: int


@ft.component
def Comparing(
    session: Session,
    applied: Applied,
    on_done: Callable[[Equipped], object],
    on_drop: Act,
    back: str | Act,
) -> ft.Control:
    """Who applies, and the digits that the tablet must show too."""
    people = applied.request.inspectors
    chosen, choose = ft.use_state(frozenset(one.id for one in people))
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)
    sent, send = ft.use_state(False)
    working, work = ft.use_state(False)

    async def agree() -> None:
        send(True)
        work(True)
        fail(None)
        try:
            await session.told(session.hall.devices.confirm, session.me, applied, chosen)
            on_done(await session.beside(_equipped, session, applied.request.device.id))
        except InspectorError as refused:
            fail(refused)
        finally:
            work(False)

    ticks = [
        _tick(one.id, named(one.details.name, one.details.number), one.id in chosen, choose, disabled=sent)
        for one in people
    ]
    device = applied.request.device.details.name
    nobody = [ft.Text("没有检查人员一起申请；以后可以用新的登记码补登。")]
    return frame(
        session,
        NAME,
        "核对八位数字",
        [
            *([error_panel(error)] if error else []),
            card([section_title("平板上显示的也是这八位数字吗？"), _digits(applied.digits)]),
            card(
                [
                    section_title(f"申请登记：{device}"),
                    *(ticks or nobody),
                    quiet_text("不认识的人请取消勾选：没有证书的人不能在这台平板上签发文书。"),
                ]
            ),
            *([busy("正在签发证书并写入日志……")] if working else []),
        ],
        place="devices",
        back=back,
        actions=[
            secondary_button(f"{NAME}.differ", "不一致，放弃", on_drop, tone=Tone.BAD, disabled=working),
            primary_button(f"{NAME}.agree", "数字一致，确认登记", agree, disabled=working),
        ],
    )


def _digits(digits: str) -> ft.Control:
    big = ft.Text(
        f"{digits[:4]}  {digits[4:]}",
        size=64,
        font_family=theme.BOLD_FAMILY,
        text_align=ft.TextAlign.CENTER,
    )
    return ft.Semantics(identifier=f"{NAME}.digits", content=big, container=True)


def _tick(
    id: str,
    words: str,
    ticked: bool,
    choose: Callable[[Callable[[frozenset[str]], frozenset[str]]], None],
    *,
    disabled: bool,
) -> ft.Control:
    def toggled(event: ft.Event[ft.Checkbox]) -> None:
        wanted = bool(event.control.value)
        choose(lambda before: before | {id} if wanted else before - {id})

    box = ft.Checkbox(label=words, value=ticked, on_change=toggled, disabled=disabled)
    return identified(f"{NAME}.person-{id}", box, label=words)


def _equipped(session: Session, device: str) -> Equipped:
    row = next(row for row in session.hall.devices.all() if row.id == device)
    issuer = session.desk.issuer()
    return Equipped(
        row=row,
        issuer=f"{issuer.kind.word} · {issuer.name}" if issuer else "",
        enterprises=len(session.desk.enterprises()),
    )


def done_screen(session: Session, equipped: Equipped) -> ft.Control:
    """What the tablet got."""
    numbers = [f"{one.document.word}：{one.left} 个号" for one in equipped.row.numbers if one.left]
    issuer = equipped.issuer or "还没有填写：请到“办公室”填写签发机关，填好后自动发给这台平板"
    facts = (
        ("检查人员", "、".join(equipped.row.people) or "没有"),
        ("签发机关", issuer),
        ("单位名录", f"{equipped.enterprises} 家"),
        ("文书号", "；".join(numbers) or "填写签发机关后发给"),
    )
    lines = [
        ft.Row(
            controls=[ft.Container(content=quiet_text(name), width=80), ft.Text(words, expand=True)],
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        for name, words in facts
    ]
    return frame(
        session,
        NAME,
        TITLE,
        [
            card(
                [
                    section_title(
                        f"“{equipped.row.label}”已登记",
                        aside=[ft.Icon(ft.Icons.TASK_ALT, color=Tone.GOOD.ink)],
                    ),
                    ft.Text("平板会自动取走证书和以下内容："),
                    *lines,
                ],
                tone=Tone.GOOD,
            )
        ],
        place="devices",
        actions=[
            primary_button(f"{NAME}.finish", "回到设备", partial(session.navigate, routes.DEVICES)),
        ],
    )
