"""The console's mirror of the log."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspector.trust.ledger import Tree
from tests.simulator import Cast, MemoryDevice, SimulatedOffice
from tests.work.desk import MemoryMirror, Page, SimulatedDesk, look
from tests.work.test_exchange import go

CAST = Cast.new()


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
    assert not report.alarms


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
