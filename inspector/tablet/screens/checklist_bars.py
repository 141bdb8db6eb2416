"""What stands around the items: who and how far on top, the sections, the next step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from inspector.tablet import routes
from inspector.tablet.parts import Part
from inspector.tablet.screens.section_list import part_list, part_strip
from inspector.tablet.walk import View, Walk
from inspector.ui import theme
from inspector.ui.buttons import action_bar, icon_button, primary_button, secondary_button
from inspector.ui.fields import Choice, choice_chips
from inspector.ui.layout import Layout
from inspector.ui.panels import progress_bar, quiet_text
from inspector.ui.states import Stage, saved_mark, stage_mark, state_chip
from inspector.ui.taps import Act

SIDE = 288
"""Width of the list of sections, in logical pixels."""

_PROGRESS = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """What can be done on the screen beside answering."""

    choose: Callable[[str], object]
    filter: Act
    jump: Act
    pass_rest: Act
    ahead: Act
    finish: Act
    is_last: bool


def head(walk: Walk, view: View) -> ft.Control:
    """The enterprise, the checklists, how far it is, and whether it is saved."""
    inspection, whole = view.inspection, view.progress.whole

    async def leave() -> None:
        await walk.flush()
        walk.session.navigate(routes.today())

    titles = " · ".join(ref.title for ref in inspection.checklists)
    name = ft.Semantics(
        content=ft.Text(
            inspection.enterprise.name,
            theme_style=ft.TextThemeStyle.TITLE_MEDIUM,
            max_lines=2,
            overflow=ft.TextOverflow.ELLIPSIS,
        ),
        header=True,
        heading_level=1,
    )
    who = ft.Column(controls=[name, quiet_text(titles)], spacing=0, tight=True, expand=True)
    back = icon_button("checklist.back", ft.Icons.ARROW_BACK, "返回今日", leave)
    far = progress_bar(whole.done, whole.total, text="已检")
    mark = (
        state_chip(stage_mark(Stage.SEALED))
        if inspection.is_sealed
        else saved_mark(view.saving, waiting=view.waiting)
    )
    top: list[ft.Control] = [back, who]
    if walk.session.layout is Layout.LANDSCAPE:
        rows: list[ft.Control] = [_row([*top, ft.Container(content=far, width=_PROGRESS), mark])]
    else:
        rows = [_row(top), _row([ft.Container(content=far, expand=True), mark])]
    return ft.Container(
        content=ft.Column(controls=rows, spacing=4, tight=True),
        padding=ft.Padding.symmetric(vertical=theme.UNIT, horizontal=theme.UNIT * 2),
        bgcolor=theme.CARD,
        border=ft.Border.only(bottom=ft.BorderSide(width=1, color=theme.LINE)),
    )


def side(view: View, chosen: str, filtered: bool, acts: Acts) -> ft.Control:
    """The sections at the left, with the filter and the count of findings under them."""
    rows = ft.Column(
        controls=part_list(view.parts, chosen, acts.choose),
        spacing=4,
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    sealed = view.inspection.is_sealed
    below: list[ft.Control] = [quiet_text(finding_words(view))]
    if not sealed:
        done = secondary_button("checklist.finish", "去完成检查", acts.finish, icon=ft.Icons.DRAW_OUTLINED)
        below = [_filter(filtered, acts), *below, done]
    return ft.Container(
        content=ft.Column(
            controls=[rows, *below],
            spacing=theme.UNIT,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        width=SIDE,
        padding=theme.UNIT,
        bgcolor=theme.CARD,
        border=ft.Border.only(right=ft.BorderSide(width=1, color=theme.LINE)),
    )


def strip(view: View, chosen: str, filtered: bool, acts: Acts) -> ft.Control:
    """The sections on top, with the filter and the count of findings under them."""
    below: list[ft.Control] = [ft.Container(content=quiet_text(finding_words(view)), expand=True)]
    if not view.inspection.is_sealed:
        done = secondary_button("checklist.finish", "去完成检查", acts.finish, icon=ft.Icons.DRAW_OUTLINED)
        below = [_filter(filtered, acts), *below, done]
    return ft.Container(
        content=ft.Column(
            controls=[part_strip(view.parts, chosen, acts.choose), _row(below)], spacing=4, tight=True
        ),
        padding=ft.Padding.symmetric(vertical=theme.UNIT, horizontal=theme.UNIT * 2),
        bgcolor=theme.CARD,
        border=ft.Border.only(bottom=ft.BorderSide(width=1, color=theme.LINE)),
    )


def bottom_bar(part: Part | None, acts: Acts) -> ft.Control:
    """What comes next, at the thumb."""
    jump = secondary_button("checklist.next-open", "下一项未检", acts.jump, icon=ft.Icons.SKIP_NEXT)
    rest = secondary_button(
        "checklist.pass-rest",
        "本节其余合格",
        acts.pass_rest,
        icon=ft.Icons.DONE_ALL,
        disabled=part is None or part.is_complete,
    )
    title = "完成检查" if acts.is_last else "下一节"
    ahead = primary_button("checklist.ahead", title, acts.ahead, icon=ft.Icons.ARROW_FORWARD)
    return action_bar([jump, rest, ahead])


def finding_words(view: View) -> str:
    """`问题 4 · 疑似重大 1`."""
    whole = view.progress.whole
    suspected = f" · 疑似重大 {whole.suspected_major}" if whole.suspected_major else ""
    return f"问题 {whole.failed}{suspected}" if whole.failed else "还没有发现问题"


def _filter(filtered: bool, acts: Acts) -> ft.Control:
    choices = [Choice(id="open", words="只看未检")]
    return choice_chips("checklist.only", choices, ["open"] if filtered else [], lambda _id: acts.filter())


def _row(controls: list[ft.Control]) -> ft.Control:
    return ft.Row(controls=controls, spacing=theme.UNIT * 2, vertical_alignment=ft.CrossAxisAlignment.CENTER)
