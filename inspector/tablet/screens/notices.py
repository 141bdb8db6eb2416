"""The documents of a sealed inspection: what each will say, its number, issuing it, handing it over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import flet as ft

from inspector.domain.inspection import Inspection
from inspector.domain.issuer import NoticeKind
from inspector.domain.notice import Notice
from inspector.domain.working_days import china_date
from inspector.errors import InspectorError
from inspector.tablet import routes
from inspector.tablet.frame import frame, keyed
from inspector.tablet.issuing import NoticeRow
from inspector.tablet.screens.notice_card import IssuedCard, NoticeCard
from inspector.tablet.screens.opened import not_yet, use_walk
from inspector.tablet.session import Session, use_loaded
from inspector.tablet.walk import Walk
from inspector.tablet.workbench import Workbench
from inspector.ui.buttons import primary_button, secondary_button
from inspector.ui.panels import busy, empty_state, error_panel, section_title


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document that an inspection asks for.

    Attributes:
        draft: what it will say; None where it cannot be issued, then `error` says why.
        missing: characters that no font has, each with its fields.
        status: what is to be known of the form before it is issued.
        numbers_left: numbers that this tablet still has for it this year.
        issued: the newest one that was issued, if any.
    """

    kind: NoticeKind
    draft: Notice | None = None
    error: InspectorError | None = None
    missing: Mapping[str, tuple[str, ...]]
    status: str = ""
    numbers_left: int
    issued: NoticeRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All documents of one inspection, those to come and those that were issued."""

    papers: tuple[Paper, ...]
    issued: tuple[NoticeRow, ...]


def desk_of(bench: Workbench, inspection: Inspection, now_ms: int) -> Desk:
    """What the screen shows; asked in a thread.

    Raises:
        NotEnrolledError: the office has not told this tablet who issues.
    """
    issued = bench.paper.issued(inspection.id)
    newest = {row.notice.kind: row for row in issued}
    year = china_date(now_ms).year
    papers = tuple(
        _paper(bench, inspection, kind, year, newest.get(kind)) for kind in bench.paper.kinds(inspection)
    )
    return Desk(papers=papers, issued=issued)


@ft.component
def NoticesScreen(session: Session, id: str) -> ft.Control:
    """The documents of an inspection."""
    opened = use_walk(session, id)
    if not opened.is_open:
        return not_yet(session, "notices", opened)
    if not opened.walk.inspection.is_sealed:
        return _too_early(session, id)
    return Papers(opened.walk)


@ft.component
def Papers(walk: Walk) -> ft.Control:
    """The documents of a sealed inspection."""
    session, inspection = walk.session, walk.inspection
    turns, turn = ft.use_state(0)
    loaded = use_loaded(
        session,
        lambda: desk_of(session.workbench, inspection, session.now_ms()),
        on=(turns,),
    )

    def again() -> None:
        turn(lambda count: count + 1)

    desk = loaded.value
    home = primary_button("notices.home", "返回今日", lambda: session.navigate(routes.today()))
    look = secondary_button(
        "notices.look", "查看检查内容", lambda: session.navigate(routes.inspection(walk.id))
    )
    if desk is None:
        matter = [error_panel(loaded.error, on_retry=loaded.again) if loaded.error else busy("正在排版…")]
    else:
        matter = _matter(walk, inspection, desk, again)
    return frame(session, "notices", "文书", matter, back=routes.today(), actions=[look, home])


def _matter(walk: Walk, inspection: Inspection, desk: Desk, again: Callable[[], object]) -> list[ft.Control]:
    matter: list[ft.Control] = [
        keyed(NoticeCard, paper.kind.value, walk, inspection, paper, again) for paper in desk.papers
    ]
    if not desk.papers:
        matter.append(
            empty_state(ft.Icons.DESCRIPTION_OUTLINED, "这次检查没有要出具的文书", "没有发现需要整改的问题")
        )
    if desk.issued:
        matter.append(section_title(f"已出具 {len(desk.issued)} 份"))
        matter += [keyed(IssuedCard, row.id, walk, row) for row in reversed(desk.issued)]
    return matter


def _paper(
    bench: Workbench, inspection: Inspection, kind: NoticeKind, year: int, issued: NoticeRow | None
) -> Paper:
    left = bench.paper.numbers_left(kind, year)
    try:
        draft = bench.paper.draft(inspection, kind)
        missing = bench.paper.missing(inspection, kind)
    except InspectorError as error:
        return Paper(kind=kind, error=error, missing={}, numbers_left=left, issued=issued)
    status = bench.paper.status(draft)
    return Paper(kind=kind, draft=draft, missing=missing, status=status, numbers_left=left, issued=issued)


def _too_early(session: Session, id: str) -> ft.Control:
    go = primary_button("notices.finish", "去完成检查", lambda: session.navigate(routes.finish(id)))
    matter = empty_state(
        ft.Icons.LOCK_OPEN, "这次检查还没有封存", "封存之后才能出具文书，请先完成检查并签名", action=go
    )
    return frame(session, "notices", "文书", [matter], back=routes.inspection(id))
