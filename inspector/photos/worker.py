"""The process that decodes one picture and ends: it holds no key, and little of anything else.

It reads a request from standard input (the longest edge as 4 bytes, then the picture), writes an answer to
standard output (one status byte, then a JPEG) and ends. Memory, processor time, files and new processes are
limited before the first byte is read, where the system can do that.

`isolation` is the other end; nothing else runs this.
"""

from __future__ import annotations

import sys
from enum import Enum
from typing import BinaryIO

from inspector.errors import PhotoFormatError, PhotoTooLargeError, PhotoUnreadableError
from inspector.photos.header import FILE_LIMIT
from inspector.photos.picture import thumbnail

MEMORY_LIMIT = 1_500 * 1024 * 1024
"""Bytes of address space: 50 megapixels, their conversion, the libraries, and room to spare."""

CPU_LIMIT_S = 20
"""Seconds of processor time, an order of magnitude above the slowest honest picture."""


class Status(bytes, Enum):
    """The first byte of an answer; only `DONE` is followed by more."""

    DONE = b"J"
    FORMAT = b"F"
    TOO_LARGE = b"L"
    UNREADABLE = b"U"


def main() -> None:
    """Answer one request."""
    limit_resources()
    answer(sys.stdin.buffer, sys.stdout.buffer)


def answer(requests: BinaryIO, answers: BinaryIO) -> None:
    """Read one request to its end, write one answer."""
    edge = int.from_bytes(requests.read(4), "big")
    answers.write(_outcome(requests.read(FILE_LIMIT + 1), edge))
    answers.flush()


def limit_resources() -> None:
    """Cap memory, processor time and files of this process; nothing where the system has no such limits."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, ceiling in (
        (resource.RLIMIT_AS, MEMORY_LIMIT),
        (resource.RLIMIT_CPU, CPU_LIMIT_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(name, (ceiling, ceiling))


def _outcome(data: bytes, edge: int) -> bytes:
    try:
        return Status.DONE.value + thumbnail(data, edge)
    except PhotoFormatError:
        return Status.FORMAT.value
    except PhotoTooLargeError:
        return Status.TOO_LARGE.value
    except PhotoUnreadableError:
        return Status.UNREADABLE.value
