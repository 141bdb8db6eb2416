"""The real file layer: every error of the system is one of ours, and files are for their owner only."""

import errno
import os
from pathlib import Path

import pytest

from inspector.errors import StoreFullError, StoreUnavailableError
from inspector.store.files import REAL_FILES, explained, write_durably


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_every_system_error_is_ours(number: int) -> None:
    error = explained(OSError(number, os.strerror(number)))
    assert isinstance(error, (StoreFullError, StoreUnavailableError))
    assert isinstance(error, StoreFullError) == (number in (errno.ENOSPC, errno.EDQUOT))


def test_no_system_error_leaves_the_file_layer(tmp_path: Path) -> None:
    gone, file = tmp_path / "no" / "x", tmp_path / "file"
    file.write_bytes(b"1")
    for act in (
        lambda: REAL_FILES.create(gone),
        lambda: REAL_FILES.create(file),
        lambda: REAL_FILES.append(gone),
        lambda: REAL_FILES.read(tmp_path),
        lambda: REAL_FILES.rename(gone, file),
        lambda: REAL_FILES.remove(tmp_path),
        lambda: REAL_FILES.sync_folder(gone),
        lambda: REAL_FILES.make_folder(file / "x"),
        lambda: REAL_FILES.size(file / "x"),
        lambda: REAL_FILES.names(file),
    ):
        with pytest.raises(StoreUnavailableError) as refused:
            act()
        assert isinstance(refused.value.__cause__, OSError)


def test_a_full_device_is_called_full() -> None:
    handle = REAL_FILES.append(Path("/dev/full"))
    with pytest.raises(StoreFullError):
        handle.write(b"x")
    handle.close()


def test_a_file_knows_whether_somebody_else_changed_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    handle = REAL_FILES.create(path)
    handle.write(b"123")
    handle.sync()
    assert handle.is_intact(3)
    assert not handle.is_intact(2)
    path.unlink()
    assert not handle.is_intact(3)
    handle.close()
    handle.close()


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    write_durably(REAL_FILES, tmp_path / "file", b"secret")
    assert (tmp_path / "file").stat().st_mode & 0o077 == 0
    REAL_FILES.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o077 == 0
    assert [entry.name for entry in sorted(tmp_path.iterdir())] == ["a", "file"]
