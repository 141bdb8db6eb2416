"""The document numbers of this tablet: taken one by one, given back when they are of no use here any more.

* A number is taken, durably, before a paper with it exists: a gap can be explained, a number on two papers
  cannot. Which entry it was taken for is kept with it, so that one without a paper is told as such.
* What is given back is never taken again, from the durable write on that says so.
* A store that was put back to an older copy does not know which numbers it took since. Where its place shows
  that, it takes none until the office has heard of it, and never one that it may have had before; where only
  the office notices, it takes none any more.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from inspector.domain.identifiers import format_number, uuid7
from inspector.domain.issuer import IssuerKind
from inspector.domain.numbering import Numbered, Series
from inspector.domain.profile import IssuerProfile
from inspector.domain.working_days import china_date
from inspector.errors import NumbersOverlapError, StorePutBackError
from inspector.store.memory import FACTS, DeviceMemory, Row
from inspector.work.feed import NumberBlock
from inspector.work.numbers import BlockWord, tell_numbers
from inspector.work.ports import Alarm
from inspector.work.seal import DeviceSeal, Tables

NUMBERS, TAKEN = "number-blocks", "numbers-taken"
"""Tables of the memory: blocks by their id, and numbers taken with the entry that they were taken for."""
STOPPED, PUT_BACK = "numbers-stopped", "numbers-put-back"
"""Facts: that the office has entries which this store does not know; that this store was put back or moved,
and by which entry the office was told."""


class Hold(StrEnum):
    """Why a tablet may take none of the numbers that it has."""

    PUT_BACK = "put-back"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenNumber:
    """A number that was taken for one entry; `text` is as it is printed."""

    numbered: Numbered
    text: str


class NumberBook:
    """The blocks of one tablet.

    Args:
        profile: who issues; None before the office said so.
        device: this tablet's id; None before it has one.
    """

    def __init__(
        self,
        *,
        memory: DeviceMemory,
        profile: Callable[[], IssuerProfile | None],
        device: Callable[[], str | None],
        clock: Callable[[], int],
    ) -> None:
        self._memory, self._profile, self._device, self._clock = memory, profile, device, clock

    # --- Where the store lies ---

    def look_where_we_are(self) -> None:
        """Called once, when the store is opened, before any number is taken.

        A copy, put back or moved, gives up every number that it holds: which of them are on papers is known
        to the state that it took the place of. So does, once, a store without a mark, which an earlier
        program left: a copy from that time looks the same, however late it is put back, and no answer of the
        office could tell them apart, for it does not know of papers that were never sent.

        Raises:
            StoreFullError, StoreUnavailableError: the disk.
        """
        if self._memory.is_in_place:
            return
        if self._device() is None:
            self._memory.put_in_place({})
            return
        held = {id: row for id, row in self._memory.rows(NUMBERS).items() if _is_open(row)}
        # Before the store is in its place: afterwards nobody would look, and raise it, again.
        self._memory.raise_alarm(Alarm.of(StorePutBackError(), self._clock()))
        self._memory.put_in_place(
            {
                NUMBERS: {id: {**row, "void": True} for id, row in held.items()},
                # What was taken without a paper here may have come to one since.
                TAKEN: dict.fromkeys(self._memory.rows(TAKEN)),
                FACTS: {PUT_BACK: {"entry": ""}},
            }
        )

    @property
    def is_put_back(self) -> bool:
        """Whether the office has not answered yet that it heard of this store being put back or moved."""
        fact = self._memory.fact(PUT_BACK)
        if fact is None:
            return False
        return not fact["entry"] or self._memory.acknowledged_ms(str(fact["entry"])) is None

    # --- What the office sends ---

    def take_in(self, block: NumberBlock) -> None:
        """A block for this tablet; the same one again changes nothing.

        What was written before the office heard that this store was put back may be a block that it had
        before: it is kept to be given up.

        Raises:
            NumbersOverlapError: some of its numbers are in another block that is still this tablet's.
        """
        if self._memory.row(NUMBERS, block.id) is not None:
            return
        for row in self._blocks(block.series):
            if block.first <= _end(row) and _int(row, "first") <= block.last:
                raise NumbersOverlapError(first=block.first, last=block.last)
        row = {
            "issuer": block.series.issuer.value,
            "series": block.series.document,
            "year": block.series.year,
            "template": block.template,
            "first": block.first,
            "next": block.first,
            "last": block.last,
            "returned": False,
            "told": "",
            "void": self.is_put_back,
        }
        self._memory.put_in_place({NUMBERS: {block.id: row}})

    def recall(self, blocks: Collection[str]) -> None:
        """The office wants these back: nothing more is taken from them."""
        self._give_back({id for id in blocks if self._memory.row(NUMBERS, id) is not None})

    def stop(self) -> None:
        """This store is an older copy: it does not know what it took, and takes nothing more."""
        self._memory.put_fact(STOPPED, {"device": self._device() or "", "at_ms": self._clock()})

    # --- Taking ---

    @property
    def is_stopped(self) -> bool:
        """Whether numbers may not be taken any more."""
        fact = self._memory.fact(STOPPED)
        return fact is not None and fact["device"] == (self._device() or "")

    @property
    def hold(self) -> Hold | None:
        """Why no number may be taken now, whatever is left; None where one may."""
        if self.is_stopped:
            return Hold.STOPPED
        return Hold.PUT_BACK if self.is_put_back else None

    def left(self, document: str, year: int) -> int:
        """How many numbers this tablet still has for a kind of document."""
        profile = self._profile()
        if profile is None or self.hold is not None:
            return 0
        rows = self._blocks(Series(issuer=profile.kind, document=document, year=year))
        return sum(_int(row, "last") - _int(row, "next") + 1 for row in rows if _is_open(row))

    def take(self, document: str, *, entry: str) -> TakenNumber | None:
        """The next number of this year, used up from now on; None when there is none.

        Args:
            entry: id of the entry that will carry the paper.

        Raises:
            NumberTemplateError: the number cannot be printed; it is used up all the same.
            StoreFullError, StoreUnavailableError: none was taken.
        """
        profile = self._profile()
        if profile is None or self.hold is not None:
            return None
        series = Series(issuer=profile.kind, document=document, year=china_date(self._clock()).year)
        for id, row in self._of(series):
            serial = _int(row, "next")
            if not _is_open(row):
                continue
            taken = {"block": id, "serial": serial, "entry": entry}
            self._memory.put_in_place(
                {NUMBERS: {id: {**row, "next": serial + 1}}, TAKEN: {f"{id} {serial}": taken}}
            )
            text = format_number(str(row["template"]), year=series.year, serial=serial, region=profile.region)
            return TakenNumber(numbered=Numbered(series=series, serial=serial), text=text)
        return None

    # --- Telling the office ---

    def tell_the_office(self, seal: Callable[[], DeviceSeal]) -> None:
        """Give back what is of no use here, and enter into the chain whatever was not said yet.

        It is called while no paper is being issued: a number without its entry has none coming.

        Raises:
            NotEnrolledError: this tablet is not enrolled.
            StoreFullError, StoreUnavailableError: not said yet.
        """
        if self.is_stopped:
            return
        self._give_back(self._idle())
        lost, settled = self._without_paper()
        words = [
            (id, row, lost.get(id, ()))
            for id, row in self._memory.rows(NUMBERS).items()
            if id in lost or row["told"] != _state(row)
        ]
        said: Tables = {
            NUMBERS: {id: {**row, "told": _state(row)} for id, row, _ in words},
            TAKEN: dict.fromkeys(settled),
        }
        fact = self._memory.fact(PUT_BACK)
        is_due = fact is not None and not fact["entry"]
        if not words and not is_due:
            self._memory.put_tables(said)
            return
        now = self._clock()
        tell_numbers(
            tuple(_word(id, row, serials) for id, row, serials in words),
            seal=seal(),
            box=self._memory,
            id=uuid7(at_ms=now, random=secrets.token_bytes(10)),
            at_ms=now,
            beside=lambda entry: {**said, FACTS: {PUT_BACK: {"entry": entry.sha256}}} if is_due else said,
        )

    # --- Inside ---

    def _idle(self) -> set[str]:
        """Blocks of years gone by, or of another kind of issuer than ours now."""
        profile, year = self._profile(), china_date(self._clock()).year
        return {
            id
            for id, row in self._memory.rows(NUMBERS).items()
            if _int(row, "year") < year or (profile is not None and row["issuer"] != profile.kind.value)
        }

    def _give_back(self, ids: set[str]) -> None:
        rows = self._memory.rows(NUMBERS)
        kept = {id: {**rows[id], "returned": True} for id in ids if _is_open(rows[id])}
        if kept:
            self._memory.put_in_place({NUMBERS: kept})

    def _without_paper(self) -> tuple[dict[str, tuple[int, ...]], tuple[str, ...]]:
        """Numbers without a paper, by block; and the keys of all that need not be remembered any more."""
        lost: dict[str, tuple[int, ...]] = {}
        taken = self._memory.rows(TAKEN)
        for row in taken.values():
            if self._memory.sealed_as(str(row["entry"])) is None:
                block = str(row["block"])
                lost[block] = (*lost.get(block, ()), _int(row, "serial"))
        return lost, tuple(taken)

    def _blocks(self, series: Series) -> Iterator[Row]:
        return (row for _, row in self._of(series))

    def _of(self, series: Series) -> Iterator[tuple[str, Row]]:
        rows = self._memory.rows(NUMBERS)
        for id in sorted(rows, key=lambda id: _int(rows[id], "first")):
            row = rows[id]
            if (row["issuer"], row["series"], row["year"]) == (
                series.issuer.value,
                series.document,
                series.year,
            ):
                yield id, row


def _word(id: str, row: Row, no_paper: tuple[int, ...]) -> BlockWord:
    return BlockWord(
        block=id,
        series=Series(
            issuer=IssuerKind(str(row["issuer"])), document=str(row["series"]), year=_int(row, "year")
        ),
        first=_int(row, "first"),
        last=_int(row, "last"),
        next=_int(row, "next"),
        returned_from=_int(row, "next") if row["returned"] else None,
        no_paper=tuple(sorted(no_paper)),
        is_void=_is_void(row),
    )


def _is_void(row: Row) -> bool:
    """Given up: the store was put back or moved. Earlier programs wrote nothing of the kind."""
    return row.get("void") is True


def _is_open(row: Row) -> bool:
    """Whether numbers can be taken from it."""
    return not row["returned"] and not _is_void(row) and _int(row, "next") <= _int(row, "last")


def _state(row: Row) -> str:
    """What the office has to hear of: that the block is here, that it is given back, or given up."""
    if _is_void(row):
        return "void"
    return "returned" if row["returned"] else "held"


def _end(row: Row) -> int:
    """The last number that is this tablet's."""
    return _int(row, "next") - 1 if row["returned"] or _is_void(row) else _int(row, "last")


def _int(row: Mapping[str, object], name: str) -> int:
    return cast("int", row[name])
