"""What the server says in public, held against what this console has said: neither may be older unnoticed.

* A server that was put back from a backup lacks registrations or has older ones: they go out again.
* A console that was put back finds newer ones that it signed itself: their state is taken over, or the next
  change here would undo in public what was decided since.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Protocol

from inspector.console.copy import DeskCopy
from inspector.console.database import DeskDatabase, Row
from inspector.domain.access import Access
from inspector.errors import FormatError, RegistrationForeignError, RegistrationsNewerError, TrustError
from inspector.trust.keys import VerifyKey
from inspector.work.ports import Alarm
from inspector.work.registration import Standing, read_box

_NAMED = 5


class PublicBoard(Protocol):
    """What anybody can be shown."""

    def registered(self) -> Mapping[str, int]:
        """The version of each registration, by public id."""
        ...

    def registration_box(self, public_id: str) -> bytes:
        """A sealed registration."""
        ...


def compare(
    database: DeskDatabase, copy: DeskCopy, board: PublicBoard, *, feed: VerifyKey, at_ms: int
) -> None:
    """Hold every registration against the server's; what is older there goes out with the next publishing.

    Args:
        feed: the key under which this office signs registrations.

    Raises:
        AvailabilityError: the line broke; the next time begins anew.
    """
    held = board.registered()
    taken, foreign = [], []
    rows = database.rows(
        "SELECT g.*, n.number FROM registrations g JOIN notices n ON n.entry = g.entry WHERE g.access != ''"
    )
    for row in rows:
        there = held.get(row["public_id"], 0)
        if there < row["published"]:
            database.do("UPDATE registrations SET published = 0 WHERE entry = ?", row["entry"])
        elif there > max(row["version"], row["published"]):
            standing = _newer(board, row, feed)
            if standing is None:
                foreign.append(row["number"] or "")
            else:
                _take_over(database, row["entry"], standing)
                taken.append(row["number"] or "")
    if taken:
        newer = RegistrationsNewerError(count=len(taken), numbers=_named(taken))
        copy.raise_alarm(Alarm.of(newer, at_ms))
    if foreign:
        not_ours = RegistrationForeignError(count=len(foreign), numbers=_named(foreign))
        copy.raise_alarm(Alarm.of(not_ours, at_ms))


def _newer(board: PublicBoard, row: Row, feed: VerifyKey) -> Standing | None:
    """What the server's newer registration says; None when this office has not signed it."""
    key = Access.from_record(json.loads(row["access"])).key
    try:
        standing = read_box(
            board.registration_box(row["public_id"]), key=key, public_id=row["public_id"], feed=feed
        )
    except (TrustError, FormatError):
        return None
    return standing if standing.version > row["version"] else None


def _take_over(database: DeskDatabase, entry: str, standing: Standing) -> None:
    database.do(
        "UPDATE registrations SET version = ?, published = ?, state = ?, since_ms = ?, reason = ?,"
        " replaced_by = ?, office_copy_sha256 = ? WHERE entry = ?",
        standing.version,
        standing.version,
        standing.state.value,
        standing.since_ms,
        standing.reason,
        standing.replaced_by,
        standing.office_copy_sha256,
        entry,
    )


def _named(numbers: list[str]) -> str:
    more = f"等 {len(numbers)} 份" if len(numbers) > _NAMED else ""
    return "、".join(numbers[:_NAMED]) + more
