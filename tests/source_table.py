"""Which items answer each numbered requirement: the table in checklists/README.md, made from `source` keys.

`python -m tests.source_table` writes it anew.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "checklists"
README = FOLDER / "README.md"
RANGES = {"A": 68, "B": 35, "C": 42, "D": 54}
"""Hazardous goods, couriers, gas, fire: how many requirements each has."""

_START, _END = "<!-- sources -->\n", "<!-- end of sources -->\n"


def numbers() -> list[str]:
    """Every requirement's number."""
    return [f"{letter}{number:02}" for letter, most in RANGES.items() for number in range(1, most + 1)]


def sourced() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Each item with a source: its file, its id and the requirements that it answers."""
    paths = [*sorted((FOLDER / "parts").glob("*.toml")), *sorted(FOLDER.glob("*.toml"))]
    for path in paths:
        tree = tomllib.loads(path.read_text("utf-8"))
        sections = [tree, *tree.get("section", [])] if path.name != "laws.toml" else []
        for item in (item for section in sections for item in section.get("item", [])):
            if item.get("source"):
                yield (
                    path.relative_to(FOLDER).with_suffix("").as_posix(),
                    item["id"],
                    tuple(item["source"].split()),
                )


def table() -> str:
    """The table in Markdown."""
    places: dict[str, dict[str, list[str]]] = {number: defaultdict(list) for number in numbers()}
    shared: dict[str, set[str]] = defaultdict(set)
    for file, id, sources in sourced():
        for number in sources:
            places[number][file].append(id)
            shared[number] |= set(sources) - {number}
    lines = ["| | items | |", "|---|---|---|"]
    for number, files in places.items():
        items = "; ".join(f"{file}: {', '.join(f'`{id}`' for id in ids)}" for file, ids in files.items())
        count = sum(map(len, files.values()))
        notes = [f"split into {count}"] if count > 1 else []
        notes += [f"merged with {', '.join(sorted(shared[number]))}"] if shared[number] else []
        lines.append(f"| {number} | {items} | {'; '.join(notes)} |")
    return "\n".join(lines) + "\n"


def written() -> str:
    """The table as it stands in the file."""
    return README.read_text("utf-8").split(_START)[1].split(_END)[0]


def main() -> None:
    """Write it anew."""
    before, rest = README.read_text("utf-8").split(_START)
    README.write_text(before + _START + table() + _END + rest.split(_END)[1], "utf-8")


if __name__ == "__main__":
    main()
