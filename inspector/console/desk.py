"""The supervisor's desk: accounts at its door, the office's keys in its drawer, one pass after the other.

* Looking needs an account; opening records, deciding and enrolling need the office's keys as well.
* `run` is one pass: mirror the log, take in what is new, acknowledge what is genuine and whole, post what the
  tablets are to be told. Every step is durable before the next.
* Every act leaves a line in the audit trail, in the act's own transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from inspector.console.accounts import Accounts, Act, LoggedIn
from inspector.console.audit import Audit
from inspector.console.copy import DeskCopy
from inspector.console.database import DeskDatabase
from inspector.console.keys import FEED, ISSUING
from inspector.console.outgoing import Outgoing
from inspector.console.taking import Taking
from inspector.domain import record_parts as parts
from inspector.domain.enterprise import Enterprise
from inspector.domain.profile import IssuerProfile
from inspector.errors import AccountExistsError, CertificateInvalidError, OfficeKeyLockedError
from inspector.store.files import REAL_FILES, write_durably
from inspector.store.lock import StoreLock
from inspector.sync.desk import DeskOffice
from inspector.trust.certificates import Certificate, Details, HolderKind, issue_certificate
from inspector.trust.key_file import KeyFile, open_key_file
from inspector.trust.keys import SigningKey, VerifyKey
from inspector.trust.statement import OfficeStatement, verify_statement
from inspector.trust.vault import OFFICE_COST, Cost
from inspector.work.feed import Acknowledgement, EnterpriseList, Greeting, LogReset
from inspector.work.intake import Examiner
from inspector.work.mirror import MirrorReport, mirror
from inspector.work.ports import Alarm

ACCOUNTS, DATABASE, OFFICE_KEYS, STATEMENT, ROOT_PRINT = (
    "accounts.json",
    "desk.db",
    "office.keys",
    "statement.json",
    "root.txt",
)
GREETING_EVERY_MS = 10 * 60 * 1000
PROGRAM = "-"

Connect = Callable[[str, SigningKey], DeskOffice]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskReport:
    """What one pass came to."""

    mirrored: MirrorReport
    taken: int
    acknowledged: int
    posted: int


class Desk:
    """One console.

    Args:
        folder: its own folder; nobody else's.
        url: the office server's address.
        connect: opens the way to the server, signed by the office's feed key.
        clock: milliseconds since the Unix epoch.
        since: when this program started, as whoever comes second is told.
        cost: how dear a guess of a password is.

    Raises:
        StoreInUseError: another console runs on this folder.
    """

    def __init__(
        self,
        folder: Path,
        *,
        url: str,
        connect: Connect,
        clock: Callable[[], int],
        since: str,
        cost: Cost = OFFICE_COST,
    ) -> None:
        REAL_FILES.make_folder(folder)
        self._lock = StoreLock(folder, since=since)
        self._folder, self.url, self._connect, self.clock = folder, url, connect, clock
        self.accounts = Accounts(folder / ACCOUNTS, cost=cost)
        self._turn = RLock()
        self._database: DeskDatabase | None = None
        self._copy: DeskCopy | None = None
        self._keys: KeyFile | None = None
        self._office: DeskOffice | None = None

    # --- The door ---

    def settle(self, *, statement: bytes, fingerprint: str, office_keys: bytes) -> None:
        """Keep the office's public statement, the fingerprint of its root, and its sealed key file."""
        verify_statement(statement, fingerprint)
        for name, data in (
            (STATEMENT, statement),
            (ROOT_PRINT, fingerprint.encode("ascii")),
            (OFFICE_KEYS, office_keys),
        ):
            write_durably(REAL_FILES, self._folder / name, data)

    def set_up(self, keys: Path, *, login: str, password: str, id: str) -> LoggedIn:
        """First start: take the office's files from the folder that `inspector keys new` made.

        Args:
            keys: a folder with the office's keys, its statement and its root's fingerprint.

        Raises:
            StoreUnavailableError: a file is missing or cannot be read.
            TrustError, FormatError: the files do not belong together.
            AccountExistsError: the console is set up already.
            SecretRefusedError: the password is too short or too plain.
        """
        if self.accounts.exists():
            raise AccountExistsError(login=login)
        self.settle(
            statement=REAL_FILES.read(keys / STATEMENT),
            fingerprint=_fingerprint(REAL_FILES.read(keys / ROOT_PRINT)),
            office_keys=REAL_FILES.read(keys / OFFICE_KEYS),
        )
        first = self.accounts.create_first(login, password, id=id)
        self.open(first)
        self.note(first, "set-up", id)
        return first

    @property
    def is_settled(self) -> bool:
        """Whether the console knows its office."""
        return all((self._folder / name).exists() for name in (STATEMENT, ROOT_PRINT, OFFICE_KEYS))

    @property
    def is_open(self) -> bool:
        """Whether somebody has logged in since the program started."""
        return self._database is not None

    @property
    def statement_envelope(self) -> bytes:
        """The office statement, as its root signed it."""
        return REAL_FILES.read(self._folder / STATEMENT)

    @property
    def statement(self) -> OfficeStatement:
        """The office's keys."""
        fingerprint = REAL_FILES.read(self._folder / ROOT_PRINT).decode("ascii")
        return verify_statement(self.statement_envelope, fingerprint)

    def log_in(self, login: str, password: str) -> LoggedIn:
        """Open the desk for an account.

        Raises:
            LoginWrongError, LoginWaitError: as `Accounts.log_in`.
        """
        logged_in = self.accounts.log_in(login, password, now_ms=self.clock())
        self.open(logged_in)
        self.note(logged_in, "log-in", logged_in.account.id)
        return logged_in

    def open(self, logged_in: LoggedIn) -> None:
        """Open the database with what an account's password opened."""
        with self._turn:
            if self._database is None:
                self._database = DeskDatabase(self._folder / DATABASE, logged_in.database_key)
                self._copy = DeskCopy(self._database, self._folder / "blobs")

    def unlock(self, logged_in: LoggedIn, passphrase: str) -> None:
        """Take the office's keys out of the drawer.

        Raises:
            NotPermittedError: a viewer.
            SecretWrongError: the passphrase is wrong.
        """
        logged_in.account.must(Act.DECIDE)
        keys = open_key_file(REAL_FILES.read(self._folder / OFFICE_KEYS), passphrase)
        if keys.signing[ISSUING].public != self.statement.issuing:
            raise CertificateInvalidError(reason="密钥文件不是这个办公室的")
        with self._turn:
            self._keys = keys
            self._office = self._connect(self.url, keys.signing[FEED])
        self.note(logged_in, "unlock-keys", self.statement.tenant)

    @property
    def is_unlocked(self) -> bool:
        """Whether the office's keys are out."""
        return self._keys is not None

    def lock(self, logged_in: LoggedIn | None = None) -> None:
        """Put the office's keys away."""
        if logged_in is not None and self._keys is not None:
            self.note(logged_in, "lock-keys", self.statement.tenant)
        with self._turn:
            self._keys, self._office = None, None

    def close(self) -> None:
        """Put everything away and let another process have the folder."""
        self.lock()
        with self._turn:
            if self._database is not None:
                self._database.close()
            self._database, self._copy = None, None
        self._lock.close()

    # --- What the other parts of the desk work with ---

    @property
    def database(self) -> DeskDatabase:
        """The desk's database.

        Raises:
            OfficeKeyLockedError: nobody has logged in yet.
        """
        if self._database is None:
            raise OfficeKeyLockedError()
        return self._database

    @property
    def copy(self) -> DeskCopy:
        """The mirrored log."""
        if self._copy is None:
            raise OfficeKeyLockedError()
        return self._copy

    @property
    def keys(self) -> KeyFile:
        """The office's keys.

        Raises:
            OfficeKeyLockedError: they are not unlocked.
        """
        if self._keys is None:
            raise OfficeKeyLockedError()
        return self._keys

    @property
    def office(self) -> DeskOffice:
        """The server.

        Raises:
            OfficeKeyLockedError: the keys are not unlocked.
        """
        if self._office is None:
            raise OfficeKeyLockedError()
        return self._office

    @property
    def audit(self) -> Audit:
        """The audit trail."""
        return Audit(self.database)

    @property
    def outgoing(self) -> Outgoing:
        """What the tablets are told."""
        return Outgoing(self.database, tenant=self.statement.tenant)

    def note(self, logged_in: LoggedIn, act: str, object: str) -> None:
        """Add a line to the audit trail."""
        self.audit.note(account=logged_in.account.login, act=act, object=object, at_ms=self.clock())

    def taking(self) -> Taking:
        """What takes entries in."""
        return Taking(
            database=self.database,
            copy=self.copy,
            statement=self.statement,
            identities=self.keys.identities,
            clock=self.clock,
        )

    def examiner(self) -> Examiner:
        """What entries are held against."""
        return self.taking().examiner()

    # --- One pass ---

    def run(self) -> DeskReport:
        """Mirror, take in, acknowledge, post.

        Raises:
            AvailabilityError: the line broke; what was done stays done.
            OfficeKeyLockedError: the keys are not unlocked.
        """
        with self._turn:
            report = mirror(desk=self.office, copy=self.copy, log=self.statement.log, now_ms=self.clock())
            if report.reset is not None:
                for certificate in self.device_certificates().values():
                    self.tell(certificate, LogReset(head=report.reset))
            taken = self.taking().take(self.office)
            acknowledged = self._acknowledge()
            self._greet()
            posted = self.outgoing.post(self.office)
        return DeskReport(mirrored=report, taken=taken, acknowledged=acknowledged, posted=posted)

    def device_certificates(self) -> dict[str, Certificate]:
        """The certificate of each tablet that is not revoked, by the tablet's id."""
        keyring = self.taking().keyring()
        found = {}
        for row in self.database.rows("SELECT id FROM devices WHERE revoked_ms IS NULL"):
            certificates = keyring.holder(row["id"], HolderKind.DEVICE)
            if certificates:
                found[str(row["id"])] = certificates[-1]
        return found

    def tell(self, device: Certificate, *bodies: object) -> None:
        """Write messages to one tablet; they go out with the next pass."""
        for body in bodies:
            self.outgoing.write(body, device=device, feed=self.keys.signing[FEED], at_ms=self.clock())  # type: ignore[arg-type]

    def _acknowledge(self) -> int:
        due = self.database.rows(
            "SELECT sha256, device FROM entries WHERE genuine = 1 AND acknowledged = 0 ORDER BY idx"
        )
        certificates = self.device_certificates()
        by_device: dict[str, list[str]] = {}
        for row in due:
            by_device.setdefault(row["device"], []).append(row["sha256"])
        for device, names in by_device.items():
            if device in certificates:
                with self.database.at_once():
                    self.tell(certificates[device], Acknowledgement(entries=tuple(names)))
                    for name in names:
                        self.database.do("UPDATE entries SET acknowledged = 1 WHERE sha256 = ?", name)
        return len(due)

    def _greet(self) -> None:
        for id, certificate in self.device_certificates().items():
            if self.clock() - self.outgoing.last_ms(id) >= GREETING_EVERY_MS:
                self.tell(certificate, Greeting())

    # --- The office's own particulars ---

    def issuer(self) -> IssuerProfile | None:
        """Who issues; None until it is set."""
        value = self.database.fact("issuer")
        return IssuerProfile.from_record(value) if value else None

    def set_issuer(self, logged_in: LoggedIn, profile: IssuerProfile) -> None:
        """Say who issues, and tell every tablet.

        Raises:
            NotPermittedError: no administrator.
        """
        logged_in.account.must(Act.MANAGE)
        with self.database.at_once():
            self.database.put_fact("issuer", profile.to_record())
            self.note(logged_in, "set-issuer", profile.kind.value)
            for certificate in self.device_certificates().values():
                self.tell(certificate, profile)

    def enterprises(self) -> tuple[Enterprise, ...]:
        """The office's enterprises, by name."""
        rows = self.database.rows("SELECT value FROM enterprises")
        found = [parts.to_enterprise(json.loads(row["value"])) for row in rows]
        return tuple(sorted(found, key=lambda one: one.name))

    def set_enterprises(self, logged_in: LoggedIn, enterprises: tuple[Enterprise, ...]) -> None:
        """Replace the office's list, and tell every tablet.

        Raises:
            NotPermittedError: no administrator.
        """
        logged_in.account.must(Act.MANAGE)
        with self.database.at_once():
            self.database.do("DELETE FROM enterprises")
            for one in enterprises:
                value = json.dumps(parts.from_enterprise(one), ensure_ascii=False)
                self.database.put("enterprises", {"id": one.id, "value": value})
            self.note(logged_in, "set-enterprises", str(len(enterprises)))
            for certificate in self.device_certificates().values():
                self.tell(certificate, EnterpriseList(enterprises=enterprises))

    def alarms(self) -> tuple[Alarm, ...]:
        """What nobody has put away yet, newest first."""
        rows = self.database.rows("SELECT * FROM alarms WHERE seen = 0 ORDER BY at_ms DESC")
        return tuple(
            Alarm(
                code=row["code"],
                message=row["message"],
                hint=row["hint"],
                entry=row["entry"] or None,
                at_ms=row["at_ms"],
            )
            for row in rows
        )

    def put_away(self, logged_in: LoggedIn, alarm: Alarm) -> None:
        """Somebody has looked at an alarm."""
        logged_in.account.must(Act.DECIDE)
        with self.database.at_once():
            self.database.do(
                "UPDATE alarms SET seen = 1 WHERE code = ? AND entry = ?", alarm.code, alarm.entry or ""
            )
            self.note(logged_in, "put-away-alarm", f"{alarm.code} {alarm.entry or ''}".strip())

    def account_certificate(self, logged_in: LoggedIn) -> bytes:
        """The certificate of an account's signing key; issued and logged when it has none yet.

        Raises:
            OfficeKeyLockedError: the office's keys are not unlocked.
            AvailabilityError: the log could not be reached.
        """
        known = self.database.fact(f"account {logged_in.account.id}")
        if known:
            return str(known["certificate"]).encode("utf-8")
        details = Details.new(name=logged_in.account.login)
        certificate = Certificate(
            tenant=self.statement.tenant,
            kind=HolderKind.ACCOUNT,
            id=logged_in.account.id,
            key=VerifyKey.from_text(self.accounts.public_key(logged_in.account.login)),
            details_sha256=details.sha256,
            issued_ms=self.clock(),
        )
        envelope = issue_certificate(certificate, self.keys.signing[ISSUING])
        self.office.send_entries([envelope])
        kept = {"certificate": envelope.decode("utf-8"), "details": details.to_payload()}
        with self.database.at_once():
            self.database.put_fact(f"account {logged_in.account.id}", kept)
            self.note(logged_in, "certify-account", logged_in.account.id)
        return envelope


def _fingerprint(data: bytes) -> str:
    try:
        return data.decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise CertificateInvalidError(reason="root.txt 不是根密钥指纹") from error
