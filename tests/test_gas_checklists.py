"""Gas: whom each list binds. Criteria for suppliers stay with suppliers, duties of units with units."""

import pytest

from inspector.domain.answer import Answer
from inspector.domain.checklist import Severity, item_key
from inspector.domain.rules import shown_items
from tests.shipped import CATALOGUE

CHECKLISTS = {str(checklist.id): checklist for checklist in CATALOGUE.checklists}
SUPPLIER, NETWORK = CHECKLISTS["gas-supplier"], CHECKLISTS["gas-network"]
USERS = [CHECKLISTS["gas-restaurant"], CHECKLISTS["gas-household"]]
CRITERIA_LAW = "gas-major-criteria"
UNITS_ONLY = {("gas-regulation", "第二十七条第二款")}
FOR_ENTERPRISES = {"work-safety-law", "fire-rules-61", "internal-security-regulation"}


def facts(checklist, **choices):
    items = {item.replace("_", "-"): one for item, one in choices.items()}
    keys = {item_key(checklist, checklist.item(item)): one for item, one in items.items()}
    return {key: Answer(item=key, value=one, at_ms=0, by="sample") for key, one in keys.items()}


def held_to(item):
    return [one for one in item.criteria if one.citation.law == CRITERIA_LAW]


def test_the_criteria_for_gas_suppliers_stand_in_the_lists_for_suppliers_only():
    naming = {name for name, checklist in CHECKLISTS.items() if any(map(held_to, checklist.items))}
    assert naming == {"gas-supplier", "gas-network"}


@pytest.mark.parametrize("party", ["builder", "other"])
@pytest.mark.parametrize("works", ["yes", "no"])
@pytest.mark.parametrize("pressure", ["low", "medium-up", "mixed"])
def test_no_builder_is_held_to_the_criteria_for_gas_suppliers(party, works, pressure):
    answers = facts(NETWORK, network_party=party, works_in_range=works, pressure_level=pressure)
    shown = shown_items(NETWORK, answers)
    assert any(item.judged for item in shown)
    assert [item.id for item in shown if held_to(item)] == []


def test_a_supplier_is_held_to_every_criterion_of_the_network():
    answers = facts(NETWORK, network_party="supplier", pressure_level="mixed", has_regulators="yes")
    articles = {one.citation.article for item in shown_items(NETWORK, answers) for one in held_to(item)}
    assert articles == {"第六条第（一）项", "第六条第（二）项", "第六条第（三）项"}


def test_every_suspicion_against_a_supplier_names_one_criterion_and_words_it_only_where_it_was_read():
    for checklist in (SUPPLIER, NETWORK):
        for item in checklist.items:
            assert (item.severity is Severity.SUSPECTED_MAJOR) == (len(held_to(item)) == 1), item.id
            for one in held_to(item):
                article = CATALOGUE.laws.get(CRITERIA_LAW).article(one.citation.article)
                assert bool(one.text) == (article.mark.value == "V"), item.id


def test_a_household_is_not_held_to_duties_of_enterprises():
    for item in CHECKLISTS["gas-household"].items:
        cited = {(citation.law, citation.article) for citation in item.basis}
        assert not cited & UNITS_ONLY, item.id
        assert not {law for law, _ in cited} & FOR_ENTERPRISES, item.id


def test_users_are_asked_shared_questions_in_the_same_words():
    one, other = ({item.id: item for item in checklist.items} for checklist in USERS)
    shared = one.keys() & other.keys()
    assert len(shared) > 20
    assert [id for id in shared if one[id] != other[id]] == []


def test_facts_that_fire_checks_ask_as_well_are_asked_in_their_words():
    for id in ("place-use", "high-rise"):
        assert CHECKLISTS["gas-restaurant"].item(id) == CHECKLISTS["fire-mall"].item(id)


def test_every_entry_of_the_editorial_list_has_its_item():
    sources = {source for c in CHECKLISTS.values() if c.domain.value == "gas" for source in placed(c)}
    assert {f"C{number:02d}" for number in range(1, 43)} <= sources


def placed(checklist):
    return {source for item in checklist.items if item.source for source in item.source.split()}
