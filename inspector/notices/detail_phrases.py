"""What the placeholders of measures, re-inspection, service, extension and transfer stand for."""

from __future__ import annotations

from inspector.domain.notice_details import (
    Details,
    Extension,
    Measure,
    MeasuresDecision,
    Rectification,
    Reinspection,
    Transfer,
)
from inspector.domain.service import ServiceReceipt
from inspector.domain.working_days import chinese_date
from inspector.notices.ordinals import items
from inspector.notices.template_rules import DETAIL_PLACEHOLDERS

_NUMERALS = "一二三四五六七八九"


def details_phrases(details: Details | None) -> dict[str, str]:
    """A phrase for each placeholder of `DETAIL_PLACEHOLDERS`; empty where there is nothing."""
    return {**dict.fromkeys(DETAIL_PLACEHOLDERS, ""), **_phrases(details)}


def _phrases(details: Details | None) -> dict[str, str]:
    match details:
        case MeasuresDecision():
            return {"basis": "、".join(details.basis), "measures": measures_words(details.measures)}
        case Reinspection():
            return {
                "rectified": items(details.with_result(Rectification.DONE)),
                "partly": items(details.with_result(Rectification.PARTLY)),
                "unrectified": items(details.with_result(Rectification.NOT_DONE)),
                "unreachable": items(details.with_result(Rectification.UNREACHABLE)),
            }
        case ServiceReceipt():
            return _service(details)
        case Extension():
            return {
                "applicant": details.asked_by,
                "asked_on": chinese_date(details.asked_on),
                "granted": items(item.ordinal for item in details.granted),
                "refused": items(item.ordinal for item in details.refused),
                "decided_by": details.decided_by,
            }
        case Transfer():
            return {
                "receiver": details.receiver,
                "subject": details.subject,
                "facts": details.facts,
                "basis": "、".join(details.basis),
                "attachments": f"{len(details.attachments)}项" if details.attachments else "",
            }
        case None:
            return {}


def _service(details: ServiceReceipt) -> dict[str, str]:
    consent = details.consent
    return {
        "recipient": details.recipient,
        "remark": details.remark,
        "consent_on": chinese_date(consent.signed_on) if consent else "",
        "consent_by": consent.name if consent else "",
        "consent_to": consent.address if consent else "",
    }


def measures_words(measures: tuple[Measure, ...]) -> str:
    """`（一）针对第1、3项：……`, a line each."""
    return "\n".join(
        f"（{numeral(place)}）针对{items(measure.findings)}：{measure.text}"
        for place, measure in enumerate(measures, start=1)
    )


def numeral(number: int) -> str:
    """`十二` for 12, up to 99; digits beyond."""
    if not 1 <= number <= 99:
        return str(number)
    tens, ones = divmod(number, 10)
    before = "" if tens == 0 else "十" if tens == 1 else f"{_NUMERALS[tens - 1]}十"
    return before + (_NUMERALS[ones - 1] if ones else "")
