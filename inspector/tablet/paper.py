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
from inspector.errors import InspectorError, NotEnrolledError
from inspector.photos.picture import thumbnail
from inspector.store.drafts import Drafts
from inspector.store.memory import DeviceMemory
from inspector.tablet.closing import STANDINGS
from inspector.tablet.crew import Crew
from inspector.tablet.inspections import Clock, Inspections
from inspector.tablet.issuing import REPLACING, Issuing, NoticeRow, in_place_of
from inspector.tablet.numbers import NumberBook
from inspector.work.asked_for import kinds_for
from inspector.work.issue import (
    IssuedNotice,
    Press,
    PrintedPhoto,
    SealedInspection,
    annex_photos,
    compose,
)

ANNEX_EDGE = 1000
"""Longest edge of a printed picture, in pixels."""


_NO_RECORD = "0" * 64
"""Stands for the record's digest while a document is only rehearsed."""


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
        self._crew, self._clock, self._app = crew, clock, app
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
        photos = self.printed(inspection, annex_photos(inspection))
        return self._write(inspection, kind, photos, None)

    def obstacles(self, inspection: Inspection) -> tuple[InspectorError, ...]:
        """What would keep the documents of an inspection from being issued, asked while it can be mended."""
        rehearsed = inspection if inspection.is_sealed else inspection.sealed(self._clock())
        found: list[InspectorError] = []
        for kind in self.kinds(inspection):
            try:
                self.issuing.press.missing(self._compose(rehearsed, kind, (), None))
            except InspectorError as error:
                found.append(error)
        return tuple(found)

    def missing(self, inspection: Inspection, kind: NoticeKind) -> Mapping[str, tuple[str, ...]]:
        """The characters of the draft that no font has, each with the fields that it occurs in."""
        return self.issuing.press.missing(self.draft(inspection, kind))

    def status(self, draft: Notice) -> str:
        """What is to be known of the form before it is issued, such as 式样待确认; empty for nothing."""
        return self.issuing.press.status(draft)

    def preview(
        self, inspection: Inspection, kind: NoticeKind, *, blank_for_handwriting: Collection[str] = ()
    ) -> bytes:
        """The draft's PDF, watermarked.

        Args:
            blank_for_handwriting: characters that no font has, whose place is left blank.

        Raises:
            GlyphMissingError: a character has no font.
        """
        photos = self.printed(inspection, annex_photos(inspection))
        draft = self._write(inspection, kind, photos, None)
        return self.issuing.preview(draft, photos, blank_for_handwriting)

    def issue(
        self, inspection: Inspection, kind: NoticeKind, *, blank_for_handwriting: Collection[str] = ()
    ) -> IssuedNotice:
        """Issue a document; see `Issuing.issue`.

        Args:
            blank_for_handwriting: characters that no font has, whose place is left blank.

        Raises:
            NoticeIssuedError: it was issued before, and this one does not say that it replaces it.
            IllegalMoveError: it is to replace what it may not.
            GlyphMissingError: a character has no font.
        """
        photos = self.printed(inspection, annex_photos(inspection))
        return self.issuing.issue(
            lambda number: self._write(inspection, kind, photos, number),
            inspection=inspection,
            photos=photos,
            blank_for_handwriting=blank_for_handwriting,
            settles=lambda _id, _notice: {REPLACING: {key_of(inspection, kind): None}},
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
        kind: NoticeKind,
        photos: tuple[PrintedPhoto, ...],
        number: str | None,
    ) -> Notice:
        replacement = self.issuing.replacement(key_of(inspection, kind))
        return in_place_of(self._compose(inspection, kind, photos, number), replacement)

    def _compose(
        self,
        inspection: Inspection,
        kind: NoticeKind,
        photos: tuple[PrintedPhoto, ...],
        number: str | None,
    ) -> Notice:
        return compose(
            self.sealed(inspection),
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


def key_of(inspection: Inspection, kind: NoticeKind) -> str:
    """Under which the tablet keeps what is to become a document of that kind."""
    return f"{inspection.id} {kind.value}"
