"""The inspector's acts during an inspection: each is one use case and one durable write.

The screens hold the `Inspection` that an act returned and hand it in again with the next one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from inspector.domain.answer import ItemKey, PhotoId, Verdict
from inspector.domain.checklist import Checklist, ChecklistId, SectionId
from inspector.domain.enterprise import Enterprise
from inspector.domain.finding import Finding, MajorDecision
from inspector.domain.identifiers import FACTS_CAP, check_entry, uuid7
from inspector.domain.inspection import (
    Amends,
    ClockJump,
    Inspection,
    Inspector,
    NoPosition,
    PhotoSource,
    Position,
)
from inspector.domain.rules import Progress, progress
from inspector.domain.working_days import DayKind, WorkingCalendar
from inspector.errors import IllegalMoveError, InputMissingError
from inspector.photos.picture import Picture
from inspector.store.drafts import Drafts
from inspector.store.memory import DeviceMemory
from inspector.tablet.crew import Crew
from inspector.tablet.shelf import Shelf
from inspector.work import conduct, photograph
from inspector.work.conduct import Reference, Undo
from inspector.work.seal import announce

Clock = Callable[[], int]
"""Now, in milliseconds since the Unix epoch, by this machine's clock."""

CLOCK_JUMP_MS = 2 * 60 * 1000
"""A difference between wall clock and elapsed time that counts as a jump."""


class Inspections:
    """Conducting inspections on this tablet.

    Args:
        calendar: what working days are counted by now.
        clock: wall clock; `elapsed` runs on whatever the wall clock does.
    """

    def __init__(
        self,
        *,
        drafts: Drafts,
        memory: DeviceMemory,
        crew: Crew,
        shelf: Shelf,
        calendar: Callable[[], WorkingCalendar],
        clock: Clock,
        elapsed: Clock,
    ) -> None:
        self._drafts, self._memory, self._crew = drafts, memory, crew
        self._shelf, self._calendar = shelf, calendar
        self._clock, self._elapsed = clock, elapsed
        self._anchor = (clock(), elapsed())

    # --- Beginning and finding again ---

    def checklists(self, *, like: Inspection | None = None) -> tuple[Checklist, ...]:
        """Every checklist that can be used; `like` is the record that is to be corrected."""
        return self._shelf.for_a_new(like).checklists

    def begin(
        self,
        enterprise: Enterprise,
        checklists: Sequence[ChecklistId],
        inspectors: Sequence[str],
        *,
        guests: Sequence[Inspector] = (),
        amends: Amends | None = None,
        like: Inspection | None = None,
    ) -> Inspection:
        """Begin an inspection, on disk and in the device's chain, by members of the crew.

        Args:
            guests: inspectors from outside, who have no key here and sign by hand.
            like: the record that it corrects: it is held against the same checklists and laws.

        Raises:
            NotEnrolledError: this tablet is not enrolled.
            IllegalMoveError: no checklist or no inspector was chosen.
        """
        seal = self._crew.seal()
        catalogue = self._shelf.for_a_new(like)
        found = [catalogue.get(id) for id in checklists]
        members = [self._crew.member(id) for id in inspectors]
        inspection = conduct.begin(
            id=self._new_id(),
            device=seal.device,
            enterprise=enterprise,
            checklists=[one for one in found if one],
            inspectors=[*(one.as_inspector() for one in members if one), *guests],
            at_ms=self._clock(),
            amends=amends,
        )
        pack = self._shelf.keep_for(inspection.id, catalogue)
        self._drafts.create(inspection)
        announce(
            inspection,
            seal=seal,
            box=self._memory,
            id=self._new_id(),
            at_ms=self._clock(),
            pack=pack.to_json() if pack else None,
        )
        return inspection

    def open(self, id: str) -> Inspection:
        """An inspection as it was last saved; sealed if the chain says so.

        Raises:
            InspectionUnknownError, JournalDamagedError: as `Drafts.load`.
        """
        inspection = self._drafts.load(id)
        sealed = self._memory.sealed_as(id)
        if sealed is not None and not inspection.is_sealed:
            # The program ended between the outbox's write and this one: the outbox decides.
            done = inspection.sealed(self._memory.entry_time(sealed[0]))
            self._drafts.save(inspection, done)
            return done
        return inspection

    def guest(self, name: str, number: str) -> Inspector:
        """An inspector from outside this tablet.

        Raises:
            IllegalMoveError: no name.
            TextTooLongError, TextControlError: it cannot be printed as it is.
        """
        for text, field in ((name, "姓名"), (number, "证件号")):
            check_entry(text, field=field)
        if not name.strip():
            raise InputMissingError(what="请填写第二位检查人员的姓名")
        return Inspector(id=self._new_id(), name=name, number=number)

    def reference(self, inspection: Inspection) -> Reference:
        """What the inspection is held against: its checklists in the version it began with.

        Raises:
            IllegalMoveError, PackMissingError: a checklist of it is not on this tablet in that version.
        """
        catalogue = self._shelf.of(inspection)
        found = [catalogue.get(ChecklistId(ref.id)) for ref in inspection.checklists]
        return Reference(
            checklists=tuple(one for one in found if one), laws=catalogue.laws, calendar=self._calendar()
        )

    def progress(self, inspection: Inspection) -> Progress:
        """How far it is, as a whole and by section."""
        return progress(self.reference(inspection).checklists, inspection.answers)

    # --- Answering ---

    def judge(self, inspection: Inspection, key: ItemKey, verdict: Verdict) -> Inspection:
        """合格, 不合格 or 不适用."""
        return self.save(
            inspection,
            conduct.judge(
                inspection,
                key,
                verdict,
                reference=self.reference(inspection),
                finding_id=self._new_id(),
                by=self._me(),
                at_ms=self._clock(),
            ),
        )

    def enter_value(self, inspection: Inspection, key: ItemKey, text: str) -> Inspection:
        """A measure, choice, date or text.

        Raises:
            AnswerNotAcceptedError: it is no value of this item.
        """
        return self.save(
            inspection,
            conduct.enter_value(
                inspection,
                key,
                text,
                reference=self.reference(inspection),
                finding_id=self._new_id(),
                by=self._me(),
                at_ms=self._clock(),
            ),
        )

    def note(self, inspection: Inspection, key: ItemKey, text: str) -> Inspection:
        """A remark beside an item."""
        after = conduct.note(inspection, key, text, by=self._me(), at_ms=self._clock())
        return self.save(inspection, after)

    def clear(self, inspection: Inspection, key: ItemKey) -> tuple[Inspection, Undo]:
        """Back to 未检."""
        undo = conduct.undo_of(inspection, [key])
        return self.save(inspection, inspection.unanswered(key)), undo

    def undo_of(self, inspection: Inspection, key: ItemKey) -> Undo:
        """What stands for an item now, to be put back after a slip."""
        return conduct.undo_of(inspection, [key])

    def pass_the_rest(
        self,
        inspection: Inspection,
        section: tuple[str, SectionId],
        only: Collection[ItemKey] | None = None,
    ) -> tuple[Inspection, Undo]:
        """本节其余合格; `only` names those that are in view."""
        after, undo = conduct.pass_the_rest(
            inspection,
            section,
            reference=self.reference(inspection),
            by=self._me(),
            at_ms=self._clock(),
            only=only,
        )
        return self.save(inspection, after), undo

    def put_back(self, inspection: Inspection, undo: Undo) -> Inspection:
        """Undo a step."""
        return self.save(inspection, conduct.put_back(inspection, undo))

    # --- Findings and photos ---

    def revise(self, inspection: Inspection, finding: Finding) -> Inspection:
        """A finding as the inspector has changed it."""
        return self.save(inspection, conduct.revise(inspection, finding))

    def give_days(
        self, inspection: Inspection, finding: Finding, days: int, kind: DayKind | None = None
    ) -> Inspection:
        """Another deadline, counted as the finding's was unless `kind` says otherwise.

        Raises:
            DaysOutOfRangeError: not 1 to 1 000 days.
        """
        if kind is None:
            kind = finding.deadline.kind if finding.deadline else DayKind.CALENDAR
        deadline = self._calendar().deadline(served_at_ms=self._clock(), days=days, kind=kind)
        return self.revise(inspection, replace(finding, deadline=deadline))

    def decide(
        self, inspection: Inspection, finding: Finding, criterion: str, *, upheld: bool, reason: str
    ) -> Inspection:
        """A person's decision about 疑似重大.

        Raises:
            IllegalMoveError: no reason was given, or the finding does not name that criterion.
            TextTooLongError, TextControlError: the reason cannot be printed as it is.
        """
        check_entry(reason, field="判断理由", cap=FACTS_CAP, multiline=True)
        decision = MajorDecision(
            criterion=criterion, upheld=upheld, reason=reason, by=self._me(), at_ms=self._clock()
        )
        return self.save(inspection, conduct.revise(inspection, finding.decided(decision)))

    def photograph(
        self,
        inspection: Inspection,
        key: ItemKey,
        picture: Picture,
        source: PhotoSource,
        *,
        after_correction: bool = False,
    ) -> Inspection:
        """Keep a picture and attach it."""
        after = photograph.photograph(
            inspection,
            key,
            picture,
            source=source,
            keeper=self._drafts.photos(inspection.id),
            after_correction=after_correction,
            by=self._me(),
            at_ms=self._clock(),
        )
        return self.save(inspection, after)

    def photo(self, inspection: Inspection, photo: PhotoId) -> bytes:
        """A picture's bytes.

        Raises:
            PhotoMissingError, PhotoDamagedError: it is not there, or not what was stored.
        """
        return self._drafts.photos(inspection.id).get(photo)

    def drop_photo(self, inspection: Inspection, key: ItemKey, photo: PhotoId) -> Inspection:
        """Take a picture off an item."""
        return self.save(inspection, photograph.drop_photo(inspection, key, photo))

    def describe(self, inspection: Inspection, photo: PhotoId, caption: str) -> Inspection:
        """A picture's description."""
        return self.save(inspection, photograph.describe(inspection, photo, caption))

    def put_right(self, inspection: Inspection, key: ItemKey) -> Inspection:
        """Corrected on the spot."""
        return self.save(inspection, conduct.put_right(inspection, key, at_ms=self._clock()))

    def still_open(self, inspection: Inspection, key: ItemKey) -> Inspection:
        """Not corrected on the spot after all."""
        after = conduct.still_open(inspection, key, reference=self.reference(inspection), at_ms=self._clock())
        return self.save(inspection, after)

    # --- Circumstances ---

    def located(self, inspection: Inspection, position: Position | NoPosition) -> Inspection:
        """Where it is, or why that is not known.

        Raises:
            TextTooLongError, TextControlError: the reason cannot be kept as it is.
        """
        if isinstance(position, NoPosition):
            check_entry(position.reason, field="没有位置的原因")
        return self.save(inspection, inspection.located(position))

    def at_place(self, inspection: Inspection, place: str) -> Inspection:
        """The place within the enterprise.

        Raises:
            TextTooLongError, TextControlError: it cannot be printed as it is.
        """
        check_entry(place, field="检查场所")
        return self.save(inspection, inspection.at_place(place))

    def with_enterprise(self, inspection: Inspection, enterprise: Enterprise) -> Inspection:
        """The enterprise's particulars as corrected on the spot, such as who is in charge today.

        Raises:
            TextTooLongError, TextControlError: one of them cannot be printed as it is.
        """
        for text, field in (
            (enterprise.person, "负责人"),
            (enterprise.position, "职务"),
            (enterprise.phone, "电话"),
        ):
            check_entry(text, field=field)
        return self.save(inspection, inspection.visiting(enterprise))

    def joined_by(self, inspection: Inspection, inspectors: Sequence[str]) -> Inspection:
        """These members of the crew inspect.

        Raises:
            IllegalMoveError: nobody is left.
        """
        members = [self._crew.member(id) for id in inspectors]
        return self.save(
            inspection, inspection.joined_by(tuple(one.as_inspector() for one in members if one))
        )

    # --- Inside ---

    def save(self, before: Inspection, after: Inspection) -> Inspection:
        """Keep what changed, and note it when the clock was moved meanwhile."""
        after = self.watch_clock(after)
        self._drafts.save(before, after)
        return after

    def watch_clock(self, inspection: Inspection) -> Inspection:
        """The inspection with a jump of the clock, if there was one since the last act."""
        now, ran = self._clock(), self._elapsed()
        drift = (now - self._anchor[0]) - (ran - self._anchor[1])
        if abs(drift) < CLOCK_JUMP_MS:
            return inspection
        self._anchor = (now, ran)
        return inspection.clock_moved(ClockJump(at_ms=now, by_ms=drift))

    def _me(self) -> str:
        if self._crew.current is None:
            raise IllegalMoveError(reason="本机已锁定，请先输入 PIN")
        return self._crew.current

    def _new_id(self) -> str:
        return uuid7(at_ms=self._clock(), random=secrets.token_bytes(10))
