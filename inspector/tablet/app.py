"""The inspector's app: the root where a window becomes a session, and where the program meets the machine.

The first frame is sent before anything heavy is imported; the rest is put together in a thread meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import webbrowser
from collections.abc import Callable
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING
from weakref import WeakSet

import flet as ft

from inspector import __version__, settings
from inspector.errors import InspectorError, PhotosTooLargeError
from inspector.ui import theme
from inspector.ui.guard import guard
from inspector.ui.palette import Scheme
from inspector.ui.panels import error_panel, waiting_page
from inspector.ui.root import show_root
from inspector.ui.serving import App

if TYPE_CHECKING:
    from inspector.tablet.session import Session
    from inspector.tablet.tablet import Tablet

_log = logging.getLogger("inspector")
TITLE = "检查员"
Assemble = Callable[[ft.Page], "Tablet"]
"""Puts the tablet together, in a thread; the page tells the platform."""


class Windows:
    """Opens windows on one tablet.

    Args:
        assemble: called once, for the first window.
    """

    def __init__(self, assemble: Assemble) -> None:
        self._assemble = assemble
        self._tablet: Tablet | None = None
        self._turn = asyncio.Lock()
        self._watch: asyncio.Task[None] | None = None
        self._opened: WeakSet[_Window] = WeakSet()

    async def tablet(self, page: ft.Page) -> Tablet:
        """The tablet, put together when the first window asks."""
        async with self._turn:
            if self._tablet is None:
                self._tablet = await asyncio.to_thread(self._assemble, page)
                self._watch = asyncio.create_task(self._tablet.look_after())
            return self._tablet

    async def close(self) -> None:
        """Lock the tablet and let the store go."""
        if self._watch is not None:
            self._watch.cancel()
        if self._tablet is not None:
            await self._tablet.close()

    def too_large(self) -> None:
        """The window that works was cut off for sending too much: it says so when it is there again."""
        for window in tuple(self._opened):
            if window.session is not None and window.session.is_holder:
                window.session.run(_say_too_large)

    def __call__(self, page: ft.Page) -> None:
        """Show a window; what Flet calls for each."""
        window = _Window()
        self._opened.add(window)
        guard(page, on_failure=window.failed, on_broken=window.broken, on_activity=window.touched)
        theme.apply(page, Scheme.LIGHT)
        page.title = TITLE
        show_root(page, _Root, self, window, on_return=window.returned)


class _Window:
    """What is known of a window before it has a session."""

    def __init__(self) -> None:
        self.session: Session | None = None

    def failed(self, raised: BaseException) -> None:
        """Show it, or keep it from the client at least."""
        if self.session is not None:
            self.session.failed(raised)
        else:
            _log.error("the program failed before its first screen", exc_info=raised)

    def broken(self, raised: BaseException) -> None:
        """A rendering failed."""
        if self.session is not None:
            self.session.broken(raised)
        else:
            _log.error("the first screen failed", exc_info=raised)

    def touched(self) -> None:
        """Somebody works."""
        if self.session is not None:
            self.session.tablet.touch()

    def returned(self) -> None:
        """Its client is there again."""
        if self.session is not None:
            self.session.tablet.arrive(self.session)


async def _say_too_large() -> None:
    from inspector.ui.browser import MESSAGE_LIMIT
    from inspector.ui.words import size

    raise PhotosTooLargeError(limit=size(MESSAGE_LIMIT))


@ft.component
def _Root(windows: Windows, window: _Window) -> ft.Control:
    page = ft.context.page
    nothing: tuple[Callable[[], ft.Control] | None, InspectorError | None] = (None, None)
    ready, settle = ft.use_state(nothing)

    async def open_tablet() -> None:
        settle(nothing)
        try:
            tablet = await windows.tablet(page)
        except InspectorError as error:
            failure = error
            settle((None, failure))
            return
        session_of, shell_of = await asyncio.to_thread(_screens)
        session = window.session = session_of(page, tablet)
        settle((lambda: shell_of(session), None))

    ft.use_effect(open_tablet, dependencies=[])
    shell, failure = ready
    if shell is not None:
        return shell()
    if failure is None:
        return waiting_page("正在打开本机数据……")
    shown = error_panel(failure, on_retry=open_tablet)
    return ft.Container(content=shown, padding=theme.UNIT * 4, alignment=ft.Alignment.CENTER, expand=True)


def _screens() -> tuple[type[Session], Callable[[Session], ft.Control]]:
    """What a window's screens begin with, once what they need is imported."""
    from inspector.tablet.session import Session
    from inspector.tablet.shell import Shell

    return Session, Shell


def assemble_here(page: ft.Page) -> Tablet:
    """The tablet of this machine."""
    from inspector.tablet.assembly import Place, assemble
    from inspector.tablet.platform_keystore import PlatformKeystore, has_keystore

    folders = settings.tablet_folders()
    return assemble(
        Place(app=settings.APP_FOLDER, store=folders.store, keys=folders.keys),
        clock=settings.now_ms,
        uptime=settings.uptime_ms,
        version=__version__,
        keystore=PlatformKeystore(page) if has_keystore(page) else None,
    )


def assemble_in(folder: Path, *, ca_file: Path | None = None) -> Assemble:
    """The tablet of a folder, for the browser."""

    def assembled(_page: ft.Page) -> Tablet:
        from inspector.tablet.assembly import Place, assemble

        folders = settings.folders_in(folder)
        return assemble(
            Place(app=settings.APP_FOLDER, store=folders.store, keys=folders.keys, ca_file=ca_file),
            clock=settings.now_ms,
            uptime=settings.uptime_ms,
            version=__version__,
        )

    return assembled


_windows: list[Windows] = []


def main(page: ft.Page) -> None:
    """Show a window on the tablet of this machine: `ft.run(main)`."""
    if not _windows:
        _windows.append(Windows(assemble_here))
    _windows[0](page)


def build_asgi(assemble: Assemble, *, names: frozenset[str] | None = None) -> App:
    """The tablet in a browser, as an ASGI application: nothing from a CDN, no page of another site.

    Args:
        assemble: puts the tablet together, such as `assemble_in(folder)`.
        names: host names under which it may be asked; None for this machine's own.
    """
    from inspector.ui.browser import screens_asgi

    windows = Windows(assemble)

    async def begin() -> None:
        return None

    return screens_asgi(
        windows,
        title=TITLE,
        description="安全检查",
        assets=settings.APP_FOLDER / "assets",
        begin=begin,
        end=windows.close,
        names=names,
        on_too_large=windows.too_large,
    )


def serve(folder: Path, *, port: int = 0, ca_file: Path | None = None) -> None:
    """Serve the tablet of a folder to the browsers of this machine until the process is told to stop."""
    _serve(assemble_in(folder, ca_file=ca_file), port)


def serve_here(port: int) -> None:
    """Serve the tablet of this machine, as `serve` does, and open the browser."""
    timer = Timer(1.0, webbrowser.open, [f"http://127.0.0.1:{port}/"])
    timer.daemon = True
    timer.start()
    _serve(assemble_here, port)


def _serve(assemble: Assemble, port: int) -> None:
    from inspector.ui.browser import serve_screens

    serve_screens(build_asgi(assemble), port)
