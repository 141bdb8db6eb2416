"""The `relevant` expressions of an XLSForm → conditions of a checklist, exact or listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from inspector.catalog.xlsform_expressions import Expression, Joined, Test, Unsayable, parse, tests_of
from inspector.catalog.xlsform_questions import Question, number_of
from inspector.catalog.xlsform_sheets import FormRow, Remarks

Table = dict[str, Any]


def add_conditions(questions: Iterable[Question], remarks: Remarks) -> None:
    """Give each item the condition of its question and of the groups around it; list what cannot be said."""
    by_name = {question.row.get("name"): question for question in questions}
    said: dict[int, Table | None] = {}
    for question in questions:
        for row in (*question.groups, question.row):
            if row.get("relevant") and row.number not in said:
                said[row.number] = _said(row, by_name, remarks)
        rows = [said.get(row.number) for row in (*question.groups, question.row)]
        parts = [part for part in rows if part is not None]
        for item in question.items:
            if parts:
                item["shows"] = _joined("all", parts)


def _said(row: FormRow, by_name: Mapping[str, Question], remarks: Remarks) -> Table | None:
    """The condition of one row; None, and listed, where a checklist cannot say it."""
    try:
        expression = parse(row.get("relevant"))
        condition = _condition(expression, by_name)
    except Unsayable as reason:
        what = f"条件没有采用：{reason.reason}"
        remarks.add(row.place, what, "检查表的条件只与固定的答案比较", "手工写上条件；现在一直会问")
        return None
    if any(_differs(test) for test in tests_of(expression)):
        rule = "检查表的条件在没有作答时都不成立；表单的“不等于”和 not 这时成立"
        remarks.add(row.place, "条件在没有作答时不一样", rule, "核对先后和必答")
    return condition


def _differs(test: Test) -> bool:
    """Whether the form counts the comparison as true while the question is open."""
    return test.test in ("!=", "not-selected") or (test.was_negated and test.test != "=")


def _joined(key: str, parts: list[Table]) -> Table:
    flat = [inner for part in parts for inner in part.get(key, [part])]
    return {key: flat} if len(flat) > 1 else flat[0]


def _condition(expression: Expression, by_name: Mapping[str, Question]) -> Table:
    if isinstance(expression, Joined):
        return _joined(expression.key, [_condition(part, by_name) for part in expression.parts])
    question = by_name.get(expression.name)
    if question is None:
        raise Unsayable(f"没有采用“{expression.name[:40]}”这个问题，或者没有这个问题")
    match question.kind:
        case "choice" | "many":
            return _on_choice(expression, question)
        case "measure":
            return _on_number(expression, question)
    raise Unsayable(f"“{expression.name[:40]}”不是单选、多选或数字")


def _on_choice(test: Test, question: Question) -> Table:
    answer = question.answers.get(test.value)
    if answer is None:
        raise Unsayable(f"“{test.name[:40]}”没有“{test.value[:40]}”这个选项")
    is_selected = test.test in ("=", "selected")
    if test.test in ("<", "<=", ">", ">="):
        raise Unsayable("选项不能比大小")
    if question.kind == "many":
        if test.test in ("=", "!="):
            raise Unsayable("多选要用 selected")
        return {"item": answer, "is": "yes" if is_selected else "no"}
    return {"item": question.items[0]["id"], "is" if is_selected else "is-not": answer}


def _on_number(test: Test, question: Question) -> Table:
    """Comparisons with `above` and `below` alone; exact, since readings have so many decimals and no more."""
    item = question.items[0]
    id, value = item["id"], number_of(test)
    step = Decimal(1).scaleb(-int(item["decimals"]))

    def one(key: str, number: Decimal) -> Table:
        return {"item": id, key: format(number, "f")}

    match test.test:
        case ">":
            return one("above", value)
        case "<":
            return one("below", value)
        case ">=":
            return one("above", value - step)
        case "<=":
            return one("below", value + step)
        case "=":
            return {"all": [one("above", value - step), one("below", value + step)]}
        case "!=":
            return {"any": [one("below", value), one("above", value)]}
    raise Unsayable("selected 用于选项")
