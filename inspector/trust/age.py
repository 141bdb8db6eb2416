"""Sealing with age v1 to X25519 recipients (C2SP age.md), so that a record opens without this program.

* A sealed file is opened by any one of its recipients' identities, and by the stock `age` command.
* Sealing says nothing about who sealed: what is inside carries its own signatures.
* Each failure has its own type: `SealMalformedError` (the header cannot be read), `KeyWrongError` (no
  identity fits), `SealForgedError` (the header was altered), `SealBrokenError` (the payload was).

    sealed = encrypt(b"...", [recipient_of(identity)])
    decrypt(sealed, [identity])
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from io import BytesIO
from typing import BinaryIO

from inspector.errors import SealMalformedError
from inspector.trust import age_header, age_stream
from inspector.trust.age_header import check_recipient, generate_identity, recipient_of

__all__ = [
    "check_recipient",
    "decrypt",
    "decrypt_file",
    "encrypt",
    "encrypt_file",
    "generate_identity",
    "recipient_of",
]

_PAYLOAD_INFO = b"payload"


def encrypt(data: bytes, recipients: Sequence[str]) -> bytes:
    """Seal `data` to each of `recipients` (`age1…`).

    Raises:
        KeyMalformedError: a recipient is not an X25519 recipient.
        ValueError: no recipient; the caller is wrong.
    """
    head, key = _new_head(recipients)
    return b"".join([head, *age_stream.sealed_chunks(key, data)])


def decrypt(data: bytes, identities: Sequence[str]) -> bytes:
    """Open a sealed file with whichever of `identities` (`AGE-SECRET-KEY-1…`) fits; all or nothing.

    Raises:
        KeyMalformedError: an identity is not an X25519 identity.
        SealMalformedError: not an age v1 file.
        KeyWrongError: none of `identities` opens it.
        SealForgedError: the header was altered.
        SealBrokenError: the payload was cut, extended or altered.
    """
    source = BytesIO(data)
    key = _payload_key(source, identities)
    return b"".join(age_stream.opened_chunks(key, memoryview(data)[source.tell() :]))


def encrypt_file(source: BinaryIO, target: BinaryIO, recipients: Sequence[str]) -> None:
    """Seal all of `source` into `target`, holding two chunks of 64 KiB at a time.

    Raises:
        KeyMalformedError: a recipient is not an X25519 recipient.
        ValueError: no recipient; the caller is wrong.
    """
    head, key = _new_head(recipients)
    target.write(head)
    age_stream.seal_stream(key, source, target)


def decrypt_file(source: BinaryIO, target: BinaryIO, identities: Sequence[str]) -> None:
    """Open `source` into `target`, holding one chunk of 64 KiB at a time.

    No byte of a chunk is written before its tag is verified. A `SealBrokenError` may come late: what
    `target` holds by then is a genuine beginning of the plaintext and nothing more, so the caller must throw
    it away or keep it out of sight until this function has returned: write to a temporary file, rename it
    afterwards.

    Raises:
        KeyMalformedError: an identity is not an X25519 identity.
        SealMalformedError: not an age v1 file; nothing was written.
        KeyWrongError: none of `identities` opens it; nothing was written.
        SealForgedError: the header was altered; nothing was written.
        SealBrokenError: the payload was cut, extended or altered.
    """
    key = _payload_key(source, identities)
    age_stream.open_stream(key, source, target)


def _new_head(recipients: Sequence[str]) -> tuple[bytes, bytes]:
    """Header with the payload's nonce, and the payload's key."""
    file_key = secrets.token_bytes(age_header.FILE_KEY_BYTES)
    nonce = secrets.token_bytes(age_stream.NONCE_BYTES)
    head = age_header.wrap(file_key, recipients) + nonce
    return head, age_header.derive(file_key, salt=nonce, info=_PAYLOAD_INFO)


def _payload_key(source: BinaryIO, identities: Sequence[str]) -> bytes:
    header = age_header.read(source)
    file_key = age_header.unwrap(header, identities)
    nonce = age_stream.read_up_to(source, age_stream.NONCE_BYTES)
    if len(nonce) != age_stream.NONCE_BYTES:
        raise SealMalformedError(reason="文件在正文之前截断")
    return age_header.derive(file_key, salt=nonce, info=_PAYLOAD_INFO)
