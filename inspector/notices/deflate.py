"""A compressed stream put together from parts, some of which were packed before (RFC 1950, RFC 1951).

Compressed data is a row of blocks. A part that was packed alone, ends on a whole byte and refers to nothing
before itself can stand between others; only the checksum at the end is of the whole.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import NamedTuple

_HEAD = b"\x78\x01"
"""Deflate, a window of 32 KiB, packed for speed (RFC 1950 §2.2)."""


class Part(NamedTuple):
    """Some of a stream's content; `ready` is the same, packed, or nothing."""

    content: bytes
    ready: bytes = b""


def packed(content: bytes) -> Part:
    """A part packed by itself, as tightly as it goes: it is done once."""
    packer = zlib.compressobj(zlib.Z_BEST_COMPRESSION, wbits=-zlib.MAX_WBITS)
    return Part(content, packer.compress(content) + packer.flush(zlib.Z_SYNC_FLUSH))


def joined(parts: Iterable[Part], level: int) -> bytes:
    """The parts as one zlib stream.

    Args:
        level: for those that are not packed yet.
    """
    packer = zlib.compressobj(level, wbits=-zlib.MAX_WBITS)
    pieces, check = [_HEAD], zlib.adler32(b"")
    for content, ready in parts:
        check = zlib.adler32(content, check)
        # A full flush, so that what comes behind the part does not refer to what stands before it.
        pieces += [packer.flush(zlib.Z_FULL_FLUSH), ready] if ready else [packer.compress(content)]
    return b"".join([*pieces, packer.flush(), check.to_bytes(4)])
