"""Who works here: the login, and the console's first start."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import flet as ft

from inspector.console.session import Session
from inspector.domain.identifiers import uuid7
from inspector.errors import InspectorError
from inspector.ui.buttons import primary_button
from inspector.ui.entry import Entry
from inspector.ui.fields import text_field
from inspector.ui.panels import busy, card, centred, error_panel, quiet_text
from inspector.ui.taps import Act

Style = ft.TextThemeStyle
NO_ERROR: InspectorError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn:
    """What is typed to come in, and the coming in."""

    login: str
    set_login: Callable[[str], object]
    password: str
    set_password: Callable[[str], object]
    error: InspectorError | None
    working: bool
    enter: Act


def use_log_in(session: Session) -> LogIn:
    """The form of a login; a refusal empties the password."""
    login, set_login = ft.use_state("")
    password, set_password = ft.use_state("")
    error, set_error = ft.use_state(NO_ERROR)
    working, set_working = ft.use_state(False)

    async def enter() -> None:
        if working or not (login and password):
            return
        set_working(True)
        set_error(None)
        try:
            await session.log_in(login.strip(), password)
        except InspectorError as refused:
            set_error(refused)
            set_password("")
        finally:
            set_working(False)

    return LogIn(
        login=login,
        set_login=set_login,
        password=password,
        set_password=set_password,
        error=error,
        working=working,
        enter=enter,
    )


@ft.component
def LoginScreen(session: Session) -> ft.Control:
    """Login and password."""
    form = use_log_in(session)
    secret: ft.Ref[Entry] = ft.use_memo(lambda: ft.Ref[Entry](), [])

    async def ask_again() -> None:
        # The emptied field is the one to be filled again.
        if form.error is not None and not form.working and secret.current is not None:
            await secret.current.focus()  # type: ignore[no-untyped-call]

    ft.use_effect(ask_again, dependencies=[form.error, form.working])
    said = [error_panel(form.error)] if form.error else []
    waiting = [busy("正在登录……")] if form.working else []
    return centred(
        [
            ft.Text("审核台", theme_style=Style.HEADLINE_SMALL),
            quiet_text(session.desk.statement.office),
            *said,
            card(_login_fields(form, secret), gap=16),
            *waiting,
            quiet_text("刷新页面、断开连接或十分钟没有操作后，需要重新登录。"),
        ],
        width=420,
        across=ft.CrossAxisAlignment.STRETCH,
    )


def _login_fields(form: LogIn, secret: ft.Ref[Entry]) -> list[ft.Control]:
    return [
        text_field(
            "console.login.name",
            "登录名",
            form.login,
            form.set_login,
            autofocus=True,
            on_submit=form.enter,
            disabled=form.working,
        ),
        text_field(
            "console.login.password",
            "密码",
            form.password,
            form.set_password,
            secret=True,
            on_submit=form.enter,
            disabled=form.working,
            entry=secret,
        ),
        primary_button(
            "console.login.enter",
            "登录",
            form.enter,
            disabled=form.working or not (form.login and form.password),
        ),
    ]


@ft.component
def SetUpScreen(session: Session) -> ft.Control:
    """First start: whose console this is, and its first administrator."""
    folder, set_folder = ft.use_state("")
    login, set_login = ft.use_state("")
    password, set_password = ft.use_state("")
    again, set_again = ft.use_state("")
    error, set_error = ft.use_state(NO_ERROR)
    working, set_working = ft.use_state(False)
    ready = all((folder.strip(), login.strip(), password)) and again == password and not working

    async def set_up() -> None:
        set_working(True)
        set_error(None)
        id = uuid7(at_ms=session.now_ms(), random=secrets.token_bytes(10))
        try:
            first = await session.act(
                session.desk.set_up, Path(folder.strip()), login=login.strip(), password=password, id=id
            )
            session.enter(first)
            await session.hall.refresh()
        except InspectorError as refused:
            set_error(refused)
        finally:
            set_working(False)

    fields = card(
        [
            text_field(
                "console.setup.folder", "密钥文件夹（本机路径）", folder, set_folder, disabled=working
            ),
            text_field("console.setup.name", "管理员登录名", login, set_login, disabled=working),
            text_field(
                "console.setup.password",
                "密码（不少于 10 个字符）",
                password,
                set_password,
                secret=True,
                disabled=working,
            ),
            _password_again(password, again, set_again, disabled=working),
            primary_button("console.setup.create", "建立审核台", set_up, disabled=not ready),
        ],
        gap=16,
    )
    said = [error_panel(error)] if error else []
    waiting = [busy("正在建立……")] if working else []
    return centred(
        [ft.Text("审核台", theme_style=Style.HEADLINE_SMALL), _steps(), *said, fields, *waiting],
        width=560,
        across=ft.CrossAxisAlignment.STRETCH,
    )


def _password_again(
    password: str, again: str, set_again: Callable[[str], object], *, disabled: bool
) -> ft.Control:
    differs = bool(again) and again != password
    return text_field(
        "console.setup.again",
        "再输入一次密码",
        again,
        set_again,
        secret=True,
        error="两次输入不同" if differs else "",
        disabled=disabled,
    )


def _steps() -> ft.Control:
    return card(
        [
            ft.Text("首次启动", theme_style=Style.TITLE_LARGE),
            ft.Text("1. 在离线电脑上运行 inspector keys new，按提示生成办公室密钥。"),
            ft.Text("2. 把其中的 office.keys、statement.json、root.txt 复制到本机的一个文件夹。"),
            ft.Text("3. 在下面填写这个文件夹的路径，并建立第一个管理员。"),
            quiet_text("root.keys 和 recovery.txt 请离线保管，不要放到本机。"),
        ]
    )
