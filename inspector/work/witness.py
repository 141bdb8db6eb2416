"""Holding the office to its log: it may only grow, and a receipt must stand in it.

* The largest head seen is pinned; each later one must be shown to continue it.
* A receipt counts only under a checkpoint that belongs to the same history.
* Nothing here trusts the server: the log's key comes from the statement that the office's root signed.
"""

from __future__ import annotations

from inspector.domain.delivery import LogHead
from inspector.errors import (
    AvailabilityError,
    FormatError,
    LogForkedError,
    LogOlderError,
    ProofInvalidError,
    ReceiptInvalidError,
    RefusalError,
)
from inspector.trust.ledger import Checkpoint, Receipt, verify_checkpoint, verify_consistency, verify_receipt
from inspector.work.ports import OutboxEntry
from inspector.work.round import Round


class Witness:
    """What this device knows of the log, during one round."""

    def __init__(self, round_: Round) -> None:
        self._round = round_
        self._log = round_.statement.log
        self._believed: set[LogHead] = set()

    def look(self) -> None:
        """Fetch the newest checkpoint and pin it.

        Raises:
            CheckpointInvalidError: the log's key did not sign it.
            LogOlderError: the log is shorter than it was.
            LogForkedError: the log is another one than it was.
        """
        note = self._round.ask(self._round.office.checkpoint)
        checkpoint = verify_checkpoint(note, self._log.name, self._log.key, origin=self._log.name)
        head = _head(checkpoint)
        pinned = self._round.pins.checkpoint()
        if pinned is not None and head.size < pinned.size:
            self._show_pinned()
            raise LogOlderError(shown=head.size, known=pinned.size)
        self._believe(head, note)

    def index_of(self, entry: OutboxEntry, receipt: bytes) -> int:
        """The entry's place in the log, once `receipt` is shown to prove it.

        Raises:
            ReceiptInvalidError: it does not.
            LogForkedError: it stands in another history.
        """
        envelope = self._round.outbox.envelope(entry.sha256)
        try:
            given = Receipt.from_bytes(receipt)
            checkpoint = verify_receipt(given, envelope, self._log)
        except (ProofInvalidError, FormatError) as error:
            raise ReceiptInvalidError(seq=entry.seq, reason="证明不成立") from error
        self._believe(_head(checkpoint), given.checkpoint)
        return given.index

    def _show_pinned(self) -> None:
        """Let a server that was put back know what it had already signed, so that it waits to be refilled."""
        note = self._round.pins.checkpoint_note()
        if note:
            self._round.ask(lambda: self._round.office.show_checkpoint(note))

    def _believe(self, head: LogHead, note: bytes) -> None:
        """Accept `head` as belonging to the pinned history, and pin it if it is larger."""
        pinned = self._round.pins.checkpoint()
        if head in self._believed or head == pinned:
            return
        if pinned is not None:
            smaller, larger = sorted((pinned, head), key=lambda each: each.size)
            self._check_growth(smaller, larger)
        self._believed.add(head)
        if pinned is None or head.size > pinned.size:
            self._round.pins.pin_checkpoint(head, note)

    def _check_growth(self, smaller: LogHead, larger: LogHead) -> None:
        if smaller.size == larger.size:
            raise LogForkedError(size=smaller.size)
        if smaller.size == 0:
            return
        try:
            proof = self._round.ask(lambda: self._round.office.consistency(smaller.size, larger.size))
            verify_consistency(
                smaller.size,
                bytes.fromhex(smaller.root),
                larger.size,
                bytes.fromhex(larger.root),
                proof,
            )
        except AvailabilityError:
            raise
        except (ProofInvalidError, RefusalError, FormatError) as error:
            # Refusing to prove is no better than failing to.
            raise LogForkedError(size=smaller.size) from error


def _head(checkpoint: Checkpoint) -> LogHead:
    return LogHead(size=checkpoint.size, root=checkpoint.root.hex())
