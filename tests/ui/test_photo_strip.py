"""The strip of photos: adding, looking, taking away."""

from __future__ import annotations

import flet as ft

from inspector.domain.inspection import PhotoSource
from inspector.ui.photo_strip import Thumbnail, photo_strip, photo_viewer
from inspector.ui.pictures import qr_view
from tests.ui_harness import Harness, screen_test

PHOTOS = (
    Thumbnail(id="a", picture=b"\xff\xd8", source=PhotoSource.CAMERA, caption="东门消防栓"),
    Thumbnail(id="b", picture="/photos/b", source=PhotoSource.GALLERY),
)


def strip(done: list[str], **more: object) -> ft.Control:
    given = {
        "on_add": lambda: done.append("add"),
        "on_open": lambda id: done.append(f"open {id}"),
        "on_delete": lambda id: done.append(f"delete {id}"),
    }
    return photo_strip("p", PHOTOS, **(given | more))


@screen_test
async def test_adding_comes_first_and_each_photo_opens_and_goes():
    done: list[str] = []
    ui = Harness()
    await ui.run(lambda page: page.render(lambda: strip(done)))
    assert ui.identifiers() == ["p-add", "p-1", "p-1-delete", "p-2", "p-2-delete"]
    for name in ui.identifiers():
        await ui.tap(name)
    assert done == ["add", "open a", "delete a", "open b", "delete b"]


@screen_test
async def test_each_photo_says_where_it_came_from():
    ui = Harness()
    await ui.run(lambda page: page.render(lambda: strip([])))
    assert {"相机", "图库"} <= set(ui.texts())
    assert "第 1 张照片，相机，东门消防栓" in ui.texts()


@screen_test
async def test_a_sealed_record_s_photos_can_only_be_looked_at():
    ui = Harness()
    await ui.run(lambda page: page.render(lambda: strip([], on_add=None, on_delete=None)))
    assert ui.identifiers() == ["p-1", "p-2"]


@screen_test
async def test_the_viewer_shows_one_photo_and_closes():
    def screen() -> ft.Control:
        open_, show = ft.use_state(True)
        view = photo_viewer("v", PHOTOS[0], on_close=lambda: show(False))
        ft.use_dialog(view if open_ else None)
        return ft.Text("页面")

    ui = Harness()
    await ui.run(lambda page: page.render(ft.component(screen)))
    assert "相机 · 东门消防栓" in ui.texts()
    assert len(ui.all(ft.InteractiveViewer)) == 1
    await ui.tap("v-close")
    assert ui.all(ft.InteractiveViewer) == []
    assert ui.errors() == []


def test_a_code_is_dark_on_white_in_every_scheme():
    assert qr_view(b"png", "登记码").content.controls[0].bgcolor is ft.Colors.WHITE
