"""A tablet's backlog over a line that cuts 5 % of the requests, beside a tablet that asks once per record.

A twentieth of the longest backlog that is planned for: 500 records of 24 KB and 100 photos of 250 KB,
random bytes as sealed ones are. Both sides speak to a real server through the same kind of line, in turns,
part by part. The bytes are all that crossed the line, in both directions, repetitions included; they are
compared with the sealed bodies and photos themselves. A run in which anything was lost or doubled gives no
figure. Speed is by processor time of both ends and the line, which share this process: on loopback nothing
else would be waited for but the disk and whoever else uses the machine.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from time import process_time
from typing import TypeVar

from bench import Row
from bench._line import CuttingLine
from inspector.domain.delivery import EntryStatus
from inspector.errors import AvailabilityError
from inspector.sync.device import DeviceOffice
from inspector.work.exchange import exchange
from inspector.work.mirror import mirror
from inspector.work.ports import EntryState, OutboxEntry
from tests.real_office import RealOffice
from tests.simulator import DEVICE, NOW_MS, MemoryDevice
from tests.work.desk import MemoryMirror

T = TypeVar("T")

PARTS, RECORDS, PHOTOS = 5, 100, 20
RECORD_BYTES, PHOTO_BYTES = 24 * 1024, 250 * 1024
CUT = 0.05
_SEALED = b"age-encryption.org/v1\n"
_MOST_ROUNDS = 1000


def rows() -> Iterator[Row]:
    """Bytes beside what was to be sent, and records a second beside the peer's."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        ours, peer = _Side(Path(one), _exchanges, seed=1), _Side(Path(other), _one_by_one, seed=2)
        for part in range(PARTS):
            for side in (ours, peer) if part % 2 else (peer, ours):
                side.go()
        ours.close()
        peer.close()
    what = f"backlog of {PARTS * RECORDS} records + {PARTS * PHOTOS} photos"
    cuts = f"{ours.line.cuts} of {ours.line.requests} requests cut"
    sent, payload = ours.line.crossed / 2**20, ours.payload / 2**20
    ratio = sent / payload
    yield Row(
        f"{what}, on the wire", sent, "MiB", f"sealed bytes; {cuts}", payload, ratio, "<= 1.1x", ratio <= 1.1
    )
    speed, slow = (PARTS * RECORDS / side.seconds for side in (ours, peer))
    ratio = speed / slow
    yield Row(what, speed, "rec/CPU s", "one request per record", slow, ratio, ">= 3x", ratio >= 3)


class _Side:
    """One tablet, its office and the line between them."""

    def __init__(
        self, folder: Path, send: Callable[[DeviceOffice, MemoryDevice], None], *, seed: int
    ) -> None:
        self._office = RealOffice(folder / "data")
        self._office.__enter__()
        self._device, self._send, self._random = MemoryDevice(self._office.cast), send, Random(seed)
        self.line = CuttingLine(self._office.port, share=CUT, seed=seed)
        self.payload, self.seconds = 0, 0.0

    def go(self) -> None:
        """Seal one part of the backlog and send it."""
        photos = [self._sealed(PHOTO_BYTES) for _ in range(PHOTOS)]
        for number in range(RECORDS):
            body = self._sealed(RECORD_BYTES)
            self.payload += len(body)
            self._device.seal(*photos[number::RECORDS], body=body)
        self.payload += sum(map(len, photos))
        began = process_time()
        self._send(self._office.device(port=self.line.port), self._device)
        self.seconds += process_time() - began

    def close(self) -> None:
        """Stop the server, once everything proved to be there, each once."""
        self.line.close()
        copy, cast = MemoryMirror(), self._office.cast
        report = mirror(desk=self._office.desk(), copy=copy, log=cast.statement.log, now_ms=NOW_MS)
        held = [cast.certificate_envelope, *(self._device.envelope(e.sha256) for e in self._device.entries())]
        blobs = sorted(self._device.blobs)
        missing = self._office.device().have(self._device.last_seq(), blobs).missing
        self._office.__exit__(None, None, None)
        if copy.held != held or report.alarms or missing or self._device.alarms:
            raise AssertionError("the office does not hold what the tablet sent, each once")

    def _sealed(self, size: int) -> bytes:
        return _SEALED + self._random.randbytes(size - len(_SEALED))


def _exchanges(office: DeviceOffice, device: MemoryDevice) -> None:
    """Rounds of the product's own exchange until every entry has its receipt."""
    for _ in range(_MOST_ROUNDS):
        report = exchange(
            office=office,
            outbox=device,
            inbox=device,
            pins=device,
            device=DEVICE,
            root_fingerprint=device.cast.statement.fingerprint,
            identities=[device.cast.identity],
            now_ms=NOW_MS,
            on_message=lambda _message, _body: None,
        )
        if report.paused is not None:
            raise AssertionError(report.paused)
        if report.is_complete and not report.waiting:
            return
    raise AssertionError(f"not everything arrived in {_MOST_ROUNDS} rounds")


def _one_by_one(office: DeviceOffice, device: MemoryDevice) -> None:
    """The peer: each record in a request of its own, then its photos, then its receipt."""
    for entry in device.entries():
        if entry.state is EntryState.WAITING:
            _one(office, device, entry)


def _one(office: DeviceOffice, device: MemoryDevice, entry: OutboxEntry) -> None:
    envelope = device.envelope(entry.sha256)
    (result,) = _until_answered(lambda: office.send_entries([envelope], []))
    if result.status is EntryStatus.REJECTED:
        raise AssertionError(result.problem)
    for blob in entry.blobs:
        with device.open_blob(blob.sha256) as source:
            _until_answered(partial(office.send_blob, blob, source, lambda _count: None))
    (given,) = _until_answered(lambda: office.receipts([entry.sha256]))
    device.keep_receipt(entry.sha256, given.receipt, index=entry.seq, at_ms=NOW_MS)


def _until_answered(ask: Callable[[], T]) -> T:
    while True:
        with suppress(AvailabilityError):
            return ask()
