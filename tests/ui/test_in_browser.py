"""The controls under a real finger, keyboard and accessibility tree."""

from __future__ import annotations

import re
from functools import partial

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import PATIENCE_MS, Screen, browser_screen, flet_server, serving
from tests.ui import gallery

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def screen():
    with browser_screen(width=1000, height=900) as screen:
        yield screen


@pytest.fixture
def page(request, screen):
    with serving(flet_server(partial(gallery.main, part=request.param))) as address:
        screen.open(address)
        yield screen
        assert screen.outside == []
        screen.page.goto("about:blank")


def write(page: Screen, identifier: str, text: str) -> Locator:
    """Fill a field once it has the focus: what comes earlier is taken back or added to the old text."""
    field = page.find(identifier).locator("input, textarea")
    page.tap(identifier)
    expect(field).to_be_focused(timeout=PATIENCE_MS)
    field.fill(text)
    return field


@pytest.mark.parametrize("page", ["answers"], indirect=True)
def test_buttons_and_fields_answer_to_their_names_in_the_accessibility_tree(page):
    passed = page.find("a26-pass")
    expect(passed).to_have_role("button")
    expect(passed).to_have_accessible_name("合格")
    passed.evaluate("node => node.click()")
    expect(passed).to_have_attribute("aria-current", "true", timeout=PATIENCE_MS)
    field = write(page, "name", "二层东侧防火门常开")
    expect(field).to_have_accessible_name("问题描述", timeout=PATIENCE_MS)
    expect(field).to_have_value("二层东侧防火门常开")
    unfit = page.find("phone").locator("input")
    expect(unfit).to_have_accessible_name(re.compile("联系电话.*还差 4 位"))
    page.find("fact-door").focus()
    page.page.keyboard.press("Enter")
    expect(page.find("fact-door")).to_have_attribute("aria-current", "true", timeout=PATIENCE_MS)


@pytest.mark.parametrize("page", ["answers"], indirect=True)
def test_a_dangerous_act_asks_by_name_and_can_be_undone(page):
    page.tap("delete")
    page.see("删除照片“东门消防栓”？")
    page.tap("delete-ask-yes")
    page.see("已删除照片 IMG-3")
    page.tap("undo")
    page.see("已撤销 1 次")


@pytest.mark.parametrize("page", ["signing"], indirect=True)
def test_a_signature_drawn_with_the_pointer_comes_back_as_strokes(page):
    box = page.find("sign-pad").bounding_box()
    mouse = page.page.mouse
    left, top = box["x"], box["y"]
    for start, end in (((50, 50), (300, 120)), ((300, 40), (120, 200))):
        mouse.move(left + start[0], top + start[1])
        mouse.down()
        mouse.move(left + end[0], top + end[1], steps=12)
        mouse.up()
    mouse.click(left + 400, top + 100)
    page.tap("sign-done")
    page.see("笔画 3，")
    page.picture("signature")


@pytest.mark.parametrize("page", ["entering"], indirect=True)
def test_a_pin_goes_in_by_key_and_by_field(page):
    done = page.find("me-done")
    for digit in "314159":
        page.tap(f"me-{digit}")
    expect(done).to_be_enabled(timeout=PATIENCE_MS)
    page.tap("me-done")
    page.see("收到 6 位：314159")
    write(page, "me-pin", "271828")
    expect(done).to_be_enabled(timeout=PATIENCE_MS)
    page.tap("me-done")
    page.see("收到 6 位：271828")


@pytest.mark.parametrize("page", ["taking"], indirect=True)
def test_the_camera_takes_several_pictures_in_a_row(page):
    page.see("对准后按“拍照”")
    page.tap("take-shutter")
    page.see("得到 1 张：camera-ffd8")
    page.tap("take-shutter")
    page.see("得到 2 张：camera-ffd8、camera-ffd8")
    page.tap("where")
    page.see("31.230400 121.473700 ±8.0")
    with page.page.expect_file_chooser() as chosen:
        page.tap("take-pick")
    chosen.value.set_files(
        [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": gallery.picture_of((1, 2, 3))}]
    )
    page.see("file-ffd8")
    with page.page.expect_download() as saved:
        page.tap("save")
    assert saved.value.suggested_filename == "样例.pdf"
