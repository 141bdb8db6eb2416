"""A real browser in front of a real page, for the days that a fake client cannot vouch for.

Chromium is Debian's, without the window that nobody sees; playwright drives it. Flet paints on a canvas, so
nothing is found in the page until its semantics are switched on (`Screen.open` does); then each
`ft.Semantics(identifier=...)` is an element.
Time is never asserted on: software rendering takes what it takes.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import flet as ft
import flet_web.fastapi as flet_fastapi
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FloatRect,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from inspector.ui.browser import OPTIONS

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "test-output"
"""Where screenshots go; not part of the tree."""

PROGRAM = "chromium-headless-shell"
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)
_FLAGS = (
    "--no-sandbox",
    # CanvasKit paints by itself where there is no WebGL: a third cheaper than WebGL without a graphics card.
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
_SOMEWHERE = {"latitude": 31.2304, "longitude": 121.4737, "accuracy": 8}
_POLICY = (
    b"default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval';"
    b" style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:;"
    b" font-src 'self' data:;"
    b" connect-src 'self' data: blob:; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'self'"
)
_SWITCH = "flt-semantics-placeholder"
MOST_TRIES = 10
FOCUS_MS = 5_000
FRAMES, SEVERAL_FRAMES, FRESH_FRAMES = 2, 8, 60
MOST_MOVES = 100
_FRAMES = """async count => {
  for (let frame = 0; frame < count; frame++) await new Promise(done => requestAnimationFrame(done));
}"""


class Screen:
    """One tab of the browser with one Flet app in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._is_fresh = True
        self.outside: list[str] = []
        """Requests for anything that is not on this machine; they were cut off."""
        page.set_default_timeout(PATIENCE_MS)
        page.route("**/*", self._stay_here)

    def open(self, address: str) -> None:
        """Load an app and wait until it can be read."""
        self.page.goto(address)
        self.page.wait_for_selector(_SWITCH, state="attached")
        self.page.evaluate(f"document.querySelector('{_SWITCH}').click()")
        self._is_fresh = True

    def reload(self) -> None:
        """Load the page once more, as a person does, and wait until it can be read."""
        self.page.reload()
        self.page.wait_for_selector(_SWITCH, state="attached")
        self.page.evaluate(f"document.querySelector('{_SWITCH}').click()")
        self._is_fresh = True

    def beside(self, *, width: int, height: int) -> Screen:
        """Another person's screen in the same browser: nothing in common; ends with this one."""
        browser = self.page.context.browser
        assert browser, "the screen has no browser"
        return Screen(_visit(browser, width, height).new_page())

    def find(self, identifier: str) -> Locator:
        """The element of an `ft.Semantics(identifier=...)`."""
        return self.page.locator(f'[flt-semantics-identifier="{identifier}"]')

    def rest(self, identifier: str) -> FloatRect:
        """Where a control is once it keeps its place: one that moves away under the finger loses the tap.

        After an app was loaded its fonts still come and move everything, a second later.
        """
        control = self.find(identifier).first
        frames = FRESH_FRAMES if self._is_fresh else FRAMES
        self._is_fresh = False
        before = None
        for _ in range(MOST_MOVES):
            now = control.bounding_box()
            if now is not None and now == before:
                return now
            before = now
            self.page.evaluate(_FRAMES, frames)
        raise AssertionError(f"{identifier} does not come to rest")

    def tap(self, identifier: str) -> None:
        """Click the middle of a named control, through the canvas as a finger does."""
        box = self.rest(identifier)
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def type(self, identifier: str, text: str, *, bring: Callable[[str], object] | None = None) -> None:
        """Replace the text of a named field, once it has the focus.

        What is above a field may still move it away under the finger; and text that comes while the client
        hands the focus over is dropped or added to the old: then once more.

        Args:
            bring: gets the field into view, before each try.
        """
        field = self.find(identifier).locator("input, textarea").first
        for _ in range(MOST_TRIES):
            if bring is not None:
                bring(identifier)
            self.tap(identifier)
            if not self._takes_focus(field):
                continue
            field.fill(text)
            self.page.evaluate(_FRAMES, SEVERAL_FRAMES)
            if len(field.input_value()) == len(text):
                return
        raise AssertionError(f"{identifier} does not keep what is typed")

    def _takes_focus(self, field: Locator) -> bool:
        try:
            expect(field).to_be_focused(timeout=FOCUS_MS)
        except AssertionError:
            return False
        return True

    def see(self, text: str) -> None:
        """Wait until a text is on the screen, as a label or as content."""
        shown = self.page.get_by_text(text).or_(self.page.get_by_label(text)).first
        expect(shown).to_be_attached(timeout=PATIENCE_MS)

    def picture(self, name: str) -> Path:
        """A screenshot under test-output/."""
        PICTURES.mkdir(exist_ok=True)
        path = PICTURES / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def _stay_here(self, route: object) -> None:
        address = route.request.url  # type: ignore[attr-defined]
        if address.startswith(("http://127.0.0.1:", "data:", "blob:")):
            route.continue_()  # type: ignore[attr-defined]
        else:
            self.outside.append(address)
            route.abort()  # type: ignore[attr-defined]


def launched(playwright: Playwright, env: Mapping[str, str] | None = None) -> Browser:
    """A browser of one's own; the caller closes it."""
    program = shutil.which(PROGRAM)
    assert program, f"{PROGRAM} is missing: sudo apt-get install {PROGRAM}"
    return playwright.chromium.launch(
        executable_path=program, args=list(_FLAGS), env=dict(env) if env else None
    )


def _visit(browser: Browser, width: int, height: int) -> BrowserContext:
    return browser.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        reduced_motion="reduce",
        geolocation=_SOMEWHERE,  # type: ignore[arg-type]
        permissions=["geolocation", "camera", "clipboard-read", "clipboard-write"],
    )


@contextmanager
def browser_screen(*, width: int = 1180, height: int = 820) -> Iterator[Screen]:
    """A fresh browser with a camera and a position that are made up; the size is a small tablet's."""
    with sync_playwright() as playwright:
        browser = launched(playwright)
        visit = _visit(browser, width, height)
        try:
            yield Screen(visit.new_page())
        finally:
            visit.close()
            browser.close()


@contextmanager
def serving(app: object) -> Iterator[str]:
    """Any ASGI app on a free port of this machine; gives its address, without a slash at the end."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    # Who asks before the server accepts waits in the queue instead of being refused.
    listener.listen()
    options = {**OPTIONS, "log_level": "error"}
    server = uvicorn.Server(uvicorn.Config(app, lifespan="on", **options))  # type: ignore[arg-type]
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def flet_server(main: Callable[[ft.Page], object], *, assets: Path = ROOT / "assets") -> FastAPI:
    """A Flet app as our programs serve it: nothing from a CDN, painted by CanvasKit."""

    @asynccontextmanager
    async def lifespan(_: FastAPI):
        await flet_fastapi.app_manager.start()
        yield
        await flet_fastapi.app_manager.shutdown()

    server = FastAPI(lifespan=lifespan)
    app = flet_fastapi.app(main, assets_dir=str(assets), no_cdn=True, web_renderer=ft.WebRenderer.CANVAS_KIT)
    server.mount("/", app)
    server.add_middleware(_OwnScriptsOnly)
    return server


class _OwnScriptsOnly:
    """Flet's client loads one animation library from a CDN even when told not to; the policy forbids it."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_with_policy(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"content-security-policy", _POLICY)]
            await send(message)

        await self.app(scope, receive, send_with_policy)
