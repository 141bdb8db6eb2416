"""More time on its way to a tablet: which findings of a document that it issued are due later now, and when.

* One message for each decision that grants something; it says nothing of who asked, why, or what was refused.
* Each finding goes by the latest decision about it, in whatever order the messages come: a console that was
  put back from a backup writes what had waited behind what it told since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inspector.domain import record_parts as parts
from inspector.domain.fields import Fields
from inspector.domain.identifiers import check_sha256
from inspector.domain.working_days import Deadline
from inspector.errors import RecordMalformedError


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreTime:
    """What one decision granted.

    Attributes:
        entry: of the document: its envelope's SHA-256.
        deadlines: the new one of each finding that was granted more time, by ordinal.
        decided_ms: when it was decided, by the console's clock.
    """

    entry: str
    deadlines: Mapping[int, Deadline]
    decided_ms: int


def more_time_to_json(body: MoreTime) -> Mapping[str, object]:
    """The body of a feed message."""
    return {
        "entry": body.entry,
        "deadlines": [
            {"ordinal": ordinal, "deadline": parts.from_deadline(one)}
            for ordinal, one in sorted(body.deadlines.items())
        ],
        "decided_ms": body.decided_ms,
    }


def more_time_from_json(json: object) -> MoreTime:
    """The reverse of `more_time_to_json`.

    Raises:
        RecordMalformedError: another shape, nothing granted, or a finding named twice.
        IdentifierMalformedError: the document's name is none.
    """
    with Fields(json, "deadlines") as field:
        entry = check_sha256(field.text("entry"))
        granted = field.listing("deadlines", _granted)
        decided_ms = field.integer("decided_ms")
    deadlines = dict(granted)
    if not deadlines or len(deadlines) != len(granted) or min(deadlines) < 1:
        raise RecordMalformedError(reason="延期的问题没有写明，或者重复")
    return MoreTime(entry=entry, deadlines=deadlines, decided_ms=decided_ms)


def _granted(json: object) -> tuple[int, Deadline]:
    with Fields(json, "deadline of a finding") as field:
        return field.integer("ordinal"), parts.to_deadline(field.raw("deadline"))
