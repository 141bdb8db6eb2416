"""A folder of checklists with the layers in its `layers/`: for `lint` and for comparing two folders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inspector.catalog import Catalogue, read_all
from inspector.catalog.layer_file import LAYERS_FOLDER, read_layers
from inspector.catalog.layers import Weakening, compare, lay_over
from inspector.commands.checklist_files import say
from inspector.errors import ChecklistFaultsError, Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Layered:
    """What a folder amounts to.

    Attributes:
        catalogue: with the layers on it; without them where they have faults.
        weakenings: what the layers let pass, each with its reason.
        faults: of the checklists, the layers, and of laying one on the other.
        layers: how many can be used.
    """

    catalogue: Catalogue
    weakenings: tuple[Weakening, ...]
    faults: tuple[Fault, ...]
    layers: int


def layered(folder: Path) -> Layered:
    """The checklists of a folder with its layers on them.

    Raises:
        ChecklistFaultsError: the folder itself cannot be read.
    """
    base, found = read_all(folder), read_layers(folder)
    faults = (*base.faults, *(fault for each in found.faults.values() for fault in each))
    plain = Layered(catalogue=base, weakenings=(), faults=faults, layers=0)
    if faults or not found.known:
        return plain
    try:
        laid = lay_over(base, found.known)
    except ChecklistFaultsError as error:
        return Layered(catalogue=base, weakenings=(), faults=error.faults, layers=0)
    return Layered(catalogue=laid.catalogue, weakenings=laid.weakenings, faults=(), layers=len(found.known))


def is_layer(path: Path) -> bool:
    """Whether a file is one of the layers of a folder of checklists."""
    return path.parent.name == LAYERS_FOLDER


def say_weakenings(weakenings: tuple[Weakening, ...]) -> None:
    """Print what passes with the layers and would not without them."""
    for one in weakenings:
        print(f"放宽 {one.layer}，{one.title} {one.item}：{one.words}。理由：{one.reason}")  # noqa: T201


def tell(old: Path, new: Path) -> int:
    """Print how two folders differ with their layers on; 0, or 1 where one has faults."""
    try:
        before, after = layered(old), layered(new)
    except ChecklistFaultsError as error:
        say("错误", error.faults)
        return 1
    if before.faults or after.faults:
        say("错误", (*before.faults, *after.faults))
        return 1
    for line in _changes(before.catalogue, after.catalogue):
        print(line)  # noqa: T201
    say_weakenings(after.weakenings)
    return 0


def _changes(before: Catalogue, after: Catalogue) -> Iterator[str]:
    found = compare(before, after)
    if not found:
        yield "没有不同。"
    for one in found:
        yield f"{'［放宽］' if one.weakens else ''}{one.title} {one.item}".rstrip() + f"：{one.words}"
