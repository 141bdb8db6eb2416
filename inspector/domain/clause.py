"""Labels of articles and clauses: `第四十一条第二款第（三）项`, `第7.1.4条`, `第5.5.16条第1款`.

* A law is divided into articles 条, these into paragraphs 款, these into items 项 numbered in brackets.
* A standard is divided into clauses numbered with points; the numbered parts of a clause are called 款 or 项
  and stand here as items, because a clause has no other division.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = r"[零〇一二三四五六七八九十百千两]+"
"""Pattern of a number in Chinese characters."""

_ARTICLE = re.compile(
    rf"第({NUMERAL})条(?:之({NUMERAL}))?(?:第({NUMERAL})款)?(?:第[（(]({NUMERAL})[）)]项)?",
)
_CLAUSE = re.compile(r"第?([A-Z]?[0-9]+(?:\.[0-9]+)*[A-Z]?)条?(?:第([0-9]+)[款项])?", re.ASCII)
_LAPSED = re.compile(r"([A-Z]?[0-9]+(?:\.[0-9]+)+[A-Z]?)(?:[（(]([0-9]+(?:、[0-9]+)*)[）)])?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One place in a law or standard.

    Attributes:
        number: `36`, `36-1` for 第三十六条之一, `7.1.4`.
        paragraph: which 款, from 1; None for the whole article.
        item: which 项, from 1; None for all of them.
    """

    number: str
    paragraph: int | None = None
    item: int | None = None

    def meets(self, other: Clause) -> bool:
        """Whether either holds the other or a part of it."""
        return self.number == other.number and all(
            mine is None or theirs is None or mine == theirs
            for mine, theirs in ((self.paragraph, other.paragraph), (self.item, other.item))
        )


def number_of(numeral: str) -> int | None:
    """`五百三十一` → 531, `十` → 10, `一二` → 12; None for what is no number below ten thousand."""
    if not re.fullmatch(NUMERAL, numeral):
        return None
    if not any(character in _UNITS for character in numeral):
        return int("".join(str(_DIGITS[character]) for character in numeral))
    total, digit = 0, None
    for character in numeral:
        if character in _UNITS:
            total += (1 if digit is None else digit) * _UNITS[character]
            digit = None
        else:
            digit = _DIGITS[character]
    return total + (digit or 0)


def clause_of(label: str) -> Clause | None:
    """The place that a label names; None for a label of another form."""
    if found := _ARTICLE.fullmatch(label):
        article, inserted, paragraph, item = (number_of(part) if part else None for part in found.groups())
        number = f"{article}-{inserted}" if inserted else f"{article}"
        return Clause(number=number, paragraph=paragraph, item=item)
    if found := _CLAUSE.fullmatch(label):
        return Clause(number=found[1], item=int(found[2]) if found[2] else None)
    return None


def listed_clauses(text: str) -> tuple[Clause, ...]:
    """The places that a list like `5.5.16（1、2）` of a standard's clauses names; none for another form."""
    found = _LAPSED.fullmatch(text)
    if found is None:
        return ()
    if found[2] is None:
        return (Clause(number=found[1]),)
    return tuple(Clause(number=found[1], item=int(item)) for item in found[2].split("、"))
