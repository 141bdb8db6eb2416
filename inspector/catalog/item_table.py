"""One item's table → `Item`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from inspector.catalog.citations import KnownLaws
from inspector.catalog.conditions import fault_of_reach, read_condition
from inspector.catalog.tables import Table
from inspector.domain.checklist import (
    NOT_APPLICABLE,
    Choice,
    Condition,
    Criterion,
    DateLimit,
    Evidence,
    Item,
    ItemId,
    ItemKind,
    Limit,
    Remedy,
    Scale,
    Severity,
)
from inspector.domain.decimals import decimal_of, decimal_places
from inspector.domain.working_days import DAYS_CAP, DayKind

ASK_CAP = 120
HOW_CAP = 300
WORDING_CAP = 300
LABEL_CAP = 40

MAX_DECIMALS = 6
MAX_PHOTOS = 20
_MAX_AGE_DAYS = 36_500
_LIMITS = ("below", "at-or-below", "above", "at-or-above")
_JUDGEMENT = ("severity", "criteria", "finding", "remedy", "days", "day-kind", "evidence")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}|[{}]")


@dataclass(slots=True, kw_only=True)
class ItemContext:
    """What an item may refer to; grows as the file is read."""

    laws: KnownLaws
    criteria: dict[str, Criterion]
    all_ids: set[ItemId] = field(default_factory=set)
    earlier: dict[ItemId, Item] = field(default_factory=dict)


def read_item(table: Table, context: ItemContext) -> Item:
    """The item; its faults are recorded in the table's collection."""
    id = ItemId(table.identifier("id"))
    kind = table.one_of("kind", ItemKind)
    may_not_apply = table.boolean("not-applicable", default=True)
    choices, scale = _read_choices(table, kind), _read_scale(table, kind)
    limit, date_limit = _read_limits(table, kind, scale, context)
    findings = table.texts("finding", cap=WORDING_CAP)
    judged = kind is ItemKind.PASS_FAIL or bool(findings) or any(choice.fails for choice in choices)
    item = Item(
        id=id,
        kind=kind,
        ask=table.text("ask", cap=ASK_CAP, required=True),
        how=table.text("how", cap=HOW_CAP),
        required=table.boolean("required", default=True),
        may_not_apply=may_not_apply,
        judged=judged or limit is not None or date_limit is not None,
        severity=table.one_of("severity", Severity, default=Severity.GENERAL),
        basis=tuple(context.laws.read_citation(entry) for entry in table.tables("basis")),
        criteria=_read_criteria(table, context),
        findings=findings,
        remedy=_read_remedy(table),
        evidence=_read_evidence(table, kind),
        choices=choices,
        scale=scale,
        limit=limit,
        date_limit=date_limit,
        shows=_read_shows(table, id, context),
        source=table.name("source", cap=LABEL_CAP),
    )
    _check_judgement(table, item)
    table.close()
    return item


def _read_choices(table: Table, kind: ItemKind) -> tuple[Choice, ...]:
    table.only_where(kind is ItemKind.CHOICE, ("choices",), " kind = choice")
    if kind is not ItemKind.CHOICE:
        return ()
    choices = tuple(_read_choice(entry) for entry in table.tables("choices", required=True))
    ids = [choice.id for choice in choices]
    if len(set(ids)) != len(ids):
        table.fault("choices", "选项编号重复", "同一项里每个选项编号只用一次")
    if NOT_APPLICABLE in ids:
        table.fault("choices", f"选项编号用了“{NOT_APPLICABLE}”", "这个词留给“不适用”", "换一个编号")
    if len(choices) == 1:
        table.fault("choices", "只有一个选项", "至少要有两个选项")
    return choices


def _read_choice(table: Table) -> Choice:
    choice = Choice(
        id=table.identifier("id"),
        label=table.text("label", cap=LABEL_CAP, required=True),
        fails=table.boolean("fails", default=False),
        finding=table.text("finding", cap=WORDING_CAP),
    )
    if choice.finding and not choice.fails:
        table.fault(
            "finding",
            "合格的选项写了问题描述",
            "只有 fails = true 的选项才写 finding",
            "删去 finding 或补上 fails = true",
        )
    table.close()
    return choice


def _read_scale(table: Table, kind: ItemKind) -> Scale | None:
    keys = ("unit", "decimals", "lowest", "highest")
    table.only_where(kind is ItemKind.MEASURE, keys, " kind = measure")
    if kind is not ItemKind.MEASURE:
        return None
    unit = table.text("unit", cap=12, required=True)
    decimals = table.integer("decimals", lowest=0, highest=MAX_DECIMALS)
    lowest, highest = table.decimal("lowest", required=True), table.decimal("highest", required=True)
    if lowest is None or highest is None:
        return None
    if decimal_of(lowest) >= decimal_of(highest):
        table.fault("lowest", f"{lowest} 不小于 {highest}", "lowest 要小于 highest")
        return None
    return Scale(unit=unit, decimals=decimals, lowest=lowest, highest=highest)


def _read_limits(
    table: Table, kind: ItemKind, scale: Scale | None, context: ItemContext
) -> tuple[Limit | None, DateLimit | None]:
    table.only_where(kind in (ItemKind.MEASURE, ItemKind.DATE), ("fails",), " kind = measure 或 date")
    fails = table.table("fails") if kind in (ItemKind.MEASURE, ItemKind.DATE) else None
    if fails is None:
        return None, None
    if kind is ItemKind.DATE:
        return None, _read_date_limit(fails, context)
    return _read_limit(fails, scale, context), None


def _read_limit(table: Table, scale: Scale | None, context: ItemContext) -> Limit | None:
    numbers = {key: table.decimal(key) for key in _LIMITS}
    basis = table.table("basis")
    limit = Limit(
        below=numbers["below"],
        at_or_below=numbers["at-or-below"],
        above=numbers["above"],
        at_or_above=numbers["at-or-above"],
        basis=context.laws.read_citation(basis) if basis else None,
    )
    table.close()
    _check_limit(table, {key: number for key, number in numbers.items() if number is not None}, scale)
    return limit


def _check_limit(table: Table, numbers: dict[str, str], scale: Scale | None) -> None:
    if not numbers:
        table.fault("", "没有写界限", f"至少写 {'、'.join(_LIMITS)} 之一")
    if ("below" in numbers and "at-or-below" in numbers) or ("above" in numbers and "at-or-above" in numbers):
        table.fault("", "同一侧写了两个界限", "每一侧只写一个界限")
    lower = [decimal_of(numbers[key]) for key in _LIMITS[:2] if key in numbers]
    upper = [decimal_of(numbers[key]) for key in _LIMITS[2:] if key in numbers]
    if lower and upper and max(lower) > min(upper):
        table.fault("", "下限大于上限，任何数值都不合格", "下限不得大于上限")
    for key, number in numbers.items():
        if scale and not scale.holds(decimal_of(number)):
            table.fault(
                key,
                f"{number} 不在可能范围 {scale.lowest} 到 {scale.highest} 之内",
                "界限要在 lowest 与 highest 之间",
            )
        if scale and decimal_places(number) > scale.decimals:
            table.fault(
                key,
                f"{number} 的小数位数多于 decimals",
                f"这一项最多 {scale.decimals} 位小数",
                "增大 decimals",
            )


def _read_date_limit(table: Table, context: ItemContext) -> DateLimit | None:
    days = table.integer("older-than-days", lowest=1, highest=_MAX_AGE_DAYS)
    passed = table.boolean("passed", default=False)
    basis = table.table("basis")
    limit = DateLimit(
        older_than_days=days if table.has("older-than-days") else None,
        passed=passed,
        basis=context.laws.read_citation(basis) if basis else None,
    )
    table.close()
    if limit.older_than_days is None and not passed:
        table.fault(
            "", "没有写界限", "写 older-than-days（距今多少天以上不合格）或 passed = true（已过期不合格）"
        )
    return limit


def _read_criteria(table: Table, context: ItemContext) -> tuple[Criterion, ...]:
    clauses = (context.laws.read_clause(entry, context.criteria) for entry in table.tables("criteria"))
    return tuple(clause for clause in clauses if clause)


def _read_remedy(table: Table) -> Remedy | None:
    text = table.text("remedy", cap=WORDING_CAP)
    days = table.integer("days", lowest=1, highest=DAYS_CAP, default=1)
    kind = table.one_of("day-kind", DayKind, default=DayKind.CALENDAR)
    return Remedy(text=text, days=days, day_kind=kind) if text else None


def _read_evidence(table: Table, kind: ItemKind) -> Evidence:
    entry = table.table("evidence")
    if entry is None:
        return Evidence()
    has_no_value = kind in (ItemKind.PASS_FAIL, ItemKind.PHOTO)
    entry.only_where(not has_no_value, ("value",), "有数值、选项、日期或文字的检查项")
    evidence = Evidence(
        photos=entry.integer("photos", lowest=0, highest=MAX_PHOTOS),
        value=entry.boolean("value", default=False),
        note=entry.boolean("note", default=False),
    )
    entry.close()
    return evidence


def _read_shows(table: Table, id: ItemId, context: ItemContext) -> Condition | None:
    entry = table.table("shows")
    if entry is None:
        return None
    condition = read_condition(entry, of=id, earlier=context.earlier, all_ids=context.all_ids)
    fault = fault_of_reach(condition, context.earlier) if condition else None
    if fault:
        entry.fault("", *fault)
    return condition


def _check_judgement(table: Table, item: Item) -> None:
    if not item.judged:
        table.only_where(False, _JUDGEMENT, "会判不合格的检查项")
        return
    worded = bool(item.findings) or (
        item.kind is ItemKind.CHOICE and all(choice.finding for choice in item.choices if choice.fails)
    )
    if not worded:
        table.fault(
            "finding",
            "没有问题描述的措辞",
            "会判不合格的检查项必须写 finding",
            "写出看到的事实，待填处用＿＿",
        )
    if not item.basis:
        table.fault(
            "basis",
            "没有依据",
            "会判不合格的检查项必须写 basis",
            '例如 basis = [{ law = "fire-law", article = "第二十八条" }]',
        )
    if item.remedy is None:
        table.fault("remedy", "没有整改措施", "会判不合格的检查项必须写 remedy 和 days")
    elif not table.has("days"):
        table.fault("days", "没有写", "写了整改措施就要写天数；立改项写不能当场改正时的天数")
    if item.severity is Severity.SUSPECTED_MAJOR and not item.criteria:
        table.fault(
            "criteria", "疑似重大却没有判定标准", "severity = suspected-major 必须写 criteria，并说明适用于谁"
        )
    _check_placeholders(table, item)


def _check_placeholders(table: Table, item: Item) -> None:
    allowed = {ItemKind.MEASURE: {"value", "unit"}, ItemKind.DATE: {"value"}}.get(item.kind, set())
    texts = (*item.findings, *(choice.finding for choice in item.choices))
    for match in (match for text in texts for match in _PLACEHOLDER.finditer(text)):
        if match[1] not in allowed:
            listed = "、".join(f"{{{word}}}" for word in sorted(allowed)) or "没有可用的占位"
            table.fault(
                "finding",
                f"不认识的占位“{match[0]}”",
                f"这一类检查项的占位：{listed}",
                "要检查人员填写的地方用＿＿",
            )
