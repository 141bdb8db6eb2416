"""A TrueType font cut down to some glyphs, as a PDF embeds it.

Only the tables that ISO 32000-1 §9.9 asks of an embedded CIDFontType2 are written; reportlab's own cut copies
the whole outline table (13 MB) each time and carries four tables that nothing reads.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import accumulate

from reportlab.pdfbase.ttfonts import TTFontFace

_WORDS, _SCALE, _MORE, _XY_SCALE, _TWO_BY_TWO = 1, 8, 32, 64, 128
"""Flags of a composite glyph's component (OpenType, glyf)."""


class Cutter:
    """Cuts one font; remembers the glyphs it has cut, since the same few hundred come in each document."""

    def __init__(self, face: TTFontFace) -> None:
        self._face = face
        self._glyphs: dict[int, tuple[bytes, bytes]] = {}

    def subset(self, glyphs: Sequence[int]) -> bytes:
        """A font whose glyph n + 1 is `glyphs[n]`, its glyph 0 the missing glyph.

        Args:
            glyphs: glyph indices; the same one may occur twice.
        """
        old = [0, *glyphs]
        new = {glyph: number for number, glyph in reversed(list(enumerate(old)))}
        cuts: list[tuple[bytes, bytes]] = []
        place = 0
        while place < len(old):  # components that are not there yet are appended on the way
            cuts.append(self._cut(old[place], old, new))
            place += 1
        offsets = [0, *accumulate(len(outline) for outline, _ in cuts)]
        face = self._face
        return _file(
            {tag: face.get_table(tag) for tag in ("cvt ", "fpgm", "prep") if tag in face.table}
            | {
                "glyf": b"".join([outline for outline, _ in cuts]),
                "head": _with_ushort(face.get_table("head"), 50, 1),  # long offsets in loca
                "hhea": _with_ushort(face.get_table("hhea"), 34, len(old)),
                "hmtx": b"".join([metric for _, metric in cuts]),
                "loca": struct.pack(f">{len(offsets)}L", *offsets),
                "maxp": _with_ushort(face.get_table("maxp"), 4, len(old)),
            }
        )

    def _cut(self, glyph: int, old: list[int], new: dict[int, int]) -> tuple[bytes, bytes]:
        """A glyph's outline, padded to four bytes, and its metric; components are renumbered."""
        if glyph not in self._glyphs:
            self._glyphs[glyph] = self._read(glyph)
        outline, metric = self._glyphs[glyph]
        if outline[:1] < b"\x80":  # not a composite, whose number of contours is negative
            return outline, metric
        changed = bytearray(outline)
        for place in _components(outline):
            (component,) = struct.unpack_from(">H", outline, place)
            if component not in new:
                new[component] = len(old)
                old.append(component)
            struct.pack_into(">H", changed, place, new[component])
        return bytes(changed), metric

    def _read(self, glyph: int) -> tuple[bytes, bytes]:
        face = self._face
        start = face.get_table_pos("glyf")[0]
        whole: bytes = face._ttf_data  # type: ignore[attr-defined]  # the stubs leave it out
        outline = whole[start + face.glyphPos[glyph] : start + face.glyphPos[glyph + 1]]
        width, bearing = face.hmetrics[glyph]
        metric = struct.pack(">HH", int(width), int(bearing) & 0xFFFF)
        return outline + bytes(-len(outline) % 4), metric


def _file(tables: dict[str, bytes]) -> bytes:
    """The tables as a font file (OpenType, table directory)."""
    count = len(tables)
    power = 1 << count.bit_length() - 1
    head = struct.pack(">LHHHH", 0x00010000, count, power * 16, power.bit_length() - 1, (count - power) * 16)
    place, entries, bodies = 12 + 16 * count, [head], []
    for tag, table in sorted(tables.items()):
        padded = table + bytes(-len(table) % 4)
        words = struct.unpack(f">{len(padded) // 4}L", padded)
        entries.append(struct.pack(">4sLLL", tag.encode("ascii"), sum(words) & 0xFFFFFFFF, place, len(table)))
        bodies.append(padded)
        place += len(padded)
    return b"".join([*entries, *bodies])


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
