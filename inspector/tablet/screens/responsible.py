"""The enterprise's person signs what the inspection says, or refuses: with a reason, before a witness."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import flet as ft

from inspector.domain.inspection import Inspection, Refusal, Role
from inspector.tablet.screens.people import Standing
from inspector.tablet.screens.signing import RefusalForm, Signee
from inspector.tablet.walk import View, Walk
from inspector.ui import theme, words
from inspector.ui.buttons import primary_button, secondary_button
from inspector.ui.panels import card, quiet_text, section_title
from inspector.ui.theme import Tone

AskToSign = Callable[[Signee], object]


@ft.component
def ResponsibleCard(walk: Walk, view: View, standing: Standing, ask_to_sign: AskToSign) -> ft.Control:
    """The two ways, and what was chosen.

    Args:
        ask_to_sign: opens the pad.
    """
    refusing, refuse = ft.use_state(False)
    refusal = view.inspection.refusal
    if refusal is not None:
        return _refused(walk, view.inspection, refusal, ask_to_sign)
    if refusing:
        return RefusalForm(walk, lambda: refuse(False))
    return _to_sign(view.inspection, bool(standing.content), ask_to_sign, lambda: refuse(True))


def _to_sign(
    inspection: Inspection, blocked: bool, ask_to_sign: AskToSign, refuse: Callable[[], object]
) -> ft.Control:
    enterprise, signed = inspection.enterprise, inspection.handwriting_of(Role.RESPONSIBLE)
    signee = Signee(role=Role.RESPONSIBLE, name=enterprise.person, position=enterprise.position)
    said = (
        f"{signed.name} 已于 {words.moment(signed.at_ms)} 签名"
        if signed
        else "请被检查单位负责人阅读检查内容后签名；拒绝签名的，写明原因。"
    )
    no = secondary_button(
        "finish.refuse", "拒绝签名", refuse, icon=ft.Icons.BLOCK, tone=Tone.CARE, disabled=blocked
    )
    yes = primary_button(
        "finish.sign",
        "重新签名" if signed else "请负责人签名",
        partial(ask_to_sign, signee),
        icon=ft.Icons.DRAW_OUTLINED,
        disabled=blocked,
    )
    first = [quiet_text("内容齐全之后才能签名。")] if blocked else []
    return card(
        [section_title("被检查单位签名"), ft.Text(said), *first, _row([no, yes])],
        tone=Tone.GOOD if signed else None,
    )


def _refused(walk: Walk, inspection: Inspection, refusal: Refusal, ask_to_sign: AskToSign) -> ft.Control:
    has_signed = inspection.handwriting_of(Role.WITNESS) is not None

    async def take_back() -> None:
        await walk.act(lambda bench, now: bench.closing.take_back_refusal(now), signs=True)

    ways = [secondary_button("finish.take-back", "撤回拒签", take_back, icon=ft.Icons.UNDO)]
    if refusal.witness and not has_signed:
        witness = Signee(role=Role.WITNESS, name=refusal.witness)
        ways.append(
            secondary_button(
                "finish.witness", "见证人签名", partial(ask_to_sign, witness), icon=ft.Icons.DRAW_OUTLINED
            )
        )
    seen = refusal.witness + ("（已签名）" if has_signed else "") if refusal.witness else "没有见证人"
    return card(
        [
            section_title("被检查单位签名"),
            ft.Text(f"已记录拒签（{words.moment(refusal.at_ms)}）：{refusal.reason}"),
            quiet_text(f"见证人：{seen}"),
            _row(ways),
        ],
        tone=Tone.CARE,
    )


def _row(controls: list[ft.Control]) -> ft.Control:
    return ft.Row(
        controls=controls,
        spacing=theme.UNIT * 2,
        run_spacing=theme.UNIT,
        wrap=True,
        alignment=ft.MainAxisAlignment.END,
    )
