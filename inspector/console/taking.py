"""Taking in the log's leaves at the console: fetch their files, examine them, index them, acknowledge them.

* Leaves are taken in the log's order. One whose sealed files have not all arrived waits, and so do the later
  ones of that device only: its order is part of the proof.
* An entry is acknowledged once it is genuine and every sealed file of it was opened, hashed and is kept here.
* What is not genuine is kept and shown first; it is never acknowledged.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO, Protocol

from inspector.console.copy import CERTIFICATE, DELIVERY, REVOCATION, DeskCopy
from inspector.console.database import DeskDatabase, Row
from inspector.console.form_sets import Titles, printed_title
from inspector.console.number_ledger import NumberLedger
from inspector.console.publishing import enter_notice
from inspector.console.quarantine import alarms_of
from inspector.domain.checklist import Severity
from inspector.domain.delivery import BlobRef, Delivery
from inspector.domain.finding import Finding
from inspector.domain.numbering import Use
from inspector.domain.records import Record
from inspector.errors import BlobHashError, InspectorError, RequestUnknownError, SignerRevokedError
from inspector.trust import dsse
from inspector.trust.keyring import Keyring
from inspector.trust.ledger import GENESIS, ChainHead
from inspector.trust.statement import OfficeStatement
from inspector.trust.strict_json import parse_object
from inspector.work.adopt import Adoption, PackRef
from inspector.work.intake import Aspect, Examiner, Mark, NoticeEntry, OpenedEntry, Opening, ProofLine
from inspector.work.numbers import NumbersWord
from inspector.work.ports import Alarm


class BlobSource(Protocol):
    """Where sealed files come from."""

    def fetch_blob(self, blob: BlobRef, sink: BinaryIO, *, offset: int = 0) -> None:
        """Write a sealed file to `sink`."""
        ...


class RecordState(StrEnum):
    """Where a record stands at the console."""

    NEW = "new"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    ANSWERED = "answered"
    NOT_GENUINE = "not-genuine"


class Taking:
    """One pass over the leaves that were not taken yet.

    Args:
        identities: the office's age identities.
        titles: what shipped documents are called where they are printed.
        numbers: the book of document numbers.
    """

    def __init__(
        self,
        *,
        database: DeskDatabase,
        copy: DeskCopy,
        numbers: NumberLedger,
        statement: OfficeStatement,
        identities: tuple[str, ...],
        titles: Titles,
        clock: Callable[[], int],
    ) -> None:
        self._database, self._copy, self._numbers = database, copy, numbers
        self._statement, self._identities, self._clock = statement, identities, clock
        self._titles = titles

    def keyring(self) -> Keyring:
        """Every key of the office, from the log's own certificates and revocations."""
        rows = self._database.rows(
            "SELECT kind, bytes FROM leaves WHERE kind IN (?, ?) ORDER BY idx", CERTIFICATE, REVOCATION
        )
        return Keyring.from_envelopes(
            self._statement,
            [row["bytes"] for row in rows if row["kind"] == CERTIFICATE],
            [row["bytes"] for row in rows if row["kind"] == REVOCATION],
        )

    def examiner(self) -> Examiner:
        """What entries are held against now."""
        return Examiner(
            keyring=self.keyring(),
            identities=self._identities,
            root_at=self._copy.root_at,
            blob=self._copy.blob,
        )

    def take(self, source: BlobSource) -> int:
        """Take what can be taken; how many entries that were.

        Raises:
            AvailabilityError: the line broke; what was taken stays taken.
        """
        examiner = self.examiner()
        waiting: set[str] = set()
        taken = 0
        for leaf in self._database.rows("SELECT * FROM leaves WHERE taken = 0 ORDER BY idx"):
            if leaf["kind"] != DELIVERY:
                self._database.do("UPDATE leaves SET taken = 1 WHERE idx = ?", leaf["idx"])
                continue
            taken += self._take_delivery(leaf, examiner, source, waiting)
        return taken

    def _take_delivery(self, leaf: Row, examiner: Examiner, source: BlobSource, waiting: set[str]) -> bool:
        delivery = Delivery.from_payload(parse_object(dsse.peek(leaf["bytes"]).payload))
        if delivery.device in waiting or not self._fetch_all(delivery, source):
            waiting.add(delivery.device)
            return False
        try:
            opened = examiner.open_entry(
                leaf["bytes"], head=self._head(delivery.device), index=leaf["idx"], arrived_ms=self._clock()
            )
        except InspectorError as error:
            self._refuse(leaf, error, examiner)
            return True
        self._index(leaf, self._with_files_opened(opened, examiner))
        return True

    def _fetch_all(self, delivery: Delivery, source: BlobSource) -> bool:
        for blob in delivery.blobs:
            if self._copy.has_blob(blob.sha256):
                continue
            sink = BytesIO()
            try:
                source.fetch_blob(blob, sink)
            except (RequestUnknownError, BlobHashError):
                return False
            data = sink.getvalue()
            if sha256(data).hexdigest() != blob.sha256:
                error = BlobHashError(sha256=blob.sha256)
                self._copy.raise_alarm(Alarm.of(error, self._clock(), delivery.record))
                return False
            self._copy.keep_blob(blob.sha256, data)
        return True

    def _with_files_opened(self, opened: OpenedEntry, examiner: Examiner) -> OpenedEntry:
        """The entry with a bad line for every sealed file that does not hold what was signed."""
        problems: list[str] = []
        if isinstance(opened.content, Record):
            for attachment in opened.content.attachments:
                problems += _problem(partial(examiner.open_photo, opened.content, attachment.photo.id))
        elif isinstance(opened.content, NoticeEntry):
            problems += _problem(partial(examiner.open_pdf, opened.content))
        if not problems:
            return opened
        lines = tuple(ProofLine(aspect=Aspect.PHOTOS, mark=Mark.BAD, words=words) for words in problems)
        return OpenedEntry(
            sha256=opened.sha256,
            delivery=opened.delivery,
            inner=opened.inner,
            content=opened.content,
            proof=(*opened.proof, *lines),
        )

    def _refuse(self, leaf: Row, error: InspectorError, examiner: Examiner) -> None:
        """An envelope that cannot be believed at all: kept as evidence, outside the device's chain."""
        now = self._clock()
        alarms = [Alarm.of(error, now, leaf["sha256"])]
        with self._database.at_once():
            if isinstance(error, SignerRevokedError):
                alarms += alarms_of(
                    leaf["bytes"],
                    examiner=examiner,
                    database=self._database,
                    now_ms=now,
                    about=leaf["sha256"],
                )
            for alarm in alarms:
                self._copy.raise_alarm(alarm)
            self._database.do("UPDATE leaves SET taken = 1 WHERE idx = ?", leaf["idx"])

    def _index(self, leaf: Row, opened: OpenedEntry) -> None:
        delivery, now = opened.delivery, self._clock()
        entry = {
            "sha256": opened.sha256,
            "idx": leaf["idx"],
            "device": delivery.device,
            "seq": delivery.seq,
            "kind": delivery.kind.value,
            "record": delivery.record,
            "inner_sha256": opened.inner_sha256,
            "genuine": int(opened.is_genuine),
            "proof": json.dumps([[line.aspect, line.mark, line.words] for line in opened.proof]),
            "arrived_ms": now,
            "acknowledged": 0,
        }
        with self._database.at_once():
            self._database.put("entries", entry)
            match opened.content:
                case Record():
                    self._index_record(opened, opened.content)
                case NoticeEntry():
                    self._index_notice(opened, opened.content)
                    if opened.is_genuine:
                        enter_notice(self._database, opened.sha256, opened.content, at_ms=now)
                case NumbersWord() if opened.is_genuine:
                    self._numbers.said(opened.content, device=delivery.device)
                case Adoption() if opened.is_genuine:
                    self._index_adoption(opened, opened.content, leaf["idx"])
                case Opening(pack=PackRef() as pack) if opened.is_genuine:
                    began = {"version": pack.version, "sha256": pack.sha256}
                    self._database.put("begun", {"inspection": opened.content.inspection, **began})
                case _:
                    pass
            for line in opened.proof:
                if line.mark is Mark.BAD:
                    self._alarm_bad(opened, line, now)
            self._database.do("UPDATE leaves SET taken = 1 WHERE idx = ?", leaf["idx"])

    def _index_record(self, opened: OpenedEntry, record: Record) -> None:
        inspection = record.inspection
        row = {
            "entry": opened.sha256,
            "record": record.id,
            "amends": inspection.amends.record if inspection.amends else None,
            "state": RecordState.NEW if opened.is_genuine else RecordState.NOT_GENUINE,
            "domain": inspection.enterprise.domain.value if inspection.enterprise.domain else "",
            "enterprise": inspection.enterprise.name,
            "enterprise_id": inspection.enterprise.id,
            "inspectors": "、".join(one.name for one in inspection.inspectors),
            "checklists": "、".join(ref.title for ref in inspection.checklists),
            "sealed_ms": inspection.sealed_ms,
            "findings": len(inspection.findings),
            "severity": _worst(tuple(inspection.findings.values())),
            "doubts": sum(line.mark is Mark.DOUBT for line in opened.proof),
        }
        self._database.put("records", row)
        if inspection.amends and opened.is_genuine:
            self._database.do(
                "UPDATE records SET state = ? WHERE record = ? AND state = ?",
                RecordState.ANSWERED,
                inspection.amends.record,
                RecordState.RETURNED,
            )

    def _index_notice(self, opened: OpenedEntry, entry: NoticeEntry) -> None:
        row = {
            "entry": opened.sha256,
            "notice": entry.id,
            "record": entry.record_id,
            "kind": entry.notice.kind.value,
            "title": printed_title(self._database, entry.notice, self._titles),
            "number": entry.notice.number,
            "issued_on": entry.notice.issued_on.isoformat(),
        }
        self._database.put("notices", row)
        if entry.numbered is not None:
            use = Use(
                number=entry.notice.number or "",
                entry=opened.sha256,
                device=opened.delivery.device,
                issued_on=entry.notice.issued_on,
            )
            self._numbers.took(entry.numbered, use, notice=entry.id)

    def _index_adoption(self, opened: OpenedEntry, adoption: Adoption, index: int) -> None:
        row = {
            "entry": opened.sha256,
            "idx": index,
            "device": opened.delivery.device,
            "version": adoption.pack.version,
            "sha256": adoption.pack.sha256,
            "app": adoption.app,
            "at_ms": adoption.at_ms,
        }
        self._database.put("adoptions", row)

    def _alarm_bad(self, opened: OpenedEntry, line: ProofLine, now: int) -> None:
        alarm = Alarm(
            code=f"entry.{line.aspect.value}",
            message=line.words,
            hint="这份记录不能采信；请打开核对，并联系该平板的使用人。",
            entry=opened.sha256,
            at_ms=now,
        )
        self._copy.raise_alarm(alarm)

    def _head(self, device: str) -> ChainHead:
        row = self._database.row(
            "SELECT seq, sha256 FROM entries WHERE device = ? ORDER BY idx DESC LIMIT 1", device
        )
        return ChainHead(seq=row["seq"], sha256=row["sha256"]) if row else GENESIS


def _problem(act: Callable[[], object]) -> list[str]:
    try:
        act()
    except InspectorError as error:
        return [error.message]
    return []


_ORDER = (Severity.GENERAL, Severity.AT_ONCE, Severity.SUSPECTED_MAJOR)


def _worst(findings: tuple[Finding, ...]) -> str:
    ranks = [_ORDER.index(finding.severity) for finding in findings]
    return _ORDER[max(ranks)].value if ranks else ""
