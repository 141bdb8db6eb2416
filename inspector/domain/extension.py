"""More time for an enterprise: what it asks for, who decides, and which deadlines stand afterwards.

* A request names findings of one document, each with the day that is asked for and the enterprise's reason.
* Nothing moves before a named person has decided; the decision is made once, finding by finding.
* A request after the deadline is a late one: it can be granted, but it does not undo that it was overdue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from inspector.domain import record_parts as parts
from inspector.domain.fields import Fields
from inspector.domain.identifiers import FACTS_CAP, check_entry
from inspector.domain.notice_details import ExtendedFinding, Extension
from inspector.domain.notice_parts import NoticeFinding
from inspector.domain.working_days import DayKind, Deadline, chinese_date
from inspector.errors import IllegalMoveError, RecordMalformedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One finding for which more time is asked.

    Attributes:
        ordinal: its ordinal in the document; `facts` likewise.
        old: the deadline that stands.
        asked: the last day that the enterprise asks for.
        reason: the enterprise's.
    """

    ordinal: int
    facts: str
    old: Deadline
    asked: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionRequest:
    """What an enterprise asked for.

    Attributes:
        notice: the entry of the document whose deadlines it is about.
        asked_by: who asked, for the enterprise; `asked_on` is when.
        entered_by: login of who wrote it down.

    Raises:
        IllegalMoveError: nothing is asked, a finding twice, a day that is not later than the deadline, or a
            reason or name is missing.
        TextTooLongError, TextControlError: a text cannot be printed as it is.
    """

    id: str
    notice: str
    asked_by: str
    asked_on: date
    wishes: tuple[Wish, ...]
    entered_by: str
    entered_ms: int

    def __post_init__(self) -> None:
        _must(bool(self.asked_by.strip()), "请填写申请人")
        check_entry(self.asked_by, field="申请人")
        _must(bool(self.wishes), "请选择要延期的问题")
        ordinals = [wish.ordinal for wish in self.wishes]
        _must(ordinals == sorted(set(ordinals)), "同一项问题不能申请两次")
        for wish in self.wishes:
            check_entry(wish.reason, field=f"第{wish.ordinal}项延期理由", cap=FACTS_CAP, multiline=True)
            _must(bool(wish.reason.strip()), f"请填写第{wish.ordinal}项的延期理由")
            _must(
                wish.asked > wish.old.date, f"第{wish.ordinal}项申请的期限应晚于{chinese_date(wish.old.date)}"
            )

    @property
    def late(self) -> tuple[int, ...]:
        """Ordinals whose deadline was over already when it was asked."""
        return tuple(wish.ordinal for wish in self.wishes if self.asked_on > wish.old.date)

    def decided(self, verdicts: Mapping[int, Verdict], *, by: str, on: date) -> Extension:
        """The request with the decision about each of its findings.

        Args:
            verdicts: by ordinal.
            by: the name of who decides.

        Raises:
            IllegalMoveError: a finding is left out or was not asked about, a refusal has no reason, a new day
                is over already, later than asked for, or not later than the old one; nobody's name.
        """
        _must(bool(by.strip()), "请填写审批人姓名")
        check_entry(by, field="审批人")
        _must(set(verdicts) == {wish.ordinal for wish in self.wishes}, "每一项申请都要有审批意见")
        return Extension(
            asked_by=self.asked_by,
            asked_on=self.asked_on,
            items=tuple(_decided(wish, verdicts[wish.ordinal], on) for wish in self.wishes),
            decided_by=by,
        )

    def to_record(self) -> dict[str, object]:
        """The request as JSON."""
        return {
            "v": 1,
            "id": self.id,
            "notice": self.notice,
            "asked_by": self.asked_by,
            "asked_on": self.asked_on.isoformat(),
            "wishes": [
                {
                    "ordinal": wish.ordinal,
                    "facts": wish.facts,
                    "old": parts.from_deadline(wish.old),
                    "asked": wish.asked.isoformat(),
                    "reason": wish.reason,
                }
                for wish in self.wishes
            ],
            "entered_by": self.entered_by,
            "entered_ms": self.entered_ms,
        }

    @classmethod
    def from_record(cls, json: object) -> ExtensionRequest:
        """The request that `to_record` wrote.

        Raises:
            RecordMalformedError: another shape.
        """
        with Fields(json, "extension request") as field:
            field.version(1)
            return cls(
                id=field.text("id"),
                notice=field.text("notice"),
                asked_by=field.text("asked_by"),
                asked_on=_day(field.text("asked_on")),
                wishes=field.listing("wishes", _wish),
                entered_by=field.text("entered_by"),
                entered_ms=field.integer("entered_ms"),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is decided about one finding: the new deadline, or None for a refusal; and the office's words."""

    new: Deadline | None
    opinion: str = ""

    @classmethod
    def until(cls, last: date, *, on: date, opinion: str = "") -> Verdict:
        """Granted up to a day that somebody named.

        Args:
            on: when it is decided.
        """
        new = Deadline(date=last, days=(last - on).days, kind=DayKind.CALENDAR)
        return cls(new=new, opinion=opinion)

    def to_record(self) -> dict[str, object]:
        """The verdict as JSON."""
        return {"new": parts.from_deadline(self.new) if self.new else None, "opinion": self.opinion}

    @classmethod
    def from_record(cls, json: object) -> Verdict:
        """The verdict that `to_record` wrote.

        Raises:
            RecordMalformedError: another shape.
        """
        with Fields(json, "verdict") as field:
            return cls(new=field.optional("new", parts.to_deadline), opinion=field.text("opinion"))


def deadlines_now(findings: Iterable[NoticeFinding], decided: Iterable[Extension]) -> Mapping[int, Deadline]:
    """The deadline of each finding that has one, after what was granted; decisions oldest first."""
    found = {one.ordinal: one.deadline for one in findings if one.deadline is not None}
    for extension in decided:
        found |= {item.ordinal: item.new for item in extension.granted if item.new is not None}
    return found


def _decided(wish: Wish, verdict: Verdict, on: date) -> ExtendedFinding:
    place = f"第{wish.ordinal}项"
    check_entry(verdict.opinion, field=f"{place}审批意见", cap=FACTS_CAP, multiline=True)
    if verdict.new is None:
        _must(bool(verdict.opinion.strip()), f"{place}不同意延期，请写明理由")
    else:
        day = verdict.new.date
        _must(day > on, f"{place}的新期限{chinese_date(day)}已经过去，请另定日期")
        _must(day > wish.old.date, f"{place}的新期限应晚于{chinese_date(wish.old.date)}")
        asked = f"{place}的新期限{chinese_date(day)}晚于申请的{chinese_date(wish.asked)}"
        _must(day <= wish.asked, asked)
    return ExtendedFinding(
        ordinal=wish.ordinal,
        facts=wish.facts,
        old=wish.old,
        asked=wish.asked,
        reason=wish.reason,
        new=verdict.new,
        opinion=verdict.opinion,
    )


def _wish(json: object) -> Wish:
    with Fields(json, "wish") as field:
        return Wish(
            ordinal=field.integer("ordinal"),
            facts=field.text("facts"),
            old=parts.to_deadline(field.raw("old")),
            asked=_day(field.text("asked")),
            reason=field.text("reason"),
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise RecordMalformedError(reason="日期不对") from problem


def _must(is_met: bool, reason: str) -> None:
    if not is_met:
        raise IllegalMoveError(reason=reason)
