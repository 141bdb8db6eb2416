"""What the log signs: checkpoints as signed notes (C2SP signed-note.md and tlog-checkpoint.md, Ed25519).

* The signature covers the note's exact text; nothing of it is used before a known key has verified it.
* Signatures of other keys (witnesses, older keys) are passed over; a wrong one of ours spoils the note.
* A log's key travels as a verifier string, `name+hash+base64(0x01 ‖ public key)`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from inspector.errors import (
    CheckpointInvalidError,
    KeyMalformedError,
    MessageMalformedError,
    SignatureInvalidError,
)
from inspector.trust.keys import SIGNATURE_BYTES, SigningKey, VerifyKey
from inspector.trust.merkle import HASH_BYTES
from inspector.trust.radix import base64_bytes, base64_text

MAX_NOTE_BYTES = 64 * 1024
MAX_SIZE = 2**63 - 1

_ED25519 = b"\x01"
_KEY_HASH_BYTES = 4
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_KEY_HASH = re.compile(r"[0-9a-f]{8}")
_SIGNATURE_LINE = re.compile(r"— ([^ ]+) ([A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log has committed itself to.

    Attributes:
        origin: which log.
        size: how many entries.
        root: the root hash over them.
    """

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LogVerifier:
    """The name and the key by which a log's checkpoints are known.

    Attributes:
        name: the log's key name, which is also its origin.
        key: its public key.
    """

    name: str
    key: VerifyKey

    @property
    def text(self) -> str:
        """The verifier string."""
        encoded = base64_text(_ED25519 + self.key.raw)
        return f"{self.name}+{_key_hash(self.name, self.key).hex()}+{encoded}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a verifier string.

        Raises:
            KeyMalformedError: it is not one, or its hash does not belong to its name and key.
        """
        name, _, rest = text.partition("+")
        digest, _, encoded = rest.partition("+")
        if not is_key_name(name) or not _KEY_HASH.fullmatch(digest):
            raise KeyMalformedError(reason="日志公钥文本不合格式")
        try:
            raw = base64_bytes(encoded)
        except MessageMalformedError as error:
            raise KeyMalformedError(reason="日志公钥文本不合格式") from error
        if raw[:1] != _ED25519:
            raise KeyMalformedError(reason="日志公钥不是 Ed25519")
        verifier = cls(name=name, key=VerifyKey(raw[1:]))
        if _key_hash(name, verifier.key).hex() != digest:
            raise KeyMalformedError(reason="日志公钥与名称不符")
        return verifier


def is_key_name(name: str) -> bool:
    """Whether `name` may name a key: not empty, no spaces, no plus, no control characters."""
    return bool(name) and not any(sign.isspace() or sign == "+" or sign < " " for sign in name)


def sign_checkpoint(origin: str, size: int, root: bytes, key: SigningKey, name: str | None = None) -> bytes:
    """The signed note for a tree of `size` under `root`.

    Args:
        origin: the log's name.
        size: how many entries.
        root: the root hash.
        key: the log's key.
        name: the key's name; the origin unless given.

    Raises:
        ValueError: a name, size or root that no checkpoint can have; the caller is wrong.
    """
    name = origin if name is None else name
    if not is_key_name(name) or not origin or "\n" in origin:
        raise ValueError("not a name for a log")
    if not 0 <= size <= MAX_SIZE or len(root) != HASH_BYTES:
        raise ValueError("not a tree's size and root")
    text = f"{origin}\n{size}\n{base64_text(root)}\n"
    signature = base64_text(_key_hash(name, key.public) + key.sign(text.encode("utf-8")))
    return f"{text}\n— {name} {signature}\n".encode()


def verify_checkpoint(note: bytes, name: str, key: VerifyKey, *, origin: str | None = None) -> Checkpoint:
    """The checkpoint in `note`, once the key known as `name` is shown to have signed it.

    Args:
        note: the signed note's exact bytes.
        name: the name of the log's key.
        key: the log's key.
        origin: the only log that the caller can use; any unless given.

    Raises:
        CheckpointInvalidError: no note, no signature by `key`, a wrong one, no checkpoint, or of another log.
    """
    text, signatures = _split(note)
    ours = (name, _key_hash(name, key))
    matching = [value for line_name, value in signatures if (line_name, value[:_KEY_HASH_BYTES]) == ours]
    if not matching:
        raise CheckpointInvalidError(reason="没有本日志的签名")
    for value in matching:
        _check_signature(key, value[_KEY_HASH_BYTES:], text.encode("utf-8"))
    checkpoint = _checkpoint(text)
    if origin is not None and checkpoint.origin != origin:
        raise CheckpointInvalidError(reason="属于另一份日志")
    return checkpoint


def _check_signature(key: VerifyKey, signature: bytes, text: bytes) -> None:
    if len(signature) != SIGNATURE_BYTES:
        raise CheckpointInvalidError(reason="签名长度不对")
    try:
        key.verify(signature, text)
    except SignatureInvalidError as error:
        raise CheckpointInvalidError(reason="签名与内容不符") from error


def _split(note: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """The note's text and its signatures as (name, hash and signature)."""
    if len(note) > MAX_NOTE_BYTES:
        raise CheckpointInvalidError(reason="过长")
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CheckpointInvalidError(reason="不是 UTF-8 文本") from error
    if any(sign < " " and sign != "\n" for sign in whole):
        raise CheckpointInvalidError(reason="含有控制字符")
    text, mark, lines = whole.rpartition("\n\n")
    if not mark or not lines.endswith("\n"):
        raise CheckpointInvalidError(reason="没有签名部分")
    return text + "\n", [_signature(line) for line in lines[:-1].split("\n")]


def _signature(line: str) -> tuple[str, bytes]:
    found = _SIGNATURE_LINE.fullmatch(line)
    if found is None or not is_key_name(found[1]):
        raise CheckpointInvalidError(reason="签名行不合格式")
    try:
        value = base64_bytes(found[2])
    except MessageMalformedError as error:
        raise CheckpointInvalidError(reason="签名行不合格式") from error
    if len(value) <= _KEY_HASH_BYTES:
        raise CheckpointInvalidError(reason="签名行不合格式")
    return found[1], value


def _checkpoint(text: str) -> Checkpoint:
    origin, *rest = text[:-1].split("\n")
    if len(rest) < 2 or not origin or not all(rest):
        raise CheckpointInvalidError(reason="行数不对")
    if not _SIZE.fullmatch(rest[0]) or int(rest[0]) > MAX_SIZE:
        raise CheckpointInvalidError(reason="日志大小不合格式")
    try:
        root = base64_bytes(rest[1])
    except MessageMalformedError as error:
        raise CheckpointInvalidError(reason="根不合格式") from error
    if len(root) != HASH_BYTES:
        raise CheckpointInvalidError(reason="根不合格式")
    return Checkpoint(origin=origin, size=int(rest[0]), root=root)


def _key_hash(name: str, key: VerifyKey) -> bytes:
    return sha256(name.encode("utf-8") + b"\n" + _ED25519 + key.raw).digest()[:_KEY_HASH_BYTES]
