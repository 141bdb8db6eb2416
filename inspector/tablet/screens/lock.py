"""The lock screen: who works here, their PIN, waits counted down, what is damaged."""

from __future__ import annotations

from functools import partial

import flet as ft

from inspector.errors import InspectorError, JournalDamagedError, PinLockedOutError, PinWaitError
from inspector.tablet.frame import keyed
from inspector.tablet.screens.recovery import LockedOut
from inspector.tablet.session import Session, use_repeated
from inspector.ui.buttons import secondary_button
from inspector.ui.dialogs import put_away_snack
from inspector.ui.fields import Choice, choice_chips
from inspector.ui.keypad import keypad
from inspector.ui.panels import centred, error_panel, quiet_text


@ft.component
def LockScreen(session: Session) -> ft.Control:
    """Ask for a PIN."""
    people = session.gate.people()
    chosen, choose = ft.use_state(people[0].id if people else "")
    no_error: InspectorError | None = None
    error, set_error = ft.use_state(no_error)
    wait, set_wait = ft.use_state(0)
    tries, count_again = ft.use_state(0)
    working, set_working = ft.use_state("")

    async def count_down() -> bool:
        left = await session.act(session.gate.wait_left_ms, chosen)
        set_wait(-(-left // 1000))
        return left <= 0

    async def unlock(pin: str) -> None:
        set_working("正在解锁……")
        try:
            await session.tablet.enter(session.gate.unlock, chosen, pin)
        except InspectorError as refused:
            set_error(refused)
            if isinstance(refused, PinWaitError):
                count_again(lambda tries: tries + 1)
        finally:
            set_working("")

    def other(id: str) -> None:
        set_error(None)
        choose(id)

    use_repeated(session, count_down, 1.0, on=(chosen, tries))
    ft.use_effect(put_away_snack, dependencies=[])
    if isinstance(error, JournalDamagedError):
        return _Damaged(session, chosen, error)
    names = [Choice(id=one.id, words=one.name) for one in people]
    who = choice_chips("lock.person", names, [chosen], other)
    matter: list[ft.Control] = [
        ft.Text("本机已锁定", theme_style=ft.TextThemeStyle.HEADLINE_SMALL),
        quiet_text("请选择姓名并输入 PIN。已保存的内容都在本机。"),
        who,
    ]
    if isinstance(error, PinLockedOutError):
        return centred([*matter, keyed(LockedOut, chosen, session, chosen)], width=640)
    said = f"请在 {_span(wait)}后再试" if wait else error.message if error else ""
    waiting = f"PIN 连续输错，请等 {_span(wait)}" if wait else working
    pad = keypad("lock", "PIN", unlock, error=said, working=waiting, act="解锁")
    hint = quiet_text(error.next_step) if error else quiet_text("连续输错会暂时锁定；内容不会丢失。")
    return centred([*matter, pad, hint])


def _span(seconds: int) -> str:
    return f"{seconds // 60} 分 {seconds % 60:02} 秒" if seconds >= 60 else f"{seconds} 秒"


@ft.component
def _Damaged(session: Session, id: str, damage: JournalDamagedError) -> ft.Control:
    """The device's own journal is damaged: say what, and restore on a person's word only."""
    asked, ask = ft.use_state(False)
    no_error: InspectorError | None = None
    error, set_error = ft.use_state(no_error)
    working, set_working = ft.use_state("")

    async def restore(pin: str) -> None:
        set_working("正在恢复……")
        try:
            await session.tablet.enter(session.gate.restore, id, pin)
        except InspectorError as refused:
            set_error(refused)
        finally:
            set_working("")

    what = error_panel(
        damage, actions=[] if asked else [secondary_button("lock.restore", "恢复", partial(ask, True))]
    )
    kept = quiet_text("恢复会保留所有核实无误的内容，并把损坏的原件另存在旁边，供办公室查看。")
    if not asked:
        return centred([what, kept], width=640)
    pad = keypad(
        "lock",
        "再次输入 PIN 以恢复",
        restore,
        error=error.message if error else "",
        working=working,
        act="恢复",
    )
    return centred([what, kept, pad], width=640)
