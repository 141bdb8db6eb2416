"""From text to pieces: marks with a place, stacked; `inspector.notices.pagination` spreads them over pages.

* Lengths are points. Inside a piece y runs downwards from its top; on a page it runs downwards from the top
  of the type area.
* A piece is never parted. `keeps_next` ties it to the next one; a tied chain moves to the next page as a
  whole unless it is longer than a page.
* A piece of a table brings the table's head along: the head is drawn again where the table goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import NamedTuple

from inspector.domain.notice_parts import DrawnSignature
from inspector.notices.fonts import Face, FontBook
from inspector.notices.lines import HANGING, TIGHT, break_lines

MM = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 210 * MM, 297 * MM
LEFT, TOP = 28 * MM, 37 * MM
WIDTH, HEIGHT = 156 * MM, 225 * MM
"""The type area of GB/T 9704-2012."""


class Glyphs(NamedTuple):
    """One line of text; `y` is its baseline, `spacing` is added after each character as `spaced` says.

    A tuple, as `Rule` is: a page makes hundreds of them, and a frozen dataclass takes far longer to make.
    """

    x: float
    y: float
    text: str
    face: Face
    size: float
    spacing: float = 0.0
    grey: float = 0.0
    evenly: bool = False


class Rule(NamedTuple):
    """A straight line."""

    x: float
    y: float
    to_x: float
    to_y: float
    weight: float = 0.6


@dataclass(frozen=True, slots=True)
class Ink:
    """A signature drawn by hand, fitted into a box whose top left corner is at (x, y)."""

    x: float
    y: float
    width: float
    height: float
    signature: DrawnSignature


@dataclass(frozen=True, slots=True)
class Picture:
    """Photo `number` of the annex, fitted to the bottom of a box whose top left corner is at (x, y)."""

    x: float
    y: float
    width: float
    height: float
    number: int


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code, quiet zone included, whose top left corner is at (x, y)."""

    x: float
    y: float
    side: float
    text: str


Mark = Glyphs | Rule | Ink | Picture | Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What stands together on a page.

    Attributes:
        head: pieces drawn again above it when it is the first of a page.
        closes: the rule that ends the table when the page ends after it.
        goes_on: drawn over it when it is the first of a page: whose row this is.
        starts_page: it begins a new page.
        signs: it is where the paper is signed; pages before it may have a foot that asks for signatures too.
    """

    height: float
    marks: tuple[Mark, ...] = ()
    keeps_next: bool = False
    head: tuple[Piece, ...] = ()
    closes: tuple[Mark, ...] = ()
    goes_on: tuple[Mark, ...] = ()
    starts_page: bool = False
    signs: bool = False


def moved(mark: Mark, dx: float, dy: float) -> Mark:
    """The mark, shifted."""
    if isinstance(mark, Glyphs):
        x, y, text, face, size, spacing, grey, evenly = mark
        return Glyphs(x + dx, y + dy, text, face, size, spacing, grey, evenly)
    if isinstance(mark, Rule):
        x, y, to_x, to_y, weight = mark
        return Rule(x + dx, y + dy, to_x + dx, to_y + dy, weight)
    return replace(mark, x=mark.x + dx, y=mark.y + dy)


def chained(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces tied to each other, the last one as it was."""
    listed = list(pieces)
    return [replace(piece, keeps_next=True) for piece in listed[:-1]] + listed[-1:]


def gap(height: float) -> Piece:
    """Empty space that clings to what follows."""
    return Piece(height=height, keeps_next=True)


# --- Text -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How text is set. `indent` is for the first line, in characters."""

    size: float
    pitch: float
    face: Face = Face.BODY
    indent: int = 0
    align: str = "left"
    grey: float = 0.0

    @property
    def baseline(self) -> float:
        """From the top of a line to its baseline: the glyphs stand in the middle of the pitch."""
        return (self.pitch + self.size * 0.76) / 2


def set_lines(text: str, style: Style, width: float, book: FontBook) -> list[tuple[Glyphs, ...]]:
    """The lines of a text, each as marks with their baseline measured from the top of the line."""
    lines: list[tuple[Glyphs, ...]] = []
    for paragraph in text.split("\n"):
        indent = style.indent * style.size if paragraph else 0.0
        widths = book.widths(paragraph, style.face, style.size)
        broken = break_lines(paragraph, widths, width, first_limit=width - indent)
        place = 0
        for number, line in enumerate(broken):
            start = indent if number == 0 else 0.0
            used = widths[place : place + len(line)]
            place += len(line)
            is_last = number == len(broken) - 1
            lines.append(_set_line(line, used, style, start, width, is_last=is_last))
    return lines


_STRETCH = 6
"""Characters that a line may lack and still be spread out: a day and its month that moved on, say."""

_WIDEST = 0.5
"""The widest room between two characters that are spread out, in characters."""

_NO_SPACE = 0.09
"""Room between two characters, in characters, that no reader of PDF takes for a space between words."""


def spaced(text: str, spacing: float, *, evenly: bool) -> Iterator[tuple[str, float]]:
    """A line in runs, each with what is added after each of its characters.

    Args:
        evenly: after those inside of numbers and words, too, which stay tight otherwise.
    """
    place = 0
    for word in TIGHT.finditer(text) if spacing and not evenly else ():
        if word.start() > place:
            yield text[place : word.start()], spacing
        place = word.end() - 1
        yield text[word.start() : place], 0.0
    yield text[place:], spacing


def _spread(text: str, slack: float, size: float) -> tuple[float, bool]:
    """The spacing that makes a line wider by `slack`, and whether evenly; 0 where that would tear it apart.

    Beside numbers that stay tight, readers of PDF take much room between two characters for a space.
    """
    loose = len(text) - 1 - sum(len(word[0]) - 1 for word in TIGHT.finditer(text))
    if not 0 < slack <= min(_STRETCH, loose * _WIDEST) * size:
        return 0.0, False
    evenly = slack > loose * _NO_SPACE * size
    return slack / (len(text) - 1 if evenly else loose), evenly


def _set_line(
    line: str, widths: Sequence[float], style: Style, start: float, width: float, *, is_last: bool
) -> tuple[Glyphs, ...]:
    if not line:
        return ()
    core = line.rstrip(" ")
    if len(core) > 1 and core[-1] in HANGING:
        core = core[:-1]
    slack = width - start - sum(widths[: len(core)])
    is_spread = style.align == "justify" and not is_last
    spacing, evenly = _spread(core, slack, style.size) if is_spread else (0.0, False)
    if style.align in ("center", "right"):
        full = width - sum(widths)
        start = max(full / 2 if style.align == "center" else full, 0.0)
    return (Glyphs(start, style.baseline, line, style.face, style.size, spacing, style.grey, evenly),)


def balanced(text: str, style: Style, width: float, book: FontBook) -> str:
    """A text of few words with line feeds where it breaks, its lines about as long as each other."""
    count, total = len(set_lines(text, style, width, book)), sum(book.widths(text, style.face, style.size))
    if count == 1:
        return text
    narrow = total / count
    while len(lines := set_lines(text, style, narrow, book)) > count and narrow < width:
        narrow = min(narrow + style.size / 2, width)
    return "\n".join(mark.text for line in lines for mark in line)


def text_pieces(text: str, style: Style, book: FontBook, *, width: float = WIDTH) -> list[Piece]:
    """A paragraph as a piece per line; its first two and its last two lines stay together."""
    lines = set_lines(text, style, width, book)
    last = len(lines) - 1
    return [
        Piece(height=style.pitch, marks=line, keeps_next=number < last and number in (0, last - 1))
        for number, line in enumerate(lines)
    ]


# --- Tables ---------------------------------------------------------------------------------------

PAD = 4.0
SIDE = 5.4
"""Beside a cell's text, as office programs have it: a full stop that hangs stays off the rule."""

_PARTED_ROW = 1 / 3
"""A row higher than this share of the page may be parted between two pages: whole, it would leave a hole."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text and how it is set; empty text leaves it blank."""

    text: str
    style: Style


def table_row(
    cells: Sequence[Cell],
    widths: Sequence[float],
    book: FontBook,
    *,
    head: tuple[Piece, ...] = (),
    middle: bool = False,
    again: Cell | None = None,
) -> list[Piece]:
    """A row of a table with its rules: one piece, or a piece per line where it is too high for that.

    Args:
        again: what the first cell says where a parted row goes on.
        middle: shorter cells stand in the middle of the row's height, where it is not parted.
    """
    columns = [
        set_lines(cell.text, cell.style, width - 2 * SIDE, book)
        for cell, width in zip(cells, widths, strict=True)
    ]
    pitch = max(cell.style.pitch for cell in cells)
    count = max(len(lines) for lines in columns)
    edges = list(accumulate(widths, initial=0.0))
    bottom = (Rule(0, 0, edges[-1], 0),)
    if count * pitch <= HEIGHT * _PARTED_ROW:
        row = _whole_row(columns, edges, pitch, count, middle=middle)
        return [replace(row, head=head, closes=bottom)]
    strips = [_strip(columns, edges, pitch, number) for number in range(count)]
    lines = set_lines(again.text, again.style, widths[0] - 2 * SIDE, book) if again is not None else []
    goes_on = tuple(moved(mark, SIDE, 0) for line in lines[:1] for mark in line)
    return [
        replace(
            strip,
            head=head,
            closes=bottom,
            goes_on=goes_on if number else (),
            keeps_next=number in (0, count - 2),
        )
        for number, strip in enumerate(strips)
    ]


def _whole_row(
    columns: Sequence[Sequence[tuple[Glyphs, ...]]],
    edges: Sequence[float],
    pitch: float,
    count: int,
    *,
    middle: bool,
) -> Piece:
    """A row that is never parted: one rule at each edge, whatever its number of lines."""
    height = count * pitch + 2 * PAD
    marks: list[Mark] = [Rule(0, 0, edges[-1], 0)]
    marks += [Rule(edge, 0, edge, height) for edge in edges]
    for edge, lines in zip(edges, columns, strict=False):
        top = PAD + (count - len(lines)) * pitch / 2 if middle else PAD
        for number, line in enumerate(lines):
            marks += [moved(mark, edge + SIDE, top + number * pitch) for mark in line]
    return Piece(height=height, marks=tuple(marks))


def _strip(
    columns: Sequence[Sequence[tuple[Glyphs, ...]]], edges: Sequence[float], pitch: float, number: int
) -> Piece:
    """Line `number` of a row, with the rules beside it."""
    above = PAD if number == 0 else 0.0
    height = above + pitch + (PAD if number == max(map(len, columns)) - 1 else 0.0)
    marks: list[Mark] = [Rule(edge, 0, edge, height) for edge in edges]
    if number == 0:
        marks.append(Rule(0, 0, edges[-1], 0))
    for edge, lines in zip(edges, columns, strict=False):
        if number < len(lines):
            marks += [moved(mark, edge + SIDE, above) for mark in lines[number]]
    return Piece(height=height, marks=tuple(marks))
