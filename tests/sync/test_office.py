"""One contract for every office: the simulated one, and the real server over real HTTP."""

from __future__ import annotations

import io
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import pytest

from inspector.domain.delivery import BlobRef, EntryStatus
from inspector.errors import (
    BlobUndeclaredError,
    InspectorError,
    OfficeAnswerError,
    OfficeTimeoutError,
    OfficeUnreachableError,
    SignerUnknownError,
)
from inspector.sync.device import DeviceOffice
from inspector.trust.ledger import Receipt, verify_checkpoint, verify_consistency, verify_receipt
from inspector.work.exchange import exchange
from inspector.work.feed import Acknowledgement, Greeting, LogReset
from inspector.work.mirror import mirror
from inspector.work.ports import EntryState, Gap, Office
from tests.fault_proxy import FaultProxy
from tests.real_office import RealOffice, sealed
from tests.simulator import DEVICE, NOW_MS, Cast, MemoryDevice, SimulatedOffice, key
from tests.work.desk import MemoryMirror

PHOTO = sealed("photo")
LARGE = sealed("large", 3_000_000)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealOffice]:
    with RealOffice(tmp_path_factory.mktemp("office") / "data") as office:
        yield office


@pytest.fixture(params=["simulated", "real"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[MemoryDevice, Office]]:
    if request.param == "simulated":
        cast = Cast.new()
        yield MemoryDevice(cast), SimulatedOffice(cast)
        return
    with RealOffice(tmp_path / "data") as office:
        yield MemoryDevice(office.cast), office.device()


def seal(device: MemoryDevice, *files: bytes) -> str:
    return device.seal(*files, body=sealed(f"body {device.last_seq()}"))


def test_an_entry_is_accepted_once_and_receipted_when_its_files_are_there(
    pair: tuple[MemoryDevice, Office],
) -> None:
    device, office = pair
    name = seal(device, PHOTO)
    envelope = device.envelope(name)
    (result,) = office.send_entries([envelope], [])
    assert result.status is EntryStatus.AWAITING_BLOBS
    assert result.missing == (sha256(PHOTO).hexdigest(),)
    assert office.receipts([name]) == ()
    office.send_blob(
        BlobRef(sha256=result.missing[0], size=len(PHOTO)), io.BytesIO(PHOTO), lambda count: None
    )
    (again,) = office.send_entries([envelope], [])
    assert again.status is EntryStatus.DUPLICATE
    assert again.missing == ()
    (given,) = office.receipts([name])
    assert given.entry == name
    verify_receipt(Receipt.from_bytes(given.receipt), envelope, device.cast.statement.log)


def test_the_office_says_what_it_has_and_lacks(pair: tuple[MemoryDevice, Office]) -> None:
    device, office = pair
    first, second = seal(device), seal(device, PHOTO)
    assert office.have(2, [first, second]).missing == {first, second}
    office.send_entries([device.envelope(first), device.envelope(second)], [])
    holdings = office.have(2, [first, second, sha256(PHOTO).hexdigest()])
    assert (holdings.last_seq, holdings.head) == (2, second)
    assert holdings.missing == {sha256(PHOTO).hexdigest()}


def test_a_gap_is_refused_until_it_is_declared(pair: tuple[MemoryDevice, Office]) -> None:
    device, office = pair
    first, behind = seal(device), seal(device)
    (result,) = office.send_entries([device.envelope(behind)], [])
    assert result.status is EntryStatus.REJECTED
    assert result.problem is not None
    assert result.problem.code == "entry.gap"
    (result,) = office.send_entries([device.envelope(behind)], [Gap(seq=1, sha256=first)])
    assert result.status is EntryStatus.ACCEPTED
    (result,) = office.send_entries([device.envelope(first)], [])
    assert result.status is EntryStatus.ACCEPTED


def test_the_same_number_with_other_bytes_is_a_fork(pair: tuple[MemoryDevice, Office]) -> None:
    device, office = pair
    other = device.copy()
    first, forked = seal(device), other.seal(body=sealed("another"))
    office.send_entries([device.envelope(first)], [])
    (result,) = office.send_entries([other.envelope(forked)], [])
    assert result.status is EntryStatus.FORK


def test_a_file_that_no_entry_declares_is_refused(pair: tuple[MemoryDevice, Office]) -> None:
    _, office = pair
    blob = BlobRef(sha256=sha256(PHOTO).hexdigest(), size=len(PHOTO))
    with pytest.raises(BlobUndeclaredError):
        office.send_blob(blob, io.BytesIO(PHOTO), lambda count: None)


def test_the_log_proves_that_it_grew(pair: tuple[MemoryDevice, Office]) -> None:
    device, office = pair
    log = device.cast.statement.log
    heads = []
    for _ in range(3):
        office.send_entries([device.envelope(seal(device))], [])
        heads.append(verify_checkpoint(office.checkpoint(), log.name, log.key, origin=log.name))
    old, new = heads[0], heads[-1]
    assert new.size == old.size + 2
    verify_consistency(old.size, old.root, new.size, new.root, office.consistency(old.size, new.size))


def rounds(device: MemoryDevice, office: Office, count: int = 1) -> list[InspectorError | None]:
    """Exchange so often; gives why each round stopped."""
    found = []
    for _ in range(count):
        report = exchange(
            office=office,
            outbox=device,
            inbox=device,
            pins=device,
            device=DEVICE,
            root_fingerprint=device.cast.statement.fingerprint,
            identities=[device.cast.identity],
            now_ms=NOW_MS,
            on_message=lambda message, body: None,
        )
        found.append(report.stopped or report.paused)
    return found


def test_a_whole_exchange(pair: tuple[MemoryDevice, Office]) -> None:
    device, office = pair
    names = [seal(device, PHOTO), seal(device), seal(device, LARGE, PHOTO)]
    assert rounds(device, office) == [None]
    assert {device.state(name) for name in names} == {EntryState.RECEIVED}
    assert not device.alarms


def test_the_console_mirrors_acknowledges_and_the_device_may_let_go(tmp_path: Path) -> None:
    with RealOffice(tmp_path / "data") as office:
        device, copy, desk = MemoryDevice(office.cast), MemoryMirror(), office.desk()
        name = seal(device, LARGE)
        assert rounds(device, office.device()) == [None]
        report = mirror(desk=desk, copy=copy, log=office.cast.statement.log, now_ms=NOW_MS)
        assert not report.alarms
        assert copy.held == [office.cast.certificate_envelope, device.envelope(name)]
        sink = io.BytesIO()
        blob = BlobRef(sha256=sha256(LARGE).hexdigest(), size=len(LARGE))
        desk.fetch_blob(blob, sink)
        assert sink.getvalue() == LARGE
        rest = io.BytesIO(LARGE[:1000])
        rest.seek(1000)
        desk.fetch_blob(blob, rest, offset=1000)
        assert rest.getvalue() == LARGE
        desk.post_feed(DEVICE, office.cast.messages(Greeting(), Acknowledgement(entries=(name,))))
        assert rounds(device, office.device()) == [None]
        assert device.state(name) is EntryState.ACKNOWLEDGED


def test_a_server_put_back_is_refilled_by_console_and_tablet(tmp_path: Path) -> None:
    with RealOffice(tmp_path / "data") as office:
        device, copy, cast = MemoryDevice(office.cast), MemoryMirror(), office.cast
        names = [seal(device, PHOTO)]
        rounds(device, office.device())
    copytree(tmp_path / "data", tmp_path / "backup")
    with RealOffice(tmp_path / "data", cast=cast) as office:
        names.append(seal(device))
        rounds(device, office.device())
        mirror(desk=office.desk(), copy=copy, log=cast.statement.log, now_ms=NOW_MS)
        names.append(seal(device, LARGE))  # this one only the tablet has
        rounds(device, office.device())
        names.append(seal(device))  # and this one has seen that one in the log
        rounds(device, office.device())
        assert {device.state(name) for name in names} == {EntryState.RECEIVED}
    with RealOffice(tmp_path / "backup", cast=cast) as office:
        names.append(seal(device))
        (stopped,) = rounds(device, office.device())
        assert stopped is not None
        assert stopped.code == "log.older"
        report = mirror(desk=office.desk(), copy=copy, log=cast.statement.log, now_ms=NOW_MS)
        assert report.refilled == 1
        assert report.reset is not None
        office.desk().post_feed(DEVICE, cast.messages(LogReset(head=report.reset)))
        rounds(device, office.device(), 2)
        assert rounds(device, office.device()) == [None]
        assert {device.state(name) for name in names} == {EntryState.RECEIVED}
        mirror(desk=office.desk(), copy=copy, log=cast.statement.log, now_ms=NOW_MS)
        assert copy.held == [cast.certificate_envelope, *(device.envelope(name) for name in names)]
        assert copy.codes() == {"log.refilled"}


def test_a_server_put_back_to_where_the_console_is_does_not_wait_for_ever(tmp_path: Path) -> None:
    with RealOffice(tmp_path / "data") as office:
        device, copy, cast = MemoryDevice(office.cast), MemoryMirror(), office.cast
        names = [seal(device)]
        rounds(device, office.device())
        mirror(desk=office.desk(), copy=copy, log=cast.statement.log, now_ms=NOW_MS)
    copytree(tmp_path / "data", tmp_path / "backup")
    with RealOffice(tmp_path / "data", cast=cast) as office:
        for _ in range(2):
            names.append(seal(device))  # the console has never seen these
            rounds(device, office.device())
    with RealOffice(tmp_path / "backup", cast=cast) as office:
        names.append(seal(device))
        rounds(device, office.device())
        assert office.desk().is_waiting()
        report = mirror(desk=office.desk(), copy=copy, log=cast.statement.log, now_ms=NOW_MS)
        assert report.reset is not None
        assert not office.desk().is_waiting()
        office.desk().post_feed(DEVICE, cast.messages(LogReset(head=report.reset)))
        rounds(device, office.device(), 2)
        assert {device.state(name) for name in names} == {EntryState.RECEIVED}
        mirror(desk=office.desk(), copy=copy, log=cast.statement.log, now_ms=NOW_MS)
        assert copy.codes() == {"log.abandoned"}


FAULTS = ["cut-request 10", "cut-request 900", "cut-answer 40", "cut-answer 400", "html", "empty", "garble 9"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_line_costs_time_and_nothing_else(real: RealOffice, tmp_path: Path, fault: str) -> None:
    with RealOffice(tmp_path / "data") as office, FaultProxy(office.port) as proxy:
        device = MemoryDevice(office.cast)
        names = [seal(device, PHOTO), seal(device, LARGE)]
        for place in range(6):
            proxy.plan(["pass"] * place + [fault])
            rounds(device, office.device(port=proxy.port))
        assert rounds(device, office.device())[0] is None
        assert {device.state(name) for name in names} == {EntryState.RECEIVED}
        assert "request.forbidden" not in device.codes()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("html", OfficeAnswerError),
        ("empty", OfficeUnreachableError),
        ("cut-answer 10", OfficeUnreachableError),
        ("cut-answer 300", OfficeUnreachableError),
        ("hold", OfficeTimeoutError),
    ],
)
def test_each_broken_line_has_its_name(real: RealOffice, fault: str, error: type[InspectorError]) -> None:
    with FaultProxy(real.port, [fault]) as proxy:
        with pytest.raises(error) as caught:
            real.device(port=proxy.port, timeouts_s=(5, 0.3)).hello()
        proxy.release()
    assert caught.value.retry
    assert caught.value.next_step


def test_nobody_listening_is_unreachable(real: RealOffice) -> None:
    with FaultProxy(real.port) as proxy:
        gone = proxy.port
    with pytest.raises(OfficeUnreachableError):
        real.device(port=gone).hello()


def test_a_key_that_the_office_does_not_know_pauses_everything(real: RealOffice) -> None:
    device = MemoryDevice(real.cast)
    seal(device)
    stranger = DeviceOffice(real.transport(key("nobody")))
    (stopped,) = rounds(device, stranger)
    assert isinstance(stopped, SignerUnknownError)
    assert device.state(device.entries()[0].sha256) is EntryState.WAITING
