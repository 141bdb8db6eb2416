"""The cells of a spreadsheet as they were written, read as a stream and without trusting anything in it."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element, fromstring

import openpyxl
from openpyxl.cell.read_only import ReadOnlyCell

from inspector.catalog.faults import Faults
from inspector.catalog.workbook_archive import FAR_AWAY, MAX_COLUMNS, WHOLE, check_archive

MAX_ROWS = 20_000
"""Rows with content in one sheet."""

_BROKEN = (
    LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError, SyntaxError,
    RuntimeError, OSError, EOFError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What the library raises for a file that is no spreadsheet in some way it did not think of."""

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z0-9:]{1,20})"')
_MERGED_SHOWN = 20
_ESCAPED = re.compile(r"_x(?![Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a cell holds.

    Attributes:
        value: as the library has it: text, number, truth, moment.
        shown: the format of the number, which tells how many decimals a person saw.
        is_formula: it holds a formula, or an error.
    """

    value: object
    shown: str = "General"
    is_formula: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """One row with content.

    Attributes:
        cells: by column number, from 1; blank cells are left out.
    """

    number: int
    cells: Mapping[int, Written]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSheet:
    """One sheet: its rows that hold anything, and the ranges that were merged."""

    name: str
    rows: Sequence[RawRow]
    merged: tuple[str, ...] = field(default=())


def read_sheets(data: bytes, faults: Faults, *, skip: Container[str] = ()) -> dict[str, RawSheet] | None:
    """Every sheet by name but those to skip; None, with a fault, where the file is none that may be read."""
    if not check_archive(data, faults):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library's remarks on decoration that it does not keep
            book = openpyxl.load_workbook(BytesIO(data), read_only=True, keep_links=False)
            merged = _merged(data)
            return {
                name: RawSheet(name=name, rows=tuple(_rows(book, name, faults)), merged=merged.get(name, ()))
                for name in book.sheetnames
                if name not in skip and hasattr(book[name], "iter_rows")
            }
    except _BROKEN as error:
        what = f"读不出来（{type(error).__name__}）"
        faults.add(WHOLE, what, "文件须是 Excel、WPS 存出的 .xlsx", "在 Excel 或 WPS 里打开，另存一份")
        return None


def sheet_names(data: bytes) -> tuple[str, ...]:
    """The names of the sheets; none where the file is no workbook."""
    if not check_archive(data, Faults("")):
        return ()
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            book = fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 (declarations were refused)
    except _BROKEN:
        return ()
    return tuple(sheet.get("name", "") for sheet in _named(book, "sheet"))


def _rows(book: openpyxl.Workbook, name: str, faults: Faults) -> Iterator[RawRow]:
    sheet = book[name]
    sheet.reset_dimensions()
    found = 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = {place: written for place, cell in enumerate(row, 1) if (written := _written(cell))}
        if not cells:
            continue
        found += 1
        if max(cells) > MAX_COLUMNS:
            rule = f"内容写在前 {MAX_COLUMNS} 列以内"
            faults.add(f"工作表“{name}”第 {number} 行", FAR_AWAY, rule, "删去右边多余的列，另存一份")
            return
        if found > MAX_ROWS:
            faults.add(f"工作表“{name}”", "行数太多", f"一个工作表最多 {MAX_ROWS} 行有内容", "拆成几张检查表")
            return
        yield RawRow(number=number, cells=cells)


def _written(cell: object) -> Written | None:
    if not isinstance(cell, ReadOnlyCell) or cell.value is None:
        return None
    if cell.data_type in ("f", "e"):
        return Written(value=str(cell.value), is_formula=True)
    value = cell.value
    if isinstance(value, str):
        value = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value).strip()
        return Written(value=value) if value else None
    return Written(value=value, shown=str(cell.number_format))


def _merged(data: bytes) -> dict[str, tuple[str, ...]]:
    """By sheet, the ranges of merged cells, which the stream does not tell."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        book = fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 (declarations were refused)
        relations = fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        targets = {one.get("Id"): one.get("Target", "") for one in relations}
        found = {}
        for sheet in _named(book, "sheet"):
            path = PurePosixPath("xl", targets.get(sheet.get(_RELATION), "")).as_posix()
            path = path.removeprefix("/") if path.startswith("/") else path
            if path in archive.namelist():
                ranges = _MERGED.findall(archive.read(path))[:_MERGED_SHOWN]
                found[sheet.get("name", "")] = tuple(one.decode() for one in ranges)
    return found


def _named(root: Element, name: str) -> Iterator[Element]:
    return (one for one in root.iter() if one.tag.rpartition("}")[2] == name)
