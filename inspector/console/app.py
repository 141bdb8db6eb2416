"""The supervisor's console: where a browser's window becomes a session, and where the desk meets the machine.

It listens on this machine only, and runs in a process of its own, never in the server's.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import flet as ft

from inspector import settings
from inspector.catalog import read_all
from inspector.catalog.calendar import read_calendar
from inspector.console.desk import Desk
from inspector.console.hall import Hall
from inspector.console.session import Session
from inspector.console.shell import Shell
from inspector.notices.late_press import LatePress
from inspector.notices.templates import read_templates, shipped_numbers, shipped_titles, unconfirmed
from inspector.store.fonts import FontShelf
from inspector.sync.address import OfficeAddress
from inspector.sync.desk import DeskOffice
from inspector.sync.transport import Transport
from inspector.ui import theme
from inspector.ui.browser import screens_asgi, serve_screens
from inspector.ui.guard import guard
from inspector.ui.palette import Scheme
from inspector.ui.root import show_root
from inspector.ui.serving import App
from inspector.ui.words import moment

TITLE = "审核台"


def window_of(hall: Hall) -> Callable[[ft.Page], None]:
    """What shows a window on the hall's desk; Flet calls it for each."""

    def show(page: ft.Page) -> None:
        session = Session(page, hall)
        guard(page, on_failure=session.failed, on_broken=session.broken, on_activity=session.touch)
        theme.apply(page, Scheme.LIGHT, theme.Device.CONSOLE)
        page.title = TITLE
        show_root(page, Shell, session)

    return show


def hall_of(folder: Path, *, office: str, checklists: Path | None = None) -> Hall:
    """The desk of a folder, with this machine's clocks and the program's templates and checklists.

    Args:
        checklists: the office's own folder of checklists; None publishes the program's.

    Raises:
        StoreInUseError: another console runs on this folder.
        AddressRefusedError: the office's address is none that may be asked.
        NoticeTemplateError, ChecklistFaultsError: a file of the program is missing.
    """
    found = read_templates(settings.APP_FOLDER / "assets" / "notices")
    desk = Desk(
        folder,
        url=OfficeAddress.parse(office).origin,
        connect=lambda address, key: DeskOffice(Transport(OfficeAddress.parse(address), key=key)),
        clock=settings.now_ms,
        since=moment(settings.now_ms()),
        titles=shipped_titles(found),
    )
    fonts = FontShelf(folder / "fonts")
    return Hall(
        desk,
        fonts=fonts,
        press=LatePress(settings.APP_FOLDER / "assets", fonts),
        templates=shipped_numbers(found),
        catalogue=read_all(settings.APP_FOLDER / "checklists"),
        own=checklists,
        unconfirmed=unconfirmed(found),
        elapsed=settings.uptime_ms,
        calendar=read_calendar(settings.APP_FOLDER / "assets" / "calendar"),
    )


def build_asgi(hall: Hall) -> App:
    """The console as an ASGI application."""
    return screens_asgi(
        window_of(hall),
        title=TITLE,
        description="安全检查记录的核验与审核",
        assets=settings.APP_FOLDER / "assets",
        begin=hall.begin,
        end=hall.close,
    )


def serve(folder: Path, *, office: str, port: int, checklists: Path | None = None) -> None:
    """Serve the console of a folder to the browsers of this machine until the process is told to stop.

    Raises:
        InspectorError: as `hall_of`.
    """
    hall = hall_of(folder, office=office, checklists=checklists)
    serve_screens(build_asgi(hall), port)
