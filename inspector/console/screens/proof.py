"""The proof strip: six looks at a record, each opening to why; what is wrong stands in words above all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import flet as ft

from inspector.ui import theme
from inspector.ui.identified import identified, unspoken
from inspector.ui.panels import card, quiet_text
from inspector.ui.states import Mark as Sign
from inspector.ui.taps import tapped
from inspector.ui.theme import Tone
from inspector.work.intake import Aspect, Mark, ProofLine

_WORDS = {
    Aspect.SIGNATURE: "签名",
    Aspect.ORDER: "顺序",
    Aspect.LOG: "日志",
    Aspect.CONTENT: "内容",
    Aspect.PHOTOS: "照片",
    Aspect.TIME: "时间",
}
_SIGNS = {
    Mark.GOOD: Sign(shape=ft.Icons.VERIFIED_OUTLINED, word="有效", tone=Tone.GOOD),
    Mark.DOUBT: Sign(shape=ft.Icons.HELP_OUTLINE, word="存疑", tone=Tone.CARE),
    Mark.BAD: Sign(shape=ft.Icons.GPP_BAD_OUTLINED, word="不符", tone=Tone.BAD),
}
_NOT_LOOKED_AT = Sign(shape=ft.Icons.REMOVE, word="未能核验", tone=Tone.BAD)
_GRAVITY = (Mark.GOOD, Mark.DOUBT, Mark.BAD)
_ABOUT = {
    Aspect.SIGNATURE: "由哪台平板、哪些人签名，证书是否由本办公室签发。",
    Aspect.ORDER: "是否紧接在这台平板的上一份之后，没有缺号、插入或改动。",
    Aspect.LOG: "是否在办公室日志中，与平板见过的日志是否同一份。",
    Aspect.CONTENT: "打开后的内容与信封、签名是否一致。",
    Aspect.PHOTOS: "每张照片是否与签名的摘要一致，是否在应用内拍摄。",
    Aspect.TIME: "平板时钟是否可信，检查中有没有被调整。",
}


def bad_lines(proof: Sequence[ProofLine]) -> list[ft.Control]:
    """What is proven wrong, in words; nothing when all is well."""
    bad = [line for line in proof if line.mark is Mark.BAD]
    if not bad:
        return []
    head = ft.Row(
        controls=[
            ft.Icon(ft.Icons.GPP_BAD_OUTLINED, color=Tone.BAD.ink, size=28),
            ft.Text("这份记录不能采信", theme_style=ft.TextThemeStyle.TITLE_MEDIUM, color=Tone.BAD.ink),
        ],
        spacing=theme.UNIT,
    )
    lines = [ft.Text(f"{_WORDS[line.aspect]}：{line.words}") for line in bad]
    todo = quiet_text("请保留这份记录作为证据，联系平板使用人核实；不要据此作出处理。")
    panel = card([head, *lines, todo], tone=Tone.BAD)
    return [ft.Semantics(identifier="console.record.bad", content=panel, live_region=True, container=True)]


@ft.component
def ProofStrip(proof: tuple[ProofLine, ...]) -> ft.Control:
    """The six looks side by side; a tap opens one."""
    opened, show = ft.use_state("")
    tiles = [_tile(aspect, proof, opened, show) for aspect in Aspect]
    strip: list[ft.Control] = [ft.Row(controls=tiles, spacing=theme.UNIT)]
    if opened:
        strip.append(_why(Aspect(opened), proof))
    return ft.Column(
        controls=strip,
        spacing=theme.UNIT,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _tile(
    aspect: Aspect, proof: Sequence[ProofLine], opened: str, show: Callable[[str], object]
) -> ft.Control:
    sign = _sign(aspect, proof)
    chosen = opened == aspect.value
    face = ft.Row(
        controls=[
            ft.Icon(sign.shape, color=sign.tone.ink, size=22),
            ft.Column(
                controls=[
                    ft.Text(_WORDS[aspect], theme_style=ft.TextThemeStyle.TITLE_SMALL),
                    ft.Text(sign.word, theme_style=ft.TextThemeStyle.BODY_SMALL, color=sign.tone.ink),
                ],
                spacing=0,
                tight=True,
            ),
        ],
        spacing=theme.UNIT,
        alignment=ft.MainAxisAlignment.CENTER,
    )
    change = partial(show, "" if chosen else aspect.value)
    button = ft.OutlinedButton(
        content=unspoken(face),
        expand=True,
        on_click=tapped(change),
        style=ft.ButtonStyle(
            bgcolor=theme.SOFT if chosen else theme.CARD,
            padding=ft.Padding.symmetric(vertical=10, horizontal=4),
            side=ft.BorderSide(width=1.5, color=sign.tone.ink),
            shape=ft.RoundedRectangleBorder(radius=theme.CORNER),
        ),
    )
    label = f"{_WORDS[aspect]}：{sign.word}"
    return identified(f"console.record.proof.{aspect.value}", button, label=label, chosen=chosen)


def _why(aspect: Aspect, proof: Sequence[ProofLine]) -> ft.Control:
    lines = [line for line in proof if line.aspect is aspect]
    shown: list[ft.Control] = [quiet_text(_ABOUT[aspect])]
    for line in lines:
        sign = _SIGNS[line.mark]
        icon = ft.Icon(sign.shape, color=sign.tone.ink, size=22)
        shown.append(ft.Row(controls=[icon, ft.Text(line.words, expand=True)], spacing=theme.UNIT))
    if not lines:
        shown.append(ft.Text("前面的核验没有通过，这一项无法进行。"))
    return card(shown)


def _sign(aspect: Aspect, proof: Sequence[ProofLine]) -> Sign:
    marks = [line.mark for line in proof if line.aspect is aspect]
    return _SIGNS[max(marks, key=_GRAVITY.index)] if marks else _NOT_LOOKED_AT
