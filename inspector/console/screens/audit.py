"""The audit trail: who did what, newest first, and whether its chain is whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import flet as ft

from inspector.console.audit import ACTS, AuditLine
from inspector.console.frame import frame
from inspector.console.session import Session, use_loaded
from inspector.domain.issuer import IssuerKind
from inspector.errors import InspectorError
from inspector.ui import theme
from inspector.ui.buttons import secondary_button
from inspector.ui.panels import busy, card, empty_state, error_panel, quiet_text
from inspector.ui.theme import Tone
from inspector.ui.words import moment

NAME = "console.audit"
PAGE = 50
_WIDTHS = (64, 150, 120, 150)


@ft.component
def AuditScreen(session: Session) -> ft.Control:
    """One page of it."""
    newest: int | None = None
    nothing: tuple[int | None, InspectorError | None] = (None, None)
    before, go = ft.use_state(newest)
    checked, tell = ft.use_state(nothing)
    lines = use_loaded(session, lambda: session.desk.audit.lines(before=before, limit=PAGE), on=(before,))

    async def verify() -> None:
        try:
            tell((await session.beside(session.desk.audit.verify), None))
        except InspectorError as error:
            tell((None, error))

    button = secondary_button(f"{NAME}.verify", "核对审计链", verify, icon=ft.Icons.VERIFIED_OUTLINED)
    return frame(
        session,
        NAME,
        "审计",
        [*_verdict(*checked), *_matter(session, lines.value, lines.error)],
        place="audit",
        aside=[button],
        actions=_pages(before, lines.value or (), go),
    )


def _verdict(count: int | None, error: InspectorError | None) -> list[ft.Control]:
    if error is not None:
        return [error_panel(error)]
    if count is None:
        return []
    row = ft.Row(
        controls=[
            ft.Icon(ft.Icons.VERIFIED_OUTLINED, color=Tone.GOOD.ink),
            ft.Text(f"审计链完整，共 {count} 行", color=Tone.GOOD.ink),
        ]
    )
    shown = card([row], tone=Tone.GOOD)
    return [ft.Semantics(identifier=f"{NAME}.verdict", content=shown, live_region=True, container=True)]


def _matter(
    session: Session, lines: tuple[AuditLine, ...] | None, error: InspectorError | None
) -> list[ft.Control]:
    if error is not None:
        return [error_panel(error)]
    if lines is None:
        return [busy("正在读取审计记录……")]
    if not lines:
        return [empty_state(ft.Icons.HISTORY, "还没有审计记录", "登录、登记、审核等操作都会记在这里。")]
    head = _row("行", "时间", "账号", "操作", quiet_text("对象（只记编号）"))
    return [card([head, ft.Divider(height=1), *(_line(session, line) for line in lines)])]


def _line(session: Session, line: AuditLine) -> ft.Control:
    what = ft.Text(_about(line), selectable=True, theme_style=ft.TextThemeStyle.BODY_SMALL, color=theme.QUIET)
    who = "程序" if line.account == "-" else line.account
    act = ACTS.get(line.act, line.act)
    row = _row(str(line.n), moment(line.at_ms, now_ms=session.now_ms()), who, act, what)
    return ft.Semantics(identifier=f"{NAME}.line-{line.n}", content=row, container=True)


def _about(line: AuditLine) -> str:
    """The ids as they are; the kind of issuer in words."""
    kinds = {kind.value: kind.word for kind in IssuerKind}
    return kinds.get(line.object, line.object)


def _row(n: str, when: str, who: str, act: str, what: ft.Control) -> ft.Control:
    cells = [
        ft.Container(content=ft.Text(text), width=width)
        for text, width in zip((n, when, who, act), _WIDTHS, strict=True)
    ]
    return ft.Row(
        controls=[*cells, ft.Container(content=what, expand=True)],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _pages(
    before: int | None, lines: tuple[AuditLine, ...], go: Callable[[int | None], object]
) -> list[ft.Control]:
    ways = []
    if before is not None:
        ways.append(secondary_button(f"{NAME}.newest", "回到最新", partial(go, None)))
    if lines and lines[-1].n > 1:
        ways.append(secondary_button(f"{NAME}.older", "更早的", partial(go, lines[-1].n)))
    return ways
