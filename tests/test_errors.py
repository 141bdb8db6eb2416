"""The family of errors: each with a code of its own, a sentence, and a next step, in Chinese."""

import re
from string import Formatter

import pytest

from inspector import errors
from inspector.errors import (
    AvailabilityError,
    FormatError,
    InspectorError,
    RefusalError,
    TrustError,
    error_class,
    error_classes,
)

LEAVES = sorted(error_classes().items())
BRANCHES = (RefusalError, FormatError, TrustError, AvailabilityError)
CHINESE = re.compile(r"[\u4e00-\u9fff]")

each_leaf = pytest.mark.parametrize(("code", "leaf"), LEAVES, ids=[code for code, _ in LEAVES])


def placeholders(text: str) -> list[tuple[str, str, str | None]]:
    return [(name, spec or "", how) for _, name, spec, how in Formatter().parse(text) if name is not None]


@each_leaf
def test_a_leaf_is_found_again_by_its_code(code: str, leaf: type[InspectorError]):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*", code)
    assert leaf.code == code
    assert error_class(code) is leaf


@each_leaf
def test_a_leaf_hangs_on_exactly_one_branch_and_says_so_in_its_name(code: str, leaf: type[InspectorError]):
    assert sum(issubclass(leaf, branch) for branch in BRANCHES) == 1
    assert leaf.__name__.endswith("Error")


@each_leaf
def test_a_leaf_says_what_happened_and_what_to_do(code: str, leaf: type[InspectorError]):
    for sentence in (leaf.says, leaf.hint):
        assert CHINESE.search(sentence), sentence
        assert sentence.rstrip("」”").endswith(("。", "？", "！", "}")), sentence


@each_leaf
def test_a_leaf_can_be_put_into_words_with_its_facts(code: str, leaf: type[InspectorError]):
    error = leaf(**dict.fromkeys(leaf.fact_names(), "七"))
    for name in leaf.fact_names():
        assert f"{{{name}}}" not in error.message + error.next_step + str(error)


@each_leaf
def test_a_leaf_refuses_facts_it_does_not_use_and_misses_those_it_does(code: str, leaf: type[InspectorError]):
    with pytest.raises(TypeError):
        leaf(**dict.fromkeys(leaf.fact_names(), "七"), something_else=1)
    for missing in leaf.fact_names():
        with pytest.raises(TypeError):
            leaf(**dict.fromkeys(leaf.fact_names() - {missing}, "七"))


@each_leaf
def test_placeholders_are_plain_names(code: str, leaf: type[InspectorError]):
    for name, spec, how in placeholders(leaf.says + leaf.hint):
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name), name
        assert (spec, how) == ("", None)


@each_leaf
def test_only_what_may_work_next_time_is_tried_again(code: str, leaf: type[InspectorError]):
    assert leaf.retry is issubclass(leaf, AvailabilityError)


@each_leaf
def test_a_leaf_is_imported_from_the_family_wherever_it_stands(code: str, leaf: type[InspectorError]):
    assert getattr(errors, leaf.__name__) is leaf


def test_there_are_leaves_on_every_branch():
    for branch in BRANCHES:
        assert any(issubclass(leaf, branch) for _, leaf in LEAVES)


def test_a_code_cannot_be_used_twice():
    with pytest.raises(TypeError, match="twice"):
        type("AnotherError", (RefusalError,), {"code": LEAVES[0][0]})


def test_an_unknown_code_has_no_leaf():
    assert error_class("no.such-code") is None
