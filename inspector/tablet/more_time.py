"""More time that the office granted for documents of this tablet: the deadlines that hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import cast

from inspector.domain import record_parts as parts
from inspector.domain.notice import Notice
from inspector.domain.notice_details import MovedDeadline
from inspector.domain.working_days import Deadline
from inspector.errors import RecordMalformedError
from inspector.store.memory import DeviceMemory, Row
from inspector.work.more_time import MoreTime

MOVED = "moved-deadlines"
"""Table of the memory, by a document's entry and a finding's ordinal: what was decided last, and when."""

Moved = Mapping[int, Deadline]
"""New deadlines by ordinal."""


def take_more_time(memory: DeviceMemory, body: MoreTime, notice: Notice) -> None:
    """Keep what was granted for a document of this tablet; of each finding only what was decided last.

    The same message again, or one about an earlier decision, changes nothing that was decided since.

    Raises:
        RecordMalformedError: it does not fit the document: no such finding, or not later than on paper.
        StoreFullError, StoreUnavailableError: nothing has changed.
    """
    set_first = {one.ordinal: one.deadline for one in notice.findings}
    changed: dict[str, Row | None] = {}
    for ordinal, new in body.deadlines.items():
        old = set_first.get(ordinal)
        if old is None or new.date <= old.date:
            raise RecordMalformedError(reason=f"延期与 {notice.number or '文书'} 的第{ordinal}项对不上")
        key = f"{body.entry} {ordinal}"
        before = memory.row(MOVED, key)
        if before is None or _rank(before) < (body.decided_ms, new.date.isoformat()):
            changed[key] = {"deadline": parts.from_deadline(new), "decided_ms": body.decided_ms}
    if changed:
        memory.put_rows(MOVED, changed)


def moved_by_entry(memory: DeviceMemory) -> Mapping[str, Moved]:
    """The new deadlines of each document that has any, by its entry."""
    found: defaultdict[str, dict[int, Deadline]] = defaultdict(dict)
    for key, row in memory.rows(MOVED).items():
        entry, _, ordinal = key.partition(" ")
        found[entry][int(ordinal)] = parts.to_deadline(row["deadline"])
    return found


def moved_of(notice: Notice, moved: Moved) -> Mapping[int, MovedDeadline]:
    """Of a document, what it set and what holds, by ordinal."""
    return {
        one.ordinal: MovedDeadline(old=one.deadline, new=moved[one.ordinal])
        for one in notice.findings
        if one.deadline is not None and one.ordinal in moved
    }


def _rank(row: Row) -> tuple[int, str]:
    """Which decision counts: the later one; of two in the same millisecond the longer one."""
    deadline = cast("Mapping[str, object]", row["deadline"])
    return cast("int", row["decided_ms"]), str(deadline["date"])
