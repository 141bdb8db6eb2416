"""The text of a PDF's pages, held beside that of another one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import closing

from inspector.errors import LibraryMissingError, PdfForeignError

_PLACED = re.compile(r"第\d+页共\d+页|\d+续")
"""What a page says of its place, and whose row goes on there."""

_AT_A_LINES_END = "-\x02\xad\ufffe"
"""What pdfium makes of a hyphen there: not the same wherever the line ends."""


def page_texts(pdf: bytes) -> list[str]:
    """The text of each page, white space left out.

    Raises:
        LibraryMissingError: pypdfium2 is not installed; it is the office's, not the tablet's.
        PdfForeignError: there are no pages to read.
    """
    try:
        import pypdfium2
    except ImportError as error:
        raise LibraryMissingError(name="pypdfium2") from error
    try:
        with closing(pypdfium2.PdfDocument(pdf)) as document:
            return ["".join(page.get_textpage().get_text_bounded().split()) for page in document]
    except pypdfium2.PdfiumError as error:
        raise PdfForeignError() from error


def first_difference(shown: Sequence[str], wanted: Sequence[str]) -> str:
    """In Chinese where the pages begin to differ; empty where they do not."""
    for number, (one, other) in enumerate(zip(shown, wanted, strict=False), start=1):
        if one != other:
            return f"第 {number} 页的文字不同"
    return "" if len(shown) == len(wanted) else f"共 {len(shown)} 页，应为 {len(wanted)} 页"


def same_characters(shown: Sequence[str], wanted: Sequence[str], repeated: Collection[str]) -> bool:
    """Whether the pages together have the same characters, each as often, wherever lines and pages break.

    Args:
        repeated: what stands on a page because the page began; the count of pages and a row's number
            that comes again are left out as well.
    """
    return _counted(shown, repeated) == _counted(wanted, repeated)


def _counted(pages: Sequence[str], repeated: Collection[str]) -> Counter[str]:
    text = _PLACED.sub("", "".join(pages))
    for words in filter(None, repeated):
        text = text.replace("".join(words.split()), "")
    return Counter(char for char in text if char not in _AT_A_LINES_END)
