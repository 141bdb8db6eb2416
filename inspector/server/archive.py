"""The archive: a database by URL, and the two kinds of transaction that everything else is built of.

* `write()` commits before it returns; an acknowledgement is sent only after that.
* One writing transaction at a time per tenant: on SQLite by `BEGIN IMMEDIATE`, elsewhere by a lock on the
  tenant's row. The order of the log needs it, and it keeps chains and counters free of races.
* SQLite runs in WAL mode with `synchronous=FULL`. What is particular to it is in `_tune_sqlite` and nowhere
  else.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from inspector.errors import OfficeBusyError
from inspector.server.schema import offices

BUSY_TIMEOUT_S = 20
"""How long a transaction waits for another process's before the client is asked to come back."""

RETRY_AFTER_S = 5
"""When a client may come back to a database that could not serve it."""

_WRITES = {"inspector_writes": True}


class Archive:
    """One tenant's part of a database.

    Args:
        url: an SQLAlchemy URL, such as `sqlite:////var/lib/inspector/archive.db` or `postgresql+psycopg://…`.
        tenant: the first part of every key.
    """

    def __init__(self, url: str, *, tenant: str) -> None:
        self.tenant = tenant
        self._engine = create_engine(url, pool_size=8, max_overflow=8)
        self._is_sqlite = self._engine.dialect.name == "sqlite"
        # Threads of one process queue here instead of polling SQLite's lock.
        self._turn = threading.Lock()
        if self._is_sqlite:
            _tune_sqlite(self._engine)

    def migrate(self) -> None:
        """Bring the tables to this version and make the tenant's row; safe to run from several processes.

        Raises:
            OfficeBusyError: the database cannot be reached.
        """
        config = Config()
        config.set_main_option("script_location", "inspector.server:migrations")
        with self._transaction(writes=True) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if connection.scalar(select(offices.c.tenant).where(offices.c.tenant == self.tenant)) is None:
                connection.execute(
                    insert(offices).values(
                        tenant=self.tenant,
                        log_size=0,
                        known_size=0,
                        known_root="",
                        abandoned_size=0,
                    )
                )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the archive.

        Raises:
            OfficeBusyError: the database cannot be reached or stays locked.
        """
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The tenant's only writing transaction; durable when the block is left, undone when it raises.

        Raises:
            OfficeBusyError: the database cannot be reached, is full or stays locked; nothing was written.
        """
        with self._transaction(writes=True) as connection:
            connection.execute(
                select(offices.c.tenant).where(offices.c.tenant == self.tenant).with_for_update()
            )
            yield connection

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        try:
            with self._turns(writes), self._engine.connect() as plain:
                connection = plain.execution_options(**(_WRITES if writes else _snapshot(self._is_sqlite)))
                with connection.begin():
                    yield connection
        except (OperationalError, PoolTimeoutError) as error:
            raise OfficeBusyError(retry_after_s=RETRY_AFTER_S) from error
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            raise OfficeBusyError(retry_after_s=RETRY_AFTER_S) from error

    @contextmanager
    def _turns(self, writes: bool) -> Iterator[None]:
        if not writes:
            yield
            return
        with self._turn:
            yield


def _snapshot(is_sqlite: bool) -> dict[str, Any]:
    # SQLite's deferred transaction in WAL mode already is a snapshot.
    return {} if is_sqlite else {"isolation_level": "REPEATABLE READ"}


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("inspector_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN DEFERRED")
