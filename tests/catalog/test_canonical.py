"""One way to write a checklist: the same content is the same bytes, and reads back as the same tree."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.catalog import read_checklist
from inspector.catalog.canonical import canonical_toml, house_form
from inspector.catalog.digest import digest_of
from tests.catalog.sample import CHECKLIST, laws, read
from tests.catalog.trees import checklists, parts

FOLDER = Path(__file__).resolve().parents[2] / "checklists"
FILES = sorted({*FOLDER.glob("*.toml"), *FOLDER.glob("parts/*.toml")} - {FOLDER / "laws.toml"})


@settings(max_examples=60)
@given(checklists() | parts())
def test_what_is_written_reads_back_as_the_same_tree_with_the_same_digest(tree):
    again = tomllib.loads(canonical_toml(tree))
    assert again == tree
    assert digest_of(again) == digest_of(tree)


@settings(max_examples=25)
@given(checklists(), st.randoms(use_true_random=False))
def test_the_order_in_which_keys_were_written_makes_no_difference(tree, random):
    assert canonical_toml(shuffled(tree, random)) == canonical_toml(tree)


def shuffled(value, random):
    if isinstance(value, dict):
        keys = random.sample([*value], len(value))
        return {key: shuffled(value[key], random) for key in keys}
    return [shuffled(one, random) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_that_ships_survives_and_keeps_its_digest(path):
    tree = tomllib.loads(path.read_text(encoding="utf-8"))
    text = canonical_toml(tree)
    assert tomllib.loads(text) == tree == house_form(tree)
    assert canonical_toml(tomllib.loads(text)) == text


def test_the_layout_is_that_of_the_files_that_ship():
    text = (FOLDER / "fire-small-places.toml").read_text(encoding="utf-8")
    bare = "".join(line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("#"))
    assert canonical_toml(tomllib.loads(text)) == bare


def test_a_checklist_in_canonical_form_is_the_same_checklist():
    assert read_checklist(canonical_toml(tomllib.loads(CHECKLIST)).encode(), laws=laws()) == read()


def test_texts_with_quotes_backslashes_and_controls_are_escaped():
    tree = {"format": 1, "title": 'a"b\\c\td\x7f', "odd key": [], "criterion": {}}
    text = canonical_toml(tree)
    assert text.isprintable() or "\x7f" not in text
    assert tomllib.loads(text) == tree


def test_the_house_form_settles_what_a_spreadsheet_cannot_show():
    tree = {
        "title": " 样例 ",
        "criterion": {},
        "section": [{"item": [{"kind": "choice", "finding": "一句。", "basis": [], "evidence": {}}]}],
    }
    settled = {"title": "样例", "section": [{"item": [{"kind": "choice", "finding": ["一句。"]}]}]}
    assert house_form(tree) == settled == house_form(settled)


def test_a_choices_wording_stays_one_text():
    item = {"kind": "choice", "choices": [{"id": "a", "label": "甲", "fails": True, "finding": "一句。"}]}
    assert house_form(item) == item
