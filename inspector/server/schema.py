"""The archive's tables.

* The tenant is the first column of every key, so that a database that spreads rows by tenant can take over.
* Ids, hashes and bytes that the office server cannot read: no table has a column for a name or an answer.
* Hashes are lower-case hexadecimal SHA-256; times are milliseconds since the Unix epoch, UTC.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

metadata = MetaData()

_ID = 128
_HASH = 64
_NAME = 200


def _tenant() -> Column[str]:
    return Column("tenant", String(_ID), nullable=False)


offices = Table(
    "offices",
    metadata,
    _tenant(),
    Column("log_size", BigInteger, nullable=False),
    Column(
        "known_size", BigInteger, nullable=False
    ),  # the largest log that a checkpoint of ours was shown for
    Column("known_root", String(_HASH), nullable=False),
    Column(
        "abandoned_size", BigInteger, nullable=False
    ),  # checkpoints up to here are of a log that was given up
    PrimaryKeyConstraint("tenant"),
)
"""One row per tenant; locking it makes one appending transaction wait for another."""

statements = Table(
    "statements",
    metadata,
    _tenant(),
    Column("version", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("tenant", "version"),
)
"""The office's statements, each signed by the root; the highest version is in force."""

leaves = Table(
    "leaves",
    metadata,
    _tenant(),
    Column("position", BigInteger, nullable=False),
    Column("sha256", String(_HASH), nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("tenant", "position"),
    UniqueConstraint("tenant", "sha256", name="leaves_once"),
)
"""The log: the exact bytes of envelopes, certificates and revocations, in order."""

nodes = Table(
    "nodes",
    metadata,
    _tenant(),
    Column("level", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    PrimaryKeyConstraint("tenant", "level", "position"),
)
"""Hashes of complete subtrees: `position` counts subtrees of 2^level leaves from the left."""

entries = Table(
    "entries",
    metadata,
    _tenant(),
    Column("device", String(_ID), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("sha256", String(_HASH), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("record", String(_ID), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("key_id", String(_ID), nullable=False),
    Column("missing", BigInteger, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "device", "seq"),
    UniqueConstraint("tenant", "sha256", name="entries_once"),
    Index("entries_by_missing", "tenant", "missing", "received_ms"),
)
"""Each device's chain of deliveries; `missing` counts the declared files that are not here yet."""

entry_blobs = Table(
    "entry_blobs",
    metadata,
    _tenant(),
    Column("entry", String(_HASH), nullable=False),
    Column("sha256", String(_HASH), nullable=False),
    Column("device", String(_ID), nullable=False),
    Column("size", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "entry", "sha256"),
    Index("entry_blobs_by_blob", "tenant", "sha256"),
)
"""Which sealed files an entry declares."""

blobs = Table(
    "blobs",
    metadata,
    _tenant(),
    Column("sha256", String(_HASH), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("name", String(_NAME), nullable=False),
    Column("stored_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "sha256"),
)
"""Sealed files that are durable in the blob store: a file without a row here does not count."""

aside = Table(
    "aside",
    metadata,
    _tenant(),
    Column("number", BigInteger, nullable=False),
    Column("sha256", String(_HASH), nullable=False),
    Column("reason", String(_ID), nullable=False),
    Column("device", String(_ID), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "number"),
    UniqueConstraint("tenant", "sha256", name="aside_once"),
)
"""Forks and what a revoked key sent: kept for the console, never in the chain."""

keys = Table(
    "keys",
    metadata,
    _tenant(),
    Column("key_id", String(_ID), nullable=False),
    Column("device", String(_ID), nullable=False),
    Column("public", String(_ID), nullable=False),
    Column("position", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "key_id"),
    Index("keys_by_device", "tenant", "device"),
)
"""Device keys with a certificate in the log."""

gaps = Table(
    "gaps",
    metadata,
    _tenant(),
    Column("device", String(_ID), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("sha256", String(_HASH), nullable=False),
    PrimaryKeyConstraint("tenant", "device", "seq"),
)
"""Entries that a device has set aside, by hash; the empty hash stands for one that is unknown."""

revocations = Table(
    "revocations",
    metadata,
    _tenant(),
    Column("key_id", String(_ID), nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("last_sha256", String(_HASH), nullable=False),
    Column("position", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "key_id"),
)
"""Keys that count no longer, and the last entry of theirs that does."""

uploads = Table(
    "uploads",
    metadata,
    _tenant(),
    Column("id", String(_ID), nullable=False),
    Column("device", String(_ID), nullable=False),
    Column("sha256", String(_HASH), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("started_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "id"),
    Index("uploads_by_device", "tenant", "device", "sha256"),
    Index("uploads_by_time", "tenant", "started_ms"),
)
"""Resumable uploads that are not finished."""

pieces = Table(
    "pieces",
    metadata,
    _tenant(),
    Column("upload", String(_ID), nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("name", String(_NAME), nullable=False),
    PrimaryKeyConstraint("tenant", "upload", "start"),
)
"""The durable parts of an unfinished upload, each an object of the blob store."""

feed = Table(
    "feed",
    metadata,
    _tenant(),
    Column("device", String(_ID), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("sha256", String(_HASH), nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("tenant", "device", "number"),
)
"""What the office has to say to each device, numbered from 1 and chained."""

enrolments = Table(
    "enrolments",
    metadata,
    _tenant(),
    Column("id", String(_ID), nullable=False),
    Column("offer", LargeBinary, nullable=False),
    Column("request", LargeBinary),
    Column("response", LargeBinary),
    Column("expires_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "id"),
    Index("enrolments_by_time", "tenant", "expires_ms"),
)
"""The letter box of an enrolment under way."""

nonces = Table(
    "nonces",
    metadata,
    _tenant(),
    Column("nonce", String(_ID), nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "nonce"),
    Index("nonces_by_time", "tenant", "expires_ms"),
)
"""Nonces that were used: a second use finds its row."""

audit = Table(
    "audit",
    metadata,
    _tenant(),
    Column("number", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("code", String(_ID), nullable=False),
    Column("call", String(_ID), nullable=False),
    Column("key_id", String(_ID), nullable=False),
    Column("subject", String(_HASH), nullable=False),
    PrimaryKeyConstraint("tenant", "number"),
)
"""What was refused or looked wrong: codes and ids only."""

registrations = Table(
    "registrations",
    metadata,
    _tenant(),
    Column("public_id", String(32), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("box", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("salt", LargeBinary(32), nullable=False),
    Column("proof_sha256", String(_HASH), nullable=False),
    Column("takes_replies", Boolean, nullable=False),
    PrimaryKeyConstraint("tenant", "public_id"),
)
"""What the console says in public about each notice, sealed; and what is kept of the reply code."""

replies = Table(
    "replies",
    metadata,
    _tenant(),
    Column("number", BigInteger, nullable=False),
    Column("public_id", String(32), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("reply", String(32), nullable=False),
    Column("sha256", String(_HASH), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("name", String(_NAME), nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("taken_ms", BigInteger),
    PrimaryKeyConstraint("tenant", "number"),
    UniqueConstraint("tenant", "public_id", "reply", name="replies_once"),
    Index("replies_by_taking", "tenant", "taken_ms", "number"),
)
"""What enterprises answered; `ordinal` counts those of one notice.

`name` is the object of the blob store, empty once it was dropped; `taken_ms` when the console said that it
holds the reply.
"""

allowances = Table(
    "allowances",
    metadata,
    _tenant(),
    Column("name", String(_ID), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "name"),
)
"""What an administrator has allowed, where it is another amount than the program's own."""
