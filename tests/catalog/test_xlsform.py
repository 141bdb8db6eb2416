"""An XLSForm becomes the draft of a checklist; what it says beyond that is listed with its row."""

import io
import operator
import tomllib
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from inspector.catalog import read_checklist
from inspector.catalog.canonical import canonical_toml
from inspector.catalog.workbook import workbook_of
from inspector.catalog.workbook_archive import MAX_COLUMNS
from inspector.catalog.xlsform import VERSION, draft_of_xlsform, reads_as_xlsform
from inspector.catalog.xlsform_conditions import add_conditions
from inspector.catalog.xlsform_questions import UNBOUNDED, UNIT, questions_of
from inspector.catalog.xlsform_sheets import Form, FormRow, Remarks
from inspector.domain.checklist import AllOf, AnyOf, Comparison, ConditionTest, Domain, ItemKind
from inspector.domain.rules import holds
from inspector.errors import ChecklistFaultsError
from tests.catalog.forms import SHOP, form, written
from tests.catalog.sample import CHECKLIST

COMPARES = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def draft(sheets):
    return draft_of_xlsform(written(sheets), domain=Domain.FIRE, name="样例.xlsx")


def items_of(sheets):
    tree = draft(sheets).tree
    return {item["id"]: item for section in tree["section"] for item in section["item"]}


def remarks_of(sheets):
    return [(fault.place, fault.what, fault.rule) for fault in draft(sheets).remarks]


def accepted_by_pyxform(sheets):
    return convert(io.BytesIO(written(sheets)), warnings=[]).xform


# --- The draft -----------------------------------------------------------------------------------------


def test_the_draft_of_a_form_that_pyxform_accepts_is_a_checklist_that_can_be_read():
    assert "<h:title>样例商店调查</h:title>" in accepted_by_pyxform(SHOP)
    checklist = read_checklist(canonical_toml(draft(SHOP).tree).encode())
    assert (checklist.id, checklist.title, checklist.version) == ("sample-shop", "样例商店调查", "2026.1")
    assert [(section.id, section.title) for section in checklist.sections] == [
        ("site", "场所情况"),
        ("exits", "疏散设施"),
    ]
    assert {item.kind for item in checklist.items} == set(ItemKind) - {ItemKind.PASS_FAIL}
    assert not any(item.judged for item in checklist.items)


def test_each_piece_of_a_question_has_its_place():
    items = items_of(SHOP)
    assert items["high-rise"] == {
        "id": "high-rise",
        "kind": "choice",
        "ask": "是否在高层建筑内",
        "how": "看图纸",
        "not-applicable": False,
        "choices": [{"id": "yes", "label": "是"}, {"id": "no", "label": "否"}],
    }
    width = items["exit-width"]
    assert (width["unit"], width["decimals"], width["lowest"], width["highest"]) == ("米", 2, "0.01", "20.49")
    assert items["floors"]["shows"] == {"item": "high-rise", "is": "yes"}
    assert items["door-photo"]["shows"]["all"][1] == {"item": "exit-width", "below": "1.26"}
    assert items["detail"]["required"] is False


def test_a_choice_of_many_is_split_where_that_says_the_same():
    items = items_of(SHOP)
    assert items["door-faults-locked"]["ask"] == "门有哪些问题：上锁"
    assert [choice["id"] for choice in items["door-faults-locked"]["choices"]] == ["yes", "no"]
    assert {"item": "door-faults-locked", "is": "yes"} in items["detail"]["shows"]["all"]
    assert {"item": "door-faults-blocked", "is": "no"} in items["last-drill"]["shows"]["all"]


def test_what_is_in_no_group_stands_in_a_section_of_its_own_and_order_is_kept():
    sheets = form(
        [
            ["text", "first", "一"],
            ["begin_group", "g", "组"],
            ["text", "second", "二"],
            ["begin_group", "inner", "里"],
            ["text", "third", "三"],
            ["end_group"],
            ["text", "fourth", "四"],
            ["end_group"],
            ["text", "fifth", "五"],
        ]
    )
    accepted_by_pyxform(sheets)
    sections = draft(sheets).tree["section"]
    assert [(one["id"], [item["id"] for item in one["item"]]) for one in sections] == [
        ("questions", ["first"]),
        ("g", ["second"]),
        ("inner", ["third"]),
        ("g-2", ["fourth"]),
        ("questions-2", ["fifth"]),
    ]


def test_without_a_version_or_title_the_draft_still_has_both():
    sheets = form([["text", "a", "甲"]])
    del sheets["settings"]
    tree = draft(sheets).tree
    assert (tree["version"], tree["title"], tree["id"]) == (VERSION, "样例", "form")


def test_a_number_without_bounds_or_unit_gets_wide_ones_and_two_remarks():
    sheets = form([["integer", "n", "人数"]])
    item = items_of(sheets)["n"]
    assert (item["lowest"], item["highest"], item["unit"]) == (f"-{UNBOUNDED}", UNBOUNDED, UNIT)
    assert {"没有单位", "上下限不全"} <= {what for _, what, _ in remarks_of(sheets)}


# --- Conditions say the same ------------------------------------------------------------------------------


@st.composite
def expressions(draw, depth=0):
    """XPath text, and a function that judges it for answers to n (a whole number) and c (a choice)."""
    if depth < 3 and draw(st.integers(0, 2)) == 0:
        word = draw(st.sampled_from(["and", "or", "not"]))
        left_text, left = draw(expressions(depth + 1))
        if word == "not":
            return f"not({left_text})", lambda facts: not left(facts)
        right_text, right = draw(expressions(depth + 1))
        join = all if word == "and" else any
        return f"({left_text}) {word} ({right_text})", lambda facts: join((left(facts), right(facts)))
    if draw(st.booleans()):
        choice = draw(st.sampled_from(["yes", "no"]))
        test = draw(st.sampled_from(["=", "!=", "selected"]))
        text = f"selected(${{c}}, '{choice}')" if test == "selected" else f"${{c}} {test} '{choice}'"
        return text, lambda facts: COMPARES.get(test, operator.eq)(facts["c"], choice)
    test, number = draw(st.sampled_from([*COMPARES])), draw(st.integers(-2, 12))
    if draw(st.booleans()):
        return f"{number} {test} ${{n}}", lambda facts: COMPARES[test](number, facts["n"])
    return f"${{n}} {test} {number}", lambda facts: COMPARES[test](facts["n"], number)


def asked(relevant):
    """The condition that a relevant expression becomes, and what was listed."""
    columns = ("type", "name", "label", "relevant")
    survey = [
        ("integer", "n", "人数（人）", ""),
        ("select_one yn", "c", "是否", ""),
        ("text", "t", "说明", relevant),
    ]
    rows = [
        FormRow(sheet="survey", number=number, cells=dict(zip(columns, row, strict=True)))
        for number, row in enumerate(survey, 2)
    ]
    choices = [
        FormRow(sheet="choices", number=2, cells={"list_name": "yn", "name": name, "label": name})
        for name in ("yes", "no")
    ]
    remarks = Remarks("样例.xlsx")
    questions = questions_of(Form(survey=tuple(rows), choices={"yn": tuple(choices)}, settings={}), remarks)
    add_conditions(questions, remarks)
    return questions[-1].items[0].get("shows"), [fault.what for fault in remarks.as_tuple()]


def condition_of(shows):
    for key, join in (("all", AllOf), ("any", AnyOf)):
        if key in shows:
            return join(parts=tuple(condition_of(part) for part in shows[key]))
    [key] = shows.keys() - {"item"}
    return Comparison(item=shows["item"], test=ConditionTest(key), values=(shows[key],))


@settings(max_examples=150)
@given(expressions(), st.integers(-3, 13), st.sampled_from(["yes", "no"]))
def test_a_condition_holds_exactly_where_the_form_would_ask(expression, number, choice):
    text, judge = expression
    condition = condition_of(asked(text)[0])
    assert holds(condition, {"n": str(number), "c": choice}) == judge({"n": Decimal(number), "c": choice})


@pytest.mark.parametrize(
    "relevant", ["${n} != 3", "not(${n} > 3)", "not(selected(${c}, 'yes'))", "${c} != 'yes'"]
)
def test_where_an_open_question_counts_otherwise_that_is_said(relevant):
    assert "条件在没有作答时不一样" in asked(relevant)[1]


@pytest.mark.parametrize("relevant", ["${n} = 3", "not(${c} != 'yes')", "selected(${c}, 'yes') and ${n} < 3"])
def test_where_it_counts_the_same_nothing_is_said(relevant):
    assert asked(relevant)[1] == ["上下限不全"]


@pytest.mark.parametrize(
    ("relevant", "reason"),
    [
        ("count-selected(${c}) > 1", "count-selected"),
        ("string-length(${t}) > 3", "string-length"),
        ("${n} + 1 > 3", "+"),
        ("${n} > ${n}", "固定的值"),
        ("${c}", "应是比较"),
        ("${gone} = 'x'", "gone"),
        ("${t} = 'x'", "不是单选"),
        ("${c} = 'maybe'", "没有“maybe”"),
        ("${c} = ''", "没有“”"),
        ("${c} > 'no'", "比大小"),
        ("${n} = 'many'", "不是普通数字"),
        ("selected(${n}, '3')", "selected 用于选项"),
        ("selected(${c}, ${n})", "固定的选项"),
        ("../n > 3", "应是比较"),
        ("/data/n > 3", "读不懂"),
        ("${n} > 3)", "读不懂"),
        ("(${n} > 3", "应是“)”"),
        ("${n} >", "读不懂"),
        ("true()", "true"),
        ("(" * 60 + "${n} > 3" + ")" * 60, "太多层"),
        ("${n} > 1 and " * 300 + "${n} > 1", "太长"),
        ("if(${n} > 3, 1, 0) = 1", "if"),
        ("${n} > 1e3", "读不懂"),
    ],
)
def test_an_expression_beyond_the_vocabulary_is_listed_with_its_reason(relevant, reason):
    shows, told = asked(relevant)
    assert shows is None
    assert [what for what in told if what.startswith("条件没有采用") and reason in what], told


@given(st.text("${}nc.'\"()=<>! andornt3,_", max_size=40))
def test_any_text_is_a_condition_or_listed(relevant):
    shows, told = asked(relevant)
    assert shows is not None or not relevant or any("条件没有采用" in what for what in told)


def test_a_condition_that_cannot_come_true_or_looks_ahead_is_listed_and_left_out():
    sheets = form(
        [
            ["text", "early", "先", "${n} > 3"],
            ["integer", "n", "人数（人）", None, ". >= 0 and . <= 10"],
            ["text", "late", "后", "${n} > 3 and ${n} < 2"],
        ]
    )
    assert not any("shows" in item for item in items_of(sheets).values())
    told = {place: what for place, what, _ in remarks_of(sheets) if "条件没有采用" in what}
    assert "排在后面" in told["工作表“survey”第 2 行 early"]
    assert "永远不成立" in told["工作表“survey”第 4 行 late"]


# --- Constraints ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "constraint", "lowest", "highest"),
    [
        ("integer", ". >= 0 and . <= 10", "0", "10"),
        ("integer", ". > 0 and . < 10", "1", "9"),
        ("integer", "(. >= 0) and (10 >= .)", "0", "10"),
        ("integer", ". >= 0 and . >= 2 and . <= 9", "2", "9"),
        ("integer", "not(. < 0) and . <= 10", "0", "10"),
        ("decimal", ". >= 0.5 and . < 1.125", "0.5", "1.124"),
        ("decimal", ". >= -1.50 and . <= 2", "-1.50", "2"),
    ],
)
def test_a_constraint_becomes_the_possible_range(kind, constraint, lowest, highest):
    sheets = form([[kind, "n", "数（米）", None, constraint]])
    accepted_by_pyxform(sheets)
    item = items_of(sheets)["n"]
    assert (item["lowest"], item["highest"]) == (lowest, highest)


@pytest.mark.parametrize(
    "constraint",
    [
        ". < 0 or . > 10",
        ". != 5",
        "regex(., '^[0-9]+$')",
        ". <= ${n}",
        "string-length(.) < 3",
        ". >= 1 and (. < 2 or . > 3)",
    ],
)
def test_a_constraint_that_is_no_range_is_listed(constraint):
    told = remarks_of(form([["integer", "n", "数（米）", None, constraint]]))
    assert ("工作表“survey”第 2 行 n", "约束没有采用") in [one[:2] for one in told]


# --- What is listed --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["note", "x", "说明"], "检查方法"),
        (["calculate", "x"], "不做计算"),
        (["geopoint", "x", "位置"], "位置"),
        (["time", "x", "时刻"], "时刻"),
        (["audio", "x", "录音"], "没有这种问题"),
        (["select_one yn or_other", "x", "选"], "or_other"),
        (["select_one_from_file a.csv", "x", "选"], "没有这种问题"),
        (["select_one gone", "x", "选"], "没有“gone”"),
        (["select_multiple yn", "x", "多选", None, None, "yes"], "多选"),
        (["select_multiple yn", "x", "多选", None, "count-selected(.) < 2"], "多选"),
        (["rank yn", "x", "排"], "没有排序"),
        (["text", "x", "字" * 130], "130 个字"),
        (["text", "x", "构成重大隐患"], "疑似重大"),
    ],
)
def test_a_question_that_has_no_place_is_listed_with_its_row(row, reason):
    sheets = form([["text", "a", "甲"], row])
    assert set(items_of(sheets)) == {"a"}
    told = [
        f"{what}。{rule}"
        for place, what, rule in remarks_of(sheets)
        if place.startswith("工作表“survey”第 3 行")
    ]
    assert len(told) == 1
    assert "没有采用" in told[0]
    assert reason in told[0]


def test_a_repeated_group_is_listed_row_by_row():
    sheets = form(
        [
            ["begin_repeat", "r", "多次"],
            ["text", "a", "甲"],
            ["end_repeat"],
            ["text", "b", "乙", "${a} = 'x'"],
        ]
    )
    assert set(items_of(sheets)) == {"b"}
    told = remarks_of(sheets)
    assert {"重复组没有采用", "“text”没有采用"} <= {what for _, what, _ in told}
    assert any(place.endswith("第 5 行 b") and "“a”" in what for place, what, _ in told)


def test_columns_sheets_formulas_and_merged_cells_are_listed():
    sheets = form([["text", "a", "甲"]])
    sheets["survey"] = [
        [*row, extra] for row, extra in zip(sheets["survey"], ["default", "=1+1"], strict=True)
    ]
    sheets["survey"][1][2] = "=A1"
    sheets["entities"] = [["dataset"], ["x"]]
    whats = [what for _, what, _ in remarks_of(sheets)]
    assert whats.count("是公式，没有采用") == 2
    assert "没有采用" in whats
    assert items_of(sheets)["a"]["ask"] == "a"


def test_a_cascading_select_is_listed():
    sheets = form([["text", "a", "甲"], ["select_one yn", "x", "选"]])
    sheets["survey"] = [
        [*row, extra] for row, extra in zip(sheets["survey"], ["choice_filter", None, "a=${a}"], strict=True)
    ]
    assert set(items_of(sheets)) == {"a"}
    assert any("choice_filter" in rule for _, _, rule in remarks_of(sheets))


def test_required_and_labels_that_depend_are_listed():
    sheets = form([["text", "a", "甲"], ["text", "b", "关于${a}", None, None, "${a} = 'x'"]])
    assert items_of(sheets)["b"]["required"] is False
    assert {"有条件的必答没有采用", "标题里的 ${…} 不会替换"} <= {what for _, what, _ in remarks_of(sheets)}


def test_a_group_title_that_cannot_stand_is_replaced_and_listed():
    sheets = form([["begin_group", "g_1", "重大问题"], ["text", "a", "甲"], ["end_group"]])
    assert draft(sheets).tree["section"][0]["title"] == "g-1"
    assert any("章节标题没有采用" in what for _, what, _ in remarks_of(sheets))


KINDS = [
    "text",
    "integer",
    "decimal",
    "date",
    "image",
    "note",
    "select_one yn",
    "select_multiple yn",
    "calculate",
    "geopoint",
    "barcode",
    "select_one gone",
    "file",
    "acknowledge",
]


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from(KINDS), st.sampled_from(["a", "A", "a_b", "1", "甲", "a-b"])),
        min_size=1,
        max_size=8,
    )
)
def test_every_row_becomes_an_item_or_is_listed(rows):
    sheets = form(
        [
            ["text", "first", "甲"],
            *([kind, f"{name}{place}", "题"] for place, (kind, name) in enumerate(rows)),
        ]
    )
    found = draft(sheets)
    read_checklist(canonical_toml(found.tree).encode())
    listed = {
        fault.place.split(" ")[1] for fault in found.remarks if fault.place.startswith("工作表“survey”第 ")
    }
    kept = sum(len(section["item"]) for section in found.tree["section"])
    many = sum(kind == "select_multiple yn" for kind, _ in rows)
    taken = 1 + sum(kind in KINDS[:5] or kind == "select_one yn" for kind, _ in rows) + 2 * many
    assert kept == taken
    refused = {
        str(place)
        for place, (kind, _) in enumerate(rows, 3)
        if (kind not in KINDS[:5] and not kind.startswith("select")) or kind == "select_one gone"
    }
    assert refused <= listed


# --- Files -------------------------------------------------------------------------------------------------


def test_a_form_is_told_from_a_checklists_workbook():
    assert reads_as_xlsform(written(SHOP))
    assert not reads_as_xlsform(workbook_of(read_tree()))
    assert not reads_as_xlsform(b"")
    assert reads_as_xlsform(damaged(written(SHOP))), "the names of the sheets are enough"


def damaged(book):
    """The workbook with every sheet's rows torn off."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data[:100] if "worksheets/" in name else data)
    return out.getvalue()


def read_tree():
    return tomllib.loads(CHECKLIST)


def test_a_form_that_cannot_be_read_to_its_end_is_refused_instead_of_cut():
    far = [*["text", "q", "题"], *["x"] * MAX_COLUMNS][: MAX_COLUMNS + 1]
    with pytest.raises(ChecklistFaultsError, match="远在表格之外"):
        draft_of_xlsform(written(form([["text", "p", "题"], far])), domain=Domain.FIRE)


@pytest.mark.parametrize(
    "data",
    [b"", written({"other": [["a"]]}), written(form([["note", "x", "说明"]]))],
    ids=["none", "no survey", "no question"],
)
def test_what_gives_no_checklist_is_refused(data):
    with pytest.raises(ChecklistFaultsError) as refused:
        draft_of_xlsform(data, domain=Domain.FIRE)
    assert refused.value.faults
