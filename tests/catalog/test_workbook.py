"""A checklist goes into a spreadsheet and comes back the same; what was spoilt there is told exactly."""

import io
import re
import tomllib
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings

from inspector.catalog.canonical import canonical_toml
from inspector.catalog.faults import Faults
from inspector.catalog.workbook import blank_workbook, tree_of_workbook, workbook_of
from inspector.catalog.workbook_cells import MAX_ROWS
from inspector.catalog.workbook_columns import NOT_READ, ROW_SHEETS
from inspector.catalog.workbook_import import draft_of
from tests.catalog.sample import laws, spoilt
from tests.catalog.test_canonical import FILES
from tests.catalog.test_parts import PART
from tests.catalog.trees import checklists, parts
from tests.catalog.workbooks import (
    MORNING,
    PARTS,
    TREE,
    book_of,
    cell,
    faults_of,
    midnight,
    place,
    read,
    saved,
)

# --- There and back ----------------------------------------------------------------------------------


@settings(max_examples=20)
@given(checklists() | parts())
def test_what_goes_into_a_workbook_comes_out_of_it(tree):
    faults = Faults("样例.xlsx")
    draft = draft_of(workbook_of(tree), faults)
    assert faults.as_tuple() == ()
    assert draft.tree == tree
    assert draft.is_part is ("item" in tree)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_checklist_and_part_that_ships_comes_back_byte_for_byte(path):
    tree = tomllib.loads(path.read_text(encoding="utf-8"))
    again = tree_of_workbook(workbook_of(tree), parts=PARTS, name=path.name)
    assert canonical_toml(again) == canonical_toml(tree)


def test_a_library_that_loads_and_saves_it_changes_nothing():
    assert read(saved(book_of())) == TREE


def test_a_workbook_of_a_part_has_no_sections_and_comes_back():
    book = book_of(PART)
    assert "章节" not in book.sheetnames
    assert read(saved(book)) == tomllib.loads(PART)


def test_a_part_judges_what_it_can_alone():
    book = book_of(PART)
    cell(book, "检查项", 2, "天数").value = 0
    cell(book, "检查表", 4, "内容").value = "2026.1"
    assert [(where, what) for where, what, _ in faults_of(saved(book))] == [
        ("工作表“检查表”第 4 行“版本”（B 列）", "在这里没有意义"),
        (place("检查项", 2, "天数", "Y"), "0 超出范围"),
    ]


def test_a_blank_workbook_has_every_sheet_and_asks_for_what_is_missing():
    places = {where for where, _, _ in faults_of(blank_workbook(laws=laws()))}
    assert "工作表“检查表”第 3 行“编号”（B 列）" in places


# --- What helps the author ------------------------------------------------------------------------------


def test_heads_are_frozen_and_closed_words_are_offered():
    book = book_of()
    for sheet in ROW_SHEETS:
        assert book[sheet.name].freeze_panes in ("B2", "C2"), sheet.name
    words = {
        column[0].value: [one.value for one in column[1:] if one.value] for column in book["词表"].columns
    }
    assert words["检查项的类型"] == ["合格与否", "选一项", "测量", "日期", "文字", "照片"]
    assert words["条件的比较"] == ["是", "不是", "是其中之一", "大于", "小于"]
    assert book["词表"].sheet_state == "visible"
    for name, letter in (
        ("检查项", "C"),
        ("检查项", "F"),
        ("条件", "C"),
        ("条件", "E"),
        ("选项", "A"),
        ("依据", "A"),
    ):
        rules = [
            rule
            for rule in book[name].data_validations.dataValidation
            if str(rule.sqref).startswith(f"{letter}2:")
        ]
        assert [rule.type for rule in rules] == ["list"], (name, letter)
        assert rules[0].showErrorMessage
    guide = "".join(str(row[0].value) for row in book["说明"].rows)
    assert "inspector checklist import" in guide


def test_every_heading_carries_a_note():
    book = book_of()
    for sheet in ROW_SHEETS:
        assert all(one.comment and one.comment.text for one in book[sheet.name][1]), sheet.name


def test_a_blank_cell_is_not_written_and_still_takes_a_text_as_text():
    with zipfile.ZipFile(io.BytesIO(workbook_of(TREE))) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/sheet" in name]
    assert [re.findall(rb"<c [^>]*(?:/>|></c>)", text) for text in sheets] == [[] for _ in sheets]
    book = book_of()
    letter = cell(book, "检查项", 2, "最小可能").column_letter
    assert book["检查项"].column_dimensions[letter].number_format == "@"


def test_numbers_keep_their_decimals_as_text_and_days_are_days():
    book = book_of(
        spoilt('basis = [{ law = "fire-law" }]', 'basis = [{ law = "fire-law", since = 2026-05-01 }]')
    )
    limit = cell(book, "检查项", 4, "低于则不合格")
    assert (limit.value, limit.number_format, limit.data_type) == ("0.80", "@", "s")
    assert cell(book, "依据", 4, "起用日").value == midnight(date(2026, 5, 1))


def test_text_that_looks_like_a_formula_or_an_error_stays_text():
    tree = tomllib.loads(spoilt("看图纸", "=HYPERLINK(1)", spoilt("逐门试开", "#N/A")))
    assert read(workbook_of(tree)) == tree
    stored = zipfile.ZipFile(io.BytesIO(workbook_of(tree))).read("xl/worksheets/sheet4.xml").decode()
    assert "<f>" not in stored


# --- What an office does to it --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "row", "header", "value", "shown", "path", "expected"),
    [
        ("检查项", 3, "天数", "１", None, ("days",), 1),
        ("检查项", 3, "天数", 1.0, None, ("days",), 1),
        ("检查项", 4, "低于则不合格", 0.8, "0.00", ("fails", "below"), "0.80"),
        ("检查项", 4, "低于则不合格", 0.8, "0.00_ ", ("fails", "below"), "0.80"),
        ("检查项", 4, "低于则不合格", "０．８０", None, ("fails", "below"), "0.80"),
        ("检查项", 4, "最大可能", 30, None, ("highest",), 30),
        ("检查项", 4, "编号", " door-width ", None, ("id",), "door-width"),
        ("检查项", 4, "编号", "ｄｏｏｒ-width", None, ("id",), "door-width"),
        ("检查项", 4, "可选不适用", False, None, ("not-applicable",), False),
        ("检查项", 4, "检查内容", 119, None, ("ask",), "119"),
        ("检查项", 3, "问题描述", "一处\r\n\r\n 两处 \n", None, ("finding",), ["一处", "两处"]),
        ("检查项", 3, "检查方法", "逐门_x000D_", None, ("how",), "逐门"),
    ],
)  # fmt: skip
def test_what_excel_makes_of_a_value_is_understood(sheet, row, header, value, shown, path, expected):
    book = book_of()
    one = cell(book, sheet, row, header)
    one.value = value
    if shown:
        one.number_format = shown
    items = [item for section in read(saved(book))["section"] for item in section["item"]]
    found = items[row - 2]
    for key in path:
        found = found[key]
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "written", ["2026-05-01", "2026年5月1日", "2026/5/1", "２０２６-05-01", date(2026, 5, 1)]
)
def test_a_day_is_understood_however_it_was_written(written):
    book = book_of()
    one = cell(book, "依据", 2, "起用日")
    one.value, one.number_format = written, "yyyy/m/d"
    basis = read(saved(book))["section"][0]["item"][1]["basis"]
    assert basis[0]["since"] == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("sheet", "row", "header", "value", "where", "says", "suggests"),
    [
        ("检查项", 3, "天数", "=1+1", ("检查项", 3, "天数", "Y"), "是公式", "值"),
        ("检查项", 3, "天数", "两天", ("检查项", 3, "天数", "Y"), "不是整数", ""),
        ("检查项", 3, "天数", 1.5, ("检查项", 3, "天数", "Y"), "不是整数", ""),
        ("检查项", 3, "天数", True, ("检查项", 3, "天数", "Y"), "不是整数", ""),
        ("检查项", 3, "天数", 0, ("检查项", 3, "天数", "Y"), "0 超出范围", ""),
        ("检查项", 3, "类型", "合格否", ("检查项", 3, "类型", "C"), "没有“合格否”这个词", "合格与否"),
        ("检查项", 3, "必答", "对", ("检查项", 3, "必答", "F"), "没有“对”这个词", ""),
        ("检查项", 3, "检查内容", 0.8, ("检查项", 3, "检查内容", "D"), "被当成了数字", "文本"),
        ("检查项", 3, "检查内容", date(2026, 1, 1), ("检查项", 3, "检查内容", "D"), "被当成了日期", "文本"),
        ("检查项", 3, "检查内容", None, ("检查项", 3, "检查内容", "D"), "没有写", ""),
        ("检查项", 3, "章节", "frist", ("检查项", 3, "章节", "A"), "没有“frist”这一章节", "first"),
        ("检查项", 3, "编号", "Exit", ("检查项", 3, "编号", "B"), "不能作编号", "exit-unlocked"),
        ("检查项", 3, "编号", "high-rise", ("检查项", 3, "编号", "B"), "重复", ""),
        ("检查项", 3, "单位", "米", ("检查项", 3, "单位", "H"), "在这里没有意义", "删去"),
        ("检查项", 4, "低于则不合格", "25", ("检查项", 4, "低于则不合格", "L"), "不在可能范围", ""),
        ("检查项", 4, "低于则不合格", "0.805", ("检查项", 4, "低于则不合格", "L"), "小数位", "小数位"),
        ("检查项", 4, "低于则不合格", "八十", ("检查项", 4, "低于则不合格", "L"), "不是普通数字", "0.80"),
        ("检查项", 4, "界限的条", "第九条", ("检查项", 4, "界限的条", "S"), "没有“第九条”", ""),
        ("检查表", 4, "内容", 2026.1, ("检查表", 4, "版本", "B"), "被当成了数字", "文本"),
        ("检查表", 6, "内容", "消房", ("检查表", 6, "领域", "B"), "没有“消房”这个词", ""),
        ("检查表", 6, "项目", "领 域", ("检查表", 6, "项目", "A"), "不认识项目", "领域"),
        ("检查表", 2, "内容", "表格", ("检查表", 2, "类型", "B"), "没有“表格”这个词", ""),
        ("选项", 2, "检查项", "high-rice", ("选项", 2, "检查项", "A"), "没有“high-rice”这一项", "high-rise"),
        ("选项", 2, "编号", "no", ("检查项", 2, "", ""), "选项编号重复", ""),
        ("选项", 2, "问题描述", "是。", ("选项", 2, "问题描述", "E"), "合格的选项", "不合格 = 是"),
        ("依据", 2, "法律", "fire-lav", ("依据", 2, "法律", "B"), "没有“fire-lav”这部法律", "fire-law"),
        ("依据", 2, "条", "第二十九条", ("依据", 2, "条", "C"), "没有“第二十九条”", "第二十八条"),
        ("依据", 2, "起用日", "五月", ("依据", 2, "起用日", "D"), "不是日期", ""),
        ("依据", 2, "起用日", MORNING, ("依据", 2, "起用日", "D"), "不是日期", ""),
        ("判定标准", 2, "适用对象", None, ("判定标准", 2, "适用对象", "F"), "没有写", ""),
        ("判定条款", 2, "判定标准", "mayor", ("判定条款", 2, "判定标准", "B"), "没有声明“mayor”", "major"),
        ("条件", 3, "看哪一项", "last-test", ("条件", 3, "看哪一项", "D"), "排在后面", ""),
        ("条件", 3, "答案或数", "yse", ("条件", 3, "答案或数", "F"), "没有“yse”这个答案", "yes"),
        ("条件", 3, "比较", "等于", ("条件", 3, "比较", "E"), "没有“等于”这个词", ""),
        ("条件", 3, "比较", None, ("条件", 3, "比较", "E"), "没有写", ""),
        ("条件", 3, "比较", "大于", ("条件", 3, "答案或数", "F"), "不是普通数字", ""),
        ("条件", 3, "层", 3, ("条件", 3, "层", "B"), "上面没有分组", ""),
        ("条件", 3, "层", 1, ("条件", 3, "检查项", "A"), "两个第 1 层", "分组"),
        ("条件", 2, "比较", "是", ("条件", 2, "比较", "E"), "在这里没有意义", ""),
    ],
)  # fmt: skip
def test_a_workbook_is_refused_with_the_cell_for(sheet, row, header, value, where, says, suggests):
    book = book_of()
    cell(book, sheet, row, header).value = value
    faults = faults_of(saved(book))
    expected = place(*where) if where[3] else f"工作表“{where[0]}”第 {where[1]} 行"
    fitting = [fault for fault in faults if fault[0].startswith(expected) and says in fault[1]]
    assert fitting, faults
    assert suggests in fitting[0][2]


def test_all_faults_come_together_each_cell_once():
    book = book_of()
    cell(book, "检查项", 3, "天数").value = "两天"
    cell(book, "检查项", 4, "低于则不合格").value = "=0.8"
    cell(book, "依据", 2, "法律").value = None
    cell(book, "选项", 2, "文字").value = None
    faults = faults_of(saved(book))
    assert [where for where, _, _ in faults][:2] == [
        place("检查项", 3, "天数", "Y"),
        place("检查项", 4, "低于则不合格", "L"),
    ]
    assert {place("依据", 2, "法律", "B"), place("选项", 2, "文字", "C")} <= {where for where, _, _ in faults}
    assert len({where for where, _, _ in faults}) == len(faults)


def test_a_failure_without_basis_names_the_row_and_the_sheet_to_write_in():
    book = book_of()
    book["依据"].delete_rows(2)
    assert ("工作表“检查项”第 3 行，依据", "没有依据", "在对应的工作表里为它加一行") in faults_of(saved(book))


def test_a_group_without_parts_is_told():
    book = book_of()
    book["条件"].delete_rows(3, 2)
    assert (place("条件", 2, "分组", "C"), "分组下面没有条件", "") in faults_of(saved(book))


def test_merged_cells_are_refused_with_their_range():
    book = book_of()
    book["检查项"].merge_cells("A2:A3")
    assert ("工作表“检查项”", "有合并的单元格 A2:A3") in [fault[:2] for fault in faults_of(saved(book))]


def test_renamed_and_missing_sheets_are_told_and_own_sheets_are_left_alone():
    book = book_of()
    book["依据"].title = "依据表"
    book.create_sheet("备注和待办")["A1"] = "随便写"
    del book["判定条款"]
    faults = faults_of(saved(book))
    assert ("工作表“依据表”", "不认识这个工作表", "是否想写“依据”") in faults
    assert {"没有工作表“依据”", "没有工作表“判定条款”"} <= {what for _, what, _ in faults}
    assert not any("备注和待办" in where for where, _, _ in faults)


def test_the_authors_sheets_are_not_read_whatever_stands_in_them():
    book = book_of()
    for name in NOT_READ:
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        sheet["B2"] = "=1+1"
        sheet.merge_cells("C3:D9")
    for row in range(1, MAX_ROWS + 2):
        book["法律"].cell(row, 1).value = 1
    assert read(saved(book)) == TREE


def test_changed_headings_are_told():
    book = book_of()
    sheet = book["检查项"]
    sheet["D1"], sheet["E1"] = "检查内客", "编号"
    faults = faults_of(saved(book))
    assert ("工作表“检查项”第 1 行（D 列）", "不认识表头“检查内客”", "是否想写“检查内容”") in faults
    assert "表头“编号”出现两次" in {what for _, what, _ in faults}
    assert {"没有“检查内容”这一列", "没有“检查方法”这一列"} <= {what for _, what, _ in faults}


def test_content_beside_the_table_is_not_dropped_in_silence():
    book = book_of()
    book["选项"]["H3"] = "补充"
    assert ("工作表“选项”第 3 行“H 列”", "表头之外有内容") in [fault[:2] for fault in faults_of(saved(book))]


def test_blank_rows_and_formatted_cells_without_content_do_not_matter():
    book = book_of()
    book["检查项"].insert_rows(3)
    for row in range(200, 220):
        book["依据"].cell(row, 1).number_format = "0.00"
        book["依据"].cell(row, 2).value = "   "
    assert read(saved(book)) == TREE


def test_an_answer_may_be_named_by_what_the_choice_says():
    book = book_of()
    cell(book, "条件", 3, "答案或数").value = "是"
    assert read(saved(book)) == TREE


def test_items_follow_their_section_wherever_their_rows_stand():
    book = book_of()
    rows = [[one.value for one in row] for row in book["检查项"].iter_rows(min_row=2)]
    for number, row in enumerate([rows[2], rows[0], rows[3], rows[1], rows[4]], 2):
        for column, value in enumerate(row, 1):
            book["检查项"].cell(number, column).value = value
    assert read(saved(book)) == TREE
