"""Ed25519 keys for signing and verifying (RFC 8032).

* A public key is 32 bytes in canonical form, on the curve, and not of small order: with a small-order key one
  signature fits many messages.
* Verification refuses malleable signatures (S ≥ L, non-canonical R) and raises; it never returns a boolean.
* A key's id is the first half of the SHA-256 of its raw bytes. It names the key; it proves nothing.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from inspector.errors import InspectorError, KeyMalformedError, SignatureInvalidError
from inspector.trust.radix import base64_bytes, base64_text

KEY_BYTES = 32
SIGNATURE_BYTES = 64

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_ORDER_8_Y = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _ORDER_8_Y, _P - _ORDER_8_Y})


def key_id(public: bytes) -> str:
    """The id of a raw public key: 32 lower-case hexadecimal digits."""
    return sha256(public).hexdigest()[:32]


class VerifyKey:
    """The public half of a signing key.

    Args:
        raw: 32 bytes as RFC 8032 §5.1.5 encodes them.

    Raises:
        KeyMalformedError: wrong length, not canonical, not on the curve, or of small order.
    """

    __slots__ = ("_public", "key_id", "raw")

    def __init__(self, raw: bytes) -> None:
        _check_point(raw)
        self.raw = bytes(raw)
        self.key_id = key_id(self.raw)
        self._public = Ed25519PublicKey.from_public_bytes(self.raw)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The key written in standard base64.

        Raises:
            KeyMalformedError: not base64, or as the constructor.
        """
        try:
            return cls(base64_bytes(text))
        except KeyMalformedError:
            raise
        except InspectorError as error:
            raise KeyMalformedError(reason="公钥不是规范的 base64") from error

    @property
    def text(self) -> str:
        """The key in standard base64."""
        return base64_text(self.raw)

    @property
    def fingerprint(self) -> str:
        """Hexadecimal SHA-256 of the raw key, for people to compare."""
        return sha256(self.raw).hexdigest()

    def verify(self, signature: bytes, message: bytes) -> None:
        """Accept `signature` over `message`, or raise.

        Raises:
            SignatureInvalidError: it was not made by this key over these bytes.
        """
        try:
            self._public.verify(signature, message)
        except InvalidSignature as error:
            raise SignatureInvalidError(reason="与内容或密钥不符") from error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VerifyKey) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"VerifyKey({self.key_id})"


class SigningKey:
    """A private key; its seed appears in no representation of it.

    Args:
        seed: the 32 secret bytes of RFC 8032 §5.1.5.

    Raises:
        KeyMalformedError: not 32 bytes.
    """

    __slots__ = ("_private", "public", "seed")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != KEY_BYTES:
            raise KeyMalformedError(reason="私钥应为 32 字节")
        self.seed = bytes(seed)
        self._private = Ed25519PrivateKey.from_private_bytes(self.seed)
        self.public = VerifyKey(self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    @classmethod
    def generate(cls) -> Self:
        """A new key from the system's randomness."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @property
    def key_id(self) -> str:
        """The id of the public half."""
        return self.public.key_id

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over `message`; the same every time."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        return f"SigningKey({self.key_id})"


def _check_point(raw: bytes) -> None:
    if len(raw) != KEY_BYTES:
        raise KeyMalformedError(reason="公钥应为 32 字节")
    y = int.from_bytes(raw, "little") & (1 << 255) - 1
    if y >= _P or y in _SMALL_ORDER_Y:
        raise KeyMalformedError(reason="公钥不规范或为弱密钥")
    # x² = (y² - 1) / (d·y² + 1) must have a root; numerator times denominator has the quotient's character.
    product = (y * y - 1) * (_D * y * y + 1) % _P
    if pow(product, (_P - 1) // 2, _P) != 1:
        raise KeyMalformedError(reason="公钥不在曲线上")
