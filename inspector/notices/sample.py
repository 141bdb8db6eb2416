"""Any document filled with invented data that says so: 样例 in every name, no number of its own.

What an office sees of a template before anybody uses it, and what the golden documents are made from.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from inspector.domain.issuer import Appeal, IssuerKind, NoticeKind
from inspector.domain.notice import Notice
from inspector.domain.notice_details import (
    Details,
    ExtendedFinding,
    Extension,
    Measure,
    MeasuresDecision,
    Rectification,
    ReinspectedFinding,
    Reinspection,
    Transfer,
    TransferAttachment,
)
from inspector.domain.notice_parts import (
    Contact,
    NoticeEnterprise,
    NoticeFinding,
    NoticeInspector,
    NoticeReference,
    Signed,
    Signing,
    SuspectedMajor,
    Tally,
)
from inspector.domain.service import ServedDocument, ServiceConsent, ServiceReceipt, ServiceWay
from inspector.domain.working_days import DayKind, Deadline

NOON = 1_795_406_700_000
"""23 November 2026, 12:45 in Beijing."""

_HOUR = 3_600_000
_DAY = date(2026, 11, 23)
_SOON = Deadline(date=date(2026, 12, 8), days=15, kind=DayKind.CALENDAR)
_LATER = Deadline(date=date(2027, 1, 6), days=30, kind=DayKind.WORKING, provisional=True)

ENTERPRISE = NoticeEnterprise(
    name="样例市䶮㛃样例商贸有限公司",
    credit_code="91350100M000100Y43",
    address="样例省样例市样例区样例路1号",
    person="样例𠅤𬱖",
    position="安全负责人",
    phone="000-0000000",
)
_NAMES = {
    IssuerKind.EMERGENCY_MANAGEMENT: "样例市样例区应急管理局",
    IssuerKind.FIRE_RESCUE: "样例市样例区消防救援大队",
    IssuerKind.POSTAL: "样例市邮政管理局",
    IssuerKind.GAS: "样例市样例区燃气管理局",
    IssuerKind.PUBLIC_SECURITY: "样例市公安局样例分局",
    IssuerKind.NON_ENFORCEMENT: "样例街道样例社区网格工作站",
}
_APPEAL = Appeal(review_body="样例市样例区人民政府", court="样例市样例区人民法院")
_FINDINGS = (
    NoticeFinding(
        ordinal=1,
        place="一层东侧",
        facts="安全出口上锁，锁旁未放钥匙；出口外侧堆放纸箱12个，疏散通道净宽仅0.6米。",
        measured="净宽 0.6 m",
        basis=("《样例安全管理规定》",),
        requirement="打开安全出口，清除堆放的物品。",
        deadline=_SOON,
    ),
    NoticeFinding(
        ordinal=2,
        place="配电间",
        facts="报警控制器显示2路探头故障，未见维修记录。",
        basis=("《样例安全管理规定》", "《样例设施维护标准》"),
        requirement="修复故障探头并留存维修记录。",
        deadline=_LATER,
        suspected=SuspectedMajor(
            criterion="《样例判定标准》", upheld=True, reason="现场无法确认是否另有监测手段。"
        ),
    ),
    NoticeFinding(ordinal=3, facts="值班室内使用电炉取暖。", requirement="停止使用并撤除。", at_once=True),
)


def sample_notice(
    issuer: IssuerKind, kind: NoticeKind, *, title: str = "", number: str | None = None
) -> Notice:
    """A document of that issuer and kind.

    Args:
        title: of an order of this issuer, for documents that follow one.
        number: None for a draft, which is watermarked.

    Raises:
        PrintForbiddenError: the issuer does not issue this kind.
    """
    original = NoticeReference(
        title=title or "样例通知书",
        number="样例〔2026〕76号",
        issued_on=date(2026, 11, 9),
        public_id="ffeeddccbbaa99887766554433221100",
    )
    return Notice(
        kind=kind,
        issuer=issuer,
        issuer_name=_NAMES[issuer],
        number=number,
        public_id="00112233445566778899aabbccddeeff",
        record_id="0190c2f0-0000-7000-8000-00000000000a",
        record_sha256="3b" * 32,
        enterprise=ENTERPRISE,
        place="一层、配电间、值班室",
        from_ms=NOON - 3 * _HOUR,
        to_ms=NOON,
        inspectors=_inspectors(issuer),
        situation="按检查表对一层、配电间和值班室进行检查，并询问了当班人员。" if kind in _TOLD else "",
        tally=Tally(passed=38, failed=3, not_applicable=2, unanswered=1) if kind in _TOLD else None,
        findings=_findings(kind),
        refers=original if kind.follows or kind is NoticeKind.TRANSFER else None,
        details=_details(kind, original),
        appeal=Appeal(review_body="样例市样例区人民政府", court="样例市样例区人民法院")
        if kind.orders
        else None,
        contact=Contact(name="阿卜杜热合曼·样例", phone="000-0000001"),
        response=Signed(name="样例𠅤𬱖", role="安全负责人", at_ms=NOON + _HOUR // 4),
        issued_on=_DAY,
        app_version="样例",
    )


_TOLD = {NoticeKind.INSPECTION_RECORD}


def _inspectors(issuer: IssuerKind) -> tuple[NoticeInspector, ...]:
    names = ("样例乙", "阿卜杜热合曼·样例")
    if not issuer.enforces:
        return (NoticeInspector(name=names[0], signing=Signing.HANDWRITTEN),)
    return tuple(
        NoticeInspector(name=name, certificate=f"样例00000{place}", signing=Signing.HANDWRITTEN)
        for place, name in enumerate(names, start=1)
    )


def _findings(kind: NoticeKind) -> tuple[NoticeFinding, ...]:
    if not kind.lists_findings:
        return ()
    if kind is NoticeKind.RECTIFY_AT_ONCE:
        return (replace(_FINDINGS[2], ordinal=1),)
    if kind in (NoticeKind.MEASURES_DECISION, NoticeKind.HAZARD_ADVICE):
        return tuple(replace(one, deadline=None) for one in _FINDINGS)
    return _FINDINGS


def _details(kind: NoticeKind, original: NoticeReference) -> Details | None:
    match kind:
        case NoticeKind.MEASURES_DECISION:
            return _MEASURES
        case NoticeKind.REINSPECTION:
            return _REINSPECTION
        case NoticeKind.SERVICE_RECEIPT:
            return _service(original)
        case NoticeKind.EXTENSION:
            return _EXTENSION
        case NoticeKind.TRANSFER:
            return _TRANSFER
        case _:
            return None


_MEASURES = MeasuresDecision(
    basis=("《样例安全管理规定》",),
    measures=(
        Measure(findings=(1, 2), text="从一层撤出人员，暂停使用，直至问题排除。"),
        Measure(findings=(3,), text="立即停止使用电炉。"),
    ),
)

_REINSPECTION = Reinspection(
    results=(
        ReinspectedFinding(ordinal=1, facts=_FINDINGS[0].facts, result=Rectification.DONE),
        ReinspectedFinding(
            ordinal=2,
            facts=_FINDINGS[1].facts,
            result=Rectification.PARTLY,
            remark="1路探头已修复，1路仍显示故障。",
        ),
        ReinspectedFinding(
            ordinal=3, facts=_FINDINGS[2].facts, result=Rectification.NOT_DONE, remark="电炉仍在使用。"
        ),
        ReinspectedFinding(
            ordinal=4,
            facts="屋面水箱间未见巡查记录。",
            result=Rectification.UNREACHABLE,
            remark="屋面门上锁，钥匙不在现场。",
        ),
    ),
)

_EXTENSION = Extension(
    asked_by="样例𠅤𬱖",
    asked_on=date(2026, 11, 20),
    items=(
        ExtendedFinding(
            ordinal=1,
            facts=_FINDINGS[0].facts,
            old=_SOON,
            asked=date(2026, 12, 20),
            reason="新门正在订做，12月15日到货。",
            new=Deadline(date=date(2026, 12, 18), days=25, kind=DayKind.CALENDAR),
            opinion="同意，期间应有人值守。",
        ),
        ExtendedFinding(
            ordinal=2,
            facts=_FINDINGS[1].facts,
            old=_LATER,
            asked=date(2027, 2, 1),
            reason="维修人员另有安排。",
            new=None,
            opinion="理由不充分，不同意。",
        ),
    ),
    decided_by="样例丙",
)

_TRANSFER = Transfer(
    receiver="样例市样例区住房和城乡建设局",
    subject="外墙保温材料脱落",
    facts="该单位所在大楼北侧外墙保温材料有三处脱落，最大一处约2平方米，下方为人行道，已拉警戒带。",
    basis=("《样例安全管理规定》",),
    attachments=(
        TransferAttachment(name="现场检查记录（样例〔2026〕75号）", copies=1, pages=3),
        TransferAttachment(name="现场照片", copies=1, pages=2),
    ),
)


def _service(original: NoticeReference) -> ServiceReceipt:
    record = replace(original, title="样例检查记录", number="样例〔2026〕75号", public_id="")
    photos = replace(record, title="样例复查意见书", number="样例〔2026〕77号")
    return ServiceReceipt(
        recipient=ENTERPRISE.name,
        documents=(
            ServedDocument(
                document=original,
                way=ServiceWay.DIRECT,
                place="样例路1号",
                received_by="样例𠅤𬱖",
                relation="安全负责人",
                received_ms=NOON,
            ),
            ServedDocument(
                document=record,
                way=ServiceWay.LEFT,
                place="样例路1号",
                received_ms=NOON,
                refusal="认为与本单位无关。",
                witness="样例戊（社区工作人员）",
            ),
            ServedDocument(
                document=photos,
                way=ServiceWay.ELECTRONIC,
                place="样例邮箱",
                received_by="阿卜杜热合曼·样例",
                received_ms=NOON,
            ),
        ),
        consent=ServiceConsent(name="样例𠅤𬱖", signed_on=_DAY, address="sample@example.invalid"),
        remark="留置时已录像。",
    )
