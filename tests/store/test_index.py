"""Lists and search: what people type finds what they mean, and the lists come back from their source."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.store import open_database
from inspector.store.index import EnterpriseRow, Index, InspectionRow, open_index
from inspector.store.sounds import patterns, sounds_of, syllables_of
from tests.store.simulated import Died, Disk

KEY = bytes(range(32))
PATH = Path("/store/index")
ROWS = (
    EnterpriseRow(id="e1", name="样例重庆长安加油站", code="91500000MA5U000001", address="渝中区样例路1号"),
    EnterpriseRow(
        id="e2", name="样例单于烟花爆竹批发部", code="91310000MA5U000002", address="浦东新区样例大道2号"
    ),
    EnterpriseRow(id="e3", name="西安样例燃气有限公司", code="91610000MA5U000003", address="雁塔区加油路3号"),
    EnterpriseRow(id="e4", name="ABC样例快递(曾家)分拨中心", code="", address=""),
    EnterpriseRow(id="e5", name="绿洲样例商业广场", code="91500000MA5U000005", address="样例路50号"),
)


@dataclass
class Source:
    rows: Iterable[EnterpriseRow] = ROWS
    done: Iterable[InspectionRow] = ()

    def enterprises(self) -> Iterable[EnterpriseRow]:
        return self.rows

    def inspections(self) -> Iterable[InspectionRow]:
        return self.done


@pytest.fixture
def index() -> Index:
    return open_index(PATH, KEY, Source(), files=Disk())


def inspection(number: int, state: str = "draft") -> InspectionRow:
    return InspectionRow(
        id=f"i{number}", enterprise_id="e1", enterprise=ROWS[0].name, state=state, updated_ms=1000 + number
    )


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("重庆", "e1"),
        ("cq", "e1"),
        ("CQ", "e1"),
        ("zq", "e1"),  # 重 is also read zhong
        ("chongqing", "e1"),
        ("zhongqing", "e1"),
        ("chongq", "e1"),
        ("cqing", "e1"),
        ("chqchan", "e1"),
        ("cqcajyz", "e1"),
        ("yangli", "e1 e2 e3 e4 e5"),
        ("ylcq", "e1"),
        ("jyz", "e1"),
        ("cyy", "e2"),  # 单于 is read chanyu
        ("danyu", "e2"),
        ("xian", "e3"),
        ("xa", "e3"),
        ("zengjia", "e4"),
        ("cengjia", "e4"),
        ("abc", "e4"),
        ("ＡＢＣ", "e4"),
        ("lvzhou", "e5"),
        ("luzhou", "e5"),
        ("91500000", "e1 e5"),
        ("91500000ma5u000005", "e5"),
        ("MA5U000005", ""),  # a code is typed from its beginning
        ("加油", "e1 e3"),  # names before addresses
        ("样例路", "e1 e5"),
        ("浦东", "e2"),
        ("加油 cq", "e1"),
        ("cq  站", "e1"),
        ("样例 燃气 雁塔", "e3"),
        ("cq 燃气", ""),
        ("不存在", ""),
        ("zzzz", ""),
        ("", ""),
        ("  ", ""),
        ("%_*[](", ""),
        ("\n", ""),
    ],
)
def test_what_is_typed_finds_what_is_meant(index: Index, typed: str, found: str) -> None:
    assert " ".join(row.id for row in index.search(typed)) == found


def test_the_limit_is_kept_and_the_best_fits_come_first(index: Index) -> None:
    assert [row.id for row in index.search("样例", limit=3)] == ["e1", "e2", "e3"]
    assert [row.id for row in index.search("加油", limit=1)] == ["e1"]


def test_a_change_is_found_at_once(index: Index) -> None:
    assert index.search("guangzhou") == ()
    index.put_enterprises([EnterpriseRow(id="e1", name="样例广州加油站")])
    assert [row.id for row in index.search("guangzhou")] == ["e1"]
    assert index.search("cq") == ()
    index.remove_enterprises(["e1", "nobody"])
    assert index.search("guangzhou") == ()
    assert index.enterprise("e1") is None
    assert index.enterprise("e2") == ROWS[1]


@given(st.text(max_size=60))
def test_anything_may_be_typed(typed: str) -> None:
    index = open_index(PATH, KEY, Source(), files=Disk())
    assert set(index.search(typed)) <= set(ROWS)


@given(st.text(alphabet="重庆长安单于曾样例加油站行绿吕", min_size=1, max_size=8), st.data())
def test_a_name_is_found_by_any_of_its_readings(name: str, data: st.DataObject) -> None:
    groups = [group.strip(",").split(",") for group in sounds_of(name).rstrip(";").split(";")]
    readings = [data.draw(st.sampled_from(group)) for group in groups]
    syllables = syllables_of([sounds_of(name)])
    initials = "".join(reading[0] for reading in readings)
    assert any(pattern.search(sounds_of(name)) for pattern in patterns(initials, syllables))
    # Long names have more ways to be cut than are tried; two syllables are always among them.
    full = "".join(readings[:2])
    assert any(pattern.search(sounds_of(name)) for pattern in patterns(full, syllables))


def test_inspections_come_last_touched_first(index: Index) -> None:
    for number, state in ((1, "draft"), (3, "sealed"), (2, "draft")):
        index.put_inspection(inspection(number, state))
    assert [row.id for row in index.inspections()] == ["i3", "i2", "i1"]
    assert [row.id for row in index.inspections(state="draft")] == ["i2", "i1"]
    assert [row.id for row in index.inspections(limit=1)] == ["i3"]
    index.remove_inspection("i3")
    assert [row.id for row in index.inspections()] == ["i2", "i1"]


def test_the_index_is_there_after_reopening(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index", KEY, Source())
    index.put_inspection(inspection(1))
    index.close()
    again = open_index(tmp_path / "index", KEY, Source(rows=()))
    assert [row.id for row in again.search("cq")] == ["e1"]
    assert again.inspections() == (inspection(1),)


def test_a_damaged_index_comes_back_from_its_source(tmp_path: Path) -> None:
    path = tmp_path / "index"
    open_index(path, KEY, Source()).close()
    raw = bytearray(path.read_bytes())
    raw[400] ^= 1
    path.write_bytes(raw)
    index = open_index(path, KEY, Source(done=[inspection(7)]))
    assert [row.id for row in index.search("cq")] == ["e1"]
    assert index.inspections() == (inspection(7),)
    assert (tmp_path / "index.damaged-1").read_bytes() == raw


def test_rebuilding_forgets_what_the_source_does_not_have(index: Index) -> None:
    index.put_inspection(inspection(1))
    index.rebuild(Source(rows=ROWS[:1], done=[inspection(2)]))
    assert index.inspections() == (inspection(2),)
    assert [row.id for row in index.search("样例")] == ["e1"]


def test_a_rebuild_that_is_cut_off_leaves_the_old_lists_or_the_new_ones() -> None:
    at, done = 0, False
    while not done:
        at += 1
        disk = Disk(die_at=at)
        try:
            open_index(PATH, KEY, Source(), files=disk).rebuild(Source(rows=ROWS[1:]))
            done = True
        except Died:
            pass
        for image in disk.images(limit=8, seed=at):
            found = open_index(PATH, KEY, Source(), files=Disk(image)).search("样例", limit=9)
            assert [row.id for row in found] in (["e1", "e2", "e3", "e4", "e5"], ["e2", "e3", "e4", "e5"])
    assert at > 8


def test_ten_thousand_enterprises_are_looked_through_without_their_documents_in_memory() -> None:
    count = 10_000
    rows = [
        EnterpriseRow(
            id=f"e{n}", name=f"样例{'重庆' if n % 997 == 0 else '上海'}加油站{n}", code=f"9150{n:014}"
        )
        for n in range(count)
    ]
    index = Index(open_database(PATH, KEY, files=Disk()))
    index.rebuild(Source(rows=rows))
    assert [row.id for row in index.search("cq", limit=50)] == [f"e{n}" for n in range(0, count, 997)]
    assert [row.id for row in index.search(f"9150{4321:014}")] == ["e4321"]
    assert len(index.search("jyz", limit=20)) == 20
