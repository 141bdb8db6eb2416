"""The inspection itself: sections, items, what is found; everything is on the disk as it is tapped.

What stands around the items, each item's card and the screen look at their own part of the inspection: a tap
builds again one card and the counts that it changed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import flet as ft

from inspector.domain.answer import ItemKey
from inspector.domain.checklist import Item
from inspector.tablet.parts import Elsewhere
from inspector.tablet.pictures import Pictures
from inspector.tablet.screens.checklist_bars import BottomBar, Head, Side, Strip
from inspector.tablet.screens.item_card import card_of
from inspector.tablet.screens.look_up import LookUp
from inspector.tablet.screens.opened import not_yet, use_view, use_walk
from inspector.tablet.screens.photos import TakerOverlay
from inspector.tablet.screens.sealed_card import SealedBanner, sealed_card_of
from inspector.tablet.screens.tour import Place, Tour, part_of, start_of
from inspector.tablet.session import Session
from inspector.tablet.walk import View, Walk
from inspector.ui import theme
from inspector.ui.buttons import secondary_button
from inspector.ui.layout import Layout
from inspector.ui.panels import empty_state, quiet_text
from inspector.ui.theme import Tone

Keyed = tuple[tuple[ItemKey, Item], ...]


@ft.component
def ChecklistScreen(session: Session, id: str) -> ft.Control:
    """An inspection, to be walked through; read-only once it is sealed."""
    opened = use_walk(session, id)
    if not opened.is_open:
        return not_yet(session, "checklist", opened)
    return Walked(opened.walk, opened.pictures)


@ft.component
def Walked(walk: Walk, pictures: Pictures) -> ft.Control:
    """The open inspection."""
    first = ft.use_memo(lambda: start_of(walk.now), [])
    place, show = ft.use_state(first)
    tour = ft.use_memo(lambda: Tour(walk, show), [])
    tour.place = place
    column: ft.Ref[ft.Column] = ft.use_memo(lambda: ft.Ref[ft.Column](), [])
    part_id, items, elsewhere, sealed = use_view(walk, lambda view: _outline(view, place))

    async def bring() -> None:
        if place.target and column.current is not None:
            await column.current.scroll_to(scroll_key=place.target, duration=0)

    ft.use_effect(bring, dependencies=[part_id, place.target, place.turn])
    cards = ft.Column(
        controls=[
            SealedBanner(walk),
            *(_elsewhere(tour, one) for one in elsewhere),
            *_cards(walk, pictures, tour, items, sealed_card_of if sealed else card_of, bool(elsewhere)),
            # The last card ends well above the edge.
            ft.Container(height=theme.UNIT * 2),
        ],
        ref=column,
        # Another part is another list, which begins at its top.
        key=part_id or "none",
        spacing=theme.UNIT + 4,
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    matter = LookUp(walk, tour) if place.looking else cards
    body = ft.Container(content=matter, padding=ft.Padding.only(left=16, right=16, top=16), expand=True)
    bars = [] if sealed or place.looking else [BottomBar(walk, tour, part_id)]
    whole = _laid_out(walk, tour, part_id, place.only is not None, body, bars)
    return ft.Stack(controls=[whole, TakerOverlay(walk, pictures)], expand=True)


def _outline(view: View, place: Place) -> tuple[str, Keyed, tuple[Elsewhere, ...], bool]:
    """What the screen itself depends on: which items are asked in the part that is shown."""
    part = part_of(view, place)
    if part is None:
        return "", (), (), view.inspection.is_sealed
    shown = tuple(pair for pair in part.items if place.only is None or pair[0] in place.only)
    return part.id, shown, part.elsewhere, view.inspection.is_sealed


def _laid_out(
    walk: Walk, tour: Tour, part: str, filtered: bool, body: ft.Control, bars: list[ft.Control]
) -> ft.Control:
    # The same controls upright and lying: what is being typed or shown stays when the tablet is turned.
    lying = walk.session.layout is Layout.LANDSCAPE
    main = ft.Column(
        controls=[body, *bars],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    beside = ft.Container(content=Side(walk, tour, part, filtered) if lying else None)
    above = ft.Container(content=None if lying else Strip(walk, tour, part, filtered))
    row = ft.Row(
        controls=[beside, ft.Container(content=main, expand=True)],
        spacing=0,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.Column(
        controls=[Head(walk, tour), above, row],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _elsewhere(tour: Tour, one: Elsewhere) -> ft.Control:
    """What of the section an earlier checklist asks: a tap goes there."""
    left = f"（还有 {one.open} 项未完成）" if one.open else ""
    go = secondary_button(
        f"checklist.elsewhere.{one.checklist}",
        f"已在《{one.of}》中检查：{one.count} 项{left}",
        partial(tour.show, one.first),
        icon=ft.Icons.LINK,
        tone=Tone.IDLE,
    )
    return ft.Row(controls=[go], wrap=True)


def _cards(
    walk: Walk,
    pictures: Pictures,
    tour: Tour,
    items: Keyed,
    make: Callable[..., ft.Control],
    is_elsewhere: bool,
) -> list[ft.Control]:
    """The cards of one part, never more."""
    if items:
        return [make(walk, pictures, key, item, key=key) for key, item in items]
    if is_elsewhere and walk.now.parts and tour.part and not tour.part.items:
        return [quiet_text("这一节的检查项前面的检查表都有，不再重复检查；那里的结论对这份检查表同样有效。")]
    if not walk.now.parts:
        return [empty_state(ft.Icons.CHECKLIST, "这份检查表没有要检查的项目", "请返回今日另选检查表")]
    again = secondary_button("checklist.all", "显示全部项目", tour.filter)
    return [empty_state(ft.Icons.TASK_ALT, "这一节没有未检项目", "可以看下一节", action=again)]
