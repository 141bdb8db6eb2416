"""The sample checklist as a workbook: written, changed, saved, and read with its faults."""

import functools
import io
import tomllib
from datetime import date, datetime, time

import openpyxl
import pytest

from inspector.catalog.parts import read_parts
from inspector.catalog.workbook import tree_of_workbook, workbook_of
from inspector.errors import ChecklistFaultsError
from tests.catalog.sample import CHECKLIST, laws
from tests.catalog.test_canonical import FOLDER

TREE = tomllib.loads(CHECKLIST)
PARTS = read_parts(FOLDER)
MORNING = datetime.combine(date(2026, 1, 1), time(8))


@functools.cache
def written(text):
    return workbook_of(tomllib.loads(text), laws=laws())


def book_of(text=CHECKLIST):
    return openpyxl.load_workbook(io.BytesIO(written(text)))


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(data):
    return tree_of_workbook(data, laws=laws(), name="样例.xlsx")


def faults_of(data):
    with pytest.raises(ChecklistFaultsError) as refused:
        read(data)
    assert all(fault.file == "样例.xlsx" and fault.rule for fault in refused.value.faults)
    return [(fault.place, fault.what, fault.suggestion) for fault in refused.value.faults]


def cell(book, sheet, row, header):
    """The cell of a row under a heading; rows count from 1, the heading."""
    names = [one.value for one in book[sheet][1]]
    return book[sheet].cell(row, names.index(header) + 1)


def midnight(day):
    return datetime.combine(day, time())


def place(sheet, row, header, letter):
    return f"工作表“{sheet}”第 {row} 行“{header}”（{letter} 列）"
