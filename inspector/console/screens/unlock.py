"""Taking the office's keys out of the drawer."""

from __future__ import annotations

import flet as ft

from inspector.console import routes
from inspector.console.accounts import Right
from inspector.console.frame import frame
from inspector.console.session import Session, use_changes
from inspector.errors import InspectorError
from inspector.ui.buttons import primary_button, secondary_button
from inspector.ui.fields import text_field
from inspector.ui.panels import busy, card, error_panel, quiet_text

NO_ERROR: InspectorError | None = None


@ft.component
def UnlockScreen(session: Session) -> ft.Control:
    """Ask for the passphrase."""
    use_changes(session)
    if session.desk.is_unlocked:
        matter = [_unlocked(session)]
    elif session.may(Right.DECIDE):
        matter = [unlock_card(session)]
    else:
        matter = [
            card([ft.Text("查看员只能看列表，不能解锁办公室密钥。"), quiet_text("请由审核员或管理员解锁。")])
        ]
    return frame(session, "console.unlock", "解锁办公室密钥", matter, place="", back=routes.INBOX)


@ft.component
def UnlockCard(session: Session) -> ft.Control:
    """The passphrase and what it is for; also stands where a screen needs the keys."""
    passphrase, set_passphrase = ft.use_state("")
    error, set_error = ft.use_state(NO_ERROR)
    working, set_working = ft.use_state(False)

    async def unlock() -> None:
        if working or not passphrase:
            return
        set_working(True)
        set_error(None)
        try:
            await session.unlock(passphrase)
        except InspectorError as refused:
            set_error(refused)
        finally:
            set_passphrase("")
            set_working(False)

    return card(
        [
            ft.Text(
                "打开记录和文书、审核、签署副本、登记平板需要办公室密钥。",
                theme_style=ft.TextThemeStyle.TITLE_MEDIUM,
            ),
            quiet_text("密钥只在本机内存中；锁上或退出程序后即忘记。"),
            *([error_panel(error)] if error else []),
            text_field(
                "console.unlock.passphrase",
                "办公室密钥口令",
                passphrase,
                set_passphrase,
                secret=True,
                autofocus=True,
                on_submit=unlock,
                disabled=working,
            ),
            primary_button("console.unlock.open", "解锁", unlock, disabled=working or not passphrase),
            *([busy("正在解锁……")] if working else []),
        ],
        gap=16,
    )


def unlock_card(session: Session) -> ft.Control:
    """The passphrase, no wider than it is read."""
    return ft.Row(controls=[ft.Container(content=UnlockCard(session), width=560)], tight=True)


def _unlocked(session: Session) -> ft.Control:
    go = primary_button("console.unlock.inbox", "去收件", lambda: session.navigate(routes.INBOX))
    lock = secondary_button("console.unlock.lock", "锁上密钥", session.lock_keys)
    return card([ft.Text("办公室密钥已解锁。"), ft.Row(controls=[go, lock], spacing=16)])
