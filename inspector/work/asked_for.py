"""Which documents an inspection asks for, and which of its findings each states.

An office's own document is offered for what its kind is offered for, beside the shipped one or instead of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inspector.domain.checklist import Severity
from inspector.domain.finding import Finding
from inspector.domain.inspection import Inspection
from inspector.domain.issuer import NoticeKind, kinds_of
from inspector.domain.notice_parts import OwnForm
from inspector.domain.profile import IssuerProfile
from inspector.notices.templates import OwnTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that can be issued: a shipped one, or one of the office's own."""

    kind: NoticeKind
    own: OwnTemplate | None = None

    @property
    def id(self) -> str:
        """What names it, and its series of numbers."""
        return self.own.document.id if self.own else self.kind.value

    @property
    def word(self) -> str:
        """The name on screens."""
        return self.own.document.title if self.own else self.kind.word

    @property
    def form(self) -> OwnForm | None:
        """As a notice names the office's own template; None for a shipped one."""
        return self.own.form if self.own else None

    @property
    def template(self) -> bytes | None:
        """The office's own template file; None for a shipped document."""
        return self.own.data if self.own else None

    def number(self, shipped: Mapping[NoticeKind, str]) -> str:
        """How its numbers are printed.

        Args:
            shipped: how those of the shipped documents are.
        """
        return self.own.document.number if self.own else shipped[self.kind]


def documents_for(
    profile: IssuerProfile, inspection: Inspection, own: Sequence[OwnTemplate] = ()
) -> tuple[Document, ...]:
    """The documents that this inspection asks for, in the order in which they are handed over.

    Args:
        own: the office's own documents for its kind of issuer.
    """
    return tuple(
        document for kind in kinds_for(profile, inspection) for document in documents_of_kind(kind, own)
    )


def own_of_kind(kind: NoticeKind, own: Sequence[OwnTemplate]) -> tuple[Document, ...]:
    """The office's own documents of a kind."""
    return tuple(Document(kind=kind, own=one) for one in own if one.document.kind is kind)


def filled_document(kind: NoticeKind, own: Sequence[OwnTemplate]) -> Document:
    """The document of a kind that is filled in: the office's own where it has one, else the shipped one."""
    ours = own_of_kind(kind, own)
    return ours[0] if ours else Document(kind=kind)


def documents_of_kind(kind: NoticeKind, own: Sequence[OwnTemplate]) -> tuple[Document, ...]:
    """The shipped document, unless one of the office's own takes its place, then the office's own."""
    ours = own_of_kind(kind, own)
    is_replaced = any(one.own is not None and one.own.document.instead for one in ours)
    return ours if is_replaced else (Document(kind=kind), *ours)


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
