"""What is never parted: texts and other pieces put together into one."""

from __future__ import annotations

from dataclasses import replace

from inspector.notices.fonts import FontBook
from inspector.notices.layout import Mark, Piece, Style, moved, set_lines


def shifted(piece: Piece, dx: float) -> Piece:
    """The piece, further to the right."""
    return replace(piece, marks=tuple(moved(mark, dx, 0) for mark in piece.marks))


def block(text: str, style: Style, width: float, book: FontBook) -> Piece:
    """A text that is never parted."""
    return stacked(*(Piece(height=style.pitch, marks=line) for line in set_lines(text, style, width, book)))


def stacked(*pieces: Piece) -> Piece:
    """Pieces below each other, as one."""
    height, marks = 0.0, list[Mark]()
    for piece in pieces:
        marks += [moved(mark, 0, height) for mark in piece.marks]
        height += piece.height
    return Piece(height=height, marks=tuple(marks))
