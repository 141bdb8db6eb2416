"""What stands between Flet and a browser."""

import asyncio
import json
from urllib.parse import urljoin
from urllib.request import urlopen

import pytest

from inspector.ui import theme
from inspector.ui.browser import screens_asgi
from inspector.ui.serving import LOOPBACK_NAMES, OwnPagesOnly
from tests.browser import ROOT, serving


class Gone(OSError):
    """What a server raises into whoever sends to a client that has just gone."""


def through(app, *, kind):
    """Serve one connection whose client takes nothing any more."""
    scope = {
        "type": kind,
        "headers": [(b"host", b"127.0.0.1:8000"), (b"origin", b"http://127.0.0.1:8000")],
    }

    async def receive():
        return {"type": f"{kind}.disconnect", "code": 1006}

    async def send(_message):
        raise Gone

    asyncio.run(OwnPagesOnly(app, names=LOOPBACK_NAMES)(scope, receive, send))


def test_a_window_whose_client_goes_in_mid_sending_still_hears_of_its_going():
    heard = []

    async def flet(_scope, receive, send):
        await send({"type": "websocket.send", "bytes": b"a change of the screen"})
        heard.append(await receive())

    through(flet, kind="websocket")
    assert [message["type"] for message in heard] == ["websocket.disconnect"]


def test_what_fails_while_a_file_is_sent_is_not_hidden():
    async def files(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    with pytest.raises(Gone):
        through(files, kind="http")


def test_the_font_with_chinese_characters_is_read_before_the_first_frame():
    async def nothing() -> None:
        pass

    screens = screens_asgi(
        lambda _page: None,
        title="样例",
        description="",
        assets=ROOT / "assets",
        begin=nothing,
        end=nothing,
    )
    with serving(screens) as address:
        fonts = json.loads(fetched(f"{address}/assets/FontManifest.json"))
        found = {one["family"]: one["fonts"][0]["asset"] for one in fonts}
        assert {"MaterialIcons", "Roboto", theme.FAMILY} <= set(found)
        read = fetched(urljoin(f"{address}/assets/", found[theme.FAMILY]))
    assert read == (ROOT / "assets" / theme.FONTS[theme.FAMILY]).read_bytes()


def fetched(address: str) -> bytes:
    with urlopen(address) as answer:
        return bytes(answer.read())
