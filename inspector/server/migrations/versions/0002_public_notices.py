"""Sealed registrations of notices, and sealed replies to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "registrations",
        sa.Column("tenant", sa.String(128), nullable=False),
        sa.Column("public_id", sa.String(32), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("box", sa.LargeBinary, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("salt", sa.LargeBinary(32), nullable=False),
        sa.Column("proof_sha256", sa.String(64), nullable=False),
        sa.Column("takes_replies", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "public_id"),
    )
    op.create_table(
        "replies",
        sa.Column("tenant", sa.String(128), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("public_id", sa.String(32), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("reply", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("received_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "number"),
        sa.UniqueConstraint("tenant", "public_id", "reply", name="replies_once"),
    )


def downgrade() -> None:
    """Drop them, with everything in them."""
    op.drop_table("replies")
    op.drop_table("registrations")
