"""Checkpoints, receipts and device chains: what was removed, changed or moved shows."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import (
    ChainBrokenError,
    CheckpointInvalidError,
    InspectorError,
    KeyMalformedError,
    MessageMalformedError,
    ProofInvalidError,
)
from inspector.trust import dsse
from inspector.trust.keys import SigningKey
from inspector.trust.ledger import (
    GENESIS,
    ChainHead,
    Checkpoint,
    LogVerifier,
    Receipt,
    Tree,
    leaf_hash,
    sign_checkpoint,
    verify_chain,
    verify_checkpoint,
    verify_receipt,
)

KEY, OTHER = SigningKey(b"\x04" * 32), SigningKey(b"\x05" * 32)
NAME = "sample.example/log"
VERIFIER = LogVerifier(name=NAME, key=KEY.public)
ENTRIES = [b"entry %d" % number for number in range(9)]
TREE = Tree(map(leaf_hash, ENTRIES))
ROOT = TREE.root_at(9)
NOTE = sign_checkpoint(NAME, 9, ROOT, KEY)
TEXT, _, LINES = NOTE.rpartition(b"\n\n")


def resigned(text: bytes, key: SigningKey = KEY, name: str = NAME) -> bytes:
    """A note around any text at all, rightly signed."""
    key_hash = sha256(name.encode() + b"\n\x01" + key.public.raw).digest()[:4]
    return text + b"\n\xe2\x80\x94 " + name.encode() + b" " + b64encode(key_hash + key.sign(text)) + b"\n"


# --- Checkpoints --------------------------------------------------------------------------------


def test_a_checkpoint_reads_as_its_specification_draws_it():
    assert NOTE.decode().split("\n")[:4] == [NAME, "9", b64encode(ROOT).decode(), ""]
    assert resigned(TEXT + b"\n") == NOTE
    expected = Checkpoint(origin=NAME, size=9, root=ROOT)
    assert verify_checkpoint(NOTE, NAME, KEY.public, origin=NAME) == expected


def test_a_verifier_string_is_read_back():
    assert LogVerifier.from_text(VERIFIER.text) == VERIFIER
    name, digest, key = VERIFIER.text.split("+", 2)
    assert name == NAME
    assert digest == sha256(NAME.encode() + b"\n\x01" + KEY.public.raw).hexdigest()[:8]
    assert key == b64encode(b"\x01" + KEY.public.raw).decode()


def test_a_verifier_string_of_other_programs_is_read():
    # The example key in the documentation of Go's sumdb/note.
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert LogVerifier.from_text(text).text == text


def test_an_empty_log_has_a_checkpoint_too():
    note = sign_checkpoint(NAME, 0, Tree().root_at(0), KEY)
    assert verify_checkpoint(note, NAME, KEY.public).size == 0


def test_witnesses_and_extension_lines_are_passed_over():
    witness = resigned(TEXT + b"\n", OTHER, "witness.example").rpartition(b"\n\n")[2]
    noisy = "— 样例 AAAAAAAA\n".encode()
    assert verify_checkpoint(TEXT + b"\n\n" + witness + noisy + LINES, NAME, KEY.public).size == 9
    extended = resigned(TEXT + b"\nextension\n")
    assert verify_checkpoint(extended, NAME, KEY.public).root == ROOT


BAD_NOTES = {
    "nothing": b"",
    "no signature part": TEXT + b"\n",
    "no signature line": TEXT + b"\n\n",
    "no final line feed": NOTE[:-1],
    "only a stranger's signature": resigned(TEXT + b"\n", OTHER),
    "our key under another name": resigned(TEXT + b"\n", KEY, "other.example"),
    "a stranger's signature with our key's hash": TEXT
    + b"\n\n\xe2\x80\x94 "
    + NAME.encode()
    + b" "
    + b64encode(sha256(NAME.encode() + b"\n\x01" + KEY.public.raw).digest()[:4] + OTHER.sign(TEXT + b"\n"))
    + b"\n",
    "a right signature beside a wrong one of ours": NOTE + resigned(b"x\n").rpartition(b"\n\n")[2],
    "a signature cut short": NOTE[:-6] + b"\n",
    "a hyphen for the dash": NOTE.replace(b"\xe2\x80\x94 ", b"- "),
    "a carriage return": NOTE.replace(b"\n", b"\r\n"),
    "a tab in the origin": resigned(b"a\tb\n9\n" + b64encode(ROOT) + b"\n"),
    "bytes that are not UTF-8": b"\xff" + NOTE,
    "another size": NOTE.replace(b"\n9\n", b"\n8\n"),
    "another root": NOTE.replace(b64encode(ROOT), b64encode(bytes(32))),
    "another origin": NOTE.replace(b"sample.example/log\n9", b"sample.example/lag\n9"),
    "signed, but two lines": resigned(b"a\n9\n"),
    "signed, but no origin": resigned(b"\n9\n" + b64encode(ROOT) + b"\n"),
    "signed, but a size with a zero in front": resigned(b"a\n09\n" + b64encode(ROOT) + b"\n"),
    "signed, but a negative size": resigned(b"a\n-9\n" + b64encode(ROOT) + b"\n"),
    "signed, but an enormous size": resigned(b"a\n" + b"9" * 30 + b"\n" + b64encode(ROOT) + b"\n"),
    "signed, but a size above 2^63": resigned(b"a\n9999999999999999999\n" + b64encode(ROOT) + b"\n"),
    "signed, but a short root": resigned(b"a\n9\n" + b64encode(ROOT[:-1]) + b"\n"),
    "signed, but a root in another spelling": resigned(b"a\n9\n" + b64encode(ROOT)[:-1] + b"\n"),
    "signed, but an empty extension line": resigned(b"a\n9\n" + b64encode(ROOT) + b"\n\nb\n"),
    "too long": resigned(TEXT + b"\n" + b"extension\n" * 10_000),
}


@pytest.mark.parametrize("note", BAD_NOTES.values(), ids=BAD_NOTES.keys())
def test_a_checkpoint_that_cannot_be_believed_is_refused(note):
    with pytest.raises(CheckpointInvalidError):
        verify_checkpoint(note, NAME, KEY.public)


def test_a_checkpoint_of_another_log_under_the_same_key_is_refused():
    note = sign_checkpoint("sample.example/other", 9, ROOT, KEY, NAME)
    assert verify_checkpoint(note, NAME, KEY.public).origin == "sample.example/other"
    with pytest.raises(CheckpointInvalidError):
        verify_checkpoint(note, NAME, KEY.public, origin=NAME)


@pytest.mark.parametrize(
    "text",
    [
        "",
        NAME,
        VERIFIER.text.replace("+", " "),
        VERIFIER.text.replace(NAME, "other"),
        "+" + VERIFIER.text.partition("+")[2],
        VERIFIER.text[:-1],
        "+".join([*VERIFIER.text.split("+")[:2], b64encode(b"\x02" + KEY.public.raw).decode()]),
        NAME + "+00000000+" + b64encode(b"\x02" + KEY.public.raw).decode(),
        NAME + "+00000000+" + b64encode(b"\x01" + bytes(32)).decode(),
        f"{NAME}+0000000G+AQ==",
    ],
)
def test_a_verifier_string_that_contradicts_itself_is_refused(text):
    with pytest.raises(KeyMalformedError):
        LogVerifier.from_text(text)


@pytest.mark.parametrize(
    ("origin", "size", "root", "name"),
    [
        ("", 1, ROOT, NAME),
        ("a\nb", 1, ROOT, NAME),
        ("a b", 1, ROOT, None),
        ("a+b", 1, ROOT, None),
        ("a", -1, ROOT, None),
        ("a", 2**63, ROOT, None),
        ("a", 1, ROOT[:31], None),
    ],
)
def test_a_checkpoint_that_nobody_could_read_is_a_mistake_of_the_caller(origin, size, root, name):
    with pytest.raises(ValueError):
        sign_checkpoint(origin, size, root, KEY, name)


# --- Receipts -----------------------------------------------------------------------------------


def receipt(index: int) -> Receipt:
    return Receipt(index=index, proof=TREE.inclusion_proof(index, 9), checkpoint=NOTE)


@pytest.mark.parametrize("index", range(9))
def test_a_receipt_shows_its_entry_after_any_journey(index):
    again = Receipt.from_bytes(receipt(index).to_bytes())
    assert again == receipt(index)
    assert verify_receipt(again, ENTRIES[index], VERIFIER).size == 9


def test_a_receipt_for_another_entry_or_place_is_refused():
    with pytest.raises(ProofInvalidError):
        verify_receipt(receipt(3), ENTRIES[4], VERIFIER)
    with pytest.raises(ProofInvalidError):
        verify_receipt(replace(receipt(3), index=4), ENTRIES[3], VERIFIER)
    with pytest.raises(ProofInvalidError):
        verify_receipt(replace(receipt(3), index=9), ENTRIES[3], VERIFIER)
    with pytest.raises(ProofInvalidError):
        verify_receipt(replace(receipt(3), proof=()), ENTRIES[3], VERIFIER)


def test_a_receipt_of_another_log_is_refused():
    with pytest.raises(CheckpointInvalidError):
        verify_receipt(receipt(3), ENTRIES[3], replace(VERIFIER, key=OTHER.public))
    with pytest.raises(CheckpointInvalidError):
        verify_receipt(receipt(3), ENTRIES[3], replace(VERIFIER, name="other.example"))
    elsewhere = replace(receipt(3), checkpoint=sign_checkpoint("elsewhere", 9, ROOT, KEY, NAME))
    with pytest.raises(CheckpointInvalidError):
        verify_receipt(elsewhere, ENTRIES[3], VERIFIER)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data.replace(b"@v1", b"@v2"),
        lambda data: data.replace(b"index 3", b"index 03"),
        lambda data: data.replace(b"index 3", b"index -3"),
        lambda data: data.replace(b"index 3\n", b""),
        lambda data: data.replace(b"index 3\n", b"extra AAAA\nindex 3\n"),
        lambda data: data.replace(b"=\n", b"\n", 1),
        lambda data: data.replace(b"index 3\n", b"index 3\nAAAA\n"),
        lambda data: data.replace(b"index 3\n", b"index 3\n" + (b64encode(bytes(32)) + b"\n") * 100),
        lambda data: data.replace(b"\n\n", b"\n"),
        lambda data: "样".encode() + data,
        lambda data: data + b"x" * 100_000,
    ],
)
def test_what_is_no_receipt_is_refused(change):
    with pytest.raises(MessageMalformedError):
        Receipt.from_bytes(change(receipt(3).to_bytes()))


@given(st.data())
def test_one_flipped_bit_in_a_receipt_is_refused(data):
    spoiled = bytearray(receipt(3).to_bytes())
    spoiled[data.draw(st.integers(0, len(spoiled) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(InspectorError):
        verify_receipt(Receipt.from_bytes(bytes(spoiled)), ENTRIES[3], VERIFIER)


# --- Device chains ------------------------------------------------------------------------------


def delivery(seq: object, prev: object, word: str = "") -> bytes:
    payload = json.dumps({"seq": seq, "prev": prev, "word": word}).encode()
    return dsse.sign(payload, "application/vnd.inspector.delivery.v1+json", [KEY])


def chain(length: int) -> list[bytes]:
    made: list[bytes] = []
    for seq in range(1, length + 1):
        made.append(delivery(seq, sha256(made[-1]).hexdigest() if made else "0" * 64))
    return made


def test_a_whole_chain_is_accepted_at_once_or_piece_by_piece():
    made = chain(5)
    head = ChainHead(seq=5, sha256=sha256(made[-1]).hexdigest())
    assert verify_chain(made) == head
    assert verify_chain(made[2:], after=verify_chain(made[:2])) == head
    assert verify_chain([]) == GENESIS


def test_a_removed_delivery_is_named():
    made = chain(5)
    for missing in range(4):
        with pytest.raises(ChainBrokenError) as raised:
            verify_chain(made[:missing] + made[missing + 1 :])
        assert raised.value.facts["seq"] == missing + 1


def test_deliveries_in_another_order_are_refused():
    made = chain(5)
    for place in range(4):
        swapped = [*made[:place], made[place + 1], made[place], *made[place + 2 :]]
        with pytest.raises(ChainBrokenError):
            verify_chain(swapped)


def test_a_repeated_delivery_is_refused():
    made = chain(3)
    with pytest.raises(ChainBrokenError) as raised:
        verify_chain([*made, made[2]])
    assert raised.value.facts["seq"] == 3


def test_a_number_used_again_is_refused_though_it_is_chained():
    made = chain(3)
    made.append(delivery(3, sha256(made[2]).hexdigest()))
    with pytest.raises(ChainBrokenError) as raised:
        verify_chain(made)
    assert "重复" in raised.value.message


def test_a_replaced_delivery_breaks_the_next_one():
    made = chain(4)
    made[1] = delivery(2, sha256(made[0]).hexdigest(), "another")
    with pytest.raises(ChainBrokenError) as raised:
        verify_chain(made)
    assert raised.value.facts["seq"] == 3


def test_a_respelled_envelope_is_another_envelope():
    made = chain(3)
    made[1] = made[1].replace(b'"payload":', b'"payload": ')
    with pytest.raises(ChainBrokenError):
        verify_chain(made)


def test_a_first_delivery_that_names_a_predecessor_is_refused():
    with pytest.raises(ChainBrokenError):
        verify_chain([delivery(1, "a" * 64)])


@pytest.mark.parametrize(
    "envelope",
    [
        b"{}",
        delivery(True, "0" * 64),
        delivery("1", "0" * 64),
        delivery(1, None),
        dsse.sign(b"[]", "t", [KEY]),
        dsse.sign(b"{}", "t", [KEY]),
    ],
)
def test_what_is_no_delivery_is_refused(envelope):
    with pytest.raises(MessageMalformedError):
        verify_chain([envelope])
