"""The document 延期整改审批 about a decided request: its pages looked at, issued once, fetched."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import flet as ft

from inspector.console.accounts import Right
from inspector.console.extension_papers import ExtensionPaper, Preview, Proposal
from inspector.console.screens.record_findings import fact
from inspector.console.session import Session, use_changes, use_loaded
from inspector.domain.working_days import chinese_date
from inspector.errors import InspectorError
from inspector.ui import theme
from inspector.ui.buttons import primary_button, secondary_button
from inspector.ui.dialogs import confirm
from inspector.ui.pages import page_pictures
from inspector.ui.pages_dialog import pages_dialog
from inspector.ui.panels import busy, error_panel, quiet_text
from inspector.ui.share import save_pdf
from inspector.ui.taps import Act
from inspector.ui.theme import Tone

NAME = "console.notice"
ONCE = "出具时从审核台的号段取一个文书号，排印并由办公室签署。只出具一次，出具后不能修改，文书号不再改用。"


@ft.component
def Paper(session: Session, request: str, paper: ExtensionPaper | None, may_be_issued: bool) -> ft.Control:
    """The document, or the ways to it."""
    if paper is not None:
        return _issued(session, paper)
    if not may_be_issued:
        return quiet_text("本单位不出具延期整改审批表；审批结果记在这里，并反映在公开页面上。")
    if not session.may(Right.DECIDE):
        return quiet_text("延期整改审批表还没有出具。")
    return Issuing(session, request)


def _issued(session: Session, paper: ExtensionPaper) -> ft.Control:
    async def download() -> None:
        _, pdf = await session.told(session.hall.papers.pdf, session.me, paper.request)
        await save_pdf(f"{paper.title} {paper.number}.pdf", pdf)
        session.snack("已交给浏览器下载，并记入审计。")

    stamp = "，有时间戳" if paper.is_stamped else ""
    told = f"{paper.title}　{paper.number}　{chinese_date(paper.issued_on)}出具，办公室已签署{stamp}"
    button = secondary_button(
        f"{NAME}.paper-pdf-{paper.request[-6:]}", "下载", download, icon=ft.Icons.DOWNLOAD
    )
    words = fact("审批文书", told)
    words.expand = True
    return ft.Row(controls=[words, button], spacing=theme.UNIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What is looked at, and whether it is to be issued; no pictures where pages cannot be drawn."""

    preview: Preview
    pictures: tuple[bytes, ...]
    asks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issue:
    """How far the document is: what is looked at, what goes on, what went wrong; and the ways on.

    Attributes:
        working: the words for what goes on; empty for nothing.
    """

    seen: _Seen | None
    working: str
    error: InspectorError | None
    look: Callable[[bool], Awaitable[None]]
    issue: Act
    close: Act


def use_issue(session: Session, request: str) -> _Issue:
    """Looking at the document about a request, and issuing it once."""
    nothing: _Seen | None = None
    seen, see = ft.use_state(nothing)
    working, work = ft.use_state("")
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)
    # Two quick taps reach the same rendering of the question: it is answered once.
    open_question = ft.use_ref(False)

    async def look(asks: bool) -> None:
        fail(None)
        work("正在排印……")
        try:
            preview = await session.act(session.hall.papers.preview, session.me, request)
            pictures = await session.beside(page_pictures, preview.pdf)
        except InspectorError as refused:
            fail(refused)
            return
        finally:
            work("")
        if not pictures and not asks:
            await _download(session, preview)
            return
        open_question.current = asks
        see(_Seen(preview=preview, pictures=pictures, asks=asks))

    def close() -> None:
        open_question.current = False
        see(None)

    async def issue() -> None:
        if seen is None or not open_question.current:
            return
        close()
        work("正在编号、排印和签署……")
        try:
            issued = await session.told(session.hall.papers.issue, session.me, request, seen.preview.form)
        except InspectorError as refused:
            fail(refused)
            return
        finally:
            work("")
        session.snack(f"已出具 {issued.number}，并记入审计。")

    return _Issue(seen=seen, working=working, error=error, look=look, issue=issue, close=close)


@ft.component
def Issuing(session: Session, request: str) -> ft.Control:
    """What has to be known before the document is issued, its pages, and the question below them."""
    turn = use_changes(session)
    loaded = use_loaded(session, partial(session.hall.papers.propose, request), (request, turn), beside=False)
    one = use_issue(session, request)
    if loaded.value is None:
        if loaded.error is not None:
            return error_panel(loaded.error, on_retry=loaded.again)
        return busy("正在准备审批文书……")
    key = request[-6:]
    ft.use_dialog(_dialog(session, key, one.seen, one.issue, one.close) if one.seen else None)
    ways = [
        secondary_button(
            f"{NAME}.paper-preview-{key}",
            "预览",
            partial(one.look, False),
            icon=ft.Icons.VISIBILITY_OUTLINED,
            disabled=bool(one.working),
        ),
        secondary_button(
            f"{NAME}.paper-issue-{key}",
            "出具……",
            partial(one.look, True),
            disabled=bool(one.working),
            tone=Tone.BAD,
        ),
    ]
    return ft.Column(
        controls=[
            *_known(loaded.value),
            *([error_panel(one.error)] if one.error else []),
            *([busy(one.working)] if one.working else []),
            ft.Row(controls=ways, alignment=ft.MainAxisAlignment.END, spacing=theme.UNIT),
        ],
        spacing=theme.UNIT,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


async def _download(session: Session, preview: Preview) -> None:
    await save_pdf(f"{preview.title}（预览，未编号）.pdf", preview.pdf)
    session.snack("预览已交给浏览器下载；每页都有“草稿”字样。")


def _dialog(session: Session, key: str, seen: _Seen, issue: Act, close: Act) -> ft.AlertDialog:
    """The pages, and below them the question where the document is to be issued."""
    if not seen.asks:
        save = partial(_download, session, seen.preview)
        ways = [
            secondary_button(f"{NAME}.paper-save-{key}", "下载", save, icon=ft.Icons.DOWNLOAD),
            secondary_button(f"{NAME}.paper-close-{key}", "关闭", close, icon=ft.Icons.CLOSE),
        ]
        return pages_dialog(f"{NAME}.paper-{key}", seen.pictures, close, ways=ways)
    title = f"出具“{seen.preview.title}”？"
    if not seen.pictures:
        return confirm(f"{NAME}.paper-{key}", title, ONCE, "出具", issue, on_no=close)
    ways = [
        secondary_button(f"{NAME}.paper-{key}-no", "取消", close),
        primary_button(f"{NAME}.paper-{key}-yes", "出具", issue, tone=Tone.BAD),
    ]
    return pages_dialog(f"{NAME}.paper-{key}", seen.pictures, close, text=f"{title}{ONCE}", ways=ways)


def _known(found: Proposal) -> list[ft.Control]:
    lines: list[ft.Control] = [quiet_text(f"将出具“{found.title}”。")]
    if found.status:
        lines.append(quiet_text(f"{found.status}：没有找到官方式样，用的是通用式样，请法制人员确认。"))
    if found.blank:
        listed = "、".join(f"“{char}”（{'、'.join(fields)}）" for char, fields in found.blank.items())
        lines.append(ft.Text(f"这些字没有字体，打印时留白手写：{listed}。"))
    return lines
