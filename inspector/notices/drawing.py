"""Putting marks on a page: the only place that calls reportlab's canvas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from itertools import groupby

from reportlab import rl_config
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.pdfbase.pdfdoc import PDFImageXObject
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

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

rl_config.useA85 = 0
"""Streams stay binary: a quarter smaller, and a photo's bytes can be read back as they were."""

_QUIET = 4
_INK_WEIGHT = 1.1
_FOOT = 7 * MM
_MASK = 3


class Artist:
    """Draws the pages of one document."""

    def __init__(
        self, canvas: Canvas, book: FontBook, photos: Mapping[int, bytes], blank: frozenset[str]
    ) -> None:
        self._canvas = canvas
        self._book = book
        self._photos = photos
        self._blank = blank
        canvas.setLineCap(1)
        canvas.setLineJoin(1)

    def page(self, marks: Iterable[Mark], *, foot: str, head: str, watermark: str) -> None:
        """Draw one page and end it."""
        for mark in marks:
            match mark:
                case Glyphs():
                    self._glyphs(mark, LEFT + mark.x, _up(mark.y))
                case Rule():
                    self._canvas.setLineWidth(mark.weight)
                    self._canvas.line(LEFT + mark.x, _up(mark.y), LEFT + mark.to_x, _up(mark.to_y))
                case Ink():
                    self._ink(mark)
                case Picture():
                    self._picture(mark)
                case Code():
                    self._code(mark)
        self._page_furniture(foot, head, watermark)
        self._canvas.showPage()

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
        self._canvas.setFillGray(mark.grey)
        line = self._line(x, y, mark)
        for font, run in self._runs(mark):
            x += sum(self._book.widths(run, mark.face, mark.size)) + len(run) * mark.spacing
            if font is not None:
                line.setFont(font.fontName, mark.size)
                line.textOut(run)
                continue
            self._end_line(line, mark)
            for place in range(len(run)):
                self._blank_box(x - (place + 1) * (mark.size + mark.spacing), y, mark.size)
            line = self._line(x, y, mark)
        self._end_line(line, mark)

    def _line(self, x: float, y: float, mark: Glyphs) -> PDFTextObject:
        line = self._canvas.beginText(x, y)
        if mark.spacing:
            line.setCharSpace(mark.spacing)
        return line

    def _end_line(self, line: PDFTextObject, mark: Glyphs) -> None:
        if mark.spacing:
            line.setCharSpace(0)
        self._canvas.drawText(line)

    def _runs(self, mark: Glyphs) -> Iterator[tuple[EmbeddedFont | None, str]]:
        def font_of(char: str) -> EmbeddedFont | None:
            return None if char in self._blank else self._book.font_for(char, mark.face)

        for font, run in groupby(mark.text, key=font_of):
            yield font, "".join(run)

    def _blank_box(self, x: float, y: float, size: float) -> None:
        """Room for one character written by hand."""
        self._canvas.setLineWidth(0.5)
        self._canvas.rect(x + size * 0.04, y - size * 0.12, size * 0.92, size * 0.92, stroke=1, fill=0)

    # --- Lines and pictures -----------------------------------------------------------------------

    def _ink(self, mark: Ink) -> None:
        """The strokes as vectors, in their own proportions, in the middle of the box."""
        drawn = mark.signature
        scale = min(mark.width / drawn.width, mark.height / drawn.height)
        left = LEFT + mark.x + (mark.width - drawn.width * scale) / 2
        top = _up(mark.y) - (mark.height - drawn.height * scale) / 2
        path = self._canvas.beginPath()
        for stroke in drawn.strokes:
            points = [(left + x * scale, top - y * scale) for x, y in stroke]
            for place, point in enumerate(points):
                (path.lineTo if place else path.moveTo)(*point)
            if len(points) == 1:
                path.lineTo(*points[0])
        self._canvas.setLineWidth(_INK_WEIGHT)
        self._canvas.drawPath(path, stroke=1, fill=0)

    def _picture(self, mark: Picture) -> None:
        name = f"photo{mark.number}"
        image = _image(name, self._photos[mark.number], mark.number)
        scale = min(mark.width / image.width, mark.height / image.height)
        width, height = image.width * scale, image.height * scale
        canvas = self._canvas
        canvas._doc.addForm(name, image)  # type: ignore[attr-defined]  # the stubs leave it out
        canvas.saveState()
        canvas.translate(LEFT + mark.x + (mark.width - width) / 2, _up(mark.y) - height)
        canvas.scale(width, height)
        canvas.doForm(name)
        canvas.restoreState()

    def _code(self, mark: Code) -> None:
        """The QR code as rectangles, one for each run of dark modules in a row."""
        code: QRCode = _QuickCode(None, QRErrorCorrectLevel.M)
        code.addData(mark.text)
        code.make()
        count = code.getModuleCount()
        side = mark.side / (count + 2 * _QUIET)
        path = self._canvas.beginPath()
        for row in range(count):
            y = _up(mark.y + (row + 1 + _QUIET) * side)
            dark = [column for column in range(count) if code.isDark(row, column)]
            for first, length in _runs_of(dark):
                path.rect(LEFT + mark.x + (first + _QUIET) * side, y, length * side, side)
        self._canvas.setFillGray(0)
        self._canvas.drawPath(path, stroke=0, fill=1)


class _QuickCode(QRCode):
    """A QR code under one fixed mask.

    Any of the eight masks reads the same (the standard lets the encoder choose for contrast); trying all of
    them costs more than the whole page.
    """

    def getBestMaskPattern(self) -> int:
        """The fixed one."""
        return _MASK


def _up(y: float) -> float:
    """From below the top of the type area to above the bottom of the page."""
    return PAGE_HEIGHT - TOP - y


def _runs_of(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Consecutive numbers as (first, length)."""
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        columns = [column for _, column in run]
        yield columns[0], len(columns)


def _image(name: str, jpeg: bytes, number: int) -> PDFImageXObject:
    image = PDFImageXObject(name)
    if not image.loadImageFromJPEG(BytesIO(jpeg)):
        raise AnnexPhotoError(number=number, reason="不是 JPEG")
    if image.colorSpace not in ("DeviceGray", "DeviceRGB"):
        raise AnnexPhotoError(number=number, reason="颜色应为灰度或 RGB")
    return image
