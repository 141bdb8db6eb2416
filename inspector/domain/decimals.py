"""Exact numbers as text: `-12.50`, never a float, never an exponent.

A reading must survive signing, sending and printing digit for digit, so it stays the text that the
inspector typed; arithmetic happens on `Decimal` at the last moment.
"""

from __future__ import annotations

import re
from decimal import Decimal

from inspector.errors import NumberMalformedError

MAX_DIGITS = 15
"""Digits that a number may have: far beyond any reading, far below what would slow a comparison."""

_FORM = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)


def decimal_of(text: str) -> Decimal:
    """The exact value of `text`: an optional minus, digits, optionally a point and digits.

    Raises:
        NumberMalformedError: anything else, such as `1e3`, `.5`, `05`, `+1`, `１`, or too many digits.
    """
    if not _FORM.fullmatch(text) or sum(char.isdigit() for char in text) > MAX_DIGITS:
        raise NumberMalformedError(text=text[:20])
    return Decimal(text)


def decimal_places(text: str) -> int:
    """How many digits stand after the point of a well-formed number."""
    return len(text.partition(".")[2])
