"""Where each record is on its way to the office, in words: what the transfer screen shows."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.delivery import EntryKind
from inspector.errors import InspectorError
from inspector.tablet.issuing import NoticeRow
from inspector.tablet.office import TransferRow
from inspector.tablet.workbench import Workbench
from inspector.work.exchange import ExchangeReport, Progress, Step
from inspector.work.feed import Outcome
from inspector.work.ports import EntryState, Problem

PAGE = 20
"""Records on one page of the list."""

_KINDS = {
    EntryKind.OPEN: "检查开始登记",
    EntryKind.RECORD: "检查记录",
    EntryKind.AMEND: "更正记录",
    EntryKind.NOTICE: "文书",
    EntryKind.ADOPT: "检查表版本回报",
    EntryKind.NUMBERS: "文书号回报",
}
_STEPS = {
    Step.GREETING: "正在联系办公室",
    Step.COMPARING: "正在核对哪些还没有送达",
    Step.ENTRIES: "正在上传记录",
    Step.BLOBS: "正在上传照片和文书",
    Step.RECEIPTS: "正在取回并核验回执",
    Step.FEED: "正在接收办公室的消息",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferView:
    """One entry on its way.

    Attributes:
        title: what it is and of whom.
        stages: words of what has happened so far, in order, each with its time where one is known.
        waits_for: the next stage that has not happened yet; empty when all have.
        problem: why it is set aside.
    """

    row: TransferRow
    title: str
    stages: tuple[tuple[str, int | None], ...]
    waits_for: str
    problem: Problem | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferPage:
    """One page of the list, newest first."""

    views: tuple[TransferView, ...]
    number: int
    pages: int
    unsent: int


def look(workbench: Workbench, number: int) -> TransferPage:
    """One page of everything that was sealed here; what only told of a beginning goes once it has arrived."""
    rows = [row for row in workbench.office.transfer() if not _is_done_with(row)]
    pages = max(1, -(-len(rows) // PAGE))
    number = max(0, min(number, pages - 1))
    papers = {row.id: row for row in workbench.paper.issued()}
    shown = rows[number * PAGE : (number + 1) * PAGE]
    return TransferPage(
        views=tuple(_view(workbench, row, papers) for row in shown),
        number=number,
        pages=pages,
        unsent=workbench.office.unsent(),
    )


def _is_done_with(row: TransferRow) -> bool:
    return row.kind is EntryKind.OPEN and row.entry.index is not None


def words_of(progress: Progress) -> str:
    """What a running exchange is busy with."""
    return _STEPS[progress.step]


def trouble(report: ExchangeReport | None, failure: InspectorError | None) -> InspectorError | None:
    """Why the last exchange did not get through; None when it did, or there was none."""
    if failure is not None:
        return failure
    return (report.paused or report.stopped) if report is not None else None


def _view(workbench: Workbench, row: TransferRow, papers: dict[str, NoticeRow]) -> TransferView:
    name, kind = "", _KINDS.get(row.kind, "本机登记")
    if row.kind in (EntryKind.RECORD, EntryKind.AMEND):
        found = workbench.lists.row(row.entry.record)
        name = found.enterprise if found else ""
    elif paper := papers.get(row.entry.record):
        name = paper.notice.enterprise.name
        kind = f"{paper.word} {paper.notice.number or '（草稿，未编号）'}"
    stages, waits_for = _stages(row, workbench.office.outcome(row.entry.record))
    return TransferView(
        row=row,
        title=f"{kind} · {name}" if name else f"{kind}（第 {row.entry.seq} 号）",
        stages=stages,
        waits_for=waits_for,
        problem=row.entry.problem if row.entry.state is EntryState.SET_ASIDE else None,
    )


def _stages(row: TransferRow, outcome: Outcome | None) -> tuple[tuple[tuple[str, int | None], ...], str]:
    entry = row.entry
    done: list[tuple[str, int | None]] = [("已封存", row.sealed_ms)]
    files = len(entry.blobs)
    if entry.state in (EntryState.WAITING, EntryState.SET_ASIDE):
        return tuple(done), f"等待上传（含 {files} 个附件）" if files else "等待上传"
    done.append((f"已上传（{files} 个附件）" if files else "已上传", None))
    if entry.index is None:
        return tuple(done), "等待办公室的回执"
    done.append((f"办公室已收（回执 {entry.index}）", entry.received_ms))
    if row.acknowledged_ms is None:
        return tuple(done), "等待办公室打开并确认"
    done.append(("办公室已确认", row.acknowledged_ms))
    if outcome is not None:
        done.append(("已采用" if outcome is Outcome.ACCEPTED else "已退回", None))
    return tuple(done), ""
