"""Finishing an inspection: what is missing, where and who, signatures, and the seal."""

from __future__ import annotations

from functools import partial

import flet as ft

from inspector.domain.answer import ItemKey
from inspector.domain.completeness import Gap, GapPlace
from inspector.tablet import routes
from inspector.tablet.frame import frame
from inspector.tablet.parts import part_with
from inspector.tablet.screens.enterprise_person import PersonCard
from inspector.tablet.screens.opened import not_yet, use_view, use_walk
from inspector.tablet.screens.people import PeopleCard, Standing, standing_of
from inspector.tablet.screens.position import PositionCard
from inspector.tablet.screens.responsible import ResponsibleCard
from inspector.tablet.screens.sealing import Stage, seal_and_print, steps_panel
from inspector.tablet.screens.signing import Signee, SigningPanel
from inspector.tablet.session import Session, use_loaded
from inspector.tablet.walk import View, Walk, Whereabouts
from inspector.ui import theme
from inspector.ui.buttons import primary_button, quiet_button, secondary_button
from inspector.ui.panels import busy, card, error_panel, quiet_text, section_title
from inspector.ui.states import Stage as RecordStage
from inspector.ui.states import saved_mark, stage_mark, state_chip
from inspector.ui.taps import Act
from inspector.ui.theme import Tone

MOST_GAPS = 20
"""How many gaps are listed at once; the rest is counted."""


@ft.component
def FinishScreen(session: Session, id: str) -> ft.Control:
    """What is missing, signatures, the seal."""
    opened = use_walk(session, id)
    return Finishing(opened.walk) if opened.is_open else not_yet(session, "finish", opened)


def use_sealing(walk: Walk) -> tuple[Stage | None, Act]:
    """How far the seal is, and its beginning."""
    no_stage: Stage | None = None
    stage, show_stage = ft.use_state(no_stage)
    # Two quick taps reach the same rendering: the second finds the sealing under way.
    under_way = ft.use_ref(False)

    async def seal() -> None:
        if under_way.current:
            return
        under_way.current = True
        show_stage(Stage.SIGN)
        if not await seal_and_print(walk, show_stage):
            under_way.current = False
            show_stage(no_stage)

    return stage, seal


@ft.component
def Finishing(walk: Walk) -> ft.Control:
    """The draft on its way to the seal, or where that led."""
    view = use_view(walk, lambda view: view)
    nobody: Signee | None = None
    signee, ask_to_sign = ft.use_state(nobody)
    stage, seal = use_sealing(walk)
    unlocked, count = ft.use_state(0)
    session, inspection = walk.session, view.inspection
    loaded = use_loaded(
        session, lambda: standing_of(session.workbench, inspection), on=(inspection, unlocked)
    )

    body: ft.Ref[ft.ListView] = ft.use_memo(lambda: ft.Ref[ft.ListView](), [])

    async def bring(target: str) -> None:
        if body.current is not None:
            await body.current.scroll_to(scroll_key=target, duration=0)

    if signee is not None:
        return SigningPanel(walk, view, signee, lambda: ask_to_sign(nobody))
    back = routes.inspection(walk.id)
    if inspection.is_sealed and stage is None:
        return _sealed(session, walk.id)
    if stage is not None:
        return frame(session, "finish", "正在封存", [steps_panel(stage)])
    standing = loaded.value
    if standing is None:
        matter = error_panel(loaded.error) if loaded.error else busy("正在核对…")
        return frame(session, "finish", "完成检查", [matter], back=back)
    return frame(
        session,
        "finish",
        "完成检查",
        [
            _in_the_way(walk, view, standing),
            PersonCard(walk, view),
            PositionCard(walk, view),
            PeopleCard(walk, view, standing, ask_to_sign, lambda: count(lambda number: number + 1), bring),
            ResponsibleCard(walk, view, standing, ask_to_sign),
        ],
        back=back,
        aside=[saved_mark(view.saving, waiting=view.waiting)],
        actions=[quiet_text(_hint(standing)), _seal_button(standing, seal)],
        body=body,
    )


def _seal_button(standing: Standing, seal: Act) -> ft.Control:
    ready = not standing.content and not standing.signatures
    return primary_button(
        "finish.seal", "封存并生成文书", seal, icon=ft.Icons.LOCK_OUTLINE, disabled=not ready
    )


def _in_the_way(walk: Walk, view: View, standing: Standing) -> ft.Control:
    """What comes and goes, in one place: the fields below keep theirs while something is typed."""
    return ft.Column(
        controls=[_gaps(walk, view, standing), *_obstacles(standing)],
        spacing=theme.UNIT * 2,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        tight=True,
    )


def _gaps(walk: Walk, view: View, standing: Standing) -> ft.Control:
    """What is missing, each a jump."""
    content = standing.content
    if not content:
        done = ft.Row(
            controls=[
                ft.Icon(ft.Icons.TASK_ALT, color=Tone.GOOD.ink),
                ft.Text("检查内容齐全，可以签名。", expand=True),
            ],
            spacing=theme.UNIT,
        )
        return card([done], tone=Tone.GOOD)
    rows = [_gap(walk, view, number, gap) for number, gap in enumerate(content[:MOST_GAPS], start=1)]
    more = [quiet_text(f"另有 {len(content) - MOST_GAPS} 项")] if len(content) > MOST_GAPS else []
    return card([section_title(f"还差 {len(content)} 项"), *rows, *more], tone=Tone.CARE, gap=4)


def _gap(walk: Walk, view: View, number: int, gap: Gap) -> ft.Control:
    text = ft.Text(gap.what, expand=True)
    if gap.place not in (GapPlace.ITEM, GapPlace.FINDING) or gap.item is None:
        return ft.Row(controls=[text, quiet_text("请在下面补充")], spacing=theme.UNIT)
    jump = quiet_button(
        f"finish.gap-{number}", "去补充", partial(_jump, walk, view, gap.item), icon=ft.Icons.ARROW_FORWARD
    )
    return ft.Row(controls=[text, jump], spacing=theme.UNIT)


async def _jump(walk: Walk, view: View, key: ItemKey) -> None:
    part = part_with(view.parts, key)
    if part is not None:
        await walk.go_to(Whereabouts(part=part.id, item=key))
    await walk.flush()
    walk.session.navigate(routes.inspection(walk.id))


def _obstacles(standing: Standing) -> list[ft.Control]:
    """Why a document could not be issued, while it can still be mended."""
    if not standing.obstacles:
        return []
    lines = [ft.Text(f"{one.message}{one.next_step}") for one in dict.fromkeys(standing.obstacles)]
    return [card([section_title("文书可能出不了"), *lines], tone=Tone.CARE)]


def _hint(standing: Standing) -> str:
    if standing.content:
        return f"还差 {len(standing.content)} 项内容"
    if standing.signatures:
        return standing.signatures[0].what
    return "封存后内容不能再改"


def _sealed(session: Session, id: str) -> ft.Control:
    papers = primary_button(
        "finish.notices",
        "文书",
        lambda: session.navigate(routes.notices(id)),
        icon=ft.Icons.DESCRIPTION_OUTLINED,
    )
    look = secondary_button("finish.look", "查看检查内容", lambda: session.navigate(routes.inspection(id)))
    matter = card(
        [state_chip(stage_mark(RecordStage.SEALED)), ft.Text("这次检查已封存，内容不能再改。")],
        tone=Tone.PRIMARY,
    )
    return frame(session, "finish", "完成检查", [matter], back=routes.today(), actions=[look, papers])
