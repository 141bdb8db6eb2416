"""Alembic's entrance: runs the steps on the connection that `Archive.migrate` has opened."""

from __future__ import annotations

from alembic import context

from inspector.server.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
