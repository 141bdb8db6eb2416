"""The document 延期整改审批 as the console issues it: looked at, numbered, printed, signed and kept, once.

* No device signs it. What proves it is the signature with the office's key for documents, put on as it is
  issued: an unsigned one never leaves the console, but for the preview, which says 草稿 across every page.
* Number, paper and signature are kept in one transaction, or none of them is.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from inspector import __version__
from inspector.console.accounts import Act, LoggedIn
from inspector.console.database import Row
from inspector.console.desk import Desk
from inspector.console.extension_matters import matter_of
from inspector.console.numbers import Templates
from inspector.console.office_copies import OfficeCopies
from inspector.console.own_numbers import OwnNumbers
from inspector.console.records import Records
from inspector.domain.delivery import LogHead
from inspector.domain.identifiers import format_number, public_id
from inspector.domain.issuer import NoticeKind, kinds_of
from inspector.domain.notice import Notice
from inspector.domain.notice_parts import NoticeInspector, Signing
from inspector.domain.numbering import Series
from inspector.domain.profile import IssuerProfile
from inspector.domain.working_days import china_date
from inspector.errors import IllegalMoveError, NoticeIssuedError, RecordUnknownError
from inspector.work.feed import Greeting
from inspector.work.follow_up import compose_follow_up, reference_to
from inspector.work.press import Press
from inspector.work.verification import STATEMENT_FILE

KIND = NoticeKind.EXTENSION


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
        blank: characters that no font has, with the fields they occur in; their place is left blank.
        status: what is to be known of the form, such as 式样待确认; empty for nothing.
    """

    notice: Notice
    blank: Mapping[str, tuple[str, ...]]
    status: str


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
        return profile is not None and KIND in kinds_of(profile.kind)

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
        notice = self._compose(request, number=None)
        return Proposal(notice=notice, blank=self._press.missing(notice), status=self._press.status(notice))

    def preview(self, logged_in: LoggedIn, request: str) -> bytes:
        """The document without a number, under a watermark that says so.

        Raises:
            NotPermittedError: the account sees lists only.
            InspectorError: as `propose`.
        """
        logged_in.account.must(Act.OPEN)
        found = self.propose(request)
        pdf = self._print(found.notice, found.blank)
        self._desk.note(logged_in, "preview-extension", request)
        return pdf

    # --- Issuing ---

    def issue(self, logged_in: LoggedIn, request: str) -> ExtensionPaper:
        """Number, print, sign and keep the document about a decided request.

        Raises:
            NotPermittedError: a viewer.
            NoticeIssuedError: it was issued already.
            OfficeKeyLockedError, DocumentKeyMissingError: there is nothing to sign with.
            AvailabilityError: the server could not be asked which numbers this console gave out, or the
                time-stamping authority does not answer; nothing is issued.
            InspectorError: as `propose`.
        """
        logged_in.account.must(Act.DECIDE)
        self._must_be_first(request)
        found = self.propose(request)
        profile, now = self._profile(), self._desk.clock()
        self._desk.catch_up()
        series = Series(issuer=profile.kind, document=KIND.value, year=found.notice.issued_on.year)
        template = self._templates[profile.kind][KIND]
        numbers = OwnNumbers(self._desk.database, self._desk.numbers)
        offer = numbers.offer(series, template=template, at_ms=now, by=logged_in.account.login)
        serial = offer.numbered.serial
        number = format_number(template, year=series.year, serial=serial, region=profile.region)
        notice = replace(found.notice, number=number)
        pdf = self._print(notice, found.blank)
        signed = self._copies.signature_for(pdf)
        whole = pdf + signed.appendix
        row = {
            "request": request,
            "entry": matter_of(self._desk.database, request).request.notice,
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
        logged_in.account.must(Act.OPEN)
        row = self._desk.database.row("SELECT * FROM extension_papers WHERE request = ?", request)
        if row is None:
            raise RecordUnknownError(id=request[:12])
        self._desk.note(logged_in, "download-extension", request)
        return _paper(row), bytes(row["pdf"])

    # --- Inside ---

    def _must_be_first(self, request: str) -> None:
        row = self._desk.database.row("SELECT number FROM extension_papers WHERE request = ?", request)
        if row is not None:
            raise NoticeIssuedError(kind=KIND.word, number=row["number"])

    def _profile(self) -> IssuerProfile:
        profile = self._desk.issuer()
        if profile is None:
            raise IllegalMoveError(reason="请先填写签发机关")
        return profile

    def _compose(self, request: str, *, number: str | None) -> Notice:
        matter = matter_of(self._desk.database, request)
        if matter.decided is None:
            raise IllegalMoveError(reason="这份延期申请还没有审批")
        original = self._records.notice(matter.request.notice)
        tree = self._desk.copy.tree()
        return compose_follow_up(
            original,
            matter.decided,
            refers=reference_to(original, original.kind.word),
            profile=self._profile(),
            signers=tuple(map(_by_hand, original.inspectors)),
            number=number,
            public_id=public_id(secrets.token_bytes(16)),
            issued_on=china_date(self._desk.clock()),
            witness=LogHead(size=tree.size, root=tree.root_at(tree.size).hex()),
            app=__version__,
        )

    def _print(self, notice: Notice, blank: Mapping[str, tuple[str, ...]]) -> bytes:
        statement = {STATEMENT_FILE: self._desk.statement_envelope}
        return self._press.print(
            notice, token=None, attachments=statement, photos={}, blank_for_handwriting=tuple(blank)
        )


_ISSUED = """
SELECT request, entry, number, public_id, issued_on, sha256, stamped, account, at_ms
FROM extension_papers WHERE entry = ?"""


def _by_hand(inspector: NoticeInspector) -> NoticeInspector:
    """Who inspected, to sign this paper with pen and ink."""
    return replace(inspector, signing=Signing.HANDWRITTEN, signature=None)


def _paper(row: Row) -> ExtensionPaper:
    return ExtensionPaper(
        request=row["request"],
        entry=row["entry"],
        number=row["number"],
        public_id=row["public_id"],
        issued_on=date.fromisoformat(row["issued_on"]),
        sha256=row["sha256"],
        is_stamped=bool(row["stamped"]),
        account=row["account"],
        at_ms=row["at_ms"],
    )
