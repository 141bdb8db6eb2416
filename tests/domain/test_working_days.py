"""Deadlines by calendar and working days, with the holidays of 2026."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.holiday_table import parse_holiday_table
from inspector.domain.working_days import (
    CHINA,
    DAYS_CAP,
    DayKind,
    Deadline,
    WorkingCalendar,
    china_date,
    chinese_date,
    chinese_time,
)
from inspector.errors import CalendarMalformedError, DaysOutOfRangeError

SHIPPED = Path(__file__).parents[2] / "assets" / "calendar" / "2026.toml"
TEXT = SHIPPED.read_text(encoding="utf-8")
CALENDAR = WorkingCalendar((parse_holiday_table(TEXT),))


def noon(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, 12, tzinfo=CHINA).timestamp()) * 1000


def working(served: int, days: int) -> Deadline:
    return CALENDAR.deadline(served_at_ms=served, days=days, kind=DayKind.WORKING)


def test_the_table_of_2026_says_what_the_notice_says():
    table = CALENDAR.tables[0]
    assert len(table.rest_days) == 3 + 9 + 3 + 5 + 3 + 3 + 7
    assert sorted(table.make_up_days) == [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ]
    assert {day.weekday() for day in table.make_up_days} == {5, 6}
    # Weekdays as the notice prints them.
    assert date(2026, 2, 15).weekday() == 6
    assert date(2026, 6, 19).weekday() == 4


def test_counting_starts_on_the_day_after_service():
    end = CALENDAR.deadline(served_at_ms=noon(2026, 11, 23), days=15, kind=DayKind.CALENDAR)
    assert end == Deadline(date=date(2026, 12, 8), days=15, kind=DayKind.CALENDAR)
    assert (end.short, end.full) == ("12月8日前", "2026年12月8日前")


def test_working_days_skip_holidays_and_count_make_up_days():
    # Wed 30 Sep → 8, 9, 10 (a Saturday that is worked) October.
    assert working(noon(2026, 9, 30), 3).date == date(2026, 10, 10)
    # Fri 13 Feb → Sat 14 Feb is worked, then the Spring Festival until the 23rd.
    assert working(noon(2026, 2, 13), 2).date == date(2026, 2, 24)
    assert not working(noon(2026, 2, 13), 2).provisional


def test_service_late_in_the_evening_counts_by_beijing_time():
    # 23:30 in Beijing on the 23rd is still the 23rd; half an hour later it is the 24th.
    late = int(datetime(2026, 11, 23, 15, 30, tzinfo=UTC).timestamp()) * 1000
    assert china_date(late) == date(2026, 11, 23)
    assert china_date(late + 30 * 60_000) == date(2026, 11, 24)
    assert chinese_time(late) == "2026年11月23日23时30分"
    assert chinese_date(date(2026, 2, 3)) == "2026年2月3日"


def test_a_year_without_a_published_table_counts_weekends_only_and_says_so():
    end = working(noon(2027, 3, 1), 5)
    assert (end.date, end.provisional) == (date(2027, 3, 8), True)
    assert end.full == "2027年3月8日前（2027年节假日待国务院公布）"
    assert working(noon(2026, 12, 25), 5).provisional


def test_a_deadline_that_reaches_into_the_next_year_names_it_wherever_it_is_short():
    end = CALENDAR.deadline(served_at_ms=noon(2026, 12, 24), days=15, kind=DayKind.CALENDAR)
    assert (end.short, end.provisional) == ("2027年1月8日前", False)
    end = working(noon(2026, 12, 24), 10)
    assert (end.short, end.provisional) == ("2027年1月7日前（2027年节假日待国务院公布）", True)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, DAYS_CAP), st.sampled_from(DayKind))
def test_a_short_deadline_is_never_read_as_one_of_another_year(served, days, kind):
    end = CALENDAR.deadline(served_at_ms=noon(served.year, served.month, served.day), days=days, kind=kind)
    assert end.date.year == 2026 or end.short.startswith(f"{end.date.year}年")


def test_the_last_days_of_december_wait_for_the_next_years_notice():
    assert not working(noon(2026, 12, 21), 5).provisional
    assert working(noon(2026, 12, 21), 6).provisional


def test_a_calendar_deadline_on_a_rest_day_stays_unless_the_office_moves_it():
    served = noon(2026, 9, 30)
    stays = CALENDAR.deadline(served_at_ms=served, days=3, kind=DayKind.CALENDAR)
    moves = CALENDAR.deadline(served_at_ms=served, days=3, kind=DayKind.CALENDAR, moves_off_rest_days=True)
    assert (stays.date, moves.date) == (date(2026, 10, 3), date(2026, 10, 8))
    unmoved = CALENDAR.deadline(served_at_ms=served, days=8, kind=DayKind.CALENDAR, moves_off_rest_days=True)
    assert unmoved.date == date(2026, 10, 8)
    far = CALENDAR.deadline(served_at_ms=served, days=365, kind=DayKind.CALENDAR, moves_off_rest_days=True)
    assert far.provisional
    assert not CALENDAR.deadline(served_at_ms=served, days=365, kind=DayKind.CALENDAR).provisional


def test_a_later_notice_prevails_over_an_earlier_one():
    later = TEXT.replace("published = 2025-11-04", "published = 2026-06-01").replace(
        "make_up = [2026-09-20, 2026-10-10]", "make_up = [2026-10-10]"
    )
    both = WorkingCalendar((parse_holiday_table(later), *CALENDAR.tables))
    assert not WorkingCalendar((parse_holiday_table(later),)).is_working(date(2026, 9, 20))
    assert not both.is_working(date(2026, 9, 20))  # the later one settles that day: 20 September is a Sunday
    changed = parse_holiday_table(
        later.replace("make_up = [2026-01-04]", "make_up = [2026-09-27]").replace(
            "rest_last = 2026-09-27", "rest_last = 2026-09-26"
        )
    )
    for tables in ((changed, *CALENDAR.tables), (*CALENDAR.tables, changed)):
        assert WorkingCalendar(tables).is_working(date(2026, 9, 27))


@pytest.mark.parametrize("days", [0, -1, 1_001])
def test_a_number_of_days_out_of_range_is_refused(days):
    with pytest.raises(DaysOutOfRangeError):
        working(noon(2026, 11, 23), days)


@given(
    served=st.datetimes(datetime(2025, 12, 1), datetime(2027, 3, 1)).map(  # noqa: DTZ001
        lambda moment: int(moment.replace(tzinfo=CHINA).timestamp()) * 1000
    ),
    days=st.integers(1, 120),
)
def test_a_working_deadline_has_exactly_that_many_working_days_up_to_itself(served, days):
    end = working(served, days).date
    day, count = china_date(served), 0
    while day < end:
        day += timedelta(days=1)
        count += CALENDAR.is_working(day)
    assert count == days
    assert CALENDAR.is_working(end)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("format = 1", "format = 2"),
        ("format = 1", ""),
        ("format = 1", "format = 1\nextra = 1"),
        ("first = 2026-01-01", "first = 2027-01-01"),
        ("first = 2026-01-01", 'first = "2026-01-01"'),
        ("first = 2026-01-01", "first = 2026-01-01T00:00:00"),
        ("rest_last = 2026-01-03", "rest_last = 2025-01-03"),
        ("rest_last = 2026-01-03", "rest_last = 2026-03-03"),
        ("make_up = [2026-01-04]", "make_up = [2026-01-05]"),
        ("make_up = [2026-01-04]", "make_up = [2026-01-03]"),
        ("make_up = [2026-01-04]", "make_up = 4"),
        ("make_up = [2026-01-04]", ""),
        ('name = "元旦"', "name = "),
        ("[[period]]", "[period]"),
    ],
)
def test_a_faulty_table_is_refused_with_a_reason(old, new):
    assert old in TEXT
    with pytest.raises(CalendarMalformedError):
        parse_holiday_table(TEXT.replace(old, new, 1))


def test_a_table_whose_periods_are_no_list_is_refused():
    head = TEXT[: TEXT.index("[[period]]")]
    for period in ("period = 3", "period = [3]", 'period = "x"', "period = {}"):
        with pytest.raises(CalendarMalformedError):
            parse_holiday_table(f"{head}\n{period}\n")
