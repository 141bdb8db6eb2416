"""Notices: time, weight and memory beside typst and WeasyPrint doing the same pages; signing many copies.

All are warm: fonts parsed, templates read, compilers kept between rounds. The makers take turns, and their
medians are compared, of wall time and of CPU time: on a busy machine the latter is the steadier. Each round
changes the text, so that nothing can be remembered whole.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from bench import Row
from bench._notice_peers import MAKERS, Ours, Typst, WeasyPrint, record, sample
from inspector.domain.notice import Notice
from tests.notices.samples import TOKEN

ROUNDS, RECORD_ROUNDS = 31, 5
WARM = 2
PAGE_KB = 40.0
COPIES = 1_000
RECORD_PAGES = 20

Maker = Ours | Typst | WeasyPrint


def rows() -> Iterator[Row]:
    """Every figure."""
    with TemporaryDirectory() as folder:
        makers = [maker(Path(folder)) for maker in MAKERS.values()]
        notices = [sample(n) for n in range(ROUNDS + WARM)]
        yield from _beside(
            "one notice, warm, full fonts", makers, notices, {"typst": 0.8, "WeasyPrint": 0.08}
        )
        ours = makers[0]
        assert isinstance(ours, Ours)
        yield _weight(ours)
        records = [record(n) for n in range(RECORD_ROUNDS + WARM)]
        pages = ours.printed(records[0]).count(b"/Type /Page ")
        assert pages == RECORD_PAGES, f"the record has {pages} pages"
        name = f"a record of {pages} pages and 40 photos"
        yield from _beside(name, makers, records, {"typst": None, "WeasyPrint": 0.08})
    for what in ("notice", "record"):
        yield from _memory(what)
    yield _sealing()


def _beside(
    name: str, makers: Sequence[Maker], notices: Sequence[Notice], targets: Mapping[str, float | None]
) -> Iterator[Row]:
    """Ours beside each peer, in wall and in CPU time; None is no promise, only a figure."""
    times: dict[str, list[tuple[float, float]]] = {maker.name: [] for maker in makers}
    for turn, notice in enumerate(notices):
        for maker in (*makers[turn % len(makers) :], *makers[: turn % len(makers)]):
            wall, cpu = perf_counter(), process_time()
            maker.printed(notice)
            times[maker.name].append((perf_counter() - wall, process_time() - cpu))
    for place, clock in enumerate(("", ", CPU time")):
        middle = {who: median([one[place] for one in each[WARM:]]) * 1000 for who, each in times.items()}
        for peer, target in targets.items():
            ratio = middle["ours"] / middle[peer]
            yield Row(
                f"{name}{clock}, beside {peer}", middle["ours"], "ms", peer, middle[peer], ratio,
                f"<= {target}x" if target else "no target", target is None or ratio <= target,
            )  # fmt: skip


def _weight(ours: Ours) -> Row:
    pdf = ours.printed(sample(0), token=TOKEN)
    size = len(pdf) / 1024 / pdf.count(b"/Type /Page ")
    return Row(
        "a page of a notice, code and files included", size, "KB", "the budget", PAGE_KB, size / PAGE_KB,
        "<= 40 KB", size <= PAGE_KB,
    )  # fmt: skip


def _memory(what: str) -> Iterator[Row]:
    """The peaks of fresh processes that print one document each."""
    peak = {}
    for maker in MAKERS:
        done = subprocess.run(
            [sys.executable, "-m", "bench._notice_memory", maker, what], capture_output=True, check=True
        )
        peak[maker] = float(done.stdout)
    for peer in ("typst", "WeasyPrint"):
        ratio = peak["ours"] / peak[peer]
        yield Row(
            f"peak memory of one {what}, beside {peer}", peak["ours"], "MiB", peer, peak[peer], ratio,
            "<= 1.5x", ratio <= 1.5,
        )  # fmt: skip


def _sealing() -> Row:
    """One batch of the console over real entries; pyHanko signs one of its PDFs at each look at the progress.

    Bringing the notices to the console, before the clock starts, takes longer than signing them.
    """
    from bench._copies import batch_and_alone

    ours, alone, turns = batch_and_alone(COPIES)
    ratio = ours / alone
    return Row(
        f"office copies of {COPIES} notices in one batch (pyHanko: {turns}, scaled)", COPIES / ours, "s",
        "pyHanko alone", COPIES / alone, 1 / ratio, "<= 2x", 1 / ratio <= 2,
    )  # fmt: skip
