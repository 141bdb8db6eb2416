"""Records: what is written is read back, and nothing else is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain import records
from inspector.domain.answer import Answer, ItemKey, PhotoId, Verdict
from inspector.domain.checklist import Severity
from inspector.domain.finding import Correction, CriterionInView, Finding, MajorDecision
from inspector.domain.inspection import (
    Amends,
    ClockEvidence,
    ClockJump,
    Inspector,
    Position,
    Refusal,
    Role,
)
from inspector.domain.kinds import EnterpriseKind
from inspector.domain.law import LawId, PrintedBasis
from inspector.domain.records import Attachment, Record, SignedHow, Standing
from inspector.domain.working_days import DayKind, Deadline
from inspector.errors import RecordMalformedError, RecordTooNewError
from tests import make
from tests.make import ADA, BEN, DAY_MS, EXIT, key

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
TIMES = st.integers(0, 2**47)
HASHES = st.text("0123456789abcdef", min_size=64, max_size=64)


@st.composite
def findings(draw, item):
    corrected = draw(st.none() | st.builds(Correction, at_ms=TIMES))
    return Finding(
        id=draw(TEXT),
        item=item,
        section=draw(TEXT),
        ask=draw(TEXT),
        facts=draw(TEXT),
        severity=draw(st.sampled_from(Severity)),
        criteria=tuple(
            draw(st.lists(st.builds(CriterionInView, name=TEXT, text=TEXT, applies_to=TEXT), max_size=2))
        ),
        basis=tuple(
            draw(
                st.lists(
                    st.builds(PrintedBasis, law=TEXT.map(LawId), name=TEXT, article=st.none() | TEXT),
                    max_size=2,
                )
            )
        ),
        requirement=draw(TEXT),
        deadline=draw(
            st.none()
            | st.builds(
                Deadline,
                date=st.dates(date(2020, 1, 1), date(2100, 1, 1)),
                days=st.integers(1, 1000),
                kind=st.sampled_from(DayKind),
                provisional=st.booleans(),
            )
        ),
        corrected=corrected,
        decision=draw(
            st.none()
            | st.builds(
                MajorDecision,
                criterion=TEXT,
                upheld=st.booleans(),
                reason=TEXT.filter(lambda text: text.strip()),
                by=TEXT,
                at_ms=TIMES,
            )
        ),
        at_ms=draw(TIMES),
        by=draw(TEXT),
    )


@st.composite
def sealed_records(draw):
    keys = [
        ItemKey(f"list/{name}")
        for name in draw(st.lists(st.text("abc-", min_size=1, max_size=5), unique=True, max_size=4))
    ]
    inspection = make.inspection(
        amends=draw(st.none() | st.builds(Amends, record=TEXT, sha256=HASHES)),
        enterprise=make.enterprise(kinds=tuple(draw(st.lists(st.sampled_from(EnterpriseKind), max_size=3)))),
    )
    [ref] = inspection.checklists
    shared = tuple(draw(st.lists(TEXT.map(ItemKey), max_size=2)))
    inspection = inspection.asking((ref, replace(ref, id="later", shared=shared)))
    for item in keys:
        verdict = draw(st.sampled_from(Verdict))
        note, value = draw(TEXT), draw(st.none() | TEXT)
        inspection = inspection.answered(
            Answer(item=item, verdict=verdict, value=value, note=note, at_ms=draw(TIMES), by=ADA.id)
        )
        if verdict is Verdict.FAIL:
            inspection = inspection.found(draw(findings(item)))
    photo = make.photo(draw(HASHES))
    inspection = inspection.photographed(photo).located(
        Position(latitude="27.238900", longitude="111.467000", accuracy_m="12.5", at_ms=draw(TIMES))
    )
    inspection = inspection.signed(make.handwriting(draw(HASHES), Role.RESPONSIBLE, name=draw(TEXT)))
    if draw(st.booleans()):
        inspection = inspection.refused(Refusal(reason="拒签", witness=draw(TEXT), at_ms=DAY_MS))
    jumps = tuple(
        draw(st.lists(st.builds(ClockJump, at_ms=TIMES, by_ms=st.integers(-(2**40), 2**40)), max_size=2))
    )
    for jump in jumps:
        inspection = inspection.clock_moved(jump)
    details = {"salt": "AAAAAAAAAAAAAAAAAAAAAA==", "name": ADA.name, "number": ADA.number, "role": ""}
    return Record(
        tenant="sample",
        app="0.1.0",
        inspection=inspection.sealed(draw(TIMES)),
        standings=(
            Standing(inspector=ADA, signed=SignedHow.KEY, details=details),
            Standing(inspector=BEN, signed=SignedHow.HANDWRITTEN),
        ),
        clock=ClockEvidence(wall_ms=draw(TIMES), office_ms=draw(st.none() | TIMES), jumps=jumps),
        attachments=(Attachment(photo=photo, sealed=draw(HASHES), sealed_size=draw(st.integers(0, 2**40))),),
        recipients=("age1sample",),
    )


def record() -> Record:
    done = make.passed().sealed(DAY_MS)
    standings = tuple(Standing(inspector=one, signed=SignedHow.HANDWRITTEN) for one in done.inspectors)
    return Record(
        tenant="sample",
        app="0.1.0",
        inspection=done,
        standings=standings,
        clock=ClockEvidence(wall_ms=DAY_MS),
    )


@given(sealed_records())
def test_a_record_is_read_back_as_it_was_written(record):
    wire = json.loads(json.dumps(records.to_payload(record)))
    assert records.from_payload(wire) == record


def _paths(value, path=()):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*path, name)
            yield from _paths(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, (*path, index))


def _at(value, path):
    for step in path:
        value = value[step]
    return value


FULL = json.loads(
    json.dumps(
        records.to_payload(
            Record(
                tenant="sample",
                app="0.1.0",
                inspection=make.passed()
                .answered(make.answer(EXIT, Verdict.FAIL))
                .found(
                    Finding(
                        id="f",
                        item=key(EXIT),
                        section="疏散",
                        ask="安全出口没有上锁",
                        basis=(PrintedBasis(law=LawId("fire-law"), name="《消防法》", article=None),),
                        corrected=Correction(at_ms=1, photos=(PhotoId("a" * 64),)),
                        at_ms=1,
                        by=ADA.id,
                    )
                )
                .photographed(make.photo())
                .signed(make.handwriting("0" * 64))
                .sealed(DAY_MS),
                standings=(
                    Standing(inspector=ADA, signed=SignedHow.HANDWRITTEN),
                    Standing(inspector=BEN, signed=SignedHow.HANDWRITTEN),
                ),
                clock=ClockEvidence(wall_ms=1, jumps=(ClockJump(at_ms=1, by_ms=2),)),
                attachments=(Attachment(photo=make.photo(), sealed="d" * 64, sealed_size=9),),
            )
        )
    )
)


@pytest.mark.parametrize("path", list(_paths(FULL)), ids=lambda path: ".".join(map(str, path)))
def test_a_missing_a_surplus_and_a_mistyped_field_are_refused(path):
    for spoil in ("missing", "surplus", "mistyped"):
        wire = json.loads(json.dumps(FULL))
        holder, name = _at(wire, path[:-1]), path[-1]
        if spoil == "missing":
            del holder[name]
        elif spoil == "surplus":
            holder[f"{name}_"] = 1
        else:
            holder[name] = {"unexpected": []} if not isinstance(holder[name], dict) else 7
        with pytest.raises((RecordMalformedError, RecordTooNewError)):
            records.from_payload(wire)


def test_a_record_of_a_later_format_says_so():
    with pytest.raises(RecordTooNewError):
        records.from_payload({**FULL, "v": 2})


def test_a_draft_is_no_record():
    with pytest.raises(RecordMalformedError):
        records.to_payload(Record(**{**_values(record()), "inspection": make.inspection()}))


def _values(value):
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def test_standings_must_name_exactly_the_inspectors():
    wire = records.to_payload(record())
    for standings in ([], wire["standings"][:1], list(reversed(wire["standings"])), wire["standings"] * 2):
        with pytest.raises(RecordMalformedError):
            records.from_payload({**wire, "standings": standings})
    strange = [{**wire["standings"][0], "inspector": "stranger"}, wire["standings"][1]]
    with pytest.raises(RecordMalformedError):
        records.from_payload({**wire, "standings": strange})


def test_an_inspector_in_the_statement_is_what_was_signed():
    other = make.inspection(inspectors=[Inspector(id="x", name="别人")])
    assert records.statement(other, tenant="t") != records.statement(make.inspection(), tenant="t")


def test_what_earlier_programs_did_not_write_is_read_as_absent_and_written_back_as_it_was():
    wire = records.to_payload(record())
    assert "kinds" not in wire["enterprise"]
    assert ["shared" in ref for ref in wire["checklists"]] == [False]
    again = records.from_payload(wire)
    assert (again.inspection.enterprise.kinds, again.inspection.checklists[0].shared) == ((), ())
    assert records.to_payload(again) == wire


@pytest.mark.parametrize("kinds", [["no-such-place"], "gas-restaurant", [1], [None]])
def test_a_kind_of_place_that_nobody_knows_is_refused(kinds):
    wire = records.to_payload(record())
    with pytest.raises(RecordMalformedError):
        records.from_payload({**wire, "enterprise": {**wire["enterprise"], "kinds": kinds}})
