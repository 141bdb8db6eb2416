"""The little that the server looks at in a sealed file: that it is one, and its hash.

What is not an age file would lie here in the clear, which must not happen even by a tablet's mistake.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from inspector.errors import BlobHashError, EntryUnsealedError

AGE_HEAD = b"age-encryption.org/v1\n"


def check_head(head: bytes) -> None:
    """Accept bytes that begin as an age v1 file does.

    Raises:
        EntryUnsealedError: they do not.
    """
    if not head.startswith(AGE_HEAD):
        raise EntryUnsealedError()


def check_sealed(digest: str, chunks: Iterable[bytes]) -> None:
    """Accept a file that is the one named and begins as an age v1 file does.

    Raises:
        BlobHashError: its SHA-256 is another.
        EntryUnsealedError: it is not an age file.
    """
    found, head = sha256(), b""
    for chunk in chunks:
        found.update(chunk)
        if len(head) < len(AGE_HEAD):
            head += chunk[: len(AGE_HEAD)]
    if found.hexdigest() != digest:
        raise BlobHashError(sha256=digest)
    check_head(head)
