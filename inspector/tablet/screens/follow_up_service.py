"""A receipt of service: which documents and to whom, how most are served, and what went apart."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from inspector.tablet.frame import frame, keyed, over_pad
from inspector.tablet.issuing import NoticeRow
from inspector.tablet.screens.follow_up_serving import (
    Change,
    PartedCard,
    TogetherCards,
    consent_card,
)
from inspector.tablet.serving import TOGETHER, ServiceForm
from inspector.tablet.walk import Walk
from inspector.ui import theme
from inspector.ui.buttons import quiet_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.panels import card, section_title
from inspector.ui.signature_pad import signature_pad
from inspector.ui.strokes import Drawing


@ft.component
def ServiceBody(
    served: tuple[NoticeRow, ...],
    form: ServiceForm,
    change: Change,
    ask_to_sign: Callable[[str], object],
) -> ft.Control:
    """The receipt; a change of what was signed takes that signature away."""

    async def fill(**changes: object) -> None:
        await change(lambda now: now.changed(**changes))

    cards: list[ft.Control] = []
    for of in form.groups:
        if of == TOGETHER:
            cards.append(keyed(TogetherCards, "together", form, change, ask_to_sign))
        else:
            cards.append(keyed(PartedCard, of, of, _named(served, of), form, change, ask_to_sign))
    if form.is_electronic:
        cards.append(consent_card(form, fill))
    recipient = text_field(
        "fill.recipient", "受送达人（必填）", form.recipient, lambda text: fill(recipient=text)
    )
    listed = [_document(row, served, form, change) for row in served]
    remark = text_field("fill.remark", "备注", form.remark, lambda text: fill(remark=text), lines=2)
    return ft.Column(
        controls=[card([section_title("送达的文书"), *listed, recipient]), *cards, card([remark])],
        spacing=theme.UNIT * 2,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@ft.component
def ReceiverPad(
    walk: Walk,
    form: ServiceForm,
    of: str,
    on_signed: Callable[[ServiceForm], object],
    on_close: Callable[[], object],
) -> ft.Control:
    """What the receiver signs for, scrolling, and the pad under it, which never scrolls.

    Args:
        of: which way of the receipt; see `ServiceForm.serving`.
    """
    session = walk.session
    held, hold = ft.use_state(False)
    name = form.serving(of).received_by

    async def done(drawing: Drawing) -> None:
        hold(True)
        try:
            after = await session.act(
                lambda: session.workbench.follow_ups.sign(walk.inspection, form, of, drawing)
            )
        finally:
            hold(False)
        session.snack(f"{name} 已签收，已保存在本机")
        on_signed(after)

    lines = session.workbench.follow_ups.receipt_words(form, of)
    shown = card([ft.Text(line) for line in lines])
    above = frame(session, "receiving", "请收件人阅读后签名", [shown], back=on_close, wide=True)
    pad = signature_pad("receiving", name, "收件人", done, disabled=held, height=220)
    return over_pad(above, pad)


def _document(row: NoticeRow, served: tuple[NoticeRow, ...], form: ServiceForm, change: Change) -> ft.Control:
    """Whether it is served; and where others are, the way to serve this one differently, and back."""
    order = [one.id for one in served]

    async def toggle(id: str) -> None:
        def toggled(now: ServiceForm) -> ServiceForm:
            chosen = set(now.documents) ^ {id}
            return now.changed(documents=tuple(one for one in order if one in chosen))

        await change(toggled)

    async def part() -> None:
        await change(lambda now: now.parted(row.id))

    async def join() -> None:
        await change(lambda now: now.joined(row.id))

    chosen = choice_chips(
        "fill.document", [Choice(id=row.id, words=_named(served, row.id))], form.documents, toggle
    )
    together, ways = form.group(TOGETHER), []
    if row.id in form.documents and row.id in form.apart:
        ways = [quiet_button(f"fill.join-{row.id}", "改回一起送达", join, icon=ft.Icons.UNDO)]
    elif row.id in together and len(together) > 1:
        ways = [quiet_button(f"fill.part-{row.id}", "这份换一种方式送达", part, icon=ft.Icons.CALL_SPLIT)]
    return ft.Row(controls=[chosen, *ways], wrap=True, spacing=theme.UNIT, run_spacing=theme.UNIT)


def _named(served: tuple[NoticeRow, ...], id: str) -> str:
    return next(f"{row.notice.kind.word} {row.notice.number}" for row in served if row.id == id)
