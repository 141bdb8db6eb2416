"""What a filled-in form becomes: a document, from the sealed inspection and what was written."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from inspector.domain.finding import Finding
from inspector.domain.identifiers import public_id
from inspector.domain.inspection import Inspection
from inspector.domain.issuer import NoticeKind
from inspector.domain.notice import Notice
from inspector.domain.notice_details import MeasuresDecision, Reinspection, Transfer
from inspector.domain.notice_parts import NoticeReference
from inspector.domain.service import ServiceReceipt
from inspector.domain.working_days import china_date
from inspector.errors import IllegalMoveError, NoticeIncompleteError
from inspector.store.memory import DeviceMemory
from inspector.tablet.filled_details import (
    measures_from,
    receipt_from,
    reinspection_from,
    transfer_from,
)
from inspector.tablet.filling import Form, MeasuresForm, ReinspectionForm
from inspector.tablet.inspections import Clock, Inspections
from inspector.tablet.issuing import NoticeRow, in_place_of
from inspector.tablet.paper import Paper, key_of
from inspector.tablet.serving import ServiceForm
from inspector.work.asked_for import states
from inspector.work.follow_up import basis_of, compose_follow_up, reference_to
from inspector.work.issue import PrintedPhoto, annex, compose, ordered_findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Which document is being filled in.

    Attributes:
        original: id of the issued document that a re-inspection looks at again.
        own: id of the office's own document; empty for the shipped one.
    """

    kind: NoticeKind
    original: str = ""
    own: str = ""

    def key(self, inspection: Inspection) -> str:
        """Under which it is kept."""
        return " ".join(filter(None, (key_of(inspection, self.own or self.kind.value), self.original)))


class FollowUpWriter:
    """Composes what was filled in."""

    def __init__(
        self, *, paper: Paper, inspections: Inspections, memory: DeviceMemory, clock: Clock, app: str
    ) -> None:
        self._paper, self._inspections, self._memory = paper, inspections, memory
        self._clock, self._app = clock, app

    def photos(self, inspection: Inspection, form: Form) -> tuple[PrintedPhoto, ...]:
        """The annex: of a re-inspection what was chosen, of measures the findings' own pictures."""
        ids: list[str] = []
        if isinstance(form, ReinspectionForm):
            ids = [id for _, one in sorted(form.seen.items()) for id in one.photos]
        if isinstance(form, MeasuresForm):
            ids = [id for one in _findings_of(inspection, form) for id in one.all_photos]
        known = {str(id): id for id in inspection.photos}
        return self._paper.printed(inspection, [known[id] for id in dict.fromkeys(ids) if id in known])

    def served(self, documents: Sequence[str]) -> tuple[NoticeReference, ...]:
        """Issued documents, by their ids, as a receipt names them.

        Raises:
            IllegalMoveError: one of them is not on this tablet.
        """
        return tuple(self._reference(row_of(self._paper, id).notice) for id in documents)

    def write(
        self,
        inspection: Inspection,
        matter: Matter,
        form: Form,
        photos: tuple[PrintedPhoto, ...],
        number: str | None,
    ) -> Notice:
        """The document, naming what it takes the place of.

        Raises:
            NoticeIncompleteError, InputMissingError: something is missing or does not fit.
            PrintForbiddenError, AppealMissingError, IllegalMoveError: it cannot be issued.
            TextTooLongError, TextControlError: it cannot be printed as it is.
        """
        match matter.kind:
            case NoticeKind.REINSPECTION:
                written = self._reinspection(inspection, matter, form, photos, number)
            case NoticeKind.SERVICE_RECEIPT:
                written = self._receipt(inspection, form, number)
            case _:
                written = self._of_inspection(inspection, matter, form, photos, number)
        return in_place_of(written, self._paper.issuing.replacement(matter.key(inspection)))

    def _of_inspection(
        self,
        inspection: Inspection,
        matter: Matter,
        form: Form,
        photos: tuple[PrintedPhoto, ...],
        number: str | None,
    ) -> Notice:
        reference = self._inspections.reference(inspection)
        day = china_date(self._clock())
        basis = basis_of(matter.kind, reference.laws, on=day)
        named: list[str] = []
        if isinstance(form, MeasuresForm):
            named = [one.id for one in _findings_of(inspection, form)]
            details: MeasuresDecision | Transfer = measures_from(form, named, basis)
        else:
            details = transfer_from(form, basis)
        return compose(
            self._paper.sealed(inspection),
            matter.kind,
            profile=self._paper.profile(),
            checklists=reference.checklists,
            photos=photos,
            details=details,
            only=named,
            form=self._paper.filled(matter.kind).form,
            number=number,
            public_id=public_id(secrets.token_bytes(16)),
            issued_on=day,
            witness=self._memory.checkpoint(),
            app=self._app,
        )

    def _reinspection(
        self,
        inspection: Inspection,
        matter: Matter,
        form: Form,
        photos: tuple[PrintedPhoto, ...],
        number: str | None,
    ) -> Notice:
        original = row_of(self._paper, matter.original)
        numbers = {str(one.photo.id): place for place, one in enumerate(photos, start=1)}
        details = reinspection_from(form, original.notice, original.moved, numbers)
        return self._following(matter.kind, original.notice, details, inspection, photos, number)

    def _receipt(self, inspection: Inspection, form: Form, number: str | None) -> Notice:
        assert isinstance(form, ServiceForm)  # noqa: S101  the form of that kind
        rows = [row_of(self._paper, id) for id in form.documents]
        if not rows:
            raise NoticeIncompleteError(reason="请选择送达的文书")
        details = receipt_from(form, self.served(form.documents))
        kind = NoticeKind.SERVICE_RECEIPT
        return self._following(kind, rows[0].notice, details, inspection, (), number)

    def _following(
        self,
        kind: NoticeKind,
        original: Notice,
        details: Reinspection | ServiceReceipt,
        visit: Inspection,
        photos: tuple[PrintedPhoto, ...],
        number: str | None,
    ) -> Notice:
        checklists = self._inspections.reference(visit).checklists
        return compose_follow_up(
            original,
            details,
            refers=self._reference(original),
            profile=self._paper.profile(),
            signers=(),
            visit=self._paper.sealed(visit),
            photos=annex(photos, checklists),
            form=self._paper.filled(kind).form,
            number=number,
            public_id=public_id(secrets.token_bytes(16)),
            issued_on=china_date(self._clock()),
            witness=self._memory.checkpoint(),
            app=self._app,
        )

    def _reference(self, notice: Notice) -> NoticeReference:
        if notice.form is None:
            return reference_to(notice, self._paper.issuing.press.title(notice))
        # The office may have changed its template since: the title is kept with what was issued.
        rows = self._paper.issued()
        word = next(row.word for row in rows if row.notice.public_id == notice.public_id)
        return reference_to(notice, word)


def row_of(paper: Paper, id: str) -> NoticeRow:
    """An issued document of this tablet.

    Raises:
        IllegalMoveError: there is none of that id.
    """
    found = next((row for row in paper.issued() if row.id == id), None)
    if found is None:
        raise IllegalMoveError(reason="本机没有这份文书")
    return found


def _findings_of(inspection: Inspection, form: MeasuresForm) -> tuple[Finding, ...]:
    """The findings that measures are for, in the order in which the document states them."""
    chosen = {id for line in form.lines for id in line.findings}
    listed = (one for one in ordered_findings(inspection) if states(one, NoticeKind.MEASURES_DECISION))
    return tuple(one for one in listed if one.id in chosen)
