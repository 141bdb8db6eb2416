"""A PDF's pages as pictures, where this installation has a renderer; no part of the tablet depends on it.

`pypdfium2` (BSD-3-Clause or Apache-2.0) is looked for and never required: it has no build for phones. Without
it a PDF is handed to the system's own viewer.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from io import BytesIO

MOST_PAGES = 30
_POINTS_WIDE = 595.0


def can_render() -> bool:
    """Whether pages can be drawn here."""
    return find_spec("pypdfium2") is not None


def page_pictures(pdf: bytes, *, width: int = 1200) -> tuple[bytes, ...]:
    """The first pages of a PDF as PNGs, in order.

    Args:
        pdf: one of our own documents.
        width: of an A4 page, in pixels.
    """
    document = import_module("pypdfium2").PdfDocument(pdf)
    try:
        return tuple(
            _png(document[number], width / _POINTS_WIDE) for number in range(min(len(document), MOST_PAGES))
        )
    finally:
        document.close()


def _png(page: object, scale: float) -> bytes:
    target = BytesIO()
    page.render(scale=scale).to_pil().save(target, "PNG")  # type: ignore[attr-defined]
    return target.getvalue()
