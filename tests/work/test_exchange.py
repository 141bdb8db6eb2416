"""Exchange between a device and an office: guarantees 3, 4 and 5."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from inspector.domain.delivery import NO_PREVIOUS
from inspector.errors import OfficeBusyError
from inspector.trust.ledger import LogVerifier, Receipt, verify_receipt
from inspector.work.exchange import ExchangeReport, Progress, exchange
from inspector.work.feed import Acknowledgement, EnterpriseList, FeedBody, Greeting
from inspector.work.ports import EntryState, FeedPosition, Holdings
from tests.simulator import (
    DAY_MS,
    DEVICE,
    LOG_NAME,
    NOW_MS,
    Cast,
    CrashError,
    MemoryDevice,
    SimulatedOffice,
    key,
)

CAST = Cast.new()
PHOTO = b"age photo " * 40
OTHER_PHOTO = b"age other " * 50
WORDS = ["ok", "drop", "dup", "late", "500", "html", "413", "429", "cut", "crash", "die"]


def go(
    device: MemoryDevice, office: SimulatedOffice, *, now_ms: int = NOW_MS, **options: object
) -> ExchangeReport:
    return exchange(
        office=office,
        outbox=device,
        inbox=device,
        pins=device,
        device=DEVICE,
        root_fingerprint=CAST.statement.fingerprint,
        identities=[CAST.identity],
        now_ms=now_ms,
        **{"on_message": lambda message, body: None, **options},  # type: ignore[arg-type]
    )


def settle(device: MemoryDevice, office: SimulatedOffice) -> None:
    """Rounds until all is well; a person presses "try again" on what was set aside."""
    office.fates = iter(())
    for entry in device.entries():
        if entry.state is EntryState.SET_ASIDE:
            device.mark_waiting([entry.sha256])
    for _ in range(10):
        if go(device, office).is_complete and all(
            entry.state is EntryState.RECEIVED for entry in device.entries()
        ):
            return
    raise AssertionError(device.codes())


def test_a_sealed_entry_with_its_photos_arrives_and_is_receipted() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST)
    name = device.seal(PHOTO, OTHER_PHOTO)
    report = go(device, office)
    assert report.is_complete
    assert (report.sent, report.received, report.waiting) == (1, 1, 0)
    assert device.state(name) is EntryState.RECEIVED
    assert office.blobs.keys() == device.blobs.keys()
    receipt = Receipt.from_bytes(device.receipts[name])
    verify_receipt(receipt, device.envelope(name), LogVerifier(name=LOG_NAME, key=CAST.log.public))
    assert not report.alarms


class Exchanging(RuleBasedStateMachine):
    """Any mix of sealing, faults and restarts."""

    def __init__(self) -> None:
        super().__init__()
        self.device = MemoryDevice(CAST)
        self.office = SimulatedOffice(CAST)
        self.sealed: list[str] = []
        self.ever_aside: set[str] = set()

    @rule(files=st.lists(st.binary(min_size=1, max_size=40), max_size=3))
    def seal(self, files: list[bytes]) -> None:
        self.sealed.append(self.device.seal(*files))

    @rule(words=st.lists(st.sampled_from(["ok"] * 25 + WORDS), max_size=30))
    def exchange_under_faults(self, words: list[str]) -> None:
        self.office.fates = iter(words)
        with contextlib.suppress(CrashError):  # the next round begins from what was durable
            go(self.device, self.office)
        self.ever_aside |= {
            entry.sha256 for entry in self.device.entries() if entry.state is EntryState.SET_ASIDE
        }

    @invariant()
    def nothing_is_lost_doubled_or_out_of_order(self) -> None:
        arrived = [name for name in self.office.arrivals if name not in self.ever_aside]
        expected = [name for name in self.sealed if name not in self.ever_aside]
        assert len(set(self.office.arrivals)) == len(self.office.arrivals)
        assert arrived == expected[: len(arrived)]
        assert [entry.sha256 for entry in self.device.entries()] == self.sealed

    @invariant()
    def only_complete_entries_have_receipts(self) -> None:
        assert all(self.office.is_complete(name) for name in self.device.receipts)

    def teardown(self) -> None:
        settle(self.device, self.office)
        assert sorted(self.office.arrivals) == sorted(self.sealed)
        assert len(self.office.leaves) == len(self.sealed)


TestExchanging = Exchanging.TestCase
TestExchanging.settings = settings(max_examples=50, stateful_step_count=10, deadline=None)


@pytest.mark.parametrize("word", WORDS)
def test_whatever_befalls_any_single_request_the_rest_gets_through(word: str) -> None:
    for step in range(11):
        device = MemoryDevice(CAST)
        names = [device.seal(PHOTO), device.seal(OTHER_PHOTO), device.seal()]
        office = SimulatedOffice(CAST, "ok " * step + word)
        office.messages = CAST.messages(Greeting(), Greeting())
        with contextlib.suppress(CrashError):
            go(device, office)
        settle(device, office)
        assert sorted(office.arrivals) == sorted(names), (word, step)
        assert device.position().n == 2


def test_one_refused_entry_holds_up_none_behind_it() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST)
    first = device.seal()
    foreign = Cast.new("another-office")
    stranger = MemoryDevice(foreign)
    stranger.seal()
    stranger._last = device._last
    bad = stranger.seal()
    device.append(stranger.envelope(bad))
    behind = [device.seal(PHOTO), device.seal()]
    report = go(device, office)
    assert (report.set_aside, report.received, report.waiting) == (1, 3, 0)
    assert device.state(bad) is EntryState.SET_ASIDE
    aside = next(entry for entry in device.entries() if entry.sha256 == bad)
    assert aside.problem is not None
    assert aside.problem.code == "signer.unknown"
    assert aside.problem.message
    assert aside.problem.hint
    assert office.arrivals == [first, *behind]
    assert all(device.state(name) is EntryState.RECEIVED for name in behind)
    assert bad in {alarm.entry for alarm in device.alarms.values()}


def test_an_entry_whose_file_is_damaged_on_the_device_is_set_aside_with_the_reason() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST)
    damaged, whole = device.seal(PHOTO), device.seal(OTHER_PHOTO)
    photo = next(name for name, data in device.blobs.items() if data == PHOTO)
    device.blobs[photo] = PHOTO[:-1] + b"?"
    go(device, office)
    assert device.state(damaged) is EntryState.SET_ASIDE
    assert device.state(whole) is EntryState.RECEIVED
    assert "blob.hash" in device.codes()


def test_only_the_consoles_acknowledgement_frees_an_entry() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST)
    name, other = device.seal(PHOTO), device.seal()
    go(device, office)
    assert device.state(name) is EntryState.RECEIVED
    office.messages = CAST.messages(Acknowledgement(entries=(name,)))
    report = go(device, office)
    assert report.acknowledged == 1
    assert device.state(name) is EntryState.ACKNOWLEDGED
    assert device.state(other) is EntryState.RECEIVED


def test_messages_are_applied_once_and_in_order() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST)
    applied: list[tuple[int, FeedBody]] = []
    bodies = [EnterpriseList(enterprises=()) for _ in range(7)]
    office.messages = CAST.messages(*bodies, at_ms=NOW_MS - DAY_MS)
    for _ in range(2):
        report = go(device, office, on_message=lambda message, body: applied.append((message.n, body)))
    assert [n for n, _ in applied] == list(range(1, 8))
    assert report.feed_until_ms == NOW_MS - DAY_MS
    assert sorted(device.kept) == list(range(1, 8))


def test_a_message_is_kept_before_it_is_applied_and_the_position_moves_after() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST)
    office.messages = CAST.messages(EnterpriseList(enterprises=()))

    def dying(_message: object, _body: object) -> None:
        raise CrashError

    with pytest.raises(CrashError):
        go(device, office, on_message=dying)
    assert 1 in device.kept
    assert device.position().n == 0
    applied: list[object] = []
    go(device, office, on_message=lambda message, body: applied.append(body))
    assert len(applied) == 1


def test_a_message_that_cannot_be_understood_is_kept_named_and_passed() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST)
    other = Cast.new()  # sealed to another device's identity
    unreadable = CAST.message(Greeting(), n=1, prev="0" * 64)
    office.messages = [
        Cast.message(
            type(CAST)(**{**CAST.__dict__, "certificate": other.certificate}), Greeting(), n=1, prev="0" * 64
        )
    ]
    assert unreadable != office.messages[0]
    go(device, office)
    assert device.position().n == 1
    assert "feed.unreadable" in device.codes()


def test_a_round_can_be_stopped_between_requests_and_goes_on_later() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST)
    name = device.seal(PHOTO)
    asked = iter([False] * 4 + [True] * 20)
    report = go(device, office, is_cancelled=lambda: next(asked))
    assert report.stopped is not None
    assert report.stopped.code == "exchange.cancelled"
    settle(device, office)
    assert office.arrivals == [name]


def test_progress_counts_every_byte_up_to_the_total() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST)
    device.seal(PHOTO, OTHER_PHOTO)
    seen: list[Progress] = []
    go(device, office, on_progress=seen.append)
    total = sum(entry.size for entry in device.entries()) + len(PHOTO) + len(OTHER_PHOTO)
    assert seen[-1].total_bytes == seen[-1].sent_bytes == total
    assert [each.sent_bytes for each in seen] == sorted(each.sent_bytes for each in seen)


class Counting(SimulatedOffice):
    """Counts the hashes that it is asked about."""

    asked = 0

    def have(self, last_seq: int, hashes: Sequence[str]) -> Holdings:
        self.asked += len(hashes)
        assert len(hashes) <= 500
        return super().have(last_seq, hashes)


def test_a_long_backlog_is_not_asked_about_again_and_again() -> None:
    device, office = MemoryDevice(CAST), Counting(CAST)
    names = [device.seal(b"file %d" % number) for number in range(700)]
    office.fates = iter(["ok", "ok", "ok", "ok", "drop"])  # one batch gets through
    go(device, office)
    assert len(office.arrivals) == 50
    assert office.asked == 500
    office.asked = 0
    seen: list[Progress] = []
    assert go(device, office, on_progress=seen.append).is_complete
    assert office.asked == 500
    assert office.arrivals == names
    assert seen[-1].sent_bytes == seen[-1].total_bytes
    assert go(device, office).is_complete
    assert {device.state(name) for name in names} == {EntryState.RECEIVED}


def test_a_busy_office_names_the_time_to_come_back() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST, "429")
    report = go(device, office)
    assert isinstance(report.stopped, OfficeBusyError)
    assert report.retry_after_s == 7


def test_a_cut_upload_goes_on_where_it_stopped() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST, "ok ok ok ok ok cut ok")
    device.seal(b"x" * 100_000)
    go(device, office)
    settle(device, office)
    assert office.bytes_taken <= 1.1 * sum(
        entry.size + sum(blob.size for blob in entry.blobs) for entry in device.entries()
    )


def test_a_newer_statement_is_kept_and_its_log_key_counts() -> None:
    device = MemoryDevice(CAST)
    rotated = CAST.rotated(log=key("new log"), feed=key("new feed"))
    office = SimulatedOffice(rotated)
    office.messages = CAST.messages(Greeting())  # written before the rotation
    device.seal()
    report = go(device, office)
    assert report.is_complete
    assert report.received == 1
    assert report.messages == 1
    assert device.statement() == rotated.envelope


def test_a_restored_server_is_refilled_from_the_device_without_help() -> None:
    device, office = MemoryDevice(CAST), SimulatedOffice(CAST)
    kept = device.seal(PHOTO)
    go(device, office)
    backup = office.restored()
    lost = [device.seal(OTHER_PHOTO), device.seal()]
    go(device, office)
    # The backup's log is shorter than what the device has seen: nothing new may take the lost places.
    newest = device.seal()
    report = go(device, backup)
    assert report.paused is not None
    assert report.paused.code == "log.older"
    assert backup.shown == [device.checkpoint_note()]
    assert backup.arrivals == [kept]
    # The console gives back what it had mirrored: here, everything.
    backup.leaves = list(office.leaves)
    settle(device, backup)
    assert set(backup.envelopes) == {kept, *lost, newest}
    assert backup.blobs.keys() == device.blobs.keys()


def twice_rotated() -> tuple[Cast, list[bytes]]:
    """The office after two rotations of its feed key, and messages from before, between and after them."""
    one = CAST.rotated(feed=key("second feed"))
    two = one.rotated(feed=key("third feed"))
    chain: list[bytes] = []
    for number, cast in enumerate((CAST, CAST, one, one, one, one, two), start=1):
        prev = sha256(chain[-1]).hexdigest() if chain else NO_PREVIOUS
        chain.append(cast.message(Greeting(), n=number, prev=prev))
    return two, chain


def test_messages_of_two_feed_keys_ago_are_believed_once_a_later_one_stands_for_them() -> None:
    rotated, chain = twice_rotated()
    device, office = MemoryDevice(CAST), SimulatedOffice(rotated)
    office.messages = chain
    report = go(device, office)
    assert report.is_complete
    assert (report.messages, device.codes()) == (7, set())
    assert device.position().n == 7
    assert device.statement() == rotated.envelope


def test_a_backlog_that_broke_off_after_the_statement_was_learnt_goes_on() -> None:
    rotated, chain = twice_rotated()
    device = MemoryDevice(rotated)
    device.keep(1, chain[0])
    device.advance(FeedPosition(n=1, head=sha256(chain[0]).hexdigest(), at_ms=NOW_MS))
    office = SimulatedOffice(rotated)
    office.messages = chain
    assert go(device, office).messages == 6
    assert device.codes() == set()


@pytest.mark.parametrize("changed", [2, 3, 5])
def test_nobody_slips_a_message_under_an_old_key_between_those_of_two_feed_keys(changed: int) -> None:
    rotated, chain = twice_rotated()
    device, office = MemoryDevice(CAST), SimulatedOffice(rotated)
    old = CAST.rotated(feed=key("second feed"))
    forged = old.message(
        Acknowledgement(entries=("0" * 64,)), n=changed + 1, prev=sha256(chain[changed - 1]).hexdigest()
    )
    office.messages = [*chain[:changed], forged, *chain[changed + 1 :]]
    go(device, office)
    assert device.codes() == {"feed.forged"}
    assert device.position().n == 2


def test_a_message_of_an_unknown_key_that_nothing_stands_for_is_not_believed() -> None:
    rotated, chain = twice_rotated()
    device, office = MemoryDevice(CAST), SimulatedOffice(rotated)
    office.messages = chain[:-1]
    go(device, office)
    assert device.codes() == {"feed.forged"}
    assert device.position().n == 2
