"""Ten pictures of twelve megabytes chosen at once come in one message of the browser: all are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import msgpack
import pytest
from websockets.sync.client import ClientConnection, connect

from inspector.errors import PhotosTooLargeError
from inspector.tablet.app import build_asgi
from inspector.ui import browser
from inspector.ui.serving import OwnPagesOnly
from inspector.ui.words import size
from tests import make
from tests.browser import serving
from tests.photos.pictures import corners, encoded
from tests.tablet.rig import PIN, Rig
from tests.tablet.test_finding import failed
from tests.tablet.walking import EXIT, Walking, pick
from tests.ui_harness import screen_test

TWELVE_MB = 12_000_000
REGISTER, EVENT = 1, 3


def large(number: int) -> bytes:
    """A picture of its own, with bytes behind its end as some cameras leave them."""
    jpeg = encoded(corners(320 + 16 * number, 240))
    return jpeg + bytes(TWELVE_MB - len(jpeg))


@screen_test
async def test_ten_pictures_of_twelve_megabytes_are_each_kept(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.tap(f"{EXIT}-finding-photo-add")
        await pick(ui, *((f"{number}.jpg", large(number)) for number in range(10)))
        await ui.tap("photo-done")
        assert len(rig.on_disk.findings[make.key(make.EXIT)].photos) == 10
        assert any("10 张照片在本机" in text for text in ui.texts())


@screen_test
async def test_a_picture_beyond_the_limit_is_named_and_the_nine_beside_it_are_kept(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.tap(f"{EXIT}-finding-photo-add")
        huge = encoded(corners(64, 48)) + bytes(41 * 1024 * 1024)
        await pick(
            ui, ("太大.jpg", huge), *((f"{n}.jpg", encoded(corners(64 + 16 * n, 48))) for n in range(9))
        )
        await ui.tap("photo-done")
        assert any("“太大.jpg”没有加入" in text for text in ui.texts())
        assert any("照片太大：41.0 MB" in text for text in ui.texts())
        assert len(rig.on_disk.findings[make.key(make.EXIT)].photos) == 9


# --- On the wire ---


@contextmanager
def a_client(address: str) -> Iterator[ClientConnection]:
    """A browser's client as far as the server can tell: registered, with a window of its own."""
    with connect(address.replace("http", "ws") + "/ws", origin=address, max_size=None) as client:
        page = {"route": "/", "width": 1280, "height": 800, "web": True, "platform": "linux"}
        say(client, REGISTER, {"session_id": None, "page_name": "", "page": page})
        assert client.recv(timeout=20)
        yield client


def say(client: ClientConnection, action: int, body: object) -> None:
    client.send(b"\0" + msgpack.packb([action, body]))


def chosen(count: int) -> object:
    """What a client sends when so many pictures were chosen, for a control that is not there any more."""
    return {"target": 999_999, "name": "result", "data": {"files": [bytes(TWELVE_MB)] * count}}


def test_the_wire_takes_ten_pictures_of_twelve_megabytes_at_once(tmp_path):
    rig = Rig(tmp_path)
    with serving(build_asgi(lambda _page: rig.tablet)) as address, a_client(address) as client:
        say(client, EVENT, chosen(10))
        assert client.ping().wait(60), "the connection is still there"


@pytest.mark.parametrize(("code", "times"), [(1009, 1), (1000, 0), (1006, 0)])
def test_being_cut_off_for_too_large_a_message_is_noticed_and_nothing_else_is(code, times):
    noticed: list[int] = []

    async def app(scope, receive, send):
        assert (await receive())["code"] == code

    async def receive():
        return {"type": "websocket.disconnect", "code": code}

    headers = [(b"host", b"127.0.0.1"), (b"origin", b"http://127.0.0.1")]
    pages = OwnPagesOnly(app, on_too_large=lambda: noticed.append(1))
    asyncio.run(pages({"type": "websocket", "headers": headers}, receive, None))
    assert len(noticed) == times


@screen_test
async def test_a_window_that_was_cut_off_says_why_when_it_is_there_again_and_loses_nothing(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.type(f"{EXIT}-finding-facts", "上锁两处")
        rig.windows.too_large()
        await ui.fire(ui.page, "disconnect")
        assert rig.tablet.workbench is None
        await ui.fire(ui.page, "connect")
        error = PhotosTooLargeError(limit=size(browser.MESSAGE_LIMIT))
        assert error.message in ui.texts() and error.next_step in ui.texts()
        await ui.type("lock-pin", PIN)
        await ui.tap("lock-done")
        assert rig.on_disk.findings[make.key(make.EXIT)].facts == "上锁两处"
        assert ui.by_identifier(f"{EXIT}-finding-facts").value == "上锁两处"
        await ui.tap("error.close")
        assert not ui.has("error")
