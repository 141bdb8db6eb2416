"""A TCP proxy that does to connections what bad networks do to them.

    with FaultProxy(port, ["pass", "cut-answer 300", "html"]) as proxy:
        … speak to proxy.port …

Each connection takes the next word of the script, and `pass` when there is none left:

* `pass`: nothing happens
* `cut-request N`, `cut-answer N`: the connection breaks after N bytes of that direction
* `garble N`: bit 0 of byte N of the answer is flipped
* `html`: a login page answers instead of the server
* `empty`: the connection is closed before any answer
* `hold`: nothing is passed on until `release()` is called
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType

LOGIN_PAGE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 24\r\n"
    b"Connection: close\r\n\r\n<html>Please log in</ht>"
)
_BLOCK = 16 * 1024


class FaultProxy:
    """A proxy on loopback in front of `target_port`, in a thread of its own."""

    def __init__(self, target_port: int, script: Iterable[str] = ()) -> None:
        self._target_port = target_port
        self._script: Iterator[str] = iter(list(script))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="fault-proxy")
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._released = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.connections = 0
        self.bytes_up = 0

    def __enter__(self) -> FaultProxy:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def plan(self, script: Iterable[str]) -> None:
        """What happens to the connections from now on."""
        self._script = iter(list(script))

    def release(self) -> None:
        """Let go of what was held."""
        self._loop.call_soon_threadsafe(self._released.set)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        word, _, number = next(self._script, "pass").partition(" ")
        try:
            await self._treat(word, int(number or 0), reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # either end may go at any time; that is the point
        finally:
            writer.close()

    async def _treat(
        self, word: str, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if word == "html":
            await reader.read(_BLOCK)
            writer.write(LOGIN_PAGE)
            await writer.drain()
            return
        if word == "empty":
            await reader.read(_BLOCK)
            return
        if word == "hold":
            await self._released.wait()
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        up = asyncio.create_task(self._up(reader, up_writer, number if word == "cut-request" else None))
        down = asyncio.create_task(self._down(up_reader, writer, word, number))
        try:
            await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            up.cancel()
            down.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
            up_writer.close()

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: int | None) -> None:
        while block := await reader.read(_BLOCK):
            if left is not None:
                block = block[:left]
                left -= len(block)
            self.bytes_up += len(block)
            writer.write(block)
            await writer.drain()
            if left == 0:
                return

    async def _down(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, word: str, number: int
    ) -> None:
        passed = 0
        while block := await reader.read(_BLOCK):
            if word == "cut-answer":
                block = block[: number - passed]
            if word == "garble" and passed <= number < passed + len(block):
                place = number - passed
                block = block[:place] + bytes([block[place] ^ 1]) + block[place + 1 :]
            passed += len(block)
            writer.write(block)
            await writer.drain()
            if word == "cut-answer" and passed >= number:
                return
