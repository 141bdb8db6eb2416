"""The office's copies of notices: which are due, signing one, handing one out.

* A copy is the tablet's PDF, byte for byte, and a signature behind it. Only what stands behind is kept here;
  the PDF stays sealed as it came.
* Signed is what a person asked for, with the keys out, once for each notice; every act leaves its line.
* One that could not be signed is kept with its reason until it could.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from inspector.console.accounts import LoggedIn, Right
from inspector.console.database import Row
from inspector.console.desk import Desk
from inspector.console.form_sets import title_of
from inspector.console.keys import document_key
from inspector.console.opening import open_again
from inspector.console.publishing import change
from inspector.console.taking import RecordState
from inspector.errors import InspectorError, NotForSealingError, SealOnceError
from inspector.notices.pades import Occasion, OfficeSealer
from inspector.sync.timestamp import TimestampAddress, TimestampAuthority
from inspector.trust.document_chain import CertificateFacts, facts_of
from inspector.trust.key_file import KeyFile
from inspector.work.intake import Examiner, NoticeEntry

REASON = "办公室副本"
SHOWN = 50
"""The most rows of a list on the screen."""

_TIMESTAMP = "timestamp authority"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many notices are due, signed, and could not be signed.

    `due` counts the last as well, unless their record was given back.
    """

    due: int
    signed: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRow:
    """One notice with a copy, or with the reason why it has none.

    Attributes:
        title: as it is printed.
        record: the entry of its record, to be opened; None when that has not arrived.
        enterprise: whom the notice is addressed to.
        fault: what happened and what to do; empty for a signed one.
        is_stamped: a time-stamping authority vouches for the time.
    """

    entry: str
    record: str | None
    title: str
    number: str
    enterprise: str
    at_ms: int
    account: str = ""
    is_stamped: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeSignature:
    """A signature of the office for one PDF.

    Attributes:
        appendix: what stands behind the PDF.
        certificate: SHA-256 of the signer's certificate.
        is_stamped: a time-stamping authority vouches for the time.
    """

    appendix: bytes
    certificate: str
    is_stamped: bool
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCopy:
    """A signature for a notice's PDF that is not kept yet; `sha256` is the whole copy's."""

    entry: str
    signature: OfficeSignature
    sha256: str


class OfficeCopies:
    """The copies of one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sealer: tuple[KeyFile, str, OfficeSealer] | None = None

    # --- Looking ---

    def tally(self) -> Tally:
        """How many are due, signed, failed."""
        counts = self._desk.database.row(
            "SELECT (SELECT COUNT(*) FROM office_copies) AS signed,"
            " (SELECT COUNT(*) FROM copy_faults) AS failed"
        )
        signed, failed = (int(counts["signed"]), int(counts["failed"])) if counts else (0, 0)
        return Tally(due=len(self.due()), signed=signed, failed=failed)

    def due(self, *, only_accepted: bool = False) -> tuple[str, ...]:
        """Entries of the notices to be signed, oldest first.

        Args:
            only_accepted: leave out those whose record nobody has accepted yet.
        """
        states = (RecordState.ACCEPTED,) if only_accepted else (RecordState.ACCEPTED, RecordState.NEW)
        marks = ", ".join("?" * len(states))
        rows = self._desk.database.rows(f"{_DUE} AND r.state IN ({marks}) ORDER BY e.idx", *states)
        return tuple(row["entry"] for row in rows)

    def signed(self, *, page: int = 0) -> tuple[CopyRow, ...]:
        """One page of the copies, the newest first."""
        rows = self._desk.database.rows(_SIGNED, SHOWN, page * SHOWN)
        return tuple(_signed_row(row) for row in rows)

    def faults(self) -> tuple[CopyRow, ...]:
        """Those that could not be signed, newest first."""
        rows = self._desk.database.rows(f"{_FAULTS} ORDER BY f.at_ms DESC, e.idx DESC LIMIT ?", SHOWN)
        return tuple(_fault_row(row) for row in rows)

    def certificate(self) -> CertificateFacts:
        """What copies are signed with.

        Raises:
            OfficeKeyLockedError: the keys are not unlocked.
            DocumentKeyMissingError: they are older than document keys.
        """
        return facts_of(document_key(self._desk.keys).chain[0])

    # --- Signing ---

    def sign(self, entry: str, examiner: Examiner) -> SignedCopy:
        """The signature for one notice; nothing is kept.

        Args:
            examiner: what the entry is held against once more.

        Raises:
            SealOnceError, NotForSealingError: it is signed already, or must not be.
            OfficeKeyLockedError, DocumentKeyMissingError: there is nothing to sign with.
            TimestampUnreachableError, TimestampInvalidError: the authority.
            InspectorError: the entry is not what was taken in.
        """
        self._must_be_due(entry)
        _, pdf = self._opened(entry, examiner)
        signature = self.signature_for(pdf)
        whole = sha256(pdf + signature.appendix).hexdigest()
        return SignedCopy(entry=entry, signature=signature, sha256=whole)

    def signature_for(self, pdf: bytes) -> OfficeSignature:
        """The office's signature for a PDF of the press; nothing is kept.

        Raises:
            OfficeKeyLockedError, DocumentKeyMissingError: there is nothing to sign with.
            TimestampUnreachableError, TimestampInvalidError: the authority.
        """
        chain = document_key(self._desk.keys).chain
        now = self._desk.clock()
        occasion = Occasion(at_ms=now, signer=self._desk.statement.office, reason=REASON)
        return OfficeSignature(
            appendix=self._ready().appendix(pdf, occasion),
            certificate=sha256(chain[0]).hexdigest(),
            is_stamped=bool(self.timestamp_url()),
            at_ms=now,
        )

    def keep(self, logged_in: LoggedIn, copy: SignedCopy) -> None:
        """Keep a signature, in one transaction with its line in the audit trail.

        Raises:
            NotPermittedError: the account may not decide.
            SealOnceError, NotForSealingError: since it was signed, somebody was faster, or its record was
                given back; nothing is kept.
        """
        logged_in.account.must(Right.DECIDE)
        row = {
            "entry": copy.entry,
            "appendix": copy.signature.appendix,
            "sha256": copy.sha256,
            "certificate": copy.signature.certificate,
            "stamped": int(copy.signature.is_stamped),
            "account": logged_in.account.login,
            "at_ms": copy.signature.at_ms,
        }
        with self._desk.database.at_once():
            self._must_be_due(copy.entry)
            self._desk.database.put("office_copies", row)
            change(self._desk.database, copy.entry, office_copy_sha256=copy.sha256)
            self._desk.database.do("DELETE FROM copy_faults WHERE entry = ?", copy.entry)
            self._desk.note(logged_in, "seal-copy", copy.entry)

    def fail(self, entry: str, error: InspectorError) -> None:
        """Keep the reason why a notice could not be signed."""
        row = {
            "entry": entry,
            "code": error.code,
            "message": error.message,
            "hint": error.next_step,
            "at_ms": self._desk.clock(),
        }
        self._desk.database.put("copy_faults", row)

    # --- Handing out ---

    def has(self, entry: str) -> bool:
        """Whether a notice has its copy."""
        return self._desk.database.row("SELECT 1 FROM office_copies WHERE entry = ?", entry) is not None

    def pdf(self, logged_in: LoggedIn, entry: str) -> tuple[NoticeEntry, bytes]:
        """A notice and the office's copy of it.

        Raises:
            NotPermittedError: the account sees lists only.
            NotForSealingError: it has no copy.
            OfficeKeyLockedError, EntryDisagreesError: its PDF cannot be opened, or is another one.
        """
        logged_in.account.must(Right.OPEN)
        row = self._desk.database.row("SELECT appendix, sha256 FROM office_copies WHERE entry = ?", entry)
        if row is None:
            raise NotForSealingError(reason="还没有签署")
        content, pdf = self._opened(entry, self._desk.examiner())
        whole = pdf + bytes(row["appendix"])
        if sha256(whole).hexdigest() != row["sha256"]:
            raise NotForSealingError(reason="留存的签名与文书不符")
        self._desk.note(logged_in, "download-copy", entry)
        return content, whole

    # --- Time stamps ---

    def timestamp_url(self) -> str:
        """Where time stamps are asked for; empty for nowhere."""
        return str(self._desk.database.fact(_TIMESTAMP) or "")

    def set_timestamp(self, logged_in: LoggedIn, url: str) -> None:
        """Ask for time stamps there from now on; empty for nowhere.

        Raises:
            NotPermittedError: no administrator.
            AddressRefusedError: it is no address.
        """
        logged_in.account.must(Right.MANAGE)
        address = TimestampAddress.parse(url).url if url.strip() else ""
        with self._desk.database.at_once():
            self._desk.database.put_fact(_TIMESTAMP, address)
            self._desk.note(logged_in, "set-timestamp", address or "-")

    # --- Inside ---

    def _must_be_due(self, entry: str) -> None:
        if self.has(entry):
            raise SealOnceError()
        if (
            self._desk.database.row(f"{_DUE} AND n.entry = ? AND r.state IN ('accepted', 'new')", entry)
            is None
        ):
            raise NotForSealingError(reason="没有编号、不可采信，或其记录已被退回")

    def _opened(self, entry: str, examiner: Examiner) -> tuple[NoticeEntry, bytes]:
        content = open_again(self._desk.database, examiner, entry).content
        if not isinstance(content, NoticeEntry):
            raise NotForSealingError(reason="打不开，或不是文书")
        return content, examiner.open_pdf(content)

    def _ready(self) -> OfficeSealer:
        """A sealer for the keys that are out now; it is kept, since its first copy asks once more."""
        keys, url = self._desk.keys, self.timestamp_url()
        if self._sealer is None or self._sealer[0] is not keys or self._sealer[1] != url:
            key = document_key(keys)
            ask = TimestampAuthority(TimestampAddress.parse(url)).ask if url else None
            self._sealer = (keys, url, OfficeSealer(key.key, key.chain, ask))
        return self._sealer[2]

    def forget(self) -> None:
        """Let go of the key: it was locked."""
        self._sealer = None


_DUE = """
SELECT n.entry FROM notices n JOIN entries e ON e.sha256 = n.entry LEFT JOIN records r ON r.record = n.record
WHERE e.genuine = 1 AND n.number IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM office_copies c WHERE c.entry = n.entry)"""
_SIGNED = """
SELECT n.*, r.entry AS opens, g.enterprise, c.account, c.stamped, c.at_ms FROM (
    SELECT entry, account, stamped, at_ms FROM office_copies ORDER BY at_ms DESC, entry LIMIT ? OFFSET ?) c
JOIN notices n ON n.entry = c.entry LEFT JOIN registrations g ON g.entry = n.entry
LEFT JOIN records r ON r.record = n.record ORDER BY c.at_ms DESC, c.entry"""
_FAULTS = """
SELECT n.*, r.entry AS opens, g.enterprise, f.message, f.hint, f.at_ms FROM copy_faults f
JOIN notices n ON n.entry = f.entry JOIN entries e ON e.sha256 = n.entry
LEFT JOIN registrations g ON g.entry = n.entry LEFT JOIN records r ON r.record = n.record"""


def _signed_row(row: Row) -> CopyRow:
    return CopyRow(
        entry=row["entry"],
        record=row["opens"],
        title=title_of(row),
        number=row["number"] or "",
        enterprise=row["enterprise"] or "",
        at_ms=row["at_ms"],
        account=row["account"],
        is_stamped=bool(row["stamped"]),
    )


def _fault_row(row: Row) -> CopyRow:
    return CopyRow(
        entry=row["entry"],
        record=row["opens"],
        title=title_of(row),
        number=row["number"] or "",
        enterprise=row["enterprise"] or "",
        at_ms=row["at_ms"],
        fault=f"{row['message']}{row['hint']}",
    )
