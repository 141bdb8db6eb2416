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
    RECTIFY_ORDER = "rectify-order"
    RECTIFY_NOTICE = "rectify-notice"
    HAZARD_NOTICE = "hazard-notice"

    @property
    def word(self) -> str:
        """The name on screens; the printed title comes from the issuer's template."""
        return _KIND_WORDS[self]

    @property
    def orders(self) -> bool:
        """Whether it orders rectification and so carries the appeal clause."""
        return self in {NoticeKind.RECTIFY_ORDER, NoticeKind.RECTIFY_NOTICE}


_KIND_WORDS = {
    NoticeKind.INSPECTION_RECORD: "现场检查记录",
    NoticeKind.RECTIFY_ORDER: "责令限期整改指令书",
    NoticeKind.RECTIFY_NOTICE: "责令限期改正通知书",
    NoticeKind.HAZARD_NOTICE: "隐患整改通知书",
}

_RECORD_AND_NOTICE = frozenset({NoticeKind.INSPECTION_RECORD, NoticeKind.RECTIFY_NOTICE})
_MAY_ISSUE = {
    IssuerKind.EMERGENCY_MANAGEMENT: frozenset({NoticeKind.INSPECTION_RECORD, NoticeKind.RECTIFY_ORDER}),
    IssuerKind.FIRE_RESCUE: _RECORD_AND_NOTICE,
    IssuerKind.POSTAL: _RECORD_AND_NOTICE,
    IssuerKind.GAS: _RECORD_AND_NOTICE,
    IssuerKind.PUBLIC_SECURITY: _RECORD_AND_NOTICE,
    IssuerKind.NON_ENFORCEMENT: frozenset({NoticeKind.HAZARD_NOTICE}),
}

ENFORCEMENT_WORDS = ("责令", "指令书", "行政复议", "行政诉讼", "执法证")
"""What the paper of a non-enforcement issuer must not contain, typed text included."""


def kinds_of(issuer: IssuerKind) -> frozenset[NoticeKind]:
    """The documents that an issuer may issue."""
    return _MAY_ISSUE[issuer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """Where an order can be contested: the reviewing body and the court, by their full names."""

    review_body: str
    court: str


_HAS_DEFAULT_BODY = frozenset({IssuerKind.EMERGENCY_MANAGEMENT, IssuerKind.GAS, IssuerKind.PUBLIC_SECURITY})


def appeal_of(issuer: IssuerKind, *, review_body: str = "", court: str = "") -> Appeal:
    """The appeal clause's two names, with the default where the law gives one.

    Departments of a local government are reviewed by that government (行政复议法 第24条第1款第1项). For
    fire and rescue and for postal administration no text settles the body: their offices must name both.

    Raises:
        PrintForbiddenError: the issuer enforces no law.
        AppealMissingError: nothing is configured and there is no default.
    """
    if not issuer.enforces:
        raise PrintForbiddenError(issuer=issuer.word, what="行政复议")
    if issuer in _HAS_DEFAULT_BODY:
        return Appeal(review_body=review_body or "本级人民政府", court=court or "有管辖权的人民法院")
    if not review_body or not court:
        raise AppealMissingError(issuer=issuer.word)
    return Appeal(review_body=review_body, court=court)
