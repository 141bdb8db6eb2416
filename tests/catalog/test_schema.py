"""The schemas for editors: written by the program, accepted by a validator, true of every file that ships."""

import json
import tomllib
from datetime import date

import jsonschema
import pytest
from hypothesis import given, settings

from inspector.catalog.canonical import canonical_toml
from inspector.catalog.schema import as_file, schemas, write_schemas
from tests.catalog.sample import CHECKLIST, LAWS, spoilt
from tests.catalog.test_canonical import FILES, FOLDER
from tests.catalog.test_checklist_file import SPOILT
from tests.catalog.test_parts import PART
from tests.catalog.trees import checklists

SCHEMAS = schemas()
VALIDATORS = {name: jsonschema.Draft202012Validator(schema) for name, schema in SCHEMAS.items()}


def as_editors_see_it(value):
    """The document with days as text, as editors hand it to a schema."""
    if isinstance(value, dict):
        return {key: as_editors_see_it(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_editors_see_it(one) for one in value]
    return value.isoformat() if type(value) is date else value


def complaints(text, name):
    tree = as_editors_see_it(tomllib.loads(text))
    return [error.message for error in VALIDATORS[name].iter_errors(tree)]


def schema_for(path):
    if path.name == "laws.toml":
        return "laws.schema.json"
    return "part.schema.json" if path.parent.name == "parts" else "checklist.schema.json"


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_that_ship_are_those_that_the_program_writes(name):
    assert (FOLDER / "schema" / name).read_text(encoding="utf-8") == as_file(SCHEMAS[name])
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("path", [*FILES, FOLDER / "laws.toml"], ids=lambda path: path.stem)
def test_every_file_that_ships_satisfies_its_schema(path):
    assert complaints(path.read_text(encoding="utf-8"), schema_for(path)) == []


def test_the_samples_of_the_tests_satisfy_them_as_well():
    assert complaints(CHECKLIST, "checklist.schema.json") == []
    assert complaints(PART, "part.schema.json") == []
    assert complaints(LAWS, "laws.schema.json") == []


@settings(max_examples=15)
@given(checklists())
def test_every_key_that_an_author_can_write_is_known(tree):
    found = VALIDATORS["checklist.schema.json"].iter_errors(
        as_editors_see_it(tomllib.loads(canonical_toml(tree)))
    )
    assert not [error.message for error in found if error.validator == "additionalProperties"]


SEEN = [
    "a misspelt key", "an unknown key at the top", "a misspelt word", "a missing title",
    "a number for a text", "a truth for a number", "an unquoted number", "a number with an exponent",
    "a newer format",
    "a version without a year", "an id in capitals", "a condition with two comparisons", "no day at all",
    "an endless text", "a choice alone", "no sections", "a table where a list belongs",
    "a condition on none of the answers",
]  # fmt: skip


@pytest.mark.parametrize("what", SEEN)
def test_an_editor_marks_while_typing(what):
    old, new, *_ = SPOILT[what]
    assert complaints(spoilt(old, new), "checklist.schema.json")


def test_descriptions_are_in_chinese_and_closed_words_are_listed():
    item = SCHEMAS["part.schema.json"]["properties"]["item"]["items"]["properties"]
    assert item["kind"]["enum"] == ["pass-fail", "choice", "measure", "date", "text", "photo"]
    assert "pass-fail 合格与否" in item["kind"]["description"]
    assert all(any("一" <= char <= "鿿" for char in one["description"]) for one in item.values())


def test_they_are_written_into_a_folder_that_need_not_exist(tmp_path):
    paths = write_schemas(tmp_path / "a" / "schema")
    assert {path.name for path in paths} == set(SCHEMAS)
    assert json.loads(paths[0].read_text(encoding="utf-8")) == SCHEMAS[paths[0].name]
