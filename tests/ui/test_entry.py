"""A text field whose client is ahead of the program: what is typed is never taken back."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from inspector.ui.fields import text_field
from tests.ui_harness import Harness, screen_test


class Form:
    """One field whose program keeps what `keep` makes of each text, and a button that renders it again."""

    def __init__(self, keep: Callable[[str], str] = str) -> None:
        self.keep = keep
        self.heard: list[str] = []

    def __call__(self) -> ft.Control:
        text, show = ft.use_state("")
        _, turn = ft.use_state(0)

        def changed(to: str) -> None:
            self.heard.append(to)
            show(self.keep(to))
            turn(lambda count: count + 1)

        self.turn = lambda: turn(lambda count: count + 1)
        self.put = lambda to: (show(to), self.turn())
        return text_field("form.field", "事实", text, changed)


@ft.component
def shown_form(form: Form) -> ft.Control:
    return form()


async def shown(form: Form) -> Harness:
    ui = Harness()
    await ui.run(lambda page: page.render(lambda: shown_form(form)))
    return ui


def ahead(ui: Harness, text: str) -> None:
    """The client has this text; its event is still on the way."""
    ui.session.apply_patch(ui.by_identifier("form.field")._i, {"value": text})


@screen_test
async def test_a_rendering_between_a_keystroke_and_its_event_keeps_the_keystroke():
    form = Form()
    ui = await shown(form)
    await ui.type("form.field", "安全")
    ahead(ui, "安全出口")
    form.turn()
    await ui.settle()
    assert ui.by_identifier("form.field").value == "安全出口"
    form.turn()
    await ui.settle()
    assert ui.by_identifier("form.field").value == "安全出口"
    await ui.fire(ui.by_identifier("form.field"), "change", "安全出口")
    assert form.heard == ["安全", "安全出口"]
    assert ui.by_identifier("form.field").value == "安全出口"
    assert ui.errors() == []


@screen_test
async def test_what_the_program_makes_of_a_text_is_shown_once_it_has_heard_it():
    form = Form(keep=lambda text: "".join(char for char in text if char.isdigit()))
    ui = await shown(form)
    await ui.type("form.field", "12a")
    assert ui.by_identifier("form.field").value == "12"
    await ui.type("form.field", "12a")
    assert ui.by_identifier("form.field").value == "12"


@screen_test
async def test_the_program_can_empty_the_field_and_fill_it():
    form = Form()
    ui = await shown(form)
    await ui.type("form.field", "口令")
    for text in "", "换一句", "":
        form.put(text)
        await ui.settle()
        assert ui.by_identifier("form.field").value == text
    await ui.type("form.field", "口令")
    assert ui.by_identifier("form.field").value == "口令"
