"""An item's id never changes its kind: those of every released checklist are written down here for ever.

`python -m tests.test_item_ids` adds what is new; a line is never taken out or changed.
"""

from __future__ import annotations

from pathlib import Path

from tests.shipped import CATALOGUE

KNOWN = Path(__file__).resolve().parent / "item-kinds.txt"


def known() -> dict[str, str]:
    return dict(line.split() for line in KNOWN.read_text(encoding="utf-8").splitlines())


def shipped() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for checklist in CATALOGUE.checklists:
        for item in checklist.items:
            found.setdefault(str(item.id), set()).add(item.kind.value)
    return found


def test_no_id_has_two_kinds_in_two_checklists():
    assert {id: kinds for id, kinds in shipped().items() if len(kinds) > 1} == {}


def test_no_id_has_another_kind_than_it_ever_had():
    before = known()
    assert {id: kinds for id, kinds in shipped().items() if id in before and kinds != {before[id]}} == {}


def test_every_id_is_written_down():
    assert sorted(shipped().keys() - known().keys()) == [], "python -m tests.test_item_ids"


if __name__ == "__main__":
    kinds = {id: min(kinds) for id, kinds in shipped().items()} | (known() if KNOWN.exists() else {})
    KNOWN.write_text("".join(f"{id} {kinds[id]}\n" for id in sorted(kinds)), encoding="utf-8")
