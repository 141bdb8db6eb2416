"""Statements that authorise one request each."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import pytest

from inspector.errors import (
    InspectorError,
    MessageMalformedError,
    PayloadTypeError,
    RequestStatementError,
    SignatureInvalidError,
    SignerUnknownError,
)
from inspector.sync import protocol
from inspector.trust import dsse
from inspector.trust.radix import base64_url_text
from inspector.trust.strict_json import canonical
from tests.simulator import key

KEY = key("device")
EMPTY_SHA256 = sha256(b"").hexdigest()
STATEMENT = protocol.RequestStatement(
    nonce="n", audience="office", method="POST", path="/api/v1/have?x=1", sha256=EMPTY_SHA256
)


def header(payload: bytes, kind: str = protocol.REQUEST_TYPE) -> str:
    return f"Inspector {base64_url_text(dsse.sign(payload, kind, [KEY]))}"


def test_a_signed_statement_is_read_as_it_was_written() -> None:
    signed = protocol.authorization(STATEMENT, KEY)
    assert protocol.claimed_key_id(signed) == KEY.key_id
    proven = protocol.proven_request(signed, [KEY.public])
    assert (proven.statement, proven.key_id) == (STATEMENT, KEY.key_id)
    assert len(signed) < protocol.MAX_AUTHORIZATION_BYTES


@pytest.mark.parametrize("name", ["audience", "method", "path", "sha256"])
def test_a_statement_holds_for_its_own_request_only(name: str) -> None:
    mine = {"audience": "office", "method": "POST", "path": "/api/v1/have?x=1"}
    STATEMENT.check(**mine, body_sha256=EMPTY_SHA256)
    other = replace(STATEMENT, **{name: "0" * 64})
    with pytest.raises(RequestStatementError):
        other.check(**mine, body_sha256=EMPTY_SHA256)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", RequestStatementError),
        ("Inspector", RequestStatementError),
        ("Bearer abc", RequestStatementError),
        ("Inspector " + "a" * 5000, RequestStatementError),
        ("Inspector ***", MessageMalformedError),
        ("Inspector e30", MessageMalformedError),
        (header(canonical(STATEMENT.to_payload()), "text/plain"), PayloadTypeError),
        (header(canonical({**STATEMENT.to_payload(), "v": 2})), MessageMalformedError),
        (header(canonical({**STATEMENT.to_payload(), "x": 2})), MessageMalformedError),
        (header(b"[]"), MessageMalformedError),
    ],
)
def test_what_is_no_statement_is_refused(text: str, error: type[InspectorError]) -> None:
    with pytest.raises(error):
        protocol.proven_request(text, [KEY.public])


def test_a_statement_by_another_key_is_refused() -> None:
    with pytest.raises(SignerUnknownError):
        protocol.proven_request(protocol.authorization(STATEMENT, key("other")), [KEY.public])


def test_a_changed_statement_is_refused() -> None:
    envelope = protocol.authorization_envelope(protocol.authorization(STATEMENT, KEY))
    payload = canonical({**STATEMENT.to_payload(), "nonce": "m"})
    parsed = {**json.loads(envelope), "payload": b64encode(payload).decode()}
    with pytest.raises(SignatureInvalidError):
        protocol.proven_request(f"Inspector {base64_url_text(json.dumps(parsed).encode())}", [KEY.public])


def test_two_signatures_name_nobody() -> None:
    envelope = dsse.sign(canonical(STATEMENT.to_payload()), protocol.REQUEST_TYPE, [KEY, key("other")])
    with pytest.raises(RequestStatementError):
        protocol.claimed_key_id(f"Inspector {base64_url_text(envelope)}")
