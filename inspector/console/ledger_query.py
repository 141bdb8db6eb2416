"""What the ledger is asked for, in the address bar: whoever comes back from a notice finds the same page.

What a person types to search is no part of it: an address lands in histories, and names do not belong there.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from inspector.console import routes
from inspector.console.ledger import LedgerTab

_DIGITS = 6
"""Of a page's number that is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerQuery:
    """A tab, and a page of it, from 0; `text` is a part of a number or of an enterprise's name."""

    tab: LedgerTab = LedgerTab.ALL
    page: int = 0
    text: str = ""

    @classmethod
    def of(cls, route: str, *, text: str = "") -> LedgerQuery:
        """The query in an address; whatever it does not understand is left out."""
        values = {name: found[0] for name, found in parse_qs(urlsplit(route).query).items()}
        tab = next((one for one in LedgerTab if one.value == values.get("tab")), LedgerTab.ALL)
        page = values.get("page", "")
        is_number = page.isascii() and page.isdigit() and len(page) <= _DIGITS
        return cls(tab=tab, page=int(page) if is_number else 0, text=text)

    @property
    def route(self) -> str:
        """Its address."""
        values = {"tab": self.tab.value if self.tab is not LedgerTab.ALL else "", "page": self.page or ""}
        query = urlencode({name: str(value) for name, value in values.items() if value})
        return f"{routes.NOTICES}?{query}" if query else routes.NOTICES

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but everything is asked for."""
        return self != LedgerQuery()
