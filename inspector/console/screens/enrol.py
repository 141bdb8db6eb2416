"""Enrolling a tablet: the code, the eight digits of who applies, a person's word, what the tablet got."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO

import flet as ft
import segno

from inspector.console import routes
from inspector.console.frame import frame
from inspector.console.screens.devices import keyed
from inspector.console.screens.enrol_compare import NAME, TITLE, Comparing, Equipped, done_screen
from inspector.console.session import Session
from inspector.errors import (
    AvailabilityError,
    EnrolmentForgedError,
    EnrolmentMisdirectedError,
    EnrolmentPendingError,
    EnrolmentSpentError,
    InspectorError,
)
from inspector.ui import theme
from inspector.ui.buttons import primary_button, quiet_button, secondary_button
from inspector.ui.dialogs import confirm
from inspector.ui.fields import text_field
from inspector.ui.panels import busy, card, error_panel, quiet_text, section_title
from inspector.ui.pictures import qr_view
from inspector.ui.taps import Act
from inspector.ui.theme import Tone
from inspector.ui.window import use_repeated
from inspector.work.enrol import Applied, Invited

LOOK_EVERY_S = 2.0
_QR_SCALE = 8


@ft.component
def EnrolScreen(session: Session) -> ft.Control:
    """From the code to the tablet's equipment."""
    nobody: tuple[Invited | None, Applied | None, Equipped | None] = (None, None, None)
    (invited, applied, equipped), go = ft.use_state(nobody)
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)
    leaving, leave = ft.use_state(False)
    pending = ft.use_memo(_Pending, [])
    use_withdrawal(session, pending)

    async def begin() -> None:
        fail(None)
        replaced, pending.invited = pending.invited, None
        if replaced is not None:
            await withdraw(session, replaced)
        try:
            made = await session.beside(session.hall.devices.invite, session.me)
        except InspectorError as refused:
            fail(refused)
            return
        pending.invited = made
        go((made, None, None))

    async def drop(then: Callable[[], object]) -> None:
        leave(False)
        given_up, pending.invited = pending.invited, None
        if given_up is not None:
            await withdraw(session, given_up)
        go(nobody)
        then()

    def done(got: Equipped) -> None:
        pending.invited = None
        go((invited, applied, got))

    away = partial(drop, partial(session.navigate, routes.DEVICES))
    question = confirm(
        f"{NAME}.leave",
        "撤回登记码并离开？",
        "这个登记码会立即作废；平板还没有登记，需要时再发一个新码。",
        "撤回并离开",
        away,
        on_no=partial(leave, False),
    )
    ft.use_dialog(question if leaving else None)
    back = partial(leave, True) if pending.invited is not None else routes.DEVICES
    if equipped is not None:
        return done_screen(session, equipped)
    if invited is None:
        return _start(session, begin, error)
    if applied is None:
        id = invited.invitation.id
        return keyed(Waiting, id, session, invited, lambda one: go((invited, one, None)), begin, back)
    return Comparing(session, applied, done, partial(drop, partial(fail, None)), back)


@dataclass(slots=True)
class _Pending:
    """The invitation that is out and not used: who leaves takes it back."""

    invited: Invited | None = None


def use_withdrawal(session: Session, pending: _Pending) -> None:
    """Take an invitation back that is still out when the screen goes, whichever way it was left."""
    me = ft.use_memo(lambda: session.who, [])

    async def end() -> None:
        invited, pending.invited = pending.invited, None
        if invited is None or me is None or not session.desk.is_unlocked:
            return
        try:
            await session.beside(session.hall.devices.withdraw, me, invited)
        except InspectorError as error:
            if session.who is not None:
                session.show_error(error)

    ft.use_effect(lambda: None, dependencies=[], cleanup=lambda: session.run(end))


async def withdraw(session: Session, invited: Invited) -> None:
    """Take an invitation back; without the server it runs out by itself."""
    try:
        await session.beside(session.hall.devices.withdraw, session.me, invited)
    except AvailabilityError:
        session.snack("现在连不上服务器，撤不回；登记码会在 15 分钟内自动失效")


# --- The code ---


def _start(session: Session, on_begin: Act, error: InspectorError | None) -> ft.Control:
    locked = not session.desk.is_unlocked
    steps = (
        "1. 在平板上打开“登记本机”，扫描这里显示的二维码，也可以粘贴或输入登记码。",
        "2. 两边会显示相同的八位数字：当面或打电话核对。",
        "3. 数字一致才点“确认登记”；平板随后收到签发机关、单位名录和文书号。",
    )
    unlock = secondary_button(f"{NAME}.unlock", "解锁办公室密钥", partial(session.navigate, routes.UNLOCK))
    return frame(
        session,
        NAME,
        TITLE,
        [
            *([error_panel(error)] if error else []),
            card([section_title("登记分三步"), *(ft.Text(step) for step in steps)]),
            *([card([ft.Text("要先解锁办公室密钥。"), unlock], tone=Tone.CARE)] if locked else []),
            quiet_text("登记码 15 分钟内有效，只能用一次，服务器看不到它。不要用聊天软件转发。"),
        ],
        place="devices",
        back=routes.DEVICES,
        actions=[primary_button(f"{NAME}.begin", "显示登记码", on_begin, disabled=locked)],
    )


@ft.component
def Waiting(
    session: Session,
    invited: Invited,
    on_applied: Callable[[Applied], object],
    on_again: Act,
    back: str | Act,
) -> ft.Control:
    """The code, until a tablet answers or the time is over."""
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)
    offline, mark = ft.use_state(False)
    now, tick = ft.use_state(session.now_ms())

    async def look() -> bool:
        tick(session.now_ms())
        try:
            applied = await session.beside(session.hall.devices.look, invited)
        except EnrolmentPendingError:
            mark(False)
        except AvailabilityError:
            mark(True)
        except InspectorError as refused:
            fail(refused)
            return True
        else:
            on_applied(applied)
            return True
        if session.now_ms() >= invited.expires_ms:
            fail(EnrolmentSpentError())
            return True
        return False

    use_repeated(session, look, LOOK_EVERY_S, on=(invited.invitation.id,))
    again = primary_button(f"{NAME}.again", "重新发码", on_again)
    if error is not None:
        return frame(
            session, NAME, TITLE, [refused_panel(error)], place="devices", back=back, actions=[again]
        )
    said = "暂时联系不上服务器，会自动再试" if offline else "正在等待平板扫码……"
    return frame(
        session,
        NAME,
        TITLE,
        [
            card([section_title("用平板扫描这个二维码"), _code(session, invited, now)], gap=theme.UNIT * 2),
            busy(said),
        ],
        place="devices",
        back=back,
        actions=[
            quiet_button(f"{NAME}.again", "换一个登记码", on_again),
            secondary_button(f"{NAME}.look", "现在查看", look),
        ],
    )


def _code(session: Session, invited: Invited, now_ms: int) -> ft.Control:
    """The code to be scanned, how long it counts, and beside it the same for a keyboard."""
    left = max(0, invited.expires_ms - now_ms) // 1000
    clock = ft.Text(f"{left // 60} 分 {left % 60:02} 秒后失效", theme_style=ft.TextThemeStyle.TITLE_MEDIUM)
    picture = qr_view(qr_png(invited.invitation.text), "登记二维码", edge=320)
    return ft.Row(
        controls=[
            ft.Column(controls=[picture, clock], horizontal_alignment=ft.CrossAxisAlignment.CENTER),
            ft.Container(content=Typed(session, invited), expand=True),
        ],
        spacing=theme.UNIT * 4,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


@ft.component
def Typed(session: Session, invited: Invited) -> ft.Control:
    """The same for a keyboard: the code in groups, the address, the whole text to paste."""
    invitation = invited.invitation

    async def copy() -> None:
        await ft.Clipboard().set(invitation.text)
        session.snack("已复制；粘贴后请清除剪贴板")

    code = ft.Text(
        invitation.code.replace("-", "  "), theme_style=ft.TextThemeStyle.HEADLINE_SMALL, selectable=True
    )
    return ft.Column(
        controls=[
            quiet_text("不能扫码时，在平板上输入登记码（不分大小写）"),
            ft.Semantics(identifier=f"{NAME}.code", content=code, container=True),
            quiet_text("和服务器地址"),
            ft.Text(invitation.url, selectable=True, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            text_field(f"{NAME}.text", "或整段粘贴", invitation.text, lambda _text: None, read_only=True),
            ft.Row(
                controls=[secondary_button(f"{NAME}.copy", "复制", copy, icon=ft.Icons.CONTENT_COPY)],
                alignment=ft.MainAxisAlignment.END,
            ),
        ],
        spacing=theme.UNIT,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        tight=True,
    )


def qr_png(text: str) -> bytes:
    """The text as a QR code's PNG."""
    out = BytesIO()
    segno.make(text, micro=False, error="m").save(out, kind="png", scale=_QR_SCALE)
    return out.getvalue()


def refused_panel(error: InspectorError) -> ft.Control:
    """Why it did not work; an attack is named as one."""
    if not isinstance(error, EnrolmentForgedError | EnrolmentMisdirectedError):
        return error_panel(error)
    head = ft.Row(
        controls=[
            ft.Icon(ft.Icons.GPP_BAD, color=Tone.BAD.ink, size=36),
            ft.Text("有人在途中替换了密钥", theme_style=ft.TextThemeStyle.HEADLINE_SMALL, color=Tone.BAD.ink),
        ]
    )
    shown = card(
        [head, error_panel(error), ft.Text("已记入告警。平板没有登记，没有任何密钥被确认。")], tone=Tone.BAD
    )
    return ft.Semantics(identifier=f"{NAME}.forged", content=shown, container=True)
