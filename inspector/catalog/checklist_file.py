"""A checklist's file, with the parts that it names → `Checklist`, or every fault of it at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from inspector.catalog.citations import KnownLaws
from inspector.catalog.digest import digest_of
from inspector.catalog.faults import Faults, refusal
from inspector.catalog.item_table import ItemContext, read_item
from inspector.catalog.parts import Parts, places_of, read_parts, with_parts
from inspector.catalog.sources import bytes_of
from inspector.catalog.tables import Table, parse_toml
from inspector.domain.checklist import (
    Checklist,
    ChecklistId,
    Domain,
    Item,
    ItemId,
    Section,
    SectionId,
)
from inspector.domain.kinds import EnterpriseKind
from inspector.domain.law import Laws

FORMAT = 1
"""Format of the file that this version reads."""

LAYERS = "layers"
"""Key under which a resolved tree names the layers that changed it."""

MAX_ITEMS = 2000
"""Items of one checklist."""

_TITLE_CAP = 60
_APPLIES_CAP = 200
_VERSION_FORM = re.compile(r"20[0-9]{2}\.[1-9][0-9]{0,2}", re.ASCII)


def read_checklist(
    source: Path | bytes, *, laws: Laws | None = None, parts: Parts | None = None, name: str = "检查表.toml"
) -> Checklist:
    """The checklist of a file.

    Args:
        source: the file, or its bytes.
        laws: what may be cited. Without them citations are taken as they are; nothing unknown gets printed
            all the same, because `Laws` prints only what it knows.
        parts: the sections that it may name; without them those beside the file, if it is one.
        name: what to call it in faults when bytes are given.

    Raises:
        ChecklistFaultsError: carrying every fault of the file.
    """
    return read_with_tree(source, laws=laws, parts=parts, name=name)[0]


def read_with_tree(
    source: Path | bytes, *, laws: Laws | None = None, parts: Parts | None = None, name: str = "检查表.toml"
) -> tuple[Checklist, Mapping[str, object]]:
    """As `read_checklist`, with the document as a tree, its parts in their places.

    Raises:
        ChecklistFaultsError: carrying every fault of the file.
    """
    faults = Faults(source.name if isinstance(source, Path) else name)
    data = bytes_of(source, faults)
    tree = parse_toml(data, faults) if data is not None else None
    if data is None or tree is None:
        raise refusal(faults.file, faults.as_tuple())
    if parts is None:
        parts = read_parts(source.parent) if isinstance(source, Path) else Parts()
    if LAYERS in tree:
        faults.add(LAYERS, "在这里没有意义", "叠加层只由程序记入合并后的检查表", "删去这个键")
    tree, places = with_parts(tree, places_of(data), parts, faults)
    checklist = checklist_of(tree, places, laws, faults)
    faults.refuse()
    return checklist, tree


def checklist_of(
    tree: Mapping[str, object], places: Mapping[str, str], laws: Laws | None, faults: Faults
) -> Checklist:
    """The checklist of a resolved tree, with its digest; what is wrong with it is recorded in `faults`.

    Args:
        tree: as a file has it, parts and layers in their places.
        places: by item id, where it was written.
    """
    whole, found = dict(tree), Faults(faults.file)
    checklist = _read(Table(whole, "", found), KnownLaws(laws), places)
    faults.take(found)
    # Only an accepted document has a canonical form.
    return checklist if found else replace(checklist, digest=digest_of(whole))


def _read(root: Table, laws: KnownLaws, places: Mapping[str, str]) -> Checklist:
    root.integer("format", lowest=FORMAT, highest=FORMAT, required=True)
    version = root.text("version", cap=_TITLE_CAP, required=True)
    if version and not _VERSION_FORM.fullmatch(version):
        root.fault("version", f"“{version}”不是版本号", "版本号写成“年.序号”", '例如 "2026.1"')
    version += "".join(f"+{_read_layer(table)}" for table in root.tables(LAYERS))
    criteria = {name: laws.read_criterion(table) for name, table in root.named_tables("criterion")}
    checklist = Checklist(
        id=ChecklistId(root.identifier("id")),
        version=version,
        title=root.text("title", cap=_TITLE_CAP, required=True),
        domain=root.one_of("domain", Domain),
        applies_to=root.text("applies-to", cap=_APPLIES_CAP, required=True),
        stage=root.text("stage", cap=_TITLE_CAP),
        fits=root.words("fits", EnterpriseKind),
        sections=_read_sections(root, ItemContext(laws=laws, criteria=criteria), places),
        digest="",
    )
    root.close()
    return checklist


def _read_layer(table: Table) -> str:
    named = f"{table.identifier('id')}.{table.text('version', cap=_TITLE_CAP, required=True)}"
    table.close()
    return named


def _read_sections(root: Table, context: ItemContext, places: Mapping[str, str]) -> tuple[Section, ...]:
    pairs = [(table, table.tables("item", required=True)) for table in root.tables("section", required=True)]
    tables = [item for _, items in pairs for item in items]
    for table in tables:
        id = table.identifier("id")
        table.place = places.get(id, table.place)
        if id in context.all_ids:
            table.fault("id", f"编号“{id}”重复", "同一张检查表里每个编号只用一次")
        context.all_ids.add(ItemId(id))
    if len(tables) > MAX_ITEMS:
        root.fault(
            "section", f"共有 {len(tables)} 个检查项", f"一张检查表最多 {MAX_ITEMS} 项", "拆成几张检查表"
        )
        return ()
    return _checked_ids([_read_section(table, items, context) for table, items in pairs], root)


def _read_section(table: Table, items: tuple[Table, ...], context: ItemContext) -> Section:
    section = Section(
        id=SectionId(table.identifier("id")),
        title=table.text("title", cap=_TITLE_CAP, required=True),
        items=tuple(_read_next(item, context) for item in items),
    )
    table.close()
    return section


def _read_next(table: Table, context: ItemContext) -> Item:
    item = read_item(table, context)
    context.earlier[item.id] = item
    return item


def _checked_ids(sections: list[Section], root: Table) -> tuple[Section, ...]:
    ids = [section.id for section in sections]
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        root.fault("section", f"章节编号“{id}”重复", "同一张检查表里每个章节编号只用一次")
    return tuple(sections)
