"""The desk's door and drawer: who has come in, is the database open, are the office's keys out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import RLock

from inspector.console.accounts import Accounts, LoggedIn, Right
from inspector.console.audit import Audit
from inspector.console.copy import DeskCopy
from inspector.console.database import DeskDatabase
from inspector.console.form_sets import NO_TITLES, Titles
from inspector.console.keys import FEED, ISSUING
from inspector.console.number_ledger import NumberLedger
from inspector.console.outgoing import Outgoing
from inspector.errors import (
    AccountExistsError,
    CertificateInvalidError,
    FeedRefilledError,
    OfficeFilesMissingError,
    OfficeKeyLockedError,
    StoreUnavailableError,
)
from inspector.store.files import REAL_FILES, write_durably
from inspector.store.lock import StoreLock
from inspector.sync.desk import DeskOffice
from inspector.trust.key_file import KeyFile, open_key_file
from inspector.trust.keys import SigningKey
from inspector.trust.statement import OfficeStatement, RecipientRole, verify_statement
from inspector.trust.vault import OFFICE_COST, Cost
from inspector.work.ports import Alarm

ACCOUNTS, DATABASE, OFFICE_KEYS, STATEMENT, ROOT_PRINT = (
    "accounts.json",
    "desk.db",
    "office.keys",
    "statement.json",
    "root.txt",
)
Connect = Callable[[str, SigningKey], DeskOffice]


class Door:
    """One console.

    Args:
        folder: its own folder; nobody else's.
        url: the office server's address.
        connect: opens the way to the server, signed by the office's feed key.
        clock: milliseconds since the Unix epoch.
        since: when this program started, as whoever comes second is told.
        titles: what shipped documents are called where they are printed.
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
        titles: Titles = NO_TITLES,
        cost: Cost = OFFICE_COST,
    ) -> None:
        REAL_FILES.make_folder(folder)
        self._lock = StoreLock(folder, since=since)
        self._folder, self.url, self._connect, self.clock = folder, url, connect, clock
        self.titles = titles
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
            OfficeFilesMissingError: a file is missing or cannot be read.
            TrustError, FormatError: the files do not belong together.
            AccountExistsError: the console is set up already.
            SecretRefusedError: the password is too short or too plain.
        """
        if self.accounts.exists():
            raise AccountExistsError(login=login)
        self.settle(
            statement=_file(keys, STATEMENT),
            fingerprint=_fingerprint(_file(keys, ROOT_PRINT)),
            office_keys=_file(keys, OFFICE_KEYS),
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
        logged_in.account.must(Right.DECIDE)
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
        statement = self.statement
        readers = [one.recipient for one in statement.recipients if one.role is RecipientRole.OFFICE]
        return Outgoing(self.database, tenant=statement.tenant, readers=readers, on_lost=self._messages_lost)

    @property
    def numbers(self) -> NumberLedger:
        """The book of document numbers."""
        return NumberLedger(self.database, raise_alarm=self.copy.raise_alarm, clock=self.clock)

    def _messages_lost(self, count: int, tablets: int) -> None:
        error = FeedRefilledError(count=count, tablets=tablets)
        self.copy.raise_alarm(Alarm.of(error, self.clock()))

    def note(self, logged_in: LoggedIn, act: str, object: str) -> None:
        """Add a line to the audit trail."""
        self.audit.note(account=logged_in.account.login, act=act, object=object, at_ms=self.clock())


def _file(keys: Path, name: str) -> bytes:
    try:
        return REAL_FILES.read(keys / name)
    except StoreUnavailableError as error:
        raise OfficeFilesMissingError(file=name) from error


def _fingerprint(data: bytes) -> str:
    try:
        return data.decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise CertificateInvalidError(reason="root.txt 不是根密钥指纹") from error
