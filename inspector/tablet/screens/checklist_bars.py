"""What stands around the items: who and how far on top, the sections, the next step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from inspector.domain.rules import Tally
from inspector.tablet.screens.opened import use_view
from inspector.tablet.screens.section_list import PartFace, face_of, part_list, part_strip, stands_before
from inspector.tablet.screens.tour import Tour
from inspector.tablet.walk import Walk
from inspector.ui import theme
from inspector.ui.buttons import action_bar, icon_button, primary_button, secondary_button
from inspector.ui.fields import Choice, choice_chips
from inspector.ui.layout import Layout
from inspector.ui.panels import progress_bar, quiet_text
from inspector.ui.states import Stage, saved_mark, stage_mark, state_chip
from inspector.ui.theme import Tone

SIDE = 288
"""Width of the list of sections, in logical pixels."""

_PROGRESS = 240


@ft.component
def Head(walk: Walk, tour: Tour) -> ft.Control:
    """The enterprise, the checklists, how far it is, and whether it is saved."""
    inspection = walk.inspection
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
    what = quiet_text(titles)
    what.max_lines, what.overflow = 2, ft.TextOverflow.ELLIPSIS
    who = ft.Column(controls=[name, what], spacing=0, tight=True, expand=True)
    back = icon_button("checklist.back", ft.Icons.ARROW_BACK, "返回今日", tour.home)
    look = icon_button("checklist.search", ft.Icons.SEARCH, "查找检查项", tour.look, tone=Tone.PRIMARY)
    lists = icon_button(
        "checklist.lists", ft.Icons.LIBRARY_ADD_OUTLINED, "检查表：再加一份", tour.lists, tone=Tone.PRIMARY
    )
    tools = ft.Row(controls=[look] if inspection.is_sealed else [look, lists], spacing=0, tight=True)
    top: list[ft.Control] = [back, who, tools]
    far, mark = HowFar(walk), SavedMark(walk)
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


@ft.component
def HowFar(walk: Walk) -> ft.Control:
    """`18/32` and a bar."""
    done, total = use_view(walk, lambda view: (view.progress.whole.done, view.progress.whole.total))
    return progress_bar(done, total, text="已检")


@ft.component
def SavedMark(walk: Walk) -> ft.Control:
    """保存中, 已保存, and how many entries wait for the office."""
    saving, waiting, sealed = use_view(
        walk, lambda view: (view.saving, view.waiting, view.inspection.is_sealed)
    )
    return state_chip(stage_mark(Stage.SEALED)) if sealed else saved_mark(saving, waiting=waiting)


@ft.component
def Side(walk: Walk, tour: Tour, chosen: str, filtered: bool) -> ft.Control:
    """The sections at the left, with the filter and the count of findings under them."""
    sealed = walk.inspection.is_sealed
    below: list[ft.Control] = [FindingCount(walk)]
    if not sealed:
        done = secondary_button("checklist.finish", "去完成检查", tour.finish, icon=ft.Icons.DRAW_OUTLINED)
        below = [_filter(filtered, tour), *below, done]
    return ft.Container(
        content=ft.Column(
            controls=[PartColumn(walk, tour, chosen), *below],
            spacing=theme.UNIT,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        width=SIDE,
        padding=theme.UNIT,
        bgcolor=theme.CARD,
        border=ft.Border.only(right=ft.BorderSide(width=1, color=theme.LINE)),
    )


@ft.component
def PartColumn(walk: Walk, tour: Tour, chosen: str) -> ft.Control:
    """The sections under one another."""
    faces = use_view(walk, lambda view: tuple(face_of(part) for part in view.parts))
    ref, choose = _use_kept_in_view(tour, faces, chosen)
    rows = ft.Column(
        ref=ref,
        controls=part_list(faces, chosen, choose),
        spacing=4,
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.Container(content=rows, expand=True)


@ft.component
def PartRow(walk: Walk, tour: Tour, chosen: str) -> ft.Control:
    """The sections beside one another."""
    faces = use_view(walk, lambda view: tuple(face_of(part) for part in view.parts))
    ref, choose = _use_kept_in_view(tour, faces, chosen)
    chips = part_strip(faces, chosen, choose)
    return ft.Row(ref=ref, controls=chips, scroll=ft.ScrollMode.AUTO, spacing=theme.UNIT)


def _use_kept_in_view(
    tour: Tour, faces: Sequence[PartFace], chosen: str
) -> tuple[ft.Ref[Any], Callable[[str], object]]:
    """The list follows wherever the way leads, and stays as it is under the finger that taps in it."""
    ref: ft.Ref[Any] = ft.use_memo(lambda: ft.Ref[Any](), [])
    tapped = ft.use_ref("")

    def choose(id: str) -> object:
        tapped.current = id
        return tour.choose(id)

    async def bring() -> None:
        if chosen and tapped.current != chosen and ref.current is not None:
            await ref.current.scroll_to(scroll_key=stands_before(faces, chosen), duration=0)
        tapped.current = ""

    ft.use_effect(bring, dependencies=[chosen])
    return ref, ft.use_memo(lambda: choose, [])


@ft.component
def Strip(walk: Walk, tour: Tour, chosen: str, filtered: bool) -> ft.Control:
    """The sections on top, with the filter and the count of findings under them."""
    below: list[ft.Control] = [ft.Container(content=FindingCount(walk), expand=True)]
    if not walk.inspection.is_sealed:
        done = secondary_button("checklist.finish", "去完成检查", tour.finish, icon=ft.Icons.DRAW_OUTLINED)
        below = [_filter(filtered, tour), *below, done]
    return ft.Container(
        content=ft.Column(controls=[PartRow(walk, tour, chosen), _row(below)], spacing=4, tight=True),
        padding=ft.Padding.symmetric(vertical=theme.UNIT, horizontal=theme.UNIT * 2),
        bgcolor=theme.CARD,
        border=ft.Border.only(bottom=ft.BorderSide(width=1, color=theme.LINE)),
    )


@ft.component
def BottomBar(walk: Walk, tour: Tour, part: str) -> ft.Control:
    """What comes next, at the thumb."""
    done = use_view(walk, lambda view: next((one.is_complete for one in view.parts if one.id == part), True))
    jump = secondary_button("checklist.next-open", "下一项未检", tour.jump, icon=ft.Icons.SKIP_NEXT)
    rest = secondary_button(
        "checklist.pass-rest", "本节其余合格", tour.pass_rest, icon=ft.Icons.DONE_ALL, disabled=done
    )
    title = "完成检查" if tour.is_at_the_end else "下一节"
    ahead = primary_button("checklist.ahead", title, tour.ahead, icon=ft.Icons.ARROW_FORWARD)
    return action_bar([jump, rest, ahead])


@ft.component
def FindingCount(walk: Walk) -> ft.Control:
    """`问题 4 · 疑似重大 1`."""
    return quiet_text(use_view(walk, lambda view: finding_words(view.progress.whole)))


def finding_words(whole: Tally) -> str:
    """How many findings, and how many of them look major."""
    suspected = f" · 疑似重大 {whole.suspected_major}" if whole.suspected_major else ""
    return f"问题 {whole.failed}{suspected}" if whole.failed else "还没有发现问题"


def _filter(filtered: bool, tour: Tour) -> ft.Control:
    choices = [Choice(id="open", words="只看未检")]
    return choice_chips("checklist.only", choices, ["open"] if filtered else [], lambda _id: tour.filter())


def _row(controls: list[ft.Control]) -> ft.Control:
    return ft.Row(controls=controls, spacing=theme.UNIT * 2, vertical_alignment=ft.CrossAxisAlignment.CENTER)
