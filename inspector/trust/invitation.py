"""An invitation to enrol a tablet: a 128-bit secret that goes from screen to camera or keyboard.

* The secret never reaches the server; the server knows the invitation by an id derived from it.
* A code is typed in six groups of five; 22 check bits catch a slip before anything is sent.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Self
from urllib.parse import parse_qsl, quote, urlsplit

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from inspector.domain.crockford import crockford_number, crockford_text
from inspector.errors import InvitationCodeError, MessageMalformedError

SECRET_BYTES = 16
ID_BYTES = 16

_CHECK_BITS = 22
_CODE_LENGTH = 30
_GROUP = 5
_CHECK_LABEL = b"inspector enrolment v1 code"
_ID_INFO = b"inspector enrolment v1 id"
_SCHEME = "inspector"
_HOST = "enrol"
_MAX_URL = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The secret under which one tablet and the console exchange their keys.

    Attributes:
        secret: 16 random bytes; shown in no representation.
        url: the server's address; empty when only the code was typed.
    """

    secret: bytes
    url: str = ""

    @classmethod
    def new(cls, url: str) -> Self:
        """An invitation under a fresh secret."""
        return cls(secret=secrets.token_bytes(SECRET_BYTES), url=url)

    @classmethod
    def from_code(cls, code: str, *, url: str = "") -> Self:
        """The invitation whose code was typed.

        Raises:
            InvitationCodeError: too long or short, a foreign character, or a slip of the finger.
        """
        try:
            number, length = crockford_number(code)
        except MessageMalformedError as error:
            raise InvitationCodeError(reason="含有登记码里不会出现的字符") from error
        if length != _CODE_LENGTH:
            raise InvitationCodeError(reason=f"应为 {_CODE_LENGTH} 个字符，现有 {length} 个")
        secret = (number >> _CHECK_BITS).to_bytes(SECRET_BYTES, "big")
        if _check_bits(secret) != number & ((1 << _CHECK_BITS) - 1):
            raise InvitationCodeError(reason="校验不符，可能输错了字符")
        return cls(secret=secret, url=url)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The invitation in a scanned or pasted `inspector://enrol?u=…&c=…`.

        Raises:
            InvitationCodeError: it is no such text, or its code is wrong.
        """
        fields = _fields(text.strip())
        if set(fields) != {"u", "c"}:
            raise InvitationCodeError(reason="缺少服务器地址或登记码")
        url = fields["u"]
        if not url.startswith(("https://", "http://")) or len(url) > _MAX_URL or not url.isprintable():
            raise InvitationCodeError(reason="服务器地址不合格式")
        return cls.from_code(fields["c"], url=url)

    @property
    def code(self) -> str:
        """The secret with its check bits, in groups for people to type."""
        number = int.from_bytes(self.secret, "big") << _CHECK_BITS | _check_bits(self.secret)
        text = crockford_text(number, _CODE_LENGTH)
        return "-".join(text[start : start + _GROUP] for start in range(0, _CODE_LENGTH, _GROUP))

    @property
    def text(self) -> str:
        """Address and code for the QR code."""
        return f"{_SCHEME}://{_HOST}?u={quote(self.url, safe='')}&c={self.code}"

    @property
    def id(self) -> str:
        """The name by which the server knows the invitation: 32 hexadecimal digits."""
        return self.derive(_ID_INFO, length=ID_BYTES).hex()

    def derive(self, info: bytes, *, salt: bytes = b"", length: int = 32) -> bytes:
        """A key for one purpose, from the secret (HKDF-SHA-256)."""
        return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(self.secret)

    def __repr__(self) -> str:
        return f"Invitation({self.id})"


def _check_bits(secret: bytes) -> int:
    digest = sha256(_CHECK_LABEL + secret).digest()
    return int.from_bytes(digest[:4], "big") >> 32 - _CHECK_BITS


def _fields(text: str) -> dict[str, str]:
    try:
        parts = urlsplit(text)
        pairs = parse_qsl(parts.query, strict_parsing=True, max_num_fields=4)
    except ValueError as error:
        raise InvitationCodeError(reason="不是登记二维码的内容") from error
    if (parts.scheme, parts.netloc) != (_SCHEME, _HOST) or len(dict(pairs)) != len(pairs):
        raise InvitationCodeError(reason="不是登记二维码的内容")
    return dict(pairs)
