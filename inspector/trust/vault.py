"""Secrets under a PIN or a passphrase.

* KEK = HKDF-SHA-256(Scrypt(PIN, salt) ‖ keystore secret): a PIN alone falls to guessing in days, so the
  secret of the platform's keystore has to be at hand as well. Scrypt, because every tablet's library has it.
* The parameters stand in front of each wrapped secret. Their floor and their ceiling are checked before any
  memory is taken: a swapped file can neither weaken the derivation nor exhaust the machine.
* What a wrapped secret is for, and whose it is, is bound to it as its context.
* Wrong PIN, wrong keystore secret, wrong context and altered bytes give one and the same `SecretWrongError`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import normalize

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from inspector.errors import KeyFileMalformedError, PinUnfitError, SecretRefusedError, SecretWrongError

PIN_LEAST = 6
PIN_MOST = 12
PASSPHRASE_LEAST = 10

_MAGIC = b"IVW1"
_SALT_BYTES = 16
_NONCE_BYTES = 12
_TAG_BYTES = 16
_HEAD_BYTES = len(_MAGIC) + 3 + _SALT_BYTES
_KEY_BYTES = 32
_MOST_BYTES = 64 * 1024
_R = 8
_LOG_N_LEAST, _LOG_N_MOST = 14, 17
_P_MOST = 4
_KEK_INFO = b"inspector vault v1 kek"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """How dear one guess is: Scrypt with N = 2^log_n and r = 8, which takes 2^log_n KiB of memory.

    Attributes:
        log_n: 14 to 17.
        p: passes, 1 to 4.

    Raises:
        KeyFileMalformedError: out of these bounds.
    """

    log_n: int
    p: int = 1

    def __post_init__(self) -> None:
        if not _LOG_N_LEAST <= self.log_n <= _LOG_N_MOST or not 1 <= self.p <= _P_MOST:
            raise KeyFileMalformedError(reason="密钥派生的强度参数超出允许范围")


TABLET_COST = Cost(log_n=16)
"""64 MiB: what a cheap tablet can spare while the app runs."""

OFFICE_COST = Cost(log_n=17)


class Kek:
    """A key that wraps other keys, with the parameters from which it was derived.

    Args:
        head: what stands in front of everything that it wraps.
        key: 32 bytes.
    """

    __slots__ = ("_cipher", "_head")

    def __init__(self, head: bytes, key: bytes) -> None:
        self._head = head
        self._cipher = AESGCM(key)

    def wrap(self, secret: bytes, context: str) -> bytes:
        """`secret` under this key, bound to `context`: its purpose and its owner's id."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return self._head + nonce + self._cipher.encrypt(nonce, secret, self._bound(context))

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """The secret in `wrapped`.

        Raises:
            KeyFileMalformedError: nothing that could be wrapped by any key.
            SecretWrongError: not wrapped by this key for this context, or altered since.
        """
        _check_frame(wrapped)
        nonce, sealed = wrapped[_HEAD_BYTES:][:_NONCE_BYTES], wrapped[_HEAD_BYTES + _NONCE_BYTES :]
        try:
            if not wrapped.startswith(self._head):
                raise SecretWrongError
            return self._cipher.decrypt(nonce, sealed, self._bound(context))
        except InvalidTag as error:
            raise SecretWrongError from error

    def _bound(self, context: str) -> bytes:
        return self._head + context.encode("utf-8")


def new_kek(pin: str, keystore_secret: bytes, *, cost: Cost = TABLET_COST) -> Kek:
    """A key for a PIN that was chosen just now, under a fresh salt.

    Raises:
        PinUnfitError: see `check_pin`.
    """
    check_pin(pin)
    return _derived(_new_head(cost), pin, keystore_secret)


def kek_for(wrapped: bytes, pin: str, keystore_secret: bytes) -> Kek:
    """The key under which `wrapped` was wrapped, if the PIN is right; whether it is shows in `Kek.unwrap`.

    Raises:
        KeyFileMalformedError: not a wrapped secret, or its parameters are out of bounds.
    """
    _check_frame(wrapped)
    return _derived(wrapped[:_HEAD_BYTES], pin, keystore_secret)


def wrap(secret: bytes, pin: str, keystore_secret: bytes, context: str, *, cost: Cost = TABLET_COST) -> bytes:
    """`secret` (a data key, a seed) under a PIN chosen just now.

    Raises:
        PinUnfitError: see `check_pin`.
    """
    return new_kek(pin, keystore_secret, cost=cost).wrap(secret, context)


def unwrap(wrapped: bytes, pin: str, keystore_secret: bytes, context: str) -> bytes:
    """The secret that `wrap` put under a PIN.

    Raises:
        KeyFileMalformedError: not a wrapped secret, or its parameters are out of bounds.
        SecretWrongError: wrong PIN, keystore secret or context, or altered bytes; which of them is not said.
    """
    return kek_for(wrapped, pin, keystore_secret).unwrap(wrapped, context)


def new_passphrase_kek(passphrase: str, *, cost: Cost = OFFICE_COST) -> Kek:
    """A key for a passphrase that was chosen just now.

    Raises:
        SecretRefusedError: see `check_passphrase`.
    """
    check_passphrase(passphrase)
    return _derived(_new_head(cost), normalize("NFC", passphrase), b"")


def passphrase_kek_for(wrapped: bytes, passphrase: str) -> Kek:
    """The key under which `wrapped` was wrapped, if the passphrase is right.

    Raises:
        KeyFileMalformedError: not a wrapped secret, or its parameters are out of bounds.
    """
    return kek_for(wrapped, normalize("NFC", passphrase), b"")


def check_pin(pin: str) -> None:
    """Accept a PIN of 6 to 12 digits that is not all one digit, a run or a repeated pair.

    Raises:
        PinUnfitError: another length, other characters, or one of the PINs that are tried first.
    """
    is_digits = pin.isascii() and pin.isdigit() and PIN_LEAST <= len(pin) <= PIN_MOST
    if not is_digits or _is_trivial(pin):
        raise PinUnfitError(least=PIN_LEAST, most=PIN_MOST)


def check_passphrase(passphrase: str) -> None:
    """Accept a passphrase of ten characters or more that is not a few characters over and over.

    Raises:
        SecretRefusedError: it is not.
    """
    if len(normalize("NFC", passphrase)) < PASSPHRASE_LEAST:
        raise SecretRefusedError(reason=f"至少要有 {PASSPHRASE_LEAST} 个字符")
    if len(set(passphrase)) < 5:
        raise SecretRefusedError(reason="用到的不同字符太少")


def _is_trivial(pin: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    # One step throughout is 111111, 123456, 987654, 890123; a repeated pair is 121212.
    return len(steps) == 1 or pin[:2] * (len(pin) // 2) == pin[: len(pin) // 2 * 2]


def _new_head(cost: Cost) -> bytes:
    return _MAGIC + bytes([cost.log_n, _R, cost.p]) + secrets.token_bytes(_SALT_BYTES)


def _derived(head: bytes, text: str, keystore_secret: bytes) -> Kek:
    cost = _cost(head)
    salt = head[-_SALT_BYTES:]
    scrypt = Scrypt(salt=salt, length=_KEY_BYTES, n=1 << cost.log_n, r=_R, p=cost.p)
    material = scrypt.derive(text.encode("utf-8")) + keystore_secret
    return Kek(head, HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=salt, info=_KEK_INFO).derive(material))


def _cost(head: bytes) -> Cost:
    log_n, r, p = head[len(_MAGIC) : len(_MAGIC) + 3]
    if r != _R:
        raise KeyFileMalformedError(reason="密钥派生的强度参数超出允许范围")
    return Cost(log_n=log_n, p=p)


def _check_frame(wrapped: bytes) -> None:
    least = _HEAD_BYTES + _NONCE_BYTES + _TAG_BYTES
    if not wrapped.startswith(_MAGIC) or not least <= len(wrapped) <= _MOST_BYTES:
        raise KeyFileMalformedError(reason="不是受密码保护的密钥")
