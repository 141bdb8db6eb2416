"""What an inspection refuses, takes back and takes away."""

from __future__ import annotations

import pytest

from inspector.domain.answer import Verdict
from inspector.domain.finding import MajorDecision
from inspector.domain.inspection import Inspector, NoPosition, Refusal, Role
from inspector.errors import IllegalMoveError, InspectionSealedError
from inspector.work import conduct
from tests import make
from tests.make import ADA, DAY_MS, EXIT, EXTRA, MAJOR, WIDTH, key


def failed(item=EXIT):
    return conduct.judge(
        make.inspection(),
        key(item),
        Verdict.FAIL,
        reference=make.reference(),
        finding_id="f1",
        by=ADA.id,
        at_ms=DAY_MS,
    )


MOVES = {
    "answer": lambda i: i.answered(make.answer(EXIT)),
    "unanswer": lambda i: i.unanswered(key(EXIT)),
    "find": lambda i: i.found(i.findings[key(EXIT)]),
    "photograph": lambda i: i.photographed(make.photo()),
    "drop a photo": lambda i: i.without_photo(make.photo().id),
    "locate": lambda i: i.located(NoPosition(reason="无")),
    "place": lambda i: i.at_place("一层"),
    "enterprise": lambda i: i.visiting(i.enterprise),
    "inspectors": lambda i: i.joined_by((ADA,)),
    "clock": lambda i: i.clock_moved(None),
    "sign": lambda i: i.signed(make.handwriting("0" * 64)),
    "refuse": lambda i: i.refused(Refusal(reason="不同意", at_ms=DAY_MS)),
    "seal again": lambda i: i.sealed(DAY_MS),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_a_sealed_inspection_refuses_every_move(move):
    sealed = failed().sealed(DAY_MS)
    with pytest.raises(InspectionSealedError):
        move(sealed)


def test_a_failure_gets_a_finding_with_what_the_checklist_offers():
    finding = failed().findings[key(EXIT)]
    assert (finding.facts, finding.requirement) == ("安全出口上锁", "立即打开安全出口")
    assert [basis.text for basis in finding.basis] == ["《中华人民共和国消防法》第二十八条"]
    assert finding.deadline.short == "11月25日前"


def test_changing_the_verdict_takes_the_finding_away_and_undo_brings_it_back():
    before = failed()
    undo = conduct.undo_of(before, [key(EXIT)])
    after = before.answered(make.answer(EXIT))
    assert key(EXIT) not in after.findings
    assert conduct.put_back(after, undo).findings == before.findings


def test_a_finding_needs_a_failed_item():
    with pytest.raises(IllegalMoveError):
        make.inspection().found(failed().findings[key(EXIT)])


@pytest.mark.parametrize(
    "move", [name for name in MOVES if name not in ("clock", "sign", "refuse", "seal again")]
)
def test_any_change_of_the_content_takes_the_signatures_away(move):
    signed = failed().signed(make.handwriting("0" * 64))
    assert MOVES[move](signed).witnesses == () or MOVES[move](signed) is signed


def test_the_rest_of_a_section_passes_without_touching_what_was_judged():
    before = failed()
    after, undo = conduct.pass_the_rest(
        before,
        ("fire-sample", make.checklist().sections[1].id),
        reference=make.reference(),
        by=ADA.id,
        at_ms=DAY_MS,
    )
    assert {k for k, a in after.answers.items() if a.verdict is Verdict.PASS} == {key(EXTRA), key(MAJOR)}
    assert after.findings == before.findings
    assert conduct.put_back(after, undo).answers == before.answers


def test_passing_the_rest_never_measures():
    after, _ = conduct.pass_the_rest(
        make.inspection(),
        ("fire-sample", make.checklist().sections[0].id),
        reference=make.reference(),
        by=ADA.id,
        at_ms=DAY_MS,
    )
    assert key(WIDTH) not in after.answers


def test_a_measure_below_its_limit_fails_by_itself():
    after = conduct.enter_value(
        make.inspection(),
        key(WIDTH),
        "0.75",
        reference=make.reference(),
        finding_id="f",
        by=ADA.id,
        at_ms=DAY_MS,
    )
    assert after.answers[key(WIDTH)].verdict is Verdict.FAIL
    assert after.findings[key(WIDTH)].facts == "疏散门净宽 0.75 米"


def test_a_decision_about_a_major_hazard_needs_a_reason_and_a_named_criterion():
    with pytest.raises(IllegalMoveError):
        MajorDecision(criterion="样例判定标准", upheld=True, reason=" ", by=ADA.id, at_ms=DAY_MS)
    decision = MajorDecision(criterion="别的标准", upheld=True, reason="理由", by=ADA.id, at_ms=DAY_MS)
    with pytest.raises(IllegalMoveError):
        failed(MAJOR).findings[key(MAJOR)].decided(decision)


def test_nobody_is_named_twice_and_somebody_remains():
    for nobody in ((), (ADA, ADA)):
        with pytest.raises(IllegalMoveError):
            make.inspection().joined_by(nobody)


def test_only_an_inspector_of_the_inspection_signs_as_one():
    with pytest.raises(IllegalMoveError):
        make.inspection().signed(make.handwriting("0" * 64, Role.INSPECTOR, inspector="stranger"))
    stranger = Inspector(id="x", name="别人")
    assert stranger not in make.inspection().inspectors


def test_who_refused_cannot_sign_until_the_refusal_is_taken_back():
    refused = make.inspection().refused(Refusal(reason="不同意", at_ms=DAY_MS))
    with pytest.raises(IllegalMoveError):
        refused.signed(make.handwriting("0" * 64))
    assert refused.refused(None).signed(make.handwriting("0" * 64)).witnesses


def test_a_dropped_photo_leaves_the_list_only_when_nothing_names_it():
    pictured = failed().photographed(make.photo())
    named = pictured.answered(make.answer(EXIT, Verdict.FAIL, photos=(make.photo().id,)))
    assert make.photo().id in named.without_photo(make.photo().id).photos
    assert make.photo().id not in pictured.without_photo(make.photo().id).photos
