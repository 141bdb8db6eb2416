"""Taking in what tablets sent: open it, hold every claim in it against its proof, and say what was found.

* The outer envelope is believed only under a certified device key; the inner one only when that device and
  each inspector it claims signed it; both must agree in every field that they share.
* Whatever is wrong ends as a line of the proof with its reason; nothing is dropped, nothing is hidden.
* A record is *genuine* when no line is BAD. DOUBT asks for a person's look: a clock that jumped, say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from inspector.domain import records
from inspector.domain.access import Access
from inspector.domain.delivery import DELIVERY_TYPE, BlobRef, Delivery, EntryKind
from inspector.domain.fields import Fields
from inspector.domain.inspection import PhotoSource
from inspector.domain.notice import Notice
from inspector.domain.notice_record import from_record
from inspector.domain.numbering import Numbered
from inspector.domain.records import Record, SignedHow, Standing
from inspector.errors import EntryDisagreesError, InspectorError, SignerUnknownError
from inspector.trust import age, dsse
from inspector.trust.certificates import Certificate, Details, HolderKind, verify_details
from inspector.trust.keyring import Keyring
from inspector.trust.ledger import ChainHead
from inspector.trust.strict_json import parse_object
from inspector.work.adopt import Adoption, PackRef
from inspector.work.inner import INNER_TYPES
from inspector.work.numbers import NumbersWord, read_numbered, read_numbers
from inspector.work.registration import access_of
from inspector.work.seal import statement_sha256

CLOCK_TOLERANCE_MS = 10 * 60 * 1000
"""How far a tablet's clock may be off before the supervisor is told."""


class Aspect(StrEnum):
    """What a line of the proof is about."""

    SIGNATURE = "signature"
    ORDER = "order"
    LOG = "log"
    CONTENT = "content"
    PHOTOS = "photos"
    TIME = "time"


class Mark(StrEnum):
    """How a line of the proof ends."""

    GOOD = "good"
    DOUBT = "doubt"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofLine:
    """One line of the proof: what was looked at, how it ended, and why, in Chinese."""

    aspect: Aspect
    mark: Mark
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeEntry:
    """A notice as its entry carries it: PDF in the blob `sealed`, number used up, `access` where public."""

    id: str
    record_id: str
    record_sha256: str
    notice: Notice
    pdf_sha256: str
    pdf_size: int
    sealed: str
    access: Access | None = None
    numbered: Numbered | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """That an inspection began, with which catalogue; `pack` is None where an earlier program began it."""

    id: str
    inspection: str
    enterprise: str
    at_ms: int
    pack: PackRef | None = None


Content = Record | NoticeEntry | Opening | Adoption | NumbersWord


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedEntry:
    """One entry, opened and examined.

    Attributes:
        sha256: the entry's name.
        inner: the signed inner envelope; empty when the body could not be opened.
        content: what the inner envelope says; None when it could not be read or believed.
    """

    sha256: str
    delivery: Delivery
    inner: bytes
    content: Content | None
    proof: tuple[ProofLine, ...]

    @property
    def inner_sha256(self) -> str:
        """SHA-256 of the inner envelope: what amendments and notices name."""
        return sha256(self.inner).hexdigest()

    @property
    def is_genuine(self) -> bool:
        """Nothing about it is proven wrong."""
        return self.content is not None and all(line.mark is not Mark.BAD for line in self.proof)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examiner:
    """What an entry is held against.

    Attributes:
        identities: the office's age identities, newest first.
        root_at: the log's root at a size, from the leaves that the console mirrors; None beyond them.
        blob: a sealed file by its hash; None when it has not arrived.
    """

    keyring: Keyring
    identities: tuple[str, ...]
    root_at: Callable[[int], str | None]
    blob: Callable[[str], bytes | None]

    def open_entry(self, envelope: bytes, *, head: ChainHead, index: int, arrived_ms: int) -> OpenedEntry:
        """Open and examine one entry of a device.

        Args:
            head: the device's entry before this one, as the log has it.
            index: its place in the log.
            arrived_ms: when the console took it from the server, by the office's clock.

        Raises:
            TrustError, FormatError: the outer envelope itself cannot be believed or read.
        """
        name = sha256(envelope).hexdigest()
        certificate, delivery = self._outer(envelope, name)
        lines = [
            ProofLine(aspect=Aspect.SIGNATURE, mark=Mark.GOOD, words="设备签名有效，设备证书由本办公室签发"),
            _order(delivery, head),
            self._log(delivery, index),
        ]
        inner, content = b"", None
        try:
            inner = age.decrypt(self._body(delivery), self.identities)
            content = self._inner(inner, delivery, certificate)
            lines += _content_lines(content, arrived_ms)
        except InspectorError as problem:
            lines.append(ProofLine(aspect=Aspect.CONTENT, mark=Mark.BAD, words=problem.message))
        return OpenedEntry(sha256=name, delivery=delivery, inner=inner, content=content, proof=tuple(lines))

    def open_photo(self, record: Record, photo: str) -> bytes:
        """The bytes of one of the record's pictures, proven to be those that were signed.

        Raises:
            EntryDisagreesError: the sealed file is missing, or holds something else.
            TrustError: it does not open.
        """
        attachment = next(one for one in record.attachments if one.photo.id == photo)
        data = age.decrypt(self._present(attachment.sealed), self.identities)
        if sha256(data).hexdigest() != attachment.photo.id or len(data) != attachment.photo.size:
            raise EntryDisagreesError(reason="照片与记录中的摘要不符")
        return data

    def open_pdf(self, entry: NoticeEntry) -> bytes:
        """The PDF that was handed over, proven to be the one that was signed.

        Raises:
            EntryDisagreesError: the sealed file is missing, or holds something else.
            TrustError: it does not open.
        """
        data = age.decrypt(self._present(entry.sealed), self.identities)
        if sha256(data).hexdigest() != entry.pdf_sha256:
            raise EntryDisagreesError(reason="文书 PDF 与记录中的摘要不符")
        return data

    def _outer(self, envelope: bytes, name: str) -> tuple[Certificate, Delivery]:
        peeked = dsse.peek(envelope)
        claimed = Delivery.from_payload(parse_object(peeked.payload))
        key_ids = [signature.key_id for signature in peeked.signatures]
        if len(key_ids) != 1:
            raise SignerUnknownError(key_id="签名不止一个")
        certificate = self.keyring.device_for(key_ids[0], seq=claimed.seq, sha256=name)
        dsse.verify(envelope, DELIVERY_TYPE, [certificate.key])
        if (claimed.device, claimed.tenant) != (certificate.id, certificate.tenant):
            raise EntryDisagreesError(reason="信封上的设备与签名的设备不是同一台")
        return certificate, claimed

    def _log(self, delivery: Delivery, index: int) -> ProofLine:
        seen = delivery.checkpoint
        if seen is None:
            words = f"已入日志 #{index}；设备此前没有见过日志"
            return ProofLine(aspect=Aspect.LOG, mark=Mark.GOOD, words=words)
        root = self.root_at(seen.size)
        if root == seen.root:
            words = f"已入日志 #{index}，与设备见过的日志一致"
            return ProofLine(aspect=Aspect.LOG, mark=Mark.GOOD, words=words)
        words = "设备见过的日志与本机的日志不是同一份：服务器可能对不同的人出示不同的日志"
        if root is None:
            words = f"设备见过长度 {seen.size} 的日志，服务器至今没有交出这么多：可能有记录被扣下"
        return ProofLine(aspect=Aspect.LOG, mark=Mark.BAD, words=words)

    def _body(self, delivery: Delivery) -> bytes:
        return self._present(delivery.body.sha256) if isinstance(delivery.body, BlobRef) else delivery.body

    def _present(self, name: str) -> bytes:
        data = self.blob(name)
        if data is None:
            raise EntryDisagreesError(reason="密封文件还没有到齐")
        if sha256(data).hexdigest() != name:
            raise EntryDisagreesError(reason="密封文件与其编号不符")
        return data

    def _inner(self, inner: bytes, delivery: Delivery, certificate: Certificate) -> Content:
        keys = dict(self.keyring.keys(HolderKind.INSPECTOR))
        keys[certificate.key.key_id] = certificate.key
        verified = dsse.verify(inner, INNER_TYPES[delivery.kind], keys, required=(certificate.key.key_id,))
        payload = parse_object(verified.payload)
        match delivery.kind:
            case EntryKind.OPEN:
                return _opening(payload, delivery)
            case EntryKind.ADOPT:
                return _adoption(payload, delivery)
            case EntryKind.NUMBERS:
                return read_numbers(payload, delivery)
            case EntryKind.NOTICE:
                return _notice_entry(payload, delivery)
            case EntryKind.RECORD | EntryKind.AMEND:
                record = records.from_payload(payload)
                _must_agree(record, delivery)
                for standing in record.standings:
                    if standing.signed is SignedHow.KEY:
                        must_stand(self.keyring, standing, verified.key_ids)
                return record


def must_stand(keyring: Keyring, standing: Standing, signed: Sequence[str]) -> None:
    """Accept that an inspector stands behind a record with a key.

    Args:
        signed: ids of the keys whose signatures on the record were checked.

    Raises:
        SignerUnknownError, DetailsMismatchError: the key is not certified, or for somebody else.
        EntryDisagreesError: the record is not signed by it, or says another name or number.
    """
    key_id = standing.inspector.key_id or ""
    certificate = keyring.find(key_id, HolderKind.INSPECTOR)
    if key_id not in signed or certificate.id != standing.inspector.id or standing.details is None:
        raise EntryDisagreesError(reason=f"检查人员 {standing.inspector.name} 的签名不在记录上")
    details = Details.from_payload(dict(standing.details))
    verify_details(details, certificate)
    if (details.name, details.number) != (standing.inspector.name, standing.inspector.number):
        raise EntryDisagreesError(reason="检查人员的姓名或证号与证书不符")


def _content_lines(content: Content, arrived_ms: int) -> list[ProofLine]:
    good = ProofLine(aspect=Aspect.CONTENT, mark=Mark.GOOD, words="内容签名有效，与信封一致")
    if not isinstance(content, Record):
        return [good]
    return [good, _handwriting(content), _photo_sources(content), _time(content, arrived_ms)]


def _order(delivery: Delivery, head: ChainHead) -> ProofLine:
    if (delivery.seq, delivery.prev) == (head.seq + 1, head.sha256):
        return ProofLine(aspect=Aspect.ORDER, mark=Mark.GOOD, words=f"顺序完整：第 {delivery.seq} 号")
    if delivery.seq > head.seq + 1:
        words = f"第 {head.seq} 号记录之后缺少第 {head.seq + 1} 号"
    else:
        words = f"第 {delivery.seq} 号记录不接在第 {head.seq} 号之后：顺序被改动，或同一号有两份"
    return ProofLine(aspect=Aspect.ORDER, mark=Mark.BAD, words=words)


def _must_agree(record: Record, delivery: Delivery) -> None:
    inspection = record.inspection
    inside = (record.tenant, inspection.device, record.id, record.kind)
    if inside != (delivery.tenant, delivery.device, delivery.record, delivery.kind):
        raise EntryDisagreesError(reason="信封与内容不是同一份记录")
    body = {delivery.body.sha256} if isinstance(delivery.body, BlobRef) else set()
    named = {(one.sealed, one.sealed_size) for one in record.attachments}
    carried = {(blob.sha256, blob.size) for blob in delivery.blobs if blob.sha256 not in body}
    if named != carried:
        raise EntryDisagreesError(reason="信封所带的照片与记录所列的不一致")


def _handwriting(record: Record) -> ProofLine:
    shown = statement_sha256(record.inspection, tenant=record.tenant)
    if any(one.shown != shown for one in record.inspection.witnesses):
        words = "有手写签名是对另一份内容签的"
        return ProofLine(aspect=Aspect.SIGNATURE, mark=Mark.BAD, words=words)
    by_key = sum(standing.signed is SignedHow.KEY for standing in record.standings)
    words = f"{by_key} 名检查人员用密钥签名，{len(record.inspection.witnesses)} 个手写签名与所示内容一致"
    return ProofLine(aspect=Aspect.SIGNATURE, mark=Mark.GOOD if by_key else Mark.DOUBT, words=words)


def _photo_sources(record: Record) -> ProofLine:
    foreign = sum(one.photo.source is not PhotoSource.CAMERA for one in record.attachments)
    if foreign:
        words = f"{len(record.attachments)} 张照片中有 {foreign} 张不是在应用内拍摄的"
        return ProofLine(aspect=Aspect.PHOTOS, mark=Mark.DOUBT, words=words)
    words = f"{len(record.attachments)} 张照片均为应用内拍摄"
    return ProofLine(aspect=Aspect.PHOTOS, mark=Mark.GOOD, words=words)


def _time(record: Record, arrived_ms: int) -> ProofLine:
    clock = record.clock
    doubts = []
    if clock.is_behind_the_office:
        doubts.append("平板时钟早于办公室已签署的时间")
    if clock.wall_ms > arrived_ms + CLOCK_TOLERANCE_MS:
        doubts.append("封存时间晚于收到时间")
    doubts += [f"检查过程中时钟被调整 {jump.by_ms // 1000} 秒" for jump in clock.jumps]
    if doubts:
        return ProofLine(aspect=Aspect.TIME, mark=Mark.DOUBT, words="；".join(doubts))
    return ProofLine(aspect=Aspect.TIME, mark=Mark.GOOD, words="时间可信：时钟未见调整")


def _opening(payload: object, delivery: Delivery) -> Opening:
    with Fields(payload, "opening") as field:
        field.version(1)
        field.texts("checklists")
        field.texts("inspectors")
        said = (field.text("kind"), field.text("id"), field.text("tenant"), field.text("device"))
        opening = Opening(
            id=said[1],
            inspection=field.text("inspection"),
            enterprise=field.text("enterprise"),
            at_ms=field.integer("at_ms"),
            pack=PackRef.from_json(pack) if (pack := field.later("pack")) is not None else None,
        )
    if said != (delivery.kind.value, delivery.record, delivery.tenant, delivery.device):
        raise EntryDisagreesError(reason="信封与内容不是同一份记录")
    return opening


def _adoption(payload: object, delivery: Delivery) -> Adoption:
    with Fields(payload, "adoption") as field:
        field.version(1)
        said = (field.text("kind"), field.text("id"), field.text("tenant"), field.text("device"))
        adoption = Adoption(
            id=said[1],
            pack=PackRef.from_json(field.raw("pack")),
            app=field.text("app"),
            at_ms=field.integer("at_ms"),
        )
    if said != (delivery.kind.value, delivery.record, delivery.tenant, delivery.device):
        raise EntryDisagreesError(reason="信封与内容不是同一份记录")
    return adoption


def _notice_entry(payload: object, delivery: Delivery) -> NoticeEntry:
    with Fields(payload, "notice entry") as field:
        field.version(1)
        field.integer("at_ms")
        said = (field.text("kind"), field.text("id"), field.text("tenant"), field.text("device"))
        with Fields(field.raw("record"), "record reference") as named:
            record = (named.text("id"), named.text("sha256"))
        with Fields(field.raw("pdf"), "pdf") as pdf:
            blob = BlobRef(sha256=pdf.text("sealed"), size=pdf.integer("sealed_size"))
            printed = (pdf.text("sha256"), pdf.integer("size"))
        notice = from_record(field.raw("notice"))
        access = access_of(field.later("access"), notice)
        number = field.later("number")
    numbered = read_numbered(number) if number is not None else None
    if numbered is not None and notice.is_draft:
        raise EntryDisagreesError(reason="文书没有编号，条目却占用了编号")
    if said != (delivery.kind.value, delivery.record, delivery.tenant, delivery.device):
        raise EntryDisagreesError(reason="信封与内容不是同一份记录")
    if blob not in delivery.blobs or record != (notice.record_id, notice.record_sha256):
        raise EntryDisagreesError(reason="文书与其记录或附件不一致")
    return NoticeEntry(
        id=said[1],
        record_id=record[0],
        record_sha256=record[1],
        notice=notice,
        pdf_sha256=printed[0],
        pdf_size=printed[1],
        sealed=blob.sha256,
        access=access,
        numbered=numbered,
    )
