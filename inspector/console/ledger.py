"""The ledger of notices: where each stands, what enterprises answered, and the acts that change its standing.

* 撤回, 办结 and 替代 end a notice: each wants a reason that anybody with the paper may read, each is audited,
  and each reaches the public page with the next pass.
* A reply is a claim. It changes no state; a person does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inspector.console.accounts import LoggedIn, Right
from inspector.console.database import Row
from inspector.console.desk import Desk
from inspector.console.form_sets import title_of
from inspector.console.opening import open_again
from inspector.console.publishing import change
from inspector.console.reply_box import OpenedReply
from inspector.domain.identifiers import check_entry
from inspector.domain.notice import Notice
from inspector.domain.working_days import china_date
from inspector.errors import IllegalMoveError, RecordUnknownError
from inspector.work.intake import NoticeEntry
from inspector.work.registration import REASON_CAP, PublicState

PAGE = 50


class LedgerTab(StrEnum):
    """What the ledger is narrowed to."""

    ALL = "all"
    OPEN = "open"
    OVERDUE = "overdue"
    UNREAD = "unread"
    ASKED = "asked"
    ENDED = "ended"

    @property
    def word(self) -> str:
        """The tab's name."""
        return _TAB_WORDS[self]


_TAB_WORDS = {
    LedgerTab.ALL: "全部",
    LedgerTab.OPEN: "有效",
    LedgerTab.OVERDUE: "已逾期",
    LedgerTab.UNREAD: "回复未读",
    LedgerTab.ASKED: "延期待审批",
    LedgerTab.ENDED: "已结束",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One notice.

    Attributes:
        title: as it is printed.
        deadline: the last one, after what was granted; None without any.
        is_provisional: it was counted over days for which no holidays are published yet.
        is_public: it was issued with a public address.
        is_published: the server has its latest registration.
        is_overdue: it is in force and its last deadline has passed.
        is_extended: a deadline of it was moved by a granted request.
        replies, unread: how many came, and how many nobody has looked at.
        asked: requests for more time that wait for a decision; none once it has ended.
    """

    entry: str
    public_id: str
    number: str | None
    title: str
    enterprise: str
    issued_on: str
    deadline: date | None
    is_provisional: bool
    state: PublicState
    since_ms: int
    reason: str
    replaced_by: str
    is_public: bool
    is_published: bool
    is_overdue: bool
    is_extended: bool
    replies: int
    unread: int
    asked: int

    @property
    def is_draft(self) -> bool:
        """It was printed without a number: it sets no deadline that anybody could miss."""
        return self.number is None

    @property
    def is_in_force(self) -> bool:
        """It has a number and has not ended."""
        return self.state is PublicState.IN_FORCE and not self.is_draft


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedNotice:
    """A notice as its page shows it.

    Attributes:
        record: the entry of the record that it belongs to; None where that has not arrived.
        has_copy: the office has signed its copy.
    """

    row: LedgerRow
    notice: Notice
    replies: tuple[OpenedReply, ...]
    record: str | None
    has_copy: bool


class Ledger:
    """The notices of one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # --- Finding ---

    def rows(self, tab: LedgerTab, *, text: str = "", page: int = 0) -> tuple[LedgerRow, ...]:
        """One page, the newest first; what is in force or overdue by its deadline, the earliest first."""
        where, values = self._where(tab, text)
        by_day = tab in (LedgerTab.OPEN, LedgerTab.OVERDUE)
        order = "g.deadline = '', g.deadline, e.idx DESC" if by_day else "e.idx DESC"
        found = self._desk.database.rows(
            f"{_SELECT} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?", *values, PAGE, page * PAGE
        )
        return tuple(map(self._row, found))

    def count(self, tab: LedgerTab, *, text: str = "") -> int:
        """How many notices a tab holds."""
        where, values = self._where(tab, text)
        found = self._desk.database.row(f"SELECT COUNT(*) AS n FROM ({_SELECT} WHERE {where})", *values)  # noqa: S608
        return int(found["n"]) if found else 0

    def counts(self, *, text: str = "") -> Mapping[LedgerTab, int]:
        """How many notices each tab holds."""
        return {tab: self.count(tab, text=text) for tab in LedgerTab}

    # --- Opening ---

    def look_at(self, logged_in: LoggedIn, entry: str) -> OpenedNotice:
        """Open a notice and its replies for somebody; the replies then count as read.

        Raises:
            NotPermittedError: the account sees lists only.
            RecordUnknownError: no such notice.
            OfficeKeyLockedError: the keys are not unlocked.
        """
        logged_in.account.must(Right.OPEN)
        row = self.row(entry)
        opened = open_again(self._desk.database, self._desk.examiner(), entry)
        if not isinstance(opened.content, NoticeEntry):
            raise RecordUnknownError(id=entry[:12])
        box = self._desk.reply_box
        replies = box.of(row.public_id, self._desk.keys.identities) if row.public_id else ()
        with self._desk.database.at_once():
            box.see(row.public_id)
            self._desk.note(logged_in, "open-notice", entry)
        beside = self._desk.database.row(_BESIDE, entry) or {}
        return OpenedNotice(
            row=row,
            notice=opened.content.notice,
            replies=replies,
            record=beside.get("record"),
            has_copy=bool(beside.get("copied")),
        )

    def row(self, entry: str) -> LedgerRow:
        """A notice's row.

        Raises:
            RecordUnknownError: no such notice.
        """
        found = self._desk.database.row(f"{_SELECT} WHERE g.entry = ?", entry)
        if found is None:
            raise RecordUnknownError(id=entry[:12])
        return self._row(found)

    # --- Acts ---

    def withdraw(self, logged_in: LoggedIn, entry: str, reason: str) -> None:
        """Say that a notice does not hold any more.

        Raises:
            NotPermittedError: the account may not decide.
            IllegalMoveError: no reason, or it has ended already.
            TextTooLongError, TextControlError: the reason cannot be shown.
        """
        self._end(logged_in, entry, PublicState.WITHDRAWN, reason)

    def close(self, logged_in: LoggedIn, entry: str, reason: str) -> None:
        """Say that what a notice demands was done and looked at; errors as `withdraw`."""
        self._end(logged_in, entry, PublicState.CLOSED, reason)

    def replace(self, logged_in: LoggedIn, entry: str, reason: str, *, by: str) -> None:
        """Say that another notice stands in this one's place.

        Args:
            by: the other's number.

        Raises:
            IllegalMoveError: there is no other notice of that number; otherwise as `withdraw`.
        """
        other = self._desk.database.row(
            "SELECT n.entry FROM notices n JOIN registrations g ON g.entry = n.entry"
            " WHERE n.number = ? AND n.entry != ?",
            by.strip(),
            entry,
        )
        if not by.strip() or other is None:
            raise IllegalMoveError(reason="台账里没有这个文号的另一份文书")
        self._end(logged_in, entry, PublicState.REPLACED, reason, replaced_by=by.strip())

    def _end(
        self, logged_in: LoggedIn, entry: str, state: PublicState, reason: str, *, replaced_by: str = ""
    ) -> None:
        logged_in.account.must(Right.DECIDE)
        if not reason.strip():
            raise IllegalMoveError(reason="请写明原因")
        check_entry(reason, field="原因", cap=REASON_CAP)
        with self._desk.database.at_once():
            if self.row(entry).state is not PublicState.IN_FORCE:
                raise IllegalMoveError(reason="这份文书已经结束")
            change(
                self._desk.database,
                entry,
                state=state.value,
                since_ms=self._desk.clock(),
                reason=reason.strip(),
                replaced_by=replaced_by,
            )
            self._desk.note(logged_in, _ACTS[state], entry)

    # --- Inside ---

    def _today(self) -> str:
        return china_date(self._desk.clock()).isoformat()

    def _where(self, tab: LedgerTab, text: str) -> tuple[str, list[object]]:
        force, today = PublicState.IN_FORCE.value, self._today()
        tests: dict[LedgerTab, tuple[str, list[object]]] = {
            LedgerTab.ALL: ("1", []),
            LedgerTab.OPEN: (_HOLDS, [force]),
            LedgerTab.OVERDUE: (f"{_HOLDS} AND g.deadline != '' AND g.deadline < ?", [force, today]),
            LedgerTab.UNREAD: ("unread > 0", []),
            LedgerTab.ASKED: (f"{_HOLDS} AND asked > 0", [force]),
            LedgerTab.ENDED: ("g.state != ?", [force]),
        }
        where, values = tests[tab]
        if text.strip():
            where += " AND (instr(g.enterprise, ?) OR instr(coalesce(n.number, ''), ?))"
            values = [*values, text.strip(), text.strip()]
        return where, values

    def _row(self, row: Row) -> LedgerRow:
        state = PublicState(row["state"])
        holds = state is PublicState.IN_FORCE and row["number"] is not None
        return LedgerRow(
            entry=row["entry"],
            public_id=row["public_id"],
            number=row["number"],
            title=title_of(row),
            enterprise=row["enterprise"],
            issued_on=row["issued_on"],
            deadline=date.fromisoformat(row["deadline"]) if row["deadline"] else None,
            is_provisional=bool(row["provisional"]),
            state=state,
            since_ms=row["since_ms"],
            reason=row["reason"],
            replaced_by=row["replaced_by"],
            is_public=row["access"] != "",
            is_published=row["published"] == row["version"],
            is_overdue=holds and "" < row["deadline"] < self._today(),
            is_extended=bool(row["extended"]),
            replies=row["replies"],
            unread=row["unread"],
            asked=row["asked"] if holds else 0,
        )


_ACTS = {
    PublicState.WITHDRAWN: "withdraw-notice",
    PublicState.CLOSED: "close-notice",
    PublicState.REPLACED: "replace-notice",
}
_HOLDS = "g.state = ? AND n.number IS NOT NULL"
_SELECT = """
SELECT g.*, n.kind, n.title, n.number, n.issued_on,
    (SELECT COUNT(*) FROM replies p WHERE p.public_id = g.public_id) AS replies,
    (SELECT COUNT(*) FROM replies p WHERE p.public_id = g.public_id AND p.seen = 0) AS unread,
    (SELECT COUNT(*) FROM extensions x WHERE x.notice = g.entry
        AND json_extract(x.value, '$.decided') IS NULL) AS asked,
    EXISTS (SELECT 1 FROM extensions x, json_each(x.value, '$.decided.verdicts') v WHERE x.notice = g.entry
        AND json_extract(v.value, '$[1].new') IS NOT NULL) AS extended
FROM registrations g JOIN notices n ON n.entry = g.entry JOIN entries e ON e.sha256 = g.entry"""
_BESIDE = """
SELECT r.entry AS record, c.entry IS NOT NULL AS copied FROM notices n
LEFT JOIN records r ON r.record = n.record LEFT JOIN office_copies c ON c.entry = n.entry WHERE n.entry = ?"""
