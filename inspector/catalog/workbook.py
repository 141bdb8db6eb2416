"""A checklist or part as an .xlsx workbook, for offices that write in a spreadsheet.

`workbook_of` and `tree_of_workbook` are each other's inverse for every tree in house form. These modules need
a library for spreadsheets, so nothing that the tablet imports may import them.
"""

from __future__ import annotations

from pathlib import Path

from inspector.catalog.faults import Faults, refusal
from inspector.catalog.judging import faults_of_checklist, faults_of_part
from inspector.catalog.parts import Parts
from inspector.catalog.sources import bytes_of
from inspector.catalog.workbook_export import blank_workbook, workbook_of
from inspector.catalog.workbook_import import draft_of
from inspector.catalog.workbook_places import retell
from inspector.domain.law import Laws

__all__ = ["blank_workbook", "tree_of_workbook", "workbook_of"]


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
    if draft.is_part:
        content = faults_of_part(draft.tree, {}, laws, file=faults.file)
    else:
        content = faults_of_checklist(draft.tree, {}, laws, parts or Parts(), file=faults.file)
    retell(content, draft.places, faults)
    faults.refuse()
    return draft.tree
