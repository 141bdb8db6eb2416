"""The browser helpers, tried on the smallest page that has what ours have."""

import flet as ft
import pytest

from tests.browser import browser_screen, flet_server, serving

FONT = "fonts/NotoSansSC-Regular.ttf"


@ft.component
def Greeting() -> ft.Control:
    name, set_name = ft.use_state("")
    greeted, set_greeted = ft.use_state("")

    def rename(e: ft.ControlEvent) -> None:
        set_name(e.control.value)

    def greet() -> None:
        set_greeted(f"检查：{name}")

    return ft.Column(
        [
            ft.Semantics(identifier="name", content=ft.TextField(label="单位名称", on_change=rename)),
            ft.Semantics(
                identifier="greet",
                content=ft.Button("开始检查", on_click=lambda: set_greeted(f"检查：{name}")),
            ),
            ft.Text(greeted),
        ]
    )


def small_app(page: ft.Page) -> None:
    page.fonts = {"Chinese": FONT}
    page.theme = ft.Theme(font_family="Chinese")
    page.render(Greeting)


@pytest.mark.browser
def test_a_page_is_typed_into_tapped_and_read_with_nothing_from_outside():
    with serving(flet_server(small_app)) as address, browser_screen() as screen:
        screen.open(f"{address}/")
        screen.type("name", "样例面馆")
        screen.tap("greet")
        screen.see("检查：样例面馆")
        assert screen.picture("browser-helpers").stat().st_size > 2_000
        assert screen.outside == []
