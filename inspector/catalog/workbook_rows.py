"""A checklist's tree as the rows of its workbook's sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import cast

from inspector.catalog.canonical import Tree, house_form
from inspector.catalog.faults import Faults
from inspector.catalog.workbook_columns import (
    CHECKLIST,
    CONDITIONS,
    CRITERIA,
    FLAG_WORDS,
    GROUP_WORDS,
    HEAD,
    ITEMS,
    LIST_KEYS,
    LISTS,
    PART,
    SECTIONS,
    SORT,
    TEST_WORDS,
    VERDICT_WORDS,
    Column,
    Form,
    Sheet,
)

MAX_CELL = 32_767
"""Characters that a cell of this format can hold."""

CellValue = str | int | date | None
Rows = dict[str, list[tuple[CellValue, ...]]]
"""By sheet, the cells below the heading, column by column."""


def rows_of(tree: Tree, *, name: str = "检查表") -> Rows:
    """The rows of every sheet for an accepted checklist or part, in house form.

    Args:
        tree: parts not resolved.
        name: what to call it in faults.

    Raises:
        ChecklistFaultsError: a text is longer than a cell can hold.
    """
    tree = house_form(tree)
    is_part = "item" in tree
    sections = [{"id": None, "item": tree["item"]}] if is_part else _tables(tree.get("section"))
    items = [(section.get("id"), item) for section in sections for item in _tables(section.get("item"))]
    by_id = {str(item.get("id")): item for _, item in items}
    rows: Rows = {
        HEAD.name: [(SORT, PART if is_part else CHECKLIST), *_head(tree)],
        SECTIONS.name: [] if is_part else [_row(SECTIONS, section) for section in sections],
        ITEMS.name: [_row(ITEMS, item, cast("str | None", id)) for id, item in items],
        CONDITIONS.name: [row for _, item in items for row in _condition_rows(item, by_id)],
        CRITERIA.name: [
            _row(CRITERIA, cast("Tree", criterion), str(key))
            for key, criterion in sorted(cast("Tree", tree.get("criterion", {})).items())
        ],
    }
    for sheet in LISTS:
        key = LIST_KEYS[sheet.name]
        rows[sheet.name] = [
            _row(sheet, entry, str(item.get("id"))) for _, item in items for entry in _tables(item.get(key))
        ]
    _refuse_long(rows, name)
    return rows


def answer_word(target: Tree | None, value: object) -> CellValue:
    """How one answer of a comparison is written: a verdict in its word if it is read back as the same."""
    if isinstance(value, int):
        return value
    text = str(value)
    return VERDICT_WORDS[text] if text in VERDICT_WORDS and _is_verdict(target, text) else text


def _is_verdict(target: Tree | None, word: str) -> bool:
    """Whether the word is a verdict of the target, not one of its choices."""
    if target is None or target.get("kind") != "choice":
        return True
    labels = [choice.get("label") for choice in _tables(target.get("choices"))]
    return word == "not-applicable" and VERDICT_WORDS[word] not in labels


def _head(tree: Tree) -> Iterator[tuple[CellValue, ...]]:
    for column in HEAD.columns:
        yield (column.header, _cell(column, tree))


def _row(sheet: Sheet, table: Tree, owner: str | None = None) -> tuple[CellValue, ...]:
    return tuple(owner if column.path == ("#",) else _cell(column, table) for column in sheet.columns)


def _cell(column: Column, table: Tree) -> CellValue:
    value: object = table
    for key in column.path:
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    match column.form:
        case Form.LINES:
            return "\n".join(cast("list[str]", value))
        case Form.WORD:
            return column.words[cast("str", value)]
        case Form.WORDS:
            return "\n".join(column.words[word] for word in cast("list[str]", value))
        case Form.FLAG:
            return FLAG_WORDS["true" if value else "false"]
        case _:
            return cast("CellValue", value)


def _condition_rows(item: Tree, by_id: Mapping[str, Tree]) -> Iterator[tuple[CellValue, ...]]:
    shows = item.get("shows")
    if isinstance(shows, Mapping):
        yield from _outline(str(item.get("id")), shows, 1, by_id)


def _outline(
    id: str, condition: Tree, level: int, by_id: Mapping[str, Tree]
) -> Iterator[tuple[CellValue, ...]]:
    for key, word in GROUP_WORDS.items():
        if key in condition:
            yield (id, level, word, None, None, None)
            for part in _tables(condition[key]):
                yield from _outline(id, part, level + 1, by_id)
            return
    target = str(condition["item"])
    test = next(test for test in TEST_WORDS if test in condition)
    value, looked_at = condition[test], by_id.get(target)
    if isinstance(value, list):
        words = [str(answer_word(looked_at, one)) for one in value]
        yield (id, level, None, target, TEST_WORDS[test], "、".join(words))
    else:
        yield (id, level, None, target, TEST_WORDS[test], answer_word(looked_at, value))


def _refuse_long(rows: Rows, name: str) -> None:
    faults = Faults(name)
    for sheet, lines in rows.items():
        for number, line in enumerate(lines, 2):
            if any(isinstance(value, str) and len(value) > MAX_CELL for value in line):
                faults.add(f"工作表“{sheet}”第 {number} 行", "一个单元格放不下", f"最多 {MAX_CELL} 个字")
    faults.refuse()


def _tables(value: object) -> list[Tree]:
    return cast("list[Tree]", value or [])
