"""Guarantee 7: no article number is printed that is unverified or was not in force that day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.clause import clause_of
from inspector.domain.law import (
    Article,
    Citation,
    Lapse,
    Law,
    LawId,
    LawKind,
    Laws,
    LawStanding,
    VerificationMark,
)

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
LABELS = ("第一条", "第二条", "第三条第一款")


def a_law(id="a-law", **given):
    defaults = {"kind": LawKind.LAW, "short": "样例法", "title": "样例法", "in_force_from": date(2025, 1, 1)}
    return Law(id=LawId(id), **{**defaults, **given})


def article(label="第一条", mark=VerificationMark.READ):
    return Article(label=label, mark=mark, source="全文", checked_on=date(2026, 11, 23))


@st.composite
def laws_of_any_kind(draw, id="a-law"):
    first = draw(DAYS)
    return a_law(
        id,
        kind=draw(st.sampled_from(LawKind)),
        in_force_from=first,
        in_force_to=draw(st.none() | DAYS),
        cite_until=draw(st.none() | DAYS),
        in_force_confirmed=draw(st.booleans()),
        articles=tuple(article(label, draw(st.sampled_from(VerificationMark))) for label in LABELS[:2]),
    )


CITATIONS = st.builds(
    Citation,
    law=st.sampled_from([LawId("a-law"), LawId("b-law"), LawId("unknown")]),
    article=st.none() | st.sampled_from(LABELS),
    since=st.none() | DAYS,
    until=st.none() | DAYS,
)


def within(day, first, last):
    return (first is None or first <= day) and (last is None or day <= last)


@given(laws_of_any_kind(), CITATIONS, DAYS)
def test_an_article_is_printed_only_if_it_was_read_and_the_law_was_in_force(law, citation, day):
    basis = Laws((law,)).printable(citation, on=day)
    applies = (
        citation.law == law.id
        and within(day, law.in_force_from, law.in_force_to)
        and within(day, None, law.cite_until)
        and within(day, citation.since, citation.until)
    )
    assert (basis is not None) == applies
    if basis is not None:
        marks = {one.label: one.mark for one in law.articles}
        read = law.in_force_confirmed and marks.get(citation.article) is VerificationMark.READ
        assert basis.article == (citation.article if read else None)
        assert law.title in basis.text


@given(laws_of_any_kind(), laws_of_any_kind("b-law"), st.lists(CITATIONS, max_size=6), DAYS)
def test_several_citations_print_what_each_prints_alone_once_and_name_no_law_twice_in_vain(a, b, cited, day):
    laws = Laws((a, b))
    printed = laws.printable_all(cited, on=day)
    alone = [basis for one in cited if (basis := laws.printable(one, on=day))]
    assert set(printed) <= set(alone)
    assert len(set(printed)) == len(printed)
    assert {basis.law for basis in printed} == {basis.law for basis in alone}
    assert {basis for basis in alone if basis.article} == {basis for basis in printed if basis.article}
    for basis in printed:
        if basis.article is None:
            assert all(other.law != basis.law or other == basis for other in printed)


@given(laws_of_any_kind(), CITATIONS, DAYS)
def test_a_figure_is_printed_only_where_its_article_is(law, citation, day):
    laws = Laws((law,))
    basis = laws.printable(citation, on=day)
    assert laws.may_print_figure(citation, on=day) == (basis is not None and basis.article is not None)
    assert not laws.may_print_figure(None, on=day)


def test_the_first_and_the_last_day_count():
    law = a_law(in_force_to=date(2026, 8, 14), articles=(article(),))
    cited = Citation(law=law.id, article="第一条")
    laws = Laws((law,))
    for day, shows in (
        (date(2024, 12, 31), False),
        (date(2025, 1, 1), True),
        (date(2026, 8, 14), True),
        (date(2026, 8, 15), False),
    ):
        assert (laws.printable(cited, on=day) is not None) is shows


def test_an_inspection_before_a_new_law_cites_what_was_in_force_then():
    old = a_law(
        "old", title="旧条例", in_force_to=date(2026, 4, 30), replaced_by=LawId("new"), articles=(article(),)
    )
    new = a_law("new", title="新法", in_force_from=date(2026, 5, 1), articles=(article("第二条"),))
    cited = (Citation(law=new.id, article="第二条"), Citation(law=old.id, article="第一条"))
    laws = Laws((old, new))
    last_old_day = date(2026, 4, 30)
    assert [basis.text for basis in laws.printable_all(cited, on=last_old_day)] == ["《旧条例》第一条"]
    next_day = last_old_day + timedelta(days=1)
    assert [basis.text for basis in laws.printable_all(cited, on=next_day)] == ["《新法》第二条"]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (LawKind.LAW, "《样例法》"),
        (LawKind.REGULATION, "《样例法》"),
        (LawKind.RULE, "《样例法》（样例 1 号）"),
        (LawKind.CIRCULAR, "《样例法》（样例 1 号）"),
        (LawKind.STANDARD, "《样例法》（样例 1 号）"),
    ],
)
def test_the_number_is_printed_where_it_is_customary(kind, name):
    assert a_law(kind=kind, number="样例 1 号").printed_name == name


@pytest.mark.parametrize("mark", VerificationMark)
@pytest.mark.parametrize("confirmed", [True, False])
def test_only_reading_the_article_of_a_law_surely_in_force_prints_its_number(mark, confirmed):
    law = a_law(in_force_confirmed=confirmed, articles=(article(mark=mark),))
    basis = Laws((law,)).printable(Citation(law=law.id, article="第一条"), on=date(2026, 1, 1))
    may = confirmed and mark is VerificationMark.READ
    assert basis.text == ("《样例法》第一条" if may else "《样例法》")


def test_a_law_without_a_known_number_is_named_without_one():
    assert a_law(kind=LawKind.STANDARD).printed_name == "《样例法》"


@given(laws_of_any_kind(), st.none() | st.just(LawId("b-law")), DAYS)
def test_a_law_stands_in_one_way_each_day_and_only_what_stands_can_be_cited(law, successor, day):
    law = replace(law, replaced_by=successor)
    standing = law.standing(day)
    assert law.may_be_cited(day) == (standing in (LawStanding.IN_FORCE, LawStanding.UNCONFIRMED))
    assert (standing is LawStanding.NOT_YET) == (day < law.in_force_from)
    assert standing is not LawStanding.IN_FORCE or law.in_force_confirmed
    assert standing is not LawStanding.REPLACED or successor is not None


@pytest.mark.parametrize(
    ("given", "day", "standing", "words"),
    [
        ({}, date(2024, 12, 31), LawStanding.NOT_YET, "尚未施行"),
        ({}, date(2025, 1, 1), LawStanding.IN_FORCE, "现行有效"),
        ({"in_force_confirmed": False}, date(2025, 1, 1), LawStanding.UNCONFIRMED, "效力未确认"),
        ({"in_force_to": date(2026, 1, 1)}, date(2026, 1, 1), LawStanding.IN_FORCE, "现行有效"),
        ({"in_force_to": date(2026, 1, 1)}, date(2026, 1, 2), LawStanding.REPEALED, "已废止"),
        (
            {"in_force_to": date(2026, 1, 1), "replaced_by": LawId("new")},
            date(2026, 1, 2),
            LawStanding.REPLACED,
            "已由《新法》接替",
        ),
        ({"cite_until": date(2026, 1, 1)}, date(2026, 1, 2), LawStanding.YIELDED, "不再引用"),
        (
            {"cite_until": date(2026, 1, 1), "replaced_by": LawId("new")},
            date(2026, 1, 2),
            LawStanding.YIELDED,
            "不再引用，以《新法》为准",
        ),
        (
            {"in_force_to": date(2026, 1, 1), "replaced_by": LawId("unknown")},
            date(2026, 1, 2),
            LawStanding.REPLACED,
            "已被接替",
        ),
    ],
)
def test_how_a_law_stands_is_said_in_words_that_name_its_successor(given, day, standing, words):
    law = a_law(**given)
    assert law.standing(day) is standing
    assert Laws((law, a_law("new", title="新法"))).standing_words(law, on=day) == words


LAPSED = Lapse(
    since=date(2025, 6, 1),
    by=LawId("new"),
    clauses=(clause_of("第5.5.8条"), clause_of("第5.5.16条第1款")),
)


@pytest.mark.parametrize(
    ("label", "binds"),
    [
        ("第5.5.8条", False),
        ("第5.5.8条第2款", False),
        ("第5.5.16条", False),
        ("第5.5.16条第1款", False),
        ("第5.5.16条第2款", True),
        ("第5.5.1条", True),
        ("附录A", True),
    ],
)
def test_a_clause_that_lost_its_force_is_printed_until_its_last_day_only(label, binds):
    law = a_law(kind=LawKind.STANDARD, articles=(article(label),), lapses=(LAPSED,))
    cited = Citation(law=law.id, article=label)
    before, after = (
        Laws((law,)).printable(cited, on=day).article for day in (date(2025, 5, 31), date(2025, 6, 1))
    )
    assert before == label
    assert after == (label if binds else None)
    assert Laws((law,)).may_print_figure(cited, on=date(2025, 6, 1)) is binds
