"""Signing by hand: what is signed above, the pad below; and the other way, a refusal with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from inspector.domain.inspection import Inspection, Role
from inspector.tablet.frame import frame, over_pad
from inspector.tablet.screens.statement import statement_panel
from inspector.tablet.walk import View, Walk
from inspector.tablet.workbench import Workbench
from inspector.ui import theme
from inspector.ui.buttons import primary_button, secondary_button
from inspector.ui.fields import text_field
from inspector.ui.panels import card, quiet_text, section_title
from inspector.ui.signature_pad import signature_pad
from inspector.ui.strokes import Drawing
from inspector.ui.taps import Act
from inspector.ui.theme import Tone

_WORDS = {Role.INSPECTOR: "检查人员", Role.RESPONSIBLE: "被检查单位负责人", Role.WITNESS: "见证人"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signee:
    """Who is to sign.

    Attributes:
        inspector: the inspector's id, for that role.
    """

    role: Role
    name: str
    position: str = ""
    inspector: str | None = None

    @property
    def words(self) -> str:
        """The role as it is read."""
        return _WORDS[self.role]


@ft.component
def SigningPanel(walk: Walk, view: View, signee: Signee, on_close: Act) -> ft.Control:
    """The statement, scrolling, and the pad under it, which never scrolls."""
    session = walk.session
    busy, hold = ft.use_state(False)

    async def done(drawing: Drawing) -> None:
        hold(True)
        error = await walk.act(_signing(signee, drawing), signs=True)
        hold(False)
        if error is None:
            session.snack(f"{signee.words} {signee.name} 已签名，已保存在本机")
            on_close()

    statement = statement_panel(view.inspection, view.reference.checklists, session.now_ms())
    above = frame(session, "signing", f"请{signee.words}阅读后签名", [statement], back=on_close, wide=True)
    pad = signature_pad("signing", signee.name, signee.words, done, disabled=busy, height=220)
    return over_pad(above, pad)


@ft.component
def RefusalForm(walk: Walk, on_close: Act) -> ft.Control:
    """Why the enterprise's person would not sign, and who saw it."""
    reason, say = ft.use_state("")
    witness, name = ft.use_state("")

    async def record() -> None:
        def step(bench: Workbench, now: Inspection) -> Inspection:
            return bench.closing.refuse(now, reason, witness)

        if await walk.act(step, signs=True) is None:
            walk.session.snack("已记录拒签")
            on_close()

    return card(
        [
            section_title("记录拒签"),
            quiet_text("请写明拒签原因；有见证人在场的，写明见证人姓名和身份。"),
            text_field("refusal.reason", "拒签原因（必填）", reason, say, lines=2),
            text_field("refusal.witness", "见证人", witness, name),
            ft.Row(
                controls=[
                    secondary_button("refusal.cancel", "取消", on_close),
                    primary_button("refusal.record", "记录拒签", record, disabled=not reason.strip()),
                ],
                alignment=ft.MainAxisAlignment.END,
                spacing=theme.UNIT * 2,
                wrap=True,
            ),
        ],
        tone=Tone.CARE,
    )


def _signing(signee: Signee, drawing: Drawing) -> Callable[[Workbench, Inspection], Inspection]:
    return lambda bench, now: bench.closing.sign(
        now,
        signee.role,
        drawing.strokes,
        height=drawing.height,
        name=signee.name,
        position=signee.position,
        inspector=signee.inspector,
    )
