"""A document that was issued: looked at, saved, handed on, replaced."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from inspector.domain.notice import Notice
from inspector.tablet import routes
from inspector.tablet.follow_ups import needs_form
from inspector.tablet.issuing import NoticeRow
from inspector.tablet.screens.notice_card import ISSUED, UNNUMBERED
from inspector.tablet.screens.notice_pages import file_name, look_at
from inspector.tablet.screens.notice_words import moved_words
from inspector.tablet.walk import Walk
from inspector.ui import theme, words
from inspector.ui.buttons import quiet_button, secondary_button
from inspector.ui.dialogs import danger_button
from inspector.ui.fields import text_field
from inspector.ui.pages_dialog import pages_dialog
from inspector.ui.panels import card, quiet_text
from inspector.ui.share import Handed, can_share, save_pdf, share_pdf
from inspector.ui.states import Mark, state_chip
from inspector.ui.theme import Tone

WAITS = "替代文书在本页上方，核对后出具；出具之前这份仍然有效。"
REPLACED = Mark(shape=ft.Icons.SWAP_HORIZ, word="已被替代", tone=Tone.CARE)


@ft.component
def IssuedCard(
    walk: Walk, row: NoticeRow, replaced_by: str, waits: bool, on_changed: Callable[[], object]
) -> ft.Control:
    """A document that was issued: the very bytes that were handed over.

    Args:
        replaced_by: the number of what took its place; empty for nothing.
        waits: what is to take its place stands above, not issued yet.
        on_changed: another is to take its place.
    """
    session, notice = walk.session, row.notice
    nothing: tuple[bytes, ...] = ()
    shown, show = ft.use_state(nothing)
    name = f"notices.issued.{row.id}"
    file = file_name(row.word, notice.number)

    async def look() -> None:
        await look_at(walk, await session.act(lambda: session.workbench.paper.pdf(row)), file, show)

    async def save() -> None:
        pdf = await session.act(lambda: session.workbench.paper.pdf(row))
        if await save_pdf(file, pdf) is Handed.SAVED:
            session.snack(f"已交给系统保存：{file}")

    async def share() -> None:
        pdf = await session.act(lambda: session.workbench.paper.pdf(row))
        if await share_pdf(file, pdf) is Handed.SHARED:
            session.snack("已交给系统分享")

    ft.use_dialog(pages_dialog(name, shown, lambda: show(nothing)) if shown else None)
    ways = [
        secondary_button(f"{name}-look", "查看", look, icon=ft.Icons.VISIBILITY_OUTLINED),
        secondary_button(f"{name}-save", "保存 PDF", save, icon=ft.Icons.DOWNLOAD),
    ]
    if can_share(session.page):
        ways.append(secondary_button(f"{name}-share", "分享", share, icon=ft.Icons.SHARE))
    return card(
        [
            _head(row, replaced_by),
            *(quiet_text(line) for line in _standing(row, replaced_by)),
            ft.Row(
                controls=ways,
                spacing=theme.UNIT * 2,
                run_spacing=theme.UNIT,
                wrap=True,
                alignment=ft.MainAxisAlignment.END,
            ),
            *([quiet_text(WAITS)] if waits else []),
            *([ReplaceWay(walk, row, on_changed)] if not (notice.is_draft or replaced_by or waits) else []),
        ]
    )


@ft.component
def ReplaceWay(walk: Walk, row: NoticeRow, on_changed: Callable[[], object]) -> ft.Control:
    """Replacing it: the reason and one question; the new document is then issued like any other."""
    opened, show = ft.use_state(False)
    reason, say = ft.use_state("")
    session, name, kind = walk.session, f"notices.issued.{row.id}-replace", row.notice.kind

    async def begin() -> None:
        inspection = walk.inspection
        matter = await session.act(
            lambda: session.workbench.follow_ups.begin_replacing(inspection, row, reason)
        )
        show(False)
        if needs_form(kind):
            session.navigate(routes.fill(walk.id, kind.value, matter.original))
            return
        session.snack(f"请在页面上方核对{row.word}后出具；出具之前原文书仍然有效")
        on_changed()

    open_it = quiet_button(name, "出具替代文书", lambda: show(True), icon=ft.Icons.SWAP_HORIZ)
    if not opened:
        return ft.Row(controls=[open_it], alignment=ft.MainAxisAlignment.END)
    return ft.Column(
        controls=[
            text_field(f"{name}-reason", "替代原因（必填，公开页面上可见）", reason, say, lines=2),
            ft.Row(
                controls=[
                    secondary_button(f"{name}-cancel", "取消", lambda: show(False)),
                    danger_button(
                        f"{name}-go",
                        "替代这份文书",
                        begin,
                        title=f"替代 {row.notice.number}？",
                        text="新文书用新编号并写明替代原文号，出具后原文书不再执行。原文书和记录都保留。",
                        act="替代",
                        disabled=not reason.strip(),
                    ),
                ],
                spacing=theme.UNIT * 2,
                run_spacing=theme.UNIT,
                wrap=True,
                alignment=ft.MainAxisAlignment.END,
            ),
        ],
        spacing=theme.UNIT,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _head(row: NoticeRow, replaced_by: str) -> ft.Control:
    number = row.notice.number or "草稿 未编号"
    title = ft.Text(f"{row.word}　{number}", theme_style=ft.TextThemeStyle.TITLE_MEDIUM, expand=True)
    return ft.Row(controls=[title, state_chip(_state(row.notice, replaced_by))], spacing=theme.UNIT)


def _state(notice: Notice, replaced_by: str) -> Mark:
    if replaced_by:
        return REPLACED
    return UNNUMBERED if notice.is_draft else ISSUED


def _standing(row: NoticeRow, replaced_by: str) -> tuple[str, ...]:
    notice = row.notice
    count = f"，问题 {len(notice.findings)} 项" if notice.kind.lists_findings else ""
    lines = (
        f"{words.moment(row.issued_ms)} {'存为草稿' if notice.is_draft else '出具'}{count}",
        f"针对 {notice.refers.title} {notice.refers.number}" if notice.refers else "",
        f"替代 {notice.replaces}" if notice.replaces else "",
        *(() if replaced_by else moved_words(row)),
        f"已由 {replaced_by} 替代" if replaced_by else "",
    )
    return tuple(line for line in lines if line)
