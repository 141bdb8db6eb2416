"""What stands behind the cards of documents: what each will say, its number, previewing and issuing it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

from inspector.domain.inspection import Inspection
from inspector.domain.issuer import NoticeKind
from inspector.domain.notice import Notice
from inspector.domain.working_days import china_date
from inspector.errors import InspectorError
from inspector.tablet.follow_ups import Original, needs_form
from inspector.tablet.issuing import NoticeRow, Replacement
from inspector.tablet.numbers import Hold
from inspector.tablet.paper import key_of
from inspector.tablet.session import Session
from inspector.tablet.writing import Matter
from inspector.work.asked_for import Document
from inspector.work.issue import IssuedNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document that can be issued.

    Attributes:
        key: under which the tablet keeps what is to become of it.
        preview, issue: in a thread, with the characters whose place is left blank.
        draft: what it will say; None where it cannot be issued, then `error` says why.
        missing: characters that no font has, each with its fields.
        status: what is to be known of the form before it is issued.
        numbers_left: numbers that this tablet may still take for it this year.
        hold: why it may take none, where the numbers have not simply run out.
        issued: the newest paper that it would repeat, if any.
        replacing: what it takes the place of, if anything.
    """

    document: Document
    key: str
    preview: Callable[[Collection[str]], bytes]
    issue: Callable[[Collection[str]], IssuedNotice]
    draft: Notice | None = None
    error: InspectorError | None = None
    missing: Mapping[str, tuple[str, ...]]
    status: str = ""
    numbers_left: int
    hold: Hold | None
    issued: NoticeRow | None
    replacing: Replacement | None

    @property
    def is_done(self) -> bool:
        """It was issued with a number, and nothing is to take its place."""
        return self.issued is not None and not self.issued.notice.is_draft and self.replacing is None

    @property
    def may_be_issued(self) -> bool:
        """Once; a draft may be followed by one with a number, and an issued one by its replacement."""
        if self.replacing is not None:
            return self.numbers_left > 0
        return self.issued is None or (self.issued.notice.is_draft and self.numbers_left > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All documents of one inspection, those to come and those that were issued.

    Attributes:
        earlier: documents of the record that this inspection corrects, which may be replaced from here.
        replaced: which number stands in the place of which.
        originals: earlier documents that this visit may look at again.
        forms: kinds of document that can be filled in.
    """

    papers: tuple[Paper, ...]
    issued: tuple[NoticeRow, ...]
    earlier: tuple[NoticeRow, ...]
    replaced: Mapping[str, str]
    originals: tuple[Original, ...]
    forms: tuple[NoticeKind, ...]


def desk_of(session: Session, inspection: Inspection) -> Desk:
    """What the screen shows; asked in a thread.

    Raises:
        NotEnrolledError: the office has not told this tablet who issues.
    """
    bench = session.workbench
    issuing = bench.paper.issuing
    issued = bench.paper.issued(inspection.id)
    asked = bench.paper.documents(inspection)
    known = {document.id for document in asked}
    # A correction may ask for less than its record did: what is being replaced stays in view all the same.
    replaced = tuple(
        document
        for document in bench.paper.every()
        if document.id not in known
        and not needs_form(document.kind)
        and issuing.replacement(key_of(inspection, document.id))
    )
    every = bench.paper.issued()
    return Desk(
        papers=tuple(direct_paper(session, inspection, one) for one in (*asked, *replaced)),
        issued=issued,
        earlier=tuple(row for row in issuing.replaceable(inspection) if row.inspection != inspection.id),
        replaced={row.notice.replaces: row.notice.number or "" for row in every if row.notice.replaces},
        originals=bench.follow_ups.originals(inspection),
        forms=bench.follow_ups.kinds(inspection),
    )


def direct_paper(session: Session, inspection: Inspection, document: Document) -> Paper:
    """A document that the inspection itself tells."""
    papers, kind, own = session.workbench.paper, document.kind, document.own
    return _paper(
        session,
        document,
        key_of(inspection, document.id),
        papers.before(inspection, document),
        lambda: papers.draft(inspection, kind, own),
        preview=lambda blank: papers.preview(inspection, kind, own, blank_for_handwriting=blank),
        issue=lambda blank: papers.issue(inspection, kind, own, blank_for_handwriting=blank),
    )


def filled_paper(session: Session, inspection: Inspection, matter: Matter) -> Paper:
    """A document that was filled in."""
    return _paper(
        session,
        session.workbench.paper.filled(matter.kind),
        matter.key(inspection),
        session.workbench.follow_ups.issued(inspection, matter),
        lambda: session.workbench.follow_ups.draft(inspection, matter),
        preview=lambda blank: session.workbench.follow_ups.preview(
            inspection, matter, blank_for_handwriting=blank
        ),
        issue=lambda blank: session.workbench.follow_ups.issue(
            inspection, matter, blank_for_handwriting=blank
        ),
    )


def _paper(
    session: Session,
    document: Document,
    key: str,
    issued: NoticeRow | None,
    compose: Callable[[], Notice],
    *,
    preview: Callable[[Collection[str]], bytes],
    issue: Callable[[Collection[str]], IssuedNotice],
) -> Paper:
    papers = session.workbench.paper
    known = partial(
        Paper,
        document=document,
        key=key,
        preview=preview,
        issue=issue,
        numbers_left=papers.numbers_left(document.id, china_date(session.now_ms()).year),
        hold=papers.numbers.hold,
        issued=issued,
        replacing=papers.issuing.replacement(key),
    )
    try:
        draft = compose()
        missing = papers.issuing.press.missing(draft)
        status = papers.status(draft, document.own)
    except InspectorError as error:
        return known(error=error, missing={})
    return known(draft=draft, missing=missing, status=status)
