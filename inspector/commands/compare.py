"""`inspector checklist compare LAWS.toml --texts FOLDER`: what we say of each article beside what it says.

For an office with its own collection of official texts: a person reads both and judges. The program only
finds the place, or says that there is none.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from inspector.catalog import read_laws
from inspector.catalog.law_texts import Comparison, TextState, read_texts
from inspector.domain.law import Law, Laws, VerificationMark

_WORDS = {TextState.FOUND: "原文在此", TextState.NOT_FOUND: "原文里没有", TextState.NO_TEXT: "没有文本"}


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to its parser."""
    parser.add_argument("laws", type=Path, help="laws.toml")
    parser.add_argument("--texts", type=Path, required=True, help="存放官方文本的文件夹，一部法律一个文件")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="输出 JSON")
    form.add_argument("--report", action="store_true", help="输出 Markdown 表格，不含原文")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print every article beside its text; 1 where a text could not be read or lacks a verified article."""
    laws = read_laws(args.laws)
    collection = read_texts(args.texts)
    compared = collection.compare(laws)
    if args.json:
        lines = iter([json.dumps([_as_json(one) for one in compared], ensure_ascii=False, indent=1)])
    elif args.report:
        lines = _report(laws, compared)
    else:
        lines = _side_by_side(compared, collection.unused(laws))
    for line in lines:
        print(line)  # noqa: T201
    for fault in collection.faults:
        print(f"错误 {fault}", file=sys.stderr)  # noqa: T201
    return 1 if collection.faults or any(_is_missing(one) for one in compared) else 0


def _is_missing(one: Comparison) -> bool:
    return one.state is TextState.NOT_FOUND and one.article.mark is VerificationMark.READ


def _as_json(one: Comparison) -> dict[str, str]:
    return {
        "law": one.law.id,
        "title": one.law.title,
        "label": one.article.label,
        "mark": one.article.mark.value,
        "state": one.state.value,
        "file": one.file,
        "gist": one.article.gist,
        "passage": one.passage,
    }


def _side_by_side(compared: tuple[Comparison, ...], unused: tuple[str, ...]) -> Iterator[str]:
    for law, group in groupby(compared, key=lambda one: one.law):
        ones = list(group)
        yield f"\n{law.printed_name}　{ones[0].file or '没有文本'}"
        for one in ones:
            yield f"  {one.article.label}　[{one.article.mark.value}]　{one.state.value}"
            if one.article.gist:
                yield f"    要旨　{one.article.gist}"
            for paragraph in one.passage.splitlines():
                yield f"    原文　{paragraph}"
    if unused:
        yield f"\n没有对应的法律或版本，没有用到：{'、'.join(unused)}"
    yield f"\n{_figures(compared)}"


def _figures(compared: tuple[Comparison, ...]) -> str:
    counts = {state: sum(one.state is state for one in compared) for state in TextState}
    told = "，".join(f"{_WORDS[state]} {count} 条" for state, count in counts.items())
    return f"共 {len(compared)} 条：{told}；标为 V 而原文里没有的 {sum(map(_is_missing, compared))} 条。"


def _report(laws: Laws, compared: tuple[Comparison, ...]) -> Iterator[str]:
    yield _figures(compared)
    names = [law.printed_name for law in laws]
    for law in laws:
        version = f"（{law.in_force_from}起的文本）" if names.count(law.printed_name) > 1 else ""
        ones = [one for one in compared if one.law is law]
        sources = {one.article.source for one in ones if one.article.mark is VerificationMark.READ}
        source = sources.pop() if len(sources) == 1 else ""
        yield from ("", f"### {law.printed_name}{version}", "", _status(law, laws, source))
        if ones:
            yield from ("", "| 条文 | 核验 | 原文 | 判断 | 何处何日 |", "|---|---|---|---|---|")
            yield from (_row(one, source) for one in ones)


def _status(law: Law, laws: Laws, source: str) -> str:
    successor = laws.get(law.replaced_by) if law.replaced_by else None
    parts = [
        law.number if law.number not in law.printed_name else "",
        f"{law.in_force_from}起" + (f"至{law.in_force_to}" if law.in_force_to else ""),
        f"{law.cite_until}后不再引用" if law.cite_until else "",
        f"由{successor.printed_name}接替" if successor else "",
        "" if law.in_force_confirmed else "效力未确认，不印条号",
        f"适用：{law.scope}" if law.scope else "",
        law.note,
        f"核自{source}" if source else "",
        *(f"{lapse.since}起失去强制力的条文 {len(lapse.clauses)} 处" for lapse in law.lapses),
    ]
    return "；".join(part for part in parts if part) + "。"


def _row(one: Comparison, shared: str) -> str:
    """One line of a law's table; the source only where the law's articles do not share one."""
    article = one.article
    parts = ("" if article.source == shared else article.source, str(article.checked_on or ""))
    read = article.mark is VerificationMark.READ
    where = "，".join(part for part in parts if part) if read else ""
    cells = (article.label, article.mark.value, _WORDS[one.state], _judgement(one), where)
    return "| " + " | ".join(cell.replace("|", "／") for cell in cells) + " |"


def _judgement(one: Comparison) -> str:
    if one.state is TextState.NOT_FOUND:
        return "原文里没有，须更正"
    if one.article.mark is not VerificationMark.READ:
        return "没有核对原文，只印名称"
    agrees = "相符" if one.state is TextState.FOUND else "依出处"
    return f"{agrees}：{one.article.gist}" if one.article.gist else agrees
