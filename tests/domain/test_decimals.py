"""Numbers as text: exact, and spelt in one way only."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.decimals import MAX_DIGITS, decimal_of, decimal_places
from inspector.errors import NumberMalformedError


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_a_plain_number_keeps_its_exact_value(number):
    assert decimal_of(format(number, "f")) == number


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_is_refused(text):
    try:
        value = decimal_of(text)
    except NumberMalformedError:
        return
    assert value.is_finite()
    assert format(value, "f") == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "+1",
        "1e3",
        "1E3",
        ".5",
        "5.",
        "05",
        "-",
        "--1",
        "NaN",
        "Infinity",
        "１",
        "٣",
        "1,5",
        "1\n",
    ],
)
def test_other_spellings_are_refused(text):
    with pytest.raises(NumberMalformedError):
        decimal_of(text)


def test_a_number_has_as_many_digits_as_a_reading_could_need_and_no_more():
    assert decimal_of("9" * MAX_DIGITS) == Decimal("9" * MAX_DIGITS)
    with pytest.raises(NumberMalformedError):
        decimal_of("9" * (MAX_DIGITS + 1))


def test_digits_after_the_point_are_counted_as_written():
    assert [decimal_places(text) for text in ("1", "1.0", "-0.250")] == [0, 1, 3]
