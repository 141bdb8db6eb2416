"""The inspection itself: sections, items, what is found; everything is on the disk as it is tapped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from inspector.domain.answer import ItemKey
from inspector.domain.inspection import Inspection
from inspector.domain.rules import lacks
from inspector.tablet import routes
from inspector.tablet.parts import Part, next_open
from inspector.tablet.pictures import Pictures
from inspector.tablet.screens.checklist_bars import Acts, bottom_bar, head, side, strip
from inspector.tablet.screens.finding import Shown
from inspector.tablet.screens.item_card import card_of
from inspector.tablet.screens.opened import not_yet, use_walk
from inspector.tablet.screens.photos import taker, thumbnails
from inspector.tablet.screens.sealed_card import sealed_banner, sealed_card_of
from inspector.tablet.session import Session
from inspector.tablet.walk import View, Walk, Whereabouts
from inspector.tablet.workbench import Workbench
from inspector.ui import theme
from inspector.ui.buttons import secondary_button
from inspector.ui.layout import Layout
from inspector.ui.panels import empty_state
from inspector.work.conduct import Undo


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What of the checklists is in view.

    Attributes:
        part: the shown part's id.
        target: the item to bring into view; `turn` makes the same one a new wish.
        only: with 只看未检, the items that were open when it was switched on; None shows all.
    """

    part: str = ""
    target: str = ""
    turn: int = 0
    only: frozenset[ItemKey] | None = None


@ft.component
def ChecklistScreen(session: Session, id: str) -> ft.Control:
    """An inspection, to be walked through; read-only once it is sealed."""
    opened = use_walk(session, id)
    if opened.view is None:
        return not_yet(session, "checklist", opened)
    return Walked(opened.walk, opened.pictures, opened.view)


@ft.component
def Walked(walk: Walk, pictures: Pictures, view: View) -> ft.Control:
    """The open inspection."""
    first = ft.use_memo(lambda: _start(view), [])
    place, show = ft.use_state(first)
    column: ft.Ref[ft.Column] = ft.use_memo(lambda: ft.Ref[ft.Column](), [])
    part = _part(view, place)
    acts = _acts(walk, view, place, part, show)

    async def bring() -> None:
        if place.target and column.current is not None:
            await column.current.scroll_to(scroll_key=place.target, duration=0)

    ft.use_effect(bring, dependencies=[part.id if part else "", place.target, place.turn])
    items = ft.Column(
        controls=_matter(walk, pictures, view, part, place, acts),
        ref=column,
        # Another part is another list, which begins at its top.
        key=part.id if part else "none",
        spacing=theme.UNIT + 4,
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    body = ft.Container(content=items, padding=ft.Padding.only(left=16, right=16, top=16), expand=True)
    whole = _laid_out(walk, view, place, part, acts, body)
    over = taker(walk, pictures, view)
    return ft.Stack(controls=[whole, *([over] if over else [])], expand=True)


def _laid_out(
    walk: Walk, view: View, place: Place, part: Part | None, acts: Acts, body: ft.Control
) -> ft.Control:
    chosen, filtered = part.id if part else "", place.only is not None
    bar = [] if view.inspection.is_sealed else [bottom_bar(part, acts)]
    if walk.session.layout is Layout.LANDSCAPE:
        main = ft.Column(
            controls=[body, *bar],
            spacing=0,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        row = ft.Row(
            controls=[side(view, chosen, filtered, acts), main],
            spacing=0,
            expand=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        return ft.Column(controls=[head(walk, view), row], spacing=0, expand=True)
    return ft.Column(
        controls=[head(walk, view), strip(view, chosen, filtered, acts), body, *bar],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _matter(
    walk: Walk, pictures: Pictures, view: View, part: Part | None, place: Place, acts: Acts
) -> list[ft.Control]:
    """The cards of one part, never more."""
    inspection = view.inspection
    banner = sealed_banner(walk, view)
    if part is None:
        return [
            *banner,
            empty_state(ft.Icons.CHECKLIST, "这份检查表没有要检查的项目", "请返回今日另选检查表"),
        ]
    items = [(key, item) for key, item in part.items if place.only is None or key in place.only]
    if not items:
        again = secondary_button("checklist.all", "显示全部项目", acts.filter)
        return [*banner, empty_state(ft.Icons.TASK_ALT, "这一节没有未检项目", "可以看下一节", action=again)]
    make = sealed_card_of if inspection.is_sealed else card_of
    return [
        *banner,
        *(
            make(
                walk,
                pictures,
                key,
                item,
                inspection.answers.get(key),
                inspection.findings.get(key),
                view.notes.get(key, ""),
                _shown(view, key),
                key=key,
            )
            for key, item in items
        ),
    ]


def _shown(view: View, key: ItemKey) -> Shown:
    answer, finding = view.inspection.answers.get(key), view.inspection.findings.get(key)
    before = finding.photos if finding else answer.photos if answer else ()
    after = finding.corrected.photos if finding and finding.corrected else ()
    return Shown(
        before=thumbnails(view, before),
        after=thumbnails(view, after),
        jobs=tuple(job for job in view.jobs if job.item == key),
    )


def _acts(walk: Walk, view: View, place: Place, part: Part | None, show: Callable[[Place], None]) -> Acts:
    parts = view.parts
    at = next((number for number, one in enumerate(parts) if one is part), 0)

    async def go(target: Part, key: str = "", *, filtered: bool = False) -> None:
        only = _open_keys(view, target) if filtered else None
        show(Place(part=target.id, target=key, turn=place.turn + 1, only=only))
        await walk.go_to(Whereabouts(part=target.id, item=key))

    async def choose(id: str) -> None:
        target = next((one for one in parts if one.id == id), None)
        if target is not None:
            await go(target, filtered=place.only is not None)

    async def filter_open() -> None:
        if part is not None:
            await go(part, filtered=place.only is None)

    async def jump() -> None:
        found = next_open(parts, view.inspection.answers, part.id if part else "")
        if found is None:
            walk.session.snack("没有未检项目，可以去完成检查")
        else:
            await go(found[0], found[1])

    async def pass_rest() -> None:
        if part is not None:
            await _pass_rest(walk, part, place)

    async def ahead() -> None:
        if at + 1 < len(parts):
            await go(parts[at + 1], filtered=place.only is not None)
        else:
            await walk.flush()
            walk.session.navigate(routes.finish(walk.id))

    async def finish() -> None:
        await walk.flush()
        walk.session.navigate(routes.finish(walk.id))

    return Acts(
        choose=choose,
        filter=filter_open,
        jump=jump,
        pass_rest=pass_rest,
        ahead=ahead,
        finish=finish,
        is_last=at + 1 >= len(parts),
    )


async def _pass_rest(walk: Walk, part: Part, place: Place) -> None:
    """本节其余合格: only what is in view, and only what a glance can judge."""
    only = part.keys if place.only is None else part.keys & place.only
    stood: list[Undo] = []

    def step(bench: Workbench, now: Inspection) -> Inspection:
        after, undo = bench.inspections.pass_the_rest(now, (part.checklist, part.section), only)
        stood.append(undo)
        return after

    if await walk.act(step) is not None:
        return
    count = len(stood[0].answers)
    if count:
        walk.announce(f"已把本节其余 {count} 项判为合格", stood[0])
    else:
        walk.announce("这一节没有可以一并判合格的项目，其余请逐项填写")


def _start(view: View) -> Place:
    """Where somebody was, or where the newest answer of that part is."""
    start = view.start
    if start is None or not any(part.id == start.part for part in view.parts):
        return Place(part=view.parts[0].id if view.parts else "")
    if start.item:
        return Place(part=start.part, target=start.item)
    part = next(part for part in view.parts if part.id == start.part)
    answers = [view.inspection.answers[key] for key, _ in part.items if key in view.inspection.answers]
    newest = max(answers, key=lambda answer: answer.at_ms).item if answers else ""
    return Place(part=start.part, target=newest)


def _part(view: View, place: Place) -> Part | None:
    """The part in view; the first one when an answer has made it disappear."""
    return next((part for part in view.parts if part.id == place.part), view.parts[0] if view.parts else None)


def _open_keys(view: View, part: Part) -> frozenset[ItemKey]:
    answers = view.inspection.answers
    return frozenset(key for key, item in part.items if lacks(item, answers.get(key)))
