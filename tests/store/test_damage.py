"""A flipped bit, a cut, foreign bytes anywhere: named and kept, and nothing that verifies is thrown away."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinydb import TinyDB

from inspector.errors import JournalDamagedError, StoreKeyWrongError, StoreTooNewError
from inspector.store import SealedStorage, open_database, recover
from inspector.store.damage import Damage, Fault, Flaw
from inspector.store.replay import Replay, replay
from inspector.store.state import Name
from tests.store.simulated import Disk

KEY = bytes(range(32))
PATH = Path("/store/journal")
Data = dict[str, Any]


@cache
def journal() -> tuple[bytes, tuple[tuple[int, Data | None], ...]]:
    """A journal of more than 16 KiB: a snapshot, three sessions of taps; and where each state ends."""
    disk = Disk()
    ends: list[tuple[int, Data | None]] = []
    storage = SealedStorage(PATH, key=KEY, files=disk, compact_above=4000)
    for tap in range(40):
        storage.write({"answers": {str(n): {"note": "x" * 400, "tap": max(tap, n)} for n in range(9)}})
        if len(disk.all_inodes) == 2:
            break
    data = storage.read() or {}
    ends.append((storage.size, data))
    for tap in range(15):
        if tap % 5 == 0:
            storage.close()
            storage = SealedStorage(PATH, key=KEY, files=disk)
        answers = data["answers"] | {str(tap % 3): {"answer": "fail", "note": "通道被占用" * 50, "tap": tap}}
        data = {"answers": answers, "head": {"1": {"session": tap // 5}}}
        storage.write(data)
        ends.append((storage.size, data))
    raw = disk.image()[PATH]
    assert len(raw) >= 16 << 10
    return raw, tuple(ends)


def read(raw: bytes) -> Replay:
    return replay(raw, KEY, "journal")


def states() -> list[Data | None]:
    return [data for _, data in journal()[1]]


def final() -> Data:
    return journal()[1][-1][1] or {}


@cache
def tables_at(end: int) -> Data | None:
    """The state as it is kept: cheaper to compare than copies."""
    return read(journal()[0][:end]).state.tables


def differing(found: Data | None, expected: Data) -> set[Name]:
    """Documents that are not as expected."""
    found = found or {}
    names = {Name(table, doc) for table in expected for doc in expected[table]}
    names |= {Name(table, doc) for table in found for doc in found[table]}
    return {
        n
        for n in names
        if found.get(n.table, {}).get(n.document) != expected.get(n.table, {}).get(n.document)
    }


def says_what_is_wrong(found: Replay) -> bool:
    """Every document that is not as it was last is named, or the damage says that it cannot name all."""
    last = tables_at(len(journal()[0]))
    if found.damage is None:
        return found.state.tables == last
    named = set(found.damage.affected)
    wrong = differing(found.state.tables, last or {})
    return found.damage.uncertain or all(n in named or Name(n.table, "") in named for n in wrong)


def test_a_cut_at_every_byte_leaves_a_state_that_was_or_names_the_damage() -> None:
    raw, ends = journal()
    snapshot_end = ends[0][0]
    for size in range(len(raw)):
        found = read(raw[:size])
        reached = [end for end, _ in ends if end <= size]
        if found.damage is None:
            assert found.state.tables == (tables_at(reached[-1]) if reached else None)
            assert size == 0 or size >= snapshot_end
        else:
            assert size < snapshot_end
            assert found.damage.uncertain or not differing(found.state.tables, tables_at(snapshot_end) or {})


def test_a_flipped_bit_at_every_byte_costs_one_frame_at_most_and_names_it() -> None:
    raw, ends = journal()
    bounds = [end for end, _ in ends]
    damaged = bytearray(raw)
    for at in range(len(raw)):
        damaged[at] ^= 1 << at % 8
        found = read(bytes(damaged))
        damaged[at] ^= 1 << at % 8
        if found.damage is None:
            # Only the last frame may pass for one that a power cut tore, and only at a sector's edge.
            assert at >= bounds[-2]
            assert found.state.tables in (tables_at(bounds[-2]), tables_at(bounds[-1]))
            continue
        assert says_what_is_wrong(found), at
        lost = [flaw for flaw in found.damage.flaws if flaw.is_loss]
        assert sum(flaw.last - flaw.first + 1 if flaw.last >= 0 else 1 for flaw in lost) <= 1
        assert not found.damage.uncertain or at >= bounds[-2]
        assert any(flaw.offset <= at < flaw.offset + flaw.size for flaw in found.damage.flaws)


def test_a_lost_sector_anywhere_is_named() -> None:
    raw, _ = journal()
    for at in range(0, len(raw), 512):
        found = read(raw[:at] + bytes(len(raw[at : at + 512])) + raw[at + 512 :])
        if found.damage is None:
            assert at + 512 >= len(raw), "only at the end can zeros be an unfinished write"
            assert found.state.copy() in states()
        else:
            assert says_what_is_wrong(found), at


@pytest.mark.parametrize("size", [1, 27, 44, 176, 300, 1000])
def test_foreign_bytes_in_the_middle_are_named_and_cost_nothing(size: int) -> None:
    raw, ends = journal()
    foreign = bytes(range(1, 256)) * 4
    for end, _ in ends[3:-1:4]:
        found = read(raw[:end] + foreign[:size] + raw[end:])
        assert found.damage is not None
        assert found.state.copy() == final()
        assert [flaw.fault for flaw in found.damage.flaws] == [Fault.FOREIGN]
        assert "没有丢失" in str(found.damage)


def test_frames_cut_out_of_the_middle_show_as_a_gap_with_their_documents() -> None:
    raw, ends = journal()
    first, last = ends[11][0], ends[12][0]
    found = read(raw[:first] + raw[last:])
    assert found.damage is not None
    (flaw,) = found.damage.flaws
    assert (flaw.fault, flaw.size, flaw.offset) == (Fault.FRAME, 0, first)
    assert flaw.first == flaw.last
    assert flaw.documents == (Name("answers", str(11 % 3)),)
    assert says_what_is_wrong(found)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (Name("receipts", "3abe0a83" * 8), "回执 3abe0a833abe"),
        (Name("answers", "fire-estate/lane-clear"), "检查项 fire-estate/lane-clear"),
        (Name("inspection", "head"), "检查概况"),
        (Name("facts", "checkpoint-note"), "本机设置"),
        (Name("alarms", ""), "提醒"),
        (Name("", ""), "多处内容"),
        (Name("of-a-later-version", ""), "其他内容"),
    ],
)
def test_what_is_affected_is_said_in_the_words_of_the_screens(name: Name, words: str) -> None:
    flaw = Flaw(fault=Fault.FRAME, offset=0, size=9, first=1, last=1)
    assert str(Damage(flaws=(flaw,), affected=(name,))) == f"1 处读不出，受影响的条目：{words}"


@pytest.mark.parametrize(("tables", "documents", "named"), [(2, 30, 62), (2, 40, 2), (70, 1, None)])
def test_a_lost_bulk_is_named_by_documents_or_tables_or_said_to_be_anything(
    tables: int, documents: int, named: int | None
) -> None:
    disk = Disk()
    storage = SealedStorage(PATH, key=KEY, files=disk)
    storage.write({f"t{n}": {str(d): {"x": 1} for d in range(documents)} for n in range(tables)})
    size = storage.size
    storage.write({**(storage.read() or {}), "after": {"1": {}}})
    raw = bytearray(disk.image()[PATH])
    raw[size - 1] ^= 1
    damage = read(bytes(raw)).damage
    assert damage is not None
    assert damage.uncertain == (named is None)
    assert named is None or len(damage.affected) == named


@pytest.mark.parametrize("later", [14, 15])
def test_a_frame_repeated_later_is_not_applied_again(later: int) -> None:
    raw, ends = journal()
    start, end, at = ends[11][0], ends[12][0], ends[later][0]
    found = read(raw[:at] + raw[start:end] + raw[at:])
    assert found.damage is not None
    assert found.state.copy() == final()


def test_frames_in_another_order_are_noticed() -> None:
    raw, ends = journal()
    a, b, c = (ends[n][0] for n in (11, 12, 13))
    found = read(raw[:a] + raw[b:c] + raw[a:b] + raw[c:])
    assert found.damage is not None
    assert says_what_is_wrong(found)


def test_another_journals_session_put_in_is_noticed() -> None:
    disk = Disk()
    storage = SealedStorage(PATH, key=KEY, files=disk)
    storage.write({"t": {"1": {"a": 1}}})
    storage.close()
    before = disk.image()
    raws = []
    for value in (2, 3):
        fork = Disk(before)
        again = SealedStorage(PATH, key=KEY, files=fork)
        again.write({"t": {"1": {"a": value}}})
        again.write({"t": {"1": {"a": value * 10}}})
        raws.append(fork.image()[PATH])
    ours, theirs = raws
    other = theirs[len(before[PATH]) :]
    assert read(ours + other).damage is not None
    cut = len(ours) - (len(ours) - len(before[PATH]) - 176) // 2
    assert read(ours[:cut] + other).damage is not None


def test_a_frame_whose_link_is_hit_is_read_nevertheless() -> None:
    raw, ends = journal()
    for field in range(28):
        damaged = bytearray(raw)
        damaged[ends[7][0] + field] ^= 0x10
        found = read(bytes(damaged))
        assert found.damage is not None
        assert found.damage.flaws[0].fault == Fault.FIELDS
        assert found.state.copy() == final()


def test_a_header_whose_one_copy_is_hit_costs_nothing_and_both_cost_their_session() -> None:
    raw, ends = journal()
    at = ends[5][0]
    assert raw.startswith(b"INSPJRN", at)
    for copy in (at + 20, at + 88 + 20):
        found = read(raw[:copy] + bytes([raw[copy] ^ 1]) + raw[copy + 1 :])
        assert found.damage is not None
        assert found.damage.flaws[0].fault == Fault.HEADER
        assert found.state.copy() == final()
    found = read(raw[:at] + bytes(b ^ 1 for b in raw[at : at + 176]) + raw[at + 176 :])
    assert found.damage is not None
    (flaw,) = found.damage.flaws
    assert flaw.last - flaw.first + 1 == 5
    assert says_what_is_wrong(found)


@given(st.binary(max_size=400), st.integers(0, 400))
def test_any_bytes_are_read_or_refused_by_name(data: bytes, cut: int) -> None:
    raw, _ = journal()
    for garbage in (data, raw[:cut] + data, data + raw[:2000]):
        found = read(garbage)
        assert found.damage is not None or found.state.copy() in [None, *states()] or not garbage


def test_the_key_and_the_name_must_be_the_journals_own() -> None:
    raw, _ = journal()
    for key, name in ((bytes(32), "journal"), (KEY, "another")):
        with pytest.raises(StoreKeyWrongError):
            replay(raw, key, name)
    with pytest.raises(ValueError, match="32 bytes"):
        replay(raw, b"short", "journal")


def test_a_later_format_is_named() -> None:
    import zlib

    raw, _ = journal()
    copy = bytearray(raw[:84])
    copy[7] = 9
    later = bytes(copy) + zlib.crc32(copy).to_bytes(4, "big")
    with pytest.raises(StoreTooNewError):
        replay(later * 2 + raw[176:], KEY, "journal")


# --- on the disk


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    path = tmp_path / "journal"
    raw, ends = journal()
    at = ends[13][0] + 40
    path.write_bytes(raw[:at] + bytes([raw[at] ^ 4]) + raw[at + 1 :])
    return path


def test_a_damaged_journal_is_not_opened_and_not_touched(damaged: Path) -> None:
    before = damaged.read_bytes()
    for _ in range(2):
        with pytest.raises(JournalDamagedError) as refused:
            TinyDB(damaged, storage=SealedStorage, key=KEY)
    damage = refused.value.facts["damage"]
    assert isinstance(damage, Damage)
    assert damage.affected == (Name("answers", str(13 % 3)),)
    assert f"检查项 {13 % 3}" in refused.value.message
    assert damaged.read_bytes() == before
    assert [entry.name for entry in damaged.parent.iterdir()] == ["journal"]


def test_recovery_keeps_the_original_and_goes_on_with_what_verifies(damaged: Path) -> None:
    before = damaged.read_bytes()
    recovery = recover(damaged, KEY)
    assert recovery.quarantine == damaged.with_name("journal.damaged-1")
    assert recovery.quarantine.read_bytes() == before
    assert recovery.damage is not None
    assert differing(recovery.state, final()) == set(recovery.damage.affected)
    with open_database(damaged, KEY) as db:
        assert db.storage.read() == recovery.state
        db.keyed("answers").put("5", {"answer": "pass"})
    assert recover(damaged, KEY).damage is None


def test_a_second_recovery_keeps_both_originals(damaged: Path) -> None:
    recover(damaged, KEY)
    with damaged.open("r+b") as file:
        file.seek(200)
        file.write(b"\xff\xff")
    recover(damaged, KEY)
    names = sorted(entry.name for entry in damaged.parent.iterdir())
    assert names == ["journal", "journal.damaged-1", "journal.damaged-2"]


def test_recovery_of_a_journal_in_order_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(journal()[0])
    recovery = recover(path, KEY)
    assert (recovery.damage, recovery.quarantine, recovery.state) == (None, None, final())
    assert [entry.name for entry in tmp_path.iterdir()] == ["journal"]
    assert path.read_bytes() == journal()[0]


def test_a_wrong_key_is_not_called_damage_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(journal()[0])
    with pytest.raises(StoreKeyWrongError):
        TinyDB(path, storage=SealedStorage, key=bytes(32))
    with pytest.raises(StoreKeyWrongError):
        recover(path, bytes(32))
    assert path.read_bytes() == journal()[0]


def test_a_file_that_is_no_journal_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "db.json"
    path.write_text(json.dumps({"_default": {"1": {"a": 1}}}))
    with pytest.raises(JournalDamagedError):
        TinyDB(path, storage=SealedStorage, key=KEY)
    recovery = recover(path, KEY)
    assert recovery.quarantine is not None
    assert json.loads(recovery.quarantine.read_text()) == {"_default": {"1": {"a": 1}}}


def test_a_journal_of_which_nothing_can_be_read_is_usable_after_recovery(tmp_path: Path) -> None:
    path = tmp_path / "db"
    with open_database(path, KEY) as db:
        db.keyed("t").put("a", {"x": 1})
    raw = path.read_bytes()
    for damaged in (raw[:210] + b"\xff\xff\xff" + raw[213:], b"\xff" * 176 + raw[176:], raw[:100], b"{}"):
        path.write_bytes(damaged)
        recovery = recover(path, KEY)
        assert recovery.state == {}
        with open_database(path, KEY) as db:
            assert db.storage.read() == {}
            db.keyed("t").put("b", {"x": 2})
        with open_database(path, KEY) as db:
            assert db.storage.read() == {"t": {"b": {"x": 2}}}


def test_missing_last_frames_show_in_the_head() -> None:
    raw, ends = journal()
    whole, cut = read(raw).head, read(raw[: ends[11][0]]).head
    assert cut.sequence < whole.sequence
    assert cut.tag != whole.tag


def test_plaintext_is_not_in_the_file(tmp_path: Path) -> None:
    with TinyDB(tmp_path / "db", storage=SealedStorage, key=KEY) as db:
        db.insert({"enterprise": "样例加油站", "note": "PLAINTEXT-MARK"})
        db.table("secrettable").insert({"x": 1})
    raw = (tmp_path / "db").read_bytes()
    for mark in ("样例加油站".encode(), b"PLAINTEXT-MARK", b"secrettable", KEY):
        assert mark not in raw
