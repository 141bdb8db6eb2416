"""The device's store: one tap beside the bare disk, SQLCipher and TinyDB's own storage; opening the list.

A tap is `KeyedTable.put` of one changed answer into an inspection of 50: JSON, sealing, append and sync. Each
peer saves the same content with the same durability, in turns with us, in the same folder.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, permutations
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import sqlcipher3
from tinydb import JSONStorage, TinyDB

from bench import Row
from inspector.store import Database, open_database
from inspector.store.index import EnterpriseRow, Index, InspectionRow

KEY = bytes(range(32))
ITEMS = 50
ROUNDS = 3000
NOTE = "疏散通道堆放杂物，宽度不足。"
Tap = Callable[[int], object]


def rows() -> Iterator[Row]:
    """All rows of the store."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _one_tap(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        yield _many_inspections(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        yield _against_json(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        yield from _open_list(Path(folder))
    yield from _search()


def _answer(number: int) -> dict[str, object]:
    return {"answer": "fail" if number % 7 else "pass", "at_ms": 1_790_000_000_000 + number, "note": NOTE}


def _inspection(path: Path) -> Database:
    database = open_database(path, KEY)
    database.put_together(("answers", f"item-{n:02}", _answer(n)) for n in range(ITEMS))
    return database


_TAPS = [(f"item-{number % ITEMS:02}", _answer(number + 1000)) for number in range(ROUNDS + 100)]
"""Made beforehand: what is measured is the saving."""


def _tapper(database: Database) -> Tap:
    answers = database.keyed("answers")
    return lambda number: answers.put(*_TAPS[number])


def _in_turns(taps: Sequence[Tap], rounds: int = ROUNDS) -> list[list[float]]:
    """Milliseconds of each tap; every side comes after each other one, and first, as often as the others.

    One that syncs leaves the disk's queue and the caches to whoever comes next.
    """
    times: list[list[float]] = [[] for _ in taps]
    orders = cycle(permutations(range(len(taps))))
    for number, order in zip(range(rounds + 50), orders, strict=False):
        for side in order:
            start = perf_counter()
            taps[side](number)
            if number >= 50:  # the first ones warm up
                times[side].append((perf_counter() - start) * 1000)
    return times


def _row(name: str, unit: str, value: float, peer: str, peer_value: float, most: float) -> Row:
    ratio = value / peer_value
    return Row(name, value, unit, peer, peer_value, ratio, f"<= {most:g}x", ratio <= most)


def _one_tap(folder: Path) -> Iterator[Row]:
    database = _inspection(folder / "journal")
    tap = _tapper(database)
    tap(1)
    before = database.storage.size
    tap(2)
    size = database.storage.size - before
    bare, cipher = (
        os.open(folder / "bare", os.O_CREAT | os.O_WRONLY | os.O_APPEND),
        _sqlcipher(folder / "sqlite"),
    )

    contents = [secrets.token_bytes(size) for _ in _TAPS]

    def append(number: int) -> None:
        os.write(bare, contents[number])
        os.fdatasync(bare)

    ours, bares, ciphers = _in_turns([tap, append, cipher])
    os.close(bare)
    what = f"one tap saved ({size} bytes)"
    peer = "bare append + fdatasync"
    yield _row(f"{what}, p50", "ms", median(ours), peer, median(bares), 1.25)
    yield _row(f"{what}, p99", "ms", _p99(ours), peer, _p99(bares), 1.5)
    yield _row("one tap saved, p50", "ms", median(ours), "SQLCipher WAL/FULL upsert", median(ciphers), 1.15)


def _p99(times: Sequence[float]) -> float:
    return quantiles(times, n=100)[98]


def _sqlcipher(path: Path) -> Tap:
    connection = sqlcipher3.connect(str(path), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE answers (id TEXT PRIMARY KEY, body TEXT)")
    upsert = "INSERT INTO answers VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body"

    def tap(number: int) -> None:
        item, answer = _TAPS[number]
        connection.execute(upsert, (item, json.dumps(answer, ensure_ascii=False)))

    for number in range(ITEMS):
        tap(number)
    return tap


def _many_inspections(folder: Path) -> Row:
    taps = []
    for count in (10_000, 100):
        store = folder / str(count)
        store.mkdir()
        template = store / "template"
        _inspection(template).close()
        content = template.read_bytes()
        for number in range(count):
            (store / f"{number:05}").mkdir()
            (store / f"{number:05}" / "journal").write_bytes(content)
        taps.append(_tapper(open_database(store / f"{count // 2:05}" / "journal", KEY)))
    os.sync()
    many, few = _in_turns(taps, 1500)
    return _row("one tap with 10 000 inspections, p50", "ms", median(many), "with 100", median(few), 1.3)


def _visit(number: int) -> dict[str, object]:
    """A whole inspection of about 20 KB, as one document."""
    answers = {f"item-{n:03}": {**_answer(n + number), "note": NOTE * 4} for n in range(85)}
    return {"id": f"i{number}", "enterprise": f"样例加油站{number}", "state": "draft", "answers": answers}


def _against_json(folder: Path) -> Row:
    path = folder / "all.json"
    _write_json(path, 1000)
    together = TinyDB(path, storage=JSONStorage)
    tap = _tapper(_inspection(folder / "journal"))
    ours, theirs = [], []
    for number in range(9):
        visit = _visit(number)
        start = perf_counter()
        together.update({"answers": visit["answers"]}, doc_ids=[500])
        theirs.append((perf_counter() - start) * 1000)
        for repeat in range(40):
            start = perf_counter()
            tap(number * 100 + repeat)
            ours.append((perf_counter() - start) * 1000)
    together.close()
    name = "one tap on a device with 1 000 inspections, p50"
    return _row(name, "ms", median(ours), "TinyDB(JSONStorage), one file", median(theirs), 0.001)


def _write_json(path: Path, count: int) -> None:
    with path.open("w") as file:
        file.write('{"_default": {')
        for number in range(1, count + 1):
            file.write(f'{", " if number > 1 else ""}"{number}": {json.dumps(_visit(number))}')
        file.write("}}")


_OPENS = {
    "ours": "database = open_database(path, bytes(range(32))); list_ = Index(database).inspections()",
    "json": "list_ = [(d['id'], d['enterprise'], d['state']) for d in TinyDB(path)]",
}
_MEASURE = """
import re, sys
from pathlib import Path
from time import perf_counter
from tinydb import TinyDB
from inspector.store import open_database
from inspector.store.index import Index
path = sys.argv[1]
def most():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
idle = most()
start = perf_counter()
{opens}
took = perf_counter() - start
assert len(list_) == 10000
print(took * 1000, (most() - idle) / 1024)
"""


def _open_list(folder: Path) -> Iterator[Row]:
    count = 10_000
    _write_json(folder / "json", count)
    _index(folder / "ours", count).close()
    found: dict[str, list[tuple[float, float]]] = {side: [] for side in _OPENS}
    for _ in range(5):
        for side, opens in _OPENS.items():
            command = [sys.executable, "-c", _MEASURE.format(opens=opens), str(folder / side)]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            found[side].append((float(said[0]), float(said[1])))
    for place, (unit, most) in enumerate((("ms", 0.5), ("MiB", 0.15))):
        ours, theirs = (median(one[place] for one in found[side]) for side in ("ours", "json"))
        what = "opening the list of 10 000 inspections" + (", memory" if place else "")
        yield _row(what, unit, ours, "TinyDB(JSONStorage)", theirs, most)


def _enterprise(number: int) -> EnterpriseRow:
    town = ["重庆", "上海", "西安", "长沙", "厦门", "广州", "苏州", "青岛"][number % 8]
    kind = ["加油站", "烟花爆竹批发部", "快递分拨中心", "燃气有限公司", "商业广场"][number % 5]
    return EnterpriseRow(
        id=f"e{number}",
        name=f"样例{town}{kind}{number}",
        code=f"9150{number:014}",
        address=f"样例路{number}号",
    )


def _index(path: Path, count: int) -> Index:
    index = Index(open_database(path, KEY))
    index.rebuild(_Lists(count))
    return index


class _Lists:
    """Sample enterprises and inspections."""

    def __init__(self, count: int) -> None:
        self._count = count

    def enterprises(self) -> Iterator[EnterpriseRow]:
        return map(_enterprise, range(self._count))

    def inspections(self) -> Iterator[InspectionRow]:
        for number in range(self._count):
            name = _enterprise(number).name
            yield InspectionRow(
                id=f"i{number}", enterprise_id=f"e{number}", enterprise=name, state="draft", updated_ms=number
            )


def _search() -> Iterator[Row]:
    """Searching ten thousand enterprises while one types, against looking at each row."""
    with tempfile.TemporaryDirectory() as folder:
        index = _index(Path(folder) / "index", 10_000)
        names = [_enterprise(number).name for number in range(10_000)]
        index.search("样例")

        def ours(number: int) -> None:
            index.search(("cq", "chongqing", "jyz", "青岛", "9150")[number % 5] + str(number % 10))

        def plain(number: int) -> None:
            part = ("重庆", "重庆样例", "加油站", "青岛", "9150")[number % 5] + str(number % 10)
            [name for name in names if part in name]

        searched, looked = _in_turns([ours, plain], 100)
        index.close()
    yield _row(
        "a search among 10 000 enterprises", "ms", median(searched), "`in` on each name", median(looked), 50
    )
