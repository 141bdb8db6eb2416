"""What looking at a printed notice came to: beside the notice printed again, and as an office's copy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Likeness(StrEnum):
    """How a PDF compares with the same notice printed again.

    `BYTES`: byte for byte. `OBJECTS`: every object the same, packed in another way. `TEXT`: another build
    printed it, or fonts that are not at hand; its text is the same. `UNKNOWN`: it could not be compared.
    `DIFFERENT`: it shows something else.
    """

    BYTES = "bytes"
    OBJECTS = "objects"
    TEXT = "text"
    UNKNOWN = "unknown"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The likeness, and in Chinese how it was looked for, what differs, or why it is not known.

    Attributes:
        hint: what the reader can do to have it looked at to its end; empty for nothing.
    """

    likeness: Likeness
    words: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCopy:
    """An office's copy whose signature holds.

    Attributes:
        original: the tablet's PDF inside it, byte for byte.
        chain: DER, the signer's certificate first, where the chain ended last.
        is_anchored: it ended at an authority that the reader brought along.
        signed_ms: when, as the signer says.
        stamped_ms: when, as a time-stamping authority says; None without one.
        authority: who stamped it, and whether the reader trusts that authority.
    """

    original: bytes
    chain: tuple[bytes, ...]
    is_anchored: bool
    signed_ms: int
    stamped_ms: int | None = None
    authority: str = ""
    is_stamp_trusted: bool = False
