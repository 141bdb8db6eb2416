"""When a deadline falls: calendar and working days, counted from the day after service, in +08:00 always.

* "12月8日前" includes 8 December.
* Working days follow the State Council's yearly notice of holidays and make-up working days. Where no
  notice is known, weekends alone count as rest and the result is `provisional`.
* A deadline by calendar days that ends on a rest day stays there unless the office asks for it to move: no
  rule that we could verify postpones an administrative rectification deadline, and a hazard does not rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

from inspector.errors import (
    CalendarConflictError,
    CalendarOlderError,
    DaysOutOfRangeError,
    IdentifierMalformedError,
)

CHINA = timezone(timedelta(hours=8))
"""Beijing time; it has had no summer time since 1991, so a fixed offset needs no time zone data."""

DAYS_CAP = 1_000
"""The longest deadline, in days."""

PROVISIONAL_WORDS = "待国务院公布"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SATURDAY = 5
_LATEST_MS = 253_370_764_800_000  # the start of the year 9999
_ONE_DAY = timedelta(days=1)
_NEXT_NOTICE = timedelta(days=3)
_LONGEST_REST = 10
"""More days than any holiday lasts, those of the weekend beside it included."""


class DayKind(StrEnum):
    """What is counted: 自然日 or 工作日."""

    CALENDAR = "calendar"
    WORKING = "working"

    @property
    def word(self) -> str:
        """The name on screens and documents."""
        return "自然日" if self is DayKind.CALENDAR else "工作日"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The last day on which a hazard may still be open.

    Attributes:
        date: the last day, which still counts.
        days: how many days were given.
        kind: which days were counted.
        provisional: a day was counted for which no holiday notice is known yet.
    """

    date: date
    days: int
    kind: DayKind
    provisional: bool = False

    @property
    def short(self) -> str:
        """`12月8日前`, `2027年1月8日前` where it was set in 2026; with the provisional mark, too."""
        # Weekends and holidays lie between working days: rather the year too often than a wrong one read.
        span = self.days if self.kind is DayKind.CALENDAR else 2 * self.days + _LONGEST_REST
        year = f"{self.date.year}年" if (self.date - timedelta(days=span)).year < self.date.year else ""
        return f"{year}{self.date.month}月{self.date.day}日前{self.mark}"

    @property
    def full(self) -> str:
        """`2026年12月8日前`, with the provisional mark where it applies."""
        return f"{chinese_date(self.date)}前{self.mark}"

    @property
    def mark(self) -> str:
        """`awaits` in brackets; else empty."""
        return f"（{self.awaits}）" if self.provisional else ""

    @property
    def awaits(self) -> str:
        """The year whose holidays are not published yet, in words, where one was counted; else empty."""
        return f"{self.unsettled_year}年节假日{PROVISIONAL_WORDS}" if self.provisional else ""

    @property
    def unsettled_year(self) -> int:
        """The year whose holidays are not published yet, where one was counted; else 0."""
        # The last days of December wait for the next year's notice: see `assets/calendar/2026.toml`.
        year = self.date.year
        return year + (self.date > date(year, 12, 31) - _NEXT_NOTICE) if self.provisional else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayTable:
    """One published notice of holidays.

    Attributes:
        first: the first day for which the notice settles what is worked.
        last: the last such day.
        title: the notice's title.
        published: its date.
        rest_days: weekdays and weekends that are holidays.
        make_up_days: weekend days that are worked.
    """

    first: date
    last: date
    title: str
    published: date
    rest_days: frozenset[date]
    make_up_days: frozenset[date]


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """All holiday tables that this machine knows; a later notice prevails over an earlier one."""

    tables: tuple[HolidayTable, ...] = ()

    def taking(self, table: HolidayTable) -> WorkingCalendar:
        """The calendar with one more table; it takes the place of earlier ones of days that it settles whole.

        Raises:
            CalendarOlderError: a later notice settles some of its days already.
            CalendarConflictError: another notice of the same day settles some of them, with other holidays.
        """
        if table in self.tables:
            return self
        shared = [one for one in self.tables if table.first <= one.last and one.first <= table.last]
        newer = [one for one in shared if one.published > table.published]
        if newer:
            raise CalendarOlderError(
                published=table.published.isoformat(), current=newer[0].published.isoformat()
            )
        if any(one.published == table.published for one in shared):
            raise CalendarConflictError(published=table.published.isoformat())
        kept = [one for one in self.tables if not (table.first <= one.first and one.last <= table.last)]
        return WorkingCalendar((*kept, table))

    def is_working(self, day: date) -> bool:
        """Whether offices work on `day`, as far as is known."""
        for table in sorted(self.tables, key=lambda table: table.published, reverse=True):
            if day in table.rest_days:
                return False
            if day in table.make_up_days:
                return True
            if table.first <= day <= table.last:
                break
        return day.weekday() < _SATURDAY

    def is_settled(self, day: date) -> bool:
        """Whether a published notice covers `day`."""
        return any(table.first <= day <= table.last for table in self.tables)

    def deadline(
        self, *, served_at_ms: int, days: int, kind: DayKind, moves_off_rest_days: bool = False
    ) -> Deadline:
        """The deadline `days` after service, the day of service not counted.

        Args:
            served_at_ms: when the document was handed over, milliseconds since the Unix epoch.
            days: 1 to 1 000.
            kind: calendar or working days.
            moves_off_rest_days: whether a calendar deadline on a rest day moves to the next working day.

        Raises:
            DaysOutOfRangeError: `days` outside its range.
        """
        if not 1 <= days <= DAYS_CAP:
            raise DaysOutOfRangeError(days=days, cap=DAYS_CAP)
        served = china_date(served_at_ms)
        if kind is DayKind.CALENDAR:
            end, settled = served + timedelta(days=days), True
            if moves_off_rest_days:
                end, settled = self._count(end - _ONE_DAY, 1)
        else:
            end, settled = self._count(served, days)
        return Deadline(date=end, days=days, kind=kind, provisional=not settled)

    def _count(self, day: date, working_days: int) -> tuple[date, bool]:
        """The n-th working day after `day`, and whether each day on the way is settled."""
        settled = True
        while working_days:
            day += _ONE_DAY
            settled = settled and self.is_settled(day)
            working_days -= self.is_working(day)
        return day, settled


def china_date(at_ms: int) -> date:
    """The day in China at `at_ms`, milliseconds since the Unix epoch."""
    return china_time(at_ms).date()


def china_time(at_ms: int) -> datetime:
    """The moment `at_ms` as a time in +08:00.

    Raises:
        IdentifierMalformedError: before 1970 or after the year 9998.
    """
    if not 0 <= at_ms < _LATEST_MS:
        raise IdentifierMalformedError(what="时间")
    return (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(CHINA)


def china_noon_ms(day: date) -> int:
    """Noon of a day in China, in milliseconds since the Unix epoch."""
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=CHINA).timestamp()) * 1000


def chinese_date(day: date) -> str:
    """`2026年12月8日`: no leading zeros (GB/T 9704-2012)."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_time(at_ms: int) -> str:
    """`2026年12月8日9时05分` in +08:00."""
    moment = china_time(at_ms)
    return f"{chinese_date(moment.date())}{moment.hour}时{moment.minute:02}分"
