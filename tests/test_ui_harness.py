"""The client without a screen, tried on a small app with everything that ours have."""

import asyncio
from dataclasses import dataclass, field

import flet as ft
import pytest

from tests.ui_harness import Harness, screen_test


def named(identifier: str, content: ft.Control) -> ft.Semantics:
    return ft.Semantics(identifier=identifier, content=content)


@ft.observable
@dataclass
class Visit:
    name: str = ""
    answers: list[str] = field(default_factory=list)


@ft.component
def Counter() -> ft.Control:
    count, set_count = ft.use_state(0)
    slow, set_slow = ft.use_state("")
    asked, set_asked = ft.use_state(False)
    picked, set_picked = ft.use_state("")

    async def work() -> None:
        set_slow(await asyncio.to_thread(lambda: "算好了"))

    async def pick() -> None:
        files = await ft.FilePicker().pick_files(with_data=True)
        set_picked(files[0].name if files else "没有选")

    ft.use_dialog(
        ft.AlertDialog(
            title=ft.Text("真的清零？"),
            actions=[named("yes", ft.TextButton("清零", on_click=lambda: (set_count(0), set_asked(False))))],
        )
        if asked
        else None
    )
    return ft.Column(
        [
            ft.Text(f"{count} 次"),
            named("count", ft.Button("加一", on_click=lambda: set_count(count + 1))),
            named("locked", ft.Button("不可用", disabled=True, on_click=lambda: set_count(99))),
            named("hidden", ft.Button("看不见", visible=False, on_click=lambda: set_count(99))),
            named("slow", ft.Button("慢", on_click=work)),
            ft.Text(slow),
            named("clear", ft.Button("清零", on_click=lambda: set_asked(True))),
            named("pick", ft.Button("选照片", on_click=pick)),
            ft.Text(picked),
            named("break", ft.Button("出错", on_click=lambda: 1 / 0)),
            named("list", ft.Button("去清单", on_click=lambda: ft.context.page.navigate("/list"))),
        ]
    )


@ft.component
def Form() -> ft.Control:
    visit, _ = ft.use_state(Visit())

    def rename(e: ft.ControlEvent) -> None:
        visit.name = e.control.value

    good, bad = named("pass", ft.Radio("合格", value="pass")), ft.Radio("不合格", value="fail")
    return ft.Column(
        [
            named("name", ft.TextField(label="名称", on_change=rename)),
            ft.Text(f"单位：{visit.name}"),
            named("box", ft.Checkbox(label="立改", on_change=lambda e: visit.answers.append(str(e.data)))),
            ft.RadioGroup(
                on_change=lambda e: visit.answers.append(e.control.value),
                content=ft.Row([good, bad]),
            ),
            named(
                "area",
                ft.Dropdown(
                    options=[ft.DropdownOption(key="n", text="城北")],
                    on_select=lambda e: visit.answers.append(e.control.value),
                ),
            ),
            ft.Text("、".join(visit.answers)),
        ]
    )


@ft.component
def App() -> list[ft.View]:
    return ft.Router(
        [ft.Route(index=True, component=Counter), ft.Route(path="list", component=Form)], manage_views=False
    )


async def started(**options: object) -> Harness:
    ui = Harness(**options)
    await ui.run(lambda page: page.render(App))
    return ui


@screen_test
async def test_a_tap_changes_what_is_seen():
    ui = await started()
    assert "0 次" in ui.texts()
    await ui.tap("count")
    await ui.tap("count")
    assert "2 次" in ui.texts()
    assert ui.errors() == []


@screen_test
async def test_what_a_person_cannot_tap_the_harness_cannot_either():
    ui = await started()
    with pytest.raises(AssertionError, match="disabled"):
        await ui.tap("locked")
    with pytest.raises(AssertionError, match="no 'hidden'"):
        await ui.tap("hidden")
    assert "看不见" not in ui.texts()


@screen_test
async def test_work_in_a_thread_is_waited_for():
    ui = await started()
    await ui.tap("slow")
    assert "算好了" in ui.texts()


@screen_test
async def test_a_dialog_opens_acts_and_closes():
    ui = await started()
    await ui.tap("count")
    await ui.tap("clear")
    assert "真的清零？" in ui.texts()
    await ui.tap("yes")
    assert "真的清零？" not in ui.texts()
    assert "0 次" in ui.texts()


@screen_test
async def test_a_service_answers_what_the_test_says():
    photo = {"id": 1, "name": "现场.jpg", "size": 3, "path": None, "bytes": b"jpg"}
    ui = await started(replies={"pick_files": [photo]})
    await ui.tap("pick")
    assert "现场.jpg" in ui.texts()
    assert [name for name, _ in ui.calls] == ["pick_files"]


@screen_test
async def test_a_service_that_fails_reaches_the_handler_as_an_error():
    ui = await started(replies={"pick_files": RuntimeError("no camera here")})
    await ui.tap("pick")
    assert "no camera here" in ui.errors()[0]


@screen_test
async def test_what_a_handler_raises_is_listed():
    ui = await started()
    await ui.tap("break")
    assert "ZeroDivisionError" in ui.errors()[0]


@screen_test
async def test_the_router_follows_navigation():
    ui = await started()
    await ui.tap("list")
    assert not ui.has("count")
    assert ui.has("name")
    await ui.go("/")
    assert ui.has("count")


@screen_test
async def test_typing_ticking_and_choosing():
    ui = await started(route="/list")
    await ui.type("name", "样例面馆")
    await ui.tap("box")
    await ui.tap("pass")
    await ui.choose("area", "n")
    assert "单位：样例面馆" in ui.texts()
    assert "True、pass、n" in ui.texts()
    assert ui.errors() == []
