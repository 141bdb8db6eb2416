"""Labels name one place each, and two labels meet exactly where one holds a part of the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.clause import Clause, clause_of, listed_clauses, number_of


def written(number):
    """`number` in Chinese characters, by the schoolbook rule."""
    digits, words, owed = "零一二三四五六七八九", "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            words += ("零" if owed and words else "") + digits[digit] + name
        owed = digit == 0 and bool(words)
    return words.removeprefix("一") if 10 <= number < 20 else words


@given(st.integers(1, 9999))
def test_every_number_is_read_as_it_is_written(number):
    assert number_of(written(number)) == number


@pytest.mark.parametrize(("text", "number"), [("〇", 0), ("两百", 200), ("一一九", 119), ("一百一十", 110)])
def test_other_ways_of_writing_a_number_are_read_too(text, number):
    assert number_of(text) == number


@pytest.mark.parametrize("text", ["", "12", "第十", "十一条", "亿"])
def test_what_is_no_number_is_none(text):
    assert number_of(text) is None


@pytest.mark.parametrize(
    ("label", "clause"),
    [
        ("第二十八条", Clause(number="28")),
        ("第五百三十一条", Clause(number="531")),
        ("第三十六条之一", Clause(number="36-1")),
        ("第四十一条第二款", Clause(number="41", paragraph=2)),
        ("第二十八条第（十二）项", Clause(number="28", item=12)),
        ("第十六条第一款第（四）项", Clause(number="16", paragraph=1, item=4)),
        ("第7.1.4条", Clause(number="7.1.4")),
        ("7.1.4", Clause(number="7.1.4")),
        ("第3.4.5条第1项", Clause(number="3.4.5", item=1)),
        ("第5.5.16条第1款", Clause(number="5.5.16", item=1)),
        ("第5.1.3A条", Clause(number="5.1.3A")),
    ],
)
def test_a_label_names_one_place(label, clause):
    assert clause_of(label) == clause


@pytest.mark.parametrize("label", ["", "附录A", "第二条第三项", "二十八", "第7.1.4条第一款", "第一条 总则"])
def test_a_label_of_another_form_names_none(label):
    assert clause_of(label) is None


def test_a_list_of_parts_names_each_of_them():
    assert listed_clauses("5.5.8") == (Clause(number="5.5.8"),)
    assert listed_clauses("5.5.16（1、3）") == (
        Clause(number="5.5.16", item=1),
        Clause(number="5.5.16", item=3),
    )
    assert listed_clauses("5.5.16（2–6）") == listed_clauses("第五条") == ()


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        ("第四十一条", "第四十一条第二款", True),
        ("第四十一条第一款", "第四十一条第二款", False),
        ("第5.5.16条", "第5.5.16条第1款", True),
        ("第5.5.16条第2款", "第5.5.16条第1款", False),
        ("第5.5.1条", "第5.5.16条", False),
        ("第四条", "第四十条", False),
    ],
)
def test_two_places_meet_where_one_holds_a_part_of_the_other(one, other, meets):
    assert clause_of(one).meets(clause_of(other)) is meets
    assert clause_of(other).meets(clause_of(one)) is meets
