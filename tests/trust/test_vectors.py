"""The vectors for other implementations too: each has the outcome that it names, and none has changed."""

from __future__ import annotations

import io
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from inspector.errors import (
    KeyWrongError,
    MessageMalformedError,
    PayloadTypeError,
    ProofInvalidError,
    SealBrokenError,
    SealForgedError,
    SealMalformedError,
    SignatureInvalidError,
    SignerUnknownError,
)
from inspector.trust import age, dsse
from inspector.trust.keys import VerifyKey
from inspector.trust.ledger import LogVerifier, Receipt, verify_consistency, verify_receipt
from tests.vectors.generate import differences

VECTORS = Path(__file__).resolve().parent.parent / "vectors"
SEALING = {
    "header failure": SealMalformedError,
    "no match": KeyWrongError,
    "HMAC failure": SealForgedError,
    "payload failure": SealBrokenError,
}
SIGNING = {
    "malformed": MessageMalformedError,
    "wrong type": PayloadTypeError,
    "signature invalid": SignatureInvalidError,
    "signer unknown": SignerUnknownError,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """One file: its headers in order, and its body."""

    headers: tuple[tuple[str, str], ...]
    body: bytes

    def one(self, name: str) -> str:
        (value,) = self.many(name)
        return value

    def many(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


def read(path: Path, names: set[str]) -> Vector:
    head, _, body = path.read_bytes().partition(b"\n\n")
    pairs = [line.partition(": ")[::2] for line in head.decode().split("\n")]
    assert {name for name, _ in pairs} <= names, f"{path.name} has a header that nobody knows"
    return Vector(headers=tuple((name, value) for name, value in pairs), body=body)


def in_folder(folder: str, start: str = "") -> list[object]:
    paths = sorted((VECTORS / folder).glob(f"{start}*.txt"))
    assert paths, f"there are no vectors in {folder}"
    return [pytest.param(path, id=path.stem) for path in paths]


def test_no_vector_has_changed():
    assert differences() == []


@pytest.mark.parametrize("path", in_folder("sealing"))
def test_a_sealed_file_has_its_outcome(path):
    vector = read(path, {"expect", "payload", "identity", "comment"})
    sealed, target = bytes.fromhex(vector.body.decode()), io.BytesIO()
    if vector.one("expect") == "success":
        age.decrypt_file(io.BytesIO(sealed), target, vector.many("identity"))
    else:
        with pytest.raises(SEALING[vector.one("expect")]):
            age.decrypt_file(io.BytesIO(sealed), target, vector.many("identity"))
    released = vector.many("payload") or [sha256(b"").hexdigest()]
    assert sha256(target.getvalue()).hexdigest() == released[0]


@pytest.mark.parametrize("path", in_folder("signing"))
def test_an_envelope_has_its_outcome(path):
    vector = read(path, {"expect", "type", "key", "payload", "comment"})
    keys = [VerifyKey.from_text(text) for text in vector.many("key")]
    if vector.one("expect") == "success":
        ids = [key.key_id for key in keys]
        verified = dsse.verify(vector.body, vector.one("type"), keys, required=ids)
        assert sha256(verified.payload).hexdigest() == vector.one("payload")
    else:
        with pytest.raises(SIGNING[vector.one("expect")]):
            dsse.verify(vector.body, vector.one("type"), keys)


@pytest.mark.parametrize("path", in_folder("log", "receipt"))
def test_a_receipt_has_its_outcome(path):
    vector = read(path, {"expect", "entry", "verifier"})
    receipt = Receipt.from_bytes(vector.body)
    entry, verifier = bytes.fromhex(vector.one("entry")), LogVerifier.from_text(vector.one("verifier"))
    if vector.one("expect") == "success":
        assert verify_receipt(receipt, entry, verifier).size == 7
    else:
        assert vector.one("expect") == "failure"
        with pytest.raises(ProofInvalidError):
            verify_receipt(receipt, entry, verifier)


@pytest.mark.parametrize("path", in_folder("log", "consistency"))
def test_a_step_from_log_to_log_has_its_outcome(path):
    vector = read(path, {"expect", "old", "new"})
    (old, old_root), (new, new_root) = (vector.one(name).split() for name in ("old", "new"))
    proof = [bytes.fromhex(line) for line in vector.body.decode().split()]
    arguments = (int(old), bytes.fromhex(old_root), int(new), bytes.fromhex(new_root), proof)
    if vector.one("expect") == "success":
        verify_consistency(*arguments)
    else:
        assert vector.one("expect") == "failure"
        with pytest.raises(ProofInvalidError):
            verify_consistency(*arguments)
