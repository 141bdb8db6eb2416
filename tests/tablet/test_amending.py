"""What a correction takes over when its checklists share their questions in another way than the old ones."""

from dataclasses import replace

import pytest

from inspector.domain.answer import ItemKey, Verdict
from inspector.domain.finding import Finding
from inspector.domain.rules import failed_items, open_items
from inspector.tablet.amending import taken_over
from tests import make
from tests.domain.lists import AT_MS, a_checklist, an_item, answer

PLAIN, OTHER = an_item("plain"), an_item("other")
FIRST, SECOND = a_checklist(PLAIN, id="a"), a_checklist(PLAIN, OTHER, id="b")
APART = a_checklist(replace(PLAIN, ask="另一种问法"), OTHER, id="b")


def walked(*checklists, **verdicts):
    """An inspection with these checklists, answered; a failure has its finding and its picture."""
    inspection = make.inspection(checklists=list(checklists))
    for place, (name, verdict) in enumerate(verdicts.items()):
        key = ItemKey(name.replace("_", "/"))
        photo = make.photo(f"{place:x}" * 64)
        given = answer(key, verdict, photos=(photo.id,) if verdict is Verdict.FAIL else ())
        inspection = inspection.answered(given)
        if verdict is Verdict.FAIL:
            inspection = inspection.photographed(replace(photo, item=key))
            found = Finding(
                id="f",
                item=key,
                section="一",
                ask="样例项",
                facts=f"{key} 坏",
                photos=(photo.id,),
                at_ms=AT_MS,
                by="x",
            )
            inspection = inspection.found(found)
    return inspection


def taken(old, *today, noted=()):
    begun = make.inspection(checklists=list(today))
    return taken_over(old, begun, today, {ItemKey(key) for key in noted}, at_ms=AT_MS)


def test_a_shared_answer_stays_where_its_first_checklist_is_gone():
    old = walked(FIRST, SECOND, a_plain=Verdict.FAIL, b_other=Verdict.PASS)
    new = taken(old, SECOND)
    assert set(new.answers) == {"b/plain", "b/other"}
    assert new.findings["b/plain"].facts == "a/plain 坏"
    assert {photo.item for photo in new.photos.values()} == {"b/plain"}
    assert [key for key, _ in failed_items([SECOND], new.answers)] == ["b/plain"]
    assert open_items([SECOND], new.answers) == ()


@pytest.mark.parametrize(
    ("first", "second", "stays"),
    [
        (Verdict.PASS, Verdict.FAIL, Verdict.FAIL),
        (Verdict.FAIL, Verdict.PASS, Verdict.FAIL),
        (Verdict.PASS, Verdict.PASS, Verdict.PASS),
    ],
)
def test_of_two_answers_that_meet_in_one_question_a_failure_stays(first, second, stays):
    new = taken(walked(FIRST, APART, a_plain=first, b_plain=second), FIRST, SECOND)
    assert {key: one.verdict for key, one in new.answers.items()} == {"a/plain": stays}
    assert set(new.findings) == ({"a/plain"} if stays is Verdict.FAIL else set())


def test_what_the_supervisor_wrote_about_is_looked_at_again_wherever_it_stands_now():
    old = walked(FIRST, APART, a_plain=Verdict.PASS, b_plain=Verdict.PASS, b_other=Verdict.PASS)
    assert set(taken(old, FIRST, SECOND, noted=["b/plain"]).answers) == {"b/other"}
    failed = walked(FIRST, SECOND, a_plain=Verdict.FAIL)
    assert set(taken(failed, FIRST, SECOND, noted=["a/plain"]).answers) == {"a/plain"}


def test_a_question_that_became_two_is_asked_again_where_it_is_new():
    new = taken(walked(FIRST, SECOND, a_plain=Verdict.PASS), FIRST, APART)
    assert set(new.answers) == {"a/plain"}
    assert [one.key for one in open_items([FIRST, APART], new.answers)] == ["b/plain", "b/other"]
