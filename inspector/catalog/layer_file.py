"""A layer's file → `Layer`: what a province, a city or an office adds to or changes in known checklists.

Its own keys are read strictly here; the items, sections and laws that it carries are judged where they come
to stand, together with everything around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from inspector.catalog.content import Tree
from inspector.catalog.faults import Faults, refusal
from inspector.catalog.parts import places_of
from inspector.catalog.sources import bytes_of
from inspector.catalog.tables import Table, parse_toml
from inspector.errors import ChecklistFaultsError, Fault

FORMAT = 1
"""Format of a layer's file that this version reads."""

LAYERS_FOLDER = "layers"

_TITLE_CAP = 60
_ID_CAP = 48
_REASON_CAP = 200
_VERSION_FORM = re.compile(r"20[0-9]{2}\.[1-9][0-9]{0,2}", re.ASCII)
_HEADER = re.compile(
    r"^[ \t]*\[\[[ \t]*(checklist(?:[ \t]*\.[ \t]*[a-z]+)?|law|article)[ \t]*\]\]", re.MULTILINE
)


class Level(StrEnum):
    """Whose layer it is; each level lies on those before it."""

    PROVINCE = "province"
    CITY = "city"
    OFFICE = "office"

    @property
    def chinese(self) -> str:
        """The word on screens."""
        return {"province": "省级", "city": "市级", "office": "本单位"}[self.value]


class Act(StrEnum):
    """What an amendment does: its key in the file."""

    SECTION = "section"
    ITEM = "item"
    TIGHTEN = "tighten"
    REPLACE = "replace"
    CITATION = "citation"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """One change to one checklist.

    Attributes:
        item: the item that it changes; of an addition the item or section that it stands behind, or empty.
        section: of an added item: the section at whose end it stands, where `item` is empty.
        table: what is added, or set.
        drop: keys that are taken away.
        weakens: why it is right that something may pass now; empty where nothing does.
        place: where it stands in the file.
    """

    act: Act
    item: str
    section: str = ""
    table: Mapping[str, Any]
    drop: tuple[str, ...] = ()
    weakens: str = ""
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """Everything that a layer does to one checklist."""

    checklist: str
    criteria: Mapping[str, Any]
    amendments: tuple[Amendment, ...]
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer.

    Attributes:
        file: its name, for faults.
        laws: laws that it adds, as trees; `articles` are added to a known law, which each names.
        places: by id of an added item, where it stands in the file.
        sha256: of the file's bytes.
    """

    id: str
    title: str
    level: Level
    version: str
    file: str
    amended: tuple[Amended, ...]
    laws: tuple[Tree, ...]
    articles: tuple[Tree, ...]
    places: Mapping[str, str]
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """The layers of a folder.

    Attributes:
        known: those that can be read.
        faults: by path, what is wrong with the others.
    """

    known: tuple[Layer, ...] = ()
    faults: Mapping[Path, tuple[Fault, ...]] = field(default_factory=dict)


def read_layers(folder: Path) -> Layers:
    """The layers in `layers/` of a folder of checklists; none where it has no such folder."""
    known: list[Layer] = []
    faults: dict[Path, tuple[Fault, ...]] = {}
    for path in sorted((folder / LAYERS_FOLDER).glob("*.toml")):
        try:
            known.append(read_layer(path))
        except ChecklistFaultsError as error:
            faults[path] = error.faults
    return Layers(known=tuple(known), faults=faults)


def read_layer(source: Path | bytes, *, name: str = "叠加层.toml") -> Layer:
    """The layer of a file, as far as it can be judged without the checklists.

    Raises:
        ChecklistFaultsError: carrying every fault of the file.
    """
    faults = Faults(source.name if isinstance(source, Path) else name)
    data = bytes_of(source, faults)
    tree = parse_toml(data, faults) if data is not None else None
    if data is None or tree is None:
        raise refusal(faults.file, faults.as_tuple())
    layer = _read(Table(tree, "", faults), data)
    faults.refuse()
    return layer


def _read(root: Table, data: bytes) -> Layer:
    root.integer("format", lowest=FORMAT, highest=FORMAT, required=True)
    version = root.text("version", cap=_TITLE_CAP, required=True)
    if version and not _VERSION_FORM.fullmatch(version):
        root.fault("version", f"“{version}”不是版本号", "版本号写成“年.序号”", '例如 "2026.1"')
    lines = _Lines(data)
    layer = Layer(
        id=root.identifier("id"),
        title=root.text("title", cap=_TITLE_CAP, required=True),
        level=root.one_of("level", Level),
        version=version,
        file=root.faults.file,
        amended=tuple(_read_amended(table, lines) for table in root.tables("checklist")),
        laws=tuple(table.others() for table in root.tables("law")),
        articles=tuple(table.others() for table in root.tables("article")),
        places=places_of(data),
        sha256=sha256(data).hexdigest(),
    )
    root.close()
    ids = [amended.checklist for amended in layer.amended]
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        root.fault("checklist", f"检查表“{id}”写了两次", "对一张检查表的改动写在一处")
    if not layer.amended and not layer.laws and not layer.articles:
        root.fault("", "没有任何改动", "至少写一个 [[checklist]]、[[law]] 或 [[article]]")
    return layer


def _read_amended(table: Table, lines: _Lines) -> Amended:
    table.place = lines.next("checklist")
    criteria = table.table("criterion")
    amended = Amended(
        checklist=table.identifier("id"),
        criteria=criteria.others() if criteria else {},
        amendments=tuple(
            _READERS[act](one, lines.next(f"checklist.{act.value}"))
            for act in Act
            for one in table.tables(act.value)
        ),
        place=table.place,
    )
    table.close()
    return amended


def _section(table: Table, place: str) -> Amendment:
    table.place = place
    after = table.text("after", cap=_ID_CAP)
    return Amendment(act=Act.SECTION, item=after, table=table.others(), place=place)


def _new_item(table: Table, place: str) -> Amendment:
    table.place = place
    after, section = table.text("after", cap=_ID_CAP), table.text("section", cap=_ID_CAP)
    if bool(after) == bool(section):
        table.fault("after", "没有写清放在哪里", "写 after（放在哪一项之后）或 section（放在哪一节末尾）之一")
    return Amendment(act=Act.ITEM, item=after, section=section, table=table.others(), place=place)


def _tighten(table: Table, place: str) -> Amendment:
    item = _target(table, place)
    if table.has("weakens"):
        table.fault("weakens", "在这里没有意义", "tighten 只能更严", "要放宽请用 replace")
    return Amendment(act=Act.TIGHTEN, item=item, table=table.others(), place=table.place)


def _replace(table: Table, place: str) -> Amendment:
    item = _target(table, place)
    weakens, drop = _weakens(table), table.texts("drop", cap=_ID_CAP)
    given = table.others()
    for key in [key for key in ("id", "kind") if key in given or key in drop]:
        table.fault(key, "不能改", "编号和类型一经使用不得改变", "新增一项，另起编号")
    return Amendment(act=Act.REPLACE, item=item, table=given, drop=drop, weakens=weakens, place=table.place)


def _citation(table: Table, place: str) -> Amendment:
    item = _target(table, place)
    given = {}
    for key in ("old", "new"):
        citation = table.table(key, required=True)
        given[key] = citation.others() if citation else {}
    weakens = _weakens(table)
    table.close()
    return Amendment(act=Act.CITATION, item=item, table=given, weakens=weakens, place=table.place)


def _remove(table: Table, place: str) -> Amendment:
    item = _target(table, place)
    weakens = _weakens(table)
    table.close()
    return Amendment(act=Act.REMOVE, item=item, table={}, weakens=weakens, place=table.place)


_READERS = {
    Act.SECTION: _section,
    Act.ITEM: _new_item,
    Act.TIGHTEN: _tighten,
    Act.REPLACE: _replace,
    Act.CITATION: _citation,
    Act.REMOVE: _remove,
}


def _target(table: Table, place: str) -> str:
    table.place = place
    item = table.text("item", cap=_ID_CAP, required=True)
    table.place = f"{place} {item}"
    return item


def _weakens(table: Table) -> str:
    return table.text("weakens", cap=_REASON_CAP)


class _Lines:
    """The places of a layer's tables, in the order in which the file has them."""

    def __init__(self, data: bytes) -> None:
        text = data.decode("utf-8-sig")
        found = [
            (re.sub(r"\s", "", match[1]), text.count("\n", 0, match.start(1)) + 1)
            for match in _HEADER.finditer(text)
        ]
        kinds = {kind for kind, _ in found}
        self._lines: dict[str, Iterator[int]] = {
            kind: iter([line for one, line in found if one == kind]) for kind in kinds
        }

    def next(self, kind: str) -> str:
        """Where the next table of a kind begins; its kind alone where it is not written with a header."""
        line = next(self._lines.get(kind, iter(())), None)
        return f"第 {line} 行" if line else kind
