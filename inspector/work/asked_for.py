"""Which documents an inspection asks for, and which of its findings each states."""

from __future__ import annotations

from inspector.domain.checklist import Severity
from inspector.domain.finding import Finding
from inspector.domain.inspection import Inspection
from inspector.domain.issuer import NoticeKind, kinds_of
from inspector.domain.profile import IssuerProfile


def kinds_for(profile: IssuerProfile, inspection: Inspection) -> tuple[NoticeKind, ...]:
    """The documents that this inspection asks for, in the order in which they are handed over.

    Those that need more than the inspection tells are composed by `inspector.work.follow_up`.
    """
    may = kinds_of(profile.kind)
    return tuple(kind for kind in NoticeKind if kind in may and _is_asked_for(kind, inspection))


def _is_asked_for(kind: NoticeKind, inspection: Inspection) -> bool:
    findings = inspection.findings.values()
    match kind:
        case NoticeKind.INSPECTION_RECORD:
            return True
        case NoticeKind.RECTIFY_ORDER | NoticeKind.HAZARD_NOTICE:
            return any(finding.is_open for finding in findings)
        case NoticeKind.RECTIFY_AT_ONCE | NoticeKind.RECTIFY_NOTICE:
            return any(states(finding, kind) for finding in findings)
        case NoticeKind.HAZARD_ADVICE:
            # With nothing left to rectify there is still something to be told.
            return bool(findings) and not any(finding.is_open for finding in findings)
        case _:
            return False


def states(finding: Finding, kind: NoticeKind) -> bool:
    """Whether a finding is stated in a document of that kind."""
    match kind:
        case _ if not kind.lists_findings:
            return False
        case NoticeKind.INSPECTION_RECORD | NoticeKind.HAZARD_ADVICE:
            return True
        case NoticeKind.RECTIFY_AT_ONCE:
            return finding.is_open and is_at_once(finding)
        case NoticeKind.RECTIFY_NOTICE:
            return finding.is_open and not is_at_once(finding)
        case _:
            return finding.is_open


def is_at_once(finding: Finding) -> bool:
    """Whether it is 立改 and nobody gave it more than the checklist's one day."""
    deadline = finding.deadline
    return finding.severity is Severity.AT_ONCE and (deadline is None or deadline.days <= 1)
