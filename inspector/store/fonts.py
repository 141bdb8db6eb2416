"""The office's own fonts on this machine, read when first asked for: it takes longer than a frame."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inspector.store.files import explained

if TYPE_CHECKING:
    from inspector.notices.own_fonts import OwnFont, OwnFonts


class FontShelf:
    """The office's fonts.

    Args:
        folder: for them alone.

    Attributes:
        changes: how often they were changed; whoever prints with them reads them again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.changes = 0

    def all(self) -> tuple[OwnFont, ...]:
        """The fonts that are there."""
        return self._fonts().all()

    def put(self, use: str, data: bytes) -> None:
        """Take in a font; see `inspector.notices.own_fonts.OwnFonts.put`.

        Raises:
            FontRefusedError: it cannot be embedded, or must not be.
            StoreFullError, StoreUnavailableError: the disk.
        """
        try:
            self._fonts().put(use, data)
        except OSError as problem:
            raise explained(problem) from problem
        self.changes += 1

    def remove(self, use: str) -> None:
        """Go back to the shipped font.

        Raises:
            StoreFullError, StoreUnavailableError: the disk.
        """
        try:
            self._fonts().remove(use)
        except OSError as problem:
            raise explained(problem) from problem
        self.changes += 1

    def _fonts(self) -> OwnFonts:
        from inspector.notices.own_fonts import OwnFonts

        return OwnFonts(self._folder)
