"""Document numbers that the console itself holds: a block in the book like any tablet's, taken one by one.

* A number is taken in the transaction that keeps its document: there is never one without a paper.
* After an older copy of the console was put back nobody knows how far it had come: what it held is void, and
  the next numbers of its series are left out.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import date

from inspector.console.database import DeskDatabase
from inspector.console.form_sets import ids_ever
from inspector.console.number_ledger import NumberLedger
from inspector.domain.identifiers import uuid7
from inspector.domain.issuer import NoticeKind, kinds_of
from inspector.domain.numbering import MOST, Numbered, Series, Use
from inspector.errors import IllegalMoveError
from inspector.work.feed import NumberBlock

HOLDER = "console"
"""Who holds the console's blocks; tablets have UUIDs."""
HOLDER_WORD = "审核台"
BLOCK = 10
"""Numbers that the console takes out of a series at once."""
ISSUED_HERE = NoticeKind.EXTENSION
"""The kind of document that the console issues itself, in the shipped form or an own one of the office."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The number that comes next, not taken yet."""

    block: str
    numbered: Numbered


class OwnNumbers:
    """The console's own blocks."""

    def __init__(self, database: DeskDatabase, ledger: NumberLedger) -> None:
        self._database, self._ledger = database, ledger

    def offer(self, series: Series, *, template: str, at_ms: int, by: str) -> Offer:
        """The next number of a series; a block is taken out of it when none is left.

        The caller has asked the server what else this console told: see `Desk.catch_up`.

        Raises:
            SeriesEndsError: none is left, here and in the series.
        """
        with self._database.at_once():
            found = self._next(series)
            if found is None:
                count = min(BLOCK, max(1, self._ledger.room(series)))
                for first, last in self._ledger.reserve(series, count):
                    id = uuid7(at_ms=at_ms, random=secrets.token_bytes(10))
                    block = NumberBlock(id=id, series=series, template=template, first=first, last=last)
                    self._ledger.keep(block, device=HOLDER, at_ms=at_ms, by=by)
                found = self._next(series)
        if found is None:
            raise IllegalMoveError(reason="没有可用的文书号")
        return found

    def take(self, offer: Offer, *, number: str, paper: str, issued_on: date) -> None:
        """Take an offered number for a paper, in the transaction that keeps the paper.

        Args:
            number: as it is printed.
            paper: id of the document that carries it.

        Raises:
            IllegalMoveError: it is not the next number any more.
        """
        if self._next(offer.numbered.series) != offer:
            raise IllegalMoveError(reason="这个文书号刚被用掉，请再试一次")
        self._database.do(
            "UPDATE number_blocks SET next = ? WHERE id = ?", offer.numbered.serial + 1, offer.block
        )
        use = Use(number=number, entry=paper, device=HOLDER, issued_on=issued_on)
        self._ledger.took(offer.numbered, use, notice=paper)

    def _next(self, series: Series) -> Offer | None:
        for held, block in self._ledger.blocks_of(HOLDER):
            serial = block.first if block.next is None else block.next
            if held == series and not block.closed and serial <= block.end:
                return Offer(block=block.id, numbered=Numbered(series=series, serial=serial))
        return None


def give_up(ledger: NumberLedger, database: DeskDatabase, reason: str) -> None:
    """An older copy of the console was put back: nothing that it may have used is used again."""
    ledger.close_device(HOLDER, reason)
    documents = (ISSUED_HERE.value, *ids_ever(database, ISSUED_HERE))
    # The first number may have been used before the copy knew of its series: tablets get none of it.
    begun = {
        replace(one, document=document)
        for one in ledger.all_series()
        for document in documents
        if ISSUED_HERE in kinds_of(one.issuer)
    }
    for series in sorted(begun, key=lambda one: (one.issuer, one.document, one.year)):
        ledger.skip(series, MOST, reason)
