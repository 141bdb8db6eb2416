"""More time for a notice 延期: what was asked and decided, each with its document; a new request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import flet as ft

from inspector.console.accounts import Right
from inspector.console.extension_matters import ExtensionMatter
from inspector.console.extension_papers import ExtensionPaper
from inspector.console.extensions import Deadlines
from inspector.console.ledger import LedgerRow
from inspector.console.screens.devices import keyed
from inspector.console.screens.notice_extension_ask import Asking
from inspector.console.screens.notice_extension_decide import Deciding
from inspector.console.screens.notice_extension_paper import Paper
from inspector.console.screens.record_findings import fact
from inspector.console.session import Session
from inspector.domain.extension import Wish
from inspector.domain.notice import Notice
from inspector.domain.notice_details import ExtendedFinding, Extension
from inspector.domain.working_days import chinese_date
from inspector.ui import theme, words
from inspector.ui.panels import card, quiet_text, section_title
from inspector.ui.states import Mark, state_chip
from inspector.ui.theme import Tone

NAME = "console.notice"

_WAITS = Mark(shape=ft.Icons.HOURGLASS_EMPTY, word="等待审批", tone=Tone.CARE)
_LAPSED = Mark(shape=ft.Icons.HOURGLASS_DISABLED, word="没有审批", tone=Tone.IDLE)
_GRANTED = Mark(shape=ft.Icons.EVENT_AVAILABLE, word="同意延期", tone=Tone.GOOD)
_PARTLY = Mark(shape=ft.Icons.EVENT_NOTE, word="部分同意", tone=Tone.PRIMARY)
_REFUSED = Mark(shape=ft.Icons.EVENT_BUSY, word="不同意延期", tone=Tone.IDLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreTime:
    """What is known of a notice's deadlines.

    Attributes:
        papers: the documents that were issued, by request.
        may_be_issued: this office issues such documents.
    """

    matters: tuple[ExtensionMatter, ...]
    due: Deadlines
    papers: Mapping[str, ExtensionPaper]
    may_be_issued: bool


def read_more_time(session: Session, entry: str, notice: Notice) -> MoreTime:
    """Everything, from the desk's database."""
    hall = session.hall
    return MoreTime(
        matters=hall.extensions.of(entry),
        due=hall.extensions.deadlines(entry, notice),
        papers=hall.papers.of(entry),
        may_be_issued=hall.papers.may_be_issued,
    )


def extension_card(session: Session, row: LedgerRow, notice: Notice, more: MoreTime) -> list[ft.Control]:
    """The requests, oldest first, and the form of a new one; nothing for a notice without deadlines."""
    if not more.due.findings:
        return []
    may = session.may(Right.DECIDE) and row.is_in_force
    waiting = {wish.ordinal for one in more.matters if one.decided is None for wish in one.request.wishes}
    free = {ordinal: due for ordinal, due in more.due.findings.items() if ordinal not in waiting}
    matter: list[ft.Control] = [
        _matter(session, one, more, may=may, waits=row.is_in_force) for one in more.matters
    ]
    if not matter:
        none = "还没有延期申请。单位申请延期时，在这里登记、审批；同意后的新期限随即生效。"
        matter.append(quiet_text(none))
    if may and free:
        matter.append(keyed(Asking, f"ask {len(more.matters)}", session, row.entry, notice, free))
    panel = card([section_title("延期"), *matter], gap=theme.UNIT * 2)
    return [ft.Semantics(identifier=f"{NAME}.extension", content=panel, container=True)]


def _matter(session: Session, one: ExtensionMatter, more: MoreTime, *, may: bool, waits: bool) -> ft.Control:
    """One request; `waits`: until it is decided, as long as the document holds."""
    request, decided = one.request, one.decided
    mark = _mark(decided, waits=waits)
    title = f"{chinese_date(request.asked_on)}　{request.asked_by}申请"
    head = ft.Row(
        controls=[
            ft.Text(title, theme_style=ft.TextThemeStyle.TITLE_SMALL, expand=True),
            state_chip(mark),
        ]
    )
    entered = words.moment(request.entered_ms, now_ms=session.now_ms())
    lines: list[ft.Control] = [head]
    if decided is None:
        lines += [_wish(wish, is_late=wish.ordinal in request.late) for wish in request.wishes]
        ended = "" if waits else "；审批前文书已经结束，不再审批"
        lines.append(quiet_text(f"{request.entered_by} 于 {entered} 登记{ended}"))
        if may:
            lines.append(keyed(Deciding, f"decide {request.id}", session, request))
    else:
        lines += [_item(item, is_late=item.ordinal in request.late) for item in decided.items]
        at = words.moment(one.decided_ms or 0, now_ms=session.now_ms())
        lines.append(fact("审批人", f"{decided.decided_by}（{one.login} 于 {at} 记入）"))
        paper = more.papers.get(request.id)
        lines.append(keyed(Paper, f"paper {request.id}", session, request.id, paper, more.may_be_issued))
    panel = card(lines, tone=mark.tone)
    return ft.Semantics(identifier=f"{NAME}.extension-{request.id[-6:]}", content=panel, container=True)


def _mark(decided: Extension | None, *, waits: bool) -> Mark:
    if decided is None:
        return _WAITS if waits else _LAPSED
    if not decided.granted:
        return _REFUSED
    return _PARTLY if decided.refused else _GRANTED


def _wish(wish: Wish, *, is_late: bool) -> ft.Control:
    late = "，申请时已逾期" if is_late else ""
    told = f"期限 {wish.old.full}{late}；申请延至 {chinese_date(wish.asked)}。理由：{wish.reason}"
    return fact(f"第 {wish.ordinal} 项", f"{wish.facts}\n{told}")


def _item(item: ExtendedFinding, *, is_late: bool) -> ft.Control:
    late = "，申请时已逾期" if is_late else ""
    asked = f"原期限 {item.old.full}{late}；申请延至 {chinese_date(item.asked)}。理由：{item.reason}"
    verdict = f"同意延至 {item.new.full}" if item.new else "不同意延期"
    opinion = f"（{item.opinion}）" if item.opinion.strip() else ""
    return fact(f"第 {item.ordinal} 项", f"{item.facts}\n{asked}\n审批：{verdict}{opinion}")
