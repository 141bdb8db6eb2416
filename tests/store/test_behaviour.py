"""What TinyDB promises, held by every storage alike: one suite, four ways to keep the data."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tinydb import JSONStorage, Query, TinyDB, where
from tinydb.operations import add, decrement, delete, increment, set
from tinydb.storages import MemoryStorage, Storage
from tinydb.table import Document

from inspector.store import SealedStorage, open_database

KEY = bytes(range(32))
KINDS = {
    "memory": lambda _: TinyDB(storage=MemoryStorage),
    "json": lambda folder: TinyDB(folder / "db", storage=JSONStorage),
    "sealed": lambda folder: TinyDB(folder / "db", storage=SealedStorage, key=KEY),
    "delta": lambda folder: open_database(folder / "db", KEY),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def db(kind: str, tmp_path: Path) -> Iterator[TinyDB]:
    """Three rows, as in TinyDB's own suite; afterwards, what is on the disk is what was in memory."""
    make: Callable[[Path], TinyDB] = KINDS[kind]
    database = make(tmp_path)
    database.drop_tables()
    database.insert_multiple({"int": 1, "char": c} for c in "abc")
    yield database
    if kind == "memory":
        return
    state = database.storage.read()
    database.close()
    again = make(tmp_path)
    assert again.storage.read() == state
    assert [list(table) for table in again.storage.read().values()] == [
        list(table) for table in state.values()
    ]
    again.close()


def test_documents_come_back_in_the_order_they_were_inserted(db: TinyDB) -> None:
    assert [(d.doc_id, d["char"]) for d in db] == [(1, "a"), (2, "b"), (3, "c")]
    assert len(db) == 3


def test_insert_returns_the_next_id(db: TinyDB) -> None:
    assert db.insert({"char": "d"}) == 4
    assert db.insert_multiple([{"char": "e"}, {"char": "f"}]) == [5, 6]


def test_insert_with_an_id_keeps_it_and_counts_on_from_it(db: TinyDB) -> None:
    assert db.insert(Document({"char": "x"}, doc_id=77)) == 77
    assert db.insert({"char": "y"}) == 78


def test_insert_of_an_id_that_exists_is_refused(db: TinyDB) -> None:
    with pytest.raises(ValueError, match="already exists"):
        db.insert(Document({"char": "x"}, doc_id=2))
    with pytest.raises(ValueError, match="already exists"):
        db.insert_multiple([{"char": "new"}, Document({"char": "x"}, doc_id=2)])
    assert [d["char"] for d in db] == ["a", "b", "c"]


def test_only_mappings_are_documents(db: TinyDB) -> None:
    with pytest.raises(ValueError, match="Mapping"):
        db.insert([1, 2])
    with pytest.raises(ValueError, match="Mapping"):
        db.insert_multiple([{"char": "d"}, 5])


def test_search_get_contains_and_count_agree(db: TinyDB) -> None:
    assert [d.doc_id for d in db.search(where("int") == 1)] == [1, 2, 3]
    assert db.search(where("char") == "z") == []
    assert db.get(where("char") == "b").doc_id == 2
    assert db.get(where("char") == "z") is None
    assert db.get(doc_id=3) == {"int": 1, "char": "c"}
    assert db.get(doc_id=9) is None
    assert [d.doc_id for d in db.get(doc_ids=[3, 1, 9])] == [1, 3]
    assert db.contains(where("char") == "a")
    assert not db.contains(doc_id=9)
    assert db.contains(doc_id=1)
    assert db.count(where("int") == 1) == 3


def test_get_and_contains_want_to_know_what(db: TinyDB) -> None:
    with pytest.raises(RuntimeError):
        db.get()
    with pytest.raises(RuntimeError):
        db.contains()


def test_a_search_sees_what_was_written_since_the_last_one(db: TinyDB) -> None:
    assert db.count(where("int") == 1) == 3
    db.update({"int": 2}, where("char") == "a")
    assert db.count(where("int") == 1) == 2
    db.insert({"int": 1})
    assert db.count(where("int") == 1) == 3
    db.remove(where("int") == 1)
    assert db.count(where("int") == 1) == 0


def test_update_changes_the_fields_that_are_given(db: TinyDB) -> None:
    assert db.update({"int": 5, "new": [1, {"x": None}]}, where("char") == "b") == [2]
    assert db.get(doc_id=2) == {"int": 5, "char": "b", "new": [1, {"x": None}]}
    assert db.update({"int": 9}) == [1, 2, 3]
    assert db.update({"int": 7}, doc_ids=[1, 3, 99]) == [1, 3]
    assert [d["int"] for d in db] == [7, 9, 7]
    assert db.update({"int": 0}, where("char") == "nobody") == []


def test_update_takes_operations(db: TinyDB) -> None:
    db.update(increment("int"), where("char") == "a")
    db.update(decrement("int"), where("char") == "b")
    db.update(delete("int"), where("char") == "c")
    db.update(set("k", "v"))
    db.update(add("k", "w"), doc_ids=[1])
    assert db.all() == [
        {"int": 2, "char": "a", "k": "vw"},
        {"int": 0, "char": "b", "k": "v"},
        {"char": "c", "k": "v"},
    ]


def test_update_may_change_nested_values_in_place(db: TinyDB) -> None:
    db.insert({"char": "n", "nested": {"list": [1]}})
    db.update(lambda d: d["nested"]["list"].append(2), where("char") == "n")
    assert db.get(where("char") == "n")["nested"] == {"list": [1, 2]}


def test_update_multiple_applies_each_to_its_own(db: TinyDB) -> None:
    assert db.update_multiple(
        [({"int": 2}, where("char") == "a"), (delete("int"), where("char") == "b")]
    ) == [1, 2]
    assert [d.get("int") for d in db] == [2, None, 1]


def test_upsert_updates_what_matches_and_inserts_what_does_not(db: TinyDB) -> None:
    assert db.upsert({"int": 8}, where("char") == "a") == [1]
    assert db.upsert({"int": 9, "char": "z"}, where("char") == "z") == [4]
    assert db.upsert(Document({"int": 3}, doc_id=2)) == [2]
    assert db.upsert(Document({"int": 4}, doc_id=40)) == [40]
    assert db.get(doc_id=2) == {"int": 3, "char": "b"}
    with pytest.raises(ValueError, match="search query"):
        db.upsert({"int": 1})


def test_remove_takes_out_what_matches(db: TinyDB) -> None:
    assert db.remove(where("char") == "b") == [2]
    assert db.remove(doc_ids=[1, 9]) == [1]
    assert [d.doc_id for d in db] == [3]
    with pytest.raises(RuntimeError):
        db.remove()


def test_a_document_put_back_goes_to_the_end(db: TinyDB) -> None:
    document = db.get(doc_id=1)
    db.remove(doc_ids=[1])
    db.insert(document)
    assert [d.doc_id for d in db] == [2, 3, 1]


def test_removing_everything_leaves_an_empty_table(db: TinyDB) -> None:
    db.remove(where("int") == 1)
    assert len(db) == 0
    assert db.tables() == {"_default"}
    assert db.insert({"int": 1}) == 4


def test_truncate_empties_and_counts_from_one_again(db: TinyDB) -> None:
    db.truncate()
    assert db.all() == []
    assert db.tables() == {"_default"}
    assert db.insert({"int": 1}) == 1


def test_tables_are_apart(db: TinyDB) -> None:
    db.table("other").insert({"int": 2})
    assert db.tables() == {"_default", "other"}
    assert len(db) == 3
    db.drop_table("other")
    assert db.tables() == {"_default"}
    assert db.table("other").all() == []


def test_drop_tables_leaves_nothing(db: TinyDB) -> None:
    db.table("other").insert({"int": 2})
    db.drop_tables()
    assert db.tables() == set_of()
    assert db.all() == []
    assert db.insert({"int": 1}) == 1


def test_dropping_a_table_that_is_not_there_is_no_matter(db: TinyDB) -> None:
    db.drop_table("nobody")
    assert len(db) == 3


def test_an_update_that_matches_nothing_makes_the_table_nevertheless(db: TinyDB) -> None:
    db.table("empty").update({"int": 1}, where("int") == 7)
    assert "empty" in db.tables()


def test_persist_empty_makes_the_table(db: TinyDB) -> None:
    db.table("empty", persist_empty=True)
    assert db.tables() == {"_default", "empty"}


def test_values_keep_their_kind(db: TinyDB) -> None:
    document = {
        "text": "䶮𠅤 \u2028\x00 \ud800",
        "float": 1.5,
        "big": 2**80,
        "none": None,
        "bool": True,
        "list": [],
    }
    doc_id = db.insert(document)
    assert db.get(doc_id=doc_id) == document


def test_nested_queries_and_fragments_work(db: TinyDB) -> None:
    query = Query()
    db.insert({"a": {"b": [{"c": 1}, {"c": 2}]}})
    assert len(db.search(query.a.b.any(query.c == 2))) == 1
    assert len(db.search(query.fragment({"int": 1, "char": "a"}))) == 1
    assert len(db.search(query.char.matches("[ab]") & ~(query.char == "a"))) == 1
    assert len(db.search(query.char.test(lambda c: c in "bc"))) == 2


def test_two_tables_by_one_name_are_one_table(db: TinyDB) -> None:
    assert db.table("_default") is db.table("_default")
    assert db.table("_default").all() == db.all()


def test_iteration_may_change_the_table_afterwards(db: TinyDB) -> None:
    for document in db.all():
        db.update({"int": document.doc_id}, doc_ids=[document.doc_id])
    assert [d["int"] for d in db] == [1, 2, 3]


def test_its_description_names_the_tables(db: TinyDB) -> None:
    assert "tables=['_default']" in repr(db)
    assert "total=3" in repr(db.table("_default"))


def set_of() -> object:
    return frozenset()


# --- what the kinds that keep files add to it ---------------------------------------------------------


@pytest.fixture(params=["json", "sealed", "delta"])
def lasting(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], TinyDB]:
    return lambda: KINDS[request.param](tmp_path)


def test_a_new_database_reads_as_nothing(lasting: Callable[[], TinyDB]) -> None:
    with lasting() as db:
        assert db.storage.read() is None
        assert db.all() == []
        assert db.tables() == set_of()


def test_everything_is_there_after_reopening(lasting: Callable[[], TinyDB]) -> None:
    with lasting() as db:
        db.insert({"a": (1, 2)})
        db.table("t").insert({"b": {1: "int key"}})
    with lasting() as db:
        assert db.all() == [{"a": [1, 2]}]
        assert db.table("t").all() == [{"b": {"1": "int key"}}]
        assert db.insert({"a": 3}) == 2


def test_what_is_no_json_is_refused_and_nothing_is_lost(lasting: Callable[[], TinyDB]) -> None:
    with lasting() as db:
        db.insert({"a": 1})
        with pytest.raises(TypeError):
            db.insert({"a": {1, 2}})
        with pytest.raises(TypeError):
            db.insert({"a": {(1, 2): 3}})
    with lasting() as db:
        assert db.all() == [{"a": 1}]


def test_a_closed_database_says_so(lasting: Callable[[], TinyDB]) -> None:
    db = lasting()
    db.insert({"a": 1})
    db.close()
    with pytest.raises(ValueError, match="closed"):
        db.insert({"a": 2})
    with pytest.raises(ValueError, match="closed"):
        db.storage.read()


@pytest.fixture(params=["json", "sealed"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Storage]]:
    made: list[Storage] = []

    def make() -> Storage:
        made.append(
            JSONStorage(tmp_path / "db")
            if request.param == "json"
            else SealedStorage(tmp_path / "db", key=KEY)
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"t": {}},
        {"t": {"1": {"a": 1}}, "u": {"2": {}, "1": {}}},
        {"none": [None, None], "int": 42, "text": "LITE", "dict": {"hp": 13, "sp": 5}, "flag": [True, False]},
        {"t": {1: {"a": (1, 2)}}, 5: {True: {}}},
    ],
)
def test_a_storage_gives_back_what_json_would(storage: Callable[[], Storage], data: dict) -> None:
    writing = storage()
    writing.write({"before": {"1": {"x": 1}}, "t": {"1": {"old": 1}, "9": {}}})
    writing.write(data)
    expected = json.loads(json.dumps(data))
    assert writing.read() == expected
    assert list(writing.read()) == list(expected)
    assert storage().read() == expected


def test_a_storage_keeps_the_order_it_is_given(storage: Callable[[], Storage]) -> None:
    first = storage()
    first.write({"t": {"1": {}, "2": {}, "3": {}}, "u": {}})
    first.write({"u": {}, "t": {"3": {}, "1": {"a": 1}}})
    for one in (first, storage()):
        assert list(one.read()) == ["u", "t"]
        assert list(one.read()["t"]) == ["3", "1"]


def test_what_a_storage_returned_is_the_callers_own(storage: Callable[[], Storage]) -> None:
    one = storage()
    one.write({"t": {"1": {"list": [1]}}})
    one.read()["t"]["1"]["list"].append(2)
    assert one.read() == {"t": {"1": {"list": [1]}}}
