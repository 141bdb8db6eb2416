"""The sheets of a workbook → a checklist's tree, and where each piece of it was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from inspector.catalog.faults import Faults, nearest
from inspector.catalog.workbook_cells import RawSheet, Written, read_sheets
from inspector.catalog.workbook_columns import (
    CHECKLIST,
    CONDITIONS,
    CRITERIA,
    HEAD,
    ITEM,
    ITEMS,
    LIST_KEYS,
    LISTS,
    NOT_READ,
    OWN,
    PART,
    ROW_SHEETS,
    SECTION,
    SECTIONS,
    SORT,
    Column,
    Form,
    Sheet,
)
from inspector.catalog.workbook_conditions import conditions_of
from inspector.catalog.workbook_places import Places
from inspector.catalog.workbook_table import At, Line, lines_of

FORMAT = 1
_HEAD_SHEET = Sheet(
    name=HEAD.name,
    about=HEAD.about,
    columns=tuple(
        Column(header=header, path=("#",), about="", form=Form.TEXT) for header in ("项目", "内容", "说明")
    ),
)
_SORT = Column(header=SORT, path=("#",), about="", form=Form.WORD, words={CHECKLIST: CHECKLIST, PART: PART})

Table = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a workbook says: a tree that nobody has judged yet, and where its pieces stand."""

    tree: Table
    places: Places
    is_part: bool


def draft_of(data: bytes, faults: Faults) -> Draft | None:
    """The tree that a workbook describes; None where it is no workbook. Faults of the cells are recorded."""
    sheets = read_sheets(data, faults, skip=NOT_READ)
    if sheets is None:
        return None
    places = Places()
    head = _head_line(sheets, faults)
    is_part = head is not None and head.value(_SORT) == PART
    known = [HEAD, *(sheet for sheet in ROW_SHEETS if not (is_part and sheet is SECTIONS))]
    _check_names(sheets, known, faults)
    rows = {
        sheet.name: list(lines_of(sheets[sheet.name], sheet, faults))
        for sheet in known[1:]
        if sheet.name in sheets
    }
    tree: Table = {"format": FORMAT}
    if head is not None:
        places.note("", head, HEAD)
        tree |= _table(head, HEAD)
    tree |= _criteria(rows.get(CRITERIA.name, []), places)
    items = _Items(rows, places)
    if is_part and head is not None:
        _refuse_beyond_part(head)
        return Draft(tree=tree | items.of_part(), places=places, is_part=True)
    return Draft(tree=tree | items.by_section(), places=places, is_part=False)


def _check_names(sheets: Mapping[str, RawSheet], known: list[Sheet], faults: Faults) -> None:
    names = [sheet.name for sheet in known]
    missing = [name for name in names if name not in sheets]
    for name, sheet in sheets.items():
        if name in names or name in NOT_READ or name.startswith(OWN) or not sheet.rows:
            continue
        rule = f"工作表只能是 {'、'.join([*names, *NOT_READ])}；自己的备注写在名称以“{OWN}”开头的工作表里"
        faults.add(f"工作表“{name}”", "不认识这个工作表", rule, nearest(name, missing))
    for name in missing:
        faults.add("整个文件", f"没有工作表“{name}”", "工作表不能改名、删去", "照导出的工作簿补上")


def _head_line(sheets: Mapping[str, RawSheet], faults: Faults) -> Line | None:
    """The lines of the sheet 检查表 as one row of values."""
    if HEAD.name not in sheets:
        return None
    known = [SORT, *(column.header for column in HEAD.columns)]
    cells: dict[str, Written] = {}
    places: dict[str, At] = {}
    for line in lines_of(sheets[HEAD.name], _HEAD_SHEET, faults):
        word = str(line.cells["项目"].value) if line.has("项目") else ""
        if word not in known or word in places:
            what = f"“{word[:40]}”出现两次" if word in places else f"不认识项目“{word[:40]}”"
            line.fault("项目", what, f"只能是 {'、'.join(known)}", nearest(word, known))
            continue
        content = line.places.get("内容", line.at)
        places[word] = At(content.sheet, content.row, word, content.column)
        if line.has("内容"):
            cells[word] = line.cells["内容"]
    at = At(HEAD.name, 1)
    line = Line(at=at, cells=cells, places=places, faults=faults)
    if not line.has(SORT):
        line.fault(SORT, "没有写", f"写明是{CHECKLIST}还是{PART}")
    return line


def _refuse_beyond_part(head: Line) -> None:
    for column in HEAD.columns:
        if head.has(column.header) and column.path[0] not in ("id", "title"):
            head.fault(column.header, "在这里没有意义", f"{PART}只有编号和标题", "清空这一格")


def _table(line: Line, sheet: Sheet) -> Table:
    """The table that a row describes."""
    table: Table = {}
    for column in sheet.columns:
        if column.path == ("#",):
            continue
        value = line.value(column)
        if value is None or value == []:
            continue
        inner = table
        for key in column.path[:-1]:
            inner = inner.setdefault(key, {})
        inner[column.path[-1]] = value
    return table


def _criteria(lines: list[Line], places: Places) -> Table:
    declared: Table = {}
    for line in lines:
        header = CRITERIA.columns[0].header
        name = line.text(CRITERIA.columns[0])
        if not name or name in declared:
            line.fault(header, f"“{name}”出现两次" if name else "没有写", "每个判定标准有一个自己的名称编号")
            continue
        declared[name] = _table(line, CRITERIA)
        places.note(f"criterion · {name}", line, CRITERIA)
    return {"criterion": declared} if declared else {}


class _Items:
    """The items with what other sheets say of them, ready to be put into their sections."""

    def __init__(self, rows: Mapping[str, list[Line]], places: Places) -> None:
        self._rows, self._places = rows, places
        self._lines = rows.get(ITEMS.name, [])
        self._tables = [_table(line, ITEMS) for line in self._lines]
        self._by_id: dict[str, Table] = {}
        for table in self._tables:
            self._by_id.setdefault(table.get("id", ""), table)
        self._entries: dict[str, list[tuple[str, Line, Sheet]]] = {}
        for sheet in LISTS:
            for id, line in self._owned(sheet):
                key = LIST_KEYS[sheet.name]
                self._by_id[id].setdefault(key, []).append(_table(line, sheet))
                self._entries.setdefault(id, []).append((key, line, sheet))
        self._conditions = conditions_of(list(self._owned(CONDITIONS)), self._by_id)
        for id, condition in self._conditions.items():
            self._by_id[id]["shows"] = condition.table

    def of_part(self) -> Table:
        """The items of a part, in their order."""
        for line in self._lines:
            if line.has(SECTION):
                line.fault(SECTION, "在这里没有意义", f"{PART}只有一个章节，这一列留空", "清空这一格")
        for number, (table, line) in enumerate(zip(self._tables, self._lines, strict=True), 1):
            self._note(f"item 第 {number} 个", table, line)
        return {"item": self._tables} if self._tables else {}

    def by_section(self) -> Table:
        """The sections with their items, both in the order of the sheets."""
        lines = self._rows.get(SECTIONS.name, [])
        sections = [_table(line, SECTIONS) for line in lines]
        by_id: dict[str, tuple[int, Table]] = {}
        for number, (table, line) in enumerate(zip(sections, lines, strict=True), 1):
            self._places.note(f"section 第 {number} 个", line, SECTIONS)
            by_id.setdefault(table.get("id", ""), (number, table))
        for table, line in zip(self._tables, self._lines, strict=True):
            id = line.text(ITEMS.column(SECTION))
            if not id or id not in by_id:
                what = f"没有“{id[:48]}”这一章节" if id else "没有写"
                line.fault(SECTION, what, "先在“章节”里写上这一章节的编号", nearest(id, by_id))
                continue
            number, section = by_id[id]
            held = section.setdefault("item", [])
            held.append(table)
            self._note(f"section 第 {number} 个 · item 第 {len(held)} 个", table, line)
        return {"section": sections} if sections else {}

    def _owned(self, sheet: Sheet) -> Iterator[tuple[str, Line]]:
        """The rows of a sheet with the item that each belongs to."""
        for line in self._rows.get(sheet.name, []):
            id = line.text(sheet.column(ITEM))
            if id and id in self._by_id:
                yield id, line
                continue
            what = f"没有“{id[:48]}”这一项" if id else "没有写"
            line.fault(ITEM, what, "写“检查项”里的编号", nearest(id, self._by_id))

    def _note(self, place: str, table: Table, line: Line) -> None:
        self._places.note(place, line, ITEMS)
        id = table.get("id", "")
        if self._by_id.get(id) is not table:
            return
        counts: dict[str, int] = {}
        for key, entry, sheet in self._entries.get(id, []):
            counts[key] = counts.get(key, 0) + 1
            self._places.note(f"{place} · {key} 第 {counts[key]} 个", entry, sheet)
        if id in self._conditions:
            self._conditions[id].note(f"{place} · shows", self._places)
