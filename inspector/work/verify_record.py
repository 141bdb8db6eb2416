"""Verifying a record by itself: sealed or opened, under the certificates that other files bring along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from inspector.domain import records
from inspector.domain.access import Access
from inspector.domain.delivery import DELIVERY_TYPE, BlobRef, Delivery
from inspector.domain.records import RECORD_TYPE, Record, SignedHow
from inspector.domain.working_days import chinese_time
from inspector.errors import IdentityMissingError, SignerUnknownError, VerifyUnknownFileError
from inspector.trust import age, dsse
from inspector.trust.certificates import HolderKind, OfficeStatement
from inspector.trust.keyring import Keyring
from inspector.trust.strict_json import parse_object
from inspector.work.adopt import ADOPT_TYPE
from inspector.work.intake import must_stand
from inspector.work.issue import NOTICE_TYPE
from inspector.work.seal import OPEN_TYPE
from inspector.work.verification import Check, Trust, Verdict, Verification

AGE_MAGIC = b"age-encryption.org/v1"
NOT_IN_LOG = "不在所给证据包的日志中"

_INNER = {
    RECORD_TYPE: "检查记录",
    NOTICE_TYPE: "文书条目",
    OPEN_TYPE: "检查开始条目",
    ADOPT_TYPE: "启用检查表条目",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """What other files bring along for looking at a record or a code.

    Attributes:
        statement: the office's; None when no file brought one.
        certificates, revocations: envelopes.
        entries: outer envelopes of a log, in its order.
        access: where the notice is looked up, as its PDF says; None without one.
    """

    statement: OfficeStatement | None = None
    certificates: tuple[bytes, ...] = ()
    revocations: tuple[bytes, ...] = ()
    entries: tuple[bytes, ...] = ()
    access: Access | None = None

    def keyring(self) -> Keyring:
        """The keys that the office vouches for.

        Raises:
            TrustError, FormatError: a certificate is not the office's.
        """
        if self.statement is None:
            raise SignerUnknownError(key_id="没有办公室声明")
        return Keyring.from_envelopes(self.statement, self.certificates, self.revocations)


NOBODY = Vouched()


def verify_sealed(
    data: bytes, trust: Trust, vouched: Vouched, *, inside: Callable[[bytes], Verification]
) -> Verification:
    """Verify what is inside an age file.

    Raises:
        IdentityMissingError: none was given that could open it.
        TrustError: it does not open.
    """
    if not trust.identities:
        raise IdentityMissingError()
    found = inside(age.decrypt(data, trust.identities))
    check = Check()
    check.line(is_good=True, words="用所给密钥打开了密封文件")
    _say_place(check, data, vouched)
    return Verification(
        what=f"密封的{found.what}",
        verdict=found.verdict if all(line.is_good for line in check.lines) else Verdict.NOT_GENUINE,
        lines=(*check.lines, *found.lines),
        paper=found.paper,
        root=found.root,
    )


def verify_record(envelope: bytes, trust: Trust, vouched: Vouched) -> Verification:
    """Verify an envelope: a record or another inner envelope, or the outer one of a log.

    Raises:
        VerifyUnknownFileError: it carries something else.
    """
    peeked = dsse.peek(envelope)
    if peeked.payload_type == DELIVERY_TYPE:
        return _verify_outer(envelope, trust, vouched)
    if peeked.payload_type not in _INNER:
        raise VerifyUnknownFileError()
    check, what = Check(), _INNER[peeked.payload_type]
    payload = check.that("读出内容", lambda: parse_object(peeked.payload))
    if payload is None:
        return check.done(what)
    record = None
    if peeked.payload_type == RECORD_TYPE:
        record = check.that("内容是一份检查记录", lambda: records.from_payload(payload))
    if vouched.statement is None:
        _say_nobody(check)
    else:
        check.office(vouched.statement, trust)
        keyring = check.that("证书均由本办公室签发", vouched.keyring)
        if keyring is not None:
            device = record.inspection.device if record else str(payload.get("device"))
            verified = _check_signatures(check, envelope, peeked.payload_type, keyring, device)
            if record is not None and verified is not None:
                _check_standings(check, record, keyring, verified.key_ids)
    return check.done(what, paper=_paper(record) if record else ())


def _verify_outer(envelope: bytes, trust: Trust, vouched: Vouched) -> Verification:
    check = Check()
    claimed = Delivery.from_payload(parse_object(dsse.peek(envelope).payload))
    if vouched.statement is None:
        _say_nobody(check)
    else:
        check.office(vouched.statement, trust)
        name = sha256(envelope).hexdigest()
        signer = dsse.peek(envelope).signatures[0].key_id if dsse.peek(envelope).signatures else ""
        certificate = check.that(
            "签署的平板由本办公室登记，没有被停用",
            lambda: vouched.keyring().device_for(signer, seq=claimed.seq, sha256=name),
        )
        if certificate is not None:
            check.that("平板的签名有效", lambda: dsse.verify(envelope, DELIVERY_TYPE, [certificate.key]))
    if envelope in vouched.entries:
        check.line(is_good=True, words=f"在证据包日志的第 {vouched.entries.index(envelope)} 条")
    elif vouched.entries:
        check.line(is_good=False, words=NOT_IN_LOG)
    paper = (("种类", claimed.kind.value), ("顺序号", str(claimed.seq)), ("记录编号", claimed.record))
    return check.done("密封记录的信封", paper=paper)


def _check_signatures(
    check: Check, envelope: bytes, payload_type: str, keyring: Keyring, device: str
) -> dsse.Verified | None:
    """Whose signatures stand on an inner envelope, the device's among them."""
    keys = {one.key.key_id: one.key for one in keyring.holder(device, HolderKind.DEVICE)}
    mine = tuple(one.key_id for one in dsse.peek(envelope).signatures if one.key_id in keys)
    if not mine:
        check.line(is_good=False, words="没有已登记平板的签名")
        return None
    known = {**keyring.keys(HolderKind.INSPECTOR), **keys}
    return check.that("平板的签名有效", lambda: dsse.verify(envelope, payload_type, known, required=mine))


def _check_standings(check: Check, record: Record, keyring: Keyring, signed: Sequence[str]) -> None:
    by_key = [one for one in record.standings if one.signed is SignedHow.KEY]
    for standing in by_key:
        check.quietly(f"{standing.inspector.name} 的密钥签名", partial(must_stand, keyring, standing, signed))
    words = f"{len(record.standings)} 名检查人员中 {len(by_key)} 名用密钥签名"
    check.line(is_good=True, words=words)


def _say_nobody(check: Check) -> None:
    words = "没有可核对签名的证书：请把同一办公室的证据包（.zip）一起给出"
    check.line(is_good=True, is_sure=False, words=words)


def _say_place(check: Check, sealed: bytes, vouched: Vouched) -> None:
    """Where in the log the sealed bytes stand, if a bundle was brought along."""
    name = sha256(sealed).hexdigest()
    for index, entry in enumerate(vouched.entries):
        peeked = dsse.peek(entry)
        if peeked.payload_type != DELIVERY_TYPE:
            continue
        delivery = Delivery.from_payload(parse_object(peeked.payload))
        is_body = sealed == delivery.body if isinstance(delivery.body, bytes) else False
        if is_body or name in {blob.sha256 for blob in delivery.blobs} or _body_is(delivery, name):
            check.line(is_good=True, words=f"在证据包日志的第 {index} 条")
            return
    if vouched.entries:
        check.line(is_good=False, words=NOT_IN_LOG)


def _body_is(delivery: Delivery, name: str) -> bool:
    return isinstance(delivery.body, BlobRef) and delivery.body.sha256 == name


def _paper(record: Record) -> tuple[tuple[str, str], ...]:
    inspection = record.inspection
    return (
        ("记录编号", record.id),
        ("被检查单位", inspection.enterprise.name),
        ("检查人员", "、".join(one.inspector.name for one in record.standings)),
        ("封存时间", chinese_time(record.clock.wall_ms)),
        ("问题项数", str(len(inspection.findings))),
        *((f"第 {n} 项", item.facts) for n, item in enumerate(inspection.findings.values(), start=1)),
        ("照片", f"{len(record.attachments)} 张"),
    )
