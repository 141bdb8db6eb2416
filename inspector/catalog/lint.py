"""Warnings: what is allowed in a checklist but probably not meant, and changes that break its promises."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.catalog.faults import Faults
from inspector.domain.checklist import Checklist, Item, Severity
from inspector.domain.law import Laws
from inspector.errors import Fault

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
    """Where a new version breaks what ids promise: same kind for ever, and a new version for new content."""
    faults = Faults(following.id)
    if previous.digest != following.digest and previous.version == following.version:
        faults.add("version", "内容变了，版本号没有变", "每次改动都要换版本号")
    for item in following.items:
        before = previous.item(item.id)
        if before and before.kind is not item.kind:
            what = f"类型从 {before.kind.value} 改成了 {item.kind.value}"
            faults.add(item.id, what, "编号一经使用，类型不得改变", "换一个新编号")
    return faults.as_tuple()


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
