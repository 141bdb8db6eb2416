"""`laws.toml` → `Laws`: every law that checklists cite, and how each article was verified."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from inspector.catalog.faults import Faults, nearest
from inspector.catalog.sources import bytes_of
from inspector.catalog.tables import Table, parse_toml
from inspector.domain.clause import Clause, listed_clauses
from inspector.domain.law import Article, Lapse, Law, LawId, LawKind, Laws, VerificationMark

FORMAT = 1
"""Format of the file that this version reads."""

_TITLE_CAP = 80
_NOTE_CAP = 300
_LABEL_CAP = 40
_ID_CAP = 48


def read_laws(source: Path | bytes, *, name: str = "laws.toml") -> Laws:
    """The laws of a file.

    Args:
        source: the file, or its bytes.
        name: what to call it in faults when bytes are given.

    Raises:
        ChecklistFaultsError: carrying every fault of the file.
    """
    return read_laws_with_tree(source, name=name)[0]


def read_laws_with_tree(
    source: Path | bytes, *, name: str = "laws.toml"
) -> tuple[Laws, Mapping[str, object]]:
    """As `read_laws`, with the document as a tree.

    Raises:
        ChecklistFaultsError: carrying every fault of the file.
    """
    faults = Faults(source.name if isinstance(source, Path) else name)
    data = bytes_of(source, faults)
    tree = parse_toml(data, faults) if data is not None else None
    laws = laws_of(tree, faults) if tree is not None else Laws()
    faults.refuse()
    return laws, tree or {}


def laws_of(tree: Mapping[str, object], faults: Faults) -> Laws:
    """The laws of a tree as the file has it; what is wrong with it is recorded in `faults`."""
    return Laws(_read(Table(dict(tree), "", faults)))


def _read(root: Table) -> tuple[Law, ...]:
    root.integer("format", lowest=FORMAT, highest=FORMAT, required=True)
    tables = root.tables("law", required=True)
    root.close()
    laws = tuple(_read_law(table) for table in tables)
    ids = [law.id for law in laws]
    for number, (table, law) in enumerate(zip(tables, laws, strict=True)):
        if law.id in ids[:number]:
            table.fault("id", f"编号“{law.id}”重复", "每部法律的编号只用一次")
        named = [("lapsed", lapse.by) for lapse in law.lapses]
        named += [("replaced-by", law.replaced_by)] if law.replaced_by else []
        for key, other in named:
            if other not in ids or other == law.id:
                table.fault(
                    key,
                    f"没有“{other}”这另一部法律",
                    "必须是本文件里别的法律的编号",
                    nearest(other, ids),
                )
    return laws


def _read_law(table: Table) -> Law:
    id = LawId(table.identifier("id"))
    table.place = f"{table.place} {id}"
    source, checked_on = table.name("source", cap=_NOTE_CAP), table.day("checked-on")
    from_, to = table.day("in-force-from", required=True), table.day("in-force-to")
    until, successor = table.day("cite-until"), table.identifier("replaced-by", required=False)
    if from_ and any(end and end < from_ for end in (to, until)):
        table.fault("in-force-from", "施行日晚于截止日", "in-force-from 不得晚于 in-force-to、cite-until")
    law = Law(
        id=id,
        kind=table.one_of("kind", LawKind),
        short=table.name("short", cap=_TITLE_CAP, required=True),
        title=table.name("title", cap=_TITLE_CAP, required=True),
        number=table.name("number", cap=_TITLE_CAP),
        in_force_from=from_ or date.min,
        in_force_to=to,
        cite_until=until,
        replaced_by=LawId(successor) if successor else None,
        scope=table.name("scope", cap=_NOTE_CAP),
        in_force_confirmed=table.boolean("in-force-confirmed", default=True),
        note=table.name("note", cap=_NOTE_CAP),
        articles=_read_articles(table, source, checked_on),
        lapses=tuple(_read_lapse(lapse) for lapse in table.tables("lapsed")),
    )
    table.close()
    return law


def _read_lapse(table: Table) -> Lapse:
    clauses: list[Clause] = []
    for text in table.texts("clauses", cap=_LABEL_CAP):
        listed = listed_clauses(text)
        if not listed:
            table.fault(
                "clauses", f"看不懂“{text[:20]}”", "写成标准的条号，部分款写在括号里", "例如 5.5.16（1、2）"
            )
        clauses += listed
    if not clauses:
        table.fault("clauses", "没有条号", "至少写一个失去强制力的条号")
    lapse = Lapse(
        since=table.day("since", required=True) or date.min,
        by=LawId(table.text("by", cap=_ID_CAP, required=True)),
        clauses=tuple(clauses),
    )
    table.close()
    return lapse


def _read_articles(law: Table, source: str, checked_on: date | None) -> tuple[Article, ...]:
    articles: dict[str, Article] = {}
    for table in law.tables("articles"):
        article = Article(
            label=table.name("label", cap=_LABEL_CAP, required=True),
            mark=table.one_of("mark", VerificationMark),
            source=table.name("source", cap=_NOTE_CAP) or source,
            checked_on=table.day("checked-on") or checked_on,
            gist=table.name("gist", cap=_NOTE_CAP),
        )
        table.close()
        if article.label in articles:
            table.fault("label", f"“{article.label}”重复", "同一部法律的每条只写一次")
        if article.mark is VerificationMark.READ and not (article.source and article.checked_on):
            table.fault(
                "mark",
                "标为 V 却没有出处或核对日期",
                "V 表示有人读过原文，必须写明 source 和 checked-on",
                "补上出处，或改标 V2、M",
            )
        if article.gist and article.mark is not VerificationMark.READ:
            table.fault("gist", "没读到原文却写了要旨", "只有标为 V 的条文可以写要旨", "删去 gist")
        articles[article.label] = article
    return tuple(articles.values())
