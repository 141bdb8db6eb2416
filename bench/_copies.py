"""Signing many copies at the console: opening, proving, signing, keeping, the audit's line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from inspector.console.hall import Hall
from inspector.console.keys import document_key
from inspector.console.sealing_batch import TOLD_EVERY, SealingBatch
from inspector.notices.pades import Occasion, OfficeSealer
from tests.console.desk_rig import ATablet, DeskRig
from tests.console.sealed_notices import issued, notice_of
from tests.console.sealed_records import sealed, upload

ENTRIES_A_PASS = 40


def batch_and_alone(count: int) -> tuple[float, float, int]:
    """Copies a second: one batch's of so many, and pyHanko's with nothing around it; how many it signed.

    Whenever the batch tells the windows how far it has come, pyHanko signs one of the same PDFs.
    """
    with TemporaryDirectory() as folder, DeskRig(Path(folder)) as rig:
        tablet = rig.enrolled()
        for first in range(1, count, ENTRIES_A_PASS):
            _arrived(rig, tablet, range(first, first + ENTRIES_A_PASS))
        hall = rig.hall()
        due, examiner = hall.copies.due(), rig.desk.examiner()
        assert len(due) == count
        pdfs = [hall.copies._opened(entry, examiner)[1] for entry in due[::TOLD_EVERY]]
        key = document_key(rig.desk.keys)
        sealer = OfficeSealer(key.key, key.chain)
        occasion = Occasion(at_ms=rig.clock.ms, signer="样例", reason="样例")
        sealer.appendix(pdfs[0], occasion)
        with ThreadPoolExecutor(1) as desk:  # pyHanko wants a thread without a running loop
            alone = _Alone(
                lambda turn: desk.submit(sealer.appendix, pdfs[turn % len(pdfs)], occasion).result()
            )
            took = asyncio.run(_batch(hall, rig, alone))
        return count / (took - alone.took), alone.turns / alone.took, alone.turns


def _arrived(rig: DeskRig, tablet: ATablet, numbers: range) -> None:
    """One record and a notice about it for each number: at the server, and from there at the console."""
    record = sealed(tablet, numbers[0])
    entries = [issued(rig, tablet, notice_of(record, number), number).entry for number in numbers]
    envelopes = [record.envelope, *(entry.envelope for entry in entries)]
    rig.sends(tablet, envelopes)
    for entry in entries:
        upload(rig, tablet, entry)
    rig.sends(tablet, envelopes)
    rig.desk.run()


class _Alone:
    """The peer's turns, and how long they took."""

    def __init__(self, act: Callable[[int], object]) -> None:
        self._act = act
        self.turns, self.took = 0, 0.0

    def __call__(self) -> None:
        start = perf_counter()
        self._act(self.turns)
        self.turns += 1
        self.took += perf_counter() - start


async def _batch(hall: Hall, rig: DeskRig, told: Callable[[], object]) -> float:
    """Seconds from the press of the button to the last copy, the turns of others included."""
    batch = SealingBatch(rig.desk, hall.copies, act=hall.act, changed=told)
    start = perf_counter()
    await batch.start(rig.admin, only_accepted=False)
    assert batch._task is not None
    await batch._task
    took = perf_counter() - start
    progress = batch.progress
    assert progress is not None
    assert (progress.done, progress.failed, progress.ended_by) == (progress.total, 0, None)
    return took
