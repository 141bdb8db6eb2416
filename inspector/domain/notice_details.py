"""What documents say beside findings: measures, re-inspection, extension, transfer (service: `service.py`).

* One frozen value per kind of document, in `Notice.details`; which kind takes which is `DETAILS`.
* Each value refuses what its document must not say or leave out; what ties it to the notice is checked there.
* `texts()` is as in `inspector.domain.notice_parts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inspector.domain.identifiers import FACTS_CAP, NAME_CAP
from inspector.domain.issuer import NoticeKind
from inspector.domain.notice_parts import LISTED_CAP, PaperText, check_count, demand
from inspector.domain.service import ServiceReceipt
from inspector.domain.working_days import Deadline, chinese_date

# --- 现场处理措施决定书 -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What is ordered on the spot, and the findings (by ordinal) that it is for."""

    findings: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuresDecision:
    """Measures on the spot where safety cannot be assured otherwise (安全生产法 第65条第1款第3项).

    Attributes:
        basis: each basis as it is printed; whoever builds it checked that it may be.
    """

    basis: tuple[str, ...]
    measures: tuple[Measure, ...]

    def __post_init__(self) -> None:
        demand(any(text.strip() for text in self.basis), "现场处理措施没有依据")
        check_count(self.measures, "现场处理措施")
        for measure in self.measures:
            demand(bool(measure.text.strip()), "现场处理措施没有写明内容")
            demand(bool(measure.findings), "现场处理措施没有写明针对哪些问题")

    def texts(self) -> Iterator[PaperText]:
        """Its texts."""
        for basis in self.basis:
            yield "决定依据", basis, NAME_CAP
        for measure in self.measures:
            yield "现场处理措施", measure.text, FACTS_CAP


# --- 整改复查意见书 ---------------------------------------------------------------------------------


class Rectification(StrEnum):
    """What a re-inspection found of one finding."""

    DONE = "done"
    PARTLY = "partly"
    NOT_DONE = "not-done"
    UNREACHABLE = "unreachable"

    @property
    def word(self) -> str:
        """As it is printed."""
        return _RECTIFICATION_WORDS[self]


_RECTIFICATION_WORDS = {
    Rectification.DONE: "已整改",
    Rectification.PARTLY: "部分整改",
    Rectification.NOT_DONE: "未整改",
    Rectification.UNREACHABLE: "无法复查",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDeadline:
    """A deadline that an extension moved: what the document set, and what holds now."""

    old: Deadline
    new: Deadline

    def __post_init__(self) -> None:
        demand(self.new.date > self.old.date, "延期后的期限不晚于原期限")

    @property
    def words(self) -> str:
        """`已延期至2026年12月20日前（原期限2026年12月8日前）`, and the year that `awaits` its holidays."""
        told = (f"原期限{chinese_date(self.old.date)}前", self.new.awaits)
        return f"已延期至{chinese_date(self.new.date)}前（{'；'.join(filter(None, told))}）"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinspectedFinding:
    """One finding of the original document and what was found of it.

    Attributes:
        ordinal: its ordinal in the original document.
        facts: the hazard as the original document names it.
        remark: what was seen; never empty unless it is done.
        photos: numbers of photos in the annex.
        extended: the deadline that holds, where more time was granted before this visit's paper was issued.
    """

    ordinal: int
    facts: str
    result: Rectification
    remark: str = ""
    photos: tuple[int, ...] = ()
    extended: MovedDeadline | None = None

    def __post_init__(self) -> None:
        demand(self.ordinal >= 1 and bool(self.facts.strip()), "复查的问题没有写明")
        told = self.result is Rectification.DONE or bool(self.remark.strip())
        demand(told, f"第{self.ordinal}项{self.result.word}，须写明情况")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reinspection:
    """The results of a re-inspection, finding by finding."""

    results: tuple[ReinspectedFinding, ...]

    def __post_init__(self) -> None:
        check_count(self.results, "复查意见")
        _check_rising(result.ordinal for result in self.results)

    def with_result(self, result: Rectification) -> tuple[int, ...]:
        """The ordinals with that result."""
        return tuple(one.ordinal for one in self.results if one.result is result)

    def texts(self) -> Iterator[PaperText]:
        """Its texts."""
        for one in self.results:
            yield f"第{one.ordinal}项问题", one.facts, FACTS_CAP
            yield f"第{one.ordinal}项复查情况", one.remark, FACTS_CAP


# --- 延期整改审批 -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedFinding:
    """One finding whose deadline the enterprise asks to move.

    Attributes:
        ordinal: its ordinal in the original document; `facts` likewise.
        old: the deadline that was set.
        asked: the last day that the enterprise asks for.
        reason: the enterprise's.
        new: the deadline that is granted; None refuses.
        opinion: the office's words; never empty where it refuses.
    """

    ordinal: int
    facts: str
    old: Deadline
    asked: date
    reason: str
    new: Deadline | None
    opinion: str = ""

    def __post_init__(self) -> None:
        demand(self.ordinal >= 1 and bool(self.facts.strip()), "延期的问题没有写明")
        demand(bool(self.reason.strip()), f"第{self.ordinal}项缺少延期理由")
        demand(self.asked > self.old.date, f"第{self.ordinal}项申请的期限不晚于原期限")
        is_later = self.new is None or self.new.date > self.old.date
        demand(is_later, f"第{self.ordinal}项新期限不晚于原期限")
        told = self.new is not None or bool(self.opinion.strip())
        demand(told, f"第{self.ordinal}项不同意延期，须写明理由")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A request for more time and what the office made of it.

    Attributes:
        asked_by: who asked, for the enterprise.
        asked_on: when.
        decided_by: who decided, for the office.
    """

    asked_by: str
    asked_on: date
    items: tuple[ExtendedFinding, ...]
    decided_by: str

    def __post_init__(self) -> None:
        demand(bool(self.asked_by.strip() and self.decided_by.strip()), "延期缺少申请人或审批人")
        check_count(self.items, "延期的问题")
        _check_rising(item.ordinal for item in self.items)

    @property
    def granted(self) -> tuple[ExtendedFinding, ...]:
        """Those that get more time."""
        return tuple(item for item in self.items if item.new is not None)

    @property
    def refused(self) -> tuple[ExtendedFinding, ...]:
        """Those that do not."""
        return tuple(item for item in self.items if item.new is None)

    def texts(self) -> Iterator[PaperText]:
        """Its texts."""
        yield "申请人", self.asked_by, NAME_CAP
        yield "审批人", self.decided_by, NAME_CAP
        for item in self.items:
            yield f"第{item.ordinal}项问题", item.facts, FACTS_CAP
            yield f"第{item.ordinal}项延期理由", item.reason, FACTS_CAP
            yield f"第{item.ordinal}项审批意见", item.opinion, FACTS_CAP


# --- 移送函 -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferAttachment:
    """Papers that go along: how many copies, how many pages each."""

    name: str
    copies: int
    pages: int

    def __post_init__(self) -> None:
        demand(bool(self.name.strip()), "移送材料缺少名称")
        demand(self.copies >= 1 and self.pages >= 1, f"移送材料“{self.name[:20]}”缺少份数或页数")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A matter that another body has to deal with (安全生产法 第69条).

    Attributes:
        receiver: the body that it goes to.
        subject: the matter in a few words.
        facts: what lies outside the sender's competence.
        basis: each basis as it is printed.
    """

    receiver: str
    subject: str
    facts: str
    basis: tuple[str, ...]
    attachments: tuple[TransferAttachment, ...] = ()

    def __post_init__(self) -> None:
        demand(bool(self.receiver.strip()), "移送函缺少受移送机关")
        demand(bool(self.subject.strip()), "移送函缺少移送事项")
        demand(bool(self.facts.strip()), "移送函缺少超出本机关职责的事实")
        demand(any(text.strip() for text in self.basis), "移送函缺少移送依据")
        demand(len(self.attachments) <= LISTED_CAP, f"移送材料超过 {LISTED_CAP} 项")

    def texts(self) -> Iterator[PaperText]:
        """Its texts."""
        yield "受移送机关", self.receiver, NAME_CAP
        yield "移送事项", self.subject, NAME_CAP
        yield "移送事实", self.facts, FACTS_CAP
        for basis in self.basis:
            yield "移送依据", basis, NAME_CAP
        for one in self.attachments:
            yield "移送材料", one.name, NAME_CAP


Details = MeasuresDecision | Reinspection | ServiceReceipt | Extension | Transfer

DETAILS: dict[NoticeKind, type[Details]] = {
    NoticeKind.MEASURES_DECISION: MeasuresDecision,
    NoticeKind.REINSPECTION: Reinspection,
    NoticeKind.SERVICE_RECEIPT: ServiceReceipt,
    NoticeKind.EXTENSION: Extension,
    NoticeKind.TRANSFER: Transfer,
}
"""The value that a kind of document must have; the others have none."""


def _check_rising(ordinals: Iterable[int]) -> None:
    listed = list(ordinals)
    demand(listed == sorted(set(listed)), "各项应按原文书的序号排列，每项一次")
