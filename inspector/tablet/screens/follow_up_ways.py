"""The ways from an inspection's documents to those that are filled in first."""

from __future__ import annotations

from functools import partial

import flet as ft

from inspector.domain.issuer import NoticeKind
from inspector.tablet import routes
from inspector.tablet.follow_ups import Original
from inspector.tablet.screens.desk import Desk
from inspector.tablet.screens.notice_words import moved_words
from inspector.tablet.walk import Walk
from inspector.ui import theme
from inspector.ui.buttons import secondary_button
from inspector.ui.panels import card, quiet_text, section_title
from inspector.ui.states import Mark, state_chip
from inspector.ui.theme import Tone

OPEN = Mark(shape=ft.Icons.PENDING_ACTIONS, word="尚未全部整改", tone=Tone.CARE)
DONE = Mark(shape=ft.Icons.TASK_ALT, word="已全部整改", tone=Tone.GOOD)


def follow_up_ways(walk: Walk, desk: Desk) -> list[ft.Control]:
    """Re-inspection of earlier documents, and the other documents that this office may issue."""
    found: list[ft.Control] = []
    if desk.originals:
        found.append(section_title("复查以前的文书"))
        found += [_original(walk, one) for one in desk.originals]
    if desk.forms:
        found.append(section_title("其他文书"))
        ways = [
            secondary_button(
                f"notices.fill.{kind.value}",
                f"填写{kind.word}",
                partial(walk.session.navigate, routes.fill(walk.id, kind.value)),
                icon=ft.Icons.EDIT_DOCUMENT,
            )
            for kind in desk.forms
        ]
        found.append(ft.Row(controls=ways, spacing=theme.UNIT * 2, run_spacing=theme.UNIT, wrap=True))
    return found


def _original(walk: Walk, one: Original) -> ft.Control:
    notice, kind = one.row.notice, NoticeKind.REINSPECTION
    way = secondary_button(
        f"notices.reinspect.{one.row.id}",
        f"复查 {notice.number}",
        partial(walk.session.navigate, routes.fill(walk.id, kind.value, one.row.id)),
        icon=ft.Icons.FACT_CHECK_OUTLINED,
    )
    last = one.row.last_deadline
    until = f"，最晚 {last.short}整改" if last else ""
    issued = one.answered.notice.number if one.answered else ""
    return card(
        [
            ft.Row(
                controls=[
                    ft.Text(notice.kind.word, theme_style=ft.TextThemeStyle.TITLE_MEDIUM, expand=True),
                    state_chip(OPEN if one.is_open else DONE),
                ],
                spacing=theme.UNIT,
            ),
            quiet_text(f"{notice.number}，问题 {len(notice.findings)} 项{until}"),
            *(ft.Text(line) for line in moved_words(one.row)),
            ft.Text(f"本次复查意见书：{issued}")
            if issued
            else ft.Row(controls=[way], alignment=ft.MainAxisAlignment.END, wrap=True),
        ]
    )
