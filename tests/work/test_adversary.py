"""A working server in bad hands: each trick ends in a named alarm, and no copy on the device is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

import pytest

from inspector.domain.delivery import EntryStatus, LogHead
from inspector.errors import LogForkedError, RequestUnknownError
from inspector.trust.ledger import LogVerifier, Receipt, verify_receipt
from inspector.trust.statement import issue_statement
from inspector.work.feed import Acknowledgement, Greeting, LogReset
from inspector.work.ports import (
    EntryResult,
    EntryState,
    FeedPage,
    Gap,
    GivenReceipt,
    Hello,
    Holdings,
    Office,
)
from tests.simulator import DAY_MS, LOG_NAME, NOW_MS, Cast, MemoryDevice, SimulatedOffice, key
from tests.work.desk import MemoryMirror, look
from tests.work.test_exchange import CAST, go

PHOTO = b"age photo " * 30


class Dropping(SimulatedOffice):
    """Says "accepted" and drops entries."""

    def send_entries(self, envelopes: Sequence[bytes], gaps: Sequence[Gap]) -> tuple[EntryResult, ...]:
        return tuple(
            EntryResult(sha256=sha256(envelope).hexdigest(), status=EntryStatus.ACCEPTED)
            for envelope in envelopes
        )


class Passing(SimulatedOffice):
    """Passes entries over without a word."""

    def send_entries(self, envelopes: Sequence[bytes], gaps: Sequence[Gap]) -> tuple[EntryResult, ...]:
        return super().send_entries(envelopes, gaps)[:-1]


class Reordering(SimulatedOffice):
    """Puts entries into the log in another order than the device sealed them."""

    def receipts(self, hashes: Sequence[str]) -> tuple[GivenReceipt, ...]:
        self.leaves.reverse()
        given = super().receipts(hashes)
        self.leaves.reverse()
        return given


class Swindling(SimulatedOffice):
    """Gives one entry's receipt for another."""

    def receipts(self, hashes: Sequence[str]) -> tuple[GivenReceipt, ...]:
        given = super().receipts(hashes)
        return tuple(replace(each, receipt=given[0].receipt) for each in given)


class Mute(SimulatedOffice):
    """Says "duplicate" for ever and never gives a receipt."""

    def receipts(self, hashes: Sequence[str]) -> tuple[GivenReceipt, ...]:
        return ()


class Forgetting(SimulatedOffice):
    """Denies what it gave a receipt for."""

    def have(self, last_seq: int, hashes: Sequence[str]) -> Holdings:
        return Holdings(last_seq=0, head="0" * 64, missing=frozenset(hashes))


class Stubborn(SimulatedOffice):
    """Does not prove that its log grew."""

    def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        raise RequestUnknownError(what="日志大小")


def held(device: MemoryDevice, names: Sequence[str]) -> bool:
    """Whether every entry and file is still on the device, and none of it counts as safe elsewhere."""
    blobs = {blob.sha256 for entry in device.entries() for blob in entry.blobs}
    states = {device.state(name) for name in names}
    return blobs <= device.blobs.keys() and EntryState.ACKNOWLEDGED not in states


def test_receipts_without_acknowledgement_show_after_three_days() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST)
    name = device.seal(PHOTO)
    go(device, office)
    go(device, office, now_ms=NOW_MS + 3 * DAY_MS - 1)
    assert "acknowledgement.overdue" not in device.codes()
    go(device, office, now_ms=NOW_MS + 3 * DAY_MS)
    assert ("acknowledgement.overdue", name) in device.alarms
    assert held(device, [name])


@pytest.mark.parametrize(
    ("server", "code"),
    [
        (Dropping, "receipt.missing"),
        (Passing, "entry.unanswered"),
        (Mute, "receipt.missing"),
        (Reordering, "receipt.invalid"),
        (Swindling, "receipt.invalid"),
    ],
)
def test_a_server_that_does_not_keep_its_word_is_named(server: type[SimulatedOffice], code: str) -> None:
    device, office = MemoryDevice(CAST), server(CAST)
    names = [device.seal(), device.seal(), device.seal()]
    for _ in range(3):
        go(device, office)
    assert code in device.codes()
    assert held(device, names)
    assert EntryState.SET_ASIDE not in {device.state(name) for name in names}
    log = LogVerifier(name=LOG_NAME, key=CAST.log.public)
    for name, receipt in device.receipts.items():
        verify_receipt(Receipt.from_bytes(receipt), device.envelope(name), log)


def test_a_server_that_denies_what_it_gave_a_receipt_for_is_named_and_gets_it_again() -> None:
    device, honest = MemoryDevice(CAST), SimulatedOffice(CAST)
    name = device.seal(PHOTO)
    go(device, honest)
    denying = Forgetting(CAST)
    denying.leaves = list(honest.leaves)
    go(device, denying)
    assert ("receipt.broken", name) in device.alarms
    assert name in denying.envelopes
    assert held(device, [name])


def test_two_logs_for_two_people_are_found_out_by_the_console() -> None:
    device, for_device, for_desk = MemoryDevice(CAST), SimulatedOffice(CAST), SimulatedOffice(CAST)
    first = device.seal()
    go(device, for_device)
    second = device.seal()
    go(device, for_device)
    for_desk.leaves = [b"instead of the first", device.envelope(second)]
    copy = MemoryMirror()
    look(for_desk, copy)
    assert ("log.forked", second) in copy.alarms
    assert held(device, [first, second])


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_another_log_than_before_stops_all_sending(count: int) -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST)
    names = [device.seal() for _ in range(2)]
    go(device, office)
    forked = SimulatedOffice(CAST)
    forked.leaves = [b"other %d" % number for number in range(count)]
    names.append(device.seal())
    report = go(device, forked)
    assert report.paused is not None
    assert device.codes() == ({"log.older"} if count < 2 else {"log.forked"})
    assert forked.arrivals == []
    assert held(device, names)


def test_growth_that_is_not_proven_counts_as_a_fork() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST)
    names = [device.seal()]
    go(device, office)
    stubborn = Stubborn(CAST)
    stubborn.leaves = [*office.leaves, b"more"]
    names.append(device.seal())
    report = go(device, stubborn)
    assert isinstance(report.paused, LogForkedError)
    assert held(device, names)


def test_a_checkpoint_of_another_key_is_not_believed() -> None:
    device = MemoryDevice(CAST)
    name = device.seal()
    office = SimulatedOffice(replace(CAST, log=key("somebody else's log")))
    report = go(device, office)
    assert report.paused is not None
    assert report.paused.code == "log.checkpoint-invalid"
    assert office.arrivals == []
    assert held(device, [name])


def test_another_office_gets_nothing() -> None:
    device = MemoryDevice(CAST)
    name = device.seal()
    for office in (SimulatedOffice(Cast.new("another-office")), Impostor(CAST)):
        report = go(device, office)
        assert report.paused is not None
        assert report.paused.code in ("office.mismatch", "office.root-mismatch")
        assert office.arrivals == []
    assert held(device, [name])


class Impostor(SimulatedOffice):
    """Shows a statement with keys of its own under the tenant's name."""

    def hello(self) -> Hello:
        root = key("impostor root")
        statement = replace(self.cast.statement, root=root.public, version=2)
        return replace(super().hello(), statement=issue_statement(statement, root))


def test_an_older_statement_is_not_believed() -> None:
    rotated = CAST.rotated(feed=key("next feed"))
    device = MemoryDevice(rotated)
    device.seal()
    office = SimulatedOffice(CAST)
    report = go(device, office)
    assert report.paused is not None
    assert report.paused.code == "office.statement-older"
    assert office.arrivals == []


def test_a_device_put_back_to_an_older_state_is_stopped_before_it_forks() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST)
    device.seal()
    older = device.copy()
    device.seal()
    go(device, office)
    older.seal()
    older.seal()
    older._last = (1, older._last[1])
    report = go(older, office)
    assert report.paused is not None
    assert report.paused.code == "device.rolled-back"


class Feeding(SimulatedOffice):
    """Serves whatever messages it likes, whatever it was asked for."""

    def feed(self, after: int) -> FeedPage:
        return FeedPage(messages=tuple(self.messages), more=True)


MESSAGES = CAST.messages(Greeting(), Greeting(), Greeting())
OTHERS = replace(CAST, feed=key("not the office"))


@pytest.mark.parametrize(
    ("served", "code", "reached"),
    [
        ([MESSAGES[1], MESSAGES[2]], "feed.gap", 0),
        ([MESSAGES[0], MESSAGES[2]], "feed.gap", 1),
        ([MESSAGES[1], MESSAGES[0], MESSAGES[2]], "feed.gap", 0),
        ([MESSAGES[0], MESSAGES[0], MESSAGES[1]], "feed.replayed", 2),
        (OTHERS.messages(Greeting()), "feed.forged", 0),
        ([MESSAGES[0], CAST.message(Greeting(), n=2, prev="1" * 64)], "feed.forged", 1),
        ([MESSAGES[0][:-3]], "feed.forged", 0),
        (Cast.new("another-office").messages(Greeting()), "feed.forged", 0),
    ],
)
def test_messages_withheld_reordered_replayed_or_forged_are_named(
    served: list[bytes], code: str, reached: int
) -> None:
    device, office = MemoryDevice(CAST), Feeding(CAST)
    office.messages = served
    go(device, office)
    assert code in device.codes()
    assert device.position().n == reached


def test_a_message_to_another_device_is_not_taken() -> None:
    device, office = MemoryDevice(CAST), Feeding(CAST)
    other = replace(CAST, certificate=replace(CAST.certificate, id="0192d3a4-0000-7000-8000-000000000002"))
    office.messages = other.messages(Greeting())
    go(device, office)
    assert device.codes() == {"feed.forged"}
    assert device.position().n == 0


def test_an_office_by_another_name_gets_nothing() -> None:
    device, office = MemoryDevice(CAST), Renamed(CAST)
    device.seal()
    report = go(device, office)
    assert report.paused is not None
    assert report.paused.code == "office.mismatch"
    assert office.arrivals == []


class Renamed(SimulatedOffice):
    """Shows the right statement under another tenant's name."""

    def hello(self) -> Hello:
        return replace(super().hello(), tenant="another-office")


def test_a_forged_acknowledgement_frees_nothing() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST)
    name = device.seal(PHOTO)
    office.messages = OTHERS.messages(Acknowledgement(entries=(name,)))
    go(device, office)
    assert held(device, [name])


def test_silence_of_a_week_is_named() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST)
    office.messages = CAST.messages(Greeting())
    go(device, office)
    go(device, office, now_ms=NOW_MS + 7 * DAY_MS)
    assert "feed.silent" in device.codes()


def test_only_the_offices_own_word_sets_the_pinned_log_back() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST)
    first = device.seal()
    go(device, office)
    backup, copy = office.restored(), MemoryMirror()
    look(office, copy)
    lost = device.seal(PHOTO)
    go(device, office)
    office = backup  # the console had not mirrored the second entry: that leaf is lost
    report = go(device, office)
    assert report.paused is not None
    assert device.state(lost) is EntryState.RECEIVED
    office.messages = CAST.messages(LogReset(head=LogHead(size=1, root=copy.tree().root_at(1).hex())))
    go(device, office)
    assert "log.reset" in device.codes()
    go(device, office)
    assert device.state(lost) is EntryState.RECEIVED
    assert office.arrivals == [first, lost]


def test_the_simulated_office_is_an_office() -> None:
    office: Office = SimulatedOffice(CAST)
    assert office.hello().tenant == CAST.statement.tenant
