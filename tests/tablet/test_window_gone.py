"""A window whose client is gone, with or without a good-bye: the tablet locks, and others go on."""

import asyncio
from threading import Event

from inspector.tablet import routes
from inspector.tablet.app import Windows
from inspector.tablet.tablet import Tablet
from tests.tablet.rig import PIN, Rig
from tests.tablet.walking import Walking
from tests.ui_harness import Harness, screen_test


async def let_an_exchange_end(walking: Walking) -> None:
    """An exchange was under way when the client went, and ends after it."""
    walking.tablet.background.running = True
    walking.tablet.changed()
    await walking.ui.session.disconnect(600)
    walking.tablet.background.running = False
    walking.tablet.changed()


@screen_test
async def test_an_exchange_that_ends_after_the_client_went_harms_nobody(tmp_path):
    async with Walking(tmp_path) as walking:
        await walking.open()
        second = await walking.window()
        await let_an_exchange_end(walking)
        await second.settle()
        assert walking.tablet.mishaps == []
        assert walking.tablet.workbench is None, "a window that goes locks the tablet"


@screen_test
async def test_the_next_window_asks_for_the_pin_and_shows_the_draft(tmp_path):
    async with Walking(tmp_path) as walking:
        await walking.open()
        second = await walking.window()
        await let_an_exchange_end(walking)
        await second.settle()
        assert "本机已锁定" in second.texts()
        await second.type("lock-pin", PIN)
        await second.tap("lock-done")
        await second.go(routes.inspection(walking.draft_id))
        assert second.has("checklist.ahead")
        assert second.errors() == []


@screen_test
async def test_a_watcher_that_fails_does_not_keep_the_tablet_open(tmp_path):
    async with Walking(tmp_path) as walking:
        first = await walking.open()
        second = await walking.window()
        stop = walking.tablet.watch(lambda: [].pop())
        await first.session.disconnect(600)
        stop()
        await second.settle()
        assert walking.tablet.workbench is None
        walking.tablet.mishaps.clear()


@screen_test
async def test_a_window_whose_browser_reloads_asks_for_the_pin_and_has_the_draft_still(tmp_path):
    async with Walking(tmp_path) as walking:
        ui = await walking.open()
        await ui.leave()
        await ui.come_back()
        assert ui.has("lock-pin") and not ui.has("checklist.ahead")
        await ui.type("lock-pin", PIN)
        await ui.tap("lock-done")
        assert ui.has("checklist.ahead")
        assert ui.errors() == []


@screen_test
async def test_a_window_that_comes_back_says_that_another_one_has_taken_over(tmp_path):
    async with Walking(tmp_path) as walking:
        ui = await walking.open()
        second = await walking.window()
        await ui.leave()
        await second.settle()
        await ui.come_back()
        assert "本机正在另一个窗口中使用" in ui.texts()
        assert not ui.has("checklist.ahead"), "the picture from before would not do anything"
        await ui.tap("in-use.take-over")
        await second.settle()
        assert ui.has("lock-pin")
        assert "本机正在另一个窗口中使用" in second.texts()


@screen_test
async def test_a_browser_that_reloads_while_the_tablet_opens_finds_it_open(tmp_path):
    async with Rig(tmp_path) as rig:
        started, go_on = Event(), Event()

        def assemble(_page: object) -> Tablet:
            started.set()
            go_on.wait()
            return rig.tablet

        ui = Harness()
        Windows(assemble)(ui.page)
        while not started.is_set():
            await asyncio.sleep(0)
        leaving = asyncio.ensure_future(ui.leave())
        while ui.session.connection is not None:
            await asyncio.sleep(0)
        go_on.set()
        await leaving
        await ui.come_back()
        assert ui.has("welcome.name")
