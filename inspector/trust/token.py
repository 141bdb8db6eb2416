"""The signed token in a notice's QR code: what to hold beside the paper, checkable without a network.

    INSPECTOR1.<base64url of: version ‖ key id (16 bytes) ‖ length (2 bytes) ‖ JSON ‖ Ed25519 signature>

* Signed by the device key; whose key that is, certificate and office statement say.
* The digest is the beginning of the SHA-256 of the canonical notice: whoever holds the notice can compare it.
* Long names are cut for the code's sake, visibly (…); the paper carries them whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from inspector.domain.message_fields import MessageFields
from inspector.errors import FormatError, SignerUnknownError, TokenMalformedError
from inspector.trust.keys import SIGNATURE_BYTES, SigningKey, VerifyKey
from inspector.trust.radix import base64_url_bytes, base64_url_text
from inspector.trust.strict_json import canonical, parse_object

PREFIX = "INSPECTOR1."
MAX_TEXT = 600
"""Characters of the whole text, which a QR code of level M still carries in a readable size."""
DIGEST_BYTES = 16

_VERSION = 1
_KEY_ID_BYTES = 16
_HEAD_BYTES = 1 + _KEY_ID_BYTES + 2
_DOMAIN = b"inspector notice token v1\0"
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

    def to_payload(self) -> dict[str, object]:
        """The JSON object that is signed."""
        return {
            "n": self.number,
            "i": self.issuer,
            "e": self.enterprise,
            "c": self.findings,
            "d": self.deadline,
            "p": self.public_id,
            "h": base64_url_text(self.digest),
            "t": self.issued_ms,
        }

    @classmethod
    def from_payload(cls, value: object) -> NoticeToken:
        """The reverse of `to_payload`.

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
    """The code's text, at most `MAX_TEXT` characters.

    Raises:
        ValueError: even with its names cut it is too long; the caller is wrong.
    """
    for cap in _NAME_CAPS:
        fitted = replace(token, issuer=_cut(token.issuer, cap), enterprise=_cut(token.enterprise, cap))
        text = _signed(fitted, key)
        if len(text) <= MAX_TEXT:
            return text
    raise ValueError("a notice's number has at most a few dozen characters")


def claimed_key_id(text: str) -> str:
    """The id of the key that the code says it was signed with: a hint, proving nothing.

    Raises:
        TokenMalformedError: it is no code of ours.
    """
    return _parts(text)[0]


def read_token(text: str) -> NoticeToken:
    """What a code claims; nothing in it is believed yet.

    Raises:
        TokenMalformedError: it is no code of ours.
    """
    _, body, _ = _parts(text)
    try:
        return NoticeToken.from_payload(parse_object(body[_HEAD_BYTES:]))
    except FormatError as error:
        raise TokenMalformedError() from error


def verify_token(text: str, key: VerifyKey) -> NoticeToken:
    """What a code says, once `key` is shown to have signed it.

    Raises:
        TokenMalformedError: it is no code of ours.
        SignerUnknownError: it names another key.
        SignatureInvalidError: altered.
    """
    key_id, body, signature = _parts(text)
    if key_id != key.key_id:
        raise SignerUnknownError(key_id=key_id)
    key.verify(signature, _DOMAIN + body)
    return read_token(text)


def _signed(token: NoticeToken, key: SigningKey) -> str:
    json = canonical(token.to_payload())
    body = bytes([_VERSION]) + bytes.fromhex(key.key_id) + len(json).to_bytes(2, "big") + json
    return PREFIX + base64_url_text(body + key.sign(_DOMAIN + body))


def _parts(text: str) -> tuple[str, bytes, bytes]:
    """Key id, signed body and signature."""
    stripped = text.strip()
    if not stripped.startswith(PREFIX) or len(stripped) > MAX_TEXT:
        raise TokenMalformedError()
    try:
        data = base64_url_bytes(stripped[len(PREFIX) :])
    except FormatError as error:
        raise TokenMalformedError() from error
    body, signature = data[:-SIGNATURE_BYTES], data[-SIGNATURE_BYTES:]
    length = int.from_bytes(body[_HEAD_BYTES - 2 : _HEAD_BYTES], "big")
    if len(body) != _HEAD_BYTES + length or body[:1] != bytes([_VERSION]):
        raise TokenMalformedError()
    return body[1 : 1 + _KEY_ID_BYTES].hex(), body, signature


def _cut(name: str, cap: int) -> str:
    return name if len(name) <= cap else name[: cap - 1] + "…"
