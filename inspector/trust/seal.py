"""Sealing for this device alone: files beside the store, such as photos that are not yet sent.

* Each file has a key of its own, derived from the data key and 32 random bytes, so no nonce can repeat.
* Purpose and associated data (the file's name) are bound: a file moved into another role does not open.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from inspector.errors import LocalSealBrokenError

DATA_KEY_BYTES = 32

_MAGIC = b"ISL1"
_SALT_BYTES = 32
_HEAD_BYTES = len(_MAGIC) + _SALT_BYTES
_TAG_BYTES = 16
_INFO = b"inspector local seal v1 "
# One message a key: a constant nonce never meets its key twice.
_NONCE = bytes(12)


def seal_local(data_key: bytes, purpose: str, aad: bytes, plaintext: bytes) -> bytes:
    """`plaintext` under a key of its own, for `purpose` and bound to `aad`.

    Raises:
        ValueError: the data key has not 32 bytes; the caller is wrong.
    """
    head = _MAGIC + secrets.token_bytes(_SALT_BYTES)
    return head + _cipher(data_key, purpose, head).encrypt(_NONCE, plaintext, aad)


def open_local(data_key: bytes, purpose: str, aad: bytes, sealed: bytes) -> bytes:
    """What `seal_local` was given.

    Raises:
        LocalSealBrokenError: another key, purpose or `aad`, or altered or cut bytes.
        ValueError: the data key has not 32 bytes; the caller is wrong.
    """
    if not sealed.startswith(_MAGIC) or len(sealed) < _HEAD_BYTES + _TAG_BYTES:
        raise LocalSealBrokenError
    cipher = _cipher(data_key, purpose, sealed[:_HEAD_BYTES])
    try:
        return cipher.decrypt(_NONCE, memoryview(sealed)[_HEAD_BYTES:], aad)
    except InvalidTag as error:
        raise LocalSealBrokenError from error


def _cipher(data_key: bytes, purpose: str, head: bytes) -> AESGCM:
    if len(data_key) != DATA_KEY_BYTES:
        raise ValueError("a data key has 32 bytes")
    salt, info = head[len(_MAGIC) :], _INFO + purpose.encode("utf-8")
    return AESGCM(HKDF(algorithm=SHA256(), length=DATA_KEY_BYTES, salt=salt, info=info).derive(data_key))
