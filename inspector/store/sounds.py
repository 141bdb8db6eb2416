"""How Chinese names are typed on a keyboard: every reading of every character, and what a query may mean.

* A name becomes one group per character, `,chong,tong,zhong;`, with all its readings: whoever looks for 重庆
  may type `cq`, `chongqing`, `chongq`, `cqing` or, wrongly but understandably, `zhongqing`.
* A query is cut into syllables, initials and a last part that is still being typed; each way to cut it is one
  pattern over those groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from unicodedata import normalize

_GAP = "[a-z0-9,]*;[a-z0-9,]*"
_TYPED = re.compile(r"[a-z0-9]+")
_INITIALS = ("zh", "ch", "sh")
_MOST_CUTS = 8
_MOST_TYPED = 40
_SYLLABLE_MOST = 6


def folded(text: str) -> str:
    """The form in which texts are compared: compatibility characters, case and outer blanks do not matter."""
    return normalize("NFKC", text).casefold().strip()


def sounds_of(name: str) -> str:
    """A name's groups of readings. Letters and digits read as themselves; anything else is silent."""
    return "".join(_group(character) for character in folded(name))


def patterns(typed: str, syllables: frozenset[str]) -> tuple[re.Pattern[str], ...]:
    """What `typed` may mean, as patterns over `sounds_of`; none if it is not a few letters and digits.

    Args:
        syllables: those that occur at all.
    """
    if not _TYPED.fullmatch(typed) or len(typed) > _MOST_TYPED:
        return ()
    cuts: list[tuple[str, ...]] = []
    for cut in _cuts(typed, syllables):
        cuts.append(cut)
        if len(cuts) == _MOST_CUTS:
            break
    return tuple(re.compile(_GAP.join(f",{part}" for part in cut)) for cut in cuts)


def syllables_of(sounds: Iterable[str]) -> frozenset[str]:
    """All readings that occur in these texts of `sounds_of`."""
    groups = {group for text in sounds for group in text.split(";")}
    return frozenset(reading for group in groups for reading in group.split(",") if reading)


def _cuts(typed: str, syllables: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """Ways to cut `typed`, longest first parts first."""
    if not typed:
        yield ()
        return
    if any(syllable.startswith(typed) for syllable in syllables):
        yield (typed,)
    for size in range(min(len(typed) - 1, _SYLLABLE_MOST), 0, -1):
        part = typed[:size]
        if size == 1 or part in _INITIALS or part in syllables:
            for rest in _cuts(typed[size:], syllables):
                yield (part, *rest)


@lru_cache(maxsize=8192)
def _group(character: str) -> str:
    readings = _readings(character)
    return "," + ",".join(readings) + ";" if readings else ""


def _readings(character: str) -> list[str]:
    if _TYPED.fullmatch(character):
        return [character]
    if not character.isalpha():
        return []
    # Imported late: its tables take a third of a second, and an app that only opens its list needs none.
    from pypinyin import Style, pinyin

    (found,) = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore") or [[]]
    # ü has no key: people type v or u for it.
    readings = {variant for reading in found for variant in (reading, reading.replace("v", "u"))}
    return sorted(reading for reading in readings if _TYPED.fullmatch(reading))
