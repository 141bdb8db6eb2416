"""One layer's changes at the level of trees: where an addition stands, what tightening and replacing set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from inspector.catalog.citation_strictness import Swap
from inspector.catalog.content import Tree
from inspector.catalog.faults import Faults, nearest
from inspector.catalog.layer_file import Act, Amended, Amendment, Layer
from inspector.domain.law import Citation, LawId

_JOINED = ("basis", "criteria", "finding")
"""Keys that tightening adds to; the others it sets."""
_STRICT_KEYS = (*_JOINED, "fails", "severity", "days", "day-kind", "evidence", "required", "not-applicable")
_FAILING = "failing-choices"


class Problems:
    """What kept an amendment from being made."""

    def __init__(self, faults: Faults) -> None:
        self._faults, self.any = faults, False

    def add(self, place: str, what: str, rule: str, hint: str = "") -> None:
        """Record one."""
        self.any = True
        self._faults.add(place, what, rule, hint)


def extended_laws(laws: Tree, layer: Layer, faults: Faults) -> Tree:
    """The laws with the layer's own, and its articles in theirs."""
    known = [{**law, "articles": list(law.get("articles", ()))} for law in laws.get("law", ())]
    by_id = {str(law.get("id")): law for law in known}
    for article in layer.articles:
        id = str(article.get("law", ""))
        if id not in by_id:
            rule = "条文补充到已有的法律里"
            faults.add(
                f"article {article.get('label', '')} · law", f"没有“{id}”这部法律", rule, nearest(id, by_id)
            )
            continue
        kept = [one for one in by_id[id]["articles"] if one.get("label") != article.get("label")]
        by_id[id]["articles"] = [*kept, {key: value for key, value in article.items() if key != "law"}]
    return {**laws, "law": [*(_without_empty(law) for law in known), *layer.laws]}


def _without_empty(law: Tree) -> Tree:
    """A law that never had articles has no key for them: its canonical form is that of the file."""
    return law if law["articles"] else {key: value for key, value in law.items() if key != "articles"}


def amended_tree(tree: Tree, amended: Amended, problems: Problems) -> Tree:
    """A checklist's tree with a layer's changes: first to what is there, then what is new."""
    sections = [
        {**section, "item": [dict(item) for item in section.get("item", ())]}
        for section in tree.get("section", ())
    ]
    criteria = dict(tree.get("criterion", {}))
    for name, declared in amended.criteria.items():
        if criteria.setdefault(name, declared) != declared:
            place = f"{amended.place} · criterion · {name}"
            problems.add(place, f"判定标准“{name}”与原来的不一样", "叠加层只能增加判定标准", "改用别的名称")
    for one in amended.amendments:
        if one.act in (Act.TIGHTEN, Act.REPLACE, Act.CITATION, Act.REMOVE):
            _change(sections, one, problems)
    for one in amended.amendments:
        if one.act is Act.ITEM:
            _add_item(sections, one, problems)
        elif one.act is Act.SECTION:
            _add_section(sections, one, problems)
    declared_criteria = {"criterion": criteria} if criteria else {}
    return {**tree, "section": sections, **declared_criteria}


def swaps_of(amended: Amended) -> tuple[Swap, ...]:
    """The citations that the layer puts for others."""
    return tuple(
        (_citation(one.table["old"]), _citation(one.table["new"]))
        for one in amended.amendments
        if one.act is Act.CITATION
    )


def _change(sections: list[dict[str, Any]], one: Amendment, problems: Problems) -> None:
    for section in sections:
        for number, item in enumerate(section["item"]):
            if item.get("id") == one.item:
                if one.act is Act.REMOVE:
                    del section["item"][number]
                else:
                    section["item"][number] = _CHANGES[one.act](item, one, problems)
                return
    known = [str(item.get("id")) for section in sections for item in section["item"]]
    problems.add(
        f"{one.place} · item", f"没有“{one.item}”这一项", "改的是已有的检查项", nearest(one.item, known)
    )


def _tightened(item: Tree, one: Amendment, problems: Problems) -> dict[str, Any]:
    found = dict(item)
    for key, value in one.table.items():
        if key == _FAILING:
            found["choices"] = _failing(found.get("choices", ()), value, one, problems)
        elif key in _JOINED:
            found[key] = _joined(found.get(key, ()), value)
        elif key == "evidence" and isinstance(value, Mapping):
            found[key] = {**found.get(key, {}), **value}
        elif key in _STRICT_KEYS:
            found[key] = value
        else:
            listed = "、".join(sorted((*_STRICT_KEYS, _FAILING)))
            problems.add(f"{one.place} · {key}", "不认识这个键", f"tighten 里只能有：item、{listed}")
    return found


def _joined(old: Any, new: Any) -> list[Any]:
    before = [old] if isinstance(old, str) else list(old)
    added = [new] if isinstance(new, str) else list(new) if isinstance(new, list) else [new]
    return [*before, *(one for one in added if one not in before)]


def _failing(choices: Any, value: Any, one: Amendment, problems: Problems) -> list[dict[str, Any]]:
    ids = [value] if isinstance(value, str) else list(value) if isinstance(value, list) else []
    known = [str(choice.get("id")) for choice in choices]
    for id in [id for id in ids if id not in known]:
        rule = "必须是这一项的选项编号"
        problems.add(f"{one.place} · {_FAILING}", f"没有“{id}”这个选项", rule, nearest(str(id), known))
    return [{**choice, "fails": True} if choice.get("id") in ids else dict(choice) for choice in choices]


def _replaced(item: Tree, one: Amendment, problems: Problems) -> dict[str, Any]:
    for key in [key for key in one.drop if key not in item]:
        problems.add(f"{one.place} · drop", f"这一项没有“{key}”", "drop 里写要去掉的键", nearest(key, item))
    kept = {key: value for key, value in item.items() if key not in one.drop}
    return {**kept, **one.table}


def _recited(item: Tree, one: Amendment, problems: Problems) -> dict[str, Any]:
    old, new = dict(one.table["old"]), dict(one.table["new"])
    basis = [dict(citation) for citation in item.get("basis", ())]
    if old not in basis:
        listed = "；".join(" ".join(str(value) for value in citation.values()) for citation in basis)
        problems.add(
            f"{one.place} · old", "这一项没有这条依据", "old 要与原来的写法完全相同", f"现有：{listed}"[:200]
        )
        return dict(item)
    return {**item, "basis": [new if citation == old else citation for citation in basis]}


_Changing = Callable[[Tree, Amendment, Problems], dict[str, Any]]
_CHANGES: Mapping[Act, _Changing] = {
    Act.TIGHTEN: _tightened,
    Act.REPLACE: _replaced,
    Act.CITATION: _recited,
}


def _add_item(sections: list[dict[str, Any]], one: Amendment, problems: Problems) -> None:
    for section in sections:
        if one.section and section.get("id") == one.section:
            section["item"].append(dict(one.table))
            return
        for number, item in enumerate(section["item"]):
            if one.item and item.get("id") == one.item:
                section["item"].insert(number + 1, dict(one.table))
                return
    where = one.item or one.section
    known = [str(section.get("id")) for section in sections]
    known += [str(item.get("id")) for section in sections for item in section["item"]]
    rule = "放在已有的检查项之后，或已有的一节末尾"
    problems.add(
        f"{one.place} · {'after' if one.item else 'section'}", f"没有“{where}”", rule, nearest(where, known)
    )


def _add_section(sections: list[dict[str, Any]], one: Amendment, problems: Problems) -> None:
    if not one.item:
        sections.append(dict(one.table))
        return
    ids = [str(section.get("id")) for section in sections]
    if one.item not in ids:
        problems.add(
            f"{one.place} · after", f"没有“{one.item}”这一节", "放在已有的一节之后", nearest(one.item, ids)
        )
        return
    sections.insert(ids.index(one.item) + 1, dict(one.table))


def _citation(table: Mapping[str, Any]) -> Citation:
    since, until = table.get("since"), table.get("until")
    return Citation(
        law=LawId(str(table.get("law", ""))),
        article=table.get("article"),
        since=since if isinstance(since, date) else None,
        until=until if isinstance(until, date) else None,
    )
