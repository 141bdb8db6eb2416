"""Bytes written as text: base64 in its strict forms, and bech32.

* Decoders refuse a second spelling of the same bytes, so that a text and its meaning cannot come apart; what
  people type (`domain/crockford.py`) is read with tolerance.
* Sources: RFC 4648 §3.5 and §4, BIP 173 (without its length limit, as age asks for).
"""

from __future__ import annotations

from base64 import b64decode, b64encode, urlsafe_b64encode

from inspector.errors import MessageMalformedError

_URL_SAFE = str.maketrans("-_", "+/")
_CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_CHECKSUM_LENGTH = 6


def base64_text(data: bytes) -> str:
    """Standard base64 with padding."""
    return b64encode(data).decode("ascii")


def base64_bytes(text: str) -> bytes:
    """The bytes of standard, padded, canonical base64.

    Raises:
        MessageMalformedError: another alphabet, missing padding, stray bits or characters.
    """
    try:
        data = b64decode(text.encode("ascii"), validate=True)
    except ValueError as error:
        raise MessageMalformedError(reason="不是规范的 base64") from error
    if base64_text(data) != text:
        raise MessageMalformedError(reason="不是规范的 base64")
    return data


def base64_bytes_either(text: str) -> bytes:
    """The bytes of padded, canonical base64 in the standard or the URL-safe alphabet, but not in a mix.

    Raises:
        MessageMalformedError: as `base64_bytes`.
    """
    if "-" in text or "_" in text:
        if "+" in text or "/" in text:
            raise MessageMalformedError(reason="不是规范的 base64")
        text = text.translate(_URL_SAFE)
    return base64_bytes(text)


def base64_raw_text(data: bytes) -> str:
    """Standard base64 without padding, as age writes it."""
    return base64_text(data).rstrip("=")


def base64_raw_bytes(text: str) -> bytes:
    """The bytes of standard, unpadded, canonical base64.

    Raises:
        MessageMalformedError: padding, another alphabet, stray bits or characters.
    """
    if "=" in text:
        raise MessageMalformedError(reason="不是规范的 base64")
    return base64_bytes(text + "=" * (-len(text) % 4))


def base64_url_text(data: bytes) -> str:
    """URL-safe base64 without padding."""
    return urlsafe_b64encode(data).decode("ascii").rstrip("=")


def base64_url_bytes(text: str) -> bytes:
    """The bytes of URL-safe, unpadded, canonical base64.

    Raises:
        MessageMalformedError: padding, another alphabet, stray bits or characters.
    """
    if "+" in text or "/" in text:
        raise MessageMalformedError(reason="不是规范的 base64")
    return base64_raw_bytes(text.translate(_URL_SAFE))


def bech32_text(prefix: str, data: bytes) -> str:
    """Lower-case bech32 of `data` under the human-readable `prefix`."""
    values = _regroup(data, 8, 5, pad=True)
    checksum = _polymod([*_expanded(prefix), *values, *([0] * _CHECKSUM_LENGTH)]) ^ 1
    values += [(checksum >> 5 * (5 - place)) & 31 for place in range(_CHECKSUM_LENGTH)]
    return prefix + "1" + "".join(_CHARSET[value] for value in values)


def bech32_bytes(text: str) -> tuple[str, bytes]:
    """The prefix (in lower case) and the bytes of a bech32 text that is all lower or all upper case.

    Raises:
        MessageMalformedError: mixed case, a foreign character, a wrong checksum or stray bits.
    """
    if text not in (text.lower(), text.upper()) or not all("!" <= character <= "~" for character in text):
        raise MessageMalformedError(reason="密钥文本大小写混用或含有其他字符")
    prefix, mark, rest = text.lower().rpartition("1")
    if not prefix or not mark or len(rest) < _CHECKSUM_LENGTH:
        raise MessageMalformedError(reason="密钥文本不完整")
    values = [_CHARSET.find(character) for character in rest]
    if -1 in values or _polymod([*_expanded(prefix), *values]) != 1:
        raise MessageMalformedError(reason="密钥文本的校验码不符")
    return prefix, bytes(_regroup(values[:-_CHECKSUM_LENGTH], 5, 8, pad=False))


def _expanded(prefix: str) -> list[int]:
    return [ord(character) >> 5 for character in prefix] + [0] + [ord(character) & 31 for character in prefix]


def _polymod(values: list[int]) -> int:
    generator = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate(generator):
            checksum ^= term if top >> bit & 1 else 0
    return checksum


def _regroup(data: bytes | list[int], width: int, target: int, *, pad: bool) -> list[int]:
    held, bits, out = 0, 0, []
    for value in data:
        held, bits = (held << width | value) & 0xFFFF, bits + width
        while bits >= target:
            bits -= target
            out.append(held >> bits & ((1 << target) - 1))
    rest = held & ((1 << bits) - 1)
    if pad and bits:
        out.append(rest << (target - bits))
    elif not pad and (bits >= width or rest):
        raise MessageMalformedError(reason="密钥文本含有多余的位")
    return out
