"""Judging a tree whose sections still name their parts, in whatever sort of file it was written."""

from __future__ import annotations

import re
from collections.abc import Mapping

from inspector.catalog.checklist_file import checklist_of
from inspector.catalog.faults import Faults
from inspector.catalog.parts import Parts, with_parts
from inspector.domain.law import Laws

_OF_PART = "section 第 1 个 · "
_ELSEWHERE = re.compile(r"没有“[^”]*”这一项")


def faults_of_checklist(
    tree: Mapping[str, object], places: Mapping[str, str], laws: Laws | None, parts: Parts, *, file: str
) -> Faults:
    """What is wrong with a checklist, parts not resolved; `places` as for `checklist_of`."""
    found = Faults(file)
    whole, _ = with_parts(dict(tree), {}, parts, found)
    checklist_of(whole, places, laws, found)
    return found


def faults_of_part(
    part: Mapping[str, object], places: Mapping[str, str], laws: Laws | None, *, file: str
) -> Faults:
    """What is wrong with a part, as if a checklist took it that asks whatever its conditions look at."""
    head = {"format": 1, "id": "host", "version": "2026.1", "domain": "fire", "applies-to": "样例单位"}
    section = {key: part[key] for key in ("id", "title", "item") if key in part}
    host: dict[str, object] = {**head, "title": "样例检查表", "section": [section]}
    if "criterion" in part:
        host["criterion"] = part["criterion"]
    found = Faults(file)
    for fault in faults_of_checklist(host, places, laws, Parts(), file=file).as_tuple():
        looks_outside = "shows" in fault.place and _ELSEWHERE.match(fault.what)
        if not looks_outside:
            found.add(fault.place.removeprefix(_OF_PART), fault.what, fault.rule, fault.suggestion)
    return found
