"""A sealed inspection, to be looked at: what was answered and found, with its pictures."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from inspector.domain.answer import ItemKey
from inspector.domain.checklist import Item
from inspector.domain.finding import Finding
from inspector.domain.rules import verdict_of
from inspector.tablet import routes
from inspector.tablet.pictures import Pictures
from inspector.tablet.screens.answering import value_words
from inspector.tablet.screens.item_card import name_of, of_item
from inspector.tablet.screens.opened import use_view
from inspector.tablet.screens.photos import item_photos
from inspector.tablet.walk import Walk
from inspector.ui import theme, words
from inspector.ui.buttons import primary_button
from inspector.ui.panels import card, quiet_text
from inspector.ui.states import severity_mark, state_chip, verdict_mark
from inspector.ui.theme import Tone


@ft.component
def SealedBanner(walk: Walk) -> ft.Control:
    """That nothing can be changed any more, since when, and the way to the documents."""
    sealed_ms, remark = use_view(walk, lambda view: (view.inspection.sealed_ms, view.remark))
    notes = [_remark(f"审核退回：{remark}")] if remark else []
    if sealed_ms is None:
        return ft.Container(visible=False)
    papers = primary_button(
        "checklist.notices",
        "文书",
        lambda: walk.session.navigate(routes.notices(walk.id)),
        icon=ft.Icons.DESCRIPTION_OUTLINED,
    )
    row = ft.Row(
        controls=[
            ft.Icon(ft.Icons.LOCK_OUTLINE, color=Tone.PRIMARY.ink),
            ft.Text(f"已于 {words.moment(sealed_ms)} 封存，内容不能再改。", expand=True),
            papers,
        ],
        spacing=theme.UNIT * 2,
    )
    return card([row, *notes], tone=Tone.PRIMARY)


@ft.component
def sealed_card(walk: Walk, pictures: Pictures, key: ItemKey, item: Item) -> ft.Control:
    """One item as it was sealed."""
    answer, finding, remark, shown = use_view(walk, lambda view: of_item(view, key))
    verdict = verdict_of(item, answer)
    value, name = value_words(item, answer), name_of(key)
    mark = [state_chip(verdict_mark(verdict))] if item.judged or verdict else []
    head = ft.Row(
        controls=[ft.Text(item.ask, theme_style=ft.TextThemeStyle.TITLE_MEDIUM, expand=True), *mark],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    matter: list[ft.Control] = [head]
    matter += [ft.Text(value)] if value else []
    matter += [ft.Text(f"备注：{answer.note}")] if answer and answer.note else []
    matter += [_remark(f"审核意见：{remark}")] if remark else []
    matter += _finding(finding) if finding else []
    if shown.before:
        matter.append(item_photos(walk, pictures, f"{name}-photo", key, shown.before, (), read_only=True))
    if shown.after:
        matter.append(quiet_text("改正后"))
        matter.append(item_photos(walk, pictures, f"{name}-after", key, shown.after, (), read_only=True))
    inner = card(matter, tone=verdict_mark(verdict).tone if verdict else None)
    return ft.Container(content=inner, key=ft.ScrollKey(key))  # type: ignore[call-arg]


sealed_card_of: Callable[..., ft.Control] = ft.memo(sealed_card)  # type: ignore[no-untyped-call]
"""The card, built again only when something of its own item changed."""


def _finding(finding: Finding) -> list[ft.Control]:
    lines: list[ft.Control] = [
        ft.Row(controls=[state_chip(severity_mark(finding.severity)), ft.Text(finding.facts, expand=True)])
    ]
    if finding.basis:
        lines.append(quiet_text("依据：" + "；".join(basis.text for basis in finding.basis)))
    decision = finding.decision
    if decision is not None:
        said = "确认疑似重大隐患" if decision.upheld else "不构成重大隐患"
        lines.append(ft.Text(f"对照“{decision.criterion}”：{said}。理由：{decision.reason}"))
    if finding.corrected is not None:
        lines.append(ft.Text(f"已当场改正（{words.moment(finding.corrected.at_ms)}）"))
    elif finding.deadline is not None:
        lines.append(ft.Text(f"整改要求：{finding.requirement}（{finding.deadline.short}）"))
    return lines


def _remark(text: str) -> ft.Control:
    return ft.Row(
        controls=[
            ft.Icon(ft.Icons.REPLY, color=Tone.CARE.ink),
            ft.Text(text, color=Tone.CARE.ink, expand=True),
        ],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
