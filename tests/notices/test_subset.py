"""Fonts cut down: glyphs that are put together from others bring them along."""

import struct
from itertools import accumulate, pairwise
from types import SimpleNamespace

from inspector.notices.subset import Cutter

DOT = struct.pack(">hhhhh", 1, 0, 0, 100, 100) + b"dot..." * 3
BAR = struct.pack(">hhhhh", 1, 0, 0, 900, 100) + b"bar..." * 5
WORDS, MORE = 1, 32


def composite(*components: int) -> bytes:
    """A glyph of several others, each moved by words."""
    last = len(components) - 1
    return struct.pack(">hhhhh", -1, 0, 0, 900, 900) + b"".join(
        struct.pack(">HHhh", WORDS | (MORE if place < last else 0), component, 0, 10 * place)
        for place, component in enumerate(components)
    )


def face(*outlines: bytes) -> SimpleNamespace:
    """As much of a font, as reportlab reads it, as is asked for."""
    padded = [outline + bytes(-len(outline) % 4) for outline in outlines]
    return SimpleNamespace(
        table={},
        get_table=lambda tag: bytes(54 if tag == "head" else 36),
        get_table_pos=lambda _tag: (0, 0),
        _ttf_data=b"".join(padded),
        glyphPos=list(accumulate(map(len, padded), initial=0)),
        hmetrics=[(1000, 0)] * len(padded),
    )


def glyphs_of(font: bytes) -> list[bytes]:
    """The outlines, as the tables place them."""
    (count,) = struct.unpack_from(">H", font, 4)
    rows = [struct.unpack_from(">4sLLL", font, 12 + 16 * n) for n in range(count)]
    tables = {tag: font[at : at + size] for tag, _, at, size in rows}
    places = struct.unpack(f">{len(tables[b'loca']) // 4}L", tables[b"loca"])
    return [tables[b"glyf"][start:end] for start, end in pairwise(places)]


def components(outline: bytes) -> list[int]:
    return [struct.unpack_from(">H", outline, place)[0] for place in range(12, len(outline) - 1, 8)]


def cut(*glyphs: int) -> list[bytes]:
    source = face(b"", DOT, BAR, composite(1, 2), composite(3, 1))
    return glyphs_of(b"".join(part.content for part in Cutter(source).subset(glyphs)))


def test_components_that_were_not_asked_for_come_behind():
    empty, both, dot, bar = cut(3)
    assert (empty, components(both)) == (b"", [2, 3])
    assert (dot.rstrip(b"\0"), bar.rstrip(b"\0")) == (DOT, BAR)


def test_components_that_were_asked_for_are_not_doubled():
    _, bar, both, dot = cut(2, 3)
    assert components(both) == [3, 1]
    assert (dot.rstrip(b"\0"), bar.rstrip(b"\0")) == (DOT, BAR)


def test_a_composite_of_a_composite_brings_all_of_them():
    _, outer, inner, dot, bar = cut(4)
    assert components(outer) == [2, 3]
    assert components(inner) == [3, 4]
    assert (dot.rstrip(b"\0"), bar.rstrip(b"\0")) == (DOT, BAR)
