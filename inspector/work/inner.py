"""What the inner envelope of each kind of entry says that it is: its payload type."""

from __future__ import annotations

from inspector.domain.delivery import EntryKind
from inspector.domain.records import RECORD_TYPE
from inspector.work.adopt import ADOPT_TYPE
from inspector.work.issue import NOTICE_TYPE
from inspector.work.numbers import NUMBERS_TYPE
from inspector.work.seal import OPEN_TYPE

INNER_TYPES = {
    EntryKind.OPEN: OPEN_TYPE,
    EntryKind.ADOPT: ADOPT_TYPE,
    EntryKind.NUMBERS: NUMBERS_TYPE,
    EntryKind.NOTICE: NOTICE_TYPE,
    EntryKind.RECORD: RECORD_TYPE,
    EntryKind.AMEND: RECORD_TYPE,
}
