"""Several checklists in one inspection: one id, one question, asked once.

* An item that stands in several of them with the same id and the same content is one question. It is asked in
  the first checklist that has it; its answer stands under that checklist's key and counts for all.
* The same id with different content is two questions. So is the same content where the items that its
  condition looks at are two questions: only then would it be asked in one checklist and not in the other.
* It follows that a shared question is shown by a later checklist exactly when the first one shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from inspector.domain.answer import ItemKey
from inspector.domain.checklist import (
    AllOf,
    AnyOf,
    Checklist,
    Comparison,
    Condition,
    Item,
    ItemId,
    item_key,
)
from inspector.domain.inspection import ChecklistRef
from inspector.errors import IllegalMoveError

Homes = Mapping[ItemId, ItemKey]
"""Of one checklist: its questions that an earlier one asks, and the key where each answer stands."""

NO_HOMES: Homes = MappingProxyType({})


def homes_of(checklists: Sequence[Checklist]) -> tuple[Homes, ...]:
    """For each checklist, which of its questions are asked by an earlier one, and where."""
    if len(checklists) == 1:
        return (NO_HOMES,)
    return _homes_of(tuple(_Itself(one) for one in checklists))


def refs_of(checklists: Sequence[Checklist]) -> tuple[ChecklistRef, ...]:
    """What an inspection keeps of its checklists, in the order in which they are walked.

    Raises:
        IllegalMoveError: there is none, or one of them twice.
    """
    if not checklists or len({one.id for one in checklists}) != len(checklists):
        raise IllegalMoveError(reason="请至少选择一份检查表，同一份只能选一次")
    return tuple(
        ChecklistRef(
            id=one.id,
            version=one.version,
            title=one.title,
            sha256=one.digest,
            shared=tuple(homes.values()),
        )
        for one, homes in zip(checklists, homes_of(checklists), strict=True)
    )


def homes_in(ref: ChecklistRef) -> Homes:
    """The same from what an inspection keeps, for a reader who may not have every checklist of it."""
    return {ItemId(key.rpartition("/")[2]): key for key in ref.shared}


def items_in(condition: Condition) -> tuple[ItemId, ...]:
    """The items that a condition looks at."""
    match condition:
        case Comparison():
            return (condition.item,)
        case AllOf() | AnyOf():
            return tuple(id for part in condition.parts for id in items_in(part))


@dataclass(frozen=True, slots=True, eq=False)
class _Itself:
    """A checklist that equals only itself: comparing two would cost more than what is remembered."""

    one: Checklist

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self.one is other.one

    def __hash__(self) -> int:
        return id(self.one)


@dataclass(frozen=True, slots=True)
class _Question:
    """An item where it is asked first, with the keys of what its condition looks at."""

    item: Item
    looks_at: tuple[ItemKey, ...]
    key: ItemKey


@lru_cache(maxsize=64)
def _homes_of(checklists: tuple[_Itself, ...]) -> tuple[Homes, ...]:
    asked: dict[ItemId, list[_Question]] = {}
    return tuple(_homes_in_turn(each.one, asked) for each in checklists)


def _homes_in_turn(checklist: Checklist, asked: dict[ItemId, list[_Question]]) -> Homes:
    """The checklist's shared questions; its own are added to what is asked."""
    keys: dict[ItemId, ItemKey] = {}
    shared: dict[ItemId, ItemKey] = {}
    for item in checklist.items:
        looks_at = tuple(keys[id] for id in items_in(item.shows) if id in keys) if item.shows else ()
        before = asked.setdefault(item.id, [])
        same = next((one for one in before if one.looks_at == looks_at and one.item == item), None)
        if same is None:
            before.append(_Question(item, looks_at, item_key(checklist, item)))
        else:
            shared[item.id] = same.key
        keys[item.id] = same.key if same else item_key(checklist, item)
    return MappingProxyType(shared)
