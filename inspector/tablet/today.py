"""What the first screen is about: drafts, tasks, what waits, today's notices, and what must be known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inspector.domain.answer import ItemKey
from inspector.domain.checklist import Checklist, item_key
from inspector.domain.working_days import china_date
from inspector.tablet.issuing import NoticeRow
from inspector.tablet.lists import DamagedDraft, DraftRow
from inspector.tablet.office import Task
from inspector.tablet.workbench import Workbench
from inspector.work.ports import Alarm, EntryState

SHOWN = 20
"""Rows of one block; a longer list says how many more there are."""
CLOCK_SLACK_MS = 60_000
SERVER_SLACK_MS = 5 * 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """A returned record with what its screen says.

    Attributes:
        enterprise: its name; empty when the record is not on this tablet.
        items: what each note is about, and the note.
    """

    task: Task
    enterprise: str
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayView:
    """One look at the tablet.

    Attributes:
        unsent: entries without a receipt; `stuck` of them wait for a person.
        heard_ms: the time of the office's last message; 0 for none.
        behind_ms: by how much this tablet's clock is behind a time that the office has signed.
        off_ms: by how much it is ahead of the server's clock, which nobody signs; negative when it is behind.
    """

    me: str
    is_enrolled: bool
    drafts: tuple[DraftRow, ...]
    damaged: tuple[DamagedDraft, ...]
    tasks: tuple[TaskView, ...]
    unsent: int
    stuck: int
    notices: tuple[NoticeRow, ...]
    alarms: tuple[Alarm, ...]
    heard_ms: int
    behind_ms: int
    off_ms: int
    is_short_of_space: bool


def look(workbench: Workbench, *, at_ms: int) -> TodayView:
    """Everything that the first screen shows; opens drafts and returned records, nothing else."""
    drafts, damaged = workbench.lists.unfinished()
    entries = workbench.office.transfer()
    heard = workbench.office.heard_until_ms()
    behind, off = heard - at_ms, workbench.office.clock_off_ms()
    me = workbench.crew.member(workbench.crew.current or "")
    today = china_date(at_ms)
    return TodayView(
        me=me.name if me else "",
        is_enrolled=workbench.crew.is_enrolled,
        drafts=drafts,
        damaged=damaged,
        tasks=tuple(_task_view(workbench, task) for task in workbench.office.tasks()[:SHOWN]),
        unsent=workbench.office.unsent(),
        stuck=sum(row.entry.state is EntryState.SET_ASIDE for row in entries),
        notices=tuple(row for row in workbench.paper.issued() if china_date(row.issued_ms) == today),
        alarms=workbench.office.alarms(),
        heard_ms=heard,
        behind_ms=behind if behind > CLOCK_SLACK_MS else 0,
        off_ms=off if abs(off) > SERVER_SLACK_MS else 0,
        is_short_of_space=workbench.is_short_of_space,
    )


def task_view(workbench: Workbench, record: str) -> TaskView | None:
    """One returned record; None when it has been answered or was never returned."""
    for task in workbench.office.tasks():
        if task.record == record:
            return _task_view(workbench, task)
    return None


def _task_view(workbench: Workbench, task: Task) -> TaskView:
    row = workbench.lists.row(task.record)
    asked = _asked(workbench.inspections.checklists())
    items = tuple((asked.get(ItemKey(note.item), note.item), note.note) for note in task.items)
    return TaskView(task=task, enterprise=row.enterprise if row else "", items=items)


def _asked(checklists: Sequence[Checklist]) -> dict[ItemKey, str]:
    return {
        item_key(checklist, item): item.ask
        for checklist in checklists
        for section in checklist.sections
        for item in section.items
    }
