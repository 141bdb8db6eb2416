"""The document 延期整改审批 as the console issues it: looked at, numbered, printed, signed and kept, once.

* No device signs it. What proves it is the signature with the office's key for documents, put on as it is
  issued: an unsigned one never leaves the console, but for the preview, which says 草稿 across every page.
* Number, paper and signature are kept in one transaction, or none of them is.
* It is printed in the office's own form where that has one, as documents on the tablets are: under its own
  numbers, with the template in the PDF.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from inspector import __version__
from inspector.console.accounts import LoggedIn, Right
from inspector.console.database import Row
from inspector.console.desk import Desk
from inspector.console.extension_matters import matter_of
from inspector.console.form_sets import own_documents, printed_title
from inspector.console.numbers import Templates
from inspector.console.office_copies import OfficeCopies
from inspector.console.own_numbers import ISSUED_HERE, OwnNumbers
from inspector.console.records import Records
from inspector.domain.delivery import LogHead
from inspector.domain.identifiers import format_number, public_id
from inspector.domain.issuer import kinds_of
from inspector.domain.notice import Notice
from inspector.domain.notice_parts import NoticeInspector, OwnForm, Signing
from inspector.domain.numbering import Series
from inspector.domain.profile import IssuerProfile
from inspector.domain.working_days import china_date
from inspector.errors import IllegalMoveError, NoticeIssuedError, RecordUnknownError
from inspector.work.asked_for import Document, filled_document
from inspector.work.feed import Greeting
from inspector.work.follow_up import compose_follow_up, reference_to
from inspector.work.press import Press
from inspector.work.verification import STATEMENT_FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionPaper:
    """One document that was issued.

    Attributes:
        request: the id of the request that it is about; `entry` is the document whose deadlines it moves.
        sha256: of the PDF as it is handed out, signature included.
        is_stamped: a time-stamping authority vouches for the time.
    """

    request: str
    entry: str
    title: str
    number: str
    public_id: str
    issued_on: date
    sha256: str
    is_stamped: bool
    account: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A document before it is issued.

    Attributes:
        document: what it is printed as, shipped or the office's own.
        title: what is printed at its top.
        blank: characters that no font has, with the fields they occur in; their place is left blank.
        status: what is to be known of the form, such as 式样待确认; empty for nothing.
    """

    document: Document
    title: str
    notice: Notice
    blank: Mapping[str, tuple[str, ...]]
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A document as it would be printed, under 草稿.

    Attributes:
        form: the office's own form that it is in; None for the shipped one.
        title: what is printed at its top.
    """

    form: OwnForm | None
    title: str
    pdf: bytes


class ExtensionPapers:
    """The documents of one desk.

    Args:
        templates: how numbers are printed, by kind of issuer and of document.
        press: what prints.
    """

    def __init__(
        self, desk: Desk, records: Records, copies: OfficeCopies, templates: Templates, press: Press
    ) -> None:
        self._desk, self._records, self._copies = desk, records, copies
        self._templates, self._press = templates, press

    # --- Looking ---

    @property
    def may_be_issued(self) -> bool:
        """Whether this office issues such documents at all."""
        profile = self._desk.issuer()
        return profile is not None and ISSUED_HERE in kinds_of(profile.kind)

    def of(self, entry: str) -> Mapping[str, ExtensionPaper]:
        """What was issued about a document, by request."""
        rows = self._desk.database.rows(_ISSUED, entry)
        return {row["request"]: _paper(row) for row in rows}

    def propose(self, request: str) -> Proposal:
        """What the document about a decided request would say.

        Raises:
            RecordUnknownError: there is no such request.
            IllegalMoveError: it is not decided, its document is another office's, or the office's
                particulars are missing.
            PrintForbiddenError, NoticeIncompleteError: as `Notice`.
            OfficeKeyLockedError: the keys are not unlocked.
        """
        document = self._document()
        notice = self._compose(request, document)
        return Proposal(
            document=document,
            title=self._title_of(notice),
            notice=notice,
            blank=self._press.missing(notice),
            status=self._press.status(notice, document.template),
        )

    def preview(self, logged_in: LoggedIn, request: str) -> Preview:
        """The document without a number, under a watermark that says so.

        Raises:
            NotPermittedError: the account sees lists only.
            InspectorError: as `propose`.
        """
        logged_in.account.must(Right.OPEN)
        found = self.propose(request)
        pdf = self._print(found, found.notice)
        self._desk.note(logged_in, "preview-extension", request)
        return Preview(form=found.document.form, title=found.title, pdf=pdf)

    # --- Issuing ---

    def issue(self, logged_in: LoggedIn, request: str, seen: OwnForm | None = None) -> ExtensionPaper:
        """Number, print, sign and keep the document about a decided request.

        Args:
            seen: `Preview.form`, of what was looked at before.

        Raises:
            NotPermittedError: a viewer.
            IllegalMoveError: the office has changed its own form since; as `propose`.
            NoticeIssuedError: it was issued already.
            OfficeKeyLockedError, DocumentKeyMissingError: there is nothing to sign with.
            AvailabilityError: the server could not be asked which numbers this console gave out, or the
                time-stamping authority does not answer; nothing is issued.
            InspectorError: as `propose`.
        """
        logged_in.account.must(Right.DECIDE)
        self._must_be_first(request)
        found = self.propose(request)
        if found.document.form != seen:
            raise IllegalMoveError(reason="文书模板刚刚有改动，请重新预览后再出具")
        profile, now = self._profile(), self._desk.clock()
        self._desk.catch_up()
        series = Series(issuer=profile.kind, document=found.document.id, year=found.notice.issued_on.year)
        template = found.document.number(self._templates[profile.kind])
        numbers = OwnNumbers(self._desk.database, self._desk.numbers)
        offer = numbers.offer(series, template=template, at_ms=now, by=logged_in.account.login)
        serial = offer.numbered.serial
        number = format_number(template, year=series.year, serial=serial, region=profile.region)
        notice = replace(found.notice, number=number)
        pdf = self._print(found, notice)
        signed = self._copies.signature_for(pdf)
        whole = pdf + signed.appendix
        row = {
            "request": request,
            "entry": matter_of(self._desk.database, request).request.notice,
            "title": found.title,
            "number": number,
            "public_id": notice.public_id,
            "issued_on": notice.issued_on.isoformat(),
            "pdf": whole,
            "sha256": sha256(whole).hexdigest(),
            "certificate": signed.certificate,
            "stamped": int(signed.is_stamped),
            "account": logged_in.account.login,
            "at_ms": signed.at_ms,
        }
        with self._desk.database.at_once():
            self._must_be_first(request)
            numbers.take(offer, number=number, paper=request, issued_on=notice.issued_on)
            self._desk.database.put("extension_papers", row)
            self._desk.note(logged_in, "issue-extension", f"{request} {row['entry']}")
            # With this the server knows more than any older copy of the console, which then shows as one.
            for certificate in self._desk.device_certificates().values():
                self._desk.tell(certificate, Greeting())
        return _paper(row)

    def pdf(self, logged_in: LoggedIn, request: str) -> tuple[ExtensionPaper, bytes]:
        """A document as it was issued, with the office's signature.

        Raises:
            NotPermittedError: the account sees lists only.
            RecordUnknownError: it was not issued.
        """
        logged_in.account.must(Right.OPEN)
        row = self._desk.database.row("SELECT * FROM extension_papers WHERE request = ?", request)
        if row is None:
            raise RecordUnknownError(id=request[:12])
        self._desk.note(logged_in, "download-extension", request)
        return _paper(row), bytes(row["pdf"])

    # --- Inside ---

    def _must_be_first(self, request: str) -> None:
        row = self._desk.database.row("SELECT number FROM extension_papers WHERE request = ?", request)
        if row is not None:
            raise NoticeIssuedError(kind=ISSUED_HERE.word, number=row["number"])

    def _profile(self) -> IssuerProfile:
        profile = self._desk.issuer()
        if profile is None:
            raise IllegalMoveError(reason="请先填写签发机关")
        return profile

    def _document(self) -> Document:
        return filled_document(ISSUED_HERE, own_documents(self._desk.database, self._profile().kind))

    def _title_of(self, notice: Notice) -> str:
        return printed_title(self._desk.database, notice, self._desk.titles)

    def _compose(self, request: str, document: Document) -> Notice:
        matter = matter_of(self._desk.database, request)
        if matter.decided is None:
            raise IllegalMoveError(reason="这份延期申请还没有审批")
        original = self._records.notice(matter.request.notice)
        tree = self._desk.copy.tree()
        return compose_follow_up(
            original,
            matter.decided,
            refers=reference_to(original, self._title_of(original)),
            profile=self._profile(),
            signers=tuple(map(_by_hand, original.inspectors)),
            number=None,
            public_id=public_id(secrets.token_bytes(16)),
            issued_on=china_date(self._desk.clock()),
            witness=LogHead(size=tree.size, root=tree.root_at(tree.size).hex()),
            app=__version__,
            form=document.form,
        )

    def _print(self, found: Proposal, notice: Notice) -> bytes:
        """The proposal's PDF, with or without its number."""
        return self._press.print(
            notice,
            token=None,
            attachments={STATEMENT_FILE: self._desk.statement_envelope},
            photos={},
            blank_for_handwriting=tuple(found.blank),
            own_template=found.document.template,
        )


_ISSUED = """
SELECT request, entry, title, number, public_id, issued_on, sha256, stamped, account, at_ms
FROM extension_papers WHERE entry = ?"""


def _by_hand(inspector: NoticeInspector) -> NoticeInspector:
    """Who inspected, to sign this paper with pen and ink."""
    return replace(inspector, signing=Signing.HANDWRITTEN, signature=None)


def _paper(row: Row) -> ExtensionPaper:
    return ExtensionPaper(
        request=row["request"],
        entry=row["entry"],
        title=row["title"],
        number=row["number"],
        public_id=row["public_id"],
        issued_on=date.fromisoformat(row["issued_on"]),
        sha256=row["sha256"],
        is_stamped=bool(row["stamped"]),
        account=row["account"],
        at_ms=row["at_ms"],
    )
