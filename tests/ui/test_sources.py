"""Camera, files, position, hand-over: what they give, and what they say when they cannot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft
import pytest

from inspector.domain.decimals import decimal_of
from inspector.domain.inspection import NoPosition, PhotoSource, Position
from inspector.errors import FileSaveError
from inspector.ui.buttons import primary_button
from inspector.ui.photo_source import Taken, photo_taker
from inspector.ui.position_source import locate
from inspector.ui.share import Handed, save_pdf, share_pdf
from tests.ui_harness import Harness, screen_test

BACK = {"name": "0", "lens_direction": "back", "sensor_orientation": 90, "lens_type": "wide"}
FRONT = {**BACK, "name": "1", "lens_direction": "front"}
HERE = {"latitude": 31.2304, "longitude": -0.0000001, "accuracy": 8.04, "mocked": False}
GRANTED = {"is_location_service_enabled": True, "get_permission_status": "whileInUse"}


async def taking(taken: list[Taken], replies: dict[str, object], **page: object) -> Harness:
    ui = Harness(replies, **page)
    screen = ft.component(lambda: photo_taker("t", on_taken=taken.append, on_close=lambda: taken.clear()))
    await ui.run(lambda page: page.render(screen))
    return ui


async def asked(act: Callable[[], Awaitable[object]], replies: dict[str, object], **page: object) -> object:
    """What `act` gives inside a tap."""
    given: list[object] = []

    async def tap() -> None:
        try:
            given.append(await act())
        except FileSaveError as error:
            given.append(error)

    ui = Harness(replies, **page)
    await ui.run(lambda page: page.render(lambda: primary_button("go", "做", tap)))
    await ui.tap("go")
    assert ui.errors() == []
    return given[0]


# --- Camera ---------------------------------------------------------------------------------------


@screen_test
async def test_the_camera_gives_picture_after_picture():
    taken: list[Taken] = []
    ui = await taking(taken, {"get_available_cameras": [FRONT, BACK], "take_picture": b"\xff\xd8"})
    assert "对准后按“拍照”，可以连续拍几张" in ui.texts()
    await ui.tap("t-shutter")
    await ui.tap("t-shutter")
    assert taken == [Taken(data=b"\xff\xd8", source=PhotoSource.CAMERA)] * 2
    assert "已拍 2 张，可以接着拍" in ui.texts()
    assert ui.errors() == []


@screen_test
async def test_the_camera_on_the_back_comes_first_and_can_be_switched():
    ui = await taking([], {"get_available_cameras": [FRONT, BACK]})
    await ui.tap("t-switch")
    used = [args["description"].name for name, args in ui.calls if name == "initialize"]
    assert used == ["0", "1"]


@pytest.mark.parametrize(
    ("replies", "words"),
    [
        ({"get_available_cameras": []}, "没有找到相机"),
        ({"get_available_cameras": RuntimeError("CameraAccessDenied")}, "没有授予相机权限"),
        ({"get_available_cameras": RuntimeError("notReadable")}, "相机被占用或出错"),
        ({"get_available_cameras": [BACK], "initialize": TimeoutError("x")}, "相机被占用或出错"),
    ],
)
@screen_test
async def test_a_camera_that_does_not_start_says_why_and_leaves_the_files(replies, words):
    ui = await taking([], replies)
    assert f"现在用不了相机：{words}。" in ui.texts()
    assert ui.has("t-pick")
    assert ui.by_identifier("t-shutter").disabled
    assert ui.errors() == []


@screen_test
async def test_a_failed_picture_is_told_and_the_next_one_can_be_taken():
    answers = iter([RuntimeError("busy"), b"\xff\xd8"])
    taken: list[Taken] = []
    ui = await taking(taken, {"get_available_cameras": [BACK], "take_picture": lambda _: next(answers)})
    await ui.tap("t-shutter")
    assert any("现在用不了相机" in text for text in ui.texts())
    await ui.tap("t-shutter")
    assert len(taken) == 1
    assert not any("现在用不了相机" in text for text in ui.texts())


@screen_test
async def test_a_desktop_has_no_camera_and_says_so():
    ui = await taking([], {}, web=False, platform="linux")
    assert "现在用不了相机：桌面系统不支持应用内拍照。" in ui.texts()
    assert ui.has("t-pick")
    assert not ui.has("t-shutter")


# --- Files ----------------------------------------------------------------------------------------


def picker_of(ui: Harness) -> ft.FilePicker:
    return ui.by_identifier("t-pick").action.file_picker


@pytest.mark.parametrize(
    ("platform", "source", "words"),
    [("android", PhotoSource.GALLERY, "从图库选择"), ("linux", PhotoSource.FILE, "选择图片文件")],
)
@screen_test
async def test_picked_pictures_say_where_they_come_from(platform, source, words):
    taken: list[Taken] = []
    ui = await taking(taken, {}, platform=platform)
    assert words in ui.texts()
    files = [
        {"id": 1, "name": "a.jpg", "size": 2, "bytes": b"\xff\xd8"},
        {"id": 2, "name": "b.jpg", "size": 0, "bytes": None},
        {"id": 3, "name": "c.jpg", "size": 2, "bytes": b"\xff\xd9"},
    ]
    await ui.fire(picker_of(ui), "result", {"files": files})
    assert [(one.name, one.data, one.source) for one in taken] == [
        ("a.jpg", b"\xff\xd8", source),
        ("c.jpg", b"\xff\xd9", source),
    ]
    assert "照片读不出来：“b.jpg”没有内容。" in ui.texts()
    assert ui.errors() == []


# --- Position -------------------------------------------------------------------------------------


@screen_test
async def test_a_position_is_told_in_exact_decimals():
    place = await asked(lambda: locate(7), {**GRANTED, "get_current_position": HERE})
    assert place == Position(latitude="31.230400", longitude="0.000000", accuracy_m="8.0", at_ms=7)
    assert decimal_of(place.latitude) > 31


@pytest.mark.parametrize(
    ("replies", "reason"),
    [
        ({"is_location_service_enabled": False}, "定位服务没有打开"),
        (
            {**GRANTED, "get_permission_status": "denied", "request_permission": "deniedForever"},
            "没有授予定位权限，可在系统设置中打开",
        ),
        ({**GRANTED, "get_current_position": RuntimeError("x")}, "本机的定位功能不可用"),
        (
            {**GRANTED, "get_current_position": {**HERE, "mocked": True}},
            "本机正在使用模拟定位，没有采用",
        ),
        ({**GRANTED, "get_current_position": {"accuracy": 3}}, "本机没有给出坐标"),
    ],
)
@screen_test
async def test_without_a_position_the_reason_is_told(replies, reason):
    assert await asked(lambda: locate(7), replies) == NoPosition(reason=reason)


@screen_test
async def test_a_permission_that_is_given_now_is_enough():
    replies = {**GRANTED, "get_permission_status": "denied", "request_permission": "whileInUse"}
    assert isinstance(await asked(lambda: locate(7), {**replies, "get_current_position": HERE}), Position)


@screen_test
async def test_the_question_for_a_position_never_hangs():
    place = await asked(lambda: locate(7, patience_s=0), {**GRANTED, "get_current_position": HERE})
    assert place == NoPosition(reason="0 秒内没有得到位置，可到开阔处再试")


# --- Handing over ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "reply", "handed"),
    [
        ({}, None, Handed.SAVED),
        ({"web": False}, "/somewhere/a.pdf", Handed.SAVED),
        ({"web": False}, None, Handed.CANCELLED),
    ],
)
@screen_test
async def test_a_pdf_is_saved_where_the_person_says(page, reply, handed):
    assert await asked(lambda: save_pdf("a.pdf", b"%PDF"), {"save_file": reply}, **page) is handed


@screen_test
async def test_a_tablet_hands_a_pdf_to_other_apps():
    shared = {"share_files": {"status": "success", "raw": ""}}
    assert (
        await asked(lambda: share_pdf("a.pdf", b"%PDF"), shared, web=False, platform="android")
        is Handed.SHARED
    )
    away = {"share_files": {"status": "dismissed", "raw": ""}}
    assert (
        await asked(lambda: share_pdf("a.pdf", b"%PDF"), away, web=False, platform="ios") is Handed.CANCELLED
    )


@screen_test
async def test_where_there_is_no_sheet_sharing_saves():
    assert await asked(lambda: share_pdf("a.pdf", b"%PDF"), {"save_file": None}) is Handed.SAVED


@screen_test
async def test_a_pdf_that_cannot_be_saved_is_an_error_of_ours():
    replies = {"save_file": RuntimeError("disk full"), "share_files": RuntimeError("x")}
    assert isinstance(await asked(lambda: save_pdf("a.pdf", b"%PDF"), replies), FileSaveError)
    failed = await asked(lambda: share_pdf("a.pdf", b"%PDF"), replies, web=False, platform="android")
    assert isinstance(failed, FileSaveError)
