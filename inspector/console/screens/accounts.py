"""Accounts: who may work here and as what; one's own password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import flet as ft

from inspector.console.accounts import Account, Right, Role, check_login
from inspector.console.administration import Administration
from inspector.console.frame import frame
from inspector.console.session import Session, use_changes, use_loaded
from inspector.errors import InspectorError, LoginRefusedError
from inspector.trust.vault import PASSPHRASE_LEAST
from inspector.ui import theme
from inspector.ui.buttons import primary_button, secondary_button
from inspector.ui.dialogs import danger_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.panels import busy, card, error_panel, quiet_text, section_title
from inspector.ui.states import Mark, state_chip
from inspector.ui.theme import Tone

NAME = "console.accounts"
RULES = f"密码至少 {PASSPHRASE_LEAST} 个字符，不要用生日、单位名或连续数字；忘记后不能找回，只能新建账号。"
_ROLE_WORDS = {
    Role.ADMINISTRATOR: "管理设备、账号与办公室设置，也可以审核",
    Role.SUPERVISOR: "查看并审核记录",
    Role.VIEWER: "只能查看列表，不能打开记录，也不能解锁办公室密钥",
}
_OPEN = Mark(shape=ft.Icons.CHECK_CIRCLE_OUTLINE, word="可登录", tone=Tone.GOOD)
_CLOSED = Mark(shape=ft.Icons.BLOCK, word="已停用", tone=Tone.IDLE)
_FIELDS = {"login": "登录名", "old": "现在的密码", "password": "密码", "repeat": "再输一次密码"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is typed for a new account or a new password."""

    login: str = ""
    old: str = ""
    password: str = ""
    repeat: str = ""
    role: Role = Role.SUPERVISOR

    @property
    def doubt(self) -> str:
        """Why the two passwords cannot be taken yet; empty when they can."""
        if self.password and len(self.password) < PASSPHRASE_LEAST:
            return f"还差 {PASSPHRASE_LEAST - len(self.password)} 个字符"
        return "两次输入不一致" if self.repeat and self.repeat != self.password else ""

    @property
    def has_password(self) -> bool:
        """Both are there and the same."""
        return bool(self.password) and self.repeat == self.password and not self.doubt


Change = Callable[[Entry], None]


@ft.component
def AccountsScreen(session: Session) -> ft.Control:
    """The list, for administrators; one's own password, for everybody."""
    if not session.may(Right.MANAGE):
        note = quiet_text("新建和停用账号由管理员进行。")
        return frame(session, NAME, "账号", [OwnPassword(session), note], place="accounts")
    return frame(
        session,
        NAME,
        "账号",
        [AccountList(session), NewAccount(session), OwnPassword(session)],
        place="accounts",
    )


@ft.component
def AccountList(session: Session) -> ft.Control:
    """Every account, by login."""
    turn = use_changes(session)
    loaded = use_loaded(session, session.desk.accounts.all, on=(turn,))
    if loaded.error is not None:
        return error_panel(loaded.error)
    if loaded.value is None:
        return busy("正在读取账号……")
    rows = [_account(session, account) for account in loaded.value]
    return card([section_title("账号"), *rows])


def _account(session: Session, account: Account) -> ft.Control:
    async def close() -> None:
        await session.told(Administration(session.desk).close_account, session.me, account)
        session.hall.check()
        session.snack(f"账号“{account.login}”已停用")

    me = session.me.account.id == account.id
    words = f"{account.login}（本人）" if me else account.login
    ways = []
    if account.is_active and not me:
        ways.append(
            danger_button(
                f"{NAME}.close-{account.login}",
                "停用",
                close,
                title=f"停用账号“{account.login}”？",
                text="这个账号将不能再登录；它以前的审核决定仍然有效、可以证明。停用后不能恢复，只能新建账号。",
                act="停用",
            )
        )
    row = ft.Row(
        controls=[
            ft.Container(content=ft.Text(words, theme_style=ft.TextThemeStyle.TITLE_MEDIUM), width=220),
            ft.Container(content=ft.Text(account.role.word), width=90),
            state_chip(_OPEN if account.is_active else _CLOSED),
            ft.Container(expand=True),
            *ways,
        ],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    return ft.Semantics(identifier=f"{NAME}.account-{account.login}", content=row, container=True)


@ft.component
def NewAccount(session: Session) -> ft.Control:
    """One more account; its first password is told to the person, who changes it."""
    entry, change = ft.use_state(Entry())
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)

    async def create() -> None:
        office = Administration(session.desk)
        try:
            await session.told(office.create_account, session.me, entry.login, entry.password, entry.role)
        except InspectorError as refused:
            fail(refused)
            return
        fail(None)
        change(Entry())
        session.snack(f"账号“{entry.login}”已建立；请本人登录后修改密码")

    roles = [Choice(id=role.value, words=role.word) for role in Role]
    doubt = login_doubt(entry.login)
    pick = choice_chips(f"{NAME}.role", roles, [entry.role], lambda id: change(replace(entry, role=Role(id))))
    save = primary_button(
        f"{NAME}.create",
        "建立账号",
        create,
        disabled=not entry.login or bool(doubt) or not entry.has_password,
    )
    return card(
        [
            section_title("新建账号"),
            *([error_panel(error)] if error else []),
            _field("new", "login", entry, change, error=doubt, secret=False),
            ft.Text("角色"),
            pick,
            quiet_text(_ROLE_WORDS[entry.role]),
            _field("new", "password", entry, change, error=entry.doubt if not entry.repeat else ""),
            _field("new", "repeat", entry, change, error=entry.doubt if entry.repeat else ""),
            quiet_text(RULES),
            ft.Row(controls=[save], alignment=ft.MainAxisAlignment.END),
        ],
        gap=theme.UNIT * 2,
    )


@ft.component
def OwnPassword(session: Session) -> ft.Control:
    """Another password for whoever works in this window."""
    entry, change = ft.use_state(Entry())
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)

    async def save() -> None:
        office = Administration(session.desk)
        try:
            await session.act(office.change_password, session.me, entry.old, entry.password)
        except InspectorError as refused:
            fail(refused)
            return
        fail(None)
        change(Entry())
        session.snack("密码已修改，下次登录用新密码")

    ready = bool(entry.old) and entry.has_password
    button = secondary_button(f"{NAME}.change-password", "修改密码", save, disabled=not ready)
    return card(
        [
            section_title("修改我的密码"),
            *([error_panel(error)] if error else []),
            _field("own", "old", entry, change),
            _field("own", "password", entry, change, error=entry.doubt if not entry.repeat else ""),
            _field("own", "repeat", entry, change, error=entry.doubt if entry.repeat else ""),
            quiet_text(RULES),
            ft.Row(controls=[button], alignment=ft.MainAxisAlignment.END),
        ],
        gap=theme.UNIT * 2,
    )


def login_doubt(login: str) -> str:
    """Why a login name cannot be used, in Chinese; empty when it can or nothing is typed yet."""
    try:
        check_login(login or "a")
    except LoginRefusedError as error:
        return f"{error.message}{error.next_step}"
    return ""


def _field(
    of: str, name: str, entry: Entry, change: Change, *, error: str = "", secret: bool = True
) -> ft.Control:
    def typed(text: str) -> None:
        changes: dict[str, str] = {name: text}
        change(replace(entry, **changes))  # type: ignore[arg-type]

    return text_field(
        f"{NAME}.{of}-{name}", _FIELDS[name], getattr(entry, name), typed, error=error, secret=secret
    )
