"""A window whose client is gone, with or without a good-bye: the tablet locks, and others go on."""

from inspector.tablet import routes
from tests.tablet.rig import PIN
from tests.tablet.walking import Walking
from tests.ui_harness import screen_test


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
