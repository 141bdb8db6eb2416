"""The journal's cryptography by itself: read back by its format, refused when anything changed."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import FrameInvalidError
from inspector.trust import frames

KEY = bytes(range(32))


def segment_of(sealer: frames.Sealer) -> frames.Segment:
    opened = frames.open_segment(sealer.header, 0, KEY, "name")
    assert opened is not None
    assert opened.copies == 2
    return opened.segment


def test_a_frame_opens_as_the_format_says_without_this_programs_code() -> None:
    sealer = frames.Sealer(KEY, "name", first=7, link=b"L" * 16)
    frame = sealer.seal(b"body")
    salt = sealer.header[8:40]
    info = b"inspector/store/journal/v1/name"
    key = HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(KEY)
    assert int.from_bytes(frame[:4], "big") == len(frame) - 28 == len(b"body") + 16
    assert int.from_bytes(frame[4:12], "big") == 7
    assert frame[12:28] == b"L" * 16
    assert AESGCM(key).decrypt((7).to_bytes(12, "big"), frame[28:], frame[:28]) == b"body"


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=8))
def test_frames_come_back_in_their_chain(bodies: list[bytes]) -> None:
    sealer = frames.Sealer(KEY, "name", first=1)
    segment, previous = segment_of(sealer), frames.NO_LINK
    for number, body in enumerate(bodies, 1):
        frame = segment.unseal(sealer.seal(body), 0)
        assert (frame.sequence, frame.previous, frame.body) == (number, previous, body)
        previous = frame.tag


def test_the_same_body_never_gives_the_same_bytes() -> None:
    sealer, other = frames.Sealer(KEY, "name", first=1), frames.Sealer(KEY, "name", first=1)
    sealed = [sealer.seal(b"body"), sealer.seal(b"body"), other.seal(b"body")]
    assert len({frame[28:] for frame in sealed}) == 3


def test_a_changed_byte_anywhere_in_a_frame_is_noticed() -> None:
    sealer = frames.Sealer(KEY, "name", first=1)
    segment, frame = segment_of(sealer), sealer.seal(b"body")
    for at in range(len(frame)):
        with pytest.raises(FrameInvalidError):
            segment.unseal(frame[:at] + bytes([frame[at] ^ 1]) + frame[at + 1 :], 0)
        with pytest.raises(FrameInvalidError):
            segment.unseal(frame[:at], 0)


@given(st.binary(max_size=500), st.text(max_size=20))
def test_a_sealed_file_opens_under_its_name_and_key_only(data: bytes, name: str) -> None:
    sealed = frames.seal_file(KEY, name, data)
    assert frames.open_file(KEY, name, sealed) == data
    for key, other, bytes_ in (
        (bytes(32), name, sealed),
        (KEY, name + "x", sealed),
        (KEY, name, sealed[:-1]),
    ):
        with pytest.raises(FrameInvalidError):
            frames.open_file(key, other, bytes_)


def test_a_key_has_32_bytes() -> None:
    for make in (lambda: frames.Sealer(b"", "n", first=1), lambda: frames.seal_file(b"k" * 31, "n", b"")):
        with pytest.raises(ValueError, match="32 bytes"):
            make()


def test_a_body_that_is_too_large_spends_no_sequence() -> None:
    sealer = frames.Sealer(KEY, "name", first=1)
    with pytest.raises(ValueError, match="at most"):
        sealer.seal(bytes(frames.MAX_BODY + 1))
    assert sealer.sequence == 0
