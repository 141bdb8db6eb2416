"""The cryptography of the store's files: segments of chained frames, and sealed single files.

A *segment* is a header and the frames behind it, all under one key of its own:

* segment key = HKDF-SHA256(data key, salt = 32 random bytes, info = label ‖ name);
* frame = length ‖ sequence ‖ previous frame's tag ‖ AES-256-GCM ciphertext and tag; the three fields in front
  are the associated data, the sequence is the nonce. A `Sealer` counts on *before* it encrypts: a frame whose
  write failed never shares its nonce with the next one;
* a frame carries the tag that it continues: it verifies by itself, and a missing link shows;
* the header stands twice, each copy with a checksum (is it intact?) and a keyed check (is it ours?): one bit
  flipped in the salt must not cost the whole segment;
* the length, sequence and link of a frame follow from its neighbours, so a frame whose *fields* were damaged
  is verified with the expected ones (`Segment.unseal`, keyword arguments).

Byte for byte in `docs/formats/journal.md`.
"""

from __future__ import annotations

import secrets
import struct
import zlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from inspector.errors import FrameInvalidError, StoreKeyWrongError, StoreTooNewError

KEY_SIZE = 32
TAG_SIZE = 16
NO_LINK = bytes(TAG_SIZE)
MAX_BODY = 64 << 20
VERSION = 1
MAGIC = b"INSPJRN"

_JOURNAL_LABEL = b"inspector/store/journal/v1/"
_FILE_LABEL = b"inspector/store/file/v1/"
_SALT_SIZE = 32
_FILE_MAGIC = b"INSPSEAL\x01"
_HEADER = struct.Struct(">7sB32sQI16s")  # magic, version, salt, first, snapshot, link
_CHECKSUM = struct.Struct(">I")
_FIELDS = struct.Struct(">IQ16s")  # length of ciphertext with its tag, sequence, previous tag
_COPY_SIZE = _HEADER.size + TAG_SIZE + _CHECKSUM.size
_CHECK_NONCE = b"\xff" * 12  # no sequence reaches it
_FILE_NONCE = bytes(12)

HEADER_SIZE = 2 * _COPY_SIZE
LENGTH_SIZE = 4
FIELDS_SIZE = _FIELDS.size


def _derived(key: bytes, salt: bytes, info: bytes) -> AESGCM:
    if len(key) != KEY_SIZE:
        raise ValueError(f"a data key has {KEY_SIZE} bytes, not {len(key)}")
    return AESGCM(HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=salt, info=info).derive(key))


def _nonce(sequence: int) -> bytes:
    return sequence.to_bytes(12, "big")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a segment says about itself.

    Attributes:
        salt: 32 random bytes from which the segment's key is derived.
        first: sequence of its first frame; sequences run on from segment to segment.
        snapshot: how many of its first frames together hold a whole state; 0 when it continues a segment.
        link: tag of the last frame before it, `NO_LINK` for the first of all.
    """

    salt: bytes
    first: int
    snapshot: int
    link: bytes

    def _packed(self) -> bytes:
        return _HEADER.pack(MAGIC, VERSION, self.salt, self.first, self.snapshot, self.link)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A frame that verified: its place in the chain, its body and the offset behind it."""

    sequence: int
    previous: bytes
    tag: bytes
    body: bytes
    end: int


class Sealer:
    """Writes the frames of one new segment, under a key that nothing else uses.

    Args:
        key: the store's 32-byte data key; it never encrypts anything itself.
        name: what this journal is; a segment moved into another journal does not open.
        first: sequence of the first frame.
        link: tag of the frame that this segment continues.
        snapshot: how many frames will hold the whole state, 0 for none.

    Raises:
        ValueError: the key has not 32 bytes.
    """

    def __init__(
        self, key: bytes, name: str, *, first: int, link: bytes = NO_LINK, snapshot: int = 0
    ) -> None:
        header = Header(salt=secrets.token_bytes(_SALT_SIZE), first=first, snapshot=snapshot, link=link)
        packed = header._packed()
        self._cipher = _derived(key, header.salt, _JOURNAL_LABEL + name.encode())
        checked = packed + self._cipher.encrypt(_CHECK_NONCE, b"", packed)
        self.header = (checked + _CHECKSUM.pack(zlib.crc32(checked))) * 2
        self.salt = header.salt
        self.sequence = first - 1
        self.tag = link

    def seal(self, body: bytes) -> bytes:
        """The next frame. Its sequence is spent, whether or not the bytes ever reach the disk.

        Raises:
            ValueError: the body is larger than `MAX_BODY`.
        """
        if len(body) > MAX_BODY:
            raise ValueError(f"a frame's body has at most {MAX_BODY} bytes, not {len(body)}")
        self.sequence += 1
        fields = _FIELDS.pack(len(body) + TAG_SIZE, self.sequence, self.tag)
        sealed = self._cipher.encrypt(_nonce(self.sequence), body, fields)
        self.tag = sealed[-TAG_SIZE:]
        return fields + sealed


def expected_fields(sequence: int, previous: bytes) -> bytes:
    """The fields of that frame without its length: what stands `LENGTH_SIZE` bytes behind its start."""
    return _FIELDS.pack(0, sequence, previous)[LENGTH_SIZE:]


def fields_at(raw: bytes, at: int) -> tuple[int, int] | None:
    """Where the frame at `at` says that it ends, and its sequence; None when its fields are cut short.

    Nothing here is verified: it is what `Segment.unseal` will be asked to prove.
    """
    if len(raw) < at + FIELDS_SIZE:
        return None
    length, sequence, _ = _FIELDS.unpack_from(raw, at)
    return at + FIELDS_SIZE + length, sequence


class Segment:
    """Reads the frames of one segment.

    Raises:
        ValueError: the key has not 32 bytes.
    """

    def __init__(self, key: bytes, name: str, header: Header) -> None:
        self.header = header
        self._cipher = _derived(key, header.salt, _JOURNAL_LABEL + name.encode())

    def check(self, check: bytes) -> bool:
        """Whether `check` was made for this header under this key."""
        try:
            self._cipher.decrypt(_CHECK_NONCE, check, self.header._packed())
        except InvalidTag:
            return False
        return True

    def unseal(
        self, raw: bytes, at: int, *, end: int | None = None, sequence: int = 0, previous: bytes = b""
    ) -> Frame:
        """The frame that starts at `at`.

        With `end`, `sequence` and `previous`, the stored fields are not read: these are taken instead.

        Raises:
            FrameInvalidError: it is cut short or does not verify.
        """
        if end is None:
            if len(raw) < at + FIELDS_SIZE:
                raise FrameInvalidError(sequence=sequence)
            length, sequence, previous = _FIELDS.unpack_from(raw, at)
            end = at + FIELDS_SIZE + length
        size = end - at - FIELDS_SIZE
        if not TAG_SIZE <= size <= MAX_BODY + TAG_SIZE or end > len(raw):
            raise FrameInvalidError(sequence=sequence)
        sealed = raw[at + FIELDS_SIZE : end]
        try:
            body = self._cipher.decrypt(_nonce(sequence), sealed, _FIELDS.pack(size, sequence, previous))
        except InvalidTag as error:
            raise FrameInvalidError(sequence=sequence) from error
        return Frame(sequence=sequence, previous=previous, tag=sealed[-TAG_SIZE:], body=body, end=end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A segment whose header was found, and how many of its two copies were intact."""

    segment: Segment
    copies: int


def open_segment(raw: bytes, at: int, key: bytes, name: str) -> Opened | None:
    """The segment whose header starts at `at`, or None when there is no readable header.

    Raises:
        StoreKeyWrongError: a header is there and intact, but neither copy was made under this key and name.
        StoreTooNewError: it was written by a later format.
        ValueError: the key has not 32 bytes.
    """
    intact = [found for start in (at, at + _COPY_SIZE) if (found := _copy_at(raw, start)) is not None]
    ours = [segment for header, check in intact if (segment := Segment(key, name, header)).check(check)]
    if intact and not ours:
        raise StoreKeyWrongError
    return Opened(segment=ours[0], copies=len(ours)) if ours else None


def find_header(raw: bytes, start: int) -> int:
    """Offset of the next bytes that look like a segment's header, -1 for none. Nothing is verified."""
    return raw.find(MAGIC, start)


def _copy_at(raw: bytes, start: int) -> tuple[Header, bytes] | None:
    copy = raw[start : start + _COPY_SIZE]
    if (
        len(copy) < _COPY_SIZE
        or zlib.crc32(copy[: -_CHECKSUM.size]) != _CHECKSUM.unpack(copy[-_CHECKSUM.size :])[0]
    ):
        return None
    magic, version, salt, first, snapshot, link = _HEADER.unpack_from(copy)
    if magic != MAGIC:
        return None
    if version != VERSION:
        raise StoreTooNewError(version=version)
    header = Header(salt=salt, first=first, snapshot=snapshot, link=link)
    return header, copy[_HEADER.size : -_CHECKSUM.size]


def seal_file(key: bytes, name: str, data: bytes) -> bytes:
    """One whole file, encrypted under a key of its own that is bound to `name`.

    Raises:
        ValueError: the key has not 32 bytes.
    """
    salt = secrets.token_bytes(_SALT_SIZE)
    cipher = _derived(key, salt, _FILE_LABEL + name.encode())
    return _FILE_MAGIC + salt + cipher.encrypt(_FILE_NONCE, data, _FILE_MAGIC)


def open_file(key: bytes, name: str, sealed: bytes) -> bytes:
    """What `seal_file` sealed under the same key and name.

    Raises:
        FrameInvalidError: it is not such a file, was changed, cut or renamed, or the key is another.
        ValueError: the key has not 32 bytes.
    """
    start = len(_FILE_MAGIC) + _SALT_SIZE
    if not sealed.startswith(_FILE_MAGIC) or len(sealed) < start + TAG_SIZE:
        raise FrameInvalidError(sequence=0)
    cipher = _derived(key, sealed[len(_FILE_MAGIC) : start], _FILE_LABEL + name.encode())
    try:
        return cipher.decrypt(_FILE_NONCE, sealed[start:], _FILE_MAGIC)
    except InvalidTag as error:
        raise FrameInvalidError(sequence=0) from error
