"""An enterprise's reply on a phone: from the code to the receipt, and every refusal with its own answer."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from inspector.__main__ import main
from inspector.console.ledger import Ledger
from inspector.domain.access import reply_code
from inspector.trust import dsse
from inspector.trust.keys import SigningKey
from inspector.trust.radix import base64_url_text
from inspector.work.reply_receipt import RECEIPT_TYPE
from tests.console.issued_notices import Handed
from tests.console.sealed_replies import content, proof, sealed
from tests.public.scene import Scene, answered, picture

pytestmark = pytest.mark.browser


def photo(colour: str, size: tuple[int, int] = (2400, 1200)) -> bytes:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "样例拍摄地点 secret-place"
    Image.new("RGB", size, colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


def fill_in(page: Page, folder: Path) -> None:
    for name, colour in (("一.jpg", "red"), ("二.jpg", "blue")):
        (folder / name).write_bytes(photo(colour))
    page.check("#done-1")
    page.fill("#text-1", "样例：堵塞物已清除\u200b。\n第二行")
    page.set_input_files("#photos-1", [folder / "一.jpg", folder / "二.jpg"])
    expect(page.locator(".photo")).to_have_count(2)
    page.fill("#name", "样例回复人")
    page.fill("#phone", "000-0000002")


@contextmanager
def filled_in(scene: Scene, handed: Handed, folder: Path) -> Iterator[Page]:
    """A phone with the form of a notice, filled in and not sent."""
    with scene.phone() as page:
        scene.scan(page, handed)
        enter(page, handed.access.reply_code)
        fill_in(page, folder)
        yield page


def enter(page: Page, code: str) -> None:
    page.fill("#code", code)
    page.click("#open")


def test_a_reply_with_two_photos_reaches_the_console_and_nobody_else(scene, tmp_path, capsys):
    handed = scene.handed()
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "真实")
        enter(page, handed.access.reply_code.lower().replace("-", " "))
        page.click("#send")
        expect(page.locator("#send-problem")).to_contain_text("至少填写一项")
        fill_in(page, tmp_path)
        expect(page.locator("#send-problem")).to_have_text("")
        picture(page, "form")
        page.click("#send")
        expect(page.locator("#receipt")).to_have_text("已收到您的回复")
        shown = page.locator("#reply-body").inner_text()
        picture(page, "receipt")
        with page.expect_download() as saved:
            page.click("#receipt-file")
        saved.value.save_as(tmp_path / "receipt.json")
        assert saved.value.suggested_filename.startswith("回执-")
    scene.rig.desk.run()
    (reply,) = Ledger(scene.rig.desk).look_at(scene.rig.admin, handed.entry).replies
    assert reply.number in shown
    root = scene.rig.desk.statement.fingerprint
    assert main(["verify", str(tmp_path / "receipt.json"), "--root", root]) == 0
    verified = capsys.readouterr().out
    assert all(words in verified for words in ("真实有效", reply.number, reply.sha256, "不证明"))
    assert reply.sha256 in "".join(shown.split())
    said = reply.reply
    assert (said.name, said.phone) == ("样例回复人", "000-0000002")
    first, second, *_ = said.findings
    assert (first.is_done, first.text, second.is_done) == (True, "样例：堵塞物已清除。\n第二行", False)
    for one in first.photos:
        opened = Image.open(BytesIO(one.data))
        assert (opened.format, opened.size) == ("JPEG", (1600, 800))
        assert not opened.getexif()
        assert b"secret-place" not in one.data


def test_what_was_typed_is_there_again_after_the_page_was_lost_and_gone_once_it_was_sent(scene, tmp_path):
    handed, other = scene.handed(), scene.handed()
    with filled_in(scene, handed, tmp_path) as page:
        page.fill("#text-2", "样例：正在联系维修")
        page.reload()
        enter(page, handed.access.reply_code)
        expect(page.locator("#text-1")).to_have_value("样例：堵塞物已清除。\n第二行")
        expect(page.locator("#text-2")).to_have_value("样例：正在联系维修")
        expect(page.locator("#done-1")).to_be_checked()
        expect(page.locator("#done-2")).not_to_be_checked()
        expect(page.locator("#name")).to_have_value("样例回复人")
        expect(page.locator("#phone")).to_have_value("000-0000002")
        expect(page.locator(".kept")).to_contain_text("照片请重新添加")
        expect(page.locator(".photo")).to_have_count(0)
        picture(page, "kept")
        scene.scan(page, other)
        enter(page, other.access.reply_code)
        expect(page.locator("#name")).to_have_value("")
        expect(page.locator(".kept")).to_be_empty()
        scene.scan(page, handed)
        enter(page, handed.access.reply_code)
        page.click("#send")
        expect(page.locator("#receipt")).to_be_visible()
        scene.scan(page, handed)
        enter(page, handed.access.reply_code)
        expect(page.locator("#text-1")).to_have_value("")
        expect(page.locator(".kept")).to_be_empty()


def test_what_was_kept_can_be_thrown_away(scene):
    handed = scene.handed()
    with scene.phone() as page:
        scene.scan(page, handed)
        enter(page, handed.access.reply_code)
        page.fill("#text-1", "样例：写错了")
        page.fill("#name", "样例回复人")
        for _ in range(2):
            page.reload()
            enter(page, handed.access.reply_code)
            expect(page.locator("#text-1")).to_have_value("样例：写错了")
        page.click("#clear-draft")
        expect(page.locator("#text-1")).to_have_value("")
        page.click("#undo-clear")
        expect(page.locator("#name")).to_have_value("样例回复人")
        page.click("#clear-draft")
        page.reload()
        enter(page, handed.access.reply_code)
        expect(page.locator("#text-1")).to_have_value("")
        expect(page.locator("#name")).to_have_value("")
        expect(page.locator(".kept")).to_be_empty()


def test_the_stock_age_command_opens_what_the_browser_sealed(scene, tmp_path):
    handed = scene.handed()
    with filled_in(scene, handed, tmp_path) as page:
        page.click("#send")
        expect(page.locator("#receipt")).to_be_visible()
    office = scene.rig.real._office
    (waiting,) = [
        one for one in office.replies.page(0, 100).replies if one.public_id == handed.notice.public_id
    ]
    (tmp_path / "reply.age").write_bytes(office.replies.content(waiting.number))
    (tmp_path / "key.txt").write_text(scene.rig.made.office.identities[0] + "\n")
    opened = subprocess.run(
        ["age", "-d", "-i", str(tmp_path / "key.txt"), str(tmp_path / "reply.age")],
        capture_output=True,
        check=True,
    )
    assert opened.stdout.startswith(b"inspector reply v1\n")
    assert "堵塞物已清除".encode() in opened.stdout


def test_a_typed_address_and_the_code_open_the_form_without_a_camera(scene, tmp_path):
    handed = scene.handed()
    with scene.phone() as page:
        scene.scan(page, handed, handed.typed)
        answered(page, "请输入回复码")
        assert handed.notice.number not in page.content()
        enter(page, handed.access.reply_code)
        answered(page, "真实")
        expect(page.locator("#more")).to_contain_text("没有核对纸面的签名")
        expect(page.locator("#facts")).to_contain_text(handed.notice.number)
        fill_in(page, tmp_path)
        page.click("#send")
        expect(page.locator("#receipt")).to_be_visible()


def test_a_reply_whose_receipt_was_lost_is_sent_twice_and_kept_once(scene, tmp_path):
    handed = scene.handed()
    with filled_in(scene, handed, tmp_path) as page:
        lost: list[str] = []

        def lose(route):
            if not lost:
                lost.append(route.fetch().text())
                route.abort()
            else:
                route.continue_()

        page.route("**/replies", lose)
        page.click("#send")
        expect(page.locator("#send-problem")).to_contain_text("连不上服务器")
        page.click("#send")
        expect(page.locator("#receipt")).to_have_text("已收到您的回复")
        assert page.locator("#reply-body").inner_text().count("-1") >= 1
    scene.rig.desk.run()
    assert Ledger(scene.rig.desk).row(handed.entry).replies == 1


def test_a_reply_that_may_have_arrived_is_told_of_after_the_page_was_lost(scene, tmp_path):
    handed = scene.handed()
    with filled_in(scene, handed, tmp_path) as page:
        page.route("**/replies", lambda route: (route.fetch(), route.abort()))
        page.click("#send")
        expect(page.locator("#send-problem")).to_contain_text("连不上服务器")
        page.unroute("**/replies")
        scene.scan(page, handed)
        enter(page, handed.access.reply_code)
        expect(page.locator(".kept")).to_contain_text("签发单位可能已经收到")
        picture(page, "may-have-arrived")
        page.fill("#text-1", "样例：改了一句")
        scene.scan(page, handed)
        enter(page, handed.access.reply_code)
        expect(page.locator(".kept")).to_contain_text("签发单位可能已经收到")


def test_what_the_server_refused_has_not_arrived(scene, tmp_path):
    handed = scene.handed()
    with filled_in(scene, handed, tmp_path) as page:
        refusal = json.dumps({"code": "replies.full", "message": "样例：收不下。", "hint": ""})
        page.route("**/replies", lambda route: route.fulfill(status=409, body=refusal))
        page.click("#send")
        expect(page.locator("#send-problem")).to_contain_text("收不下")
        scene.scan(page, handed)
        enter(page, handed.access.reply_code)
        expect(page.locator(".kept")).to_contain_text("已恢复")
        expect(page.locator(".kept")).not_to_contain_text("可能已经收到")


def test_without_a_line_nothing_is_lost_and_it_goes_once_there_is_one(scene, tmp_path):
    handed = scene.handed()
    with filled_in(scene, handed, tmp_path) as page:
        page.fill("#phone", "０００－００００００２")
        page.context.set_offline(True)
        page.click("#send")
        expect(page.locator("#send-problem")).to_contain_text("连不上服务器")
        page.context.set_offline(False)
        page.click("#send")
        expect(page.locator("#receipt")).to_have_text("已收到您的回复")
    scene.rig.desk.run()
    (reply,) = Ledger(scene.rig.desk).look_at(scene.rig.admin, handed.entry).replies
    assert reply.reply.phone == "000-0000002"


def test_a_server_that_answers_with_another_notice_opens_no_form(scene):
    handed, other = scene.handed(), scene.handed()
    with scene.phone() as page:
        scene.scan(page, handed)

        def swap(route):
            said = {**route.fetch().json(), "public_id": other.notice.public_id}
            route.fulfill(status=200, body=json.dumps(said))

        page.route("**/open", swap)
        enter(page, handed.access.reply_code)
        expect(page.locator("#code-problem")).to_contain_text("另一份文书")
        assert page.locator("#name").count() == 0


def test_a_wrong_code_and_a_mistyped_one_have_answers_of_their_own(scene):
    handed = scene.handed()
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "真实")
        code = handed.access.reply_code
        enter(page, code[:-1] + ("0" if code[-1] != "0" else "1"))
        expect(page.locator("#code-problem")).to_contain_text("输入有误")
        enter(page, reply_code(b"\x01" * 9))
        expect(page.locator("#code-problem")).to_contain_text("回复码不对")


def test_too_many_tries_are_told_to_wait(scene):
    handed = scene.handed()
    url = f"{scene.origin}/api/v1/notices/{handed.notice.public_id}/open"
    while httpx.post(url, json={"proof": "A" * 43 + "="}).status_code == 403:
        pass
    with scene.phone() as page:
        scene.scan(page, handed)
        enter(page, handed.access.reply_code)
        expect(page.locator("#code-problem")).to_contain_text("秒后再试")


def test_a_notice_closed_while_the_form_was_open_takes_no_reply(scene, tmp_path):
    handed = scene.handed()
    with filled_in(scene, handed, tmp_path) as page:
        Ledger(scene.rig.desk).close(scene.rig.admin, handed.entry, "样例：复查合格")
        scene.rig.desk.run()
        page.click("#send")
        expect(page.locator("#send-problem")).to_contain_text("不再接收回复")


def test_the_code_of_a_notice_that_has_ended_opens_no_form(scene):
    handed = scene.handed()
    Ledger(scene.rig.desk).withdraw(scene.rig.admin, handed.entry, "样例：文号重复")
    scene.rig.desk.run()
    with scene.phone() as page:
        scene.scan(page, handed, handed.typed)
        enter(page, handed.access.reply_code)
        answered(page, "已撤回")
        lines = page.locator("#more").inner_text().splitlines()
        assert lines == ["原因：样例：文号重复", "没有扫描二维码，所以没有核对纸面的签名。"]
        picture(page, "ended-typed")
        expect(page.locator("#reply-body")).to_contain_text("已撤回，不再接收回复")
        expect(page.locator("#send")).to_have_count(0)


def test_a_reply_under_another_id_with_other_bytes_changes_nothing(scene):
    handed = scene.handed()
    url = f"{scene.origin}/api/v1/notices/{handed.notice.public_id}/replies"
    headers = {"Inspector-Reply": "ab" * 16, "Inspector-Proof": base64_url_text(proof(handed))}
    first, other = (sealed(scene.rig, content(handed)) for _ in range(2))
    kept = httpx.post(url, content=first, headers=headers)
    assert httpx.post(url, content=first, headers=headers).json() == kept.json()
    assert httpx.post(url, content=other, headers=headers).json()["code"] == "reply.changed"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda said, own: (said, SigningKey(b"\x07" * 32)), "不是这个办公室的服务器签署的"),
        (lambda said, own: ({**said, "sha256": "0" * 64}, own), "与您提交的不同"),
        (lambda said, own: ({**said, "size": 1}, own), "与您提交的不同"),
        (lambda said, own: ({**said, "reply": "0" * 32}, own), "与您提交的不同"),
        (lambda said, own: ({**said, "public_id": "0" * 32}, own), "与您提交的不同"),
        (lambda said, own: ({**said, "log": "another/log"}, own), "不是这个办公室的服务器签署的"),
    ],
    ids=["another key", "another file", "another length", "another reply", "another notice", "another log"],
)
def test_a_receipt_that_is_not_the_servers_or_not_of_this_reply_is_none(scene, tmp_path, change, words):
    handed = scene.handed()
    own = scene.rig.real._office.log._key

    def forge(route):
        answer = route.fetch().json()
        said = {name: value for name, value in answer.items() if name != "signed"}
        said, key = change(said, own)
        signed = dsse.sign(json.dumps(said).encode(), RECEIPT_TYPE, [key])
        route.fulfill(json={**said, "signed": signed.decode()})

    with scene.phone() as page:
        scene.scan(page, handed)
        enter(page, handed.access.reply_code)
        page.check("#done-1")
        page.fill("#name", "样例回复人")
        page.fill("#phone", "000-0000002")
        page.route("**/replies", forge)
        page.click("#send")
        expect(page.locator("#send-problem")).to_contain_text(words)
        expect(page.locator("#receipt")).to_have_count(0)
        page.unroute("**/replies")
        page.click("#send")
        expect(page.locator("#receipt")).to_be_visible()
