"""The last look at a page that must not sound like an order, the templates' words included.

A word can come together where no single text holds it: across a line break, in neighbouring cells, down a
column. So what is drawn is read in every order in which an eye might read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from inspector.domain.enforcement_words import could_spell, enforcement_word_in
from inspector.domain.notice import Notice
from inspector.errors import PrintForbiddenError
from inspector.notices.fonts import FontBook
from inspector.notices.layout import Glyphs, Mark

Page = Sequence[Mark]


def check_words(notice: Notice, pages: Sequence[Page], book: FontBook) -> None:
    """Refuse a paper on which a word of enforcement can be read.

    Raises:
        PrintForbiddenError: the issuer enforces no law, and there is one.
    """
    if notice.issuer.enforces:
        return
    drawn = {char for page in pages for mark in page if isinstance(mark, Glyphs) for char in mark.text}
    if not could_spell(drawn):
        return
    for text in readings(pages, book):
        if word := enforcement_word_in(text):
            raise PrintForbiddenError(issuer=notice.issuer.word, what=word)


def readings(pages: Sequence[Page], book: FontBook) -> Iterator[str]:
    """All texts of the pages: along the lines, and down the columns by their edges and middles."""
    drawn = [[mark for mark in page if isinstance(mark, Glyphs)] for page in pages]
    orders: tuple[Callable[[Glyphs], tuple[float, float]], ...] = (
        lambda mark: (round(mark.y), mark.x),
        lambda mark: (round(mark.x), mark.y),
        lambda mark: (round(mark.x + _width(mark, book) / 2), mark.y),
        lambda mark: (round(mark.x + _width(mark, book)), mark.y),
    )
    for order in orders:
        yield "".join(mark.text for page in drawn for mark in sorted(page, key=order))


def _width(mark: Glyphs, book: FontBook) -> float:
    return sum(book.widths(mark.text, mark.face, mark.size))
