"""The power goes at any call; what was acknowledged is there, what was not is there whole or not at all."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from inspector.errors import JournalDamagedError, StoreFullError, StoreUnavailableError
from inspector.store import SealedStorage, recover
from inspector.store.files import write_durably
from tests.store.simulated import Died, Disk, Image

KEY = bytes(range(32))
PATH = Path("/store/journal")
Data = dict[str, Any]


def opened(disk: Disk) -> SealedStorage:
    return SealedStorage(PATH, key=KEY, files=disk, compact_above=2000)


def day() -> Iterator[Data]:
    """States of two shifts: small taps, a bulk, a table dropped; enough to compact more than once."""
    for shift in range(2):
        data: Data = {"answers": {}, "shift": {"1": {"number": shift}}}
        yield data
        for tap in range(14):
            answer = {
                "answer": "pass" if tap % 3 else "fail",
                "note": "疏散通道堆放杂物" * (tap % 4),
                "tap": tap,
            }
            data = {**data, "answers": {**data["answers"], str(tap % 5): answer}}
            yield data
        data = {**data, "photos": {str(n): {"sha256": f"{n:064x}"} for n in range(12)}}
        yield data
        data = {"answers": data["answers"]}
        yield data
        yield {}
        yield {"answers": {"1": {"answer": "pass", "note": "x" * 1500}}}


class Run:
    """A day on a disk, reopened in the middle, until it ends or the power goes."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.acknowledged: Data | None = None
        self.attempted: Data | None = None
        self.survived = False

    def go(self) -> "Run":
        try:
            self._go()
            self.survived = True
        except Died:
            pass
        return self

    def _go(self) -> None:
        storage = opened(self.disk)
        for step, data in enumerate(day()):
            if step == 7:
                storage.close()
                storage = opened(self.disk)
            self.attempted = data
            storage.write(data)
            self.acknowledged = data
        storage.close()

    def allows(self, found: Data | None) -> bool:
        return found in (self.acknowledged, self.attempted)


def found_in(image: Image) -> Data | None:
    storage = opened(Disk(image))
    state = storage.read()
    storage.write({"after": {"1": {"works": True}}})
    storage.close()
    return state


def cuts(make: Callable[[int], Disk]) -> Iterator[Run]:
    """The day, with the power gone before its first call, its second, … until it gets through."""
    run = Run(make(1)).go()
    while not run.survived:
        yield run
        run = Run(make(run.disk.die_at + 1)).go()


def test_the_day_is_long_enough_to_compact_and_to_reopen() -> None:
    disk = Disk()
    run = Run(disk).go()
    assert run.survived
    assert len(disk.all_inodes) >= 3, "made anew at least twice"
    assert disk.calls > 60


def test_after_a_power_cut_at_any_call_the_last_acknowledged_state_is_there_or_the_next() -> None:
    checked = 0
    for run in cuts(lambda at: Disk(die_at=at)):
        for image in run.disk.images(limit=32, seed=run.disk.die_at):
            assert run.allows(found_in(image)), run.disk.die_at
            checked += 1
    assert checked > 400


def test_a_killed_process_leaves_the_last_acknowledged_state_or_the_next() -> None:
    for run in cuts(lambda at: Disk(die_at=at)):
        assert run.allows(found_in(run.disk.image()))


@pytest.mark.parametrize("defence", ["syncs_files", "syncs_folders"])
def test_without_its_syncs_the_same_day_would_lose_acknowledged_states(defence: str) -> None:
    def is_kept(image: Image, run: Run) -> bool:
        try:
            return run.allows(found_in(image))
        except JournalDamagedError:
            return False

    runs = cuts(lambda at: Disk(die_at=at, **{defence: False}))
    assert not all(is_kept(image, run) for run in runs for image in run.disk.images(limit=8))


@pytest.mark.parametrize("error", [StoreFullError, StoreUnavailableError])
def test_a_call_that_fails_leaves_the_state_before_it_and_the_day_goes_on(error: type[Exception]) -> None:
    total = Run(disk := Disk()).go().disk.calls
    for failing in range(1, total + 1):
        disk = Disk(fail_at={failing: error})
        storage = None
        acknowledged: Data | None = None
        for data in day():
            if storage is None:
                try:
                    storage = opened(disk)
                except error:
                    storage = opened(disk)
            try:
                storage.write(data)
            except error:
                assert storage.read() == acknowledged
                for image in disk.images(limit=4, seed=failing):
                    assert found_in(image) in (acknowledged, data)
                storage.write(data)
            assert storage.read() == data
            acknowledged = data
        assert found_in(disk.image()) == acknowledged
        assert all(found_in(image) == acknowledged for image in disk.images(limit=4))


def test_no_nonce_is_used_twice_whatever_fails() -> None:
    total = Run(Disk()).go().disk.calls
    for failing in range(1, total + 1):
        disk = Disk(fail_at={failing: StoreUnavailableError, failing + 3: StoreFullError})
        storage = None
        for data in (state for state in day() for _ in range(3)):
            try:
                storage = storage or opened(disk)
                storage.write(data)
            except (StoreFullError, StoreUnavailableError):
                continue
        used: dict[tuple[bytes, int], bytes] = {}
        for salt, sequence, sealed in disk.nonces():
            assert used.setdefault((salt, sequence), sealed) == sealed
        assert len(used) > 10


def test_a_torn_write_that_was_forgotten_is_not_encrypted_again_with_its_nonce() -> None:
    disk = Disk()
    storage = opened(disk)
    storage.write({"t": {"1": {"a": 1}}})
    before = disk.image()
    storage.write({"t": {"1": {"a": 2}}})
    again = Disk(before)
    reopened = opened(again)
    reopened.write({"t": {"1": {"a": 3}}})
    first = {(salt, sequence) for salt, sequence, _ in disk.nonces()}
    assert first.isdisjoint((salt, sequence) for salt, sequence, _ in again.nonces())


def test_recovery_that_is_cut_off_leaves_the_damaged_journal_or_the_recovered_one() -> None:
    disk = Disk()
    storage = opened(disk)
    for data in list(day())[:8]:
        storage.write(data)
    raw = bytearray(disk.image()[PATH])
    raw[len(raw) // 2] ^= 1
    damaged = {PATH: bytes(raw)}
    recovered = recover(PATH, KEY, files=Disk(damaged)).state
    at, survived = 0, False
    while not survived:
        at += 1
        disk = Disk(damaged, die_at=at)
        try:
            recover(PATH, KEY, files=disk)
            survived = True
        except Died:
            pass
        for image in disk.images(limit=8, seed=at):
            if image[PATH] == damaged[PATH]:
                continue
            assert found_in(image) == recovered
            kept = [
                data for path, data in image.items() if ".damaged-" in path.name and path.suffix != ".new"
            ]
            assert kept == [damaged[PATH]]
    assert at > 8


def test_a_file_put_in_place_is_the_old_or_the_new_one() -> None:
    path = Path("/store/one")
    at, survived = 0, False
    while not survived:
        at += 1
        disk = Disk({path: b"old" * 400}, die_at=at)
        try:
            write_durably(disk, path, b"new" * 500)
            survived = True
        except Died:
            pass
        allowed = {b"new" * 500} if survived else {b"old" * 400, b"new" * 500}
        assert {image[path] for image in disk.images()} <= allowed


class AnyDay(RuleBasedStateMachine):
    """Writes, failures, kills and power cuts in any order."""

    @initialize()
    def start(self) -> None:
        self.disk = Disk()
        self.storage = opened(self.disk)
        self.possible: list[Data | None] = [None]

    def _reopen(self, image: Image) -> None:
        self.disk = Disk(image)
        self.storage = opened(self.disk)
        found = self.storage.read()
        assert found in self.possible
        self.possible = [found]

    def _write(self, data: Data) -> None:
        self.possible.append(data)
        try:
            self.storage.write(data)
        except (StoreFullError, StoreUnavailableError):
            assert self.storage.read() == self.possible[0]
            return
        self.possible = [data]

    @rule(table=st.sampled_from("ab"), key=st.integers(1, 6), size=st.integers(0, 900))
    def put(self, table: str, key: int, size: int) -> None:
        data = self.storage.read() or {}
        self._write({**data, table: {**data.get(table, {}), str(key): {"text": "文" * size}}})

    @rule(table=st.sampled_from("ab"))
    def drop(self, table: str) -> None:
        self._write({name: entry for name, entry in (self.storage.read() or {}).items() if name != table})

    @rule(calls=st.integers(1, 6), error=st.sampled_from([StoreFullError, StoreUnavailableError]))
    def fail_soon(self, calls: int, error: type[Exception]) -> None:
        self.disk.fail_at[self.disk.calls + calls] = error

    @rule()
    def kill(self) -> None:
        if any(inode.limbo for inode in self.disk.all_inodes):
            # What a failed sync left in memory cannot be told from what is on the disk by whoever comes next.
            self._reopen(self.disk.image())
            return
        self.disk.die_at = 0
        self.disk.fail_at = {}
        self.storage = opened(self.disk)
        self.possible = [found for found in self.possible if found == self.storage.read()][:1]
        assert self.possible

    @rule(calls=st.integers(1, 6), size=st.integers(0, 900))
    def kill_while_writing(self, calls: int, size: int) -> None:
        self.disk.die_at = self.disk.calls + calls
        try:
            self.put("b", 2, size)
            self.drop("a")
        except Died:
            pass
        self.kill()

    @rule(choice=st.integers(0, 10_000))
    def cut_the_power(self, choice: int) -> None:
        images = list(self.disk.images(limit=8, seed=choice))
        self._reopen(images[choice % len(images)])

    @rule(calls=st.integers(1, 6), choice=st.integers(0, 10_000), size=st.integers(0, 3000))
    def cut_the_power_while_writing(self, calls: int, choice: int, size: int) -> None:
        self.disk.die_at = self.disk.calls + calls
        try:
            self.put("a", 1, size)
            self.drop("b")
        except Died:
            pass
        self.disk.die_at = 0
        self.cut_the_power(choice)

    @invariant()
    def memory_holds_what_was_acknowledged(self) -> None:
        assert self.storage.read() == self.possible[0]


TestAnyDay = AnyDay.TestCase
TestAnyDay.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
