"""Looking around: a checklist walked in memory. The bar says all the time that nothing is kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import flet as ft

from inspector.domain.answer import Verdict
from inspector.domain.checklist import Item, ItemKind, Section, item_key
from inspector.domain.finding import Finding
from inspector.domain.rules import shown_sections
from inspector.tablet import routes
from inspector.tablet.frame import frame, keyed
from inspector.tablet.samples import SAMPLE_ENTERPRISE, SampleWalk
from inspector.tablet.session import Session
from inspector.ui import theme
from inspector.ui.buttons import primary_button, quiet_button, secondary_button
from inspector.ui.fields import ALL_VERDICTS, Choice, big_verdict_buttons, choice_chips
from inspector.ui.panels import card, progress_bar, quiet_text, section_title
from inspector.ui.states import severity_mark, state_chip
from inspector.ui.taps import Act
from inspector.ui.theme import Tone

KEPT_NOT = "样例：这里的操作不会保存，也不会发送。正式检查请先在办公室登记本机。"


@ft.component
def SampleScreen(session: Session) -> ft.Control:
    """Choose a checklist and walk it."""
    nothing: SampleWalk | None = None
    walk, take = ft.use_state(nothing)

    def start(id: str) -> None:
        found = next(one for one in session.tablet.catalogue.checklists if one.id == id)
        take(SampleWalk(session.tablet.catalogue, found, at_ms=session.now_ms()))

    if walk is not None:
        return keyed(Walk, str(walk.checklist.id), session, walk, partial(take, None))
    lists = [
        card(
            [
                section_title(one.title),
                quiet_text(f"{one.domain.chinese} · {len(one.sections)} 节"),
                ft.Row(
                    [secondary_button(f"sample.open.{one.id}", "打开", partial(start, one.id))],
                    alignment=ft.MainAxisAlignment.END,
                ),
            ]
        )
        for one in session.tablet.catalogue.checklists
    ]
    enrol = primary_button("sample.enrol", "登记本机", partial(session.navigate, "/enrol"))
    return frame(session, "sample", "看看样例", [_note(), *lists], back=routes.today(), actions=[enrol])


@ft.component
def Walk(session: Session, walk: SampleWalk, on_close: Act) -> ft.Control:
    """One section at a time."""
    number, go = ft.use_state(0)
    _, turn = ft.use_state(0)

    def judge(item: Item, verdict: Verdict) -> None:
        walk.judge(item_key(walk.checklist, item), verdict)
        turn(lambda count: count + 1)

    def choose(item: Item, id: str) -> None:
        walk.enter_value(item_key(walk.checklist, item), id)
        turn(lambda count: count + 1)

    sections = shown_sections(walk.checklist, walk.inspection.answers)
    section, shown = sections[min(number, len(sections) - 1)]
    whole = walk.progress().whole
    items = [_item(walk, item, partial(judge, item), partial(choose, item)) for item in shown]
    is_last = number + 1 >= len(sections)
    onward = (
        primary_button("sample.done", "看完了", on_close, icon=ft.Icons.DONE)
        if is_last
        else primary_button("sample.next", "下一节", lambda: go(number + 1), icon=ft.Icons.ARROW_FORWARD)
    )
    before = [quiet_button("sample.previous", "上一节", lambda: go(number - 1))] if number else []
    head = card(
        [
            ft.Text(SAMPLE_ENTERPRISE.name, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            progress_bar(whole.done, whole.total, text=_heading(number, section)),
        ]
    )
    return frame(
        session,
        "sample",
        walk.checklist.title,
        [_note(), head, *items],
        back=on_close,
        actions=[*before, onward],
    )


def _heading(number: int, section: Section) -> str:
    return f"第 {number + 1} 节 {section.title}"


def _note() -> ft.Control:
    row = ft.Row(
        controls=[
            ft.Icon(ft.Icons.SCIENCE_OUTLINED, color=Tone.CARE.ink),
            ft.Text(KEPT_NOT, color=Tone.CARE.ink, expand=True),
        ],
        spacing=theme.UNIT,
    )
    return ft.Semantics(identifier="sample.note", content=row, container=True)


def _item(
    walk: SampleWalk,
    item: Item,
    on_verdict: Callable[[Verdict], object],
    on_choice: Callable[[str], object],
) -> ft.Control:
    key = item_key(walk.checklist, item)
    answer, finding = walk.inspection.answers.get(key), walk.inspection.findings.get(key)
    verdict = answer.verdict if answer else None
    allowed = ALL_VERDICTS if item.may_not_apply else ALL_VERDICTS[:2]
    parts: list[ft.Control] = [ft.Text(item.ask, theme_style=ft.TextThemeStyle.TITLE_MEDIUM)]
    if item.how:
        parts.append(quiet_text(f"怎么查：{item.how}"))
    if item.kind is ItemKind.PASS_FAIL:
        parts.append(big_verdict_buttons(f"sample.item.{item.id}", verdict, on_verdict, allowed=allowed))
    elif item.kind is ItemKind.CHOICE:
        offered = [Choice(id=one.id, words=one.label) for one in item.choices]
        chosen = [answer.value] if answer and answer.value else []
        parts.append(choice_chips(f"sample.item.{item.id}", offered, chosen, on_choice))
    else:
        parts.append(quiet_text("这一项在正式检查中填写。"))
    if finding is not None:
        parts.append(_finding(finding))
    return card(parts, tone=Tone.BAD if finding else None)


def _finding(finding: Finding) -> ft.Control:
    basis = "；".join(one.text for one in finding.basis)
    lines: list[ft.Control] = [
        ft.Row([state_chip(severity_mark(finding.severity))]),
        ft.Text(f"问题：{finding.facts}"),
        ft.Text(f"整改要求：{finding.requirement}"),
        *([quiet_text(f"依据：{basis}")] if basis else []),
    ]
    return ft.Column(controls=lines, spacing=theme.UNIT, tight=True)
