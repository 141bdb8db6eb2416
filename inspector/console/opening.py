"""Opening an entry again that was taken in before: it must be what it was then."""

from __future__ import annotations

from inspector.console.database import DeskDatabase
from inspector.errors import EntryDisagreesError, RecordUnknownError
from inspector.trust.ledger import GENESIS, ChainHead
from inspector.work.intake import Examiner, OpenedEntry


def open_again(database: DeskDatabase, examiner: Examiner, entry: str) -> OpenedEntry:
    """An entry of the mirrored log, opened and examined.

    Raises:
        RecordUnknownError: there is none of that name.
        EntryDisagreesError: it holds something else than when it was taken in.
        TrustError, FormatError: it cannot be believed.
    """
    leaf = database.row("SELECT idx, bytes FROM leaves WHERE sha256 = ?", entry)
    known = database.row("SELECT * FROM entries WHERE sha256 = ?", entry)
    if leaf is None or known is None:
        raise RecordUnknownError(id=entry[:12])
    before = database.row(
        "SELECT seq, sha256 FROM entries WHERE device = ? AND idx < ? ORDER BY idx DESC LIMIT 1",
        known["device"],
        known["idx"],
    )
    head = ChainHead(seq=before["seq"], sha256=before["sha256"]) if before else GENESIS
    opened = examiner.open_entry(leaf["bytes"], head=head, index=leaf["idx"], arrived_ms=known["arrived_ms"])
    if opened.inner_sha256 != known["inner_sha256"]:
        raise EntryDisagreesError(reason="密封内容与首次打开时不同")
    return opened
