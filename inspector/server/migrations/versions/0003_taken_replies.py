"""Replies that the console has taken over, and how much room replies may take."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, its index and the table."""
    op.add_column("replies", sa.Column("taken_ms", sa.BigInteger))
    op.create_index("replies_by_taking", "replies", ["tenant", "taken_ms", "number"])
    op.create_table(
        "allowances",
        sa.Column("tenant", sa.String(128), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "name"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("allowances")
    op.drop_index("replies_by_taking", "replies")
    with op.batch_alter_table("replies") as table:
        table.drop_column("taken_ms")
