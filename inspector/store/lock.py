"""One program at a time in a store's folder. The lock is the system's and dies with the process."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from types import TracebackType

from inspector.errors import StoreInUseError
from inspector.store.files import explained

try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

LOCK_NAME = "in-use"
_BUSY = {errno.EACCES, errno.EAGAIN, errno.EDEADLK, errno.EWOULDBLOCK}
_LOCKED_BYTE = 1 << 20  # msvcrt locks bytes, and a locked byte cannot be read: stay clear of the text


class StoreLock:
    """Holds the exclusive lock of a folder until it is closed or the process ends.

    Args:
        folder: the store's folder; it must exist.
        since: when this program started, as it is to be shown to whoever comes second.

    Raises:
        StoreInUseError: another program (or another lock in this one) holds it.
        StoreUnavailableError, StoreFullError: the disk.
    """

    def __init__(self, folder: Path, *, since: str) -> None:
        path = folder / LOCK_NAME
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise explained(error) from error
        try:
            _lock(self._descriptor)
        except OSError as error:
            holder = _holder(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1
            if error.errno in _BUSY:
                raise StoreInUseError(pid=holder[0], since=holder[1]) from error
            raise explained(error) from error
        # The signature is for the message only: a full disk must not keep the only program out.
        with contextlib.suppress(OSError):
            self._sign(since)

    def _sign(self, since: str) -> None:
        text = f"{os.getpid()} {since}\n".encode()
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, text)

    def close(self) -> None:
        """Let go. The file stays: removing it would let two programs lock two files of one name."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def __enter__(self) -> StoreLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _lock(descriptor: int) -> None:
    if os.name == "nt":
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        os.lseek(descriptor, 0, os.SEEK_SET)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _holder(descriptor: int) -> tuple[str, str]:
    """Who signed last, for the message only."""
    try:
        os.lseek(descriptor, 0, os.SEEK_SET)
        pid, _, since = os.read(descriptor, 200).decode(errors="replace").strip().partition(" ")
    except OSError:
        return "?", "?"
    return (pid or "?"), (since or "?")
