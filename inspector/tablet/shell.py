"""One window's shell: which question comes before all screens, and the error that is shown over them."""

from __future__ import annotations

from enum import StrEnum

import flet as ft

from inspector.errors import InspectorError, StoreInUseError
from inspector.tablet.routes import routes_for, screen_of, today
from inspector.tablet.session import Session
from inspector.ui import theme
from inspector.ui.buttons import secondary_button
from inspector.ui.layout import use_layout
from inspector.ui.panels import error_panel, waiting_page
from inspector.ui.taps import Act


class Phase(StrEnum):
    """What stands between a person and the screens."""

    BLOCKED = "blocked"
    ELSEWHERE = "elsewhere"
    FIRST = "first"
    LOCKED = "locked"
    OPEN = "open"


def phase_of(session: Session) -> Phase:
    """What this window has to show now."""
    tablet = session.tablet
    if not tablet.is_open:
        return Phase.BLOCKED
    if not tablet.is_held_by(session):
        return Phase.ELSEWHERE
    if not tablet.gate.is_set_up:
        return Phase.FIRST
    return Phase.LOCKED if tablet.workbench is None else Phase.OPEN


@ft.component
def Shell(session: Session) -> ft.Control:
    """The whole window."""
    nothing: InspectorError | None = None
    phase, show_phase = ft.use_state(Phase.BLOCKED)
    block, show_block = ft.use_state(nothing)
    shown, show_error = ft.use_state(nothing)
    broken, break_off = ft.use_state(nothing)
    use_layout()

    def look() -> None:
        show_phase(phase_of(session))

    async def open_store() -> None:
        try:
            await session.act(session.tablet.open)
        except InspectorError as error:
            show_block(error)
        else:
            show_block(None)
            session.dress()
            session.tablet.arrive(session)

    def begin() -> None:
        session.on_error, session.on_broken = show_error, break_off
        session.attend(look)
        session.run(open_store)

    ft.use_effect(begin, dependencies=[], cleanup=session.depart)
    if broken is not None:
        return _in_its_place(session, broken, lambda: break_off(None))
    if block is not None:
        return screen_of("in_use.BlockedScreen")(block, open_store)
    return _with_error(session, shown, _screen(session, phase))


def _in_its_place(session: Session, error: InspectorError, away: Act) -> ft.Control:
    """Instead of a screen that cannot be shown, which would only fail again."""

    def home() -> None:
        session.navigate(today())
        away()

    button = secondary_button("broken.home", "返回今日", home)
    return ft.Container(content=error_panel(error, actions=[button]), padding=theme.UNIT * 4, expand=True)


def _screen(session: Session, phase: Phase) -> ft.Control:
    match phase:
        case Phase.BLOCKED:
            return waiting_page("正在打开本机数据……")
        case Phase.ELSEWHERE:
            return screen_of("in_use.InUseScreen")(session)
        case Phase.FIRST:
            return screen_of("welcome.WelcomeScreen")(session)
        case Phase.LOCKED:
            return screen_of("lock.LockScreen")(session)
        case Phase.OPEN:
            return _Screens(session)


@ft.component
def _Screens(session: Session) -> ft.Control:
    routes = ft.use_memo(lambda: routes_for(session), [])
    return ft.Router(routes, not_found=lambda: screen_of("today.LostScreen")(session))


def _with_error(session: Session, error: InspectorError | None, screen: ft.Control) -> ft.Control:
    """The screen, always in the same place of the tree: an error must not build it anew."""
    shown = error is not None and not isinstance(error, StoreInUseError)
    away = secondary_button("error.close", "知道了", session.clear_error)
    panel = [error_panel(error, actions=[away])] if shown and error else []
    above = ft.Container(
        content=ft.Column(controls=list(panel), tight=True), padding=theme.UNIT, visible=shown
    )
    return ft.Column(controls=[above, ft.Container(content=screen, expand=True)], spacing=0, expand=True)
