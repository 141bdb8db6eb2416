"""Guarantee 7: unanswered is never passed; and a recorded failure is never hidden."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.answer import Verdict
from inspector.domain.checklist import (
    AllOf,
    AnyOf,
    ConditionTest,
    Criterion,
    DateLimit,
    Evidence,
    ItemKind,
    Limit,
    Scale,
    Severity,
    item_key,
)
from inspector.domain.law import Citation, Law, LawId, LawKind, Laws
from inspector.domain.readings import accepted_value
from inspector.domain.rules import (
    Lack,
    Tally,
    basis_on,
    criteria_on,
    failed_items,
    finding_texts,
    is_answered,
    lacks,
    open_items,
    progress,
    shown_items,
    verdict_of,
)
from inspector.errors import AnswerNotAcceptedError, TextControlError, TextTooLongError
from tests.domain.lists import (
    a_checklist,
    a_fact,
    an_item,
    answer,
    answers_to,
    inspections,
    when,
)

PASS, FAIL, NA = Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE


# --- Guarantee 7: unanswered is never passed, a failure is never hidden ---------------------------


@given(st.data())
def test_an_answer_never_hides_a_recorded_failure_of_another_item(data):
    checklist, answers = data.draw(inspections())
    change = data.draw(answers_to(checklist))
    before = {key for key, _ in failed_items([checklist], answers)}
    after = {key for key, _ in failed_items([checklist], {**answers, change.item: change})}
    assert before - {change.item} <= after


@given(inspections())
def test_every_recorded_failure_is_shown_and_counted(inspection):
    checklist, answers = inspection
    recorded = {
        item.id
        for item in checklist.items
        if verdict_of(item, answers.get(item_key(checklist, item))) is FAIL
    }
    assert recorded <= {item.id for item in shown_items(checklist, answers)}
    assert progress([checklist], answers).whole.failed == len(recorded)


@given(inspections())
def test_only_an_answer_that_can_be_read_counts_as_done(inspection):
    checklist, answers = inspection
    shown = shown_items(checklist, answers)
    answered = [item for item in shown if is_answered(item, answers.get(item_key(checklist, item)))]
    tally = progress([checklist], answers).whole
    assert tally.total == sum(item.required for item in shown)
    assert tally.done == sum(item.required for item in answered)
    assert all(item_key(checklist, item) in answers for item in answered)


@given(inspections())
def test_nothing_is_open_only_when_everything_shown_is_answered_and_evidenced(inspection):
    checklist, answers = inspection
    if not open_items([checklist], answers):
        tally = progress([checklist], answers).whole
        assert tally.done == tally.total
        for key, item in failed_items([checklist], answers):
            assert len(answers[key].photos) >= item.evidence.photos


@given(inspections())
def test_without_answers_everything_required_is_open_and_nothing_passed(inspection):
    checklist, _ = inspection
    tally = progress([checklist], {}).whole
    assert (tally.done, tally.failed, tally.suspected_major) == (0, 0, 0)
    assert all(one.lacks == (Lack.ANSWER,) for one in open_items([checklist], {}))
    assert len(open_items([checklist], {})) == tally.total


@given(st.data())
def test_the_program_never_turns_a_failure_into_a_pass(data):
    checklist, answers = data.draw(inspections())
    for item in checklist.items:
        one = answers.get(item_key(checklist, item))
        if one is not None and one.verdict is FAIL:
            assert verdict_of(item, one) is (FAIL if item.judged else None)
        if verdict_of(item, one) is PASS:
            assert one is not None
            assert one.verdict in (PASS, None)


@given(st.data())
def test_a_hidden_items_old_answer_does_not_count(data):
    checklist, answers = data.draw(inspections())
    shown = {item_key(checklist, item) for item in shown_items(checklist, answers)}
    kept = {key: one for key, one in answers.items() if key in shown}
    assert progress([checklist], kept) == progress([checklist], answers)
    assert open_items([checklist], kept) == open_items([checklist], answers)


@settings(max_examples=30)
@given(inspections("first"), inspections("second", prefix="other"))
def test_checklists_of_one_inspection_add_up_and_do_not_mix(first, second):
    both = progress([first[0], second[0]], {**first[1], **second[1]})
    assert both.whole == progress([first[0]], first[1]).whole + progress([second[0]], second[1]).whole
    assert both.whole == sum((part.tally for part in both.sections), Tally())
    assert [part.checklist for part in both.sections] == [
        checklist.id for checklist, _ in (first, second) for _ in checklist.sections
    ]


# --- Verdicts by kind -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "said", "counts"),
    [
        ("0.79", None, FAIL),
        ("0.79", PASS, FAIL),
        ("0.80", None, PASS),
        ("0.80", FAIL, FAIL),
        ("0.80", NA, NA),
        (None, PASS, None),
        ("1e3", PASS, None),
        (None, FAIL, FAIL),
    ],
)
def test_a_limit_decides_a_measure_and_an_inspector_may_be_stricter(value, said, counts):
    item = an_item(kind=ItemKind.MEASURE)
    assert verdict_of(item, answer("k", said, value)) is counts


@pytest.mark.parametrize(
    ("limit", "failing", "passing"),
    [
        (Limit(below="0.8"), ["0.79", "0"], ["0.8", "0.80", "9"]),
        (Limit(at_or_below="0.8"), ["0.8", "0.80"], ["0.81"]),
        (Limit(above="2"), ["2.01"], ["2", "2.00", "0"]),
        (Limit(at_or_above="2"), ["2", "3"], ["1.99"]),
        (Limit(below="1", above="2"), ["0.9", "2.1"], ["1", "1.5", "2"]),
    ],
)
def test_limits_are_exact_on_their_edge(limit, failing, passing):
    item = an_item(kind=ItemKind.MEASURE, limit=limit)
    assert {verdict_of(item, answer("k", None, value)) for value in failing} == {FAIL}
    assert {verdict_of(item, answer("k", None, value)) for value in passing} == {PASS}


def test_a_measure_without_a_limit_only_records_unless_a_person_judges():
    item = an_item(kind=ItemKind.MEASURE, limit=None)
    assert verdict_of(item, answer("k", None, "5")) is None
    assert is_answered(item, answer("k", None, "5"))
    assert verdict_of(item, answer("k", FAIL, "5")) is FAIL


def test_a_choice_decides_its_verdict_and_a_fact_has_none():
    assert verdict_of(an_item(kind=ItemKind.CHOICE), answer("k", None, "bad")) is FAIL
    assert verdict_of(an_item(kind=ItemKind.CHOICE), answer("k", None, "fine")) is PASS
    assert verdict_of(an_item(kind=ItemKind.CHOICE), answer("k", PASS, "bad")) is FAIL
    assert verdict_of(a_fact(), answer("k", None, "yes")) is None
    assert is_answered(a_fact(), answer("k", None, "yes"))
    assert not is_answered(a_fact(), answer("k", NA, None))
    assert not is_answered(a_fact(), answer("k", None, "perhaps"))


def test_a_date_is_judged_by_the_day_of_the_answer_in_china():
    item = an_item(kind=ItemKind.DATE, date_limit=DateLimit(passed=True))
    just_before_midnight_in_china = 1_795_535_999_000  # 2026-11-24 23:59:59 +08:00
    one = answer("k", None, "2026-11-24", at_ms=just_before_midnight_in_china)
    assert verdict_of(item, one) is PASS
    assert (
        verdict_of(item, answer("k", None, "2026-11-24", at_ms=just_before_midnight_in_china + 1_000)) is FAIL
    )


def test_a_test_a_year_old_passes_and_a_day_more_fails():
    item = an_item(kind=ItemKind.DATE, date_limit=DateLimit(older_than_days=365))
    assert verdict_of(item, answer("k", None, "2025-11-24")) is PASS
    assert verdict_of(item, answer("k", None, "2025-11-23")) is FAIL


@pytest.mark.parametrize(
    "text", ["20261124", "2026-W48-2", "2026-11-24T00:00:00", "2026-02-30", "24.11.2026"]
)
def test_a_date_has_one_spelling(text):
    assert not is_answered(an_item(kind=ItemKind.DATE), answer("k", None, text))


def test_a_pass_needs_what_its_kind_asks_for():
    assert not is_answered(an_item(kind=ItemKind.TEXT), answer("k", PASS, "  "))
    assert not is_answered(an_item(kind=ItemKind.PHOTO), answer("k", PASS))
    assert is_answered(an_item(kind=ItemKind.PHOTO), answer("k", None, photos=("a" * 64,)))
    assert not is_answered(an_item(), answer("k", None, "pass"))
    assert is_answered(an_item(), answer("k", PASS))


def test_not_applicable_counts_only_where_it_is_offered():
    assert verdict_of(an_item(may_not_apply=False), answer("k", NA)) is None
    assert not is_answered(an_item(may_not_apply=False), answer("k", NA))
    assert is_answered(an_item(), answer("k", NA))


# --- Conditions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "fact", "shown"),
    [
        (when("gate", "pass"), PASS, True),
        (when("gate", "pass"), FAIL, False),
        (when("gate", "pass", test=ConditionTest.IS_NOT), FAIL, True),
        (when("gate", "pass", test=ConditionTest.IS_NOT), None, False),
        (when("gate", "fail", "not-applicable", test=ConditionTest.ANY_OF), NA, True),
        (AllOf(parts=(when("gate", "fail"), when("gate", "pass"))), FAIL, False),
        (AnyOf(parts=(when("gate", "fail"), when("gate", "pass"))), FAIL, True),
    ],
)
def test_a_condition_looks_at_the_answer_and_is_not_true_without_one(condition, fact, shown):
    checklist = a_checklist(an_item("gate"), an_item("behind", shows=condition))
    answers = {"sample/gate": answer("sample/gate", fact)} if fact else {}
    assert ("behind" in [item.id for item in shown_items(checklist, answers)]) is shown


@pytest.mark.parametrize(("value", "shown"), [("100", False), ("100.1", True), ("9", False), ("oops", False)])
def test_a_condition_on_a_measure_compares_exactly(value, shown):
    gate = an_item(
        "gate", ItemKind.MEASURE, limit=None, scale=Scale(unit="千克", decimals=1, lowest="0", highest="999")
    )
    checklist = a_checklist(gate, an_item("behind", shows=when("gate", "100", test=ConditionTest.ABOVE)))
    answers = {"sample/gate": answer("sample/gate", None, value)}
    assert ("behind" in [item.id for item in shown_items(checklist, answers)]) is shown


def test_an_item_behind_a_hidden_item_is_hidden_too():
    checklist = a_checklist(
        a_fact("first"),
        a_fact("second", shows=when("first", "yes")),
        an_item("third", shows=when("second", "yes")),
    )
    answers = {
        key: answer(key, None, value) for key, value in (("sample/first", "no"), ("sample/second", "yes"))
    }
    assert [item.id for item in shown_items(checklist, answers)] == ["first"]


def test_a_failure_stays_until_its_own_answer_changes():
    checklist = a_checklist(a_fact("gate"), an_item("behind", shows=when("gate", "yes")))
    answers = {
        "sample/gate": answer("sample/gate", None, "no"),
        "sample/behind": answer("sample/behind", FAIL),
    }
    assert [key for key, _ in failed_items([checklist], answers)] == ["sample/behind"]
    answers["sample/behind"] = answer("sample/behind", NA)
    assert [item.id for item in shown_items(checklist, answers)] == ["gate"]


# --- Evidence, wording, entry -------------------------------------------------------------------------


def test_a_failure_lacks_the_evidence_that_its_item_asks_for():
    item = an_item(kind=ItemKind.MEASURE, evidence=Evidence(photos=2, value=True, note=True))
    assert lacks(item, answer("k", FAIL)) == (Lack.VALUE, Lack.PHOTOS, Lack.NOTE)
    full = answer("k", FAIL, "0.5", photos=("a" * 64, "b" * 64), note="见照片")
    assert lacks(item, full) == ()
    assert lacks(item, answer("k", None, "1")) == ()
    assert lacks(an_item(required=False), None) == ()


def test_suspected_major_failures_are_counted_apart():
    item = an_item(severity=Severity.SUSPECTED_MAJOR)
    tally = progress([a_checklist(item)], {"sample/item": answer("sample/item", FAIL)}).whole
    assert tally == Tally(done=1, total=1, failed=1, suspected_major=1)


def test_the_wording_carries_the_reading_and_leaves_a_blank_without_one():
    item = an_item(kind=ItemKind.MEASURE, findings=("净宽为{value}{unit}。", "宽度不足。"))
    assert finding_texts(item, answer("k", FAIL, "0.65")) == ("净宽为0.65米。", "宽度不足。")
    assert finding_texts(item, answer("k", FAIL)) == ("净宽为＿＿米。", "宽度不足。")
    assert finding_texts(item, None) == ("净宽为＿＿米。", "宽度不足。")


def test_a_choices_own_wording_comes_first():
    choices = (*an_item(kind=ItemKind.CHOICE).choices[:1],)
    bad = an_item(kind=ItemKind.CHOICE).choices[1]
    item = an_item(
        kind=ItemKind.CHOICE,
        choices=(*choices, type(bad)(id="bad", label="坏", fails=True, finding="坏了。")),
    )
    assert finding_texts(item, answer("k", None, "bad")) == ("坏了。", "发现＿＿。")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (ItemKind.MEASURE, "0.85"),
        (ItemKind.MEASURE, "20"),
        (ItemKind.CHOICE, "bad"),
        (ItemKind.DATE, "2026-11-24"),
        (ItemKind.TEXT, "第一行\n第二行，𠅤"),
    ],
)
def test_a_good_value_is_accepted_as_typed(kind, text):
    assert accepted_value(an_item(kind=kind), text) == text


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (ItemKind.MEASURE, "0.855"),
        (ItemKind.MEASURE, "-1"),
        (ItemKind.MEASURE, "20.01"),
        (ItemKind.MEASURE, "1e1"),
        (ItemKind.MEASURE, ""),
        (ItemKind.CHOICE, "worse"),
        (ItemKind.DATE, "2026-02-30"),
        (ItemKind.TEXT, "  "),
        (ItemKind.PASS_FAIL, "pass"),
        (ItemKind.PHOTO, "x"),
    ],
)
def test_a_value_that_cannot_be_true_is_refused_at_entry(kind, text):
    with pytest.raises(AnswerNotAcceptedError):
        accepted_value(an_item(kind=kind), text)


def test_invisible_characters_and_endless_texts_are_refused_at_entry():
    with pytest.raises(TextControlError):
        accepted_value(an_item(kind=ItemKind.TEXT), "一\u202e二")
    with pytest.raises(TextTooLongError):
        accepted_value(an_item(kind=ItemKind.TEXT), "长" * 2001)


def test_basis_and_criteria_are_those_of_the_day():
    old = Law(id=LawId("old"), kind=LawKind.LAW, short="旧", title="旧", in_force_from=date(2020, 1, 1),
              in_force_to=date(2026, 4, 30))  # fmt: skip
    new = Law(id=LawId("new"), kind=LawKind.LAW, short="新", title="新", in_force_from=date(2026, 5, 1))
    item = an_item(
        basis=(Citation(law=new.id), Citation(law=old.id)),
        criteria=(Criterion(name="样例判定标准", law=new.id, applies_to="样例单位"),),
    )
    laws = Laws((old, new))
    assert basis_on(item, laws, on=date(2026, 4, 30)) == (Citation(law=old.id),)
    assert basis_on(item, laws, on=date(2026, 5, 1)) == (Citation(law=new.id),)
    assert criteria_on(item, laws, on=date(2026, 4, 30)) == ()
    assert criteria_on(item, laws, on=date(2026, 5, 1)) == item.criteria
