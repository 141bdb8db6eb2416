"""Sections that several checklists share, each written once: the files in `parts/` beside the checklists.

A checklist names one where a section would stand (`part = "fire-escape"`) and is then read as if the section
and its criteria were written there. So an item of a part is the same item in every checklist, with the same
id and words; conditions may look at whatever stands before it in the checklist that takes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inspector.catalog.faults import Faults, nearest, refusal
from inspector.catalog.sources import bytes_of
from inspector.catalog.tables import Table, parse_toml
from inspector.errors import ChecklistFaultsError, Fault

PARTS_FOLDER = "parts"
FORMAT = 1
"""Format of a part's file that this version reads."""

_TITLE_CAP = 60
_ID_LINE = re.compile(r"""^\s*id\s*=\s*["']([^"']+)["']""", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One shared section as its file has it; its items are judged in each checklist that takes them.

    Attributes:
        section: the section's table: id, title and items.
        criteria: the criteria that its items name.
        places: by id, where it stands in the file.
    """

    section: Mapping[str, Any]
    criteria: Mapping[str, Any]
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of a folder.

    Attributes:
        known: by id.
        faults: by path, what is wrong with a file that is no part.
    """

    known: Mapping[str, Part] = field(default_factory=dict)
    faults: Mapping[Path, tuple[Fault, ...]] = field(default_factory=dict)


def read_parts(folder: Path) -> Parts:
    """The parts beside the checklists of a folder; none where it has no `parts/`."""
    known: dict[str, Part] = {}
    faults: dict[Path, tuple[Fault, ...]] = {}
    for path in sorted((folder / PARTS_FOLDER).glob("*.toml")):
        try:
            id, part = _read_part(path, known)
            known[id] = part
        except ChecklistFaultsError as error:
            faults[path] = error.faults
    return Parts(known=known, faults=faults)


def _read_part(path: Path, known: Mapping[str, Part]) -> tuple[str, Part]:
    faults = Faults(f"{PARTS_FOLDER}/{path.name}")
    data = bytes_of(path, faults)
    tree = parse_toml(data, faults) if data is not None else None
    if data is None or tree is None:
        raise refusal(faults.file, faults.as_tuple())
    root = Table(tree, "", faults)
    root.integer("format", lowest=FORMAT, highest=FORMAT, required=True)
    id = root.identifier("id")
    if id in known:
        root.fault("id", f"编号“{id}”与另一个文件相同", "每个共用章节的编号只用一次", "换一个编号")
    title = root.text("title", cap=_TITLE_CAP, required=True)
    root.tables("item", required=True)
    root.table("criterion")
    root.close()
    faults.refuse()
    places = {one: f"{faults.file} {place}" for one, place in places_of(data).items()}
    section = {"id": id, "title": title, "item": tree["item"]}
    criteria = tree.get("criterion", {})
    return id, Part(section=section, criteria=criteria if isinstance(criteria, dict) else {}, places=places)


def places_of(data: bytes) -> dict[str, str]:
    """Where each id of a TOML file stands first, for a person with an editor: `第 12 行 exit-unlocked`."""
    text = data.decode("utf-8-sig")
    places: dict[str, str] = {}
    line, last = 1, 0
    for match in _ID_LINE.finditer(text):
        line, last = line + text.count("\n", last, match.start(1)), match.start(1)
        places.setdefault(match[1], f"第 {line} 行 {match[1]}")
    return places


def with_parts(
    tree: dict[str, object], places: Mapping[str, str], parts: Parts, faults: Faults
) -> tuple[dict[str, object], dict[str, str]]:
    """A checklist's tree with every named part in its place, and where each id stands.

    A part that does not exist and a criterion that is declared twice with different content are faults.
    """
    sections, criteria = tree.get("section"), tree.get("criterion", {})
    if not isinstance(sections, list) or not isinstance(criteria, dict):
        return tree, dict(places)
    taken = [_taken(section, number, parts, faults) for number, section in enumerate(sections, 1)]
    merged, found = dict(criteria), dict(places)
    for part in (part for part in taken if part is not None):
        _merge(part, merged, faults)
        found |= part.places
    whole = [part.section if part else section for part, section in zip(taken, sections, strict=True)]
    declared = {"criterion": merged} if merged or "criterion" in tree else {}
    return {
        **tree,
        "section": [dict(one) if isinstance(one, Mapping) else one for one in whole],
        **declared,
    }, found


def _taken(section: object, number: int, parts: Parts, faults: Faults) -> Part | None:
    if not isinstance(section, dict) or not isinstance(section.get("part"), str):
        return None
    place, id = f"section 第 {number} 个", section["part"]
    for key in section.keys() - {"part"}:
        faults.add(f"{place} · {key}", "在这里没有意义", "取用共用章节时只写 part", "删去这个键")
    if id not in parts.known:
        rule = f"共用章节放在 {PARTS_FOLDER} 文件夹里，没有错误才能取用"
        faults.add(f"{place} · part", f"没有“{id}”这个共用章节", rule, nearest(id, parts.known))
        return None
    return parts.known[id]


def _merge(part: Part, criteria: dict[str, object], faults: Faults) -> None:
    for name, declared in part.criteria.items():
        if criteria.setdefault(name, declared) != declared:
            what = f"判定标准“{name}”与共用章节“{part.section['id']}”里的不一样"
            faults.add(
                f"criterion · {name}", what, "同一个判定标准只能有一种写法", "删去其中一个或改用别的名称"
            )
