"""What each kind of document may and must say: placeholders, columns, the appeal clause.

The words of a template are checked against this; what a notice holds is checked by `inspector.domain.notice`.
"""

from __future__ import annotations

import re

from inspector.domain.issuer import NoticeKind

STUB = "存根"
"""The label of the copy that stays: a tear-off line is drawn below it."""

UNCONFIRMED = "式样待确认"
"""The one status: no official form was found. It is shown before issue and never printed."""

_EVERYWHERE = frozenset(
    {
        *("title", "enterprise", "issuer", "inspectors", "contact", "phone", "place", "period"),
        *("replaces", "replaces_reason"),
    }
)
_FINDINGS = frozenset({"situation", "tally", "count", "at_once", "corrected", "suspected"})
_APPEAL = frozenset({"body", "court"})
_ORIGINAL = frozenset({"original_title", "original_number", "original_date"})
_OF_KIND: dict[NoticeKind, frozenset[str]] = {
    NoticeKind.RECTIFY_ORDER: frozenset({"deadlines"}),
    NoticeKind.RECTIFY_NOTICE: frozenset({"deadlines"}),
    NoticeKind.HAZARD_NOTICE: frozenset({"deadlines"}),
    NoticeKind.MEASURES_DECISION: frozenset({"basis", "measures"}),
    NoticeKind.REINSPECTION: _ORIGINAL | {"rectified", "partly", "unrectified", "unreachable"},
    NoticeKind.EXTENSION: _ORIGINAL | {"applicant", "asked_on", "granted", "refused", "decided_by"},
    NoticeKind.SERVICE_RECEIPT: _ORIGINAL | {"recipient", "remark", "consent_on", "consent_by", "consent_to"},
    NoticeKind.TRANSFER: frozenset({"receiver", "subject", "facts", "basis", "attachments"}),
}
DETAIL_PLACEHOLDERS = frozenset().union(*_OF_KIND.values()) - _ORIGINAL - {"deadlines"}
"""Those that `Notice.details` fills."""

PLACEHOLDERS = _EVERYWHERE | _FINDINGS | _APPEAL | frozenset().union(*_OF_KIND.values())
"""Every placeholder of any kind."""

_MUST_SAY: dict[NoticeKind, frozenset[str]] = {
    NoticeKind.RECTIFY_AT_ONCE: frozenset({"at_once"}),
    NoticeKind.RECTIFY_ORDER: frozenset({"deadlines", "at_once"}),
    NoticeKind.RECTIFY_NOTICE: frozenset({"deadlines", "at_once"}),
    NoticeKind.HAZARD_NOTICE: frozenset({"deadlines", "at_once"}),
    NoticeKind.MEASURES_DECISION: frozenset({"basis", "measures"}),
    NoticeKind.REINSPECTION: frozenset({"original_number"}),
    NoticeKind.EXTENSION: frozenset({"original_number", "granted", "refused"}),
    NoticeKind.SERVICE_RECEIPT: frozenset({"consent_by"}),
    NoticeKind.TRANSFER: frozenset({"receiver", "facts", "basis"}),
}

COLUMNS: dict[NoticeKind, tuple[str, ...]] = {
    NoticeKind.INSPECTION_RECORD: ("序号", "检查发现", "依据", "处理意见"),
    NoticeKind.RECTIFY_AT_ONCE: ("序号", "问题", "依据", "改正要求"),
    NoticeKind.RECTIFY_ORDER: ("序号", "问题", "依据", "整改要求和期限"),
    NoticeKind.RECTIFY_NOTICE: ("序号", "问题", "依据", "改正要求和期限"),
    NoticeKind.MEASURES_DECISION: ("序号", "问题", "依据", "整改要求"),
    NoticeKind.HAZARD_NOTICE: ("序号", "隐患", "依据", "整改要求和期限"),
    NoticeKind.HAZARD_ADVICE: ("序号", "隐患", "依据", "建议"),
    NoticeKind.REINSPECTION: ("序号", "原问题", "复查结果", "复查情况"),
    NoticeKind.EXTENSION: ("序号", "问题", "原期限", "申请延至", "理由", "审批意见"),
    NoticeKind.SERVICE_RECEIPT: (
        "送达文书名称及文号",
        "收件人签名",
        "送达地点",
        "送达日期",
        "方式",
        "送达人",
    ),
    NoticeKind.TRANSFER: ("序号", "材料名称", "份数", "页数"),
}
"""The heads of a kind's table where its template names none."""

APPEAL_MARKS = ("{body}", "{court}", "60日", "6个月")
"""What the appeal clause holds: 行政复议法 第20条第1款, 行政诉讼法 第46条."""

ARTICLE = re.compile(r"第\s*[〇零一二三四五六七八九十廿卅百千两0-9０-９]+\s*[条條]")
"""An article of law: printed from what was verified, never from a template."""

MAJOR = re.compile(r"《[^》]*》|疑似重大|重大危险源|(重大)")
"""Group 1: 重大 without 疑似, which no wording of ours says (guarantee 7)."""


def placeholders_of(kind: NoticeKind) -> frozenset[str]:
    """The placeholders that can have something to say in a kind of document."""
    findings = _FINDINGS if kind.lists_findings else frozenset[str]()
    appeal = _APPEAL if kind.orders else frozenset[str]()
    return _EVERYWHERE | findings | appeal | _OF_KIND.get(kind, frozenset())


def must_say(kind: NoticeKind) -> frozenset[str]:
    """The placeholders without which the document would leave out what it is for."""
    return _MUST_SAY.get(kind, frozenset())
