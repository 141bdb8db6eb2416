"""The parts of an inspection that are shown one at a time: sections, cut where one is too long to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inspector.domain.answer import ItemKey
from inspector.domain.checklist import Checklist, ChecklistId, Item, SectionId
from inspector.domain.rules import Answers, AskedSection, Progress, Tally, asked_sections, lacks

PART_ITEMS = 50
"""The most items that are shown together."""

_DIGITS = "零一二三四五六七八九"

PLACES = "places"
"""Rows that say where in the checklists of an inspection somebody was last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Questions of a section that an earlier checklist asks.

    Attributes:
        of: that checklist's title.
        first: the first of them, to jump to.
        count: how many, and how many of them still lack something.
    """

    checklist: ChecklistId
    of: str
    first: ItemKey
    count: int
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is shown at a time.

    Attributes:
        id: stable as long as the checklist is.
        title: with its place in the checklist: `二 库房与分区`.
        of: the checklist's title.
        items: those that are asked here now, with their keys.
        elsewhere: what else the section asks, by the earlier checklist that asks it.
        tally: of the whole section.
        is_complete: nothing of the section is missing, evidence included.
    """

    id: str
    checklist: ChecklistId
    section: SectionId
    title: str
    of: str
    items: tuple[tuple[ItemKey, Item], ...]
    elsewhere: tuple[Elsewhere, ...] = ()
    tally: Tally
    is_complete: bool

    @property
    def keys(self) -> frozenset[ItemKey]:
        """The keys of its items."""
        return frozenset(key for key, _ in self.items)


def parts_of(checklists: Sequence[Checklist], answers: Answers, progress: Progress) -> tuple[Part, ...]:
    """Every part in the order of the checklists; a section of which nothing is asked has none.

    Args:
        progress: of the same answers.
    """
    tallies = {(one.checklist, one.section): one.tally for one in progress.sections}
    titles = {one.id: one.title for one in checklists}
    places = dict.fromkeys(titles, 0)
    parts: list[Part] = []
    for asked in asked_sections(checklists, answers):
        if asked.items or asked.elsewhere:
            checklist, section = asked.checklist, asked.section
            places[checklist.id] += 1
            whole = Part(
                id=f"{checklist.id}/{section.id}",
                checklist=checklist.id,
                section=section.id,
                title=f"{numeral(places[checklist.id])} {section.title}",
                of=checklist.title,
                items=asked.items,
                elsewhere=_elsewhere(asked, titles, answers),
                tally=tallies[checklist.id, section.id],
                is_complete=not any(lacks(item, answers.get(key)) for key, item in asked.items),
            )
            parts += _cut(whole)
    return tuple(parts)


def _elsewhere(
    asked: AskedSection, titles: Mapping[ChecklistId, str], answers: Answers
) -> tuple[Elsewhere, ...]:
    by_home: dict[ChecklistId, list[tuple[ItemKey, Item]]] = {}
    for key, item in asked.elsewhere:
        by_home.setdefault(ChecklistId(key.partition("/")[0]), []).append((key, item))
    return tuple(
        Elsewhere(
            checklist=home,
            of=titles[home],
            first=pairs[0][0],
            count=len(pairs),
            open=sum(bool(lacks(item, answers.get(key))) for key, item in pairs),
        )
        for home, pairs in by_home.items()
    )


def part_with(parts: Sequence[Part], key: ItemKey) -> Part | None:
    """The part in which an item is shown; None while it is not asked."""
    return next((part for part in parts if key in part.keys), None)


def next_open(parts: Sequence[Part], answers: Answers, after: str) -> tuple[Part, ItemKey] | None:
    """The first item that lacks something, from the part `after` onwards and then from the start again."""
    start = next((place for place, part in enumerate(parts) if part.id == after), 0)
    for part in (*parts[start:], *parts[:start]):
        for key, item in part.items:
            if lacks(item, answers.get(key)):
                return part, key
    return None


def numeral(number: int) -> str:
    """`一` to `九十九`, as headings are counted."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return (_DIGITS[tens] if tens > 1 else "") + "十" + (_DIGITS[ones] if ones else "")


def _cut(whole: Part) -> list[Part]:
    pieces = [whole.items[at : at + PART_ITEMS] for at in range(0, len(whole.items), PART_ITEMS)]
    if len(pieces) <= 1:
        return [whole]
    return [
        Part(
            id=whole.id if place == 1 else f"{whole.id}/{place}",
            checklist=whole.checklist,
            section=whole.section,
            title=f"{whole.title}（{place}/{len(pieces)}）",
            of=whole.of,
            items=piece,
            elsewhere=whole.elsewhere if place == 1 else (),
            tally=whole.tally,
            is_complete=whole.is_complete,
        )
        for place, piece in enumerate(pieces, start=1)
    ]
