"""The archive's first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _make_aside()
    _make_audit()
    _make_blobs()
    _make_enrolments()
    _make_entries()
    _make_entry_blobs()
    _make_feed()
    _make_gaps()
    _make_keys()
    _make_leaves()
    _make_nodes()
    _make_nonces()
    _make_offices()
    _make_pieces()
    _make_revocations()
    _make_statements()
    _make_uploads()


def downgrade() -> None:
    """Drop them, with everything in them."""
    op.drop_index("uploads_by_time", table_name="uploads")
    op.drop_index("uploads_by_device", table_name="uploads")
    op.drop_table("uploads")
    op.drop_table("statements")
    op.drop_table("revocations")
    op.drop_table("pieces")
    op.drop_table("offices")
    op.drop_index("nonces_by_time", table_name="nonces")
    op.drop_table("nonces")
    op.drop_table("nodes")
    op.drop_table("leaves")
    op.drop_index("keys_by_device", table_name="keys")
    op.drop_table("keys")
    op.drop_table("gaps")
    op.drop_table("feed")
    op.drop_index("entry_blobs_by_blob", table_name="entry_blobs")
    op.drop_table("entry_blobs")
    op.drop_index("entries_by_missing", table_name="entries")
    op.drop_table("entries")
    op.drop_index("enrolments_by_time", table_name="enrolments")
    op.drop_table("enrolments")
    op.drop_table("blobs")
    op.drop_table("audit")
    op.drop_table("aside")


def _make_aside() -> None:
    op.create_table(
        "aside",
        sa.Column("tenant", sa.String(length=128), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=128), nullable=False),
        sa.Column("device", sa.String(length=128), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "number"),
        sa.UniqueConstraint("tenant", "sha256", name="aside_once"),
    )


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("tenant", sa.String(length=128), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=128), nullable=False),
        sa.Column("call", sa.String(length=128), nullable=False),
        sa.Column("key_id", sa.String(length=128), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "number"),
    )


def _make_blobs() -> None:
    op.create_table(
        "blobs",
        sa.Column("tenant", sa.String(length=128), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("stored_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "sha256"),
    )


def _make_enrolments() -> None:
    op.create_table(
        "enrolments",
        sa.Column("tenant", sa.String(length=128), nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("offer", sa.LargeBinary(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=True),
        sa.Column("response", sa.LargeBinary(), nullable=True),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index("enrolments_by_time", "enrolments", ["tenant", "expires_ms"], unique=False)


def _make_entries() -> None:
    op.create_table(
        "entries",
        sa.Column("tenant", sa.String(length=128), nullable=False),
        sa.Column("device", sa.String(length=128), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key_id", sa.String(length=128), nullable=False),
        sa.Column("missing", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "device", "seq"),
        sa.UniqueConstraint("tenant", "sha256", name="entries_once"),
    )
    op.create_index("entries_by_missing", "entries", ["tenant", "missing", "received_ms"], unique=False)


def _make_entry_blobs() -> None:
    op.create_table(
        "entry_blobs",
        sa.Column("tenant", sa.String(length=128), nullable=False),
        sa.Column("entry", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=128), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "entry", "sha256"),
    )
    op.create_index("entry_blobs_by_blob", "entry_blobs", ["tenant", "sha256"], unique=False)


def _make_feed() -> None:
    op.create_table(
        "feed",
        sa.Column("tenant", sa.String(length=128), nullable=False),
        sa.Column("device", sa.String(length=128), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "device", "number"),
    )


def _make_gaps() -> None:
    op.create_table(
        "gaps",
        sa.Column("tenant", sa.String(length=128), nullable=False),
        sa.Column("device", sa.String(length=128), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "device", "seq"),
    )


def _make_keys() -> None:
    op.create_table(
        "keys",
        sa.Column("tenant", sa.String(length=128), nullable=False),
        sa.Column("key_id", sa.String(length=128), nullable=False),
        sa.Column("device", sa.String(length=128), nullable=False),
        sa.Column("public", sa.String(length=128), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "key_id"),
    )
    op.create_index("keys_by_device", "keys", ["tenant", "device"], unique=False)


def _make_leaves() -> None:
    op.create_table(
        "leaves",
        sa.Column("tenant", sa.String(length=128), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "position"),
        sa.UniqueConstraint("tenant", "sha256", name="leaves_once"),
    )


def _make_nodes() -> None:
    op.create_table(
        "nodes",
        sa.Column("tenant", sa.String(length=128), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "level", "position"),
    )


def _make_nonces() -> None:
    op.create_table(
        "nonces",
        sa.Column("tenant", sa.String(length=128), nullable=False),
        sa.Column("nonce", sa.String(length=128), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "nonce"),
    )
    op.create_index("nonces_by_time", "nonces", ["tenant", "expires_ms"], unique=False)


def _make_offices() -> None:
    op.create_table(
        "offices",
        sa.Column("tenant", sa.String(length=128), nullable=False),
        sa.Column("log_size", sa.BigInteger(), nullable=False),
        sa.Column("known_size", sa.BigInteger(), nullable=False),
        sa.Column("known_root", sa.String(length=64), nullable=False),
        sa.Column("abandoned_size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant"),
    )


def _make_pieces() -> None:
    op.create_table(
        "pieces",
        sa.Column("tenant", sa.String(length=128), nullable=False),
        sa.Column("upload", sa.String(length=128), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "upload", "start"),
    )


def _make_revocations() -> None:
    op.create_table(
        "revocations",
        sa.Column("tenant", sa.String(length=128), nullable=False),
        sa.Column("key_id", sa.String(length=128), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_sha256", sa.String(length=64), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "key_id"),
    )


def _make_statements() -> None:
    op.create_table(
        "statements",
        sa.Column("tenant", sa.String(length=128), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "version"),
    )


def _make_uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("tenant", sa.String(length=128), nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("device", sa.String(length=128), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index("uploads_by_device", "uploads", ["tenant", "device", "sha256"], unique=False)
    op.create_index("uploads_by_time", "uploads", ["tenant", "started_ms"], unique=False)
