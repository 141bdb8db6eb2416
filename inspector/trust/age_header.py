"""The header of an age v1 file: its lines, its recipient stanzas, its MAC (C2SP age.md).

* Lines end in a single line feed; everything that the grammar does not allow is refused.
* Only X25519 stanzas are opened. A lone scrypt stanza is checked for form and then opened by none of our
  keys; stanzas of other kinds are passed over.
* The MAC covers the header's bytes as they were read, never a re-encoding of them.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from inspector.errors import (
    KeyMalformedError,
    KeyWrongError,
    MessageMalformedError,
    SealForgedError,
    SealMalformedError,
)
from inspector.trust.radix import base64_raw_bytes, base64_raw_text, bech32_bytes, bech32_text

FILE_KEY_BYTES = 16
MAX_HEADER_BYTES = 1024 * 1024
"""The specification sets no limit; this one is 7000 X25519 recipients."""

_VERSION = b"age-encryption.org/v1\n"
_X25519_INFO = b"age-encryption.org/v1/X25519"
_HEADER_INFO = b"header"
_RECIPIENT_PREFIX = "age"
_IDENTITY_PREFIX = "age-secret-key-"
_COLUMNS = 64
_WRAPPED_BYTES = FILE_KEY_BYTES + 16
_WRAP_NONCE = bytes(12)
_MAX_WORK_FACTOR = 22

_ARGUMENTS = re.compile(rb"->((?: [!-~]+)+)\n")
_BODY_LINE = re.compile(rb"([A-Za-z0-9+/]{0,64})\n")
_MAC_LINE = re.compile(rb"--- ([A-Za-z0-9+/]{43})\n")
_WORK_FACTOR = re.compile(r"[1-9][0-9]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stanza:
    """One wrapping of the file key.

    Attributes:
        arguments: the kind first; one or more.
        body: the decoded body.
    """

    arguments: tuple[str, ...]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A parsed header.

    Attributes:
        stanzas: in the file's order, one or more.
        covered: the exact bytes under the MAC, up to and including `---`.
        mac: the 32 bytes that the file claims.
    """

    stanzas: tuple[Stanza, ...]
    covered: bytes
    mac: bytes


def derive(secret: bytes, *, salt: bytes, info: bytes) -> bytes:
    """HKDF-SHA-256 to 32 bytes."""
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def generate_identity() -> str:
    """A new X25519 identity, `AGE-SECRET-KEY-1…`."""
    return bech32_text(_IDENTITY_PREFIX, secrets.token_bytes(32)).upper()


def recipient_of(identity: str) -> str:
    """The recipient, `age1…`, that belongs to `identity`.

    Raises:
        KeyMalformedError: not an X25519 identity.
    """
    return bech32_text(_RECIPIENT_PREFIX, _private(identity).public_key().public_bytes_raw())


def check_recipient(recipient: str) -> None:
    """Accept a well-formed X25519 recipient, or raise.

    Raises:
        KeyMalformedError: it is not one.
    """
    _public(recipient)


def wrap(file_key: bytes, recipients: Sequence[str]) -> bytes:
    """The whole header that wraps `file_key` once for each of `recipients`.

    Raises:
        KeyMalformedError: a recipient is not an X25519 recipient or is a low-order point.
        ValueError: no recipient; the caller is wrong.
    """
    if not recipients:
        raise ValueError("sealing needs a recipient")
    stanzas = b"".join(_stanza(file_key, _public(recipient)) for recipient in recipients)
    covered = _VERSION + stanzas + b"---"
    return covered + b" %b\n" % base64_raw_text(_mac(file_key, covered)).encode("ascii")


def read(source: BinaryIO) -> Header:
    """Read a header and leave `source` at the payload's nonce.

    Raises:
        SealMalformedError: the grammar forbids what is there.
    """
    lines = _Lines(source)
    if lines.next() != _VERSION:
        raise SealMalformedError(reason="不是 age v1 文件")
    stanzas: list[Stanza] = []
    while (line := lines.next()).startswith(b"->"):
        stanzas.append(_read_stanza(line, lines))
    found = _MAC_LINE.fullmatch(line)
    if found is None or not stanzas:
        raise SealMalformedError(reason="文件头没有正常结束")
    covered = b"".join(lines.read)[: -len(line)] + b"---"
    return Header(stanzas=tuple(stanzas), covered=covered, mac=_decoded(found[1]))


def unwrap(header: Header, identities: Sequence[str]) -> bytes:
    """The file key, once one of `identities` opens a stanza and the header's MAC is right.

    Raises:
        KeyMalformedError: an identity is not an X25519 identity.
        SealMalformedError: a stanza of a kind that we know breaks its rules.
        KeyWrongError: none of `identities` opens the file.
        SealForgedError: the file key opens, but the header was altered.
    """
    _check_stanzas(header.stanzas)
    shares = [stanza for stanza in header.stanzas if stanza.arguments[0] == "X25519"]
    for identity in identities:
        private = _private(identity)
        for stanza in shares:
            file_key = _open(stanza, private)
            if file_key is not None:
                _check_mac(header, file_key)
                return file_key
    raise KeyWrongError


class _Lines:
    """Lines of a header, each with its line feed, within the size limit."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._left = MAX_HEADER_BYTES
        self.read: list[bytes] = []

    def next(self) -> bytes:
        line = self._source.readline(self._left)
        self._left -= len(line)
        if not line.endswith(b"\n"):
            raise SealMalformedError(reason="文件头不完整")
        self.read.append(line)
        return line


def _read_stanza(line: bytes, lines: _Lines) -> Stanza:
    found = _ARGUMENTS.fullmatch(line)
    if found is None:
        raise SealMalformedError(reason="收件段的首行不合格式")
    body: list[bytes] = []
    while not body or len(body[-1]) == _COLUMNS:
        part = _BODY_LINE.fullmatch(lines.next())
        if part is None:
            raise SealMalformedError(reason="收件段的正文不合格式")
        body.append(part[1])
    return Stanza(
        arguments=tuple(found[1].decode("ascii")[1:].split(" ")),
        body=b"".join(_decoded(part) for part in body),
    )


def _decoded(text: bytes) -> bytes:
    try:
        return base64_raw_bytes(text.decode("ascii"))
    except MessageMalformedError as error:
        raise SealMalformedError(reason="不是规范的 base64") from error


def _check_stanzas(stanzas: tuple[Stanza, ...]) -> None:
    for stanza in stanzas:
        match stanza.arguments:
            case ("X25519", share):
                _check_sizes(stanza, share, 32)
            case ("scrypt", salt, work_factor):
                _check_sizes(stanza, salt, 16)
                _check_work_factor(work_factor)
                if len(stanzas) != 1:
                    raise SealMalformedError(reason="口令收件段必须单独出现")
            case ("X25519" | "scrypt", *_):
                raise SealMalformedError(reason="收件段的参数个数不对")


def _check_sizes(stanza: Stanza, argument: str, size: int) -> None:
    # Checked before any decryption: another body length would make the tag a partitioning oracle.
    if len(_decoded(argument.encode("ascii"))) != size or len(stanza.body) != _WRAPPED_BYTES:
        raise SealMalformedError(reason="收件段的长度不对")


def _check_work_factor(text: str) -> None:
    if not _WORK_FACTOR.fullmatch(text) or len(text) > 2 or int(text) > _MAX_WORK_FACTOR:
        raise SealMalformedError(reason="口令收件段的强度参数不对")


def _stanza(file_key: bytes, recipient: bytes) -> bytes:
    ephemeral = X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes_raw()
    secret = _shared(ephemeral, recipient)
    if secret is None:
        raise KeyMalformedError(reason="收件公钥是弱密钥")
    key = derive(secret, salt=share + recipient, info=_X25519_INFO)
    body = ChaCha20Poly1305(key).encrypt(_WRAP_NONCE, file_key, None)
    return f"-> X25519 {base64_raw_text(share)}\n{base64_raw_text(body)}\n".encode("ascii")


def _open(stanza: Stanza, private: X25519PrivateKey) -> bytes | None:
    share = _decoded(stanza.arguments[1].encode("ascii"))
    secret = _shared(private, share)
    if secret is None:
        raise SealMalformedError(reason="收件段的公钥是弱密钥")
    salt = share + private.public_key().public_bytes_raw()
    key = derive(secret, salt=salt, info=_X25519_INFO)
    try:
        return ChaCha20Poly1305(key).decrypt(_WRAP_NONCE, stanza.body, None)
    except InvalidTag:
        return None


def _shared(private: X25519PrivateKey, public: bytes) -> bytes | None:
    """The shared secret, or None where it is all zero: `public` is of low order."""
    try:
        return private.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        return None


def _mac(file_key: bytes, covered: bytes) -> bytes:
    return hmac.digest(derive(file_key, salt=b"", info=_HEADER_INFO), covered, "sha256")


def _check_mac(header: Header, file_key: bytes) -> None:
    if not hmac.compare_digest(header.mac, _mac(file_key, header.covered)):
        raise SealForgedError


def _private(identity: str) -> X25519PrivateKey:
    if identity != identity.upper():
        raise KeyMalformedError(reason="私钥文本应为大写")
    return X25519PrivateKey.from_private_bytes(_key(identity, _IDENTITY_PREFIX))


def _public(recipient: str) -> bytes:
    if recipient != recipient.lower():
        raise KeyMalformedError(reason="收件公钥文本应为小写")
    return _key(recipient, _RECIPIENT_PREFIX)


def _key(text: str, prefix: str) -> bytes:
    try:
        found, raw = bech32_bytes(text)
    except MessageMalformedError as error:
        raise KeyMalformedError(reason="密钥文本不完整或有错字") from error
    if found != prefix or len(raw) != 32:
        raise KeyMalformedError(reason="不是这里需要的密钥种类")
    return raw
