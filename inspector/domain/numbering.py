"""Document numbers: series, how many a tablet needs, and what became of every single one.

* A series is one kind of document of one kind of issuer in one year; it begins at 1 every year.
* A number belongs to one tablet at most at any time. It is never on two papers; where it is on none, there is
  a reason that can be told.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from math import ceil

from inspector.domain.issuer import IssuerKind

FLOOR, CEILING = 10, 200
"""A tablet never keeps fewer unused numbers of a series than the first, nor needs more than the second."""
WEEKS = 2
LOOK_BACK_DAYS = 56
AWAY_CAP_DAYS = 28
"""The longest absence that is provided for, in days."""
MOST = 500
"""The most numbers in one block, also in what a tablet says of one."""
LAST = 999_999
"""The last number of a year's series: without an end, a tablet could make the table of all endless."""

_SPAN_DAYS = 7 * WEEKS
_SPAN = timedelta(days=_SPAN_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Numbers of one document, as its template names it, by one kind of issuer in one year."""

    issuer: IssuerKind
    document: str
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """Which number of which series a paper carries."""

    series: Series
    serial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """How many unused numbers of a series a tablet should have, and why.

    Attributes:
        busiest: numbers that it used in the busiest two weeks of the last eight.
        away_days: the longest time of those weeks in which the office did not hear from it, capped.
        least: it should never have fewer: what it may use in two weeks beside such an absence.
    """

    busiest: int
    away_days: int
    least: int

    @property
    def filled(self) -> int:
        """How many it has after more were handed out."""
        return min(2 * self.least, CEILING)


def need(used_on: Sequence[date], *, today: date, away_days: int) -> Need:
    """What a tablet needs of a series, from its own use.

    Args:
        used_on: the days on which it used a number of the series, one for each number.
        away_days: the longest time in which the office did not hear from it lately.
    """
    since = today - timedelta(days=LOOK_BACK_DAYS)
    days = sorted(day for day in used_on if since < day <= today)
    # Thousands of days are asked about with each pass, so the end of each span is found by halving.
    busiest = max((bisect_left(days, day + _SPAN, at) - at for at, day in enumerate(days)), default=0)
    away = min(max(0, away_days), AWAY_CAP_DAYS)
    wanted = ceil(busiest * (_SPAN_DAYS + away) / _SPAN_DAYS)
    return Need(busiest=busiest, away_days=away, least=min(max(FLOOR, wanted), CEILING))


class Fate(StrEnum):
    """What became of a number."""

    ISSUED = "issued"
    TWICE = "twice"
    QUARANTINED = "quarantined"
    NO_PAPER = "no-paper"
    MISSING = "missing"
    HELD = "held"
    RETURNED = "returned"
    CLOSED = "closed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"

    @property
    def word(self) -> str:
        """The name on screens and in lists."""
        return _FATES[self]


CLAIMED_TOO = "另有一份被隔离的文书也印了这个号"
"""Said of a number that a revoked key's paper claims and that was not, or not only, its tablet's."""

_FATES = {
    Fate.ISSUED: "已出具文书",
    Fate.TWICE: "重号",
    Fate.QUARANTINED: "用于被隔离的文书",
    Fate.NO_PAPER: "作废：取号后未形成文书",
    Fate.MISSING: "平板已取号，文书未到",
    Fate.HELD: "已发，未用",
    Fate.RETURNED: "平板已退回，可再发",
    Fate.CLOSED: "作废：持有者不再使用",
    Fate.SKIPPED: "跳过，不再使用",
    Fate.UNKNOWN: "去向未登记",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Numbers that were handed to one tablet, and what it said of them.

    Attributes:
        next: the first number that the tablet had not taken yet, as it last said; None before it said so.
        returned_from: from here on the tablet gave the numbers back, unused; None when it did not.
        closed: why nothing more is expected of it; empty while the tablet works.
    """

    id: str
    device: str
    first: int
    last: int
    next: int | None = None
    returned_from: int | None = None
    closed: str = ""

    @property
    def end(self) -> int:
        """The last number that is still this tablet's; before `first` when it gave all of them back."""
        return self.last if self.returned_from is None else self.returned_from - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A paper with a number.

    Attributes:
        number: as it is printed.
        entry: the entry that carries it.
    """

    number: str
    entry: str
    device: str
    issued_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Numbers that were taken out of the series, and why."""

    first: int
    last: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All that is known of one series.

    Attributes:
        next: the first number that was never handed out.
        blocks: in the order in which they were handed out.
        uses: by serial number.
        claims: papers of a revoked key that were kept in quarantine: they prove nothing, but may exist.
        no_paper: serial numbers that a tablet took without a paper coming of it, with the device.
        free: given back and not handed out again.
        skipped: what is never to be used.
    """

    next: int
    blocks: tuple[Block, ...] = ()
    uses: Mapping[int, tuple[Use, ...]]
    claims: Mapping[int, tuple[Use, ...]] = field(default_factory=dict)
    no_paper: Mapping[int, str]
    free: tuple[Stretch, ...] = ()
    skipped: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberFate:
    """What became of one number.

    Attributes:
        device: who holds, held or used it; empty where nobody did.
        uses: the papers that carry it; `claims` are papers in quarantine that do.
        reason: why it is on none, where somebody gave one.
    """

    serial: int
    fate: Fate
    device: str = ""
    uses: tuple[Use, ...] = ()
    claims: tuple[Use, ...] = ()
    reason: str = ""


def fates(account: Account) -> tuple[NumberFate, ...]:
    """What became of every number of a series that was ever handed out or used, in order."""
    # A paper in quarantine may claim any number: those that were never handed out are none of the series.
    last = max([account.next - 1, *account.uses], default=0)
    without_paper = _without_paper(account, last)
    return tuple(_explained(account, serial, without_paper[serial]) for serial in range(1, last + 1))


def _explained(account: Account, serial: int, without_paper: FateRun | None) -> NumberFate:
    found, claims = _fate(account, serial, without_paper), account.claims.get(serial, ())
    if not claims:
        return found
    if not found.uses and found.device in {claim.device for claim in claims}:
        return replace(found, fate=Fate.QUARANTINED, claims=claims)
    return replace(found, claims=claims, reason=found.reason or CLAIMED_TOO)


def _fate(account: Account, serial: int, without_paper: FateRun | None) -> NumberFate:
    uses = account.uses.get(serial, ())
    if uses:
        papers = {use.number for use in uses}
        twice = len(uses) > 1 or len(papers) > 1
        return NumberFate(
            serial=serial, fate=Fate.TWICE if twice else Fate.ISSUED, device=uses[0].device, uses=uses
        )
    if serial in account.no_paper:
        return NumberFate(serial=serial, fate=Fate.NO_PAPER, device=account.no_paper[serial])
    if without_paper is None:
        return NumberFate(serial=serial, fate=Fate.UNKNOWN)
    told = without_paper
    return NumberFate(serial=serial, fate=told.fate, device=told.device, reason=told.reason)


def _without_paper(account: Account, last: int) -> list[FateRun | None]:
    """By serial number up to `last`, what becomes of a number that no paper and no tablet's word speaks of.

    A block counts more than a stretch, the later block more than the earlier.
    """
    pieces = [
        *(_stretched(one, Fate.SKIPPED, one.reason) for one in reversed(account.skipped)),
        *(_stretched(one, Fate.RETURNED, "") for one in reversed(account.free)),
        *(piece for block in account.blocks for piece in _in_block(block)),
    ]
    # A series may have a million numbers: each piece is laid down once, over those that count less.
    found: list[FateRun | None] = [None] * (last + 1)
    for piece in pieces:
        first, end = max(piece.first, 1), min(piece.last, last)
        if first <= end:
            found[first : end + 1] = [piece] * (end + 1 - first)
    return found


def _stretched(stretch: Stretch, fate: Fate, reason: str) -> FateRun:
    return FateRun(first=stretch.first, last=stretch.last, fate=fate, device="", reason=reason)


def _in_block(block: Block) -> Iterator[FateRun]:
    """What the tablet took and sent no paper with, and what it has not taken."""
    next = block.first if block.next is None else max(block.first, block.next)
    rest = Fate.CLOSED if block.closed else Fate.HELD
    for first, last, fate, reason in (
        (block.first, min(next - 1, block.end), Fate.MISSING, ""),
        (next, block.end, rest, block.closed),
    ):
        yield FateRun(first=first, last=last, fate=fate, device=block.device, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class FateRun:
    """Neighbouring numbers that fared alike."""

    first: int
    last: int
    fate: Fate
    device: str
    reason: str


def runs(found: Iterable[NumberFate]) -> tuple[FateRun, ...]:
    """Neighbours with the same fate in one line each."""
    grouped = groupby(found, key=lambda one: (one.fate, one.device, one.reason))
    lines = []
    for (fate, device, reason), members in grouped:
        serials = [one.serial for one in members]
        lines.append(FateRun(first=serials[0], last=serials[-1], fate=fate, device=device, reason=reason))
    return tuple(lines)
