"""The PIN pad: by keys and by field, and what it never shows."""

from __future__ import annotations

import flet as ft
import pytest

from inspector.ui.keypad import keypad
from tests.ui_harness import Harness, screen_test


async def shown(given: list[str], **more: object) -> Harness:
    ui = Harness()
    await ui.run(lambda page: page.render(lambda: keypad("me", "请输入 PIN", given.append, **more)))
    return ui


@screen_test
async def test_keys_and_keyboard_write_the_same_pin():
    given: list[str] = []
    ui = await shown(given)
    for key in "2", "7", "9", "back", "1":
        await ui.tap(f"me-{key}")
    field = ui.by_identifier("me-pin")
    assert field.value == "271"
    assert field.password
    await ui.type("me-pin", "271828")
    await ui.tap("me-done")
    assert given == ["271828"]
    assert ui.by_identifier("me-pin").value == ""
    assert ui.errors() == []


@screen_test
async def test_two_taps_faster_than_the_screen_are_both_counted():
    ui = await shown([])
    two, seven = ui.by_identifier("me-2"), ui.by_identifier("me-7")
    for key in (two, seven):
        await ui.session.dispatch_event(key._i, "click", None)
    await ui.settle()
    assert ui.by_identifier("me-pin").value == "27"


@screen_test
async def test_a_short_pin_cannot_be_handed_on():
    given: list[str] = []
    ui = await shown(given, least=4)
    await ui.type("me-pin", "123")
    ui.client.focus = 0
    await ui.submit("me-pin")
    assert ui.has_focus("me-pin"), "Enter takes the focus away; the fourth digit belongs here as well"
    with pytest.raises(AssertionError, match="disabled"):
        await ui.tap("me-done")
    assert given == []


@screen_test
async def test_only_digits_are_taken_and_no_more_than_fit():
    given: list[str] = []
    ui = await shown(given, most=6)
    await ui.type("me-pin", "12a3 4五56789")
    await ui.submit("me-pin")
    assert given == ["123456"]


@screen_test
async def test_while_the_pin_is_tried_the_keys_rest():
    ui = await shown([], working="正在核对…", error="PIN 不正确，还可以试 4 次。")
    assert all(button.disabled for button in [*ui.all(ft.OutlinedButton), *ui.all(ft.FilledButton)])
    assert "正在核对…" in ui.texts()
