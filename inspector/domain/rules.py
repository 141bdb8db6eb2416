"""What follows from the answers: pure questions, asked again after every tap.

* Unanswered never counts as a pass, and neither does an answer that cannot be read.
* A limit, a choice or a date decides its own verdict. An inspector may say 不合格 where the program sees
  nothing wrong; the program never turns a failure into a pass.
* An item whose condition does not hold is hidden and its answer does not count. The exception keeps the
  rules monotone: **a recorded failure stays shown and counts** whatever is answered elsewhere, until its own
  answer is changed.
* A condition looks at shown items only, and is not true while the item it looks at has no answer.
* Of several checklists each question is asked, answered and counted once: see `combination`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from inspector.domain.answer import Answer, ItemKey, Verdict
from inspector.domain.checklist import (
    NOT_APPLICABLE,
    AllOf,
    AnyOf,
    Checklist,
    ChecklistId,
    Comparison,
    Condition,
    ConditionTest,
    Criterion,
    Item,
    ItemId,
    ItemKind,
    Section,
    SectionId,
    Severity,
    item_key,
)
from inspector.domain.combination import NO_HOMES, Homes, homes_of
from inspector.domain.decimals import decimal_of
from inspector.domain.law import Citation, Laws
from inspector.domain.readings import day_in, decimal_in, has_readable_value
from inspector.domain.working_days import china_date

Answers = Mapping[ItemKey, Answer]


class Lack(StrEnum):
    """What an item still needs before the inspection can be sealed."""

    ANSWER = "answer"
    VALUE = "value"
    PHOTOS = "photos"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """A shown item that is not complete, and what it lacks."""

    key: ItemKey
    section: SectionId
    item: Item
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSection:
    """One section as it is walked, each question with the key under which its answer stands.

    Attributes:
        items: those that are asked here.
        elsewhere: those that would be asked here, but an earlier checklist asks them.
        hidden: those of its own whose condition does not hold.
    """

    checklist: Checklist
    section: Section
    items: tuple[tuple[ItemKey, Item], ...]
    elsewhere: tuple[tuple[ItemKey, Item], ...] = ()
    hidden: tuple[tuple[ItemKey, Item], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts over shown items.

    Attributes:
        done: required items with an answer; evidence may still be missing.
        total: required items.
        failed: items judged 不合格, required or not.
        suspected_major: those among `failed` whose item is marked 疑似重大.
    """

    done: int = 0
    total: int = 0
    failed: int = 0
    suspected_major: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            done=self.done + other.done,
            total=self.total + other.total,
            failed=self.failed + other.failed,
            suspected_major=self.suspected_major + other.suspected_major,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionTally:
    """One section's counts; what an earlier checklist asks is counted there."""

    checklist: ChecklistId
    section: SectionId
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an inspection is: as a whole and by section, in the order of the checklists."""

    whole: Tally
    sections: tuple[SectionTally, ...]


def verdict_of(item: Item, answer: Answer | None) -> Verdict | None:
    """The judgement that counts; None where there is none (yet), as for facts that only inform."""
    if answer is None:
        return None
    if answer.verdict is Verdict.FAIL:
        return Verdict.FAIL if item.judged else None
    if answer.verdict is Verdict.NOT_APPLICABLE:
        return Verdict.NOT_APPLICABLE if item.may_not_apply else None
    if not item.judged or not _has_content(item, answer):
        return None
    if _breaks_its_limit(item, answer):
        return Verdict.FAIL
    return Verdict.PASS if answer.verdict is Verdict.PASS or _decides_itself(item) else None


def judged_by_hand(item: Item, answer: Answer | None) -> Verdict | None:
    """The judgement that a person made, as opposed to one that follows from the value."""
    if answer is None or answer.verdict is None or not _decides_itself(item):
        return answer.verdict if answer else None
    by_value = verdict_of(item, replace(answer, verdict=None))
    return None if by_value is answer.verdict else answer.verdict


def is_answered(item: Item, answer: Answer | None) -> bool:
    """Whether the item has an answer that can be read: a verdict, a value or a picture, as its kind asks."""
    if answer is None:
        return False
    if verdict_of(item, answer) in (Verdict.FAIL, Verdict.NOT_APPLICABLE):
        return True
    return _has_content(item, answer)


def shown_items(checklist: Checklist, answers: Answers) -> tuple[Item, ...]:
    """The items that are asked, in order: those whose condition holds, and every recorded failure."""
    return tuple(item for _, items in shown_sections(checklist, answers) for item in items)


def shown_sections(checklist: Checklist, answers: Answers) -> tuple[tuple[Section, tuple[Item, ...]], ...]:
    """Each section of a checklist that stands alone, with the items of it that are asked."""
    asked = sections_of(checklist, NO_HOMES, answers)
    return tuple((one.section, tuple(item for _, item in one.items)) for one in asked)


def asked_sections(checklists: Sequence[Checklist], answers: Answers) -> tuple[AskedSection, ...]:
    """Every section of an inspection's checklists, in their order: each question is in one of them."""
    return tuple(
        section
        for checklist, homes in zip(checklists, homes_of(checklists), strict=True)
        for section in sections_of(checklist, homes, answers)
    )


def sections_of(checklist: Checklist, homes: Homes, answers: Answers) -> tuple[AskedSection, ...]:
    """The sections of one checklist of an inspection, some of whose questions are asked elsewhere."""
    facts: dict[ItemId, str] = {}
    sections = []
    for section in checklist.sections:
        asked: list[tuple[ItemKey, Item]] = []
        elsewhere: list[tuple[ItemKey, Item]] = []
        hidden: list[tuple[ItemKey, Item]] = []
        for item in section.items:
            home = homes.get(item.id)
            key = home or item_key(checklist, item)
            answer = answers.get(key)
            failed = verdict_of(item, answer) is Verdict.FAIL
            if failed or item.shows is None or holds(item.shows, facts):
                (elsewhere if home else asked).append((key, item))
                fact = fact_of(item, answer)
                if fact is not None:
                    facts[item.id] = fact
            elif not home:
                hidden.append((key, item))
        sections.append(
            AskedSection(
                checklist=checklist,
                section=section,
                items=tuple(asked),
                elsewhere=tuple(elsewhere),
                hidden=tuple(hidden),
            )
        )
    return tuple(sections)


def holds(condition: Condition, facts: Mapping[ItemId, str]) -> bool:
    """Whether the condition is true for what is known of shown and answered items.

    Args:
        facts: by item: a verdict (pass-fail), a choice's id, a decimal string (measure), or `NOT_APPLICABLE`.
    """
    match condition:
        case AllOf():
            return all(holds(part, facts) for part in condition.parts)
        case AnyOf():
            return any(holds(part, facts) for part in condition.parts)
        case Comparison():
            return condition.item in facts and _compares(condition, facts[condition.item])
    assert_never(condition)


def fact_of(item: Item, answer: Answer | None) -> str | None:
    """What conditions see of an answer; None when it has nothing that they could compare."""
    if answer is None or not is_answered(item, answer):
        return None
    verdict = verdict_of(item, answer)
    if verdict is Verdict.NOT_APPLICABLE:
        return NOT_APPLICABLE
    if item.kind is ItemKind.PASS_FAIL:
        return verdict.value if verdict else None
    return answer.value if has_readable_value(item, answer.value) else None


def lacks(item: Item, answer: Answer | None) -> tuple[Lack, ...]:
    """What a shown item still needs: an answer if it is required, and a failure's evidence."""
    if answer is None or not is_answered(item, answer):
        return (Lack.ANSWER,) if item.required else ()
    if verdict_of(item, answer) is not Verdict.FAIL:
        return ()
    needed = item.evidence
    checks = (
        (Lack.VALUE, needed.value and not has_readable_value(item, answer.value)),
        (Lack.PHOTOS, len(answer.photos) < needed.photos),
        (Lack.NOTE, needed.note and not answer.note.strip()),
    )
    return tuple(lack for lack, missing in checks if missing)


def open_items(checklists: Sequence[Checklist], answers: Answers) -> tuple[OpenItem, ...]:
    """Everything that keeps the inspection from being sealed, in the order asked."""
    return tuple(
        OpenItem(key=key, section=asked.section.id, item=item, lacks=missing)
        for asked in asked_sections(checklists, answers)
        for key, item in asked.items
        if (missing := lacks(item, answers.get(key)))
    )


def failed_items(checklists: Sequence[Checklist], answers: Answers) -> tuple[tuple[ItemKey, Item], ...]:
    """Every item judged 不合格, in the order asked: what becomes a finding."""
    return tuple(
        (key, item)
        for asked in asked_sections(checklists, answers)
        for key, item in asked.items
        if verdict_of(item, answers.get(key)) is Verdict.FAIL
    )


def judged_items(
    checklists: Sequence[Checklist], answers: Answers
) -> tuple[tuple[ItemKey, Verdict | None], ...]:
    """Every item asked that can be judged, with the judgement that counts; None is 未检."""
    return tuple(
        (key, verdict_of(item, answers.get(key)))
        for asked in asked_sections(checklists, answers)
        for key, item in asked.items
        if item.judged
    )


def progress(checklists: Sequence[Checklist], answers: Answers) -> Progress:
    """How far the inspection is."""
    sections = tuple(
        SectionTally(
            checklist=asked.checklist.id,
            section=asked.section.id,
            tally=sum((_tally(item, answers.get(key)) for key, item in asked.items), Tally()),
        )
        for asked in asked_sections(checklists, answers)
    )
    return Progress(whole=sum((part.tally for part in sections), Tally()), sections=sections)


def finding_texts(item: Item, answer: Answer | None) -> tuple[str, ...]:
    """Wordings for the finding, the default first, with the reading filled in where there is one."""
    chosen = item.choice(answer.value or "") if answer else None
    texts = ((chosen.finding,) if chosen and chosen.finding else ()) + item.findings
    value = answer.value if answer and has_readable_value(item, answer.value) else None
    unit = item.scale.unit if item.scale else ""
    filled = (text.replace("{value}", value or "＿＿").replace("{unit}", unit) for text in texts)
    return tuple(dict.fromkeys(filled))


def basis_on(item: Item, laws: Laws, *, on: date) -> tuple[Citation, ...]:
    """The item's citations that an inspection of that day may use, in their order."""
    return tuple(citation for citation in item.basis if laws.may_be_cited(citation, on=on))


def criteria_on(item: Item, laws: Laws, *, on: date) -> tuple[Criterion, ...]:
    """The criteria that a failure found on that day may be held against; a person decides."""
    return tuple(criterion for criterion in item.criteria if laws.may_be_cited(criterion.citation, on=on))


def _tally(item: Item, answer: Answer | None) -> Tally:
    failed = verdict_of(item, answer) is Verdict.FAIL
    return Tally(
        done=int(item.required and is_answered(item, answer)),
        total=int(item.required),
        failed=int(failed),
        suspected_major=int(failed and item.severity is Severity.SUSPECTED_MAJOR),
    )


def _compares(comparison: Comparison, fact: str) -> bool:
    match comparison.test:
        case ConditionTest.IS | ConditionTest.ANY_OF:
            return fact in comparison.values
        case ConditionTest.IS_NOT:
            return fact not in comparison.values
        case ConditionTest.ABOVE:
            return fact != NOT_APPLICABLE and decimal_of(fact) > decimal_of(comparison.values[0])
        case ConditionTest.BELOW:
            return fact != NOT_APPLICABLE and decimal_of(fact) < decimal_of(comparison.values[0])
    assert_never(comparison.test)


def _has_content(item: Item, answer: Answer) -> bool:
    match item.kind:
        case ItemKind.PASS_FAIL:
            return answer.verdict is Verdict.PASS
        case ItemKind.PHOTO:
            return bool(answer.photos)
        case _:
            return has_readable_value(item, answer.value)


def _decides_itself(item: Item) -> bool:
    """Whether an answer within bounds is a pass without anybody saying so."""
    return item.kind is ItemKind.CHOICE or item.limit is not None or item.date_limit is not None


def _breaks_its_limit(item: Item, answer: Answer) -> bool:
    text = answer.value or ""
    match item.kind:
        case ItemKind.MEASURE:
            value = decimal_in(text)
            return item.limit is not None and value is not None and item.limit.is_broken_by(value)
        case ItemKind.CHOICE:
            chosen = item.choice(text)
            return chosen is not None and chosen.fails
        case ItemKind.DATE:
            day, today = day_in(text), china_date(answer.at_ms)
            limit = item.date_limit
            return limit is not None and day is not None and limit.is_broken_by(day, today=today)
        case _:
            return False
