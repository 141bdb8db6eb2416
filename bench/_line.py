"""A line on loopback that breaks in the middle of some requests, and counts what crosses it."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress
from random import Random

_BLOCK = 64 * 1024
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class CuttingLine:
    """A proxy in front of `port`.

    Each request has the same chance to be cut: one half somewhere in its own bytes, the other half when the
    server has done what was asked and before its answer comes through.

    Args:
        share: of requests that are cut, from 0 to 1.
        seed: the same cuts every time.

    Attributes:
        crossed: bytes that went over the line, in both directions, heads of HTTP included.
        requests, cuts: how many there were.
    """

    def __init__(self, port: int, *, share: float, seed: int) -> None:
        self._target, self._share, self._random = port, share, Random(seed)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.crossed = self.requests = self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """No more connections."""
        self._socket.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                ours, _ = self._socket.accept()
                theirs = socket.create_connection(("127.0.0.1", self._target))
                threading.Thread(target=self._carry, args=(ours, theirs), daemon=True).start()

    def _carry(self, ours: socket.socket, theirs: socket.socket) -> None:
        with suppress(OSError), ours, theirs:
            for one in (ours, theirs):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while self._one_request(ours, theirs):
                pass

    def _one_request(self, ours: socket.socket, theirs: socket.socket) -> bool:
        """Carry one request and its answer; False when the line is gone."""
        head = _head(ours)
        if not head:
            return False
        self.requests += 1
        is_cut, is_early = self._random.random() < self._share, self._random.random() < 0.5
        self.cuts += is_cut
        left = _length(head)
        if is_cut and is_early:
            self._pass(ours, theirs, head, self._random.randint(0, left))
            return False
        self._pass(ours, theirs, head, left)
        answer = _head(theirs)
        if not answer or is_cut:
            return False
        self._pass(theirs, ours, answer, 0 if answer.startswith(b"HTTP/1.1 204") else _length(answer))
        return True

    def _pass(self, source: socket.socket, sink: socket.socket, head: bytes, left: int) -> None:
        """Send `head`, which may hold the beginning of the body, and what is left of `left` body bytes."""
        start = head.index(b"\r\n\r\n") + 4
        head = head[: start + left]
        sink.sendall(head)
        self.crossed += len(head)
        left -= len(head) - start
        while left > 0:
            block = source.recv(min(_BLOCK, left))
            if not block:
                raise ConnectionError
            sink.sendall(block)
            self.crossed += len(block)
            left -= len(block)


def _head(source: socket.socket) -> bytes:
    """Bytes up to the end of a head, and perhaps some behind it; empty when the other end is gone."""
    head = b""
    while b"\r\n\r\n" not in head:
        block = source.recv(_BLOCK)
        if not block:
            return b""
        head += block
    return head


def _length(head: bytes) -> int:
    found = _LENGTH.search(head.partition(b"\r\n\r\n")[0])
    return int(found[1]) if found else 0
