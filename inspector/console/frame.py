"""What every screen of the console is set in: places at the left, alarms on top, the matter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import flet as ft

from inspector.console import routes
from inspector.console.hall import Tally
from inspector.console.session import Session, use_changes
from inspector.ui import theme
from inspector.ui.buttons import action_bar, icon_button, quiet_button, secondary_button
from inspector.ui.identified import identified, unspoken
from inspector.ui.palette import Scheme
from inspector.ui.panels import empty_state
from inspector.ui.taps import Act, tapped
from inspector.ui.theme import Tone
from inspector.ui.title_bar import title_bar
from inspector.ui.words import moment

RAIL = 168
"""The rail's width, in logical pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One place of the rail; `count` is what is shown behind its word, 0 for nothing."""

    id: str
    words: str
    icon: ft.IconData
    route: str
    count: Callable[[Tally], int] = lambda _tally: 0


DESTINATIONS = (
    Destination(
        id="inbox",
        words="收件",
        icon=ft.Icons.INBOX_OUTLINED,
        route=routes.INBOX,
        count=lambda tally: tally.waiting,
    ),
    Destination(
        id="notices",
        words="文书",
        icon=ft.Icons.DESCRIPTION_OUTLINED,
        route=routes.NOTICES,
        count=lambda tally: tally.unread,
    ),
    Destination(id="copies", words="副本", icon=ft.Icons.VERIFIED_OUTLINED, route=routes.COPIES),
    Destination(
        id="devices",
        words="设备",
        icon=ft.Icons.TABLET_ANDROID,
        route=routes.DEVICES,
        count=lambda tally: tally.devices,
    ),
    Destination(id="numbers", words="文书号", icon=ft.Icons.TAG, route=routes.NUMBERS),
    Destination(id="office", words="办公室", icon=ft.Icons.ACCOUNT_BALANCE_OUTLINED, route=routes.OFFICE),
    Destination(id="accounts", words="账号", icon=ft.Icons.PEOPLE_OUTLINE, route=routes.ACCOUNTS),
    Destination(id="audit", words="审计", icon=ft.Icons.FACT_CHECK_OUTLINED, route=routes.AUDIT),
)


def frame(
    session: Session,
    name: str,
    title: str,
    matter: Sequence[ft.Control],
    *,
    place: str,
    back: str | Act | None = None,
    aside: Sequence[ft.Control] = (),
    actions: Sequence[ft.Control] = (),
    scrolls: bool = True,
    start: str = "",
) -> ft.Control:
    """A screen.

    Args:
        name: prefix of its controls' names, such as `console.devices`.
        place: id of the rail's place it belongs to; see `DESTINATIONS`.
        back: an address, or what the arrow does; None shows no arrow.
        aside: at the right end of the bar.
        actions: at the bottom; the last one is the next step.
        scrolls: False where the matter scrolls by itself and fills the height.
        start: another value begins at the top again.
    """
    padding = theme.UNIT * 2
    body: ft.Control
    if scrolls:
        body = ft.ListView(
            controls=list(matter), expand=True, padding=padding, spacing=theme.UNIT * 2, key=f"matter {start}"
        )
    else:
        body = ft.Container(
            content=ft.Column(
                controls=list(matter),
                expand=True,
                spacing=theme.UNIT * 2,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            padding=padding,
            expand=True,
        )
    parts = [
        _Notices(session),
        title_bar(name, title, back=back, navigate=session.navigate, aside=aside),
        body,
        *([action_bar(actions)] if actions else []),
    ]
    right = ft.Column(
        controls=parts, spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )
    return ft.Row(
        controls=[_Rail(session, place), right],
        spacing=0,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def lost(session: Session) -> ft.Control:
    """An address that leads nowhere."""
    home = secondary_button("console.lost.inbox", "回到收件", partial(session.navigate, routes.INBOX))
    nothing = empty_state(
        ft.Icons.SEARCH_OFF, "没有这个页面", "地址可能已失效，请从左边重新进入。", action=home
    )
    return frame(session, "console.lost", "没有这个页面", [nothing], place="")


# --- The rail ---


@ft.component
def _Rail(session: Session, place: str) -> ft.Control:
    use_changes(session)
    office = ft.Text(
        session.desk.statement.office,
        theme_style=ft.TextThemeStyle.BODY_SMALL,
        color=theme.QUIET,
        max_lines=3,
    )
    places = [_destination(session, one, chosen=one.id == place) for one in DESTINATIONS]
    return ft.Container(
        content=ft.Column(
            controls=[
                ft.Text("审核台", theme_style=ft.TextThemeStyle.TITLE_LARGE),
                office,
                ft.Divider(height=theme.UNIT),
                *places,
                ft.Container(expand=True),
                *_account(session),
            ],
            spacing=theme.UNIT // 2,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            expand=True,
        ),
        width=RAIL,
        padding=theme.UNIT,
        bgcolor=theme.CARD,
        border=ft.Border.only(right=ft.BorderSide(width=1, color=theme.LINE)),
    )


def _destination(session: Session, one: Destination, *, chosen: bool) -> ft.Control:
    count = one.count(session.hall.tally)
    words = f"{one.words} {count}" if count else one.words
    ink = theme.ON_SOFT if chosen else theme.INK
    row = ft.Row(
        controls=[
            ft.Icon(one.icon, size=22, color=ink),
            ft.Text(one.words, color=ink, expand=True, theme_style=ft.TextThemeStyle.BODY_LARGE),
            *([ft.Text(str(count), color=ink, theme_style=ft.TextThemeStyle.TITLE_SMALL)] if count else []),
        ],
        spacing=theme.UNIT,
    )
    button = ft.TextButton(
        content=unspoken(row),
        on_click=tapped(partial(session.navigate, one.route)),
        style=ft.ButtonStyle(
            bgcolor=theme.SOFT if chosen else theme.CARD,
            padding=ft.Padding.symmetric(vertical=12, horizontal=12),
            shape=ft.RoundedRectangleBorder(radius=theme.CORNER),
        ),
    )
    return identified(f"console.rail.{one.id}", button, label=words, chosen=chosen)


def _account(session: Session) -> list[ft.Control]:
    if session.who is None:
        return []
    account, desk = session.who.account, session.desk
    unlocked = desk.is_unlocked
    icon = ft.Icons.LOCK_OPEN if unlocked else ft.Icons.LOCK_OUTLINE
    tone = Tone.GOOD if unlocked else Tone.CARE
    keys = ft.Row(
        controls=[
            ft.Icon(icon, size=20, color=tone.ink),
            ft.Text(
                "密钥已解锁" if unlocked else "密钥未解锁",
                color=tone.ink,
                theme_style=ft.TextThemeStyle.BODY_SMALL,
            ),
        ],
        spacing=4,
    )
    way = (
        quiet_button("console.rail.lock", "锁上密钥", session.lock_keys)
        if unlocked
        else quiet_button("console.rail.unlock", "解锁密钥", partial(session.navigate, routes.UNLOCK))
    )
    dark = session.scheme is Scheme.DARK
    scheme = icon_button(
        "console.rail.scheme",
        ft.Icons.LIGHT_MODE_OUTLINED if dark else ft.Icons.DARK_MODE_OUTLINED,
        "换成浅色" if dark else "换成深色",
        partial(session.dress, Scheme.LIGHT if dark else Scheme.DARK),
    )
    who = ft.Text(f"{account.login}（{account.role.word}）", theme_style=ft.TextThemeStyle.BODY_SMALL)
    out = quiet_button("console.rail.logout", "退出", session.log_out)
    return [keys, way, ft.Divider(height=theme.UNIT), who, ft.Row(controls=[out, scheme], spacing=0)]


# --- The lines on top ---


@ft.component
def _Notices(session: Session) -> ft.Control:
    """Alarms in words, then what keeps the desk from the server."""
    use_changes(session)
    lines = [*_alarm_line(session), *_office_line(session)]
    return ft.Column(
        controls=lines, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )


def _alarm_line(session: Session) -> list[ft.Control]:
    alarms = session.hall.tally.alarms
    if not alarms:
        return []
    more = f"（共 {len(alarms)} 条告警）" if len(alarms) > 1 else ""
    look = secondary_button(
        "console.alarms.open", "查看告警", partial(session.navigate, routes.ALARMS), tone=Tone.BAD
    )
    return [_line("console.alarms", ft.Icons.GPP_BAD_OUTLINED, f"{alarms[0].message}{more}", Tone.BAD, look)]


def _office_line(session: Session) -> list[ft.Control]:
    background, desk = session.hall.background, session.desk
    if background.failure is None or not desk.is_unlocked:
        return []
    done = background.done_ms
    since = f"最近一次成功：{moment(done, now_ms=session.now_ms())}。" if done else ""
    words = f"{background.failure.message}{since}审核台可以照常使用，稍后自动重试。"
    again = secondary_button("console.office.retry", "现在重试", background.kick, tone=Tone.CARE)
    return [_line("console.office", ft.Icons.CLOUD_OFF_OUTLINED, words, Tone.CARE, again)]


def _line(identifier: str, icon: ft.IconData, words: str, tone: Tone, way: ft.Control) -> ft.Control:
    row = ft.Row(
        controls=[ft.Icon(icon, color=tone.ink), ft.Text(words, color=tone.ink, expand=True), way],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    shown = ft.Container(
        content=row,
        padding=ft.Padding.symmetric(vertical=theme.UNIT, horizontal=theme.UNIT * 2),
        bgcolor=theme.CARD,
        border=ft.Border.only(bottom=ft.BorderSide(width=2, color=tone.ink)),
    )
    return ft.Semantics(identifier=identifier, content=shown, live_region=True, container=True)
