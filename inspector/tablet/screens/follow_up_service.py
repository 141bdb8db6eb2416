"""A receipt of service: which documents, to whom, how and where; the receiver signs, or why nobody did."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from inspector.domain.service import ServiceWay
from inspector.tablet.filling import ServiceForm
from inspector.tablet.frame import frame, over_pad
from inspector.tablet.issuing import NoticeRow
from inspector.tablet.walk import Walk
from inspector.ui import theme, words
from inspector.ui.buttons import secondary_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.panels import card, quiet_text, section_title
from inspector.ui.signature_pad import signature_pad
from inspector.ui.strokes import Drawing
from inspector.ui.theme import Tone

Change = Callable[[Callable[[ServiceForm], ServiceForm]], Awaitable[None]]

WAYS = [Choice(id=one.value, words=one.word) for one in ServiceWay]
YES = "yes"
_APART = "送达方式、收件人相同的文书填一张回证；不同的请分开：先只选相同的，出具后再填下一张。"
"""One receipt is signed once, for what was served together; the next one begins with what is left."""


@ft.component
def ServiceBody(
    served: tuple[NoticeRow, ...],
    form: ServiceForm,
    change: Change,
    ask_to_sign: Callable[[], object],
) -> ft.Control:
    """The receipt; a change of what was signed takes the signature away."""

    async def fill(**changes: object) -> None:
        await change(lambda now: now.changed(**changes))

    async def toggle(id: str) -> None:
        order = [row.id for row in served]

        def toggled(now: ServiceForm) -> ServiceForm:
            chosen = set(now.documents) ^ {id}
            return now.changed(documents=tuple(one for one in order if one in chosen))

        await change(toggled)

    listed = [Choice(id=row.id, words=f"{row.notice.kind.word} {row.notice.number}") for row in served]
    what = card(
        [
            section_title("送达的文书"),
            choice_chips("fill.document", listed, form.documents, toggle),
            *([quiet_text(_APART)] if len(listed) > 1 else []),
            text_field(
                "fill.recipient", "受送达人（必填）", form.recipient, lambda text: fill(recipient=text)
            ),
        ]
    )
    how = card(
        [
            section_title("送达方式"),
            choice_chips("fill.way", WAYS, [form.way.value], lambda id: fill(way=ServiceWay(id))),
            *_particulars(form, fill),
            text_field("fill.place", "送达地点（必填）", form.place, lambda text: fill(place=text)),
            text_field(
                "fill.received-on",
                "送达日期",
                form.received_on,
                lambda text: fill(received_on=text),
                hint="2026-11-24，留空由收件人填写",
            ),
        ]
    )
    who = [_taken(form, fill, ask_to_sign)] if form.way.has_receiver else []
    if form.way is ServiceWay.LEFT:
        who = [_left(form, fill)]
    remark = text_field("fill.remark", "备注", form.remark, lambda text: fill(remark=text), lines=2)
    return ft.Column(
        controls=[what, how, *who, card([remark])],
        spacing=theme.UNIT * 2,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@ft.component
def ReceiverPad(
    walk: Walk,
    form: ServiceForm,
    on_signed: Callable[[ServiceForm], object],
    on_close: Callable[[], object],
) -> ft.Control:
    """What the receiver signs for, scrolling, and the pad under it, which never scrolls."""
    session = walk.session
    held, hold = ft.use_state(False)

    async def done(drawing: Drawing) -> None:
        hold(True)
        try:
            after = await session.act(
                lambda: session.workbench.follow_ups.sign(walk.inspection, form, drawing)
            )
        finally:
            hold(False)
        session.snack(f"{form.received_by} 已签收，已保存在本机")
        on_signed(after)

    lines = session.workbench.follow_ups.receipt_words(form)
    shown = card([ft.Text(line) for line in lines])
    above = frame(session, "receiving", "请收件人阅读后签名", [shown], back=on_close, wide=True)
    pad = signature_pad("receiving", form.received_by, "收件人", done, disabled=held, height=220)
    return over_pad(above, pad)


def _particulars(form: ServiceForm, fill: Callable[..., Awaitable[None]]) -> list[ft.Control]:
    needed = form.way.particulars
    if needed:
        return [
            text_field(
                "fill.particulars",
                f"{needed}（必填）",
                form.particulars,
                lambda text: fill(particulars=text),
            )
        ]
    if form.way is not ServiceWay.ELECTRONIC:
        return []
    return [
        choice_chips(
            "fill.consent",
            [Choice(id=YES, words="当事人已签署电子送达确认书")],
            [YES] if form.has_consent else [],
            lambda _id: fill(has_consent=not form.has_consent),
        ),
        quiet_text("没有签署确认书的，不能电子送达。"),
        text_field("fill.consent-by", "确认书签署人", form.consent_by, lambda text: fill(consent_by=text)),
        text_field(
            "fill.consent-on",
            "签署日期",
            form.consent_on,
            lambda text: fill(consent_on=text),
            hint="2026-11-24",
        ),
        text_field(
            "fill.consent-to",
            "电子送达地址（号码、邮箱或账号）",
            form.consent_to,
            lambda text: fill(consent_to=text),
        ),
    ]


def _left(form: ServiceForm, fill: Callable[..., Awaitable[None]]) -> ft.Control:
    return card(
        [
            section_title("拒收与见证"),
            text_field(
                "fill.refusal", "拒收原因（必填）", form.refusal, lambda text: fill(refusal=text), lines=2
            ),
            text_field("fill.witness", "见证人姓名和身份", form.witness, lambda text: fill(witness=text)),
            choice_chips(
                "fill.recorded",
                [Choice(id=YES, words="留置过程已拍照、录像")],
                [YES] if form.is_recorded else [],
                lambda _id: fill(is_recorded=not form.is_recorded),
            ),
            quiet_text("留置送达须有见证人，或者拍照、录像。"),
        ],
        tone=Tone.CARE,
    )


def _taken(
    form: ServiceForm, fill: Callable[..., Awaitable[None]], ask_to_sign: Callable[[], object]
) -> ft.Control:
    signed = form.signature if form.way.is_by_hand else None
    said = (
        f"{form.received_by} 已于 {words.moment(signed.at_ms)} 签名。改动上面的内容须重新签名。"
        if signed
        else "可请收件人在屏幕上签名；不签的，在纸面上留空。"
    )
    if not form.way.is_by_hand:
        said = "不是当面送达，不在屏幕上签名；收件人还不知道的可以不填，签收凭证随回证存档。"
    pad = secondary_button(
        "fill.sign",
        "重新签名" if signed else "请收件人签名",
        ask_to_sign,
        icon=ft.Icons.DRAW_OUTLINED,
        disabled=not (form.received_by.strip() and form.documents),
    )
    return card(
        [
            section_title("收件人"),
            text_field("fill.received-by", "收件人", form.received_by, lambda text: fill(received_by=text)),
            text_field(
                "fill.relation",
                "代收人与受送达人的关系（本人收件不填）",
                form.relation,
                lambda text: fill(relation=text),
            ),
            ft.Text(said),
            *([ft.Row(controls=[pad], alignment=ft.MainAxisAlignment.END)] if form.way.is_by_hand else []),
        ],
        tone=Tone.GOOD if signed else None,
    )
