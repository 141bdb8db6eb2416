"""An envelope proves what known keys signed, under one type, and nothing else."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import (
    InspectorError,
    MessageMalformedError,
    PayloadTypeError,
    SignatureInvalidError,
    SignatureMissingError,
    SignerUnknownError,
)
from inspector.trust import dsse
from inspector.trust.keys import SigningKey

ADA, BEN, CLEO = (SigningKey(bytes([number]) * 32) for number in (1, 2, 3))
TYPE = "application/vnd.inspector.record.v1+json"
PAYLOAD = '{"结论":"合格"}'.encode()


def signature(
    key: SigningKey, payload: bytes = PAYLOAD, kind: str = TYPE, hint: str | None = None
) -> dict[str, str]:
    value = b64encode(key.sign(dsse.pae(kind, payload))).decode()
    return {"keyid": key.key_id if hint is None else hint, "sig": value}


def envelope(*signatures: object, **changed: object) -> bytes:
    fields: dict[str, object] = {
        "payload": b64encode(PAYLOAD).decode(),
        "payloadType": TYPE,
        "signatures": list(signatures),
    }
    return json.dumps(fields | changed).encode()


def test_the_specification_s_own_example_is_encoded_as_it_says():
    encoded = dsse.pae("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_lengths_are_counted_in_bytes():
    assert dsse.pae("样", "例".encode()) == "DSSEv1 3 样 3 例".encode()


@given(st.text(max_size=9), st.binary(max_size=9), st.text(max_size=9), st.binary(max_size=9))
def test_no_two_messages_are_encoded_alike(kind, payload, other_kind, other_payload):
    same = (kind, payload) == (other_kind, other_payload)
    assert (dsse.pae(kind, payload) == dsse.pae(other_kind, other_payload)) is same


def test_what_is_signed_is_read_back_with_its_signers():
    signed = dsse.sign(PAYLOAD, TYPE, [ADA, BEN])
    verified = dsse.verify(signed, TYPE, [BEN.public, ADA.public], required=[ADA.key_id])
    assert verified == dsse.Verified(payload=PAYLOAD, key_ids=(ADA.key_id, BEN.key_id))


def test_an_envelope_is_compact_and_the_same_every_time():
    signed = dsse.sign(PAYLOAD, TYPE, [ADA])
    assert signed == dsse.sign(PAYLOAD, TYPE, [ADA])
    assert b" " not in signed
    assert json.loads(signed) == json.loads(envelope(signature(ADA)))


def test_a_key_may_be_named_otherwise_by_whoever_keeps_it():
    signed = envelope(signature(ADA, hint="device-7"))
    assert dsse.verify(signed, TYPE, {"device-7": ADA.public}).key_ids == ("device-7",)


@pytest.mark.parametrize("hint", ["", "somebody's own name for it"])
def test_a_key_id_is_only_a_hint(hint):
    assert dsse.verify(envelope(signature(ADA, hint=hint)), TYPE, [ADA.public]).key_ids == (ADA.key_id,)


def test_a_signature_without_a_key_id_is_tried_with_each_known_key():
    anonymous = {"sig": signature(BEN)["sig"]}
    assert dsse.verify(envelope(anonymous), TYPE, [ADA.public, BEN.public]).key_ids == (BEN.key_id,)


def test_either_alphabet_of_base64_is_read():
    payload = b"\xfb\xff\xfe"
    value = urlsafe_b64encode(ADA.sign(dsse.pae(TYPE, payload))).decode()
    signed = envelope({"keyid": ADA.key_id, "sig": value}, payload=urlsafe_b64encode(payload).decode())
    assert dsse.verify(signed, TYPE, [ADA.public]).payload == payload


def test_fields_that_nobody_knows_are_passed_over():
    signed = envelope(signature(ADA) | {"cert": "…"}, later=[1])
    assert dsse.verify(signed, TYPE, [ADA.public]).payload == PAYLOAD


def test_signatures_of_unknown_keys_are_passed_over():
    signed = envelope(
        signature(CLEO), {"keyid": "other", "sig": b64encode(bytes(5000)).decode()}, signature(ADA)
    )
    assert dsse.verify(signed, TYPE, [ADA.public]).key_ids == (ADA.key_id,)


def test_a_key_that_signed_twice_counts_once():
    signed = envelope(signature(ADA), signature(ADA), signature(ADA, hint=""))
    assert dsse.verify(signed, TYPE, [ADA.public]).key_ids == (ADA.key_id,)


# --- Attacks ------------------------------------------------------------------------------------

WRONG = signature(ADA, payload=b"something else")

ATTACKS: dict[str, tuple[bytes, type[InspectorError]]] = {
    "no signature": (envelope(), SignatureInvalidError),
    "only unknown signers": (envelope(signature(CLEO)), SignerUnknownError),
    "a known key's wrong signature alone": (envelope(WRONG), SignatureInvalidError),
    "a known key's wrong signature beside a right one": (
        envelope(signature(BEN), WRONG),
        SignatureInvalidError,
    ),
    "a wrong signature without a key id": (envelope(WRONG | {"keyid": ""}), SignerUnknownError),
    "a stranger's signature under a known key id": (
        envelope(signature(CLEO, hint=ADA.key_id)),
        SignatureInvalidError,
    ),
    "an empty signature": (envelope({"keyid": ADA.key_id, "sig": ""}), SignatureInvalidError),
    "a signature cut short": (
        envelope({"keyid": ADA.key_id, "sig": b64encode(ADA.sign(b"x")[:63]).decode()}),
        SignatureInvalidError,
    ),
    "a signature over the bare payload": (
        envelope({"keyid": ADA.key_id, "sig": b64encode(ADA.sign(PAYLOAD)).decode()}),
        SignatureInvalidError,
    ),
    "another payload": (envelope(signature(ADA), payload=b64encode(b"{}").decode()), SignatureInvalidError),
    "another type": (envelope(signature(ADA), payloadType="application/json"), PayloadTypeError),
    "another type in another case": (envelope(signature(ADA), payloadType=TYPE.upper()), PayloadTypeError),
    "a signature made for another type": (
        envelope(signature(ADA, kind="application/vnd.inspector.delivery.v1+json")),
        SignatureInvalidError,
    ),
    "no payload": (envelope(signature(ADA), payload=None), MessageMalformedError),
    "no type": (envelope(signature(ADA), payloadType=None), MessageMalformedError),
    "signatures that are no list": (envelope(signatures={"0": signature(ADA)}), MessageMalformedError),
    "a signature that is no object": (envelope("sig"), MessageMalformedError),
    "a signature without its value": (envelope({"keyid": ADA.key_id}), MessageMalformedError),
    "a key id that is no text": (envelope(signature(ADA) | {"keyid": 1}), MessageMalformedError),
    "seventeen signatures": (envelope(*[signature(ADA)] * 17), MessageMalformedError),
    "an array around it": (b"[" + envelope(signature(ADA)) + b"]", MessageMalformedError),
    "a byte-order mark": (b"\xef\xbb\xbf" + envelope(signature(ADA)), MessageMalformedError),
    "something behind it": (envelope(signature(ADA)) + b"{}", MessageMalformedError),
    "the payload twice": (
        envelope(signature(ADA))[:-1] + b', "payload": "e30="}',
        MessageMalformedError,
    ),
    "a float anywhere": (envelope(signature(ADA), later=1.5), MessageMalformedError),
    "nothing": (b"", MessageMalformedError),
}


@pytest.mark.parametrize(("attacked", "error"), ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_meets_its_own_error(attacked, error):
    with pytest.raises(error) as raised:
        dsse.verify(attacked, TYPE, [ADA.public, BEN.public])
    assert type(raised.value) is error


@pytest.mark.parametrize("change", ["AB==", "AAB=", "AA", "A A=", "AAAA\n", "+_8=", "*"])
def test_a_payload_or_signature_in_another_spelling_is_refused(change):
    for spoiled in (envelope(signature(ADA), payload=change), envelope({"keyid": "x", "sig": change})):
        with pytest.raises(MessageMalformedError):
            dsse.verify(spoiled, TYPE, [ADA.public])


def test_a_required_signer_who_did_not_sign_is_named():
    signed = dsse.sign(PAYLOAD, TYPE, [ADA])
    with pytest.raises(SignatureMissingError) as raised:
        dsse.verify(signed, TYPE, [ADA.public, BEN.public], required=[ADA.key_id, BEN.key_id])
    assert raised.value.facts["key_id"] == BEN.key_id


def test_no_known_key_is_no_proof():
    with pytest.raises(SignerUnknownError):
        dsse.verify(dsse.sign(PAYLOAD, TYPE, [ADA]), TYPE, [])


def test_a_sender_s_words_do_not_reach_the_error_s_sentence():
    with pytest.raises(SignerUnknownError) as raised:
        dsse.verify(envelope(signature(CLEO, hint="请把密码发到……")), TYPE, [ADA.public])
    assert "密码" not in raised.value.message


def test_an_envelope_over_eight_megabytes_is_refused():
    with pytest.raises(MessageMalformedError):
        dsse.verify(dsse.sign(bytes(7_000_000), TYPE, [ADA]), TYPE, [ADA.public])


@given(st.data())
def test_one_changed_byte_never_yields_another_payload(data):
    signed = bytearray(dsse.sign(PAYLOAD, TYPE, [ADA, BEN]))
    signed[data.draw(st.integers(0, len(signed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        verified = dsse.verify(bytes(signed), TYPE, [ADA.public, BEN.public])
    except InspectorError:
        return
    # What can change unnoticed is what is not signed: the hint, or a field's name that nobody then knows.
    assert verified.payload == PAYLOAD


@given(st.integers(0, 300))
def test_an_envelope_cut_anywhere_is_refused(length):
    with pytest.raises(MessageMalformedError):
        dsse.verify(dsse.sign(PAYLOAD, TYPE, [ADA, BEN])[:length], TYPE, [ADA.public])


def test_looking_is_not_believing():
    claimed = dsse.peek(envelope(WRONG, payloadType="anything"))
    assert claimed.payload == PAYLOAD
    assert claimed.payload_type == "anything"
    assert [each.key_id for each in claimed.signatures] == [ADA.key_id]


@pytest.mark.parametrize("signers", [[], [ADA, ADA]])
def test_signing_with_nobody_or_twice_is_a_mistake_of_the_caller(signers):
    with pytest.raises(ValueError, match="different keys"):
        dsse.sign(PAYLOAD, TYPE, signers)
