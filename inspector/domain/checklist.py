"""What is asked at an inspection: a checklist, its sections and its items.

* A checklist is data: it has a closed vocabulary and no expressions. `inspector.catalog` reads it from a
  file, refuses what is wrong with it, and hands on these values.
* An id is never used again for something else and never changes its kind.
* Conditions point backwards only, so items can be judged in one pass from the first to the last.
* The program says at most 疑似重大 (looks major); whether a hazard is major is decided by a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NewType

from inspector.domain.answer import ItemKey
from inspector.domain.decimals import decimal_of
from inspector.domain.kinds import EnterpriseKind
from inspector.domain.law import Citation, LawId
from inspector.domain.working_days import DayKind

ChecklistId = NewType("ChecklistId", str)
SectionId = NewType("SectionId", str)
ItemId = NewType("ItemId", str)

NOT_APPLICABLE = "not-applicable"
"""What a condition compares with to ask whether an item was answered 不适用."""


class Domain(StrEnum):
    """The four fields of inspection."""

    HAZMAT = "hazmat"
    COURIER = "courier"
    GAS = "gas"
    FIRE = "fire"

    @property
    def chinese(self) -> str:
        """The field's name on screens and documents."""
        names = {"hazmat": "危爆物品", "courier": "寄递物流", "gas": "城市燃气", "fire": "消防生命通道"}
        return names[self.value]


class ItemKind(StrEnum):
    """How an item is answered."""

    PASS_FAIL = "pass-fail"  # noqa: S105
    CHOICE = "choice"
    MEASURE = "measure"
    TEXT = "text"
    PHOTO = "photo"
    DATE = "date"


class Severity(StrEnum):
    """How grave a failure of the item is, until a person decides otherwise."""

    GENERAL = "general"
    AT_ONCE = "at-once"
    SUSPECTED_MAJOR = "suspected-major"

    @property
    def chinese(self) -> str:
        """The word on screens and documents."""
        return {"general": "一般", "at-once": "立改", "suspected-major": "疑似重大"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """An official list that a failure may match, which a person has to judge.

    Attributes:
        name: the document's title as a person knows it.
        law: its entry among the laws.
        article: its clause; printed only where verified and in force.
        text: what the clause asks, in our own words; only where the clause was read.
        applies_to: whom the criterion is for. It must not be used against anybody else.
        since: first day of inspections that it is meant for; None when only the law's own days count.
        until: last such day.
    """

    name: str
    law: LawId
    article: str | None = None
    text: str | None = None
    applies_to: str
    since: date | None = None
    until: date | None = None

    @property
    def citation(self) -> Citation:
        """The criterion as a citation, to ask what of it may be printed on a day."""
        return Citation(law=self.law, article=self.article, since=self.since, until=self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the things that can be chosen.

    Attributes:
        fails: choosing it makes a finding.
        finding: the finding's wording for this choice; empty to use the item's.
    """

    id: str
    label: str
    fails: bool = False
    finding: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How a measure is read.

    Attributes:
        unit: as printed: `米`, `件`.
        decimals: digits after the point that may be entered.
        lowest: smallest value that can be true, a decimal string.
        highest: greatest value that can be true, a decimal string.
    """

    unit: str
    decimals: int
    lowest: str
    highest: str

    def holds(self, value: Decimal) -> bool:
        """Whether the value can be true."""
        return decimal_of(self.lowest) <= value <= decimal_of(self.highest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a measure must keep to; it decides the verdict whether or not it may be printed.

    Attributes:
        below: a value below this fails.
        at_or_below: a value of this or less fails.
        above: a value above this fails.
        at_or_above: a value of this or more fails.
        basis: where the figure comes from. The figure is printed only if that article may be
            (`Laws.may_print_figure`); None means that it is never printed.

    All four are decimal strings; at least one is set.
    """

    below: str | None = None
    at_or_below: str | None = None
    above: str | None = None
    at_or_above: str | None = None
    basis: Citation | None = None

    def is_broken_by(self, value: Decimal) -> bool:
        """Whether this value fails."""
        return (
            (self.below is not None and value < decimal_of(self.below))
            or (self.at_or_below is not None and value <= decimal_of(self.at_or_below))
            or (self.above is not None and value > decimal_of(self.above))
            or (self.at_or_above is not None and value >= decimal_of(self.at_or_above))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DateLimit:
    """What a date must keep to, seen from the day of the answer in +08:00.

    Attributes:
        older_than_days: a date longer ago than this fails (last test, last drill).
        passed: a date before the day of the answer fails (valid until).
        basis: as for `Limit`.
    """

    older_than_days: int | None = None
    passed: bool = False
    basis: Citation | None = None

    def is_broken_by(self, value: date, *, today: date) -> bool:
        """Whether this date fails on that day."""
        if self.passed and value < today:
            return True
        return self.older_than_days is not None and (today - value).days > self.older_than_days


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """The default 整改措施 and how long it may take.

    Attributes:
        text: what the enterprise has to do.
        days: days allowed from the day after service; at least 1. For 立改 it is the time allowed where
            correcting on the spot turns out to be impossible.
    """

    text: str
    days: int
    day_kind: DayKind = DayKind.CALENDAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a failure must carry before the inspection can be sealed.

    Attributes:
        photos: how many pictures at least.
        value: whether the recorded value is needed as well (measure, choice, text, date).
        note: whether a remark is needed.
    """

    photos: int = 0
    value: bool = False
    note: bool = False


class ConditionTest(StrEnum):
    """The comparisons that a condition knows."""

    IS = "is"
    IS_NOT = "is-not"
    ANY_OF = "any-of"
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One item's answer against given values. Never true while that item has no answer.

    Attributes:
        item: an earlier item of the same checklist.
        values: verdicts for pass-fail, choice ids for a choice, `NOT_APPLICABLE` for either; one decimal
            string for `above` and `below`.
    """

    item: ItemId
    test: ConditionTest
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """True when every part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """True when at least one part is."""

    parts: tuple[Condition, ...]


Condition = Comparison | AllOf | AnyOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to check.

    Attributes:
        ask: what to check, as a statement that is true when all is well, or a question for a fact.
        how: 检查方法, how to find out.
        required: whether the inspection cannot be sealed without an answer.
        may_not_apply: whether 不适用 is offered.
        judged: whether the answer can be 不合格; False for facts that only steer or inform.
        severity: of a failure.
        basis: citations, in the order in which they are printed.
        criteria: official lists that a failure may match; never empty for 疑似重大.
        findings: wordings of the finding, the default first. `{value}` and `{unit}` stand for a measure's
            reading, `{value}` for a date; `＿＿` is left for the inspector to fill in.
        remedy: default 整改措施; None only where `judged` is False.
        evidence: what a failure must carry.
        choices: for a choice, else empty.
        scale: for a measure, else None.
        limit: for a measure: what it must keep to; None when the inspector decides.
        date_limit: for a date, likewise.
        shows: when the item is asked; None for always.
        source: where the item comes from, for the checklist's keepers; never printed.
    """

    id: ItemId
    kind: ItemKind
    ask: str
    how: str = ""
    required: bool = True
    may_not_apply: bool = True
    judged: bool = True
    severity: Severity = Severity.GENERAL
    basis: tuple[Citation, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    findings: tuple[str, ...] = ()
    remedy: Remedy | None = None
    evidence: Evidence = Evidence()
    choices: tuple[Choice, ...] = ()
    scale: Scale | None = None
    limit: Limit | None = None
    date_limit: DateLimit | None = None
    shows: Condition | None = None
    source: str = ""

    def choice(self, id: str) -> Choice | None:
        """The choice with that id, or None."""
        return next((choice for choice in self.choices if choice.id == id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Items that are walked together."""

    id: SectionId
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """A whole checklist in one version.

    Attributes:
        version: `2026.1`; newer versions keep the meaning and kind of every id.
        applies_to: whom it is for, in words.
        stage: part of the chain it looks at, such as 储存; empty where that makes no sense.
        fits: the kinds of places to which it is offered first; it can be used anywhere.
        digest: SHA-256 of the canonical form of its content, lower-case hexadecimal. An inspection stores
            it, so that the questions asked are provable years later.
    """

    id: ChecklistId
    version: str
    title: str
    domain: Domain
    applies_to: str
    stage: str = ""
    fits: tuple[EnterpriseKind, ...] = ()
    sections: tuple[Section, ...]
    digest: str

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in the order asked."""
        return tuple(item for section in self.sections for item in section.items)

    def item(self, id: ItemId) -> Item | None:
        """The item with that id, or None."""
        return next((item for item in self.items if item.id == id), None)


def item_key(checklist: Checklist, item: Item) -> ItemKey:
    """The item's key within an inspection that may combine several checklists."""
    return ItemKey(f"{checklist.id}/{item.id}")
