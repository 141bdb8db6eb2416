"""The deadlines of a record's findings after what was granted about its documents.

A record is sealed with the deadlines that the inspectors set; more time is granted about a document. Whoever
reads the record is told the deadline that holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from inspector.console.database import DeskDatabase
from inspector.console.extension_matters import due_now, matters_of
from inspector.console.records import NoticeOf, Records
from inspector.domain.answer import ItemKey
from inspector.domain.finding import Finding
from inspector.domain.working_days import Deadline
from inspector.work.registration import PublicState

_HOLDS = (PublicState.IN_FORCE, PublicState.CLOSED)
"""What was granted about a document that was withdrawn or replaced moves nothing any more."""


def moved_deadlines(
    database: DeskDatabase, records: Records, notices: Iterable[NoticeOf], findings: Iterable[Finding]
) -> Mapping[ItemKey, Deadline]:
    """The new deadline of each finding whose deadline was moved, by its item.

    A document does not name the items of its findings: they are known by place, facts and deadline.

    Raises:
        OfficeKeyLockedError: the keys are not unlocked.
    """
    known = {(one.section, one.facts, one.deadline): one.item for one in findings}
    moved: dict[ItemKey, Deadline] = {}
    for one in notices:
        if one.state not in _HOLDS or not any(matter.decided for matter in matters_of(database, one.entry)):
            continue
        notice = records.notice(one.entry)
        due = due_now(database, one.entry, notice)
        for finding in notice.findings:
            item, now = known.get((finding.place, finding.facts, finding.deadline)), due.get(finding.ordinal)
            if item is not None and now is not None and now != finding.deadline:
                moved[item] = max(moved.get(item, now), now, key=lambda term: term.date)
    return moved
