"""One office server: its parts over one archive, put together from a data folder.

* The folder holds the log's key, the key of the nonces, and unless they are elsewhere the database and the
  files.
* No key in it opens a record, certifies a device or speaks for the office.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from inspector.domain.message_fields import MessageFields
from inspector.errors import InspectorError, OfficeFolderError
from inspector.server.archive import Archive
from inspector.server.audit import Audit
from inspector.server.blobs import BlobStore
from inspector.server.enrolments import Enrolments
from inspector.server.entries import Entries
from inspector.server.feed import Feed
from inspector.server.limits import Limits
from inspector.server.log import Log
from inspector.server.nonce import KEY_BYTES, Nonces
from inspector.server.register import Register
from inspector.server.registrations import Registrations
from inspector.server.replies import Replies
from inspector.server.uploads import Uploads
from inspector.sync.protocol import UNFINISHED_QUOTA_BYTES
from inspector.trust.keys import SigningKey
from inspector.trust.strict_json import parse_object

Clock = Callable[[], int]
"""Milliseconds since the Unix epoch, UTC."""

_SETTINGS = "office.json"
_LOG_KEY = "log.key"
_NONCE_KEY = "nonce.key"
_DATABASE = "archive.db"
_BLOBS = "blobs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Where a server keeps what it holds, and how much it takes.

    Attributes:
        database: an SQLAlchemy URL; None for an SQLite file in the folder.
        blobs: an URL that obstore knows; None for a folder in the folder.
        quota_bytes: what one device may have announced and not finished.
        replies_bytes: what all sealed replies of enterprises may take together.
    """

    database: str | None = None
    blobs: str | None = None
    quota_bytes: int = UNFINISHED_QUOTA_BYTES
    replies_bytes: int = 4 * 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The parts of one office server."""

    tenant: str
    archive: Archive
    log: Log
    register: Register
    entries: Entries
    blobs: BlobStore
    uploads: Uploads
    feed: Feed
    enrolments: Enrolments
    registrations: Registrations
    replies: Replies
    nonces: Nonces
    audit: Audit
    clock: Clock
    limits: Limits = field(default_factory=Limits)

    @property
    def audience(self) -> str:
        """The server's own name in request statements: its log's name and key hash."""
        return self.log.verifier.text.rsplit("+", 1)[0]

    def adopt(self, envelope: bytes) -> None:
        """Store the office's root-signed statement, or its successor.

        Raises:
            InspectorError: as `Register.adopt`.
        """
        with self.archive.write() as connection:
            self.register.adopt(connection, envelope, self.log.verifier.text)


def create(folder: Path, *, tenant: str) -> str:
    """Make a data folder with fresh keys; gives the log's verifier string for the office's statement.

    Raises:
        OfficeFolderError: it holds an office server already, cannot be written, or the tenant's name will not
            do.
    """
    try:
        MessageFields.of({"tenant": tenant}, "办公室", "tenant").name("tenant")
    except InspectorError as error:
        raise OfficeFolderError(reason="办公室代号只能用字母、数字、点、横线") from error
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if (folder / _SETTINGS).exists():
            raise OfficeFolderError(reason="里面已经有一台服务器")
        key = SigningKey.generate()
        _write_secret(folder / _LOG_KEY, key.seed)
        _write_secret(folder / _NONCE_KEY, secrets.token_bytes(KEY_BYTES))
        # The name is new for each server, so that a statement signed for one is worth nothing to another.
        settings = {"v": 1, "tenant": tenant, "log": f"{tenant}/log-{secrets.token_hex(4)}"}
        _write_secret(folder / _SETTINGS, json.dumps(settings).encode("utf-8"))
    except OSError as error:
        raise OfficeFolderError(reason=f"写不进去（{type(error).__name__}）") from error
    return Log(tenant, key, settings["log"]).verifier.text  # type: ignore[arg-type]


def open_office(
    folder: Path, *, clock: Clock, limits: Limits | None = None, storage: Storage | None = None
) -> Office:
    """The office server of a data folder, its tables brought to this version.

    Raises:
        OfficeFolderError: `create` has not made it, or its files cannot be read.
        OfficeBusyError: its database cannot be reached.
    """
    storage = storage or Storage()
    try:
        settings = parse_object((folder / _SETTINGS).read_bytes())
        log_key = SigningKey((folder / _LOG_KEY).read_bytes())
        nonce_key = (folder / _NONCE_KEY).read_bytes()
        fields = MessageFields.of(settings, "设置", "v tenant log")
        tenant, log_name = fields.name("tenant"), fields.text("log")
    except FileNotFoundError as error:
        raise OfficeFolderError(reason="里面还没有服务器") from error
    except (OSError, InspectorError) as error:
        raise OfficeFolderError(reason=f"读不出来（{type(error).__name__}）") from error
    archive = Archive(storage.database or f"sqlite:///{(folder / _DATABASE).absolute()}", tenant=tenant)
    archive.migrate()
    log = Log(tenant, log_key, log_name)
    register = Register(tenant)
    blobs = BlobStore(storage.blobs or (folder / _BLOBS).absolute())
    registrations = Registrations(archive)
    return Office(
        tenant=tenant,
        archive=archive,
        log=log,
        register=register,
        entries=Entries(archive, log, register),
        blobs=blobs,
        uploads=Uploads(archive, blobs, quota_bytes=storage.quota_bytes),
        feed=Feed(archive, register),
        enrolments=Enrolments(archive),
        registrations=registrations,
        replies=Replies(archive, blobs, registrations, quota_bytes=storage.replies_bytes),
        nonces=Nonces(archive, nonce_key),
        audit=Audit(archive),
        clock=clock,
        limits=limits or Limits(),
    )


def _write_secret(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
