"""Photos on the device: durable before they are named, encrypted, verified, never lost sight of."""

import hashlib
from pathlib import Path

import pytest

from inspector.errors import PhotoDamagedError, PhotoMissingError, StoreFullError
from inspector.store.photos import PhotoBox
from inspector.store.reserve import Reserve
from tests.store.simulated import Died, Disk

KEY = bytes(range(32))
FOLDER = Path("/store/photos")
PHOTO = b"\xff\xd8 a photo of an exit " * 100


def box_on(disk: Disk, reserve: Reserve | None = None) -> PhotoBox:
    return PhotoBox(FOLDER, KEY, files=disk, reserve=reserve)


def test_a_photo_comes_back_by_its_hash(tmp_path: Path) -> None:
    box = PhotoBox(tmp_path / "photos", KEY)
    sha256 = box.put(PHOTO)
    assert sha256 == hashlib.sha256(PHOTO).hexdigest()
    assert PhotoBox(tmp_path / "photos", KEY).get(sha256) == PHOTO
    assert box.hashes() == (sha256,)
    assert len(PHOTO) < box.size() < len(PHOTO) + 100
    (file,) = (tmp_path / "photos").iterdir()
    assert b"a photo of an exit" not in file.read_bytes()


def test_the_same_photo_twice_is_kept_once() -> None:
    disk = Disk()
    box = box_on(disk)
    assert box.put(PHOTO) == box.put(PHOTO)
    assert len(box.hashes()) == 1


def test_a_power_cut_at_any_call_leaves_the_whole_photo_or_none_and_an_acknowledged_one_always() -> None:
    at, done = 0, False
    while not done:
        at += 1
        disk = Disk(die_at=at)
        try:
            sha256 = box_on(disk).put(PHOTO)
            done = True
        except Died:
            pass
        for image in disk.images(limit=12, seed=at):
            box = box_on(Disk(image))
            assert all(box.get(found) == PHOTO for found in box.hashes())
            assert not done or box.hashes() == (sha256,)
    assert at > 5


def test_a_photo_found_again_after_a_kill_is_made_durable_before_it_is_acknowledged() -> None:
    for at in range(2, 8):
        disk = Disk(die_at=at)
        with pytest.raises(Died):
            box_on(disk).put(PHOTO)
        disk.die_at = 0
        sha256 = box_on(disk).put(PHOTO)
        assert all(box_on(Disk(image)).get(sha256) == PHOTO for image in disk.images(limit=8))


@pytest.mark.parametrize("damage", ["flip", "cut", "swap", "empty"])
def test_a_damaged_photo_is_refused_and_kept(damage: str) -> None:
    disk = Disk()
    box = box_on(disk)
    sha256, other = box.put(PHOTO), box.put(PHOTO + b"!")
    image = disk.image()
    path = FOLDER / f"{sha256}.photo"
    raw = image[path]
    image[path] = {
        "flip": raw[:200] + bytes([raw[200] ^ 1]) + raw[201:],
        "cut": raw[:-1],
        "swap": image[FOLDER / f"{other}.photo"],
        "empty": b"",
    }[damage]
    after = Disk(image)
    with pytest.raises(PhotoDamagedError):
        box_on(after).get(sha256)
    assert after.image()[path] == image[path]
    box_on(after).put(PHOTO)
    assert box_on(after).get(sha256) == PHOTO


def test_what_is_not_there_is_said() -> None:
    box = box_on(Disk())
    for name in ("0" * 64, "../../etc/passwd", "", "0" * 63 + "G"):
        with pytest.raises(PhotoMissingError):
            box.get(name)
    assert box.hashes() == ()
    assert box.size() == 0


def test_what_is_deleted_is_gone_and_may_be_deleted_again() -> None:
    box = box_on(Disk())
    kept, gone = box.put(PHOTO), box.put(b"another")
    box.delete(gone)
    box.delete(gone)
    assert box.hashes() == (kept,)
    with pytest.raises(PhotoMissingError):
        box.get(gone)


def test_a_full_disk_keeps_no_half_photo() -> None:
    disk = Disk(capacity=len(PHOTO) // 2)
    with pytest.raises(StoreFullError):
        box_on(disk).put(PHOTO)
    assert box_on(disk).hashes() == ()
    assert disk.used() == 0


def test_the_reserve_saves_the_last_photo() -> None:
    disk = Disk()
    reserve = Reserve(Path("/store/reserve"), files=disk, size=8_000)
    reserve.fill()
    disk.capacity = disk.used() + 100
    box = box_on(disk, reserve)
    assert box.get(box.put(PHOTO)) == PHOTO
    assert not reserve.is_whole()


def test_a_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        PhotoBox(FOLDER, b"short")
