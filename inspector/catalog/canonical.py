"""One way to write a checklist or a part: the same content is the same bytes, and reads back the same.

The order of keys, the indent and the line breaks are those of the files that ship. Comments are not content
and are not written. A section that takes a part stays `part = "…"` unless the part was put in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import cast

HEAD_KEYS = ("format", "id", "version", "title", "domain", "applies-to", "stage", "fits")
CRITERION_KEYS = ("name", "law", "applies-to", "since", "until")
SECTION_KEYS = ("part", "id", "title")
ITEM_KEYS = (
    "id", "kind", "ask", "how", "required", "not-applicable", "choices", "unit", "decimals", "lowest",
    "highest", "fails", "severity", "basis", "criteria", "finding", "remedy", "days", "day-kind", "evidence",
    "shows", "source",
)  # fmt: skip
_INNER_KEYS = (
    "id", "label", "fails", "finding", "item", "is", "law", "article", "text", "since", "until", "is-not",
    "any-of", "below", "at-or-below", "above", "at-or-above", "older-than-days", "passed", "basis", "photos",
    "value", "note", "all", "any",
)  # fmt: skip
_INNER_ORDER = {key: place for place, key in enumerate(_INNER_KEYS)}
_SPREAD = frozenset(("choices", "basis", "criteria", "finding"))
"""Lists of an item that take a line per entry."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')

Tree = Mapping[str, object]


def canonical_toml(tree: Tree) -> str:
    """The file of an accepted checklist or part.

    Args:
        tree: as `tomllib` reads such a file: tables, lists, texts, whole numbers, booleans and days.
    """
    head = {key: value for key, value in tree.items() if key not in ("criterion", "section", "item")}
    lines = [*_pairs(head, HEAD_KEYS), *_criteria(cast("Tree", tree.get("criterion")))]
    for item in _tables(tree.get("item")):
        lines += ["", "[[item]]", *_item(item, "")]
    for section in _tables(tree.get("section")):
        own = {key: value for key, value in section.items() if key != "item"}
        lines += ["", "", "[[section]]", *_pairs(own, SECTION_KEYS)]
        for item in _tables(section.get("item")):
            lines += ["", "  [[section.item]]", *_item(item, "  ")]
    return "\n".join(lines) + "\n"


def house_form(tree: Tree) -> dict[str, object]:
    """The tree without the freedoms that a spreadsheet cannot show; most trees are in this form already.

    A text alone where a list may stand becomes a list, blanks around texts go, and so do empty tables and
    lists. The meaning stays; the digest of a tree that used such a freedom does not.
    """
    lists = ("any-of", "finding") if "kind" in tree else ("any-of",)
    settled = {key: _settled(value) for key, value in tree.items()}
    return {
        key: [value] if key in lists and isinstance(value, str) else value
        for key, value in settled.items()
        if value not in ({}, [])
    }


def _settled(value: object) -> object:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Mapping):
        return house_form(value)
    if isinstance(value, list):
        return [_settled(one) for one in value]
    return value


def _criteria(declared: Tree | None) -> Iterator[str]:
    if declared is not None and not declared:
        yield from ("", "[criterion]")
    for name, criterion in sorted((declared or {}).items()):
        yield from ("", f"[criterion.{_key(name)}]", *_pairs(cast("Tree", criterion), CRITERION_KEYS))


def _tables(value: object) -> Sequence[Tree]:
    return cast("Sequence[Tree]", value or ())


def _item(item: Tree, indent: str) -> Iterator[str]:
    for line in _pairs(item, ITEM_KEYS):
        yield indent + line.replace("\n", f"\n{indent}")


def _pairs(table: Tree, order: Sequence[str]) -> Iterator[str]:
    known = [key for key in order if key in table]
    for key in [*known, *sorted(table.keys() - set(order))]:
        value = table[key]
        if key in _SPREAD and isinstance(value, list) and value:
            entries = "".join(f"  {_inline(one)},\n" for one in value)
            yield f"{_key(key)} = [\n{entries}]"
        else:
            yield f"{_key(key)} = {_inline(value)}"


def _inline(value: object) -> str:
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (_INNER_ORDER.get(key, len(_INNER_ORDER)), key))
        return f"{{ {', '.join(f'{_key(key)} = {_inline(value[key])}' for key in keys)} }}" if keys else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else _scalar(value)


def _scalar(value: object) -> str:
    return str(value) if isinstance(value, int) else _quoted(cast("str", value))


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    return '"' + _ESCAPED.sub(lambda found: _escape(found[0]), text) + '"'


def _escape(char: str) -> str:
    return f"\\{char}" if char in '"\\' else f"\\u{ord(char):04X}"
