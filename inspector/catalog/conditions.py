"""Conditions: reading them, and proving that each can come true and can come false.

A condition looks back at items that were read before it, so a checklist can be judged in one pass. It is
tried against every combination of answers to the items it depends on, directly or through their own
conditions; there are few, because a condition compares with few values and a hidden item has no answer.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from decimal import Decimal

from inspector.catalog.faults import nearest
from inspector.catalog.tables import Table
from inspector.domain.answer import Verdict
from inspector.domain.checklist import (
    NOT_APPLICABLE,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    ConditionTest,
    Item,
    ItemId,
    ItemKind,
)
from inspector.domain.decimals import decimal_of
from inspector.domain.rules import holds

MAX_DEPTH = 4
"""How deep `all` and `any` may nest: more than a reader could follow."""

MAX_COMBINATIONS = 20_000
"""Combinations of answers that are tried for one condition."""

_VALUE_CAP = 60
_NUMERIC = (ConditionTest.ABOVE, ConditionTest.BELOW)

Earlier = Mapping[ItemId, Item]


def read_condition(
    table: Table, *, of: ItemId, earlier: Earlier, all_ids: Container[str], depth: int = 1
) -> Condition | None:
    """The condition in `table`; None, with a fault recorded, when it cannot be understood.

    Args:
        of: the item that carries the condition.
        earlier: the items before it, by id.
        all_ids: every item id of the checklist, to tell a forward reference from an unknown one.
    """
    if depth > MAX_DEPTH:
        table.fault("", "条件嵌套太深", f"all、any 最多嵌套 {MAX_DEPTH} 层", "拆成几个检查项")
        return None
    for key in ("all", "any"):
        if table.has(key):
            parts = [
                read_condition(part, of=of, earlier=earlier, all_ids=all_ids, depth=depth + 1)
                for part in table.tables(key, required=True)
            ]
            table.close()
            known = tuple(part for part in parts if part is not None)
            complete = known and len(known) == len(parts)
            joined: Condition = AllOf(parts=known) if key == "all" else AnyOf(parts=known)
            return joined if complete else None
    return _read_comparison(table, of=of, earlier=earlier, all_ids=all_ids)


def fault_of_reach(condition: Condition, earlier: Earlier) -> tuple[str, str] | None:
    """What is wrong when the condition is always or never true (what, rule); None when nothing is."""
    needed = _closure(condition, earlier)
    states: list[dict[ItemId, str]] = [{}]
    for item in needed:
        candidates = _candidates(item, _thresholds(item.id, condition, needed))
        states = [after for before in states for after in _answered(before, item, candidates)]
        if len(states) > MAX_COMBINATIONS:
            return "条件牵涉的检查项太多", f"答案组合最多 {MAX_COMBINATIONS} 种，才能逐一验证"
    outcomes = {holds(condition, facts) for facts in states}
    if outcomes == {False}:
        return "条件永远不成立，这一项永远不会出现", "每个条件都要既能成立又能不成立"
    if outcomes == {True}:
        return "条件永远成立，等于没有条件", "每个条件都要既能成立又能不成立"
    return None


def referenced(condition: Condition) -> Iterator[Comparison]:
    """Every comparison within the condition."""
    if isinstance(condition, Comparison):
        yield condition
        return
    for part in condition.parts:
        yield from referenced(part)


def _read_comparison(
    table: Table, *, of: ItemId, earlier: Earlier, all_ids: Container[str]
) -> Comparison | None:
    target = ItemId(table.text("item", cap=_VALUE_CAP, required=True))
    written = [test for test in ConditionTest if table.has(test.value)]
    words = "、".join(test.value for test in ConditionTest)
    values = {test: _read_values(table, test) for test in ConditionTest}
    table.close()
    if len(written) != 1:
        table.fault("", f"写了 {len(written)} 种比较", f"每个条件恰好写一种比较：{words}；或用 all、any 合并")
        return None
    item = _target(table, target, of=of, earlier=earlier, all_ids=all_ids)
    if item is None:
        return None
    comparison = Comparison(item=target, test=written[0], values=values[written[0]])
    return comparison if _suits(table, comparison, item) else None


def _read_values(table: Table, test: ConditionTest) -> tuple[str, ...]:
    if test in _NUMERIC:
        number = table.decimal(test.value)
        return (number,) if number is not None else ()
    if test is ConditionTest.ANY_OF:
        return table.texts(test.value, cap=_VALUE_CAP)
    word = table.text(test.value, cap=_VALUE_CAP)
    return (word,) if word else ()


def _target(
    table: Table, target: ItemId, *, of: ItemId, earlier: Earlier, all_ids: Container[str]
) -> Item | None:
    rule = "条件只能看同一张检查表里排在前面的检查项"
    if target in earlier:
        return earlier[target]
    if target == of:
        table.fault("item", "条件看的是它自己", rule, "改为前面的某一项")
    elif target in all_ids:
        table.fault("item", f"“{target}”排在后面", rule, f"把“{target}”移到前面")
    elif target:
        table.fault("item", f"没有“{target}”这一项", rule, nearest(target, earlier))
    return None


def _suits(table: Table, comparison: Comparison, item: Item) -> bool:
    """Whether this comparison makes sense for the kind of item that it looks at."""
    key = comparison.test.value
    if not comparison.values:
        if comparison.test is ConditionTest.ANY_OF:
            table.fault(key, "没有写一个答案", "any-of 至少列出一个答案")
        return False
    if item.kind is ItemKind.MEASURE:
        if comparison.test not in _NUMERIC:
            table.fault(key, f"“{item.id}”是测量项", "测量项只能用 above、below 比较")
            return False
        if item.scale and not item.scale.holds(decimal_of(comparison.values[0])):
            table.fault(
                key,
                f"{comparison.values[0]} 不在“{item.id}”的可能范围内",
                "比较的数要在 lowest 与 highest 之间",
            )
            return False
        return True
    words = _words(item)
    if not words:
        table.fault("item", f"“{item.id}”是 {item.kind.value} 项", "条件只能看 pass-fail、choice、measure 项")
        return False
    if comparison.test in _NUMERIC:
        table.fault(key, f"“{item.id}”不是测量项", "above、below 只用于测量项", "改用 is、is-not 或 any-of")
        return False
    unknown = [value for value in comparison.values if value not in words]
    for value in unknown:
        table.fault(
            key, f"“{item.id}”没有“{value}”这个答案", f"只能是 {'、'.join(words)}", nearest(value, words)
        )
    return not unknown


def _words(item: Item) -> tuple[str, ...]:
    """The answers of a pass-fail or choice item that a condition can name."""
    match item.kind:
        case ItemKind.PASS_FAIL:
            own: tuple[str, ...] = (Verdict.PASS.value, Verdict.FAIL.value)
        case ItemKind.CHOICE:
            own = tuple(choice.id for choice in item.choices)
        case _:
            return ()
    return (*own, NOT_APPLICABLE) if item.may_not_apply else own


def _closure(condition: Condition, earlier: Earlier) -> tuple[Item, ...]:
    """The items that decide the condition, each after those that decide its own."""
    needed: dict[ItemId, Item] = {}
    seen: set[ItemId] = set()
    waiting = [comparison.item for comparison in referenced(condition)]
    while waiting:
        item = earlier[waiting[-1]]
        if item.id in seen:
            needed.setdefault(item.id, item)
            waiting.pop()
            continue
        seen.add(item.id)
        own = (comparison.item for comparison in referenced(item.shows)) if item.shows else ()
        waiting += [id for id in own if id not in seen]
    return tuple(needed.values())


def _thresholds(item: ItemId, condition: Condition, needed: Iterable[Item]) -> tuple[str, ...]:
    conditions = [condition, *(other.shows for other in needed if other.shows)]
    return tuple(
        comparison.values[0]
        for one in conditions
        for comparison in referenced(one)
        if comparison.item == item and comparison.test in _NUMERIC
    )


def _candidates(item: Item, thresholds: Iterable[str]) -> tuple[str, ...]:
    """Answers that stand for all answers of the item, as far as conditions can tell them apart."""
    if item.scale is None:
        return _words(item)
    step = Decimal(1).scaleb(-item.scale.decimals)
    numbers = [decimal_of(item.scale.lowest), decimal_of(item.scale.highest)]
    for threshold in map(decimal_of, thresholds):
        numbers += [threshold - step, threshold, threshold + step]
    possible = [format(number, "f") for number in dict.fromkeys(numbers) if item.scale.holds(number)]
    return (*possible, NOT_APPLICABLE) if item.may_not_apply else tuple(possible)


def _answered(
    facts: dict[ItemId, str], item: Item, candidates: tuple[str, ...]
) -> Iterator[dict[ItemId, str]]:
    """What may be known after the item was asked; the same as before where it is hidden."""
    if item.shows is not None and not holds(item.shows, facts):
        yield facts
        return
    for value in candidates:
        yield {**facts, item.id: value}
