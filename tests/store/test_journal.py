"""The storage around its format: one sync a tap, compaction, somebody else's writing, keys, the reserve."""

from pathlib import Path
from typing import Any

import pytest
from tinydb import TinyDB

from inspector.errors import StoreChangedError, StoreFullError, StoreInUseError, StoreUnavailableError
from inspector.store import SealedStorage, open_database
from inspector.store.journal import COMPACT_ABOVE
from inspector.store.lock import StoreLock
from inspector.store.reserve import Reserve
from tests.store.simulated import Disk, Handle

KEY = bytes(range(32))
PATH = Path("/store/journal")


class Counting(Disk):
    """Also says which calls there were."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.syncs = 0

    def append(self, path: Path) -> Handle:
        handle, sync = super().append(path), Handle.sync

        def counted() -> None:
            self.syncs += 1
            sync(handle)

        handle.sync = counted  # type: ignore[method-assign]
        return handle


def test_a_tap_is_one_append_of_a_few_hundred_bytes_and_one_sync() -> None:
    disk = Counting()
    answers = open_database(PATH, KEY, files=disk).keyed("answers")
    for item in range(200):
        answers.put(f"item-{item}", {"answer": "pass"})
    size, calls, syncs = len(disk.image()[PATH]), disk.calls, disk.syncs
    answers.put("item-7", {"answer": "fail", "at": 1700000000000, "note": "疏散通道堆放杂物"})
    assert disk.calls - calls == 2
    assert disk.syncs - syncs == 1
    assert 100 <= len(disk.image()[PATH]) - size <= 300


def test_a_tap_writes_the_same_in_a_table_of_ten_and_of_five_thousand(tmp_path: Path) -> None:
    grown = []
    for count in (10, 5000):
        database = open_database(tmp_path / str(count), KEY)
        answers = database.keyed("answers")
        database.put_together(("answers", f"item-{n:04}", {"answer": "pass"}) for n in range(count))
        answers.put("item-0003", {"answer": "pass", "at": 1})
        size = database.storage.size
        answers.put("item-0003", {"answer": "fail", "at": 2})
        grown.append(database.storage.size - size)
        database.close()
    assert grown[0] == grown[1]


def test_writing_what_is_there_already_costs_nothing() -> None:
    disk = Disk()
    storage = SealedStorage(PATH, key=KEY, files=disk)
    storage.write({"t": {"1": {"a": 1}}})
    calls = disk.calls
    storage.write({"t": {"1": {"a": 1}}})
    assert disk.calls == calls


def test_saving_the_old_state_again_after_a_failed_save_takes_the_failed_one_back() -> None:
    disk = Disk()
    database = open_database(PATH, KEY, files=disk)
    answers = database.keyed("answers")
    answers.put("a", {"answer": "pass"})
    for again in (
        lambda: answers.put("a", {"answer": "pass"}),
        lambda: answers.update({"answer": "pass"}),
        lambda: database.storage.write(database.storage.read() or {}),
    ):
        answers.put("b", {"calls": disk.calls})  # so that the file is open: the next calls are write and sync
        disk.fail_at = {disk.calls + 2: StoreUnavailableError}
        with pytest.raises(StoreUnavailableError):
            answers.put("a", {"answer": "fail"})
        assert open_database(PATH, KEY, files=Disk(disk.image())).keyed("answers").find("a") == {
            "answer": "fail"
        }
        again()
        for image in disk.images():
            found = open_database(PATH, KEY, files=Disk(image)).keyed("answers").find("a")
            assert found == {"answer": "pass"}


def test_a_journal_is_compacted_when_it_is_four_times_what_it_holds(tmp_path: Path) -> None:
    with open_database(tmp_path / "db", KEY) as database:
        answers, largest, head = database.keyed("answers"), 0, 0
        for tap in range(3000):
            answers.put(f"item-{tap % 20}", {"tap": tap, "note": "x" * 150})
            largest = max(largest, database.storage.size)
            assert database.storage.head.sequence > head
            head = database.storage.head.sequence
        assert COMPACT_ABOVE < largest < COMPACT_ABOVE + 1000
        assert database.storage.size < COMPACT_ABOVE
        assert sorted(d["tap"] for d in answers) == list(range(2980, 3000))
        state = database.storage.read()
    with open_database(tmp_path / "db", KEY) as database:
        assert database.storage.read() == state
        assert database.storage.head.sequence == head
    assert [entry.name for entry in tmp_path.iterdir()] == ["db"]


def test_a_large_journal_that_holds_much_is_left_alone() -> None:
    disk = Disk()
    storage = SealedStorage(PATH, key=KEY, files=disk, compact_above=1000)
    storage.write({"t": {str(n): {"text": "x" * 500} for n in range(40)}})
    made = len(disk.all_inodes)
    for n in range(40):
        storage.write({"t": {**storage.read()["t"], str(n): {"text": "y" * 500}}})
    assert len(disk.all_inodes) == made


def test_no_room_for_a_compaction_does_not_stop_the_taps() -> None:
    disk = Disk(capacity=9000)
    database = open_database(PATH, KEY, files=disk)
    database.storage._compact_floor = database.storage._compact_above = 3000
    answers = database.keyed("answers")
    for n in range(8):
        answers.put(f"item-{n}", {"text": "x" * 60})
    for tap in range(14):
        disk.capacity = max(len(data) for data in disk.image().values()) + 400
        answers.put("item-1", {"tap": tap, "text": "x" * 100})
    assert answers.find("item-1") == {"tap": 13, "text": "x" * 100}


def test_a_second_writer_is_noticed_and_destroys_nothing(tmp_path: Path) -> None:
    path = tmp_path / "db"
    first, second = (TinyDB(path, storage=SealedStorage, key=KEY) for _ in range(2))
    first.insert({"by": "first"})
    with pytest.raises(StoreChangedError):
        second.insert({"by": "second"})
    assert second.all() == []
    third = TinyDB(path, storage=SealedStorage, key=KEY)
    assert third.all() == [{"by": "first"}]
    third.insert({"by": "third"})
    with pytest.raises(StoreChangedError):
        first.insert({"by": "first again"})


def test_a_journal_replaced_meanwhile_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "db"
    database = open_database(path, KEY)
    database.insert({"a": 1})
    copy = path.read_bytes()
    path.unlink()
    path.write_bytes(copy)
    with pytest.raises(StoreChangedError):
        database.insert({"a": 2})


def test_returned_documents_are_the_callers_own(tmp_path: Path) -> None:
    database = open_database(tmp_path / "db", KEY)
    answers = database.keyed("answers")
    answers.put("a", {"list": [1], "nested": {"x": 1}})
    for found in (answers.get(doc_id="a"), answers.all()[0], answers.find("a"), answers.pairs()[0][1]):
        found["list"].append(2)
        found["nested"]["x"] = 9
    assert database.keyed("answers").all() == [{"list": [1], "nested": {"x": 1}}]


def test_a_keyed_table_is_found_by_its_keys(tmp_path: Path) -> None:
    database = open_database(tmp_path / "db", KEY)
    answers = database.keyed("answers")
    answers.put("exit/1", {"answer": "fail", "old": True})
    answers.put("exit/1", {"answer": "pass"})
    assert answers.get(doc_id="exit/1") == {"answer": "pass"}
    assert answers.remove(doc_ids=["exit/1"]) == ["exit/1"]
    with pytest.raises(ValueError, match="keyed"):
        answers.insert({"answer": "pass"})
    database.table("numbered").insert({})
    with pytest.raises(TypeError):
        database.keyed("numbered")


def test_several_documents_are_put_as_one() -> None:
    disk = Disk()
    database = open_database(PATH, KEY, files=disk)
    database.keyed("findings").put("f", {"facts": "old"})
    calls = disk.calls
    database.put_together(
        [("answers", "a", {"answer": "fail"}), ("findings", "g", {"facts": "new"}), ("findings", "f", None)]
    )
    assert disk.calls - calls == 2
    assert database.storage.read() == {
        "findings": {"g": {"facts": "new"}},
        "answers": {"a": {"answer": "fail"}},
    }


def test_a_name_that_is_too_long_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    database = open_database(tmp_path / "db", KEY)
    database.keyed("t").put("a", {"x": 1})
    with pytest.raises(ValueError, match="65535"):
        database.keyed("t").put("k" * 70_000, {"x": 1})
    database.keyed("t").put("b", {"x": 2})
    database.close()
    assert len(open_database(tmp_path / "db", KEY).keyed("t")) == 2


def test_parent_folders_are_made_when_asked_for(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError):
        SealedStorage(tmp_path / "a" / "b" / "db", key=KEY)
    storage = SealedStorage(tmp_path / "a" / "b" / "db", key=KEY, create_dirs=True)
    storage.write({})
    storage.close()


# --- the reserve


def test_the_last_save_survives_a_full_disk() -> None:
    disk = Disk(capacity=60_000)
    reserve = Reserve(Path("/store/reserve"), files=disk, size=8_000)
    assert reserve.fill()
    database = open_database(PATH, KEY, files=disk, reserve=reserve)
    answers = database.keyed("answers")
    answers.put("a", {"answer": "pass"})
    disk.capacity = disk.used() + 10
    answers.put("b", {"answer": "fail", "note": "the last tap before the disk was full"})
    assert database.storage.warning is not None
    assert "已保存" in database.storage.warning.message
    assert not reserve.is_whole()
    again = open_database(PATH, KEY, files=Disk(disk.image()))
    assert again.keyed("answers").find("b") is not None
    assert not reserve.fill(), "there is still no room"
    disk.capacity = None
    assert reserve.fill()
    assert reserve.is_whole()


def test_without_a_reserve_a_full_disk_refuses_and_keeps_what_was() -> None:
    disk = Disk()
    database = open_database(PATH, KEY, files=disk)
    answers = database.keyed("answers")
    answers.put("a", {"answer": "pass"})
    disk.capacity = disk.used() + 10
    for _ in range(3):
        with pytest.raises(StoreFullError):
            answers.put("b", {"answer": "fail"})
        assert len(answers) == 1
    assert database.storage.warning is None
    disk.capacity = None
    answers.put("b", {"answer": "fail"})
    assert len(open_database(PATH, KEY, files=Disk(disk.image())).keyed("answers")) == 2


@pytest.mark.parametrize("room", range(0, 1200, 13))
def test_a_disk_with_any_room_left_keeps_the_old_state_or_the_new_one(room: int) -> None:
    disk = Disk()
    reserve = Reserve(Path("/store/reserve"), files=disk, size=4_000)
    reserve.fill()
    answers = open_database(PATH, KEY, files=disk, reserve=reserve).keyed("answers")
    disk.capacity = disk.used() + room
    kept: dict[str, Any] = {}
    for tap in range(40):
        try:
            answers.put(f"item-{tap}", {"tap": tap, "note": "x" * 80})
            kept[f"item-{tap}"] = tap
        except StoreFullError:
            assert len(answers) == len(kept)
    found = open_database(PATH, KEY, files=Disk(disk.image())).keyed("answers")
    assert {key: document["tap"] for key, document in found.pairs()} == kept
    assert len(kept) > 5, "the reserve was used"


def test_a_reserve_is_filled_with_what_does_not_compress(tmp_path: Path) -> None:
    import zlib

    reserve = Reserve(tmp_path / "reserve", size=1 << 20)
    assert not reserve.release()
    assert reserve.fill()
    assert reserve.fill()
    raw = (tmp_path / "reserve").read_bytes()
    assert len(zlib.compress(raw, 1)) > len(raw)
    assert reserve.release()
    assert list(tmp_path.iterdir()) == []


# --- the lock


def test_a_second_program_is_told_who_was_first(tmp_path: Path) -> None:
    with StoreLock(tmp_path, since="11月23日 14:32"):
        with pytest.raises(StoreInUseError) as refused:
            StoreLock(tmp_path, since="later")
        assert "11月23日 14:32" in refused.value.message
    StoreLock(tmp_path, since="after").close()


def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import pathlib,sys,time;from inspector.store.lock import StoreLock;"
        "lock=StoreLock(pathlib.Path(sys.argv[1]),since='x');print('held',flush=True);time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreInUseError) as refused:
            StoreLock(tmp_path, since="y")
        assert refused.value.facts["pid"] == str(holder.pid)
        holder.kill()
    StoreLock(tmp_path, since="z").close()


def test_a_folder_that_is_not_there_cannot_be_locked(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError):
        StoreLock(tmp_path / "no", since="x")
