"""`python -m bench [module …]`: run, print a table, write bench/results.json; exit 1 when a target is missed.

With modules named, the other rows of an earlier run stay in the file.
"""

from __future__ import annotations

import json
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import bench
from bench import Row

RESULTS = Path(__file__).resolve().parent / "results.json"


def modules() -> tuple[str, ...]:
    """The names of all benchmark modules."""
    found = (module.name for module in pkgutil.iter_modules(bench.__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def measure(names: Iterable[str]) -> Iterator[Row]:
    """The rows of those modules that have any, as they come."""
    for name in names:
        rows = getattr(import_module(f"bench.{name}"), "rows", None)
        if rows is not None:
            yield from rows()


def line(row: Row) -> str:
    """A row of the table."""
    verdict = "ok" if row.ok else "MISSED"
    return (
        f"{row.name:<44} {row.value:>10.3g} {row.unit:<7} {row.peer_value:>10.3g} {row.peer:<32}"
        f" {row.ratio:>8.3g}x  {row.target:<24} {verdict}"
    )


def write(rows: Sequence[Row], *, to: Path, keep: bool) -> None:
    """Put the rows into a JSON file; `keep` leaves earlier rows of other names in it."""
    earlier = json.loads(to.read_text(encoding="utf-8")) if keep and to.exists() else []
    new = {row.name for row in rows}
    together = [row for row in earlier if row["name"] not in new] + [asdict(row) for row in rows]
    to.write_text(json.dumps(together, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Measure, print, write; 0 when every target is met."""
    unknown = sorted(set(arguments) - set(modules()))
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(modules())}", file=sys.stderr)
        return 2
    rows = []
    for row in measure(arguments or modules()):
        print(line(row), flush=True)
        rows.append(row)
    write(rows, to=RESULTS, keep=bool(arguments))
    missed = [row.name for row in rows if not row.ok]
    print(f"{len(rows)} figures, {len(missed)} missed" + (f": {', '.join(missed)}" if missed else ""))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
