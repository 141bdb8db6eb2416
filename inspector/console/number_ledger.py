"""The console's book of document numbers: who was given which, what became of each, what is free again.

* A number leaves the series, or the free ones, in the transaction that writes the message which hands it out.
* What a tablet gives back is free only where that is proven: the whole chain up to its word is here, and no
  paper in it carries such a number.
* Two papers with one number, a number that was not the tablet's, a number in two hands: each raises an alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from inspector.console.database import DeskDatabase, Row
from inspector.console.form_sets import names_ever
from inspector.console.quarantine import claims_of
from inspector.domain.issuer import IssuerKind
from inspector.domain.numbering import LAST, MOST, Account, Block, Numbered, Series, Stretch, Use
from inspector.errors import (
    BlockTwiceError,
    InspectorError,
    NumberForeignError,
    NumbersVoidError,
    NumberTwiceError,
    SeriesEndsError,
)
from inspector.work.feed import NumberBlock
from inspector.work.numbers import BlockWord, NumbersWord
from inspector.work.ports import Alarm

PUT_BACK = "平板数据由旧副本恢复、移动过或由旧版程序升级，可能已印在未上传的文书上"

_OF = "issuer = ? AND series = ? AND year = ?"


class NumberLedger:
    """The book of one console.

    Args:
        raise_alarm: keeps an alarm until a person has seen it.
    """

    def __init__(
        self,
        database: DeskDatabase,
        *,
        raise_alarm: Callable[[Alarm], None],
        clock: Callable[[], int],
    ) -> None:
        self._database, self._raise_alarm, self._clock = database, raise_alarm, clock

    # --- Handing out ---

    def reserve(self, series: Series, count: int) -> tuple[tuple[int, int], ...]:
        """Take `count` numbers out of the series for somebody: free ones first, then the next ones.

        It is called in the transaction that writes the messages which hand them out.

        Raises:
            SeriesEndsError: the series has not so many left; nothing was taken.
        """
        if count > self.room(series):
            raise self._ends(series)
        found: list[tuple[int, int]] = []
        for row in self._stretches(series, free=True):
            taken = min(count, row["last"] - row["first"] + 1)
            if taken < 1:
                break
            self._cut_free(series, row["first"], row["first"] + taken - 1)
            found.append((row["first"], row["first"] + taken - 1))
            count -= taken
        if count > 0:
            first = self.next_of(series)
            self._advance(series, first + count)
            found.append((first, first + count - 1))
        return tuple(found)

    def keep(self, block: NumberBlock, *, device: str, at_ms: int, by: str) -> None:
        """Note a block that a message hands out; the same one again changes nothing.

        A message that this console wrote before it was put back from a backup is noted as any other.
        """
        if self._database.row("SELECT 1 FROM number_blocks WHERE id = ?", block.id):
            return
        series = block.series
        self._cut_free(series, block.first, block.last)
        self._advance(series, block.last + 1)
        last = self._database.row("SELECT MAX(rank) AS n FROM number_blocks")
        row = {
            "id": block.id,
            "rank": (last["n"] if last and last["n"] else 0) + 1,
            **_key(series),
            "first": block.first,
            "last": block.last,
            "device": device,
            "given_ms": at_ms,
            "by": by,
            "next": None,
            "returned_from": None,
            "closed": "",
        }
        self._database.put("number_blocks", row)

    def close_device(self, device: str, reason: str) -> None:
        """Nothing more is expected of a tablet: what it holds is void and never handed out again."""
        self._database.do(
            "UPDATE number_blocks SET closed = ? WHERE device = ? AND closed = '' AND returned_from IS NULL",
            reason,
            device,
        )

    def skip(self, series: Series, count: int, reason: str) -> None:
        """Leave out the next numbers and all free ones: they may be in somebody's hands."""
        self._database.do(
            f"UPDATE number_stretches SET reason = ? WHERE {_OF} AND reason = ''",  # noqa: S608 -- our own
            reason,
            *_of(series),
        )
        first = self.next_of(series)
        self._advance(series, first + count)
        row = {**_key(series), "first": first, "last": first + count - 1, "reason": reason}
        self._database.put("number_stretches", row)

    # --- What tablets say ---

    def took(self, numbered: Numbered, use: Use, *, notice: str) -> None:
        """A paper carries a number; kept whatever is wrong with it."""
        series = numbered.series
        row = {
            "entry": use.entry,
            **_key(series),
            "serial": numbered.serial,
            "number": use.number,
            "device": use.device,
            "notice": notice,
            "issued_on": use.issued_on.isoformat(),
        }
        self._database.put("number_uses", row)
        others = self._database.row(
            f"SELECT COUNT(*) AS n FROM number_uses WHERE entry <> ? AND notice <> ? AND"  # noqa: S608
            f" (number = ? OR ({_OF} AND serial = ?))",
            use.entry,
            notice,
            use.number,
            *_of(series),
            numbered.serial,
        )
        if others and others["n"]:
            self._alarm(NumberTwiceError(number=use.number), use.number)
        if not self._was_of(use.device, numbered):
            self._alarm(NumberForeignError(number=use.number), use.entry)

    def said(self, word: NumbersWord, *, device: str) -> None:
        """What a genuine entry says of its tablet's blocks."""
        for one in word.blocks:
            self._said(one, device)

    def _said(self, word: BlockWord, device: str) -> None:
        row = self._database.row("SELECT * FROM number_blocks WHERE id = ?", word.block)
        said = (device, word.series, word.first, word.last)
        if row is not None and said != (row["device"], _series(row), row["first"], row["last"]):
            self._alarm(BlockTwiceError(first=word.first, last=word.last), word.block)
            return
        if row is None:
            self._keep_unheard_of(word, device)
        for serial in word.no_paper:
            self._database.put("number_blanks", {**_key(word.series), "serial": serial, "device": device})
        self._database.do(
            "UPDATE number_blocks SET next = MAX(IFNULL(next, 0), ?) WHERE id = ?", word.next, word.block
        )
        if word.is_void:
            self._give_up(word, device)
        elif row is not None and word.returned_from is not None and row["returned_from"] is None:
            self._give_back(word, word.returned_from)

    def _keep_unheard_of(self, word: BlockWord, device: str) -> None:
        """A block that this console does not remember to have handed out: it is not handed out again."""
        block = NumberBlock(id=word.block, series=word.series, template="", first=word.first, last=word.last)
        self.keep(block, device=device, at_ms=self._clock(), by="")
        self._database.do(
            "UPDATE number_blocks SET returned_from = ? WHERE id = ?", word.returned_from, word.block
        )
        self.check()

    def _give_up(self, word: BlockWord, device: str) -> None:
        """A tablet does not know any more what it did with these: they are nobody's from now on.

        What it had given back before it was put back stays given back.
        """
        self._database.do(
            "UPDATE number_blocks SET closed = ? WHERE id = ? AND closed = '' AND returned_from IS NULL",
            PUT_BACK,
            word.block,
        )
        row = self._database.row("SELECT label FROM devices WHERE id = ?", device)
        self._alarm(NumbersVoidError(device=row["label"] if row else device[:12]), device)

    def _give_back(self, word: BlockWord, start: int) -> None:
        """Free what is proven unused, once: from `start` to the block's end."""
        used = self._database.row(
            f"SELECT MAX(serial) AS n FROM number_uses WHERE {_OF} AND serial BETWEEN ? AND ?",  # noqa: S608
            *_of(word.series),
            start,
            word.last,
        )
        if used and used["n"]:
            self._alarm(NumberForeignError(number=str(used["n"])), word.block)
            return
        self._database.do("UPDATE number_blocks SET returned_from = ? WHERE id = ?", start, word.block)
        # After a console was put back, what was given back may be in other hands already.
        for first, last in self._nobodys(word.series, start, word.last):
            free = {**_key(word.series), "first": first, "last": last, "reason": ""}
            self._database.put("number_stretches", free)

    def check(self) -> None:
        """Raise an alarm for numbers that are in two tablets' hands."""
        for series in self.all_series():
            end = 0
            for block in sorted(self._blocks(series), key=lambda one: one.first):
                if block.first <= min(end, block.end):
                    self._alarm(BlockTwiceError(first=block.first, last=min(end, block.end)), block.id)
                end = max(end, block.end)

    # --- Asked ---

    def next_of(self, series: Series) -> int:
        """The first number that was never handed out."""
        row = self._database.row(f"SELECT next FROM number_series WHERE {_OF}", *_of(series))  # noqa: S608
        if row is not None:
            return int(row["next"])
        # Earlier programs kept one count for all kinds of issuer.
        row = self._database.row(
            "SELECT next FROM untracked_series WHERE series = ? AND year = ?", series.document, series.year
        )
        return int(row["next"]) if row else 1

    def room(self, series: Series) -> int:
        """How many numbers can still be handed out: free ones, and those up to the series' end."""
        free = sum(one.last + 1 - one.first for one in map(_stretch, self._stretches(series, free=True)))
        return free + max(0, LAST + 1 - self.next_of(series))

    def all_series(self) -> tuple[Series, ...]:
        """Every series with a number handed out or used, newest year first."""
        rows = self._database.rows(
            "SELECT issuer, series, year FROM number_series UNION"
            " SELECT issuer, series, year FROM number_uses ORDER BY year DESC, issuer, series"
        )
        return tuple(map(_series, rows))

    def blocks_of(self, device: str) -> tuple[tuple[Series, Block], ...]:
        """What a tablet was given, oldest first."""
        rows = self._database.rows("SELECT * FROM number_blocks WHERE device = ? ORDER BY rank", device)
        return tuple((_series(row), _block(row)) for row in rows)

    def used_on(self, device: str, series: Series) -> tuple[date, ...]:
        """The days on which a tablet used numbers of a kind of document, of any year."""
        rows = self._database.rows(
            "SELECT issued_on FROM number_uses WHERE device = ? AND issuer = ? AND series = ?",
            device,
            series.issuer.value,
            series.document,
        )
        return tuple(date.fromisoformat(row["issued_on"]) for row in rows)

    def left(self, device: str, series: Series) -> tuple[int, int]:
        """How many numbers of a series a tablet was given and kept, and how many of them it has not used."""
        held = [block for one, block in self.blocks_of(device) if one == series and not block.closed]
        serials = {serial for block in held for serial in range(block.first, block.end + 1)}
        gone = {
            serial for table in ("number_uses", "number_blanks") for serial in self._serials(table, series)
        }
        for block in held:
            gone |= set(range(block.first, block.next or block.first))
        return len(serials), len(serials - gone)

    def account(self, series: Series) -> Account:
        """All that is known of a series."""
        uses: dict[int, tuple[Use, ...]] = {}
        for row in self._database.rows(
            f"SELECT * FROM number_uses WHERE {_OF} ORDER BY serial, issued_on, entry",  # noqa: S608
            *_of(series),
        ):
            use = Use(
                number=row["number"],
                entry=row["entry"],
                device=row["device"],
                issued_on=date.fromisoformat(row["issued_on"]),
            )
            uses[row["serial"]] = (*uses.get(row["serial"], ()), use)
        blanks = self._database.rows(
            f"SELECT serial, device FROM number_blanks WHERE {_OF}",  # noqa: S608
            *_of(series),
        )
        return Account(
            next=self.next_of(series),
            blocks=self._blocks(series),
            uses=uses,
            claims=claims_of(self._database, series),
            no_paper={row["serial"]: row["device"] for row in blanks},
            free=tuple(map(_stretch, self._stretches(series, free=True))),
            skipped=tuple(map(_stretch, self._stretches(series, free=False))),
        )

    # --- Inside ---

    def _alarm(self, error: InspectorError, about: str) -> None:
        self._raise_alarm(Alarm.of(error, self._clock(), about))

    def _advance(self, series: Series, next: int) -> None:
        next = max(next, self.next_of(series))
        self._database.put("number_series", {**_key(series), "next": next})
        if next > LAST + 1 - MOST:
            self._alarm(ends := self._ends(series), f"{series.year} 年{ends.facts['document']}")

    def _ends(self, series: Series) -> SeriesEndsError:
        word = names_ever(self._database).get(series.document, series.document)
        return SeriesEndsError(document=word, year=series.year, last=LAST, left=self.room(series))

    def _was_of(self, device: str, numbered: Numbered) -> bool:
        """Whether the number was the tablet's; what earlier programs handed out is not known."""
        series, serial = numbered.series, numbered.serial
        mine = [block for one, block in self.blocks_of(device) if one == series]
        if any(block.first <= serial <= block.end for block in mine):
            return True
        untracked = self._database.row(
            "SELECT next FROM untracked_series WHERE series = ? AND year = ?", series.document, series.year
        )
        return untracked is not None and serial < untracked["next"]

    def _blocks(self, series: Series) -> tuple[Block, ...]:
        rows = self._database.rows(
            f"SELECT * FROM number_blocks WHERE {_OF} ORDER BY rank",  # noqa: S608
            *_of(series),
        )
        return tuple(map(_block, rows))

    def _nobodys(self, series: Series, first: int, last: int) -> Iterator[tuple[int, int]]:
        """What of these is in no tablet's hands, piece by piece."""
        for block in sorted(self._blocks(series), key=lambda one: one.first):
            if block.first <= last and first <= block.end:
                if first < block.first:
                    yield first, block.first - 1
                first = block.end + 1
        if first <= last:
            yield first, last

    def _stretches(self, series: Series, *, free: bool) -> list[Row]:
        sign = "=" if free else "<>"
        return self._database.rows(
            f"SELECT * FROM number_stretches WHERE {_OF} AND reason {sign} '' ORDER BY first",  # noqa: S608
            *_of(series),
        )

    def _cut_free(self, series: Series, first: int, last: int) -> None:
        """These are not free any more."""
        for row in self._stretches(series, free=True):
            if row["last"] < first or last < row["first"]:
                continue
            self._database.do(
                f"DELETE FROM number_stretches WHERE {_OF} AND first = ?",  # noqa: S608
                *_of(series),
                row["first"],
            )
            for start, end in ((row["first"], first - 1), (last + 1, row["last"])):
                if start <= end:
                    piece = {**_key(series), "first": start, "last": end, "reason": ""}
                    self._database.put("number_stretches", piece)

    def _serials(self, table: str, series: Series) -> Iterator[int]:
        rows = self._database.rows(f"SELECT serial FROM {table} WHERE {_OF}", *_of(series))  # noqa: S608
        return (row["serial"] for row in rows)


def _key(series: Series) -> dict[str, object]:
    return {"issuer": series.issuer.value, "series": series.document, "year": series.year}


def _of(series: Series) -> Sequence[object]:
    return (series.issuer.value, series.document, series.year)


def _series(row: Row) -> Series:
    return Series(issuer=IssuerKind(row["issuer"]), document=row["series"], year=row["year"])


def _block(row: Row) -> Block:
    return Block(
        id=row["id"],
        device=row["device"],
        first=row["first"],
        last=row["last"],
        next=row["next"],
        returned_from=row["returned_from"],
        closed=row["closed"],
    )


def _stretch(row: Row) -> Stretch:
    return Stretch(first=row["first"], last=row["last"], reason=row["reason"])
