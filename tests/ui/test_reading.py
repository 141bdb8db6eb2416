"""What a screen reads, when answers come late and in another order than they were asked for.

Flet itself ends a reading when what it depends on changes; one that was asked for by hand goes on.
"""

from __future__ import annotations

import asyncio
from functools import partial

import flet as ft

from inspector.errors import OfficeUnreachableError
from inspector.ui.buttons import quiet_button
from inspector.ui.window import Window, use_read
from tests.ui_harness import Harness, screen_test


class Library:
    """Answers when the test says so."""

    def __init__(self) -> None:
        self.waiting: dict[str, asyncio.Future[str]] = {}

    async def ask(self, title: str) -> str:
        self.waiting[title] = asyncio.get_running_loop().create_future()
        return await self.waiting[title]


async def two_questions(library: Library) -> Harness:
    """The first was asked for by hand and then, before its answer, the second."""
    ui = Harness()
    window = Window(ui.page, [], is_leaving=lambda _error: False)

    @ft.component
    def Reading() -> ft.Control:
        title, choose = ft.use_state("first")
        found = use_read(window, partial(library.ask, title), (title,))
        words = found.error.message if found.error else found.value or "nothing yet"
        again = quiet_button("again", "再读", found.again)
        return ft.Column([ft.Text(words), again, quiet_button("second", "其次", lambda: choose("second"))])

    await ui.run(lambda page: page.render(Reading))
    library.waiting.pop("first").set_result("the first's of before")
    await ui.tap("again")
    assert "the first's of before" in ui.texts(), "it stays until there is an answer"
    await ui.tap("second")
    assert sorted(library.waiting) == ["first", "second"]
    return ui


@screen_test
async def test_an_older_answer_never_takes_the_place_of_a_newer_one():
    library = Library()
    ui = await two_questions(library)
    library.waiting["second"].set_result("the second's")
    await ui.settle()
    library.waiting["first"].set_result("the first's")
    await ui.settle()
    assert "the second's" in ui.texts()
    assert ui.errors() == []


@screen_test
async def test_an_older_refusal_does_not_stand_over_a_newer_answer():
    library = Library()
    ui = await two_questions(library)
    library.waiting["second"].set_result("the second's")
    await ui.settle()
    library.waiting["first"].set_exception(OfficeUnreachableError())
    await ui.settle()
    assert "the second's" in ui.texts()


@screen_test
async def test_an_answer_is_shown_while_a_newer_question_waits_and_then_gives_way():
    library = Library()
    ui = await two_questions(library)
    library.waiting["first"].set_result("the first's")
    await ui.settle()
    assert "the first's" in ui.texts()
    library.waiting["second"].set_result("the second's")
    await ui.settle()
    assert "the second's" in ui.texts()
