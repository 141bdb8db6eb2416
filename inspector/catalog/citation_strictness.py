"""Whether what a notice may print as basis became less: asked for every day on which that could change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from inspector.domain.law import Citation, Law, Laws

Swap = tuple[Citation, Citation]
"""A citation, and the one that was deliberately put in its place."""

_DAY = timedelta(days=1)


def prints_no_less(old: Citation | None, new: Citation | None, before: Laws, after: Laws) -> bool:
    """Whether `new` prints at least as much as `old` on every day: nothing, a name, or an article."""
    if old is None:
        return True
    return all(
        _printed(new, after, day) >= _printed(old, before, day)
        for day in _turning_days((old, before), (new, after))
    )


def basis_words(
    old: Sequence[Citation], new: Sequence[Citation], before: Laws, after: Laws, swaps: Sequence[Swap]
) -> Iterator[tuple[str, bool]]:
    """What changed in an item's basis, and whether it weakens."""
    put = {was: now for was, now in swaps if now in new}
    for citation in old:
        if citation in new:
            continue
        instead = put.get(citation)
        if instead is None:
            yield f"删去了依据{_named(citation, before)}", True
        else:
            words = f"依据{_named(citation, before)}改为{_named(instead, after)}"
            less = not prints_no_less(citation, instead, before, after)
            yield (f"{words}，有的日期可印的内容变少" if less else words), less
    for citation in new:
        if citation not in old and citation not in put.values():
            yield f"增加了依据{_named(citation, after)}", False
    kept = [citation for citation in new if citation in old]
    if kept != [citation for citation in old if citation in new]:
        yield "依据的次序有改动", False


def law_changes(before: Laws, after: Laws) -> Iterator[tuple[str, bool]]:
    """What changed in the laws themselves, and whether less of it may be printed on some day."""
    for law in before:
        now = after.get(law.id)
        if now is None:
            yield f"删去了{law.printed_name}", True
        elif now != law:
            yield from _law(law, before, after)
    for law in after:
        if before.get(law.id) is None:
            yield f"增加了{law.printed_name}", False


def _law(law: Law, before: Laws, after: Laws) -> Iterator[tuple[str, bool]]:
    cited = [Citation(law=law.id), *(Citation(law=law.id, article=one.label) for one in law.articles)]
    less = [one for one in cited if not prints_no_less(one, one, before, after)]
    for citation in less:
        yield f"{_named(citation, before)}在有的日期可印的内容变少", True
    if not less:
        yield f"{law.printed_name}的资料有更新", False


def _named(citation: Citation, laws: Laws) -> str:
    law = laws.get(citation.law)
    return f"{law.printed_name if law else citation.law}{citation.article or ''}"


def _printed(citation: Citation | None, laws: Laws, on: date) -> int:
    basis = laws.printable(citation, on=on) if citation else None
    return 0 if basis is None else 2 if basis.article else 1


def _turning_days(*sides: tuple[Citation | None, Laws]) -> set[date]:
    """Days between which nothing changes on either side, with their neighbours."""
    days = {date(2000, 1, 1), date(2100, 1, 1)}
    for citation, laws in sides:
        law = laws.get(citation.law) if citation else None
        if citation is None or law is None:
            continue
        days |= {day for day in (citation.since, citation.until, law.in_force_from) if day}
        days |= {day for day in (law.in_force_to, law.cite_until) if day}
        days |= {lapse.since for lapse in law.lapses}
    inside = [day for day in days if date.min < day < date.max]
    return {near for day in inside for near in (day - _DAY, day, day + _DAY)}
