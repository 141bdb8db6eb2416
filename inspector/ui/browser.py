"""A program's screens as an ASGI application for browsers: nothing from a CDN, no page of another site.

Imported only where screens are served: a packaged tablet carries no server.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import flet as ft
import flet_web.fastapi as flet_fastapi
from fastapi import FastAPI

from inspector.ui.serving import LOOPBACK_NAMES, App, OwnPagesOnly

SESSION_TIMEOUT_S = 600


def screens_asgi(
    windows: Callable[[ft.Page], object],
    *,
    title: str,
    description: str,
    assets: Path,
    begin: Callable[[], Awaitable[object]],
    end: Callable[[], Awaitable[object]],
    names: frozenset[str] | None = None,
) -> App:
    """The application.

    Args:
        windows: shows a window; called by Flet for each.
        assets: the folder with fonts and icons.
        begin: awaited on the serving loop before the first window.
        end: awaited when the server stops.
        names: host names under which it may be asked; None for this machine's own.
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
    return OwnPagesOnly(server, names=LOOPBACK_NAMES if names is None else names)
