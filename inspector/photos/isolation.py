"""Pictures of strangers, decoded in a process that holds no key.

The console keeps the office's keys in its memory, and a picture is the one thing in a record whose reader is
written in C. So each picture gets a process of its own, which lives for that picture only: one that was
taken over cannot spoil the next. What comes back is believed only as far as it is checked here: a JPEG, no
larger than asked for.

`SafeDecoder` keeps one such process waiting, so that a list of photos does not wait for each to start.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Final, Self

from inspector.errors import (
    PhotoFormatError,
    PhotoTooLargeError,
    PhotoUnreadableError,
    PhotoWorkerError,
)
from inspector.photos.header import FILE_LIMIT, PhotoFormat, read_header
from inspector.photos.worker import Status

TIMEOUT_S = 30
"""Seconds for one picture, the start of its process included."""

_ROOT = str(Path(__file__).resolve().parents[2])
_BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from inspector.photos.worker import main; main()"
_BARE_ENVIRONMENT = None if sys.platform == "win32" else {"LC_ALL": "C.UTF-8"}  # Windows needs SYSTEMROOT
_NOT_AN_ANSWER = "解码程序给出的结果不可信"


class SafeDecoder:
    """Thumbnails of pictures that are not trusted; one process per picture, the next one always ready.

    Safe to call from several threads. Close it, or use it in a `with` statement, to end the waiting process.
    """

    def __init__(self, *, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._spare: subprocess.Popen[bytes] | None = None
        self._swap = Lock()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def thumbnail(self, data: bytes, edge: int = 320) -> bytes:
        """A JPEG of at most `edge` pixels on its longest side, decoded elsewhere.

        Raises:
            PhotoFormatError, PhotoTooLargeError, PhotoUnreadableError: as `picture.intake`; the last also
                when the decoding process dies of the picture or does not finish in time.
            PhotoWorkerError: no process could be started.
            ValueError: this decoder is closed; the caller is wrong.
        """
        if len(data) > FILE_LIMIT:
            read_header(data)
        worker = self._take()
        return _checked(_ask(worker, data, edge, self._timeout_s), edge)

    def close(self) -> None:
        """End the waiting process."""
        with self._swap:
            self._closed = True
            spare, self._spare = self._spare, None
        if spare is not None:
            _end(spare)

    def _take(self) -> subprocess.Popen[bytes]:
        with self._swap:
            if self._closed:
                raise ValueError("this decoder is closed")
            worker = self._spare or _start()
            self._spare = _start()
        return worker


def _start() -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
            [sys.executable, "-I", "-c", _BOOT, _ROOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_BARE_ENVIRONMENT,
        )
    except OSError as error:
        raise PhotoWorkerError(reason="无法启动解码程序") from error


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    worker.communicate()


def _ask(worker: subprocess.Popen[bytes], data: bytes, edge: int, timeout_s: float) -> bytes:
    try:
        out, _ = worker.communicate(edge.to_bytes(4, "big") + data, timeout=timeout_s)
    except subprocess.TimeoutExpired as error:
        _end(worker)
        raise PhotoUnreadableError(reason="解码用时过长，已停止") from error
    if worker.returncode != 0:
        raise PhotoUnreadableError(reason="解码程序被这张照片中断")
    return out


def _checked(out: bytes, edge: int) -> bytes:
    """The answer, as far as it can be believed: the process may have been taken over by the picture."""
    status: Final = out[:1]
    if status == Status.FORMAT.value:
        raise PhotoFormatError(found="不是 JPEG、PNG 或 WebP 照片")
    if status == Status.TOO_LARGE.value:
        raise PhotoTooLargeError(size="像素过多", limit="50 百万像素")
    if status == Status.UNREADABLE.value:
        raise PhotoUnreadableError(reason="图像数据不完整或已损坏")
    if status != Status.DONE.value:
        raise PhotoUnreadableError(reason=_NOT_AN_ANSWER)
    jpeg = out[1:]
    try:
        header = read_header(jpeg)
    except (PhotoFormatError, PhotoTooLargeError) as error:
        raise PhotoUnreadableError(reason=_NOT_AN_ANSWER) from error
    if header.format is not PhotoFormat.JPEG or max(header.width, header.height) > edge:
        raise PhotoUnreadableError(reason=_NOT_AN_ANSWER)
    return jpeg
