"""Signing many copies: one after the other beside what people do, with progress, to be stopped at any time.

* What is due is asked of the database, so nothing is lost when the batch is stopped, the keys are locked or
  the program ends: the next batch goes on with what is left.
* A copy that cannot be signed is kept with its reason, and the next one follows. What keeps every further one
  from being signed as well (locked keys, an authority that does not answer) ends the batch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import ParamSpec, TypeVar

from inspector.console.accounts import LoggedIn, Right
from inspector.console.desk import Desk
from inspector.console.office_copies import OfficeCopies
from inspector.errors import (
    AccountClosedError,
    AvailabilityError,
    DocumentKeyMissingError,
    IllegalMoveError,
    InspectorError,
    OfficeKeyLockedError,
)
from inspector.work.intake import Examiner

P = ParamSpec("P")
T = TypeVar("T")

TOLD_EVERY, TOLD_TIMES = 10, 50
"""Copies between two looks of the windows, at most; a small batch is looked at about so many times."""

_ENDS = (AvailabilityError, AccountClosedError, DocumentKeyMissingError, OfficeKeyLockedError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a batch has come.

    Attributes:
        done: signed.
        failed: kept with their reasons.
        is_running: False once it has ended, for whatever reason.
        is_stopping: somebody stopped it, and the copy under way is being finished.
        ended_by: what ended it before its end; None when a person stopped it or all were looked at.
    """

    total: int
    done: int = 0
    failed: int = 0
    is_running: bool = True
    is_stopping: bool = False
    ended_by: InspectorError | None = None

    @property
    def looked_at(self) -> int:
        """Signed or failed."""
        return self.done + self.failed


class SealingBatch:
    """The batch of one desk; one at a time.

    Args:
        act: runs an act in a thread after every earlier one (`Hall.act`).
        changed: tells every window to look again.
    """

    def __init__(
        self,
        desk: Desk,
        copies: OfficeCopies,
        *,
        act: Callable[[Callable[[], object]], Awaitable[object]],
        changed: Callable[[], object],
    ) -> None:
        self._desk, self._copies = desk, copies
        self._act, self._changed = act, changed
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self.progress: Progress | None = None

    @property
    def is_running(self) -> bool:
        """Whether copies are being signed."""
        return self.progress is not None and self.progress.is_running

    async def start(self, who: LoggedIn, *, only_accepted: bool) -> None:
        """Begin with everything that is due.

        Raises:
            NotPermittedError: the account may not decide.
            OfficeKeyLockedError, DocumentKeyMissingError: there is nothing to sign with.
            IllegalMoveError: one is running, or nothing is due.
        """
        who.account.must(Right.DECIDE)
        if self.is_running:
            raise IllegalMoveError(reason="正在签署，请等这一批结束或先停止")
        self.progress = Progress(total=0)  # from here on nobody else begins one
        try:
            due = await asyncio.to_thread(self._due, only_accepted)
            await self._act(lambda: self._desk.note(who, "begin-sealing", str(len(due))))
        except BaseException:
            self.progress = None
            raise
        self._stopping = False
        self.progress = Progress(total=len(due))
        self._task = asyncio.create_task(self._run(who, due))
        self._changed()

    async def stop(self, who: LoggedIn | None = None) -> None:
        """Let the copy under way be finished, and no other begin; `who` is None when the program ends."""
        if not self.is_running or self._task is None:
            return
        self._stopping = True
        self.progress = replace(self._known(), is_stopping=True)
        self._changed()
        if who is not None:
            await self._act(lambda: self._desk.note(who, "stop-sealing", str(self._looked_at())))
        await self._task

    def _looked_at(self) -> int:
        return self.progress.looked_at if self.progress else 0

    def _due(self, only_accepted: bool) -> tuple[str, ...]:
        self._copies.certificate()
        due = self._copies.due(only_accepted=only_accepted)
        if not due:
            raise IllegalMoveError(reason="没有待签署的文书")
        return due

    async def _run(self, who: LoggedIn, due: tuple[str, ...]) -> None:
        ended: InspectorError | None = None
        try:
            examiner = await asyncio.to_thread(self._desk.examiner)
            for entry in due:
                if self._stopping:
                    break
                await self._one(who, entry, examiner)
                if self._looked_at() % min(TOLD_EVERY, len(due) // TOLD_TIMES + 1) == 0:
                    self._changed()
        except _ENDS as error:
            ended = error
        finally:
            self.progress = replace(self._known(), is_running=False, is_stopping=False, ended_by=ended)
            self._changed()

    async def _one(self, who: LoggedIn, entry: str, examiner: Examiner) -> None:
        """Sign beside what people do; keep in the order of their acts."""
        try:
            if not self._desk.accounts.is_open(who.account):
                raise AccountClosedError()
            copy = await asyncio.to_thread(self._copies.sign, entry, examiner)
            await self._act(lambda: self._copies.keep(who, copy))
        except _ENDS:
            raise
        except InspectorError as error:
            failure = error
            await self._act(lambda: self._copies.fail(entry, failure))
            self.progress = replace(self._known(), failed=self._known().failed + 1)
        else:
            self.progress = replace(self._known(), done=self._known().done + 1)

    def _known(self) -> Progress:
        return self.progress or Progress(total=0)
