"""The sealed registration: it opens with its own key and notice only, and its length says nothing."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.access import reply_code
from inspector.errors import InspectorError, SealForgedError, SealMalformedError
from inspector.trust import registration as sealed

KEY, PUBLIC_ID, OTHER_ID = bytes(range(16)), "ab" * 16, "ab" * 15 + "ac"
CODE = reply_code(b"\x11" * 9)
BOX = sealed.seal_registration(b'{"v":1}', key=KEY, public_id=PUBLIC_ID)


@given(st.binary(max_size=300) | st.just(b"x" * sealed.MOST_CONTENT))
def test_a_box_opens_again_and_is_as_long_as_any_other(content):
    box = sealed.seal_registration(content, key=KEY, public_id=PUBLIC_ID)
    assert len(box) == sealed.BOX_BYTES
    assert sealed.open_registration(box, key=KEY, public_id=PUBLIC_ID) == content


def test_another_key_or_another_notice_does_not_open_it():
    with pytest.raises(SealForgedError):
        sealed.open_registration(BOX, key=bytes(16), public_id=PUBLIC_ID)
    with pytest.raises(SealForgedError):
        sealed.open_registration(BOX, key=KEY, public_id=OTHER_ID)


@given(st.integers(0, sealed.BOX_BYTES - 1), st.integers(1, 255))
def test_any_altered_byte_is_found(place, change):
    altered = BOX[:place] + bytes([BOX[place] ^ change]) + BOX[place + 1 :]
    with pytest.raises(InspectorError):
        sealed.open_registration(altered, key=KEY, public_id=PUBLIC_ID)


def test_what_stands_behind_the_content_is_nothing():
    """One content has one box's worth of bytes: there is no room for what nobody reads."""
    padded = (2).to_bytes(4, "big") + b"{}" + bytes(sealed.CONTENT_BYTES - 7) + b"x"
    longer = (sealed.MOST_CONTENT + 1).to_bytes(4, "big").ljust(sealed.CONTENT_BYTES, b"\0")
    for content in (padded, longer):
        key = sealed._box_key(KEY, PUBLIC_ID)
        with pytest.raises(SealMalformedError):
            box = sealed._seal(content, key, sealed._BOX_LABEL, PUBLIC_ID)
            sealed.open_registration(box, key=KEY, public_id=PUBLIC_ID)


def test_a_box_of_another_length_is_no_box():
    with pytest.raises(SealMalformedError):
        sealed.open_registration(BOX[:-1], key=KEY, public_id=PUBLIC_ID)
    with pytest.raises(ValueError, match="cut to size"):
        sealed.seal_registration(bytes(sealed.MOST_CONTENT + 1), key=KEY, public_id=PUBLIC_ID)


def test_whoever_has_the_code_has_the_key_and_nobody_else():
    keys = sealed.code_keys(CODE, PUBLIC_ID)
    wrapped = sealed.wrap_key(KEY, wrapping=keys.wrapping, public_id=PUBLIC_ID)
    again = sealed.code_keys(CODE.lower().replace("-", " "), PUBLIC_ID)
    assert sealed.unwrap_key(wrapped, wrapping=again.wrapping, public_id=PUBLIC_ID) == KEY
    # What the server is shown must not open what the server keeps.
    with pytest.raises(SealForgedError):
        sealed.unwrap_key(wrapped, wrapping=keys.proof, public_id=PUBLIC_ID)
    other = sealed.code_keys(reply_code(b"\x12" * 9), PUBLIC_ID)
    with pytest.raises(SealForgedError):
        sealed.unwrap_key(wrapped, wrapping=other.wrapping, public_id=PUBLIC_ID)
    assert other.proof != keys.proof


def test_a_code_proves_another_thing_for_each_notice():
    assert sealed.code_keys(CODE, PUBLIC_ID).proof != sealed.code_keys(CODE, "cd" * 16).proof


def test_what_the_server_keeps_of_a_proof_says_nothing_without_its_salt():
    """The same code for two notices, or twice for one, must not show by equal hashes."""
    proof = sealed.code_keys(CODE, PUBLIC_ID).proof
    kept = {sealed.proof_sha256(bytes([n]) * sealed.SALT_BYTES, proof) for n in range(3)}
    assert len(kept | {sha256(proof).hexdigest()}) == 4
