"""The strict reader takes one spelling of a value; the canonical writer agrees with an independent one."""

from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import MessageMalformedError
from inspector.trust.strict_json import MAX_INTEGER, MAX_MARKS, canonical, parse, parse_object

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=20,
)

REFUSED = {
    "nothing": b"",
    "two values": b"1 2",
    "a byte-order mark": b"\xef\xbb\xbf{}",
    "UTF-16": "{}".encode("utf-16"),
    "bytes that are not UTF-8": b'"\xff"',
    "a surrogate as UTF-8": b'"\xed\xa0\x80"',
    "a lone surrogate escaped": b'"\\ud800"',
    "a lone low surrogate escaped": b'{"a": ["\\uDC00x"]}',
    "a lone surrogate in a name": b'{"\\ud800": 1}',
    "a name twice": b'{"a": 1, "a": 1}',
    "a name twice in two spellings": b'{"a": 1, "\\u0061": 2}',
    "a name twice further in": b'[{"x": {"a": 1, "b": 2, "a": 3}}]',
    "a fraction": b"1.5",
    "a whole number as a fraction": b"1.0",
    "an exponent": b"1e3",
    "not a number": b"NaN",
    "infinity": b"Infinity",
    "minus infinity": b"[-Infinity]",
    "minus zero": b"-0",
    "2^53": str(2**53).encode(),
    "-2^53": str(-(2**53)).encode(),
    "an integer of ten thousand digits": b"9" * 10_000,
    "a leading zero": b"01",
    "a plus": b"+1",
    "a trailing comma": b"[1,]",
    "single quotes": b"{'a': 1}",
    "a comment": b"{} // so",
    "a raw line feed in a string": b'"a\nb"',
    "an unknown escape": b'"\\x41"',
    "an open string": b'"abc',
    "an open array": b"[[",
    "33 levels of arrays": b"[" * 33 + b"]" * 33,
    "33 levels of objects": b'{"a":' * 33 + b"1" + b"}" * 33,
    "a hundred thousand open brackets": b"[" * 100_000,
    "too many members": b"[" + b"0," * MAX_MARKS + b"0]",
    "nine megabytes": b'"' + b"a" * 9_000_000 + b'"',
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_what_breaks_a_rule_is_refused(data):
    with pytest.raises(MessageMalformedError):
        parse(data)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b' { "a" : [ true , false , null ] } ', {"a": [True, False, None]}),
        (str(MAX_INTEGER).encode(), MAX_INTEGER),
        (str(-MAX_INTEGER).encode(), -MAX_INTEGER),
        (b'"\\ud840\\udd64"', "𠅤"),
        ('"䶮𠅤"'.encode(), "䶮𠅤"),
        (b'"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["', "[" * 36),
        (b'"\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["', '"' + "[" * 36),
        (b"[" * 32 + b"]" * 32, json.loads("[" * 32 + "]" * 32)),
    ],
)
def test_what_keeps_the_rules_is_read(data, value):
    assert parse(data) == value


@pytest.mark.parametrize("data", [b"[]", b'"{}"', b"1", b"null"])
def test_only_an_object_is_an_object(data):
    with pytest.raises(MessageMalformedError):
        parse_object(data)


@given(VALUES)
def test_the_canonical_form_is_that_of_an_independent_writer(value):
    assert canonical(value) == rfc8785.dumps(value)


@given(VALUES)
def test_the_canonical_form_reads_back_as_the_value(value):
    assert parse(canonical(value)) == value


@given(st.dictionaries(TEXT, st.booleans() | st.dictionaries(TEXT, TEXT), min_size=2, max_size=6))
def test_the_canonical_form_ignores_the_order_of_names(value):
    assert canonical(dict(reversed(value.items()))) == canonical(value)


def test_names_are_sorted_as_utf_16():
    # U+FB33 is below U+1F602 as a code point and above its first UTF-16 unit.
    assert canonical({"\ufb33": 1, "\U0001f602": 2}) == '{"\U0001f602":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize("value", [1.0, b"a", {"a": 1.5}, {"a": {1, 2}}, object()])
def test_a_value_without_a_canonical_form_is_a_mistake_of_the_caller(value):
    with pytest.raises(TypeError):
        canonical(value)


@pytest.mark.parametrize("value", [2**53, [-(2**53)], "\ud800"])
def test_a_value_out_of_range_is_a_mistake_of_the_caller(value):
    with pytest.raises(ValueError):
        canonical(value)


@given(st.binary(max_size=200))
def test_noise_is_read_or_refused(noise):
    try:
        parse(noise)
    except MessageMalformedError as error:
        assert error.code == "message.malformed"
