"""Documents on the tablet: what an inspection asks for, their numbers, their PDFs."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import cast

from inspector.domain.answer import PhotoId
from inspector.domain.identifiers import public_id
from inspector.domain.inspection import Inspection
from inspector.domain.issuer import NoticeKind
from inspector.domain.notice import Notice
from inspector.domain.profile import IssuerProfile
from inspector.domain.working_days import china_date
from inspector.errors import IllegalMoveError, InspectorError, NotEnrolledError
from inspector.notices.templates import OwnTemplate
from inspector.photos.picture import thumbnail
from inspector.store.drafts import Drafts
from inspector.store.memory import DeviceMemory
from inspector.tablet.closing import STANDINGS
from inspector.tablet.crew import Crew
from inspector.tablet.inspections import Clock, Inspections
from inspector.tablet.issuing import REPLACING, Issuing, NoticeRow, in_place_of
from inspector.tablet.numbers import NumberBook
from inspector.tablet.own_forms import OwnForms
from inspector.work.asked_for import Document, documents_for, filled_document, own_of_kind
from inspector.work.issue import (
    IssuedNotice,
    PrintedPhoto,
    SealedInspection,
    annex_photos,
    compose,
)
from inspector.work.press import Press

ANNEX_EDGE = 1000
"""Longest edge of a printed picture, in pixels."""


_NO_RECORD = "0" * 64
"""Stands for the record's digest while a document is only rehearsed."""


class Paper:
    """Issuing documents.

    Args:
        press: prints notices.
        forms: the office's own templates.
    """

    def __init__(
        self,
        *,
        inspections: Inspections,
        drafts: Drafts,
        memory: DeviceMemory,
        crew: Crew,
        press: Press,
        forms: OwnForms,
        clock: Clock,
        app: str,
    ) -> None:
        self._inspections, self._drafts, self._memory = inspections, drafts, memory
        self._crew, self._clock, self._app = crew, clock, app
        self.forms = forms
        self.numbers = NumberBook(
            memory=memory, profile=self._known_profile, device=self._device, clock=clock
        )
        self.issuing = Issuing(
            memory=memory,
            crew=crew,
            press=press,
            clock=clock,
            numbers=self.numbers,
            profile=self.profile,
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

    def numbers_left(self, document: str, year: int) -> int:
        """How many numbers this tablet still has for a document, by its id."""
        return self.numbers.left(document, year)

    # --- Issuing ---

    def documents(self, inspection: Inspection) -> tuple[Document, ...]:
        """The documents that this inspection asks for, the office's own among them."""
        profile = self.profile()
        return documents_for(profile, inspection, self.forms.of(profile.kind))

    def every(self) -> tuple[Document, ...]:
        """All documents that this office can issue of an inspection, the office's own among them."""
        profile = self.profile()
        own = self.forms.of(profile.kind)
        return tuple(one for kind in NoticeKind for one in (Document(kind=kind), *own_of_kind(kind, own)))

    def filled(self, kind: NoticeKind) -> Document:
        """The document of a kind that is filled in: the office's own where it has one, else ours."""
        return filled_document(kind, self.forms.of(self.profile().kind))

    def before(self, inspection: Inspection, document: Document) -> NoticeRow | None:
        """The newest paper that a document told by the inspection itself would repeat."""
        rows = [
            row
            for row in self.issued(inspection.id)
            if row.notice.kind is document.kind and (document.kind.orders or row.document == document.id)
        ]
        return rows[-1] if rows else None

    def draft(self, inspection: Inspection, kind: NoticeKind, own: OwnTemplate | None = None) -> Notice:
        """What the document will say, without a number.

        Args:
            own: the office's own template; None for the shipped document of the kind.

        Raises:
            NoticeIncompleteError, PrintForbiddenError, AppealMissingError: it cannot be issued.
        """
        photos = self.printed(inspection, annex_photos(inspection))
        return self._write(inspection, Document(kind=kind, own=own), photos, None)

    def obstacles(self, inspection: Inspection) -> tuple[InspectorError, ...]:
        """What would keep the documents of an inspection from being issued, asked while it can be mended."""
        rehearsed = inspection if inspection.is_sealed else inspection.sealed(self._clock())
        found: list[InspectorError] = []
        for document in self.documents(inspection):
            try:
                self.issuing.press.missing(self._compose(rehearsed, document, (), None))
            except InspectorError as error:
                found.append(error)
        return tuple(found)

    def missing(self, inspection: Inspection, kind: NoticeKind) -> Mapping[str, tuple[str, ...]]:
        """The characters of the draft that no font has, each with the fields that it occurs in."""
        return self.issuing.press.missing(self.draft(inspection, kind))

    def status(self, draft: Notice, own: OwnTemplate | None = None) -> str:
        """What is to be known of the form before it is issued, such as 式样待确认; empty for nothing."""
        return self.issuing.press.status(draft, own.data if own else None)

    def preview(
        self,
        inspection: Inspection,
        kind: NoticeKind,
        own: OwnTemplate | None = None,
        *,
        blank_for_handwriting: Collection[str] = (),
    ) -> bytes:
        """The draft's PDF, watermarked.

        Args:
            own: the office's own template; None for the shipped document of the kind.
            blank_for_handwriting: characters that no font has, whose place is left blank.

        Raises:
            GlyphMissingError: a character has no font.
        """
        photos = self.printed(inspection, annex_photos(inspection))
        draft = self._write(inspection, Document(kind=kind, own=own), photos, None)
        return self.issuing.preview(draft, photos, blank_for_handwriting, own)

    def issue(
        self,
        inspection: Inspection,
        kind: NoticeKind,
        own: OwnTemplate | None = None,
        *,
        blank_for_handwriting: Collection[str] = (),
    ) -> IssuedNotice:
        """Issue a document; see `Issuing.issue`.

        Args:
            own: the office's own template; None for the shipped document of the kind.
            blank_for_handwriting: characters that no font has, whose place is left blank.

        Raises:
            NoticeIssuedError: it was issued before, and this one does not say that it replaces it.
            IllegalMoveError: it is to replace what it may not, or the office changed its template meanwhile.
            GlyphMissingError: a character has no font.
        """
        document = Document(kind=kind, own=own)
        if own is not None and own not in self.forms.of(self.profile().kind):
            raise IllegalMoveError(reason="办公室刚刚更新了文书模板，请返回后重新打开")
        photos = self.printed(inspection, annex_photos(inspection))
        return self.issuing.issue(
            lambda number: self._write(inspection, document, photos, number),
            inspection=inspection,
            photos=photos,
            blank_for_handwriting=blank_for_handwriting,
            settles=lambda _id, _notice: {REPLACING: {key_of(inspection, document.id): None}},
            own=own,
        )

    def issued(self, inspection: str | None = None) -> tuple[NoticeRow, ...]:
        """The documents issued here, oldest first; those of one inspection, or all."""
        return self.issuing.issued(inspection)

    def pdf(self, row: NoticeRow) -> bytes:
        """A document's PDF, opened from its sealed file: the very bytes that were handed over."""
        return self.issuing.pdf(row)

    # --- What documents are made from ---

    def sealed(self, inspection: Inspection) -> SealedInspection:
        """The inspection under its record's name; one that is only rehearsed has a stand-in for the name."""
        sealed = self._memory.sealed_as(inspection.id)
        standing = self._memory.rows(STANDINGS).get(inspection.id, {"with_key": []})
        keyed = frozenset(cast("list[str]", standing["with_key"]))
        return SealedInspection(
            inspection=inspection, inner_sha256=sealed[1] if sealed else _NO_RECORD, with_key=keyed
        )

    def printed(self, inspection: Inspection, photos: Iterable[PhotoId]) -> tuple[PrintedPhoto, ...]:
        """Pictures of an inspection as an annex prints them.

        Raises:
            PhotoMissingError, PhotoDamagedError: one is not there, or not what was stored.
        """
        box = self._drafts.photos(inspection.id)
        return tuple(
            PrintedPhoto(photo=inspection.photos[id], jpeg=thumbnail(box.get(id), edge=ANNEX_EDGE))
            for id in photos
        )

    # --- Inside ---

    def _known_profile(self) -> IssuerProfile | None:
        fact = self._memory.fact("issuer")
        return IssuerProfile.from_record(dict(fact)) if fact else None

    def _device(self) -> str | None:
        device = self._crew.device()
        return device.id if device else None

    def _write(
        self,
        inspection: Inspection,
        document: Document,
        photos: tuple[PrintedPhoto, ...],
        number: str | None,
    ) -> Notice:
        replacement = self.issuing.replacement(key_of(inspection, document.id))
        return in_place_of(self._compose(inspection, document, photos, number), replacement)

    def _compose(
        self,
        inspection: Inspection,
        document: Document,
        photos: tuple[PrintedPhoto, ...],
        number: str | None,
    ) -> Notice:
        return compose(
            self.sealed(inspection),
            document.kind,
            profile=self.profile(),
            checklists=self._inspections.reference(inspection).checklists,
            photos=photos,
            number=number,
            public_id=public_id(secrets.token_bytes(16)),
            issued_on=china_date(self._clock()),
            witness=self._memory.checkpoint(),
            app=self._app,
            form=document.form,
        )


def key_of(inspection: Inspection, document: str) -> str:
    """Under which the tablet keeps what is to become that document, by its id."""
    return f"{inspection.id} {document}"
