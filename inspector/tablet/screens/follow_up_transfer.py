"""A transfer to another body: to whom, what, why, on which basis, and the papers that go along."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import flet as ft

from inspector.domain.inspection import Inspection
from inspector.tablet.filling import EnclosedPaper, TransferForm, offered_in
from inspector.tablet.frame import keyed
from inspector.ui import theme
from inspector.ui.buttons import icon_button, secondary_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.panels import card, quiet_text, section_title
from inspector.work.issue import ordered_findings

Change = Callable[[Callable[[TransferForm], TransferForm]], Awaitable[None]]


@ft.component
def TransferBody(inspection: Inspection, form: TransferForm, change: Change) -> ft.Control:
    """The letter, then its papers."""
    facts = [one.facts for one in ordered_findings(inspection)]

    async def fill(**changes: Any) -> None:
        await change(lambda now: replace(now, **changes))

    async def offer(number: str) -> None:
        words = facts[int(number)].rstrip("。") + "。"
        await change(lambda now: replace(now, facts=offered_in(now.facts, words)))

    async def add() -> None:
        await change(lambda now: replace(now, papers=(*now.papers, EnclosedPaper())))

    offered = [Choice(id=str(number), words=words) for number, words in enumerate(facts)]
    taken = [one.id for one in offered if one.words.rstrip("。") + "。" in form.facts]
    letter = card(
        [
            text_field(
                "fill.receiver", "受移送机关（必填）", form.receiver, lambda text: fill(receiver=text)
            ),
            text_field("fill.subject", "移送事项（必填）", form.subject, lambda text: fill(subject=text)),
            text_field(
                "fill.facts",
                "超出本机关职责的事实（必填）",
                form.facts,
                lambda text: fill(facts=text),
                lines=3,
            ),
            *([quiet_text("点一下填入检查发现的问题")] if offered else []),
            choice_chips("fill.fact", offered, taken, offer),
            text_field(
                "fill.basis", "另需写明的依据（每行一条）", form.basis, lambda text: fill(basis=text), lines=2
            ),
            quiet_text("核实过的法定依据会自动写入，这里只补充其他依据，请自行核对。"),
        ]
    )
    papers = [keyed(PaperCard, str(place), place, one, change) for place, one in enumerate(form.papers)]
    more = secondary_button("fill.paper-add", "加一项移送材料", add, icon=ft.Icons.ADD)
    return ft.Column(
        controls=[letter, section_title("移送材料"), *papers, ft.Row(controls=[more])],
        spacing=theme.UNIT * 2,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@ft.component
def PaperCard(place: int, paper: EnclosedPaper, change: Change) -> ft.Control:
    """One paper that goes along."""
    name = f"fill.paper-{place + 1}"

    async def fill(**changes: str) -> None:
        await change(lambda form: form.put(place, replace(form.papers[place], **changes)))

    async def drop() -> None:
        await change(lambda form: form.without(place))

    number = ft.KeyboardType.NUMBER
    return card(
        [
            ft.Row(
                controls=[
                    text_field(
                        f"{name}-name", "材料名称", paper.name, lambda text: fill(name=text), expand=True
                    ),
                    icon_button(f"{name}-drop", ft.Icons.DELETE_OUTLINE, "删去这项材料", drop),
                ],
                spacing=theme.UNIT,
                vertical_alignment=ft.CrossAxisAlignment.END,
            ),
            ft.Row(
                controls=[
                    text_field(
                        f"{name}-copies",
                        "份数",
                        paper.copies,
                        lambda text: fill(copies=text),
                        keyboard=number,
                        expand=True,
                    ),
                    text_field(
                        f"{name}-pages",
                        "每份页数",
                        paper.pages,
                        lambda text: fill(pages=text),
                        keyboard=number,
                        expand=True,
                    ),
                ],
                spacing=theme.UNIT * 2,
            ),
        ]
    )
