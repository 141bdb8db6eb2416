"""Document numbers at the console: handed out by need, by hand, called back, and told to the last one.

* Nothing is handed out before the server was asked what else this console has told its tablets: one that was
  put back from a backup must not hand the same numbers out again.
* Two weeks before the new year the numbers of that year go out as well.
* Tablets get no numbers of what the console itself issues; blocks that an earlier program gave them are
  called back.
"""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from itertools import pairwise

from inspector.console.accounts import LoggedIn, Right
from inspector.console.desk import Desk
from inspector.console.form_sets import ids_ever, names_ever, own_documents
from inspector.console.own_numbers import HOLDER, HOLDER_WORD, ISSUED_HERE
from inspector.domain.identifiers import uuid7
from inspector.domain.issuer import IssuerKind, NoticeKind, kinds_of
from inspector.domain.numbering import (
    LOOK_BACK_DAYS,
    MOST,
    WEEKS,
    Fate,
    FateRun,
    Need,
    NumberFate,
    Series,
    fates,
    need,
    runs,
)
from inspector.domain.working_days import china_date
from inspector.errors import IllegalMoveError, RecordUnknownError
from inspector.trust.certificates import Certificate
from inspector.work.asked_for import documents_of_kind
from inspector.work.feed import NumberBlock, NumberRecall

Templates = Mapping[IssuerKind, Mapping[NoticeKind, str]]
"""How numbers are printed, by kind of issuer and of document."""

_KINDS, _ISSUERS = tuple(NoticeKind), tuple(IssuerKind)
_DAY_MS = 86_400_000
_RESTING, _ASKED_BACK = "numbers resting", "numbers asked back"
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""A spreadsheet takes a file that begins with it for UTF-8."""
QUARANTINED = "停用之后传来，已隔离，不予采信"
"""What the table says of a paper of a revoked key."""
COLUMNS = ("签发主体", "文书", "年份", "序号", "去向", "文书号", "签发日期", "持有者", "说明", "条目")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedDocument:
    """A document that this office issues, shipped or its own.

    Attributes:
        id: names its series.
        word: the name on screens.
        template: how its numbers are printed.
    """

    id: str
    word: str
    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersLeft:
    """Numbers of one document and year that a tablet has.

    Attributes:
        given: how many it was given and kept; `left` of them it has not used.
        need: how many it should have.
    """

    document: NumberedDocument
    year: int
    given: int
    left: int
    need: Need


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesReport:
    """One series, number by number.

    Attributes:
        title: of the document.
        numbers: every number; `runs` are neighbours that fared alike.
        next: the first number that nobody was given yet.
    """

    series: Series
    title: str
    numbers: tuple[NumberFate, ...]
    runs: tuple[FateRun, ...]
    next: int

    def count(self, fate: Fate) -> int:
        """How many numbers fared so."""
        return sum(one.fate is fate for one in self.numbers)


class Numbers:
    """The document numbers of one office.

    Args:
        templates: how numbers are printed, by kind of issuer and of document.
    """

    def __init__(self, desk: Desk, templates: Templates) -> None:
        self._desk, self._templates = desk, templates

    # --- Asked ---

    def of(self, device: str) -> tuple[NumbersLeft, ...]:
        """What a tablet has of the years that are written now."""
        return tuple(
            self._left(device, one, series) for one in self.documents() for series in self._series_of(one)
        )

    def documents(self) -> tuple[NumberedDocument, ...]:
        """What tablets issue now: the shipped documents that the office's own do not replace, and its own."""
        profile = self._desk.issuer()
        if profile is None:
            return ()
        own = own_documents(self._desk.database, profile.kind)
        return tuple(
            NumberedDocument(
                id=one.id,
                word=one.word,
                template=one.number(self._templates[profile.kind]),
            )
            for kind in sorted(kinds_of(profile.kind) - {ISSUED_HERE}, key=_KINDS.index)
            for one in documents_of_kind(kind, own)
        )

    def report(self) -> tuple[SeriesReport, ...]:
        """What became of every number, series by series.

        The newest year first, in it what this office issues; documents in the order in which a case meets
        them, the office's own behind the shipped ones.
        """
        ledger = self._desk.numbers
        titles, profile = self._titles(), self._desk.issuer()
        found = []

        def rank(series: Series) -> tuple[int | str, ...]:
            is_ours = profile is not None and series.issuer is profile.kind
            issuer, document = series.issuer, series.document
            return (-series.year, not is_ours, _ISSUERS.index(issuer), *_rank(document, titles))

        for series in sorted(ledger.all_series(), key=rank):
            account = ledger.account(series)
            numbers = fates(account)
            found.append(
                SeriesReport(
                    series=series,
                    title=titles.get(series.document, series.document),
                    numbers=numbers,
                    runs=runs(numbers),
                    next=account.next,
                )
            )
        return tuple(found)

    def labels(self) -> Mapping[str, str]:
        """The name of each tablet by its id, and of the console itself."""
        rows = self._desk.database.rows("SELECT id, label FROM devices")
        return {HOLDER: HOLDER_WORD, **{row["id"]: row["label"] for row in rows}}

    def table(self, logged_in: LoggedIn) -> bytes:
        """The report as a table that spreadsheets open, a line for each number.

        Raises:
            NotPermittedError: a viewer.
        """
        logged_in.account.must(Right.DECIDE)
        text = StringIO()
        lines = csv.writer(text, lineterminator="\r\n")
        lines.writerow(COLUMNS)
        labels = self.labels()
        for report in self.report():
            for number in report.numbers:
                lines.writerows(_cells(report, number, labels))
        self._desk.note(logged_in, "export-numbers", str(china_date(self._desk.clock())))
        return (BOM + text.getvalue()).encode("utf-8")

    # --- Handing out ---

    def equip(self, device: Certificate) -> int:
        """Give a tablet what it needs of every document; how many blocks that were."""
        return sum(self._fill(device, one, series) for one, series in self._short(device))

    def top_up(self) -> int:
        """Give further numbers to tablets that run short; how many blocks were given.

        Raises:
            AvailabilityError: the server could not be asked what else was told; nothing was given.
        """
        self._ask_back()
        short = [
            (certificate, one, series)
            for id, certificate in self._desk.device_certificates().items()
            if id not in self.resting()
            for one, series in self._short(certificate)
        ]
        if not short:
            return 0
        self._desk.catch_up()
        # What was taken over just now may have filled some of them.
        return sum(
            self._fill(certificate, one, series)
            for certificate, one, series in short
            if (one, series) in self._short(certificate)
        )

    def hand_out(self, logged_in: LoggedIn, device: str, document: str, count: int) -> None:
        """Give a tablet so many numbers more of this year, whatever it needs.

        Args:
            document: its id.

        Raises:
            NotPermittedError: no administrator.
            IllegalMoveError: not 1 to 500, or a document that this office does not issue.
            RecordUnknownError: there is no such tablet at work.
            SeriesEndsError: this year's series has not so many left.
            AvailabilityError: the server could not be asked what else was told; nothing was given.
        """
        logged_in.account.must(Right.MANAGE)
        if not 1 <= count <= MOST:
            raise IllegalMoveError(reason=f"一次可以发 1 至 {MOST} 个号")
        wanted = next((one for one in self.documents() if one.id == document), None)
        if wanted is None:
            raise IllegalMoveError(reason=f"本机关不出具{self._titles().get(document, document)}")
        certificate = self._at_work(device)
        self._desk.catch_up()
        with self._desk.database.at_once():
            self._give(certificate, self._series_of(wanted)[0], wanted, count, by=logged_in.account.login)
            self._rest(device, rests=False)
            self._desk.note(logged_in, "hand-out-numbers", f"{device} {wanted.id} {count}")

    def call_back(self, logged_in: LoggedIn, device: str) -> int:
        """Ask a tablet for all the numbers that it has not used; how many blocks that concerns.

        It answers with its next exchange; until then nothing of it is given to anybody. It gets no numbers by
        itself any more until somebody hands it some.

        Raises:
            NotPermittedError: no administrator.
            RecordUnknownError: there is no such tablet at work.
        """
        logged_in.account.must(Right.MANAGE)
        certificate = self._at_work(device)
        held = [
            block.id
            for _, block in self._desk.numbers.blocks_of(device)
            if not block.closed and block.returned_from is None
        ]
        with self._desk.database.at_once():
            if held:
                self._desk.tell(certificate, NumberRecall(blocks=tuple(held)))
            self._rest(device, rests=True)
            self._desk.note(logged_in, "call-back-numbers", device)
        return len(held)

    def resting(self) -> frozenset[str]:
        """Tablets that get no numbers by themselves: somebody called theirs back."""
        return frozenset(self._desk.database.fact(_RESTING) or ())

    # --- Inside ---

    def _ask_back(self) -> None:
        """Call back numbers of what no tablet issues; each block once."""
        database = self._desk.database
        ours = {ISSUED_HERE.value, *ids_ever(database, ISSUED_HERE)} - {one.id for one in self.documents()}
        asked = set(database.fact(_ASKED_BACK) or ())
        for id, certificate in self._desk.device_certificates().items():
            held = [
                block.id
                for series, block in self._desk.numbers.blocks_of(id)
                if series.document in ours and not block.closed and block.returned_from is None
            ]
            if not asked.issuperset(held):
                with database.at_once():
                    self._desk.tell(certificate, NumberRecall(blocks=tuple(held)))
                    asked |= set(held)
                    database.put_fact(_ASKED_BACK, sorted(asked))

    def _rest(self, device: str, *, rests: bool) -> None:
        others = self.resting() - {device}
        self._desk.database.put_fact(_RESTING, sorted({*others, device} if rests else others))

    def _titles(self) -> Mapping[str, str]:
        """The name of each document on screens, also of one that is not issued any more."""
        return names_ever(self._desk.database)

    def _series_of(self, one: NumberedDocument) -> tuple[Series, ...]:
        """This year's series, and the next one's in the last weeks of December."""
        profile = self._desk.issuer()
        if profile is None:
            raise IllegalMoveError(reason="请先填写签发机关")
        today = self._today()
        years = sorted({today.year, (today + timedelta(days=7 * WEEKS)).year})
        return tuple(Series(issuer=profile.kind, document=one.id, year=year) for year in years)

    def _left(self, device: str, one: NumberedDocument, series: Series) -> NumbersLeft:
        ledger = self._desk.numbers
        given, left = ledger.left(device, series)
        wanted = need(ledger.used_on(device, series), today=self._today(), away_days=self._away_days(device))
        return NumbersLeft(document=one, year=series.year, given=given, left=left, need=wanted)

    def _short(self, device: Certificate) -> list[tuple[NumberedDocument, Series]]:
        return [
            (one, series)
            for one in self.documents()
            for series in self._series_of(one)
            if (state := self._left(device.id, one, series)).left < state.need.least
            and self._desk.numbers.room(series)
        ]

    def _fill(self, device: Certificate, one: NumberedDocument, series: Series) -> int:
        state, room = self._left(device.id, one, series), self._desk.numbers.room(series)
        with self._desk.database.at_once():
            return self._give(device, series, one, min(state.need.filled - state.left, room), by="")

    def _give(
        self, device: Certificate, series: Series, one: NumberedDocument, count: int, *, by: str
    ) -> int:
        ledger, now = self._desk.numbers, self._desk.clock()
        pieces = ledger.reserve(series, count)
        for first, last in pieces:
            block = NumberBlock(
                id=uuid7(at_ms=now, random=secrets.token_bytes(10)),
                series=series,
                template=one.template,
                first=first,
                last=last,
            )
            ledger.keep(block, device=device.id, at_ms=now, by=by)
            self._desk.tell(device, block)
        return len(pieces)

    def _at_work(self, device: str) -> Certificate:
        certificate = self._desk.device_certificates().get(device)
        if certificate is None:
            raise RecordUnknownError(id=device[:12])
        return certificate

    def _away_days(self, device: str) -> int:
        """The longest time of the last weeks in which nothing came from a tablet, in days."""
        now = self._desk.clock()
        since = now - LOOK_BACK_DAYS * _DAY_MS
        row = self._desk.database.row("SELECT enrolled_ms FROM devices WHERE id = ?", device)
        enrolled = int(row["enrolled_ms"]) if row else now
        rows = self._desk.database.rows(
            "SELECT arrived_ms FROM entries WHERE device = ? AND arrived_ms >= ? ORDER BY arrived_ms",
            device,
            since,
        )
        moments = [max(enrolled, since), *(int(row["arrived_ms"]) for row in rows), now]
        longest = max(later - earlier for earlier, later in pairwise(moments))
        return max(0, longest) // _DAY_MS

    def _today(self) -> date:
        return china_date(self._desk.clock())


def _rank(document: str, titles: Mapping[str, str]) -> tuple[int, str, str]:
    """Shipped documents as a case meets them, then the office's own by title."""
    if document in _KINDS:
        return (_KINDS.index(NoticeKind(document)), "", "")
    return (len(_KINDS), titles.get(document, document), document)


def _cells(report: SeriesReport, number: NumberFate, labels: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    series = report.series
    head = (series.issuer.word, report.title, str(series.year), str(number.serial), number.fate.word)
    if number.fate not in (Fate.ISSUED, Fate.TWICE, Fate.QUARANTINED):
        yield tuple(map(_plain, (*head, "", "", labels.get(number.device, number.device), number.reason, "")))
    said = [(use, "") for use in number.uses] + [(claim, QUARANTINED) for claim in number.claims]
    for use, words in said:
        label = labels.get(use.device, use.device)
        yield tuple(map(_plain, (*head, use.number, use.issued_on.isoformat(), label, words, use.entry)))


def _plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
