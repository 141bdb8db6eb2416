"""What an inspector recorded for one item of a checklist.

An item without an `Answer` is 未检. Unanswered never counts as a pass (guarantee 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

ItemKey = NewType("ItemKey", str)
"""`checklist-id/item-id`: one item within one inspection, which may combine several checklists."""

PhotoId = NewType("PhotoId", str)
"""Lower-case hexadecimal SHA-256 of the stored picture's bytes (after scaling, without metadata)."""


class Verdict(StrEnum):
    """What was found: 合格, 不合格 or 不适用."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One item's answer.

    Attributes:
        item: the item that was answered.
        verdict: the judgement; None for items that only record something.
        value: the recorded value as text: a decimal string (measure), a choice's id, an ISO date, free text.
        note: a remark in the inspector's words.
        photos: pictures taken for this item, in the order taken.
        at_ms: when it was recorded, milliseconds since the Unix epoch, by the tablet's clock.
        by: id of the inspector who recorded it.
    """

    item: ItemKey
    verdict: Verdict | None = None
    value: str | None = None
    note: str = ""
    photos: tuple[PhotoId, ...] = ()
    at_ms: int
    by: str
