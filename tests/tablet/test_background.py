"""The exchange that runs by itself: when, how it is stopped, and that nobody waits for it."""

import asyncio
from threading import Event

import pytest

from inspector.errors import NotEnrolledError, OfficeBusyError, StoreUnavailableError
from inspector.sync.retry import span_s
from inspector.tablet.background import EVERY_MS, FIRST_WORD_MS, Background
from inspector.work.exchange import ExchangeReport, Progress, Step
from tests.tablet.rig import Clock
from tests.ui_harness import screen_test


def report(**changes: object) -> ExchangeReport:
    values = {
        "sent": 0,
        "received": 0,
        "acknowledged": 0,
        "set_aside": 0,
        "messages": 0,
        "waiting": 0,
        "alarms": (),
        "stopped": None,
        "paused": None,
        "feed_until_ms": 1,
    }
    return ExchangeReport(**{**values, **changes})  # type: ignore[arg-type]


class Link:
    """An office link that gives what it is told to."""

    def __init__(self, outcome: object = None) -> None:
        self.outcome = outcome or report()
        self.rounds = 0
        self.began, self.may_go_on = Event(), Event()
        self.may_go_on.set()
        self.was_cancelled = self.hung_up = False

    def hang_up(self):
        self.hung_up = True

    def exchange(self, on_progress, is_cancelled):
        self.rounds += 1
        on_progress(Progress(step=Step.ENTRIES, sent_bytes=50, total_bytes=100))
        self.began.set()
        assert self.may_go_on.wait(30)
        self.was_cancelled = is_cancelled()
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class Scene:
    def __init__(self, outcome: object = None) -> None:
        self.clock, self.link, self.changes, self.afters = Clock(), Link(outcome), 0, 0
        self.background = Background(
            lambda: self.link,  # type: ignore[arg-type,return-value]
            clock=self.clock.uptime,
            random=lambda _low, high: high,
            changed=self._changed,
            after=self._after,
        )

    def _changed(self) -> None:
        self.changes += 1

    async def _after(self) -> None:
        self.afters += 1


@screen_test
async def test_it_begins_at_once_and_rests_five_minutes_after_success():
    scene = Scene()
    scene.background.start()
    await asyncio.to_thread(scene.link.began.wait, 30)
    while scene.background.running:
        await asyncio.sleep(0)
    assert scene.link.rounds == 1
    assert scene.background.next_in_ms == EVERY_MS
    await scene.background.stop()


@screen_test
async def test_a_tablet_that_never_heard_the_office_asks_again_within_seconds():
    scene = Scene(report(feed_until_ms=0))
    await scene.background.once()
    assert scene.background.next_in_ms == FIRST_WORD_MS


@pytest.mark.parametrize("failures", [1, 2, 5])
@screen_test
async def test_after_failures_in_a_row_it_waits_longer(failures):
    scene = Scene(report(stopped=StoreUnavailableError(reason="样例")))
    for _ in range(failures):
        await scene.background.once()
    assert scene.background.next_in_ms == round(span_s(failures) * 1000)


@screen_test
async def test_it_never_tries_before_the_server_said():
    scene = Scene(report(stopped=OfficeBusyError(retry_after_s=120)))
    await scene.background.once()
    assert scene.background.next_in_ms >= 120_000


@screen_test
async def test_a_kick_makes_it_due_at_once():
    scene = Scene()
    await scene.background.once()
    scene.background.kick()
    assert scene.background.next_in_ms == 0


@screen_test
async def test_a_kick_during_a_round_makes_one_more():
    scene = Scene()
    scene.link.may_go_on.clear()
    scene.background.start()
    await asyncio.to_thread(scene.link.began.wait, 30)
    scene.background.kick()
    scene.link.may_go_on.set()
    while scene.link.rounds < 2:
        await asyncio.sleep(0)
    await scene.background.stop()
    assert scene.link.rounds == 2


@screen_test
async def test_stopping_cancels_the_round_and_waits_until_its_thread_is_out_of_the_store():
    scene = Scene()
    scene.link.may_go_on.clear()
    scene.background.start()
    await asyncio.to_thread(scene.link.began.wait, 30)
    stopping = asyncio.create_task(scene.background.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    scene.link.may_go_on.set()
    await stopping
    assert scene.link.was_cancelled
    assert not scene.background.running


@screen_test
async def test_it_can_begin_again_after_it_was_stopped():
    scene = Scene()
    scene.background.start()
    await scene.background.stop()
    scene.link.began.clear()
    scene.background.start()
    assert await asyncio.to_thread(scene.link.began.wait, 30)
    await scene.background.stop()


@screen_test
async def test_the_same_percent_is_told_once():
    scene = Scene()
    told = []
    scene.background._changed = lambda: told.append(scene.background.progress)  # type: ignore[method-assign]
    tell = scene.background._teller(asyncio.get_running_loop())
    scene.background.running = True
    for sent in (1, 2, 3, 1000, 1001):
        tell(Progress(step=Step.BLOBS, sent_bytes=sent, total_bytes=100_000))
    for _ in range(5):
        await asyncio.sleep(0)
    assert [progress.sent_bytes for progress in told if progress] == [1, 1000]


@screen_test
async def test_a_failure_of_the_devices_own_memory_is_kept_for_the_screen():
    scene = Scene(StoreUnavailableError(reason="样例"))
    await scene.background.once()
    assert isinstance(scene.background.failure, StoreUnavailableError)
    assert scene.background.next_in_ms > 0


@screen_test
async def test_a_tablet_that_is_not_enrolled_is_no_failure():
    scene = Scene(NotEnrolledError())
    await scene.background.once()
    assert scene.background.failure is None
