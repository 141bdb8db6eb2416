"""What becomes of numbers when a console or a tablet is put back to an older state: none is on two papers."""

from __future__ import annotations

import contextlib
from itertools import combinations

import pytest

from inspector.console.number_ledger import PUT_BACK, NumberLedger
from inspector.console.outgoing import Outgoing
from inspector.console.recovery import History
from inspector.domain.delivery import FeedMessage
from inspector.domain.numbering import MOST, Fate, fates, runs
from inspector.errors import FeedConflictError, NumbersVoidError
from inspector.store.memory import FACTS, PLACE
from inspector.store.place import NAMES
from inspector.tablet.numbers import NUMBERS, NumberBook
from inspector.trust import dsse
from inspector.trust.strict_json import parse_object
from inspector.work.feed import Greeting, HolidayNotice, NumberBlock
from tests.console.numbers_world import ADMIN, KIND, OFFICE, Desk, World
from tests.store.simulated import Died, Disk

# --- A console that was put back to a backup ---


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


def backed_up(tmp_path, desk: type[Desk]):
    """A world with two tablets, whose console has just been backed up."""
    world = World(tmp_path, desk)
    first, second = world.enrol(), world.enrol()
    for tablet in (first, second):
        tablet.exchange()
    world.back_up()
    return world, first, second


def given_since_the_backup(tmp_path, desk: type[Desk]):
    """The same once the backup was put back; the first tablet was given numbers in between."""
    world, first, second = backed_up(tmp_path, desk)
    world.desk.numbers_desk.hand_out(ADMIN, first.id, KIND, 30)
    world.desk.outgoing.post(world.desk)
    first.exchange()
    world.put_back()
    return world, first, second


@pytest.mark.parametrize(("desk", "is_safe"), [(Desk, True), (ForgetfulDesk, False)])
def test_a_console_put_back_from_a_backup_asks_what_it_had_given(tmp_path, desk, is_safe):
    world, first, second = given_since_the_backup(tmp_path, desk)
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


@pytest.mark.parametrize(("desk", "is_safe"), [(Desk, True), (ForgetfulDesk, False)])
def test_numbers_that_somebody_hands_out_are_none_that_were_given_before_a_backup(tmp_path, desk, is_safe):
    world, _, second = given_since_the_backup(tmp_path, desk)
    world.desk.numbers_desk.hand_out(ADMIN, second.id, KIND, 30)
    with contextlib.suppress(FeedConflictError):
        world.desk.outgoing.post(world.desk)
    second.exchange()
    assert (not hands(world)[0] & hands(world)[1]) is is_safe
    world.close()


def test_what_waited_when_the_backup_was_made_goes_out_behind_what_was_said_since(tmp_path):
    world = World(tmp_path)
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
    world = World(tmp_path)
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
    world, first, second = backed_up(tmp_path, desk)
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


# --- A tablet's store that was written too late, or put back to an older copy ---


def test_a_tablet_that_takes_before_it_writes_prints_a_number_twice_and_the_console_says_so(tmp_path):
    class Careless(NumberBook):
        def take(self, document: str, *, entry: str):
            rows = self._memory.rows(NUMBERS)
            taken = super().take(document, entry=entry)
            self._memory.put_rows(NUMBERS, rows)
            return taken

    world = World(tmp_path)
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


@pytest.mark.parametrize("leaves_marks", [False, True])
def test_a_tablet_whose_folder_was_copied_back_takes_no_number_until_the_office_has_answered(
    tmp_path, leaves_marks
):
    world = World(tmp_path)
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

    world = World(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    tablet.copy_folder()
    tablet.book_type = Trusting
    first = tablet.issue()
    tablet.copy_back()
    assert tablet.issue() == first
    world.close()


def test_a_copy_from_before_its_first_numbers_does_not_take_them_for_new(tmp_path):
    world = World(tmp_path)
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
    world = World(tmp_path)
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
    world = World(tmp_path)
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
    world = World(tmp_path)
    tablet = world.enrol()
    tablet.exchange()
    for serial in (1, 2, 3):
        assert tablet.issue() == f"（样）隐患通知〔2026〕{serial}号"
        tablet.restart()
    assert not tablet.memory.alarms()
    world.close()


def test_wherever_the_power_goes_while_a_number_is_taken_the_store_stays_in_its_place(tmp_path):
    world = World(tmp_path)
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
    world = World(tmp_path)
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
    world = World(tmp_path)
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
