"""The office's own fonts at the console: what samples and documents are printed with here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.console.accounts import LoggedIn, Right
from inspector.console.desk import Desk
from inspector.store.fonts import FontShelf

if TYPE_CHECKING:
    from inspector.notices.own_fonts import OwnFont


class OfficeFonts:
    """The fonts, as one account may change them.

    Args:
        shelf: where they are.
        by: who asks.
    """

    def __init__(self, desk: Desk, shelf: FontShelf, by: LoggedIn) -> None:
        self._desk, self._shelf, self._by = desk, shelf, by

    def all(self) -> tuple[OwnFont, ...]:
        """The fonts that are there."""
        return self._shelf.all()

    def put(self, use: str, data: bytes) -> None:
        """Take in a font.

        Raises:
            NotPermittedError: no administrator.
            FontRefusedError: it cannot be embedded, or must not be.
            StoreFullError, StoreUnavailableError: the disk.
        """
        self._by.account.must(Right.MANAGE)
        self._shelf.put(use, data)
        self._desk.note(self._by, "set-font", use)

    def remove(self, use: str) -> None:
        """Go back to the shipped font.

        Raises:
            NotPermittedError: no administrator.
            StoreFullError, StoreUnavailableError: the disk.
        """
        self._by.account.must(Right.MANAGE)
        self._shelf.remove(use)
        self._desk.note(self._by, "drop-font", use)
