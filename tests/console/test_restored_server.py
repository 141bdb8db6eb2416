"""A server put back to an older copy of its folder: filled up again without help, and never in silence.

Server, desk and tablet memories are the real ones, over real HTTP (guarantee 4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import pytest

from inspector.console.giving_back import give_files_back
from inspector.domain.delivery import BlobRef
from inspector.errors import BlobUndeclaredError, OfficeUnreachableError
from inspector.work.ports import EntryState
from tests.console.desk_rig import DeskRig
from tests.console.town import Carried, Town

SMALL = b"\xff\xd8 a picture \xff\xd9"
LARGE = b"\xff\xd8" + bytes(range(256)) * 6000
"""Longer than what one request carries."""
TEN_MINUTES_S = 601


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with DeskRig(tmp_path) as rig:
        made = Town(tmp_path, rig)
        yield made
        made.close()


@pytest.fixture
def tablet(town: Town) -> Carried:
    """A tablet with one acknowledged record."""
    made = town.enrols()
    made.seals(SMALL)
    town.settles()
    assert made.states() == {EntryState.ACKNOWLEDGED}
    assert (town.alarms(), made.alarms()) == (set(), set())
    return made


# --- Records lost that the console has ---


def test_records_and_photos_that_the_console_has_come_back_from_it_and_it_says_so(town, tablet):
    town.backed_up()
    lost = [tablet.seals(SMALL + b"2"), tablet.seals(LARGE)]
    town.settles()
    leaves = town.leaves()
    town.put_back()
    assert len(town.leaves()) == len(leaves) - 2
    town.settles()
    assert town.leaves() == leaves
    assert [town.lacks(entry) for entry in lost] == [[], []]
    assert tablet.states() == {EntryState.ACKNOWLEDGED}
    assert town.alarms() == {"log.refilled", "feed.refilled"}
    said = {alarm.code: alarm.message for alarm in town.rig.desk.alarms()}["log.refilled"]
    assert f"退回到第 {len(leaves) - 2} 条" in said
    assert "缺的 2 条" in said
    assert town.rig.desk.copy.files_due() is None


def test_the_refilling_stands_in_the_audit_trail_once(town, tablet):
    town.backed_up()
    tablet.seals()
    town.settles()
    town.put_back()
    town.settles()
    lines = [line for line in town.rig.desk.audit.lines() if line.act == "reset-log"]
    assert [(line.account, line.object) for line in lines] == [("-", str(len(town.leaves())))]
    town.rig.desk.audit.verify()


def test_photos_come_back_even_of_a_record_that_the_backup_had(town, tablet):
    """The copy was made while a photo was still on its way."""
    entry = tablet.seals(LARGE)
    town.rig.sends(tablet.tablet, [entry.envelope])
    town.backed_up()
    tablet.seals()
    town.settles()
    assert tablet.states() == {EntryState.ACKNOWLEDGED}
    town.put_back()
    assert town.lacks(entry) == list(entry.delivery.blobs)
    town.settles()
    assert town.lacks(entry) == []


def test_a_tablet_that_meets_the_restored_server_first_names_it_and_sends_nothing(town, tablet):
    town.backed_up()
    tablet.seals()
    town.settles()
    leaves = town.leaves()
    town.put_back()
    tablet.seals()
    report = tablet.exchanges()
    assert report.paused is not None
    assert (report.paused.code, report.sent) == ("log.older", 0)
    assert tablet.alarms() == {"log.older"}
    town.settles()
    assert town.leaves()[: len(leaves)] == leaves
    assert tablet.states() == {EntryState.ACKNOWLEDGED}
    assert tablet.holds_everything()


# --- Records lost that the console had not seen ---


def test_records_that_only_the_tablet_has_are_sent_again_and_both_sides_say_so(town, tablet):
    town.backed_up()
    lost = tablet.seals(LARGE)
    tablet.exchanges()  # the server had it, the console never
    assert EntryState.RECEIVED in tablet.states()
    town.put_back()
    tablet.exchanges()
    town.settles()
    assert lost.envelope in town.leaves()
    assert town.lacks(lost) == []
    assert tablet.states() == {EntryState.ACKNOWLEDGED}
    assert town.alarms() == {"log.abandoned"}
    assert tablet.alarms() == {"log.older", "log.reset"}


def test_a_log_that_lost_some_here_and_some_nowhere_else_is_whole_again(town, tablet):
    """The server falls back behind both: what the tablet pinned, and what the console holds."""
    town.backed_up()
    mirrored = tablet.seals(SMALL + b"2")
    town.settles()
    unseen = [tablet.seals(SMALL + b"3"), tablet.seals()]
    tablet.exchanges()
    pinned = tablet.memory.checkpoint()
    assert pinned is not None
    assert pinned.size > town.rig.desk.copy.tree().size > 3
    town.put_back()
    tablet.exchanges()
    town.settles()
    assert {entry.envelope for entry in [mirrored, *unseen]} <= set(town.leaves())
    assert tablet.states() == {EntryState.ACKNOWLEDGED}
    assert "log.refilled" in town.alarms()
    assert tablet.alarms() == {"log.older", "log.reset"}
    assert town.rig.desk.copy.tree().size == len(town.leaves())


# --- Messages lost ---


def test_messages_that_the_tablet_already_had_come_back_in_the_old_bytes(town, tablet):
    town.backed_up()
    town.tells(tablet)
    town.settles()
    messages, position = town.messages(tablet), tablet.memory.position()
    town.put_back()
    assert len(town.messages(tablet)) == len(messages) - 1
    town.rig.clock.pass_(TEN_MINUTES_S)
    town.settles()
    assert town.messages(tablet)[: len(messages)] == messages
    assert town.alarms() == {"feed.refilled"}
    assert "1 台平板的消息共 1 条" in town.rig.desk.alarms()[0].message
    assert tablet.memory.position().n == position.n + 1, "and the greeting that brought it out"
    assert tablet.alarms() == set()


def test_messages_that_the_tablet_had_not_seen_reach_it_after_all(town, tablet):
    town.backed_up()
    for _ in range(3):
        town.tells(tablet)
    town.rig.desk.run()
    tablet.applied.clear()
    messages = town.messages(tablet)
    town.put_back()
    assert tablet.exchanges().messages == 0
    town.rig.clock.pass_(TEN_MINUTES_S)
    town.settles()
    assert town.messages(tablet)[: len(messages)] == messages
    assert tablet.memory.position().n == len(messages) + 1
    assert town.alarms() == {"feed.refilled"}
    assert tablet.alarms() == set()


def test_a_return_lost_with_the_log_comes_back_in_the_same_pass(town, tablet):
    """When leaves are missing too, nobody waits for the next message."""
    other = town.enrols()
    town.settles()
    town.backed_up()
    town.tells(tablet)
    other.seals()
    town.rig.desk.run()
    other.exchanges()
    town.rig.desk.run()
    messages = town.messages(tablet)
    town.put_back()
    town.rig.desk.run()
    assert town.messages(tablet)[: len(messages)] == messages
    assert town.alarms() == {"log.refilled", "feed.refilled"}
    assert any("发给 2 台平板的消息共 2 条" in alarm.message for alarm in town.rig.desk.alarms())


def test_messages_that_the_console_forgot_are_named_and_none_is_taken(town, tablet):
    """Console and server both old: the office's chain for this tablet cannot go on as it was."""
    town.backed_up()
    last = town.rig.desk.database.row("SELECT MAX(n) AS n FROM feed WHERE device = ?", tablet.tablet.id)
    town.tells(tablet)
    town.settles()
    position = tablet.memory.position()
    town.put_back()
    town.rig.desk.database.do("DELETE FROM feed WHERE device = ? AND n > ?", tablet.tablet.id, last["n"])
    town.rig.clock.pass_(60)
    for _ in range(2):
        town.tells(tablet)
    town.rig.desk.run()
    tablet.exchanges()
    assert tablet.alarms() == {"feed.forged"}
    assert tablet.memory.position() == position


# --- A tablet that was away speaks first ---


@pytest.fixture
def late(town: Town, tablet: Carried) -> Carried:
    """A second tablet: it knows the log as it was when the copy was made, and not the four records since."""
    made = town.enrols()
    town.settles()
    town.backed_up()
    for n in range(4):
        tablet.seals(SMALL + bytes([n]))
    for _ in range(2):
        town.rig.desk.run()
        tablet.exchanges()
    return made


def test_a_server_that_was_told_takes_nothing_before_the_console_has_spoken(town, tablet, late):
    leaves = town.leaves()
    town.put_back(said=True)
    late.seals(LARGE)
    report = late.exchanges()
    assert report.stopped is not None
    assert (report.stopped.code, report.sent) == ("log.behind", 0)
    town.settles()
    assert town.leaves()[: len(leaves)] == leaves
    assert tablet.states() == late.states() == {EntryState.ACKNOWLEDGED}
    assert town.alarms() == {"log.refilled", "feed.refilled"}
    assert late.alarms() == {"log.reset"}, "the office's own word, no fault"


def test_a_server_that_was_told_and_lacks_nothing_goes_on_at_once(town, tablet):
    town.backed_up()
    town.put_back(said=True)
    town.settles()
    assert (town.alarms(), tablet.alarms()) == ({"log.abandoned"}, set())
    tablet.seals()
    town.settles()
    assert tablet.states() == {EntryState.ACKNOWLEDGED}
    assert tablet.alarms() == set()


@pytest.mark.parametrize(("count", "seen"), [(1, "log.older"), (4, "log.forked"), (6, "log.forked")])
def test_a_log_that_forked_is_named_and_whole_again_once_the_server_was_told(town, tablet, late, count, seen):
    leaves = town.leaves()
    town.put_back()  # and nobody says so
    forked = [late.seals(SMALL + bytes([n])) for n in range(count)]
    late.exchanges()
    tablet.seals()
    town.settles()
    assert town.alarms() == {"log.forked"}
    assert tablet.alarms() == {seen}
    assert EntryState.WAITING in tablet.states()
    assert late.states() == {EntryState.RECEIVED}
    assert tablet.holds_everything()
    assert late.holds_everything()
    town.put_back(said=True)
    for one in (late, tablet):
        one.exchanges()
    town.settles()
    assert town.leaves()[: len(leaves)] == leaves
    assert {entry.envelope for entry in forked} <= set(town.leaves())
    assert tablet.states() == late.states() == {EntryState.ACKNOWLEDGED}
    assert not any(town.lacks(entry) for entry in forked)
    assert "log.reset" in late.alarms()


# --- Giving files back ---


@dataclass
class Sink:
    """A server that lost every file; `fails` says how it answers to some."""

    fails: dict[str, Exception] = field(default_factory=dict)
    given: list[str] = field(default_factory=list)

    def has_blob(self, blob: BlobRef) -> bool:
        return blob.sha256 in self.given

    def put_blob(self, blob: BlobRef, _source: BinaryIO) -> None:
        if blob.sha256 in self.fails:
            raise self.fails[blob.sha256]
        self.given.append(blob.sha256)


def test_a_file_that_is_refused_is_named_and_holds_up_no_other(town, tablet):
    names = [blob.sha256 for n in range(3) for blob in tablet.seals(SMALL + bytes([n])).delivery.blobs]
    town.settles()
    copy = town.rig.desk.copy
    copy.keep_reset(tablet.memory.checkpoint())
    sink = Sink({names[1]: BlobUndeclaredError(sha256=names[1])})
    assert give_files_back(copy, sink, town.rig.clock.now) == len(names)  # with the fixture's own
    assert names[1] not in sink.given
    assert {names[0], names[2]} <= set(sink.given)
    assert town.alarms() == {BlobUndeclaredError.code}
    assert copy.files_due() is None


def test_a_line_that_breaks_in_the_middle_goes_on_where_it_was(town, tablet):
    names = [blob.sha256 for n in range(3) for blob in tablet.seals(SMALL + bytes([n])).delivery.blobs]
    town.settles()
    copy = town.rig.desk.copy
    copy.keep_reset(tablet.memory.checkpoint())
    sink = Sink({names[1]: OfficeUnreachableError()})
    with pytest.raises(OfficeUnreachableError):
        give_files_back(copy, sink, town.rig.clock.now)
    due = copy.files_due()
    assert due
    assert names[0] in sink.given
    sink.fails.clear()
    assert give_files_back(copy, sink, town.rig.clock.now) == 2
    assert set(names) <= set(sink.given)
    assert give_files_back(copy, Sink(), town.rig.clock.now) == 0, "nothing is due any more"
