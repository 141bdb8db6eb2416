"""More time for an enterprise, at the console: a request is written down, then decided by a named person.

* Both leave their line in the audit trail, in their own transaction.
* While a request waits, its findings cannot be asked about again.
* What was decided is data for the document 延期整改审批; the document is issued as any other.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from inspector.console.accounts import Act, LoggedIn
from inspector.console.calendars import Calendars
from inspector.console.desk import Desk
from inspector.console.records import Records
from inspector.domain.extension import ExtensionRequest, Verdict, Wish, deadlines_now
from inspector.domain.identifiers import uuid7
from inspector.domain.notice import Notice
from inspector.domain.notice_details import Extension
from inspector.domain.working_days import Deadline, china_date
from inspector.errors import IllegalMoveError, RecordUnknownError


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionMatter:
    """One request and what became of it.

    Attributes:
        decided: None while it waits; then by `login` at `decided_ms`.
    """

    request: ExtensionRequest
    decided: Extension | None
    login: str = ""
    decided_ms: int | None = None


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
        rows = self._desk.database.rows(
            "SELECT value FROM extensions WHERE entry = ? ORDER BY at_ms, id", entry
        )
        return tuple(_matter(row["value"]) for row in rows)

    def deadlines(self, entry: str, notice: Notice) -> Deadlines:
        """When the findings of a document are due now, and when the office re-inspects."""
        granted = [one.decided for one in self.of(entry) if one.decided is not None]
        found = deadlines_now(notice.findings, granted)
        last = max(found.values(), key=lambda one: one.date, default=None)
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
                waits; a day that has not come yet.
        """
        logged_in.account.must(Act.DECIDE)
        notice = self._records.notice(entry)
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
            self._keep(ExtensionMatter(request=request, decided=None), {})
            self._desk.note(logged_in, "ask-extension", f"{request.id} {entry}")
        return request

    def decide(self, logged_in: LoggedIn, id: str, verdicts: Mapping[int, Verdict], *, by: str) -> Extension:
        """Decide about a request, once.

        Args:
            by: the name of the person who decides, as the document prints it.

        Raises:
            NotPermittedError: a viewer.
            RecordUnknownError: there is no such request.
            IllegalMoveError: it was decided already; as `ExtensionRequest.decided`.
        """
        logged_in.account.must(Act.DECIDE)
        with self._desk.database.at_once():
            row = self._desk.database.row("SELECT value FROM extensions WHERE id = ?", id)
            if row is None:
                raise RecordUnknownError(id=id[:12])
            matter = _matter(row["value"])
            if matter.decided is not None:
                raise IllegalMoveError(reason="这份延期申请已经审批过")
            now = self._desk.clock()
            decided = matter.request.decided(verdicts, by=by, on=china_date(now))
            kept = ExtensionMatter(
                request=matter.request, decided=decided, login=logged_in.account.login, decided_ms=now
            )
            self._keep(kept, verdicts)
            act = "grant-extension" if decided.granted else "refuse-extension"
            self._desk.note(logged_in, act, f"{id} {matter.request.notice}")
        return decided

    def _keep(self, matter: ExtensionMatter, verdicts: Mapping[int, Verdict]) -> None:
        request, decided = matter.request, matter.decided
        value = {
            "request": request.to_record(),
            "decided": None
            if decided is None
            else {
                "by": decided.decided_by,
                "login": matter.login,
                "at_ms": matter.decided_ms,
                "verdicts": [
                    [ordinal, one.new.isoformat() if one.new else None, one.opinion]
                    for ordinal, one in sorted(verdicts.items())
                ],
            },
        }
        row = {
            "id": request.id,
            "entry": request.notice,
            "notice": request.notice,
            "value": json.dumps(value, ensure_ascii=False),
            "at_ms": request.entered_ms,
        }
        self._desk.database.put("extensions", row)


def _matter(text: str) -> ExtensionMatter:
    value = json.loads(text)
    request, kept = ExtensionRequest.from_record(value["request"]), value["decided"]
    if kept is None:
        return ExtensionMatter(request=request, decided=None)
    verdicts = {
        ordinal: Verdict(new=date.fromisoformat(new) if new else None, opinion=opinion)
        for ordinal, new, opinion in kept["verdicts"]
    }
    return ExtensionMatter(
        request=request,
        decided=request.decided(verdicts, by=kept["by"], on=china_date(kept["at_ms"])),
        login=kept["login"],
        decided_ms=kept["at_ms"],
    )
