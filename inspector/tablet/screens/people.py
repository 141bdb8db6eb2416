"""Who inspects and how each signs: with an unlocked key, or by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import flet as ft

from inspector.domain.completeness import Gap
from inspector.domain.inspection import Inspection, Inspector, Role
from inspector.errors import InspectorError
from inspector.tablet.crew import Member
from inspector.tablet.screens.signing import Signee
from inspector.tablet.walk import View, Walk
from inspector.tablet.workbench import Workbench
from inspector.ui import theme, words
from inspector.ui.buttons import icon_button, quiet_button, secondary_button
from inspector.ui.fields import text_field
from inspector.ui.keypad import keypad
from inspector.ui.panels import card, quiet_text, section_title
from inspector.ui.states import Mark, state_chip
from inspector.ui.taps import Act
from inspector.ui.theme import Tone

KEY_UNLOCKED = Mark(shape=ft.Icons.KEY, word="密钥已解锁", tone=Tone.GOOD)
BY_HAND = Mark(shape=ft.Icons.DRAW_OUTLINED, word="已手写签名", tone=Tone.GOOD)
NOT_YET = Mark(shape=ft.Icons.RADIO_BUTTON_UNCHECKED, word="尚未签名", tone=Tone.CARE)
_PAD = "finish-pad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far an inspection is from its seal.

    Attributes:
        content: what is missing before anybody can sign; `signatures` afterwards.
        with_key: ids of the inspectors whose keys will sign.
        members: the tablet's inspectors.
        enforces: whether two inspectors are necessary.
        obstacles: what would keep the documents from being issued.
    """

    content: tuple[Gap, ...]
    signatures: tuple[Gap, ...]
    with_key: frozenset[str]
    members: tuple[Member, ...]
    enforces: bool
    obstacles: tuple[InspectorError, ...]


def standing_of(bench: Workbench, inspection: Inspection) -> Standing:
    """How far it is; asked in a thread."""
    return Standing(
        content=bench.closing.content_gaps(inspection),
        signatures=bench.closing.signature_gaps(inspection),
        with_key=frozenset(signer.inspector for signer in bench.crew.signers(inspection)),
        members=bench.crew.members(),
        enforces=bench.paper.is_enforcement,
        obstacles=bench.paper.obstacles(inspection),
    )


@ft.component
def PeopleCard(
    walk: Walk,
    view: View,
    standing: Standing,
    ask_to_sign: Callable[[Signee], object],
    on_changed: Callable[[], object],
    bring: Callable[[str], Awaitable[None]],
) -> ft.Control:
    """The inspectors of this inspection, and those who could join it.

    Args:
        ask_to_sign: opens the pad.
        on_changed: a key was unlocked.
        bring: scrolls to what has that key.
    """
    nobody: Inspector | None = None
    unlocking, unlock = ft.use_state(nobody)
    said, say = ft.use_state("")
    working, work = ft.use_state("")
    inspection = view.inspection

    async def enter(pin: str) -> None:
        if unlocking is None:
            return
        work("正在解锁…")
        try:
            await walk.session.act(walk.session.gate.unlock_beside, unlocking.id, pin)
        except InspectorError as error:
            say(f"{error.message}{error.next_step}")
        else:
            say("")
            unlock(nobody)
            on_changed()
        work("")

    def begin(one: Inspector) -> None:
        say("")
        unlock(one)

    rows = [_row(walk, one, inspection, standing, begin, ask_to_sign) for one in inspection.inspectors]
    needed = "执法检查不得少于两名检查人员。" if standing.enforces and len(rows) < 2 else ""

    async def bring_pad() -> None:
        if unlocking is not None and not working:
            await bring(_PAD)

    ft.use_effect(bring_pad, dependencies=[unlocking, bool(working), said])
    return card(
        [
            section_title("检查人员"),
            quiet_text(f"{needed}本机登记的检查人员输入 PIN 即用密钥签名；没有密钥的当场手写签名。"),
            *rows,
            *([_pad(unlocking, enter, said, working, lambda: unlock(nobody))] if unlocking else []),
            *_joining(walk, inspection, standing),
            GuestForm(walk),
        ],
        gap=theme.UNIT + 4,
    )


def _pad(one: Inspector, enter: Callable[[str], object], said: str, working: str, stop: Act) -> ft.Control:
    pad = keypad("finish.pin", f"{one.name} 的 PIN", enter, error=said, working=working)
    cancel = secondary_button("finish.pin-cancel", "取消", stop)
    column = ft.Column(controls=[pad, cancel], horizontal_alignment=ft.CrossAxisAlignment.CENTER)
    return ft.Container(content=column, key=ft.ScrollKey(_PAD))  # type: ignore[call-arg]


@ft.component
def GuestForm(walk: Walk) -> ft.Control:
    """One more inspector who has no PIN on this tablet and signs by hand."""
    opened, open_form = ft.use_state(False)
    name, call = ft.use_state("")
    number, give = ft.use_state("")

    async def join() -> None:
        def joined(bench: Workbench, now: Inspection) -> Inspection:
            return now.joined_by((*now.inspectors, bench.inspections.guest(name, number)))

        if await _rejoin(walk, joined) is None:
            open_form(False)
            call("")
            give("")

    if not opened:
        return ft.Row(
            controls=[
                quiet_button(
                    "finish.guest",
                    "加入其他检查人员（手写签名）",
                    lambda: open_form(True),
                    icon=ft.Icons.PERSON_ADD_OUTLINED,
                )
            ]
        )
    return ft.Row(
        controls=[
            ft.Container(content=text_field("finish.guest-name", "姓名", name, call), width=220),
            ft.Container(content=text_field("finish.guest-number", "证件号", number, give), width=220),
            secondary_button("finish.guest-cancel", "取消", lambda: open_form(False)),
            secondary_button("finish.guest-join", "加入", join, disabled=not name.strip()),
        ],
        spacing=theme.UNIT * 2,
        run_spacing=theme.UNIT,
        wrap=True,
        vertical_alignment=ft.CrossAxisAlignment.END,
    )


def _row(
    walk: Walk,
    one: Inspector,
    inspection: Inspection,
    standing: Standing,
    unlock: Callable[[Inspector], object],
    ask_to_sign: Callable[[Signee], object],
) -> ft.Control:
    hand = inspection.handwriting_of(Role.INSPECTOR, one.id)
    has_key = one.id in standing.with_key
    mark = KEY_UNLOCKED if has_key else BY_HAND if hand else NOT_YET
    signee = Signee(role=Role.INSPECTOR, name=one.name, inspector=one.id)
    ways: list[ft.Control] = []
    if not has_key and one.key_id and any(member.id == one.id for member in standing.members):
        ways.append(
            secondary_button(f"finish.unlock-{one.id}", "输入 PIN", partial(unlock, one), icon=ft.Icons.KEY)
        )
    if not has_key:
        ways.append(
            secondary_button(
                f"finish.sign-{one.id}",
                "重新手写" if hand else "手写签名",
                partial(ask_to_sign, signee),
                icon=ft.Icons.DRAW_OUTLINED,
                disabled=bool(standing.content),
            )
        )
    if len(inspection.inspectors) > 1:
        ways.append(_leave(walk, one, inspection))
    signed = f"（{words.moment(hand.at_ms)}）" if hand and not has_key else ""
    who = ft.Column(
        controls=[
            ft.Text(one.name, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            quiet_text(f"证件号 {one.number}" if one.number else "没有证件号"),
        ],
        spacing=0,
        tight=True,
    )
    return ft.Row(
        controls=[who, state_chip(mark, word=f"{mark.word}{signed}"), *ways],
        spacing=theme.UNIT * 2,
        run_spacing=theme.UNIT,
        wrap=True,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _leave(walk: Walk, one: Inspector, inspection: Inspection) -> ft.Control:
    async def leave() -> None:
        before = inspection.inspectors

        def without(_bench: Workbench, now: Inspection) -> Inspection:
            return now.joined_by(tuple(each for each in now.inspectors if each.id != one.id))

        if await _rejoin(walk, without) is None:
            walk.session.snack(
                f"已移出 {one.name}", lambda: _rejoin(walk, lambda _bench, now: now.joined_by(before))
            )

    return icon_button(f"finish.leave-{one.id}", ft.Icons.PERSON_REMOVE_OUTLINED, f"移出 {one.name}", leave)


def _joining(walk: Walk, inspection: Inspection, standing: Standing) -> list[ft.Control]:
    here = {one.id for one in inspection.inspectors}
    away = [member for member in standing.members if member.id not in here]
    if not away:
        return []

    async def join(member: Member) -> None:
        await _rejoin(walk, lambda _bench, now: now.joined_by((*now.inspectors, member.as_inspector())))

    buttons = [
        secondary_button(
            f"finish.join-{member.id}",
            f"加入 {member.name}",
            partial(join, member),
            icon=ft.Icons.PERSON_ADD_OUTLINED,
        )
        for member in away
    ]
    return [ft.Row(controls=buttons, spacing=theme.UNIT, run_spacing=theme.UNIT, wrap=True)]


async def _rejoin(walk: Walk, change: Callable[[Workbench, Inspection], Inspection]) -> InspectorError | None:
    return await walk.act(lambda bench, now: bench.inspections.save(now, change(bench, now)))
