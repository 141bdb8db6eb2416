"""Where a record stands, as shape, word and tone."""

from __future__ import annotations

import flet as ft

from inspector.console.taking import RecordState
from inspector.ui.states import Mark
from inspector.ui.theme import Tone

_STATES = {
    RecordState.NEW: Mark(shape=ft.Icons.MARK_EMAIL_UNREAD_OUTLINED, word="待审核", tone=Tone.PRIMARY),
    RecordState.ACCEPTED: Mark(shape=ft.Icons.TASK_ALT, word="已确认", tone=Tone.GOOD),
    RecordState.RETURNED: Mark(shape=ft.Icons.REPLY, word="已退回", tone=Tone.CARE),
    RecordState.ANSWERED: Mark(shape=ft.Icons.FORUM_OUTLINED, word="退回已补正", tone=Tone.IDLE),
    RecordState.NOT_GENUINE: Mark(shape=ft.Icons.GPP_BAD_OUTLINED, word="不可采信", tone=Tone.BAD),
}

STATES_SHOWN = (
    RecordState.NOT_GENUINE,
    RecordState.NEW,
    RecordState.RETURNED,
    RecordState.ANSWERED,
    RecordState.ACCEPTED,
)
"""In the order of the inbox's tabs."""


def record_mark(state: RecordState) -> Mark:
    """The mark of a record's state."""
    return _STATES[state]
