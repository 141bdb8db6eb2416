"""The holiday tables of the office: those that came with the program, and those that it took in since.

* A table is looked at whole: every fault is told, then every day that it changes, before anybody takes it.
* A later notice prevails; an older one is refused by name and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from inspector.console.accounts import LoggedIn, Right
from inspector.console.desk import Desk
from inspector.domain.holiday_table import (
    DayChange,
    changes,
    merged,
    parse_holiday_table,
    read_holiday_table,
)
from inspector.domain.working_days import HolidayTable, WorkingCalendar
from inspector.errors import CalendarConflictError, CalendarOlderError, InspectorError
from inspector.work.feed import HolidayNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a table would do.

    Attributes:
        table: None where it has faults.
        faults: every one of them.
        changes: days that are worked and were not before, or the reverse.
        refusal: why it is not taken although it can be read.
        is_known: it is the very table that is in use.
    """

    table: HolidayTable | None
    faults: tuple[str, ...] = ()
    changes: tuple[DayChange, ...] = ()
    refusal: InspectorError | None = None
    is_known: bool = False


class Calendars:
    """The tables of one desk.

    Args:
        builtin: what came with the program.
    """

    def __init__(self, desk: Desk, builtin: WorkingCalendar) -> None:
        self._desk, self._builtin = desk, builtin

    def current(self) -> WorkingCalendar:
        """All tables that count now."""
        rows = self._desk.database.rows("SELECT text FROM calendars")
        return merged(self._builtin, [parse_holiday_table(row["text"]) for row in rows])

    def preview(self, text: str) -> Preview:
        """What a table would do; nothing changes."""
        sheet, current = read_holiday_table(text), self.current()
        if sheet.table is None:
            return Preview(table=None, faults=sheet.faults)
        if sheet.table in current.tables:
            return Preview(table=sheet.table, is_known=True)
        try:
            return Preview(table=sheet.table, changes=changes(current, sheet.table))
        except (CalendarOlderError, CalendarConflictError) as error:
            return Preview(table=sheet.table, refusal=error)

    def take(self, logged_in: LoggedIn, text: str) -> HolidayTable:
        """Take a table in, and tell every tablet.

        Raises:
            NotPermittedError: no administrator.
            CalendarMalformedError: it has faults.
            CalendarOlderError, CalendarConflictError: a later one, or another of the same day, is in use.
            OfficeKeyLockedError: the office's keys are not unlocked.
        """
        logged_in.account.must(Right.MANAGE)
        table = parse_holiday_table(text)
        self.current().taking(table)
        row = {
            "sha256": sha256(text.encode("utf-8")).hexdigest(),
            "text": text,
            "title": table.title,
            "published": table.published.isoformat(),
            "first": table.first.isoformat(),
            "last": table.last.isoformat(),
            "login": logged_in.account.login,
            "at_ms": self._desk.clock(),
        }
        with self._desk.database.at_once():
            self._desk.database.put("calendars", row)
            self._desk.note(logged_in, "set-calendar", table.published.isoformat())
            for certificate in self._desk.device_certificates().values():
                self._desk.tell(certificate, HolidayNotice(text=text))
        return table
