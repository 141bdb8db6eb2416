"""Searching the questions of an inspection: a field, and what fits, each a jump to its card."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import flet as ft

from inspector.tablet.questions import Hit, QuestionSearch
from inspector.tablet.screens.opened import use_view
from inspector.tablet.screens.tour import Tour
from inspector.tablet.walk import Walk
from inspector.ui import theme
from inspector.ui.buttons import secondary_button
from inspector.ui.fields import text_field
from inspector.ui.identified import identified, unspoken
from inspector.ui.panels import busy, empty_state, quiet_text
from inspector.ui.states import Mark, state_chip, verdict_mark
from inspector.ui.taps import tapped
from inspector.ui.theme import Tone

FOUND = 30
"""Rows at most; whoever sees so many types one more character."""

HIDDEN = Mark(shape=ft.Icons.VISIBILITY_OFF_OUTLINED, word="没有列出", tone=Tone.IDLE)
DONE = Mark(shape=ft.Icons.CHECK, word="已填", tone=Tone.GOOD)


@ft.component
def LookUp(walk: Walk, tour: Tour) -> ft.Control:
    """What fits while one types; the cards themselves stay away until one is chosen."""
    nothing: QuestionSearch | None = None
    search, ready = ft.use_state(nothing)
    text, write = ft.use_state(tour.sought)

    def typed(value: str) -> None:
        tour.sought = value
        write(value)

    async def prepare() -> None:
        reference = walk.now.reference
        ready(await asyncio.to_thread(QuestionSearch, reference.checklists, reference.laws))

    ft.use_effect(prepare, dependencies=[])
    field = text_field(
        "checklist.search-text",
        "检查内容、检查方法、问题描述或法律依据，可用拼音首字母",
        text,
        typed,
        hint="例如：安全出口、aqck、消防法",
        autofocus=True,
    )
    back = secondary_button(
        "checklist.search-close", "返回检查项", partial(tour.look, False), icon=ft.Icons.CLOSE
    )
    head = ft.Row(
        controls=[ft.Container(content=field, expand=True), back],
        spacing=theme.UNIT * 2,
        vertical_alignment=ft.CrossAxisAlignment.END,
    )
    return ft.Column(
        controls=[head, _results(walk, tour, search, text)],
        spacing=theme.UNIT * 2,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _results(walk: Walk, tour: Tour, search: QuestionSearch | None, text: str) -> ft.Control:
    if search is None:
        return busy("正在准备查找…")
    if not text.strip():
        return quiet_text("输入几个字，就会列出这次检查里相关的检查项；点一项就能跳过去。")
    return Found(walk, tour, search, text)


@ft.component
def Found(walk: Walk, tour: Tour, search: QuestionSearch, text: str) -> ft.Control:
    """The questions that fit, with how each stands now."""
    hits = use_view(walk, lambda view: search.find(text, view.inspection.answers, FOUND))
    several = len(walk.inspection.checklists) > 1
    if not hits:
        return empty_state(ft.Icons.SEARCH_OFF, "没有找到这样的检查项", "换一个词，或只输入其中几个字试试。")
    more = [quiet_text("还有更多，请再多输入几个字。")] if len(hits) == FOUND else []
    return ft.Column(
        controls=[*(_row(hit, several, partial(tour.show, hit.target)) for hit in hits), *more],
        spacing=theme.UNIT,
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _row(hit: Hit, several: bool, go: Callable[[], object]) -> ft.Control:
    question = hit.question
    place = f"{question.of} · {question.section}" if several else question.section
    mark = _mark(hit)
    lines = [place, hit.hidden] if hit.hidden else [place]
    words = ft.Column(
        controls=[ft.Text(question.item.ask), *(quiet_text(line) for line in lines)],
        spacing=2,
        expand=True,
        tight=True,
    )
    face = ft.Row(controls=[words, state_chip(mark)], spacing=theme.UNIT)
    button = ft.TextButton(
        content=unspoken(face),
        on_click=tapped(go),
        style=ft.ButtonStyle(
            color=theme.INK,
            bgcolor=theme.CARD,
            side=ft.BorderSide(width=1, color=theme.LINE),
            padding=ft.Padding.symmetric(vertical=12, horizontal=16),
            shape=ft.RoundedRectangleBorder(radius=theme.CORNER),
        ),
    )
    return identified(
        f"checklist.found.{question.key.replace('/', '.')}",
        button,
        label="，".join((question.item.ask, *lines, mark.word)),
    )


def _mark(hit: Hit) -> Mark:
    if hit.hidden:
        return HIDDEN
    return DONE if hit.verdict is None and hit.is_answered else verdict_mark(hit.verdict)
