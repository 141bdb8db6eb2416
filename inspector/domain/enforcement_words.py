"""The words of law enforcement, which the paper of a non-enforcement issuer must not hold in any disguise.

Spaces, line breaks, marks between the characters, compatibility forms of a character and its traditional form
do not hide a word. The marks that end a sentence or part a list do keep words apart: 由其负责。令人担忧.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

ENFORCEMENT_WORDS = ("责令", "指令书", "行政复议", "行政诉讼", "执法证")
"""What the paper of a non-enforcement issuer must not contain, typed text included."""

SEAL_WORDS = ("印章", "公章", "盖章")
"""What its templates must not contain either: there is no place for a seal on its paper."""

# Letters and numbers of any script stay, and the marks that keep words apart.
_ORNAMENT = re.compile(r"[^\w。，、；：！？,;!?:]+|_+")
_SIMPLIFIED = str.maketrans("責書復複議訴訟執證蓋", "责书复复议诉讼执证盖")


def enforcement_word_in(text: str, words: Iterable[str] = ENFORCEMENT_WORDS) -> str | None:
    """The first of `words` that is in `text`, however it is written; None where there is none."""
    bare = bare_form(text)
    return next((word for word in words if word in bare), None)


def bare_form(text: str) -> str:
    """`text` without spaces and ornaments, in simplified characters of one form."""
    one_form = unicodedata.normalize("NFKC", text).translate(_SIMPLIFIED)
    return _ORNAMENT.sub("", one_form)


def could_spell(chars: Iterable[str], words: Iterable[str] = ENFORCEMENT_WORDS) -> bool:
    """Whether some order of these characters could hold one of `words`; false is certain."""
    there = {form for char in chars for form in _forms(char)}
    return any(there.issuperset(word) for word in words)


@lru_cache(maxsize=16_384)
def _forms(char: str) -> str:
    return bare_form(char)
