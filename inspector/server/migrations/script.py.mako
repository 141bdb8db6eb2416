"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    """Apply the step."""
    ${upgrades if upgrades else "raise AssertionError('write the step')"}


def downgrade() -> None:
    """Undo the step."""
    ${downgrades if downgrades else "raise AssertionError('write the step')"}
