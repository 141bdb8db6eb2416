"""What a document will say, in words to be read on the screen before it is issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import flet as ft

from inspector.domain.notice import Notice
from inspector.domain.notice_details import (
    MeasuresDecision,
    MovedDeadline,
    ReinspectedFinding,
    Reinspection,
    Transfer,
    TransferAttachment,
)
from inspector.domain.notice_parts import NoticeFinding, NoticeReference
from inspector.domain.service import ServedDocument, ServiceReceipt
from inspector.domain.working_days import china_date, chinese_date
from inspector.notices.ordinals import items
from inspector.tablet.issuing import NoticeRow
from inspector.tablet.numbers import Hold
from inspector.tablet.screens.desk import Paper

_HELD = {
    Hold.PUT_BACK: (
        "本机数据被移动过、由旧副本恢复，或刚由旧版程序升级。"
        "为防止重号，现在出具的是带“草稿”水印的未编号文书。",
        "请到“传输”联网；办公室补发新号段后，在这里补编号并出具。记录已封存，不受影响。",
    ),
    Hold.STOPPED: (
        "本机数据与办公室的对不上，已停止编号，现在出具的是带“草稿”水印的未编号文书。",
        "请报告管理员核查这台平板。记录已封存，不受影响。",
    ),
}
"""Why it gets no number though the tablet has some, and what to do."""


def number_words(paper: Paper) -> tuple[str, ...]:
    """What its number will be, or why it has none and what to do."""
    if paper.is_done and paper.issued is not None:
        what = "" if paper.issued.document == paper.document.id else f"“{paper.issued.word}”"
        return (f"已出具{what}：{paper.issued.notice.number}。出具后不能修改。",)
    if paper.numbers_left:
        return (f"本机还有 {paper.numbers_left} 个可用编号，出具时自动取用下一个。",)
    if paper.hold is not None:
        return _HELD[paper.hold]
    why = "本机没有这种文书的编号，现在出具的是带“草稿”水印的未编号文书，联网领到号段后再正式出具。"
    return (why, "现在可先交单位知悉；记录已封存，不受影响。")


def status_words(paper: Paper) -> tuple[str, ...]:
    """That nobody has confirmed the form yet; said here, never on the paper."""
    if not paper.status or paper.is_done:
        return ()
    whose = "这是本单位自己的模板" if paper.document.own else "没有找到这种文书的官方式样，用的是通用式样"
    return (f"{paper.status}：{whose}。请法制人员确认后再正式使用。",)


def summary(notice: Notice) -> list[ft.Control]:
    """What the paper will say, to be read on the screen."""
    tally = notice.tally
    counts = (
        f"合格 {tally.passed} 项，不合格 {tally.failed} 项，不适用 {tally.not_applicable} 项" if tally else ""
    )
    appeal = notice.appeal
    lines = [
        f"发文机关：{notice.issuer_name}",
        f"被检查单位：{notice.enterprise.name}",
        f"检查场所：{notice.place}" if notice.place else "",
        f"检查结果：{counts}" if counts else "",
        f"救济途径：行政复议（{appeal.review_body}）、行政诉讼（{appeal.court}）" if appeal else "",
    ]
    return [
        *(ft.Text(line) for line in lines if line),
        *(ft.Text(finding_words(one)) for one in notice.findings),
        *(ft.Text(line) for line in detail_words(notice)),
    ]


def finding_words(finding: NoticeFinding) -> str:
    """One finding in one paragraph: facts, basis, requirement, deadline."""
    parts = [f"{finding.ordinal}．{finding.facts}"]
    if finding.basis:
        parts.append(f"依据：{'、'.join(finding.basis)}。")
    if finding.corrected_ms is not None:
        parts.append("已当场改正。")
    elif finding.requirement:
        last = f"（{finding.deadline.full}）" if finding.deadline else ""
        parts.append(f"要求：{finding.requirement}{last}")
    return "".join(parts)


def short_words(notice: Notice) -> ft.Control:
    """What it is about, in one line."""
    if not notice.kind.lists_findings:
        return ft.Text("；".join(detail_words(notice)), max_lines=3, overflow=ft.TextOverflow.ELLIPSIS)
    last = notice.last_deadline
    until = f"，最晚 {last.short}整改" if last else ""
    return ft.Text(f"列明问题 {len(notice.findings)} 项{until}")


def counted_words(rows: Sequence[NoticeRow]) -> str:
    """`已出具 1 份，未编号草稿 2 份`: what has no number was handed over, but is not issued."""
    drafts = sum(row.notice.is_draft for row in rows)
    issued = len(rows) - drafts
    told = (f"已出具 {issued} 份" if issued else "", f"未编号草稿 {drafts} 份" if drafts else "")
    return "，".join(filter(None, told))


def moved_words(row: NoticeRow) -> tuple[str, ...]:
    """`第1、2项已延期至2026年12月20日前（原期限2026年12月8日前）`, a line for those that were moved alike."""
    alike: dict[MovedDeadline, list[int]] = {}
    for ordinal, one in sorted(row.moved.items()):
        alike.setdefault(one, []).append(ordinal)
    return tuple(f"{items(ordinals)}{one.words}" for one, ordinals in alike.items())


def detail_words(notice: Notice) -> list[str]:
    """What it says beside findings, a line each."""
    match notice.details:
        case Reinspection(results=results):
            return [_looked_at_words(one) for one in results]
        case MeasuresDecision(basis=basis, measures=measures):
            listed = [f"措施：{one.text}（针对第{'、'.join(map(str, one.findings))}项）" for one in measures]
            return [f"决定依据：{'、'.join(basis)}", *listed]
        case ServiceReceipt() as receipt:
            return _served_words(receipt)
        case Transfer() as transfer:
            return [
                f"受移送机关：{transfer.receiver}",
                f"移送事项：{transfer.subject}",
                f"事实：{transfer.facts}",
                f"依据：{'、'.join(transfer.basis)}",
                *(f"移送材料：{_paper_words(one)}" for one in transfer.attachments),
            ]
        case _:
            return []


def _paper_words(one: TransferAttachment) -> str:
    return f"{one.name}（{one.copies} 份，每份 {one.pages} 页）"


def _looked_at_words(one: ReinspectedFinding) -> str:
    """`1．安全出口上锁：部分整改。还差一处（附照片 2 张）`."""
    remark = f"。{one.remark.rstrip('。')}" if one.remark else ""
    photos = f"（附照片 {len(one.photos)} 张）" if one.photos else ""
    moved = f"（{one.extended.words}）" if one.extended else ""
    return f"{one.ordinal}．{one.facts.rstrip('。')}{moved}：{one.result.word}{remark}{photos}"


def _served_words(receipt: ServiceReceipt) -> list[str]:
    """To whom; then of what was served alike: what, how, and who took it or why nobody did."""
    alike: dict[ServedDocument, list[NoticeReference]] = {}
    for one in receipt.documents:
        alike.setdefault(replace(one, document=receipt.documents[0].document), []).append(one.document)
    served: list[str] = []
    for place, (one, documents) in enumerate(alike.items(), start=1):
        first, *others = _alike_words(one, documents)
        served += [f"{place}．{first}" if len(alike) > 1 else first, *others]
    remark = [f"备注：{receipt.remark}"] if receipt.remark else []
    return [f"受送达人：{receipt.recipient}", *served, *remark]


def _alike_words(one: ServedDocument, documents: Sequence[NoticeReference]) -> list[str]:
    served = "、".join(f"{document.title} {document.number}" for document in documents)
    how = one.way.word + (f"（{one.particulars}）" if one.particulars else "")
    took = one.received_by + (f"（{one.relation}）" if one.relation else "")
    pen = "已在屏幕上签名" if one.signature else "在纸面上签名"
    signed = "，".join(filter(None, (took, pen if one.way.is_by_hand else "")))
    lines = [
        f"送达文书：{served}",
        f"送达方式：{how}",
        f"送达地点：{one.place}",
        f"送达日期：{chinese_date(china_date(one.received_ms)) if one.received_ms else '在纸面上填写'}",
        f"收件人：{signed}" if signed else "",
        f"拒收原因：{one.refusal}" if one.refusal else "",
        f"见证人：{one.witness}" if one.witness else "",
        "留置过程已拍照、录像" if one.is_recorded else "",
    ]
    return [line for line in lines if line]
