"""A TrueType font cut down to some glyphs, as a PDF embeds it.

Only the tables that ISO 32000-1 §9.9 asks of an embedded CIDFontType2 are written; reportlab's own cut copies
the whole outline table (13 MB) each time and carries four tables that nothing reads.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from reportlab.pdfbase.ttfonts import TTFontFace, TTFontMaker

_WORDS, _SCALE, _MORE, _XY_SCALE, _TWO_BY_TWO = 1, 8, 32, 64, 128
"""Flags of a composite glyph's component (OpenType, glyf)."""


def subset(face: TTFontFace, glyphs: Sequence[int]) -> bytes:
    """A font whose glyph n + 1 is `glyphs[n]` of `face`, its glyph 0 the missing glyph.

    Args:
        face: the whole font.
        glyphs: glyph indices; the same one may occur twice.
    """
    old = [0, *glyphs]
    new = {glyph: number for number, glyph in reversed(list(enumerate(old)))}
    outlines: list[bytes] = []
    place = 0
    while place < len(old):  # components that are not there yet are appended on the way
        outlines.append(_outline(face, old[place], old, new))
        place += 1
    maker = TTFontMaker()
    for tag in ("cvt ", "fpgm", "prep"):
        if tag in face.table:
            maker.add(tag, face.get_table(tag))
    offsets = [0]
    for outline in outlines:
        offsets.append(offsets[-1] + len(outline))
    maker.add("glyf", b"".join(outlines))
    maker.add("loca", struct.pack(f">{len(offsets)}L", *offsets))
    metrics = [face.hmetrics[glyph] for glyph in old]
    maker.add("hmtx", b"".join(struct.pack(">HH", int(width), int(side) & 0xFFFF) for width, side in metrics))
    maker.add("hhea", _with_ushort(face.get_table("hhea"), 34, len(old)))
    maker.add("maxp", _with_ushort(face.get_table("maxp"), 4, len(old)))
    maker.add("head", _with_ushort(face.get_table("head"), 50, 1))
    made: bytes = maker.makeStream()
    return made


def _outline(face: TTFontFace, glyph: int, old: list[int], new: dict[int, int]) -> bytes:
    """A glyph's outline, padded to four bytes, its components renumbered."""
    start = face.get_table_pos("glyf")[0]
    whole: bytes = face._ttf_data  # type: ignore[attr-defined]  # the stubs leave it out
    data = whole[start + face.glyphPos[glyph] : start + face.glyphPos[glyph + 1]]
    if data[:1] >= b"\x80":  # a negative number of contours: a composite
        changed = bytearray(data)
        for place in _components(data):
            (component,) = struct.unpack_from(">H", data, place)
            if component not in new:
                new[component] = len(old)
                old.append(component)
            struct.pack_into(">H", changed, place, new[component])
        data = bytes(changed)
    return data + bytes(-len(data) % 4)


def _components(data: bytes) -> Iterator[int]:
    """Where the component numbers of a composite glyph stand."""
    place, flags = 10, _MORE
    while flags & _MORE:
        (flags,) = struct.unpack_from(">H", data, place)
        yield place + 2
        place += 8 if flags & _WORDS else 6
        for flag, size in ((_SCALE, 2), (_XY_SCALE, 4), (_TWO_BY_TWO, 8)):
            place += size if flags & flag else 0


def _with_ushort(table: bytes, place: int, value: int) -> bytes:
    return table[:place] + struct.pack(">H", value) + table[place + 2 :]
