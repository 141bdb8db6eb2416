"""Lines to the server that can be cut while somebody waits on them: at a deadline, or because a person goes.

A timeout between two pieces does not end a request to a server that sends one byte a minute, and a thread
that waits for an answer cannot be woken; shutting its socket down does both.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from threading import Lock, Timer
from typing import Any
from weakref import WeakSet

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class Lines:
    """The lines of one session.

    Args:
        patience_s: how long one request may take from its beginning to the last byte of its answer.
    """

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._open: WeakSet[socket.socket] = WeakSet()
        self._turn = Lock()
        self._is_over = False

    def adapter(self) -> HTTPAdapter:
        """What a session of `requests` opens its lines with."""
        return _Adapter(self._opened)

    def hang_up(self) -> None:
        """End the request under way, and any later one."""
        with self._turn:
            self._is_over = True
        self._cut()

    @contextlib.contextmanager
    def patiently(self) -> Iterator[list[bool]]:
        """Cut the lines when what is inside takes too long; what it gives holds something once they were."""
        late: list[bool] = []

        def cut() -> None:
            late.append(True)
            self._cut()

        timer = Timer(self._patience_s, cut)
        timer.daemon = True
        timer.start()
        try:
            yield late
        finally:
            timer.cancel()

    def _opened(self, line: socket.socket) -> None:
        with self._turn:
            self._open.add(line)
            is_over = self._is_over
        if is_over:
            _shut(line)

    def _cut(self) -> None:
        with self._turn:
            lines = tuple(self._open)
        for line in lines:
            _shut(line)


def _shut(line: socket.socket) -> None:
    # The plain socket's own method: that of TLS would take the session away from under the reading thread.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)


class _Adapter(HTTPAdapter):
    """Tells of each line that it opens."""

    def __init__(self, opened: Callable[[socket.socket], None]) -> None:
        self._tell = opened
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As `HTTPAdapter` does, with connections that tell."""
        super().init_poolmanager(*args, **kwargs)
        tell = self._tell

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                if self.sock is not None:
                    tell(self.sock)

        class Secure(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                if self.sock is not None:
                    tell(self.sock)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
