"""Age files with chosen faults, built from the primitives alone and not with the code under test."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Callable, Sequence
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from inspector.errors import (
    InspectorError,
    KeyWrongError,
    SealBrokenError,
    SealForgedError,
    SealMalformedError,
)

IDENTITY = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
"""The identity that age.md prints: 32 bytes of 0x42."""
SECRET = b"\x42" * 32
CHUNK = 64 * 1024
ZEROS, ONES = bytes(CHUNK), b"\x01" * CHUNK
ORDER_8_POINT = bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7")

FILE_KEY = b"sixteen bytes !!"
NONCE = b"a payload nonce!"


def raw64(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")


def derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def x25519_line_and_body(
    *, secret: bytes = SECRET, file_key: bytes = FILE_KEY, share: bytes | None = None
) -> tuple[bytes, bytes]:
    """The arguments line without its line feed, and the body."""
    identity = X25519PrivateKey.from_private_bytes(secret)
    recipient = identity.public_key().public_bytes_raw()
    if share is None:
        share = X25519PrivateKey.from_private_bytes(sha256(secret).digest()).public_key().public_bytes_raw()
    try:
        shared = identity.exchange(X25519PublicKey.from_public_bytes(share))
    except ValueError:
        shared = bytes(32)
    key = derived(shared, share + recipient, b"age-encryption.org/v1/X25519")
    return b"-> X25519 " + raw64(share), ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None)


def lines(body: bytes) -> bytes:
    """A stanza's body as the format wraps it."""
    text = raw64(body)
    whole = [text[start : start + 64] for start in range(0, len(text), 64)] or [b""]
    return b"\n".join([*whole, b""] if len(whole[-1]) == 64 else whole) + b"\n"


def x25519(**how: object) -> bytes:
    line, body = x25519_line_and_body(**how)  # type: ignore[arg-type]
    return line + b"\n" + lines(body)


def mac_line(before: bytes, file_key: bytes = FILE_KEY) -> bytes:
    mac = hmac.digest(derived(file_key, b"", b"header"), before + b"---", "sha256")
    return b"--- " + raw64(mac) + b"\n"


def stream(chunks: Sequence[bytes], *, final: Sequence[int] | None = None) -> bytes:
    """Nonce and chunks; `final` lists which ones are marked as the last, the last one unless given."""
    marked = {len(chunks) - 1} if final is None else set(final)
    cipher = ChaCha20Poly1305(derived(FILE_KEY, NONCE, b"payload"))
    sealed = (
        cipher.encrypt((number << 8 | (number in marked)).to_bytes(12, "big"), chunk, None)
        for number, chunk in enumerate(chunks)
    )
    return NONCE + b"".join(sealed)


VERSION = b"age-encryption.org/v1\n"


def whole(stanzas: bytes, payload: bytes | None = None, *, version: bytes = VERSION) -> bytes:
    """A file around `stanzas`, whose MAC is right for whatever they are."""
    head = version + stanzas
    return head + mac_line(head) + (stream([b"age"]) if payload is None else payload)


def with_mac(change: Callable[[bytes], bytes]) -> bytes:
    head = VERSION + x25519()
    return head + change(mac_line(head)) + stream([b"age"])


def not_canonical(text: bytes) -> bytes:
    """The same bytes in base64, with the spare bits of the last character set."""
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return text[:-1] + bytes([alphabet[alphabet.index(text[-1]) + 1]])


def _line_changed(change: Callable[[bytes], bytes]) -> bytes:
    line, body = x25519_line_and_body()
    return whole(change(line) + b"\n" + lines(body))


def _body_changed(change: Callable[[bytes], bytes]) -> bytes:
    line, body = x25519_line_and_body()
    return whole(line + b"\n" + change(raw64(body)) + b"\n")


def _scrypt(arguments: bytes, body: bytes = bytes(32), more: bytes = b"") -> bytes:
    return whole(b"-> scrypt" + arguments + b"\n" + lines(body) + more)


def _tampered(payload: bytes, place: int) -> bytes:
    changed = bytearray(payload)
    changed[place] ^= 1
    return bytes(changed)


SALT = raw64(bytes(16))
OTHER = b"\x43" * 32

OPENED = [
    ("a plain file", whole(x25519()), b"age"),
    ("an empty payload", whole(x25519(), stream([b""])), b""),
    ("a full last chunk", whole(x25519(), stream([ZEROS])), ZEROS),
    ("two chunks", whole(x25519(), stream([ZEROS, b"age"])), ZEROS + b"age"),
    ("two full chunks", whole(x25519(), stream([ZEROS, ONES])), ZEROS + ONES),
    ("a stanza for somebody else in front", whole(x25519(secret=OTHER) + x25519()), b"age"),
    ("a stanza of an unknown kind in front", whole(b"-> grease a b\n" + lines(b"g") + x25519()), b"age"),
    ("a kind that differs in case only", whole(b"-> x25519 short\n\n" + x25519()), b"age"),
    ("a stanza with an empty body", whole(b"-> empty\n\n" + x25519()), b"age"),
    ("a body of exactly one full line", whole(b"-> full\n" + lines(bytes(48)) + x25519()), b"age"),
    ("a body of many lines", whole(b"-> long\n" + lines(bytes(1000)) + x25519()), b"age"),
    ("every visible character", whole(b"-> " + bytes(range(33, 127)) + b"\n\n" + x25519()), b"age"),
]
"""What the file is, the file, its plaintext."""

REFUSED: list[tuple[str, bytes, type[InspectorError], bytes]] = [
    ("nothing at all", b"", SealMalformedError, b""),
    ("another version", whole(x25519(), version=b"age-encryption.org/v2\n"), SealMalformedError, b""),
    (
        "a carriage return after the version",
        whole(x25519(), version=b"age-encryption.org/v1\r\n"),
        SealMalformedError,
        b"",
    ),
    ("carriage returns in the header", (VERSION + x25519()).replace(b"\n", b"\r\n"), SealMalformedError, b""),
    ("no stanza", whole(b""), SealMalformedError, b""),
    ("a header without an end", VERSION + x25519(), SealMalformedError, b""),
    ("the armored form", b"-----BEGIN AGE ENCRYPTED FILE-----\n", SealMalformedError, b""),
    (
        "a MAC line without a space",
        with_mac(lambda line: line.replace(b"--- ", b"---")),
        SealMalformedError,
        b"",
    ),
    (
        "a MAC line with two spaces",
        with_mac(lambda line: line.replace(b"--- ", b"---  ")),
        SealMalformedError,
        b"",
    ),
    ("a MAC line with a space behind", with_mac(lambda line: line[:-1] + b" \n"), SealMalformedError, b""),
    ("a MAC line without a MAC", with_mac(lambda line: b"---\n"), SealMalformedError, b""),
    ("a MAC line with more behind", with_mac(lambda line: line[:-1] + b"AAA\n"), SealMalformedError, b""),
    ("a MAC cut short", with_mac(lambda line: line[:-3] + b"\n"), SealMalformedError, b""),
    (
        "a MAC in another spelling",
        with_mac(lambda line: not_canonical(line[:-1]) + b"\n"),
        SealMalformedError,
        b"",
    ),
    ("another MAC", with_mac(lambda line: b"--- " + raw64(bytes(32)) + b"\n"), SealForgedError, b""),
    (
        "a MAC made with another file key",
        with_mac(lambda line: mac_line(VERSION + x25519(), b"another file key")),
        SealForgedError,
        b"",
    ),
    (
        "a stanza added after the MAC was made",
        (VERSION + b"-> g\n\n" + x25519() + mac_line(VERSION + x25519()) + stream([b"age"])),
        SealForgedError,
        b"",
    ),
    (
        "an arrow without a space",
        _line_changed(lambda line: line.replace(b"-> ", b"->")),
        SealMalformedError,
        b"",
    ),
    (
        "two spaces between arguments",
        _line_changed(lambda line: line.replace(b"X25519 ", b"X25519  ")),
        SealMalformedError,
        b"",
    ),
    ("a space after the arguments", _line_changed(lambda line: line + b" "), SealMalformedError, b""),
    ("a stanza without arguments", whole(b"->\n\n" + x25519()), SealMalformedError, b""),
    ("a stanza with an empty argument", whole(b"-> \n\n" + x25519()), SealMalformedError, b""),
    ("an argument that is not ASCII", whole("-> 样例\n\n".encode() + x25519()), SealMalformedError, b""),
    ("a tab among the arguments", whole(b"-> a\tb\n\n" + x25519()), SealMalformedError, b""),
    ("a stanza without a body", whole(b"-> none\n" + x25519()), SealMalformedError, b""),
    (
        "a full line and no last line",
        whole(b"-> full\n" + raw64(bytes(48)) + b"\n" + x25519()),
        SealMalformedError,
        b"",
    ),
    ("two short lines", whole(b"-> short\nAAAA\nAAAA\n" + x25519()), SealMalformedError, b""),
    (
        "a line that is too long",
        whole(b"-> wide\n" + raw64(bytes(51)) + b"\n" + x25519()),
        SealMalformedError,
        b"",
    ),
    ("padding in a body", whole(b"-> pad\nAAA=\n" + x25519()), SealMalformedError, b""),
    ("a stray character in a body", whole(b"-> stray\nAA*A\n" + x25519()), SealMalformedError, b""),
    ("the URL-safe alphabet in a body", whole(b"-> url\n__-_\n" + x25519()), SealMalformedError, b""),
    ("a body in another spelling", whole(b"-> spare\nAB\n" + x25519()), SealMalformedError, b""),
    ("a body of impossible length", whole(b"-> odd\nAAAAA\n" + x25519()), SealMalformedError, b""),
    (
        "an X25519 stanza with a third argument",
        _line_changed(lambda line: line + b" more"),
        SealMalformedError,
        b"",
    ),
    ("an X25519 stanza without a share", _line_changed(lambda line: b"-> X25519"), SealMalformedError, b""),
    (
        "a share of 31 bytes",
        _line_changed(lambda line: b"-> X25519 " + raw64(bytes(31))),
        SealMalformedError,
        b"",
    ),
    (
        "a share of 33 bytes",
        _line_changed(lambda line: b"-> X25519 " + raw64(bytes(33))),
        SealMalformedError,
        b"",
    ),
    ("a share in another spelling", _line_changed(not_canonical), SealMalformedError, b""),
    ("a share with padding", _line_changed(lambda line: line + b"="), SealMalformedError, b""),
    ("a share of order 8", whole(x25519(share=ORDER_8_POINT)), SealMalformedError, b""),
    ("a share that is zero", whole(x25519(share=bytes(32))), SealMalformedError, b""),
    ("a file key of 17 bytes", whole(x25519(file_key=FILE_KEY + b"!")), SealMalformedError, b""),
    ("a file key of 15 bytes", whole(x25519(file_key=FILE_KEY[:-1])), SealMalformedError, b""),
    ("a wrapped key in another spelling", _body_changed(not_canonical), SealMalformedError, b""),
    (
        "a wrapped key that was altered",
        _body_changed(lambda text: b"A" + text[1:] if text[:1] != b"A" else b"B" + text[1:]),
        KeyWrongError,
        b"",
    ),
    ("somebody else's file", whole(x25519(secret=OTHER)), KeyWrongError, b""),
    ("only stanzas of unknown kinds", whole(b"-> grease\n\n"), KeyWrongError, b""),
    (
        "a kind in lower case",
        _line_changed(lambda line: line.replace(b"X25519", b"x25519")),
        KeyWrongError,
        b"",
    ),
    ("a passphrase's file", _scrypt(b" " + SALT + b" 10"), KeyWrongError, b""),
    ("a passphrase's kind in upper case", whole(b"-> SCRYPT x\n\n"), KeyWrongError, b""),
    (
        "a passphrase beside a recipient",
        _scrypt(b" " + SALT + b" 10", more=x25519()),
        SealMalformedError,
        b"",
    ),
    (
        "two passphrases",
        _scrypt(b" " + SALT + b" 10", more=b"-> scrypt " + SALT + b" 10\n" + lines(bytes(32))),
        SealMalformedError,
        b"",
    ),
    ("a passphrase stanza with a fourth argument", _scrypt(b" " + SALT + b" 10 10"), SealMalformedError, b""),
    ("a passphrase stanza without a work factor", _scrypt(b" " + SALT), SealMalformedError, b""),
    ("a salt of 15 bytes", _scrypt(b" " + raw64(bytes(15)) + b" 10"), SealMalformedError, b""),
    ("a salt in another spelling", _scrypt(b" " + not_canonical(SALT) + b" 10"), SealMalformedError, b""),
    (
        "a passphrase stanza with a long body",
        _scrypt(b" " + SALT + b" 10", bytes(33)),
        SealMalformedError,
        b"",
    ),
    *(
        (
            f"a work factor written {factor.decode()!r}",
            _scrypt(b" " + SALT + b" " + factor),
            SealMalformedError,
            b"",
        )
        for factor in (b"0", b"-1", b"+10", b"010", b"0x0a", b"23", b"1.0", b"a", b"18446744073709551616")
    ),
    ("no nonce", whole(x25519(), b""), SealMalformedError, b""),
    ("half a nonce", whole(x25519(), NONCE[:8]), SealMalformedError, b""),
    ("no chunk", whole(x25519(), NONCE), SealBrokenError, b""),
    ("a chunk shorter than a tag", whole(x25519(), stream([b""])[:-1]), SealBrokenError, b""),
    ("a chunk without its tag", whole(x25519(), stream([b"age"])[:-16]), SealBrokenError, b""),
    ("an altered tag", whole(x25519(), _tampered(stream([b"age"]), -1)), SealBrokenError, b""),
    (
        "an altered first chunk of two",
        whole(x25519(), _tampered(stream([ZEROS, b"age"]), 20)),
        SealBrokenError,
        b"",
    ),
    (
        "an altered second chunk",
        whole(x25519(), _tampered(stream([ZEROS, b"age"]), -1)),
        SealBrokenError,
        ZEROS,
    ),
    (
        "an altered second chunk that is full",
        whole(x25519(), _tampered(stream([ZEROS, ONES]), -1)),
        SealBrokenError,
        ZEROS,
    ),
    (
        "a short chunk that is not marked as the last",
        whole(x25519(), stream([b"age"], final=[])),
        SealBrokenError,
        b"",
    ),
    (
        "a full chunk that is not marked as the last",
        whole(x25519(), stream([ZEROS], final=[])),
        SealBrokenError,
        ZEROS,
    ),
    (
        "two chunks, none marked as the last",
        whole(x25519(), stream([ZEROS, b"age"], final=[])),
        SealBrokenError,
        ZEROS,
    ),
    (
        "two full chunks, none marked as the last",
        whole(x25519(), stream([ZEROS, ONES], final=[])),
        SealBrokenError,
        ZEROS + ONES,
    ),
    (
        "two chunks, both marked as the last",
        whole(x25519(), stream([ZEROS, b"age"], final=[0, 1])),
        SealBrokenError,
        ZEROS,
    ),
    ("an empty last chunk", whole(x25519(), stream([ZEROS, b""])), SealBrokenError, ZEROS),
    ("a short chunk in the middle", whole(x25519(), stream([b"age", b"age"])), SealBrokenError, b""),
    (
        "something behind a short last chunk",
        whole(x25519(), stream([b"age"]) + b"behind"),
        SealBrokenError,
        b"",
    ),
    (
        "something behind a full last chunk",
        whole(x25519(), stream([ZEROS]) + b"behind it there is more"),
        SealBrokenError,
        ZEROS,
    ),
    ("one byte behind a full last chunk", whole(x25519(), stream([ZEROS]) + b"!"), SealBrokenError, ZEROS),
    (
        "chunks in another order",
        whole(
            x25519(),
            NONCE
            + stream([ZEROS, ONES], final=[])[16 + CHUNK + 16 :]
            + stream([ZEROS, ONES], final=[])[16 : 16 + CHUNK + 16],
        ),
        SealBrokenError,
        b"",
    ),
]
"""What is wrong, the file, the error, and how much genuine plaintext a streaming reader has passed on."""
