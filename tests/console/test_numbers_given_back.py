"""Numbers that come back, are void or belong to somebody else; how many a tablet needs; the table of all."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta

import pytest

from inspector.console.numbers import COLUMNS
from inspector.console.own_numbers import OwnNumbers
from inspector.domain.issuer import IssuerKind
from inspector.domain.numbering import CEILING, CLAIMED_TOO, FLOOR, LAST, Fate, Series, fates, need, runs
from inspector.errors import NumbersOverlapError, SeriesEndsError
from inspector.tablet.numbers import NUMBERS
from inspector.trust.certificates import (
    NO_GOOD_DELIVERY,
    Revocation,
    RevocationReason,
    issue_revocation,
)
from inspector.work.feed import NumberBlock
from inspector.work.numbers import BlockWord, NumbersWord
from tests.console.numbers_world import ADMIN, DAY_MS, KIND, OFFICE, World

# --- Giving back ---


def test_only_what_is_proven_unused_is_given_to_somebody_else(tmp_path):
    world = World(tmp_path)
    first, second = world.enrol(), world.enrol()
    for tablet in (first, second):
        tablet.exchange()
    for _ in range(3):
        first.issue()
    first.issue(jams=True)
    world.desk.numbers_desk.call_back(ADMIN, first.id)
    world.desk.run()
    (series,) = world.series()
    assert not world.desk.numbers.account(series).free, "it has not answered"
    first.exchange()  # hears of it
    assert first.issue() is None
    first.exchange()  # answers
    world.desk.taking.take(world.desk)
    world.desk.copy.append(world.desk.copy.tree().size, world.log[world.desk.copy.tree().size :])
    world.desk.taking.take(world.desk)
    account = world.desk.numbers.account(series)
    assert [(one.first, one.last) for one in account.free] == [(5, 20)]
    assert account.no_paper == {4: first.id}
    lines = [(one.first, one.last, one.fate) for one in runs(fates(account))]
    assert lines == [
        (1, 3, Fate.ISSUED),
        (4, 4, Fate.NO_PAPER),
        (5, 20, Fate.RETURNED),
        (21, 40, Fate.HELD),
    ]
    world.desk.numbers_desk.hand_out(ADMIN, second.id, KIND, 5)
    world.desk.outgoing.post(world.desk)
    second.exchange()
    assert {serial for _, serial in second.held()} == {*range(21, 41), *range(5, 10)}
    world.close()


def test_at_years_end_tablets_give_back_what_they_have_and_begin_at_one(tmp_path):
    world = World(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    tablet.issue()
    world.now_ms += 30 * DAY_MS  # 23 December: the next year's numbers go out
    world.desk.run()
    tablet.exchange()
    assert {year for year, _ in tablet.held()} == {2026, 2027}
    world.now_ms += 14 * DAY_MS
    tablet.exchange()
    assert {year for year, _ in tablet.held()} == {2027}
    assert tablet.issue() == "（样）隐患通知〔2027〕1号"
    world.desk.run()
    old = next(one for one in world.series() if one.year == 2026)
    found = fates(world.desk.numbers.account(old))
    assert [one.fate for one in found] == [Fate.ISSUED, *[Fate.RETURNED] * 19]
    world.close()


def test_a_lost_tablets_numbers_are_void_with_the_reason_and_given_to_nobody(tmp_path):
    world = World(tmp_path)
    lost, other = world.enrol(), world.enrol()
    lost.exchange()
    lost.issue()
    lost.exchange()
    world.desk.revoke(lost)
    lost.book.recall(lost.memory.rows(NUMBERS))
    lost.exchange()  # a shut out tablet's word arrives nowhere
    world.desk.run()
    (series,) = world.series()
    found = fates(world.desk.numbers.account(series))
    assert [one.fate for one in found[:20]] == [Fate.ISSUED, *[Fate.CLOSED] * 19]
    assert {one.reason for one in found[1:20]} == {"遗失或被盗"}
    world.desk.numbers_desk.hand_out(ADMIN, other.id, KIND, 50)
    world.desk.outgoing.post(world.desk)
    other.exchange()
    assert {serial for _, serial in other.held()} == set(range(21, 91))
    world.close()


def test_a_paper_in_quarantine_explains_its_number_and_changes_nothing_else(tmp_path):
    world = World(tmp_path)
    lost, other = world.enrol(), world.enrol()
    for tablet in (lost, other):
        tablet.exchange()
    lost.issue()
    lost.exchange()
    world.desk.revoke(lost)
    claimed = lost.issue()
    # The key's new holder also claims a number of another tablet, and one that nobody ever had.
    foreign = other.issue()
    other.exchange()
    (id, row), *_ = lost.memory.rows(NUMBERS).items()
    for serial in (21, 10**9):
        lost.memory.put_rows(NUMBERS, {id: {**row, "next": serial, "last": serial}})
        lost.issue()
    lost.exchange()
    world.desk.run()
    world.desk.run()
    (series,) = world.series()
    found = fates(world.desk.numbers.account(series))
    assert len(found) == 40
    assert [(one.fate, one.device) for one in found[:3]] == [
        (Fate.ISSUED, lost.id),
        (Fate.QUARANTINED, lost.id),
        (Fate.CLOSED, lost.id),
    ]
    assert [one.number for one in found[1].claims] == [claimed]
    assert (found[20].fate, found[20].device, found[20].reason) == (Fate.ISSUED, other.id, CLAIMED_TOO)
    assert "numbers.quarantined" in world.desk.alarms()
    assert not {"numbers.twice", "numbers.foreign"} & world.desk.alarms()
    lines = list(csv.reader(io.StringIO(world.desk.numbers_desk.table(ADMIN).decode("utf-8-sig"))))
    lines = {tuple(line[3:9]) for line in lines if line[3] in ("2", "21")}
    day = "2026-11-23"
    label, words = "样例平板1", "停用之后传来，已隔离，不予采信"
    assert lines == {
        ("2", "用于被隔离的文书", claimed, day, label, words),
        ("21", "已出具文书", foreign, day, "样例平板2", ""),
        ("21", "已出具文书", foreign, day, label, words),
    }
    world.close()


def test_a_paper_that_is_in_the_log_behind_its_keys_revocation_explains_its_number_too(tmp_path):
    world = World(tmp_path)
    lost = world.enrol()
    lost.exchange()
    world.desk.run()
    revocation = Revocation(
        tenant=OFFICE.tenant,
        key_id=lost.key.key_id,
        last_good_seq=0,
        last_good_sha256=NO_GOOD_DELIVERY,
        reason=RevocationReason.LOST,
        at_ms=world.now_ms,
    )
    world.log.append(issue_revocation(revocation, OFFICE.issuing))
    lost.issue()
    lost.exchange()  # a server that does not keep it out
    world.desk.run()
    (series,) = world.series()
    (number, *_) = fates(world.desk.numbers.account(series))
    assert (number.fate, number.device) == (Fate.QUARANTINED, lost.id)
    assert "numbers.quarantined" in world.desk.alarms()
    assert not world.desk.database.rows("SELECT * FROM notices"), "it is no notice of the office"
    world.close()


def test_a_number_that_was_not_the_tablets_raises_an_alarm(tmp_path):
    world = World(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    (id, row), *_ = tablet.memory.rows(NUMBERS).items()
    tablet.memory.put_rows(NUMBERS, {id: {**row, "next": 777, "last": 800}})
    tablet.issue()
    tablet.exchange()
    world.desk.run()
    assert "numbers.foreign" in world.desk.alarms()
    world.close()


def test_a_block_that_overlaps_what_a_tablet_has_is_refused(tmp_path):
    world = World(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    (series,) = world.series()
    again = NumberBlock(id="another", series=series, template="〔{year}〕{serial}号", first=20, last=30)
    with pytest.raises(NumbersOverlapError):
        tablet.book.take_in(again)
    before = tablet.held()
    for id, row in tablet.memory.rows(NUMBERS).items():
        tablet.book.take_in(
            NumberBlock(id=id, series=series, template="x", first=row["first"], last=row["last"])
        )
    assert tablet.held() == before, "the same block again changes nothing"
    world.close()


def test_a_clock_set_back_or_on_puts_no_number_on_two_papers(tmp_path):
    world = World(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    now, serials = world.now_ms, []
    for days in (0, -400, -1, 0):
        world.now_ms = now + days * DAY_MS
        serials.append(tablet.issue() and world.papers[-1][0].serial)
    assert serials == [1, None, 2, 3], "a year that it has no numbers of takes none"
    world.now_ms = now + 45 * DAY_MS
    assert tablet.issue() is None
    tablet.exchange()  # what it holds of the year before goes back
    world.now_ms = now
    assert tablet.issue() is None, "what was given back is not taken again, whatever the clock says"
    world.desk.run()
    tablet.exchange()
    assert tablet.issue() is not None
    carried = [numbered for numbered, _, _ in world.papers]
    assert len(set(carried)) == len(carried) == 4
    assert not world.desk.alarms()
    world.close()


def test_a_tablet_cannot_give_back_or_give_up_what_another_holds(tmp_path):
    world = World(tmp_path)
    tablet, other = world.enrol(), world.enrol()
    for one in (tablet, other):
        one.exchange()
    world.desk.run()
    (series,) = world.series()
    later = replace(series, year=series.year + 1)
    before, unused = (world.desk.numbers.account(one) for one in (series, later))
    (id, row), *_ = other.memory.rows(NUMBERS).items()
    first, last = row["first"], row["last"]
    said = {"block": id, "series": series, "first": first, "last": last, "next": first}
    mine = next(block for block in before.blocks if block.device == tablet.id)
    for word in (
        BlockWord(**said, returned_from=first),
        BlockWord(**said, returned_from=None, is_void=True),
        BlockWord(**{**said, "next": last + 1}, returned_from=None, no_paper=(first,)),
        BlockWord(**{**said, "block": mine.id}, returned_from=first),
        # Its own block, under the name of a series from which nobody has had a number yet.
        BlockWord(
            block=mine.id,
            series=later,
            first=mine.first,
            last=mine.last,
            next=mine.first,
            returned_from=mine.first,
        ),
    ):
        world.desk.numbers.said(NumbersWord(id="a", blocks=(word,), at_ms=world.now_ms), device=tablet.id)
        assert world.desk.numbers.account(series) == before
        assert world.desk.numbers.account(later) == unused
    assert "numbers.block-twice" in world.desk.alarms()
    world.close()


def test_what_is_on_a_paper_or_left_out_is_not_free_whatever_its_tablet_says(tmp_path):
    world = World(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    for _ in range(3):
        tablet.issue()
    tablet.exchange()
    world.desk.run()
    (series,) = world.series()
    ledger = world.desk.numbers
    block, *_ = ledger.account(series).blocks
    said = {"block": block.id, "series": series, "first": block.first, "last": block.last}

    def say(start: int) -> None:
        word = BlockWord(**said, next=start, returned_from=start)
        ledger.said(NumbersWord(id="a", blocks=(word,), at_ms=world.now_ms), device=tablet.id)

    next_one = ledger.next_of(series)
    old = NumberBlock(id="of an old message", series=series, template="{serial}", first=1, last=2)
    ledger.keep(old, device=tablet.id, at_ms=world.now_ms, by="")
    assert ledger.next_of(series) == next_one, (
        "a message from before a backup does not begin the series again"
    )
    say(2)  # 2 and 3 are on papers
    assert not ledger.account(series).free
    assert "numbers.foreign" in world.desk.alarms()
    say(4)
    assert [(one.first, one.last) for one in ledger.account(series).free] == [(4, block.last)]
    ledger.skip(series, 5, "样例原因")
    before = ledger.account(series)
    assert not before.free
    say(4)
    assert ledger.account(series) == before
    world.close()


def say(world, tablet, **word):
    """A tablet's word of one block arrives at the console."""
    block = BlockWord(**{"returned_from": None, **word})
    world.desk.numbers.said(NumbersWord(id="a", blocks=(block,), at_ms=world.now_ms), device=tablet.id)


@pytest.mark.parametrize("returned_from", [None, 46])
def test_a_block_that_the_console_does_not_remember_is_explained_as_any_other(tmp_path, returned_from):
    world = World(tmp_path)
    tablet = world.enrol()
    (series,) = world.series()
    said = {"block": "unheard of", "series": series, "first": 41, "last": 50, "next": 46}
    say(world, tablet, **said, no_paper=(42,), returned_from=returned_from)
    lines = [(one.first, one.last, one.fate) for one in runs(fates(world.desk.numbers.account(series)))]
    rest = Fate.HELD if returned_from is None else Fate.UNKNOWN
    assert lines[-4:] == [
        (41, 41, Fate.MISSING),
        (42, 42, Fate.NO_PAPER),
        (43, 45, Fate.MISSING),
        (46, 50, rest),
    ]
    assert world.desk.numbers.next_of(series) == 51
    world.close()


def test_at_the_end_of_a_series_no_number_is_handed_out_that_nobody_could_read(tmp_path):
    world = World(tmp_path)
    tablet, other = world.enrol(), world.enrol()
    tablet.exchange()
    (series,) = world.series()
    ledger = world.desk.numbers
    say(world, other, block="far off", series=series, first=LAST - 12, last=LAST - 3, next=LAST - 12)
    (alarm,) = world.desk.database.rows("SELECT * FROM alarms")
    assert (alarm["code"], alarm["entry"]) == (SeriesEndsError.code, "2026 年隐患整改通知书")
    assert (ledger.next_of(series), ledger.room(series)) == (LAST - 2, 3)
    with pytest.raises(SeriesEndsError) as refused:
        world.desk.numbers_desk.hand_out(ADMIN, tablet.id, KIND, 4)
    assert refused.value.message == f"2026 年“隐患整改通知书”的号最大到 {LAST}，现在只剩 3 个可发。"
    assert ledger.next_of(series) == LAST - 2, "what was refused took nothing"
    for _ in range(15):
        tablet.issue()
    tablet.exchange()
    world.desk.run()  # it runs short: what is left goes out by itself
    tablet.exchange()
    assert {serial for _, serial in tablet.held()} == {*range(16, 21), *range(LAST - 2, LAST + 1)}
    assert ledger.room(series) == 0
    for _ in range(8):
        tablet.issue()
    tablet.exchange()
    world.desk.run()  # and nothing is left for this one: the pass goes on
    with pytest.raises(SeriesEndsError):
        world.desk.numbers_desk.hand_out(ADMIN, tablet.id, KIND, 1)
    assert "numbers.foreign" not in world.desk.alarms()
    assert not [one for one in world.desk.numbers.account(series).blocks if one.last > LAST]
    world.close()


def test_the_console_itself_uses_a_series_up_to_its_last_number(tmp_path):
    world = World(tmp_path)
    series = Series(issuer=IssuerKind.EMERGENCY_MANAGEMENT, document="extension", year=2026)
    ledger = world.desk.numbers
    own = OwnNumbers(world.desk.database, ledger)
    ledger.skip(series, LAST - 2, "样例原因")
    for serial in (LAST - 1, LAST):
        offer = own.offer(series, template="{serial}", at_ms=world.now_ms, by="")
        assert offer.numbered.serial == serial
        own.take(offer, number=f"{serial}号", paper=f"paper {serial}", issued_on=date(2026, 11, 23))
    with pytest.raises(SeriesEndsError):
        own.offer(series, template="{serial}", at_ms=world.now_ms, by="")
    world.close()


def test_a_word_that_comes_twice_is_counted_once(tmp_path):
    world = World(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    tablet.book.recall(tablet.memory.rows(NUMBERS))
    tablet.exchange()
    world.desk.run()
    tablet.exchange()  # holds new numbers, out of those given back
    held = tablet.held()
    # Its journal lost what it had told: it says the same once more.
    rows = tablet.memory.rows(NUMBERS)
    tablet.memory.put_rows(NUMBERS, {id: {**row, "told": ""} for id, row in rows.items()})
    tablet.exchange()
    world.desk.run()
    (series,) = world.series()
    assert not world.desk.numbers.account(series).free
    assert tablet.held() == held
    world.close()


# --- By need ---


@pytest.mark.parametrize(
    ("days", "away", "least"),
    [
        ([], 0, FLOOR),
        ([0] * 8, 0, FLOOR),
        ([0] * 20 + [20] * 3, 0, 20),
        ([0] * 20 + [13] * 4, 0, 24),
        ([0] * 20, 14, 40),
        ([0] * 20, 300, 60),
        ([0] * 500, 28, CEILING),
        ([60] * 50, 0, FLOOR),
    ],
)
def test_a_tablet_needs_what_its_busiest_two_weeks_took(days, away, least):
    today = date(2026, 11, 23)
    found = need([today - timedelta(days=one) for one in days], today=today, away_days=away)
    assert found.least == least
    assert found.least <= found.filled <= CEILING


def test_a_busy_tablet_never_has_fewer_than_two_weeks_of_its_own_use(tmp_path):
    world = World(tmp_path)
    busy, calm = world.enrol(), world.enrol()
    for _ in range(6):
        for _ in range(3):
            busy.issue()
        for tablet in (busy, calm):
            tablet.exchange()
        world.desk.run()
        for tablet in (busy, calm):
            tablet.exchange()
        world.now_ms += DAY_MS
    (left,) = world.desk.numbers_desk.of(busy.id)
    assert left.need.busiest > FLOOR
    assert left.left >= left.need.least
    assert len(busy.held()) == left.left
    (left,) = world.desk.numbers_desk.of(calm.id)
    assert (left.given, left.left) == (2 * FLOOR, 2 * FLOOR)
    world.close()


# --- The report ---


def test_the_table_has_a_line_for_each_number_and_opens_in_a_spreadsheet(tmp_path):
    world = World(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    tablet.issue()
    tablet.issue(jams=True)
    tablet.exchange()
    world.desk.run()
    data = world.desk.numbers_desk.table(ADMIN)
    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert tuple(lines[0]) == COLUMNS
    assert len(lines) == 1 + 20
    assert lines[1][:8] == [
        "非执法主体", "隐患整改通知书", "2026", "1", "已出具文书",
        "（样）隐患通知〔2026〕1号", "2026-11-23", "样例平板1",
    ]  # fmt: skip
    assert lines[2][3:5] == ["2", "作废：取号后未形成文书"]
    assert lines[3][3:5] == ["3", "已发，未用"]
    world.close()
