"""The digest of a checklist: which questions were asked, provable years later.

It is the SHA-256 of the file's content, not of the program's view of it: the TOML document as a tree, written
as JSON with sorted keys, no spaces, UTF-8 as it is, and days as `YYYY-MM-DD`. Comments, blank lines, the
order of keys and the style of quotes do not change it; every word, every number and the order of sections and
items do. A newer program with more keys computes the same digest for the same file, and anybody can recompute
it in four lines of any language.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any


def digest_of(tree: dict[str, object]) -> str:
    """SHA-256 of the canonical form, lower-case hexadecimal.

    Args:
        tree: a document that was accepted, so that it holds only tables, lists, texts, whole numbers,
            booleans and days.
    """
    canonical = json.dumps(
        tree, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_day
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _day(value: Any) -> str:
    if type(value) is date:
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not part of an accepted document")
