"""Papers that a revoked key signed: kept in quarantine, believed by nobody, yet perhaps handed over.

* They are opened only to say what became of a number: nothing of them is entered as a notice or a record.
* A number that such a paper claims stays out of circulation, as all numbers of a revoked tablet do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from inspector.console.database import DeskDatabase
from inspector.domain.numbering import Series, Use
from inspector.errors import InspectorError, NumberQuarantinedError
from inspector.trust.ledger import GENESIS
from inspector.work.intake import Examiner, NoticeEntry
from inspector.work.ports import Alarm


def note_quarantined(
    envelope: bytes, *, examiner: Examiner, database: DeskDatabase, now_ms: int
) -> tuple[Alarm, ...]:
    """Note the number that a paper in quarantine claims; the alarm that this raises.

    Raises:
        TrustError, FormatError: not even the revoked key signed it, or it cannot be read.
    """
    forgiving = replace(examiner, keyring=examiner.keyring.without_revocations())
    opened = forgiving.open_entry(envelope, head=GENESIS, index=0, arrived_ms=now_ms)
    content = opened.content
    if not isinstance(content, NoticeEntry) or content.numbered is None:
        return ()
    series, number = content.numbered.series, content.notice.number or ""
    row = {
        "entry": opened.sha256,
        "issuer": series.issuer.value,
        "series": series.document,
        "year": series.year,
        "serial": content.numbered.serial,
        "number": number,
        "device": opened.delivery.device,
        "notice": content.id,
        "issued_on": content.notice.issued_on.isoformat(),
    }
    database.put("number_claims", row)
    return (Alarm.of(NumberQuarantinedError(number=number), now_ms, opened.sha256),)


def alarms_of(
    envelope: bytes, *, examiner: Examiner, database: DeskDatabase, now_ms: int, about: str
) -> tuple[Alarm, ...]:
    """As `note_quarantined`; one that cannot be read is an alarm as well."""
    try:
        return note_quarantined(envelope, examiner=examiner, database=database, now_ms=now_ms)
    except InspectorError as error:
        return (Alarm.of(error, now_ms, about),)


def claims_of(database: DeskDatabase, series: Series) -> Mapping[int, tuple[Use, ...]]:
    """Papers in quarantine by the number of a series that they claim; none that was taken in after all."""
    found: dict[int, tuple[Use, ...]] = {}
    for row in database.rows(
        "SELECT * FROM number_claims WHERE issuer = ? AND series = ? AND year = ?"
        " AND notice NOT IN (SELECT notice FROM number_uses) ORDER BY serial, issued_on, entry",
        series.issuer.value,
        series.document,
        series.year,
    ):
        claim = Use(
            number=row["number"],
            entry=row["entry"],
            device=row["device"],
            issued_on=date.fromisoformat(row["issued_on"]),
        )
        found[row["serial"]] = (*found.get(row["serial"], ()), claim)
    return found
