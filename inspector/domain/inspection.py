"""One inspection: who looked at what, where, when, and what they recorded.

* Values are frozen; moves return a new value and refuse what is illegal.
* A sealed inspection refuses every move. A correction is a new inspection that names the one it amends.
* Only a 不合格 has a finding: changing the verdict takes the finding with it, and the caller keeps the old
  pair for undo.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from inspector.domain.answer import Answer, ItemKey, PhotoId, Verdict
from inspector.domain.enterprise import Enterprise
from inspector.domain.finding import Finding
from inspector.errors import IllegalMoveError, InspectionSealedError


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistRef:
    """Which checklist was used; the digest proves the questions years later.

    Attributes:
        shared: its questions that an earlier checklist of the inspection asks as well: the keys under which
            their answers stand, which count for this checklist too.
    """

    id: str
    version: str
    title: str
    sha256: str
    shared: tuple[ItemKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspector:
    """One inspector of this inspection.

    Attributes:
        number: the enforcement certificate's number; empty where the issuer is no enforcement body.
        key_id: id of the certified signing key, or None for an inspector who signs by hand only.
    """

    id: str
    name: str
    number: str = ""
    key_id: str | None = None


class PhotoSource(StrEnum):
    """Where a picture came from: only the camera inside the app is evidence of the moment."""

    CAMERA = "camera"
    GALLERY = "gallery"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """One stored picture.

    Attributes:
        id: SHA-256 of the stored bytes.
        original_sha256: SHA-256 of the bytes that the camera or the file gave, before scaling.
        size: stored bytes; width and height in pixels.
        caption: a description in the inspector's words.
    """

    id: PhotoId
    original_sha256: str
    size: int
    width: int
    height: int
    source: PhotoSource
    item: ItemKey
    caption: str = ""
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where the tablet was: decimal strings in degrees (WGS-84), accuracy in metres."""

    latitude: str
    longitude: str
    accuracy_m: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPosition:
    """Why there is no position."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockJump:
    """The tablet's clock was moved by `by_ms` at `at_ms` (its own time after the move)."""

    at_ms: int
    by_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEvidence:
    """What speaks for or against the times in a record.

    Attributes:
        wall_ms: the tablet's clock when the record was sealed.
        office_ms: the newest time that the office had signed and this tablet had seen; None before the first.
        jumps: moves of the clock noticed while the inspection was open.
    """

    wall_ms: int
    office_ms: int | None = None
    jumps: tuple[ClockJump, ...] = ()

    @property
    def is_behind_the_office(self) -> bool:
        """The tablet's clock is earlier than a time the office has already signed."""
        return self.office_ms is not None and self.wall_ms < self.office_ms


class Role(StrEnum):
    """In which role somebody signed by hand."""

    INSPECTOR = "inspector"
    RESPONSIBLE = "responsible"
    WITNESS = "witness"


Stroke = tuple[tuple[int, int], ...]
"""One stroke: points in thousandths of the pad's width, y downwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handwriting:
    """A signature drawn on the glass, bound to what was shown.

    It is evidence, not a reliable electronic signature (电子签名法 第13条).

    Attributes:
        inspector: id of the inspector when the role is INSPECTOR.
        width, height: the pad, in the strokes' units.
        shown: SHA-256 of the statement that the person saw.
    """

    role: Role
    inspector: str | None = None
    name: str
    position: str = ""
    strokes: tuple[Stroke, ...]
    width: int
    height: int
    shown: str
    at_ms: int

    def __post_init__(self) -> None:
        if sum(len(stroke) for stroke in self.strokes) < 2:
            raise IllegalMoveError(reason="签名板上还没有签名")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The enterprise's person would not sign: why, and who saw it (安全生产法 第68条)."""

    reason: str
    witness: str = ""
    at_ms: int

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise IllegalMoveError(reason="拒签必须写明原因")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amends:
    """The sealed record that this inspection corrects: its id and the SHA-256 of its inner envelope."""

    record: str
    sha256: str


K = TypeVar("K")
V = TypeVar("V")

_NOTHING: Mapping[ItemKey, Answer] = MappingProxyType({})
_NO_FINDINGS: Mapping[ItemKey, Finding] = MappingProxyType({})
_NO_PHOTOS: Mapping[PhotoId, Photo] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """One inspection from its start to its seal.

    Attributes:
        answers: by item; an item that is missing is 未检.
        findings: by failed item.
        photos: every picture taken, by id.
        witnesses: signatures by hand, in the order given.
        sealed_ms: when it was sealed; None while it is a draft.
    """

    id: str
    device: str
    enterprise: Enterprise
    checklists: tuple[ChecklistRef, ...]
    inspectors: tuple[Inspector, ...]
    place: str = ""
    started_ms: int
    answers: Mapping[ItemKey, Answer] = field(default_factory=lambda: _NOTHING)
    findings: Mapping[ItemKey, Finding] = field(default_factory=lambda: _NO_FINDINGS)
    photos: Mapping[PhotoId, Photo] = field(default_factory=lambda: _NO_PHOTOS)
    position: Position | NoPosition | None = None
    jumps: tuple[ClockJump, ...] = ()
    witnesses: tuple[Handwriting, ...] = ()
    refusal: Refusal | None = None
    amends: Amends | None = None
    sealed_ms: int | None = None

    @property
    def is_sealed(self) -> bool:
        """It can no longer change."""
        return self.sealed_ms is not None

    def answered(self, answer: Answer) -> Inspection:
        """The inspection with this answer; a verdict other than 不合格 takes the item's finding away.

        Raises:
            InspectionSealedError: it is sealed.
        """
        self._must_be_open()
        findings = self.findings
        if answer.verdict is not Verdict.FAIL and answer.item in findings:
            findings = _without(findings, answer.item)
        return self._unsigned(answers=_with(self.answers, answer.item, answer), findings=findings)

    def unanswered(self, item: ItemKey) -> Inspection:
        """The inspection with the item back at 未检, its finding gone."""
        self._must_be_open()
        return self._unsigned(answers=_without(self.answers, item), findings=_without(self.findings, item))

    def found(self, finding: Finding) -> Inspection:
        """The inspection with this finding.

        Raises:
            IllegalMoveError: the item was not judged 不合格.
        """
        self._must_be_open()
        answer = self.answers.get(finding.item)
        if answer is None or answer.verdict is not Verdict.FAIL:
            raise IllegalMoveError(reason="只有判为不合格的项目才能记录问题")
        return self._unsigned(findings=_with(self.findings, finding.item, finding))

    def photographed(self, photo: Photo) -> Inspection:
        """The inspection with one more picture on its list; what refers to it is recorded separately."""
        self._must_be_open()
        return self._unsigned(photos=_with(self.photos, photo.id, photo))

    def without_photo(self, photo: PhotoId) -> Inspection:
        """The inspection without a picture that nothing refers to any more; otherwise as it is."""
        self._must_be_open()
        used = {id for answer in self.answers.values() for id in answer.photos}
        for finding in self.findings.values():
            used.update(finding.all_photos)
        return self if photo in used else self._unsigned(photos=_without(self.photos, photo))

    def located(self, position: Position | NoPosition) -> Inspection:
        """The inspection with its position, or why there is none."""
        self._must_be_open()
        return self._unsigned(position=position)

    def at_place(self, place: str) -> Inspection:
        """The inspection with the place within the enterprise."""
        self._must_be_open()
        return self._unsigned(place=place)

    def visiting(self, enterprise: Enterprise) -> Inspection:
        """The inspection with the enterprise's particulars put right.

        Raises:
            IllegalMoveError: it is another enterprise.
        """
        self._must_be_open()
        if enterprise.id != self.enterprise.id:
            raise IllegalMoveError(reason="一次检查只能对应一家单位")
        return self._unsigned(enterprise=enterprise)

    def joined_by(self, inspectors: tuple[Inspector, ...]) -> Inspection:
        """The inspection with these inspectors instead.

        Raises:
            IllegalMoveError: nobody is left, or somebody is named twice.
        """
        self._must_be_open()
        if not inspectors or len({one.id for one in inspectors}) != len(inspectors):
            raise IllegalMoveError(reason="检查人员不能为空，也不能重复")
        return self._unsigned(inspectors=inspectors)

    def asking(self, checklists: tuple[ChecklistRef, ...]) -> Inspection:
        """The inspection with these checklists instead.

        Raises:
            IllegalMoveError: none is left, one is named twice, or one that goes has answers.
        """
        self._must_be_open()
        ids = [one.id for one in checklists]
        if not ids or len(set(ids)) != len(ids):
            raise IllegalMoveError(reason="请至少选择一份检查表，同一份只能选一次")
        gone = next((one for one in self.checklists if one.id not in ids and self.has_answers(one.id)), None)
        if gone is not None:
            raise IllegalMoveError(reason=f"《{gone.title}》已有检查记录，不能移除")
        return self._unsigned(checklists=checklists)

    def has_answers(self, checklist: str) -> bool:
        """Whether anything was recorded under that checklist."""
        return any(key.partition("/")[0] == checklist for key in self.answers)

    def clock_moved(self, jump: ClockJump) -> Inspection:
        """The inspection with a noticed move of the clock."""
        self._must_be_open()
        return replace(self, jumps=(*self.jumps, jump))

    def signed(self, handwriting: Handwriting) -> Inspection:
        """The inspection with a signature by hand; the same person's earlier one is replaced.

        Raises:
            IllegalMoveError: the responsible person has refused; or an inspector who is not part of it signs.
        """
        self._must_be_open()
        if handwriting.role is Role.RESPONSIBLE and self.refusal is not None:
            raise IllegalMoveError(reason="已记录拒签；请先撤回拒签再签名")
        here = {one.id for one in self.inspectors}
        if handwriting.role is Role.INSPECTOR and handwriting.inspector not in here:
            raise IllegalMoveError(reason="签名人不是本次检查的检查人员")
        slot = (handwriting.role, handwriting.inspector)
        others = tuple(w for w in self.witnesses if (w.role, w.inspector) != slot)
        return replace(self, witnesses=(*others, handwriting))

    def refused(self, refusal: Refusal | None) -> Inspection:
        """The inspection with the enterprise's refusal to sign, or (None) with the refusal taken back."""
        self._must_be_open()
        others = tuple(w for w in self.witnesses if w.role is not Role.RESPONSIBLE)
        return replace(self, refusal=refusal, witnesses=others if refusal else self.witnesses)

    def sealed(self, at_ms: int) -> Inspection:
        """The inspection as sealed: from now on it refuses every move."""
        self._must_be_open()
        return replace(self, sealed_ms=at_ms)

    def handwriting_of(self, role: Role, inspector: str | None = None) -> Handwriting | None:
        """The signature given in this role, if any."""
        return next((w for w in self.witnesses if (w.role, w.inspector) == (role, inspector)), None)

    def _must_be_open(self) -> None:
        if self.is_sealed:
            raise InspectionSealedError()

    def _unsigned(self, **changes: object) -> Inspection:
        # What somebody signed must be what is sealed: any change to it takes the signatures away.
        return replace(self, **{"witnesses": (), "refusal": None, **changes})  # type: ignore[arg-type]


def _with(mapping: Mapping[K, V], key: K, value: V) -> Mapping[K, V]:
    return MappingProxyType({**mapping, key: value})


def _without(mapping: Mapping[K, V], key: K) -> Mapping[K, V]:
    return MappingProxyType({k: v for k, v in mapping.items() if k != key})
