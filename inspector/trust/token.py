"""The signed token in a notice's QR code: what to hold beside the paper, checkable without a network.

    INSPECTOR2.<base64url of: fields ‖ Ed25519 signature>

* Signed by the device key; whose key that is, certificate and office statement say.
* The digest is the beginning of the SHA-256 of the canonical notice: whoever holds the notice can compare it.
* Long names are cut for the code's sake, visibly (…); the paper carries them whole.
* Where the office has a public address, the code holds that address, with the token in its fragment and
  without its prefix. Every reader here takes either text.
* Tokens of the first version (JSON inside) are read for as long as papers exist that carry them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from inspector.domain.message_fields import MessageFields
from inspector.domain.notice import Notice
from inspector.domain.notice_record import canonical
from inspector.errors import FormatError, SignerUnknownError, TokenMalformedError
from inspector.trust.keys import SIGNATURE_BYTES, SigningKey, VerifyKey
from inspector.trust.radix import base64_url_bytes, base64_url_text
from inspector.trust.strict_json import parse_object

PREFIX, PREFIX_1 = "INSPECTOR2.", "INSPECTOR1."
MAX_TEXT = 380
"""Characters of a token, so that an address around it still fits a QR code of level M in a readable size."""
MAX_READ = 1000
"""Characters of a text that is looked at."""
DIGEST_BYTES = 16

_VERSION = 2
_KEY_ID_BYTES = 16
_DOMAIN = b"inspector notice token v2\0"
_DOMAIN_1 = b"inspector notice token v1\0"
_FIXED_BYTES = 1 + 16 + 16 + DIGEST_BYTES + 6 + 4 + 2
_HEAD_BYTES_1 = 1 + _KEY_ID_BYTES + 2
_NAME_CAPS = (60, 40, 24, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeToken:
    """What the code says.

    Attributes:
        findings: how many hazards the paper must list.
        deadline: the last deadline as an ISO date, or empty.
        public_id: the notice's 128-bit id, hexadecimal.
        digest: the first 16 bytes of the canonical notice's SHA-256.
        issued_ms: when it was issued, by the tablet's clock.
    """

    number: str
    issuer: str
    enterprise: str
    findings: int
    deadline: str
    public_id: str
    digest: bytes
    issued_ms: int

    @classmethod
    def of(cls, notice: Notice, *, issued_ms: int) -> NoticeToken:
        """What the code of a notice says."""
        last = notice.last_deadline
        return cls(
            number=notice.number or "",
            issuer=notice.issuer_name,
            enterprise=notice.enterprise.name,
            findings=len(notice.findings),
            deadline=last.date.isoformat() if last else "",
            public_id=notice.public_id,
            digest=sha256(canonical(notice)).digest()[:DIGEST_BYTES],
            issued_ms=issued_ms,
        )

    def to_bytes(self) -> bytes:
        """The fields that are signed, without version and key.

        Raises:
            ValueError: a text of more than 255 bytes; the caller is wrong.
        """
        day = date.fromisoformat(self.deadline).strftime("%Y%m%d") if self.deadline else "0"
        texts = [text.encode("utf-8") for text in (self.number, self.issuer, self.enterprise)]
        if max(map(len, texts)) > 255:
            raise ValueError("a token's texts have at most 255 bytes each")
        return b"".join(
            [
                bytes.fromhex(self.public_id),
                self.digest,
                self.issued_ms.to_bytes(6, "big"),
                int(day).to_bytes(4, "big"),
                self.findings.to_bytes(2, "big"),
                *(bytes([len(text)]) + text for text in texts),
            ]
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> NoticeToken:
        """The reverse of `to_bytes`.

        Raises:
            TokenMalformedError: another shape.
        """
        digest_at = 16
        issued_at = digest_at + DIGEST_BYTES
        day, findings = int.from_bytes(data[issued_at + 6 : issued_at + 10]), data[issued_at + 10 :][:2]
        texts, rest = [], data[issued_at + 12 :]
        try:
            while rest:
                texts.append(_whole(rest[1 : 1 + rest[0]], rest[0]).decode("utf-8"))
                rest = rest[1 + rest[0] :]
            number, issuer, enterprise = texts
            deadline = date.fromisoformat(f"{day:08}").isoformat() if day else ""
        except ValueError as error:
            raise TokenMalformedError() from error
        return cls(
            number=number,
            issuer=issuer,
            enterprise=enterprise,
            findings=int.from_bytes(findings),
            deadline=deadline,
            public_id=data[:digest_at].hex(),
            digest=data[digest_at:issued_at],
            issued_ms=int.from_bytes(data[issued_at : issued_at + 6]),
        )

    @classmethod
    def from_payload(cls, value: object) -> NoticeToken:
        """What the JSON of a first-version token says.

        Raises:
            MessageMalformedError: another shape.
        """
        fields = MessageFields.of(value, "文书码", "n i e c d p h t")
        digest = base64_url_bytes(fields.text("h", most=32))
        if len(digest) != DIGEST_BYTES:
            raise fields.wrong("h")
        return cls(
            number=fields.text("n", most=200),
            issuer=fields.text("i", most=200),
            enterprise=fields.text("e", most=200),
            findings=fields.number("c", most=10_000),
            deadline=fields.text("d", most=10),
            public_id=fields.text("p", most=32),
            digest=digest,
            issued_ms=fields.number("t"),
        )


def sign_token(token: NoticeToken, key: SigningKey) -> str:
    """The token's text, at most `MAX_TEXT` characters.

    Raises:
        ValueError: even with its names cut it is too long; the caller is wrong.
    """
    for cap in _NAME_CAPS:
        fitted = replace(token, issuer=_cut(token.issuer, cap), enterprise=_cut(token.enterprise, cap))
        text = _signed(fitted, key)
        if len(text) <= MAX_TEXT:
            return text
    raise ValueError("a notice's number has at most a few dozen characters")


def bare(text: str) -> str:
    """A token without its prefix, as an address carries it."""
    return text.removeprefix(PREFIX)


def token_text(text: str) -> str:
    """The token in what a QR code holds: the token itself, or the fragment of an address.

    Raises:
        TokenMalformedError: it is neither.
    """
    stripped = text.strip()
    if len(stripped) > MAX_READ or not stripped.isascii():
        raise TokenMalformedError()
    if stripped.startswith((PREFIX, PREFIX_1)):
        return stripped
    address, mark, fragment = stripped.partition("#")
    token, dot, _key = fragment.partition(".")
    if not address.startswith(("https://", "http://")) or not mark or not dot:
        raise TokenMalformedError()
    return PREFIX + token


def claimed_key_id(text: str) -> str:
    """The id of the key that the code says it was signed with: a hint for the look-up, proving nothing.

    Raises:
        TokenMalformedError: it is no code of ours.
    """
    return _parts(text).key_id


def read_token(text: str) -> NoticeToken:
    """What a code claims; nothing in it is believed yet.

    Raises:
        TokenMalformedError: it is no code of ours.
    """
    parts = _parts(text)
    if parts.domain == _DOMAIN:
        return NoticeToken.from_bytes(parts.body[1 + _KEY_ID_BYTES :])
    try:
        return NoticeToken.from_payload(parse_object(parts.body[_HEAD_BYTES_1:]))
    except FormatError as error:
        raise TokenMalformedError() from error


def verify_token(text: str, key: VerifyKey) -> NoticeToken:
    """What a code says, once `key` is shown to have signed it.

    Raises:
        TokenMalformedError: it is no code of ours.
        SignerUnknownError: it names another key.
        SignatureInvalidError: altered.
    """
    parts = _parts(text)
    if parts.key_id != key.key_id:
        raise SignerUnknownError(key_id=parts.key_id)
    key.verify(parts.signature, parts.domain + parts.body)
    return read_token(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """A token taken apart; `domain` is what its version signs before its body."""

    domain: bytes
    body: bytes
    signature: bytes

    @property
    def key_id(self) -> str:
        return self.body[1 : 1 + _KEY_ID_BYTES].hex()


def _signed(token: NoticeToken, key: SigningKey) -> str:
    body = bytes([_VERSION]) + bytes.fromhex(key.key_id) + token.to_bytes()
    return PREFIX + base64_url_text(body + key.sign(_DOMAIN + body))


def _parts(text: str) -> _Parts:
    token = token_text(text)
    is_first = token.startswith(PREFIX_1)
    try:
        data = base64_url_bytes(token[len(PREFIX) :])
    except FormatError as error:
        raise TokenMalformedError() from error
    body, signature = data[:-SIGNATURE_BYTES], data[-SIGNATURE_BYTES:]
    if is_first:
        length = int.from_bytes(body[_HEAD_BYTES_1 - 2 : _HEAD_BYTES_1], "big")
        fits = len(body) == _HEAD_BYTES_1 + length
    else:
        fits = len(body) >= _FIXED_BYTES + 3
    if not fits or body[:1] != bytes([1 if is_first else _VERSION]):
        raise TokenMalformedError()
    return _Parts(domain=_DOMAIN_1 if is_first else _DOMAIN, body=body, signature=signature)


def _whole(part: bytes, length: int) -> bytes:
    if len(part) != length:
        raise ValueError("cut")
    return part


def _cut(name: str, cap: int) -> str:
    return name if len(name) <= cap else name[: cap - 1] + "…"
