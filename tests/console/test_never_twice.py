"""No number is ever on two papers, and every number is accounted for.

Many tablets, offline and lost; consoles that restart and are put back from backups; messages that are lost.
"""

from __future__ import annotations

import contextlib
import csv
import io
import tempfile
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from inspector.console.number_ledger import PUT_BACK, NumberLedger
from inspector.console.numbers import COLUMNS
from inspector.console.outgoing import Outgoing
from inspector.console.recovery import History
from inspector.domain.delivery import FeedMessage
from inspector.domain.numbering import CEILING, CLAIMED_TOO, FLOOR, MOST, Fate, fates, need, runs
from inspector.errors import (
    FeedConflictError,
    NumberQuarantinedError,
    NumbersOverlapError,
    NumbersVoidError,
)
from inspector.store.memory import FACTS, PLACE
from inspector.store.place import NAMES
from inspector.tablet.numbers import NUMBERS, NumberBook
from inspector.trust import dsse
from inspector.trust.certificates import (
    NO_GOOD_DELIVERY,
    Revocation,
    RevocationReason,
    issue_revocation,
)
from inspector.trust.strict_json import parse_object
from inspector.work.feed import Greeting, HolidayNotice, NumberBlock
from inspector.work.numbers import BlockWord, NumbersWord
from tests.console.numbers_world import ADMIN, DAY_MS, KIND, OFFICE, Desk, World
from tests.store.simulated import Died, Disk


class Offices(RuleBasedStateMachine):
    """An office and its tablets, in any order of what can happen to them."""

    desk_type = Desk

    @initialize(count=st.integers(2, 3))
    def begin(self, count: int) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.world = type("AWorld", (World,), {"desk_type": self.desk_type})(Path(self.folder.name))
        for _ in range(count):
            self.world.enrol().exchange()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.close()
            self.folder.cleanup()

    def tablet(self, n: int):
        tablets = [one for one in self.world.tablets.values() if not one.revoked]
        return tablets[n % len(tablets)]

    @rule(n=st.integers(0, 5), count=st.integers(1, 12), jams=st.booleans())
    def papers(self, n: int, count: int, jams: bool) -> None:
        tablet = self.tablet(n)
        for at in range(count):
            tablet.issue(jams=jams and at == 0)

    @rule(n=st.integers(0, 5))
    def tablet_restarts(self, n: int) -> None:
        self.tablet(n).restart()

    @rule(n=st.integers(0, 5))
    def copy_tablet(self, n: int) -> None:
        self.tablet(n).copy_folder()

    @rule(n=st.integers(0, 5), leaves_marks=st.booleans(), count=st.integers(0, 2))
    def copy_back(self, n: int, leaves_marks: bool, count: int) -> None:
        tablet = self.tablet(n)
        for _ in range(count):
            tablet.issue()
        tablet.copy_back(leaves_marks=leaves_marks)
        tablet.issue()

    @rule(n=st.integers(0, 5), hears=st.booleans())
    def exchange(self, n: int, hears: bool) -> None:
        self.tablet(n).exchange(hears=hears)

    @rule(posts=st.booleans())
    def passes(self, posts: bool) -> None:
        self.world.desk.run(posts=posts)

    @rule(n=st.integers(0, 5))
    def call_back(self, n: int) -> None:
        self.world.desk.run()
        self.world.desk.numbers_desk.call_back(ADMIN, self.tablet(n).id)
        self.world.desk.run()

    @rule(n=st.integers(0, 5), count=st.integers(1, 30))
    def hand_out(self, n: int, count: int) -> None:
        self.world.desk.run()
        self.world.desk.numbers_desk.hand_out(ADMIN, self.tablet(n).id, KIND, count)
        self.world.desk.run()

    @rule()
    def restart(self) -> None:
        self.world.restart()

    @rule()
    def back_up(self) -> None:
        self.world.back_up()

    @rule()
    def put_back(self) -> None:
        if self.world.put_back():
            known = {row["id"] for row in self.world.desk.database.rows("SELECT id FROM devices")}
            for id, tablet in self.world.tablets.items():
                # A tablet that was enrolled or shut out since has to be dealt with again.
                if id not in known:
                    tablet.revoked = True
                elif tablet.revoked:
                    self.world.desk.database.do("UPDATE devices SET revoked_ms = 1 WHERE id = ?", id)
                    self.world.desk.numbers.close_device(id, "遗失或被盗")

    @rule(n=st.integers(0, 5), count=st.integers(1, 3))
    def server_loses_messages(self, n: int, count: int) -> None:
        # The console is whole here: two losses at once nobody can make good.
        if self.world.desk.is_caught_up:
            tablet = self.tablet(n)
            chain = self.world.feed.get(tablet.id, [])
            kept = max(tablet.memory.position().n, len(chain) - count)
            del chain[kept:]
            self.world.desk.database.do(
                "UPDATE feed SET posted = 0 WHERE device = ? AND n > ?", tablet.id, kept
            )

    @precondition(lambda self: len([one for one in self.world.tablets.values() if not one.revoked]) > 1)
    @rule(n=st.integers(0, 5))
    def revoke(self, n: int) -> None:
        tablet = self.tablet(n)
        self.world.desk.revoke(tablet)
        tablet.issue()
        tablet.exchange()

    @precondition(lambda self: len(self.world.tablets) < 5)
    @rule()
    def enrol(self) -> None:
        self.world.desk.run()
        self.world.enrol()

    @rule(days=st.sampled_from([1, 7, 30]))
    def time_passes(self, days: int) -> None:
        self.world.now_ms += days * DAY_MS

    @invariant()
    def no_number_is_on_two_papers(self) -> None:
        if not hasattr(self, "world"):
            return
        texts = [text for _, text, _ in self.world.papers]
        assert len(texts) == len(set(texts))
        hands: set[tuple[int, int]] = set()
        for tablet in self.world.tablets.values():
            held = tablet.held()
            assert not held & hands, "a number is in two hands"
            hands |= held
        printed = {(one.series.year, one.serial) for one, _, _ in self.world.papers}
        assert not printed & hands, "a number that is on a paper could be taken again"

    @invariant()
    def every_number_is_accounted_for(self) -> None:
        if not hasattr(self, "world") or not self.world.desk.is_caught_up:
            return
        desk = self.world.desk
        alarms = {code for code in desk.alarms() if code.startswith("numbers.")}
        assert alarms <= {NumberQuarantinedError.code}
        for series in self.world.series():
            found = {one.serial: one for one in fates(desk.numbers.account(series))}
            wrong = [one for one in found.values() if one.fate in (Fate.UNKNOWN, Fate.TWICE, Fate.MISSING)]
            # A paper is lost only with the state of a tablet that an older copy took the place of.
            assert not [
                one
                for one in wrong
                if one.fate is not Fate.MISSING or not self.world.tablets[one.device].was_put_back
            ]
            for tablet in self.world.tablets.values():
                for year, serial in tablet.held():
                    if year == series.year:
                        fate = found[serial]
                        assert (fate.fate, fate.device) in {(Fate.HELD, tablet.id), (Fate.CLOSED, tablet.id)}
            for numbered, _, device in self.world.papers:
                if numbered.series == series:
                    # On a paper that has not arrived it still counts as its tablet's.
                    assert found[numbered.serial].device == device
                    assert found[numbered.serial].fate in (
                        Fate.ISSUED,
                        Fate.HELD,
                        Fate.CLOSED,
                        Fate.MISSING,
                        Fate.QUARANTINED,
                    )


def run(machine: type[Offices], examples: int) -> None:
    quick = settings(
        max_examples=examples,
        stateful_step_count=25,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=quick)


def test_whatever_happens_no_number_is_on_two_papers_and_none_is_lost():
    run(Offices, 20)


# --- One defence taken away, and what it let through ---


class Forgetful(History):
    """A console that does not ask what it has said before a backup was put back."""

    def catch_up(self, source: object) -> tuple[()]:
        return ()


class ForgetfulDesk(Desk):
    history = Forgetful


class Generous(NumberLedger):
    """A book that takes back whatever it is told, whoever has it by now."""

    def _nobodys(self, series, first, last):
        yield first, last


class GenerousDesk(Desk):
    @property
    def numbers(self) -> NumberLedger:
        return Generous(self.database, raise_alarm=self.copy.raise_alarm, clock=self.clock)


def hands(world: World) -> list[set[tuple[int, int]]]:
    return [tablet.held() for tablet in world.tablets.values()]


def world_of(folder: Path, desk: type[Desk] = Desk) -> World:
    return type("AWorld", (World,), {"desk_type": desk})(folder)


@pytest.mark.parametrize(("desk", "is_safe"), [(Desk, True), (ForgetfulDesk, False)])
def test_a_console_put_back_from_a_backup_asks_what_it_had_given(tmp_path, desk, is_safe):
    world = world_of(tmp_path, desk)
    first, second = world.enrol(), world.enrol()
    for tablet in (first, second):
        tablet.exchange()
    world.back_up()
    world.desk.numbers_desk.hand_out(ADMIN, first.id, KIND, 30)
    world.desk.outgoing.post(world.desk)
    first.exchange()
    world.put_back()
    for _ in range(15):
        second.issue()
    second.exchange()
    with contextlib.suppress(FeedConflictError):
        world.desk.run()
    second.exchange()
    assert (not hands(world)[0] & hands(world)[1]) is is_safe
    assert ("desk.restored" in world.desk.alarms()) is is_safe
    # The other one is told as soon as the first tablet speaks of its numbers.
    if not is_safe:
        first.exchange()
        with contextlib.suppress(FeedConflictError):
            world.desk.run()
        assert "numbers.block-twice" in world.desk.alarms()
    world.close()


def test_what_waited_when_the_backup_was_made_goes_out_behind_what_was_said_since(tmp_path):
    world = world_of(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    world.back_up()
    world.desk.tell(tablet.certificate, HolidayNotice(text="样例"))
    world.desk.outgoing.post(world.desk)
    world.put_back()
    world.desk.tell(tablet.certificate, Greeting())
    world.desk.run()
    messages = [
        FeedMessage.from_payload(parse_object(dsse.peek(one).payload)) for one in world.feed[tablet.id]
    ]
    assert [one.kind for one in messages] == ["numbers", "calendar", "hello"]
    tablet.exchange()
    assert tablet.memory.position().n == 3
    world.close()


def test_a_message_of_our_own_that_does_not_open_skips_numbers_and_says_so(tmp_path):
    world = world_of(tmp_path)
    tablet = world.enrol()
    world.back_up()
    sealed_to_nobody_else = Outgoing(world.desk.database, tenant=OFFICE.tenant)
    block = NumberBlock(id="x", series=world.series()[0], template="〔{year}〕{serial}", first=21, last=40)
    sealed_to_nobody_else.write(block, device=tablet.certificate, feed=OFFICE.feed, at_ms=1)
    world.desk.outgoing.post(world.desk)
    world.put_back()
    world.desk.run()
    assert {"desk.restored", "desk.history"} <= world.desk.alarms()
    (series,) = world.series()
    assert world.desk.numbers.next_of(series) == 21 + MOST
    found = fates(world.desk.numbers.account(series))
    assert {one.fate for one in found[20:]} == {Fate.SKIPPED}
    world.close()


@pytest.mark.parametrize(("desk", "is_safe"), [(Desk, True), (GenerousDesk, False)])
def test_what_was_given_on_before_a_backup_was_put_back_stays_with_its_holder(tmp_path, desk, is_safe):
    world = world_of(tmp_path, desk)
    first, second = world.enrol(), world.enrol()
    for tablet in (first, second):
        tablet.exchange()
    world.back_up()
    world.desk.numbers_desk.call_back(ADMIN, first.id)
    world.desk.outgoing.post(world.desk)
    first.exchange()
    first.exchange()
    for _ in range(15):
        second.issue()
    second.exchange()
    world.desk.run()
    second.exchange()
    assert {serial for _, serial in second.held()} & set(range(1, 21)), "the first one's numbers went on"
    world.put_back()
    world.desk.run()
    first.exchange()
    world.enrol().exchange()
    collide = [one & other for one, other in combinations(hands(world), 2) if one & other]
    assert (not collide) is is_safe
    if is_safe:
        (series,) = world.series()
        found = {one.serial: one for one in fates(world.desk.numbers.account(series))}
        assert {found[serial].device for _, serial in second.held()} == {second.id}
        assert not {code for code in world.desk.alarms() if code.startswith("numbers.")}
    world.close()


def test_a_tablet_that_takes_before_it_writes_prints_a_number_twice_and_the_console_says_so(tmp_path):
    class Careless(NumberBook):
        def take(self, document: str, *, entry: str):
            rows = self._memory.rows(NUMBERS)
            taken = super().take(document, entry=entry)
            self._memory.put_rows(NUMBERS, rows)
            return taken

    world = world_of(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    tablet.book.__class__ = Careless
    assert tablet.issue() == tablet.issue()
    tablet.exchange()
    world.desk.run()
    assert "numbers.twice" in world.desk.alarms()
    (series,) = world.series()
    assert fates(world.desk.numbers.account(series))[0].fate is Fate.TWICE
    world.close()


# --- A tablet's store that was put back to an older copy ---


@pytest.mark.parametrize("leaves_marks", [False, True])
def test_a_tablet_whose_folder_was_copied_back_takes_no_number_until_the_office_has_answered(
    tmp_path, leaves_marks
):
    world = world_of(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    world.desk.run()
    tablet.exchange()
    tablet.copy_folder()
    first = tablet.issue()
    tablet.copy_back(leaves_marks=leaves_marks)
    assert tablet.book.is_put_back
    assert [alarm.code for alarm in tablet.memory.alarms()] == ["device.store-put-back"]
    assert (tablet.issue(), tablet.book.left(KIND.value, 2026)) == (None, 0)
    tablet.restart()
    assert tablet.issue() is None, "nor after another start"
    tablet.exchange()
    assert tablet.issue() is None, "the office has not heard of it yet"
    world.desk.run()
    tablet.exchange()
    assert (first, tablet.issue()) == ("（样）隐患通知〔2026〕1号", "（样）隐患通知〔2026〕21号")
    tablet.exchange()
    world.desk.run()
    assert world.desk.alarms() == {"device.numbers-void"}
    (series,) = world.series()
    lines = [
        (one.first, one.last, one.fate, one.reason) for one in runs(fates(world.desk.numbers.account(series)))
    ]
    assert lines == [
        (1, 20, Fate.CLOSED, PUT_BACK),
        (21, 21, Fate.ISSUED, ""),
        (22, 40, Fate.HELD, ""),
    ]
    world.close()


def test_a_tablet_that_does_not_look_where_it_is_prints_a_number_twice_after_a_copy(tmp_path):
    class Trusting(NumberBook):
        def look_where_we_are(self) -> None:
            """Whatever lies here is taken for the newest state."""

    world = world_of(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    tablet.copy_folder()
    tablet.book_type = Trusting
    first = tablet.issue()
    tablet.copy_back()
    assert tablet.issue() == first
    world.close()


def test_a_copy_from_before_its_first_numbers_does_not_take_them_for_new(tmp_path):
    world = world_of(tmp_path)
    tablet = world.enrol()
    tablet.copy_folder()
    tablet.exchange()
    first = tablet.issue()
    tablet.copy_back()
    tablet.exchange()  # the same block lies in the feed still
    assert tablet.issue() is None
    world.desk.run()
    tablet.exchange()
    assert tablet.issue() is None, "what it was given before the office had heard is given up as well"
    world.desk.run()
    tablet.exchange()
    assert tablet.issue() not in (None, first)
    world.close()


def test_numbers_that_came_after_the_copy_was_made_are_not_taken_again(tmp_path):
    world = world_of(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    world.desk.run()
    tablet.exchange()
    tablet.copy_folder()
    world.desk.numbers_desk.hand_out(ADMIN, tablet.id, KIND, 5)
    world.desk.run()
    tablet.exchange()
    papers = {tablet.issue() for _ in range(25)}
    tablet.copy_back()
    for _ in range(4):
        tablet.exchange()
        assert tablet.issue() not in papers
        world.desk.run()
    assert tablet.issue() not in {None, *papers}
    world.close()


def test_a_store_of_an_earlier_program_gives_its_numbers_up_once_and_nobody_is_accused(tmp_path):
    world = world_of(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    world.desk.run()
    tablet.exchange()
    first = tablet.issue()
    tablet.memory.put_rows(FACTS, {PLACE: None})
    unmarked = {path: data for path, data in tablet.disk.image().items() if path.name not in NAMES}
    tablet.run_on(Disk(unmarked))
    (alarm,) = tablet.memory.alarms()
    assert "旧版程序升级" in alarm.message
    assert tablet.issue() is None, "a copy from that time would look the same"
    tablet.exchange()
    world.desk.run()
    tablet.exchange()
    assert (first, tablet.issue()) == ("（样）隐患通知〔2026〕1号", "（样）隐患通知〔2026〕21号")
    tablet.restart()
    assert tablet.issue() == "（样）隐患通知〔2026〕22号"
    assert NumbersVoidError(device="样例平板").message.count("旧版程序升级") == 1
    tablet.exchange()
    world.desk.run()
    (series,) = world.series()
    account = runs(fates(world.desk.numbers.account(series)))
    assert [(one.first, one.last) for one in account if "旧版程序升级" in one.reason] == [(2, 20)]
    world.close()


def test_a_tablet_that_only_starts_again_keeps_its_numbers(tmp_path):
    world = world_of(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    for serial in (1, 2, 3):
        assert tablet.issue() == f"（样）隐患通知〔2026〕{serial}号"
        tablet.restart()
    assert not tablet.memory.alarms()
    world.close()


def test_wherever_the_power_goes_while_a_number_is_taken_the_store_stays_in_its_place(tmp_path):
    world = world_of(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    before = tablet.disk.image()
    counted = Disk(before)
    tablet.run_on(counted)
    begun = counted.calls
    assert tablet.book.take(KIND.value, entry="one") is not None
    found = 0
    for call in range(begun + 1, counted.calls + 1):
        disk = Disk(before, die_at=call)
        tablet.run_on(disk)
        with pytest.raises(Died):
            tablet.book.take(KIND.value, entry="one")
        for image in disk.images():
            tablet.run_on(Disk(image))
            assert not tablet.book.is_put_back
            assert tablet.memory.is_in_place
            found += 1
    assert found > 10
    world.close()


def test_an_image_of_the_whole_disk_is_noticed_at_its_next_exchange_only(tmp_path):
    world = world_of(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    older = tablet.disk.image()
    first = tablet.issue()
    tablet.exchange()
    tablet.run_on(Disk(older))
    assert tablet.issue() == first, "offline, nothing here can know"
    tablet.exchange()
    assert tablet.issue() is None, "from its next exchange on it takes none"
    assert tablet.book.left("hazard-notice", 2026) == 0
    world.desk.run()
    assert {"numbers.twice", "entry.fork"} <= world.desk.alarms()
    (series,) = world.series()
    (number, *_) = fates(world.desk.numbers.account(series))
    assert (number.fate, len(number.uses)) == (Fate.TWICE, 2)
    world.close()


def test_a_tablet_that_is_behind_the_server_stops_before_it_prints_a_number_twice(tmp_path):
    world = world_of(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    older = tablet.disk.image()
    tablet.issue()
    tablet.issue()
    tablet.exchange()
    tablet.run_on(Disk(older))
    tablet.exchange()
    assert tablet.book.is_stopped
    assert tablet.issue() is None
    world.close()


# --- Giving back ---


def test_only_what_is_proven_unused_is_given_to_somebody_else(tmp_path):
    world = world_of(tmp_path)
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
    world = world_of(tmp_path)
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
    world = world_of(tmp_path)
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
    world = world_of(tmp_path)
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
    world = world_of(tmp_path)
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
    world = world_of(tmp_path)
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
    world = world_of(tmp_path)
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
    world = world_of(tmp_path)
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
    world = world_of(tmp_path)
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
    world = world_of(tmp_path)
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


def test_a_word_that_comes_twice_is_counted_once(tmp_path):
    world = world_of(tmp_path)
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
    world = world_of(tmp_path)
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
    world = world_of(tmp_path)
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
