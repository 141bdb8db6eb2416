"""A checklist as lines for reading: what is asked, when, what fails, on what basis, and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inspector.domain.answer import Verdict
from inspector.domain.checklist import (
    NOT_APPLICABLE,
    AllOf,
    Checklist,
    Comparison,
    Condition,
    ConditionTest,
    Item,
    ItemId,
    ItemKind,
)
from inspector.domain.law import Citation, Laws
from inspector.domain.working_days import DayKind

KINDS = {
    ItemKind.PASS_FAIL: "合格与否", ItemKind.CHOICE: "选一项", ItemKind.MEASURE: "测量",
    ItemKind.DATE: "日期", ItemKind.TEXT: "文字", ItemKind.PHOTO: "照片",
}  # fmt: skip
TESTS = {
    ConditionTest.IS: "是", ConditionTest.IS_NOT: "不是", ConditionTest.ANY_OF: "是其中之一：",
    ConditionTest.ABOVE: "大于 ", ConditionTest.BELOW: "小于 ",
}  # fmt: skip
_VERDICTS = {Verdict.PASS.value: "合格", Verdict.FAIL.value: "不合格", NOT_APPLICABLE: "不适用"}


def readable(checklist: Checklist, laws: Laws) -> Iterator[str]:
    """The whole checklist, line by line."""
    items = {item.id: item for item in checklist.items}
    stage = f"（{checklist.stage}）" if checklist.stage else ""
    yield f"{checklist.title}{stage}　{checklist.id} {checklist.version}"
    yield f"领域：{checklist.domain.chinese}　适用于：{checklist.applies_to}"
    if checklist.fits:
        yield f"优先列给：{'、'.join(kind.chinese for kind in checklist.fits)}"
    yield f"共 {len(checklist.sections)} 节 {len(items)} 项，摘要 {checklist.digest}"
    for number, section in enumerate(checklist.sections, 1):
        yield ""
        yield f"{number}. {section.title}　{section.id}"
        for place, item in enumerate(section.items, 1):
            yield ""
            yield f"  {number}.{place} {item.ask}　[{KINDS[item.kind]}] {item.id}"
            yield from (f"      {line}" for line in _facts(item, items, laws) if line)


def condition_words(condition: Condition, items: dict[ItemId, Item]) -> str:
    """`“是否在高层建筑内”是“是”，并且（…或者…）`."""
    if isinstance(condition, Comparison):
        return _comparison_words(condition, items.get(condition.item))
    joint = "，并且" if isinstance(condition, AllOf) else "，或者"
    return joint.join(
        condition_words(part, items)
        if isinstance(part, Comparison)
        else f"（{condition_words(part, items)}）"
        for part in condition.parts
    )


def _comparison_words(comparison: Comparison, item: Item | None) -> str:
    asked = item.ask if item else comparison.item
    values = "、".join(_answer(value, item) for value in comparison.values)
    unit = f" {item.scale.unit}" if item and item.scale else ""
    return f"“{asked}”{TESTS[comparison.test]}{values}{unit}"


def _answer(value: str, item: Item | None) -> str:
    if item is None or item.kind is ItemKind.MEASURE:
        return value
    chosen = item.choice(value)
    return f"“{chosen.label}”" if chosen else _VERDICTS.get(value, value)


def _facts(item: Item, items: dict[ItemId, Item], laws: Laws) -> Iterator[str]:
    if item.shows is not None:
        yield f"何时问：{condition_words(item.shows, items)}"
    yield f"方法：{item.how}" if item.how else ""
    yield _asking(item)
    if item.choices:
        labels = (f"{one.label}（不合格）" if one.fails else one.label for one in item.choices)
        yield f"选项：{'、'.join(labels)}"
    if item.scale:
        scale = item.scale
        yield f"范围：{scale.lowest} 到 {scale.highest} {scale.unit}，{scale.decimals} 位小数"
    yield _limit(item)
    if item.judged:
        yield from _judgement(item, laws)
    yield f"来源：{item.source}" if item.source else ""


def _asking(item: Item) -> str:
    words = ["" if item.required else "可以不答", "" if item.may_not_apply else "没有“不适用”"]
    told = "，".join(word for word in words if word)
    return f"作答：{told}" if told else ""


def _limit(item: Item) -> str:
    words: list[str] = []
    if item.limit:
        bounds = (
            ("低于", item.limit.below), ("不超过", item.limit.at_or_below),
            ("高于", item.limit.above), ("达到", item.limit.at_or_above),
        )  # fmt: skip
        words = [f"{word} {value}" for word, value in bounds if value is not None]
    if item.date_limit:
        days = item.date_limit.older_than_days
        words = [f"距今超过 {days} 天"] if days else []
        words += ["已过期"] if item.date_limit.passed else []
    return f"不合格：{'，或'.join(words)}" if words else ""


def _judgement(item: Item, laws: Laws) -> Iterator[str]:
    yield f"程度：{item.severity.chinese}"
    yield f"依据：{'；'.join(_cited(item.basis, laws))}"
    if item.criteria:
        clauses = (f"{one.name}{one.article or ''}（{one.applies_to}）" for one in item.criteria)
        yield f"判定标准：{'；'.join(clauses)}"
    for text in (*item.findings, *(one.finding for one in item.choices if one.finding)):
        yield f"问题：{text}"
    if item.remedy:
        kind = "工作日" if item.remedy.day_kind is DayKind.WORKING else "日"
        yield f"整改：{item.remedy.text}（{item.remedy.days} {kind}内）"
    evidence = item.evidence
    needed = [f"照片 {evidence.photos} 张"] if evidence.photos else []
    needed += ["数值"] if evidence.value else []
    needed += ["说明"] if evidence.note else []
    yield f"证据：{'、'.join(needed)}" if needed else ""


def _cited(citations: Iterable[Citation], laws: Laws) -> Iterator[str]:
    for citation in citations:
        law = laws.get(citation.law)
        days = f"，自 {citation.since} 起" if citation.since else ""
        days += f"，至 {citation.until}" if citation.until else ""
        yield f"{law.printed_name if law else citation.law}{citation.article or ''}{days}"
