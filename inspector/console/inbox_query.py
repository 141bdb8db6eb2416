"""The inbox's filter in the address bar: a reload or a sent link finds the same list.

What a person types to search is no part of it: an address lands in histories, and names do not belong there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

from inspector.console import routes
from inspector.console.records import InboxFilter
from inspector.console.taking import RecordState
from inspector.domain.checklist import Domain, Severity

E = TypeVar("E", bound=StrEnum)
_DAY_MS = 24 * 3600 * 1000
_AHEAD_MS = 8 * 3600 * 1000
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxQuery:
    """What the inbox is asked for.

    Attributes:
        first, last: days of sealing (+08:00), both included.
        page: from 0.
    """

    state: RecordState | None = None
    domain: Domain | None = None
    severity: Severity | None = None
    device: str = ""
    first: date | None = None
    last: date | None = None
    text: str = ""
    page: int = 0

    @classmethod
    def of(cls, route: str, *, text: str = "") -> InboxQuery:
        """The query in an address; whatever it does not understand is left out."""
        values = {name: found[0] for name, found in parse_qs(urlsplit(route).query).items()}
        page = values.get("page", "")
        return cls(
            state=_member(RecordState, values.get("state")),
            domain=_member(Domain, values.get("domain")),
            severity=_member(Severity, values.get("severity")),
            device=values.get("device", ""),
            first=day_of(values.get("from", "")),
            last=day_of(values.get("to", "")),
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 0,
            text=text,
        )

    @property
    def route(self) -> str:
        """Its address."""
        values = {
            "state": self.state,
            "domain": self.domain,
            "severity": self.severity,
            "device": self.device,
            "from": self.first,
            "to": self.last,
            "page": self.page or "",
        }
        query = urlencode({name: str(value) for name, value in values.items() if value})
        return f"{routes.INBOX}?{query}" if query else routes.INBOX

    @property
    def filter(self) -> InboxFilter:
        """What the records are asked for."""
        return InboxFilter(
            state=self.state,
            domain=self.domain,
            severity=self.severity,
            device=self.device,
            text=self.text,
            from_ms=_midnight_ms(self.first) if self.first else None,
            to_ms=_midnight_ms(self.last) + _DAY_MS if self.last else None,
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the state is asked for."""
        return replace(self, state=None, page=0) != InboxQuery()

    def turned(self, **changes: object) -> InboxQuery:
        """Another query, from its first page on."""
        return replace(self, **{"page": 0, **changes})  # type: ignore[arg-type]


def day_of(text: str) -> date | None:
    """The day in `2026-11-23`; None for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _member(kind: type[E], value: str | None) -> E | None:
    return next((one for one in kind if one.value == value), None)


def _midnight_ms(day: date) -> int:
    """When a day begins in +08:00."""
    return (day - _EPOCH).days * _DAY_MS - _AHEAD_MS
