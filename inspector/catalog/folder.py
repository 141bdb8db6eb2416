"""A folder of checklists → `Catalogue`: one bad file never takes down the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inspector.catalog.checklist_file import read_with_tree
from inspector.catalog.content import Content, Tree
from inspector.catalog.faults import Faults, refusal
from inspector.catalog.law_file import read_laws_with_tree
from inspector.catalog.parts import Parts, read_parts
from inspector.domain.checklist import Checklist, ChecklistId
from inspector.domain.law import Laws
from inspector.errors import ChecklistFaultsError, Fault, system_reason

LAWS_FILE = "laws.toml"

Entry = Checklist | tuple[Fault, ...]
Files = Mapping[Path, Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What a folder holds.

    Attributes:
        laws: the laws; none when their file has faults, and then no basis is printed at all.
        files: by path, the checklist or what is wrong with the file.
        content: the same as trees, parts in their places: what a pack is made of and what a layer changes.
            None where the laws have faults, or where the catalogue was not read from files.
    """

    laws: Laws
    files: Files
    content: Content | None = None

    @property
    def checklists(self) -> tuple[Checklist, ...]:
        """The checklists that can be used, by file name."""
        return tuple(entry for entry in self.files.values() if isinstance(entry, Checklist))

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything wrong in any file."""
        return tuple(
            fault for entry in self.files.values() if not isinstance(entry, Checklist) for fault in entry
        )

    def get(self, id: ChecklistId) -> Checklist | None:
        """The checklist with that id, or None."""
        return next((checklist for checklist in self.checklists if checklist.id == id), None)


def read_all(folder: Path) -> Catalogue:
    """Everything in a folder: `laws.toml`, the parts in `parts/`, and one checklist per other `*.toml`.

    Raises:
        ChecklistFaultsError: the folder itself cannot be read.
    """
    files: dict[Path, Entry] = {}
    laws: Laws | None = None
    laws_tree: Tree = {}
    trees: list[Tree] = []
    try:
        laws, laws_tree = read_laws_with_tree(folder / LAWS_FILE)
    except ChecklistFaultsError as error:
        files[folder / LAWS_FILE] = error.faults
    parts = read_parts(folder)
    files |= parts.faults
    for path in _checklist_paths(folder):
        files[path] = _entry(path, laws, parts, files, trees)
    content = Content(laws=laws_tree, checklists=tuple(trees)) if laws is not None else None
    return Catalogue(laws=laws or Laws(), files=files, content=content)


def _checklist_paths(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".toml" and path.name != LAWS_FILE)
    except OSError as error:
        faults = Faults(folder.name)
        faults.add(
            "整个文件夹",
            f"读不出来（{system_reason(error)}）",
            "检查表放在一个文件夹里",
            "检查文件夹是否存在",
        )
        raise refusal(folder.name, faults.as_tuple()) from error


def _entry(path: Path, laws: Laws | None, parts: Parts, files: Files, trees: list[Tree]) -> Entry:
    try:
        checklist, tree = read_with_tree(path, laws=laws, parts=parts)
    except ChecklistFaultsError as error:
        return error.faults
    faults = _faults_of_twin(path, checklist, files)
    if faults:
        return faults
    trees.append(tree)
    return checklist


def _faults_of_twin(path: Path, checklist: Checklist, files: Files) -> tuple[Fault, ...]:
    for other, entry in files.items():
        if isinstance(entry, Checklist) and entry.id == checklist.id:
            faults = Faults(path.name)
            faults.add(
                "id", f"编号“{checklist.id}”与 {other.name} 相同", "每张检查表的编号只用一次", "换一个编号"
            )
            return faults.as_tuple()
    return ()
