"""The holiday tables of this tablet: those that came with the program, and those that the office sent."""

from __future__ import annotations

from hashlib import sha256

from inspector.domain.holiday_table import merged, parse_holiday_table
from inspector.domain.working_days import WorkingCalendar
from inspector.store.memory import DeviceMemory

CALENDARS = "calendars"


class Calendars:
    """What working days are counted by.

    Args:
        builtin: what came with the program.
    """

    def __init__(self, *, memory: DeviceMemory, builtin: WorkingCalendar) -> None:
        self._memory, self._builtin = memory, builtin
        self._current: WorkingCalendar | None = None

    @property
    def current(self) -> WorkingCalendar:
        """All tables that count now."""
        if self._current is None:
            sent = [parse_holiday_table(str(row["text"])) for row in self._memory.rows(CALENDARS).values()]
            self._current = merged(self._builtin, sent)
        return self._current

    def take(self, text: str) -> None:
        """A table that the office sent; the same one again changes nothing.

        Raises:
            CalendarMalformedError: it cannot be read.
            CalendarOlderError, CalendarConflictError: a later one, or another one of the same day, is here.
            StoreFullError, StoreUnavailableError: nothing has changed.
        """
        after = self.current.taking(parse_holiday_table(text))
        name = sha256(text.encode("utf-8")).hexdigest()
        self._memory.put_rows(CALENDARS, {name: {"text": text}})
        self._current = after
