"""The door on the screen: first start, PINs, waits, locking out, locking, other windows and processes."""

from inspector.tablet.preferences import Preferences
from tests.tablet.rig import NAME, PIN, Rig
from tests.ui_harness import Harness, screen_test

OTHER_PIN = "246801"


async def enter(ui: Harness, name: str, pin: str) -> None:
    await ui.type(f"{name}-pin", pin)
    await ui.tap(f"{name}-done")


async def first_start(ui: Harness) -> None:
    await ui.type("welcome.name", NAME)
    await ui.tap("welcome.next")
    await enter(ui, "welcome.pin", PIN)
    await enter(ui, "welcome.again", PIN)


@screen_test
async def test_the_first_start_asks_for_a_name_and_a_pin_and_opens_today(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.window()
        await first_start(ui)
        assert ui.has("today.start"), ui.identifiers()
        assert [one.name for one in rig.tablet.gate.people()] == [NAME]


@screen_test
async def test_a_pin_that_is_guessed_first_is_refused_before_it_is_typed_twice(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.window()
        await ui.type("welcome.name", NAME)
        await ui.tap("welcome.next")
        await enter(ui, "welcome.pin", "123456")
        assert any("不能全部相同或连续" in text for text in ui.texts())
        assert not rig.tablet.gate.is_set_up


@screen_test
async def test_two_different_pins_set_nothing_up(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.window()
        await ui.type("welcome.name", NAME)
        await ui.tap("welcome.next")
        await enter(ui, "welcome.pin", PIN)
        await enter(ui, "welcome.again", OTHER_PIN)
        assert any("两次输入的 PIN 不一样" in text for text in ui.texts())
        assert not rig.tablet.gate.is_set_up
