"""The laws that ship: every label names a place, every end has its successor, no two versions overlap."""

from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from inspector.catalog import read_laws
from inspector.domain.clause import clause_of
from inspector.domain.law import LawStanding, VerificationMark

LAWS = read_laws(Path(__file__).resolve().parents[1] / "checklists" / "laws.toml")
TODAY = date(2026, 11, 24)


def standing(id, day):
    return LAWS.get(id).standing(day)


def test_every_label_names_a_place():
    labels = [(law.id, article.label) for law in LAWS for article in law.articles]
    assert len(labels) > 500
    assert [one for one in labels if clause_of(one[1]) is None] == []


def test_what_was_read_says_where_when_and_what():
    for law in LAWS:
        for article in law.articles:
            if article.mark is VerificationMark.READ:
                assert article.source and article.checked_on and article.gist, (law.id, article.label)
                assert article.checked_on <= TODAY


def test_a_law_that_ended_names_its_successor_or_says_why_there_is_none():
    for law in LAWS:
        end = law.in_force_to or law.cite_until
        if end is None:
            assert law.replaced_by is None, law.id
        elif law.replaced_by is None:
            assert law.note, law.id
        else:
            following = end + timedelta(days=1)
            assert LAWS.get(law.replaced_by).may_be_cited(following), law.id


def test_two_versions_of_one_law_are_never_in_force_on_the_same_day():
    for one, other in combinations(LAWS, 2):
        if one.title == other.title:
            first, second = sorted((one, other), key=lambda law: law.in_force_from)
            assert first.in_force_to is not None, one.title
            assert first.in_force_to < second.in_force_from, one.title


def test_no_two_laws_print_the_same_name_and_number_at_once():
    names = [law.printed_name for law in LAWS if law.may_be_cited(TODAY)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("old", "new", "first"),
    [
        ("hazchem-regulation", "hazchem-law", date(2026, 5, 1)),
        ("courier-regulation-2019", "courier-regulation", date(2025, 6, 1)),
        ("solid-waste-law", "environment-code", date(2026, 8, 15)),
        ("work-safety-penalty-rules-2015", "work-safety-penalty-rules", date(2026, 2, 1)),
        ("public-security-law-2012", "public-security-law", date(2026, 1, 1)),
        ("major-fire-criteria-2017", "major-fire-criteria", date(2025, 11, 1)),
        ("hazchem-major-criteria-2017", "hazchem-major-criteria", date(2026, 9, 30)),
    ],
)
def test_the_new_stands_from_its_first_day_and_the_old_until_the_day_before(old, new, first):
    before = first - timedelta(days=1)
    assert standing(old, before) is LawStanding.IN_FORCE
    assert standing(new, before) is LawStanding.NOT_YET
    assert standing(old, first) in (LawStanding.REPLACED, LawStanding.YIELDED)
    assert standing(new, first) is LawStanding.IN_FORCE
    assert LAWS.get(new).printed_name in LAWS.standing_words(LAWS.get(old), on=first)


@pytest.mark.parametrize(
    ("id", "label", "last"),
    [
        ("building-design-fire-code", "第5.5.18条", date(2023, 5, 31)),
        ("building-design-fire-code", "第5.5.21条第1款", date(2023, 5, 31)),
        ("building-design-fire-code", "第7.1.8条第1款", date(2023, 5, 31)),
        ("interior-fire-code", "第5.1.1条", date(2023, 5, 31)),
        ("extinguisher-code", "第6.1.1条", date(2023, 2, 28)),
        ("building-design-fire-code", "第10.3.5条", None),
        ("building-design-fire-code", "第5.5.16条第2款", None),
        ("evacuation-light-standard", "第4.5.10条", None),
    ],
)
def test_the_clauses_that_ceased_to_bind_in_2023_are_known_one_by_one(id, label, last):
    law = LAWS.get(id)
    assert (law.lapse_of(label, on=TODAY) is None) == (last is None)
    if last is not None:
        assert law.lapse_of(label, on=last) is None
        assert law.lapse_of(label, on=last + timedelta(days=1)) is not None


def test_what_nobody_could_confirm_stands_as_unconfirmed():
    assert standing("entertainment-rules", TODAY) is LawStanding.UNCONFIRMED
