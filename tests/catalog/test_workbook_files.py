"""Files that are no workbook, or a trap, are refused; a damaged one never breaks the reader."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.catalog.workbook import tree_of_workbook, workbook_of
from inspector.catalog.workbook_archive import MAX_COLUMNS, MAX_WORKBOOK_BYTES
from inspector.catalog.workbook_cells import MAX_ROWS
from inspector.errors import ChecklistFaultsError
from tests.catalog.workbooks import TREE, book_of, cell, faults_of, read, saved


def packed(change=None, **members):
    """The sample's file with members changed or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook_of(TREE))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for info in source.infolist():
            data = source.read(info)
            target.writestr(info.filename, change(info.filename, data) if change else data)
        for name, data in members.items():
            target.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def with_sheet(old, new):
    return packed(lambda name, data: data.replace(old, new, 1) if name.endswith("sheet4.xml") else data)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "不是 .xlsx 文件"),
        (b"PK\x03\x04", "不是 .xlsx 文件"),
        ("检查项,编号".encode(), "不是 .xlsx 文件"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "旧的 .xls"),
        (bytes(MAX_WORKBOOK_BYTES + 1), "文件太大"),
        (packed(xl__vbaProject_bin=b"").replace(b"vbaProject_bin", b"vbaProject.bin"), "带有宏"),
        (packed(xl__media__x=bytes(65 * 1024 * 1024)), "文件太大"),
        (packed(**{f"x{number}.xml": b"<a/>" for number in range(600)}), "文件太大"),
        (packed(**{"x.xml": b"<a>" * 4_000_001}), "文件太大"),
        (with_sheet(b"<worksheet", b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet"), "声明"),
        (with_sheet(b'r="A2"', b'r="XFD2"'), "远在表格之外"),
        (with_sheet(b'r="A2"', b'r="A1048576"'), "远在表格之外"),
        (packed(lambda name, data: b"" if name == "xl/workbook.xml" else data), "读不出来"),
        (packed(lambda name, data: b"<a/>" if name.endswith(".rels") else data), "读不出来"),
    ],
    ids=["empty", "cut", "csv", "xls", "large", "macro", "bomb", "members", "markup", "entity", "far", "deep",
         "book", "rels"],
)  # fmt: skip
def test_what_is_no_workbook_or_a_trap_is_refused(data, says):
    assert [says in what for _, what, _ in faults_of(data)] == [True]


def with_rows(body):
    """The sheet of items with other rows, whose cells do not say where they stand."""

    def change(name, data):
        if not name.endswith("sheet4.xml"):
            return data
        return data.split(b"<sheetData>")[0] + b"<sheetData>" + body + b"</sheetData></worksheet>"

    return packed(change)


def test_a_row_without_end_is_refused_before_anybody_looks_at_its_cells():
    found = faults_of(with_rows(b"<row>" + b"<c><v>1</v></c>" * (MAX_COLUMNS + 1) + b"</row>"))
    assert ("工作表“检查项”第 1 行", "有单元格远在表格之外") in [(place, what) for place, what, _ in found]
    assert not any("不认识表头" in what for _, what, _ in found)


def test_rows_without_end_are_refused():
    found = faults_of(with_rows(b"<row><c><v>1</v></c></row>" * (MAX_ROWS + 1)))
    assert ("工作表“检查项”", "行数太多") in [(place, what) for place, what, _ in found]


def test_links_to_other_files_are_neither_followed_nor_kept():
    formats = b"http://schemas.openxmlformats.org/"
    kind = formats + b"officeDocument/2006/relationships/externalLink"
    outside = (
        b'<Relationships xmlns="' + formats + b'package/2006/relationships"><Relationship Id="rId1" Type="'
    )
    outside += kind + b'Path" Target="http://127.0.0.1:9/away.xlsx" TargetMode="External"/></Relationships>'
    link = b'<externalLink xmlns="' + formats + b'spreadsheetml/2006/main"><externalBook xmlns:r="' + formats
    link += b'officeDocument/2006/relationships" r:id="rId1"/></externalLink>'

    def change(name, data):
        if name == "xl/_rels/workbook.xml.rels":
            more = b'<Relationship Id="rId99" Type="' + kind + b'" Target="externalLinks/externalLink1.xml"/>'
            return data.replace(b"</Relationships>", more + b"</Relationships>")
        return data

    members = {
        "xl/externalLinks/externalLink1.xml": link,
        "xl/externalLinks/_rels/externalLink1.xml.rels": outside,
    }
    assert read(packed(change, **members)) == TREE


@pytest.mark.parametrize("header", ["检查内容", "检查方法", "问题描述", "整改措施"])
def test_ten_thousand_characters_are_told_with_their_cell_and_not_repeated(header):
    book = book_of()
    cell(book, "检查项", 3, header).value = "长" * 10_000
    (fault,) = faults_of(saved(book))
    assert fault[1] == "有 10000 个字"
    assert f"“{header}”" in fault[0]


def test_a_huge_merged_range_costs_nothing():
    faults = faults_of(
        with_sheet(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:ZZ99999"/></mergeCells>')
    )
    assert "有合并的单元格 A1:ZZ99999" in [what for _, what, _ in faults]


@settings(max_examples=30)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused_but_never_breaks_the_reader(data):
    name = data.draw(
        st.sampled_from(
            ["xl/workbook.xml", "xl/worksheets/sheet4.xml", "xl/styles.xml", "[Content_Types].xml"]
        )
    )
    at = data.draw(st.floats(0, 1))
    scrap = data.draw(
        st.sampled_from(
            [b"", b"<", b'"', b"<x/>", b"&#0;", b"99999", b's="9"', b"\xff", b' t="n"', b' t="d"']
        )
    )

    def spoil(member, content):
        if member != name:
            return content
        place = int(at * len(content))
        return content[:place] + scrap + content[place + data.draw(st.integers(0, 3)) :]

    try:
        read(packed(spoil))
    except ChecklistFaultsError as refused:
        assert refused.faults


@given(st.binary(max_size=300))
def test_any_bytes_are_a_workbook_or_refused(data):
    with pytest.raises(ChecklistFaultsError):
        tree_of_workbook(data)


def test_a_file_that_is_not_there_is_a_fault_like_any_other(tmp_path):
    with pytest.raises(ChecklistFaultsError, match="读不出来"):
        tree_of_workbook(Path(tmp_path / "没有.xlsx"))
