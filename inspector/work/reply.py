"""An enterprise's reply to a notice, as a stranger's browser made it: read strictly, believed in nothing.

    inspector reply v1\\n ‖ length of the JSON (4 bytes) ‖ JSON ‖ the photos one after another

* A reply is a claim. It closes nothing, and nobody has proven who sent it: whoever holds the paper can.
* Photos are handed on as bytes. Whoever shows one decodes it where no key is held.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from inspector.domain.identifiers import check_entry
from inspector.domain.message_fields import MessageFields
from inspector.errors import InspectorError, ReplyMalformedError
from inspector.trust.strict_json import parse_object

MAGIC = b"inspector reply v1\n"
MAX_BYTES = 8 * 1024 * 1024
"""Of a sealed reply."""
TEXT_CAP, NAME_CAP, PHONE_CAP = 1000, 60, 40
PHOTOS_CAP, PHOTO_BYTES = 12, 2 * 1024 * 1024
FINDINGS_CAP = 500
_JSON_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyPhoto:
    """One picture of a reply, undecoded."""

    sha256: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingReply:
    """What is said about one finding; `is_done` is the enterprise's own word."""

    ordinal: int
    is_done: bool
    text: str
    photos: tuple[ReplyPhoto, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply.

    Attributes:
        id: made by the browser; the same reply sent twice has the same.
        at_ms: when it was written, by a clock that nobody vouches for.
    """

    id: str
    public_id: str
    name: str
    phone: str
    at_ms: int
    findings: tuple[FindingReply, ...]

    @property
    def photos(self) -> tuple[ReplyPhoto, ...]:
        """All pictures."""
        return tuple(photo for finding in self.findings for photo in finding.photos)


def read_reply(data: bytes, *, public_id: str) -> Reply:
    """The reply in opened bytes.

    Args:
        public_id: the notice that it was handed in for.

    Raises:
        ReplyMalformedError: another shape, another notice, or a text that nobody could read.
    """
    try:
        return _read(data, public_id)
    except ReplyMalformedError:
        raise
    except InspectorError as error:
        raise ReplyMalformedError(reason=error.message.rstrip("。")) from error


def _read(data: bytes, public_id: str) -> Reply:
    start = len(MAGIC) + 4
    if not data.startswith(MAGIC) or len(data) < start or len(data) > MAX_BYTES:
        raise ReplyMalformedError(reason="不是回复文件")
    length = int.from_bytes(data[len(MAGIC) : start], "big")
    if length > _JSON_BYTES or start + length > len(data):
        raise ReplyMalformedError(reason="长度不对")
    value = parse_object(data[start : start + length], max_bytes=_JSON_BYTES, max_depth=6)
    fields = MessageFields.of(value, "回复", "v id public_id name phone at_ms findings")
    fields.number("v", least=1, most=1)
    if fields.text("public_id") != public_id:
        raise ReplyMalformedError(reason="是另一份文书的回复")
    photos = _Photos(data[start + length :])
    findings = tuple(_finding(one, photos) for one in fields.listing("findings", most=FINDINGS_CAP))
    photos.must_be_used_up()
    ordinals = [finding.ordinal for finding in findings]
    if len(set(ordinals)) != len(ordinals):
        raise ReplyMalformedError(reason="同一项写了两次")
    return Reply(
        id=fields.name("id"),
        public_id=public_id,
        name=check_entry(fields.text("name"), field="姓名", cap=NAME_CAP),
        phone=check_entry(fields.text("phone"), field="电话", cap=PHONE_CAP),
        at_ms=fields.number("at_ms"),
        findings=findings,
    )


def _finding(value: object, photos: _Photos) -> FindingReply:
    fields = MessageFields.of(value, "回复的一项", "ordinal done text photos")
    listed = fields.listing("photos", most=PHOTOS_CAP)
    return FindingReply(
        ordinal=fields.number("ordinal", least=1, most=FINDINGS_CAP),
        is_done=fields.flag("done"),
        text=check_entry(fields.text("text"), field="整改说明", cap=TEXT_CAP, multiline=True),
        photos=tuple(photos.next(one) for one in listed),
    )


class _Photos:
    """The bytes behind the JSON, taken one picture after another."""

    def __init__(self, data: bytes) -> None:
        self._data, self._count = data, 0

    def next(self, value: object) -> ReplyPhoto:
        fields = MessageFields.of(value, "照片", "size sha256")
        size, digest = fields.number("size", least=1, most=PHOTO_BYTES), fields.sha256("sha256")
        photo, self._data = self._data[:size], self._data[size:]
        self._count += 1
        if self._count > PHOTOS_CAP:
            raise ReplyMalformedError(reason=f"照片超过 {PHOTOS_CAP} 张")
        if len(photo) != size or sha256(photo).hexdigest() != digest:
            raise ReplyMalformedError(reason="照片与所列的摘要不符")
        return ReplyPhoto(sha256=digest, data=photo)

    def must_be_used_up(self) -> None:
        if self._data:
            raise ReplyMalformedError(reason="后面有多余的内容")
