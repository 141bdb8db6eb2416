"""Envelopes of a batch travel opened where that loses nothing, and arrive byte for byte."""

import json
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import MessageMalformedError
from inspector.sync.opened import opened, reclosed
from inspector.sync.packing import packed
from inspector.trust import dsse
from inspector.trust.strict_json import canonical, parse
from tests.real_office import sealed
from tests.simulator import Cast, MemoryDevice, key

KIND = "application/vnd.inspector.delivery.v1+json"
PAYLOAD = '{"备注":"通道被占用","text":"a\\"b"}'.encode()
PLAIN = dsse.sign(PAYLOAD, KIND, [key("one"), key("two")])


def travelled(envelope: bytes) -> bytes:
    return reclosed(parse(canonical([opened(envelope)]))[0])


def test_a_signed_envelope_travels_opened_and_arrives_as_it_was() -> None:
    value = opened(PLAIN)
    assert isinstance(value, dict)
    assert value["payload"] == PAYLOAD.decode()
    assert travelled(PLAIN) == PLAIN


@given(payload=st.binary(max_size=60) | st.text(max_size=40).map(str.encode), kind=st.text(max_size=20))
def test_whatever_is_signed_arrives_as_it_was(payload: bytes, kind: str) -> None:
    envelope = dsse.sign(payload, kind, [key("one")])
    assert travelled(envelope) == envelope


@given(st.binary(max_size=80))
def test_what_is_no_envelope_arrives_as_it_was(data: bytes) -> None:
    assert travelled(data) == data


FIELDS = json.loads(PLAIN)
ODD = {
    "with spaces": json.dumps(FIELDS).encode(),
    "in another order": json.dumps(dict(reversed(FIELDS.items())), separators=(",", ":")).encode(),
    "with a field more": canonical(FIELDS | {"x": 1}),
    "in the other base64": PLAIN.replace(
        FIELDS["payload"].encode(), urlsafe_b64encode(PAYLOAD + b"\xff\xff\xff")
    ),
    "with characters written as escapes": PLAIN.replace(b"application", b"\\u0061pplication"),
    "with a payload that is no text": dsse.sign(b"\xff\xfe", KIND, [key("one")]),
    "with a signature that names no key": canonical(FIELDS | {"signatures": [{"sig": "AA=="}]}),
}


@pytest.mark.parametrize("how", ODD)
def test_an_envelope_written_in_another_way_goes_closed_and_arrives_as_it_was(how: str) -> None:
    assert opened(ODD[how]) == b64encode(ODD[how]).decode()
    assert travelled(ODD[how]) == ODD[how]


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        [],
        "***",
        {},
        {"payload": "{}", "payloadType": "x"},
        {"payload": "{}", "payloadType": "x", "signatures": [], "more": 1},
        {"payload": b"{}".hex(), "payloadType": 1, "signatures": []},
        {"payload": "x" * 786_433, "payloadType": "x", "signatures": []},
        {"payload": "{}", "payloadType": "x", "signatures": [{"keyid": "a", "sig": "*"}]},
        {"payload": "{}", "payloadType": "x", "signatures": [{"keyid": "a", "sig": "AA==", "x": 1}]},
        {"payload": "{}", "payloadType": "x", "signatures": [{"keyid": "a", "sig": "AA=="}] * 17},
    ],
)
def test_what_stands_for_no_envelope_is_refused(value: object) -> None:
    with pytest.raises(MessageMalformedError):
        reclosed(value)


def test_opened_and_packed_a_record_costs_little_more_than_what_is_sealed_in_it() -> None:
    device = MemoryDevice(Cast.new())
    body = sealed("record", 0) + b"".join(sha256(bytes([number])).digest() for number in range(250))
    envelope = device.envelope(device.seal(body=body))
    assert len(packed(canonical([opened(envelope)]))) <= 1.1 * len(body)
    assert len(canonical([b64encode(envelope).decode()])) > 2.3 * len(body)
