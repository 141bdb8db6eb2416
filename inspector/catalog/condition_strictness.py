"""Whether a changed condition still shows an item wherever the old one did."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from math import prod

from inspector.catalog.conditions import MAX_COMBINATIONS, referenced
from inspector.domain.checklist import AllOf, Condition, ConditionTest, ItemId
from inspector.domain.decimals import decimal_of
from inspector.domain.rules import holds

_NUMERIC = (ConditionTest.ABOVE, ConditionTest.BELOW)
_ANOTHER = "ANOTHER"
"""Stands for every answer that neither condition names; no id of a choice has capitals."""
_LITTLE = Decimal("0.0000001")
"""Less than the last decimal that a measure may have."""


def shows_no_less(before: Condition | None, after: Condition | None) -> bool:
    """Whether `after` is true wherever `before` is, whatever is known of the items that they look at.

    Every combination of answers is tried, the items' own visibility left aside: with more of it known a
    condition never becomes false. Too many combinations count as not shown.
    """
    if after is None or before == after:
        return True
    if before is None:
        return False
    candidates = _candidates(AllOf(parts=(before, after)))
    if prod(len(values) for values in candidates.values()) > MAX_COMBINATIONS:
        return False
    known = (
        {id: value for id, value in zip(candidates, values, strict=True) if value is not None}
        for values in product(*candidates.values())
    )
    return all(holds(after, facts) for facts in known if holds(before, facts))


def _candidates(condition: Condition) -> dict[ItemId, tuple[str | None, ...]]:
    """For each item that is looked at: no answer, and answers that stand for all others."""
    found: dict[ItemId, dict[str | None, None]] = {}
    for comparison in referenced(condition):
        values = found.setdefault(comparison.item, {None: None})
        if comparison.test in _NUMERIC:
            middle = decimal_of(comparison.values[0])
            near = (middle - _LITTLE, middle, middle + _LITTLE)
            values.update({format(number, "f"): None for number in near})
        else:
            values.update(dict.fromkeys((*comparison.values, _ANOTHER)))
    return {id: tuple(values) for id, values in found.items()}
