"""The documents of a sealed inspection: what each will say, its number, issuing it, handing it over."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from inspector.tablet import routes
from inspector.tablet.frame import frame, keyed
from inspector.tablet.issuing import NoticeRow
from inspector.tablet.screens.desk import Desk, desk_of
from inspector.tablet.screens.follow_up_ways import follow_up_ways
from inspector.tablet.screens.issued_card import IssuedCard
from inspector.tablet.screens.notice_card import NoticeCard
from inspector.tablet.screens.notice_words import counted_words
from inspector.tablet.screens.opened import not_yet, use_walk
from inspector.tablet.session import Session, use_loaded
from inspector.tablet.walk import Walk
from inspector.ui.buttons import primary_button, secondary_button
from inspector.ui.panels import busy, empty_state, error_panel, section_title


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
        lambda: desk_of(session, inspection),
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
        matter = _matter(walk, desk, again)
    return frame(session, "notices", "文书", matter, back=routes.today(), actions=[look, home])


def _matter(walk: Walk, desk: Desk, again: Callable[[], object]) -> list[ft.Control]:
    matter: list[ft.Control] = [
        keyed(NoticeCard, paper.document.id, walk, paper, again) for paper in desk.papers
    ]
    if not desk.papers:
        matter.append(
            empty_state(ft.Icons.DESCRIPTION_OUTLINED, "这次检查没有要出具的文书", "没有发现需要整改的问题")
        )
    matter += follow_up_ways(walk, desk)
    if desk.issued:
        matter.append(section_title(counted_words(desk.issued)))
        matter += [_issued(walk, row, desk, again) for row in reversed(desk.issued)]
    if desk.earlier:
        matter.append(section_title("更正前出具的文书"))
        matter += [_issued(walk, row, desk, again) for row in reversed(desk.earlier)]
    return matter


def _issued(walk: Walk, row: NoticeRow, desk: Desk, again: Callable[[], object]) -> ft.Control:
    number = row.notice.number or ""
    waits = any(paper.replacing is not None and paper.replacing.number == number for paper in desk.papers)
    return keyed(IssuedCard, row.id, walk, row, desk.replaced.get(number, ""), waits, again)


def _too_early(session: Session, id: str) -> ft.Control:
    go = primary_button("notices.finish", "去完成检查", lambda: session.navigate(routes.finish(id)))
    matter = empty_state(
        ft.Icons.LOCK_OPEN, "这次检查还没有封存", "封存之后才能出具文书，请先完成检查并签名", action=go
    )
    return frame(session, "notices", "文书", [matter], back=routes.inspection(id))
