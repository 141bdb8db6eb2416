"""The sheet 条件: an outline of groups and comparisons → the condition of each item.

The column 层 says how deep a row stands; a group is a row of its own above its parts. So every condition that
a file can hold has one form here, and the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inspector.catalog.workbook_columns import (
    CONDITIONS,
    GROUP,
    ITEM,
    LEVEL,
    TARGET,
    TEST,
    VALUE,
    VERDICT_WORDS,
)
from inspector.catalog.workbook_places import Places
from inspector.catalog.workbook_table import At, Line
from inspector.domain.checklist import ConditionTest, ItemKind

_NUMERIC = (ConditionTest.ABOVE.value, ConditionTest.BELOW.value)
_BY_WORD = {chinese: word for word, chinese in VERDICT_WORDS.items()}

Table = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Node:
    """One row of the outline."""

    table: Table
    line: Line
    group: str = ""
    parts: list[Node] = field(default_factory=list)

    def note(self, place: str, places: Places) -> None:
        """Remember where this condition and its parts stand."""
        cells = self.line.places
        keys: dict[str, At] = {"": cells.get(TARGET, self.line.at)}
        if "item" in self.table:
            keys |= {"item": cells.get(TARGET, self.line.at)}
            keys |= {test.value: cells.get(VALUE, self.line.at) for test in ConditionTest}
        places.note_condition(place, self.line, keys)
        for number, part in enumerate(self.parts, 1):
            part.note(f"{place} · {self.group} 第 {number} 个", places)


def conditions_of(lines: Sequence[tuple[str, Line]], items: Mapping[str, Table]) -> dict[str, Node]:
    """By item, its condition; rows that cannot be understood are faults of their cells."""
    found: dict[str, Node] = {}
    open_groups: dict[str, list[Node]] = {}
    for id, line in lines:
        node = _node(line, items)
        if node is None:
            continue
        level = line.value(CONDITIONS.column(LEVEL))
        level = level if isinstance(level, int) else 1
        above = open_groups.setdefault(id, [])
        if level == 1 and id not in found:
            found[id] = node
        elif not 1 < level <= len(above) + 1 or not above[level - 2].group:
            _misplaced(line, id, level)
            continue
        else:
            parent = above[level - 2]
            parent.parts.append(node)
            parent.table[parent.group].append(node.table)
        open_groups[id] = [*above[: level - 1], node]
    for node in found.values():
        _refuse_empty(node)
    return found


def _misplaced(line: Line, id: str, level: int) -> None:
    if level == 1:
        what = f"“{id}”有两个第 1 层的条件"
        line.fault(ITEM, what, "几个条件要合并成一组", "先写一行分组，再把条件写在下面，层写 2")
    else:
        line.fault(
            LEVEL, f"第 {level} 层的上面没有分组", "组里的条件比它上面的分组大一层", "检查层数和行的先后"
        )


def _refuse_empty(node: Node) -> None:
    if node.group and not node.parts:
        node.line.fault(GROUP, "分组下面没有条件", "分组的下面写它的条件，层数大一层")
    for part in node.parts:
        _refuse_empty(part)


def _node(line: Line, items: Mapping[str, Table]) -> Node | None:
    group = line.text(CONDITIONS.column(GROUP))
    if line.has(GROUP):
        for header in (TARGET, TEST, VALUE):
            if line.has(header):
                line.fault(
                    header, "在这里没有意义", "分组自成一行，不与比较写在一起", "把比较移到下一行，层数加 1"
                )
        return Node(table={group: []}, line=line, group=group) if group else None
    target, test = line.text(CONDITIONS.column(TARGET)), line.text(CONDITIONS.column(TEST))
    for header, written in ((TARGET, target), (TEST, test), (VALUE, line.has(VALUE))):
        if not written and not line.has(header):
            line.fault(header, "没有写", "每个条件要写看哪一项、怎样比较、答案或数")
    value = _value(line, test, items.get(target)) if test and line.has(VALUE) else None
    if not target or value is None:
        return None
    return Node(table={"item": target, test: value}, line=line)


def _value(line: Line, test: str, target: Table | None) -> object | None:
    column = CONDITIONS.column(VALUE)
    if test in _NUMERIC:
        written = line.cells[VALUE]
        return line.value(column) if written.is_formula else line.number(column, written)
    text = line.value(column)
    if not isinstance(text, str):
        return None
    if test == ConditionTest.ANY_OF.value:
        return [_answer(word.strip(), target) for word in text.split("、") if word.strip()]
    return _answer(text, target)


def _answer(word: str, target: Table | None) -> str:
    """The answer that a word means: the choice with that id, else with that label, else a verdict."""
    if target is not None and target.get("kind") == ItemKind.CHOICE.value:
        choices = target.get("choices", [])
        if any(choice.get("id") == word for choice in choices):
            return word
        labelled = [choice["id"] for choice in choices if choice.get("label") == word and "id" in choice]
        if len(labelled) == 1:
            return str(labelled[0])
    return _BY_WORD.get(word, word)
