"""Sealing and the documents that follow: three steps, each ticked when it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from enum import IntEnum

import flet as ft

from inspector.domain.inspection import Inspection
from inspector.errors import InspectorError
from inspector.tablet import routes
from inspector.tablet.walk import Walk
from inspector.tablet.workbench import Workbench
from inspector.ui import theme
from inspector.ui.panels import card
from inspector.ui.theme import Tone
from inspector.work.seal import SealStep


class Stage(IntEnum):
    """What is being done; everything before it is done."""

    SIGN = 0
    ENCRYPT = 1
    PAPER = 2
    DONE = 3


_WORDS = {Stage.SIGN: "签名", Stage.ENCRYPT: "加密", Stage.PAPER: "生成文书"}
_REACHED = {
    SealStep.PHOTOS: Stage.SIGN,
    SealStep.SIGN: Stage.SIGN,
    SealStep.ENCRYPT: Stage.ENCRYPT,
    SealStep.STORE: Stage.PAPER,
}


async def seal_and_print(walk: Walk, show: Callable[[Stage], object]) -> bool:
    """Seal the inspection and try its documents; whether it is sealed.

    Args:
        show: gets each `Stage` as it begins.
    """
    loop, own = asyncio.get_running_loop(), copy_context()

    def progress(step: SealStep) -> None:
        loop.call_soon_threadsafe(lambda: own.copy().run(show, _REACHED[step]))

    def seal(bench: Workbench, now: Inspection) -> Inspection:
        return bench.closing.seal(now, progress)[0]

    if await walk.act(seal, signs=True) is not None:
        return False
    walk.session.kick()
    show(Stage.PAPER)
    await walk.session.act(_try_papers, walk.session.workbench, walk.inspection)
    show(Stage.DONE)
    walk.session.navigate(routes.notices(walk.id))
    return True


def steps_panel(stage: Stage) -> ft.Control:
    """签名 · 加密 · 生成文书, with what is done ticked."""
    return card([_step(one, stage) for one in Stage if one is not Stage.DONE], tone=Tone.PRIMARY)


def _step(one: Stage, stage: Stage) -> ft.Control:
    if one < stage:
        mark: ft.Control = ft.Icon(ft.Icons.CHECK_CIRCLE, color=Tone.GOOD.ink, size=28)
    elif one is stage:
        mark = ft.ProgressRing(width=28, height=28, stroke_width=4, semantics_label=f"正在{_WORDS[one]}")
    else:
        mark = ft.Icon(ft.Icons.RADIO_BUTTON_UNCHECKED, color=Tone.IDLE.ink, size=28)
    done = "，已完成" if one < stage else ""
    text = ft.Text(_WORDS[one], theme_style=ft.TextThemeStyle.TITLE_MEDIUM)
    row = ft.Row(controls=[mark, text], spacing=theme.UNIT * 2)
    return ft.Semantics(content=row, label=f"{_WORDS[one]}{done}", live_region=one is stage)


def _try_papers(bench: Workbench, inspection: Inspection) -> None:
    """Print each document once as a draft: the fonts are read, and what stands in the way is known."""
    try:
        for document in bench.paper.documents(inspection):
            bench.paper.preview(inspection, document.kind, document.own)
    except InspectorError:
        # The inspection is sealed; the screen of the documents, which comes next, says what to do.
        return
