"""Who issues, and what they may print: kinds of issuer, kinds of document, and the appeal clause."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from inspector.errors import AppealMissingError, PrintForbiddenError


class IssuerKind(StrEnum):
    """Who issues. The last one enforces no law."""

    EMERGENCY_MANAGEMENT = "emergency-management"
    FIRE_RESCUE = "fire-rescue"
    POSTAL = "postal"
    GAS = "gas"
    PUBLIC_SECURITY = "public-security"
    NON_ENFORCEMENT = "non-enforcement"

    @property
    def word(self) -> str:
        """The name on screens."""
        return _ISSUER_WORDS[self]

    @property
    def enforces(self) -> bool:
        """Whether it may order, and print certificate numbers, an appeal clause and a place for a seal."""
        return self is not IssuerKind.NON_ENFORCEMENT

    @property
    def names_appeal(self) -> bool:
        """Whether it must name the reviewing body and the court itself before anything is printed.

        So where no official form was found: nobody has confirmed yet what stands on its documents.
        """
        return self.enforces and self is not IssuerKind.EMERGENCY_MANAGEMENT


_ISSUER_WORDS = {
    IssuerKind.EMERGENCY_MANAGEMENT: "应急管理部门",
    IssuerKind.FIRE_RESCUE: "消防救援机构",
    IssuerKind.POSTAL: "邮政管理部门",
    IssuerKind.GAS: "燃气管理部门",
    IssuerKind.PUBLIC_SECURITY: "公安机关",
    IssuerKind.NON_ENFORCEMENT: "非执法主体",
}


class NoticeKind(StrEnum):
    """Which document it is."""

    INSPECTION_RECORD = "inspection-record"
    RECTIFY_AT_ONCE = "rectify-at-once"
    RECTIFY_ORDER = "rectify-order"
    RECTIFY_NOTICE = "rectify-notice"
    MEASURES_DECISION = "measures-decision"
    HAZARD_NOTICE = "hazard-notice"
    HAZARD_ADVICE = "hazard-advice"
    REINSPECTION = "reinspection"
    EXTENSION = "extension"
    SERVICE_RECEIPT = "service-receipt"
    TRANSFER = "transfer"

    @property
    def word(self) -> str:
        """The name on screens; the printed title comes from the issuer's template."""
        return _KIND_WORDS[self]

    @property
    def orders(self) -> bool:
        """Whether it orders something and so carries the appeal clause."""
        return self in _ORDERS

    @property
    def follows(self) -> bool:
        """Whether it follows an earlier document, which it must name."""
        return self in _FOLLOWS

    @property
    def lists_findings(self) -> bool:
        """Whether it has the table of findings; the others say what they say in their details."""
        return self not in _FOLLOWS and self is not NoticeKind.TRANSFER

    @property
    def sets_deadlines(self) -> bool:
        """Whether each of its findings needs a deadline unless it was or has to be put right at once."""
        return self in _DEADLINES


_KIND_WORDS = {
    NoticeKind.INSPECTION_RECORD: "现场检查记录",
    NoticeKind.RECTIFY_AT_ONCE: "责令立即改正通知书",
    NoticeKind.RECTIFY_ORDER: "责令限期整改指令书",
    NoticeKind.RECTIFY_NOTICE: "责令限期改正通知书",
    NoticeKind.MEASURES_DECISION: "现场处理措施决定书",
    NoticeKind.HAZARD_NOTICE: "隐患整改通知书",
    NoticeKind.HAZARD_ADVICE: "隐患告知单",
    NoticeKind.REINSPECTION: "整改复查意见书",
    NoticeKind.EXTENSION: "延期整改审批表",
    NoticeKind.SERVICE_RECEIPT: "送达回证",
    NoticeKind.TRANSFER: "移送函",
}
_DEADLINES = frozenset({NoticeKind.RECTIFY_ORDER, NoticeKind.RECTIFY_NOTICE, NoticeKind.HAZARD_NOTICE})
_ORDERS = frozenset(
    {
        NoticeKind.RECTIFY_AT_ONCE,
        NoticeKind.RECTIFY_ORDER,
        NoticeKind.RECTIFY_NOTICE,
        NoticeKind.MEASURES_DECISION,
    }
)
_FOLLOWS = frozenset({NoticeKind.REINSPECTION, NoticeKind.EXTENSION, NoticeKind.SERVICE_RECEIPT})

# Each system has its own documents and does not use the titles of another.
_EVERYWHERE = frozenset({NoticeKind.INSPECTION_RECORD, *_FOLLOWS, NoticeKind.TRANSFER})
_NOTICES = _EVERYWHERE | {NoticeKind.RECTIFY_AT_ONCE, NoticeKind.RECTIFY_NOTICE}
_MAY_ISSUE = {
    IssuerKind.EMERGENCY_MANAGEMENT: _EVERYWHERE | {NoticeKind.RECTIFY_ORDER, NoticeKind.MEASURES_DECISION},
    IssuerKind.FIRE_RESCUE: _NOTICES,
    IssuerKind.POSTAL: _NOTICES,
    IssuerKind.GAS: _NOTICES,
    IssuerKind.PUBLIC_SECURITY: _NOTICES,
    IssuerKind.NON_ENFORCEMENT: frozenset({NoticeKind.HAZARD_NOTICE, NoticeKind.HAZARD_ADVICE}),
}


def kinds_of(issuer: IssuerKind) -> frozenset[NoticeKind]:
    """The documents that an issuer may issue."""
    return _MAY_ISSUE[issuer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """Where an order can be contested: the reviewing body and the court, by their full names."""

    review_body: str
    court: str


def appeal_of(issuer: IssuerKind, *, review_body: str = "", court: str = "") -> Appeal:
    """The appeal clause's two names, with the default for emergency management.

    Departments of a local government are reviewed by that government (行政复议法 第24条第1款第1项), and the
    form of emergency management leaves a blank for it. Everybody else names both; see
    `IssuerKind.names_appeal`. For fire and rescue and for postal administration no text settles the body.

    Raises:
        PrintForbiddenError: the issuer enforces no law.
        AppealMissingError: nothing is configured and there is no default.
    """
    if not issuer.enforces:
        raise PrintForbiddenError(issuer=issuer.word, what="行政复议")
    if not issuer.names_appeal:
        return Appeal(review_body=review_body or "本级人民政府", court=court or "有管辖权的人民法院")
    if not review_body.strip() or not court.strip():
        raise AppealMissingError(issuer=issuer.word)
    return Appeal(review_body=review_body, court=court)
