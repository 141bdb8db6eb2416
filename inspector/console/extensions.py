"""More time for an enterprise, at the console: a request is written down, then decided by a named person.

* Both leave their line in the audit trail, in their own transaction.
* While a request waits, its findings cannot be asked about again.
* What was granted moves the document's deadlines at once: in the ledger, and with the next pass on its public
  page and on the tablet that issued it. The document 延期整改审批 about it is printed by
  `inspector.console.extension_papers`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from inspector.console.accounts import LoggedIn, Right
from inspector.console.calendars import Calendars
from inspector.console.desk import Desk
from inspector.console.extension_matters import (
    ExtensionMatter,
    due_now,
    keep_matter,
    matter_of,
    matters_of,
)
from inspector.console.publishing import change, deadline_columns
from inspector.console.records import Records
from inspector.domain.extension import ExtensionRequest, Verdict, Wish
from inspector.domain.identifiers import uuid7
from inspector.domain.notice import Notice
from inspector.domain.notice_details import Extension
from inspector.domain.working_days import Deadline, china_date
from inspector.errors import IllegalMoveError
from inspector.work.registration import PublicState


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """When things are due for one document.

    Attributes:
        findings: by ordinal, after what was granted.
        last: the latest of them; None where there is none.
        reinspect: 应复查: by when the office itself said it re-inspects; None where it has not said.
    """

    findings: Mapping[int, Deadline]
    last: Deadline | None
    reinspect: Deadline | None


class Extensions:
    """The requests at one desk."""

    def __init__(self, desk: Desk, records: Records, calendars: Calendars) -> None:
        self._desk, self._records, self._calendars = desk, records, calendars

    def of(self, entry: str) -> tuple[ExtensionMatter, ...]:
        """The requests about a document, oldest first."""
        return matters_of(self._desk.database, entry)

    def deadlines(self, entry: str, notice: Notice) -> Deadlines:
        """When the findings of a document are due now, and when the office re-inspects."""
        found = due_now(self._desk.database, entry, notice)
        last = _last(found)
        profile = self._desk.issuer()
        term = profile.reinspection if profile else None
        calendar = self._calendars.current()
        return Deadlines(
            findings=found, last=last, reinspect=term.after(last.date, calendar) if term and last else None
        )

    def ask(
        self,
        logged_in: LoggedIn,
        entry: str,
        *,
        asked_by: str,
        asked_on: date,
        wishes: Sequence[tuple[int, date, str]],
    ) -> ExtensionRequest:
        """Write down what an enterprise asks for.

        Args:
            entry: of the document.
            wishes: ordinal, last day asked for, reason.

        Raises:
            NotPermittedError: a viewer.
            RecordUnknownError: there is no such document.
            IllegalMoveError: as `ExtensionRequest`; a finding without a deadline, or with a request that
                waits; a day that has not come yet; the document is a draft or has ended.
        """
        logged_in.account.must(Right.DECIDE)
        notice = self._records.notice(entry)
        self._must_stand(entry)
        if notice.number is None:
            raise IllegalMoveError(reason="这份文书是未编号的草稿，没有期限可延")
        now = self._desk.clock()
        if asked_on > china_date(now):
            raise IllegalMoveError(reason="申请日期不能晚于今天")
        due = self.deadlines(entry, notice).findings
        waiting = {
            wish.ordinal for one in self.of(entry) if one.decided is None for wish in one.request.wishes
        }
        facts = {one.ordinal: one.facts for one in notice.findings}
        for ordinal, _, _ in wishes:
            if ordinal not in due:
                raise IllegalMoveError(reason=f"第{ordinal}项没有整改期限，不能延期")
            if ordinal in waiting:
                raise IllegalMoveError(reason=f"第{ordinal}项已有一份申请等待审批")
        request = ExtensionRequest(
            id=uuid7(at_ms=now, random=secrets.token_bytes(10)),
            notice=entry,
            asked_by=asked_by,
            asked_on=asked_on,
            wishes=tuple(
                Wish(ordinal=ordinal, facts=facts[ordinal], old=due[ordinal], asked=day, reason=reason)
                for ordinal, day, reason in sorted(wishes)
            ),
            entered_by=logged_in.account.login,
            entered_ms=now,
        )
        with self._desk.database.at_once():
            keep_matter(self._desk.database, ExtensionMatter(request=request, decided=None), {})
            self._desk.note(logged_in, "ask-extension", f"{request.id} {entry}")
        return request

    def decide(self, logged_in: LoggedIn, id: str, verdicts: Mapping[int, Verdict], *, by: str) -> Extension:
        """Decide about a request, once.

        Args:
            by: the name of the person who decides, as the document prints it.

        Raises:
            NotPermittedError: a viewer.
            RecordUnknownError: there is no such request.
            IllegalMoveError: it was decided already, or the document has ended; as
                `ExtensionRequest.decided`.
            OfficeKeyLockedError: the keys are not unlocked.
        """
        logged_in.account.must(Right.DECIDE)
        with self._desk.database.at_once():
            matter = matter_of(self._desk.database, id)
            if matter.decided is not None:
                raise IllegalMoveError(reason="这份延期申请已经审批过")
            entry = matter.request.notice
            self._must_stand(entry)
            now = self._desk.clock()
            decided = matter.request.decided(verdicts, by=by, on=china_date(now))
            kept = ExtensionMatter(
                request=matter.request, decided=decided, login=logged_in.account.login, decided_ms=now
            )
            keep_matter(self._desk.database, kept, verdicts)
            if decided.granted:
                due = due_now(self._desk.database, entry, self._records.notice(entry))
                change(self._desk.database, entry, **deadline_columns(_last(due)))
                self._desk.tell_more_time([kept])
            act = "grant-extension" if decided.granted else "refuse-extension"
            self._desk.note(logged_in, act, f"{id} {entry}")
        return decided

    def _must_stand(self, entry: str) -> None:
        row = self._desk.database.row("SELECT state FROM registrations WHERE entry = ?", entry)
        if row is None:
            raise IllegalMoveError(reason="不可采信的文书不能延期")
        if row["state"] != PublicState.IN_FORCE:
            raise IllegalMoveError(reason="这份文书已经结束，不能延期")


def _last(due: Mapping[int, Deadline]) -> Deadline | None:
    return max(due.values(), key=lambda one: (one.date, one.provisional), default=None)
