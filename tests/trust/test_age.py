"""Sealing: what the age format allows opens, what it forbids is refused by name, and other programs agree."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import (
    InspectorError,
    KeyMalformedError,
    KeyWrongError,
    SealBrokenError,
    SealForgedError,
    SealMalformedError,
)
from inspector.trust import age
from inspector.trust.age_header import MAX_HEADER_BYTES
from inspector.trust.radix import bech32_text
from tests.trust.forged_age import CHUNK, IDENTITY, OPENED, REFUSED, whole, x25519

RECIPIENT = age.recipient_of(IDENTITY)
EDGES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1]
PLAIN = os.urandom(2 * CHUNK + 1)
STRICTER = "a passphrase beside a recipient"
"""The one case where the stock command, asked with an X25519 identity, lets pass what age.md forbids."""
HEAD_BYTES = len(age.encrypt(b"", [RECIPIENT])) - 16

refused = pytest.mark.parametrize(
    ("sealed", "error", "released"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
opened = pytest.mark.parametrize(
    ("sealed", "plain"), [case[1:] for case in OPENED], ids=[case[0] for case in OPENED]
)


@pytest.fixture(scope="module")
def identity_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("age") / "identity.txt"
    path.write_text(IDENTITY + "\n", encoding="ascii")
    return path


def stock_age(*arguments: str | Path, given: bytes) -> subprocess.CompletedProcess[bytes]:
    command = shutil.which("age")
    assert command is not None, "the age command is one of the judges: install the package age"
    return subprocess.run([command, *arguments], input=given, capture_output=True, check=False)


def streamed(sealed: bytes) -> bytes:
    target = io.BytesIO()
    age.decrypt_file(io.BytesIO(sealed), target, [IDENTITY])
    return target.getvalue()


# --- The format ---------------------------------------------------------------------------------


def test_the_specification_s_own_identity_has_the_specification_s_own_recipient():
    assert RECIPIENT == "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"


@opened
def test_a_well_formed_file_opens(sealed, plain):
    assert age.decrypt(sealed, [IDENTITY]) == plain
    assert streamed(sealed) == plain


@refused
def test_a_faulty_file_is_refused_by_name(sealed, error, released):
    with pytest.raises(error):
        age.decrypt(sealed, [IDENTITY])


@refused
def test_a_stream_passes_on_what_is_genuine_and_no_more(sealed, error, released):
    target = io.BytesIO()
    with pytest.raises(error):
        age.decrypt_file(io.BytesIO(sealed), target, [IDENTITY])
    assert target.getvalue() == released


@pytest.mark.parametrize(
    ("sealed", "released"),
    [(case[1], case[3]) for case in REFUSED if case[0] != STRICTER],
    ids=[case[0] for case in REFUSED if case[0] != STRICTER],
)
def test_the_stock_command_refuses_the_same_files_after_as_much(sealed, released, identity_file):
    # It prompts for a passphrase where a file has one; without a terminal that is a refusal too.
    done = stock_age("-d", "-i", identity_file, given=sealed)
    assert done.returncode != 0
    assert done.stdout == released


@opened
def test_the_stock_command_opens_the_same_files(sealed, plain, identity_file):
    done = stock_age("-d", "-i", identity_file, given=sealed)
    assert (done.returncode, done.stdout) == (0, plain)


def test_a_header_without_an_end_is_not_read_without_an_end():
    endless = b"age-encryption.org/v1\n-> x\n" + (b"A" * 64 + b"\n") * (MAX_HEADER_BYTES // 64)
    with pytest.raises(SealMalformedError):
        age.decrypt(endless, [IDENTITY])
    source = io.BytesIO(b"age-encryption.org/v1\n-> " + b"x" * (2 * MAX_HEADER_BYTES))
    with pytest.raises(SealMalformedError):
        age.decrypt_file(source, io.BytesIO(), [IDENTITY])
    assert source.tell() == MAX_HEADER_BYTES


# --- Other programs agree -----------------------------------------------------------------------


@pytest.mark.parametrize("size", EDGES)
def test_what_we_seal_others_open(size, identity_file):
    sealed = age.encrypt(PLAIN[:size], [RECIPIENT])
    assert stock_age("-d", "-i", identity_file, given=sealed).stdout == PLAIN[:size]
    assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(IDENTITY)]) == PLAIN[:size]


@pytest.mark.parametrize("size", EDGES)
def test_what_others_seal_we_open(size):
    by_command = stock_age("-r", RECIPIENT, given=PLAIN[:size]).stdout
    by_rust = pyrage.encrypt(PLAIN[:size], [pyrage.x25519.Recipient.from_str(RECIPIENT)])
    assert age.decrypt(by_command, [IDENTITY]) == PLAIN[:size] == streamed(by_command)
    assert age.decrypt(by_rust, [IDENTITY]) == PLAIN[:size] == streamed(by_rust)


@pytest.mark.parametrize("size", EDGES)
def test_both_ways_of_sealing_open_both_ways(size):
    target = io.BytesIO()
    age.encrypt_file(io.BytesIO(PLAIN[:size]), target, [RECIPIENT])
    assert age.decrypt(target.getvalue(), [IDENTITY]) == PLAIN[:size]
    assert streamed(age.encrypt(PLAIN[:size], [RECIPIENT])) == PLAIN[:size]
    assert len(target.getvalue()) == len(age.encrypt(PLAIN[:size], [RECIPIENT]))


# --- Recipients ---------------------------------------------------------------------------------


def test_each_recipient_opens_alone_and_nobody_else_does():
    identities = [age.generate_identity() for _ in range(4)]
    sealed = age.encrypt(b"record", [age.recipient_of(identity) for identity in identities[:3]])
    for identity in identities[:3]:
        assert age.decrypt(sealed, [identities[3], identity]) == b"record"
    with pytest.raises(KeyWrongError):
        age.decrypt(sealed, [identities[3]])
    with pytest.raises(KeyWrongError):
        age.decrypt(sealed, [])


def test_sealing_twice_shares_nothing():
    first, second = age.encrypt(PLAIN, [RECIPIENT]), age.encrypt(PLAIN, [RECIPIENT])
    shares = [sealed.split(b"\n")[1] for sealed in (first, second)]
    payloads = [sealed[HEAD_BYTES:] for sealed in (first, second)]
    assert len({*shares, *payloads}) == 4


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "age1",
        RECIPIENT.upper(),
        RECIPIENT[:-1] + RECIPIENT[-1].upper(),
        RECIPIENT[:-1],
        RECIPIENT.replace("q", "p", 1),
        RECIPIENT + "样",
        bech32_text("age", bytes(31)),
        bech32_text("age", bytes(33)),
        bech32_text("agf", bytes(range(32))),
        bech32_text("age", bytes(32)),
        IDENTITY,
    ],
)
def test_what_is_no_recipient_is_refused(recipient):
    with pytest.raises(KeyMalformedError):
        age.encrypt(b"", [recipient])


@pytest.mark.parametrize(
    "identity",
    [
        "",
        IDENTITY.lower(),
        IDENTITY[:-1] + "Q",
        IDENTITY[:20] + IDENTITY[20].lower() + IDENTITY[21:],
        RECIPIENT,
    ],
)
def test_what_is_no_identity_is_refused(identity):
    with pytest.raises(KeyMalformedError):
        age.decrypt(whole(x25519()), [identity])


def test_sealing_to_nobody_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="recipient"):
        age.encrypt(b"", [])


# --- Cuts and flips -----------------------------------------------------------------------------


@pytest.mark.parametrize("chunks", [1, 2, 3])
@pytest.mark.parametrize("beside", [-1, 0, 1])
def test_a_file_cut_at_a_chunk_s_edge_is_refused(chunks, beside):
    sealed = age.encrypt(bytes(3 * CHUNK), [RECIPIENT])
    cut = min(HEAD_BYTES + chunks * (CHUNK + 16) + beside, len(sealed) - 1)
    with pytest.raises(SealBrokenError):
        age.decrypt(sealed[:cut], [IDENTITY])
    with pytest.raises(SealBrokenError):
        streamed(sealed[:cut])


@given(st.integers(0, HEAD_BYTES + 20))
def test_a_file_cut_anywhere_is_refused(length):
    with pytest.raises((SealMalformedError, SealBrokenError)):
        age.decrypt(age.encrypt(b"record", [RECIPIENT])[:length], [IDENTITY])


@given(st.data())
def test_one_flipped_bit_anywhere_is_refused(data):
    sealed = bytearray(age.encrypt(b"a record of some length", [RECIPIENT]))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((SealMalformedError, KeyWrongError, SealForgedError, SealBrokenError)):
        age.decrypt(bytes(sealed), [IDENTITY])


@given(st.binary(max_size=300))
def test_noise_is_refused_with_one_of_our_errors(noise):
    with pytest.raises(InspectorError):
        age.decrypt(b"age-encryption.org/v1\n" + noise, [IDENTITY])


class _Trickle(io.RawIOBase):
    """A pipe that hands out a few bytes at a time."""

    def __init__(self, data: bytes) -> None:
        self._inner = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        part = self._inner.read(min(len(buffer), 4099))
        buffer[: len(part)] = part
        return len(part)


def test_a_pipe_that_hands_out_little_at_a_time_is_read_to_its_end():
    sealed, target = io.BytesIO(), io.BytesIO()
    age.encrypt_file(_Trickle(PLAIN), sealed, [RECIPIENT])
    age.decrypt_file(_Trickle(sealed.getvalue()), target, [IDENTITY])
    assert target.getvalue() == PLAIN
