"""Addresses of the tablet's screens. They carry ids only: an address lands in logs and histories.

A screen is named by its module under `inspector.tablet.screens` and its component, and imported when it is
first opened: the first frame does not wait for screens that nobody asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import cast

import flet as ft

from inspector.tablet.session import Session

Screen = Callable[..., ft.Control]
"""`screen(session, **ids)`, the ids as the address names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One address and the screen that shows it, as `module.Component`."""

    path: str
    screen: str


PLACES = (
    Place(path="/", screen="today.TodayScreen"),
    Place(path="/enrol", screen="enrol.EnrolScreen"),
    Place(path="/start", screen="enterprise.EnterpriseScreen"),
    Place(path="/start/new", screen="new_enterprise.NewEnterpriseScreen"),
    Place(path="/start/:enterprise", screen="begin.BeginScreen"),
    Place(path="/task/:record", screen="task.TaskScreen"),
    Place(path="/sample", screen="sample.SampleScreen"),
    Place(path="/inspection/:id", screen="checklist.ChecklistScreen"),
    Place(path="/inspection/:id/lists", screen="lists.ListsScreen"),
    Place(path="/inspection/:id/finish", screen="finish.FinishScreen"),
    Place(path="/inspection/:id/notices", screen="notices.NoticesScreen"),
    Place(path="/inspection/:id/fill/:kind", screen="follow_up.FollowUpScreen"),
    Place(path="/inspection/:id/fill/:kind/:original", screen="follow_up.FollowUpScreen"),
    Place(path="/transfer", screen="transfer.TransferScreen"),
    Place(path="/settings", screen="settings.SettingsScreen"),
)


def today() -> str:
    """今日."""
    return "/"


def inspection(id: str) -> str:
    """The checklist of an inspection."""
    return f"/inspection/{id}"


def lists(id: str) -> str:
    """The checklists of an inspection."""
    return f"/inspection/{id}/lists"


def finish(id: str) -> str:
    """What is missing, signatures, the seal."""
    return f"/inspection/{id}/finish"


def notices(id: str) -> str:
    """The documents of a sealed inspection."""
    return f"/inspection/{id}/notices"


def fill(id: str, kind: str, original: str = "") -> str:
    """A document of a sealed inspection that is filled in first; a re-inspection names its original."""
    return f"/inspection/{id}/fill/{kind}" + (f"/{original}" if original else "")


def begin(enterprise: str) -> str:
    """Checklists and inspectors for an enterprise."""
    return f"/start/{enterprise}"


def task(record: str) -> str:
    """A returned record and how to answer it."""
    return f"/task/{record}"


@cache
def screen_of(name: str) -> Screen:
    """The component `module.Component` of `inspector.tablet.screens`."""
    module, component = name.split(".")
    return cast("Screen", getattr(import_module(f"inspector.tablet.screens.{module}"), component))


def routes_for(session: Session) -> list[ft.Route]:
    """The router's table for one window."""
    return [ft.Route(path=place.path, component=_placed(session, place)) for place in PLACES]


def _placed(session: Session, place: Place) -> Callable[[], ft.Control]:
    @ft.component
    def placed() -> ft.Control:
        ids = ft.use_route_params()
        # The key makes a screen of its own for every address: none inherits another's state.
        return screen_of(place.screen)(session, key="/".join((place.path, *ids.values())), **ids)

    return placed
