"""XLSForms made for the tests: sheets as rows, written as a spreadsheet."""

import io

import openpyxl

SHOP = {
    "survey": [
        [
            "type",
            "name",
            "label::Chinese (zh)",
            "label::English",
            "hint",
            "required",
            "relevant",
            "constraint",
            "appearance",
        ],
        ["begin_group", "site", "场所情况", "Site", None, None, None, None, "field-list"],
        [
            "select_one yes_no",
            "high_rise",
            "是否在高层建筑内",
            "High-rise?",
            "看图纸",
            "yes",
            None,
            None,
            None,
        ],
        [
            "integer",
            "floors",
            "楼层数（层）",
            "Floors",
            None,
            "yes",
            "${high_rise} = 'yes'",
            ". >= 1 and . <= 120",
            None,
        ],
        ["end_group", None, None, None, None, None, None, None, None],
        [
            "begin group",
            "exits",
            "疏散设施",
            "Exits",
            None,
            None,
            "${floors} > 3 or ${high_rise} = 'no'",
            None,
            None,
        ],
        [
            "decimal",
            "exit_width",
            "出口净宽（米）",
            "Width",
            "用尺量",
            "yes",
            None,
            ". > 0 and . < 20.5",
            None,
        ],
        ["select_multiple faults", "door_faults", "门有哪些问题", "Faults", None, None, None, None, None],
        ["text", "detail", "说明", "Detail", None, None, "selected(${door_faults}, 'locked')", None, None],
        ["image", "door_photo", "出口照片", "Photo", None, "yes", "${exit_width} <= 1.25", None, None],
        [
            "date",
            "last_drill",
            "最近一次演练日期",
            "Drill",
            None,
            None,
            "not(selected(${door_faults}, 'blocked'))",
            None,
            None,
        ],
        ["note", "thanks", "谢谢配合", "Thanks", None, None, None, None, None],
        ["end group", None, None, None, None, None, None, None, None],
    ],
    "choices": [
        ["list_name", "name", "label::Chinese (zh)", "label::English"],
        ["yes_no", "yes", "是", "Yes"],
        ["yes_no", "no", "否", "No"],
        ["faults", "locked", "上锁", "Locked"],
        ["faults", "blocked", "遮挡", "Blocked"],
    ],
    "settings": [["form_title", "form_id", "version"], ["样例商店调查", "sample_shop", "2026051101"]],
}


def form(survey, choices=(), settings=(), lists=None):
    """A form of plain columns: type, name, label, relevant, constraint, required."""
    columns = ["type", "name", "label", "relevant", "constraint", "required"]
    rows = [[*row, *[None] * (len(columns) - len(row))] for row in survey]
    return {
        "survey": [columns, *rows],
        "choices": [["list_name", "name", "label"], *(choices or [["yn", "yes", "是"], ["yn", "no", "否"]])],
        "settings": [["form_title", "form_id"], list(settings or ["样例表单", "sample_form"])],
    }


def written(sheets):
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
