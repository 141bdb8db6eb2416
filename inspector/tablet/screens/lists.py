"""The checklists of an inspection that has begun: one more, or one less while it has no answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import flet as ft

from inspector.domain.checklist import Checklist, ChecklistId
from inspector.domain.inspection import Inspection
from inspector.domain.rules import Tally
from inspector.tablet import routes
from inspector.tablet.frame import frame
from inspector.tablet.offering import Offer, add, load_of, offer_for, remove
from inspector.tablet.screens.choosing import Chooser
from inspector.tablet.session import Session, use_loaded
from inspector.tablet.workbench import Workbench
from inspector.ui import theme
from inspector.ui.buttons import primary_button, secondary_button
from inspector.ui.panels import busy, card, empty_state, error_panel, quiet_text, section_title
from inspector.ui.theme import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What the screen shows.

    Attributes:
        tallies: for each checklist in its order, its own questions' counts.
    """

    inspection: Inspection
    checklists: tuple[Checklist, ...]
    tallies: tuple[Tally, ...]
    offered: Offer


def listed(workbench: Workbench, id: str) -> Listed:
    """The inspection's checklists, and what else can be chosen.

    Raises:
        InspectionUnknownError, JournalDamagedError, IllegalMoveError: it cannot be shown.
    """
    inspection = workbench.inspections.open(id)
    checklists = workbench.inspections.reference(inspection).checklists
    sections = workbench.inspections.progress(inspection).sections
    return Listed(
        inspection=inspection,
        checklists=checklists,
        tallies=tuple(
            sum((part.tally for part in sections if part.checklist == one.id), Tally()) for one in checklists
        ),
        offered=offer_for(workbench, inspection.enterprise, inspection),
    )


@ft.component
def ListsScreen(session: Session, id: str) -> ft.Control:
    """Each act is on the disk when the screen shows it."""
    bench = session.workbench
    loaded = use_loaded(session, partial(listed, bench, id))

    async def put_in(checklist: str) -> None:
        after = await session.act(add, bench, id, ChecklistId(checklist))
        loaded.again()
        session.snack(f"已加入《{after.checklists[-1].title}》")

    async def take_out(checklist: Checklist) -> None:
        await session.act(remove, bench, id, checklist.id)
        loaded.again()
        session.snack(f"已移除《{checklist.title}》，要用时可以再加")

    return frame(
        session,
        "lists",
        "这次检查的检查表",
        _matter(loaded.value, error_panel(loaded.error) if loaded.error else None, put_in, take_out),
        back=routes.inspection(id),
        actions=[
            primary_button(
                "lists.done",
                "继续检查",
                partial(session.navigate, routes.inspection(id)),
                icon=ft.Icons.ARROW_FORWARD,
            )
        ],
    )


def _matter(
    now: Listed | None,
    error: ft.Control | None,
    put_in: Callable[[str], object],
    take_out: Callable[[Checklist], object],
) -> list[ft.Control]:
    if now is None:
        return [error or busy("正在读取…")]
    if now.inspection.is_sealed:
        return [*_rows(now, take_out), quiet_text("检查已经封存，不能再增减检查表。")]
    signed = bool(now.inspection.witnesses or now.inspection.refusal)
    warning = [quiet_text("增减检查表之后，之前的签名作废，要重新签名。")] if signed else []
    more = (
        Chooser("lists", "再加一份检查表", now.offered, (), put_in)
        if now.offered.every
        else empty_state(ft.Icons.TASK_ALT, "全部检查表都已加入", "没有别的可以再加。")
    )
    return [*_rows(now, take_out), *warning, more]


def _rows(now: Listed, take_out: Callable[[Checklist], object]) -> list[ft.Control]:
    load = load_of(now.checklists)
    lines = zip(now.checklists, now.tallies, load.shared, strict=True)
    return [_row(now, one, tally, shared, take_out) for one, tally, shared in lines]


def _row(
    now: Listed, one: Checklist, tally: Tally, shared: int, take_out: Callable[[Checklist], object]
) -> ft.Control:
    words = [f"{one.version} 版", f"已检 {tally.done}/{tally.total}"]
    words += [f"另有 {shared} 项在前面的检查表中检查"] if shared else []
    kept = _why_kept(now, one)
    ways = (
        []
        if kept
        else [
            secondary_button(
                f"lists.remove-{one.id}",
                "移除",
                partial(take_out, one),
                icon=ft.Icons.REMOVE_CIRCLE_OUTLINE,
                tone=Tone.IDLE,
            )
        ]
    )
    texts = ft.Column(
        controls=[
            section_title(one.title),
            quiet_text(" · ".join(words)),
            *([quiet_text(kept)] if kept else []),
        ],
        spacing=4,
        tight=True,
        expand=True,
    )
    return card([ft.Row(controls=[texts, *ways], spacing=theme.UNIT * 2)])


def _why_kept(now: Listed, one: Checklist) -> str:
    if now.inspection.is_sealed:
        return "已封存"
    if now.inspection.has_answers(one.id):
        return "已有检查记录，不能移除"
    return "至少保留一份检查表" if len(now.checklists) == 1 else ""
