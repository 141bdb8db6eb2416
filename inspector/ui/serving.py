"""Screens in a browser, as both programs serve them: nothing from elsewhere, nobody from elsewhere.

* Flet's client loads a script from a CDN even when told not to; the Content-Security-Policy forbids it.
* Flet's WebSocket accepts any Origin: a page of another site, open in the same browser, could drive the
  screens. Here only pages of the very host that was asked are let through.
* A name other than this machine's, pointed at this machine by somebody's name server, is refused as well.

Framework-free ASGI, so that nothing of a server has to be installed on a tablet.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})

_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval';"
        b" style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:;"
        b" font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:;"
        b" frame-ancestors 'none'; base-uri 'self'; form-action 'none'; object-src 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_TOO_LARGE = 1009  # RFC 6455 §7.4.1
_FOREIGN = "请直接打开本程序给出的地址。"


class OwnPagesOnly:
    """Wraps an ASGI app.

    Args:
        app: what is served.
        names: host names, without a port, under which it may be asked.
        on_too_large: called when a screen's connection ends because its client sent more than is taken.
    """

    def __init__(
        self,
        app: App,
        *,
        names: Collection[str] = LOOPBACK_NAMES,
        on_too_large: Callable[[], object] = lambda: None,
    ) -> None:
        self._app, self._names, self._on_too_large = app, frozenset(names), on_too_large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or turn it away."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif not self._is_own(scope):
            await _turn_away(scope, receive, send)
        else:
            kind = _patient if scope["type"] == "websocket" else _with_headers
            await self._app(scope, self._noticing(receive), kind(send))

    def _noticing(self, receive: Receive) -> Receive:
        async def receiving() -> Message:
            message = await receive()
            if message["type"] == "websocket.disconnect" and message.get("code") == _TOO_LARGE:
                self._on_too_large()
            return message

        return receiving

    def _is_own(self, scope: Scope) -> bool:
        host = _header(scope, b"host")
        if _name_of(host) not in self._names:
            return False
        origin = _header(scope, b"origin")
        if scope["type"] != "websocket":
            return True
        # A browser always names its page here; what names none is no page, and has no business with screens.
        return bool(origin) and urlsplit(origin).netloc.lower() == host.lower()


def _header(scope: Scope, name: bytes) -> str:
    values = [value for key, value in scope["headers"] if key == name]
    return str(values[0].decode("latin-1")) if len(values) == 1 else ""


def _name_of(host: str) -> str:
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() else host.lower()


async def _turn_away(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return
    kind = (b"content-type", b"text/plain; charset=utf-8")
    await send({"type": "http.response.start", "status": 421, "headers": [kind, *_HEADERS]})
    await send({"type": "http.response.body", "body": _FOREIGN.encode("utf-8")})


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *_HEADERS]}
        await send(message)

    return sending


def _patient(send: Send) -> Send:
    """What a client that just went does not take is dropped: Flet hears of its going the other way.

    Raised into Flet's sending, it would end the connection without ever telling the session, whose window
    would then be held, and stay unlocked, for as long as the program runs.
    """

    async def sending(message: Message) -> None:
        with suppress(OSError):
            await send(message)

    return sending
