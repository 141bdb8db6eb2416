"""Every requirement that the checklists were drawn up from has found its place, and the manual says where."""

from tests.source_table import numbers, sourced, table, written


def test_every_requirement_has_an_item_and_no_item_names_one_that_does_not_exist():
    found = {number for _, _, sources in sourced() for number in sources}
    assert set(numbers()) - found == set()
    assert found - set(numbers()) == set()


def test_the_manual_maps_requirements_to_items_as_the_files_do():
    assert written() == table(), "write it anew: python -m tests.source_table"
