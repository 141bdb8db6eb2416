"""The mark of a store's place on a real file system: no way of copying a folder brings it along."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from inspector.store.files import REAL_FILES
from inspector.store.memory import DeviceMemory
from inspector.store.place import NAMES, Place

KEY = bytes(32)


def opened(folder: Path) -> DeviceMemory:
    return DeviceMemory(folder, KEY)


def settled(folder: Path) -> None:
    """A store that was put in its place, and closed."""
    memory = opened(folder)
    memory.put_in_place({"rows": {"one": {"value": 1}}})
    assert memory.is_in_place
    memory.close()


def is_in_place(folder: Path) -> bool:
    memory = opened(folder)
    try:
        return memory.is_in_place
    finally:
        memory.close()


def test_a_store_stays_in_its_place_when_it_is_opened_again_or_a_folder_above_it_renamed(tmp_path):
    store = tmp_path / "app" / "store"
    settled(store)
    assert is_in_place(store)
    (tmp_path / "app").rename(tmp_path / "moved")
    store = tmp_path / "moved" / "store"
    assert is_in_place(store)
    store.rename(tmp_path / "renamed")
    assert is_in_place(tmp_path / "renamed")


def test_a_store_that_was_never_put_in_place_is_not(tmp_path):
    assert not is_in_place(tmp_path / "store")


def beside(store: Path, copy: Path) -> Path:
    shutil.copytree(store, copy, copy_function=shutil.copy2)
    return copy


def in_its_place(store: Path, copy: Path) -> Path:
    beside(store, copy)
    shutil.rmtree(store)
    shutil.copytree(copy, store, copy_function=shutil.copy2)
    return store


def over_it(store: Path, copy: Path) -> Path:
    beside(store, copy)
    shutil.copytree(copy, store, copy_function=shutil.copy2, dirs_exist_ok=True)
    return store


def renamed_into_place(store: Path, copy: Path) -> Path:
    beside(store, copy)
    shutil.rmtree(store)
    return copy.rename(store)


@pytest.mark.parametrize("put_back", [beside, in_its_place, over_it, renamed_into_place])
def test_a_copy_is_not_in_its_place_even_with_all_times_kept(tmp_path, put_back):
    store = tmp_path / "store"
    settled(store)
    assert not is_in_place(put_back(store, tmp_path / "copy"))


def test_an_older_state_among_newer_files_is_not_in_its_place(tmp_path):
    store, copy = tmp_path / "store", tmp_path / "copy"
    settled(store)
    beside(store, copy)
    memory = opened(store)
    memory.put_in_place({"rows": {"one": {"value": 2}}})
    memory.close()
    # As a program does that copies only what differs in size or time.
    shutil.copy2(copy / "device.journal", store / "device.journal")
    assert not is_in_place(store)


def test_a_mark_that_somebody_touched_is_another_one(tmp_path):
    settled(tmp_path)
    (mark,) = [tmp_path / name for name in NAMES if (tmp_path / name).exists()]
    os.utime(mark, ns=(mark.stat().st_atime_ns, mark.stat().st_mtime_ns))
    assert not is_in_place(tmp_path)


def test_one_mark_lies_there_and_old_ones_go(tmp_path):
    place = Place(tmp_path, REAL_FILES)
    before = None
    for _ in range(3):
        mark = place.make(before)
        assert before is None or place.fits(before), "until the store names the new one"
        place.keep_only(mark)
        assert place.fits(mark)
        assert before is None or not place.fits(before)
        assert len([name for name in NAMES if (tmp_path / name).exists()]) == 1
        before = mark
