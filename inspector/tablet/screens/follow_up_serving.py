"""How documents are served: in one way for all, or one document apart; the signed consent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from inspector.domain.service import ServiceWay
from inspector.tablet.serving import TOGETHER, ServiceForm, Serving
from inspector.ui import theme, words
from inspector.ui.buttons import secondary_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.panels import card, quiet_text, section_title
from inspector.ui.theme import Tone

Change = Callable[[Callable[[ServiceForm], ServiceForm]], Awaitable[None]]
Fill = Callable[..., Awaitable[None]]

WAYS = [Choice(id=one.value, words=one.word) for one in ServiceWay]
YES = "yes"
_CONSENT = "没有签署确认书的，不能电子送达；确认书填在下面。"


@ft.component
def TogetherCards(form: ServiceForm, change: Change, ask_to_sign: Callable[[str], object]) -> ft.Control:
    """The way of all documents that did not go apart: as long as none did, of all."""
    serving = form.together
    fill = _filling(TOGETHER, change)
    rest = len(form.group(TOGETHER))
    title = f"其余 {rest} 份的送达方式" if rest < len(form.documents) else "送达方式"
    how = card([section_title(title), *_how("fill", serving, fill)])
    ready = bool(rest)
    who = _who("fill", serving, fill, lambda: ask_to_sign(TOGETHER), ready)
    cards = [how, *([card(who, tone=_tone(serving))] if who else [])]
    return _stack(cards)


@ft.component
def PartedCard(
    id: str, named: str, form: ServiceForm, change: Change, ask_to_sign: Callable[[str], object]
) -> ft.Control:
    """The way of one document that went apart."""
    serving = form.serving(id)
    fill = _filling(id, change)
    name = f"fill.apart-{id}"

    return card(
        [
            section_title(named),
            quiet_text("这份文书用另一种方式送达，下面只填这一份的。"),
            *_how(name, serving, fill),
            *_who(name, serving, fill, lambda: ask_to_sign(id), True),
        ],
        tone=_tone(serving) or Tone.PRIMARY,
    )


def consent_card(form: ServiceForm, fill: Fill) -> ft.Control:
    """The confirmation without which nothing is served electronically."""
    return card(
        [
            section_title("电子送达确认书"),
            choice_chips(
                "fill.consent",
                [Choice(id=YES, words="当事人已签署电子送达确认书")],
                [YES] if form.has_consent else [],
                lambda _id: fill(has_consent=not form.has_consent),
            ),
            text_field(
                "fill.consent-by", "确认书签署人", form.consent_by, lambda text: fill(consent_by=text)
            ),
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
    )


def _filling(of: str, change: Change) -> Fill:
    async def fill(**changes: object) -> None:
        await change(lambda now: now.served(of, **changes))

    return fill


def _how(name: str, serving: Serving, fill: Fill) -> list[ft.Control]:
    needed = serving.way.particulars
    told = text_field(
        f"{name}.particulars", f"{needed}（必填）", serving.particulars, lambda text: fill(particulars=text)
    )
    return [
        choice_chips(f"{name}.way", WAYS, [serving.way.value], lambda id: fill(way=ServiceWay(id))),
        *([told] if needed else []),
        *([quiet_text(_CONSENT)] if serving.way is ServiceWay.ELECTRONIC else []),
        text_field(f"{name}.place", "送达地点（必填）", serving.place, lambda text: fill(place=text)),
        text_field(
            f"{name}.received-on",
            "送达日期",
            serving.received_on,
            lambda text: fill(received_on=text),
            hint=f"2026-11-24，{'留空由收件人填写' if serving.way.has_receiver else '留空在纸面上填写'}",
        ),
    ]


def _who(
    name: str, serving: Serving, fill: Fill, ask_to_sign: Callable[[], object], ready: bool
) -> list[ft.Control]:
    """Who takes it, or why nobody did; nothing where it is announced."""
    if serving.way is ServiceWay.LEFT:
        return _left(name, serving, fill)
    return _taken(name, serving, fill, ask_to_sign, ready) if serving.way.has_receiver else []


def _left(name: str, serving: Serving, fill: Fill) -> list[ft.Control]:
    return [
        section_title("拒收与见证"),
        text_field(
            f"{name}.refusal",
            "拒收原因（必填）",
            serving.refusal,
            lambda text: fill(refusal=text),
            lines=2,
        ),
        text_field(f"{name}.witness", "见证人姓名和身份", serving.witness, lambda text: fill(witness=text)),
        choice_chips(
            f"{name}.recorded",
            [Choice(id=YES, words="留置过程已拍照、录像")],
            [YES] if serving.is_recorded else [],
            lambda _id: fill(is_recorded=not serving.is_recorded),
        ),
        quiet_text("留置送达须有见证人，或者拍照、录像。"),
    ]


def _taken(
    name: str, serving: Serving, fill: Fill, ask_to_sign: Callable[[], object], ready: bool
) -> list[ft.Control]:
    signed = serving.signature if serving.way.is_by_hand else None
    said = (
        f"{serving.received_by} 已于 {words.moment(signed.at_ms)} 签名。改动上面的内容或备注须重新签名。"
        if signed
        else "可请收件人在屏幕上签名；不签的，在纸面上留空。"
    )
    if not serving.way.is_by_hand:
        said = "不是当面送达，不在屏幕上签名；收件人还不知道的可以不填，签收凭证随回证存档。"
    pad = secondary_button(
        f"{name}.sign",
        "重新签名" if signed else "请收件人签名",
        ask_to_sign,
        icon=ft.Icons.DRAW_OUTLINED,
        disabled=not (serving.received_by.strip() and ready),
    )
    return [
        section_title("收件人"),
        text_field(f"{name}.received-by", "收件人", serving.received_by, lambda text: fill(received_by=text)),
        text_field(
            f"{name}.relation",
            "代收人与受送达人的关系（本人收件不填）",
            serving.relation,
            lambda text: fill(relation=text),
        ),
        ft.Text(said),
        *([ft.Row(controls=[pad], alignment=ft.MainAxisAlignment.END)] if serving.way.is_by_hand else []),
    ]


def _tone(serving: Serving) -> Tone | None:
    if serving.way is ServiceWay.LEFT:
        return Tone.CARE
    return Tone.GOOD if serving.way.is_by_hand and serving.signature else None


def _stack(cards: list[ft.Control]) -> ft.Control:
    return ft.Column(
        controls=cards,
        spacing=theme.UNIT * 2,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
