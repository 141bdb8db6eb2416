"""Putting marks on a page: the only place that calls reportlab's canvas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import groupby

from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import PDFImageXObject
from reportlab.pdfgen.canvas import Canvas

from inspector.errors import AnnexPhotoError
from inspector.notices.fonts import EmbeddedFont, Face, FontBook
from inspector.notices.layout import (
    HEIGHT,
    LEFT,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    TOP,
    WIDTH,
    Code,
    Glyphs,
    Ink,
    Mark,
    Picture,
    Rule,
)
from inspector.notices.qr import QUIET_ZONE, dark_modules

rl_config.useA85 = 0
"""Streams stay binary: a quarter smaller, and a photo's bytes can be read back as they were."""

_INK_WEIGHT = 1.1
_FOOT = 7 * MM


class Artist:
    """Draws the pages of one document.

    Operators are written straight into the page's content (ISO 32000-1 §8, §9): reportlab's own calls format
    each number and look up each font once per call, which took most of the time of a page.
    """

    def __init__(
        self, canvas: Canvas, book: FontBook, photos: Mapping[int, bytes], blank: frozenset[str]
    ) -> None:
        self._canvas = canvas
        self._document = canvas._doc  # type: ignore[attr-defined]  # the stubs leave it out
        self._book = book
        self._photos = photos
        self._blank = blank

    def page(self, marks: Iterable[Mark], *, foot: str, head: str, watermark: str) -> None:
        """Draw one page and end it."""
        self._write("1 J 1 j")
        for mark in marks:
            match mark:
                case Glyphs():
                    self._glyphs(mark, LEFT + mark.x, _up(mark.y))
                case Rule():
                    self._rule(mark)
                case Ink():
                    self._ink(mark)
                case Picture():
                    self._picture(mark)
                case Code():
                    self._code(mark)
        self._page_furniture(foot, head, watermark)
        self._canvas.showPage()

    def _write(self, operators: str) -> None:
        self._canvas._code.append(operators)  # type: ignore[attr-defined]  # the stubs leave it out

    def _page_furniture(self, foot: str, head: str, watermark: str) -> None:
        canvas = self._canvas
        if watermark:
            # Above everything and translucent: a photo must not hide it.
            canvas.saveState()
            canvas.setFillAlpha(0.16)
            canvas.translate(PAGE_WIDTH / 2, PAGE_HEIGHT / 2)
            canvas.rotate(50)
            self._centred(watermark, 0, -24, Face.BOLD, 84)
            canvas.restoreState()
        self._centred(foot, LEFT + WIDTH / 2, _up(HEIGHT + _FOOT + 9), Face.BODY, 12)
        if head:
            self._centred(head, LEFT + WIDTH / 2, _up(-14), Face.BODY, 10.5, grey=0.25)

    def _centred(self, text: str, x: float, y: float, face: Face, size: float, *, grey: float = 0.0) -> None:
        width = sum(self._book.widths(text, face, size))
        self._glyphs(Glyphs(0, 0, text, face, size, 0.0, grey), x - width / 2, y)

    # --- Text -------------------------------------------------------------------------------------

    def _glyphs(self, mark: Glyphs, x: float, y: float) -> None:
        self._write(f"{mark.grey:g} g BT {mark.spacing:.3f} Tc")
        for font, run in self._runs(mark):
            if font is None:
                self._blank_boxes(len(run), x, y, mark)
            else:
                name = font.getSubsetInternalName(0, self._document)
                codes = font.coded(run, self._document)
                self._write(f"{name} {mark.size:g} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm <{codes}> Tj")
            if run is not mark.text:
                x += sum(self._book.widths(run, mark.face, mark.size)) + len(run) * mark.spacing
        self._write("ET")

    def _runs(self, mark: Glyphs) -> Iterator[tuple[EmbeddedFont | None, str]]:
        """The line in runs of one font each; None stands for characters left blank."""
        if self._blank.isdisjoint(mark.text) and self._book.is_plain(mark.text, mark.face):
            yield self._book.first(mark.face), mark.text
            return

        def font_of(char: str) -> EmbeddedFont | None:
            return None if char in self._blank else self._book.font_for(char, mark.face)

        for font, run in groupby(mark.text, key=font_of):
            yield font, "".join(run)

    def _blank_boxes(self, count: int, x: float, y: float, mark: Glyphs) -> None:
        """Room for characters written by hand. A path may not stand inside a text object, so that is left."""
        side, step = mark.size * 0.92, mark.size + mark.spacing
        boxes = "".join(
            f" {x + place * step + mark.size * 0.04:.2f} {y - mark.size * 0.12:.2f} {side:.2f} {side:.2f} re"
            for place in range(count)
        )
        self._write(f"ET 0.5 w{boxes} S BT")

    # --- Lines and pictures -----------------------------------------------------------------------

    def _rule(self, mark: Rule) -> None:
        x, y, to_x, to_y = LEFT + mark.x, _up(mark.y), LEFT + mark.to_x, _up(mark.to_y)
        self._write(f"{mark.weight:g} w {x:.2f} {y:.2f} m {to_x:.2f} {to_y:.2f} l S")

    def _ink(self, mark: Ink) -> None:
        """The strokes as vectors, in their own proportions, in the middle of the box."""
        drawn = mark.signature
        scale = min(mark.width / drawn.width, mark.height / drawn.height)
        left = LEFT + mark.x + (mark.width - drawn.width * scale) / 2
        top = _up(mark.y) - (mark.height - drawn.height * scale) / 2
        parts = [f"{_INK_WEIGHT:g} w"]
        for stroke in filter(None, drawn.strokes):
            points = [f"{left + x * scale:.2f} {top - y * scale:.2f}" for x, y in stroke]
            # A dot is a line of no length with a round end.
            parts.append(f"{points[0]} m {' l '.join(points[1:] or points)} l")
        self._write(" ".join([*parts, "S"]))

    def _picture(self, mark: Picture) -> None:
        name = f"photo{mark.number}"
        image = _image(name, self._photos[mark.number], mark.number)
        scale = min(mark.width / image.width, mark.height / image.height)
        width, height = image.width * scale, image.height * scale
        x, y = LEFT + mark.x + (mark.width - width) / 2, _up(mark.y) - height
        self._document.addForm(name, image)
        self._write(f"q {width:.2f} 0 0 {height:.2f} {x:.2f} {y:.2f} cm")
        self._canvas.doForm(name)
        self._write("Q")

    def _code(self, mark: Code) -> None:
        """The QR code as rectangles in units of a module, one for each run of dark modules in a row."""
        rows = dark_modules(mark.text)
        side = mark.side / (len(rows) + 2 * QUIET_ZONE)
        x, y = LEFT + mark.x + QUIET_ZONE * side, _up(mark.y + QUIET_ZONE * side)
        runs = (
            f"{first} {row} {length} 1 re"
            for row, modules in enumerate(rows)
            for first, length in _dark_runs(modules)
        )
        self._write(f"q 0 g {side:.4f} 0 0 {-side:.4f} {x:.2f} {y:.2f} cm")
        self._write("\n".join([*runs, "f Q"]))


def _up(y: float) -> float:
    """From below the top of the type area to above the bottom of the page."""
    return PAGE_HEIGHT - TOP - y


def _dark_runs(modules: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Runs of dark modules as (first, length)."""
    place = 0
    for is_dark, run in groupby(modules):
        length = len(list(run))
        if is_dark:
            yield place, length
        place += length


def _image(name: str, jpeg: bytes, number: int) -> PDFImageXObject:
    image = PDFImageXObject(name)
    if not image.loadImageFromJPEG(BytesIO(jpeg)):
        raise AnnexPhotoError(number=number, reason="不是 JPEG")
    if image.colorSpace not in ("DeviceGray", "DeviceRGB"):
        raise AnnexPhotoError(number=number, reason="颜色应为灰度或 RGB")
    return image
