"""The parts of a notice: enterprise, inspectors, findings, photos, signatures.

`texts()` of a part gives each of its texts with the field's name on the paper and the cap in code points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inspector.domain.identifiers import FACTS_CAP, NAME_CAP, check_public_id, check_sha256
from inspector.domain.working_days import Deadline
from inspector.errors import NoticeIncompleteError

OWN_ID = re.compile(r"(?=.{1,48}$)[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
"""The id of an office's own document."""

LISTED_CAP = 500
"""The most results, measures, documents or attachments of one notice."""

PaperText = tuple[str, str, int]
"""A field's name on the paper, its text, and its cap in code points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeEnterprise:
    """The enterprise under inspection; `person` is in charge there, `position` and `phone` are theirs."""

    name: str
    credit_code: str = ""
    address: str = ""
    person: str = ""
    position: str = ""
    phone: str = ""

    def texts(self) -> Iterator[PaperText]:
        """Its texts."""
        yield "被检查单位", self.name, NAME_CAP
        yield "统一社会信用代码", self.credit_code, NAME_CAP
        yield "地址", self.address, NAME_CAP
        yield "负责人", self.person, NAME_CAP
        yield "职务", self.position, NAME_CAP
        yield "电话", self.phone, NAME_CAP


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnSignature:
    """A signature drawn on the glass, in whole units of the pad; evidence, not an electronic signature.

    Attributes:
        strokes: lines of (x, y) points, y downwards.
        width: the pad's width, in the points' unit; `height` likewise.
        shown_sha256: SHA-256 of what the person was shown.
    """

    strokes: tuple[tuple[tuple[int, int], ...], ...]
    width: int
    height: int
    shown_sha256: str
    at_ms: int

    def __post_init__(self) -> None:
        check_sha256(self.shown_sha256)
        inside = all(0 <= x <= self.width and 0 <= y <= self.height for line in self.strokes for x, y in line)
        if self.width < 1 or self.height < 1 or not inside or not any(self.strokes):
            raise NoticeIncompleteError(reason="手写签名为空或超出签名框")


class Signing(StrEnum):
    """How an inspector signed: with a certified key as well, or by hand only."""

    KEY = "key"
    HANDWRITTEN = "handwritten"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeInspector:
    """One inspector; `certificate` is the enforcement certificate's number, None where there is none."""

    name: str
    certificate: str | None = None
    signing: Signing
    signature: DrawnSignature | None = None

    def texts(self) -> Iterator[PaperText]:
        """Its texts."""
        yield "检查人员", self.name, NAME_CAP
        yield "证件号", self.certificate or "", NAME_CAP


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectedMajor:
    """A suspicion of a major hazard and what a person made of it.

    Attributes:
        criterion: the criterion's printed name.
        upheld: the person reports it as suspected; False: the person sees no such hazard.
        reason: why, in the person's words.
    """

    criterion: str
    upheld: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFinding:
    """One hazard as the paper states it.

    Attributes:
        ordinal: from 1, without gaps.
        place: where, or the checklist's section.
        measured: the measured value with its unit, or empty.
        basis: each basis as it is printed; whoever builds the notice checked that it may be.
        requirement: what the enterprise must do.
        at_once: it has to be corrected at once (立改).
        corrected_ms: when it was put right on the spot, else None.
        deadline: None where it was put right, has to be at once, or the document sets none.
        photos: numbers of photos in the annex.
    """

    ordinal: int
    place: str = ""
    facts: str
    measured: str = ""
    basis: tuple[str, ...] = ()
    requirement: str = ""
    at_once: bool = False
    corrected_ms: int | None = None
    suspected: SuspectedMajor | None = None
    deadline: Deadline | None = None
    photos: tuple[int, ...] = ()

    def texts(self) -> Iterator[PaperText]:
        """Its texts."""
        name = f"第{self.ordinal}项"
        yield f"{name}部位", self.place, NAME_CAP
        yield f"{name}事实", self.facts, FACTS_CAP
        yield f"{name}实测", self.measured, NAME_CAP
        yield f"{name}要求", self.requirement, FACTS_CAP
        for basis in self.basis:
            yield f"{name}依据", basis, NAME_CAP
        if self.suspected is not None:
            yield f"{name}判定标准", self.suspected.criterion, NAME_CAP
            yield f"{name}判断理由", self.suspected.reason, FACTS_CAP


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePhoto:
    """One photo of the annex.

    Attributes:
        number: from 1, without gaps.
        record_sha256: the picture in the record.
        printed_sha256: the JPEG that is printed, which may be a smaller copy of it.
        caption: what it shows: the item, in words.
    """

    number: int
    record_sha256: str
    printed_sha256: str
    taken_ms: int
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many items were checked with which result. Unanswered items are counted apart, never as passed."""

    passed: int
    failed: int
    not_applicable: int
    unanswered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A person of the enterprise signed."""

    name: str
    role: str
    signature: DrawnSignature | None = None
    at_ms: int

    def texts(self) -> Iterator[PaperText]:
        """Its texts."""
        yield "签收人", self.name, NAME_CAP
        yield "签收人职务", self.role, NAME_CAP


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The enterprise would not sign: why, and who saw it (安全生产法 第68条)."""

    reason: str
    witness: str = ""
    signature: DrawnSignature | None = None
    at_ms: int

    def texts(self) -> Iterator[PaperText]:
        """Its texts."""
        yield "拒签原因", self.reason, FACTS_CAP
        yield "见证人", self.witness, NAME_CAP


Response = Signed | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to ask for re-inspection."""

    name: str
    phone: str

    def texts(self) -> Iterator[PaperText]:
        """Its texts."""
        yield "联系人", self.name, NAME_CAP
        yield "联系电话", self.phone, NAME_CAP


@dataclass(frozen=True, slots=True, kw_only=True)
class LogWitness:
    """The office's log as the tablet last knew it, printed so that others can hold it up."""

    size: int
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnForm:
    """An office's own template: the document's id in it, and the SHA-256 of the template's file.

    The digest binds the wording to the signed notice: under the same id there may be another template later.
    """

    id: str
    sha256: str

    def __post_init__(self) -> None:
        check_sha256(self.sha256)
        if not OWN_ID.fullmatch(self.id):
            raise NoticeIncompleteError(reason="文书模板的编号不对")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeReference:
    """An earlier document, as a later one names it.

    Attributes:
        title: its printed title, `责令限期整改指令书`.
        number: its number; never empty.
        issued_on: its date.
        public_id: its public id; empty where this program did not issue it.
    """

    title: str
    number: str
    issued_on: date
    public_id: str = ""

    def __post_init__(self) -> None:
        demand(bool(self.title.strip() and self.number.strip()), "没有写明所针对文书的名称和文号")
        if self.public_id:
            check_public_id(self.public_id)

    def texts(self) -> Iterator[PaperText]:
        """Its texts."""
        yield "原文书名称", self.title, NAME_CAP
        yield "原文号", self.number, NAME_CAP


def demand(is_met: bool, reason: str) -> None:
    """Refuse what is incomplete.

    Raises:
        NoticeIncompleteError: `is_met` is false.
    """
    if not is_met:
        raise NoticeIncompleteError(reason=reason)


def check_count(listed: tuple[object, ...], what: str) -> None:
    """Refuse an empty or overlong list.

    Raises:
        NoticeIncompleteError: not between 1 and `LISTED_CAP`.
    """
    demand(1 <= len(listed) <= LISTED_CAP, f"{what}应有 1 至 {LISTED_CAP} 项")
