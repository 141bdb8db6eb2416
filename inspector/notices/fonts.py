"""The fonts of the paper: which file draws which character, how wide it is, and how it is embedded.

* An office may lay fonts of its own over ours (`own_fonts`). A character that the first font lacks is drawn
  by the next one that has it; one that no font has is known before anything is drawn (guarantee 8).
* A font is embedded as a subset with two-byte codes and a `ToUnicode` map in UTF-16, so that the text of the
  PDF is the text of the notice beyond the basic plane as well. reportlab's own map is wrong there, so
  only its reader of fonts is used.
* Private-use code points count as missing: what a font shows for them is its own affair.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from reportlab.pdfbase.ttfonts import SUBSETN, TTFError, TTFontFace

from inspector.errors import FontUnusableError
from inspector.notices.pdf_file import PdfFile
from inspector.notices.subset import Cutter

_SQUARE = 1000
_SYMBOLIC = 1 << 2
_BFCHARS_IN_A_BLOCK = 100  # Adobe technical note 5411
_LEVEL = 3
_BEYOND_ONE_UNIT = 0x10000
UNREADABLE = (
    TTFError,
    OSError,
    struct.error,
    ValueError,
    LookupError,
    ArithmeticError,
    AttributeError,
    TypeError,
)
"""What reportlab's reader of fonts ends with on a damaged file."""
_PRIVATE_USE = range(0xE000, 0xF900)
_PRIVATE_PLANES = 0xF0000
"""All beyond it is for private use as well."""


class Face(StrEnum):
    """The faces of the paper: 正文, 表头和标签, 标题."""

    BODY = "body"
    BOLD = "bold"
    TITLE = "title"


SHIPPED = {
    Face.BODY: "NotoSerifSC-Regular",
    Face.BOLD: "NotoSerifSC-Bold",
    Face.TITLE: "NotoSerifSC-Bold",
}
FALLBACK = "HanaMinB"
RARE = "rare"
"""The office's own font for characters that all others lack; it sets no text of its own."""

KEPT_FONTS = 7
"""Three that are shipped, four of the office. A font holds its whole file: one that was replaced must go."""


class EmbeddedFont:
    """A TrueType font that is embedded once, as a subset, under two-byte codes (ISO 32000-1 §9.7).

    Attributes:
        name: of its file, without the ending.
        face: the file as reportlab reads it.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self.face = TTFontFace(str(path))
        self._cutter = Cutter(self.face)

    def has(self, code: int) -> bool:
        """Whether the font draws this code point."""
        return code in self.face.charToGlyph and code not in _PRIVATE_USE and code < _PRIVATE_PLANES

    def width(self, code: int) -> float:
        """Advance width in thousandths of the size."""
        return float(self.face.getCharWidth(code))

    def is_simple(self, code: int) -> bool:
        """Whether the font draws this code point by one glyph that uses no other."""
        return self.has(code) and self._cutter.is_simple(self.face.charToGlyph[code])

    def embed(self, file: PdfFile, chars: Sequence[str], *, number: int, blocks: Sequence[int] = ()) -> str:
        """Add the font's objects to a file; gives the reference to the font.

        Args:
            chars: the characters that it draws there; their codes count from 1.
            blocks: as for `Cutter.subset`.
            number: of the font in the file. Each subset has a tag of its own (ISO 32000-1 §9.6.4): an office
                may use one font for two faces.
        """
        codes = [ord(char) for char in chars]
        name = f"{SUBSETN(number).decode()}+{self.face.name.decode()}"
        described = self._descriptor(file, name, codes, blocks)
        descendant = file.add(
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name}"
            " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
            f" /FontDescriptor {described} /DW {_SQUARE} /W {self._listed(codes)}"
            " /CIDToGIDMap /Identity >>"
        )
        unicode_map = file.stream(to_unicode_map(codes), level=_LEVEL)
        return file.add(
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H"
            f" /DescendantFonts [{descendant}] /ToUnicode {unicode_map} >>"
        )

    def _listed(self, codes: Iterable[int]) -> str:
        """The widths that are not a full square, as `code [width]` pairs."""
        face = self.face
        known, other = face.charWidths.get, face.defaultWidth
        widths = [known(code, other) for code in codes]
        listed = [f"{number} [{width:g}]" for number, width in enumerate(widths, 1) if width != _SQUARE]
        return f"[{' '.join(listed)}]"

    def _descriptor(self, file: PdfFile, name: str, codes: list[int], blocks: Sequence[int]) -> str:
        face = self.face
        glyphs = face.charToGlyph
        cut = self._cutter.subset([glyphs[code] for code in codes], blocks)
        box = " ".join(f"{side:g}" for side in face.bbox)
        return file.add(
            f"<< /Type /FontDescriptor /FontName /{name} /Flags {_SYMBOLIC} /FontBBox [{box}]"
            f" /ItalicAngle {face.italicAngle:g} /Ascent {face.ascent:g} /Descent {face.descent:g}"
            f" /CapHeight {face.capHeight:g} /StemV {face.stemV:g}"
            f" /FontFile2 {file.outlines(cut)} >>"
        )


def to_unicode_map(codes: Iterable[int]) -> bytes:
    """The ToUnicode CMap for code points numbered from 1 (ISO 32000-1 §9.10.3): values are UTF-16BE."""
    lines = [
        f"<{n:04x}> <{code:04x}>" if code < _BEYOND_ONE_UNIT else f"<{n:04x}> <{_utf_16(code)}>"
        for n, code in enumerate(codes, 1)
    ]
    blocks = [lines[n : n + _BFCHARS_IN_A_BLOCK] for n in range(0, len(lines), _BFCHARS_IN_A_BLOCK)]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            "<0000> <FFFF>",
            "endcodespacerange",
            *(line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar")),
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    ).encode("ascii")


def _utf_16(code: int) -> str:
    return chr(code).encode("utf-16-be").hex()


def load_font(path: Path) -> EmbeddedFont:
    """A font, read once while it is in use, by whatever path: parsing takes tens of milliseconds.

    Raises:
        FontUnusableError: the file is missing or is no TrueType font that we can read.
    """
    return _read(path.resolve())


@lru_cache(maxsize=KEPT_FONTS)
def _read(path: Path) -> EmbeddedFont:
    try:
        font = EmbeddedFont(path)
    except UNREADABLE as problem:
        raise FontUnusableError(file=path.name) from problem
    return font


class _Advances(dict[str, float]):
    """The advance width of each character in one face, in parts of its size."""

    def __init__(self, book: FontBook, face: Face) -> None:
        super().__init__()
        self._book, self._face = book, face

    def __missing__(self, char: str) -> float:
        font = self._book.font_for(char, self._face)
        self[char] = width = (_SQUARE if font is None else font.width(ord(char))) / 1000
        return width


class FontBook:
    """The fonts of one folder, under those of the office. A fallback is read when a character asks for it.

    Args:
        folder: of the fonts that are shipped.
        own: font files of the office by what they are for: a face's word, or `RARE`.

    Raises:
        FontUnusableError: a font file is missing or is no TrueType font.
    """

    def __init__(self, folder: Path, own: Mapping[str, Path] | None = None) -> None:
        self._folder = folder.resolve()
        self._own = {use: path.resolve() for use, path in (own or {}).items()}
        # Kept here as well: one and the same object for a file, however many others were read in between.
        self._fonts: dict[Path, EmbeddedFont] = {}
        for name in SHIPPED.values():
            self._font(self._shipped(name))
        self._first = {face: self._font(next(self._chain(face))) for face in Face}
        self._drawn_by: dict[tuple[str, Face], EmbeddedFont | None] = {}
        self._advances = {face: _Advances(self, face) for face in Face}
        self._there: set[str] = set()

    def first(self, face: Face) -> EmbeddedFont:
        """The font that is asked first for a face's characters."""
        return self._first[face]

    def font_for(self, char: str, face: Face) -> EmbeddedFont | None:
        """The font that draws `char` in that face; None when no font has it."""
        key = char, face
        if key not in self._drawn_by:
            fonts = map(self._font, self._chain(face))
            self._drawn_by[key] = next((font for font in fonts if font.has(ord(char))), None)
        return self._drawn_by[key]

    def packs(self, char: str, face: Face) -> bool:
        """Whether the face's first font draws `char`, by an outline that can be packed apart from others."""
        first = self.first(face)
        return self.font_for(char, face) is first and first.is_simple(ord(char))

    def widths(self, text: str, face: Face, size: float) -> list[float]:
        """The advance width of each code point, in points; a missing one takes a full square."""
        advances = self._advances[face]
        return [advances[char] * size for char in text]

    def missing(self, text: str) -> list[str]:
        """The characters of `text` that no font has, each once, in their order."""
        new = set(text) - self._there
        self._there |= {char for char in new if self.font_for(char, Face.BODY) is not None}
        return [char for char in dict.fromkeys(text) if char not in self._there] if new else []

    def _chain(self, face: Face) -> Iterator[Path]:
        """The files that are asked for a character, in their order."""
        for use in (face, RARE):
            if use in self._own:
                yield self._own[use]
            if use is face:
                yield self._shipped(SHIPPED[face])
        yield self._shipped(FALLBACK)
        yield from self._own.values()

    def _font(self, path: Path) -> EmbeddedFont:
        if path not in self._fonts:
            self._fonts[path] = load_font(path)
        return self._fonts[path]

    def _shipped(self, name: str) -> Path:
        return self._folder / f"{name}.ttf"
