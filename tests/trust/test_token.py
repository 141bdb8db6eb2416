"""The code on a notice: what it says is what was signed, and it fits."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain import notice_record
from inspector.domain.notice_parts import NoticeFinding
from inspector.errors import InspectorError, SignatureInvalidError, SignerUnknownError, TokenMalformedError
from inspector.trust.keys import SigningKey
from inspector.trust.radix import base64_url_text
from inspector.trust.strict_json import canonical
from inspector.trust.token import (
    MAX_TEXT,
    PREFIX,
    NoticeToken,
    bare,
    claimed_key_id,
    read_token,
    sign_token,
    verify_token,
)
from tests.notices import samples

KEY = SigningKey(b"\x07" * 32)
TOKEN = NoticeToken(
    number="（样）应急责改〔2026〕1号",
    issuer="样例市应急管理局（样例）",
    enterprise="样例化工有限公司（样例）",
    findings=3,
    deadline="2026-12-08",
    public_id="0" * 32,
    digest=b"\x01" * 16,
    issued_ms=1_795_510_800_000,
)


def test_a_notices_token_says_what_the_paper_must_say():
    token = NoticeToken.of(samples.ORDER, issued_ms=5)
    last = max(one.deadline.date for one in samples.FINDINGS if one.deadline)
    assert (token.number, token.issuer) == (samples.ORDER.number, samples.ORDER.issuer_name)
    assert (token.enterprise, token.findings) == (samples.ENTERPRISE.name, len(samples.FINDINGS))
    assert (token.deadline, token.issued_ms) == (last.isoformat(), 5)
    assert token.public_id == samples.ORDER.public_id
    assert token.digest == sha256(notice_record.canonical(samples.ORDER)).digest()[:16]
    at_once = NoticeFinding(ordinal=1, facts="样例：电炉取暖。", requirement="停止使用。", at_once=True)
    bare_one = replace(samples.ORDER, number=None, findings=(at_once,), photos=())
    without = NoticeToken.of(bare_one, issued_ms=5)
    assert (without.number, without.findings, without.deadline) == ("", 1, "")


def test_a_token_is_read_back_as_it_was_signed():
    text = sign_token(TOKEN, KEY)
    assert verify_token(text, KEY.public) == TOKEN
    assert claimed_key_id(text) == KEY.key_id
    assert read_token(f"  {text}\n") == TOKEN


def test_the_address_around_a_token_is_read_as_the_token():
    text = sign_token(TOKEN, KEY)
    address = f"https://office.example/n/{TOKEN.public_id}#{bare(text)}.{'A' * 22}"
    assert verify_token(address, KEY.public) == TOKEN
    for other in (address.replace("#", "?"), address.rpartition(".")[0], "ftp" + address[5:]):
        with pytest.raises(TokenMalformedError):
            read_token(other)


def test_a_token_of_the_first_version_is_still_verified():
    json = canonical(
        {
            "n": TOKEN.number,
            "i": TOKEN.issuer,
            "e": TOKEN.enterprise,
            "c": TOKEN.findings,
            "d": TOKEN.deadline,
            "p": TOKEN.public_id,
            "h": base64_url_text(TOKEN.digest),
            "t": TOKEN.issued_ms,
        }
    )
    body = b"\x01" + bytes.fromhex(KEY.key_id) + len(json).to_bytes(2, "big") + json
    signed = body + KEY.sign(b"inspector notice token v1\0" + body)
    assert verify_token("INSPECTOR1." + base64_url_text(signed), KEY.public) == TOKEN
    with pytest.raises(InspectorError):
        verify_token(PREFIX + base64_url_text(signed), KEY.public)


@given(st.text(min_size=1, max_size=20), st.integers(0, 65535), st.dates() | st.none())
def test_whatever_is_signed_is_read_back(name, findings, deadline):
    token = replace(TOKEN, number=name, findings=findings, deadline=deadline.isoformat() if deadline else "")
    assert read_token(sign_token(token, KEY)) == token


@given(st.data())
def test_any_other_character_is_refused(data):
    text = sign_token(TOKEN, KEY)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("ABCxyz09-_.!").filter(lambda char: char != text[place]))
    with pytest.raises(InspectorError):
        verify_token(text[:place] + other + text[place + 1 :], KEY.public)


@given(st.integers(0, len(sign_token(TOKEN, KEY)) - 1))
def test_a_cut_token_is_refused(length):
    with pytest.raises(InspectorError):
        verify_token(sign_token(TOKEN, KEY)[:length], KEY.public)


def test_another_key_is_named_as_such():
    with pytest.raises(SignerUnknownError):
        verify_token(sign_token(TOKEN, KEY), SigningKey(b"\x08" * 32).public)


def test_a_forged_content_under_the_same_key_id_is_refused():
    forged = SigningKey(b"\x08" * 32)
    text = sign_token(TOKEN, KEY)
    other = sign_token(replace(TOKEN, findings=0), forged)
    with pytest.raises((SignatureInvalidError, SignerUnknownError)):
        verify_token(other, KEY.public)
    assert text != other


@pytest.mark.parametrize("char", ["样", "𠅤", "a"])
def test_long_names_are_cut_visibly_and_the_text_fits(char):
    long = replace(TOKEN, issuer=char * 200, enterprise=char * 200)
    text = sign_token(long, KEY)
    assert len(text) <= MAX_TEXT
    assert verify_token(text, KEY.public).enterprise.endswith("…")


@pytest.mark.parametrize(
    "text", ["", "https://example.invalid/", PREFIX, PREFIX + "AAAA", "INSPECTOR1.AAAA", "INSPECTOR3.AAAA"]
)
def test_foreign_texts_are_no_tokens(text):
    with pytest.raises(TokenMalformedError):
        read_token(text)
