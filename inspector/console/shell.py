"""One window's shell: set up, log in, or work; and the error that is shown over it all."""

from __future__ import annotations

from enum import StrEnum

import flet as ft

from inspector.console.frame import lost
from inspector.console.routes import routes_for, screen_of
from inspector.console.session import Session, use_changes
from inspector.errors import InspectorError
from inspector.ui import theme
from inspector.ui.buttons import secondary_button
from inspector.ui.layout import use_layout
from inspector.ui.panels import error_panel
from inspector.ui.taps import Act


class Phase(StrEnum):
    """What stands between a person and the screens."""

    FIRST = "first"
    LOGIN = "login"
    OPEN = "open"


def phase_of(session: Session) -> Phase:
    """What this window has to show now."""
    if not session.hall.is_settled:
        return Phase.FIRST
    return Phase.LOGIN if session.who is None else Phase.OPEN


@ft.component
def Shell(session: Session) -> ft.Control:
    """The whole window."""
    nothing: InspectorError | None = None
    shown, show_error = ft.use_state(nothing)
    broken, break_off = ft.use_state(nothing)
    use_layout()
    use_changes(session)

    def begin() -> None:
        session.on_error, session.on_broken = show_error, break_off
        session.attend()

    ft.use_effect(begin, dependencies=[], cleanup=session.depart)
    if broken is not None:
        return _in_its_place(session, broken, lambda: break_off(None))
    return _with_error(session, shown, _screen(session))


def _in_its_place(session: Session, error: InspectorError, away: Act) -> ft.Control:
    """Instead of a screen that cannot be shown, which would only fail again."""

    def home() -> None:
        session.navigate("/")
        away()

    button = secondary_button("console.broken.home", "返回收件", home)
    return ft.Container(content=error_panel(error, actions=[button]), padding=theme.UNIT * 4, expand=True)


def _screen(session: Session) -> ft.Control:
    match phase_of(session):
        case Phase.FIRST:
            return screen_of("login.SetUpScreen")(session)
        case Phase.LOGIN:
            return screen_of("login.LoginScreen")(session)
        case Phase.OPEN:
            return _Screens(session)


@ft.component
def _Screens(session: Session) -> ft.Control:
    routes = ft.use_memo(lambda: routes_for(session), [])
    return ft.Router(routes, not_found=lambda: lost(session))


def _with_error(session: Session, error: InspectorError | None, screen: ft.Control) -> ft.Control:
    # The screen keeps its place in the tree whether or not there is an error: it would lose what is typed.
    over: ft.Control = ft.Container(height=0)
    if error is not None:
        away = secondary_button("console.error.close", "知道了", session.clear_error)
        over = ft.Container(content=error_panel(error, actions=[away]), padding=theme.UNIT)
    return ft.Column(controls=[over, ft.Container(content=screen, expand=True)], spacing=0, expand=True)
