"""Answering a returned record: a new inspection that amends it, with the old answers taken over.

* It is held against the checklists and laws that the old record began with, as long as they are here.
* Taken over is what the old record says about items that today's checklists still have, with its photos and
  findings and the times at which they were seen. Where several answers meet in one question that today's
  checklists share, a 不合格 stays.
* An item that the supervisor wrote about and that was not 不合格 goes back to 未检, to be looked at again.
  A 不合格 stays with its finding, which is what there is to improve.
* Position, signatures and refusals are not taken over: they were for the old record.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace

from inspector.domain.answer import Answer, ItemKey, PhotoId, Verdict
from inspector.domain.checklist import Checklist, ChecklistId, item_key
from inspector.domain.combination import NO_HOMES, homes_in, homes_of
from inspector.domain.finding import Finding
from inspector.domain.identifiers import uuid7
from inspector.domain.inspection import Amends, Inspection
from inspector.errors import IllegalMoveError
from inspector.store.photos import PhotoBox
from inspector.tablet.office import Task
from inspector.tablet.parts import PLACES, part_with, parts_of
from inspector.tablet.workbench import Workbench


def answer_task(workbench: Workbench, task: Task, *, at_ms: int) -> Inspection:
    """Begin the inspection that answers a returned record; the task is done when it is sealed and accepted.

    Raises:
        NotEnrolledError: this tablet is not enrolled.
        InspectionUnknownError, JournalDamagedError: the returned record is not here, or needs recovery first.
        IllegalMoveError: none of its checklists is on this tablet any more.
        PhotoDamagedError: a photo of it is not what was stored; nothing was begun.
    """
    old = workbench.inspections.open(task.record)
    known = {one.id for one in workbench.inspections.checklists(like=old)}
    checklists = [ChecklistId(ref.id) for ref in old.checklists if ref.id in known]
    if not checklists:
        raise IllegalMoveError(reason="本机已没有这份记录所用的检查表")
    box = workbench.drafts.photos(old.id)
    pictures = {id: box.get(id) for id in old.photos}
    members = [one.id for one in old.inspectors if workbench.crew.member(one.id)]
    guests = [one for one in old.inspectors if not workbench.crew.member(one.id)]
    begun = workbench.inspections.begin(
        old.enterprise,
        checklists,
        members,
        guests=guests,
        amends=Amends(record=task.record, sha256=task.sha256),
        like=old,
    )
    today = workbench.inspections.reference(begun).checklists
    taken = taken_over(old, begun, today, {ItemKey(note.item) for note in task.items}, at_ms=at_ms)
    _keep_pictures(workbench.drafts.photos(begun.id), pictures, taken)
    after = workbench.inspections.save(begun, taken)
    workbench.office.answered(task.record, begun.id)
    _open_at(workbench, after, today, tuple(ItemKey(note.item) for note in task.items))
    return after


def _open_at(
    workbench: Workbench, begun: Inspection, today: Sequence[Checklist], noted: Sequence[ItemKey]
) -> None:
    """The checklist opens at the first item that was returned."""
    parts = parts_of(today, begun.answers, workbench.inspections.progress(begun))
    key = next((key for key in noted if part_with(parts, key)), None)
    part = part_with(parts, key) if key else None
    if key and part:
        workbench.memory.put_rows(PLACES, {begun.id: {"part": part.id, "item": key}})


def supervisor_notes(workbench: Workbench, inspection: Inspection) -> Mapping[ItemKey, str]:
    """What the supervisor wrote about single items of the record that this inspection amends."""
    if inspection.amends is None:
        return {}
    notes = workbench.office.notes_on(inspection.amends.record)
    return {ItemKey(note.item): note.note for note in notes}


def taken_over(
    old: Inspection, begun: Inspection, today: Sequence[Checklist], noted: set[ItemKey], *, at_ms: int
) -> Inspection:
    """The new inspection with what the old one says about the questions of today's checklists."""
    places = _places(old, today)
    again = {places[key] for key in noted if key in places}
    moved: dict[ItemKey, ItemKey] = {}
    for failed, key in sorted((one.verdict is Verdict.FAIL, key) for key, one in old.answers.items()):
        if key in places and (failed or places[key] not in again):
            moved[places[key]] = key
    answers = {to: replace(old.answers[key], item=to) for to, key in moved.items()}
    findings = {
        to: _renewed(old.findings[key], to, at_ms) for to, key in moved.items() if key in old.findings
    }
    used = _photos_of(answers, findings)
    return replace(
        begun,
        place=old.place,
        answers=answers,
        findings=findings,
        photos={
            id: replace(photo, item=places.get(photo.item, photo.item))
            for id, photo in old.photos.items()
            if id in used
        },
    )


def _places(old: Inspection, today: Sequence[Checklist]) -> Mapping[ItemKey, ItemKey]:
    """Where today's checklists keep the answers to the old record's questions; gone ones are left out."""
    places: dict[ItemKey, ItemKey] = {}
    was = {ref.id: homes_in(ref) for ref in old.checklists}
    for checklist, homes in zip(today, homes_of(today), strict=True):
        for item in checklist.items:
            own = item_key(checklist, item)
            key = was.get(checklist.id, NO_HOMES).get(item.id, own)
            places.setdefault(key, homes.get(item.id, own))
    return places


def _renewed(finding: Finding, item: ItemKey, at_ms: int) -> Finding:
    return replace(finding, id=uuid7(at_ms=at_ms, random=secrets.token_bytes(10)), item=item)


def _photos_of(answers: Mapping[ItemKey, Answer], findings: Mapping[ItemKey, Finding]) -> frozenset[PhotoId]:
    used = {id for answer in answers.values() for id in answer.photos}
    for finding in findings.values():
        used.update(finding.photos, finding.corrected.photos if finding.corrected else ())
    return frozenset(used)


def _keep_pictures(box: PhotoBox, pictures: Mapping[PhotoId, bytes], taken: Inspection) -> None:
    for id in taken.photos:
        box.put(pictures[id])
