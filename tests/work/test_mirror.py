"""The console's mirror of the log."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.delivery import LogHead
from inspector.errors import OfficeUnreachableError
from inspector.trust.ledger import Tree
from inspector.work.feed import LogReset
from tests.simulator import DEVICE, MemoryDevice, SimulatedOffice
from tests.work.desk import MemoryMirror, Page, SimulatedDesk, look
from tests.work.test_exchange import CAST, go


def office_with(count: int) -> SimulatedOffice:
    office = SimulatedOffice(CAST)
    office.leaves = [b"leaf %d" % number for number in range(count)]
    return office


@given(st.lists(st.integers(0, 12), max_size=5))
def test_the_mirror_follows_a_growing_log_to_the_last_leaf(steps: list[int]) -> None:
    office, copy = office_with(0), MemoryMirror()
    for step in steps:
        office.leaves += [b"more %d" % (len(office.leaves) + place) for place in range(step)]
        assert not look(office, copy).alarms
        assert copy.held == office.leaves


@given(st.integers(0, 15), st.integers(0, 15))
def test_a_server_put_back_gets_its_log_back_in_the_old_order(held: int, kept: int) -> None:
    office, copy = office_with(held), MemoryMirror()
    look(office, copy)
    del office.leaves[kept:]
    report = look(office, copy)
    assert office.leaves == copy.held
    assert report.refilled == max(0, held - kept)
    assert (report.reset is None) == (kept >= held)
    assert [alarm.code for alarm in report.alarms] == (["log.refilled"] if kept < held else [])


class Broken(SimulatedDesk):
    """Goes away before the first leaf is given back."""

    def refill(self, start: int, leaves: Sequence[bytes], *, is_last: bool) -> None:
        raise OfficeUnreachableError()


def test_a_log_that_shrank_is_told_before_anything_is_given_back() -> None:
    office, copy = office_with(3), MemoryMirror()
    look(office, copy)
    del office.leaves[1:]
    with pytest.raises(OfficeUnreachableError):
        look(office, copy, Broken)
    assert copy.codes() == {"log.refilled"}


@given(st.integers(2, 12), st.data())
def test_a_changed_leaf_is_a_fork_and_none_of_it_is_kept(count: int, data: st.DataObject) -> None:
    office, copy = office_with(count), MemoryMirror()
    look(office, copy)
    held = list(copy.held)
    office.leaves[data.draw(st.integers(0, count - 1))] = b"another"
    office.leaves += [b"new"] * data.draw(st.integers(0, 4))
    look(office, copy)
    assert copy.codes() == {"log.forked"}
    assert copy.held == held


def test_a_server_put_back_to_another_log_is_a_fork_and_gets_nothing() -> None:
    office, copy = office_with(5), MemoryMirror()
    look(office, copy)
    office.leaves = [b"another"] * 3
    report = look(office, copy)
    assert copy.codes() == {"log.forked"}
    assert (report.refilled, report.reset) == (0, None)
    assert len(office.leaves) == 3


class Forging(SimulatedDesk):
    """Serves other leaves than the checkpoint signs."""

    def log_entries(self, start: int, limit: int = 3) -> Page:
        return Page(tuple((index, leaf + b"!") for index, leaf in super().log_entries(start, limit).entries))


class Withholding(SimulatedDesk):
    """Signs for leaves that it does not give."""

    def log_entries(self, start: int, limit: int = 3) -> Page:
        return Page(())


def test_leaves_other_than_those_signed_for_are_not_kept() -> None:
    office, copy = office_with(5), MemoryMirror()
    look(office, copy, Forging)
    assert copy.codes() == {"log.forked"}
    assert copy.held == []


def test_a_leaf_that_is_signed_for_but_not_given_is_named() -> None:
    office, copy = office_with(5), MemoryMirror()
    look(office, copy, Withholding)
    assert copy.codes() == {"log.withheld"}
    assert copy.tree().size == 0
    assert Tree().size == 0


def test_what_devices_saw_of_the_log_is_found_in_it() -> None:
    device, office, copy = MemoryDevice(CAST), SimulatedOffice(CAST), MemoryMirror()
    for _ in range(4):
        device.seal()
        go(device, office)
    assert not look(office, copy).alarms


def test_a_log_that_differs_from_what_a_device_saw_is_a_fork() -> None:
    device, shown, real = MemoryDevice(CAST), SimulatedOffice(CAST), SimulatedOffice(CAST)
    shown.leaves = [b"only for the device"]
    real.leaves = [b"only for the console"]
    name = device.seal()
    go(device, shown)
    later = device.seal()
    real.leaves += [device.envelope(name), device.envelope(later)]
    copy = MemoryMirror()
    look(real, copy)
    assert ("log.forked", later) in copy.alarms


def after_a_loss() -> tuple[MemoryDevice, SimulatedOffice, MemoryMirror]:
    """A server that lost the device's second entry, which the console never saw, and everybody knows it."""
    device, office, copy = MemoryDevice(CAST), SimulatedOffice(CAST), MemoryMirror()
    device.seal()
    go(device, office)
    look(office, copy)
    backup = office.restored()
    device.seal()
    go(device, office)
    device.seal()  # has seen the second one in the log
    reset = LogHead(size=1, root=copy.tree().root_at(1).hex())
    copy.keep_reset(reset)
    backup.messages = CAST.messages(LogReset(head=reset))
    go(device, backup)
    backup.leaves.append(b"of another tablet")  # takes the lost one's place
    return device, backup, copy


def test_entries_that_come_again_after_a_loss_are_no_fork() -> None:
    device, office, copy = after_a_loss()
    go(device, office)
    look(office, copy)
    assert len(copy.held) == 4
    assert copy.codes() == {"log.lost-part"}


def test_a_fork_after_a_loss_is_still_a_fork_once_the_device_has_shown_the_new_log() -> None:
    device, office, copy = after_a_loss()
    for _ in range(3):
        go(device, office)
        device.seal()
    go(device, office)
    look(office, copy)
    assert copy.has_gone_on(DEVICE)
    elsewhere = SimulatedOffice(CAST)
    elsewhere.leaves = [*office.leaves, b"only for the device"]
    elsewhere.entries, elsewhere.envelopes = dict(office.entries), dict(office.envelopes)
    elsewhere.declared, elsewhere.messages = dict(office.declared), office.messages
    go(device, elsewhere)
    name = device.seal()
    office.leaves.append(device.envelope(name))
    look(office, copy)
    assert ("log.forked", name) in copy.alarms


def test_what_was_never_lost_is_a_fork_even_after_a_loss() -> None:
    device, office, copy = after_a_loss()
    device.pin_checkpoint(LogHead(size=1, root="0" * 64), b"")
    name = device.seal()
    office.leaves.append(device.envelope(name))
    look(office, copy)
    assert ("log.forked", name) in copy.alarms
