"""Ed25519 as RFC 8032 has it, and no weaker."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import KeyMalformedError, SignatureInvalidError
from inspector.trust.keys import SigningKey, VerifyKey, key_id

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]

Point = tuple[int, int]


def added(first: Point, second: Point) -> Point:
    """Addition on the twisted Edwards curve, straight from its definition."""
    (x1, y1), (x2, y2) = first, second
    product = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + y1 * x2) * pow(1 + product, -1, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P


def times(scalar: int, point: Point) -> Point:
    total: Point = (0, 1)
    while scalar:
        total = added(total, point) if scalar & 1 else total
        point, scalar = added(point, point), scalar >> 1
    return total


def on_curve(y: int) -> Point | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (x, y) if x * x % P == square else None


def encodings(point: Point) -> list[bytes]:
    """The canonical encoding and, where y is small, the others that decode to the same point."""
    x, y = point
    spellings = [value for value in (y, y + P) if value < 2**255]
    signs = {x & 1} if x else {0, 1}
    return [(value | sign << 255).to_bytes(32, "little") for value in spellings for sign in signs]


@cache
def small_order_points() -> set[Point]:
    """All eight, found by multiplying points of the curve by the large prime order."""
    found: set[Point] = set()
    y = 2
    while len(found) < 8:
        point = on_curve(y)
        if point is not None:
            found |= {times(L * multiple, point) for multiple in range(8)}
        y += 1
    return found


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC_8032)
def test_the_rfc_s_own_examples_hold(seed, public, message, signature):
    key = SigningKey(bytes.fromhex(seed))
    assert key.public.raw.hex() == public
    assert key.sign(bytes.fromhex(message)).hex() == signature
    key.public.verify(bytes.fromhex(signature), bytes.fromhex(message))


def test_a_key_s_id_is_half_a_hash():
    key = SigningKey(bytes(32))
    assert key.key_id == key_id(key.public.raw) == key.public.key_id == key.public.fingerprint[:32]
    assert key.key_id == "139e3940e64b5491722088d9a0d74162"


def test_a_key_is_written_as_text_and_read_back():
    key = SigningKey.generate().public
    assert VerifyKey.from_text(key.text) == key
    assert len({key, VerifyKey(key.raw)}) == 1


def test_no_representation_shows_a_seed():
    key = SigningKey(b"\x5a" * 32)
    assert key.seed.hex() not in repr(key)
    assert str(key.seed) not in repr(key)


def test_every_key_of_small_order_is_refused_in_every_spelling():
    points = small_order_points()
    assert len(points) == 8
    for point in points:
        for raw in encodings(point):
            with pytest.raises(KeyMalformedError):
                VerifyKey(raw)


@pytest.mark.parametrize("y", [P + 3, 2**255 - 1])
def test_a_key_in_another_spelling_is_refused(y):
    with pytest.raises(KeyMalformedError):
        VerifyKey(y.to_bytes(32, "little"))


def test_a_key_off_the_curve_is_refused():
    off = next(y for y in range(2, 100) if on_curve(y) is None)
    with pytest.raises(KeyMalformedError):
        VerifyKey(off.to_bytes(32, "little"))


@given(st.integers(2, P - 2))
def test_a_key_is_accepted_exactly_where_the_curve_is_and_its_order_is_large(y):
    raw = y.to_bytes(32, "little")
    if on_curve(y) is None or y in {small[1] for small in small_order_points()}:
        with pytest.raises(KeyMalformedError):
            VerifyKey(raw)
    else:
        assert VerifyKey(raw).raw == raw


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_key_of_another_length_is_refused(size):
    with pytest.raises(KeyMalformedError):
        VerifyKey(bytes(size))
    with pytest.raises(KeyMalformedError):
        SigningKey(bytes(size))


@pytest.mark.parametrize("text", ["", "AAAA", "样例", "A" * 43])
def test_a_text_that_is_no_key_is_refused(text):
    with pytest.raises(KeyMalformedError):
        VerifyKey.from_text(text)


def test_a_signature_made_malleable_is_refused():
    key = SigningKey(b"\x01" * 32)
    signature = key.sign(b"record")
    raised = int.from_bytes(signature[32:], "little") + L
    with pytest.raises(SignatureInvalidError):
        key.public.verify(signature[:32] + raised.to_bytes(32, "little"), b"record")


@given(st.data())
def test_one_flipped_bit_in_a_signature_is_refused(data):
    key = SigningKey(b"\x01" * 32)
    signature = bytearray(key.sign(b"record"))
    signature[data.draw(st.integers(0, 63))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SignatureInvalidError):
        key.public.verify(bytes(signature), b"record")


@pytest.mark.parametrize("size", [0, 63, 65])
def test_a_signature_of_another_length_is_refused(size):
    with pytest.raises(SignatureInvalidError):
        SigningKey(b"\x01" * 32).public.verify(bytes(size), b"record")
