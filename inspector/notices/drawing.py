"""Putting marks on a page: operators for the content of pages, and what the pages refer to.

Operators are written straight (ISO 32000-1 §8, §9). A general canvas formats each number and looks up each
font once per call, which took most of the time of a page.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import groupby
from math import cos, radians, sin
from typing import NamedTuple

from reportlab.pdfbase.pdfdoc import PDFError
from reportlab.pdfbase.pdfutils import readJPEGInfo

from inspector.domain.notice_parts import DrawnSignature
from inspector.errors import AnnexPhotoError
from inspector.notices.fonts import EmbeddedFont, Face, FontBook
from inspector.notices.frame import Blocks
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
    spaced,
)
from inspector.notices.pdf_file import PdfFile
from inspector.notices.qr import QUIET_ZONE, dark_modules

_INK_WEIGHT = 1.1
_FOOT = 7 * MM
_HEAD, _HEAD_ROOM = 10.5, WIDTH + 20 * MM
_WATERMARK_ALPHA, _WATERMARK_DEGREES = 0.16, 50
_LEVEL = 4
_COLOURS = {1: "DeviceGray", 3: "DeviceRGB"}


class _Codes(dict[str, str]):
    """The codes that a font's characters were given, from 1 in the order of their first use.

    Raises:
        KeyError: asked for a character that the font does not draw, or whose place is left blank.
    """

    def __init__(self, name: str, font: EmbeddedFont, blank: frozenset[str]) -> None:
        super().__init__()
        self.name = name
        self.blocks: list[int] = []
        self._font, self._blank = font, blank

    def foresee(self, block: Iterable[str]) -> None:
        """Give the next codes to the characters of a block that is packed once."""
        before = len(self)
        for char in block:
            self[char]
        if len(self) > before:
            self.blocks.append(len(self) - before)

    def __missing__(self, char: str) -> str:
        if char in self._blank or not self._font.has(ord(char)):
            raise KeyError(char)
        self[char] = code = f"{len(self) + 1:04x}"
        return code


class Sheet(NamedTuple):
    """What one page holds, and what stands below and above it."""

    marks: Sequence[Mark]
    foot: str
    head: str


class Artist:
    """Draws the pages of one document."""

    def __init__(
        self, file: PdfFile, book: FontBook, photos: Mapping[int, bytes], blank: frozenset[str]
    ) -> None:
        self._file = file
        self._book = book
        self._photos = photos
        self._blank = blank
        self._fonts: dict[EmbeddedFont, _Codes] = {}
        self._images: dict[str, str] = {}
        self._strokes: dict[
            int, str
        ] = {}  # by the identity of a signature: comparing all its points costs more
        self._contents: list[str] = []
        self._operators: list[str] = []
        self._write = self._operators.append

    def expect(self, sheets: Iterable[Sheet], frame: Mapping[Face, Blocks]) -> None:
        """Take note of what will be drawn, so that the characters of the frame come first in their fonts."""
        texts: dict[Face, list[str]] = {face: [] for face in Face}
        for marks, *furniture in sheets:
            texts[Face.BODY] += furniture
            for mark in marks:
                if isinstance(mark, Glyphs):
                    texts[mark.face].append(mark.text)
        for face, blocks in frame.items():
            font, drawn = self._book.first(face), set("".join(texts[face])) - self._blank
            for block in blocks if drawn else ():
                self._codes(font).foresee([char for char in block if char in drawn])

    def page(self, sheet: Sheet, *, watermark: str) -> None:
        """Draw one page and end it."""
        self._operators.clear()
        self._write("1 J 1 j")
        for mark in sheet.marks:
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
        self._page_furniture(sheet.foot, sheet.head, watermark)
        content = "\n".join(self._operators).encode("ascii")
        self._contents.append(self._file.stream(content, level=_LEVEL))

    def pages(self) -> str:
        """All pages drawn, as the file's page tree; gives the reference to it."""
        file, tree = self._file, self._file.reserve()
        fonts = [
            f"/{codes.name} {font.embed(file, list(codes), number=number, blocks=codes.blocks)}"
            for number, (font, codes) in enumerate(self._fonts.items())
        ]
        images = [f"/{name} {reference}" for name, reference in self._images.items()]
        resources = file.add(
            f"<< /Font << {' '.join(fonts)} >> /XObject << {' '.join(images)} >>"
            f" /ExtGState << /Faint << /Type /ExtGState /ca {_WATERMARK_ALPHA} >> >> >>"
        )
        box = f"[0 0 {PAGE_WIDTH:.4f} {PAGE_HEIGHT:.4f}]"
        kids = [
            file.add(
                f"<< /Type /Page /Parent {tree} /MediaBox {box} /Resources {resources} /Contents {content} >>"
            )
            for content in self._contents
        ]
        file.fill(tree, f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>")
        return tree

    def _page_furniture(self, foot: str, head: str, watermark: str) -> None:
        if watermark:
            # Above everything and translucent: a photo must not hide it.
            turn = radians(_WATERMARK_DEGREES)
            across, up = cos(turn), sin(turn)
            middle = f"{PAGE_WIDTH / 2:.2f} {PAGE_HEIGHT / 2:.2f}"
            self._write(f"q /Faint gs {across:.5f} {up:.5f} {-up:.5f} {across:.5f} {middle} cm")
            self._centred(watermark, 0, -24, Face.BOLD, 84)
            self._write("Q")
        self._centred(foot, LEFT + WIDTH / 2, _up(HEIGHT + _FOOT + 9), Face.BODY, 12)
        if head:
            # A long title and a long number are set smaller rather than cut at the edge of the paper.
            size = min(_HEAD, _HEAD_ROOM / sum(self._book.widths(head, Face.BODY, 1)))
            self._centred(head, LEFT + WIDTH / 2, _up(-14), Face.BODY, size, grey=0.25)

    def _centred(self, text: str, x: float, y: float, face: Face, size: float, *, grey: float = 0.0) -> None:
        width = sum(self._book.widths(text, face, size))
        self._glyphs(Glyphs(0, 0, text, face, size, 0.0, grey), x - width / 2, y)

    # --- Text -------------------------------------------------------------------------------------

    def _glyphs(self, mark: Glyphs, x: float, y: float) -> None:
        _, _, text, face, size, spacing, grey, evenly = mark
        codes = self._codes(self._book.first(face))
        try:
            shown = [
                f"{added:.3f} Tc <{''.join([codes[char] for char in run])}> Tj"
                for run, added in spaced(text, spacing, evenly=evenly)
            ]
        except KeyError:
            self._mixed(mark, x, y)
        else:
            self._write(f"{grey:g} g BT /{codes.name} {size:g} Tf {x:.2f} {y:.2f} Td {' '.join(shown)} ET")

    def _mixed(self, mark: Glyphs, x: float, y: float) -> None:
        """A line that takes more than its face's first font."""
        _, _, text, face, size, spacing, grey, evenly = mark
        self._write(f"{grey:g} g BT")
        parts = spaced(text, spacing, evenly=evenly)
        for (font, run), added in ((run, added) for part, added in parts for run in self._runs(part, face)):
            if font is None:
                self._blank_boxes(len(run), x, y, mark)
            else:
                codes = self._codes(font)
                shown = "".join([codes[char] for char in run])
                placed = f"/{codes.name} {size:g} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm"
                self._write(f"{added:.3f} Tc {placed} <{shown}> Tj")
            x += sum(self._book.widths(run, face, size)) + len(run) * added
        self._write("ET")

    def _codes(self, font: EmbeddedFont) -> _Codes:
        codes = self._fonts.get(font)
        if codes is None:
            codes = self._fonts[font] = _Codes(f"F{len(self._fonts) + 1}", font, self._blank)
        return codes

    def _runs(self, text: str, face: Face) -> Iterator[tuple[EmbeddedFont | None, str]]:
        """The text in runs of one font each; None stands for characters left blank."""

        def font_of(char: str) -> EmbeddedFont | None:
            return None if char in self._blank else self._book.font_for(char, face)

        for font, run in groupby(text, key=font_of):
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
        """The strokes as vectors, in their own units and proportions, in the middle of the box."""
        drawn = mark.signature
        scale = min(mark.width / drawn.width, mark.height / drawn.height)
        left = LEFT + mark.x + (mark.width - drawn.width * scale) / 2
        top = _up(mark.y) - (mark.height - drawn.height * scale) / 2
        # The same hand may stand on every page.
        strokes = self._strokes.get(id(drawn))
        if strokes is None:
            strokes = self._strokes[id(drawn)] = _strokes_of(drawn)
        placed = f"{scale:.5f} 0 0 {-scale:.5f} {left:.2f} {top:.2f} cm"
        self._write(f"q {placed} {_INK_WEIGHT / scale:.2f} w {strokes} S Q")

    def _picture(self, mark: Picture) -> None:
        name = f"P{mark.number}"
        jpeg = self._photos[mark.number]
        pixels = _pixels(jpeg, mark.number)
        scale = min(mark.width / pixels.width, mark.height / pixels.height)
        width, height = pixels.width * scale, pixels.height * scale
        x, y = LEFT + mark.x + (mark.width - width) / 2, _up(mark.y + mark.height)
        if name not in self._images:
            self._images[name] = self._file.raw(jpeg, pixels.entries)
        self._write(f"q {width:.2f} 0 0 {height:.2f} {x:.2f} {y:.2f} cm /{name} Do Q")

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


def _strokes_of(drawn: DrawnSignature) -> str:
    parts = []
    for stroke in filter(None, drawn.strokes):
        points = [f"{x} {y}" for x, y in stroke]
        # A dot is a line of no length with a round end.
        parts.append(f"{points[0]} m {' l '.join(points[1:] or points)} l")
    return " ".join(parts)


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


class _Pixels(NamedTuple):
    """What a picture's own head says of it."""

    width: int
    height: int
    colour: str

    @property
    def entries(self) -> str:
        return (
            f"/Type /XObject /Subtype /Image /Width {self.width} /Height {self.height}"
            f" /ColorSpace /{self.colour} /BitsPerComponent 8 /Filter /DCTDecode"
        )


def _pixels(jpeg: bytes, number: int) -> _Pixels:
    try:
        info = readJPEGInfo(BytesIO(jpeg))
    except (PDFError, struct.error, IndexError) as error:
        raise AnnexPhotoError(number=number, reason="不是 JPEG") from error
    if info is None:
        raise AnnexPhotoError(number=number, reason="不是 JPEG")
    width, height, components, _ = info
    if components not in _COLOURS or not width or not height:
        raise AnnexPhotoError(number=number, reason="颜色应为灰度或 RGB")
    return _Pixels(width, height, _COLOURS[components])
