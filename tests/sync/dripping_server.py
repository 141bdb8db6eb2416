"""A server that answers so slowly that no timeout between two pieces ever ends it, or not at all."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nInspector-Nonce: n\r\nContent-Length: 100\r\n\r\n"
)
SILENT, HEADERS, BODY = "silent", "headers", "body"


@contextmanager
def dripping_server(
    how: str, *, tls: ssl.SSLContext | None = None, drips: int = 100_000
) -> Iterator[tuple[int, Event]]:
    """Its port, and what is set once somebody has asked it something.

    Args:
        how: says nothing; drips its headers; or sends them at once and drips its body.
        drips: after so many it closes the line, a fiftieth of a second each.
    """
    asked, over, left = Event(), Event(), iter(range(drips))
    threads: list[Thread] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def drip(line: socket.socket) -> None:
        with suppress(OSError), line if tls is None else tls.wrap_socket(line, server_side=True) as line:
            line.recv(4096)
            asked.set()
            if how == BODY:
                line.sendall(HEAD)
            while not over.wait(0.02) and next(left, None) is not None:
                if how != SILENT:
                    line.sendall(b" " if how == BODY else b"H")

    def accept() -> None:
        with suppress(OSError):
            while True:
                begin(drip, listener.accept()[0])

    def begin(what: Callable[..., None], *args: socket.socket) -> None:
        threads.append(Thread(target=what, args=args, daemon=True))
        threads[-1].start()

    begin(accept)
    try:
        yield listener.getsockname()[1], asked
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in threads:
            thread.join()
