"""Sections that several checklists share."""

import pytest

from inspector.catalog import read_all, read_checklist
from inspector.catalog.parts import read_parts
from inspector.domain.checklist import ItemKind
from inspector.errors import ChecklistFaultsError
from tests.catalog.sample import CHECKLIST, LAWS, laws, spoilt

PART = """
format = 1
id = "doors"
title = "门"

[criterion.shared]
name = "样例判定标准"
law = "fire-law"
applies-to = "样例单位"

[[item]]
id = "doors-open"
kind = "pass-fail"
ask = "疏散门都能打开"
how = "逐个试开"
severity = "suspected-major"
criteria = [{ is = "shared" }]
basis = [{ law = "fire-law" }]
finding = ["＿＿处疏散门打不开。"]
remedy = "修好。"
days = 3
evidence = { photos = 1 }
shows = { item = "high-rise", is = "yes" }
"""
TAKEN = CHECKLIST + '\n[[section]]\npart = "doors"\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "laws.toml").write_text(LAWS, encoding="utf-8")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "doors.toml").write_text(PART, encoding="utf-8")
    (tmp_path / "a.toml").write_text(TAKEN, encoding="utf-8")
    (tmp_path / "b.toml").write_text(spoilt('id = "sample"', 'id = "other"', TAKEN), encoding="utf-8")
    return tmp_path


def faults_of(folder):
    return [(fault.file, fault.place, fault.what) for fault in read_all(folder).faults]


def test_a_part_stands_in_every_checklist_that_names_it_as_if_it_were_written_there(folder):
    one, other = read_all(folder).checklists
    assert one.sections[-1] == other.sections[-1]
    assert (one.sections[-1].id, one.sections[-1].title) == ("doors", "门")
    item = one.item("doors-open")
    assert item.kind is ItemKind.PASS_FAIL
    assert [criterion.applies_to for criterion in item.criteria] == ["样例单位"]
    written = PART.split('title = "门"\n')[1].replace("[[item]]", "[[section.item]]")
    criterion, items = written.split("\n[[section.item]]")
    by_hand = f'{CHECKLIST}\n[[section]]\nid = "doors"\ntitle = "门"\n[[section.item]]{items}{criterion}'
    assert read_checklist(by_hand.encode(), laws=laws()) == one


def test_a_checklist_read_alone_takes_the_parts_beside_it(folder):
    assert read_checklist(folder / "a.toml", laws=laws()).item("doors-open")


def test_a_changed_word_in_a_part_changes_the_digest_of_each_checklist(folder):
    before = [checklist.digest for checklist in read_all(folder).checklists]
    (folder / "parts" / "doors.toml").write_text(PART.replace("逐个试开", "逐个推开"), encoding="utf-8")
    after = [checklist.digest for checklist in read_all(folder).checklists]
    assert all(old != new for old, new in zip(before, after, strict=True))


def test_a_fault_of_a_part_is_told_with_the_part_and_its_line(folder):
    (folder / "parts" / "doors.toml").write_text(PART.replace("days = 3", "days = 0"), encoding="utf-8")
    assert [place for _, place, _ in faults_of(folder)] == ["parts/doors.toml 第 12 行 doors-open · days"] * 2


def test_a_file_that_is_no_part_leaves_the_checklists_that_do_not_need_it(folder):
    (folder / "parts" / "doors.toml").write_text("format = 2\n", encoding="utf-8")
    (folder / "c.toml").write_text(spoilt('id = "sample"', 'id = "third"'), encoding="utf-8")
    catalogue = read_all(folder)
    assert [checklist.id for checklist in catalogue.checklists] == ["third"]
    assert {fault.file for fault in catalogue.faults} == {"parts/doors.toml", "a.toml", "b.toml"}


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('part = "doors"', 'part = "door"', "没有“door”这个共用章节"),
        ('part = "doors"', 'part = "doors"\ntitle = "别的门"', "在这里没有意义"),
        ('part = "doors"', 'part = "doors"\n[criterion.shared]\nname = "别的"', "判定标准“shared”与共用章节"),
        ('part = "doors"', 'part = "doors"\n[[section]]\npart = "doors"', "重复"),
        ('part = "doors"', "part = 3", "不认识这个键"),
    ],
)
def test_a_part_that_is_named_wrongly_is_told(folder, old, new, what):
    (folder / "a.toml").write_text(spoilt(old, new, TAKEN), encoding="utf-8")
    assert any(what in found for _, _, found in faults_of(folder))


def test_two_parts_cannot_have_one_id(folder):
    (folder / "parts" / "twin.toml").write_text(PART, encoding="utf-8")
    assert [fault.place for faults in read_parts(folder).faults.values() for fault in faults] == ["id"]
    assert len(read_all(folder).checklists) == 2


def test_what_is_no_toml_is_a_fault_of_its_own_file(folder):
    (folder / "parts" / "odd.toml").write_bytes(b"\xff")
    (folder / "parts" / "folder.toml").mkdir()
    assert {path.name for path in read_parts(folder).faults} == {"odd.toml", "folder.toml"}


def test_parts_that_are_not_there_are_faults_of_the_checklist_alone(tmp_path):
    with pytest.raises(ChecklistFaultsError, match="没有“doors”这个共用章节"):
        read_checklist(TAKEN.encode(), laws=laws())
