"""Pieces spread over pages: what clings together moves together, tables go on under their heads."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.notices.layout import HEIGHT, Mark, Piece, moved


def paginate(
    pieces: Sequence[Piece], height: float = HEIGHT, *, foot: Piece | None = None
) -> list[tuple[Mark, ...]]:
    """The marks of each page, placed.

    Args:
        foot: stands at the bottom of every page before the one where the paper is signed.
    """
    pages: list[_Page] = [_Page(height, foot)]
    for chain in _chains(pieces):
        page = pages[-1]
        moves_whole = _Page(height, page.foot).takes(chain) and not page.takes(chain)
        if not page.is_empty and (chain[0].starts_page or moves_whole):
            pages.append(page := _Page(height, page.foot))
        fits = page.takes(chain)
        for piece in chain:
            if not (fits or page.takes([piece])) and not page.is_empty:
                pages.append(page := _Page(height, page.foot))
            page.put(piece)
    return [page.finished() for page in pages]


def _chains(pieces: Sequence[Piece]) -> list[list[Piece]]:
    chains: list[list[Piece]] = [[]]
    for piece in pieces:
        chains[-1].append(piece)
        if not piece.keeps_next:
            chains.append([])
    return [chain for chain in chains if chain]


class _Page:
    """One page being filled; its foot is gone once the paper is signed on it."""

    def __init__(self, height: float, foot: Piece | None) -> None:
        self.foot = foot
        self._height, self._used = height, 0.0
        self._marks: list[Mark] = []
        self._closes: tuple[Mark, ...] = ()
        self.is_empty = True

    def takes(self, pieces: Sequence[Piece]) -> bool:
        """Whether they all fit; where the paper is signed among them, the foot leaves them its room."""
        heads = sum(head.height for head in pieces[0].head) if self.is_empty else 0.0
        room = self._height
        if self.foot is not None and not any(piece.signs for piece in pieces):
            room -= self.foot.height
        return self._used + heads + sum(piece.height for piece in pieces) <= room + 0.01

    def put(self, piece: Piece) -> None:
        if self.is_empty and not piece.marks:
            return  # A gap parts two things: at the top of a page there is one.
        if self.is_empty:
            self.is_empty = False
            for head in piece.head:
                self._place(head)
            self._marks += [moved(mark, 0, self._used) for mark in piece.goes_on]
        if self._closes and not piece.closes:
            self._end_table()
        self._place(piece)
        self._closes = piece.closes
        if piece.signs:
            self.foot = None

    def finished(self) -> tuple[Mark, ...]:
        self._end_table()
        if self.foot is not None:
            top = self._height - self.foot.height
            self._marks += [moved(mark, 0, top) for mark in self.foot.marks]
        return tuple(self._marks)

    def _end_table(self) -> None:
        self._marks += [moved(mark, 0, self._used) for mark in self._closes]
        self._closes = ()

    def _place(self, piece: Piece) -> None:
        self._marks += [moved(mark, 0, self._used) for mark in piece.marks]
        self._used += piece.height
