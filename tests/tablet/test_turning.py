"""The tablet is turned while somebody works: nothing that is being typed or looked at goes away."""

from tests.tablet.walking import EXIT, Walking
from tests.ui_harness import Harness, screen_test

UPRIGHT, LYING = (800, 1280), (1280, 800)


async def turn(ui: Harness, width: int, height: int) -> None:
    ui.page.width, ui.page.height = width, height
    await ui.fire(ui.page, "resize", {"width": width, "height": height})


@screen_test
async def test_a_name_that_is_being_typed_stays(tmp_path):
    async with Walking(tmp_path) as walking:
        ui = await walking.open()
        await ui.go("/settings")
        await ui.tap("crew.add")
        await ui.type("crew.new.name", "样例检查员丙")
        for size in (UPRIGHT, LYING):
            await turn(ui, *size)
            assert ui.by_identifier("crew.new.name").value == "样例检查员丙"


@screen_test
async def test_an_opened_card_stays_open_and_sections_are_beside_it_or_above(tmp_path):
    async with Walking(tmp_path) as walking:
        ui = await walking.open()
        before = ui.texts()
        await ui.tap(f"{EXIT}-basis")
        opened = [text for text in ui.texts() if text not in before]
        assert opened
        for size in (UPRIGHT, LYING):
            await turn(ui, *size)
            assert set(opened) <= set(ui.texts())
            assert sum(name.startswith("checklist.section.") for name in ui.identifiers()) >= 1
