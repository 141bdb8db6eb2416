"""A program's screens as an ASGI application for browsers: nothing from a CDN, no page of another site.

Imported only where screens are served: a packaged tablet carries no server.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import flet as ft
import flet_web.fastapi as flet_fastapi
import uvicorn
from fastapi import FastAPI
from flet_web import get_package_web_dir

from inspector.ui import theme
from inspector.ui.serving import LOOPBACK_NAMES, App, OwnPagesOnly

SESSION_TIMEOUT_S = 600
MESSAGE_LIMIT = 512 * 1024 * 1024
"""Bytes in one message of a client: all the pictures that were chosen at once come in a single one."""
OPTIONS: Mapping[str, Any] = {
    "log_level": "warning",
    "access_log": False,
    "ws_max_size": MESSAGE_LIMIT,
    # A connection that never became a window would be waited for without end.
    "timeout_graceful_shutdown": 3,
}
"""How uvicorn serves screens."""
_FONT_MANIFEST = "assets/FontManifest.json"


def screens_asgi(
    windows: Callable[[ft.Page], object],
    *,
    title: str,
    description: str,
    assets: Path,
    begin: Callable[[], Awaitable[object]],
    end: Callable[[], Awaitable[object]],
    names: frozenset[str] | None = None,
    on_too_large: Callable[[], object] = lambda: None,
) -> App:
    """The application.

    Args:
        windows: shows a window; called by Flet for each.
        assets: the folder with fonts and icons.
        begin: awaited on the serving loop before the first window.
        end: awaited when the server stops.
        names: host names under which it may be asked; None for this machine's own.
        on_too_large: called when a client sent more than `MESSAGE_LIMIT` at once and was cut off for it.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await flet_fastapi.app_manager.start()
        await begin()
        try:
            yield
        finally:
            await end()
            await flet_fastapi.app_manager.shutdown()

    server = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    server.add_api_route(f"/{_FONT_MANIFEST}", font_manifest)
    screens = flet_fastapi.app(
        windows,
        assets_dir=str(assets),
        app_name=title,
        app_short_name=title,
        app_description=description,
        no_cdn=True,
        web_renderer=ft.WebRenderer.CANVAS_KIT,
        session_timeout_seconds=SESSION_TIMEOUT_S,
    )
    server.mount("/", screens)
    return OwnPagesOnly(server, names=LOOPBACK_NAMES if names is None else names, on_too_large=on_too_large)


def font_manifest() -> list[dict[str, Any]]:
    """The fonts that the client reads before its first frame: its own, and the one with Chinese characters.

    A font that the page names is only read while the first frames are shown, with a box for each character.
    The bold one is left to that: the regular one stands in for it.
    """
    own: list[dict[str, Any]] = json.loads(
        Path(get_package_web_dir(), _FONT_MANIFEST).read_text(encoding="utf-8")
    )
    latin = {"family": "Roboto", "fonts": [{"asset": "fonts/roboto.woff2"}]}
    chinese = {"family": theme.FAMILY, "fonts": [{"asset": f"../{theme.FONTS[theme.FAMILY]}"}]}
    return [*own, latin, chinese]


def serve_screens(app: App, port: int) -> None:
    """Serve screens to the browsers of this machine until the process is told to stop."""
    uvicorn.run(app, host="127.0.0.1", port=port, **OPTIONS)
