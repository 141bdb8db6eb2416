"""Looking through many short texts while one types: by a part of the words, or by pinyin and its initials."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from inspector.store.sounds import folded, patterns, sounds_of, syllables_of


class Column:
    """One text per row, in one string: looking through ten thousand costs one search through memory."""

    def __init__(self, texts: Iterable[str]) -> None:
        lines = [text.replace("\n", " ") for text in texts]
        self._text = "\n".join(["", *lines, ""])
        self._starts = [1]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def rows_with(self, part: str) -> Iterator[int]:
        """Rows whose text contains `part`; with a newline in front, those that begin with it."""
        at = self._text.find(part)
        while at >= 0:
            row = self._row(at + part.startswith("\n"))
            yield row
            at = self._text.find(part, self._starts[row + 1] - 1)

    def rows_like(self, pattern: re.Pattern[str]) -> Iterator[int]:
        """Rows in whose text the pattern is found."""
        found = pattern.search(self._text)
        while found:
            row = self._row(found.start())
            yield row
            found = pattern.search(self._text, self._starts[row + 1])

    def _row(self, at: int) -> int:
        return bisect_right(self._starts, at) - 1


class TextSearch:
    """Rows of several texts each, built once and then only looked through.

    Args:
        rows: each row's texts, what it is called by first; a hit in an earlier text comes first.
    """

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        width = max(map(len, rows), default=0)
        columns = [[folded(row[at]) if at < len(row) else "" for row in rows] for at in range(width)]
        sounds = [[sounds_of(text) for text in column] for column in columns]
        self._texts = [Column(column) for column in columns]
        self._sounds = [Column(column) for column in sounds]
        self._syllables = syllables_of(chain.from_iterable(sounds))

    def rows(self, text: str, limit: int) -> tuple[int, ...]:
        """Places of the rows that fit all words in `text`, the best first; nothing typed finds nothing."""
        terms = folded(text).split()
        if not terms:
            return ()
        others = [set(self._fitting(term)) for term in terms[1:]]
        found = (row for row in dict.fromkeys(self._fitting(terms[0])) if all(row in one for one in others))
        return tuple(islice(found, limit))

    def _fitting(self, term: str) -> Iterator[int]:
        """Rows that fit one term; a row may come more than once."""
        for column in self._texts:
            yield from column.rows_with(term)
        for pattern in patterns(term, self._syllables):
            for column in self._sounds:
                yield from column.rows_like(pattern)
