"""What a template's placeholders stand for, and the words of a finding."""

from __future__ import annotations

from inspector.domain.access import Access
from inspector.domain.issuer import NoticeKind
from inspector.domain.notice import Notice
from inspector.domain.notice_parts import NoticeFinding, NoticeInspector, NoticeReference, Tally
from inspector.domain.working_days import china_time, chinese_date, chinese_time
from inspector.notices.detail_phrases import details_phrases
from inspector.notices.ordinals import items


def phrases(notice: Notice, title: str) -> dict[str, str]:
    """A phrase for each placeholder of `templates.PLACEHOLDERS`; empty where there is nothing."""
    contact, appeal = notice.contact, notice.appeal
    return {
        "title": title,
        "enterprise": notice.enterprise.name,
        "issuer": notice.issuer_name,
        "inspectors": "、".join(_named(person) for person in notice.inspectors),
        "period": period(notice.from_ms, notice.to_ms),
        "place": notice.place,
        "situation": notice.situation,
        "tally": tally_words(notice.tally),
        "count": str(len(notice.findings)) if notice.findings else "",
        "deadlines": deadline_words(notice),
        "at_once": items(f.ordinal for f in notice.findings if f.at_once and f.corrected_ms is None),
        "corrected": items(f.ordinal for f in notice.findings if f.corrected_ms is not None),
        "suspected": items(f.ordinal for f in notice.findings if f.suspected and f.suspected.upheld),
        "body": appeal.review_body if appeal else "",
        "court": appeal.court if appeal else "",
        "contact": contact.name if contact else "",
        "phone": contact.phone if contact else "",
        "replaces": notice.replaces,
        "replaces_reason": notice.replaces_reason,
        **_original(notice.refers),
        **details_phrases(notice.details),
    }


def _original(refers: NoticeReference | None) -> dict[str, str]:
    return {
        "original_title": refers.title if refers else "",
        "original_number": refers.number if refers else "",
        "original_date": chinese_date(refers.issued_on) if refers else "",
    }


def period(from_ms: int, to_ms: int) -> str:
    """`2026年11月23日9时05分至11时20分`; the date again where it is another day."""
    start, end = china_time(from_ms), china_time(to_ms)
    if start.date() == end.date():
        return f"{chinese_time(from_ms)}至{end.hour}时{end.minute:02}分"
    return f"{chinese_time(from_ms)}至{chinese_time(to_ms)}"


def deadline_words(notice: Notice) -> str:
    """`第1、3项于2026年12月8日前整改完毕；第2项于…`; empty where no finding has a deadline."""
    done = "改正" if notice.kind is NoticeKind.RECTIFY_NOTICE else "整改完毕"
    return "；".join(f"{items(ordinals)}于{deadline.full}{done}" for ordinals, deadline in notice.deadlines)


def tally_words(tally: Tally | None) -> str:
    """`共检查42项：合格38项，不合格3项，不适用1项；另有2项未检`."""
    if tally is None:
        return ""
    checked = tally.passed + tally.failed + tally.not_applicable
    words = f"共检查{checked}项：合格{tally.passed}项，不合格{tally.failed}项，不适用{tally.not_applicable}项"
    return f"{words}；另有{tally.unanswered}项未检" if tally.unanswered else words


def finding_words(finding: NoticeFinding) -> str:
    """The facts of a finding, a line each."""
    lines = [finding.place, finding.facts]
    if finding.measured:
        lines.append(f"实测：{finding.measured}")
    if finding.suspected is not None:
        verdict = "检查人员判断按疑似上报" if finding.suspected.upheld else "检查人员判断不按疑似上报"
        lines.append(f"疑似重大隐患（对照{finding.suspected.criterion}）：{verdict}。")
        lines.append(f"理由：{finding.suspected.reason}")
    if finding.photos:
        lines.append(f"照片：{'、'.join(str(number) for number in finding.photos)}")
    return "\n".join(line for line in lines if line)


def demand_words(finding: NoticeFinding) -> str:
    """What is to be done and by when, a line each."""
    lines = [finding.requirement]
    if finding.corrected_ms is not None:
        lines.append(f"已于{chinese_time(finding.corrected_ms)}当场改正")
    elif finding.deadline is not None:
        lines.append(f"期限：{finding.deadline.full}")
    elif finding.at_once:
        lines.append("期限：立即改正")
    return "\n".join(line for line in lines if line)


def _named(person: NoticeInspector) -> str:
    return f"{person.name}（证件号{person.certificate}）" if person.certificate else person.name


def officer_words(person: NoticeInspector, officer: str) -> str:
    """The line beside the signature of somebody who signs for the issuer."""
    return f"{officer}：{person.name}" + (f"\n证件号：{person.certificate}" if person.certificate else "")


def reply_words(access: Access) -> str:
    """Where the enterprise looks the notice up and answers it, with the code to type."""
    return (
        "扫描二维码可核对本文书的真伪和办理状态。整改后可在网上回复，不用账号；没有摄像头时在浏览器输入："
        f"\n{access.typed_address}　　回复码 {access.reply_code}"
    )
