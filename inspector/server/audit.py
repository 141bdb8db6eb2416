"""What was refused or looked wrong, for whoever asks later: codes, calls and ids, never contents.

* A line is written in a transaction of its own, so that it stays when the refused work is undone.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select

from inspector.server.archive import Archive
from inspector.server.schema import audit

MAX_LINES = 200_000
"""More are dropped from the old end by `sweep`: a stranger's flood must not fill the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was refused.

    Attributes:
        code: of the error.
        call: method and route template, such as `POST /api/v1/entries`.
        key_id: of the asking key, empty when nobody was proven.
        subject: SHA-256 or id of what it was about, empty when there is none.
    """

    at_ms: int
    code: str
    call: str
    key_id: str = ""
    subject: str = ""


class Audit:
    """The audit lines of one archive.

    Args:
        max_lines: how many `sweep` leaves.
    """

    def __init__(self, archive: Archive, *, max_lines: int = MAX_LINES) -> None:
        self._archive = archive
        self._max_lines = max_lines

    def add(self, *lines: Line) -> None:
        """Write `lines`, durable on return.

        Raises:
            OfficeBusyError: the archive cannot be reached.
        """
        tenant = self._archive.tenant
        with self._archive.write() as connection:
            last = connection.scalar(select(func.max(audit.c.number)).where(audit.c.tenant == tenant)) or 0
            rows = [
                {
                    "tenant": tenant,
                    "number": number,
                    "at_ms": line.at_ms,
                    "code": line.code,
                    "call": line.call,
                    "key_id": line.key_id,
                    "subject": line.subject,
                }
                for number, line in enumerate(lines, start=last + 1)
            ]
            connection.execute(insert(audit), rows)

    def lines(self) -> tuple[Line, ...]:
        """All lines, oldest first."""
        columns = (audit.c.at_ms, audit.c.code, audit.c.call, audit.c.key_id, audit.c.subject)
        query = select(*columns).where(audit.c.tenant == self._archive.tenant).order_by(audit.c.number)
        with self._archive.read() as connection:
            return tuple(Line(**row) for row in connection.execute(query).mappings())

    def sweep(self) -> None:
        """Drop the oldest lines beyond the limit."""
        tenant = self._archive.tenant
        with self._archive.write() as connection:
            last = connection.scalar(select(func.max(audit.c.number)).where(audit.c.tenant == tenant)) or 0
            connection.execute(
                delete(audit).where(audit.c.tenant == tenant, audit.c.number <= last - self._max_lines)
            )
