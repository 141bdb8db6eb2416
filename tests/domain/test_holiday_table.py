"""Holiday tables taken in later: every fault told, what changes shown, never an older one for a newer."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.holiday_table import changes, merged, parse_holiday_table, read_holiday_table
from inspector.domain.working_days import DayKind, WorkingCalendar, china_noon_ms
from inspector.errors import CalendarConflictError, CalendarMalformedError, CalendarOlderError
from tests.domain.test_working_days import CALENDAR, TEXT

# A made-up later notice: nobody has published the year after next yet.
LATER = """
format = 1
title = "样例：以后一年的安排"
published = 2027-11-05
first = 2027-12-29
last = 2028-12-28

[[period]]
name = "样例假期"
rest_first = 2028-01-01
rest_last = 2028-01-03
make_up = [2027-12-26]
"""


def test_all_faults_of_a_table_come_at_once():
    text = (
        TEXT.replace("format = 1", "format = 2")
        .replace("published = 2025-11-04", 'published = "2025-11-04"')
        .replace("rest_last = 2026-01-03", "rest_last = 2025-01-03")
        .replace("make_up = [2026-05-09]", "make_up = [2026-05-08]")
    )
    sheet = read_holiday_table(text)
    assert sheet.table is None
    assert len(sheet.faults) == 4
    for part in ("format", "published", "元旦", "劳动节"):
        assert any(part in fault for fault in sheet.faults), part
    with pytest.raises(CalendarMalformedError) as refused:
        parse_holiday_table(text)
    assert all(fault in refused.value.message for fault in sheet.faults)


@given(st.one_of(st.text(max_size=200), st.text(alphabet='[]=-"0123456789period\n', max_size=200)))
def test_any_text_is_a_table_or_has_faults(text):
    sheet = read_holiday_table(text)
    assert (sheet.table is None) is bool(sheet.faults)


def test_what_a_table_changes_is_told_day_by_day():
    corrected = TEXT.replace("published = 2025-11-04", "published = 2026-06-01").replace(
        "make_up = [2026-09-20, 2026-10-10]", "make_up = [2026-10-10, 2026-10-11]"
    )
    found = changes(CALENDAR, parse_holiday_table(corrected))
    assert [one.words for one in found] == [
        "2026年9月20日（星期日）改为放假",
        "2026年10月11日（星期日）改为上班",
    ]
    assert changes(CALENDAR, CALENDAR.tables[0]) == ()


def test_an_older_table_never_takes_the_place_of_a_newer_one():
    newer = parse_holiday_table(TEXT.replace("published = 2025-11-04", "published = 2026-06-01"))
    after = CALENDAR.taking(newer)
    assert after.tables == (newer,)
    with pytest.raises(CalendarOlderError) as refused:
        after.taking(CALENDAR.tables[0])
    assert "2026-06-01" in refused.value.message
    assert merged(CALENDAR, [newer]).tables == (newer,)
    assert merged(after, CALENDAR.tables).tables == (newer,), "nor when both lie on the disk"


def test_two_tables_of_one_day_that_differ_are_a_conflict():
    other = parse_holiday_table(TEXT.replace("make_up = [2026-05-09]", "make_up = []"))
    with pytest.raises(CalendarConflictError):
        CALENDAR.taking(other)
    assert CALENDAR.taking(CALENDAR.tables[0]) is CALENDAR


def test_the_next_years_table_settles_what_was_provisional():
    friday = china_noon_ms(date(2027, 12, 24))
    before = CALENDAR.deadline(served_at_ms=friday, days=2, kind=DayKind.WORKING)
    assert (before.date, before.provisional) == (date(2027, 12, 28), True)
    calendar = CALENDAR.taking(parse_holiday_table(LATER))
    assert len(calendar.tables) == 2
    after = calendar.deadline(served_at_ms=friday, days=2, kind=DayKind.WORKING)
    assert after.date == date(2027, 12, 27), "the Sunday before is worked"


def test_a_deadline_in_the_last_days_of_december_names_the_notice_that_it_waits_for():
    found = CALENDAR.deadline(served_at_ms=china_noon_ms(date(2026, 12, 25)), days=3, kind=DayKind.WORKING)
    assert (found.date, found.mark) == (date(2026, 12, 30), "（2027年节假日待国务院公布）")
    assert found.mark in found.full
    assert (
        WorkingCalendar()
        .deadline(served_at_ms=china_noon_ms(date(2026, 6, 1)), days=3, kind=DayKind.WORKING)
        .mark
        == "（2026年节假日待国务院公布）"
    )


def test_what_is_missing_is_told_once_by_its_chinese_name():
    def without(key: str) -> tuple[str, ...]:
        return read_holiday_table(
            "\n".join(line for line in LATER.splitlines() if not line.startswith(key))
        ).faults

    assert without("title") == ("文件缺少标题（title）",)
    assert without("published") == ("文件缺少公布日期（published）",)
    assert without("rest_first") == ("第 1 个假期“样例假期”缺少放假首日（rest_first）",)
    assert without("make_up") == ("第 1 个假期“样例假期”缺少调休上班日（make_up）",)
    assert read_holiday_table(LATER.split("[[period]]")[0]).faults == ("文件缺少假期（period）",)
    assert read_holiday_table(LATER.replace('"样例：以后一年的安排"', '" "')).faults == (
        "标题（title）应为文字，不能是空的",
    )
