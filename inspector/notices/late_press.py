"""A press that reads its fonts when it first prints, and again when the office changes its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from inspector.domain.access import Access
from inspector.domain.notice import Notice

if TYPE_CHECKING:
    from inspector.notices.own_fonts import OwnFont
    from inspector.notices.press import PdfPress
    from inspector.notices.templates import OwnTemplate


class Shelf(Protocol):
    """Where the office's own fonts are; `changes` counts up whenever they are others."""

    changes: int

    def all(self) -> tuple[OwnFont, ...]:
        """The fonts that are there."""
        ...


class LatePress:
    """A press whose fonts are read when the first notice is printed.

    Args:
        assets: the folder that holds `fonts/` and `notices/`.
        shelf: the office's fonts.
    """

    def __init__(self, assets: Path, shelf: Shelf) -> None:
        self._assets, self._shelf = assets, shelf
        self._turn = Lock()
        self._made: tuple[int, PdfPress] | None = None

    def print(
        self,
        notice: Notice,
        *,
        token: str | None,
        attachments: Mapping[str, bytes],
        photos: Mapping[str, bytes],
        blank_for_handwriting: Collection[str] = (),
        access: Access | None = None,
        own_template: bytes | None = None,
    ) -> bytes:
        """The PDF of a notice; see `inspector.notices.press.PdfPress.print`."""
        return self._press().print(
            notice,
            token=token,
            attachments=attachments,
            photos=photos,
            blank_for_handwriting=blank_for_handwriting,
            access=access,
            own_template=own_template,
        )

    def missing(self, notice: Notice) -> Mapping[str, tuple[str, ...]]:
        """The characters of a notice that no font has, each with the fields that it occurs in."""
        return self._press().missing(notice)

    def status(self, notice: Notice, own_template: bytes | None = None) -> str:
        """What is to be known of the form before it is issued; empty for nothing."""
        return self._press().status(notice, own_template)

    def title(self, notice: Notice) -> str:
        """What is printed at the top of a notice."""
        return self._press().title(notice)

    def specimen(self, own: OwnTemplate) -> bytes:
        """One of the office's own documents, filled with invented data; see `PdfPress.specimen`."""
        return self._press().specimen(own.document, own.issuer)

    def _press(self) -> PdfPress:
        from inspector.notices.press import PdfPress

        with self._turn:
            if self._made is None or self._made[0] != self._shelf.changes:
                self._made = self._shelf.changes, PdfPress(self._assets, self._shelf.all())
            return self._made[1]
