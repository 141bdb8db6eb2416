"""One item as a card: what to check, how, the answer, and what opens under it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import flet as ft

from inspector.domain.answer import Answer, ItemKey, Verdict
from inspector.domain.checklist import Item, ItemKind
from inspector.domain.finding import Finding
from inspector.domain.inspection import Inspection
from inspector.domain.working_days import china_date
from inspector.tablet.pictures import Pictures
from inspector.tablet.screens.answering import answer_controls, shown_verdict
from inspector.tablet.screens.basis import basis_panel
from inspector.tablet.screens.finding import NO_PICTURES, Shown, finding_editor
from inspector.tablet.screens.opened import use_view
from inspector.tablet.screens.photos import item_photos, thumbnails
from inspector.tablet.screens.written import written
from inspector.tablet.walk import View, Walk
from inspector.tablet.workbench import Workbench
from inspector.ui import theme
from inspector.ui.buttons import icon_button, quiet_button
from inspector.ui.panels import card, quiet_text
from inspector.ui.states import verdict_mark
from inspector.ui.taps import Act
from inspector.ui.theme import Tone
from inspector.work.conduct import Undo


@ft.component
def item_card(
    walk: Walk,
    pictures: Pictures,
    key: ItemKey,
    item: Item,
) -> ft.Control:
    """An item that can be answered."""
    answer, finding, remark, shown = use_view(walk, lambda view: of_item(view, key))
    nothing: Verdict | None = None
    tapped, tap = ft.use_state(nothing)
    with_basis, show_basis = ft.use_state(False)
    with_note, show_note = ft.use_state(False)
    name = name_of(key)
    verdict = shown_verdict(item, answer, tapped)

    async def judge(to: Verdict) -> None:
        if to is verdict:
            return
        tap(to)
        await walk.undoable(
            key, lambda bench, now: bench.inspections.judge(now, key, to), partial(_taken_away, key, to)
        )
        tap(lambda latest: nothing if latest is to else latest)

    more = _more(
        walk, name, key, answer, on_basis=lambda: show_basis(not with_basis), on_note=lambda: show_note(True)
    )
    controls = [
        *_question(walk, item, remark, more, with_basis),
        *answer_controls(walk, name, key, item, answer, verdict, judge),
        *([_note(walk, name, key, answer)] if with_note or _needs_note(item, answer, finding) else []),
        *_below(walk, pictures, name, key, item, answer, finding, shown),
    ]
    tone = verdict_mark(verdict).tone if verdict else Tone.IDLE if answer else None
    inner = card(controls, tone=tone, gap=theme.UNIT + 4)
    return ft.Container(content=inner, key=ft.ScrollKey(key))  # type: ignore[call-arg]


card_of: Callable[..., ft.Control] = ft.memo(item_card)  # type: ignore[no-untyped-call]
"""The card, built again only when something of its own item changed."""


def of_item(view: View, key: ItemKey) -> tuple[Answer | None, Finding | None, str, Shown]:
    """What a card shows of its item: answer, finding, the supervisor's words, pictures."""
    answer, finding = view.inspection.answers.get(key), view.inspection.findings.get(key)
    before = finding.photos if finding else answer.photos if answer else ()
    after = finding.corrected.photos if finding and finding.corrected else ()
    shown = NO_PICTURES
    if before or after or view.jobs:
        shown = Shown(
            before=thumbnails(view, before),
            after=thumbnails(view, after),
            jobs=tuple(job for job in view.jobs if job.item == key),
        )
    return answer, finding, view.notes.get(key, ""), shown


def name_of(key: ItemKey) -> str:
    """The prefix of the names of an item's controls: `checklist.item.CHECKLIST.ITEM`."""
    return f"checklist.item.{key.replace('/', '.')}"


def _question(
    walk: Walk, item: Item, remark: str, more: list[ft.Control], with_basis: bool
) -> list[ft.Control]:
    day = china_date(walk.inspection.started_ms)
    aside = [quiet_text("选填")] if not item.required else []
    ask = ft.Semantics(
        content=ft.Text(item.ask, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
        header=True,
        heading_level=3,
    )
    how = [quiet_text(f"怎么查：{item.how}")] if item.how else []
    words = ft.Column(controls=[ask, *how], spacing=4, tight=True, expand=True)
    head = ft.Row(
        controls=[words, *aside, ft.Row(controls=more, spacing=0, tight=True)],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return [
        head,
        *([_remark(remark)] if remark else []),
        *([basis_panel(item, walk.now.reference.laws, on=day)] if with_basis else []),
    ]


def _remark(remark: str) -> ft.Control:
    return ft.Row(
        controls=[
            ft.Icon(ft.Icons.REPLY, color=Tone.CARE.ink),
            ft.Text(f"审核意见：{remark}", color=Tone.CARE.ink, expand=True),
        ],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _more(
    walk: Walk, name: str, key: ItemKey, answer: Answer | None, *, on_basis: Act, on_note: Act
) -> list[ft.Control]:
    """What is needed now and then, small, at the card's corner."""

    async def clear() -> None:
        await walk.undoable(
            key, lambda bench, now: bench.inspections.clear(now, key)[0], lambda _undo, _now: "已改回未检"
        )

    ways = [
        quiet_button(f"{name}-basis", "依据", on_basis, icon=ft.Icons.INFO_OUTLINE),
        icon_button(f"{name}-remark", ft.Icons.EDIT_NOTE, "写备注", on_note, tone=Tone.PRIMARY),
        icon_button(
            f"{name}-camera",
            ft.Icons.PHOTO_CAMERA_OUTLINED,
            "拍照",
            lambda: walk.tell(taking=(key, False)),
            tone=Tone.PRIMARY,
        ),
    ]
    back = icon_button(f"{name}-clear", ft.Icons.UNDO, "改回未检", clear, tone=Tone.PRIMARY)
    return [*([back] if answer else []), *ways]


def _needs_note(item: Item, answer: Answer | None, finding: Finding | None) -> bool:
    return bool(answer and answer.note) or (finding is not None and item.evidence.note)


def _note(walk: Walk, name: str, key: ItemKey, answer: Answer | None) -> ft.Control:
    def write(bench: Workbench, now: Inspection, text: str) -> Inspection:
        return bench.inspections.note(now, key, text)

    return written(walk, f"{name}-note", "备注", answer.note if answer else "", write, lines=2)


def _below(
    walk: Walk,
    pictures: Pictures,
    name: str,
    key: ItemKey,
    item: Item,
    answer: Answer | None,
    finding: Finding | None,
    shown: Shown,
) -> list[ft.Control]:
    if answer is not None and finding is not None:
        return [finding_editor(walk, pictures, f"{name}-finding", item, answer, finding, shown)]
    if item.kind is ItemKind.PHOTO or shown.before or shown.jobs:
        needed = 1 if item.kind is ItemKind.PHOTO and item.required else 0
        return [item_photos(walk, pictures, f"{name}-photo", key, shown.before, shown.jobs, needed=needed)]
    return []


def _taken_away(key: ItemKey, to: Verdict, undo: Undo, now: Inspection) -> str:
    if undo.findings[key] is None or key in now.findings:
        return ""
    return f"已改为{verdict_mark(to).word}，原来的问题记录已收起"
