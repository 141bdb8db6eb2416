"""Issuing on the tablet: a number, a print, an entry in the chain; and what was issued here before.

* A document that was handed over never goes out under two numbers. One that takes its place names it.
* The entry in the chain and what this tablet knows of the document are one durable write: what goes to the
  office is never issued a second time.
* What a document is to take the place of is kept until the new one is issued, whatever becomes of the window.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import cast

from inspector.domain.access import CODE_RANDOM_BYTES, Access, reply_code
from inspector.domain.identifiers import check_entry, uuid7
from inspector.domain.inspection import Inspection
from inspector.domain.notice import Notice
from inspector.domain.notice_details import MovedDeadline, Transfer
from inspector.domain.notice_record import from_record, to_record
from inspector.domain.profile import IssuerProfile
from inspector.domain.service import ServiceReceipt
from inspector.domain.working_days import Deadline, china_date
from inspector.errors import BlobMissingError, IllegalMoveError, InputMissingError, NoticeIssuedError
from inspector.notices.templates import OwnTemplate
from inspector.store.memory import DeviceMemory
from inspector.tablet.crew import Crew
from inspector.tablet.inspections import Clock
from inspector.tablet.more_time import Moved, moved_by_entry, moved_of, take_more_time
from inspector.tablet.numbers import NumberBook
from inspector.trust import age
from inspector.trust.registration import new_key
from inspector.trust.token import NoticeToken, bare, sign_token
from inspector.work.issue import (
    IssuedNotice,
    PrintedPhoto,
    issue,
)
from inspector.work.more_time import MoreTime
from inspector.work.press import Press
from inspector.work.registration import REASON_CAP
from inspector.work.seal import SealedEntry, Tables

NOTICES, REPLACING = "notices", "replacing"

Write = Callable[[str | None], Notice]
"""Composes a document under a number, or as a draft without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """One issued document.

    Attributes:
        id: of its entry in the chain; `pdf_blob` is the sealed PDF's hash.
        word: the document's name on screens.
        moved: the findings for which the office granted more time since, by ordinal.
    """

    id: str
    inspection: str
    notice: Notice
    pdf_blob: str
    entry: str
    issued_ms: int
    word: str
    moved: Mapping[int, MovedDeadline]

    @property
    def last_deadline(self) -> Deadline | None:
        """The latest deadline that holds of all findings."""
        now = {one.ordinal: one.deadline for one in self.notice.findings if one.deadline is not None}
        now |= {ordinal: one.new for ordinal, one in self.moved.items()}
        return max(now.values(), key=lambda one: (one.date, one.provisional), default=None)

    @property
    def document(self) -> str:
        """The id of the document; see `document_of`."""
        return document_of(self.notice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """That a document takes the place of the one with this number, and why."""

    number: str
    reason: str


class Issuing:
    """Whatever is printed and handed over goes through here.

    Args:
        profile: the office as documents name it.
    """

    def __init__(
        self,
        *,
        memory: DeviceMemory,
        crew: Crew,
        press: Press,
        clock: Clock,
        numbers: NumberBook,
        profile: Callable[[], IssuerProfile],
    ) -> None:
        self._memory, self._crew, self._clock = memory, crew, clock
        self._numbers, self._profile = numbers, profile
        self.press = press

    # --- One document ---

    def preview(
        self,
        draft: Notice,
        photos: tuple[PrintedPhoto, ...],
        blank_for_handwriting: Collection[str],
        own: OwnTemplate | None = None,
    ) -> bytes:
        """The draft's PDF, watermarked.

        Args:
            photos: those of the annex, in its order.
            own: the office's own template that the draft names.

        Raises:
            GlyphMissingError: a character has no font.
        """
        return self.press.print(
            draft,
            token=None,
            attachments={},
            photos={sha256(one.jpeg).hexdigest(): one.jpeg for one in photos},
            blank_for_handwriting=blank_for_handwriting,
            own_template=own.data if own else None,
        )

    def issue(
        self,
        write: Write,
        *,
        inspection: Inspection,
        photos: tuple[PrintedPhoto, ...],
        blank_for_handwriting: Collection[str],
        settles: Callable[[str, Notice], Tables],
        own: OwnTemplate | None = None,
    ) -> IssuedNotice:
        """Number the document, print it, and enter it into the chain.

        It is printed without its number first, so that what cannot be printed uses up none. The number is
        used up before the paper exists: a gap can be explained, a number on two papers cannot. Where this
        tablet has none left, the document stays a watermarked draft.

        Args:
            photos: those of the annex, in its order.
            settles: rows of the tablet's memory that change with it, in the same durable write, from the
                entry's id and what was issued.
            own: the office's own template that the document names.

        Raises:
            NoticeIssuedError: it was issued before.
            IllegalMoveError: it is to replace what it may not, or has no number to replace it with.
            GlyphMissingError: a character has no font.
        """
        draft = write(None)
        self._refuse_a_second(inspection, draft)
        self.preview(draft, photos, blank_for_handwriting, own)
        now = self._clock()
        id = uuid7(at_ms=now, random=secrets.token_bytes(10))
        taken = self._numbers.take(document_of(draft), entry=id)
        notice = write(taken.text if taken else None)
        token = self._token(notice, now)
        word = own.document.title if own else notice.kind.word
        return issue(
            notice,
            id=id,
            press=self.press,
            token=token,
            attachments=self._crew.certificates(),
            photos=photos,
            signers=self._crew.signers(inspection),
            seal=self._crew.seal(),
            box=self._memory,
            at_ms=now,
            numbered=taken.numbered if taken else None,
            blank_for_handwriting=blank_for_handwriting,
            access=self._access(notice, token),
            own_template=own.data if own else None,
            beside=lambda entry: {
                NOTICES: {id: _row(inspection.id, notice, entry, word, now)},
                **settles(id, notice),
            },
        )

    # --- What was issued ---

    def issued(self, inspection: str | None = None) -> tuple[NoticeRow, ...]:
        """The documents issued here, oldest first; those of one inspection, or all."""
        moved = moved_by_entry(self._memory)
        rows = [_to_row(id, row, moved) for id, row in self._memory.rows(NOTICES).items()]
        wanted = [row for row in rows if inspection in (None, row.inspection)]
        return tuple(sorted(wanted, key=lambda row: row.issued_ms))

    def pdf(self, row: NoticeRow) -> bytes:
        """A document's PDF, opened from its sealed file: the very bytes that were handed over."""
        device = self._crew.device()
        if device is None:
            raise BlobMissingError(sha256=row.pdf_blob[:12])
        with self._memory.open_blob(row.pdf_blob) as sealed:
            return age.decrypt(sealed.read(), [device.identity])

    def take_more_time(self, body: MoreTime) -> None:
        """The office granted more time for a document; see `take_more_time`.

        A store that was put back to before it was issued does not have it, and shows it nowhere.
        """
        row = next((one for one in self.issued() if one.entry == body.entry), None)
        if row is not None:
            take_more_time(self._memory, body, row.notice)

    # --- Taking the place of one ---

    def replaceable(self, inspection: Inspection) -> tuple[NoticeRow, ...]:
        """The numbered documents of this inspection, and of the record it corrects, that nothing replaced."""
        places = {inspection.id, inspection.amends.record if inspection.amends else inspection.id}
        every = self.issued()
        gone = {row.notice.replaces for row in every}
        return tuple(
            row
            for row in every
            if row.inspection in places and not row.notice.is_draft and row.notice.number not in gone
        )

    def replacement(self, key: str) -> Replacement | None:
        """What the document of that key is to take the place of; None for nothing."""
        row = self._memory.row(REPLACING, key)
        return Replacement(number=str(row["number"]), reason=str(row["reason"])) if row else None

    def begin_replacing(
        self, key: str, inspection: Inspection, number: str, reason: str, *, beside: Tables
    ) -> None:
        """The next document of that key takes the place of the one with this number.

        Args:
            beside: rows that change with it, in the same durable write.

        Raises:
            InputMissingError: no reason.
            IllegalMoveError: that document is not one that can be replaced.
            TextTooLongError, TextControlError: the reason cannot be printed.
        """
        if not reason.strip():
            raise InputMissingError(what="请填写替代原因")
        check_entry(reason, field="替代原因", cap=REASON_CAP)
        if number not in {row.notice.number for row in self.replaceable(inspection)}:
            raise IllegalMoveError(reason="这份文书没有编号，或者已经被替代")
        said = {"number": number, "reason": reason.strip()}
        self._memory.put_tables({REPLACING: {key: said}, **beside})

    # --- Inside ---

    def _refuse_a_second(self, inspection: Inspection, draft: Notice) -> None:
        """A draft may be followed by one with a number, and an issued document by its replacement."""
        has_number = self._numbers.left(document_of(draft), china_date(self._clock()).year) > 0
        if draft.replaces:
            kinds = {row.notice.number: row.notice.kind for row in self.replaceable(inspection)}
            if kinds.get(draft.replaces) is not draft.kind:
                raise IllegalMoveError(reason="要替代的文书不在本机，或者已经被替代")
            if not has_number:
                raise IllegalMoveError(reason="没有可用编号，不能出具替代文书；联网领到号段后再出具")
            return
        before = [row for row in self.issued(inspection.id) if is_same_paper(row.notice, draft)]
        if before and not (before[-1].notice.is_draft and has_number):
            number = before[-1].notice.number or "未编号的草稿"
            raise NoticeIssuedError(kind=before[-1].word, number=number)

    def _token(self, notice: Notice, at_ms: int) -> str | None:
        if notice.is_draft:
            return None
        token = NoticeToken.of(notice, issued_ms=at_ms)
        return sign_token(token, self._crew.seal().key)

    def _access(self, notice: Notice, token: str | None) -> Access | None:
        origin = self._profile().public_address
        if token is None or not origin:
            return None
        code = reply_code(secrets.token_bytes(CODE_RANDOM_BYTES))
        return Access.of(
            origin=origin, public_id=notice.public_id, token=bare(token), key=new_key(), code=code
        )


def in_place_of(notice: Notice, replacement: Replacement | None) -> Notice:
    """The document, naming what it takes the place of."""
    if replacement is None:
        return notice
    return replace(notice, replaces=replacement.number, replaces_reason=replacement.reason)


def document_of(notice: Notice) -> str:
    """The id of a notice's document, which names its series of numbers."""
    return notice.form.id if notice.form else notice.kind.value


def is_same_paper(one: Notice, other: Notice) -> bool:
    """Whether two documents of one inspection say the same: of the same original, to the same body.

    Two orders about the same findings, in whichever words, would order the same thing twice.
    """
    if one.kind is not other.kind or not (one.kind.orders or document_of(one) == document_of(other)):
        return False
    if isinstance(one.details, ServiceReceipt) and isinstance(other.details, ServiceReceipt):
        served = {document.document.number for document in one.details.documents}
        return any(document.document.number in served for document in other.details.documents)
    if isinstance(one.details, Transfer) and isinstance(other.details, Transfer):
        return one.details.receiver == other.details.receiver
    return (one.refers and one.refers.number) == (other.refers and other.refers.number)


def _row(inspection: str, notice: Notice, entry: SealedEntry, word: str, at_ms: int) -> Mapping[str, object]:
    return {
        "inspection": inspection,
        "notice": to_record(notice),
        "pdf_blob": entry.delivery.blobs[-1].sha256,
        "entry": entry.sha256,
        "issued_ms": at_ms,
        "word": word,
    }


def _to_row(id: str, row: Mapping[str, object], moved: Mapping[str, Moved]) -> NoticeRow:
    notice = from_record(row["notice"])
    return NoticeRow(
        id=id,
        inspection=str(row["inspection"]),
        notice=notice,
        pdf_blob=str(row["pdf_blob"]),
        entry=str(row["entry"]),
        issued_ms=cast("int", row["issued_ms"]),
        # Rows of earlier programs have no word: they were of shipped documents.
        word=str(row.get("word", notice.kind.word)),
        moved=moved_of(notice, moved.get(str(row["entry"]), {})),
    )
