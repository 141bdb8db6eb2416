"""Conducting an inspection: begin, answer, find, correct on the spot.

Every function takes the inspection as it is and returns it as it becomes; the caller stores the difference.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from inspector.domain.answer import Answer, ItemKey, PhotoId, Verdict
from inspector.domain.checklist import Checklist, ChecklistId, Criterion, Item, ItemKind, SectionId, item_key
from inspector.domain.combination import homes_of, refs_of
from inspector.domain.enterprise import Enterprise
from inspector.domain.finding import Correction, CriterionInView, Finding
from inspector.domain.identifiers import FACTS_CAP, check_entry
from inspector.domain.inspection import (
    Amends,
    Inspection,
    Inspector,
    Photo,
)
from inspector.domain.law import Laws
from inspector.domain.readings import accepted_value
from inspector.domain.rules import (
    asked_sections,
    basis_on,
    criteria_on,
    finding_texts,
    is_answered,
    judged_by_hand,
    verdict_of,
)
from inspector.domain.working_days import Deadline, WorkingCalendar, china_date
from inspector.errors import IllegalMoveError


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What an inspection is held against: checklists, laws, calendar.

    Attributes:
        checklists: those of this inspection, in its order.
    """

    checklists: tuple[Checklist, ...]
    laws: Laws
    calendar: WorkingCalendar

    def item(self, key: ItemKey) -> tuple[Checklist, str, Item]:
        """The checklist, the section's title and the item behind a key.

        Raises:
            IllegalMoveError: no such item in this inspection, or it is asked under an earlier checklist.
        """
        for checklist, homes in zip(self.checklists, homes_of(self.checklists), strict=True):
            for section in checklist.sections:
                for item in section.items:
                    if item.id not in homes and item_key(checklist, item) == key:
                        return checklist, section.title, item
        raise IllegalMoveError(reason="这次检查没有这个项目")


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What stood before a step, to put it back: None where nothing stood; `photos` are those in use then."""

    answers: Mapping[ItemKey, Answer | None]
    findings: Mapping[ItemKey, Finding | None]
    photos: Mapping[PhotoId, Photo]


def begin(
    *,
    id: str,
    device: str,
    enterprise: Enterprise,
    checklists: Sequence[Checklist],
    inspectors: Sequence[Inspector],
    at_ms: int,
    amends: Amends | None = None,
) -> Inspection:
    """A new inspection.

    Raises:
        IllegalMoveError: no checklist or no inspector was chosen, or one checklist twice.
    """
    if not checklists or not inspectors:
        raise IllegalMoveError(reason="请先选择检查表和检查人员")
    return Inspection(
        id=id,
        device=device,
        enterprise=enterprise,
        checklists=refs_of(checklists),
        inspectors=tuple(inspectors),
        place=enterprise.address,
        started_ms=at_ms,
        amends=amends,
    )


def ask_also(inspection: Inspection, checklist: Checklist, *, reference: Reference) -> Inspection:
    """再加一份检查表: the inspection with one more, which asks what the others do not ask already.

    Raises:
        IllegalMoveError: it is among them already.
    """
    return inspection.asking(refs_of((*reference.checklists, checklist)))


def ask_no_more(inspection: Inspection, checklist: ChecklistId, *, reference: Reference) -> Inspection:
    """The inspection without a checklist that has no answers; what others share with it they ask themselves.

    Raises:
        IllegalMoveError: it has answers, or it is the only one.
    """
    return inspection.asking(refs_of([one for one in reference.checklists if one.id != checklist]))


def judge(
    inspection: Inspection,
    key: ItemKey,
    verdict: Verdict,
    *,
    reference: Reference,
    finding_id: str,
    by: str,
    at_ms: int,
) -> Inspection:
    """合格, 不合格 or 不适用 by one tap. A 不合格 gets a finding with what the checklist offers filled in."""
    _, _, item = reference.item(key)
    old = inspection.answers.get(key)
    if verdict is Verdict.NOT_APPLICABLE and not item.may_not_apply:
        raise IllegalMoveError(reason="这一项不能判为不适用")
    answer = Answer(
        item=key,
        verdict=verdict,
        value=old.value if old else None,
        note=old.note if old else "",
        photos=old.photos if old else (),
        at_ms=at_ms,
        by=by,
    )
    return record(inspection, answer, reference=reference, finding_id=finding_id)


def enter_value(
    inspection: Inspection,
    key: ItemKey,
    text: str,
    *,
    reference: Reference,
    finding_id: str,
    by: str,
    at_ms: int,
) -> Inspection:
    """A measure, choice, date or text; where the item has a limit, the value decides the verdict.

    A judgement that an inspector made by hand stays. An empty text takes the value away.

    Raises:
        AnswerNotAcceptedError: it is no value of this item.
    """
    _, _, item = reference.item(key)
    old = inspection.answers.get(key)
    by_hand = judged_by_hand(item, old)
    answer = Answer(
        item=key,
        verdict=None if by_hand is Verdict.NOT_APPLICABLE else by_hand,
        value=accepted_value(item, text) if text else None,
        note=old.note if old else "",
        photos=old.photos if old else (),
        at_ms=at_ms,
        by=by,
    )
    return record(inspection, answer, reference=reference, finding_id=finding_id)


def record(inspection: Inspection, answer: Answer, *, reference: Reference, finding_id: str) -> Inspection:
    """The inspection with an answer, and with the finding that follows from it.

    A finding's wording that was offered for the old reading is offered again for the new one.
    """
    _, section, item = reference.item(answer.item)
    verdict = verdict_of(item, answer)
    counted = replace(answer, verdict=verdict) if verdict is not None else answer
    old, before = inspection.answers.get(answer.item), inspection.findings.get(answer.item)
    after = inspection.answered(counted)
    if verdict is not Verdict.FAIL:
        return after
    if before is None:
        return after.found(_offered(after, item, counted, section, reference, finding_id))
    facts = _reworded(item, before.facts, old, counted)
    return after if facts == before.facts else after.found(replace(before, facts=facts))


def note(inspection: Inspection, key: ItemKey, text: str, *, by: str, at_ms: int) -> Inspection:
    """A remark beside an item.

    Raises:
        TextTooLongError, TextControlError: it cannot be printed as it is.
    """
    check_entry(text, field="说明", cap=FACTS_CAP, multiline=True)
    old = inspection.answers.get(key)
    old = old or Answer(item=key, at_ms=at_ms, by=by)
    return inspection.answered(replace(old, note=text, at_ms=at_ms, by=by))


def pass_the_rest(
    inspection: Inspection,
    section: tuple[str, SectionId],
    *,
    reference: Reference,
    by: str,
    at_ms: int,
    only: Collection[ItemKey] | None = None,
) -> tuple[Inspection, Undo]:
    """Judge 合格 whatever in the section was judged by nobody; only items that a glance can judge.

    Args:
        section: checklist id and section id.
        only: of the section, those that somebody has in view; None for all.

    Returns:
        The inspection, and what undoes the step.
    """
    after = inspection
    touched: list[ItemKey] = []
    for key, item in _section_items(inspection, section, reference):
        plain = item.kind is ItemKind.PASS_FAIL and item.judged
        seen = only is None or key in only
        if seen and plain and not is_answered(item, inspection.answers.get(key)):
            old = after.answers.get(key) or Answer(item=key, at_ms=at_ms, by=by)
            after = after.answered(replace(old, verdict=Verdict.PASS, at_ms=at_ms, by=by))
            touched.append(key)
    return after, undo_of(inspection, touched)


def undo_of(inspection: Inspection, keys: Sequence[ItemKey]) -> Undo:
    """What stands now, so that it can be put back later."""
    answers = {key: inspection.answers.get(key) for key in keys}
    findings = {key: inspection.findings.get(key) for key in keys}
    used = {id for answer in answers.values() if answer for id in answer.photos}
    for finding in findings.values():
        used.update(finding.all_photos if finding else ())
    photos = {id: inspection.photos[id] for id in used if id in inspection.photos}
    return Undo(answers=answers, findings=findings, photos=photos)


def put_back(inspection: Inspection, undo: Undo) -> Inspection:
    """The inspection with the undone items as they were."""
    for id, photo in undo.photos.items():
        inspection = inspection if id in inspection.photos else inspection.photographed(photo)
    for key, answer in undo.answers.items():
        inspection = inspection.answered(answer) if answer else inspection.unanswered(key)
    for finding in undo.findings.values():
        if finding is not None:
            inspection = inspection.found(finding)
    return inspection


def revise(inspection: Inspection, finding: Finding) -> Inspection:
    """The inspection with a finding as the inspector has changed it.

    Raises:
        TextTooLongError, TextControlError: a text cannot be printed as it is.
    """
    check_entry(finding.facts, field="事实描述", cap=FACTS_CAP, multiline=True)
    check_entry(finding.requirement, field="整改要求", cap=FACTS_CAP, multiline=True)
    return inspection.found(finding)


def put_right(inspection: Inspection, key: ItemKey, *, at_ms: int) -> Inspection:
    """Corrected on the spot: the deadline falls away, a picture of afterwards is asked for."""
    finding = _finding(inspection, key)
    return inspection.found(finding.put_right(Correction(at_ms=at_ms)))


def still_open(inspection: Inspection, key: ItemKey, *, reference: Reference, at_ms: int) -> Inspection:
    """Not corrected on the spot after all: the checklist's deadline comes back."""
    finding = _finding(inspection, key)
    _, _, item = reference.item(key)
    return inspection.found(
        replace(finding, corrected=None, deadline=_deadline(item, reference.calendar, at_ms))
    )


def _offered(
    inspection: Inspection, item: Item, answer: Answer, section: str, reference: Reference, finding_id: str
) -> Finding:
    """The finding with what the checklist offers; every word of it can be changed."""
    day = china_date(inspection.started_ms)
    texts = finding_texts(item, answer)
    return Finding(
        id=finding_id,
        item=answer.item,
        section=section,
        ask=item.ask,
        facts=texts[0] if texts else "",
        photos=answer.photos,
        severity=item.severity,
        criteria=_criteria(item, reference.laws, inspection),
        basis=reference.laws.printable_all(basis_on(item, reference.laws, on=day), on=day),
        requirement=item.remedy.text if item.remedy else "",
        deadline=_deadline(item, reference.calendar, answer.at_ms),
        at_ms=answer.at_ms,
        by=answer.by,
    )


def _reworded(item: Item, facts: str, old: Answer | None, new: Answer) -> str:
    """The facts for the new reading, where the old ones were a wording of the checklist's for the old one."""
    offered = finding_texts(item, old)
    again = finding_texts(item, new)
    if facts not in offered or not again:
        return facts
    place = offered.index(facts)
    return again[place] if place < len(again) else again[0]


def _criteria(item: Item, laws: Laws, inspection: Inspection) -> tuple[CriterionInView, ...]:
    day = china_date(inspection.started_ms)
    return tuple(_in_view(criterion, laws, day) for criterion in criteria_on(item, laws, on=day))


def _in_view(criterion: Criterion, laws: Laws, day: date) -> CriterionInView:
    basis = laws.printable(criterion.citation, on=day)
    article = basis.article if basis else None
    return CriterionInView(
        name=criterion.name + (article or ""),
        text=criterion.text if article and criterion.text else "",
        applies_to=criterion.applies_to,
    )


def _deadline(item: Item, calendar: WorkingCalendar, at_ms: int) -> Deadline | None:
    if item.remedy is None:
        return None
    return calendar.deadline(served_at_ms=at_ms, days=item.remedy.days, kind=item.remedy.day_kind)


def _finding(inspection: Inspection, key: ItemKey) -> Finding:
    finding = inspection.findings.get(key)
    if finding is None:
        raise IllegalMoveError(reason="这一项没有记录问题")
    return finding


def _section_items(
    inspection: Inspection, section: tuple[str, SectionId], reference: Reference
) -> Sequence[tuple[ItemKey, Item]]:
    return [
        pair
        for asked in asked_sections(reference.checklists, inspection.answers)
        if (asked.checklist.id, asked.section.id) == section
        for pair in asked.items
    ]
