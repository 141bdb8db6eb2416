"""Documents on the tablet: what an inspection asks for, their numbers, their PDFs."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import cast

from inspector.domain.access import CODE_RANDOM_BYTES, Access, reply_code
from inspector.domain.identifiers import public_id, uuid7
from inspector.domain.inspection import Inspection
from inspector.domain.issuer import NoticeKind
from inspector.domain.notice import Notice
from inspector.domain.notice_record import canonical, from_record, to_record
from inspector.domain.profile import IssuerProfile
from inspector.domain.working_days import china_date
from inspector.errors import BlobMissingError, InspectorError, NotEnrolledError, NoticeIssuedError
from inspector.photos.picture import thumbnail
from inspector.store.drafts import Drafts
from inspector.store.memory import DeviceMemory
from inspector.tablet.closing import STANDINGS
from inspector.tablet.crew import Crew
from inspector.tablet.inspections import Clock, Inspections
from inspector.tablet.numbers import NumberBook
from inspector.trust import age
from inspector.trust.registration import new_key
from inspector.trust.token import NoticeToken, bare, sign_token
from inspector.work.asked_for import kinds_for
from inspector.work.issue import (
    IssuedNotice,
    Press,
    PrintedPhoto,
    SealedInspection,
    annex_photos,
    compose,
    issue,
)

NOTICES = "notices"
ANNEX_EDGE = 1000
"""Longest edge of a printed picture, in pixels."""


_NO_RECORD = "0" * 64
"""Stands for the record's digest while a document is only rehearsed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """One issued document.

    Attributes:
        id: of its entry in the chain; `pdf_blob` is the sealed PDF's hash.
    """

    id: str
    inspection: str
    notice: Notice
    pdf_blob: str
    entry: str
    issued_ms: int


class Paper:
    """Issuing documents.

    Args:
        press: prints notices.
    """

    def __init__(
        self,
        *,
        inspections: Inspections,
        drafts: Drafts,
        memory: DeviceMemory,
        crew: Crew,
        press: Press,
        clock: Clock,
        app: str,
    ) -> None:
        self._inspections, self._drafts, self._memory = inspections, drafts, memory
        self._crew, self._press, self._clock, self._app = crew, press, clock, app
        self.numbers = NumberBook(
            memory=memory, profile=self._known_profile, device=self._device, clock=clock
        )

    # --- Who issues, and with which numbers ---

    def profile(self) -> IssuerProfile:
        """The office as it appears on documents.

        Raises:
            NotEnrolledError: the office has not told this tablet yet.
        """
        profile = self._known_profile()
        if profile is None:
            raise NotEnrolledError()
        return profile

    @property
    def is_enforcement(self) -> bool:
        """Whether this office enforces the law; before enrolment, as if it did."""
        profile = self._known_profile()
        return profile is None or profile.kind.enforces

    def numbers_left(self, kind: NoticeKind, year: int) -> int:
        """How many numbers this tablet still has for a kind of document."""
        return self.numbers.left(kind.value, year)

    # --- Issuing ---

    def kinds(self, inspection: Inspection) -> tuple[NoticeKind, ...]:
        """The documents that this inspection asks for."""
        return kinds_for(self.profile(), inspection)

    def draft(self, inspection: Inspection, kind: NoticeKind) -> Notice:
        """What the document will say, without a number.

        Raises:
            NoticeIncompleteError, PrintForbiddenError, AppealMissingError: it cannot be issued.
        """
        return self._compose(inspection, kind, self._photos(inspection), None)

    def obstacles(self, inspection: Inspection) -> tuple[InspectorError, ...]:
        """What would keep the documents of an inspection from being issued, asked while it can be mended."""
        rehearsed = inspection if inspection.is_sealed else inspection.sealed(self._clock())
        found: list[InspectorError] = []
        for kind in self.kinds(inspection):
            try:
                self._press.missing(self._compose(rehearsed, kind, (), None))
            except InspectorError as error:
                found.append(error)
        return tuple(found)

    def missing(self, inspection: Inspection, kind: NoticeKind) -> Mapping[str, tuple[str, ...]]:
        """The characters of the draft that no font has, each with the fields that it occurs in."""
        return self._press.missing(self.draft(inspection, kind))

    def status(self, draft: Notice) -> str:
        """What is to be known of the form before it is issued, such as 式样待确认; empty for nothing."""
        return self._press.status(draft)

    def preview(
        self, inspection: Inspection, kind: NoticeKind, *, blank_for_handwriting: Collection[str] = ()
    ) -> bytes:
        """The draft's PDF, watermarked.

        Args:
            blank_for_handwriting: characters that no font has, whose place is left blank.

        Raises:
            GlyphMissingError: a character has no font.
        """
        photos = self._photos(inspection)
        notice = self._compose(inspection, kind, photos, None)
        return self._press.print(
            notice,
            token=None,
            attachments={},
            photos={sha256(one.jpeg).hexdigest(): one.jpeg for one in photos},
            blank_for_handwriting=blank_for_handwriting,
        )

    def issue(
        self, inspection: Inspection, kind: NoticeKind, *, blank_for_handwriting: Collection[str] = ()
    ) -> IssuedNotice:
        """Number the document, print it, and enter it into the chain.

        It is printed without its number first, so that what cannot be printed uses up none. The number is
        used up before the paper exists: a gap can be explained, a number on two papers cannot. Where this
        tablet has none left, the document stays a watermarked draft.

        Args:
            blank_for_handwriting: characters that no font has, whose place is left blank.

        Raises:
            NoticeIssuedError: it was issued before; the same paper never goes out under two numbers.
            GlyphMissingError: a character has no font.
        """
        self._refuse_a_second(inspection, kind)
        photos = self._photos(inspection)
        self.preview(inspection, kind, blank_for_handwriting=blank_for_handwriting)
        now = self._clock()
        id = uuid7(at_ms=now, random=secrets.token_bytes(10))
        taken = self.numbers.take(kind.value, entry=id)
        notice = self._compose(inspection, kind, photos, taken.text if taken else None)
        token = self._token(notice, now)
        issued = issue(
            notice,
            id=id,
            press=self._press,
            token=token,
            attachments=self._attachments(),
            photos=photos,
            signers=self._crew.signers(inspection),
            seal=self._crew.seal(),
            box=self._memory,
            at_ms=now,
            numbered=taken.numbered if taken else None,
            blank_for_handwriting=blank_for_handwriting,
            access=self._access(notice, token),
        )
        self._memory.put_rows(NOTICES, {id: _row(inspection.id, issued, now)})
        return issued

    def issued(self, inspection: str | None = None) -> tuple[NoticeRow, ...]:
        """The documents issued here, oldest first; those of one inspection, or all."""
        rows = [_to_row(id, row) for id, row in self._memory.rows(NOTICES).items()]
        wanted = [row for row in rows if inspection in (None, row.inspection)]
        return tuple(sorted(wanted, key=lambda row: row.issued_ms))

    def pdf(self, row: NoticeRow) -> bytes:
        """A document's PDF, opened from its sealed file: the very bytes that were handed over."""
        device = self._crew.device()
        if device is None:
            raise BlobMissingError(sha256=row.pdf_blob[:12])
        with self._memory.open_blob(row.pdf_blob) as sealed:
            return age.decrypt(sealed.read(), [device.identity])

    # --- Inside ---

    def _known_profile(self) -> IssuerProfile | None:
        fact = self._memory.fact("issuer")
        return IssuerProfile.from_record(dict(fact)) if fact else None

    def _device(self) -> str | None:
        device = self._crew.device()
        return device.id if device else None

    def _refuse_a_second(self, inspection: Inspection, kind: NoticeKind) -> None:
        """A draft without a number may be followed by one with a number, and by nothing else."""
        before = [row.notice for row in self.issued(inspection.id) if row.notice.kind is kind]
        if not before:
            return
        follows = self.numbers_left(kind, china_date(self._clock()).year) > 0
        if not (before[-1].is_draft and follows):
            raise NoticeIssuedError(kind=kind.word, number=before[-1].number or "未编号的草稿")

    def _compose(
        self,
        inspection: Inspection,
        kind: NoticeKind,
        photos: tuple[PrintedPhoto, ...],
        number: str | None,
    ) -> Notice:
        sealed = self._memory.sealed_as(inspection.id)
        standing = self._memory.rows(STANDINGS).get(inspection.id, {"with_key": []})
        keyed = frozenset(cast("list[str]", standing["with_key"]))
        return compose(
            SealedInspection(
                inspection=inspection, inner_sha256=sealed[1] if sealed else _NO_RECORD, with_key=keyed
            ),
            kind,
            profile=self.profile(),
            checklists=self._inspections.reference(inspection).checklists,
            photos=photos,
            number=number,
            public_id=public_id(secrets.token_bytes(16)),
            issued_on=china_date(self._clock()),
            witness=self._memory.checkpoint(),
            app=self._app,
        )

    def _photos(self, inspection: Inspection) -> tuple[PrintedPhoto, ...]:
        box = self._drafts.photos(inspection.id)
        return tuple(
            PrintedPhoto(photo=inspection.photos[id], jpeg=thumbnail(box.get(id), edge=ANNEX_EDGE))
            for id in annex_photos(inspection)
        )

    def _token(self, notice: Notice, at_ms: int) -> str | None:
        if notice.is_draft:
            return None
        last = notice.last_deadline
        token = NoticeToken(
            number=notice.number or "",
            issuer=notice.issuer_name,
            enterprise=notice.enterprise.name,
            findings=len(notice.findings),
            deadline=last.date.isoformat() if last else "",
            public_id=notice.public_id,
            digest=sha256(canonical(notice)).digest()[:16],
            issued_ms=at_ms,
        )
        return sign_token(token, self._crew.seal().key)

    def _access(self, notice: Notice, token: str | None) -> Access | None:
        origin = self.profile().public_address
        if token is None or not origin:
            return None
        code = reply_code(secrets.token_bytes(CODE_RANDOM_BYTES))
        return Access.of(
            origin=origin, public_id=notice.public_id, token=bare(token), key=new_key(), code=code
        )

    def _attachments(self) -> Mapping[str, bytes]:
        return self._crew.certificates()


def _row(inspection: str, issued: IssuedNotice, at_ms: int) -> Mapping[str, object]:
    return {
        "inspection": inspection,
        "notice": to_record(issued.notice),
        "pdf_blob": issued.entry.delivery.blobs[-1].sha256,
        "entry": issued.entry.sha256,
        "issued_ms": at_ms,
    }


def _to_row(id: str, row: Mapping[str, object]) -> NoticeRow:
    return NoticeRow(
        id=id,
        inspection=str(row["inspection"]),
        notice=from_record(row["notice"]),
        pdf_blob=str(row["pdf_blob"]),
        entry=str(row["entry"]),
        issued_ms=cast("int", row["issued_ms"]),
    )
