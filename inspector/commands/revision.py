"""`inspector checklist diff OLD NEW`: what changed item by item, and which promises that breaks."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from inspector.catalog import broken_promises
from inspector.catalog.lint import perhaps_reused
from inspector.catalog.readable import condition_words
from inspector.catalog.strictness import Ground, changes_of
from inspector.commands import layered
from inspector.commands.checklist_files import checked, say
from inspector.domain.checklist import Checklist, ItemId
from inspector.domain.law import Laws
from inspector.errors import ChecklistFaultsError


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to its parser."""
    parser.add_argument("old", type=Path, help="原来的 .toml 或 .xlsx，或整个文件夹")
    parser.add_argument("new", type=Path, help="新的 .toml 或 .xlsx，或整个文件夹")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the changes; 0 if the new version may take the old one's place, 1 if it breaks a promise."""
    if args.old.is_dir() and args.new.is_dir():
        return layered.tell(args.old, args.new)
    try:
        old, new = checked(args.old), checked(args.new)
    except ChecklistFaultsError as error:
        say("错误", error.faults)
        return 1
    if old.checklist is None or new.checklist is None:
        print("共用章节不能单独比较，请比较取用它的检查表。")  # noqa: T201
        return 1
    return tell(old.checklist, new.checklist, old.laws or Laws(), new.laws or Laws())


def tell(old: Checklist, new: Checklist, laws_before: Laws, laws_after: Laws) -> int:
    """Print what changed and which promises that breaks; 0 without any, 1 with."""
    for line in changes(old, new, laws_before, laws_after):
        print(line)  # noqa: T201
    broken = broken_promises(old, new)
    say("提醒", perhaps_reused(old, new))
    say("错误", broken)
    return 1 if broken else 0


def changes(old: Checklist, new: Checklist, laws_before: Laws, laws_after: Laws) -> Iterator[str]:
    """The changes in words, grouped by item; `放宽` marks what lets pass what did not before."""
    ground = Ground(before=laws_before, after=laws_after)
    found = [(one.item, one.words, one.weakens) for one in changes_of(old, new, ground)]
    found += [(id, words, False) for id, words in _moved(old, new)]
    if not found:
        yield "没有不同。"
        return
    items = {item.id: item for item in new.items}
    order = {id: place for place, id in enumerate([*items, *(item.id for item in old.items)])}
    found.sort(key=lambda one: -1 if not one[0] else order.get(ItemId(one[0]), len(order)))
    for id, group in groupby(found, key=lambda one: one[0]):
        yield id or "整张检查表"
        for _, words, weakens in group:
            yield f"  {'［放宽］' if weakens else ''}{words}"
        before, after = old.item(ItemId(id)), items.get(ItemId(id))
        if before and after and before.shows != after.shows:
            now = condition_words(after.shows, items) if after.shows else "一直问"
            was = (
                condition_words(before.shows, {one.id: one for one in old.items})
                if before.shows
                else "一直问"
            )
            yield f"  何时问：原来 {was}；现在 {now}"


def _moved(old: Checklist, new: Checklist) -> Iterator[tuple[str, str]]:
    sections = {item.id: section for section in old.sections for item in section.items}
    for section in new.sections:
        for item in section.items:
            before = sections.get(item.id)
            if before is not None and before.id != section.id:
                yield item.id, f"从“{before.title}”移到“{section.title}”"
    kept = [item.id for item in old.items if new.item(item.id)]
    if kept != [item.id for item in new.items if item.id in sections]:
        yield "", "检查项的先后有变动"
