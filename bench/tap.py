"""One tap on 合格: what the event loop does for it, from the handler to the last patch that is sent.

The client is the tests' own, without a screen: messages are packed as on the wire and go nowhere. The disk's
part runs in a thread and is left out; `bench.store` has it. The peer builds the whole page again at each tap,
as a screen without memoised rows does.
"""

from __future__ import annotations

import asyncio
from asyncio import Runner
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time, thread_time

import flet as ft

from bench import Row
from inspector.domain.checklist import Checklist
from inspector.tablet import routes
from inspector.tablet.frame import keyed
from inspector.tablet.pictures import Pictures
from inspector.tablet.screens import checklist
from inspector.tablet.screens.checklist_bars import BottomBar, Head, Side
from inspector.tablet.screens.item_card import item_card
from inspector.tablet.screens.opened import use_view, use_walk
from inspector.tablet.screens.tour import Tour
from inspector.tablet.session import Session
from inspector.tablet.walk import Walk
from tests.tablet.walking import Walking, long_checklist
from tests.ui_harness import Harness

TAPS, WARM_UP, OPENINGS, BUDGET_MS = 44, 6, 15, 16.0


class _Loop:
    """Seconds of processor time that the loop's callbacks of one tap take; waiting is not counted."""

    def __init__(self) -> None:
        self.spent = 0.0
        self._run = asyncio.events.Handle._run

    def __enter__(self) -> _Loop:
        def timed(handle: asyncio.events.Handle) -> None:
            start = thread_time()
            self._run(handle)
            self.spent += thread_time() - start

        asyncio.events.Handle._run = timed  # type: ignore[method-assign, assignment]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.events.Handle._run = self._run  # type: ignore[method-assign]


@ft.component
def _WholeScreen(session: Session, id: str) -> ft.Control:
    """The peer: the same controls, all of them built again whenever anything changes."""
    opened = use_walk(session, id)
    if not opened.is_open:
        return ft.Container()
    return _Whole(opened.walk, opened.pictures)


@ft.component
def _Whole(walk: Walk, pictures: Pictures) -> ft.Control:
    view = use_view(walk, lambda view: view)
    tour = ft.use_memo(lambda: Tour(walk, lambda _place: None), [])
    part = view.parts[0]
    cards = [keyed(item_card, key, walk, pictures, key, item) for key, item in part.items]
    main = ft.Column([ft.Column(cards, expand=True), BottomBar(walk, tour, part.id)], expand=True)
    return ft.Column([Head(walk, tour), ft.Row([Side(walk, tour, part.id, False), main], expand=True)])


def rows() -> Iterator[Row]:
    """The budget with its peer, and a long inspection beside a short one."""
    ours, theirs = together(Measured(), Measured(screen=_WholeScreen))
    ratio = ours / theirs
    yield Row(
        "one tap on the UI loop, section of 50 items",
        ours,
        "ms",
        "the whole page built again",
        theirs,
        ratio,
        f"<= {BUDGET_MS:g} ms",
        ours <= BUDGET_MS,
    )
    long, short = together(Measured(items=500, sections=10), Measured())
    ratio = long / short
    yield Row(
        "one tap on the UI loop, inspection of 500 items",
        long,
        "ms",
        "an inspection of 50 items",
        short,
        ratio,
        "<= 1.3x",
        ratio <= 1.3,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What is measured: how long the inspection is, or which it is, and which screen shows it."""

    items: int = 50
    sections: int = 1
    given: Checklist | None = None
    screen: Callable[..., ft.Control] = checklist.ChecklistScreen


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """One side: its tablet, its client, and the buttons of its first items by their ids on the wire."""

    rig: Walking
    ui: Harness
    buttons: tuple[int, ...]


def together(ours: Measured, theirs: Measured) -> tuple[float, float]:
    """Medians of milliseconds of two sides that take turns, each with a loop of its own."""
    with TemporaryDirectory() as one, TemporaryDirectory() as other, Runner() as left, Runner() as right:
        runners = (left, right)
        sides = [
            runner.run(_open(Path(folder), side))
            for runner, folder, side in zip(runners, (one, other), (ours, theirs), strict=True)
        ]
        times: tuple[list[float], list[float]] = ([], [])
        for turn in range(TAPS + WARM_UP):
            for runner, side, spent in zip(runners, sides, times, strict=True):
                taken = runner.run(_tap(side, turn))
                if turn >= WARM_UP:
                    spent.append(taken)
        for runner, side in zip(runners, sides, strict=True):
            saved = len(side.rig.on_disk.answers)
            if saved != TAPS + WARM_UP:
                raise AssertionError(f"{saved} answers on the disk after {TAPS + WARM_UP} taps")
            runner.run(side.rig.windows.close())
        return median(times[0]), median(times[1])


def openings(ours: Measured, theirs: Measured) -> tuple[float, float]:
    """Medians of milliseconds of processor time from 今日 to the inspection, its journal read anew."""
    with TemporaryDirectory() as one, TemporaryDirectory() as other, Runner() as left, Runner() as right:
        runners = (left, right)
        sides = [
            runner.run(_open(Path(folder), side))
            for runner, folder, side in zip(runners, (one, other), (ours, theirs), strict=True)
        ]
        times: tuple[list[float], list[float]] = ([], [])
        for turn in range(OPENINGS + 1):
            for runner, side, spent in zip(runners, sides, times, strict=True):
                taken = runner.run(_reopen(side))
                if turn:
                    spent.append(taken)
        for runner, side in zip(runners, sides, strict=True):
            runner.run(side.rig.windows.close())
        return median(times[0]), median(times[1])


async def _reopen(opened: _Opened) -> float:
    rig, ui = opened.rig, opened.ui
    await ui.go(routes.today())
    rig.bench.drafts.close(rig.draft_id)
    start = process_time()
    await ui.go(routes.inspection(rig.draft_id))
    taken = process_time() - start
    if not ui.has("checklist.item.long.i1-0-pass"):
        raise AssertionError("the inspection is not on the screen")
    return taken * 1000


async def _open(folder: Path, side: Measured) -> _Opened:
    checklist.ChecklistScreen = side.screen
    routes.screen_of.cache_clear()
    rig = Walking(folder, checklists=[side.given or long_checklist(side.items, side.sections)])
    ui = await rig.open()
    named = {one.identifier: one for one in ui.all(ft.Semantics)}
    buttons = tuple(
        named[f"checklist.item.long.i1-{place}-pass"].content._i for place in range(TAPS + WARM_UP)
    )
    return _Opened(rig=rig, ui=ui, buttons=buttons)


async def _tap(opened: _Opened, turn: int) -> float:
    """Milliseconds of the loop for 合格 on an item that nobody has touched."""
    button = opened.buttons[turn]
    with _Loop() as loop:
        await asyncio.create_task(opened.ui.session.dispatch_event(button, "click", None))
        for _ in range(20):
            await asyncio.sleep(0)
    return loop.spent * 1000
