"""A TrueType font cut down to some glyphs, as a PDF embeds it.

Only the tables that ISO 32000-1 §9.9 asks of an embedded CIDFontType2 are written; reportlab's own cut copies
the whole outline table (13 MB) each time and carries four tables that nothing reads.

Outlines are most of a document, and packing them most of its time. So those that come in each document of a
kind are packed once, a block at a time. What is packed does not depend on what is remembered: the same glyphs
give the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from reportlab.pdfbase.ttfonts import TTFontFace

from inspector.notices.deflate import Part, packed

_WORDS, _SCALE, _MORE, _XY_SCALE, _TWO_BY_TWO = 1, 8, 32, 64, 128
"""Flags of a composite glyph's component (OpenType, glyf)."""

_KEPT_BLOCKS = 64
"""A block of 64 glyphs takes about 30 KB, so a font keeps 2 MB at most."""


class Cutter:
    """Cuts one font; remembers the glyphs it has cut, since the same few hundred come in each document."""

    def __init__(self, face: TTFontFace) -> None:
        self._face = face
        self._glyphs: dict[int, _Glyph] = {}
        self._fixed = {tag: face.get_table(tag) for tag in ("cvt ", "fpgm", "prep") if tag in face.table}
        self._heads = {tag: face.get_table(tag) for tag in ("head", "hhea", "maxp")}
        self._packed = lru_cache(maxsize=_KEPT_BLOCKS)(self._pack)

    def is_simple(self, glyph: int) -> bool:
        """Whether a glyph is drawn by itself, not put together from others: only such come in blocks."""
        return (self._glyphs.get(glyph) or self._read(glyph)).is_simple

    def subset(self, glyphs: Sequence[int], blocks: Sequence[int] = ()) -> list[Part]:
        """A font whose glyph n + 1 is `glyphs[n]`, its glyph 0 the missing glyph.

        Args:
            glyphs: glyph indices; the same one may occur twice.
            blocks: how many of them, from the first on, stand in each block that is packed once.
        """
        old = [0, *glyphs]
        known = self._glyphs
        cuts = [known.get(glyph) or self._read(glyph) for glyph in old]
        if not all(cut.is_simple for cut in cuts):
            cuts = self._composed(old)
        outlines = [cut.outline for cut in cuts]
        offsets = [0, *accumulate(map(len, outlines))]
        parts = self._parted(outlines, old, blocks)
        heads = self._heads
        return _file(
            {tag: _table(content) for tag, content in self._fixed.items()}
            | {
                "glyf": _Table(parts, sum([cut.total for cut in cuts])),
                "head": _table(_with_ushort(heads["head"], 50, 1)),  # long offsets in loca
                "hhea": _table(_with_ushort(heads["hhea"], 34, len(old))),
                "hmtx": _table(b"".join([cut.metric for cut in cuts])),
                "loca": _Table([Part(struct.pack(f">{len(offsets)}L", *offsets))], sum(offsets)),
                "maxp": _table(_with_ushort(heads["maxp"], 4, len(old))),
            }
        )

    def _composed(self, old: list[int]) -> list[_Glyph]:
        """The glyphs with their components, of which those that are not there yet come behind."""
        new = {glyph: number for number, glyph in reversed(list(enumerate(old)))}
        cuts: list[_Glyph] = []
        for glyph in old:  # grows on the way
            cut = self._glyphs.get(glyph) or self._read(glyph)
            cuts.append(cut if cut.is_simple else self._renumbered(cut, old, new))
        return cuts

    def _parted(self, outlines: list[bytes], old: Sequence[int], blocks: Sequence[int]) -> list[Part]:
        """The outlines: the missing glyph's, those in blocks, and the others."""
        ends = list(accumulate(blocks, initial=1))
        ready = [self._packed(tuple(old[start:end])) for start, end in pairwise(ends)]
        return [Part(outlines[0]), *ready, Part(b"".join(outlines[ends[-1] :]))]

    def _pack(self, glyphs: tuple[int, ...]) -> Part:
        cuts = [self._glyphs[glyph] for glyph in glyphs]
        return packed(b"".join([cut.outline for cut in cuts]))

    def _renumbered(self, glyph: _Glyph, old: list[int], new: dict[int, int]) -> _Glyph:
        """A composite glyph with its components' numbers in the new font."""
        changed = bytearray(glyph.outline)
        for place in _components(glyph.outline):
            (component,) = struct.unpack_from(">H", glyph.outline, place)
            if component not in new:
                new[component] = len(old)
                old.append(component)
            struct.pack_into(">H", changed, place, new[component])
        return glyph._replace(outline=bytes(changed), total=_total(bytes(changed)))

    def _read(self, glyph: int) -> _Glyph:
        face = self._face
        start = face.get_table_pos("glyf")[0]
        whole: bytes = face._ttf_data  # type: ignore[attr-defined]  # the stubs leave it out
        outline = whole[start + face.glyphPos[glyph] : start + face.glyphPos[glyph + 1]]
        outline += bytes(-len(outline) % 4)
        width, bearing = face.hmetrics[glyph]
        metric = struct.pack(">HH", int(width), int(bearing) & 0xFFFF)
        # A composite has a negative number of contours.
        is_simple = outline[:1] < b"\x80"
        cut = _Glyph(outline=outline, metric=metric, total=_total(outline), is_simple=is_simple)
        self._glyphs[glyph] = cut
        return cut


class _Glyph(NamedTuple):
    """A glyph's outline, padded to four bytes, its metric, and the outline's sum (OpenType, checksums)."""

    outline: bytes
    metric: bytes
    total: int
    is_simple: bool


class _Table(NamedTuple):
    """A table's content, and the sum of its words."""

    parts: list[Part]
    total: int


def _table(content: bytes) -> _Table:
    return _Table([Part(content)], _total(content))


def _total(content: bytes) -> int:
    """The sum of a table's words, not cut to 32 bits yet."""
    padded = content + bytes(-len(content) % 4)
    return sum(struct.unpack(f">{len(padded) // 4}L", padded))


def _file(tables: dict[str, _Table]) -> list[Part]:
    """The tables as a font file (OpenType, table directory)."""
    count = len(tables)
    power = 1 << count.bit_length() - 1
    head = struct.pack(">LHHHH", 0x00010000, count, power * 16, power.bit_length() - 1, (count - power) * 16)
    place, bodies = 12 + 16 * count, list[Part]()
    for tag, (parts, total) in sorted(tables.items()):
        size = sum([len(part.content) for part in parts])
        head += struct.pack(">4sLLL", tag.encode("ascii"), total & 0xFFFFFFFF, place, size)
        bodies += [*parts, Part(bytes(-size % 4))] if size % 4 else parts
        place += size + -size % 4
    return [Part(head), *bodies]


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
