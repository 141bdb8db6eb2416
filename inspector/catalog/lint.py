"""Warnings: what is allowed in a checklist but probably not meant, and changes that break its promises."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from inspector.catalog.faults import Faults
from inspector.domain.checklist import Checklist, Item, Severity
from inspector.domain.law import Laws
from inspector.errors import Fault

_ALIKE = 0.3
"""Below this likeness of two questions it may be another one."""

_DAYS_AT_ONCE = 3
"""Days after which a default deadline no longer looks like 立改."""


def warnings_of(checklist: Checklist, laws: Laws) -> tuple[Fault, ...]:
    """What the author should look at again; the checklist can be used all the same."""
    warnings = Faults(checklist.id)
    if not checklist.fits:
        warnings.add("fits", "没有写适合哪类单位", "写上 fits，平板才会为这类单位优先列出")
    for item in checklist.items:
        for what, rule in _doubts(item, laws):
            warnings.add(item.id, what, rule)
    return warnings.as_tuple()


def broken_promises(previous: Checklist, following: Checklist) -> tuple[Fault, ...]:
    """Where a new version breaks a promise: the same kind for ever, a higher version for new content."""
    faults = Faults(following.id)
    if previous.id != following.id:
        what = f"编号从 {previous.id} 改成了 {following.id}"
        faults.add("id", what, "检查表的编号永远不变", "改回原来的编号，或作为另一张检查表")
    if previous.digest != following.digest and previous.version == following.version:
        faults.add("version", "内容变了，版本号没有变", "每次改动都要换版本号")
    elif _rank(following.version) < _rank(previous.version):
        what = f"版本号从 {previous.version} 退到了 {following.version}"
        faults.add("version", what, "版本号只增不减", f"写成比 {previous.version} 大的版本号")
    kinds = {item.id: item.kind for item in previous.items}
    for item in following.items:
        before = kinds.get(item.id, item.kind)
        if before is not item.kind:
            what = f"类型从 {before.value} 改成了 {item.kind.value}"
            faults.add(item.id, what, "编号一经使用，类型不得改变", "换一个新编号")
    return faults.as_tuple()


def perhaps_reused(previous: Checklist, following: Checklist) -> tuple[Fault, ...]:
    """Ids whose question has hardly a word in common with what they asked before; a person has to judge."""
    doubts = Faults(following.id)
    before = {item.id: item for item in previous.items}
    for item in following.items:
        old = before.get(item.id)
        if old and SequenceMatcher(None, old.ask, item.ask).ratio() < _ALIKE:
            what = f"原来问“{old.ask}”，现在问“{item.ask}”"
            doubts.add(item.id, what, "编号不能挪作他用", "问的是另一件事就换一个新编号")
    return doubts.as_tuple()


def _rank(version: str) -> tuple[int, ...]:
    """The year and number of a version; what layers added after a plus sign does not count."""
    year, _, number = version.partition("+")[0].partition(".")
    return (int(year), int(number))


def _doubts(item: Item, laws: Laws) -> Iterator[tuple[str, str]]:
    if not item.how:
        yield "没有检查方法", "写明怎样检查，不同的人才会查得一样"
    if item.severity is Severity.AT_ONCE and item.remedy and item.remedy.days > _DAYS_AT_ONCE:
        yield f"立改项给了 {item.remedy.days} 天", f"立改项不能当场改正时，一般不超过 {_DAYS_AT_ONCE} 天"
    cited = [law for citation in item.basis if (law := laws.get(citation.law))]
    if cited and all(law.in_force_to or law.cite_until for law in cited):
        yield "所引法律都有截止日", "补上接替它的法律，否则日后没有依据可印"
    if item.judged and not item.evidence.photos and not item.evidence.value and not item.evidence.note:
        yield "不合格时不要求任何证据", "至少要求照片、数值或说明之一"
