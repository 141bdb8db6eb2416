"""The office: who issues, its enterprises, its keys for the eye, its log and the evidence bundle."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from inspector.console.accounts import Right
from inspector.console.administration import Administration, OfficeFacts
from inspector.console.frame import frame
from inspector.console.screens.devices import needs_keys
from inspector.console.screens.office_calendar import HolidayTables
from inspector.console.screens.office_checklists import Checklists
from inspector.console.screens.office_enterprises import Enterprises
from inspector.console.screens.office_forms import Forms
from inspector.console.screens.office_issuer import Issuer
from inspector.console.session import Session, use_changes, use_loaded
from inspector.trust.statement import RecipientRole
from inspector.ui import theme
from inspector.ui.buttons import quiet_button, secondary_button
from inspector.ui.fields import Choice, choice_chips
from inspector.ui.panels import busy, card, error_panel, quiet_text, section_title
from inspector.ui.share import save_file
from inspector.ui.words import moment

NAME = "console.office"
_PARTS = (
    Choice(id="issuer", words="签发机关"),
    Choice(id="enterprises", words="单位名录"),
    Choice(id="checklists", words="检查表"),
    Choice(id="forms", words="文书模板"),
    Choice(id="calendar", words="节假日"),
    Choice(id="keys", words="密钥与日志"),
)
_ROLES = {RecipientRole.OFFICE: "办公室", RecipientRole.RECOVERY: "恢复密钥"}


@ft.component
def OfficeScreen(session: Session) -> ft.Control:
    """One part at a time."""
    use_changes(session)
    part, show = ft.use_state("issuer")
    locked = session.may(Right.MANAGE) and not session.desk.is_unlocked and part != "keys"
    parts: dict[str, Callable[[Session], ft.Control]] = {
        "issuer": Issuer,
        "enterprises": Enterprises,
        "checklists": Checklists,
        "forms": Forms,
        "calendar": HolidayTables,
        "keys": Keys,
    }
    return frame(
        session,
        NAME,
        "办公室",
        [
            choice_chips(f"{NAME}.part", _PARTS, [part], show),
            *([needs_keys(session, NAME)] if locked else []),
            parts[part](session),
        ],
        place="office",
    )


@ft.component
def Keys(session: Session) -> ft.Control:
    """What is compared by eye, and what is taken away as evidence."""
    turn = use_changes(session)
    loaded = use_loaded(session, Administration(session.desk).facts, on=(turn,))
    if loaded.error is not None:
        return error_panel(loaded.error, on_retry=loaded.again)
    if loaded.value is None:
        return busy("正在读取……")
    return ft.Column(
        controls=[_identity(session, loaded.value), _log(session, loaded.value)],
        spacing=theme.UNIT * 2,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        tight=True,
    )


def in_groups(text: str, size: int = 4) -> str:
    """A long name in groups that the eye can compare."""
    return " ".join(text[start : start + size] for start in range(0, len(text), size))


def _identity(session: Session, facts: OfficeFacts) -> ft.Control:
    root = ft.Text(in_groups(facts.root), theme_style=ft.TextThemeStyle.TITLE_MEDIUM, selectable=True)

    async def copy() -> None:
        await ft.Clipboard().set(facts.root)
        session.snack("已复制根指纹")

    recipients = [_fact(f"收件公钥（{_ROLES[one.role]}）", one.recipient) for one in facts.recipients]
    return card(
        [
            section_title(
                "办公室的根指纹",
                aside=[quiet_button(f"{NAME}.copy-root", "复制", copy, icon=ft.Icons.CONTENT_COPY)],
            ),
            ft.Text("与保险柜里的纸质件逐组对照；不一致就不要继续使用。"),
            ft.Semantics(identifier=f"{NAME}.root", content=root, container=True),
            _fact("办公室", f"{facts.office}（{facts.tenant}），声明第 {facts.version} 版"),
            _fact("服务器地址", facts.url),
            *recipients,
        ]
    )


def _log(session: Session, facts: OfficeFacts) -> ft.Control:
    async def export() -> None:
        data = await session.beside(Administration(session.desk).evidence, session.me)
        await save_file(f"evidence-{facts.tenant}-{facts.size}.zip", data, extension="zip")
        session.snack(f"证据包已导出，共 {facts.size} 条日志")

    done = session.hall.background.done_ms
    since = moment(done, now_ms=session.now_ms()) if done else "本次启动后还没有同步"
    last = f"{facts.size} 条，根哈希 {facts.root_hash[:16]}…" if facts.size else "还没有"
    ways = (
        [
            secondary_button(
                f"{NAME}.export", "导出证据包", export, icon=ft.Icons.DOWNLOAD, disabled=not facts.size
            )
        ]
        if session.may(Right.MANAGE)
        else []
    )
    return card(
        [
            section_title("日志"),
            _fact("日志名称", facts.log),
            _fact("本机留存", f"{facts.held} 条"),
            _fact("最近的检查点", last),
            _fact("最近同步", since),
            ft.Text(
                "证据包含办公室声明、检查点和全部日志，不用服务器也能用 inspector verify 核验；"
                "记录内容仍是加密的，照片附件不在其中。"
            ),
            ft.Row(controls=[*ways], alignment=ft.MainAxisAlignment.END),
        ]
    )


def _fact(name: str, words: str) -> ft.Control:
    return ft.Row(
        controls=[
            ft.Container(content=quiet_text(name), width=150),
            ft.Text(words, expand=True, selectable=True),
        ],
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
