"""Text and bytes belong together one to one, except where people type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain import crockford
from inspector.errors import MessageMalformedError
from inspector.trust import radix

PAIRS = [
    (radix.base64_text, radix.base64_bytes),
    (radix.base64_text, radix.base64_bytes_either),
    (radix.base64_raw_text, radix.base64_raw_bytes),
    (radix.base64_url_text, radix.base64_url_bytes),
]
BECH32_CHARACTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


@pytest.mark.parametrize(("write", "read"), PAIRS)
@given(data=st.binary(max_size=100))
def test_what_is_written_is_read_back(write, read, data):
    assert read(write(data)) == data


@pytest.mark.parametrize(("write", "read"), PAIRS)
@given(text=st.text("ABCDwxyz0189+/-_= \n", max_size=12))
def test_what_is_read_has_no_other_spelling(write, read, text):
    try:
        data = read(text)
    except MessageMalformedError:
        return
    either = radix.base64_text(data).translate(str.maketrans("+/", "-_"))
    assert text == write(data) or (read is radix.base64_bytes_either and text == either)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (radix.base64_bytes, "AB=="),
        (radix.base64_bytes, "AAB="),
        (radix.base64_bytes, "AA"),
        (radix.base64_bytes, "AAAA===="),
        (radix.base64_bytes, "AA==AA=="),
        (radix.base64_bytes, "AAA A"),
        (radix.base64_bytes, "AAAA\n"),
        (radix.base64_bytes, "__-_"),
        (radix.base64_bytes, "样例"),
        (radix.base64_bytes_either, "+_AA"),
        (radix.base64_bytes_either, "__8"),
        (radix.base64_raw_bytes, "AA=="),
        (radix.base64_raw_bytes, "AAAAA"),
        (radix.base64_url_bytes, "AA=="),
        (radix.base64_url_bytes, "//8"),
    ],
)
def test_a_second_spelling_is_refused(read, text):
    with pytest.raises(MessageMalformedError):
        read(text)


def test_both_alphabets_of_dsse_are_read():
    assert radix.base64_bytes_either("//8=") == radix.base64_bytes_either("__8=") == b"\xff\xff"


@given(st.sampled_from(["age", "age-secret-key-", "a1b"]), st.binary(max_size=60))
def test_bech32_is_read_back_in_either_case(prefix, data):
    text = radix.bech32_text(prefix, data)
    assert radix.bech32_bytes(text) == radix.bech32_bytes(text.upper()) == (prefix, data)


@given(st.data())
def test_one_wrong_character_in_bech32_is_refused(data):
    text = radix.bech32_text("age", data.draw(st.binary(min_size=1, max_size=40)))
    place = data.draw(st.integers(4, len(text) - 1))
    other = data.draw(st.sampled_from(BECH32_CHARACTERS).filter(lambda char: char != text[place]))
    with pytest.raises(MessageMalformedError):
        radix.bech32_bytes(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "age1",
        "1qqqqqq",
        "age1qqqqqq",
        "a12uel5l ",
        "A12uEL5L",
        "x1b4n0q5v",
        "pzry9x0s0muk",
        "样1qqqqqqq",
    ],
)
def test_what_is_no_bech32_is_refused(text):
    with pytest.raises(MessageMalformedError):
        radix.bech32_bytes(text)


@pytest.mark.parametrize("text", ["age1qpu0j2ex", "age1qqqyst3gn", "age1qdd35qf"])
def test_bits_to_spare_behind_the_last_byte_are_refused(text):
    assert radix.bech32_bytes("age1qqpexly5") == ("age", b"\x00")
    with pytest.raises(MessageMalformedError):
        radix.bech32_bytes(text)


def test_the_shortest_bech32_is_read():
    # From BIP 173's own list of valid texts.
    assert radix.bech32_bytes("A12UEL5L") == ("a", b"")


@given(st.integers(0, 2**150 - 1))
def test_a_typed_number_is_read_with_tolerance(number):
    text = crockford.crockford_text(number, 30)
    sloppy = " ".join(text.lower().replace("0", "o").replace("1", "l"))
    wide = "".join(chr(ord(char) + 0xFEE0) for char in text)
    for typed in (text, sloppy, wide, f"{text[:7]}-{text[7:]}\n"):
        assert crockford.crockford_number(typed) == (number, 30)


@pytest.mark.parametrize("typed", ["U", "A*B", "样"])
def test_a_character_that_cannot_be_meant_is_refused(typed):
    with pytest.raises(MessageMalformedError):
        crockford.crockford_number(typed)
