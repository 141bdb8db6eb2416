"""Who works with this tablet: their keys, one more inspector, a colleague's second key, a new PIN."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import flet as ft

from inspector.errors import InspectorError
from inspector.tablet.crew import Member
from inspector.tablet.frame import keyed
from inspector.tablet.screens.member import NewMember, NewMemberForm, NewPin
from inspector.tablet.session import Session
from inspector.ui import theme
from inspector.ui.buttons import quiet_button, secondary_button
from inspector.ui.keypad import keypad
from inspector.ui.panels import card, quiet_text, section_title
from inspector.ui.states import Mark, state_chip
from inspector.ui.taps import Act
from inspector.ui.theme import Tone

UNLOCKED = Mark(shape=ft.Icons.KEY, word="密钥已解锁", tone=Tone.GOOD)
LOCKED = Mark(shape=ft.Icons.KEY_OFF, word="密钥未解锁", tone=Tone.IDLE)
CERTIFIED = Mark(shape=ft.Icons.VERIFIED_OUTLINED, word="办公室已登记", tone=Tone.GOOD)
UNCERTIFIED = Mark(shape=ft.Icons.PENDING_OUTLINED, word="尚未登记，手写签名", tone=Tone.CARE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """What is open below the list: nothing, `add`, or `unlock` and `reset` of somebody."""

    what: str = ""
    id: str = ""


@ft.component
def CrewCard(session: Session) -> ft.Control:
    """The inspectors of this tablet."""
    doing, do = ft.use_state(Doing())
    bench = session.workbench
    close = partial(do, Doing())
    rows = [_member(session, one, do) for one in bench.crew.members()]
    unknown = [one for one in bench.crew.members() if one.key_id is None and bench.crew.is_unlocked(one.id)]
    enrol = (
        [
            ft.Text("有检查人员的密钥还没有在办公室登记：用一个新的登记码加入。"),
            ft.Row(
                controls=[
                    secondary_button("crew.enrol", "登记新加入的人员", partial(session.navigate, "/enrol"))
                ]
            ),
        ]
        if bench.crew.is_enrolled and unknown
        else []
    )
    add = secondary_button(
        "crew.add", "添加检查人员", partial(do, Doing(what="add")), icon=ft.Icons.PERSON_ADD_OUTLINED
    )
    return card(
        [
            section_title("检查人员"),
            *rows,
            *enrol,
            *([ft.Row(controls=[add])] if not doing.what else [_open(session, doing, close)]),
        ],
        gap=theme.UNIT * 2,
    )


def _member(session: Session, one: Member, do: Callable[[Doing], None]) -> ft.Control:
    crew = session.workbench.crew
    marks = [
        state_chip(UNLOCKED if crew.is_unlocked(one.id) else LOCKED),
        state_chip(CERTIFIED if one.key_id else UNCERTIFIED),
    ]
    about = " · ".join(part for part in (one.number, one.role) if part)
    words = ft.Column(
        controls=[
            ft.Text(one.name, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            *([quiet_text(about)] if about else []),
            ft.Row(controls=marks, wrap=True),
        ],
        spacing=4,
        expand=True,
        tight=True,
    )
    ways: list[ft.Control] = []
    if one.id != crew.current:
        if not crew.is_unlocked(one.id):
            ways.append(
                quiet_button(
                    f"crew.unlock.{one.id}", "解锁密钥", partial(do, Doing(what="unlock", id=one.id))
                )
            )
        ways.append(
            quiet_button(f"crew.reset.{one.id}", "重设 PIN", partial(do, Doing(what="reset", id=one.id)))
        )
    return ft.Row(controls=[words, *ways], wrap=False)


def _open(session: Session, doing: Doing, close: Act) -> ft.Control:
    inside = {
        "add": lambda: AddMember(session, close),
        "unlock": lambda: keyed(UnlockBeside, doing.id, session, doing.id, close),
        "reset": lambda: keyed(ResetPin, doing.id, session, doing.id, close),
    }[doing.what]()
    return ft.Column(
        controls=[inside, ft.Row(controls=[quiet_button("crew.close", "取消", close)])], tight=True
    )


@ft.component
def AddMember(session: Session, on_done: Act) -> ft.Control:
    """One more inspector, who types their own PIN."""

    async def join(member: NewMember, pin: str) -> None:
        await session.act(
            session.gate.join, name=member.name, number=member.number, role=member.role, pin=pin
        )
        session.snack(f"已添加 {member.name}")
        on_done()

    return NewMemberForm("crew.new", join, act="添加")


@ft.component
def UnlockBeside(session: Session, id: str, on_done: Act) -> ft.Control:
    """A colleague unlocks their key, to sign beside the one who works."""
    said, say = ft.use_state("")

    async def unlock(pin: str) -> None:
        try:
            await session.act(session.gate.unlock_beside, id, pin)
        except InspectorError as refused:
            say(f"{refused.message}{refused.next_step}")
        else:
            on_done()

    return keypad("crew.beside", "由本人输入 PIN", unlock, error=said, act="解锁")


@ft.component
def ResetPin(session: Session, id: str, on_done: Act) -> ft.Control:
    """A new PIN for a colleague who forgot theirs or is locked out."""
    said, say = ft.use_state("")

    async def reset(pin: str) -> None:
        try:
            await session.act(session.gate.reset_pin, id, pin)
        except InspectorError as refused:
            say(f"{refused.message}{refused.next_step}")
            return
        session.snack("已重设 PIN")
        on_done()

    words = [
        ft.Text(
            "请由本人输入新的 PIN。重设会换一把新的签名密钥，需用登记码向办公室重新登记；在此之前手写签名。"
        ),
        *([ft.Text(said, color=Tone.BAD.ink)] if said else []),
        NewPin("crew.reset", reset, act="重设"),
    ]
    return ft.Column(controls=words, tight=True)
