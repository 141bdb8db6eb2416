"""One document: what it will say and its number's state; previewed, issued once, saved and handed on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from inspector.tablet.screens.desk import Paper
from inspector.tablet.screens.notice_pages import file_name, look_at
from inspector.tablet.screens.notice_words import number_words, short_words, status_words, summary
from inspector.tablet.walk import Walk
from inspector.ui import theme
from inspector.ui.buttons import primary_button, quiet_button, secondary_button
from inspector.ui.dialogs import confirm
from inspector.ui.fields import Choice, choice_chips
from inspector.ui.pages_dialog import pages_dialog
from inspector.ui.panels import busy, card, error_panel, quiet_text, section_title
from inspector.ui.states import Mark, state_chip
from inspector.ui.taps import Act
from inspector.ui.theme import Tone

NUMBERED = Mark(shape=ft.Icons.TAG, word="有编号", tone=Tone.GOOD)
UNNUMBERED = Mark(shape=ft.Icons.EDIT_OFF_OUTLINED, word="草稿 未编号", tone=Tone.CARE)
OTHER = Mark(shape=ft.Icons.TASK_ALT, word="已出具另一份", tone=Tone.IDLE)
NOT_YET = Mark(shape=ft.Icons.ERROR_OUTLINE, word="还不能出具", tone=Tone.CARE)
ISSUED = Mark(shape=ft.Icons.TASK_ALT, word="已出具", tone=Tone.GOOD)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What is done with a document that can be issued.

    Attributes:
        blank: whether characters that no font has are left out, to be written by hand.
        working: the words for what goes on; empty for nothing.
        shown: the pages that are looked at.
    """

    blank: bool
    leave_blank: Callable[[bool], object]
    working: str
    shown: tuple[bytes, ...]
    close: Act
    preview: Act
    issue: Act


def use_work(walk: Walk, paper: Paper, on_changed: Callable[[], object]) -> _Work:
    """Previewing a document, and issuing it once."""
    session, document = walk.session, paper.document
    blank, leave_blank = ft.use_state(False)
    doing, work = ft.use_state("")
    nothing: tuple[bytes, ...] = ()
    shown, show = ft.use_state(nothing)
    no_paper: Paper | None = None
    gone, hand_over = ft.use_state(no_paper)
    chars = frozenset(paper.missing) if blank else frozenset()

    async def preview() -> None:
        work("正在排版…")
        try:
            pdf = await session.act(paper.preview, chars)
            await look_at(walk, pdf, file_name(document.word, None), show)
        finally:
            work("")

    async def issue() -> None:
        work("正在出具…")
        try:
            issued = await session.act(paper.issue, chars)
        finally:
            work("")
        hand_over(paper)
        session.kick()
        done = "已存为未编号草稿，还没有正式出具" if issued.notice.is_draft else "已出具，已保存在本机"
        session.snack(f"{document.word}{done}")
        on_changed()

    return _Work(
        blank=blank,
        leave_blank=leave_blank,
        # Until the screen has read what became of it, the paper that was issued is no more to be issued.
        working="正在出具…" if gone is paper else doing,
        shown=shown,
        close=lambda: show(nothing),
        preview=preview,
        issue=issue,
    )


@ft.component
def NoticeCard(
    walk: Walk,
    paper: Paper,
    on_changed: Callable[[], object],
    name: str = "",
    opens: bool = False,
) -> ft.Control:
    """A document that can be issued.

    Args:
        on_changed: it was issued, or is not to replace another any more.
        name: prefix of the controls' names; without one `notices.` and the document's id.
        opens: its content shows from the beginning.
    """
    document = paper.document
    opened, open_text = ft.use_state(opens)
    work = use_work(walk, paper, on_changed)
    name = name or f"notices.{document.id}"
    ft.use_dialog(pages_dialog(name, work.shown, work.close) if work.shown else None)
    head = section_title(document.word, aside=[state_chip(_mark(paper))])
    if paper.draft is None:
        error = [error_panel(paper.error)] if paper.error else []
        return card([head, *error, *_replacing(walk, name, paper, on_changed)], tone=Tone.CARE)
    ways = _ways(name, paper, work, opened, lambda: open_text(not opened))
    return card(
        [
            head,
            *_replacing(walk, name, paper, on_changed),
            *(quiet_text(line) for line in (*status_words(paper), *number_words(paper))),
            *_missing(name, paper, work.blank, work.leave_blank),
            *(summary(paper.draft) if opened else [short_words(paper.draft)]),
            *([busy(work.working)] if work.working else []),
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


def _ways(name: str, paper: Paper, work: _Work, opened: bool, turn: Act) -> list[ft.Control]:
    waits = bool(work.working) or (bool(paper.missing) and not work.blank)
    return [
        quiet_button(f"{name}-text", "收起内容" if opened else "看内容", turn, icon=ft.Icons.NOTES),
        secondary_button(
            f"{name}-preview",
            "预览",
            work.preview,
            icon=ft.Icons.VISIBILITY_OUTLINED,
            disabled=waits,
        ),
        *([IssueButton(f"{name}-issue", paper, work.issue, waits)] if paper.may_be_issued else []),
    ]


def _mark(paper: Paper) -> Mark:
    if paper.is_done and paper.issued is not None:
        return ISSUED if paper.issued.document == paper.document.id else OTHER
    if paper.draft is None:
        return NOT_YET
    return NUMBERED if paper.numbers_left else UNNUMBERED


def _replacing(walk: Walk, name: str, paper: Paper, on_changed: Callable[[], object]) -> list[ft.Control]:
    """What it takes the place of, and the way back."""
    replacing = paper.replacing
    if replacing is None:
        return []

    async def keep() -> None:
        await walk.session.act(lambda: walk.session.workbench.follow_ups.stop_replacing(paper.key))
        on_changed()

    return [
        ft.Text(f"替代 {replacing.number}（原因：{replacing.reason}）"),
        ft.Row(
            controls=[quiet_button(f"{name}-keep", "不替代了", keep, icon=ft.Icons.UNDO)],
            alignment=ft.MainAxisAlignment.END,
        ),
    ]


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
        f"出具{paper.document.word}？",
        f"{numbered}出具后不能修改，并随记录报送办公室。",
        "出具",
        yes,
        on_no=lambda: show(False),
        tone=Tone.PRIMARY,
    )
    ft.use_dialog(question if asked else None)
    words = "出具" if paper.issued is None else "补编号并出具"
    if paper.replacing is not None:
        words = "出具替代文书"
    return primary_button(name, words, lambda: show(True), icon=ft.Icons.PRINT_OUTLINED, disabled=disabled)
