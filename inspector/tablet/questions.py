"""The questions of an inspection, found by their words; why one of them is not asked now, and where to go.

Texts and their sounds are put together once per inspection; each key that is typed only looks through them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inspector.domain.answer import Answer, ItemKey, Verdict
from inspector.domain.checklist import (
    NOT_APPLICABLE,
    AllOf,
    AnyOf,
    Checklist,
    Comparison,
    Condition,
    ConditionTest,
    Item,
    ItemId,
    item_key,
)
from inspector.domain.combination import homes_of
from inspector.domain.law import Laws
from inspector.domain.rules import Answers, asked_sections, fact_of, holds, is_answered, verdict_of
from inspector.store.search import TextSearch

_VERDICTS = {Verdict.PASS.value: "合格", Verdict.FAIL.value: "不合格", NOT_APPLICABLE: "不适用"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question where it is asked.

    Attributes:
        of: the checklist's title; `section` the section's.
        keys: of the items that its condition may look at: where the answer of each stands.
    """

    key: ItemKey
    item: Item
    of: str
    section: str
    checklist: Checklist
    keys: dict[ItemId, ItemKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A question that was found.

    Attributes:
        verdict: the judgement that counts; `is_answered` also where there is none, as for a fact.
        hidden: why it is not asked now; empty while it is.
        target: what to bring into view: the question itself, or the one that decides whether it is asked.
    """

    question: Question
    verdict: Verdict | None
    is_answered: bool
    hidden: str
    target: ItemKey


class QuestionSearch:
    """The questions of some checklists that are walked together."""

    def __init__(self, checklists: Sequence[Checklist], laws: Laws) -> None:
        self._checklists = tuple(checklists)
        self._questions = tuple(_questions(checklists))
        self._by_key = {one.key: one for one in self._questions}
        self._search = TextSearch([_texts(one.item, laws) for one in self._questions])
        self._seen: tuple[Answers, frozenset[ItemKey]] | None = None

    def find(self, text: str, answers: Answers, limit: int) -> tuple[Hit, ...]:
        """The questions that fit, the best first, as the answers have them now."""
        asked = self._asked(answers)
        return tuple(
            self._hit(self._questions[row], answers, asked) for row in self._search.rows(text, limit)
        )

    def _asked(self, answers: Answers) -> frozenset[ItemKey]:
        if self._seen is None or self._seen[0] is not answers:
            sections = asked_sections(self._checklists, answers)
            self._seen = answers, frozenset(key for one in sections for key, _ in one.items)
        return self._seen[1]

    def _hit(self, question: Question, answers: Answers, asked: frozenset[ItemKey]) -> Hit:
        answer, is_asked = answers.get(question.key), question.key in asked
        return Hit(
            question=question,
            verdict=verdict_of(question.item, answer) if is_asked else None,
            is_answered=is_asked and is_answered(question.item, answer),
            hidden="" if is_asked else self._why(question, answers, asked),
            target=self._target(question, answers, asked),
        )

    def _why(self, question: Question, answers: Answers, asked: frozenset[ItemKey]) -> str:
        condition = question.item.shows
        unmet = self._unmet(question, answers, asked)
        if condition is None or unmet is None:
            return ""
        now = value_words(unmet.item, answers.get(unmet.key)) if unmet.key in asked else "也没有列出"
        return f"没有列出：{_wanted(condition, question)}时才检查；“{unmet.item.ask}”现在{now}"

    def _unmet(self, question: Question, answers: Answers, asked: frozenset[ItemKey]) -> Question | None:
        """The first question whose answer keeps this one hidden."""
        for comparison in _comparisons(question.item.shows):
            looked = self._by_key[question.keys[comparison.item]]
            fact = fact_of(looked.item, answers.get(looked.key)) if looked.key in asked else None
            if not holds(comparison, {comparison.item: fact} if fact is not None else {}):
                return looked
        return None

    def _target(self, question: Question, answers: Answers, asked: frozenset[ItemKey]) -> ItemKey:
        while question.key not in asked:
            unmet = self._unmet(question, answers, asked)
            if unmet is None:
                return question.key
            question = unmet
        return question.key


def value_words(item: Item, answer: Answer | None) -> str:
    """What stands for an item now, as a sentence ends: `是“是”`, `还没有检查`."""
    fact = fact_of(item, answer)
    return f"是“{_word(item, fact)}”" if fact is not None else "还没有检查"


def _questions(checklists: Sequence[Checklist]) -> list[Question]:
    found = []
    for checklist, homes in zip(checklists, homes_of(checklists), strict=True):
        keys = {item.id: homes.get(item.id, item_key(checklist, item)) for item in checklist.items}
        found += [
            Question(
                key=keys[item.id],
                item=item,
                of=checklist.title,
                section=section.title,
                checklist=checklist,
                keys=keys,
            )
            for section in checklist.sections
            for item in section.items
            if item.id not in homes
        ]
    return found


def _texts(item: Item, laws: Laws) -> tuple[str, ...]:
    cited = []
    for citation in item.basis:
        law = laws.get(citation.law)
        cited.append(f"{law.short} {law.title} {law.number} {citation.article or ''}" if law else "")
    findings = " ".join((*item.findings, *(choice.finding for choice in item.choices)))
    return (item.ask, item.how, findings, " ".join(cited))


def _comparisons(condition: Condition | None) -> tuple[Comparison, ...]:
    match condition:
        case Comparison():
            return (condition,)
        case AllOf() | AnyOf():
            return tuple(one for part in condition.parts for one in _comparisons(part))
        case None:
            return ()


def _wanted(condition: Condition, question: Question) -> str:
    """The condition in words."""
    match condition:
        case AllOf():
            return "，并且".join(_wanted(part, question) for part in condition.parts)
        case AnyOf():
            return "，或者".join(_wanted(part, question) for part in condition.parts)
        case Comparison():
            item = question.checklist.item(condition.item)
            return f"“{item.ask}”{_bound(condition, item)}" if item else ""


def _bound(comparison: Comparison, item: Item) -> str:
    unit = item.scale.unit if item.scale else ""
    values = "或".join(f"“{_word(item, value)}”" for value in comparison.values)
    match comparison.test:
        case ConditionTest.IS | ConditionTest.ANY_OF:
            return f"为{values}"
        case ConditionTest.IS_NOT:
            return f"不为{values}"
        case ConditionTest.ABOVE:
            return f"大于 {comparison.values[0]} {unit}"
        case ConditionTest.BELOW:
            return f"小于 {comparison.values[0]} {unit}"


def _word(item: Item, value: str) -> str:
    chosen = item.choice(value)
    if chosen is not None:
        return chosen.label
    return _VERDICTS.get(value, f"{value} {item.scale.unit}" if item.scale else value)
