"""A document that is filled in: the form, kept at every tap; then its content, a preview and issuing it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import flet as ft

from inspector.domain.inspection import Inspection
from inspector.domain.issuer import NoticeKind
from inspector.tablet import routes
from inspector.tablet.filling import (
    Form,
    MeasuresForm,
    ReinspectionForm,
    TransferForm,
)
from inspector.tablet.follow_ups import FORMS
from inspector.tablet.frame import frame, keyed
from inspector.tablet.issuing import NoticeRow, Replacement
from inspector.tablet.pictures import Pictures
from inspector.tablet.screens.desk import filled_paper
from inspector.tablet.screens.follow_up_measures import MeasuresBody
from inspector.tablet.screens.follow_up_reinspection import ReinspectionBody
from inspector.tablet.screens.follow_up_service import ReceiverPad, ServiceBody
from inspector.tablet.screens.follow_up_transfer import TransferBody
from inspector.tablet.screens.notice_card import NoticeCard
from inspector.tablet.screens.opened import not_yet, use_walk
from inspector.tablet.serving import ServiceForm
from inspector.tablet.session import Session, use_loaded
from inspector.tablet.walk import Walk
from inspector.tablet.writing import Matter, row_of
from inspector.ui.buttons import primary_button, secondary_button
from inspector.ui.panels import busy, empty_state, error_panel, quiet_text

Change = Callable[[Callable[[Any], Any]], Awaitable[None]]
"""Alters what is filled in; each kind of form has its own steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the form is about.

    Attributes:
        original: the document that is looked at again, of a re-inspection.
        served: documents that can be served, of a receipt.
        replacing: what the new document takes the place of.
        is_set_aside: another form of the kind was begun, and comes back after the replacement.
    """

    form: Form
    original: NoticeRow | None
    served: tuple[NoticeRow, ...]
    replacing: Replacement | None
    is_set_aside: bool


@ft.component
def FollowUpScreen(session: Session, id: str, kind: str, original: str = "") -> ft.Control:
    """A form of a sealed inspection.

    Args:
        kind: the document's, as `NoticeKind` spells it.
        original: id of the issued document that a re-inspection looks at again.
    """
    opened = use_walk(session, id)
    if not opened.is_open:
        return not_yet(session, "fill", opened)
    wanted = next((one for one in (*FORMS, NoticeKind.REINSPECTION) if one.value == kind), None)
    if wanted is None or not opened.walk.inspection.is_sealed:
        matter = empty_state(
            ft.Icons.DESCRIPTION_OUTLINED, "这里没有可填写的文书", "请封存检查后，从“文书”页进入"
        )
        return frame(session, "fill", "文书", [matter], back=routes.notices(id))
    return Filling(opened.walk, opened.pictures, Matter(kind=wanted, original=original))


@ft.component
def Filling(walk: Walk, pictures: Pictures, matter: Matter) -> ft.Control:
    """The form of one matter, as it was left."""
    session = walk.session
    loaded = use_loaded(session, lambda: _sheet(session, walk.inspection, matter))
    if loaded.value is None:
        waits = error_panel(loaded.error, on_retry=loaded.again) if loaded.error else busy("正在打开…")
        return frame(session, "fill", matter.kind.word, [waits], back=routes.notices(walk.id))
    return Filled(walk, pictures, matter, loaded.value)


@ft.component
def Filled(walk: Walk, pictures: Pictures, matter: Matter, sheet: Sheet) -> ft.Control:
    """The form, or what it has become, or the pad on which the receiver signs."""
    session = walk.session
    now, show = ft.use_state(sheet)
    form = now.form
    # Two quick taps reach the same rendering: each starts from what the one before it left.
    latest = ft.use_ref(sheet.form)
    checking, check = ft.use_state(False)
    nobody: str | None = None
    signing, sign = ft.use_state(nobody)

    async def change(step: Callable[[Any], Any]) -> None:
        after: Form = step(latest.current)
        latest.current = after
        show(replace(sheet, form=after))
        await session.act(lambda: session.workbench.follow_ups.keep(walk.inspection, matter, after))

    def signed(after: ServiceForm) -> None:
        latest.current = after
        show(replace(sheet, form=after))
        sign(None)

    if signing is not None and isinstance(form, ServiceForm):
        return ReceiverPad(walk, form, signing, signed, lambda: sign(None))
    if checking:
        return Checked(walk, matter, lambda: check(False))
    body = _body(walk, pictures, sheet, form, change, sign)
    replacing = sheet.replacing
    named = [ft.Text(f"替代 {replacing.number}（原因：{replacing.reason}）")] if replacing else []
    if sheet.is_set_aside:
        named.append(quiet_text("此前填到一半的另一份已另存，这份出具或选“不替代了”之后会回到这里。"))
    return frame(
        session,
        "fill",
        matter.kind.word,
        [*named, body, quiet_text("填写的内容随时保存在本机，离开后再回来还在。")],
        back=routes.notices(walk.id),
        actions=[primary_button("fill.check", "核对文书", lambda: check(True), icon=ft.Icons.FACT_CHECK)],
    )


@ft.component
def Checked(walk: Walk, matter: Matter, on_back: Callable[[], object]) -> ft.Control:
    """What the document will say, and issuing it."""
    session = walk.session
    loaded = use_loaded(session, lambda: filled_paper(session, walk.inspection, matter))

    def settled() -> None:
        session.navigate(routes.notices(walk.id))

    paper = loaded.value
    if paper is None:
        shown = error_panel(loaded.error, on_retry=loaded.again) if loaded.error else busy("正在排版…")
    else:
        shown = keyed(NoticeCard, matter.kind.value, walk, paper, settled, "fill", True)
    # What cannot be issued yet has one next step: to go back.
    if paper is not None and paper.draft is None:
        edit = primary_button("fill.edit", "返回修改", on_back, icon=ft.Icons.EDIT_OUTLINED)
    else:
        edit = secondary_button("fill.edit", "返回修改", on_back, icon=ft.Icons.EDIT_OUTLINED)
    return frame(session, "fill", f"核对{matter.kind.word}", [shown], back=on_back, actions=[edit])


def _body(
    walk: Walk,
    pictures: Pictures,
    sheet: Sheet,
    form: Form,
    change: Change,
    ask_to_sign: Callable[[str], object],
) -> ft.Control:
    match form:
        case ReinspectionForm():
            return ReinspectionBody(walk, pictures, sheet.original, form, change)
        case MeasuresForm():
            return MeasuresBody(walk.inspection, form, change)
        case ServiceForm():
            return ServiceBody(sheet.served, form, change, ask_to_sign)
        case TransferForm():
            return TransferBody(walk.inspection, form, change)


def _sheet(session: Session, inspection: Inspection, matter: Matter) -> Sheet:
    bench = session.workbench
    acts = bench.follow_ups
    return Sheet(
        form=acts.form(inspection, matter),
        original=row_of(bench.paper, matter.original) if matter.original else None,
        served=acts.servable(inspection),
        replacing=bench.paper.issuing.replacement(matter.key(inspection)),
        is_set_aside=acts.is_set_aside(inspection, matter),
    )
