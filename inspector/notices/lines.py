"""Breaking Chinese text into lines.

* No closing mark starts a line, no opening mark ends one; a pair such as —— or …… is not parted.
* A comma or full stop may hang beyond the right edge.
* A number stays with its unit and 第 with what it counts; a Latin word stays whole.
* No character is left alone on the last line where the line before can spare another one.
* What is longer than a line is broken all the same: first inside words, then anywhere. Nothing is ever lost:
  the lines joined together are the text.

Positions are code points. Widths are in any one unit.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

CLOSING = frozenset(
    "，。、；：！？）〕】》〉」』〗］｝”’…—·～%％‰℃°,.;:!?)]}>々ー"
    "｡､｣﹐﹑﹒﹔﹕﹖﹗﹚﹜﹞〙〛〞〟›»⁆‥–〜‼⁇⁈⁉′″"
)
OPENING = frozenset("（〔【《〈「『〖［｛“‘([{<¥￥$＄№#＃｢﹙﹛﹝〘〚〝‹«⁅„‚")
HANGING = frozenset("，。、；：")
_TRAILING = "".join(CLOSING) + " "
_WORD_MARKS = frozenset("-_./@&'+=~\\|*^`\"¹²³")
_BEFORE_NUMBERS = frozenset("≥≤≧≦＜＞≈＝±＋－−×÷～–〜ΦφΔ∅")
"""Signs that say something of the number behind them, or stand between two."""
_NUMERALS = frozenset("〇零一二三四五六七八九十百千")
_COUNTED = frozenset("条款项章节号")
_UNITS = (
    "小时|分钟|个工作日|工作日|个月|周岁|平方米|立方米|平方公里|毫米|厘米|分米|千米|公里|毫克|千克|公斤|毫升|"
    "千瓦时|千瓦|兆瓦|千伏|毫安|千帕|兆帕|单元|"
    "[米厘毫千公克斤吨升度日天月年周季时分秒人名位户家项条款章节号个件处只具间层台辆瓶罐桶箱袋包套组排列块张根支枝盏路部座栋幢"
    "元万亿平立方倍次级类种口眼起批发枚卷股片段道扇樘架册本页份把枚岁瓦伏安帕兆欧赫折成%％‰℃°㎡㎥㎜㎝㎞㎏]"
)
_MEASURE = re.compile(
    r"[0-9]{1,2}月[0-9]{1,2}日前?"  # a date is parted behind its year or not at all
    rf"|[0-9] ?(?:{_UNITS})"  # 24小时, 12 桶
    r"|[0-9] [A-Za-zµμΩ℃°][A-Za-z0-9/·.²³⁻-]{0,9}(?![A-Za-z])"  # 0.6 m, as measured values are written
)
TIGHT = re.compile(r"[!-~]{2,}")
"""Numbers and Latin words: what goes between characters to fill a line goes elsewhere first."""
_FARTHEST = 12
"""How far from a place a number with a unit, or a date, around it can begin or end."""

_SLACK = 1e-6
_SPARED = 4
"""How many characters a line may lose to keep the last one company; more would leave a hole."""

ANYWHERE, INSIDE_WORD, BARRED = 0, 1, 2
"""What it costs to break at a place: nothing, a word or number torn, a rule of punctuation broken."""


def break_lines(
    text: str, widths: Sequence[float], limit: float, *, first_limit: float | None = None
) -> list[str]:
    """`text` in lines no wider than `limit`, a hanging mark and trailing spaces not counted.

    Args:
        text: without line feeds.
        widths: the width of each of its code points.
        limit: the width of a line; a line holds one character at least, however wide.
        first_limit: the width of the first line, where it is indented.
    """
    ends = list(accumulate(widths))
    lines: list[str] = []
    start, room = 0, limit if first_limit is None else first_limit
    while start < len(text):
        end = _line_end(text, ends, start, room)
        lines.append(text[start:end])
        start, room = end, limit
    return _in_company(lines, widths, limit) or [""]


def _in_company(lines: list[str], widths: Sequence[float], limit: float) -> list[str]:
    """The lines; where the last one is a single character, with more of the line before it."""
    if len(lines) < 2 or len(lines[-1].rstrip(_TRAILING)) > 1:
        return lines
    *before, former, last = lines
    both = former + last
    for end in range(len(former) - 1, max(len(former) - 1 - _SPARED, 1), -1):
        if _cost(both, end) == ANYWHERE:
            room = sum(widths[len(widths) - len(both) + end :])
            return [*before, both[:end], both[end:]] if room <= limit + _SLACK else lines
    return lines


def _line_end(text: str, ends: Sequence[float], start: int, room: float) -> int:
    """Where the line that begins at `start` ends; `ends` says where each code point would, unbroken."""
    fits = max(_fitting(text, ends, start, room), start + 1)
    if fits == len(text):
        return fits
    for cost in (ANYWHERE, INSIDE_WORD, BARRED):
        for end in range(fits, start, -1):
            if _cost(text, end) <= cost:
                return end
    return fits


def _fitting(text: str, ends: Sequence[float], start: int, room: float) -> int:
    """How far a line from `start` may reach: what fits, one hanging mark, and the spaces that follow."""
    before = ends[start - 1] if start else 0.0
    end = bisect_right(ends, before + room + _SLACK, start)
    if end < len(text) and end > start and text[end] in HANGING:
        end += 1
    while end < len(text) and text[end] == " ":
        end += 1
    return end


def _cost(text: str, place: int) -> int:
    """What a break before the code point at `place` costs; asked near the ends of lines only."""
    before, after = text[place - 1], text[place]
    if after == " " or after in CLOSING or before in OPENING or unicodedata.combining(after):
        return _cost_at_mark(before, after)
    if _is_word(before) and _is_word(after):
        return INSIDE_WORD
    if _is_number(before, after) or _in_measure(text, place):
        return INSIDE_WORD
    return ANYWHERE


def _is_number(before: str, after: str) -> bool:
    """Whether both belong to one number, one count or one date."""
    if after.isdecimal():
        return before == "第" or before in _BEFORE_NUMBERS
    if after in _NUMERALS:
        return before == "第" or before in _NUMERALS
    if before in _NUMERALS:
        return after in _COUNTED
    return (before == "日" and after == "前") or (before.isdecimal() and after in "×÷")


def _in_measure(text: str, place: int) -> bool:
    """Whether a number and its unit, with or without a space between them, lie around the place."""
    near = _MEASURE.finditer(text, max(place - _FARTHEST, 0), place + _FARTHEST)
    return any(found.start() < place < found.end() for found in near)


def _cost_at_mark(before: str, after: str) -> int:
    # ASCII marks inside a word, as in an address of the web, may be torn before anything worse is done.
    is_inside = after.isascii() and before.isascii() and after not in ")]}>%°" and before not in "([{<"
    return INSIDE_WORD if is_inside and before != " " and after != " " else BARRED


def _is_word(char: str) -> bool:
    if char in _WORD_MARKS or unicodedata.combining(char):
        return True
    if char.isascii():
        return char.isalnum() or char in CLOSING or char in OPENING
    # Letters of other alphabets keep together as well; ideographs, kana and full-width forms do not.
    return char.isalpha() and unicodedata.east_asian_width(char) not in "WF"
