"""Writes the vectors: plain text files with fixed keys, for our own tests and for other implementations.

    python -m tests.vectors.generate            write them
    python -m tests.vectors.generate --verify   compare, and say which differ

A vector is a list of `key: value` lines, an empty line, and a body. `expect` comes from a closed list. Bodies
are text as it stands (`signing`, receipts) or hexadecimal in lines of 64 digits (`sealing`, consistency).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from inspector.errors import (
    InspectorError,
    KeyWrongError,
    MessageMalformedError,
    PayloadTypeError,
    SealBrokenError,
    SealForgedError,
    SealMalformedError,
    SignatureInvalidError,
    SignerUnknownError,
)
from inspector.trust import dsse
from inspector.trust.certificates import (
    CERTIFICATE_TYPE,
    REVOCATION_TYPE,
    Revocation,
    RevocationReason,
    issue_certificate,
    issue_revocation,
    issue_statement,
)
from inspector.trust.keys import VerifyKey
from inspector.trust.ledger import Receipt, Tree, leaf_hash, sign_checkpoint
from inspector.trust.statement import STATEMENT_TYPE
from inspector.trust.strict_json import canonical
from tests.trust.forged_age import IDENTITY, OPENED, REFUSED
from tests.trust.office_keys import (
    ADA,
    BEN,
    DEVICE,
    INSPECTOR_ADA,
    ISSUED_MS,
    ISSUING,
    LOG,
    ROOT,
    STATEMENT,
    TABLET,
)
from tests.trust.test_dsse import ADA as FIRST
from tests.trust.test_dsse import ATTACKS, TYPE
from tests.trust.test_dsse import BEN as SECOND

HERE = Path(__file__).resolve().parent
LARGEST = 4096
OUTCOMES: dict[type[InspectorError], str] = {
    SealMalformedError: "header failure",
    KeyWrongError: "no match",
    SealForgedError: "HMAC failure",
    SealBrokenError: "payload failure",
    MessageMalformedError: "malformed",
    PayloadTypeError: "wrong type",
    SignatureInvalidError: "signature invalid",
    SignerUnknownError: "signer unknown",
}

Headers = Iterable[tuple[str, str]]


def written(headers: Headers, body: bytes) -> bytes:
    return "".join(f"{name}: {value}\n" for name, value in headers).encode() + b"\n" + body


def slug(sentence: str) -> str:
    return re.sub(r"[^a-z0-9^+.]+", "-", sentence.lower()).strip("-")


def hexadecimal(data: bytes) -> bytes:
    digits = data.hex()
    return "".join(digits[start : start + 64] + "\n" for start in range(0, len(digits), 64)).encode()


def sealing() -> dict[str, bytes]:
    """age files, with the headers of the age project's own test suite."""
    cases = [(name, sealed, "success", plain) for name, sealed, plain in OPENED]
    cases += [(name, sealed, OUTCOMES[error], released) for name, sealed, error, released in REFUSED]
    made = {}
    for name, sealed, outcome, plain in cases:
        if len(sealed) > LARGEST:
            continue
        headers = [("expect", outcome)]
        if outcome in ("success", "payload failure"):
            headers.append(("payload", sha256(plain).hexdigest()))
        headers += [("identity", IDENTITY), ("comment", name)]
        made[f"sealing/{slug(name)}.txt"] = written(headers, hexadecimal(sealed))
    return made


def _envelope(
    name: str, envelope: bytes, kind: str, keys: Iterable[VerifyKey], outcome: str
) -> tuple[str, bytes]:
    headers = [("expect", outcome), ("type", kind), *(("key", key.text) for key in keys)]
    if outcome == "success":
        headers.append(("payload", sha256(dsse.peek(envelope).payload).hexdigest()))
    return f"signing/{slug(name)}.txt", written([*headers, ("comment", name)], envelope)


def signing() -> dict[str, bytes]:
    """DSSE envelopes: good ones of each kind, and every attack of the tests that is text."""
    revocation = Revocation(
        tenant="sample",
        key_id=DEVICE.key_id,
        last_good_seq=17,
        last_good_sha256=sha256(b"the seventeenth delivery").hexdigest(),
        reason=RevocationReason.LOST,
        at_ms=ISSUED_MS,
    )
    record = canonical({"v": 1, "结论": "合格", "𠅤": ["䶮"]})
    good = [
        (
            "a record by a device and two inspectors",
            dsse.sign(record, TYPE, [DEVICE, ADA, BEN]),
            TYPE,
            [DEVICE, ADA, BEN],
        ),
        ("an office statement", issue_statement(STATEMENT, ROOT), STATEMENT_TYPE, [ROOT]),
        (
            "a device's certificate",
            issue_certificate(TABLET.certificate(), ISSUING),
            CERTIFICATE_TYPE,
            [ISSUING],
        ),
        (
            "an inspector's certificate",
            issue_certificate(INSPECTOR_ADA.certificate(), ISSUING),
            CERTIFICATE_TYPE,
            [ISSUING],
        ),
        ("a revocation", issue_revocation(revocation, ISSUING), REVOCATION_TYPE, [ISSUING]),
    ]
    made = [
        _envelope(name, it, kind, [key.public for key in keys], "success") for name, it, kind, keys in good
    ]
    known = [FIRST.public, SECOND.public]
    made += [_envelope(name, it, TYPE, known, OUTCOMES[error]) for name, (it, error) in ATTACKS.items()]
    return dict(made)


def log() -> dict[str, bytes]:
    """Receipts for entries of one log of seven, and steps from each of its sizes to the next."""
    entries = [f"entry {number}".encode() for number in range(7)]
    tree = Tree(map(leaf_hash, entries))
    verifier = ("verifier", STATEMENT.log.text)
    made = {}
    for index, entry in enumerate(entries):
        note = sign_checkpoint(STATEMENT.log.name, 7, tree.root_at(7), LOG)
        receipt = Receipt(index=index, proof=tree.inclusion_proof(index, 7), checkpoint=note).to_bytes()
        other = entries[index - 1]
        for outcome, shown in (("success", entry), ("failure", other)):
            headers = [("expect", outcome), ("entry", shown.hex()), verifier]
            made[f"log/receipt-{index}-{outcome}.txt"] = written(headers, receipt)
    for old in range(1, 7):
        proof = b"".join(hexadecimal(node) for node in tree.consistency_proof(old, 7))
        for outcome, root in (("success", tree.root_at(old)), ("failure", tree.root_at(old - 1))):
            headers = [
                ("expect", outcome),
                ("old", f"{old} {root.hex()}"),
                ("new", f"7 {tree.root_at(7).hex()}"),
            ]
            made[f"log/consistency-{old}-{outcome}.txt"] = written(headers, proof)
    return made


def all_vectors() -> dict[str, bytes]:
    """Every vector's content by its path."""
    return sealing() | signing() | log()


def differences() -> list[str]:
    """Paths that are missing, stale or of another content."""
    made = all_vectors()
    there = {path.relative_to(HERE).as_posix(): path.read_bytes() for path in HERE.rglob("*.txt")}
    return sorted(path for path in made.keys() | there.keys() if made.get(path) != there.get(path))


def main() -> int:
    if "--verify" not in sys.argv[1:]:
        for path, content in all_vectors().items():
            (HERE / path).parent.mkdir(exist_ok=True)
            (HERE / path).write_bytes(content)
    found = differences()
    sys.stdout.writelines(f"differs: {path}\n" for path in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
