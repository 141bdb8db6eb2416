"""What an enterprise sees in the form is what the office reads: photos, texts, nothing of an earlier try."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from inspector.console.ledger import Ledger
from inspector.work.reply import Reply
from tests.console.issued_notices import Handed
from tests.public.scene import Scene, picture
from tests.public.test_replies import enter, photo

pytestmark = pytest.mark.browser

GATE = """
const own = createImageBitmap.bind(window);
window.createImageBitmap = async (...given) => {
  if (window.held) await new Promise((go) => window.held.push(go));
  return own(...given);
};
"""
"""A phone that takes its time with photos: once `held` is a list, each waits there to be let go."""
SHUT, LET_GO = "window.held = []", "window.held.splice(0).forEach((go) => go())"


def opened(scene: Scene, page: Page, handed: Handed) -> None:
    """The form, with everything but what was done."""
    scene.scan(page, handed)
    enter(page, handed.access.reply_code)
    page.fill("#name", "样例回复人")
    page.fill("#phone", "000-0000002")


def choose(page: Page, folder: Path, ordinal: int, *colours: str) -> None:
    for colour in colours:
        (folder / f"{colour}.jpg").write_bytes(photo(colour, (40, 30)))
    page.set_input_files(f"#photos-{ordinal}", [folder / f"{colour}.jpg" for colour in colours])


def send(page: Page) -> None:
    page.click("#send")
    expect(page.locator("#receipt")).to_have_text("已收到您的回复")


def read(scene: Scene, handed: Handed) -> Reply:
    """The one reply, as the office reads it."""
    scene.rig.desk.run()
    (found,) = Ledger(scene.rig.desk).look_at(scene.rig.admin, handed.entry).replies
    assert found.reply is not None, found.problem
    return found.reply


def is_mostly(data: bytes, channel: str) -> bool:
    colours = dict(zip("RGB", Image.open(BytesIO(data)).convert("RGB").getpixel((20, 15)), strict=True))
    return max(colours, key=lambda name: colours[name]) == channel


def test_a_photo_put_in_place_of_another_after_a_failed_try_is_the_one_that_arrives(scene, tmp_path):
    handed = scene.handed()
    with scene.phone() as page:
        opened(scene, page, handed)
        choose(page, tmp_path, 1, "red")
        expect(page.locator(".photo")).to_have_count(1)
        page.route("**/replies", lambda route: route.abort())
        page.click("#send")
        expect(page.locator("#send-problem")).to_contain_text("连不上服务器")
        page.unroute("**/replies")
        page.click(".photo button")
        expect(page.locator(".photo")).to_have_count(0)
        choose(page, tmp_path, 1, "blue")
        expect(page.locator(".photo")).to_have_count(1)
        send(page)
    (arrived,) = read(scene, handed).photos
    assert is_mostly(arrived.data, "B")


def test_the_same_photo_taken_out_and_put_back_goes_out_as_the_same_bytes(scene, tmp_path):
    handed, bodies = scene.handed(), []
    with scene.phone() as page:
        opened(scene, page, handed)
        choose(page, tmp_path, 1, "red", "blue")
        expect(page.locator(".photo")).to_have_count(2)

        def lose(route: Route) -> None:
            bodies.append(route.request.post_data_buffer)
            route.abort()

        page.route("**/replies", lose)
        for tries in (1, 2):
            page.click("#send")
            expect(page.locator("#send-problem")).to_contain_text("连不上服务器")
            expect(page.locator("#send")).to_be_enabled()
            assert len(bodies) == tries
            page.locator(".photo button").last.click()
            choose(page, tmp_path, 1, "blue")
            expect(page.locator(".photo")).to_have_count(2)
        page.unroute("**/replies")
        with page.expect_request("**/replies") as last:
            send(page)
        bodies.append(last.value.post_data_buffer)
    assert bodies[0]
    assert bodies == [bodies[0]] * 3


def test_a_photo_that_is_still_being_processed_is_waited_for(scene, tmp_path):
    handed = scene.handed()
    with scene.phone(before=GATE) as page:
        opened(scene, page, handed)
        page.check("#done-1")
        page.evaluate(SHUT)
        choose(page, tmp_path, 1, "red")
        choose(page, tmp_path, 2, "blue")
        page.wait_for_function("window.held.length === 2")
        expect(page.locator("#send")).to_be_disabled()
        expect(page.locator("#send")).to_have_text("正在处理照片，处理完才能提交")
        picture(page, "processing")
        page.evaluate("window.held.shift()()")
        expect(page.locator(".photo")).to_have_count(1)
        expect(page.locator("#send")).to_be_disabled()
        page.evaluate(LET_GO)
        expect(page.locator(".photo")).to_have_count(2)
        expect(page.locator("#send")).to_have_text("加密并提交")
        send(page)
    first, second, *_ = read(scene, handed).findings
    assert [is_mostly(one.photos[0].data, colour) for one, colour in ((first, "R"), (second, "B"))] == [
        True,
        True,
    ]


def test_a_photo_that_cannot_be_opened_does_not_keep_the_reply_back(scene, tmp_path):
    handed = scene.handed()
    (tmp_path / "不是照片.jpg").write_bytes(b"nonsense")
    with scene.phone() as page:
        opened(scene, page, handed)
        page.check("#done-1")
        page.set_input_files("#photos-1", tmp_path / "不是照片.jpg")
        expect(page.locator(".finding").first.locator(".problem")).to_contain_text("打不开")
        send(page)
    assert read(scene, handed).photos == ()


def test_nothing_can_be_changed_while_a_reply_is_being_sent(scene, tmp_path):
    handed, seen = scene.handed(), []
    with scene.phone() as page:
        opened(scene, page, handed)
        choose(page, tmp_path, 1, "red")
        expect(page.locator(".photo")).to_have_count(1)
        fields = page.locator("#reply-body").locator("input, textarea, button")

        def look(route: Route) -> None:
            seen.extend(one.is_disabled() for one in fields.all())
            seen.append(page.locator("#send").inner_text() == "正在加密并提交……")
            picture(page, "sending")
            route.continue_()

        page.route("**/replies", look)
        send(page)
    assert len(seen) > 10
    assert all(seen)


def test_two_findings_filled_at_once_give_no_more_photos_than_the_office_reads(scene, tmp_path):
    handed = scene.handed()
    eleven = [f"#0000{n:02x}" for n in range(11)]
    with scene.phone(before=GATE) as page:
        opened(scene, page, handed)
        choose(page, tmp_path, 1, *eleven)
        expect(page.locator(".photo")).to_have_count(11)
        page.evaluate(SHUT)
        choose(page, tmp_path, 1, "red")
        choose(page, tmp_path, 2, "blue")
        page.wait_for_function("window.held.length === 2")
        page.evaluate(LET_GO)
        expect(page.locator("#send")).to_be_enabled()
        expect(page.locator(".photo")).to_have_count(12)
        expect(page.locator(".finding .problem").filter(has_text="最多 12 张")).to_have_count(1)
        picture(page, "full")
        send(page)
    assert len(read(scene, handed).photos) == 12


def test_texts_of_nothing_that_shows_are_none(scene):
    handed = scene.handed()
    with scene.phone() as page:
        opened(scene, page, handed)
        page.fill("#text-1", "\u200b\u3164")
        page.click("#send")
        expect(page.locator("#send-problem")).to_contain_text("至少填写一项")
        page.fill("#text-1", "样例：已清除\U0001fffe\u200b")
        page.fill("#name", "\u200b \u2800")
        page.click("#send")
        expect(page.locator("#send-problem")).to_have_text("请填写姓名。")
        page.fill("#name", "\u200b 样例回复人")
        send(page)
    said = read(scene, handed)
    assert (said.name, said.findings[0].text) == ("样例回复人", "样例：已清除")


def test_who_typed_the_address_is_told_of_the_reply_before(scene):
    handed = scene.handed()
    with scene.phone() as page:
        for path in (handed.typed, handed.path):
            scene.scan(page, handed, path)
            enter(page, handed.access.reply_code)
            expect(page.locator("#name")).to_be_visible()
            told = page.locator("#reply-body").get_by_text("提交过回复")
            expect(told).to_have_count(0 if path == handed.typed else 1)
            page.check("#done-1")
            page.fill("#name", "样例回复人")
            page.fill("#phone", "000-0000002")
            send(page)
        scene.scan(page, handed, handed.typed)
        enter(page, handed.access.reply_code)
        expect(page.locator("#reply-body").get_by_text("提交过回复")).to_have_count(2)
        picture(page, "told-before")
