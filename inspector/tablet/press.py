"""The tablet's press and the office's fonts, both read when first asked for: it takes longer than a frame."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from inspector.domain.access import Access
from inspector.domain.notice import Notice
from inspector.store.files import explained
from inspector.work.issue import Press

if TYPE_CHECKING:
    from inspector.notices.own_fonts import OwnFont, OwnFonts


class FontShelf:
    """The office's fonts on this tablet.

    Args:
        folder: for them alone.
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
        """Go back to the shipped font."""
        self._fonts().remove(use)
        self.changes += 1

    def _fonts(self) -> OwnFonts:
        from inspector.notices.own_fonts import OwnFonts

        return OwnFonts(self._folder)


class LatePress:
    """A press whose fonts are read when the first notice is printed.

    Args:
        assets: the folder that holds `fonts/` and `notices/`.
        shelf: the office's fonts.
    """

    def __init__(self, assets: Path, shelf: FontShelf) -> None:
        self._assets, self._shelf = assets, shelf
        self._turn = Lock()
        self._made: tuple[int, Press] | None = None

    def print(
        self,
        notice: Notice,
        *,
        token: str | None,
        attachments: Mapping[str, bytes],
        photos: Mapping[str, bytes],
        blank_for_handwriting: Collection[str] = (),
        access: Access | None = None,
    ) -> bytes:
        """The PDF of a notice; see `inspector.notices.press.PdfPress.print`."""
        return self._press().print(
            notice,
            token=token,
            attachments=attachments,
            photos=photos,
            blank_for_handwriting=blank_for_handwriting,
            access=access,
        )

    def missing(self, notice: Notice) -> Mapping[str, tuple[str, ...]]:
        """The characters of a notice that no font has, each with the fields that it occurs in."""
        return self._press().missing(notice)

    def status(self, notice: Notice) -> str:
        """What is to be known of the form before it is issued; empty for nothing."""
        return self._press().status(notice)

    def title(self, notice: Notice) -> str:
        """What is printed at the top of a notice."""
        return self._press().title(notice)

    def _press(self) -> Press:
        from inspector.notices.press import PdfPress

        with self._turn:
            if self._made is None or self._made[0] != self._shelf.changes:
                self._made = self._shelf.changes, PdfPress(self._assets, self._shelf.all())
            return self._made[1]
