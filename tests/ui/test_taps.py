"""A tap acts on what is on the screen by then, also where what came before it came in the same batch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import flet as ft
import pytest

from inspector.ui.buttons import primary_button
from inspector.ui.fields import Choice, choice_chips, text_field
from tests.ui_harness import Harness, screen_test

Told = list[str]


@ft.component
def Form(told: Told) -> ft.Control:
    text, write = ft.use_state("")
    ways = [Choice(id="one", words="一")]
    return ft.Column(
        controls=[
            Part(told, text, write),
            primary_button("save", "保存", lambda: told.append(f"tap {text}")),
            choice_chips("way", ways, [], lambda id: told.append(f"{id} {text}")),
        ]
    )


@ft.component
def Part(told: Told, text: str, write: Callable[[str], object]) -> ft.Control:
    return text_field(
        "text",
        "文字",
        text,
        write,
        on_submit=lambda: told.append(f"submit {text}"),
        on_leave=lambda: told.append(f"leave {text}"),
    )


@ft.component
def Taps(told: Told, gate: asyncio.Event) -> ft.Control:
    digits, enter = ft.use_state("")
    working, work = ft.use_state(False)

    async def issue() -> None:
        told.append(f"issue {digits}")
        work(True)
        await gate.wait()
        work(False)

    return ft.Column(
        controls=[
            primary_button("seven", "7", lambda: enter(f"{digits}7")),
            primary_button("issue", "出具", issue, disabled=working),
            primary_button("stop", "停止", gate.set),
            ft.Text(f"输入 {digits}"),
        ]
    )


async def shown(screen: Callable[..., ft.Control], *given: object) -> Harness:
    ui = Harness()
    await ui.run(lambda page: page.render(lambda: screen(*given)))
    return ui


async def at_once(ui: Harness, *events: tuple[str, str]) -> None:
    """Several messages of the client as one batch; what takes long goes on."""
    controls = [(ui.by_identifier(identifier), event) for identifier, event in events]
    begun = [ui.session.dispatch_event(control._i, event, None) for control, event in controls]
    tasks = [asyncio.ensure_future(one) for one in begun]
    for _ in tasks:
        await ui.settle()


@screen_test
@pytest.mark.parametrize(
    ("identifier", "event", "told"),
    [
        ("save", "click", "tap 样例全文"),
        ("way-one", "click", "one 样例全文"),
        ("text", "submit", "submit 样例全文"),
        ("text", "blur", "leave 样例全文"),
    ],
)
async def test_the_last_letters_count_although_the_tap_came_with_them(identifier, event, told):
    heard: Told = []
    ui = await shown(Form, heard)
    ui.session.apply_patch(ui.by_identifier("text")._i, {"value": "样例全文"})
    await at_once(ui, ("text", "change"), (identifier, event))
    assert heard == [told]
    assert ui.errors() == []


@screen_test
async def test_taps_of_one_batch_count_one_after_the_other():
    ui = await shown(Taps, [], asyncio.Event())
    await at_once(ui, *[("seven", "click")] * 3)
    assert "输入 777" in ui.texts()


@screen_test
async def test_the_second_of_two_taps_finds_the_button_disabled_and_others_are_not_held_up():
    told: Told = []
    ui = await shown(Taps, told, asyncio.Event())
    await at_once(ui, ("seven", "click"), ("issue", "click"), ("issue", "click"), ("seven", "click"))
    assert told == ["issue 7"]
    assert "输入 77" in ui.texts(), "a long act does not hold up the next tap"
    await ui.tap("stop")
    await ui.tap("issue")
    assert told == ["issue 7", "issue 77"]
    assert ui.errors() == []
