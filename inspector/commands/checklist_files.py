"""A checklist or part from whatever file an author has, checked against the laws and parts beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from inspector.catalog.canonical import canonical_toml
from inspector.catalog.checklist_file import read_checklist
from inspector.catalog.faults import Faults, refusal
from inspector.catalog.folder import LAWS_FILE
from inspector.catalog.judging import faults_of_part
from inspector.catalog.law_file import read_laws
from inspector.catalog.parts import PARTS_FOLDER, Parts, places_of, read_parts, with_parts
from inspector.catalog.sources import bytes_of
from inspector.catalog.tables import parse_toml
from inspector.domain.checklist import Checklist
from inspector.domain.law import Laws
from inspector.errors import Fault, FileNotWrittenError, LibraryMissingError, system_reason

WORKBOOK = ".xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands in the folder of the checklists."""

    laws: Laws | None
    parts: Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """A file without faults.

    Attributes:
        tree: as written, parts not resolved.
        resolved: with its parts in their places.
        checklist: None for a part.
        laws: None where there are none beside the file.
    """

    tree: dict[str, object]
    resolved: Mapping[str, object]
    checklist: Checklist | None
    laws: Laws | None


def beside(path: Path) -> Beside:
    """The laws and parts that a file at `path` is checked against.

    Raises:
        ChecklistFaultsError: laws.toml has faults.
    """
    folder = path.parent.parent if path.parent.name == PARTS_FOLDER else path.parent
    laws = folder / LAWS_FILE
    return Beside(laws=read_laws(laws) if laws.exists() else None, parts=read_parts(folder))


def checked(path: Path, around: Beside | None = None) -> CheckedFile:
    """The checklist or part in a .toml or .xlsx file.

    Raises:
        ChecklistFaultsError: carrying every fault of the file.
        LibraryMissingError: it is a workbook, and nothing here can read one.
    """
    around = around or beside(path)
    if path.name == LAWS_FILE:
        faults = Faults(path.name)
        faults.add("整个文件", "是法律，不是检查表", "法律与整个文件夹一起检查", "写上文件夹的名称")
        raise refusal(faults.file, faults.as_tuple())
    if path.suffix.lower() == WORKBOOK:
        tree = workbook_module().tree_of_workbook(path, laws=around.laws, parts=around.parts)
    else:
        tree = _toml_tree(path, around.laws)
    if "item" in tree:
        return CheckedFile(tree=tree, resolved=tree, checklist=None, laws=around.laws)
    # A workbook was judged already; its canonical form is read for the checklist.
    source = canonical_toml(tree).encode() if path.suffix.lower() == WORKBOOK else path
    checklist = read_checklist(source, laws=around.laws, parts=around.parts)
    resolved, _ = with_parts(tree, {}, around.parts, Faults(path.name))
    return CheckedFile(tree=tree, resolved=resolved, checklist=checklist, laws=around.laws)


def _toml_tree(path: Path, laws: Laws | None) -> dict[str, object]:
    """The tree of a TOML file; a part is judged here, a checklist by its reader."""
    faults = Faults(path.name)
    data = bytes_of(path, faults)
    tree = parse_toml(data, faults) if data is not None else None
    if data is None or tree is None:
        raise refusal(faults.file, faults.as_tuple())
    if "item" in tree:
        faults.take(faults_of_part(tree, places_of(data), laws, file=faults.file))
        faults.refuse()
    return tree


def workbook_module() -> ModuleType:
    """The module for workbooks, which needs a library that tablets do not have.

    Raises:
        LibraryMissingError: it is not installed.
    """
    try:
        from inspector.catalog import workbook
    except ImportError as error:
        raise LibraryMissingError(name=error.name or "openpyxl") from error
    return workbook


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in place at once: whoever looks sees the old one or the new one.

    Raises:
        FileNotWrittenError: the folder or the disk does not let it.
    """
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_bytes(data)
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink()
        raise FileNotWrittenError(file=path.name, reason=system_reason(error)) from error


def say(kind: str, faults: Iterable[Fault]) -> None:
    """Print faults, one a line."""
    for fault in faults:
        print(f"{kind} {fault}")  # noqa: T201
