"""Every shipped checklist, walked along every path of answers, down to what its documents say."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from inspector.catalog.conditions import referenced
from inspector.domain.answer import Answer, Verdict
from inspector.domain.checklist import Checklist, Item, ItemId, ItemKind, Section, SectionId, item_key
from inspector.domain.decimals import decimal_of
from inspector.domain.finding import MajorDecision
from inspector.domain.inspection import Inspection
from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.law import VerificationMark
from inspector.domain.notice import Notice
from inspector.domain.profile import IssuerProfile
from inspector.domain.rules import fact_of, finding_texts, holds, shown_items, verdict_of
from inspector.domain.working_days import CHINA, WorkingCalendar
from inspector.notices.phrases import demand_words, finding_words
from inspector.notices.press import PdfPress
from inspector.settings import APP_FOLDER
from inspector.work.conduct import Reference, record, revise
from inspector.work.issue import SealedInspection, compose
from tests import make
from tests.shipped import CATALOGUE

LAWS = CATALOGUE.laws
CHECKLISTS = {str(checklist.id): checklist for checklist in CATALOGUE.checklists}
TODAY = date(2026, 11, 24)
DAYS = [
    date(2024, 6, 1),
    date(2025, 7, 1),
    date(2026, 3, 1),
    date(2026, 6, 1),
    date(2026, 9, 1),
    TODAY,
]
"""Between them every law of the lists begins, or ends, to be in force."""

PRESS = PdfPress(APP_FOLDER / "assets")
PROFILE = IssuerProfile(kind=IssuerKind.EMERGENCY_MANAGEMENT, name="样例市应急管理局")
FOREVER = timedelta(days=365 * 20)


# --- The answers that an item can have ---------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """One way to answer an item: what is said, and which of the offered wordings a failure takes."""

    verdict: Verdict | None = None
    value: str | None = None
    photos: tuple[str, ...] = ()
    wording: int = 0


def values_of(item: Item, edges: tuple[str, ...], day: date) -> tuple[str, ...]:
    """Values that stand for all others: every choice, both sides of each number that decides anything."""
    match item.kind:
        case ItemKind.CHOICE:
            return tuple(choice.id for choice in item.choices)
        case ItemKind.MEASURE:
            step = Decimal(1).scaleb(-item.scale.decimals)
            limit = item.limit
            own = (limit.below, limit.at_or_below, limit.above, limit.at_or_above) if limit else ()
            near = [
                decimal_of(edge) + by
                for edge in (*edges, *filter(None, own))
                for by in (-step, Decimal(0), step)
            ]
            numbers = [decimal_of(item.scale.lowest), decimal_of(item.scale.highest), *near]
            return tuple(dict.fromkeys(format(one, "f") for one in numbers if item.scale.holds(one)))
        case ItemKind.DATE:
            return tuple(str(one) for one in (day - FOREVER, day - timedelta(days=1), day, day + FOREVER))
        case ItemKind.TEXT:
            return ("样例",)
        case _:
            return ()


def ways_of(item: Item, edges: tuple[str, ...] = (), day: date = TODAY) -> tuple[Way, ...]:
    """Every way to answer it, once per wording that is offered where it fails."""
    said = [Way(value=value) for value in values_of(item, edges, day)]
    if item.kind is ItemKind.PASS_FAIL:
        said.append(Way(verdict=Verdict.PASS))
    if item.kind is ItemKind.PHOTO:
        said.append(Way(photos=("a" * 64,)))
    if item.judged:
        said.append(Way(verdict=Verdict.FAIL))
    if item.may_not_apply:
        said.append(Way(verdict=Verdict.NOT_APPLICABLE))
    return tuple(each for way in said for each in _worded(item, way, day))


def _worded(item: Item, way: Way, day: date) -> Iterator[Way]:
    answer = answer_of(way, "any/any", day)
    fails = verdict_of(item, answer) is Verdict.FAIL
    for number in range(max(1, len(finding_texts(item, answer))) if fails else 1):
        yield replace(way, wording=number)


def answer_of(way: Way, key: str, day: date) -> Answer:
    at_ms = morning(day)
    return Answer(
        item=key, verdict=way.verdict, value=way.value, photos=way.photos, at_ms=at_ms, by=make.ADA.id
    )


def morning(day: date) -> int:
    return int(datetime.combine(day, time(9), tzinfo=CHINA).timestamp() * 1000)


# --- The paths to an item ----------------------------------------------------------------------------


def deciding(item: Item, items: Mapping[ItemId, Item]) -> dict[ItemId, Item]:
    """The items whose answers decide whether it is asked, in their order."""
    found: set[ItemId] = set()
    waiting = [item]
    while waiting:
        shows = waiting.pop().shows
        for one in referenced(shows) if shows else ():
            if one.item not in found:
                found.add(one.item)
                waiting.append(items[one.item])
    return {id: one for id, one in items.items() if id in found}


def edges_of(id: ItemId, items: Mapping[ItemId, Item]) -> tuple[str, ...]:
    """The numbers with which any condition compares an item."""
    found = [one for item in items.values() if item.shows for one in referenced(item.shows)]
    return tuple(one.values[0] for one in found if one.item == id and items[id].scale)


Path_ = Mapping[ItemId, Way]


def paths(checklist: Checklist, item: Item) -> Iterator[tuple[Path_, bool]]:
    """Every combination of answers that decides whether an item is asked, and whether it then is."""
    items = {one.id: one for one in checklist.items}
    needed = deciding(item, items)
    part = Section(id=SectionId("part"), title="样例", items=(*needed.values(), item))
    alone = replace(checklist, sections=(part,))
    answers = {id: (None, *ways_of(one, edges_of(id, items))) for id, one in needed.items()}
    chosen: dict[ItemId, Way] = {}

    def told() -> set[ItemId]:
        given = {item_key(alone, items[id]): way for id, way in chosen.items()}
        real = {key: answer_of(way, key, TODAY) for key, way in given.items()}
        return {one.id for one in shown_items(alone, real)}

    def walk(rest: tuple[ItemId, ...]) -> Iterator[tuple[Path_, bool]]:
        if not rest:
            yield dict(chosen), item.id in told()
            return
        first, *others = rest
        options = answers[first] if first in told() else (None,)
        for way in dict.fromkeys(replace(one, wording=0) if one else None for one in options):
            if way is not None:
                chosen[first] = way
            yield from walk(tuple(others))
            chosen.pop(first, None)

    yield from walk(tuple(needed))


@cache
def way_to(name: str, id: ItemId) -> Path_:
    """Answers with which the item is asked."""
    checklist = CHECKLISTS[name]
    return next(path for path, is_asked in paths(checklist, checklist.item(id)) if is_asked)


@pytest.mark.parametrize("name", CHECKLISTS)
def test_every_condition_is_true_on_one_path_of_answers_and_false_on_another(name):
    checklist = CHECKLISTS[name]
    for item in checklist.items:
        asked = {is_asked for _, is_asked in paths(checklist, item)}
        assert asked == ({True, False} if item.shows else {True}), item.id


# --- Whole inspections, until every item was answered in every way -----------------------------------


def walks(checklist: Checklist, day: date, *, wholly: bool) -> Iterator[Inspection]:
    """Inspections of that day; between them every item is answered in each of its ways.

    Args:
        wholly: False for one way alone, which fails where any does.
    """
    items = {one.id: one for one in checklist.items}
    left = {id: list(ways_of(one, edges_of(id, items), day)) for id, one in items.items()}
    if not wholly:
        left = {id: [_worst(items[id], ways, day)] for id, ways in left.items()}
    while any(left.values()):
        aim = max(left, key=lambda id: len(left[id]))
        steered = {**way_to(str(checklist.id), aim), aim: left[aim][-1]}
        before = sum(map(len, left.values()))
        yield _walked(checklist, steered, left, day)
        assert sum(map(len, left.values())) < before, aim


def _worst(item: Item, ways: list[Way], day: date) -> Way:
    return next(
        (way for way in ways if verdict_of(item, answer_of(way, "any/any", day)) is Verdict.FAIL), ways[0]
    )


def _walked(checklist: Checklist, steered: Path_, left: Mapping[ItemId, list[Way]], day: date) -> Inspection:
    reference = Reference(checklists=(checklist,), laws=LAWS, calendar=WorkingCalendar())
    found = make.inspection(checklists=[checklist], at_ms=morning(day))
    facts: dict[ItemId, str] = {}
    for item in checklist.items:
        if item.shows is not None and not holds(item.shows, facts):
            continue
        way = steered.get(item.id) or (left[item.id] or ways_of(item, (), day))[-1]
        if way in left[item.id]:
            left[item.id].remove(way)
        key = item_key(checklist, item)
        answer = answer_of(way, key, day)
        found = record(found, answer, reference=reference, finding_id=f"finding-{item.id}")
        if key in found.findings:
            found = _worded_and_decided(found, key, item, answer, way)
        fact = fact_of(item, answer)
        if fact is not None:
            facts[item.id] = fact
    asked = {item_key(checklist, item) for item in shown_items(checklist, found.answers)}
    assert asked == set(found.answers)
    return found


def _worded_and_decided(found, key, item, answer, way):
    """The wording of this way, and a person's decision about what looks major."""
    finding, texts = found.findings[key], finding_texts(item, answer)
    finding = replace(finding, facts=texts[way.wording] if texts else "样例")
    for number, criterion in enumerate(finding.criteria):
        said = MajorDecision(
            criterion=criterion.name, upheld=not (way.wording + number) % 2, reason="样例", by=make.ADA.id,
            at_ms=answer.at_ms,
        )  # fmt: skip
        finding = finding.decided(said)
    return revise(found, finding)


def notice_of(found: Inspection, checklist: Checklist, day: date) -> Notice:
    sealed = found.sealed(found.started_ms + 1)
    return compose(
        SealedInspection(inspection=sealed, inner_sha256="0" * 64, with_key=frozenset()),
        NoticeKind.INSPECTION_RECORD,
        profile=PROFILE,
        checklists=[checklist],
        photos=[],
        number=None,
        public_id="0" * 32,
        issued_on=day,
        witness=None,
        app="0",
    )


# --- What the documents say --------------------------------------------------------------------------


def in_force(law, day: date) -> bool:
    """Whether the law may be named for an inspection of that day."""
    until = min(law.in_force_to or day, law.cite_until or day)
    return law.in_force_from <= day <= until


@cache
def sayable(day: date) -> frozenset[str]:
    """Every law and article that may stand in a document of that day, as it is printed."""
    found = set()
    for law in LAWS:
        if in_force(law, day):
            found.add(law.printed_name)
            found |= {
                law.printed_name + one.label
                for one in law.articles
                if one.mark is VerificationMark.READ
                and law.in_force_confirmed
                and not any(lapse.since <= day and lapse.covers(one.label) for lapse in law.lapses)
            }
    return frozenset(found)


NAMES = sorted({name for law in LAWS for name in (law.title, law.short)}, key=len, reverse=True)
ARTICLE = re.compile(r"第[一二三四五六七八九十百零〇0-9A-Z.]+[条款项]|《")


def criteria_of(checklist: Checklist, day: date) -> frozenset[str]:
    """The official lists that may be named that day, with their clause where that may be printed."""
    found = set()
    for criterion in (one for item in checklist.items for one in item.criteria):
        law = LAWS.get(criterion.law)
        clause = criterion.article or ""
        if in_force(law, day):
            found.add(criterion.name + (clause if law.printed_name + clause in sayable(day) else ""))
    return frozenset(found)


def calls_it_major(text: str) -> bool:
    for name in NAMES:
        text = text.replace(name, "")
    return "重大" in text.replace("疑似重大", "").replace("重大危险源", "")


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("name", CHECKLISTS)
def test_no_document_cites_what_nobody_read_or_was_not_in_force_or_calls_a_hazard_major(name, day):
    checklist = CHECKLISTS[name]
    failed: set[str] = set()
    for found in walks(checklist, day, wholly=day == TODAY):
        notice = notice_of(found, checklist, day)
        failed |= set(found.findings)
        for finding in notice.findings:
            assert set(finding.basis) <= sayable(day)
            assert finding.suspected is None or finding.suspected.criterion in criteria_of(checklist, day)
        cited = {text for finding in notice.findings for text in finding.basis}
        cited |= {finding.suspected.criterion for finding in notice.findings if finding.suspected}
        said = {text for _, text, _ in notice.texts()} - cited
        assert [text for text in said if ARTICLE.search(text)] == []
        assert [text for text in (*said, *cited) if calls_it_major(text)] == []
    assert failed == {item_key(checklist, item) for item in checklist.items if item.judged}


@pytest.mark.parametrize("name", CHECKLISTS)
def test_the_pdf_of_every_failure_says_no_more_than_that(name, tmp_path):
    """As many 条, 重 and 《 are on the paper as in the texts that were looked at, and in the empty form."""
    checklist = CHECKLISTS[name]
    for found in walks(checklist, TODAY, wholly=False):
        notice = notice_of(found, checklist, TODAY)
        told = [
            text
            for finding in notice.findings
            for text in (finding_words(finding), *finding.basis, demand_words(finding))
        ]
        if any(one.suspected and one.suspected.upheld for one in notice.findings):
            told += [text for text in PRESS.template(notice).after if "{suspected}" in text]
        assert [text for text in told if calls_it_major(text)] == []
        paper = on_paper(notice, tmp_path)
        empty = on_paper(replace(notice, findings=()), tmp_path)
        for mark in "条重《":
            assert paper.count(mark) - empty.count(mark) == sum(text.count(mark) for text in told), mark


def on_paper(notice: Notice, folder: Path) -> str:
    """What an independent program reads on the printed pages."""
    pdf = folder / "paper.pdf"
    pdf.write_bytes(PRESS.print(notice, token=None, attachments={}, photos={}))
    return subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, check=True).stdout.decode()
