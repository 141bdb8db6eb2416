"""A table of enterprises that somebody pasted: comma or tab separated, its first line names the columns.

All faults are found at once and nothing is taken while there is one. An enterprise that is known already, by
its credit code or else by its name, keeps its id and whatever the table has no column for. A doubtful credit
code warns and never stops.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from typing import Any

from inspector.domain.checklist import Domain
from inspector.domain.enterprise import Enterprise
from inspector.domain.identifiers import check_entry, doubt_about_credit_code
from inspector.domain.kinds import EnterpriseKind
from inspector.errors import TextControlError, TextTooLongError

COLUMNS = {
    "name": "单位名称",
    "credit_code": "统一社会信用代码",
    "address": "地址",
    "person": "负责人",
    "position": "职务",
    "phone": "电话",
    "domain": "领域",
    "kinds": "单位类型",
}
"""Fields of an enterprise and how the table calls them."""

HEADER = ",".join(COLUMNS.values())
MAX_ROWS = 2_000
MAX_CHARACTERS = 2_000_000
MAX_FAULTS = 100
_CHOSEN = ("domain", "kinds")
_DOMAINS = {domain.chinese: domain for domain in Domain} | {domain.value: domain for domain in Domain}
_KINDS = {kind.chinese: kind for kind in EnterpriseKind} | {kind.value: kind for kind in EnterpriseKind}
_BETWEEN_KINDS = re.compile(r"[;；|｜/／]")
"""What stands between several kinds in one cell; a kind's own name may hold 、 and ，."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A fault or a warning: the line of the table, from 1 with its head, and what there is to it."""

    line: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a pasted table came to.

    Attributes:
        enterprises: the whole list as it would be afterwards; the old one while there are faults.
        added, changed: how many rows were new, and how many change what was known.
    """

    enterprises: tuple[Enterprise, ...]
    added: int = 0
    changed: int = 0
    faults: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()


def read_table(text: str, known: Sequence[Enterprise], *, new_id: Callable[[], str]) -> Sheet:
    """The office's list with the pasted rows in it.

    Args:
        known: the list as it is.
        new_id: an id for an enterprise that is new.
    """
    faults: list[Remark] = []
    rows = _rows(text, faults)
    found = [(line, _enterprise(line, row, faults)) for line, row in rows]
    faults += _twice(found, known)
    if faults:
        ordered = sorted(faults, key=lambda one: one.line)
        return Sheet(enterprises=tuple(known), faults=tuple(ordered[:MAX_FAULTS]))
    merged = {one.id: one for one in known}
    added = changed = 0
    for (_, one), (_, row) in zip(found, rows, strict=True):
        old = _known(one, known)
        after = _with_the_rest(one, old, row) if old else replace(one, id=new_id())
        added += old is None
        changed += old is not None and old != after
        merged[after.id] = after
    return Sheet(
        enterprises=tuple(merged.values()), added=added, changed=changed, warnings=tuple(_warnings(found))
    )


def check_enterprise(one: Enterprise) -> tuple[str, ...]:
    """Why an enterprise cannot be kept as it is, a sentence for each reason."""
    faults = [] if one.name.strip() else ["请填写单位名称"]
    for field, label in COLUMNS.items():
        if field not in _CHOSEN:
            faults += _entry_faults(getattr(one, field), label)
    return tuple(faults)


def _entry_faults(text: str, label: str) -> list[str]:
    try:
        check_entry(text, field=label)
    except (TextTooLongError, TextControlError) as error:
        return [f"{error.message}{error.next_step}"]
    return []


def _rows(text: str, faults: list[Remark]) -> list[tuple[int, Mapping[str, str]]]:
    """Each row's fields with its line, once the first line names known columns."""
    plain = text.lstrip("\ufeff").replace("\r\n", "\n").strip("\n")
    if len(plain) > MAX_CHARACTERS:
        faults.append(Remark(line=1, words="表格太大，请分几次粘贴"))
        return []
    head = plain.split("\n", 1)[0]
    reader = csv.reader(StringIO(plain), delimiter="\t" if "\t" in head else ",", strict=True)
    try:
        table = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error:
        faults.append(Remark(line=reader.line_num, words="引号不成对，或引号后面还有文字"))
        return []
    if len(table) > MAX_ROWS + 1:
        faults.append(Remark(line=MAX_ROWS + 2, words=f"一次最多粘贴 {MAX_ROWS} 行，请分几次"))
        return []
    return _named(table, faults)


def _named(
    table: Sequence[tuple[int, Sequence[str]]], faults: list[Remark]
) -> list[tuple[int, Mapping[str, str]]]:
    head = table[0][1] if table else []
    fields = {label: field for field, label in COLUMNS.items()}
    unknown = [name for name in head if name not in fields]
    if COLUMNS["name"] not in head or unknown or len(set(head)) != len(head):
        strange = f"不认识的列：{'、'.join(unknown[:5])}；" if unknown else ""
        faults.append(Remark(line=1, words=f"{strange}第一行应为列名，可用的列名：{HEADER}"))
        return []
    rows: list[tuple[int, Mapping[str, str]]] = []
    for line, cells in table[1:]:
        if not any(cells):
            continue
        if len(cells) != len(head):
            faults.append(Remark(line=line, words=f"应有 {len(head)} 列，实有 {len(cells)} 列"))
            continue
        rows.append((line, {fields[name]: cell for name, cell in zip(head, cells, strict=True)}))
    if not rows and not faults:
        faults.append(Remark(line=2, words="列名下面没有内容"))
    return rows


def _enterprise(line: int, row: Mapping[str, str], faults: list[Remark]) -> Enterprise:
    word = row.get("domain", "")
    if word and word not in _DOMAINS:
        names = "、".join(domain.chinese for domain in Domain)
        faults.append(Remark(line=line, words=f"领域“{word[:20]}”应为{names}之一，或留空"))
    kinds = [part.strip() for part in _BETWEEN_KINDS.split(row.get("kinds", "")) if part.strip()]
    for kind in kinds:
        if kind not in _KINDS:
            names = "；".join(each.chinese for each in EnterpriseKind)
            faults.append(Remark(line=line, words=f"单位类型“{kind[:20]}”不认识，可用的有：{names}"))
    texts: dict[str, Any] = {field: row.get(field, "") for field in COLUMNS if field not in _CHOSEN}
    found = tuple(dict.fromkeys(_KINDS[kind] for kind in kinds if kind in _KINDS))
    one = replace(
        Enterprise(id="", name="", domain=_DOMAINS.get(word), kinds=found, from_office=True), **texts
    )
    faults += [Remark(line=line, words=words) for words in check_enterprise(one)]
    return one


def _with_the_rest(one: Enterprise, old: Enterprise, row: Mapping[str, str]) -> Enterprise:
    changes: dict[str, Any] = {field: getattr(one, field) for field in row}
    return replace(old, **changes, from_office=True)


def _twice(found: Sequence[tuple[int, Enterprise]], known: Sequence[Enterprise]) -> Iterator[Remark]:
    """Rows that could be the same enterprise as an earlier one."""
    before: list[tuple[int, Enterprise]] = []
    owners: dict[str, int] = {}
    for line, one in found:
        if not one.name:
            continue
        same = next((first for first, other in before if _is_same(one, other)), None)
        old = _known(one, known)
        if same is None and old is not None:
            owner = owners.setdefault(old.id, line)
            same = owner if owner != line else None
        if same is not None:
            yield Remark(line=line, words=f"与第 {same} 行像是同一家单位")
        before.append((line, one))


def _is_same(one: Enterprise, other: Enterprise) -> bool:
    """Of the same code, or of the same name unless two codes tell them apart."""
    if one.credit_code and other.credit_code:
        return one.credit_code == other.credit_code
    return one.name == other.name


def _known(one: Enterprise, known: Sequence[Enterprise]) -> Enterprise | None:
    same = [old for old in known if _is_same(one, old)]
    return next((old for old in same if old.credit_code == one.credit_code), None) or next(iter(same), None)


def _warnings(found: Sequence[tuple[int, Enterprise]]) -> Iterator[Remark]:
    for line, one in found:
        doubt = doubt_about_credit_code(one.credit_code)
        if doubt:
            yield Remark(line=line, words=doubt)
