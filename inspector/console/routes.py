"""Addresses of the console's screens. They carry ids and filters only, never what a record says.

A screen is named by its module under `inspector.console.screens` and its component, and imported when it is
first opened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import cast

import flet as ft

from inspector.console.session import Session

Screen = Callable[..., ft.Control]
"""`screen(session, **ids)`, the ids as the address names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One address and the screen that shows it, as `module.Component`.

    Attributes:
        reads_query: the screen gets the whole address as `route`, and again whenever its query changes.
    """

    path: str
    screen: str
    reads_query: bool = False


PLACES = (
    Place(path="/", screen="inbox.InboxScreen", reads_query=True),
    Place(path="/record/:entry", screen="record.RecordScreen"),
    Place(path="/notices", screen="notices.NoticesScreen", reads_query=True),
    Place(path="/notices/:entry", screen="notice.NoticeScreen"),
    Place(path="/unlock", screen="unlock.UnlockScreen"),
    Place(path="/devices", screen="devices.DevicesScreen"),
    Place(path="/devices/enrol", screen="enrol.EnrolScreen"),
    Place(path="/numbers", screen="numbers.NumbersScreen"),
    Place(path="/office", screen="office.OfficeScreen"),
    Place(path="/copies", screen="copies.CopiesScreen"),
    Place(path="/accounts", screen="accounts.AccountsScreen"),
    Place(path="/audit", screen="audit.AuditScreen"),
    Place(path="/alarms", screen="alarms.AlarmsScreen"),
)

INBOX, UNLOCK, DEVICES, ENROL = "/", "/unlock", "/devices", "/devices/enrol"
COPIES = "/copies"
OFFICE, ACCOUNTS, AUDIT, ALARMS = "/office", "/accounts", "/audit", "/alarms"
NOTICES = "/notices"
NUMBERS = "/numbers"


def record(entry: str) -> str:
    """One record."""
    return f"/record/{entry}"


def notice(entry: str) -> str:
    """One notice."""
    return f"/notices/{entry}"


@cache
def screen_of(name: str) -> Screen:
    """The component `module.Component` of `inspector.console.screens`."""
    module, component = name.split(".")
    return cast("Screen", getattr(import_module(f"inspector.console.screens.{module}"), component))


def routes_for(session: Session) -> list[ft.Route]:
    """The router's table for one window."""
    return [ft.Route(path=place.path, component=_placed(session, place)) for place in PLACES]


def _placed(session: Session, place: Place) -> Callable[[], ft.Control]:
    @ft.component
    def placed() -> ft.Control:
        ids = ft.use_route_params()
        ft.use_route_location()  # builds this again when only the query has changed
        query = {"route": session.page.route or INBOX} if place.reads_query else {}
        # The key makes a screen of its own for every address: none inherits another's state.
        return screen_of(place.screen)(session, key="/".join((place.path, *ids.values())), **ids, **query)

    return placed
