"""Conducting an inspection: begin, answer, find, photograph, correct on the spot.

Every function takes the inspection as it is and returns it as it becomes; the caller stores the difference. A
photo's bytes are durable before anything names them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from inspector.domain.answer import Answer, ItemKey, PhotoId, Verdict
from inspector.domain.checklist import Checklist, Item, ItemKind, SectionId, item_key
from inspector.domain.enterprise import Enterprise
from inspector.domain.finding import Correction, CriterionInView, Finding
from inspector.domain.identifiers import FACTS_CAP, NAME_CAP, check_entry
from inspector.domain.inspection import (
    Amends,
    ChecklistRef,
    Inspection,
    Inspector,
    Photo,
    PhotoSource,
)
from inspector.domain.law import Laws
from inspector.domain.rules import accepted_value, finding_texts, is_answered, shown_sections, verdict_of
from inspector.domain.working_days import Deadline, WorkingCalendar, china_date
from inspector.errors import IllegalMoveError
from inspector.photos.picture import Picture


class PhotoKeeper(Protocol):
    """Where pictures are kept, sealed, from the moment they are taken."""

    def put(self, data: bytes) -> object:
        """Keep the picture durably under the SHA-256 of its bytes."""


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
            IllegalMoveError: no such item in this inspection.
        """
        for checklist in self.checklists:
            for section in checklist.sections:
                for item in section.items:
                    if item_key(checklist, item) == key:
                        return checklist, section.title, item
        raise IllegalMoveError(reason="这次检查没有这个项目")


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What stood before a step, to put it back: None where nothing stood."""

    answers: Mapping[ItemKey, Answer | None]
    findings: Mapping[ItemKey, Finding | None]


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
        IllegalMoveError: no checklist or no inspector was chosen.
    """
    if not checklists or not inspectors:
        raise IllegalMoveError(reason="请先选择检查表和检查人员")
    refs = tuple(
        ChecklistRef(id=one.id, version=one.version, title=one.title, sha256=one.digest) for one in checklists
    )
    return Inspection(
        id=id,
        device=device,
        enterprise=enterprise,
        checklists=refs,
        inspectors=tuple(inspectors),
        place=enterprise.address,
        started_ms=at_ms,
        amends=amends,
    )


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

    Raises:
        AnswerNotAcceptedError: it is no value of this item.
    """
    _, _, item = reference.item(key)
    old = inspection.answers.get(key)
    answer = Answer(
        item=key,
        value=accepted_value(item, text),
        note=old.note if old else "",
        photos=old.photos if old else (),
        at_ms=at_ms,
        by=by,
    )
    answer = replace(answer, verdict=verdict_of(item, answer))
    return record(inspection, answer, reference=reference, finding_id=finding_id)


def record(inspection: Inspection, answer: Answer, *, reference: Reference, finding_id: str) -> Inspection:
    """The inspection with an answer, and with the finding that follows from it."""
    _, section, item = reference.item(answer.item)
    verdict = verdict_of(item, answer)
    counted = replace(answer, verdict=verdict) if verdict is not None else answer
    before = inspection.findings.get(answer.item)
    after = inspection.answered(counted)
    if verdict is not Verdict.FAIL or before is not None:
        return after
    return after.found(_offered(after, item, counted, section, reference, finding_id))


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
) -> tuple[Inspection, Undo]:
    """Judge 合格 whatever in the section was judged by nobody; only items that a glance can judge.

    Args:
        section: checklist id and section id.

    Returns:
        The inspection, and what undoes the step.
    """
    after = inspection
    touched: list[ItemKey] = []
    for key, item in _section_items(inspection, section, reference):
        plain = item.kind is ItemKind.PASS_FAIL and item.judged
        if plain and not is_answered(item, inspection.answers.get(key)):
            after = after.answered(Answer(item=key, verdict=Verdict.PASS, at_ms=at_ms, by=by))
            touched.append(key)
    return after, undo_of(inspection, touched)


def undo_of(inspection: Inspection, keys: Sequence[ItemKey]) -> Undo:
    """What stands now, so that it can be put back later."""
    return Undo(
        answers={key: inspection.answers.get(key) for key in keys},
        findings={key: inspection.findings.get(key) for key in keys},
    )


def put_back(inspection: Inspection, undo: Undo) -> Inspection:
    """The inspection with the undone items as they were."""
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


def photograph(
    inspection: Inspection,
    key: ItemKey,
    picture: Picture,
    *,
    source: PhotoSource,
    keeper: PhotoKeeper,
    after_correction: bool,
    by: str,
    at_ms: int,
    caption: str = "",
) -> Inspection:
    """Keep a picture and attach it: to the finding's facts, to its correction, or to the item's answer."""
    check_entry(caption, field="照片说明", cap=NAME_CAP)
    keeper.put(picture.jpeg)
    photo = Photo(
        id=PhotoId(picture.sha256),
        original_sha256=picture.original_sha256,
        size=len(picture.jpeg),
        width=picture.width,
        height=picture.height,
        source=source,
        item=key,
        caption=caption,
        at_ms=at_ms,
    )
    listed = inspection if photo.id in inspection.photos else inspection.photographed(photo)
    return _attach(listed, key, photo.id, after_correction=after_correction, by=by, at_ms=at_ms)


def drop_photo(inspection: Inspection, key: ItemKey, photo: PhotoId) -> Inspection:
    """Take a picture off the item and its finding; its sealed bytes stay until the inspection is sealed."""
    answer, finding = inspection.answers.get(key), inspection.findings.get(key)
    if answer and photo in answer.photos:
        inspection = inspection.answered(replace(answer, photos=_less(answer.photos, photo)))
    if finding:
        corrected = finding.corrected
        if corrected and photo in corrected.photos:
            corrected = replace(corrected, photos=_less(corrected.photos, photo))
        inspection = inspection.found(
            replace(finding, photos=_less(finding.photos, photo), corrected=corrected)
        )
    return inspection.without_photo(photo)


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
        basis=reference.laws.printable_all(item.basis, on=day),
        requirement=item.remedy.text if item.remedy else "",
        deadline=_deadline(item, reference.calendar, answer.at_ms),
        at_ms=answer.at_ms,
        by=answer.by,
    )


def _criteria(item: Item, laws: Laws, inspection: Inspection) -> tuple[CriterionInView, ...]:
    day = china_date(inspection.started_ms)
    seen = []
    for criterion in item.criteria:
        basis = laws.printable(criterion.citation, on=day)
        if basis is not None:
            name = criterion.name + (basis.article or "")
            text = criterion.text if basis.article and criterion.text else ""
            seen.append(CriterionInView(name=name, text=text, applies_to=criterion.applies_to))
    return tuple(seen)


def _deadline(item: Item, calendar: WorkingCalendar, at_ms: int) -> Deadline | None:
    if item.remedy is None:
        return None
    return calendar.deadline(served_at_ms=at_ms, days=item.remedy.days, kind=item.remedy.day_kind)


def _attach(
    inspection: Inspection, key: ItemKey, photo: PhotoId, *, after_correction: bool, by: str, at_ms: int
) -> Inspection:
    finding = inspection.findings.get(key)
    if after_correction and finding and finding.corrected:
        corrected = replace(finding.corrected, photos=_more(finding.corrected.photos, photo))
        return inspection.found(replace(finding, corrected=corrected))
    answer = inspection.answers.get(key) or Answer(item=key, at_ms=at_ms, by=by)
    inspection = inspection.answered(replace(answer, photos=_more(answer.photos, photo)))
    if finding:
        inspection = inspection.found(replace(finding, photos=_more(finding.photos, photo)))
    return inspection


def _finding(inspection: Inspection, key: ItemKey) -> Finding:
    finding = inspection.findings.get(key)
    if finding is None:
        raise IllegalMoveError(reason="这一项没有记录问题")
    return finding


def _section_items(
    inspection: Inspection, section: tuple[str, SectionId], reference: Reference
) -> Sequence[tuple[ItemKey, Item]]:
    return [
        (item_key(checklist, item), item)
        for checklist in reference.checklists
        if checklist.id == section[0]
        for shown, items in shown_sections(checklist, inspection.answers)
        if shown.id == section[1]
        for item in items
    ]


def _more(photos: tuple[PhotoId, ...], photo: PhotoId) -> tuple[PhotoId, ...]:
    return photos if photo in photos else (*photos, photo)


def _less(photos: tuple[PhotoId, ...], photo: PhotoId) -> tuple[PhotoId, ...]:
    return tuple(one for one in photos if one != photo)
