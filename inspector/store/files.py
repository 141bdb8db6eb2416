"""The file layer: the few system calls that durability is made of, as a port with one real adapter.

* A write is durable after `sync` of the file; a new or renamed name after `sync_folder` of its folder.
* Nothing is ever truncated or overwritten in place: files are created, appended to, renamed and removed.
* No `OSError` leaves this module: a full disk is `StoreFullError`, anything else `StoreUnavailableError`.
"""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import Protocol

from inspector.errors import InspectorError, StoreFullError, StoreUnavailableError

try:
    import fcntl
except ImportError:  # Windows
    _FULL_SYNC = None
else:
    _FULL_SYNC = getattr(fcntl, "F_FULLFSYNC", None)

_FULL = {errno.ENOSPC, errno.EDQUOT}
_REASONS = {
    errno.EACCES: "没有读写权限",
    errno.EPERM: "没有读写权限",
    errno.EROFS: "存储是只读的",
    errno.EIO: "存储硬件报错",
    errno.ENOENT: "文件或文件夹不存在",
    errno.EEXIST: "文件已存在",
    errno.EMFILE: "打开的文件过多",
    errno.ENFILE: "打开的文件过多",
    errno.ENAMETOOLONG: "文件名过长",
}


class Appending(Protocol):
    """A file that only grows."""

    def write(self, data: bytes) -> None:
        """Append all of `data`. After an error any part of it may be in the file."""

    def sync(self) -> None:
        """Return once all that was written is on the medium. After an error, leave the file."""

    def is_intact(self, size: int) -> bool:
        """Whether the file still has its name and exactly `size` bytes: nobody else wrote or replaced it."""

    def close(self) -> None:
        """Give the file back; never fails."""


class Files(Protocol):
    """The file layer. Every method raises `StoreFullError` or `StoreUnavailableError`, nothing else."""

    def create(self, path: Path) -> Appending:
        """A new, empty file that must not exist yet, readable by its owner only."""

    def append(self, path: Path) -> Appending:
        """An existing file, to append to."""

    def read(self, path: Path) -> bytes:
        """All bytes."""

    def size(self, path: Path) -> int | None:
        """Bytes in the file, or None when there is none."""

    def identity(self, path: Path) -> str | None:
        """What no copy of the file has, whatever put it under its name; None when there is no such file.

        It stays with a file that is neither written nor renamed, also when a folder above it is renamed.
        """

    def names(self, folder: Path) -> tuple[str, ...]:
        """The names in a folder, sorted; none when there is no such folder."""

    def rename(self, source: Path, target: Path) -> None:
        """Put `source` in the place of `target`, atomically."""

    def remove(self, path: Path) -> None:
        """Remove a name; it may be gone already."""

    def make_folder(self, folder: Path) -> None:
        """Make a folder and its parents, where missing, durably."""

    def sync_folder(self, folder: Path) -> None:
        """Return once the names in the folder are on the medium."""


def explained(error: OSError) -> InspectorError:
    """The one mapping from the system's errors to ours."""
    if error.errno in _FULL:
        return StoreFullError()
    code = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return StoreUnavailableError(reason=_REASONS.get(error.errno or 0, f"系统错误 {code}"))


# fdatasync leaves out times but not the size, which is all that an appended file needs.
_sync_data = getattr(os, "fdatasync", os.fsync)


def _sync_fully(descriptor: int) -> None:
    """Down to the medium: Apple's fsync stops at the drive's cache, F_FULLFSYNC does not."""
    if _FULL_SYNC is not None:
        try:
            fcntl.fcntl(descriptor, _FULL_SYNC)
            return
        except OSError as error:
            if error.errno not in {errno.ENOTSUP, errno.EINVAL, errno.ENOTTY}:
                raise
    os.fsync(descriptor)


if _FULL_SYNC is not None:
    _sync_data = _sync_fully


class _File:
    """A descriptor opened for appending."""

    def __init__(self, path: Path, flags: int) -> None:
        self._descriptor = -1
        flags |= os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0)
        try:
            self._descriptor = os.open(path, flags, 0o600)
        except OSError as error:
            raise explained(error) from error

    def write(self, data: bytes) -> None:
        try:
            written = os.write(self._descriptor, data)
            while written < len(data):
                written += os.write(self._descriptor, data[written:])
        except OSError as error:
            raise explained(error) from error

    def sync(self) -> None:
        try:
            _sync_data(self._descriptor)
        except OSError as error:
            raise explained(error) from error

    def is_intact(self, size: int) -> bool:
        try:
            status = os.fstat(self._descriptor)
        except OSError as error:
            raise explained(error) from error
        return status.st_size == size and status.st_nlink > 0

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            # What had to be durable was synced; a failing close has nothing left to say.
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def __del__(self) -> None:
        self.close()


class RealFiles:
    """The operating system's files."""

    def create(self, path: Path) -> Appending:
        """A new file, mode 0600."""
        return _File(path, os.O_CREAT | os.O_EXCL)

    def append(self, path: Path) -> Appending:
        """An existing file."""
        return _File(path, 0)

    def read(self, path: Path) -> bytes:
        """All bytes."""
        try:
            return path.read_bytes()
        except OSError as error:
            raise explained(error) from error
        except ValueError as error:  # a zero byte in a name that a person typed
            raise StoreUnavailableError(reason="文件名里有不能用的字符") from error

    def size(self, path: Path) -> int | None:
        """Bytes, or None."""
        try:
            return path.stat().st_size
        except FileNotFoundError:
            return None
        except OSError as error:
            raise explained(error) from error

    def identity(self, path: Path) -> str | None:
        """The file's number and the time of its last change, which POSIX lets nobody set.

        The number alone would not do: ext4 gives it to the next file. Windows shows the time of creation
        instead, which copying tools can set; its number counts how often it was given.
        """
        try:
            status = path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise explained(error) from error
        return f"{status.st_ino}.{status.st_ctime_ns}"

    def names(self, folder: Path) -> tuple[str, ...]:
        """Sorted names."""
        try:
            return tuple(sorted(os.listdir(folder)))  # noqa: PTH208 - names, not paths
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise explained(error) from error

    def rename(self, source: Path, target: Path) -> None:
        """Atomic replacement."""
        try:
            source.replace(target)
        except OSError as error:
            raise explained(error) from error

    def remove(self, path: Path) -> None:
        """Unlink, if there."""
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise explained(error) from error

    def make_folder(self, folder: Path) -> None:
        """Each missing level is made and its parent synced."""
        if folder.is_dir():
            return
        self.make_folder(folder.parent)
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise explained(error) from error
        self.sync_folder(folder.parent)

    def sync_folder(self, folder: Path) -> None:
        """Sync of the folder's own descriptor; Windows has none and orders names by itself."""
        if os.name == "nt":
            return
        try:
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                _sync_fully(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise explained(error) from error


REAL_FILES = RealFiles()


def write_draft(files: Files, draft: Path, data: bytes) -> None:
    """A whole new file, durable but for its name; a stale one of an earlier run is replaced.

    Raises:
        StoreFullError, StoreUnavailableError: it failed; the draft is removed again.
    """
    files.remove(draft)
    try:
        handle = files.create(draft)
        try:
            handle.write(data)
            handle.sync()
        finally:
            handle.close()
    except (StoreFullError, StoreUnavailableError):
        files.remove(draft)
        raise


def write_durably(files: Files, path: Path, data: bytes) -> None:
    """Put a whole file in place: afterwards `path` holds either what it held or all of `data`, durably.

    Raises:
        StoreFullError, StoreUnavailableError: it failed; `path` holds what it held, or already the new data.
    """
    draft = path.with_name(path.name + ".new")
    write_draft(files, draft, data)
    files.rename(draft, path)
    files.sync_folder(path.parent)
