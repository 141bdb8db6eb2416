"""The words of law enforcement, which the paper of a non-enforcement issuer must not hold in any disguise.

Spaces, line breaks, marks between the characters, compatibility forms of a character and its traditional form
do not hide a word. The marks that end a sentence or part a list do keep words apart: 由其负责。令人担忧.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

ENFORCEMENT_WORDS = ("责令", "指令书", "行政复议", "申请复议", "行政诉讼", "执法证")
"""What the paper of a non-enforcement issuer must not contain, typed text included."""

POWER_WORDS = (
    "复议",
    "诉讼",
    "起诉",
    "执法人员",
    "执法机关",
    "决定书",
    "处罚",
    "罚款",
    "查封",
    "扣押",
    "证件号",
)
"""What its templates must not contain either, whoever is meant: they speak for one who has no such power.

What is typed may tell of others: 消防执法人员已到场.
"""

SEAL_WORDS = ("印章", "公章", "盖章", "签章", "印鉴", "钢印")
"""As `POWER_WORDS`: there is no place for a seal on its paper."""

_SEAL_MARK = re.compile(r"㊞|[(（〔\[【]\s*印\s*[)）〕\]】]")

# Letters and numbers of any script stay, and the marks that keep words apart; bare strokes do not.
_ORNAMENT = re.compile(r"[^\w。，、；：！？,;!?:]+|[_丨丶丿亅]+")
_SIMPLIFIED = str.maketrans(
    "責書復複覆議訴訟執證証蓋葢請員機關決處罰査號籤鑒鋼", "责书复复复议诉讼执证证盖盖请员机关决处罚查号签鉴钢"
)


def enforcement_word_in(text: str, words: Iterable[str] = ENFORCEMENT_WORDS) -> str | None:
    """The first of `words` that is in `text`, however it is written; None where there is none."""
    bare = bare_form(text)
    return next((word for word in words if word in bare), None)


def bare_form(text: str) -> str:
    """`text` without spaces and ornaments, in simplified characters of one form."""
    one_form = unicodedata.normalize("NFKC", text).translate(_SIMPLIFIED)
    return "".join(char for char in _ORNAMENT.sub("", one_form) if unicodedata.category(char) != "Lm")


def power_words_in(text: str) -> tuple[str, ...]:
    """What a template of a non-enforcement issuer must not say, of all that `text` says."""
    bare = bare_form(text)
    words = (word for word in (*ENFORCEMENT_WORDS, *POWER_WORDS, *SEAL_WORDS) if word in bare)
    return (*words, *dict.fromkeys(_SEAL_MARK.findall(text)))


def could_spell(chars: Iterable[str], words: Iterable[str] = ENFORCEMENT_WORDS) -> bool:
    """Whether some order of these characters could hold one of `words`; false is certain."""
    there = {form for char in chars for form in _forms(char)}
    return any(there.issuperset(word) for word in words)


@lru_cache(maxsize=16_384)
def _forms(char: str) -> str:
    return bare_form(char)
