"""A PDF's pages as pictures, where this installation has a renderer; nothing depends on it.

`pypdfium2` (BSD-3-Clause or Apache-2.0) is looked for and never required: it has no build for phones. Without
it a PDF is handed to the system's own viewer.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from typing import Any

RENDERER = "pypdfium2"
MOST_PAGES = 30
_POINTS_WIDE = 595.0


def can_render(renderer: str = RENDERER) -> bool:
    """Whether pages can be drawn here."""
    return find_spec(renderer) is not None


def page_pictures(pdf: bytes, *, width: int = 1200, renderer: str = RENDERER) -> tuple[bytes, ...]:
    """The first pages of a PDF as PNGs, in order; none where they cannot be drawn.

    Args:
        pdf: one of our own documents.
        width: of an A4 page, in pixels.
    """
    if not can_render(renderer):
        return ()
    try:
        document = import_module(renderer).PdfDocument(pdf)
    except RuntimeError:
        # What the renderer raises for a file that it cannot read; the system's viewer may.
        return ()
    try:
        shown = range(min(len(document), MOST_PAGES))
        return tuple(_png(document[number], width / _POINTS_WIDE) for number in shown)
    finally:
        document.close()


def _png(page: Any, scale: float) -> bytes:
    target = BytesIO()
    page.render(scale=scale).to_pil().save(target, "PNG")
    return target.getvalue()
