"""The document 延期整改审批 about a decided request: looked at, issued once, fetched."""

from __future__ import annotations

from functools import partial

import flet as ft

from inspector.console.accounts import Act
from inspector.console.extension_papers import KIND, ExtensionPaper, Proposal
from inspector.console.screens.record_findings import fact
from inspector.console.session import Session, use_loaded
from inspector.domain.working_days import chinese_date
from inspector.errors import InspectorError
from inspector.ui import theme
from inspector.ui.buttons import secondary_button
from inspector.ui.dialogs import danger_button
from inspector.ui.panels import busy, error_panel, quiet_text
from inspector.ui.share import save_pdf

NAME = "console.notice"


@ft.component
def Paper(session: Session, request: str, paper: ExtensionPaper | None, may_be_issued: bool) -> ft.Control:
    """The document, or the ways to it."""
    if paper is not None:
        return _issued(session, paper)
    if not may_be_issued:
        return quiet_text("本单位不出具延期整改审批表；审批结果记在这里，并反映在公开页面上。")
    if not session.may(Act.DECIDE):
        return quiet_text("延期整改审批表还没有出具。")
    return Issuing(session, request)


def _issued(session: Session, paper: ExtensionPaper) -> ft.Control:
    async def download() -> None:
        _, pdf = await session.told(session.hall.papers.pdf, session.me, paper.request)
        await save_pdf(f"{KIND.word} {paper.number}.pdf", pdf)
        session.snack("已交给浏览器下载，并记入审计。")

    stamp = "，有时间戳" if paper.is_stamped else ""
    told = f"{paper.number}　{chinese_date(paper.issued_on)}出具，办公室已签署{stamp}"
    button = secondary_button(
        f"{NAME}.paper-pdf-{paper.request[-6:]}", "下载审批表", download, icon=ft.Icons.DOWNLOAD
    )
    words = fact("审批表", told)
    words.expand = True
    return ft.Row(controls=[words, button], spacing=theme.UNIT)


@ft.component
def Issuing(session: Session, request: str) -> ft.Control:
    """What has to be known before the document is issued, a look at it, and the question."""
    loaded = use_loaded(session, partial(session.hall.papers.propose, request), (request,), beside=False)
    working, work = ft.use_state(False)
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)
    if loaded.value is None:
        if loaded.error is not None:
            return error_panel(loaded.error, on_retry=loaded.again)
        return busy("正在准备延期整改审批表……")

    async def preview() -> None:
        pdf = await session.act(session.hall.papers.preview, session.me, request)
        await save_pdf(f"{KIND.word}（预览，未编号）.pdf", pdf)
        session.snack("预览已交给浏览器下载；每页都有“草稿”字样。")

    async def issue() -> None:
        work(True)
        try:
            issued = await session.told(session.hall.papers.issue, session.me, request)
        except InspectorError as refused:
            fail(refused)
            return
        finally:
            work(False)
        fail(None)
        session.snack(f"已出具 {issued.number}，并记入审计。")

    key = request[-6:]
    ways = [
        secondary_button(
            f"{NAME}.paper-preview-{key}",
            "预览",
            preview,
            icon=ft.Icons.VISIBILITY_OUTLINED,
            disabled=working,
        ),
        danger_button(
            f"{NAME}.paper-issue-{key}",
            "出具审批表……",
            issue,
            title="出具延期整改审批表？",
            text="出具时从审核台的号段取一个文书号，排印并由办公室签署。只出具一次，出具后不能修改，文书号不再改用。",
            act="出具",
            disabled=working,
        ),
    ]
    return ft.Column(
        controls=[
            *_known(loaded.value),
            *([error_panel(error)] if error else []),
            *([busy("正在编号、排印和签署……")] if working else []),
            ft.Row(controls=ways, alignment=ft.MainAxisAlignment.END, spacing=theme.UNIT),
        ],
        spacing=theme.UNIT,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _known(found: Proposal) -> list[ft.Control]:
    lines: list[ft.Control] = []
    if found.status:
        lines.append(quiet_text(f"{found.status}：没有找到官方式样，用的是通用式样，请法制人员确认。"))
    if found.blank:
        listed = "、".join(f"“{char}”（{'、'.join(fields)}）" for char, fields in found.blank.items())
        lines.append(ft.Text(f"这些字没有字体，打印时留白手写：{listed}。"))
    return lines
