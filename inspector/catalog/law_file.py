"""`laws.toml` → `Laws`: every law that checklists cite, and how each article was verified."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from inspector.catalog.faults import Faults, nearest
from inspector.catalog.sources import bytes_of
from inspector.catalog.tables import Table, parse_toml
from inspector.domain.law import Article, Law, LawId, LawKind, Laws, VerificationMark

FORMAT = 1
"""Format of the file that this version reads."""

_TITLE_CAP = 80
_NOTE_CAP = 300
_LABEL_CAP = 40


def read_laws(source: Path | bytes, *, name: str = "laws.toml") -> Laws:
    """The laws of a file.

    Args:
        source: the file, or its bytes.
        name: what to call it in faults when bytes are given.

    Raises:
        ChecklistFaultsError: carrying every fault of the file.
    """
    faults = Faults(source.name if isinstance(source, Path) else name)
    data = bytes_of(source, faults)
    tree = parse_toml(data, faults) if data is not None else None
    laws = _read(Table(tree, "", faults)) if tree is not None else ()
    faults.refuse()
    return Laws(laws)


def _read(root: Table) -> tuple[Law, ...]:
    root.integer("format", lowest=FORMAT, highest=FORMAT, required=True)
    tables = root.tables("law", required=True)
    root.close()
    laws = tuple(_read_law(table) for table in tables)
    ids = [law.id for law in laws]
    for number, (table, law) in enumerate(zip(tables, laws, strict=True)):
        if law.id in ids[:number]:
            table.fault("id", f"编号“{law.id}”重复", "每部法律的编号只用一次")
        if law.replaced_by is not None and law.replaced_by not in ids:
            hint = nearest(law.replaced_by, ids)
            table.fault("replaced-by", f"没有“{law.replaced_by}”这部法律", "必须是本文件里的编号", hint)
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
    )
    table.close()
    return law


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
