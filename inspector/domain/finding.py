"""What was found wrong: facts, photos, basis, what must be done and by when.

* A finding belongs to one failed item.
* 疑似重大 is a suspicion with a named criterion; whether it stands is a person's decision with a reason.
  The program never decides it (guarantee 7).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from inspector.domain.answer import ItemKey, PhotoId
from inspector.domain.checklist import Severity
from inspector.domain.law import PrintedBasis
from inspector.domain.working_days import Deadline
from inspector.errors import IllegalMoveError


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionInView:
    """An official list that the failure may match, as it stood on the day of the inspection.

    Attributes:
        name: the document as people know it, with its clause where that is verified and in force.
        text: what the clause asks, in our own words; empty where nobody verified it.
        applies_to: whom the criterion is for. It must not be used against anybody else.
    """

    name: str
    text: str = ""
    applies_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MajorDecision:
    """A person's decision whether a suspected major hazard is to be reported as suspected.

    Attributes:
        criterion: the name of the criterion that was looked at.
        upheld: True: it stays 疑似重大 and goes to the office as such; False: the person sees no such hazard.
        reason: why, in the person's words; never empty.
        by: id of the inspector who decided.
    """

    criterion: str
    upheld: bool
    reason: str
    by: str
    at_ms: int

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise IllegalMoveError(reason="判断疑似重大隐患必须写明理由")


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Corrected on the spot: when, and the pictures taken afterwards."""

    at_ms: int
    photos: tuple[PhotoId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One hazard.

    Attributes:
        item: the failed item; one finding per item.
        section: title of the item's section, `ask` the item's question: what the paper names it by.
        facts: what was seen, in the inspector's words.
        photos: evidence of the fact, in order.
        severity: as the checklist has it, or as the inspector judged.
        criteria: official lists that it may match; empty unless the item is marked 疑似重大.
        basis: what of the item's citations may be printed for the day of the inspection.
        requirement: what the enterprise must do.
        deadline: by when; None when it was corrected on the spot.
        corrected: set when it was put right before the inspector left.
        decision: set once a person decided about a suspected major hazard.
    """

    id: str
    item: ItemKey
    section: str
    ask: str
    facts: str = ""
    photos: tuple[PhotoId, ...] = ()
    severity: Severity = Severity.GENERAL
    criteria: tuple[CriterionInView, ...] = ()
    basis: tuple[PrintedBasis, ...] = ()
    requirement: str = ""
    deadline: Deadline | None = None
    corrected: Correction | None = None
    decision: MajorDecision | None = None
    at_ms: int
    by: str

    def decided(self, decision: MajorDecision) -> Finding:
        """The finding with a person's decision about its criterion.

        Raises:
            IllegalMoveError: the decision is about a criterion that this finding does not name.
        """
        if decision.criterion not in {criterion.name for criterion in self.criteria}:
            raise IllegalMoveError(reason="此项没有对应的重大隐患判定标准")
        return replace(self, decision=decision)

    def put_right(self, correction: Correction) -> Finding:
        """The finding as corrected on the spot; its deadline falls away."""
        return replace(self, corrected=correction, deadline=None)

    @property
    def all_photos(self) -> tuple[PhotoId, ...]:
        """The pictures of the facts, then those taken after it was put right."""
        return (*self.photos, *(self.corrected.photos if self.corrected else ()))

    @property
    def awaits_decision(self) -> bool:
        """A criterion is named and nobody has decided yet."""
        return bool(self.criteria) and self.decision is None

    @property
    def is_open(self) -> bool:
        """It still has to be rectified after the inspection."""
        return self.corrected is None
