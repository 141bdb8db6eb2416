"""The inbox and the record: find, open, accept, return."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from inspector.console.accounts import LoggedIn, Right
from inspector.console.database import Row
from inspector.console.desk import Desk
from inspector.console.form_sets import title_of
from inspector.console.opening import open_again
from inspector.console.taking import RecordState
from inspector.domain.checklist import Domain, Severity
from inspector.domain.identifiers import check_entry
from inspector.domain.notice import Notice
from inspector.domain.records import Record
from inspector.errors import (
    IllegalMoveError,
    InputMissingError,
    RecordUnknownError,
    SignerRevokedError,
)
from inspector.work.feed import Decision, ItemNote, Outcome, sign_decision
from inspector.work.intake import Aspect, Mark, NoticeEntry, OpenedEntry, ProofLine
from inspector.work.registration import PublicState

PAGE = 50
NOTE_CAP, ITEM_NOTE_CAP = 1000, 500
"""Characters of what a return says about the whole record, and about one item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFilter:
    """What the inbox shows; an empty field leaves everything in.

    Attributes:
        state: of the record; None for all.
        text: part of the enterprise's or an inspector's name.
        from_ms, to_ms: when it was sealed, first included, last not.
    """

    state: RecordState | None = None
    domain: Domain | None = None
    severity: Severity | None = None
    device: str = ""
    text: str = ""
    from_ms: int | None = None
    to_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One record in the inbox; `severity` is its gravest finding's, None without findings."""

    entry: str
    record: str
    index: int
    state: RecordState
    domain: Domain | None
    enterprise: str
    inspectors: str
    checklists: str
    sealed_ms: int
    arrived_ms: int
    findings: int
    severity: Severity | None
    doubts: int
    amends: str | None
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeOf:
    """A document of a record: `state` as anybody reads it, `has_copy` once the office signed its copy."""

    entry: str
    title: str
    number: str | None
    issued_on: str
    has_copy: bool = False
    state: PublicState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRecord:
    """A record, opened, with its proof, documents and history.

    Attributes:
        record: None when its content cannot be believed.
        versions: the entries of this matter, oldest first: what this one amends, and what amends it.
    """

    row: InboxRow
    record: Record | None
    proof: tuple[ProofLine, ...]
    notices: tuple[NoticeOf, ...]
    decision: Decision | None
    versions: tuple[InboxRow, ...]


class Records:
    """The records at one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # --- Finding ---

    def inbox(self, wanted: InboxFilter, *, page: int = 0) -> tuple[InboxRow, ...]:
        """One page: what is not genuine first, then the newest arrivals."""
        where, values = _where(wanted)
        rows = self._desk.database.rows(
            f"{_SELECT} WHERE {where} ORDER BY r.state = ? DESC, e.idx DESC LIMIT ? OFFSET ?",
            *values,
            RecordState.NOT_GENUINE.value,
            PAGE,
            page * PAGE,
        )
        return tuple(_inbox_row(row) for row in rows)

    def count(self, wanted: InboxFilter) -> int:
        """How many records the filter leaves."""
        where, values = _where(wanted)
        sql = f"SELECT COUNT(*) AS n FROM records r JOIN entries e ON e.sha256 = r.entry WHERE {where}"  # noqa: S608
        row = self._desk.database.row(sql, *values)
        return int(row["n"]) if row else 0

    def counts(self) -> dict[RecordState, int]:
        """How many records stand in each state."""
        rows = self._desk.database.rows("SELECT state, COUNT(*) AS n FROM records GROUP BY state")
        found = {row["state"]: int(row["n"]) for row in rows}
        return {state: found.get(state.value, 0) for state in RecordState}

    # --- Opening ---

    def open(self, entry: str) -> OpenedRecord:
        """A record with everything that belongs to it.

        Raises:
            RecordUnknownError: there is none of that name.
            OfficeKeyLockedError: the keys are not unlocked.
        """
        row = self._row(entry)
        opened = self._opened(entry)
        record = opened.content if isinstance(opened.content, Record) else None
        return OpenedRecord(
            row=row,
            record=record,
            proof=self._proof(entry),
            notices=self._notices(row.record),
            decision=self._decision(entry),
            versions=self._versions(row),
        )

    def look_at(self, logged_in: LoggedIn, entry: str) -> OpenedRecord:
        """Open a record for somebody, which leaves a line in the audit trail.

        Raises:
            NotPermittedError: the account sees lists only.
            RecordUnknownError, OfficeKeyLockedError: as `open`.
        """
        logged_in.account.must(Right.OPEN)
        opened = self.open(entry)
        self._desk.note(logged_in, "open-record", entry)
        return opened

    def photo(self, record: Record, photo: str) -> bytes:
        """One picture, opened and proven.

        Raises:
            EntryDisagreesError: it is missing or not what was signed.
        """
        return self._desk.examiner().open_photo(record, photo)

    def notice(self, entry: str) -> Notice:
        """What a document says; `RecordUnknownError` when there is none."""
        return self._notice_entry(entry).notice

    def pdf(self, logged_in: LoggedIn, entry: str) -> tuple[NoticeEntry, bytes]:
        """A document with its PDF, as it was handed over.

        Raises:
            EntryDisagreesError: it is missing or not what was signed.
        """
        logged_in.account.must(Right.OPEN)
        content = self._notice_entry(entry)
        pdf = self._desk.examiner().open_pdf(content)
        self._desk.note(logged_in, "download-notice", entry)
        return content, pdf

    # --- Deciding ---

    def accept(self, logged_in: LoggedIn, entry: str) -> None:
        """Accept a record.

        Raises:
            NotPermittedError: the account may not decide.
            IllegalMoveError: it is not genuine, or somebody has decided already.
        """
        self._decide(logged_in, entry, Outcome.ACCEPTED, "", ())

    def give_back(self, logged_in: LoggedIn, entry: str, note: str, items: Sequence[ItemNote]) -> None:
        """Return a record with what is to be done; it becomes a task on the tablet.

        Raises:
            NotPermittedError: the account may not decide.
            InputMissingError: nothing is said.
            IllegalMoveError: it is not genuine, or somebody has decided already.
            TextTooLongError, TextControlError: a note cannot be shown on the tablet as it is.
        """
        for text, cap in ((note, NOTE_CAP), *((item.note, ITEM_NOTE_CAP) for item in items)):
            check_note(text, cap)
        told = tuple(item for item in items if item.note.strip())
        if not note.strip() and not told:
            raise InputMissingError(what="退回时请写明要补什么")
        self._decide(logged_in, entry, Outcome.RETURNED, note, told)

    def _decide(
        self, logged_in: LoggedIn, entry: str, outcome: Outcome, note: str, items: tuple[ItemNote, ...]
    ) -> None:
        logged_in.account.must(Right.DECIDE)
        row = self._row(entry)
        if row.state is not RecordState.NEW:
            raise IllegalMoveError(reason="这份记录不是真实有效的新记录，或已有审核决定")
        opened = self._opened(entry)
        device = self._desk.device_certificates().get(opened.delivery.device)
        if device is None:
            raise SignerRevokedError(key_id=opened.delivery.device)
        decision = Decision(
            outcome=outcome,
            record=row.record,
            sha256=opened.inner_sha256,
            note=note,
            items=items,
            account=logged_in.account.id,
            by=logged_in.account.login,
            at_ms=self._desk.clock(),
        )
        certificate = self._desk.account_certificate(logged_in)
        signed = sign_decision(decision, key=logged_in.key, certificate=certificate)
        state = RecordState.ACCEPTED if outcome is Outcome.ACCEPTED else RecordState.RETURNED
        with self._desk.database.at_once():
            self._desk.database.put("decisions", _decision_row(entry, decision, signed.envelope))
            self._desk.database.do("UPDATE records SET state = ? WHERE entry = ?", state.value, entry)
            self._desk.tell(device, signed)
            self._desk.note(logged_in, outcome.value, entry)

    # --- Inside ---

    def _row(self, entry: str) -> InboxRow:
        row = self._desk.database.row(f"{_SELECT} WHERE r.entry = ?", entry)
        if row is None:
            raise RecordUnknownError(id=entry[:12])
        return _inbox_row(row)

    def _opened(self, entry: str) -> OpenedEntry:
        return open_again(self._desk.database, self._desk.examiner(), entry)

    def _notice_entry(self, entry: str) -> NoticeEntry:
        content = self._opened(entry).content
        if isinstance(content, NoticeEntry):
            return content
        raise RecordUnknownError(id=entry[:12])

    def _proof(self, entry: str) -> tuple[ProofLine, ...]:
        known = self._desk.database.row("SELECT proof FROM entries WHERE sha256 = ?", entry)
        lines = json.loads(known["proof"]) if known else []
        return tuple(
            ProofLine(aspect=Aspect(aspect), mark=Mark(mark), words=words) for aspect, mark, words in lines
        )

    def _notices(self, record: str) -> tuple[NoticeOf, ...]:
        rows = self._desk.database.rows(
            "SELECT n.*, c.entry IS NOT NULL AS copied, g.state FROM notices n"
            " JOIN entries e ON e.sha256 = n.entry LEFT JOIN office_copies c ON c.entry = n.entry"
            " LEFT JOIN registrations g ON g.entry = n.entry WHERE n.record = ? ORDER BY e.idx",
            record,
        )
        return tuple(
            NoticeOf(
                entry=r["entry"],
                title=title_of(r),
                number=r["number"],
                issued_on=r["issued_on"],
                has_copy=bool(r["copied"]),
                state=PublicState(r["state"]) if r["state"] else None,
            )
            for r in rows
        )

    def _decision(self, entry: str) -> Decision | None:
        row = self._desk.database.row("SELECT * FROM decisions WHERE entry = ?", entry)
        if row is None:
            return None
        items = tuple(ItemNote(item=item, note=note) for item, note in json.loads(row["items"]))
        record = self._row(entry).record
        return Decision(
            outcome=Outcome(row["outcome"]),
            record=record,
            sha256=entry,
            note=row["note"],
            items=items,
            account=row["account"],
            by=row["by"],
            at_ms=row["at_ms"],
        )

    def _versions(self, row: InboxRow) -> tuple[InboxRow, ...]:
        matter = {row.record, *([row.amends] if row.amends else [])}
        found: dict[str, InboxRow] = {}
        while True:
            marks = ", ".join("?" * len(matter))
            rows = self._desk.database.rows(
                f"{_SELECT} WHERE r.record IN ({marks}) OR r.amends IN ({marks}) ORDER BY e.idx",
                *matter,
                *matter,
            )
            found = {each.entry: each for each in map(_inbox_row, rows)}
            named = {each.record for each in found.values()}
            named |= {each.amends for each in found.values() if each.amends}
            if named <= matter:
                return tuple(found.values())
            matter |= named


def check_note(text: str, cap: int) -> None:
    """Accept what a return says.

    Raises:
        TextTooLongError, TextControlError: it cannot be shown on the tablet as it is.
    """
    check_entry(text, field="退回说明", cap=cap, multiline=True)


_SELECT = """
SELECT r.*, e.idx, e.arrived_ms, e.device FROM records r JOIN entries e ON e.sha256 = r.entry"""


def _where(wanted: InboxFilter) -> tuple[str, list[object]]:
    tests: list[str] = ["1"]
    values: list[object] = []
    plain = (
        ("r.state = ?", wanted.state.value if wanted.state else ""),
        ("r.domain = ?", wanted.domain.value if wanted.domain else ""),
        ("r.severity = ?", wanted.severity.value if wanted.severity else ""),
        ("e.device = ?", wanted.device),
    )
    for test, value in plain:
        if value:
            tests.append(test)
            values.append(value)
    if wanted.text.strip():
        tests.append("(instr(r.enterprise, ?) OR instr(r.inspectors, ?))")
        values += [wanted.text.strip()] * 2
    if wanted.from_ms is not None:
        tests.append("r.sealed_ms >= ?")
        values.append(wanted.from_ms)
    if wanted.to_ms is not None:
        tests.append("r.sealed_ms < ?")
        values.append(wanted.to_ms)
    return " AND ".join(tests), values


def _inbox_row(row: Row) -> InboxRow:
    return InboxRow(
        entry=row["entry"],
        record=row["record"],
        index=row["idx"],
        state=RecordState(row["state"]),
        domain=Domain(row["domain"]) if row["domain"] else None,
        enterprise=row["enterprise"],
        inspectors=row["inspectors"],
        checklists=row["checklists"],
        sealed_ms=row["sealed_ms"],
        arrived_ms=row["arrived_ms"],
        findings=row["findings"],
        severity=Severity(row["severity"]) if row["severity"] else None,
        doubts=row["doubts"],
        amends=row["amends"],
        device=row["device"],
    )


def _decision_row(entry: str, decision: Decision, envelope: bytes) -> Row:
    items = [[one.item, one.note] for one in decision.items]
    return {
        "entry": entry,
        "outcome": decision.outcome.value,
        "note": decision.note,
        "items": json.dumps(items, ensure_ascii=False),
        "account": decision.account,
        "by": decision.by,
        "at_ms": decision.at_ms,
        "envelope": envelope.decode("utf-8"),
    }
