"""Measures on the spot: offered wordings, each to be edited, and the findings that a measure is for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import flet as ft

from inspector.domain.finding import Finding
from inspector.domain.inspection import Inspection
from inspector.tablet.filling import MeasureLine, MeasuresForm, offered_in, toggled
from inspector.tablet.frame import keyed
from inspector.ui import theme
from inspector.ui.buttons import quiet_button, secondary_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.panels import card, quiet_text, section_title
from inspector.work.issue import ordered_findings

Change = Callable[[Callable[[MeasuresForm], MeasuresForm]], Awaitable[None]]

OFFERED = (
    "责令立即排除事故隐患。",
    "责令从危险区域内撤出作业人员。",
    "责令暂时停产停业。",
    "责令停止使用相关设施、设备。",
)
"""What the article allows to be ordered (安全生产法 第65条第1款第3项), in our words."""


@ft.component
def MeasuresBody(inspection: Inspection, form: MeasuresForm, change: Change) -> ft.Control:
    """The measures, one card each."""
    findings = tuple(one for one in ordered_findings(inspection) if one.is_open)

    async def add() -> None:
        await change(lambda now: replace(now, lines=(*now.lines, MeasureLine())))

    cards = [
        keyed(MeasureCard, str(place), place, line, findings, len(form.lines) > 1, change)
        for place, line in enumerate(form.lines)
    ]
    more = secondary_button("fill.measure-add", "再加一条措施", add, icon=ft.Icons.ADD)
    return ft.Column(
        controls=[
            quiet_text("隐患排除前或者排除过程中无法保证安全的，才在现场决定措施。"),
            *cards,
            ft.Row(controls=[more]),
        ],
        spacing=theme.UNIT * 2,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@ft.component
def MeasureCard(
    place: int, line: MeasureLine, findings: tuple[Finding, ...], may_go: bool, change: Change
) -> ft.Control:
    """One measure."""
    name = f"fill.measure-{place + 1}"

    async def put(alter: Callable[[MeasureLine], MeasureLine]) -> None:
        await change(lambda form: form.put(place, alter(form.lines[place])))

    async def offer(number: str) -> None:
        words = OFFERED[int(number)]
        await put(lambda one: replace(one, text=offered_in(one.text, words)))

    async def toggle(id: str) -> None:
        await put(lambda one: replace(one, findings=toggled(one.findings, id)))

    async def write(text: str) -> None:
        await put(lambda one: replace(one, text=text))

    async def drop() -> None:
        await change(lambda form: form.without(place))

    offered = [Choice(id=str(number), words=words) for number, words in enumerate(OFFERED)]
    listed = [
        Choice(id=one.id, words=f"{number}．{one.facts}") for number, one in enumerate(findings, start=1)
    ]
    taken = [str(number) for number, words in enumerate(OFFERED) if words in line.text]
    away = [quiet_button(f"{name}-drop", "删去这条", drop, icon=ft.Icons.DELETE_OUTLINE)] if may_go else []
    return card(
        [
            section_title(f"措施 {place + 1}", aside=away),
            quiet_text("针对哪些问题"),
            choice_chips(f"{name}-finding", listed, line.findings, toggle),
            quiet_text("常用措施，点一下加入，可再修改"),
            choice_chips(f"{name}-offer", offered, taken, offer),
            text_field(f"{name}-text", "措施内容（必填）", line.text, write, lines=2),
        ]
    )
