"""Documents that need more than the inspection tells: re-inspection, measures, service, transfer.

What is filled in is one durable write per tap and outlives the window. It becomes a document when it is
issued; what was filled in then stays with that document, for the one that may have to take its place.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from inspector.domain.inspection import Inspection
from inspector.domain.issuer import NoticeKind, kinds_of
from inspector.domain.notice import Notice
from inspector.domain.notice_details import DETAILS, Rectification, Reinspection
from inspector.domain.notice_parts import DrawnSignature
from inspector.domain.service import ServiceReceipt
from inspector.domain.working_days import china_date
from inspector.store.memory import DeviceMemory, Row
from inspector.tablet.filled_details import receipt_words
from inspector.tablet.filling import (
    Form,
    MeasureLine,
    MeasuresForm,
    ReinspectionForm,
    TransferForm,
    from_row,
    to_row,
)
from inspector.tablet.inspections import Clock, Inspections
from inspector.tablet.issuing import REPLACING, NoticeRow
from inspector.tablet.paper import Paper
from inspector.tablet.serving import ServiceForm, Serving
from inspector.tablet.writing import FollowUpWriter, Matter
from inspector.ui.strokes import PAD_WIDTH, Drawing
from inspector.work.issue import IssuedNotice, PrintedPhoto, ordered_findings

FILLED = "filled"
FORMS = (NoticeKind.MEASURES_DECISION, NoticeKind.SERVICE_RECEIPT, NoticeKind.TRANSFER)
"""The kinds that one inspection has one form of; a re-inspection has one per original document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """An earlier document with findings, for a visit that looks at them again.

    Attributes:
        is_open: no re-inspection of this tablet has found all of it done.
        answered: the re-inspection that this visit has issued of it.
    """

    row: NoticeRow
    is_open: bool
    answered: NoticeRow | None


class FollowUps:
    """Filling in and issuing documents of a sealed inspection."""

    def __init__(
        self, *, paper: Paper, inspections: Inspections, memory: DeviceMemory, clock: Clock, app: str
    ) -> None:
        self._paper, self._memory, self._clock = paper, memory, clock
        self._writer = FollowUpWriter(
            paper=paper, inspections=inspections, memory=memory, clock=clock, app=app
        )

    # --- What can be filled in ---

    def kinds(self, inspection: Inspection) -> tuple[NoticeKind, ...]:
        """The kinds of document that this office may issue of this inspection, beside re-inspections."""
        may = kinds_of(self._paper.profile().kind)
        there = {
            NoticeKind.MEASURES_DECISION: any(one.is_open for one in inspection.findings.values()),
            NoticeKind.SERVICE_RECEIPT: bool(self.servable(inspection)),
            NoticeKind.TRANSFER: True,
        }
        return tuple(kind for kind in FORMS if kind in may and there[kind])

    def originals(self, visit: Inspection) -> tuple[Original, ...]:
        """Earlier documents with findings of the same enterprise, open ones first, then the newest."""
        if NoticeKind.REINSPECTION not in kinds_of(self._paper.profile().kind):
            return ()
        every = self._paper.issued()
        own = {visit.id, visit.amends.record if visit.amends else visit.id}
        gone = {row.notice.replaces for row in every}
        found = [
            Original(row=row, is_open=not _is_done(row, every), answered=_answered(row, every, visit))
            for row in reversed(every)
            if row.inspection not in own
            and row.notice.enterprise.name == visit.enterprise.name
            and (row.notice.kind.orders or row.notice.kind.sets_deadlines)
            and row.notice.number is not None
            and row.notice.number not in gone
            and row.notice.issuer is self._paper.profile().kind
            and row.notice.to_ms <= visit.started_ms
        ]
        return tuple(sorted(found, key=lambda one: not one.is_open))

    def servable(self, inspection: Inspection) -> tuple[NoticeRow, ...]:
        """The documents of an inspection that can be served: with a number, and nothing took their place."""
        rows = self._paper.issued(inspection.id)
        gone = {row.notice.replaces for row in rows}
        return tuple(
            row
            for row in rows
            if row.notice.kind is not NoticeKind.SERVICE_RECEIPT
            and row.notice.number is not None
            and row.notice.number not in gone
        )

    # --- Filling in ---

    def form(self, inspection: Inspection, matter: Matter) -> Form:
        """What was filled in so far; to begin with, what is known already."""
        row = self._memory.row(FILLED, matter.key(inspection))
        return from_row(matter.kind, row) if row else self._blank(inspection, matter.kind)

    def keep(self, inspection: Inspection, matter: Matter, form: Form) -> None:
        """Keep what was filled in, durably."""
        self._memory.put_rows(FILLED, {matter.key(inspection): to_row(form)})

    def receipt_words(self, form: ServiceForm, of: str) -> tuple[str, ...]:
        """What the receiver of one way of the receipt is shown above the pad, a line each."""
        return receipt_words(form, form.serving(of), self._writer.served(form.group(of)))

    def sign(self, inspection: Inspection, form: ServiceForm, of: str, drawing: Drawing) -> ServiceForm:
        """The form with the receiver's signature to the words that were shown; kept at once.

        Args:
            of: which way of the receipt; see `ServiceForm.serving`.

        Raises:
            NoticeIncompleteError: an empty signature.
        """
        shown = "\n".join(self.receipt_words(form, of)).encode()
        signature = DrawnSignature(
            strokes=drawing.strokes,
            width=PAD_WIDTH,
            height=drawing.height,
            shown_sha256=sha256(shown).hexdigest(),
            at_ms=self._clock(),
        )
        day = form.serving(of).received_on or china_date(self._clock()).isoformat()
        signed = form.served(of, received_on=day, signature=signature)
        self.keep(inspection, Matter(kind=NoticeKind.SERVICE_RECEIPT), signed)
        return signed

    # --- The document ---

    def draft(self, inspection: Inspection, matter: Matter) -> Notice:
        """What the document will say, without a number.

        Raises:
            NoticeIncompleteError, InputMissingError: something is missing or does not fit.
            PrintForbiddenError, AppealMissingError, IllegalMoveError: it cannot be issued.
            TextTooLongError, TextControlError: it cannot be printed as it is.
        """
        return self._write(inspection, matter, self._photos(inspection, matter), None)

    def issued(self, inspection: Inspection, matter: Matter) -> NoticeRow | None:
        """The newest document that was issued of a matter; receipts and transfers are each their own."""
        if matter.kind in (NoticeKind.SERVICE_RECEIPT, NoticeKind.TRANSFER):
            return None
        rows = self._paper.issued(inspection.id)
        found = [row for row in rows if row.notice.kind is matter.kind and self.matter_of(row) == matter]
        return found[-1] if found else None

    def preview(
        self, inspection: Inspection, matter: Matter, *, blank_for_handwriting: Collection[str] = ()
    ) -> bytes:
        """The draft's PDF, watermarked."""
        photos = self._photos(inspection, matter)
        draft = self._write(inspection, matter, photos, None)
        own = self._paper.filled(matter.kind).own
        return self._paper.issuing.preview(draft, photos, blank_for_handwriting, own)

    def issue(
        self, inspection: Inspection, matter: Matter, *, blank_for_handwriting: Collection[str] = ()
    ) -> IssuedNotice:
        """Issue it; see `Issuing.issue`. What was filled in stays with the document.

        A draft without a number leaves it open: it is issued once more when there is one.
        """
        photos = self._photos(inspection, matter)
        key, form = matter.key(inspection), self.form(inspection, matter)
        was = self._paper.issuing.replacement(key)
        done: dict[str, Row | None] = dict.fromkeys((_aside(key, was.number), _aside(key))) if was else {}
        left = {**done, key: self._memory.row(FILLED, _aside(key))}
        return self._paper.issuing.issue(
            lambda number: self._write(inspection, matter, photos, number),
            inspection=inspection,
            photos=photos,
            blank_for_handwriting=blank_for_handwriting,
            settles=lambda id, notice: (
                {} if notice.is_draft else {FILLED: {**left, id: to_row(form)}, REPLACING: {key: None}}
            ),
            own=self._paper.filled(matter.kind).own,
        )

    # --- Taking the place of one ---

    def matter_of(self, row: NoticeRow) -> Matter:
        """Which matter an issued document is of."""
        if row.notice.kind is not NoticeKind.REINSPECTION:
            form = row.notice.form
            own = form.id if form and not needs_form(row.notice.kind) else ""
            return Matter(kind=row.notice.kind, own=own)
        refers = row.notice.refers
        public = refers.public_id if refers else ""
        found = (one.id for one in self._paper.issued() if one.notice.public_id == public)
        return Matter(kind=row.notice.kind, original=next(found, ""))

    def begin_replacing(self, inspection: Inspection, row: NoticeRow, reason: str) -> Matter:
        """The next document of its kind takes the place of this one; the form starts from what it said.

        A form that was being filled in is set aside and comes back afterwards; see `stop_replacing`.

        Raises:
            InputMissingError, IllegalMoveError, TextTooLongError, TextControlError: see
                `Issuing.begin_replacing`.
        """
        matter = self.matter_of(row)
        key, number = matter.key(inspection), row.notice.number or ""
        was = self._paper.issuing.replacement(key)
        changes: dict[str, Row | None] = {}
        if was is None or was.number != number:
            now, begun = self._memory.row(FILLED, key), self._memory.row(FILLED, _aside(key, number))
            if now is not None:
                changes[_aside(key, was.number if was else "")] = now
            changes[key] = begun or self._memory.row(FILLED, row.id)
        self._paper.issuing.begin_replacing(key, inspection, number, reason, beside={FILLED: changes})
        return matter

    def stop_replacing(self, key: str) -> None:
        """Nothing is to be replaced after all; what was being filled in before that is there again.

        What was written for the replacement is kept for the case that it is wanted all the same.
        """
        was = self._paper.issuing.replacement(key)
        if was is None:
            return
        kept = {_aside(key, was.number): self._memory.row(FILLED, key)}
        back = {key: self._memory.row(FILLED, _aside(key)), _aside(key): None}
        self._memory.put_tables({REPLACING: {key: None}, FILLED: {**kept, **back}})

    def is_set_aside(self, inspection: Inspection, matter: Matter) -> bool:
        """Whether a form that was begun waits for the end of a replacement."""
        return self._memory.row(FILLED, _aside(matter.key(inspection))) is not None

    # --- Inside ---

    def _blank(self, inspection: Inspection, kind: NoticeKind) -> Form:
        match kind:
            case NoticeKind.REINSPECTION:
                return ReinspectionForm()
            case NoticeKind.MEASURES_DECISION:
                graver = [
                    one.id
                    for one in ordered_findings(inspection)
                    if one.is_open and one.decision is not None and one.decision.upheld
                ]
                return MeasuresForm(lines=(MeasureLine(findings=tuple(graver)),))
            case NoticeKind.SERVICE_RECEIPT:
                rows = self._paper.issued(inspection.id)
                served = {number for row in rows for number in _served_numbers(row.notice)}
                return ServiceForm(
                    documents=tuple(
                        row.id for row in self.servable(inspection) if row.notice.number not in served
                    ),
                    recipient=inspection.enterprise.name,
                    together=Serving(
                        place=inspection.place or inspection.enterprise.address,
                        received_by=inspection.enterprise.person,
                    ),
                )
            case _:
                return TransferForm()

    def _photos(self, inspection: Inspection, matter: Matter) -> tuple[PrintedPhoto, ...]:
        return self._writer.photos(inspection, self.form(inspection, matter))

    def _write(
        self, inspection: Inspection, matter: Matter, photos: tuple[PrintedPhoto, ...], number: str | None
    ) -> Notice:
        return self._writer.write(inspection, matter, self.form(inspection, matter), photos, number)


def _aside(key: str, number: str = "") -> str:
    """Where a form lies meanwhile: that of a number's replacement, or without one what was begun before."""
    return f"{key} aside {number}"


def needs_form(kind: NoticeKind) -> bool:
    """Whether a kind of document is filled in before it is issued."""
    return kind in DETAILS


def _served_numbers(notice: Notice) -> tuple[str, ...]:
    if not isinstance(notice.details, ServiceReceipt):
        return ()
    return tuple(one.document.number for one in notice.details.documents)


def _looks_at(row: NoticeRow, original: NoticeRow) -> bool:
    refers = row.notice.refers
    return (
        row.notice.kind is NoticeKind.REINSPECTION
        and refers is not None
        and refers.public_id == original.notice.public_id
    )


def _is_done(original: NoticeRow, every: Collection[NoticeRow]) -> bool:
    """Whether the re-inspections together found each finding done."""
    done: set[int] = set()
    for row in every:
        details = row.notice.details
        if _looks_at(row, original) and isinstance(details, Reinspection) and not row.notice.is_draft:
            done |= set(details.with_result(Rectification.DONE))
            done -= {one.ordinal for one in details.results if one.result is not Rectification.DONE}
    return done >= {finding.ordinal for finding in original.notice.findings}


def _answered(original: NoticeRow, every: Collection[NoticeRow], visit: Inspection) -> NoticeRow | None:
    found = [
        row
        for row in every
        if row.inspection == visit.id and _looks_at(row, original) and not row.notice.is_draft
    ]
    return found[-1] if found else None
