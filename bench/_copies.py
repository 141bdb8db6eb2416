"""Signing many copies at the console: opening, proving, signing, keeping, the audit's line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from inspector.console.hall import Hall
from inspector.console.keys import document_key
from inspector.notices.pades import Occasion, OfficeSealer
from tests.console.desk_rig import DeskRig
from tests.console.sealed_notices import arrived

ENTRIES_A_PASS = 25


def batch_and_alone(count: int) -> tuple[float, float]:
    """Copies a second: the batch's, and pyHanko's on the same PDFs with nothing around it."""
    with TemporaryDirectory() as folder, DeskRig(Path(folder)) as rig:
        tablet = rig.enrolled()
        for first in range(1, count, ENTRIES_A_PASS):
            arrived(rig, tablet, ENTRIES_A_PASS, first=first)
        hall = rig.hall()
        examiner = rig.desk.examiner()
        pdfs = [hall.copies._opened(entry, examiner)[1] for entry in hall.copies.due()]
        assert len(pdfs) == count
        key = document_key(rig.desk.keys)
        sealer = OfficeSealer(key.key, key.chain)
        occasion = Occasion(at_ms=rig.clock.ms, signer="样例", reason="样例")
        sealer.appendix(pdfs[0], occasion)
        start = perf_counter()
        for pdf in pdfs:
            sealer.appendix(pdf, occasion)
        alone = count / (perf_counter() - start)
        start = perf_counter()
        asyncio.run(_batch(hall, rig))
        return count / (perf_counter() - start), alone


async def _batch(hall: Hall, rig: DeskRig) -> None:
    await hall.sealing.start(rig.admin, only_accepted=False)
    assert hall.sealing._task is not None
    await hall.sealing._task
    assert hall.sealing.progress is not None and hall.sealing.progress.failed == 0
