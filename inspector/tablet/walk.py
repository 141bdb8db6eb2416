"""One inspection open in one window: its acts in order, what shows meanwhile, and how safe it is.

* A step starts from what is on the disk when its turn comes, never from what was on the screen: two quick
  taps cannot undo one another.
* What was tapped shows at once on its own card; the mark says 已保存 only after the disk has it.
* A text goes to the disk at every change. Where a half-typed value would judge (measures, dates), it goes
  when the typing rests, and at the latest when the field or the screen is left or the tablet locks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextvars import Context, copy_context
from dataclasses import dataclass, field, replace
from typing import cast

from inspector.domain.answer import ItemKey, PhotoId
from inspector.domain.inspection import Inspection
from inspector.domain.rules import Progress
from inspector.errors import ClockMovedError, IllegalMoveError, InspectorError, RefusalError, StoreShortError
from inspector.tablet.amending import supervisor_notes
from inspector.tablet.parts import PLACES, Part, parts_of
from inspector.tablet.session import Session
from inspector.tablet.workbench import Workbench
from inspector.ui.states import Saving
from inspector.ui.words import span
from inspector.work.conduct import Reference, Undo

REST_S = 0.7
"""How long typing has to rest before a value is taken."""

Step = Callable[[Workbench, Inspection], Inspection]
"""One act: from the inspection on the disk to the one that it becomes."""
Write = Callable[[Workbench, Inspection, str], Inspection]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where in the checklists somebody is: a part's id, and the item to bring into view."""

    part: str
    item: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A picture on its way to the disk, or why it did not get there.

    Attributes:
        after: it shows the state after correction.
        name: of the file; empty for the camera.
    """

    number: int
    item: ItemKey
    after: bool
    name: str
    error: InspectorError | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """What an inspection's screens show now.

    Attributes:
        inspection: as it is on the disk.
        waiting: entries that the office has not received.
        notes: what the supervisor wrote about single items of a returned record.
        remark: what the supervisor wrote about the whole of it.
        start: where somebody was when this inspection was left.
        thumbs: small pictures, as far as they were read; empty bytes for one that cannot be.
        taking: the item that pictures are being taken for, and whether after its correction.
    """

    inspection: Inspection
    reference: Reference
    progress: Progress
    parts: tuple[Part, ...]
    saving: Saving = Saving.SAVED
    waiting: int = 0
    notes: Mapping[ItemKey, str] = field(default_factory=dict)
    remark: str = ""
    start: Whereabouts | None = None
    jobs: tuple[Job, ...] = ()
    thumbs: Mapping[PhotoId, bytes] = field(default_factory=dict)
    taking: tuple[ItemKey, bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What an act made of the inspection, on the disk; `short` warns of the last space."""

    inspection: Inspection
    progress: Progress
    parts: tuple[Part, ...]
    short: StoreShortError | None = None


class Walk:
    """Acts on one inspection, for the screens of one window.

    Args:
        id: of the inspection.
    """

    def __init__(self, session: Session, id: str) -> None:
        self.session, self.id = session, id
        self.view: View | None = None
        self._bench: Workbench
        self._watchers: list[Callable[[View], object]] = []
        self._own: Context = copy_context()
        self._stored: _Done  # written in the thread whose turn it is
        self._under_way = 0
        self._texts: dict[str, str] = {}
        self._refused: dict[str, tuple[str, InspectorError]] = {}
        self._unsaved: set[str] = set()
        self._due: dict[str, tuple[asyncio.TimerHandle, Callable[[], Awaitable[object]]]] = {}
        self._ends: list[Callable[[], object]] = []
        self._exchanging = False

    # --- Coming and going ---

    @property
    def inspection(self) -> Inspection:
        """The inspection as it is on the disk."""
        return self.now.inspection

    @property
    def now(self) -> View:
        """What shows; only once it is open."""
        if self.view is None:
            raise IllegalMoveError(reason="这次检查还没有打开")
        return self.view

    async def open(self) -> None:
        """Read the inspection.

        Raises:
            InspectionUnknownError, JournalDamagedError, IllegalMoveError: it cannot be shown.
        """
        self._own = copy_context()
        tablet, self._bench = self.session.tablet, self.session.workbench
        self._ends = [tablet.before_lock(self.flush), tablet.watch(self._exchanged)]
        self.view = view = await self.session.act(self._read)
        self._stored = _Done(inspection=view.inspection, progress=view.progress, parts=view.parts)

    def watch(self, watcher: Callable[[View], object]) -> Callable[[], object]:
        """Call `watcher` with each new view; gives what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher) if watcher in self._watchers else None

    async def leave(self) -> None:
        """The screen goes: write what is still being typed."""
        for end in self._ends:
            end()
        self._watchers.clear()
        await self.flush()

    # --- Acts ---

    async def act(
        self,
        step: Step,
        *,
        quietly: bool = False,
        signs: bool = False,
    ) -> InspectorError | None:
        """Do one act; why not, if it was refused.

        Args:
            quietly: the caller shows a refusal itself.
            signs: the act is about signatures; else their loss is announced.
        """
        self._under_way += 1
        self.tell(saving=Saving.SAVING)
        before = self.inspection
        try:
            done = await self.session.act(self._apply, step)
        except InspectorError as error:
            refused = isinstance(error, RefusalError) and quietly
            self._done(Saving.SAVED if refused else Saving.FAILED)
            if not refused:
                self._own.copy().run(self.session.show_error, error)
            return error
        self.view = replace(self.now, inspection=done.inspection, progress=done.progress, parts=done.parts)
        self._done(Saving.SAVED)
        for warning in (done.short, _clock_moved(before, self.inspection)):
            if warning is not None:
                self._own.copy().run(self.session.show_error, warning)
        if not signs and _is_signed(before) and not _is_signed(self.inspection):
            self.announce("内容有改动，之前的签名已作废，请在完成检查时重新签名")
        return None

    async def undoable(self, key: ItemKey, step: Step, words: Callable[[Undo, Inspection], str]) -> None:
        """An act on one item that can be taken back from its announcement; no words, no announcement."""
        stood: list[Undo] = []

        def noting(bench: Workbench, now: Inspection) -> Inspection:
            stood.append(bench.inspections.undo_of(now, key))
            return step(bench, now)

        if await self.act(noting) is None and (text := words(stood[0], self.inspection)):
            self.announce(text, stood[0])

    def announce(self, text: str, undo: Undo | None = None) -> None:
        """Say what was done, with 撤销 where there is a way back."""

        async def back() -> None:
            if undo is not None:
                await self.act(lambda bench, now: bench.inspections.put_back(now, undo))

        self._own.copy().run(self.session.snack, text, back if undo else None)

    async def write(self, slot: str, text: str, write: Write) -> InspectorError | None:
        """Keep a text; of several that wait in one slot the newest is kept.

        One that is refused does not show as saved, and can be asked for with `refused` to be mended.
        """
        self._texts[slot] = text

        def newest(bench: Workbench, now: Inspection) -> Inspection:
            waiting = self._texts.pop(slot, None)
            return now if waiting is None else write(bench, now, waiting)

        error = await self.act(newest, quietly=True)
        if isinstance(error, RefusalError):
            self._refused[slot] = (text, error)
            self.look_at(slot)
        elif self._refused.pop(slot, None):
            self.look_away(slot)
        return error

    def refused(self, slot: str) -> tuple[str, InspectorError] | None:
        """The text of a slot that could not be kept, and why."""
        return self._refused.get(slot)

    def look_at(self, slot: str) -> None:
        """The slot's field is on the screen: while its text is refused, nothing shows as saved."""
        if slot in self._refused:
            self._unsaved.add(slot)
            self.tell(saving=Saving.FAILED)

    def look_away(self, slot: str) -> None:
        """The slot's field is gone, or its text is mended."""
        if slot in self._unsaved:
            self._unsaved.discard(slot)
            self._done(Saving.SAVED, of=0)

    def later(self, slot: str, commit: Callable[[], Awaitable[object]]) -> None:
        """Run `commit` when typing in this slot has rested, or by `at_once`, or by `flush`."""
        if slot in self._due:
            self._due.pop(slot)[0].cancel()
        own = copy_context()
        timer = asyncio.get_running_loop().call_later(
            REST_S, lambda: own.run(self.session.run, lambda: self.at_once(slot))
        )
        self._due[slot] = (timer, commit)
        self.tell(saving=Saving.SAVING)

    async def at_once(self, slot: str) -> None:
        """Typing in this slot is over."""
        if slot in self._due:
            timer, commit = self._due.pop(slot)
            timer.cancel()
            await commit()

    async def flush(self) -> None:
        """Typing is over everywhere."""
        for slot in tuple(self._due):
            await self.at_once(slot)

    async def go_to(self, place: Whereabouts) -> None:
        """Remember where somebody is, for the next time this inspection is opened."""
        await self.session.act(self._remember, place)

    def tell(self, **changes: object) -> None:
        """Show something else."""
        self.view = replace(self.now, **changes)  # type: ignore[arg-type]
        self._own.copy().run(self._tell_everybody, self.view)

    # --- In a thread ---

    def _read(self) -> View:
        bench = self._bench
        inspection = bench.inspections.open(self.id)
        reference = bench.inspections.reference(inspection)
        task = next((one for one in bench.office.tasks() if one.record == self.id), None)
        noted = {ItemKey(one.item): one.note for one in task.items} if task else {}
        row = bench.memory.rows(PLACES).get(self.id)
        progress = bench.inspections.progress(inspection)
        return View(
            inspection=inspection,
            reference=reference,
            progress=progress,
            parts=parts_of(reference.checklists, inspection.answers, progress),
            waiting=bench.office.unsent(),
            notes=noted or supervisor_notes(bench, inspection),
            remark=f"{task.by}：{task.note}" if task else "",
            start=Whereabouts(part=cast("str", row["part"]), item=cast("str", row["item"])) if row else None,
        )

    def _apply(self, step: Step) -> _Done:
        if self.session.gate.workbench is not self._bench:
            raise IllegalMoveError(reason="本机已锁定，请先输入 PIN")
        short: StoreShortError | None = None
        stored, before = self._stored, self._stored.inspection
        try:
            after = step(self._bench, before)
        except StoreShortError as warning:
            # It is on the disk all the same.
            after, short = self._bench.inspections.open(self.id), warning
        progress, parts = stored.progress, stored.parts
        if after.answers is not before.answers:
            checklists = self.now.reference.checklists
            progress = self._bench.inspections.progress(after)
            parts = parts_of(checklists, after.answers, progress)
        self._stored = _Done(inspection=after, progress=progress, parts=parts, short=short)
        return self._stored

    def _remember(self, place: Whereabouts) -> None:
        if self.session.gate.workbench is self._bench:
            self._bench.memory.put_rows(PLACES, {self.id: {"part": place.part, "item": place.item}})

    # --- Inside ---

    def _done(self, saving: Saving, *, of: int = 1) -> None:
        self._under_way -= of
        if saving is Saving.SAVED:
            still = self._under_way or self._due
            saving = Saving.SAVING if still else Saving.FAILED if self._unsaved else saving
        self.tell(saving=saving)

    def _tell_everybody(self, view: View) -> None:
        for watcher in tuple(self._watchers):
            watcher(view)

    def _exchanged(self) -> None:
        running = self.session.tablet.background.running
        if self._exchanging and not running and self.view is not None:
            self.session.run(self._count)
        self._exchanging = running

    async def _count(self) -> None:
        waiting = await self.session.act(self._unsent)
        if waiting is not None:
            self.tell(waiting=waiting)

    def _unsent(self) -> int | None:
        """How much waits for the office; None when the tablet was locked meanwhile."""
        return self._bench.office.unsent() if self.session.gate.workbench is self._bench else None


def _clock_moved(before: Inspection, after: Inspection) -> InspectorError | None:
    if len(after.jumps) <= len(before.jumps):
        return None
    by_ms = after.jumps[-1].by_ms
    return ClockMovedError(way="快" if by_ms > 0 else "慢", span=span(abs(by_ms)))


def _is_signed(inspection: Inspection) -> bool:
    return bool(inspection.witnesses) or inspection.refusal is not None
