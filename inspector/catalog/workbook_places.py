"""From a place in a checklist's tree to its cell in the workbook, and from the file's words to its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from inspector.catalog.faults import Faults
from inspector.catalog.workbook_columns import (
    DAY_WORDS,
    KIND_WORDS,
    SEVERITY_WORDS,
    VERDICT_WORDS,
    Sheet,
)
from inspector.catalog.workbook_table import At, Line
from inspector.errors import Fault

_JOINT = " · "
_HEADERS = {
    "id": "编号",
    "version": "版本",
    "title": "标题",
    "domain": "领域",
    "applies-to": "适用对象",
    "stage": "环节",
    "fits": "适合的单位",
    "part": "共用章节",
    "section": "章节",
    "item": "检查项",
    "kind": "类型",
    "ask": "检查内容",
    "how": "检查方法",
    "required": "必答",
    "not-applicable": "可选不适用",
    "unit": "单位",
    "decimals": "小数位",
    "lowest": "最小可能",
    "highest": "最大可能",
    "severity": "严重程度",
    "basis": "依据",
    "criteria": "判定条款",
    "criterion": "判定标准",
    "finding": "问题描述",
    "remedy": "整改措施",
    "days": "天数",
    "day-kind": "按什么日",
    "photos": "照片张数",
    "value": "要留数值",
    "note": "要写说明",
    "evidence": "证据",
    "choices": "选项",
    "label": "文字",
    "law": "法律",
    "article": "条",
    "since": "起用日",
    "until": "止用日",
    "shows": "条件",
    "all": "全部成立",
    "any": "任一成立",
    "is": "是",
    "is-not": "不是",
    "any-of": "是其中之一",
    "above": "大于",
    "below": "小于",
    "source": "来源",
    "at-or-below": "不超过则不合格",
    "at-or-above": "达到则不合格",
    "older-than-days": "早于几天则不合格",
    "passed": "过期则不合格",
    "fails": "不合格",
    "name": "标准全名",
    "text": "判定内容",
    "true": "是",
}
_WORDS = {**_HEADERS, **KIND_WORDS, **SEVERITY_WORDS, **DAY_WORDS, **VERDICT_WORDS, "text": "文字"}
_KEY = re.compile(r"(?<![A-Za-z0-9_-])[a-z][a-z-]*(?![A-Za-z0-9_-])")
_EXAMPLE = "在对应的工作表里为它加一行"


@dataclass(slots=True)
class Places:
    """Where each table of the tree stands in the workbook, by its place as the file's reader calls it."""

    _tables: dict[str, tuple[At, Mapping[str, At]]] = field(default_factory=dict)

    def note(self, place: str, line: Line, sheet: Sheet) -> None:
        """Remember that the table at `place` was written in that row."""
        keys = {
            _JOINT.join(column.path): line.places[column.header]
            for column in sheet.columns
            if column.header in line.places
        }
        self._tables[place] = (line.at, keys)

    def note_condition(self, place: str, line: Line, keys: Mapping[str, At]) -> None:
        """Remember where a condition stands, with the cell of each of its keys."""
        self._tables[place] = (line.at, keys)

    def cell(self, place: str) -> tuple[At, str] | None:
        """The cell of a place, and the keys that no cell has; None where it is not of the workbook."""
        parts = place.split(_JOINT)
        for cut in range(len(parts), -1, -1):
            found = self._tables.get(_JOINT.join(parts[:cut]))
            if found:
                return _within(*found, parts[cut:])
        return None


def _within(row: At, keys: Mapping[str, At], rest: list[str]) -> tuple[At, str]:
    for cut in range(len(rest), 0, -1):
        cell = keys.get(_JOINT.join(rest[:cut]))
        if cell:
            return cell, ""
    return row, _JOINT.join(rest)


def retold(fault: Fault, places: Places) -> tuple[At | None, Fault]:
    """A fault of the tree in the words of the workbook, and its cell."""
    found = places.cell(fault.place)
    suggestion = _EXAMPLE if "= [" in fault.suggestion else fault.suggestion
    at = found[0] if found else None
    place = fault.place
    if found:
        place = f"{found[0]}，{in_chinese(found[1])}" if found[1] else str(found[0])
    told = Fault(
        file=fault.file,
        place=place,
        what=in_chinese(fault.what),
        rule=in_chinese(fault.rule),
        suggestion=in_chinese(suggestion),
    )
    return at, told


def retell(content: Faults, places: Places, faults: Faults) -> None:
    """Add the faults of the tree to those of the cells; of one cell only the first kind is told."""
    told = {fault.place for fault in faults.as_tuple()}
    for fault in content.as_tuple():
        at, retelling = retold(fault, places)
        if at is None or str(at) not in told:
            faults.add(retelling.place, retelling.what, retelling.rule, retelling.suggestion)


def in_chinese(text: str) -> str:
    """The keys and words of the file as the workbook calls them."""
    return _KEY.sub(lambda found: _WORDS.get(found[0], found[0]), text)
