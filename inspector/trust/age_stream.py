"""The payload of an age v1 file: chunks of 64 KiB under ChaCha20-Poly1305 (C2SP age.md, "Payload").

* Each nonce counts its chunk and marks the last one, so a cut, a swap and an addition all show.
* The last chunk may be short; it may be empty only where the whole payload is.
* No byte of a chunk is released before its tag is verified.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from inspector.errors import SealBrokenError

CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
NONCE_BYTES = 16

_SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES


def sealed_chunks(key: bytes, data: bytes) -> Iterator[bytes]:
    """The sealed chunks of a payload that is in memory."""
    cipher, view = ChaCha20Poly1305(key), memoryview(data)
    last = max(len(view) - 1, 0) // CHUNK_BYTES
    for number in range(last + 1):
        start = number * CHUNK_BYTES
        chunk = view[start : start + CHUNK_BYTES]
        yield cipher.encrypt(_nonce(number, last=number == last), chunk, None)


def opened_chunks(key: bytes, sealed: memoryview) -> Iterator[bytes]:
    """The opened chunks of a sealed payload that is in memory.

    Raises:
        SealBrokenError: cut, extended or altered.
    """
    cipher = ChaCha20Poly1305(key)
    last = max(len(sealed) - 1, 0) // _SEALED_CHUNK_BYTES
    for number in range(last + 1):
        start = number * _SEALED_CHUNK_BYTES
        chunk = sealed[start : start + _SEALED_CHUNK_BYTES]
        yield _open(cipher, number, chunk, last=number == last)


def seal_stream(key: bytes, source: BinaryIO, target: BinaryIO) -> None:
    """Seal all of `source` into `target`, one chunk in memory at a time."""
    cipher, number = ChaCha20Poly1305(key), 0
    chunk = read_up_to(source, CHUNK_BYTES)
    while following := read_up_to(source, CHUNK_BYTES):
        target.write(cipher.encrypt(_nonce(number, last=False), chunk, None))
        chunk, number = following, number + 1
    target.write(cipher.encrypt(_nonce(number, last=True), chunk, None))


def open_stream(key: bytes, source: BinaryIO, target: BinaryIO) -> None:
    """Open `source` into `target`, chunk by chunk as their tags are verified.

    What is the last chunk is learnt from the chunk itself and not by looking ahead, so every chunk that is
    genuine has been released by the time a failure behind it is found.

    Raises:
        SealBrokenError: cut, extended or altered; what `target` holds by then is a genuine beginning only.
    """
    cipher, number, last = ChaCha20Poly1305(key), 0, False
    while not last:
        sealed = read_up_to(source, _SEALED_CHUNK_BYTES)
        last = len(sealed) < _SEALED_CHUNK_BYTES
        chunk = None if last else _tried(cipher, number, sealed)
        if chunk is None:
            last, chunk = True, _open(cipher, number, sealed, last=True)
        target.write(chunk)
        number += 1
    if source.read(1):
        raise SealBrokenError(reason="末尾之后还有数据")


def _nonce(number: int, *, last: bool) -> bytes:
    return (number << 8 | last).to_bytes(12, "big")


def _open(cipher: ChaCha20Poly1305, number: int, sealed: bytes | memoryview, *, last: bool) -> bytes:
    if len(sealed) < TAG_BYTES:
        raise SealBrokenError(reason="中途截断")
    if last and number and len(sealed) == TAG_BYTES:
        raise SealBrokenError(reason="末段为空")
    try:
        return cipher.decrypt(_nonce(number, last=last), sealed, None)
    except InvalidTag as error:
        raise SealBrokenError(reason=f"第 {number + 1} 段验证不过") from error


def _tried(cipher: ChaCha20Poly1305, number: int, sealed: bytes) -> bytes | None:
    try:
        return cipher.decrypt(_nonce(number, last=False), sealed, None)
    except InvalidTag:
        return None


def read_up_to(source: BinaryIO, size: int) -> bytes:
    """`size` bytes, or what is left of them; a pipe may hand out less at a time."""
    data = source.read(size)
    while len(data) < size and (more := source.read(size - len(data))):
        data += more
    return data
