"""Enrolling this tablet, or an inspector who joined later: the code, the eight digits, the console's word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import flet as ft

from inspector.errors import AvailabilityError, InspectorError
from inspector.photos import qr
from inspector.tablet import enrolment, routes
from inspector.tablet.enrolment import Asking, doubt_about_code
from inspector.tablet.frame import frame
from inspector.tablet.session import Session, use_repeated
from inspector.ui import theme
from inspector.ui.buttons import primary_button, quiet_button, secondary_button
from inspector.ui.fields import text_field
from inspector.ui.panels import busy, card, error_panel, quiet_text, section_title
from inspector.ui.photo_source import Taken, photo_taker
from inspector.ui.taps import Act

LOOK_EVERY_S = 2.0
"""How often the tablet asks whether the console has confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What is typed before anything is sent."""

    label: str = ""
    code: str = ""
    url: str = ""

    @property
    def has_address(self) -> bool:
        """The code brings the server's address with it."""
        return ":" in self.code


@ft.component
def EnrolScreen(session: Session) -> ft.Control:
    """From the code to the certificates."""
    nobody: Asking | None = None
    no_error: InspectorError | None = None
    asking, ask = ft.use_state(nobody)
    error, fail = ft.use_state(no_error)
    form, change = ft.use_state(Form())
    working, work = ft.use_state("")

    async def send() -> None:
        fail(None)
        work("正在联系办公室……")
        try:
            ask(await _apply(session, form))
        except InspectorError as refused:
            fail(refused)
        finally:
            work("")

    def cancel() -> None:
        ask(None)
        fail(None)

    if asking is not None:
        return Waiting(session, asking, cancel)
    return CodeForm(session, form, change, error, working, send)


async def _apply(session: Session, form: Form) -> Asking:
    workbench, tablet = session.workbench, session.tablet
    device = workbench.crew.device()
    invitation = enrolment.invitation_from(form.code, form.url)
    offer, box = await tablet.beside(enrolment.meet, invitation, tablet.knock)
    asking = await session.act(
        enrolment.apply,
        workbench,
        offer,
        box,
        label=device.label if device else form.label,
        at_ms=session.now_ms(),
    )
    await tablet.beside(enrolment.hand_in, asking)
    return asking


@ft.component
def CodeForm(
    session: Session,
    form: Form,
    change: Callable[[Form], None],
    error: InspectorError | None,
    working: str,
    on_send: Act,
) -> ft.Control:
    """What this tablet is called, the code, and the address where the code does not bring it."""
    scanning, scan = ft.use_state(False)
    misread, report = ft.use_state("")
    device = session.workbench.crew.device()

    async def taken(picture: Taken) -> None:
        try:
            text = await session.tablet.beside(qr.read_qr, picture.data)
        except InspectorError as refused:
            report(f"{refused.message}{refused.next_step}")
            return
        scan(False)
        report("" if text else "照片里没有找到二维码，请靠近一些再拍，或改为输入登记码")
        if text:
            change(replace(form, code=text))

    if scanning:
        taker = photo_taker("enrol.scan", on_taken=taken, on_close=partial(scan, False))
        return frame(
            session, "enrol", "扫描登记码", [ft.Container(taker, height=560)], back=partial(scan, False)
        )
    doubt = doubt_about_code(form.code) or misread
    ready = bool(form.code.strip()) and not doubt and not working
    named = [] if device else [_label_field(form, change)]
    address = [] if form.has_address else [_address_field(form, change)]
    fields = [*named, _code_field(form, change, doubt), *address]
    ways = [secondary_button("enrol.scan", "扫描二维码", partial(scan, True), icon=ft.Icons.QR_CODE_SCANNER)]
    return frame(
        session,
        "enrol",
        "登记本机" if not session.workbench.crew.is_enrolled else "登记新加入的检查人员",
        [
            _what_happens(session),
            *([error_panel(error)] if error else []),
            card([*fields, *(ways if qr.is_available() else [])], gap=theme.UNIT * 2),
            *([busy(working)] if working else []),
        ],
        back=routes.today(),
        actions=[
            quiet_button("enrol.samples", "先看看样例", partial(session.navigate, "/sample")),
            primary_button("enrol.send", "下一步", on_send, disabled=not ready),
        ],
    )


def _what_happens(session: Session) -> ft.Control:
    members = session.workbench.crew.members()
    unlocked = [one.name for one in members if session.workbench.crew.is_unlocked(one.id)]
    return card(
        [
            section_title("在办公室的审核台上点“登记平板”，会显示一个登记码"),
            ft.Text("扫描、粘贴或输入登记码；两边会显示相同的八位数字，核对一致后由审核台确认。"),
            quiet_text(f"这次一并登记：{'、'.join(unlocked)}。其他人解锁后可再用一个登记码加入。"),
        ]
    )


def _label_field(form: Form, change: Callable[[Form], None]) -> ft.Control:
    return text_field(
        "enrol.label",
        "本机名称",
        form.label,
        lambda text: change(replace(form, label=text)),
        hint="例如：一组平板 2 号",
    )


def _code_field(form: Form, change: Callable[[Form], None], doubt: str) -> ft.Control:
    return text_field(
        "enrol.code",
        "登记码",
        form.code,
        lambda text: change(replace(form, code=text)),
        hint="30 个字符，5 个一组；也可整段粘贴",
        error=doubt,
    )


def _address_field(form: Form, change: Callable[[Form], None]) -> ft.Control:
    return text_field(
        "enrol.url",
        "服务器地址",
        form.url,
        lambda text: change(replace(form, url=text)),
        hint="登记码旁边的 https:// 地址",
        keyboard=ft.KeyboardType.URL,
    )


@ft.component
def Waiting(session: Session, asking: Asking, on_cancel: Act) -> ft.Control:
    """The eight digits, until the console has confirmed or refused."""
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)
    offline, mark = ft.use_state(False)

    async def look() -> bool:
        try:
            result = await session.tablet.beside(enrolment.collect, asking)
        except AvailabilityError:
            mark(True)
            return False
        except InspectorError as refused:
            fail(refused)
            return True
        mark(False)
        if result is None:
            return False
        await session.act(enrolment.keep, session.gate, session.workbench, result)
        session.kick()
        session.navigate(routes.today())
        session.snack(f"已在“{asking.office}”登记，正在接收办公室的消息")
        return True

    use_repeated(session, look, LOOK_EVERY_S)
    digits = ft.Text(
        asking.digits, theme_style=ft.TextThemeStyle.HEADLINE_LARGE, text_align=ft.TextAlign.CENTER, size=56
    )
    shown = ft.Semantics(identifier="enrol.digits", content=digits, container=True)
    said = "暂时联系不上办公室，会自动再试" if offline else "正在等待审核台确认……"
    matter = [
        card([section_title(asking.office), shown, ft.Text("请与审核台上的数字核对，完全一致才可以确认。")]),
        error_panel(error) if error else busy(said),
        quiet_text("若数字不同，请取消，并告诉管理员：可能有人在中间。"),
    ]
    return frame(
        session,
        "enrol",
        "核对八位数字",
        matter,
        back=on_cancel,
        actions=[
            secondary_button("enrol.cancel", "取消登记", on_cancel),
            primary_button("enrol.check", "现在查看", look, disabled=error is not None),
        ],
    )
