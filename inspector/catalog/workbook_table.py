"""One sheet with its heading: each cell read as what its column holds, each fault with its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from openpyxl.utils import get_column_letter

from inspector.catalog.faults import Faults, nearest
from inspector.catalog.workbook_cells import RawRow, RawSheet, Written
from inspector.catalog.workbook_columns import FLAG_WORDS, Column, Form, Sheet

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,15}", re.ASCII)
_DECIMALS_SHOWN = re.compile(r"0\.(0+)")
_AS_TEXT = "把单元格格式设为“文本”，再写一遍"
_PAD_DIGITS = 12


@dataclass(frozen=True, slots=True)
class At:
    """Where a cell stands."""

    sheet: str
    row: int
    header: str = ""
    column: int = 0

    def __str__(self) -> str:
        where = f"工作表“{self.sheet}”第 {self.row} 行"
        if not self.header:
            return where
        return f"{where}“{self.header}”" + (f"（{get_column_letter(self.column)} 列）" if self.column else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a sheet, or the lines of the sheet 检查表 taken together.

    Attributes:
        cells: by heading.
        places: by heading, where it stands; also for blank cells.
    """

    at: At
    cells: Mapping[str, Written]
    places: Mapping[str, At]
    faults: Faults

    def fault(self, header: str, what: str, rule: str, suggestion: str = "") -> None:
        """Record a fault of the cell under that heading."""
        self.faults.add(str(self.places.get(header, self.at)), what, rule, suggestion)

    def has(self, header: str) -> bool:
        """Whether anything is written there."""
        return header in self.cells

    def value(self, column: Column) -> object | None:
        """What the cell says, as the checklist's file would have it; None for nothing, or with a fault."""
        written = self.cells.get(column.header)
        if written is None:
            return None
        if written.is_formula:
            self.fault(column.header, "是公式", "公式的结果不读，写成值", "复制后“选择性粘贴”为“值”")
            return None
        return self._converted(column, written)

    def text(self, column: Column) -> str:
        """As `value`, where a text is meant; empty for nothing."""
        value = self.value(column)
        return value if isinstance(value, str) else ""

    def _converted(self, column: Column, written: Written) -> object | None:
        match column.form:
            case Form.FLAG:
                return self._flag(column, written)
            case Form.WHOLE:
                return self._whole(column, written)
            case Form.NUMBER:
                return self.number(column, written)
            case Form.DAY:
                return self._day(column, written)
        text = self._text(column, written)
        if text is None:
            return None
        match column.form:
            case Form.WORD:
                return self._word(column, text)
            case Form.LINES:
                return _lines(text)
            case Form.WORDS:
                words = [self._word(column, line) for line in _lines(text)]
                return None if None in words else words
        return text

    def _text(self, column: Column, written: Written) -> str | None:
        value = written.value
        if isinstance(value, str):
            return _narrow_if_id(value) if column.form is Form.ID else value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        kind = "日期" if isinstance(value, date | time) else "数字"
        rule = "这一列是文字；当成数字或日期时，Excel 会改掉写法，例如 2026.10 变成 2026.1"
        self.fault(column.header, f"被当成了{kind}", rule, _AS_TEXT)
        return None

    def _word(self, column: Column, text: str) -> str | None:
        for word, chinese in column.words.items():
            if text in (chinese, word):
                return word
        words = list(column.words.values())
        listed = "、".join(words)
        self.fault(column.header, f"没有“{text[:40]}”这个词", f"只能是 {listed}", nearest(text, words))
        return None

    def _flag(self, column: Column, written: Written) -> bool | None:
        if isinstance(written.value, bool):
            return written.value
        for word, chinese in FLAG_WORDS.items():
            if str(written.value).lower() in (chinese, word):
                return word == "true"
        self.fault(column.header, f"没有“{str(written.value)[:40]}”这个词", "只能是 是、否")
        return None

    def _whole(self, column: Column, written: Written) -> int | None:
        value = written.value
        if isinstance(value, str) and _WHOLE.fullmatch(_narrow(value)):
            return int(_narrow(value))
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.fault(column.header, f"“{str(value)[:20]}”不是整数", "写成整数，不带单位")
        return None

    def number(self, column: Column, written: Written) -> str | int | None:
        """A decimal string; a whole number that Excel keeps as a number stays one."""
        value = written.value
        if isinstance(value, str):
            return _narrow(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(column.header, "不是数字", "写成十进制的数，不带单位", _AS_TEXT)
            return None
        if isinstance(value, int):
            return value
        return _as_shown(value, written.shown)

    def _day(self, column: Column, written: Written) -> date | None:
        value = written.value
        if isinstance(value, datetime):
            if value.time() == time():
                return value.date()
        elif isinstance(value, str):
            found = _DAY.fullmatch(_narrow(value))
            day = _day_of(*map(int, found.groups())) if found else None
            if day:
                return day
        self.fault(column.header, f"“{str(value)[:20]}”不是日期", "写成 2026-11-24，或用日期格式的单元格")
        return None


def lines_of(raw: RawSheet, sheet: Sheet, faults: Faults) -> Iterator[Line]:
    """The rows below the heading of a sheet; faults of the heading and merged cells are recorded."""
    for merged in raw.merged:
        what = f"有合并的单元格 {merged}"
        faults.add(f"工作表“{raw.name}”", what, "一行一项，不能合并", "取消合并，每一行都写上内容")
    if not raw.rows:
        faults.add(f"工作表“{raw.name}”第 1 行", "没有表头", "第一行是表头", "从导出的工作簿开始改")
        return
    columns = _heading(raw.rows[0], raw, sheet, faults)
    for row in raw.rows[1:]:
        places = {header: At(raw.name, row.number, header, place) for place, header in columns.items()}
        cells = {header: row.cells[place] for place, header in columns.items() if place in row.cells}
        for place in row.cells.keys() - columns.keys():
            at = At(raw.name, row.number, f"{get_column_letter(place)} 列")
            faults.add(str(at), "表头之外有内容", "每一列都要有表头", "移到对应的列，或删去")
        if cells:
            yield Line(at=At(raw.name, row.number), cells=cells, places=places, faults=faults)


def _heading(row: RawRow, raw: RawSheet, sheet: Sheet, faults: Faults) -> dict[int, str]:
    """By column number, the headings that the sheet knows."""
    place = f"工作表“{raw.name}”第 {row.number} 行"
    known = [column.header for column in sheet.columns]
    columns: dict[int, str] = {}
    for number, written in row.cells.items():
        header = str(written.value)
        missing = [word for word in known if word not in columns.values()]
        if header in missing:
            columns[number] = header
            continue
        what = f"表头“{header[:40]}”出现两次" if header in known else f"不认识表头“{header[:40]}”"
        faults.add(
            f"{place}（{get_column_letter(number)} 列）",
            what,
            f"表头只能是 {'、'.join(known)}",
            nearest(header, missing),
        )
        columns[number] = ""
    for header in known:
        if header not in columns.values():
            faults.add(place, f"没有“{header}”这一列", "表头不能改名、删去", "照导出的工作簿补上这一列")
    return columns


def _narrow(text: str) -> str:
    """Full-width digits, points and signs as the plain ones."""
    return unicodedata.normalize("NFKC", text).replace("。", ".").strip()


def _narrow_if_id(text: str) -> str:
    narrow = _narrow(text)
    return narrow if narrow.isascii() else text


def _as_shown(value: float, shown: str) -> str:
    """The number that a person saw: with the decimals of its format where these are only noughts."""
    text = format(Decimal(repr(value)), "f").removesuffix(".0")
    found = _DECIMALS_SHOWN.search(shown)
    wanted = min(len(found[1]), _PAD_DIGITS) if found else 0
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(wanted, '0')}" if wanted > len(decimals) else text


def _day_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
