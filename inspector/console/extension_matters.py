"""Requests for more time as the console's database keeps them, and the deadlines that stand after them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from inspector.console.database import DeskDatabase, Row
from inspector.domain.extension import ExtensionRequest, Verdict, deadlines_now
from inspector.domain.notice import Notice
from inspector.domain.notice_details import Extension
from inspector.domain.working_days import Deadline, china_date
from inspector.errors import RecordUnknownError
from inspector.work.more_time import MoreTime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionMatter:
    """One request and what became of it.

    Attributes:
        decided: None while it waits; then by `login` at `decided_ms`.
    """

    request: ExtensionRequest
    decided: Extension | None
    login: str = ""
    decided_ms: int | None = None


def matters_of(database: DeskDatabase, entry: str) -> tuple[ExtensionMatter, ...]:
    """The requests about a document, oldest first."""
    rows = database.rows("SELECT value FROM extensions WHERE entry = ? ORDER BY at_ms, id", entry)
    return tuple(map(_matter, rows))


def matter_of(database: DeskDatabase, id: str) -> ExtensionMatter:
    """One request.

    Raises:
        RecordUnknownError: there is no such request.
    """
    row = database.row("SELECT value FROM extensions WHERE id = ?", id)
    if row is None:
        raise RecordUnknownError(id=id[:12])
    return _matter(row)


def every_matter(database: DeskDatabase) -> tuple[ExtensionMatter, ...]:
    """The requests about all documents, oldest first."""
    return tuple(map(_matter, database.rows("SELECT value FROM extensions ORDER BY at_ms, id")))


def more_time_of(
    database: DeskDatabase, matters: Iterable[ExtensionMatter]
) -> Iterator[tuple[str, MoreTime]]:
    """What a tablet is to hear of each request that was granted, at least in part; and which tablet.

    It is the one that issued the document: no other has it.
    """
    for one in matters:
        row = database.row("SELECT device FROM entries WHERE sha256 = ?", one.request.notice)
        if row is None or one.decided is None or one.decided_ms is None or not one.decided.granted:
            continue
        deadlines = {item.ordinal: item.new for item in one.decided.granted if item.new is not None}
        yield (
            str(row["device"]),
            MoreTime(entry=one.request.notice, deadlines=deadlines, decided_ms=one.decided_ms),
        )


def due_now(database: DeskDatabase, entry: str, notice: Notice) -> Mapping[int, Deadline]:
    """The deadline of each finding of a document that has one, after what was granted."""
    decided = (one.decided for one in matters_of(database, entry))
    return deadlines_now(notice.findings, [one for one in decided if one is not None])


def keep_matter(database: DeskDatabase, matter: ExtensionMatter, verdicts: Mapping[int, Verdict]) -> None:
    """Keep a request as it stands now.

    Args:
        verdicts: what was decided, by ordinal; empty while it waits.
    """
    request, decided = matter.request, matter.decided
    kept = None
    if decided is not None:
        kept = {
            "by": decided.decided_by,
            "login": matter.login,
            "at_ms": matter.decided_ms,
            "verdicts": [[ordinal, one.to_record()] for ordinal, one in sorted(verdicts.items())],
        }
    row = {
        "id": request.id,
        "entry": request.notice,
        "notice": request.notice,
        "value": json.dumps({"request": request.to_record(), "decided": kept}, ensure_ascii=False),
        "at_ms": request.entered_ms,
    }
    database.put("extensions", row)


def _matter(row: Row) -> ExtensionMatter:
    value = json.loads(row["value"])
    request, kept = ExtensionRequest.from_record(value["request"]), value["decided"]
    if kept is None:
        return ExtensionMatter(request=request, decided=None)
    verdicts = {ordinal: Verdict.from_record(one) for ordinal, one in kept["verdicts"]}
    return ExtensionMatter(
        request=request,
        decided=request.decided(verdicts, by=kept["by"], on=china_date(kept["at_ms"])),
        login=kept["login"],
        decided_ms=kept["at_ms"],
    )
