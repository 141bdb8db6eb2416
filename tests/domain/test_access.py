"""The reply code and the public address: what is mistyped is found, what is printed is read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.access import (
    CODE_RANDOM_BYTES,
    Access,
    check_origin,
    locator,
    read_locator,
    read_reply_code,
    reply_code,
)
from inspector.domain.crockford import ALPHABET
from inspector.errors import AccessMalformedError, ReplyCodeMistypedError

RANDOM = st.binary(min_size=CODE_RANDOM_BYTES, max_size=CODE_RANDOM_BYTES)
PUBLIC_ID = "0123456789abcdef0123456789abcdef"
CODE = reply_code(b"\x5a" * CODE_RANDOM_BYTES)


def access(**changes: object) -> Access:
    values = {
        "origin": "https://office.example",
        "public_id": PUBLIC_ID,
        "token": "AbC-_9",
        "key": bytes(range(16)),
        "code": CODE,
    }
    return Access.of(**{**values, **changes})


@given(RANDOM)
def test_a_code_is_read_however_it_is_typed(random):
    code = reply_code(random)
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')}\n"):
        assert read_reply_code(typed) == code
    assert read_reply_code(code.replace("0", "O").replace("1", "l")) == code


@given(RANDOM, RANDOM)
def test_seventy_bits_tell_codes_apart(one, other):
    same = int.from_bytes(one) >> 2 == int.from_bytes(other) >> 2
    assert (reply_code(one) == reply_code(other)) is same


@given(RANDOM, st.data())
def test_any_one_or_two_wrong_characters_are_found(random, data):
    code = list(reply_code(random).replace("-", ""))
    places = data.draw(st.lists(st.integers(0, 15), min_size=1, max_size=2, unique=True))
    for place in places:
        code[place] = data.draw(st.sampled_from([one for one in ALPHABET if one != code[place]]))
    with pytest.raises(ReplyCodeMistypedError):
        read_reply_code("".join(code))


@given(RANDOM, st.integers(0, 15), st.integers(0, 15))
def test_two_characters_that_changed_places_are_found(random, first, second):
    code = list(reply_code(random).replace("-", ""))
    if code[first] == code[second]:
        return
    code[first], code[second] = code[second], code[first]
    with pytest.raises(ReplyCodeMistypedError):
        read_reply_code("".join(code))


@pytest.mark.parametrize("typed", ["", CODE[:-1], CODE + "0", CODE.replace(CODE[0], "U"), "样例"])
def test_what_is_no_code_is_refused(typed):
    with pytest.raises(ReplyCodeMistypedError):
        read_reply_code(typed)


def test_an_access_keeps_what_it_was_made_of():
    one = access()
    assert one.address == f"https://office.example/n/{PUBLIC_ID}#AbC-_9.AAECAwQFBgcICQoLDA0ODw"
    assert (one.public_id, one.key) == (PUBLIC_ID, bytes(range(16)))
    assert one.typed_address == f"office.example/r/{locator(PUBLIC_ID)}"
    assert Access.from_record(one.to_record()) == one


@given(st.binary(min_size=16, max_size=16))
def test_a_locator_finds_the_beginning_of_its_id(id):
    assert read_locator(locator(id.hex()).lower()) == id.hex()[:10]


@pytest.mark.parametrize(
    "origin", ["", "office.example", "https://", "https://office.example/", "https://a b", "ftp://x"]
)
def test_another_address_is_refused(origin):
    with pytest.raises(AccessMalformedError):
        check_origin(origin)


def test_an_access_with_other_parts_is_refused():
    with pytest.raises(AccessMalformedError):
        access(token="a.b")
    with pytest.raises(AccessMalformedError):
        access(token="A" * 500)
    with pytest.raises(ReplyCodeMistypedError):
        access(code=CODE.replace("-", ""))
