"""Deliveries and feed messages, as their payloads are written and read."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.delivery import (
    INLINE_BODY_LIMIT,
    NO_PREVIOUS,
    BlobRef,
    Delivery,
    EntryKind,
    FeedMessage,
    LogHead,
)
from inspector.errors import MessageMalformedError, RecordTooNewError

HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
NAMES = st.from_regex(r"[0-9A-Za-z][0-9A-Za-z._-]{0,30}", fullmatch=True)
NUMBERS = st.integers(0, 2**53 - 1)
BLOBS = st.builds(BlobRef, sha256=HASHES, size=st.integers(0, 1 << 40))


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    blobs = draw(st.lists(BLOBS, max_size=4, unique_by=lambda blob: blob.sha256))
    seq = draw(st.integers(1, 2**53 - 1))
    inline: st.SearchStrategy[bytes | BlobRef] = st.binary(max_size=99)
    return Delivery(
        tenant=draw(NAMES),
        device=draw(NAMES),
        seq=seq,
        prev=NO_PREVIOUS if seq == 1 else draw(HASHES.filter(lambda name: name != NO_PREVIOUS)),
        record=draw(NAMES),
        kind=draw(st.sampled_from(EntryKind)),
        at_ms=draw(NUMBERS),
        body=draw(inline | st.sampled_from(blobs) if blobs else inline),
        blobs=tuple(blobs),
        checkpoint=draw(st.none() | st.builds(LogHead, size=NUMBERS, root=HASHES)),
    )


MESSAGES = st.builds(
    FeedMessage,
    tenant=NAMES,
    device=NAMES,
    n=st.integers(2, 9),
    prev=HASHES.filter(lambda name: name != NO_PREVIOUS),
    at_ms=NUMBERS,
    kind=NAMES,
    body=st.binary(max_size=99),
)


@given(deliveries())
def test_a_delivery_is_read_as_it_was_written(delivery: Delivery) -> None:
    assert Delivery.from_payload(delivery.to_payload()) == delivery


@given(MESSAGES)
def test_a_feed_message_is_read_as_it_was_written(message: FeedMessage) -> None:
    assert FeedMessage.from_payload(message.to_payload()) == message


SAMPLE = Delivery(
    tenant="t",
    device="d",
    seq=2,
    prev="1" * 64,
    record="r",
    kind=EntryKind.RECORD,
    at_ms=5,
    body=BlobRef(sha256="2" * 64, size=3),
    blobs=(BlobRef(sha256="2" * 64, size=3),),
    checkpoint=LogHead(size=1, root="3" * 64),
).to_payload()
BLOB = {"sha256": "2" * 64, "size": 3}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("v", 0),
        ("v", "1"),
        ("v", True),
        ("tenant", ""),
        ("tenant", "a b"),
        ("tenant", "../x"),
        ("device", 1),
        ("seq", 0),
        ("seq", -1),
        ("seq", True),
        ("seq", 2**53),
        ("seq", 1),
        ("prev", NO_PREVIOUS.upper()[:-1]),
        ("prev", "A" * 64),
        ("prev", NO_PREVIOUS + "\n"),
        ("kind", "void"),
        ("at_ms", -1),
        ("body", {"inline": "a"}),
        ("body", {"inline": "YQ==", "blob": "2" * 64}),
        ("body", {"inline": "YR=="}),
        ("body", {"inline": "YQ==\n"}),
        ("body", {"blob": "4" * 64, "size": 3}),
        ("body", {"blob": "2" * 64, "size": 4}),
        ("body", None),
        ("blobs", [BLOB, BLOB]),
        ("blobs", [{**BLOB, "name": "x"}]),
        ("blobs", {}),
        ("blobs", None),
        ("checkpoint", {"size": 1}),
        ("checkpoint", []),
        ("surplus", 1),
    ],
)
def test_a_delivery_with_one_wrong_field_is_refused(name: str, value: object) -> None:
    with pytest.raises(MessageMalformedError):
        Delivery.from_payload({**SAMPLE, name: value})


@pytest.mark.parametrize("name", sorted(SAMPLE))
def test_a_delivery_that_lacks_a_field_is_refused(name: str) -> None:
    with pytest.raises(MessageMalformedError):
        Delivery.from_payload({key: value for key, value in SAMPLE.items() if key != name})


def test_a_body_too_long_to_be_inline_is_refused() -> None:
    text = b64encode(bytes(INLINE_BODY_LIMIT + 1)).decode()
    with pytest.raises(MessageMalformedError):
        Delivery.from_payload({**SAMPLE, "body": {"inline": text}})


def test_a_later_format_is_named_as_such() -> None:
    with pytest.raises(RecordTooNewError):
        Delivery.from_payload({**SAMPLE, "v": 2, "new": 1})
    with pytest.raises(RecordTooNewError):
        FeedMessage.from_payload({"v": 2})
