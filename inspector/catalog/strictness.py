"""What differs between two versions of a checklist, and which differences let pass what did not before.

A change *weakens* when, with the same answers, something could pass, be less grave, take longer or need less
proof than before; or when nobody can show that it does not. Words of questions and measures are for people to
judge: they are told as changes, never as weakening.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from inspector.catalog.citation_strictness import Swap, basis_words, prints_no_less
from inspector.catalog.condition_strictness import shows_no_less
from inspector.catalog.conditions import referenced
from inspector.domain.checklist import (
    Checklist,
    DateLimit,
    Evidence,
    Item,
    Limit,
    Remedy,
    Severity,
)
from inspector.domain.decimals import decimal_of
from inspector.domain.law import Laws
from inspector.domain.working_days import DayKind

GRAVITY = (Severity.GENERAL, Severity.AT_ONCE, Severity.SUSPECTED_MAJOR)
"""Severities from the lightest to the gravest."""

Told = tuple[str, bool]
"""What changed, in words, and whether it weakens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference.

    Attributes:
        checklist: its id; `title` is how a person knows it.
        item: its id; empty for the checklist as a whole, and for a law, where `checklist` is empty too.
    """

    checklist: str
    title: str
    item: str
    words: str
    weakens: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The laws on either side, and citations that one was deliberately put for the other."""

    before: Laws
    after: Laws
    swaps: tuple[Swap, ...] = ()


def changes_of(before: Checklist, after: Checklist, ground: Ground) -> tuple[Change, ...]:
    """Every difference between two versions of one checklist, in the order of the items."""
    told = [("", told) for told in _whole(before, after)]
    items = {item.id: item for item in after.items}
    looked_at = {
        comparison.item for item in after.items if item.shows for comparison in referenced(item.shows)
    }
    for item in before.items:
        now = items.get(item.id)
        if now is None:
            told.append((item.id, (f"删去了“{item.ask}”", True)))
            continue
        told += [(item.id, one) for one in _item(item, now, item.id in looked_at, ground)]
    told += [(item.id, (f"新增“{item.ask}”", False)) for item in after.items if before.item(item.id) is None]
    return tuple(
        Change(checklist=after.id, title=after.title, item=id, words=words, weakens=weakens)
        for id, (words, weakens) in told
    )


def _whole(before: Checklist, after: Checklist) -> Iterator[Told]:
    if before.version != after.version:
        yield f"版本由 {before.version} 改为 {after.version}", False
    pairs = (
        ("名称", before.title, after.title),
        ("适用对象", before.applies_to, after.applies_to),
        ("环节", before.stage, after.stage),
        ("领域", before.domain.chinese, after.domain.chinese),
    )
    for name, old, new in pairs:
        if old != new:
            yield f"{name}由“{old}”改为“{new}”", False
    titles = {section.id: section.title for section in before.sections}
    for section in after.sections:
        if titles.get(section.id, section.title) != section.title:
            yield f"章节“{titles[section.id]}”改名为“{section.title}”", False


def _item(before: Item, after: Item, is_looked_at: bool, ground: Ground) -> Iterator[Told]:
    if before == after:
        return
    if before.kind is not after.kind:
        yield f"类型由 {before.kind.value} 改成了 {after.kind.value}", True
        return
    yield from _words(before, after)
    yield from _asking(before, after, is_looked_at)
    yield from _choices(before, after, is_looked_at)
    yield from _scale(before, after)
    yield from _limit(before.limit, after.limit, ground)
    yield from _date_limit(before.date_limit, after.date_limit, ground)
    yield from _judgement(before, after)
    yield from _remedy(before.remedy, after.remedy)
    yield from _evidence(before.evidence, after.evidence)
    yield from basis_words(before.basis, after.basis, ground.before, ground.after, ground.swaps)


def _words(before: Item, after: Item) -> Iterator[Told]:
    if before.ask != after.ask:
        yield f"措辞改写：“{before.ask}”改为“{after.ask}”", False
    if before.how != after.how:
        yield f"检查方法改写：“{after.how}”", False
    for text in before.findings:
        if text not in after.findings:
            yield f"删去了问题描述“{text}”", True
    for text in after.findings:
        if text not in before.findings:
            yield f"增加了问题描述“{text}”", False


def _asking(before: Item, after: Item, is_looked_at: bool) -> Iterator[Told]:
    if before.judged and not after.judged:
        yield "不再判不合格", True
    if before.required != after.required:
        yield ("由必答改为可不答" if before.required else "由可不答改为必答"), before.required
    if not before.may_not_apply and after.may_not_apply:
        yield "增加了“不适用”", True
    if before.may_not_apply and not after.may_not_apply:
        # Without 不适用 an item that may stay open would hide what its 不适用 used to show.
        yield "不再有“不适用”", is_looked_at and not after.required
    if before.shows != after.shows:
        hides = not shows_no_less(before.shows, after.shows)
        yield ("显示条件变窄，或不能证明没有变窄" if hides else "显示条件放宽，更多情况下会问"), hides


def _choices(before: Item, after: Item, is_looked_at: bool) -> Iterator[Told]:
    for old in before.choices:
        new = after.choice(old.id)
        if new is None:
            yield f"删去了选项“{old.label}”", True
            continue
        if old.fails != new.fails:
            words = "不再判不合格" if old.fails else "改为判不合格"
            yield f"选项“{old.label}”{words}", old.fails
        if old.label != new.label:
            yield f"选项“{old.label}”改写为“{new.label}”", False
        if old.finding and old.finding != new.finding:
            yield f"删去了问题描述“{old.finding}”", True
    for new in after.choices:
        if before.choice(new.id) is None:
            yield f"增加了选项“{new.label}”", not new.fails or is_looked_at


def _scale(before: Item, after: Item) -> Iterator[Told]:
    old, new = before.scale, after.scale
    if old is None or new is None or old == new:
        return
    narrower = (
        old.unit != new.unit
        or new.decimals < old.decimals
        or decimal_of(new.lowest) > decimal_of(old.lowest)
        or decimal_of(new.highest) < decimal_of(old.highest)
    )
    yield f"可填范围改为 {new.lowest} 到 {new.highest} {new.unit}，{new.decimals} 位小数", narrower


def _limit(old: Limit | None, new: Limit | None, ground: Ground) -> Iterator[Told]:
    if old == new:
        return
    if new is None:
        yield "删去了界限", True
        return
    if old is None:
        yield f"增加了界限：{_limit_words(new)}", False
        return
    if _bounds(old) != _bounds(new):
        is_looser = not (_floor(new) >= _floor(old) and _ceiling(new) <= _ceiling(old))
        yield f"界限由{_limit_words(old)}改为{_limit_words(new)}", is_looser
    elif old.basis != new.basis:
        yield "界限的依据有改动", not prints_no_less(old.basis, new.basis, ground.before, ground.after)


def _bounds(limit: Limit) -> tuple[str | None, ...]:
    return (limit.below, limit.at_or_below, limit.above, limit.at_or_above)


def _floor(limit: Limit) -> tuple[Decimal, bool]:
    """The lower bound, in an order in which more is stricter: what is below it, or it itself, fails."""
    if limit.at_or_below is not None:
        return decimal_of(limit.at_or_below), True
    return (Decimal("-Infinity") if limit.below is None else decimal_of(limit.below)), False


def _ceiling(limit: Limit) -> tuple[Decimal, bool]:
    """The upper bound, in an order in which less is stricter."""
    if limit.at_or_above is not None:
        return decimal_of(limit.at_or_above), False
    return (Decimal("Infinity") if limit.above is None else decimal_of(limit.above)), True


def _limit_words(limit: Limit) -> str:
    named = (
        ("小于", limit.below),
        ("不大于", limit.at_or_below),
        ("大于", limit.above),
        ("不小于", limit.at_or_above),
    )
    return "、".join(f"{word} {number}" for word, number in named if number is not None) + " 不合格"


def _date_limit(old: DateLimit | None, new: DateLimit | None, ground: Ground) -> Iterator[Told]:
    if old == new:
        return
    if new is None:
        yield "删去了日期界限", True
        return
    if old is None:
        yield "增加了日期界限", False
        return
    if old.passed != new.passed:
        yield ("过期不再判不合格" if old.passed else "过期改为判不合格"), old.passed
    if old.older_than_days != new.older_than_days:
        most, now = old.older_than_days, new.older_than_days
        is_looser = most is not None and (now is None or now > most)
        yield f"距今天数的界限由 {most or '无'} 改为 {now or '无'}", is_looser
    if (old.passed, old.older_than_days) == (new.passed, new.older_than_days):
        yield "界限的依据有改动", not prints_no_less(old.basis, new.basis, ground.before, ground.after)


def _judgement(before: Item, after: Item) -> Iterator[Told]:
    if before.severity is not after.severity:
        lower = GRAVITY.index(after.severity) < GRAVITY.index(before.severity)
        way = "降" if lower else "升"
        yield f"严重程度由“{before.severity.chinese}”{way}为“{after.severity.chinese}”", lower
    for criterion in before.criteria:
        if criterion not in after.criteria:
            yield f"删去了判定标准“{criterion.name}”{criterion.article or ''}", True
    for criterion in after.criteria:
        if criterion not in before.criteria:
            yield f"增加了判定标准“{criterion.name}”{criterion.article or ''}", False


def _remedy(old: Remedy | None, new: Remedy | None) -> Iterator[Told]:
    if old == new:
        return
    if new is None:
        yield "删去了整改措施", True
        return
    if old is None:
        yield f"增加了整改措施：{new.text}，{new.days} 天", False
        return
    if old.text != new.text:
        yield f"整改措施改写：“{new.text}”", False
    if (old.days, old.day_kind) != (new.days, new.day_kind):
        # So many working days are never fewer than so many days; nothing more holds across holidays.
        longer = new.days > old.days or (old.day_kind, new.day_kind) == (DayKind.CALENDAR, DayKind.WORKING)
        yield f"整改期限由{_days(old)}改为{_days(new)}", longer


def _days(remedy: Remedy) -> str:
    return f" {remedy.days} 个工作日" if remedy.day_kind is DayKind.WORKING else f" {remedy.days} 天"


def _evidence(old: Evidence, new: Evidence) -> Iterator[Told]:
    if old.photos != new.photos:
        yield f"不合格时的照片由 {old.photos} 张改为 {new.photos} 张", new.photos < old.photos
    for name, was, is_ in (("数值", old.value, new.value), ("说明", old.note, new.note)):
        if was != is_:
            yield f"不合格时{'不再' if was else '改为'}要求{name}", was
