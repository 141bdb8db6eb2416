"""Finishing an inspection: what is missing, who signs, the seal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from inspector.domain.completeness import Gap, content_gaps, signature_gaps
from inspector.domain.identifiers import FACTS_CAP, check_entry
from inspector.domain.inspection import Handwriting, Inspection, Refusal, Role, Stroke
from inspector.store.drafts import Drafts
from inspector.store.memory import DeviceMemory
from inspector.tablet.crew import Crew
from inspector.tablet.inspections import Clock, Inspections
from inspector.work.seal import Progress as SealProgress
from inspector.work.seal import (
    by_hand,
    seal_inspection,
    statement_bytes,
    statement_sha256,
)

STANDINGS = "standings"
PAD_WIDTH = 1000
"""The signature pad's width in the strokes' units."""


class Closing:
    """The last acts of an inspection.

    Args:
        is_enforcement: whether the office's profile makes two inspectors necessary.
    """

    def __init__(
        self,
        *,
        inspections: Inspections,
        drafts: Drafts,
        memory: DeviceMemory,
        crew: Crew,
        clock: Clock,
        is_enforcement: Callable[[], bool],
    ) -> None:
        self._inspections, self._drafts = inspections, drafts
        self._memory, self._crew = memory, crew
        self._clock, self._is_enforcement = clock, is_enforcement

    def content_gaps(self, inspection: Inspection) -> tuple[Gap, ...]:
        """What is missing before anybody can sign."""
        checklists = self._inspections.reference(inspection).checklists
        return content_gaps(inspection, checklists, is_enforcement=self._is_enforcement())

    def signature_gaps(self, inspection: Inspection) -> tuple[Gap, ...]:
        """Which signatures are missing."""
        with_key = {signer.inspector for signer in self._crew.signers(inspection)}
        return signature_gaps(inspection, with_key=with_key)

    def shown(self, inspection: Inspection) -> bytes:
        """The statement that is shown before signing, as canonical bytes."""
        return statement_bytes(inspection, tenant=self._crew.seal().tenant)

    def sign(
        self,
        inspection: Inspection,
        role: Role,
        strokes: Sequence[Stroke],
        *,
        height: int,
        name: str,
        position: str = "",
        inspector: str | None = None,
    ) -> Inspection:
        """A signature by hand for what the inspection says now; the pad is 1000 wide."""
        tenant = self._crew.seal().tenant
        handwriting = Handwriting(
            role=role,
            inspector=inspector,
            name=name,
            position=position,
            strokes=tuple(strokes),
            width=PAD_WIDTH,
            height=height,
            shown=statement_sha256(inspection, tenant=tenant),
            at_ms=self._clock(),
        )
        return self._inspections.save(inspection, by_hand(handwriting, inspection, tenant=tenant))

    def refuse(self, inspection: Inspection, reason: str, witness: str) -> Inspection:
        """The enterprise's person would not sign.

        Raises:
            IllegalMoveError: no reason was given.
            TextTooLongError, TextControlError: a text cannot be printed as it is.
        """
        check_entry(reason, field="拒签原因", cap=FACTS_CAP, multiline=True)
        check_entry(witness, field="见证人")
        refusal = Refusal(reason=reason, witness=witness, at_ms=self._clock())
        return self._inspections.save(inspection, inspection.refused(refusal))

    def take_back_refusal(self, inspection: Inspection) -> Inspection:
        """They will sign after all."""
        return self._inspections.save(inspection, inspection.refused(None))

    def seal(self, inspection: Inspection, progress: SealProgress) -> tuple[Inspection, str]:
        """Sign, encrypt, and put into the outbox; then it can no longer change. Also its entry's name.

        Where the outbox has it and only the draft could not be marked, that alone is made up for.

        Raises:
            InspectionIncompleteError: something is missing.
            StoreFullError, StoreUnavailableError: the disk.
        """
        known = self._memory.sealed_as(inspection.id)
        if known is not None:
            return self._inspections.open(inspection.id), known[0]
        noted = self._inspections.watch_clock(inspection)
        signers = self._crew.signers(inspection)
        standing = {"with_key": sorted(signer.inspector for signer in signers)}
        done, entry = seal_inspection(
            noted,
            checklists=self._inspections.reference(inspection).checklists,
            is_enforcement=self._is_enforcement(),
            signers=signers,
            seal=self._crew.seal(),
            box=self._memory,
            photo_bytes=self._drafts.photos(inspection.id).get,
            office_ms=self._memory.position().at_ms or None,
            at_ms=self._clock(),
            progress=progress,
            beside=lambda _entry: {STANDINGS: {inspection.id: standing}},
        )
        self._drafts.save(inspection, done)
        return done, entry.sha256
