"""What is printed beside a notice so that anybody can look it up and answer it: an address and a reply code.

* The address's fragment holds the signed token and the key of the registration. Browsers send no fragment, so
  the server learns neither.
* The reply code is typed by hand: 70 random bits and two check characters, in four groups of four. Any one or
  two wrong characters, and any two that changed places, are found before anything is sent: the check is a
  Reed-Solomon code over GF(32) with distance three.
* Where only the code is at hand, the locator finds the notice: the first forty bits of its public id.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from inspector.domain.crockford import ALPHABET, crockford_digits, crockford_text
from inspector.domain.fields import Fields
from inspector.domain.identifiers import check_public_id
from inspector.errors import (
    AccessMalformedError,
    InspectorError,
    MessageMalformedError,
    ReplyCodeMistypedError,
)

KEY_BYTES = 16
"""Of the registration's key."""
CODE_RANDOM_BYTES = 9
"""Random bytes that a reply code is made of; 70 of their bits are used."""
ADDRESS_CAP = 520
"""Characters of the whole address, which a QR code of level M carries in modules that phones can read."""
ORIGIN_CAP = 80

_CODE_LENGTH, _DATA_LENGTH, _GROUP = 16, 14, 4
_LOCATOR_LENGTH = 8
_REDUCTION = 0b100101
"""x⁵ + x² + 1, primitive over GF(2)."""
_ADDRESS = re.compile(r"(https?://[^/?#]+)/n/([0-9a-f]{32})#([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{22})")
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How one notice is looked up and answered; printed beside it, and no part of it.

    Attributes:
        address: `https://office/n/{public_id}#<token>.<key>`, what the QR code holds.
        reply_code: as `reply_code` writes it.

    Raises:
        AccessMalformedError: another shape.
        ReplyCodeMistypedError: no reply code.
    """

    address: str
    reply_code: str

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.address) or len(self.address) > ADDRESS_CAP:
            raise AccessMalformedError(what="公开地址")
        if read_reply_code(self.reply_code) != self.reply_code:
            raise ReplyCodeMistypedError()

    @classmethod
    def of(cls, *, origin: str, public_id: str, token: str, key: bytes, code: str) -> Access:
        """The access of a notice.

        Args:
            origin: the public address of the office's server, as `check_origin` accepts it.
            token: the signed token without its prefix.
            key: 16 random bytes.

        Raises:
            AccessMalformedError, ReplyCodeMistypedError: as the constructor.
        """
        text = urlsafe_b64encode(key).decode("ascii").rstrip("=")
        address = f"{check_origin(origin)}/n/{check_public_id(public_id)}#{token}.{text}"
        return cls(address=address, reply_code=code)

    @property
    def public_id(self) -> str:
        """The notice's public id."""
        return self._part(2)

    @property
    def key(self) -> bytes:
        """The key of the registration."""
        return urlsafe_b64decode(self._part(4) + "==")

    @property
    def typed_address(self) -> str:
        """What to type where no camera is at hand, without `https://`, which browsers add."""
        origin = self._part(1)
        return f"{origin.removeprefix('https://')}/r/{locator(self.public_id)}"

    def to_record(self) -> dict[str, object]:
        """The access as JSON: what `access.json` and the notice's entry hold."""
        return {"address": self.address, "reply_code": self.reply_code}

    def to_bytes(self) -> bytes:
        """The one spelling of `to_record`, in UTF-8."""
        return json.dumps(self.to_record(), sort_keys=True, separators=(",", ":")).encode("ascii")

    @classmethod
    def from_record(cls, value: object) -> Access:
        """The reverse of `to_record`.

        Raises:
            RecordMalformedError, AccessMalformedError, ReplyCodeMistypedError: another shape.
        """
        with Fields(value, "access") as field:
            return cls(address=field.text("address"), reply_code=field.text("reply_code"))

    @classmethod
    def from_bytes(cls, data: bytes) -> Access:
        """The reverse of `to_bytes`.

        Raises:
            AccessMalformedError: another spelling, or no access at all.
        """
        try:
            access = cls.from_record(json.loads(data))
        except (ValueError, InspectorError) as error:
            raise AccessMalformedError(what="access.json") from error
        if access.to_bytes() != data:
            raise AccessMalformedError(what="access.json")
        return access

    def _part(self, number: int) -> str:
        found = _ADDRESS.fullmatch(self.address)
        assert found is not None  # noqa: S101 -- the constructor has looked
        return found[number]


def check_origin(text: str) -> str:
    """A server's public address: scheme, host, perhaps a port, and nothing after them.

    Raises:
        AccessMalformedError: another shape.
    """
    if not _ORIGIN.fullmatch(text) or len(text) > ORIGIN_CAP:
        raise AccessMalformedError(what="公开地址应形如 https://office.example")
    return text


def locator(public_id: str) -> str:
    """The eight characters that find a notice by hand."""
    return crockford_text(int(check_public_id(public_id)[:10], 16), _LOCATOR_LENGTH)


def read_locator(typed: str) -> str:
    """The beginning of the public id that a typed locator stands for, ten hexadecimal digits.

    Raises:
        AccessMalformedError: no locator.
    """
    try:
        digits = crockford_digits(typed)
    except MessageMalformedError as error:
        raise AccessMalformedError(what="查询编号") from error
    if len(digits) != _LOCATOR_LENGTH:
        raise AccessMalformedError(what="查询编号")
    number = 0
    for digit in digits:
        number = number << 5 | digit
    return f"{number:010x}"


def reply_code(random: bytes) -> str:
    """A reply code, in four groups of four.

    Args:
        random: `CODE_RANDOM_BYTES` bytes that nobody can guess.

    Raises:
        ValueError: another number of bytes; the caller is wrong.
    """
    if len(random) != CODE_RANDOM_BYTES:
        raise ValueError("a reply code is made of 9 random bytes")
    data = crockford_text(int.from_bytes(random) >> 2, _DATA_LENGTH)
    digits = tuple(ALPHABET.index(character) for character in data)
    for first in range(32):
        second = _sums((*digits, first))[0]
        if _sums((*digits, first, second)) == (0, 0):
            return _grouped((*digits, first, second))
    raise AssertionError("the code has a solution for any data")


def read_reply_code(typed: str) -> str:
    """The reply code that was typed, written as on the paper.

    Raises:
        ReplyCodeMistypedError: a foreign character, one too few or too many, or the check fails.
    """
    try:
        digits = crockford_digits(typed)
    except MessageMalformedError as error:
        raise ReplyCodeMistypedError() from error
    if len(digits) != _CODE_LENGTH or _sums(digits) != (0, 0):
        raise ReplyCodeMistypedError()
    return _grouped(digits)


def _grouped(digits: tuple[int, ...]) -> str:
    text = "".join(ALPHABET[digit] for digit in digits)
    return "-".join(text[place : place + _GROUP] for place in range(0, _CODE_LENGTH, _GROUP))


def _sums(digits: tuple[int, ...]) -> tuple[int, int]:
    """The code's polynomial at 1 and at x: both are zero for a code word."""
    at_one = at_x = 0
    for digit in digits:
        at_one ^= digit
        at_x <<= 1
        at_x ^= digit ^ (_REDUCTION if at_x & 32 else 0)
    return at_one, at_x
