"""The holiday tables that came with the program, from their folder."""

from __future__ import annotations

from pathlib import Path

from inspector.domain.holiday_table import parse_holiday_table
from inspector.domain.working_days import WorkingCalendar


def read_calendar(folder: Path) -> WorkingCalendar:
    """All tables of a folder.

    Raises:
        CalendarMalformedError: one of them is damaged.
    """
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.toml"))]
    return WorkingCalendar(tuple(parse_holiday_table(text) for text in texts))
