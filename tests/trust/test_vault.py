"""Secrets under a PIN or a passphrase: only the right one opens, and a swapped file harms nothing."""

from __future__ import annotations

from hashlib import scrypt

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import (
    FormatError,
    KeyFileMalformedError,
    PinUnfitError,
    RecordTooNewError,
    SecretRefusedError,
    SecretWrongError,
)
from inspector.trust import vault
from inspector.trust.key_file import KeyFile, open_key_file, seal_key_file
from inspector.trust.keys import SigningKey
from inspector.trust.vault import Cost, check_passphrase, check_pin, kek_for, new_kek, unwrap, wrap
from tests.trust.office_keys import OFFICE_IDENTITY

CHEAP = Cost(log_n=14)
PIN, KEYSTORE, CONTEXT = "260817", b"\x07" * 32, "data-key ada"
DATA_KEY = bytes(range(32))
WRAPPED = wrap(DATA_KEY, PIN, KEYSTORE, CONTEXT, cost=CHEAP)
KEK = kek_for(WRAPPED, PIN, KEYSTORE)

PASSPHRASE = "correct 样例 horse"
KEYS = KeyFile(
    tenant="sample",
    purpose="office",
    signing={"issuing": SigningKey(b"\x01" * 32), "feed": SigningKey(b"\x02" * 32)},
    identities=(OFFICE_IDENTITY,),
    others={"pdf": b"PKCS 8"},
)
FILE = seal_key_file(KEYS, PASSPHRASE, cost=CHEAP)


# --- PIN ----------------------------------------------------------------------------------------


def test_what_is_wrapped_under_a_pin_is_unwrapped_by_it():
    assert unwrap(WRAPPED, PIN, KEYSTORE, CONTEXT) == DATA_KEY
    assert DATA_KEY not in WRAPPED


def test_the_derivation_is_the_documented_one():
    head, nonce, sealed = WRAPPED[:23], WRAPPED[23:35], WRAPPED[35:]
    assert head[:7] == b"IVW1" + bytes([14, 8, 1])
    slow = scrypt(PIN.encode(), salt=head[7:], n=2**14, r=8, p=1, maxmem=2**26, dklen=32)
    derived = HKDF(algorithm=SHA256(), length=32, salt=head[7:], info=b"inspector vault v1 kek")
    cipher = AESGCM(derived.derive(slow + KEYSTORE))
    assert cipher.decrypt(nonce, sealed, head + CONTEXT.encode()) == DATA_KEY


@pytest.mark.parametrize(
    ("pin", "keystore", "context"),
    [
        ("260818", KEYSTORE, CONTEXT),
        ("", KEYSTORE, CONTEXT),
        ("样例", KEYSTORE, CONTEXT),
        (PIN, b"\x08" * 32, CONTEXT),
        (PIN, b"", CONTEXT),
        (PIN, KEYSTORE, "data-key ben"),
        (PIN, KEYSTORE, "seed ada"),
    ],
)
def test_everything_that_is_wrong_is_wrong_in_the_same_way(pin, keystore, context):
    with pytest.raises(SecretWrongError) as raised:
        unwrap(WRAPPED, pin, keystore, context)
    assert raised.value.message == SecretWrongError().message


@given(st.data())
def test_an_altered_secret_is_wrong_in_the_same_way_too(data):
    altered = bytearray(WRAPPED)
    altered[data.draw(st.integers(7, len(altered) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SecretWrongError):
        KEK.unwrap(bytes(altered), CONTEXT)


@pytest.mark.parametrize(
    "cost",
    [
        bytes([3, 8, 1]),
        bytes([13, 8, 1]),
        bytes([18, 8, 1]),
        bytes([42, 8, 1]),
        bytes([255, 255, 255]),
        bytes([14, 1, 1]),
        bytes([14, 255, 1]),
        bytes([14, 8, 0]),
        bytes([14, 8, 5]),
        bytes([0, 0, 0]),
    ],
)
def test_a_derivation_of_eight_kibibytes_or_four_tebibytes_is_refused_before_it_starts(cost):
    with pytest.raises(KeyFileMalformedError):
        unwrap(WRAPPED[:4] + cost + WRAPPED[7:], PIN, KEYSTORE, CONTEXT)


@pytest.mark.parametrize(("log_n", "p"), [(13, 1), (18, 1), (14, 0), (14, 5)])
def test_no_cost_out_of_bounds_can_be_asked_for(log_n, p):
    with pytest.raises(KeyFileMalformedError):
        Cost(log_n=log_n, p=p)


@pytest.mark.parametrize(
    "wrapped",
    [b"", b"IVW1", WRAPPED[:50], b"IVW2" + WRAPPED[4:], WRAPPED + bytes(70_000)],
    ids=["nothing", "a beginning", "cut", "another version", "too long"],
)
def test_what_is_no_wrapped_secret_is_refused(wrapped):
    with pytest.raises(KeyFileMalformedError):
        unwrap(wrapped, PIN, KEYSTORE, CONTEXT)
    with pytest.raises(KeyFileMalformedError):
        KEK.unwrap(wrapped, CONTEXT)


def test_one_derivation_wraps_several_secrets():
    seed = KEK.wrap(b"\x09" * 32, "seed ada")
    assert unwrap(seed, PIN, KEYSTORE, "seed ada") == b"\x09" * 32
    with pytest.raises(SecretWrongError):
        KEK.unwrap(seed, CONTEXT)


def test_a_key_does_not_open_what_another_derivation_wrapped():
    other = wrap(DATA_KEY, PIN, KEYSTORE, CONTEXT, cost=CHEAP)
    with pytest.raises(SecretWrongError):
        KEK.unwrap(other, CONTEXT)


def test_wrapping_twice_shares_nothing():
    again = wrap(DATA_KEY, PIN, KEYSTORE, CONTEXT, cost=CHEAP)
    assert again[7:] != WRAPPED[7:]
    assert KEK.wrap(DATA_KEY, CONTEXT)[23:] != KEK.wrap(DATA_KEY, CONTEXT)[23:]


@pytest.mark.parametrize("pin", ["260817", "100000", "112233", "013579", "483920571624"])
def test_a_pin_that_is_not_tried_first_is_accepted(pin):
    check_pin(pin)
    assert unwrap(wrap(DATA_KEY, pin, KEYSTORE, CONTEXT, cost=CHEAP), pin, KEYSTORE, CONTEXT) == DATA_KEY


@pytest.mark.parametrize(
    "pin",
    [
        "",
        "12345",
        "1234567890123",
        "111111",
        "123456",
        "654321",
        "890123",
        "000000000000",
        "121212",
        "1212121",
        "26081a",
        "２６０８１７",
        "26 0817",
        "-26081",
        "٢٦٠٨١٧",
    ],
)
def test_a_pin_that_is_tried_first_or_is_none_is_refused(pin):
    with pytest.raises(PinUnfitError):
        check_pin(pin)
    with pytest.raises(PinUnfitError):
        new_kek(pin, KEYSTORE, cost=CHEAP)


# --- Key files ----------------------------------------------------------------------------------


def test_a_key_file_gives_back_its_keys():
    opened = open_key_file(FILE, PASSPHRASE)
    assert (opened.tenant, opened.purpose) == ("sample", "office")
    assert {name: key.seed for name, key in opened.signing.items()} == {
        name: key.seed for name, key in KEYS.signing.items()
    }
    assert (opened.identities, opened.others) == (KEYS.identities, KEYS.others)


def test_a_passphrase_opens_however_the_keyboard_composed_it():
    composed, decomposed = "caf\u00e9 au lait", "cafe\u0301 au lait"
    assert open_key_file(seal_key_file(KEYS, composed, cost=CHEAP), decomposed).tenant == "sample"


def test_no_representation_of_a_key_file_shows_a_secret():
    shown = repr(open_key_file(FILE, PASSPHRASE))
    assert "AGE-SECRET-KEY" not in shown
    assert "PKCS" not in shown
    assert KEYS.signing["feed"].seed.hex() not in shown


def test_a_wrong_passphrase_is_refused():
    for wrong in ("correct 样例 horsf", "", PASSPHRASE + " "):
        with pytest.raises(SecretWrongError):
            open_key_file(FILE, wrong)


@pytest.mark.parametrize("change", [(b'"sample"', b'"simple"'), (b'"office"', b'"recove"')])
def test_a_key_file_moved_to_another_office_or_post_is_refused(change):
    with pytest.raises(SecretWrongError):
        open_key_file(FILE.replace(*change), PASSPHRASE)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", KeyFileMalformedError),
        (b"{}", KeyFileMalformedError),
        (FILE[:-3], KeyFileMalformedError),
        (FILE.replace(b"inspector-key-file", b"inspector-key-fule"), KeyFileMalformedError),
        (FILE.replace(b'"v":1', b'"v":2'), RecordTooNewError),
        (FILE.replace(b'"v":1', b'"v":1,"x":1'), KeyFileMalformedError),
        (b"\x00" * 1000, KeyFileMalformedError),
    ],
)
def test_what_is_no_key_file_is_refused(data, error):
    with pytest.raises(error):
        open_key_file(data, PASSPHRASE)


@given(st.integers(0, len(FILE) - 1))
def test_noise_in_a_key_file_meets_one_of_our_errors(place):
    with pytest.raises((FormatError, SecretWrongError)):
        open_key_file(FILE[:place] + b"\xff" + FILE[place + 1 :], PASSPHRASE)


@pytest.mark.parametrize("passphrase", ["", "ninechars", "aaaaaaaaaaaa", "abababababab"])
def test_a_poor_passphrase_is_refused_with_the_reason(passphrase):
    with pytest.raises(SecretRefusedError) as raised:
        check_passphrase(passphrase)
    assert raised.value.facts["reason"]
    with pytest.raises(SecretRefusedError):
        seal_key_file(KEYS, passphrase, cost=CHEAP)


def test_an_office_s_passphrase_costs_more_than_a_tablet_s_pin():
    assert vault.OFFICE_COST.log_n > vault.TABLET_COST.log_n > CHEAP.log_n
