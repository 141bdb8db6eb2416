"""The file of one holiday table, as `assets/calendar/` has it and as an office imports it: TOML, read whole.

Every fault is told at once, so that whoever copies a notice out mends them in one go.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from inspector.domain.working_days import HolidayTable, WorkingCalendar, chinese_date
from inspector.errors import CalendarConflictError, CalendarMalformedError, CalendarOlderError

_KEYS = ("format", "title", "published", "first", "last", "period")
_PERIOD_KEYS = ("name", "rest_first", "rest_last", "make_up")
_NAMES = {
    "format": "格式",
    "title": "标题",
    "published": "公布日期",
    "first": "适用首日",
    "last": "适用末日",
    "period": "假期",
    "name": "名称",
    "rest_first": "放假首日",
    "rest_last": "放假末日",
    "make_up": "调休上班日",
}
_SATURDAY = 5
_LONGEST = 31
"""Days of one holiday; more is a slip of the pen."""
_CAP = 64 * 1024
"""Bytes of a table's file: a year's needs two thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSheet:
    """A file that was looked at: the table, or every fault of it."""

    table: HolidayTable | None
    faults: tuple[str, ...]


def read_holiday_table(text: str) -> TableSheet:
    """Look a table's file through."""
    if len(text.encode("utf-8", "surrogatepass")) > _CAP:
        return TableSheet(table=None, faults=("文件过大，不像一年的节假日表",))
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError, RecursionError):
        return TableSheet(table=None, faults=("不是可读的 TOML 表",))
    return _Reading(data).sheet()


def parse_holiday_table(text: str) -> HolidayTable:
    """The table of a file.

    Raises:
        CalendarMalformedError: it has faults; all of them are told.
    """
    sheet = read_holiday_table(text)
    if sheet.table is None:
        raise CalendarMalformedError(reason="；".join(sheet.faults))
    return sheet.table


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """A day that is worked with the new table and was not before, or the reverse."""

    day: date
    works: bool

    @property
    def words(self) -> str:
        """`2026年2月14日（星期六）改为上班`."""
        kind = "上班" if self.works else "放假"
        return f"{chinese_date(self.day)}（星期{'一二三四五六日'[self.day.weekday()]}）改为{kind}"


def changes(before: WorkingCalendar, table: HolidayTable) -> tuple[DayChange, ...]:
    """What a table changes, day by day, against what is known.

    Raises:
        CalendarOlderError, CalendarConflictError: as `WorkingCalendar.taking`.
    """
    after = before.taking(table)
    touched = {*_span(table.first, table.last), *table.rest_days, *table.make_up_days}
    return tuple(
        DayChange(day=day, works=after.is_working(day))
        for day in sorted(touched)
        if before.is_working(day) != after.is_working(day)
    )


def merged(builtin: WorkingCalendar, sent: Iterable[HolidayTable]) -> WorkingCalendar:
    """All tables together; of two that settle the same days, the one that was published later."""
    calendar = builtin
    for table in sorted(sent, key=lambda one: one.published):
        # A later program may bring what the office sent, or something newer.
        with suppress(CalendarOlderError, CalendarConflictError):
            calendar = calendar.taking(table)
    return calendar


class _Reading:
    """One file under the eye of its reader."""

    def __init__(self, data: Mapping[str, object]) -> None:
        self._data = data
        self._faults: list[str] = []

    def sheet(self) -> TableSheet:
        self._keys(self._data, _KEYS, "文件")
        if self._data.get("format", 1) != 1:
            self._faults.append(f"{_named('format')}应为 1")
        title = self._text(self._data.get("title"), _named("title"))
        published, first, last = (
            self._day(self._data.get(key), _named(key)) for key in ("published", "first", "last")
        )
        rest, make_up = self._periods(self._data.get("period"))
        if first and last and not 0 <= (last - first).days <= 800:
            self._faults.append(f"{_named('first')}与{_named('last')}起止颠倒，或跨度过长")
        for day in sorted(rest & make_up):
            self._faults.append(f"{day} 既放假又上班")
        if self._faults or published is None or first is None or last is None:
            return TableSheet(table=None, faults=tuple(dict.fromkeys(self._faults)))
        table = HolidayTable(
            first=first,
            last=last,
            title=title,
            published=published,
            rest_days=frozenset(rest),
            make_up_days=frozenset(make_up),
        )
        return TableSheet(table=table, faults=())

    def _periods(self, value: object) -> tuple[set[date], set[date]]:
        rest: set[date] = set()
        make_up: set[date] = set()
        if value is None:
            return rest, make_up
        if not isinstance(value, list) or not value:
            self._faults.append("假期应各写一段，每段以 [[period]] 开头")
            return rest, make_up
        for number, entry in enumerate(value, start=1):
            if not isinstance(entry, dict):
                self._faults.append(f"第 {number} 个假期不是一段")
                continue
            place = f"第 {number} 个假期“{entry.get('name', '')}”"
            self._keys(entry, _PERIOD_KEYS, place)
            self._text(entry.get("name"), f"{place}的{_named('name')}")
            rest |= self._rest(entry, place)
            make_up |= self._make_up(entry.get("make_up"), place)
        return rest, make_up

    def _rest(self, entry: Mapping[str, object], place: str) -> set[date]:
        first = self._day(entry.get("rest_first"), f"{place}的{_named('rest_first')}")
        last = self._day(entry.get("rest_last"), f"{place}的{_named('rest_last')}")
        if first is None or last is None:
            return set()
        if not 0 <= (last - first).days < _LONGEST:
            self._faults.append(f"{place}起止颠倒或过长")
            return set()
        return set(_span(first, last))

    def _make_up(self, value: object, place: str) -> set[date]:
        if value is None:
            return set()
        if not isinstance(value, list):
            self._faults.append(f"{place}的{_named('make_up')}应为日期列表")
            return set()
        days = {day for one in value if (day := self._day(one, f"{place}的{_named('make_up')}")) is not None}
        for day in sorted(days):
            if day.weekday() < _SATURDAY:
                self._faults.append(f"{place}的调休上班日 {day} 应为周六或周日")
        return days

    # What is not there is told once, by `_keys`; the others say nothing of it.

    def _keys(self, table: Mapping[str, object], wanted: Iterable[str], place: str) -> None:
        missing = [key for key in wanted if key not in table]
        surplus = [key for key in table if key not in set(wanted)]
        if missing:
            self._faults.append(f"{place}缺少{'、'.join(map(_named, missing))}")
        if surplus:
            self._faults.append(f"{place}有不认识的字段 {'、'.join(surplus)}")

    def _day(self, value: object, place: str) -> date | None:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if value is not None:
            self._faults.append(f"{place}应写作 2026-01-01 这样的日期")
        return None

    def _text(self, value: object, place: str) -> str:
        if isinstance(value, str) and value.strip():
            return value
        if value is not None:
            self._faults.append(f"{place}应为文字，不能是空的")
        return ""


def _named(key: str) -> str:
    """A key for its author: what it means, and how it is written."""
    return f"{_NAMES[key]}（{key}）"


def _span(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
