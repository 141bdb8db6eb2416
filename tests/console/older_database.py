"""A console's database as an earlier version of the program left it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from inspector.console.database import _STEPS


def older_database(
    path: Path, key: bytes, steps: int, rows: Mapping[str, list[Mapping[str, object]]]
) -> None:
    """Write a database that has gone the first `steps` steps and holds these rows, by table."""
    connection = sqlcipher.connect(str(path), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.executescript("".join(_STEPS[:steps]))
    for table, held in rows.items():
        for row in held:
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))
    connection.execute(f"PRAGMA user_version = {steps}")
    connection.close()
