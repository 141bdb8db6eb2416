"""A checklist or part as an .xlsx workbook, for offices that write in a spreadsheet.

`workbook_of` and `tree_of_workbook` are each other's inverse for every tree in house form. These modules need
a library for spreadsheets, so nothing that the tablet imports may import them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from inspector.catalog.checklist_file import checklist_of
from inspector.catalog.faults import Faults, refusal
from inspector.catalog.parts import Parts, with_parts
from inspector.catalog.sources import bytes_of
from inspector.catalog.workbook_export import blank_workbook, workbook_of
from inspector.catalog.workbook_import import Draft, draft_of
from inspector.catalog.workbook_places import retell
from inspector.domain.law import Laws

__all__ = ["blank_workbook", "tree_of_workbook", "workbook_of"]

_OF_PART = "section 第 1 个 · "
_ELSEWHERE = re.compile(r"没有“[^”]*”这一项")


def tree_of_workbook(
    source: Path | bytes, *, laws: Laws | None = None, parts: Parts | None = None, name: str = "检查表.xlsx"
) -> dict[str, object]:
    """The tree of a checklist or part, parts not resolved, after every check that a TOML file stands.

    Args:
        source: the file, or its bytes.
        laws: what may be cited; without them citations are taken as written.
        parts: the sections that it may name.
        name: what to call it in faults when bytes are given.

    Raises:
        ChecklistFaultsError: carrying every fault, each with sheet, row and column.
    """
    faults = Faults(source.name if isinstance(source, Path) else name)
    data = bytes_of(source, faults)
    draft = draft_of(data, faults) if data is not None else None
    if draft is None:
        raise refusal(faults.file, faults.as_tuple())
    content = _judged_part(draft, laws) if draft.is_part else _judged(draft.tree, laws, parts or Parts())
    retell(content, draft.places, faults)
    faults.refuse()
    return draft.tree


def _judged(tree: dict[str, object], laws: Laws | None, parts: Parts) -> Faults:
    found = Faults("")
    whole, _ = with_parts(tree, {}, parts, found)
    checklist_of(whole, {}, laws, found)
    return found


def _judged_part(draft: Draft, laws: Laws | None) -> Faults:
    """The faults of a part, as if a checklist took it that asks whatever its conditions look at."""
    part: Mapping[str, object] = draft.tree
    head = {"format": 1, "id": "host", "version": "2026.1", "domain": "fire", "applies-to": "样例单位"}
    section = {key: part[key] for key in ("id", "title", "item") if key in part}
    host: dict[str, object] = {**head, "title": "样例检查表", "section": [section]}
    if "criterion" in part:
        host["criterion"] = part["criterion"]
    found = Faults("")
    for fault in _judged(host, laws, Parts()).as_tuple():
        looks_outside = "shows" in fault.place and _ELSEWHERE.match(fault.what)
        if not looks_outside:
            found.add(fault.place.removeprefix(_OF_PART), fault.what, fault.rule, fault.suggestion)
    return found
