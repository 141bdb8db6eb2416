"""States by shape and word, then colour: verdicts, severities, risk, the life of a record, what is saved.

The shapes are icons: the typeface has no ✗.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import flet as ft

from inspector.domain.answer import Verdict
from inspector.domain.checklist import Severity
from inspector.ui import theme
from inspector.ui.theme import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A state: its shape, its word and its tone."""

    shape: ft.IconData
    word: str
    tone: Tone


UNCHECKED = Mark(shape=ft.Icons.RADIO_BUTTON_UNCHECKED, word="未检", tone=Tone.IDLE)
OVERDUE = Mark(shape=ft.Icons.ALARM, word="逾期", tone=Tone.BAD)

_VERDICTS = {
    Verdict.PASS: Mark(shape=ft.Icons.CHECK, word="合格", tone=Tone.GOOD),
    Verdict.FAIL: Mark(shape=ft.Icons.CLOSE, word="不合格", tone=Tone.BAD),
    Verdict.NOT_APPLICABLE: Mark(shape=ft.Icons.REMOVE, word="不适用", tone=Tone.IDLE),
}
_SEVERITIES = {
    Severity.GENERAL: Mark(shape=ft.Icons.CHANGE_HISTORY, word="一般", tone=Tone.CARE),
    Severity.AT_ONCE: Mark(shape=ft.Icons.BOLT, word="立改", tone=Tone.ORANGE),
    Severity.SUSPECTED_MAJOR: Mark(shape=ft.Icons.REPORT, word="疑似重大", tone=Tone.BAD),
}


class Stage(StrEnum):
    """Where a record is on its way."""

    DRAFT = "draft"
    SEALED = "sealed"
    UPLOADED = "uploaded"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REJECTED = "rejected"


_STAGES = {
    Stage.DRAFT: Mark(shape=ft.Icons.EDIT_OUTLINED, word="草稿", tone=Tone.IDLE),
    Stage.SEALED: Mark(shape=ft.Icons.LOCK_OUTLINE, word="已封存", tone=Tone.PRIMARY),
    Stage.UPLOADED: Mark(shape=ft.Icons.CLOUD_UPLOAD_OUTLINED, word="已上传", tone=Tone.PRIMARY),
    Stage.RECEIVED: Mark(shape=ft.Icons.CLOUD_DONE_OUTLINED, word="办公室已收", tone=Tone.GOOD),
    Stage.ACCEPTED: Mark(shape=ft.Icons.TASK_ALT, word="已确认", tone=Tone.GOOD),
    Stage.RETURNED: Mark(shape=ft.Icons.REPLY, word="已退回", tone=Tone.CARE),
    Stage.REJECTED: Mark(shape=ft.Icons.GPP_BAD_OUTLINED, word="未通过", tone=Tone.BAD),
}


class Saving(StrEnum):
    """How safe what was tapped is: on its way, on this disk, at the office, or in need of a hand."""

    SAVING = "saving"
    SAVED = "saved"
    DELIVERED = "delivered"
    FAILED = "failed"


_SAVINGS = {
    Saving.SAVING: Mark(shape=ft.Icons.MORE_HORIZ, word="保存中", tone=Tone.IDLE),
    Saving.SAVED: Mark(shape=ft.Icons.CHECK, word="已保存", tone=Tone.GOOD),
    Saving.DELIVERED: Mark(shape=ft.Icons.CLOUD_DONE_OUTLINED, word="已送达", tone=Tone.GOOD),
    Saving.FAILED: Mark(shape=ft.Icons.ERROR_OUTLINE, word="没有保存", tone=Tone.BAD),
}


def verdict_mark(verdict: Verdict | None) -> Mark:
    """The mark of a verdict; None is 未检."""
    return UNCHECKED if verdict is None else _VERDICTS[verdict]


def severity_mark(severity: Severity) -> Mark:
    """The mark of how grave a finding is."""
    return _SEVERITIES[severity]


def stage_mark(stage: Stage) -> Mark:
    """The mark of where a record is."""
    return _STAGES[stage]


def state_chip(mark: Mark, *, word: str = "", filled: bool = False) -> ft.Control:
    """A state as a small outlined label: shape, word, tone.

    Args:
        word: instead of the mark's own, such as `逾期 3 天`.
        filled: for the one state that must not be missed.
    """
    ink = mark.tone.on if filled else mark.tone.ink
    return ft.Container(
        content=ft.Row(
            controls=[
                ft.Icon(mark.shape, size=18, color=ink),
                ft.Text(
                    word or mark.word, color=ink, theme_style=ft.TextThemeStyle.LABEL_MEDIUM, no_wrap=True
                ),
            ],
            spacing=4,
            tight=True,
        ),
        padding=ft.Padding.symmetric(vertical=2, horizontal=theme.UNIT),
        border=ft.Border.all(width=1.5, color=mark.tone.fill if filled else mark.tone.ink),
        border_radius=theme.UNIT,
        bgcolor=mark.tone.fill if filled else theme.CARD,
    )


def saved_mark(state: Saving, *, waiting: int = 0) -> ft.Control:
    """保存中 → ✓ 已保存 → ☁ 已送达, read out when it changes.

    Args:
        waiting: how many entries have not reached the office yet; shown beside 已保存.
    """
    mark = _SAVINGS[state]
    word = f"{mark.word} · {waiting} 条待送" if waiting else mark.word
    row = ft.Row(
        controls=[
            ft.Icon(mark.shape, size=20, color=mark.tone.ink),
            ft.Text(word, color=mark.tone.ink, theme_style=ft.TextThemeStyle.LABEL_MEDIUM, no_wrap=True),
        ],
        spacing=4,
        tight=True,
    )
    return ft.Semantics(identifier="saved", content=row, live_region=True, container=True)
