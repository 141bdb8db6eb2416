"""The console's own database: everything that it knows, encrypted as a whole (SQLCipher).

* Its key is 32 random bytes that each account unwraps with its password; without an account it is noise.
* One connection behind one lock; `at_once` is one transaction.
* The log's leaves are kept exactly as they came: a lost server is refilled from here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from inspector.errors import DeskDatabaseError

_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE leaves (
    idx INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, bytes BLOB NOT NULL,
    taken INTEGER NOT NULL DEFAULT 0);
CREATE INDEX leaves_untaken ON leaves (taken, idx);
CREATE TABLE entries (
    sha256 TEXT PRIMARY KEY, idx INTEGER NOT NULL UNIQUE, device TEXT NOT NULL, seq INTEGER NOT NULL,
    kind TEXT NOT NULL, record TEXT NOT NULL, inner_sha256 TEXT NOT NULL, genuine INTEGER NOT NULL,
    proof TEXT NOT NULL, arrived_ms INTEGER NOT NULL, acknowledged INTEGER NOT NULL DEFAULT 0);
CREATE INDEX entries_device ON entries (device, seq);
CREATE TABLE records (
    entry TEXT PRIMARY KEY, record TEXT NOT NULL, amends TEXT, state TEXT NOT NULL, domain TEXT NOT NULL,
    enterprise TEXT NOT NULL, enterprise_id TEXT NOT NULL, inspectors TEXT NOT NULL, checklists TEXT NOT NULL,
    sealed_ms INTEGER NOT NULL, findings INTEGER NOT NULL, severity TEXT NOT NULL, doubts INTEGER NOT NULL);
CREATE INDEX records_record ON records (record);
CREATE TABLE notices (
    entry TEXT PRIMARY KEY, notice TEXT NOT NULL, record TEXT NOT NULL, kind TEXT NOT NULL, number TEXT,
    issued_on TEXT NOT NULL);
CREATE TABLE decisions (
    entry TEXT PRIMARY KEY, outcome TEXT NOT NULL, note TEXT NOT NULL, items TEXT NOT NULL,
    account TEXT NOT NULL, by TEXT NOT NULL, at_ms INTEGER NOT NULL, envelope TEXT NOT NULL);
CREATE TABLE devices (
    id TEXT PRIMARY KEY, label TEXT NOT NULL, key_id TEXT NOT NULL, certificate BLOB NOT NULL,
    enrolled_ms INTEGER NOT NULL, revoked_ms INTEGER);
CREATE TABLE people (
    id TEXT PRIMARY KEY, device TEXT NOT NULL, name TEXT NOT NULL, number TEXT NOT NULL,
    key_id TEXT NOT NULL);
CREATE TABLE feed (
    device TEXT NOT NULL, n INTEGER NOT NULL, sha256 TEXT NOT NULL, kind TEXT NOT NULL, bytes BLOB NOT NULL,
    at_ms INTEGER NOT NULL, posted INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (device, n));
CREATE TABLE alarms (
    code TEXT NOT NULL, entry TEXT NOT NULL, message TEXT NOT NULL, hint TEXT NOT NULL,
    at_ms INTEGER NOT NULL, seen INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (code, entry));
CREATE TABLE audit (
    n INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, account TEXT NOT NULL, act TEXT NOT NULL,
    object TEXT NOT NULL, prev TEXT NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE enterprises (id TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE series (
    series TEXT NOT NULL, year INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (series, year));
"""
_PACKS = """
CREATE TABLE packs (
    rank INTEGER PRIMARY KEY, version TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL, envelope BLOB NOT NULL,
    certificate BLOB NOT NULL, content BLOB NOT NULL, layers TEXT NOT NULL, at_ms INTEGER NOT NULL);
CREATE TABLE adoptions (
    entry TEXT PRIMARY KEY, idx INTEGER NOT NULL, device TEXT NOT NULL, version TEXT NOT NULL,
    sha256 TEXT NOT NULL, app TEXT NOT NULL, at_ms INTEGER NOT NULL);
CREATE INDEX adoptions_device ON adoptions (device, idx);
CREATE TABLE begun (
    inspection TEXT PRIMARY KEY, version TEXT NOT NULL, sha256 TEXT NOT NULL);
CREATE INDEX begun_pack ON begun (sha256);
"""
_NOTICES = """
CREATE TABLE registrations (
    entry TEXT PRIMARY KEY, public_id TEXT NOT NULL, enterprise TEXT NOT NULL, deadline TEXT NOT NULL,
    state TEXT NOT NULL, since_ms INTEGER NOT NULL, reason TEXT NOT NULL, replaced_by TEXT NOT NULL,
    version INTEGER NOT NULL, published INTEGER NOT NULL, access TEXT NOT NULL, pdf_sha256 TEXT NOT NULL,
    office_copy_sha256 TEXT NOT NULL);
CREATE INDEX registrations_public ON registrations (public_id);
INSERT INTO registrations
    SELECT n.entry, '', coalesce((SELECT r.enterprise FROM records r WHERE r.record = n.record LIMIT 1), ''),
        '', 'in-force', e.arrived_ms, '', '', 1, 0, '', '', ''
    FROM notices n JOIN entries e ON e.sha256 = n.entry WHERE e.genuine = 1;
CREATE TABLE replies (
    public_id TEXT NOT NULL, reply TEXT NOT NULL, number INTEGER NOT NULL, ordinal INTEGER NOT NULL,
    sha256 TEXT NOT NULL, size INTEGER NOT NULL, received_ms INTEGER NOT NULL, seen INTEGER NOT NULL,
    PRIMARY KEY (public_id, reply));
"""
_NUMBERS = """
ALTER TABLE series RENAME TO untracked_series;
CREATE TABLE number_series (
    issuer TEXT NOT NULL, series TEXT NOT NULL, year INTEGER NOT NULL, next INTEGER NOT NULL,
    PRIMARY KEY (issuer, series, year));
CREATE TABLE number_blocks (
    id TEXT PRIMARY KEY, rank INTEGER NOT NULL UNIQUE, issuer TEXT NOT NULL, series TEXT NOT NULL,
    year INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, device TEXT NOT NULL,
    given_ms INTEGER NOT NULL, by TEXT NOT NULL, next INTEGER, returned_from INTEGER, closed TEXT NOT NULL);
CREATE INDEX number_blocks_series ON number_blocks (issuer, series, year, rank);
CREATE INDEX number_blocks_device ON number_blocks (device);
CREATE TABLE number_stretches (
    issuer TEXT NOT NULL, series TEXT NOT NULL, year INTEGER NOT NULL, first INTEGER NOT NULL,
    last INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (issuer, series, year, first));
CREATE TABLE number_uses (
    entry TEXT PRIMARY KEY, issuer TEXT NOT NULL, series TEXT NOT NULL, year INTEGER NOT NULL,
    serial INTEGER NOT NULL, number TEXT NOT NULL, device TEXT NOT NULL, notice TEXT NOT NULL,
    issued_on TEXT NOT NULL);
CREATE INDEX number_uses_serial ON number_uses (issuer, series, year, serial);
CREATE INDEX number_uses_number ON number_uses (number);
CREATE TABLE number_blanks (
    issuer TEXT NOT NULL, series TEXT NOT NULL, year INTEGER NOT NULL, serial INTEGER NOT NULL,
    device TEXT NOT NULL, PRIMARY KEY (issuer, series, year, serial));
"""
_DEADLINES = """
CREATE TABLE calendars (
    sha256 TEXT PRIMARY KEY, text TEXT NOT NULL, title TEXT NOT NULL, published TEXT NOT NULL,
    first TEXT NOT NULL, last TEXT NOT NULL, login TEXT NOT NULL, at_ms INTEGER NOT NULL);
CREATE TABLE extensions (
    id TEXT PRIMARY KEY, entry TEXT NOT NULL, notice TEXT NOT NULL, value TEXT NOT NULL,
    at_ms INTEGER NOT NULL);
CREATE INDEX extensions_notice ON extensions (notice, at_ms);
"""
_OFFICE_COPIES = """
CREATE TABLE office_copies (
    entry TEXT PRIMARY KEY, appendix BLOB NOT NULL, sha256 TEXT NOT NULL, certificate TEXT NOT NULL,
    stamped INTEGER NOT NULL, account TEXT NOT NULL, at_ms INTEGER NOT NULL);
CREATE TABLE copy_faults (
    entry TEXT PRIMARY KEY, code TEXT NOT NULL, message TEXT NOT NULL, hint TEXT NOT NULL,
    at_ms INTEGER NOT NULL);
"""
_EXTENSION_PAPERS = """
ALTER TABLE registrations ADD COLUMN provisional INTEGER NOT NULL DEFAULT 0;
CREATE TABLE extension_papers (
    request TEXT PRIMARY KEY, entry TEXT NOT NULL, number TEXT NOT NULL UNIQUE, public_id TEXT NOT NULL,
    issued_on TEXT NOT NULL, pdf BLOB NOT NULL, sha256 TEXT NOT NULL, certificate TEXT NOT NULL,
    stamped INTEGER NOT NULL, account TEXT NOT NULL, at_ms INTEGER NOT NULL);
CREATE INDEX extension_papers_entry ON extension_papers (entry);
"""
_OWN_FORMS = """
CREATE TABLE own_forms (
    version INTEGER PRIMARY KEY, envelope BLOB NOT NULL, certificate BLOB NOT NULL, at_ms INTEGER NOT NULL);
"""
_QUARANTINE = """
CREATE TABLE number_claims (
    entry TEXT PRIMARY KEY, issuer TEXT NOT NULL, series TEXT NOT NULL, year INTEGER NOT NULL,
    serial INTEGER NOT NULL, number TEXT NOT NULL, device TEXT NOT NULL, notice TEXT NOT NULL,
    issued_on TEXT NOT NULL);
CREATE INDEX number_claims_serial ON number_claims (issuer, series, year, serial);
"""
_PAPER_TITLES = """
ALTER TABLE extension_papers ADD COLUMN title TEXT NOT NULL DEFAULT '延期整改审批表';
"""
_COPY_TIMES = """
CREATE INDEX office_copies_at ON office_copies (at_ms, entry, account, stamped);
"""
"""The newest copies are found without walking over ten kilobytes of signature for each."""
_SAID_DEADLINES = """
UPDATE registrations SET version = version + 1
    WHERE provisional = 1 OR entry IN (SELECT notice FROM extensions);
"""
"""What was registered before the page could say why a deadline is what it is goes out once more."""
_NOTICE_TITLES = """
ALTER TABLE notices ADD COLUMN title TEXT NOT NULL DEFAULT '';
"""
"""Empty for what was taken in before."""
_STEPS = (
    _TABLES,
    _PACKS,
    _NUMBERS,
    _DEADLINES,
    _OFFICE_COPIES,
    _NOTICES,
    _EXTENSION_PAPERS,
    _OWN_FORMS,
    _QUARANTINE,
    _PAPER_TITLES,
    _COPY_TIMES,
    _SAID_DEADLINES,
    _NOTICE_TITLES,
)
"""What takes a database from each version to the next."""
SCHEMA = len(_STEPS)

Row = Mapping[str, Any]


class DeskDatabase:
    """The console's tables.

    Args:
        path: the database's file; made when missing.
        key: 32 bytes.

    Raises:
        DeskDatabaseError: it does not open: another key, damaged, or the disk refuses.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._lock = RLock()
        self._depth = 0
        try:
            self._connection = sqlcipher.connect(str(path), check_same_thread=False, isolation_level=None)
            self._connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.row_factory = sqlcipher.Row
            self._migrate()
        except sqlcipher.Error as error:
            raise DeskDatabaseError(reason="密钥不对、文件损坏或磁盘拒绝写入") from error

    def close(self) -> None:
        """Let go of the file; the key is forgotten with it."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Everything inside happens, durably, or nothing does.

        Raises:
            DeskDatabaseError: the disk refused; nothing was changed.
        """
        with self._lock:
            outermost = self._depth == 0
            self._depth += 1
            try:
                if outermost:
                    self._run("BEGIN IMMEDIATE")
                yield
                if outermost:
                    self._run("COMMIT")
            except BaseException:
                if outermost and self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._depth -= 1

    def rows(self, sql: str, *values: object) -> list[Row]:
        """What a question finds."""
        with self._lock:
            return [dict(row) for row in self._run(sql, *values).fetchall()]

    def row(self, sql: str, *values: object) -> Row | None:
        """The first row that a question finds."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def put(self, table: str, row: Row) -> None:
        """Set one row by its primary key.

        Raises:
            DeskDatabaseError: the disk refused; nothing was changed.
        """
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        sql = f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 -- our own names
        self.do(sql, *row.values())

    def do(self, sql: str, *values: object) -> None:
        """One change."""
        with self.at_once():
            self._run(sql, *values)

    def fact(self, name: str) -> Any:
        """A single fact, or None."""
        row = self.row("SELECT value FROM facts WHERE name = ?", name)
        return json.loads(row["value"]) if row else None

    def put_fact(self, name: str, value: object) -> None:
        """Keep a single fact."""
        self.put("facts", {"name": name, "value": json.dumps(value, ensure_ascii=False)})

    def _run(self, sql: str, *values: object) -> Any:
        try:
            return self._connection.execute(sql, values)
        except sqlcipher.Error as error:
            raise DeskDatabaseError(reason="磁盘拒绝读写，或数据库正被占用") from error

    def _migrate(self) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA:
            raise DeskDatabaseError(reason="由更新的版本写成，请升级后再打开")
        if version < SCHEMA:
            with self.at_once():
                for statement in "".join(_STEPS[version:]).split(";\n"):
                    if statement.strip():
                        self._run(statement)
                self._run(f"PRAGMA user_version = {SCHEMA}")


def placeholders(values: Sequence[object]) -> str:
    """`?, ?, ?` for a list in a question."""
    return ", ".join("?" * len(values))
