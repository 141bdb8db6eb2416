"""The fonts of the paper: which file draws which character, how wide it is, and how it is embedded.

* An office may lay fonts of its own over ours (`own_fonts`). A character that the first font lacks is drawn
  by the next one that has it; one that no font has is known before anything is drawn (guarantee 8).
* A font is embedded as a subset with two-byte codes and a `ToUnicode` map in UTF-16, so that the text of the
  PDF is the text of the notice beyond the basic plane as well. reportlab's own map is wrong there, and its
  own splitting turns a no-break space into a space.
* Private-use code points count as missing: what a font shows for them is its own affair.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache, lru_cache, partial
from pathlib import Path
from weakref import WeakKeyDictionary

from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import SUBSETN, TTFError, TTFont

from inspector.errors import FontUnusableError
from inspector.notices.subset import Cutter

_SQUARE = 1000
_SYMBOLIC = 1 << 2
_BFCHARS_IN_A_BLOCK = 100  # Adobe technical note 5411
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
_PRIVATE_USE = ((0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD))


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


class _Codes(dict[str, str]):
    """The codes that a document's characters were given, from 1 in the order of their first use."""

    def __missing__(self, char: str) -> str:
        self[char] = code = f"{len(self) + 1:04x}"
        return code


class EmbeddedFont(TTFont):
    """A TrueType font that is embedded once, as a subset, under two-byte codes (ISO 32000-1 §9.7)."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.stem}@{path.parent}", str(path))
        self._cutter = Cutter(self.face)
        self._codes_by_document: WeakKeyDictionary[object, _Codes] = WeakKeyDictionary()

    def has(self, code: int) -> bool:
        """Whether the font draws this code point."""
        return code in self.face.charToGlyph and not any(low <= code <= high for low, high in _PRIVATE_USE)

    def width(self, code: int) -> float:
        """Advance width in thousandths of the size."""
        return float(self.face.getCharWidth(code))

    def splitString(self, text: str, doc: object, encoding: str = "utf-8") -> list[tuple[int, bytes]]:  # noqa: ARG002
        """The text as codes of the one subset; reportlab asks for it while drawing."""
        return [(0, bytes.fromhex(self.coded(text, doc)))]

    def coded(self, text: str, doc: object) -> str:
        """The text's codes in hexadecimal, as a page shows them."""
        codes = self._codes(doc)
        return "".join([codes[char] for char in text])

    def getSubsetInternalName(self, subset: int, doc: pdfdoc.PDFDocument) -> str:  # noqa: ARG002
        """The name under which a page calls the font; registers it with the document at its first use."""
        if self.fontName not in doc.fontMapping:
            doc.fontMapping[self.fontName] = f"/F{len(doc.fontMapping) + 1}"
            doc.delayedFonts.append(self)
        return str(doc.fontMapping[self.fontName])

    def addObjects(self, doc: pdfdoc.PDFDocument) -> None:
        """Add the font's objects to the document, once all text is drawn."""
        codes = [ord(char) for char in self._codes(doc)]
        # A tag of its own for each subset (ISO 32000-1 §9.6.4): an office may use one font for two faces.
        tag = SUBSETN(list(doc.fontMapping).index(self.fontName)).decode()
        name = f"{tag}+{self.face.name.decode()}"
        refer = partial(_reference, doc)
        descriptor = refer(self._descriptor(doc, name, codes), f"descriptor:{name}")
        descendant = refer(
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name}"
            " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
            f" /FontDescriptor {descriptor} /DW {_SQUARE} /W {self._widths(codes)} /CIDToGIDMap /Identity >>",
            f"cidFont:{name}",
        )
        font = (
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H"
            f" /DescendantFonts [{descendant}]"
            f" /ToUnicode {refer(_stream(to_unicode_map(codes)), f'toUnicode:{name}')} >>"
        )
        page_fonts: dict[str, object] = doc.idToObject["BasicFonts"].dict  # type: ignore[attr-defined]
        page_fonts[doc.fontMapping[self.fontName][1:]] = refer(font, f"font:{name}")
        del self._codes_by_document[doc]

    def _codes(self, doc: object) -> _Codes:
        if doc not in self._codes_by_document:
            self._codes_by_document[doc] = _Codes()
        return self._codes_by_document[doc]

    def _widths(self, codes: Iterable[int]) -> str:
        """The widths that are not a full square, as `code [width]` pairs."""
        widths = ((number, self.width(code)) for number, code in enumerate(codes, start=1))
        return f"[{' '.join(f'{number} [{width:g}]' for number, width in widths if width != _SQUARE)}]"

    def _descriptor(self, doc: pdfdoc.PDFDocument, name: str, codes: list[int]) -> str:
        face = self.face
        cut = _stream(self._cutter.subset([face.charToGlyph[code] for code in codes]))
        box = " ".join(f"{side:g}" for side in face.bbox)
        return (
            f"<< /Type /FontDescriptor /FontName /{name} /Flags {_SYMBOLIC} /FontBBox [{box}]"
            f" /ItalicAngle {face.italicAngle:g} /Ascent {face.ascent:g} /Descent {face.descent:g}"
            f" /CapHeight {face.capHeight:g} /StemV {face.stemV:g}"
            f" /FontFile2 {_reference(doc, cut, f'fontFile:{name}')} >>"
        )


def to_unicode_map(codes: Iterable[int]) -> bytes:
    """The ToUnicode CMap for code points numbered from 1 (ISO 32000-1 §9.10.3): values are UTF-16BE."""
    lines = [f"<{n:04x}> <{_utf_16(code)}>" for n, code in enumerate(codes, 1)]
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


@lru_cache(maxsize=16_384)
def _utf_16(code: int) -> str:
    return chr(code).encode("utf-16-be").hex()


def _stream(content: bytes) -> pdfdoc.PDFStream:
    # Level 3 takes two thirds of the time of zlib's own choice and 4 % more space.
    head = pdfdoc.PDFDictionary({"Filter": "/FlateDecode", "Length1": len(content)})
    return pdfdoc.PDFStream(dictionary=head, content=zlib.compress(content, 3))


def _reference(doc: pdfdoc.PDFDocument, thing: object, name: str) -> str:
    """Add an object, a dictionary as text or a stream, under a name of our own; gives `12 0 R`."""
    reference: bytes = doc.Reference(thing, name).format(doc)
    return reference.decode("ascii")


@cache
def load_font(path: Path) -> EmbeddedFont:
    """A font, read once per process: parsing takes tens of milliseconds.

    Raises:
        FontUnusableError: the file is missing or is no TrueType font that we can read.
    """
    try:
        font = EmbeddedFont(path)
    except UNREADABLE as problem:
        raise FontUnusableError(file=path.name) from problem
    pdfmetrics.registerFont(font)
    return font


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
        for name in SHIPPED.values():
            load_font(self._shipped(name))
        self._first = {face: load_font(next(self._chain(face))) for face in Face}
        self._plain: dict[Face, set[str]] = {face: set() for face in Face}
        self._drawn_by: dict[tuple[str, Face], EmbeddedFont | None] = {}
        self._advances: dict[Face, dict[str, float]] = {face: {} for face in Face}

    def first(self, face: Face) -> EmbeddedFont:
        """The font that is asked first for a face's characters."""
        return self._first[face]

    def font_for(self, char: str, face: Face) -> EmbeddedFont | None:
        """The font that draws `char` in that face; None when no font has it."""
        key = char, face
        if key not in self._drawn_by:
            fonts = (load_font(path) for path in self._chain(face))
            self._drawn_by[key] = next((font for font in fonts if font.has(ord(char))), None)
        return self._drawn_by[key]

    def is_plain(self, text: str, face: Face) -> bool:
        """Whether the face's first font draws all of `text`."""
        plain = self._plain[face]
        for char in set(text) - plain:
            if self.font_for(char, face) is not self.first(face):
                return False
            plain.add(char)
        return True

    def widths(self, text: str, face: Face, size: float) -> list[float]:
        """The advance width of each code point, in points; a missing one takes a full square."""
        advances = self._advances[face]
        for char in text:
            if char not in advances:
                font = self.font_for(char, face)
                advances[char] = (_SQUARE if font is None else font.width(ord(char))) / 1000
        return [advances[char] * size for char in text]

    def missing(self, text: str) -> list[str]:
        """The characters of `text` that no font has, each once, in their order."""
        return [char for char in dict.fromkeys(text) if self.font_for(char, Face.BODY) is None]

    def _chain(self, face: Face) -> Iterator[Path]:
        """The files that are asked for a character, in their order."""
        for use in (face, RARE):
            if use in self._own:
                yield self._own[use]
            if use is face:
                yield self._shipped(SHIPPED[face])
        yield self._shipped(FALLBACK)
        yield from self._own.values()

    def _shipped(self, name: str) -> Path:
        return self._folder / f"{name}.ttf"
