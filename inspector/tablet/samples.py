"""Looking around before enrolment: a sample enterprise and an inspection in memory that is never a record.

Nothing of it is written anywhere: no draft, no entry of the chain, no signature. It uses the same rules as a
real inspection, so that what one sees is what one gets.
"""

from __future__ import annotations

from inspector.catalog import Catalogue
from inspector.domain.answer import ItemKey, Verdict
from inspector.domain.checklist import Checklist
from inspector.domain.enterprise import Enterprise
from inspector.domain.inspection import Inspection, Inspector
from inspector.domain.rules import Progress, progress
from inspector.domain.working_days import WorkingCalendar
from inspector.work import conduct
from inspector.work.conduct import Reference

SAMPLE_ENTERPRISE = Enterprise(
    id="sample", name="样例商贸有限公司（样例）", address="样例区样例路 1 号", person="样例负责人"
)
_NOBODY = Inspector(id="sample", name="样例检查员", number="样例-000")


class SampleWalk:
    """One walk through a checklist, in memory.

    Args:
        catalogue: the checklists of this installation.
    """

    def __init__(self, catalogue: Catalogue, checklist: Checklist, *, at_ms: int) -> None:
        self.checklist = checklist
        self._reference = Reference(checklists=(checklist,), laws=catalogue.laws, calendar=WorkingCalendar())
        self._at_ms = at_ms
        self.inspection: Inspection = conduct.begin(
            id="sample",
            device="sample",
            enterprise=SAMPLE_ENTERPRISE,
            checklists=[checklist],
            inspectors=[_NOBODY],
            at_ms=at_ms,
        )

    def judge(self, key: ItemKey, verdict: Verdict) -> None:
        """合格, 不合格 or 不适用.

        Raises:
            IllegalMoveError: the item cannot be 不适用.
        """
        self.inspection = conduct.judge(
            self.inspection,
            key,
            verdict,
            reference=self._reference,
            finding_id=f"sample-{key}",
            by=_NOBODY.id,
            at_ms=self._at_ms,
        )

    def enter_value(self, key: ItemKey, text: str) -> None:
        """A measure, choice, date or text.

        Raises:
            AnswerNotAcceptedError: it is no value of this item.
        """
        self.inspection = conduct.enter_value(
            self.inspection,
            key,
            text,
            reference=self._reference,
            finding_id=f"sample-{key}",
            by=_NOBODY.id,
            at_ms=self._at_ms,
        )

    def progress(self) -> Progress:
        """How far the walk is."""
        return progress((self.checklist,), self.inspection.answers)
