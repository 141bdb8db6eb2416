"""For whom a checklist is: a closed vocabulary, written once a word, and a warning where nothing is said."""

import pytest

from inspector.catalog import read_checklist, warnings_of
from inspector.domain.checklist import Domain
from inspector.domain.enterprise import domain_of, kinds_of
from inspector.domain.kinds import EnterpriseKind
from inspector.errors import ChecklistFaultsError
from tests import make
from tests.catalog.sample import CHECKLIST
from tests.test_checklists import CATALOGUE, FOLDER

LINE = 'fits = ["fire-mall", "fire-small-place"]\n'


def read(line):
    return read_checklist(CHECKLIST.replace(LINE, line).encode())


def test_the_kinds_of_places_are_read_in_their_order_and_one_may_stand_alone():
    assert read(LINE).fits == (EnterpriseKind.FIRE_MALL, EnterpriseKind.FIRE_SMALL_PLACE)
    assert read('fits = "fire-mall"\n').fits == (EnterpriseKind.FIRE_MALL,)


@pytest.mark.parametrize(
    ("line", "says", "hint"),
    [
        ('fits = ["fire-mal"]\n', "没有“fire-mal”这个词", "fire-mall"),
        ('fits = ["fire-mall", "fire-mall"]\n', "同一个词写了两次", ""),
        ("fits = [1]\n", "不是文字", ""),
        ('fits = { kind = "fire-mall" }\n', "写法不对", ""),
    ],
)
def test_what_is_no_kind_of_place_is_a_fault_with_a_hint(line, says, hint):
    with pytest.raises(ChecklistFaultsError) as refused:
        read(line)
    [fault] = refused.value.faults
    assert says in fault.what
    assert hint in fault.suggestion


def test_a_checklist_that_says_nothing_is_used_with_a_warning():
    checklist = read("")
    assert checklist.fits == ()
    assert [fault.place.split(" · ")[-1] for fault in warnings_of(checklist, CATALOGUE.laws)].count(
        "fits"
    ) == 1


def test_every_kind_has_a_checklist_that_ships_and_every_checklist_a_kind():
    fitted = {kind for checklist in CATALOGUE.checklists for kind in checklist.fits}
    assert fitted == set(EnterpriseKind)
    assert all(checklist.fits for checklist in CATALOGUE.checklists)


def test_every_kind_belongs_to_one_field_and_has_a_name_of_its_own():
    assert [kind for domain in Domain for kind in kinds_of(domain)] == list(EnterpriseKind)
    assert len({kind.chinese for kind in EnterpriseKind}) == len(EnterpriseKind)
    assert domain_of(EnterpriseKind.GAS_RESTAURANT) is Domain.GAS


def test_the_manual_lists_every_kind_with_its_name():
    manual = (FOLDER / "README.md").read_text("utf-8")
    assert [kind for kind in EnterpriseKind if f"| `{kind.value}` | {kind.chinese} |" not in manual] == []


def test_a_place_of_several_kinds_is_fitted_by_the_checklists_of_each():
    one = make.enterprise(kinds=(EnterpriseKind.GAS_RESTAURANT, EnterpriseKind.FIRE_HIGH_RISE))
    found = {str(checklist.id) for checklist in CATALOGUE.checklists if one.is_fitted_by(checklist)}
    assert found == {"gas-restaurant", "fire-small-places", "fire-high-rise"}
