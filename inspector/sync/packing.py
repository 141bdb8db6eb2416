"""Bodies of requests, compressed on the way: base64 costs a third, and most of what is sent is base64.

* `Content-Encoding: gzip`, one member, nothing behind it. What is signed for is the body as it was sent.
* Whoever unpacks says how long the content may become, and never holds more than that.
"""

from __future__ import annotations

import gzip
import zlib
from typing import Final

from inspector.errors import MessageMalformedError, RequestTooLargeError

CONTENT_ENCODING: Final = "Content-Encoding"
GZIP: Final = "gzip"
PACK_FROM_BYTES: Final = 512
"""A shorter body is sent as it is."""

_LEVEL = 6
_WITH_GZIP_HEADER = 16 + zlib.MAX_WBITS


def packed(content: bytes) -> bytes:
    """`content` as a gzip member without name or time."""
    return gzip.compress(content, _LEVEL, mtime=0)


def unpacked(body: bytes, encoding: str, *, most: int) -> bytes:
    """The content of a body sent with this `Content-Encoding`; empty means as it is.

    Raises:
        RequestTooLargeError: it would be longer than `most` bytes.
        MessageMalformedError: an encoding that is not ours, or not exactly one whole member.
    """
    if not encoding:
        return body
    if encoding != GZIP:
        raise MessageMalformedError(reason="Content-Encoding 只能是 gzip")
    reading = zlib.decompressobj(_WITH_GZIP_HEADER)
    try:
        content = reading.decompress(body, most + 1)
    except zlib.error as error:
        raise MessageMalformedError(reason="压缩的内容不完整或已损坏") from error
    if len(content) > most:
        raise RequestTooLargeError
    if not reading.eof or reading.unused_data:
        raise MessageMalformedError(reason="压缩的内容不完整或已损坏")
    return content
