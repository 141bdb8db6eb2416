"""The checklist that the benchmark reads: a thousand items, five levels of conditions, no fault in it."""

from bench.authoring import judging, the_form
from inspector.catalog import read_checklist, warnings_of
from inspector.catalog.canonical import canonical_toml
from inspector.catalog.conditions import referenced
from inspector.catalog.xlsform import draft_of_xlsform
from inspector.domain.checklist import Domain
from inspector.domain.law import Laws


def test_it_is_as_long_and_as_deep_as_the_figures_say():
    tree = judging(draft_of_xlsform(the_form(), domain=Domain.FIRE).tree)
    found = read_checklist(canonical_toml(tree).encode())
    levels = {}
    for item in found.items:
        below = [levels[one.item] for one in referenced(item.shows)] if item.shows else []
        levels[item.id] = max(below, default=0) + 1
    assert (len(found.items), max(levels.values()) - 1) == (1_000, 5)
    assert all(item.judged for item in found.items)
    assert {warning.place for warning in warnings_of(found, Laws())} == {"fits"}
