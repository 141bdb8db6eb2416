"""The checklists that ship: complete, consistent, and unable to print what nobody verified."""

from collections import Counter
from datetime import date
from itertools import product

import pytest

from inspector.catalog import read_checklist, warnings_of
from inspector.catalog.conditions import fault_of_reach
from inspector.domain.checklist import ItemKind, Severity
from inspector.domain.law import VerificationMark
from inspector.domain.rules import criteria_on
from tests.shipped import CATALOGUE, FOLDER

LAWS = CATALOGUE.laws
CHECKLISTS = {str(checklist.id): checklist for checklist in CATALOGUE.checklists}
DAYS = [
    date(2024, 6, 1),
    date(2025, 7, 1),
    date(2026, 3, 1),
    date(2026, 6, 1),
    date(2026, 9, 1),
    date(2026, 11, 24),
]
TODAY = DAYS[-1]
NAMES = {law.title for law in LAWS} | {law.short for law in LAWS}


def every_item():
    return [(name, item) for name, checklist in CHECKLISTS.items() for item in checklist.items]


def test_all_are_read_without_a_fault_or_a_warning():
    assert CATALOGUE.faults == ()
    assert set(CHECKLISTS) >= {"hazmat-storage", "courier-branch", "gas-restaurant", "fire-mall"}
    assert [fault for checklist in CHECKLISTS.values() for fault in warnings_of(checklist, LAWS)] == []


@pytest.mark.parametrize("name", ["hazmat-storage", "courier-branch", "gas-restaurant", "fire-mall"])
def test_each_is_complete_and_uses_every_kind_of_item(name):
    checklist = CHECKLISTS[name]
    judged = [item for item in checklist.items if item.judged]
    assert len(judged) >= 20
    assert {item.kind for item in checklist.items} == set(ItemKind)
    assert {section.items != () for section in checklist.sections} == {True}
    assert sum(item.shows is not None for item in checklist.items) >= 3


def test_ids_are_used_once():
    for checklist in CHECKLISTS.values():
        assert max(Counter(item.id for item in checklist.items).values()) == 1
        assert max(Counter(section.id for section in checklist.sections).values()) == 1


def test_every_condition_can_come_true_and_false():
    for checklist in CHECKLISTS.values():
        earlier = {}
        for item in checklist.items:
            if item.shows is not None:
                assert fault_of_reach(item.shows, earlier) is None, item.id
            earlier[item.id] = item


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_no_article_is_printed_that_nobody_read_or_that_was_not_in_force(day):
    printed = 0
    for _, item in every_item():
        for basis in LAWS.printable_all((*item.basis, *(one.citation for one in item.criteria)), on=day):
            law = LAWS.get(basis.law)
            assert law.in_force_from <= day <= (law.in_force_to or day)
            assert law.cite_until is None or day <= law.cite_until
            if basis.article:
                printed += 1
                article = law.article(basis.article)
                assert article.mark is VerificationMark.READ
                assert article.source
                assert article.checked_on
    assert printed > 50


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_figure_is_printed_only_where_its_article_was_read(day):
    limits = [item.limit or item.date_limit for _, item in every_item()]
    for limit in limits:
        if limit is not None and LAWS.may_print_figure(limit.basis, on=day):
            law = LAWS.get(limit.basis.law)
            assert law.was_in_force(day)
            assert law.article(limit.basis.article).mark is VerificationMark.READ


def test_the_new_laws_are_cited_from_their_first_day_and_the_old_ones_until_their_last():
    item = CHECKLISTS["hazmat-storage"].item("dedicated-store")
    by_day = {
        day: {basis.law for basis in LAWS.printable_all(item.basis, on=day)}
        for day in (date(2026, 4, 30), date(2026, 5, 1))
    }
    assert "hazchem-regulation" in by_day[date(2026, 4, 30)]
    assert "hazchem-law" not in by_day[date(2026, 4, 30)]
    assert "hazchem-law" in by_day[date(2026, 5, 1)]
    assert "hazchem-regulation" not in by_day[date(2026, 5, 1)]
    marked = CHECKLISTS["courier-branch"].item("unmarked-parcels")
    texts = [
        [basis.text for basis in LAWS.printable_all(marked.basis, on=day)]
        for day in (DAYS[0], date(2025, 6, 1))
    ]
    assert texts == [["《快递暂行条例》第三十一条第一款"], ["《快递暂行条例》第三十二条第一款"]]
    waste = CHECKLISTS["hazmat-storage"].item("waste-marks")
    names = [
        [basis.text for basis in LAWS.printable_all(waste.basis, on=day)]
        for day in (date(2026, 8, 14), date(2026, 8, 15))
    ]
    assert names == [
        ["《中华人民共和国固体废物污染环境防治法》"],
        ["《中华人民共和国生态环境法典》第五百三十一条"],
    ]


def test_today_every_failing_item_has_a_basis_that_can_be_printed():
    assert [
        (name, item.id)
        for name, item in every_item()
        if item.judged and not LAWS.printable_all(item.basis, on=TODAY)
    ] == []


def test_every_failing_item_has_wording_basis_measure_and_a_day_at_least():
    for name, item in every_item():
        if item.judged:
            worded = item.findings or all(choice.finding for choice in item.choices if choice.fails)
            assert worded, (name, item.id)
            assert item.basis, (name, item.id)
            assert item.remedy is not None, (name, item.id)
            assert item.remedy.days >= 1


def test_what_looks_major_names_a_criterion_in_force_and_whom_it_applies_to():
    for name, item in every_item():
        if item.severity is Severity.SUSPECTED_MAJOR:
            assert criteria_on(item, LAWS, on=TODAY), (name, item.id)
            assert all(criterion.applies_to for criterion in item.criteria)


def test_no_restaurant_is_held_against_the_criteria_for_gas_suppliers():
    assert [item.id for item in CHECKLISTS["gas-restaurant"].items if item.criteria] == []


def test_the_program_never_calls_a_hazard_major():
    for name, item in every_item():
        texts = [item.ask, item.how, *item.findings, item.remedy.text if item.remedy else ""]
        texts += [text for choice in item.choices for text in (choice.label, choice.finding)]
        texts += [criterion.text or "" for criterion in item.criteria]
        for text, law in product(texts, NAMES):
            assert "重大" not in text.replace(law, "").replace("疑似重大", "").replace("重大危险源", ""), (
                name,
                text,
            )


def test_high_rise_rules_are_cited_for_high_rises_only():
    for name, item in every_item():
        if any(citation.law == "high-rise-rules" for citation in item.basis):
            assert "high-rise" in repr(item.shows), (name, item.id)


def test_the_authors_manual_shows_an_example_that_is_right():
    manual = (FOLDER / "README.md").read_text(encoding="utf-8")
    example = manual.split("```toml\n")[1].split("```")[0]
    checklist = read_checklist(example.encode(), laws=LAWS)
    assert warnings_of(checklist, LAWS) == ()
    assert {item.kind for item in checklist.items} >= {ItemKind.CHOICE, ItemKind.MEASURE, ItemKind.DATE}
