"""A folder of checklists: what is good is used, what is bad is told."""

import pytest

from inspector.catalog import read_all
from inspector.errors import ChecklistFaultsError
from tests.catalog.sample import CHECKLIST, LAWS, spoilt


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "laws.toml").write_text(LAWS, encoding="utf-8")
    (tmp_path / "a-sample.toml").write_text(CHECKLIST, encoding="utf-8")
    (tmp_path / "README.md").write_text("# not a checklist", encoding="utf-8")
    return tmp_path


def test_a_folder_holds_its_checklists_and_laws(folder):
    catalogue = read_all(folder)
    assert [checklist.id for checklist in catalogue.checklists] == ["sample"]
    assert catalogue.faults == ()
    assert len(catalogue.laws) == 4
    assert catalogue.get("sample") is catalogue.checklists[0]
    assert catalogue.get("other") is None


@pytest.mark.parametrize(
    "bad", [b"format = ", b"\xff", CHECKLIST.replace("days = 1\n", "days = 0\n").encode()]
)
def test_one_bad_file_never_takes_down_the_rest(folder, bad):
    (folder / "bad.toml").write_bytes(bad)
    catalogue = read_all(folder)
    assert [checklist.id for checklist in catalogue.checklists] == ["sample"]
    assert {fault.file for fault in catalogue.faults} == {"bad.toml"}
    assert catalogue.files[folder / "bad.toml"] == catalogue.faults


def test_without_good_laws_checklists_can_be_walked_and_no_basis_is_printed(folder):
    (folder / "laws.toml").write_text(spoilt('kind = "law"', 'kind = "?"', LAWS), encoding="utf-8")
    catalogue = read_all(folder)
    assert [checklist.id for checklist in catalogue.checklists] == ["sample"]
    assert {fault.file for fault in catalogue.faults} == {"laws.toml"}
    assert len(catalogue.laws) == 0


def test_two_files_cannot_be_the_same_checklist(folder):
    (folder / "b-twin.toml").write_text(CHECKLIST, encoding="utf-8")
    catalogue = read_all(folder)
    assert len(catalogue.checklists) == 1
    assert [(fault.file, fault.place) for fault in catalogue.faults] == [("b-twin.toml", "id")]


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ChecklistFaultsError):
        read_all(tmp_path / "没有")


def test_a_folder_named_like_a_checklist_is_a_fault(folder):
    (folder / "odd.toml").mkdir()
    catalogue = read_all(folder)
    assert {fault.file for fault in catalogue.faults} == {"odd.toml"}
    assert len(catalogue.checklists) == 1
