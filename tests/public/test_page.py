"""The public page in a real browser, on a phone's screen: what it answers, and how an enterprise replies."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from inspector.console.ledger import Ledger
from inspector.console.publishing import change
from inspector.server.schema import registrations
from inspector.trust.keys import SigningKey
from inspector.trust.radix import base64_url_bytes, base64_url_text
from inspector.trust.token import bare
from tests.console.issued_notices import NAMES, REAL, hand_over, notice, token_of
from tests.notices.samples import ENTERPRISE
from tests.public.scene import DAY_MS, NOW_MS, Scene, answered, picture

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
        change(
            scene.rig.desk.database, handed.entry, office_copy_sha256=sha256(other.read_bytes()).hexdigest()
        )
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
    """The address with another count of findings, in a token that can still be read."""
    head, _, rest = path.partition("#")
    token, _, key = rest.partition(".")
    data = bytearray(base64_url_bytes(token))
    data[60] ^= 1
    return f"{head}#{base64_url_text(bytes(data))}.{key}"


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
        expect(page.locator("#paper")).to_be_hidden()
        expect(page.locator("#chain")).to_be_hidden()
        picture(page, "changed")


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
        expect(page.locator("#reason")).to_contain_text("服务器给出的是旧的登记")
        picture(page, "stale")


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
            names = {"已撤回": "withdrawn", "已被替代": "replaced", "已办结": "closed", "已逾期": "overdue"}
            picture(page, names[word])
            closes = word != "已逾期"
            expect(page.locator("#reply-body")).to_contain_text(f"{word}，不再接收" if closes else "回复码")


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
        expect(page.locator("#reason")).to_contain_text("签名与二维码内容不符")


def nothing_is_claimed(page: Page, *words: str) -> None:
    """Neither what the code says nor whose key it names stands on the page."""
    for card in ("#paper", "#chain", "#original", "#reply"):
        expect(page.locator(card)).to_be_hidden()
    said = page.locator("main").inner_text()
    for word in (*words, *NAMES[:2], "2027年1月6日"):
        assert word not in said


def test_a_paper_of_a_tablet_that_the_office_does_not_know_is_not_repeated_but_warned_of(scene: Scene):
    forged = notice(999, number="（样）伪造〔2026〕99号")
    token = bare(token_of(forged, SigningKey(b"\x77" * 32)))
    with scene.phone() as page:
        page.goto(f"{scene.origin}/n/{forged.public_id}#{token}.{base64_url_text(bytes(16))}")
        answered(page, "无法核对")
        expect(page.locator("#reason")).to_contain_text("不认得出具它的平板密钥")
        expect(page.locator("#reason")).to_contain_text("请不要采信")
        expect(page.locator("#more")).to_contain_text("另外知道的电话")
        nothing_is_claimed(page, forged.number, "文书上的电话", "本机")
        picture(page, "unknown-tablet")
        page.evaluate(f"localStorage.setItem('inspector:{forged.public_id}', '3')")
        page.reload()
        answered(page, "状态存疑")
        expect(page.locator("#reason")).to_contain_text("以前看到过它的第 3 版")
        nothing_is_claimed(page, forged.number)


BUSY = {"code": "office.busy", "message": "办公室服务器正忙，请 5 秒后再试。", "hint": "内容都在本机。"}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "现在连不上服务器"),
        ({"status": 502, "body": "<html>Bad gateway"}, "答复读不出来"),
        ({"status": 503, "json": BUSY}, "办公室服务器正忙"),
        ({"body": "null"}, "核对没有做完"),
    ],
    ids=["unreachable", "html", "refused", "empty"],
)
def test_what_could_not_be_checked_is_not_shown_as_if_it_were(scene: Scene, answer, reason: str):
    handed, asked = scene.handed(), list[Route]()
    with scene.phone() as page:
        page.route("**/api/**", lambda route: asked.append(route))
        with page.expect_request("**/api/**"):
            scene.scan(page, handed)
        answered(page, "正在核对……")
        nothing_is_claimed(page, handed.notice.number)
        for route in asked:
            route.abort() if answer is None else route.fulfill(**answer)
        answered(page, "无法核对")
        expect(page.locator("#reason")).to_contain_text(reason)
        expect(page.locator("#more")).to_contain_text("不说明文书是真是假")
        nothing_is_claimed(page, handed.notice.number, "已填写", "本机")
        picture(page, "unanswered")


def test_a_name_that_the_code_cuts_is_shown_whole_once_the_registration_is_checked(scene: Scene):
    name = "样例市高新技术产业开发区综合保税物流园区危险化学品仓储与配送服务股份有限责任公司第一分公司"
    issuer = "样例市样例高新技术产业开发区综合保税物流园区管理委员会应急管理与综合行政执法局样例分局"
    handed = scene.handed(enterprise=replace(ENTERPRISE, name=name), issuer_name=issuer)
    with scene.phone() as page:
        for path in (handed.path, handed.typed):
            scene.scan(page, handed, path)
            if path == handed.typed:
                page.fill("#code", handed.access.reply_code)
                page.click("#open")
            answered(page, "真实")
            expect(page.locator("#facts")).to_contain_text(name)
            expect(page.locator("#facts")).to_contain_text(issuer)
            picture(page, "long-names")


@pytest.mark.parametrize("path", ["/", "/r", "/r/", "/n/", "/N", "/index.html"])
def test_a_mistyped_address_says_in_chinese_what_to_do(scene: Scene, path: str):
    with scene.phone() as page:
        page.goto(scene.origin + path)
        answered(page, "无法核对")
        expect(page.locator("#reason")).to_contain_text("不是文书的网址")
        expect(page.locator("#more")).to_contain_text("重新输入")
        picture(page, "no-address")
    with scene.phone(scripts=False) as page:
        page.goto(scene.origin + path)
        expect(page.locator("noscript .word")).to_have_text("无法在此核对")


def test_capital_letters_and_a_slash_at_the_end_lead_to_the_same_notice(scene: Scene):
    handed = scene.handed()
    path, _, fragment = handed.path.partition("#")
    with scene.phone() as page:
        for address in (f"{path}/", path.upper(), f"{path.upper()}/"):
            scene.scan(page, handed, f"{address}#{fragment}")
            answered(page, "真实")
        for address in (f"{handed.typed}/", handed.typed.lower(), f"/R{handed.typed[2:]}/"):
            scene.scan(page, handed, address)
            answered(page, "请输入回复码")
            page.fill("#code", handed.access.reply_code)
            page.click("#open")
            answered(page, "真实")


@pytest.mark.parametrize("cut", ["", "#", "#AAAA"])
def test_an_address_without_its_end_says_so(scene, cut):
    handed = scene.handed()
    with scene.phone() as page:
        scene.scan(page, handed, handed.path.partition("#")[0] + cut)
        answered(page, "无法核对")
        expect(page.locator("#paper")).to_be_hidden()
        picture(page, "damaged")


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


def test_an_address_of_nothing_says_what_to_do(scene):
    handed = scene.handed()
    token_and_key = handed.path.partition("#")[2]
    with scene.phone() as page:
        scene.scan(page, handed, f"/n/{'0' * 32}#{token_and_key}")
        answered(page, "不符")
        expect(page.locator("#reason")).to_contain_text("属于另一份文书")
        picture(page, "unknown")
        for typed in ("AB%zz", "%", "ABCD-UUUU"):
            scene.scan(page, handed, f"/r/{typed}")
            answered(page, "无法核对")
            expect(page.locator("#reason")).to_contain_text("查询编号不对")
        picture(page, "unknown-locator")
        scene.scan(page, handed, "/r/00000000")
        page.fill("#code", handed.access.reply_code)
        page.click("#open")
        expect(page.locator("#code-problem")).not_to_be_empty()
        picture(page, "unknown-typed")
