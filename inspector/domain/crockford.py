"""Crockford's base32: codes that people read from paper and type."""

from __future__ import annotations

from unicodedata import normalize

from inspector.errors import MessageMalformedError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OIL", "011", " -_\u2010\u2013\u2014\t\r\n")


def crockford_text(number: int, length: int) -> str:
    """`number` in Crockford's base32, `length` characters, without I, L, O and U."""
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def crockford_digits(typed: str) -> tuple[int, ...]:
    """The values of the characters that were typed.

    Case, spaces and dashes do not matter; O is read as 0, I and L as 1; full-width characters as half-width.

    Raises:
        MessageMalformedError: a character that cannot be meant.
    """
    text = normalize("NFKC", typed).upper().translate(_MISREAD)
    digits = tuple(ALPHABET.find(character) for character in text)
    if -1 in digits:
        raise MessageMalformedError(reason="含有不会出现的字符")
    return digits


def crockford_number(typed: str) -> tuple[int, int]:
    """The number that was typed, and how many characters it had; read as `crockford_digits`.

    Raises:
        MessageMalformedError: a character that cannot be meant.
    """
    digits = crockford_digits(typed)
    number = 0
    for digit in digits:
        number = number << 5 | digit
    return number, len(digits)
