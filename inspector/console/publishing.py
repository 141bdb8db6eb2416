"""Notices in public, as the console keeps them: entered when taken in, registered by the passes.

* A row stands for each genuine notice. One that was issued without a public address has no key and is never
  registered; everything else about it is the same.
* Every change counts the row's version up; a pass seals and registers each row whose version the server has
  not got yet.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Protocol

from inspector.console.copy import CERTIFICATE
from inspector.console.database import DeskDatabase, Row
from inspector.console.extension_matters import due_now
from inspector.console.form_sets import title_of
from inspector.console.opening import open_again
from inspector.domain.access import Access
from inspector.domain.notice_record import canonical
from inspector.domain.working_days import Deadline
from inspector.errors import (
    CertificateInvalidError,
    FormatError,
    NoticeUnpublishedError,
    NoticeVersionError,
    RecordUnknownError,
    RefusalError,
    TrustError,
)
from inspector.sync.notice_messages import SealedRegistration
from inspector.trust import dsse
from inspector.trust.certificates import HolderKind, verify_certificate
from inspector.trust.keys import SigningKey
from inspector.trust.registration import SALT_BYTES, code_keys, proof_sha256, wrap_key
from inspector.trust.statement import OfficeStatement
from inspector.work.intake import Examiner, NoticeEntry
from inspector.work.ports import Alarm
from inspector.work.registration import PublicState, Registration, box_of

AT_ONCE = 200
"""Registrations of one pass; the rest goes with the next."""


class NoticeBoard(Protocol):
    """Where registrations are left."""

    def register_notice(self, sealed: SealedRegistration) -> None:
        """Leave a registration in place of the one before.

        Raises:
            NoticeVersionError: the server has a later one.
        """
        ...


def enter_notice(database: DeskDatabase, entry: str, content: NoticeEntry, *, at_ms: int) -> None:
    """Enter a genuine notice; what it says that it replaces is replaced by it, for its reason.

    Only a document of the same kind to the same enterprise can be: any other number is a slip.
    """
    notice, last = content.notice, content.notice.last_deadline
    database.put(
        "registrations",
        {
            "entry": entry,
            "public_id": notice.public_id,
            "enterprise": notice.enterprise.name,
            **deadline_columns(last),
            "state": PublicState.IN_FORCE.value,
            "since_ms": at_ms,
            "reason": "",
            "replaced_by": "",
            "version": 1,
            "published": 0,
            "access": json.dumps(content.access.to_record()) if content.access else "",
            "pdf_sha256": content.pdf_sha256,
            "office_copy_sha256": "",
        },
    )
    if notice.replaces and notice.number:
        replaced = database.row(
            "SELECT n.entry FROM notices n JOIN registrations g ON g.entry = n.entry"
            " WHERE n.number = ? AND n.kind = ? AND g.enterprise = ? AND n.entry != ?",
            *(notice.replaces, notice.kind.value, notice.enterprise.name, entry),
        )
        if replaced is not None:
            change(
                database,
                replaced["entry"],
                state=PublicState.REPLACED.value,
                since_ms=at_ms,
                reason=notice.replaces_reason,
                replaced_by=notice.number,
            )


def change(database: DeskDatabase, entry: str, **values: object) -> None:
    """Change a notice's row, in a version of its own."""
    names = ", ".join(f"{name} = ?" for name in values)
    sql = f"UPDATE registrations SET version = version + 1, {names} WHERE entry = ?"  # noqa: S608
    database.do(sql, *values.values(), entry)


def deadline_columns(last: Deadline | None) -> dict[str, object]:
    """A notice's last deadline, as its row keeps it."""
    return {
        "deadline": last.date.isoformat() if last else "",
        "provisional": int(last is not None and last.provisional),
    }


class Publishing:
    """One pass over the rows that the server has not got.

    Args:
        statement_envelope: the office statement as its root signed it.
        feed: signs registrations.
        raise_alarm: keeps an alarm until a person has seen it.
        salt: fresh random bytes for each registration.
    """

    def __init__(
        self,
        *,
        database: DeskDatabase,
        examiner: Examiner,
        statement: OfficeStatement,
        statement_envelope: bytes,
        feed: SigningKey,
        raise_alarm: Callable[[Alarm], None],
        now_ms: int,
        salt: Salts,
    ) -> None:
        self._database, self._examiner = database, examiner
        self._statement, self._statement_envelope = statement, statement_envelope
        self._feed, self._now_ms, self._salt = feed, now_ms, salt
        self._raise_alarm = raise_alarm
        self._certificates: dict[str, bytes] | None = None

    def publish(self, board: NoticeBoard) -> int:
        """Register what changed; how many that were.

        One that cannot be registered is set aside with an alarm and tried again with the next pass.

        Raises:
            AvailabilityError: the line broke; the rest waits.
        """
        count = 0
        waiting = self._database.rows(
            "SELECT entry FROM registrations WHERE access != '' AND published != version"
        )
        for entry in (str(row["entry"]) for row in waiting):
            if count == AT_ONCE:
                break
            row = self._database.row("SELECT * FROM registrations WHERE entry = ?", entry)
            assert row is not None  # noqa: S101  registrations are never removed
            try:
                self._publish(board, row)
            except NoticeUnpublishedError as error:
                self._set_aside(Alarm.of(error, self._now_ms, entry))
            else:
                count += 1
        return count

    def _set_aside(self, alarm: Alarm) -> None:
        """Raise an alarm, once for the same reason: passes come every few seconds."""
        known = self._database.row(
            "SELECT 1 FROM alarms WHERE code = ? AND entry = ? AND message = ?",
            *(alarm.code, alarm.entry, alarm.message),
        )
        if known is None:
            self._raise_alarm(alarm)

    def _publish(self, board: NoticeBoard, row: Row) -> None:
        version = int(row["version"])
        try:
            board.register_notice(self._sealed(row, version))
        except NoticeVersionError as error:
            # This console was put back from a backup: what it says now must count on from what is out there.
            version = int(str(error.facts["version"])) + 1
            board.register_notice(self._sealed(row, version))
        self._database.do(
            "UPDATE registrations SET published = ?, version = version + ? WHERE entry = ?",
            version,
            version - int(row["version"]),
            row["entry"],
        )

    def _sealed(self, row: Row, version: int) -> SealedRegistration:
        try:
            return self._built(row, version)
        except (RefusalError, FormatError, TrustError) as error:
            notice = self._database.row("SELECT number FROM notices WHERE entry = ?", row["entry"])
            number = (notice and notice["number"]) or row["entry"][:12]
            raise NoticeUnpublishedError(number=number, reason=error.message.rstrip("。")) from error

    def _built(self, row: Row, version: int) -> SealedRegistration:
        opened = open_again(self._database, self._examiner, row["entry"])
        if not isinstance(opened.content, NoticeEntry):
            raise RecordUnknownError(id=row["entry"][:12])
        access = Access.from_record(json.loads(row["access"]))
        box = box_of(
            self._registration(row, version, opened.content),
            statement=self._statement_envelope,
            certificate=self._certificate(row["entry"]),
            feed=self._feed,
            key=access.key,
        )
        keys, salt = code_keys(access.reply_code, access.public_id), self._salt(SALT_BYTES)
        return SealedRegistration(
            public_id=access.public_id,
            version=version,
            box=box,
            wrapped=wrap_key(access.key, wrapping=keys.wrapping, public_id=access.public_id),
            salt=salt,
            proof_sha256=proof_sha256(salt, keys.proof),
            takes_replies=row["state"] == PublicState.IN_FORCE.value,
        )

    def _registration(self, row: Row, version: int, content: NoticeEntry) -> Registration:
        return Registration.of_notice(
            content.notice,
            title=self._title(row["entry"]),
            due=due_now(self._database, row["entry"], content.notice),
            tenant=self._statement.tenant,
            version=version,
            at_ms=self._now_ms,
            digest=sha256(canonical(content.notice)).hexdigest(),
            state=PublicState(row["state"]),
            since_ms=row["since_ms"],
            reason=row["reason"],
            replaced_by=row["replaced_by"],
            pdf_sha256=row["pdf_sha256"],
            office_copy_sha256=row["office_copy_sha256"],
        )

    def _title(self, entry: str) -> str:
        found = self._database.row("SELECT kind, title FROM notices WHERE entry = ?", entry)
        if found is None:
            raise RecordUnknownError(id=entry[:12])
        return title_of(found)

    def _certificate(self, entry: str) -> bytes:
        """The certificate of the device that signed an entry.

        Raises:
            CertificateInvalidError: the log has none; the entry could not have been genuine.
        """
        if self._certificates is None:
            self._certificates = self._device_certificates()
        leaf = self._database.row("SELECT bytes FROM leaves WHERE sha256 = ?", entry)
        signer = dsse.peek(leaf["bytes"]).signatures[0].key_id if leaf else ""
        if signer not in self._certificates:
            raise CertificateInvalidError(reason="日志中没有这台平板的证书")
        return self._certificates[signer]

    def _device_certificates(self) -> dict[str, bytes]:
        """The envelope that certifies each device key under the issuing key of now."""
        found = {}
        for row in self._database.rows("SELECT bytes FROM leaves WHERE kind = ? ORDER BY idx", CERTIFICATE):
            try:
                certificate = verify_certificate(row["bytes"], self._statement)
            except TrustError:
                continue  # under an earlier issuing key; the same key was certified again after it
            if certificate.kind is HolderKind.DEVICE:
                found[certificate.key.key_id] = row["bytes"]
        return found


class Salts(Protocol):
    """Where random bytes come from."""

    def __call__(self, count: int, /) -> bytes:
        """`count` bytes that nobody can guess."""
        ...
