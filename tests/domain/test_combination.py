"""One id, one question: of several checklists nothing is asked twice, and nothing is lost."""

from collections import Counter
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.answer import Verdict
from inspector.domain.checklist import ChecklistId, ItemId, Section, SectionId, item_key
from inspector.domain.combination import homes_in, homes_of, items_in, refs_of
from inspector.domain.rules import (
    asked_sections,
    failed_items,
    lacks,
    open_items,
    progress,
    sections_of,
    shown_items,
    verdict_of,
)
from inspector.errors import IllegalMoveError
from inspector.work.conduct import Reference, ask_also, ask_no_more, begin, judge, pass_the_rest
from tests import make
from tests.domain.lists import AT_MS, a_checklist, a_fact, an_item, answer, answers_to, checklists, when
from tests.shipped import CATALOGUE

SHIPPED = CATALOGUE.checklists
FACT, BEHIND, PLAIN = a_fact("fact"), an_item("behind", shows=when("fact", "yes")), an_item("plain")


def question_of(checklist, item):
    """What is asked, all the way down: the item, and what its condition looks at, without any key."""
    looked = [checklist.item(id) for id in items_in(item.shows)] if item.shows else []
    return item.id, repr(item), tuple(question_of(checklist, one) for one in looked)


def questions_of(chosen):
    return {question_of(one, item) for one in chosen for item in one.items}


def homes_by_item(chosen):
    """By checklist and item: the key under which the answer stands."""
    pairs = zip(chosen, homes_of(chosen), strict=True)
    return {
        (one.id, item.id): homes.get(item.id, item_key(one, item))
        for one, homes in pairs
        for item in one.items
    }


def as_if_alone(checklist, chosen, answers):
    """The answers that a checklist would have if it had been walked alone and answered the same."""
    homes = homes_by_item(chosen)
    own = {}
    for item in checklist.items:
        home = homes[checklist.id, item.id]
        if home in answers:
            own[item_key(checklist, item)] = replace(answers[home], item=item_key(checklist, item))
    return own


@st.composite
def overlapping(draw, least=2):
    """Checklists that take parts of one pool, now and then with a word changed, so that ids clash."""
    pool = draw(checklists(max_items=7)).items
    chosen = []
    for place in range(draw(st.integers(least, 4))):
        wanted = {item.id for item in pool if draw(st.booleans())} or {pool[0].id}
        for item in reversed(pool):
            if item.id in wanted and item.shows is not None:
                wanted.update(items_in(item.shows))
        changed = draw(st.sampled_from([None, None, *sorted(wanted)]))
        items = tuple(
            replace(item, ask=f"样例项 {place}") if item.id == changed else item
            for item in pool
            if item.id in wanted
        )
        chosen.append(a_checklist(*items, id=f"list-{place}"))
    return tuple(chosen)


@st.composite
def answered(draw, chosen, most=10):
    keys = {key: one for one in chosen for key in [item_key(one, item) for item in one.items]}
    homes = sorted(set(homes_by_item(chosen).values()))
    found = [
        draw(answers_to(keys[key], key)) for key in draw(st.lists(st.sampled_from(homes), max_size=most))
    ]
    return {one.item: one for one in found}


@st.composite
def walked(draw):
    chosen = draw(overlapping())
    return chosen, draw(answered(chosen))


# --- Every question exactly once -------------------------------------------------------------------


@given(overlapping())
def test_every_question_of_any_combination_stands_in_one_place_only(chosen):
    homes = homes_by_item(chosen)
    assert len(set(homes.values())) == len(questions_of(chosen))
    places = {}
    for one in chosen:
        for item in one.items:
            place = places.setdefault(question_of(one, item), homes[one.id, item.id])
            assert place == homes[one.id, item.id]
            assert place in {item_key(each, item) for each in chosen}


@given(walked())
def test_what_is_asked_is_asked_once_and_every_question_is_asked_or_hidden(inspection):
    chosen, answers = inspection
    sections = asked_sections(chosen, answers)
    seen = Counter(key for one in sections for key, _ in (*one.items, *one.hidden))
    assert set(seen.values()) == {1}
    assert len(seen) == len(questions_of(chosen))
    asked = {key for one in sections for key, _ in one.items}
    assert {key for one in sections for key, _ in one.elsewhere} <= asked
    assert progress(chosen, answers).whole.total == sum(
        item.required for one in sections for _, item in one.items
    )


@given(walked())
def test_a_later_checklist_sees_the_answer_of_the_first(inspection):
    chosen, answers = inspection
    for checklist, homes in zip(chosen, homes_of(chosen), strict=True):
        alone = shown_items(checklist, as_if_alone(checklist, chosen, answers))
        together = [
            item for one in sections_of(checklist, homes, answers) for _, item in (*one.items, *one.elsewhere)
        ]
        assert {item.id for item in together} == {item.id for item in alone}


@given(overlapping(), st.data())
def test_the_order_of_the_checklists_loses_no_question(chosen, data):
    other = data.draw(st.permutations(chosen))
    assert questions_of(other) == questions_of(chosen)
    assert len(set(homes_by_item(other).values())) == len(set(homes_by_item(chosen).values()))
    assert progress(other, {}).whole == progress(chosen, {}).whole


@given(overlapping())
def test_sealing_needs_exactly_what_is_shown(chosen):
    answers = {}
    while missing := open_items(chosen, answers):
        one = missing[0]
        assert one.key not in answers
        answers[one.key] = answer(one.key, Verdict.PASS, good_value(one.item), photos=("a" * 64,))
        if verdict_of(one.item, answers[one.key]) is Verdict.FAIL:
            answers[one.key] = replace(answers[one.key], note="说明", photos=("a" * 64,) * 2)
    shown = {key for one in asked_sections(chosen, answers) for key, item in one.items if item.required}
    assert shown <= set(answers)
    for checklist in chosen:
        assert open_items([checklist], as_if_alone(checklist, chosen, answers)) == ()
    for key in shown:
        assert open_items(chosen, {other: one for other, one in answers.items() if other != key})


@given(walked())
def test_a_failure_counts_once_wherever_it_is_looked_at(inspection):
    chosen, answers = inspection
    failed = [key for key, _ in failed_items(chosen, answers)]
    assert len(failed) == len(set(failed)) == progress(chosen, answers).whole.failed


def good_value(item):
    words = {"choice": item.choices[0].id if item.choices else "", "measure": "0.8", "date": "2026-11-01"}
    return words.get(item.kind.value, "文字" if item.kind.value == "text" else None)


# --- The same with what ships ----------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SHIPPED), min_size=1, max_size=5, unique_by=lambda one: one.id), st.data())
def test_shipped_checklists_in_any_combination_ask_each_question_once(chosen, data):
    steering = [(one, item) for one in chosen for item in one.items if item.choices]
    homes = homes_by_item(chosen)
    answers = {}
    for one, item in data.draw(st.lists(st.sampled_from(steering), max_size=12)) if steering else ():
        value = data.draw(st.sampled_from(item.choices)).id
        answers[homes[one.id, item.id]] = answer(homes[one.id, item.id], value=value)
    sections = asked_sections(chosen, answers)
    seen = Counter(key for one in sections for key, _ in (*one.items, *one.hidden))
    assert set(seen.values()) == {1}
    # One id is one question in what ships.
    assert len(seen) == len({item.id for one in chosen for item in one.items})
    for checklist, own in zip(chosen, homes_of(chosen), strict=True):
        alone = shown_items(checklist, as_if_alone(checklist, chosen, answers))
        parts = sections_of(checklist, own, answers)
        assert {item.id for item in alone} == {
            item.id for one in parts for _, item in (*one.items, *one.elsewhere)
        }


# --- One case of each, readable --------------------------------------------------------------------


def test_a_condition_of_the_later_checklist_looks_at_the_first_ones_answer():
    first, second = a_checklist(FACT, id="a"), a_checklist(FACT, BEHIND, id="b")
    answers = {"a/fact": answer("a/fact", value="yes")}
    own, later = asked_sections([first, second], answers)
    assert [key for key, _ in own.items] == ["a/fact"]
    assert [key for key, _ in later.elsewhere] == ["a/fact"]
    assert [key for key, _ in later.items] == ["b/behind"]
    assert asked_sections([first, second], {})[1].hidden == (("b/behind", BEHIND),)


def test_the_same_id_with_other_words_is_another_question():
    first = a_checklist(PLAIN, id="a")
    second = a_checklist(replace(PLAIN, ask="另一个问题"), id="b")
    assert [key for one in asked_sections([first, second], {}) for key, _ in one.items] == [
        "a/plain",
        "b/plain",
    ]


def test_the_same_words_behind_another_question_are_another_question():
    first = a_checklist(FACT, BEHIND, id="a")
    second = a_checklist(replace(FACT, ask="另一种情况"), BEHIND, id="b")
    answers = {"a/fact": answer("a/fact", value="no"), "b/fact": answer("b/fact", value="yes")}
    asked = [key for one in asked_sections([first, second], answers) for key, _ in one.items]
    assert asked == ["a/fact", "b/fact", "b/behind"]


def test_an_answer_under_the_later_key_counts_for_nothing_and_cannot_be_given():
    first, second = a_checklist(PLAIN, id="a"), a_checklist(PLAIN, id="b")
    stray = {"b/plain": answer("b/plain", Verdict.FAIL)}
    assert failed_items([first, second], stray) == ()
    reference = replace(make.reference(), checklists=(first, second))
    with pytest.raises(IllegalMoveError):
        reference.item("b/plain")


# --- What an inspection keeps ----------------------------------------------------------------------


@given(overlapping())
def test_the_record_says_where_each_shared_answer_stands(chosen):
    for ref, homes in zip(refs_of(chosen), homes_of(chosen), strict=True):
        assert dict(homes_in(ref)) == dict(homes)
        assert len(set(ref.shared)) == len(ref.shared)


def begun(*chosen):
    return make.inspection(checklists=list(chosen)), reference_of(*chosen)


def reference_of(*chosen):
    return Reference(checklists=tuple(chosen), laws=make.LAWS, calendar=make.reference().calendar)


@given(walked())
def test_one_more_checklist_moves_no_answer(inspection):
    chosen, answers = inspection
    before, after = homes_by_item(chosen[:-1]), homes_by_item(chosen)
    assert all(after[place] == key for place, key in before.items())
    first, reference = begun(*chosen[:-1])
    kept = {key: one for key, one in answers.items() if key in set(before.values())}
    first = replace(first, answers=kept)
    more = ask_also(first, chosen[-1], reference=reference)
    assert more.answers == kept
    assert more.checklists == refs_of(chosen)
    assert set(failed_items(chosen[:-1], kept)) <= set(failed_items(chosen, kept))


@given(walked(), st.data())
def test_a_checklist_goes_only_without_answers_and_takes_none_with_it(inspection, data):
    chosen, answers = inspection
    whole, reference = begun(*chosen)
    whole = replace(whole, answers=answers)
    gone = data.draw(st.sampled_from(chosen))
    rest = [one for one in chosen if one.id != gone.id]
    if any(key.startswith(f"{gone.id}/") for key in answers):
        with pytest.raises(IllegalMoveError, match="已有检查记录"):
            ask_no_more(whole, gone.id, reference=reference)
        return
    less = ask_no_more(whole, gone.id, reference=reference)
    assert less.checklists == refs_of(rest)
    assert set(answers) <= set(homes_by_item(rest).values())
    assert questions_of(rest) == {question for one in rest for question in questions_of([one])}


def test_the_last_checklist_stays_and_none_comes_twice():
    inspection, reference = begun(a_checklist(PLAIN, id="a"))
    with pytest.raises(IllegalMoveError):
        ask_no_more(inspection, ChecklistId("a"), reference=reference)
    with pytest.raises(IllegalMoveError):
        ask_also(inspection, reference.checklists[0], reference=reference)
    with pytest.raises(IllegalMoveError):
        begin(
            id="x",
            device="d",
            enterprise=make.enterprise(),
            checklists=[*reference.checklists] * 2,
            inspectors=[make.ADA],
            at_ms=AT_MS,
        )


def test_another_checklist_takes_the_signatures_away():
    inspection, reference = begun(a_checklist(PLAIN, id="a"))
    signed = replace(inspection, witnesses=(make.handwriting("0" * 64),))
    assert ask_also(signed, a_checklist(FACT, id="b"), reference=reference).witnesses == ()


def test_the_rest_of_a_section_passes_only_what_is_asked_there():
    shared = Section(id=SectionId("shared"), title="共用", items=(PLAIN, an_item("more")))
    first = a_checklist(sections=(Section(id=SectionId("own"), title="一", items=(PLAIN,)),), id="a")
    second = a_checklist(sections=(shared,), id="b")
    inspection, reference = begun(first, second)
    after, _ = pass_the_rest(inspection, ("b", SectionId("shared")), reference=reference, by="x", at_ms=AT_MS)
    assert set(after.answers) == {"b/more"}


def test_a_shared_failure_has_one_finding_named_by_the_first_checklists_section():
    inspection, reference = begun(a_checklist(PLAIN, id="a"), a_checklist(PLAIN, FACT, id="b"))
    after = judge(
        inspection, "a/plain", Verdict.FAIL, reference=reference, finding_id="f", by="x", at_ms=AT_MS
    )
    assert set(after.findings) == {"a/plain"}
    assert [key for key, _ in failed_items(reference.checklists, after.answers)] == ["a/plain"]
    assert lacks(PLAIN, after.answers["a/plain"]) == ()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_three_fire_checklists_ask_the_same_whatever_comes_first(order):
    ids = [ItemId("fire-mall"), ItemId("fire-high-rise"), ItemId("fire-underground")]
    by_id = {str(one.id): one for one in SHIPPED}
    chosen = [by_id[ids[place]] for place in order]
    asked = [item.id for one in asked_sections(chosen, {}) for _, item in (*one.items, *one.hidden)]
    assert len(asked) == len(set(asked)) == len({item.id for one in chosen for item in one.items})
