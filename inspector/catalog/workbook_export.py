"""Rows of a checklist → an .xlsx file that an office can edit: drop-downs, frozen heads, notes, a guide."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from math import ceil
from typing import cast

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from inspector.catalog.canonical import Tree
from inspector.catalog.workbook_columns import (
    CHECKLIST,
    CHOICES,
    CONDITIONS,
    GUIDE,
    HEAD,
    ITEM,
    LAWS,
    PART,
    ROW_SHEETS,
    SECTION,
    SECTIONS,
    SORT,
    TARGET,
    VALUE,
    WORDS,
    Column,
    Form,
    Sheet,
)
from inspector.catalog.workbook_guide import GUIDE_LINES
from inspector.catalog.workbook_rows import CellValue, Rows, rows_of
from inspector.domain.law import Laws

LAST_ROW = 12_000
"""Down to this row drop-downs work: every citation of the longest checklist."""

_HEAD_FILL = PatternFill("solid", fgColor="DCE9F5")
_MUST_FILL = PatternFill("solid", fgColor="FBE3C0")
_TOP = Alignment(vertical="top", wrap_text=True)
_BOLD = Font(bold=True)
_TEXT_FORMAT, _DAY_FORMAT = "@", "yyyy-mm-dd"
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FIRST_EXCEL_YEAR = 1901
_FIRST_WIDE = 0x1100
_LINE_HEIGHT, _HIGHEST = 14.5, 400.0
"""Points."""


def workbook_of(tree: Tree, *, laws: Laws | None = None, name: str = "检查表") -> bytes:
    """The .xlsx file of an accepted checklist or part.

    Args:
        tree: parts not resolved: a section that takes one is a line that names it.
        laws: what may be cited, for the sheet 法律.
        name: what to call it in faults.

    Raises:
        ChecklistFaultsError: a text is longer than a cell can hold.
    """
    return _written(rows_of(tree, name=name), laws or Laws(), is_part="item" in tree)


def blank_workbook(*, laws: Laws | None = None) -> bytes:
    """An empty workbook to begin a checklist with."""
    rows: Rows = {sheet.name: [] for sheet in ROW_SHEETS}
    rows[HEAD.name] = [(SORT, CHECKLIST), *((column.header, None) for column in HEAD.columns)]
    return _written(rows, laws or Laws(), is_part=False)


def _written(rows: Rows, laws: Laws, *, is_part: bool) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    _guide(book.create_sheet(GUIDE))
    words = _Words()
    _head(book.create_sheet(HEAD.name), rows[HEAD.name], words)
    for sheet in ROW_SHEETS:
        if not (is_part and sheet is SECTIONS):
            _rows(book.create_sheet(sheet.name), sheet, rows[sheet.name], words)
    _laws(book.create_sheet(LAWS), laws)
    words.write(book.create_sheet(WORDS))
    book.active = 1
    out = BytesIO()
    book.save(out)
    return out.getvalue()


class _Words:
    """The closed vocabularies, each a column of the sheet 词表."""

    def __init__(self) -> None:
        self._columns: dict[str, Sequence[str]] = {}

    def range_of(self, header: str, words: Sequence[str]) -> str:
        """The formula that names the column of these words."""
        self._columns.setdefault(header, words)
        letter = get_column_letter(list(self._columns).index(header) + 1)
        return f"{quote_sheetname(WORDS)}!${letter}$2:${letter}${len(words) + 1}"

    def write(self, sheet: Worksheet) -> None:
        _headings(sheet, [(header, 26, "", False) for header in self._columns])
        for column, words in enumerate(self._columns.values(), 1):
            for row, word in enumerate(words, 2):
                _put(sheet, row, column, word)


def _guide(sheet: Worksheet) -> None:
    sheet.column_dimensions["A"].width = 110
    for row, line in enumerate(GUIDE_LINES, 1):
        _put(sheet, row, 1, line.removeprefix("# "))
        if line.startswith("# "):
            sheet.cell(row, 1).font = Font(bold=True, size=13)
    _heights(sheet)


def _head(sheet: Worksheet, lines: Sequence[tuple[CellValue, ...]], words: _Words) -> None:
    _headings(sheet, [("项目", 14, "", False), ("内容", 60, "", False), ("说明", 60, "", False)])
    columns: Mapping[str, Column] = {column.header: column for column in HEAD.columns}
    for row, (header, value) in enumerate(lines, 2):
        column = columns.get(str(header))
        _put(sheet, row, 1, header)
        _put(sheet, row, 2, value)
        about = column.about if column else "检查表，或几张表共用的一个章节"
        _put(sheet, row, 3, f"必填。{about}" if column is None or column.required else about)
        choices = (CHECKLIST, PART) if column is None else tuple(column.words.values())
        if column is None or column.form is Form.WORD:
            _offer(sheet, f"B{row}", words.range_of(str(header), choices), is_closed=True)
        elif choices:
            words.range_of(column.header, choices)
    _heights(sheet)


def _rows(sheet: Worksheet, about: Sheet, lines: Sequence[tuple[CellValue, ...]], words: _Words) -> None:
    _headings(sheet, [(one.header, one.width, one.about, one.required) for one in about.columns])
    for place, column in enumerate(about.columns, 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].number_format = _format_of(column)
        sheet.column_dimensions[letter].alignment = _TOP
        for row, line in enumerate(lines, 2):
            _put(sheet, row, place, line[place - 1])
        offered = _offered(about, column, words)
        if offered:
            closed = not column.picks or column.header in (ITEM, SECTION)
            _offer(sheet, f"{letter}2:{letter}{LAST_ROW}", offered, is_closed=closed)
    _heights(sheet)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(about.columns))}{max(2, len(lines) + 1)}"


def _offered(sheet: Sheet, column: Column, words: _Words) -> str:
    """The formula of a column's drop-down; empty for none."""
    if column.form is Form.FLAG:
        return words.range_of("是或否", tuple(column.words.values()) or ("是", "否"))
    if column.words:
        return words.range_of(f"{sheet.name}的{column.header}", tuple(column.words.values()))
    if sheet is CONDITIONS and column.header == VALUE:
        return _choices_of_target()
    if column.picks:
        name, header = column.picks
        letter = "A" if name == LAWS else _letter(name, header)
        return f"{quote_sheetname(name)}!${letter}$2:${letter}${LAST_ROW}"
    return ""


def _choices_of_target() -> str:
    """The ids of the choices of the item that the row looks at; they stand together in the sheet 选项."""
    choices, column = quote_sheetname(CHOICES.name), _letter(CHOICES.name, ITEM)
    owner = f"{choices}!${column}$1:${column}${LAST_ROW}"
    first = f"{choices}!${_letter(CHOICES.name, '编号')}$1"
    target = f"${_letter(CONDITIONS.name, TARGET)}2"
    return f"OFFSET({first},MATCH({target},{owner},0)-1,0,COUNTIF({owner},{target}),1)"


def _letter(sheet: str, header: str) -> str:
    columns = next(one.columns for one in ROW_SHEETS if one.name == sheet)
    return get_column_letter([column.header for column in columns].index(header) + 1)


def _format_of(column: Column) -> str:
    if column.form is Form.DAY:
        return _DAY_FORMAT
    return "0" if column.form is Form.WHOLE else _TEXT_FORMAT


def _offer(sheet: Worksheet, cells: str, formula: str, *, is_closed: bool) -> None:
    rule = DataValidation(type="list", formula1=f"={formula}", allow_blank=True, showErrorMessage=is_closed)
    rule.errorTitle, rule.error = "不在下拉里", "请从下拉中选一个，或按 Esc 取消。"
    rule.add(cells)
    sheet.add_data_validation(rule)


def _headings(sheet: Worksheet, columns: Sequence[tuple[str, int, str, bool]]) -> None:
    for place, (header, width, about, must) in enumerate(columns, 1):
        _put(sheet, 1, place, header)
        cell = sheet.cell(1, place)
        cell.font, cell.alignment, cell.fill = _BOLD, _TOP, _MUST_FILL if must else _HEAD_FILL
        if about:
            cell.comment = Comment(f"{'必填。' if must else ''}{about}", "说明", width=260, height=90)
        sheet.column_dimensions[get_column_letter(place)].width = width
    named = sum(header in (ITEM, SECTION, "编号", "名称编号") for header, *_ in columns[:2])
    sheet.freeze_panes = f"{get_column_letter(named + 1)}2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _laws(sheet: Worksheet, laws: Laws) -> None:
    widths = (("编号", 26), ("简称", 24), ("全名", 60), ("已登记的条", 60))
    _headings(sheet, [(header, width, "", False) for header, width in widths])
    for row, law in enumerate(laws, 2):
        articles = "、".join(article.label for article in law.articles)
        for place, value in enumerate((law.id, law.short, law.printed_name, articles), 1):
            _put(sheet, row, place, value)
    _heights(sheet)


def _heights(sheet: Worksheet) -> None:
    """Make each row as high as its longest text, since not every program does so by itself."""
    for number, row in enumerate(sheet.iter_rows(), 1):
        lines = 1
        for cell in row:
            if isinstance(cell.value, str):
                width = (sheet.column_dimensions[get_column_letter(cell.column)].width or 10) - 1
                lines = max(lines, sum(ceil(max(1, _span(line)) / width) for line in cell.value.split("\n")))
        sheet.row_dimensions[number].height = min(_LINE_HEIGHT * lines + 2, _HIGHEST)


def _span(text: str) -> int:
    """Width in columns: a Chinese character takes two."""
    return sum(1 if ord(char) < _FIRST_WIDE else 2 for char in text)


def _put(sheet: Worksheet, row: int, column: int, value: CellValue) -> None:
    """Put a value as what it is: a text stays a text even where it looks like a formula or an error."""
    if value is None:
        return
    cell = cast("Cell", sheet.cell(row, column))
    cell.alignment = _TOP
    if isinstance(value, date) and value.year < _FIRST_EXCEL_YEAR:
        value = value.isoformat()
    if isinstance(value, str):
        cell.value = _ESCAPE_LIKE.sub("_x005F_", value)
        cell.data_type = "s"
        cell.number_format = _TEXT_FORMAT
    else:
        cell.value = value
        cell.number_format = _DAY_FORMAT if isinstance(value, date) else "0"
