"""Times, deadlines and sizes in the words of the screens."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from inspector.domain.working_days import DayKind, Deadline
from inspector.errors import IdentifierMalformedError
from inspector.ui import words


def at(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1000)


NOW = at(2026, 11, 23, 6, 32)  # 14:32 in China


def test_a_moment_is_told_in_beijing_time():
    assert words.moment(NOW) == "11月23日 14:32"
    assert words.moment(at(2026, 11, 23, 17, 5)) == "11月24日 01:05"
    assert words.moment(at(2025, 12, 31, 15, 59), now_ms=NOW) == "2025年12月31日 23:59"


def test_a_moment_before_1970_is_refused():
    with pytest.raises(IdentifierMalformedError):
        words.moment(-1)


@pytest.mark.parametrize(
    ("last", "text"),
    [
        (date(2026, 12, 8), "12月8日前（还有 15 天）"),
        (date(2026, 11, 24), "11月24日前（还有 1 天）"),
        (date(2026, 11, 23), "11月23日前（今天到期）"),
        (date(2026, 11, 20), "11月20日前（已逾期 3 天）"),
        (date(2027, 1, 4), "2027年1月4日前（还有 42 天）"),
    ],
)
def test_a_deadline_says_how_long_there_is(last, text):
    assert words.deadline(last, NOW) == text
    assert words.deadline(Deadline(date=last, days=15, kind=DayKind.CALENDAR), NOW) == text


def test_the_last_day_counts_until_midnight_in_china():
    last = date(2026, 11, 23)
    assert words.time_left(last, at(2026, 11, 23, 15, 59)) == "今天到期"
    assert words.time_left(last, at(2026, 11, 23, 16, 0)) == "已逾期 1 天"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 KB"),
        (999_949, "999.9 KB"),
        (999_950, "1.0 MB"),
        (3_200_000, "3.2 MB"),
        (5_000_000_000_000_000, "5000.0 TB"),
    ],
)
def test_sizes_are_told_as_phones_tell_them(count, text):
    assert words.size(count) == text


def test_a_transfer_is_told_by_what_is_done_and_what_there_is():
    assert words.transferred(1_234_000, 3_200_000) == "1.2 MB / 3.2 MB"


@pytest.mark.parametrize(
    ("passed_s", "text"),
    [
        (0, "刚刚"),
        (59, "刚刚"),
        (60, "1 分钟前"),
        (3_600, "1 小时前"),
        (86_400, "11月22日 14:32"),
        (-5, "11月23日 14:32"),
    ],
)
def test_what_was_just_now_is_told_as_such(passed_s, text):
    assert words.ago(NOW - passed_s * 1000, NOW) == text


def test_what_is_missing_is_counted():
    assert words.missing(3, "项", "未检") == "还差 3 项未检"
    assert words.missing(0, "项", "未检") == "没有未检"


def test_a_deadline_that_waits_for_the_next_years_holidays_says_so() -> None:
    last = Deadline(date=date(2027, 1, 7), days=10, kind=DayKind.WORKING, provisional=True)
    assert words.deadline(last, NOW).startswith("2027年1月7日前（还有 ")
    assert words.deadline(last, NOW).endswith("（2027年节假日待国务院公布）")
