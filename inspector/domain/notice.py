"""What the paper says: one notice to one enterprise, complete in itself.

* A notice names the sealed record that it comes from but holds everything it prints; it can be printed again
  years later from its own record alone.
* Who issues decides what may be printed: what an issuer may not say cannot be built.
* A suspected major hazard is only ever called suspected (guarantee 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from inspector.domain.enforcement_words import enforcement_word_in
from inspector.domain.identifiers import (
    FACTS_CAP,
    NAME_CAP,
    check_entry,
    check_public_id,
    check_sha256,
    check_uuid7,
)
from inspector.domain.issuer import Appeal, IssuerKind, NoticeKind, appeal_of, kinds_of
from inspector.domain.notice_details import (
    DETAILS,
    Details,
    MeasuresDecision,
    Reinspection,
)
from inspector.domain.notice_parts import (
    Contact,
    DrawnSignature,
    LogWitness,
    NoticeEnterprise,
    NoticeFinding,
    NoticeInspector,
    NoticePhoto,
    NoticeReference,
    OwnForm,
    PaperText,
    Refused,
    Response,
    Signed,
    Signing,
    SuspectedMajor,
    Tally,
    demand,
)
from inspector.domain.service import ServiceReceipt
from inspector.domain.working_days import Deadline, china_time
from inspector.errors import AppealMissingError, PrintForbiddenError

__all__ = [
    "Appeal",
    "Contact",
    "Details",
    "DrawnSignature",
    "IssuerKind",
    "LogWitness",
    "Notice",
    "NoticeEnterprise",
    "NoticeFinding",
    "NoticeInspector",
    "NoticeKind",
    "NoticePhoto",
    "NoticeReference",
    "OwnForm",
    "Refused",
    "Response",
    "Signed",
    "Signing",
    "SuspectedMajor",
    "Tally",
    "appeal_of",
    "kinds_of",
]

FINDINGS_CAP = 500
PHOTOS_CAP = 500
_CERTIFICATE_WORDS = ("证号", "证件")
"""Where nobody has a certificate, nothing like its number stands behind a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One document to one enterprise.

    Attributes:
        number: the document's number; None while it is a draft without one.
        public_id: 128 random bits in hexadecimal.
        record_id: the sealed record it comes from; `record_sha256` is the digest of its inner envelope.
        place: which place was inspected, from `from_ms` to `to_ms`.
        situation: the inspection's course in the inspectors' words.
        replaces: number of an earlier notice that this one replaces, or empty; `replaces_reason` says why.
        refers: the earlier notice that this one follows; whatever `NoticeKind.follows` has one.
        details: what the kind says beside findings, see `inspector.domain.notice_details.DETAILS`.
        form: the office's own template that it is printed with; None for the shipped one of its kind.
        appeal: on orders, and only there.
        response: what the enterprise did with it; None leaves the rows blank for pen and ink.
        witness: the log that the issuer knew.
        app_version: the version that built it.

    Raises:
        PrintForbiddenError: the issuer may not issue this kind, or may not print what is in it.
        NoticeIncompleteError: something is missing or does not fit together.
        AppealMissingError: an order without body or court.
        TextControlError, TextTooLongError, IdentifierMalformedError: from the checks of its texts.
    """

    kind: NoticeKind
    issuer: IssuerKind
    issuer_name: str
    number: str | None = None
    public_id: str
    record_id: str
    record_sha256: str
    enterprise: NoticeEnterprise
    place: str = ""
    from_ms: int
    to_ms: int
    inspectors: tuple[NoticeInspector, ...]
    situation: str = ""
    tally: Tally | None = None
    findings: tuple[NoticeFinding, ...] = ()
    replaces: str = ""
    replaces_reason: str = ""
    refers: NoticeReference | None = None
    details: Details | None = None
    form: OwnForm | None = None
    appeal: Appeal | None = None
    contact: Contact | None = None
    response: Response | None = None
    photos: tuple[NoticePhoto, ...] = ()
    issued_on: date
    witness: LogWitness | None = None
    app_version: str

    def __post_init__(self) -> None:
        check_public_id(self.public_id)
        check_uuid7(self.record_id)
        check_sha256(self.record_sha256)
        self._check_texts()
        self._check_issuer()
        self._check_whole()
        self._check_findings()
        self._check_details()

    @property
    def is_draft(self) -> bool:
        """It has no number yet and is printed with a watermark."""
        return self.number is None

    @property
    def deadlines(self) -> tuple[tuple[tuple[int, ...], Deadline], ...]:
        """Ordinals of the findings that share a deadline, earliest first."""
        dated = [(item.deadline, item.ordinal) for item in self.findings if item.deadline is not None]
        dated.sort(key=lambda pair: (pair[0].date, pair[0].provisional, pair[1]))
        groups = groupby(dated, key=lambda pair: (pair[0].date, pair[0].provisional))
        collected = [list(group) for _, group in groups]
        return tuple((tuple(ordinal for _, ordinal in group), group[0][0]) for group in collected)

    @property
    def last_deadline(self) -> Deadline | None:
        """The latest deadline of all findings."""
        return self.deadlines[-1][1] if self.deadlines else None

    def texts(self) -> Iterator[PaperText]:
        """Every text of the notice."""
        yield "发文机关", self.issuer_name, NAME_CAP
        yield "文号", self.number or "", NAME_CAP
        yield "替代的文号", self.replaces, NAME_CAP
        yield "替代原因", self.replaces_reason, NAME_CAP
        yield "版本", self.app_version, NAME_CAP
        yield "检查场所", self.place, NAME_CAP
        yield "检查情况", self.situation, FACTS_CAP
        people = (self.enterprise, *self.inspectors, self.contact, self.response)
        for part in (*people, *self.findings, self.refers, self.details):
            if part is not None:
                yield from part.texts()
        if self.appeal is not None:
            yield "复议机关", self.appeal.review_body, NAME_CAP
            yield "法院", self.appeal.court, NAME_CAP
        for photo in self.photos:
            yield f"照片{photo.number}说明", photo.caption, NAME_CAP

    def _check_texts(self) -> None:
        for field, text, cap in self.texts():
            check_entry(text, field=field, cap=cap, multiline=cap == FACTS_CAP)
        named = (
            ("单位名称", self.enterprise.name),
            ("发文机关", self.issuer_name),
            *(("检查人员姓名", inspector.name) for inspector in self.inspectors),
        )
        for what, text in named:
            demand(bool(text.strip()), f"缺少{what}")
        demand(self.number is None or bool(self.number.strip()), "文号为空")
        demand(bool(self.replaces) or not self.replaces_reason, "写了替代原因，没有写替代的文号")

        for moment in self._times():
            china_time(moment)

    def _times(self) -> Iterator[int]:
        yield from (self.from_ms, self.to_ms)
        yield from (item.corrected_ms for item in self.findings if item.corrected_ms is not None)
        yield from (photo.taken_ms for photo in self.photos)
        yield from (person.signature.at_ms for person in self.inspectors if person.signature is not None)
        if self.response is not None:
            yield self.response.at_ms
        if isinstance(self.details, ServiceReceipt):
            yield from (one.received_ms for one in self.details.documents if one.received_ms is not None)

    def _check_issuer(self) -> None:
        if self.kind not in kinds_of(self.issuer):
            raise PrintForbiddenError(issuer=self.issuer.word, what=self.kind.word)
        if self.issuer.enforces:
            # 行政处罚法 第42条: no fewer than two, with certificates.
            demand(len(self.inspectors) >= 2, "执法检查须有两名以上检查人员")
            demand(all(person.certificate for person in self.inspectors), "检查人员缺少证件号")
            return
        demand(bool(self.inspectors), "缺少检查人员")
        if any(person.certificate is not None for person in self.inspectors):
            raise PrintForbiddenError(issuer=self.issuer.word, what="执法证件号")
        if any(enforcement_word_in(person.name, _CERTIFICATE_WORDS) for person in self.inspectors):
            raise PrintForbiddenError(issuer=self.issuer.word, what="执法证件号")
        if self.appeal is not None:
            raise PrintForbiddenError(issuer=self.issuer.word, what="行政复议")
        for _, text, _ in self.texts():
            if word := enforcement_word_in(text):
                raise PrintForbiddenError(issuer=self.issuer.word, what=word)

    def _check_whole(self) -> None:
        demand(self.from_ms <= self.to_ms, "检查结束早于开始")
        demand(self.kind.orders or self.appeal is None, "这种文书不带复议诉讼告知")
        if self.kind.orders and not (self.appeal and self.appeal.review_body and self.appeal.court):
            raise AppealMissingError(issuer=self.issuer.word)
        if isinstance(self.response, Refused):
            demand(bool(self.response.reason.strip()), "拒签须写明原因")
        demand(self.tally is None or min(_counts(self.tally)) >= 0, "检查项数不对")
        demand(len(self.photos) <= PHOTOS_CAP, f"照片超过 {PHOTOS_CAP} 张")
        demand(_is_numbered(photo.number for photo in self.photos), "照片编号应从 1 起连续")
        if self.witness is not None:
            check_sha256(self.witness.root)
            demand(self.witness.size > 0, "日志大小不对")
        for photo in self.photos:
            check_sha256(photo.record_sha256)
            check_sha256(photo.printed_sha256)

    def _check_findings(self) -> None:
        demand(len(self.findings) <= FINDINGS_CAP, f"问题超过 {FINDINGS_CAP} 项")
        demand(_is_numbered(item.ordinal for item in self.findings), "问题序号应从 1 起连续")
        if not self.kind.lists_findings:
            demand(not self.findings, "这种文书不列问题表")
            return
        is_record = self.kind is NoticeKind.INSPECTION_RECORD
        demand(bool(self.findings) or is_record, "没有需要整改的问题")
        for item in self.findings:
            self._check_finding(item)
        self._check_demands()

    def _check_finding(self, item: NoticeFinding) -> None:
        numbers = {photo.number for photo in self.photos}
        demand(bool(item.facts.strip()), f"第{item.ordinal}项缺少事实")
        demand(numbers.issuperset(item.photos), f"第{item.ordinal}项引用的照片不在附件中")
        demand(not (item.deadline and item.corrected_ms is not None), f"第{item.ordinal}项已改正")
        doubt = item.suspected
        judged = doubt is None or bool(doubt.criterion and doubt.reason.strip())
        demand(judged, f"第{item.ordinal}项缺少判定标准或理由")
        is_settled = item.at_once or item.corrected_ms is not None or item.deadline is not None
        demand(is_settled or not self.kind.sets_deadlines, f"第{item.ordinal}项缺少整改期限")

    def _check_demands(self) -> None:
        """What a kind asks of its findings as a whole."""
        dated = any(item.deadline for item in self.findings)
        if self.kind is NoticeKind.RECTIFY_AT_ONCE:
            is_pure = all(item.at_once and item.corrected_ms is None for item in self.findings)
            demand(is_pure and not dated, "责令立即改正通知书只列须立即改正的问题")
        if self.kind is NoticeKind.RECTIFY_NOTICE:
            demand(dated, "责令限期改正通知书至少有一项问题有期限")
        if self.kind is NoticeKind.HAZARD_ADVICE:
            demand(not dated, "隐患告知单不设期限；要设期限请用隐患整改通知书")

    def _check_details(self) -> None:
        """Whether the kind has the value that it needs, and the value fits the notice."""
        wanted = DETAILS.get(self.kind)
        fits = self.details is None if wanted is None else isinstance(self.details, wanted)
        demand(fits, f"{self.kind.word}的内容与文书种类不符")
        demand(self.refers is not None or not self.kind.follows, f"{self.kind.word}须写明原文号")
        if isinstance(self.details, MeasuresDecision):
            named = {ordinal for measure in self.details.measures for ordinal in measure.findings}
            demand(named == {item.ordinal for item in self.findings}, "现场处理措施与问题不对应")
        if isinstance(self.details, ServiceReceipt):
            served = [one.document for one in self.details.documents]
            demand(self.refers in served, "送达回证所针对的文书不在送达的文书中")
        if isinstance(self.details, Reinspection):
            numbers = {photo.number for photo in self.photos}
            shown = {number for result in self.details.results for number in result.photos}
            demand(numbers >= shown, "复查意见引用的照片不在附件中")


def _counts(tally: Tally) -> tuple[int, int, int, int]:
    return tally.passed, tally.failed, tally.not_applicable, tally.unanswered


def _is_numbered(numbers: Iterable[int]) -> bool:
    return all(number == place for place, number in enumerate(numbers, start=1))
