"""What is filled in for documents that need more than the inspection tells; kept at every tap.

* One frozen value per kind, whole or not: what a document must not leave out is told when it is composed.
* As rows of the tablet's memory they are plain JSON types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, time
from typing import cast

from inspector.domain.issuer import NoticeKind
from inspector.domain.notice_details import Rectification, TransferAttachment
from inspector.domain.working_days import CHINA
from inspector.errors import InputMissingError
from inspector.tablet.serving import Row, ServiceForm, service_form


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFinding:
    """What was seen of one finding; `photos` are ids of pictures of this visit."""

    result: Rectification | None = None
    remark: str = ""
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinspectionForm:
    """Results by the ordinal of the finding in the original document."""

    seen: Mapping[int, SeenFinding] = field(default_factory=dict)

    def saw(self, ordinal: int, one: SeenFinding) -> ReinspectionForm:
        """The form with another result for one finding."""
        return replace(self, seen={**self.seen, ordinal: one})


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureLine:
    """One measure and the ids of the findings that it is for."""

    text: str = ""
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuresForm:
    """The measures in their order."""

    lines: tuple[MeasureLine, ...] = (MeasureLine(),)

    def put(self, place: int, line: MeasureLine) -> MeasuresForm:
        """The form with another measure in that place, counted from 0."""
        return replace(self, lines=(*self.lines[:place], line, *self.lines[place + 1 :]))

    def without(self, place: int) -> MeasuresForm:
        """The form without the measure in that place."""
        return replace(self, lines=(*self.lines[:place], *self.lines[place + 1 :]))


@dataclass(frozen=True, slots=True, kw_only=True)
class EnclosedPaper:
    """What goes along with a transfer; numbers as typed."""

    name: str = ""
    copies: str = "1"
    pages: str = "1"

    def attachment(self) -> TransferAttachment:
        """As the document names it.

        Raises:
            InputMissingError: copies or pages are no number.
            NoticeIncompleteError: no name, or less than one of them.
        """
        if not (_is_count(self.copies) and _is_count(self.pages)):
            raise InputMissingError(what=f"移送材料“{self.name[:20]}”的份数、页数请填整数")
        return TransferAttachment(name=self.name, copies=int(self.copies), pages=int(self.pages))


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferForm:
    """A transfer; `basis` is what the inspector adds to the law's own, a line each."""

    receiver: str = ""
    subject: str = ""
    facts: str = ""
    basis: str = ""
    papers: tuple[EnclosedPaper, ...] = ()

    def put(self, place: int, paper: EnclosedPaper) -> TransferForm:
        """The form with another paper in that place, counted from 0."""
        return replace(self, papers=(*self.papers[:place], paper, *self.papers[place + 1 :]))

    def without(self, place: int) -> TransferForm:
        """The form without the paper in that place."""
        return replace(self, papers=(*self.papers[:place], *self.papers[place + 1 :]))


Form = ReinspectionForm | MeasuresForm | ServiceForm | TransferForm


def toggled(chosen: tuple[str, ...], id: str) -> tuple[str, ...]:
    """With the id at the end, or without it where it was chosen."""
    return tuple(one for one in chosen if one != id) if id in chosen else (*chosen, id)


def offered_in(text: str, words: str) -> str:
    """The text with offered words at its end, or without them where they stand in it already."""
    return text.replace(words, "", 1) if words in text else text + words


def day_of(text: str, what: str) -> date:
    """A day as typed.

    Raises:
        InputMissingError: it is none.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputMissingError(what=f"{what}请按“2026-11-24”的样子填写") from None


def noon_of(day: date) -> int:
    """The middle of that day in China, in milliseconds since the Unix epoch."""
    return round(datetime.combine(day, time(12), CHINA).timestamp() * 1000)


def to_row(form: Form) -> Row:
    """A form as a row of plain JSON types."""
    row = asdict(form)
    if isinstance(form, ReinspectionForm):
        row["seen"] = {str(ordinal): one for ordinal, one in row["seen"].items()}
    return row


def from_row(kind: NoticeKind, row: Row) -> Form:
    """The form of a row that `to_row` made for that kind."""
    match kind:
        case NoticeKind.REINSPECTION:
            seen = cast("Mapping[str, Row]", row["seen"])
            return ReinspectionForm(seen={int(ordinal): _seen(one) for ordinal, one in seen.items()})
        case NoticeKind.MEASURES_DECISION:
            lines = cast("Sequence[Row]", row["lines"])
            return MeasuresForm(lines=tuple(_line(one) for one in lines))
        case NoticeKind.TRANSFER:
            papers = cast("Sequence[Mapping[str, str]]", row["papers"])
            given = {**row, "papers": tuple(EnclosedPaper(**one) for one in papers)}
            return TransferForm(**given)  # type: ignore[arg-type]
        case _:
            return service_form(row)


def _seen(row: Row) -> SeenFinding:
    result = row["result"]
    return SeenFinding(
        result=Rectification(cast("str", result)) if result else None,
        remark=str(row["remark"]),
        photos=tuple(cast("Sequence[str]", row["photos"])),
    )


def _line(row: Row) -> MeasureLine:
    return MeasureLine(text=str(row["text"]), findings=tuple(cast("Sequence[str]", row["findings"])))


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 4
