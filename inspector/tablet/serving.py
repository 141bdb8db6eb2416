"""What is filled in for a receipt of service: one way for all, another for each document that went apart.

* Each signature stays only with what was shown to the one who gave it.
* What was written for a document apart stays while it goes with the others: a slip is taken back by one tap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import cast

from inspector.domain.inspection import Stroke
from inspector.domain.notice_parts import DrawnSignature
from inspector.domain.service import ServiceWay

Row = Mapping[str, object]

TOGETHER = ""
"""All documents that did not go apart, where the id of a document stands for that one alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """One way in which documents are served; the words are those of `inspector.domain.service`.

    Attributes:
        received_on: `2026-11-24` as typed; empty leaves the place for pen and ink.
    """

    way: ServiceWay = ServiceWay.DIRECT
    place: str = ""
    particulars: str = ""
    received_by: str = ""
    relation: str = ""
    received_on: str = ""
    signature: DrawnSignature | None = None
    refusal: str = ""
    witness: str = ""
    is_recorded: bool = False

    def changed(self, **changes: object) -> Serving:
        """The way with changes; a signature was given to what was shown and goes when that changes."""
        after = replace(self, **changes)  # type: ignore[arg-type]
        if "signature" in changes or after == self:
            return after
        return after.unsigned()

    def unsigned(self) -> Serving:
        """Without the signature."""
        return replace(self, signature=None)

    def begun(self) -> Serving:
        """Where another document starts from: most likely the same place, day and person."""
        return replace(self, particulars="", signature=None, refusal="", witness="", is_recorded=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceForm:
    """How documents are served, together unless one of them went apart.

    Attributes:
        documents: ids of issued documents.
        together: how those are served that did not go apart.
        apart: ids of documents that are served in a way of their own; they may be not among `documents`.
        own: what was written for a document apart, by its id; also for one that is no more.
        has_consent: the signed confirmation for electronic service is there; `consent_by`, `consent_on` and
            `consent_to` say who signed it, when, and for which address.
    """

    documents: tuple[str, ...] = ()
    recipient: str = ""
    together: Serving = field(default_factory=Serving)
    apart: tuple[str, ...] = ()
    own: Mapping[str, Serving] = field(default_factory=dict)
    has_consent: bool = False
    consent_by: str = ""
    consent_on: str = ""
    consent_to: str = ""
    remark: str = ""

    def group(self, of: str) -> tuple[str, ...]:
        """The documents that are served like that: a document's id for itself, or `TOGETHER`."""
        if of != TOGETHER:
            return (of,)
        return tuple(id for id in self.documents if id not in self.apart)

    def serving(self, of: str) -> Serving:
        """How a document is served, by its id, or with `TOGETHER` all that did not go apart."""
        return self.own[of] if of in self.apart else self.together

    @property
    def groups(self) -> tuple[str, ...]:
        """Of which it tells how they are served: each that went apart, then the others, if there are any."""
        parted = tuple(id for id in self.documents if id in self.apart)
        return (*parted, *([TOGETHER] if self.group(TOGETHER) or not parted else []))

    @property
    def is_electronic(self) -> bool:
        """Whether any document goes that way, so that the consent is needed."""
        return any(self.serving(of).way is ServiceWay.ELECTRONIC for of in self.groups)

    def changed(self, **changes: object) -> ServiceForm:
        """The form with other words for the whole receipt; signatures to what has changed go."""
        after = replace(self, **changes)  # type: ignore[arg-type]
        if (after.recipient, after.remark) != (self.recipient, self.remark):
            own = {id: one.unsigned() for id, one in after.own.items()}
            return replace(after, together=after.together.unsigned(), own=own)
        if after.group(TOGETHER) != self.group(TOGETHER):
            return replace(after, together=after.together.unsigned())
        return after

    def served(self, of: str, **changes: object) -> ServiceForm:
        """The form with changes of one way: that of a document apart, or `TOGETHER`."""
        one = self.serving(of).changed(**changes)
        return replace(self, together=one) if of == TOGETHER else replace(self, own={**self.own, of: one})

    def parted(self, id: str) -> ServiceForm:
        """The form with that document served in a way of its own, as it was written before, if it was."""
        own = {id: self.together.begun(), **self.own}
        return self.changed(apart=(*(one for one in self.apart if one != id), id), own=own)

    def joined(self, id: str) -> ServiceForm:
        """The form with that document served like the others again."""
        return self.changed(apart=tuple(one for one in self.apart if one != id))


def service_form(row: Row) -> ServiceForm:
    """The form of a row; one of an older version tells of one way only, beside everything else."""
    ways = {one.name for one in fields(Serving)}
    if "together" not in row:
        rest: Row = {name: value for name, value in row.items() if name not in ways}
        row = {**rest, "together": {name: value for name, value in row.items() if name in ways}}
    own = cast("Mapping[str, Row]", row.get("own", {}))
    given = {
        **row,
        "documents": tuple(cast("Sequence[str]", row["documents"])),
        "together": _serving(cast("Row", row["together"])),
        "apart": tuple(cast("Sequence[str]", row.get("apart", ()))),
        "own": {id: _serving(one) for id, one in own.items()},
    }
    return ServiceForm(**given)  # type: ignore[arg-type]


def _serving(row: Row) -> Serving:
    drawn = cast("Row | None", row["signature"])
    given = {
        **row,
        "way": ServiceWay(cast("str", row["way"])),
        "signature": _drawn(drawn) if drawn else None,
    }
    return Serving(**given)  # type: ignore[arg-type]


def _drawn(row: Row) -> DrawnSignature:
    lines = cast("Sequence[Sequence[tuple[int, int]]]", row["strokes"])
    strokes: tuple[Stroke, ...] = tuple(tuple((x, y) for x, y in line) for line in lines)
    return DrawnSignature(**{**row, "strokes": strokes})  # type: ignore[arg-type]
