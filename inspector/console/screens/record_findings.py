"""The findings of a record, each with everything a supervisor judges it by."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import flet as ft

from inspector.console.records import ITEM_NOTE_CAP, check_note
from inspector.console.screens.record_photos import Photos, Show
from inspector.console.session import Session
from inspector.domain.answer import Answer, ItemKey
from inspector.domain.finding import Finding
from inspector.domain.records import Record
from inspector.domain.working_days import Deadline
from inspector.errors import TextControlError, TextTooLongError
from inspector.ui import theme, words
from inspector.ui.fields import text_field
from inspector.ui.panels import card, empty_state, quiet_text
from inspector.ui.states import severity_mark, state_chip
from inspector.ui.theme import Tone

Note = Callable[[str, str], object]
"""Gets an item and what is to be done about it."""


def findings(
    session: Session,
    record: Record,
    moved: Mapping[ItemKey, Deadline],
    notes: Mapping[str, str],
    on_note: Note | None,
    show: Show,
) -> list[ft.Control]:
    """A card each, the gravest first.

    Args:
        moved: by item, the deadline that holds where more time was granted.
        notes: by item, what a return says about it.
        on_note: None while nothing is being returned.
        show: opens a photo.
    """
    found = sorted(record.inspection.findings.values(), key=_gravity, reverse=True)
    if not found:
        return [empty_state(ft.Icons.TASK_ALT, "没有发现问题", "全部检查项的回答见下方。")]
    return [
        _finding(session, record, place, finding, moved.get(finding.item), notes, on_note, show)
        for place, finding in enumerate(found, start=1)
    ]


def _finding(
    session: Session,
    record: Record,
    place: int,
    finding: Finding,
    moved: Deadline | None,
    notes: Mapping[str, str],
    on_note: Note | None,
    show: Show,
) -> ft.Control:
    title = ft.Text(f"{place}. {finding.ask}", theme_style=ft.TextThemeStyle.TITLE_MEDIUM, expand=True)
    head = ft.Row(
        controls=[title, state_chip(severity_mark(finding.severity))],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    answer = record.inspection.answers.get(finding.item)
    facts = [fact(label, text) for label, text in _facts(session, record, finding, moved, answer) if text]
    photos = finding.all_photos
    strip = (
        [Photos(session, record, photos, f"console.record.finding.{place}.photo", show)]
        if photos
        else [quiet_text("没有照片。")]
    )
    asks = [_note(place, finding.item, notes, on_note)] if on_note else []
    return card(
        [head, quiet_text(finding.section), *facts, *strip, *asks], tone=severity_mark(finding.severity).tone
    )


def _facts(
    session: Session, record: Record, finding: Finding, moved: Deadline | None, answer: Answer | None
) -> list[tuple[str, str]]:
    names = {one.id: one.name for one in record.inspection.inspectors}
    facts = [("事实", finding.facts or "（没有填写）")]
    if answer is not None:
        facts += [("实测", measured(session, record, answer)), ("备注", answer.note)]
    facts.append(("依据", "；".join(basis.text for basis in finding.basis) or "未引用条款"))
    facts.append(("要求", finding.requirement))
    if finding.corrected:
        at = words.moment(finding.corrected.at_ms, now_ms=session.now_ms())
        facts.append(("期限", f"已当场整改（{at}）"))
    elif finding.deadline:
        # One deadline holds: after what was granted the sealed one is only where it came from.
        facts.append(("期限", words.deadline(moved or finding.deadline, session.now_ms())))
        if moved is not None:
            facts.append(("原期限", f"{finding.deadline.full}，已同意延期"))
    for criterion in finding.criteria:
        facts.append(("判定标准", "：".join(part for part in (criterion.name, criterion.text) if part)))
    facts.append(("疑似重大", _decision(finding, names)))
    return facts


def _decision(finding: Finding, names: Mapping[str, str]) -> str:
    if not finding.criteria:
        return ""
    if finding.decision is None:
        return "检查人员没有作出判断"
    said = "按疑似重大上报" if finding.decision.upheld else "判断不属于"
    return f"{names.get(finding.decision.by, '检查人员')}{said}：{finding.decision.reason}"


def measured(session: Session, record: Record, answer: Answer) -> str:
    """What was recorded, with its unit or its choice's words where this console has the checklist."""
    if answer.value is None:
        return ""
    for ref in record.inspection.checklists:
        checklist = session.hall.packs.checklist(ref.sha256)
        if checklist is None or not answer.item.startswith(f"{checklist.id}/"):
            continue
        item = next((one for one in checklist.items if answer.item == f"{checklist.id}/{one.id}"), None)
        if item is None:
            continue
        if item.scale:
            return f"{answer.value} {item.scale.unit}"
        return next((one.label for one in item.choices if one.id == answer.value), answer.value)
    return answer.value


def fact(label: str, text: str) -> ft.Control:
    """A name and what it is, side by side."""
    name = quiet_text(label)
    name.width = 100
    return ft.Row(
        controls=[name, ft.Text(text, expand=True, selectable=True)],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _note(place: int, item: str, notes: Mapping[str, str], on_note: Note) -> ft.Control:
    return text_field(
        f"console.record.finding.{place}.note",
        "退回说明（这一项要补什么）",
        notes.get(item, ""),
        lambda text: on_note(item, text),
        lines=2,
        error=doubt_about_note(notes.get(item, ""), ITEM_NOTE_CAP),
    )


def doubt_about_note(text: str, cap: int) -> str:
    """Why a note cannot be sent to the tablet, in Chinese; empty when it can."""
    try:
        check_note(text, cap)
    except (TextTooLongError, TextControlError) as error:
        return f"{error.message}{error.next_step}"
    return ""


def _gravity(finding: Finding) -> int:
    return {Tone.BAD: 2, Tone.ORANGE: 1}.get(severity_mark(finding.severity).tone, 0)
