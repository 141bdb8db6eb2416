"""A whole catalogue as trees: what a pack carries, what a layer changes, and its one canonical form.

A tree is a TOML document as Python has it: tables, lists, texts, whole numbers, booleans and days, parts and
layers in their places. In JSON a day is written `YYYY-MM-DD`, as it is for the digest; a key that holds days
holds nothing else, so that reading turns it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Tree = Mapping[str, Any]

_DAYS = frozenset(("since", "until", "in-force-from", "in-force-to", "cite-until", "checked-on"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Laws and checklists as trees.

    Attributes:
        laws: as `laws.toml` has them.
        checklists: each with everything that it takes from elsewhere.
    """

    laws: Tree
    checklists: tuple[Tree, ...]

    def to_json(self) -> dict[str, object]:
        """The content with days as texts, the checklists by id."""
        ordered = sorted(self.checklists, key=lambda tree: str(tree.get("id")))
        return {"laws": _without_days(self.laws), "checklists": [_without_days(tree) for tree in ordered]}

    @classmethod
    def from_json(cls, laws: object, checklists: Sequence[object]) -> Content:
        """The reverse of `to_json`; whether it makes sense is for the readers of laws and checklists."""
        trees = [_with_days(tree) for tree in checklists]
        law_tree = _with_days(laws)
        return cls(
            laws=law_tree if isinstance(law_tree, dict) else {},
            checklists=tuple(tree for tree in trees if isinstance(tree, dict)),
        )


def _without_days(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_days(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_days(each) for each in value]
    return value.isoformat() if type(value) is date else value


def _with_days(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _with_days(each, name) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_with_days(each) for each in value]
    return _day(value) if key in _DAYS and isinstance(value, str) else value


def _day(text: str) -> date | str:
    """The day, or the text itself where it is none: the reader then says what is wrong with it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
