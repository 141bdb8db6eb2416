"""Packed bodies: what comes out is what went in, and no more of it than was allowed."""

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import MessageMalformedError, RequestTooLargeError
from inspector.sync.packing import GZIP, packed, unpacked

TEXT = "疏散通道堆放杂物。".encode() * 40


@given(st.binary(max_size=3000), st.integers(1, 4))
def test_what_was_packed_comes_out_again(content: bytes, times: int) -> None:
    content *= times
    assert unpacked(packed(content), GZIP, most=len(content)) == content


def test_the_same_content_is_packed_to_the_same_bytes() -> None:
    assert packed(TEXT) == packed(TEXT)
    assert gzip.decompress(packed(TEXT)) == TEXT


def test_without_an_encoding_a_body_is_itself() -> None:
    assert unpacked(TEXT, "", most=1) == TEXT


@pytest.mark.parametrize("most", [0, 1, len(TEXT) - 1])
def test_content_longer_than_allowed_is_refused(most: int) -> None:
    with pytest.raises(RequestTooLargeError):
        unpacked(packed(TEXT), GZIP, most=most)


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    bomb = packed(bytes(64 << 20))
    assert len(bomb) < 100_000
    tracemalloc.start()
    with pytest.raises(RequestTooLargeError):
        unpacked(bomb, GZIP, most=1 << 20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20


@pytest.mark.parametrize("size", range(len(packed(TEXT))))
def test_a_body_cut_short_is_refused(size: int) -> None:
    with pytest.raises(MessageMalformedError):
        unpacked(packed(TEXT)[:size], GZIP, most=len(TEXT))


@pytest.mark.parametrize("behind", [b"\0", b"x", packed(b"more")])
def test_anything_behind_the_one_member_is_refused(behind: bytes) -> None:
    with pytest.raises(MessageMalformedError):
        unpacked(packed(TEXT) + behind, GZIP, most=len(TEXT))


def test_a_flipped_bit_of_the_content_or_its_checksum_is_noticed() -> None:
    whole = packed(TEXT)
    for at in range(10, len(whole)):
        changed = whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :]
        with pytest.raises((MessageMalformedError, RequestTooLargeError)):
            unpacked(changed, GZIP, most=len(TEXT))


@pytest.mark.parametrize("encoding", ["deflate", "br", "identity", "gzip, gzip", "GZIP", " gzip"])
def test_no_other_encoding_is_taken(encoding: str) -> None:
    with pytest.raises(MessageMalformedError):
        unpacked(packed(TEXT), encoding, most=len(TEXT))


def test_a_stream_without_the_header_of_gzip_is_refused() -> None:
    with pytest.raises(MessageMalformedError):
        unpacked(zlib.compress(TEXT), GZIP, most=len(TEXT))
