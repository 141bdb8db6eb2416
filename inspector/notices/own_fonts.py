"""The office's own fonts: 仿宋, 小标宋 and the like, which an office may use and we may not ship.

* They lie in one folder, a file for each use, under a name that holds the digest: `body-<sha256>.ttf`. A
  notice names the digests of those that it was printed with.
* Taken in is only what a PDF can hold: TrueType outlines, and a licence that lets them be embedded in part
  (OpenType OS/2, fsType).
"""

from __future__ import annotations

import os
import re
import struct
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from reportlab.pdfbase.ttfonts import TTFontFace, TTFontParser

from inspector.errors import FontRefusedError
from inspector.notices.fonts import RARE, UNREADABLE, Face, load_font
from inspector.notices.subset import Cutter

USES = {Face.BODY.value: "正文", Face.TITLE.value: "标题", Face.BOLD.value: "表头和标签", RARE: "生僻字"}
"""What an office may bring a font for, and the word for it."""

SIZE_CAP = 80 * 1024 * 1024
"""No font that we know is larger; 仿宋 with all of GB 18030 has about 40 MB."""

_NAME = re.compile(r"(?P<use>[a-z]+)-(?P<digest>[0-9a-f]{64})\.ttf")
_TRUETYPE = (b"\x00\x01\x00\x00", b"true")
_OTHER = {
    b"OTTO": "轮廓是 CFF（.otf），文书只能嵌入 TrueType 轮廓（.ttf）",
    b"ttcf": "是字体集合（.ttc），请先取出其中一个 .ttf",
    b"wOFF": "是网页字体（.woff），请用原来的 .ttf",
    b"wOF2": "是网页字体（.woff2），请用原来的 .ttf",
}
_DAMAGED = "文件损坏，读不出字形"
_RESTRICTED, _NO_SUBSET, _BITMAPS_ONLY = 0x0002, 0x0100, 0x0200
"""Bits of fsType: no embedding, no embedding in part, no outlines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFont:
    """One font of the office.

    Attributes:
        use: one of `USES`.
        name: the font's own name.
        size: of its file, in bytes.
    """

    use: str
    name: str
    sha256: str
    size: int
    path: Path


class OwnFonts:
    """The folder of the office's fonts; it need not exist.

    Args:
        folder: for this alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> tuple[OwnFont, ...]:
        """The fonts that are there, in the order of `USES`; a file that is none of ours is passed over."""
        found = {font.use: font for path in self._files() if (font := _known(path)) is not None}
        return tuple(found[use] for use in USES if use in found)

    def put(self, use: str, data: bytes) -> OwnFont:
        """Take in a font in place of the one for the same use.

        Raises:
            FontRefusedError: it cannot be embedded, or must not be.
            ValueError: no such use.
            OSError: the disk.
        """
        if use not in USES:
            raise ValueError(f"no such use: {use}")
        check_font(data)
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{use}-{sha256(data).hexdigest()}.ttf"
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            except OSError:
                Path(file.name).unlink(missing_ok=True)
                raise
        self._clear(use, keep=path)
        font = _known(path)
        assert font is not None  # noqa: S101  it was checked above
        return font

    def remove(self, use: str) -> None:
        """Go back to the shipped font."""
        self._clear(use, keep=None)

    def _clear(self, use: str, keep: Path | None) -> None:
        for path in self._files():
            named = _NAME.fullmatch(path.name)
            if named and named["use"] == use and path != keep:
                path.unlink()

    def _files(self) -> list[Path]:
        return sorted(self._folder.iterdir()) if self._folder.is_dir() else []


def check_font(data: bytes) -> None:
    """Whether a notice may be printed with this font.

    Raises:
        FontRefusedError: why not.
    """
    if len(data) > SIZE_CAP:
        raise FontRefusedError(reason=f"文件超过 {SIZE_CAP // 1024 // 1024} MB")
    if data[:4] not in _TRUETYPE:
        raise FontRefusedError(reason=_OTHER.get(data[:4], "不是字体文件"))
    try:
        rights = _rights(TTFontParser(BytesIO(data)))
    except UNREADABLE as problem:
        raise FontRefusedError(reason=_DAMAGED) from problem
    if rights & (_RESTRICTED | _BITMAPS_ONLY):
        raise FontRefusedError(reason="它的许可位写明不得嵌入文件")
    if rights & _NO_SUBSET:
        raise FontRefusedError(reason="它的许可位写明不得部分嵌入")
    try:
        face = TTFontFace(BytesIO(data))
        _check_whole(face, len(data))
        # Cut as a notice cuts it: a glyph that is damaged shows now and not on the day of an inspection.
        Cutter(face).subset(sorted(set(face.charToGlyph.values())))
    except UNREADABLE as problem:
        raise FontRefusedError(reason=_DAMAGED) from problem


def _rights(font: TTFontParser) -> int:
    """fsType; 0, all allowed, where the font says nothing."""
    if "OS/2" not in font.table:
        return 0
    (rights,) = struct.unpack_from(">H", font.get_table("OS/2"), 8)
    return int(rights)


def _check_whole(face: TTFontFace, size: int) -> None:
    """Every table and every outline lies inside the file: a slice beyond its end would be an empty glyph.

    Raises:
        ValueError: one does not.
    """
    ends = [face.get_table_pos(tag) for tag in face.table]
    places = face.glyphPos
    is_ordered = all(one <= after for one, after in pairwise(places))
    if any(start + length > size for start, length in ends) or not is_ordered:
        raise ValueError("a table or an outline reaches beyond the end")
    if places[-1] > face.get_table_pos("glyf")[1]:
        raise ValueError("the outlines reach beyond their table")


def _known(path: Path) -> OwnFont | None:
    """The font of a file that `put` wrote."""
    named = _NAME.fullmatch(path.name)
    if named is None or named["use"] not in USES:
        return None
    font = load_font(path)
    return OwnFont(
        use=named["use"],
        name=font.face.name.decode("ascii", "replace"),
        sha256=named["digest"],
        size=path.stat().st_size,
        path=path,
    )
