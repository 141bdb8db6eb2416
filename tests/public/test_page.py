"""The public page in a real browser, on a phone's screen: what it answers, and how an enterprise replies."""

from __future__ import annotations

import re
import subprocess
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from inspector.console.ledger import Ledger
from inspector.domain.access import reply_code
from inspector.server.schema import registrations
from inspector.trust.keys import SigningKey
from inspector.trust.radix import base64_url_text
from inspector.trust.token import bare
from tests.console.issued_notices import NAMES, REAL, hand_over, token_of
from tests.console.sealed_replies import content, proof, sealed
from tests.public.scene import DAY_MS, NOW_MS, answered, picture

pytestmark = pytest.mark.browser

NO_ED25519 = """
if (globalThis.crypto?.subtle) {
  const own = crypto.subtle.importKey.bind(crypto.subtle);
  crypto.subtle.importKey = (format, key, algorithm, ...rest) => (algorithm.name ?? algorithm) === "Ed25519"
    ? Promise.reject(new DOMException("no", "NotSupportedError")) : own(format, key, algorithm, ...rest);
}
"""


def test_a_genuine_notice_is_called_so_and_its_pdf_is_told_from_another(scene, tmp_path):
    handed = scene.handed(press=REAL)
    pdf, other = tmp_path / "文书.pdf", tmp_path / "改过.pdf"
    pdf.write_bytes(handed.issued.pdf)
    other.write_bytes(handed.issued.pdf[:-9] + b"x" + handed.issued.pdf[-8:])
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "真实")
        said = page.locator("#facts").inner_text()
        for words in (handed.notice.number, *NAMES[:2], "4 项", "2027年1月6日", "2026年11月23日"):
            assert words in said
        print_ = page.locator("#root").inner_text().replace(" ", "")
        assert print_ == scene.rig.desk.statement.fingerprint
        assert page.locator("html").get_attribute("data-ed25519") == "webcrypto"
        page.set_input_files("#pdf", pdf)
        expect(page.locator("#pdf-result")).to_contain_text("是原件：与送达时")
        page.set_input_files("#pdf", other)
        expect(page.locator("#pdf-result")).to_contain_text("不是原件")
        Ledger(scene.rig.desk).keep_office_copy(handed.entry, sha256(other.read_bytes()).hexdigest())
        scene.rig.desk.run()
        page.reload()
        answered(page, "真实")
        page.set_input_files("#pdf", other)
        expect(page.locator("#pdf-result")).to_contain_text("签发单位留存的签章件")
        picture(page, "genuine")


def test_a_browser_without_ed25519_comes_to_the_same_answers(scene):
    handed = scene.handed()
    with scene.phone(before=NO_ED25519) as page:
        scene.scan(page, handed)
        answered(page, "真实")
        assert page.locator("html").get_attribute("data-ed25519") == "noble"
        scene.scan(page, handed, changed(handed.path))
        answered(page, "不符")


def changed(path: str) -> str:
    """The address with one character of the notice's number changed, in a token that can still be read."""
    head, _, rest = path.partition("#")
    token, _, key = rest.partition(".")
    place = len(token) - 150
    other = "A" if token[place] != "A" else "B"
    return f"{head}#{token[:place]}{other}{token[place + 1 :]}.{key}"


@pytest.mark.parametrize("place", [3, 30, 100, -150, -100, -40])
def test_one_character_changed_in_the_token_is_found(scene, place):
    handed = scene.handed()
    head, _, rest = handed.path.partition("#")
    token, _, key = rest.partition(".")
    other = "A" if token[place] != "A" else "B"
    characters = list(token)
    characters[place] = other
    with scene.phone() as page:
        scene.scan(page, handed, f"{head}#{''.join(characters)}.{key}")
        answered(page, "不符")


def test_a_token_of_another_office_is_found(scene):
    handed = scene.handed()
    foreign = bare(token_of(handed.notice, SigningKey(b"\x77" * 32)))
    key = handed.path.rpartition(".")[2]
    path = f"/n/{handed.notice.public_id}#{foreign}.{key}"
    with scene.phone() as page:
        scene.scan(page, handed, path)
        answered(page, "不符")
        expect(page.locator("#reason")).to_contain_text("不是同一台")


def test_another_root_than_before_at_this_address_shows(scene):
    handed = scene.handed()
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "真实")
        page.evaluate("localStorage.setItem('inspector:root', '0'.repeat(64))")
        page.reload()
        answered(page, "存疑")
        expect(page.locator("#more")).to_contain_text("0000 0000")


def test_an_older_state_that_the_server_puts_back_shows_to_who_saw_the_newer(scene):
    handed = scene.handed()
    archive = scene.rig.real._office.archive
    mine = registrations.c.public_id == handed.notice.public_id
    with archive.read() as connection:
        old = connection.execute(registrations.select().where(mine)).one()._mapping
    Ledger(scene.rig.desk).withdraw(scene.rig.admin, handed.entry, "样例原因")
    scene.rig.desk.run()
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "已撤回")
        with archive.write() as connection:
            connection.execute(registrations.update().where(mine).values(**old))
        page.reload()
        answered(page, "状态存疑")


def test_each_state_has_its_word(scene):
    withdrawn, replaced, closed, late = (scene.handed() for _ in range(4))
    ledger = Ledger(scene.rig.desk)
    ledger.withdraw(scene.rig.admin, withdrawn.entry, "样例：文号重复")
    ledger.replace(scene.rig.admin, replaced.entry, "样例：更正期限", by=late.notice.number)
    ledger.close(scene.rig.admin, closed.entry, "样例：复查合格")
    scene.rig.desk.run()
    with scene.phone(now_ms=NOW_MS + 90 * DAY_MS) as page:
        for handed, word, words in (
            (withdrawn, "已撤回", "文号重复"),
            (replaced, "已被替代", late.notice.number),
            (closed, "已办结", "复查合格"),
            (late, "已逾期", "已过"),
        ):
            scene.scan(page, handed)
            answered(page, word)
            expect(page.locator("#answer")).to_contain_text(words)
            picture(page, {"已撤回": "withdrawn", "已被替代": "replaced"}.get(word, "state"))
            closes = word != "已逾期"
            expect(page.locator("#reply-body")).to_contain_text("不再接收回复" if closes else "回复码")


def test_a_notice_that_is_not_registered_yet_is_checked_as_far_as_it_can_be(scene):
    scene.count += 1
    handed = hand_over(scene.rig, scene.tablet, scene.count, sends=False)
    scene.tablet.office.box.entries.pop()  # it stays on the tablet, outside the chain that others go on with
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "尚未登记")
        expect(page.locator("#chain")).to_be_visible()
        expect(page.locator("#facts")).to_contain_text(handed.notice.number)
        picture(page, "unregistered")
        scene.scan(page, handed, changed(handed.path))
        answered(page, "不符")


@pytest.mark.parametrize("cut", ["", "#", "#AAAA"])
def test_an_address_without_its_end_says_so(scene, cut):
    handed = scene.handed()
    with scene.phone() as page:
        scene.scan(page, handed, handed.path.partition("#")[0] + cut)
        answered(page, "无法核对")


def test_another_key_in_the_address_opens_nothing(scene):
    handed = scene.handed()
    with scene.phone() as page:
        scene.scan(page, handed, handed.path.rpartition(".")[0] + "." + base64_url_text(bytes(16)))
        answered(page, "不符")
        expect(page.locator("#reason")).to_contain_text("打不开")


def test_without_scripts_the_page_says_what_to_do(scene):
    handed = scene.handed()
    with scene.phone(scripts=False) as page:
        scene.scan(page, handed)
        picture(page, "no-scripts")
        expect(page.locator("noscript code")).to_be_visible()
        expect(page.locator("noscript .word")).to_have_text("无法在此核对")
        assert page.locator("#answer").is_hidden()


def test_the_page_lets_nothing_in_and_nothing_out(scene):
    handed = scene.handed()
    answer = httpx.get(scene.origin + handed.path.partition("#")[0])
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers
    folder = Path(__file__).parents[2] / "inspector" / "server" / "public"
    for path in folder.glob("*.js"):
        for address in re.findall(r"https?://[^\s\"'`)]+", path.read_text("utf-8")):
            assert address.startswith(("https://www.w3.org",)), (path.name, address)


# --- Replies ---


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


def enter(page: Page, code: str) -> None:
    page.fill("#code", code)
    page.click("#open")


def test_a_reply_with_two_photos_reaches_the_console_and_nobody_else(scene, tmp_path):
    handed = scene.handed()
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "真实")
        enter(page, handed.access.reply_code.lower().replace("-", " "))
        page.click("#send")
        expect(page.locator("#send-problem")).to_contain_text("至少填写一项")
        fill_in(page, tmp_path)
        picture(page, "form")
        page.click("#send")
        expect(page.locator("#receipt")).to_have_text("已收到您的回复")
        shown = page.locator("#reply-body").inner_text()
        picture(page, "receipt")
    scene.rig.desk.run()
    (reply,) = Ledger(scene.rig.desk).look_at(scene.rig.admin, handed.entry).replies
    assert reply.number in shown
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


def test_the_stock_age_command_opens_what_the_browser_sealed(scene, tmp_path):
    handed = scene.handed()
    with scene.phone() as page:
        scene.scan(page, handed)
        enter(page, handed.access.reply_code)
        fill_in(page, tmp_path)
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
    with scene.phone() as page:
        scene.scan(page, handed)
        enter(page, handed.access.reply_code)
        fill_in(page, tmp_path)
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
    with scene.phone() as page:
        scene.scan(page, handed)
        enter(page, handed.access.reply_code)
        fill_in(page, tmp_path)
        Ledger(scene.rig.desk).close(scene.rig.admin, handed.entry, "样例：复查合格")
        scene.rig.desk.run()
        page.click("#send")
        expect(page.locator("#send-problem")).to_contain_text("不再接收回复")


def test_a_reply_under_another_id_with_other_bytes_changes_nothing(scene):
    handed = scene.handed()
    url = f"{scene.origin}/api/v1/notices/{handed.notice.public_id}/replies"
    headers = {"Inspector-Reply": "ab" * 16, "Inspector-Proof": base64_url_text(proof(handed))}
    first, other = (sealed(scene.rig, content(handed)) for _ in range(2))
    kept = httpx.post(url, content=first, headers=headers)
    assert httpx.post(url, content=first, headers=headers).json() == kept.json()
    assert httpx.post(url, content=other, headers=headers).json()["code"] == "reply.changed"
