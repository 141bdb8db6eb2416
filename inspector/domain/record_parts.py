"""Between the values of an inspection and plain JSON, part by part; the whole is in `records`.

`from_…` is strict: unknown, missing and wrongly typed fields raise `RecordMalformedError`.
`from_…(to_…(value)) == value` for every value.
"""

from __future__ import annotations

from datetime import date

from inspector.domain.answer import Answer, ItemKey, PhotoId, Verdict
from inspector.domain.checklist import Domain, Severity
from inspector.domain.enterprise import Enterprise
from inspector.domain.fields import Fields
from inspector.domain.finding import Correction, CriterionInView, Finding, MajorDecision
from inspector.domain.inspection import (
    Amends,
    ChecklistRef,
    ClockJump,
    Handwriting,
    Inspector,
    NoPosition,
    Photo,
    PhotoSource,
    Position,
    Refusal,
    Role,
    Stroke,
)
from inspector.domain.kinds import EnterpriseKind
from inspector.domain.law import LawId, PrintedBasis
from inspector.domain.working_days import DayKind, Deadline
from inspector.errors import RecordMalformedError

Json = dict[str, object]


def from_enterprise(value: Enterprise) -> Json:
    """One enterprise as JSON; without `kinds` where nobody said them, as earlier programs wrote it."""
    return {
        **({"kinds": [kind.value for kind in value.kinds]} if value.kinds else {}),
        "id": value.id,
        "name": value.name,
        "credit_code": value.credit_code,
        "address": value.address,
        "person": value.person,
        "position": value.position,
        "phone": value.phone,
        "domain": value.domain.value if value.domain else None,
        "from_office": value.from_office,
    }


def to_enterprise(json: object) -> Enterprise:
    """The enterprise that `from_enterprise` wrote."""
    with Fields(json, "enterprise") as field:
        return Enterprise(
            id=field.text("id"),
            name=field.text("name"),
            credit_code=field.text("credit_code"),
            address=field.text("address"),
            person=field.text("person"),
            position=field.text("position"),
            phone=field.text("phone"),
            domain=field.one_of("domain", Domain) if field.raw("domain") is not None else None,
            kinds=field.later_words("kinds", EnterpriseKind),
            from_office=field.boolean("from_office"),
        )


def from_checklist_ref(value: ChecklistRef) -> Json:
    """Which checklist, as JSON; without `shared` where it shares no question with an earlier one."""
    shared: Json = {"shared": list(value.shared)} if value.shared else {}
    return {"id": value.id, "version": value.version, "title": value.title, "sha256": value.sha256, **shared}


def to_checklist_ref(json: object) -> ChecklistRef:
    """The reference that `from_checklist_ref` wrote."""
    with Fields(json, "checklist") as field:
        return ChecklistRef(
            id=field.text("id"),
            version=field.text("version"),
            title=field.text("title"),
            sha256=field.text("sha256"),
            shared=tuple(ItemKey(key) for key in field.later_texts("shared")),
        )


def from_inspector(value: Inspector) -> Json:
    """One inspector as JSON."""
    return {"id": value.id, "name": value.name, "number": value.number, "key": value.key_id}


def to_inspector(json: object) -> Inspector:
    """The inspector that `from_inspector` wrote."""
    with Fields(json, "inspector") as field:
        return Inspector(
            id=field.text("id"),
            name=field.text("name"),
            number=field.text("number"),
            key_id=field.optional_text("key"),
        )


def from_answer(value: Answer) -> Json:
    """One answer as JSON."""
    return {
        "item": value.item,
        "verdict": value.verdict.value if value.verdict else None,
        "value": value.value,
        "note": value.note,
        "photos": list(value.photos),
        "at_ms": value.at_ms,
        "by": value.by,
    }


def to_answer(json: object) -> Answer:
    """The answer that `from_answer` wrote."""
    with Fields(json, "answer") as field:
        return Answer(
            item=ItemKey(field.text("item")),
            verdict=field.one_of("verdict", Verdict) if field.raw("verdict") is not None else None,
            value=field.optional_text("value"),
            note=field.text("note"),
            photos=_photo_ids(field, "photos"),
            at_ms=field.integer("at_ms"),
            by=field.text("by"),
        )


def from_finding(value: Finding) -> Json:
    """One finding as JSON."""
    corrected, decision, deadline = value.corrected, value.decision, value.deadline
    return {
        "id": value.id,
        "item": value.item,
        "section": value.section,
        "ask": value.ask,
        "facts": value.facts,
        "photos": list(value.photos),
        "severity": value.severity.value,
        "criteria": [{"name": c.name, "text": c.text, "applies_to": c.applies_to} for c in value.criteria],
        "basis": [{"law": b.law, "name": b.name, "article": b.article} for b in value.basis],
        "requirement": value.requirement,
        "deadline": from_deadline(deadline) if deadline else None,
        "corrected": {"at_ms": corrected.at_ms, "photos": list(corrected.photos)} if corrected else None,
        "decision": _from_decision(decision) if decision else None,
        "at_ms": value.at_ms,
        "by": value.by,
    }


def to_finding(json: object) -> Finding:
    """The finding that `from_finding` wrote."""
    with Fields(json, "finding") as field:
        return Finding(
            id=field.text("id"),
            item=ItemKey(field.text("item")),
            section=field.text("section"),
            ask=field.text("ask"),
            facts=field.text("facts"),
            photos=_photo_ids(field, "photos"),
            severity=field.one_of("severity", Severity),
            criteria=field.listing("criteria", _to_criterion),
            basis=field.listing("basis", _to_basis),
            requirement=field.text("requirement"),
            deadline=field.optional("deadline", to_deadline),
            corrected=field.optional("corrected", _to_correction),
            decision=field.optional("decision", _to_decision),
            at_ms=field.integer("at_ms"),
            by=field.text("by"),
        )


def from_deadline(value: Deadline) -> Json:
    """One deadline as JSON."""
    return {
        "date": value.date.isoformat(),
        "days": value.days,
        "kind": value.kind.value,
        "provisional": value.provisional,
    }


def to_deadline(json: object) -> Deadline:
    """The deadline that `from_deadline` wrote."""
    with Fields(json, "deadline") as field:
        return Deadline(
            date=to_day(field.text("date")),
            days=field.integer("days"),
            kind=field.one_of("kind", DayKind),
            provisional=field.boolean("provisional"),
        )


def from_photo(value: Photo) -> Json:
    """One picture's particulars as JSON."""
    return {
        "sha256": value.id,
        "type": "image/jpeg",
        "original_sha256": value.original_sha256,
        "size": value.size,
        "width": value.width,
        "height": value.height,
        "source": value.source.value,
        "item": value.item,
        "caption": value.caption,
        "at_ms": value.at_ms,
    }


def read_photo(field: Fields) -> Photo:
    """The picture's particulars among the fields of a larger object."""
    if field.text("type") != "image/jpeg":
        raise RecordMalformedError(reason="照片应为 image/jpeg")
    return Photo(
        id=PhotoId(field.text("sha256")),
        original_sha256=field.text("original_sha256"),
        size=field.integer("size"),
        width=field.integer("width"),
        height=field.integer("height"),
        source=field.one_of("source", PhotoSource),
        item=ItemKey(field.text("item")),
        caption=field.text("caption"),
        at_ms=field.integer("at_ms"),
    )


def to_photo(json: object) -> Photo:
    """The particulars that `from_photo` wrote."""
    with Fields(json, "photo") as field:
        return read_photo(field)


def from_position(value: Position | NoPosition | None) -> Json | None:
    """Where, or why not known, as JSON."""
    match value:
        case None:
            return None
        case NoPosition():
            return {"none": value.reason}
        case Position():
            return {
                "latitude": value.latitude,
                "longitude": value.longitude,
                "accuracy_m": value.accuracy_m,
                "system": "WGS-84",
                "at_ms": value.at_ms,
            }


def to_position(json: object) -> Position | NoPosition:
    """What `from_position` wrote."""
    with Fields(json, "position") as field:
        if isinstance(json, dict) and "none" in json:
            return NoPosition(reason=field.text("none"))
        if field.text("system") != "WGS-84":
            raise RecordMalformedError(reason="坐标系应为 WGS-84")
        return Position(
            latitude=field.text("latitude"),
            longitude=field.text("longitude"),
            accuracy_m=field.text("accuracy_m"),
            at_ms=field.integer("at_ms"),
        )


def from_handwriting(value: Handwriting) -> Json:
    """One signature by hand as JSON."""
    return {
        "role": value.role.value,
        "inspector": value.inspector,
        "name": value.name,
        "position": value.position,
        "strokes": [[list(point) for point in stroke] for stroke in value.strokes],
        "width": value.width,
        "height": value.height,
        "shown": value.shown,
        "at_ms": value.at_ms,
    }


def to_handwriting(json: object) -> Handwriting:
    """The signature that `from_handwriting` wrote."""
    with Fields(json, "signature") as field:
        return Handwriting(
            role=field.one_of("role", Role),
            inspector=field.optional_text("inspector"),
            name=field.text("name"),
            position=field.text("position"),
            strokes=field.listing("strokes", _to_stroke),
            width=field.integer("width"),
            height=field.integer("height"),
            shown=field.text("shown"),
            at_ms=field.integer("at_ms"),
        )


def from_jump(value: ClockJump) -> Json:
    """One move of the clock as JSON."""
    return {"at_ms": value.at_ms, "by_ms": value.by_ms}


def to_jump(json: object) -> ClockJump:
    """The move that `from_jump` wrote."""
    with Fields(json, "clock jump") as field:
        return ClockJump(at_ms=field.integer("at_ms"), by_ms=field.integer("by_ms"))


def from_refusal(value: Refusal) -> Json:
    """A refusal to sign as JSON."""
    return {"reason": value.reason, "witness": value.witness, "at_ms": value.at_ms}


def to_refusal(json: object) -> Refusal:
    """The refusal that `from_refusal` wrote."""
    with Fields(json, "refusal") as field:
        return Refusal(
            reason=field.text("reason"), witness=field.text("witness"), at_ms=field.integer("at_ms")
        )


def from_amends(value: Amends) -> Json:
    """Which record is corrected, as JSON."""
    return {"record": value.record, "sha256": value.sha256}


def to_amends(json: object) -> Amends:
    """What `from_amends` wrote."""
    with Fields(json, "amends") as field:
        return Amends(record=field.text("record"), sha256=field.text("sha256"))


def to_day(text: str) -> date:
    """A day written `YYYY-MM-DD`, in no other spelling."""
    try:
        day = date.fromisoformat(text)
    except ValueError as problem:
        raise RecordMalformedError(reason="日期应写作 2026-01-31") from problem
    if day.isoformat() != text:
        raise RecordMalformedError(reason="日期应写作 2026-01-31")
    return day


def _photo_ids(field: Fields, name: str) -> tuple[PhotoId, ...]:
    return tuple(PhotoId(text) for text in field.texts(name))


def _to_criterion(json: object) -> CriterionInView:
    with Fields(json, "criterion") as field:
        return CriterionInView(
            name=field.text("name"), text=field.text("text"), applies_to=field.text("applies_to")
        )


def _to_basis(json: object) -> PrintedBasis:
    with Fields(json, "basis") as field:
        return PrintedBasis(
            law=LawId(field.text("law")), name=field.text("name"), article=field.optional_text("article")
        )


def _to_correction(json: object) -> Correction:
    with Fields(json, "correction") as field:
        return Correction(at_ms=field.integer("at_ms"), photos=_photo_ids(field, "photos"))


def _from_decision(value: MajorDecision) -> Json:
    return {
        "criterion": value.criterion,
        "upheld": value.upheld,
        "reason": value.reason,
        "by": value.by,
        "at_ms": value.at_ms,
    }


def _to_decision(json: object) -> MajorDecision:
    with Fields(json, "decision") as field:
        return MajorDecision(
            criterion=field.text("criterion"),
            upheld=field.boolean("upheld"),
            reason=field.text("reason"),
            by=field.text("by"),
            at_ms=field.integer("at_ms"),
        )


def _to_stroke(json: object) -> Stroke:
    if not isinstance(json, list):
        raise RecordMalformedError(reason="笔迹应为坐标列表")
    return tuple(_to_point(point) for point in json)


def _to_point(json: object) -> tuple[int, int]:
    match json:
        case [int(x), int(y)]:
            return x, y
    raise RecordMalformedError(reason="笔迹的点应为两个整数")
