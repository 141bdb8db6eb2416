"""The sealed registration of a notice, and what its reply code opens: bytes that the server keeps unread.

* The registration is AES-256-GCM under a key derived from the one in the address's fragment. Every box has
  the same length, whatever is in it.
* A reply code gives two things, by PBKDF2: a proof, which the server checks against a salted hash, and a key
  under which the registration's key is wrapped for whoever has the code and not the address. The server sees
  the proof only, and from it neither the code nor the key follows.
* Both are bound to the notice: a box of one notice does not open as another's.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import pbkdf2_hmac, sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from inspector.domain.access import KEY_BYTES, locator, read_reply_code
from inspector.errors import SealForgedError, SealMalformedError
from inspector.trust.age_header import derive

CONTENT_BYTES = 48 * 1024
"""Of the content with its length and its padding."""
BOX_BYTES = 1 + 12 + CONTENT_BYTES + 16
MOST_CONTENT = CONTENT_BYTES - 4
PROOF_BYTES = SALT_BYTES = 32
WRAPPED_BYTES = 1 + 12 + KEY_BYTES + 16
ROUNDS = 100_000
"""Of PBKDF2-HMAC-SHA-256: the code has 70 bits of its own, this adds 17 to each guess."""

_VERSION = 1
_NONCE_BYTES = 12
_BOX_LABEL = b"inspector notice registration v1"
_WRAP_LABEL = b"inspector reply code v1 wrap"
_CODE_LABEL = b"inspector reply code v1 "


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeKeys:
    """What a reply code gives.

    Attributes:
        proof: what the server is shown.
        wrapping: wraps the registration's key.
    """

    proof: bytes
    wrapping: bytes


def new_key() -> bytes:
    """A registration's key."""
    return secrets.token_bytes(KEY_BYTES)


def seal_registration(content: bytes, *, key: bytes, public_id: str) -> bytes:
    """The box that the server keeps; `BOX_BYTES` long.

    Raises:
        ValueError: longer than `MOST_CONTENT`; the caller is wrong.
    """
    if len(content) > MOST_CONTENT:
        raise ValueError("a registration is cut to size before it is sealed")
    padded = len(content).to_bytes(4, "big") + content
    return _seal(padded.ljust(CONTENT_BYTES, b"\0"), _box_key(key, public_id), _BOX_LABEL, public_id)


def open_registration(box: bytes, *, key: bytes, public_id: str) -> bytes:
    """The content of a box.

    Raises:
        SealMalformedError: no box of this version.
        SealForgedError: another key, another notice, or altered.
    """
    if len(box) != BOX_BYTES:
        raise SealMalformedError(reason="登记内容的长度不对")
    padded = _open(box, _box_key(key, public_id), _BOX_LABEL, public_id)
    length = int.from_bytes(padded[:4], "big")
    if length > MOST_CONTENT or any(padded[4 + length :]):
        raise SealMalformedError(reason="登记内容的填充不对")
    return padded[4 : 4 + length]


def code_keys(code: str, public_id: str) -> CodeKeys:
    """What a reply code of a notice gives.

    Raises:
        ReplyCodeMistypedError: no reply code.
    """
    secret = read_reply_code(code).replace("-", "").encode("ascii")
    salt = _CODE_LABEL + locator(public_id).encode("ascii")
    derived = pbkdf2_hmac("sha256", secret, salt, ROUNDS, dklen=PROOF_BYTES + 32)
    return CodeKeys(proof=derived[:PROOF_BYTES], wrapping=derived[PROOF_BYTES:])


def wrap_key(key: bytes, *, wrapping: bytes, public_id: str) -> bytes:
    """The registration's key for whoever has the reply code."""
    return _seal(key, wrapping, _WRAP_LABEL, public_id)


def unwrap_key(wrapped: bytes, *, wrapping: bytes, public_id: str) -> bytes:
    """The reverse of `wrap_key`.

    Raises:
        SealMalformedError, SealForgedError: as `open_registration`.
    """
    if len(wrapped) != WRAPPED_BYTES:
        raise SealMalformedError(reason="登记密钥的长度不对")
    return _open(wrapped, wrapping, _WRAP_LABEL, public_id)


def proof_sha256(salt: bytes, proof: bytes) -> str:
    """What the server keeps of a proof."""
    return sha256(salt + proof).hexdigest()


def _box_key(key: bytes, public_id: str) -> bytes:
    return derive(key, salt=bytes.fromhex(public_id), info=_BOX_LABEL)


def _seal(content: bytes, key: bytes, label: bytes, public_id: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return bytes([_VERSION]) + nonce + AESGCM(key).encrypt(nonce, content, label + bytes.fromhex(public_id))


def _open(box: bytes, key: bytes, label: bytes, public_id: str) -> bytes:
    if box[0] != _VERSION:
        raise SealMalformedError(reason="登记内容来自更新的版本")
    nonce, sealed = box[1 : 1 + _NONCE_BYTES], box[1 + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, sealed, label + bytes.fromhex(public_id))
    except InvalidTag as error:
        raise SealForgedError() from error
