"""The questions of an XLSForm → items of a checklist; what has no place in one is listed with its row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from inspector.catalog.xlsform_expressions import Joined, Test, Unsayable, parse, tests_of
from inspector.catalog.xlsform_sheets import Form, FormRow, Remarks
from inspector.domain.checklist import NOT_APPLICABLE
from inspector.domain.decimals import decimal_of, decimal_places
from inspector.errors import NumberMalformedError

UNBOUNDED = "999999999"
"""The bound of a number for which the form gives none: beyond any reading."""

UNIT = "未写单位"
DECIMALS = 2
"""Digits after the point of a decimal question whose constraints have fewer."""

_GROUP = re.compile(r"(begin|end)[ _](group|lgroup|repeat|loop|looped group)", re.IGNORECASE)
_SELECT = re.compile(
    r"(?P<kind>select_one|select one from|select one|select1|select_multiple|select all that apply from)"
    r"\s+(?P<list>[^\s]+)(?P<other>\s+or_other)?",
    re.IGNORECASE,
)
_PLAIN = {
    "integer": "measure", "int": "measure", "decimal": "measure", "text": "text", "string": "text",
    "date": "date", "image": "photo", "photo": "photo",
}  # fmt: skip
_REASONS = {
    "note": "说明文字在检查表里写进检查方法",
    "calculate": "检查表不做计算", "hidden": "检查表没有隐藏的值",
    "start": "时间由程序记录", "end": "时间由程序记录", "today": "时间由程序记录",
    "geopoint": "位置由程序在征得同意后记录", "time": "检查表没有时刻", "datetime": "检查表只有日期",
    "rank": "检查表没有排序", "range": "改写成带上下限的整数或小数",
}  # fmt: skip
_NOT_HERE = "检查表没有这种问题"
_NOT_AN_ID = re.compile(r"[^a-z0-9]+")
_UNIT_AT_END = re.compile(r"[（(]([^（）()\d]{1,6})[）)]$")
_ID_CAP = 48
_YES, _NO = ("yes", "是"), ("no", "否")

Table = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Question:
    """One question that became an item, or several for a choice of many.

    Attributes:
        row: where it stands.
        groups: the groups around it, the outermost first.
        items: the items' tables.
        kind: of its items; `many` for a choice of many.
        answers: by name of a choice, its id; for `many` the id of its item.
    """

    row: FormRow
    groups: tuple[FormRow, ...]
    items: list[Table]
    kind: str
    answers: dict[str, str] = field(default_factory=dict)


class Ids:
    """Ids made from names, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = {NOT_APPLICABLE}

    def of(self, name: str, fallback: str) -> str:
        """`exit_width` → `exit-width`; the fallback where nothing of the name can stand in an id."""
        base = _NOT_AN_ID.sub("-", name.lower()).strip("-")[: _ID_CAP - 4].strip("-") or fallback
        id, number = base, 2
        while id in self._taken:
            id, number = f"{base}-{number}", number + 1
        self._taken.add(id)
        return id


def questions_of(form: Form, remarks: Remarks) -> list[Question]:
    """The questions in their order; rows that cannot be items are listed."""
    precision = _precision(form)
    ids = Ids()
    questions = []
    for row, groups in _walked(form, remarks):
        try:
            question = _question(row, groups, form, ids)
            _restrict(question, precision.get(row.get("name"), DECIMALS), remarks)
            questions.append(question)
        except Unsayable as reason:
            remarks.add(row.place, f"“{row.get('type')[:40]}”没有采用", reason.reason)
    return questions


def _walked(form: Form, remarks: Remarks) -> Iterator[tuple[FormRow, tuple[FormRow, ...]]]:
    """The rows of questions with the groups around each; a repeated group is listed row by row."""
    groups: list[FormRow] = []
    repeats = 0
    for row in form.survey:
        found = _GROUP.fullmatch(row.get("type").strip())
        is_off = row.get("disabled").lower() in ("yes", "true")
        if is_off or not row.get("type"):
            what = "停用的一行没有采用" if is_off else "没有写 type，没有采用"
            remarks.add(row.place, what, "每个问题要有 type，没有停用")
        elif found and found[1].lower() == "begin":
            groups.append(row)
            repeats += _is_repeat(row)
            if _is_repeat(row):
                remarks.add(row.place, "重复组没有采用", "检查表的每一项只答一次", "需要时拆成几张检查表")
        elif found:
            repeats -= _is_repeat(groups.pop()) if groups else 0
        elif repeats:
            remarks.add(row.place, f"“{row.get('type')[:40]}”没有采用", "在重复组里")
        else:
            yield row, tuple(groups)


def _is_repeat(row: FormRow) -> bool:
    return (
        "group" not in row.get("type").lower().replace("looped", "loop") or "loop" in row.get("type").lower()
    )


def _precision(form: Form) -> dict[str, int]:
    """By question, the most decimals of any number that it is compared with."""
    found: dict[str, int] = {}
    for row in form.survey:
        for column in ("constraint", "relevant"):
            try:
                tests = list(tests_of(parse(row.get(column)))) if row.get(column) else []
            except Unsayable:
                continue  # told where the expression is used
            for test in tests:
                name = row.get("name") if test.name == "." else test.name
                found[name] = max(found.get(name, DECIMALS), min(6, decimal_places(test.value)))
    return found


def _question(row: FormRow, groups: tuple[FormRow, ...], form: Form, ids: Ids) -> Question:
    if row.get("readonly").lower() in ("yes", "true", "true()"):
        raise Unsayable("只读的不是问题")
    if row.get("calculation"):
        raise Unsayable("检查表不做计算")
    kind = " ".join(row.get("type").split())
    select = _SELECT.fullmatch(kind)
    if select:
        return _select(row, groups, form, ids, select)
    plain = _PLAIN.get(kind.lower())
    if plain is None:
        raise Unsayable(_REASONS.get(kind.lower().partition(" ")[0], _NOT_HERE))
    item = _item(row, plain, ids.of(row.get("name"), f"item-{row.number}"))
    if plain == "measure":
        item["decimals"] = 0 if kind.lower().startswith("int") else DECIMALS
    return Question(row=row, groups=groups, items=[item], kind=plain)


def _select(
    row: FormRow, groups: tuple[FormRow, ...], form: Form, ids: Ids, select: re.Match[str]
) -> Question:
    rows = form.choices.get(select["list"], ())
    if select["other"]:
        raise Unsayable("or_other 让人另填选项，检查表的选项是固定的")
    if row.get("choice_filter"):
        raise Unsayable("choice_filter 按别的答案筛选选项，检查表的选项是固定的")
    if not rows:
        raise Unsayable(f"choices 里没有“{select['list'][:40]}”这一组选项")
    if select["kind"].lower() in ("select_multiple", "select all that apply from"):
        return _many(row, groups, rows, ids)
    own = Ids()
    item = _item(row, "choice", ids.of(row.get("name"), f"item-{row.number}"))
    answers = {one.get("name"): own.of(one.get("name"), f"choice-{one.number}") for one in rows}
    item["choices"] = [
        {"id": answers[one.get("name")], "label": one.get("label") or one.get("name")} for one in rows
    ]
    return Question(row=row, groups=groups, items=[item], kind="choice", answers=answers)


def _many(row: FormRow, groups: tuple[FormRow, ...], rows: tuple[FormRow, ...], ids: Ids) -> Question:
    """One yes-or-no item per choice: the same only where nothing counts or asks for the choices together."""
    if _is_required(row) is not False or row.get("constraint"):
        raise Unsayable("必答或有约束的多选不能拆成是非题；不必答、没有约束的才能拆")
    answers: dict[str, str] = {}
    items = []
    for one in rows:
        id = ids.of(f"{row.get('name')}-{one.get('name')}", f"item-{row.number}-{one.number}")
        item = _item(row, "choice", id)
        item["ask"] = f"{item['ask']}：{one.get('label') or one.get('name')}"
        item["choices"] = [{"id": id, "label": label} for id, label in (_YES, _NO)]
        answers[one.get("name")] = id
        items.append(item)
    return Question(row=row, groups=groups, items=items, kind="many", answers=answers)


def _item(row: FormRow, kind: str, id: str) -> Table:
    item: Table = {"id": id, "kind": kind, "ask": _line(row.get("label") or row.get("name"))}
    if row.get("hint"):
        item["how"] = _line(row.get("hint"))
    if _is_required(row):
        item["not-applicable"] = False
    else:
        item["required"] = False
    return item


def _is_required(row: FormRow) -> bool | None:
    """None where it depends on something."""
    word = row.get("required").lower().replace(" ", "")
    if word in ("", "no", "false", "false()"):
        return False
    return True if word in ("yes", "true", "true()") else None


def _line(text: str) -> str:
    return " ".join(text.split())


def _restrict(question: Question, decimals: int, remarks: Remarks) -> None:
    """Bounds from the constraint, the unit from the label; the rest is listed."""
    row, item = question.row, question.items[0]
    if _is_required(row) is None:
        remarks.add(
            row.place, "有条件的必答没有采用", "检查表的一项要么必答要么不必答", "已写成不必答，请核对"
        )
    if "${" in row.get("label"):
        remarks.add(row.place, "标题里的 ${…} 不会替换", "检查表的文字是固定的", "改写检查内容")
    if question.kind == "many":
        remarks.add(
            row.place, f"多选拆成了 {len(question.items)} 个是非题", "检查表的一项只选一个", "核对措辞"
        )
    if question.kind == "measure":
        _scale(question, item, min(decimals, 6), remarks)
    elif row.get("constraint"):
        remarks.add(row.place, "约束没有采用", "只有整数和小数能写上下限")


def _scale(question: Question, item: Table, decimals: int, remarks: Remarks) -> None:
    row = question.row
    item["decimals"] = decimals if item["decimals"] else 0
    found = _UNIT_AT_END.search(item["ask"])
    item["unit"] = found[1] if found else UNIT
    if not found:
        remarks.add(row.place, "没有单位", "测量项要有单位", f"把“{UNIT}”改成单位")
    lowest, highest = -decimal_of(UNBOUNDED), decimal_of(UNBOUNDED)
    try:
        bounds = _bounds(row.get("constraint"), item["decimals"]) if row.get("constraint") else {}
    except Unsayable as reason:
        remarks.add(row.place, "约束没有采用", reason.reason, "在最小可能、最大可能里写上下限")
        bounds = {}
    if bounds.keys() != {"lowest", "highest"}:
        remarks.add(row.place, "上下限不全", "测量项要有可能范围，录错才拦得住", "写上最小可能和最大可能")
    item["lowest"] = format(bounds.get("lowest", lowest), "f")
    item["highest"] = format(bounds.get("highest", highest), "f")


def _bounds(constraint: str, decimals: int) -> Mapping[str, Decimal]:
    expression = parse(constraint)
    if isinstance(expression, Joined) and expression.key == "any":
        raise Unsayable("约束里有“或”，不是一个上下限")
    step = Decimal(1).scaleb(-decimals)
    found: dict[str, Decimal] = {}
    for test in tests_of(expression):
        if isinstance(expression, Joined) and any(isinstance(part, Joined) for part in expression.parts):
            raise Unsayable("约束里有“或”，不是一个上下限")
        key, value = _bound(test, step)
        pick = max if key == "lowest" else min
        found[key] = pick(found.get(key, value), value)
    return found


def _bound(test: Test, step: Decimal) -> tuple[str, Decimal]:
    if test.name != "." or test.test not in ("<", "<=", ">", ">="):
        raise Unsayable("约束只能是“.”与数字比大小，用 and 连接")
    value = number_of(test)
    if test.test in (">", ">="):
        return "lowest", value if test.test == ">=" else value + step
    return "highest", value if test.test == "<=" else value - step


def number_of(test: Test) -> Decimal:
    """The number of a comparison.

    Raises:
        Unsayable: it is none.
    """
    try:
        return decimal_of(test.value)
    except NumberMalformedError:
        raise Unsayable(f"“{test.value[:20]}”不是普通数字") from None
