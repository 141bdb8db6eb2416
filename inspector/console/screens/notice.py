"""One notice: where it stands, what was handed over, what the enterprise answered; end it with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import flet as ft

from inspector.console import routes
from inspector.console.accounts import Right
from inspector.console.frame import frame
from inspector.console.ledger import LedgerRow, OpenedNotice
from inspector.console.screens.copies import download as download_copy
from inspector.console.screens.marks import standing_mark
from inspector.console.screens.notice_end import Ending
from inspector.console.screens.notice_extension import MoreTime, extension_card, read_more_time
from inspector.console.screens.notice_replies import replies_card
from inspector.console.screens.record_findings import fact
from inspector.console.screens.unlock import unlock_card
from inspector.console.session import Session, use_changes, use_loaded
from inspector.domain.notice import Notice
from inspector.domain.notice_parts import NoticeFinding
from inspector.domain.working_days import chinese_date
from inspector.ui import words
from inspector.ui.buttons import quiet_button, secondary_button
from inspector.ui.panels import busy, card, error_panel, quiet_text, section_title
from inspector.ui.share import save_pdf
from inspector.ui.states import state_chip
from inspector.ui.theme import Tone
from inspector.work.registration import PublicState

NAME = "console.notice"


@ft.component
def NoticeScreen(session: Session, entry: str) -> ft.Control:
    """The notice of an entry, or why it cannot be opened."""
    use_changes(session)
    if not session.may(Right.OPEN):
        return _bare(session, [card([ft.Text("查看员只能看列表；打开文书需要审核员或管理员。")])])
    if not session.desk.is_unlocked:
        return _bare(session, [unlock_card(session)])
    return _Opened(session, entry)


def _bare(session: Session, matter: list[ft.Control]) -> ft.Control:
    return frame(session, NAME, "文书", matter, place="notices", back=session.ledger_route)


@ft.component
def _Opened(session: Session, entry: str) -> ft.Control:
    turn = use_changes(session)
    look = partial(session.hall.ledger.look_at, session.me, entry)
    loaded = use_loaded(session, look, (entry,), beside=False)
    standing = use_loaded(session, partial(session.hall.ledger.row, entry), (entry, turn))
    if loaded.error is not None and loaded.value is None:
        return _bare(session, [error_panel(loaded.error, on_retry=loaded.again)])
    if loaded.value is None:
        return _bare(session, [busy("正在打开文书和回复……")])
    opened, row = loaded.value, standing.value or loaded.value.row
    newer = []
    if row.replies > len(opened.replies):
        again = secondary_button(f"{NAME}.refresh", "显示", loaded.again, icon=ft.Icons.REFRESH)
        newer = [ft.Row(controls=[ft.Text("有新的回复。", expand=True), again])]
    return _Shown(session, opened, row, newer)


@ft.component
def _Shown(session: Session, opened: OpenedNotice, row: LedgerRow, newer: Sequence[ft.Control]) -> ft.Control:
    turn = use_changes(session)
    read = partial(read_more_time, session, row.entry, opened.notice)
    loaded = use_loaded(session, read, (row.entry, turn))
    more = loaded.value
    if more is None:
        if loaded.error is not None:
            return _bare(session, [error_panel(loaded.error, on_retry=loaded.again)])
        return _bare(session, [busy("正在读取期限和延期申请……")])
    # What has ended takes no request, nor does a draft: without an earlier one there is nothing to say.
    matter = [
        _standing(session, row, opened.notice, more),
        *newer,
        replies_card(session, opened, row),
        *(extension_card(session, row, opened.notice, more) if more.matters or row.is_in_force else []),
        _paper(session, opened, more),
        *_ending(session, row),
    ]
    title = f"{row.title}　{row.number or '草稿，未编号'}"
    return frame(
        session,
        NAME,
        title,
        matter,
        place="notices",
        back=session.ledger_route,
        aside=[state_chip(standing_mark(row))],
    )


def _standing(session: Session, row: LedgerRow, notice: Notice, more: MoreTime) -> ft.Control:
    mark = standing_mark(row)
    lines: list[ft.Control] = [fact("被检查单位", row.enterprise), fact("状态", mark.word)]
    if row.state is not PublicState.IN_FORCE:
        since = words.moment(row.since_ms, now_ms=session.now_ms())
        by = f"，由 {row.replaced_by} 替代" if row.replaced_by else ""
        lines.append(fact("变更", f"{since}{by}"))
        if row.reason:
            lines.append(fact("原因", row.reason))
    lines += _due(session, row, notice, more)
    if row.asked:
        lines.append(fact("延期申请", f"{row.asked} 份等待审批，见下面“延期”"))
    lines.append(fact("公开页面", _public_words(session, row)))
    panel = card([section_title("现在的状态"), *lines], tone=mark.tone)
    return ft.Semantics(identifier=f"{NAME}.standing", content=panel, container=True)


def _due(session: Session, row: LedgerRow, notice: Notice, more: MoreTime) -> list[ft.Control]:
    """The last deadline, as it was set where it was moved, and when the office re-inspects."""
    due, set_first, now = more.due, notice.last_deadline, session.now_ms()
    if due.last is None:
        return [fact("最后期限", "无")]
    # Whether it is overdue matters only as long as the notice holds.
    left = f"（{words.time_left(due.last.date, now)}）" if row.is_in_force else ""
    lines = [fact("最后期限", f"{due.last.full}{left}")]
    if set_first is not None and set_first != due.last:
        lines.append(fact("原期限", f"{set_first.full}，已同意延期"))
    if due.reinspect is not None and row.is_in_force:
        lines.append(fact("应复查", due.reinspect.full))
    return lines


def _public_words(session: Session, row: LedgerRow) -> str:
    if not row.is_public:
        return "出具时没有公开地址，不能在网上核对和回复"
    if row.is_published:
        return "已登记，扫码看到的就是上面的状态"
    locked = "" if session.desk.is_unlocked else "；解锁办公室密钥后会自动登记"
    return f"还没有登记到服务器，稍后自动重试{locked}"


def _paper(session: Session, opened: OpenedNotice, more: MoreTime) -> ft.Control:
    row, notice = opened.row, opened.notice

    async def download() -> None:
        _, pdf = await session.told(session.hall.records.pdf, session.me, row.entry)
        await save_pdf(f"{row.title} {row.number or '草稿'}.pdf", pdf)
        session.snack("已交给浏览器下载，并记入审计。")

    ways: list[ft.Control] = []
    if opened.record is not None:
        look = partial(session.navigate, routes.record(opened.record))
        ways.append(quiet_button(f"{NAME}.record", "打开检查记录", look))
    if opened.has_copy:
        title = f"{row.title} {row.number}"
        fetch = partial(download_copy, session, row.entry, title)
        ways.append(
            secondary_button(f"{NAME}.copy", "下载办公室副本", fetch, icon=ft.Icons.VERIFIED_OUTLINED)
        )
    ways.append(secondary_button(f"{NAME}.pdf", "下载 PDF", download, icon=ft.Icons.DOWNLOAD))
    facts = [
        fact("签发日期", chinese_date(notice.issued_on)),
        *(fact(f"第 {finding.ordinal} 项", _finding_words(finding, more)) for finding in notice.findings),
    ]
    return card([section_title("送达的文书", aside=ways), *facts])


def _finding_words(finding: NoticeFinding, more: MoreTime) -> str:
    if finding.deadline is not None:
        now = more.due.findings.get(finding.ordinal, finding.deadline)
        before = f"，原期限 {finding.deadline.full}" if now != finding.deadline else ""
        until = f"期限 {now.full}{before}"
    elif finding.corrected_ms is not None:
        until = "已当场改正"
    else:
        until = "立即改正" if finding.at_once else "没有期限"
    return f"{finding.facts}（{until}）"


def _ending(session: Session, row: LedgerRow) -> list[ft.Control]:
    if row.state is not PublicState.IN_FORCE:
        return [card([quiet_text("这份文书已经结束，不能再改变状态。")], tone=Tone.IDLE)]
    if not session.may(Right.DECIDE):
        return []
    return [Ending(session, row)]
