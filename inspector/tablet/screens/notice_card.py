"""One document: what it will say and its number's state; previewed, issued once, saved and handed on."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

import flet as ft

from inspector.domain.inspection import Inspection
from inspector.domain.notice import Notice
from inspector.domain.notice_parts import NoticeFinding
from inspector.tablet import pages
from inspector.tablet.issuing import NoticeRow
from inspector.tablet.walk import Walk
from inspector.ui import theme, words
from inspector.ui.buttons import primary_button, quiet_button, secondary_button
from inspector.ui.dialogs import confirm
from inspector.ui.fields import Choice, choice_chips
from inspector.ui.panels import busy, card, error_panel, quiet_text, section_title
from inspector.ui.share import Handed, can_share, save_pdf, share_pdf
from inspector.ui.states import Mark, state_chip
from inspector.ui.taps import Act, tapped
from inspector.ui.theme import Tone

if TYPE_CHECKING:
    from inspector.tablet.screens.notices import Paper

NUMBERED = Mark(shape=ft.Icons.TAG, word="有编号", tone=Tone.GOOD)
UNNUMBERED = Mark(shape=ft.Icons.EDIT_OFF_OUTLINED, word="草稿 未编号", tone=Tone.CARE)
ISSUED = Mark(shape=ft.Icons.TASK_ALT, word="已出具", tone=Tone.GOOD)

_UNFIT = re.compile(r'[\\/:*?"<>|\s]+')


@ft.component
def NoticeCard(
    walk: Walk, inspection: Inspection, paper: Paper, on_changed: Callable[[], object]
) -> ft.Control:
    """A document that can be issued.

    Args:
        on_changed: it was issued.
    """
    session, kind = walk.session, paper.kind
    opened, open_text = ft.use_state(False)
    blank, leave_blank = ft.use_state(False)
    working, work = ft.use_state("")
    nothing: tuple[bytes, ...] = ()
    shown, show = ft.use_state(nothing)
    name = f"notices.{kind.value}"
    chars = frozenset(paper.missing) if blank else frozenset()
    waits = bool(working) or (bool(paper.missing) and not blank)

    async def preview() -> None:
        work("正在排版…")
        try:
            pdf = await session.act(_previewed, walk, inspection, paper, chars)
            await _look(walk, pdf, _file_name(kind.word, None), show)
        finally:
            work("")

    async def issue() -> None:
        work("正在出具…")
        try:
            await session.act(_issue, walk, inspection, paper, chars)
        finally:
            work("")
        session.kick()
        session.snack(f"{kind.word}已出具，已保存在本机")
        on_changed()

    ft.use_dialog(pages_dialog(name, shown, lambda: show(nothing)) if shown else None)
    head = section_title(kind.word, aside=[state_chip(_mark(paper))])
    if paper.draft is None:
        return card([head, *([error_panel(paper.error)] if paper.error else [])], tone=Tone.CARE)
    ways = [
        quiet_button(
            f"{name}-text",
            "收起内容" if opened else "看内容",
            lambda: open_text(not opened),
            icon=ft.Icons.NOTES,
        ),
        secondary_button(
            f"{name}-preview",
            "预览",
            preview,
            icon=ft.Icons.VISIBILITY_OUTLINED,
            disabled=waits,
        ),
        *([IssueButton(f"{name}-issue", paper, issue, waits)] if _may_issue(paper) else []),
    ]
    return card(
        [
            head,
            *(quiet_text(line) for line in (*status_words(paper), *number_words(paper))),
            *_missing(name, paper, blank, leave_blank),
            *(summary(paper.draft) if opened else [_short(paper.draft)]),
            *([busy(working)] if working else []),
            ft.Row(
                controls=ways,
                spacing=theme.UNIT * 2,
                run_spacing=theme.UNIT,
                wrap=True,
                alignment=ft.MainAxisAlignment.END,
            ),
        ],
        gap=theme.UNIT + 4,
    )


@ft.component
def IssuedCard(walk: Walk, row: NoticeRow) -> ft.Control:
    """A document that was issued: the very bytes that were handed over."""
    session, notice = walk.session, row.notice
    nothing: tuple[bytes, ...] = ()
    shown, show = ft.use_state(nothing)
    name = f"notices.issued.{row.id}"
    file = _file_name(notice.kind.word, notice.number)

    async def look() -> None:
        await _look(walk, await session.act(lambda: session.workbench.paper.pdf(row)), file, show)

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
    number = notice.number or "草稿 未编号"
    return card(
        [
            ft.Row(
                controls=[
                    ft.Text(
                        f"{notice.kind.word}　{number}",
                        theme_style=ft.TextThemeStyle.TITLE_MEDIUM,
                        expand=True,
                    ),
                    state_chip(UNNUMBERED if notice.is_draft else ISSUED),
                ],
                spacing=theme.UNIT,
            ),
            quiet_text(f"{words.moment(row.issued_ms)} 出具，问题 {len(notice.findings)} 项"),
            ft.Row(
                controls=ways,
                spacing=theme.UNIT * 2,
                run_spacing=theme.UNIT,
                wrap=True,
                alignment=ft.MainAxisAlignment.END,
            ),
        ]
    )


def pages_dialog(name: str, pictures: tuple[bytes, ...], on_close: Act) -> ft.AlertDialog:
    """A document's pages under one another, over the whole screen."""
    page = ft.context.page
    width, height = page.width or 1280, page.height or 800
    sheets: list[ft.Control] = [
        ft.Image(
            src=one, width=min(width - 80, 900), fit=ft.BoxFit.FIT_WIDTH, semantics_label=f"第 {number} 页"
        )
        for number, one in enumerate(pictures, start=1)
    ]
    return ft.AlertDialog(
        content=ft.Column(
            controls=[
                ft.ListView(controls=sheets, expand=True, spacing=theme.UNIT),
                ft.Row(
                    controls=[secondary_button(f"{name}-close", "关闭", on_close, icon=ft.Icons.CLOSE)],
                    alignment=ft.MainAxisAlignment.END,
                ),
            ],
            width=min(width - 40, 940),
            height=height,
        ),
        content_padding=theme.UNIT * 2,
        inset_padding=theme.UNIT,
        semantics_label="文书预览",
        on_dismiss=tapped(on_close),
    )


def number_words(paper: Paper) -> tuple[str, ...]:
    """What its number will be, or why it has none and what to do."""
    if paper.issued is not None and not paper.issued.notice.is_draft:
        return (f"已出具：{paper.issued.notice.number}。出具后不能修改。",)
    if paper.numbers_left:
        return (f"本机还有 {paper.numbers_left} 个可用编号，出具时自动取用下一个。",)
    why = "本机没有这种文书的编号，现在出具的是带“草稿”水印的未编号文书，联网领到号段后再正式出具。"
    return (why, "现在可先交单位知悉；记录已封存，不受影响。")


def status_words(paper: Paper) -> tuple[str, ...]:
    """That nobody has confirmed the form yet; said here, never on the paper."""
    if not paper.status or (paper.issued is not None and not paper.issued.notice.is_draft):
        return ()
    return (f"{paper.status}：没有找到这种文书的官方式样，用的是通用式样。请法制人员确认后再正式使用。",)


def summary(notice: Notice) -> list[ft.Control]:
    """What the paper will say, to be read on the screen."""
    tally = notice.tally
    counts = (
        f"合格 {tally.passed} 项，不合格 {tally.failed} 项，不适用 {tally.not_applicable} 项" if tally else ""
    )
    appeal = notice.appeal
    lines = [
        f"发文机关：{notice.issuer_name}",
        f"被检查单位：{notice.enterprise.name}",
        f"检查场所：{notice.place}" if notice.place else "",
        f"检查结果：{counts}" if counts else "",
        f"救济途径：行政复议（{appeal.review_body}）、行政诉讼（{appeal.court}）" if appeal else "",
    ]
    return [
        *(ft.Text(line) for line in lines if line),
        *(ft.Text(finding_words(one)) for one in notice.findings),
    ]


def finding_words(finding: NoticeFinding) -> str:
    """One finding in one paragraph: facts, basis, requirement, deadline."""
    parts = [f"{finding.ordinal}．{finding.facts}"]
    if finding.basis:
        parts.append(f"依据：{'、'.join(finding.basis)}。")
    if finding.corrected_ms is not None:
        parts.append("已当场改正。")
    elif finding.requirement:
        last = f"（{finding.deadline.full}）" if finding.deadline else ""
        parts.append(f"要求：{finding.requirement}{last}")
    return "".join(parts)


def _short(notice: Notice) -> ft.Control:
    last = notice.last_deadline
    until = f"，最晚 {last.short}整改" if last else ""
    return ft.Text(f"列明问题 {len(notice.findings)} 项{until}")


def _mark(paper: Paper) -> Mark:
    if paper.issued is not None and not paper.issued.notice.is_draft:
        return ISSUED
    return NUMBERED if paper.numbers_left else UNNUMBERED


def _missing(name: str, paper: Paper, blank: bool, leave_blank: Callable[[bool], object]) -> list[ft.Control]:
    """The characters that no font has, where they are, and the way out."""
    if not paper.missing:
        return []
    lines = [ft.Text(f"“{char}”：{'、'.join(fields)}") for char, fields in paper.missing.items()]
    chips = choice_chips(
        f"{name}-blank",
        [Choice(id="yes", words="留空，打印后手写")],
        ["yes"] if blank else [],
        lambda _id: leave_blank(not blank),
    )
    return [
        card(
            [
                ft.Text("字库里没有下面的字", theme_style=ft.TextThemeStyle.TITLE_SMALL),
                *lines,
                quiet_text("请先核对是否录错。无误的，可在纸面上留空，打印后由本人填写；记录里原样保存。"),
                chips,
            ],
            tone=Tone.CARE,
        )
    ]


@ft.component
def IssueButton(name: str, paper: Paper, issue: Act, disabled: bool) -> ft.Control:
    """出具: asks once, for a paper that was handed over cannot be changed."""
    asked, ask = ft.use_state(False)
    # Two quick taps reach the same rendering of the question: it is answered once.
    open_question = ft.use_ref(False)

    def show(asking: bool) -> None:
        open_question.current = asking
        ask(asking)

    def yes() -> object:
        if not open_question.current:
            return None
        show(False)
        return issue()

    numbered = "将占用一个编号；" if paper.numbers_left else "没有编号，将带“草稿”水印；"
    question = confirm(
        f"{name}-ask",
        f"出具{paper.kind.word}？",
        f"{numbered}出具后不能修改，并随记录报送办公室。",
        "出具",
        yes,
        on_no=lambda: show(False),
        tone=Tone.PRIMARY,
    )
    ft.use_dialog(question if asked else None)
    words = "补编号并出具" if paper.issued is not None else "出具"
    return primary_button(name, words, lambda: show(True), icon=ft.Icons.PRINT_OUTLINED, disabled=disabled)


def _may_issue(paper: Paper) -> bool:
    """Once; a draft without a number may be followed by one with a number."""
    issued = paper.issued
    return issued is None or (issued.notice.is_draft and paper.numbers_left > 0)


def _previewed(walk: Walk, inspection: Inspection, paper: Paper, blank: Collection[str]) -> bytes:
    papers = walk.session.workbench.paper
    return papers.preview(inspection, paper.kind, blank_for_handwriting=blank)


def _issue(walk: Walk, inspection: Inspection, paper: Paper, blank: Collection[str]) -> None:
    walk.session.workbench.paper.issue(inspection, paper.kind, blank_for_handwriting=blank)


async def _look(walk: Walk, pdf: bytes, file: str, show: Callable[[tuple[bytes, ...]], object]) -> None:
    """The pages where they can be drawn, else the PDF for the system's viewer."""
    pictures = await walk.session.act(pages.page_pictures, pdf)
    if pictures:
        show(pictures)
    elif await save_pdf(file, pdf) is Handed.SAVED:
        walk.session.snack(f"已交给系统打开：{file}")


def _file_name(kind: str, number: str | None) -> str:
    return _UNFIT.sub("-", f"{kind}-{number or '草稿'}") + ".pdf"
