"""The office's own folder of checklists, of which packs are made: read anew each time, as it is then."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inspector.catalog import Catalogue, read_all
from inspector.catalog.faults import Faults, refusal
from inspector.catalog.layer_file import LAYERS_FOLDER
from inspector.catalog.sources import bytes_of
from inspector.catalog.tables import parse_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerText:
    """A layer as it was handed in: the file's name and its text."""

    name: str
    text: str


def checklists_in(folder: Path) -> Catalogue:
    """The folder's checklists, laws and parts.

    Raises:
        ChecklistFaultsError: carrying every fault of every file.
    """
    found = read_all(folder)
    if found.faults:
        raise refusal(found.faults[0].file, found.faults)
    return found


def layers_in(folder: Path) -> tuple[LayerText, ...]:
    """The layers in its `layers/`, not judged yet.

    Raises:
        ChecklistFaultsError: one cannot be read, or is no text.
    """
    return tuple(_layer_text(path) for path in sorted((folder / LAYERS_FOLDER).glob("*.toml")))


def _layer_text(path: Path) -> LayerText:
    faults = Faults(path.name)
    data = bytes_of(path, faults)
    faults.refuse()
    try:
        return LayerText(name=path.name, text=(data or b"").decode("utf-8-sig"))
    except UnicodeDecodeError:
        parse_toml(data or b"", faults)
        raise refusal(path.name, faults.as_tuple()) from None
