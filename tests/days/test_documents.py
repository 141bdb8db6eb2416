"""The documents after the first notice: filled in, served, answered, extended, looked at again, replaced.

Inspector, supervisor and somebody with the paper in hand; real programs, a real browser, loopback only.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, TimeoutError, expect

from inspector.demo import samples
from tests.browser import PATIENCE_MS, ROOT, Screen, browser_screen
from tests.days.cast import JPEG, MOST_PRESSES, Hand, Office, at
from tests.days.test_the_whole_day import (
    DESK,
    HELD,
    add_the_second_inspector,
    choose_a_picture,
    enrol,
    first_start,
    log_in,
    sign_and_seal,
    unlock,
)

pytestmark = [pytest.mark.browser, pytest.mark.soak]

ITEM = "checklist.item.fire-small-places."
SECTION = "checklist.section.fire-small-places."
FONT = ROOT / "assets" / "fonts" / "NotoSansSC-Regular.ttf"
"""As if it were the office's own."""

REST = (
    ("fire-basics", "passages-clear"),
    ("fire-electric", "flying-charging"),
    ("small-special", "small-gas"),
)
"""Each section with judgements, and one of its questions that is passed with the rest."""

ROW = "console.notices.row."
FONT_MS = 3 * PATIENCE_MS
"""Ten megabytes on their way through a browser that paints in software."""

OWN = "shop-order"
OWN_TITLE = "小场所责令限期整改指令书（样例）"
FORM = f"""format = 1
issuer = "emergency-management"
seal = true

[{OWN}]
kind = "rectify-order"
title = "{OWN_TITLE}"
number = "（{{region}}）应急小改〔{{year}}〕{{serial:03}}号"
status = "式样待确认"
copies = ["存根", "被检查单位"]
salutation = "{{enterprise}}："
before = ["经查，你单位存在下列{{count}}项问题："]
after = [
  "现责令你单位按下列期限整改：{{deadlines}}。期限自送达次日起计算，“前”包含当日。",
  "{{at_once}}责令立即改正。",
  "{{corrected}}已当场改正。",
  "{{suspected}}为疑似重大隐患，由有权机关依照判定标准和程序认定，本文书不作认定。",
  "联系人：{{contact}}，电话：{{phone}}。",
  "本文书替代{{replaces}}；原文书自本文书送达之日起不再执行。",
  "替代原因：{{replaces_reason}}",
  "如不服本{{title}}，可以自收到本{{title}}之日起60日内向{{body}}申请行政复议，或者自收到之日起6个月内依法向{{court}}提起行政诉讼。\
复议、诉讼期间，本{{title}}不停止执行，法律另有规定的除外。",
]
"""
FAULTY = FORM.replace("〔{year}〕", "[{year}]").replace("为疑似重大隐患", "为重大隐患")


@dataclass(slots=True)
class Drawer:
    """Where the PDFs are put that a person saves."""

    folder: Path
    saved: list[Path] = field(default_factory=list)

    def save(self, hand: Hand, button: str, name: str) -> Path:
        """Keep what a button hands over, under a name of its own."""
        path = self.folder / f"{name}.pdf"
        downloaded(hand, button).save_as(path)
        self.saved.append(path)
        return path


def downloaded(hand: Hand, button: str) -> Download:
    """What a button hands over; a press is lost when the screen is laid out anew under the finger."""
    for _ in range(MOST_PRESSES):
        try:
            with hand.page.expect_download(timeout=PATIENCE_MS / MOST_PRESSES) as saved:
                hand.press(button)
        except TimeoutError:
            continue
        return saved.value
    raise AssertionError(f"{button} hands over nothing")


@pytest.fixture
def office(tmp_path) -> Iterator[Office]:
    office = Office(tmp_path / "office")
    office.found(clock_ms=int(time.time() * 1000))
    yield office
    office.end()


def test_the_documents_that_follow_a_notice_are_issued_served_answered_and_replaced(office, tmp_path):
    drawer = Drawer(tmp_path)
    with browser_screen(width=1280, height=800) as screen:
        tablet = at(screen, office.tablet())
        first_start(tablet)
        add_the_second_inspector(tablet)
        console = office.console()
        enrol(tablet, at(screen.beside(width=1440, height=900), console))
        desk = a_window(screen, console)
        send_out_a_template(desk, drawer)
        put_in_a_font(desk, "console-fonts", *DESK)
        inspect_for_the_first_time(tablet)
        issue_the_first_papers(tablet, drawer)
        serve(tablet, drawer)
        desk = a_window(screen, console)
        find_it_in_the_ledger(desk)
        phone = screen.beside(width=360, height=740)
        reply(phone, drawer)
        read_the_reply(desk)
        grant_more_time(desk, drawer)
        unlock_again(tablet)
        tablet.press("today.settings")
        put_in_a_font(tablet, "tablet-fonts", *HELD)
        tablet.press("settings.back")
        inspect_again(tablet)
        own = issue_by_the_own_template(tablet, drawer)
        look_again(tablet, drawer)
        transfer(tablet, drawer)
        replace(tablet, drawer, own)
        desk = a_window(screen, console)
        see_what_became_of_it(desk)
        sign_copies(desk, drawer)
        for one in (tablet, desk):
            assert one.screen.outside == []
        assert phone.outside == []
    root = (office.folders.safe / "root.txt").read_text("ascii").strip()
    assert_genuine(drawer.saved, root, fonts=office.folders.tablet / "store" / "fonts")


def a_window(screen: Screen, console: str) -> Hand:
    """The supervisor opens the console; whoever was idle for ten minutes would be out of the old window."""
    desk = at(screen.beside(width=1440, height=900), console)
    desk.wait("console.login.name")
    log_in(desk, "admin")
    if desk.has("console.rail.unlock"):
        unlock(desk)
    return desk


def unlock_again(tablet: Hand) -> None:
    tablet.screen.reload()
    tablet.pin("lock", samples.PIN)
    tablet.wait("today.start")


# --- The office's own template and font ---


def send_out_a_template(desk: Hand, drawer: Drawer) -> None:
    """Every fault at once; then what the file holds, a sample of it, and out to the tablets."""
    desk.press("console.rail.office")
    desk.press("console.office.part-forms")
    desk.wait("console.office.form-text")
    desk.show("console-forms-none", *DESK)
    desk.write("console.office.form-text", FAULTY)
    desk.press("console.office.form-look")
    desk.wait("console.office.form-faults")
    desk.show("console-form-faults", *DESK, at="console.office.form-faults")
    desk.write("console.office.form-text", FORM)
    desk.press("console.office.form-look")
    desk.wait("console.office.form-found")
    desk.show("console-form-found", *DESK, at="console.office.form-found")
    sample = downloaded(desk, f"console.office.form-preview-{OWN}")
    assert OWN_TITLE in text_of(sample.path())
    desk.press("console.office.form-publish")
    desk.wait("console.office.form-publish-ask-yes")
    desk.show("console-form-publish-ask", *DESK)
    desk.press("console.office.form-publish-ask-yes")
    desk.wait(f"console.office.form-{OWN}")
    desk.show("console-forms", *DESK, at=f"console.office.form-{OWN}")
    desk.press(f"console.office.drop-form-{OWN}")
    desk.wait(f"console.office.drop-form-{OWN}-ask-no")
    desk.show("console-form-drop-ask", *DESK)
    desk.press(f"console.office.drop-form-{OWN}-ask-no")
    desk.gone(f"console.office.drop-form-{OWN}-ask-no")


def put_in_a_font(hand: Hand, name: str, *sizes: tuple[int, int]) -> None:
    """For the headings of tables; going back asks first."""
    hand.bring("fonts.bold.pick")
    with hand.page.expect_file_chooser() as chooser:
        hand.press("fonts.bold.pick")
    chooser.value.set_files(FONT)
    expect(hand.screen.find("fonts.bold.drop")).to_be_attached(timeout=FONT_MS)
    hand.show(name, *sizes, at="fonts.bold.drop")
    hand.press("fonts.bold.drop")
    hand.wait("fonts.bold.drop-ask-no")
    hand.show(f"{name}-ask", *sizes)
    hand.press("fonts.bold.drop-ask-no")
    hand.gone("fonts.bold.drop-ask-no")


# --- The first visit ---


def inspect_for_the_first_time(tablet: Hand) -> None:
    """Two findings: one with days, one to be put right at once."""
    begin(tablet)
    answer_what_is_not_judged(tablet)
    fail(tablet, "fire-basics", "extinguishers", "样例：灭火器压力不足 1 具。")
    fail(tablet, "small-special", "small-goods", "样例：柜台内存放酒精 5 瓶。")
    finish(tablet)


def begin(tablet: Hand) -> None:
    tablet.press("today.start")
    tablet.write("enterprise.search", "食品店")
    tablet.press("enterprise.choose.sample-rare")
    tablet.wait("begin.start")
    tablet.press(tablet.one("begin.second-0"))
    tablet.press("begin.start")
    tablet.wait("checklist.ahead")


def answer_what_is_not_judged(tablet: Hand) -> None:
    choose_a_picture(tablet, f"{ITEM}small-photo-photo")
    tablet.press(f"{SECTION}fire-building")
    tablet.write(f"{ITEM}building-facts-value", "样例：一层临街，砖混")
    tablet.press(f"{ITEM}place-use-choice-other")
    tablet.press(f"{ITEM}high-rise-choice-no")


def fail(tablet: Hand, section: str, item: str, facts: str) -> None:
    tablet.press(f"{SECTION}{section}")
    tablet.press(f"{ITEM}{item}-fail")
    tablet.write(f"{ITEM}{item}-finding-facts", facts)
    choose_a_picture(tablet, f"{ITEM}{item}-finding-photo")


def finish(tablet: Hand) -> None:
    """The rest is in order; position, the second inspector's PIN, signature, seal."""
    for section, item in REST:
        tablet.press(f"{SECTION}{section}")
        tablet.wait(f"{ITEM}{item}-pass")
        tablet.press("checklist.pass-rest")
        tablet.wait(f"{ITEM}{item}-clear")
    tablet.press("checklist.finish")
    tablet.press("finish.locate")
    tablet.screen.see("北纬 31.230400")
    tablet.bring("finish.guest")
    locked = tablet.page.locator('[flt-semantics-identifier^="finish.unlock-"]')
    if locked.count():
        tablet.press(tablet.one("finish.unlock-"))
        tablet.bring("finish.pin-pin")
        tablet.pin("finish.pin", samples.SECOND_PIN)
        tablet.gone("finish.pin-pin")
    sign_and_seal(tablet)


def issue_the_first_papers(tablet: Hand, drawer: Drawer) -> None:
    """The order; then measures, which are filled in."""
    tablet.show("tablet-papers", *HELD)
    tablet.press("notices.rectify-order-issue")
    tablet.wait("notices.rectify-order-issue-ask-yes")
    tablet.show("tablet-issue-ask", *HELD)
    tablet.press("notices.rectify-order-issue-ask-yes")
    drawer.save(tablet, newest(tablet, "-save"), "order")
    tablet.press("notices.fill.measures-decision")
    tablet.wait("fill.check")
    tablet.show("tablet-measures-empty", *HELD)
    tablet.press("fill.check")
    tablet.wait("fill.edit")
    tablet.show("tablet-measures-incomplete", *HELD)
    tablet.press("fill.edit")
    tablet.press(tablet.one("fill.measure-1-finding-"))
    tablet.press("fill.measure-1-offer-0")
    tablet.press("fill.measure-1-offer-3")
    tablet.show("tablet-measures", *HELD)
    issue(tablet, "tablet-measures-check")
    drawer.save(tablet, newest(tablet, "-save"), "measures")


def issue(tablet: Hand, name: str) -> None:
    """A document that was filled in: what it will say, one question, and back to the documents."""
    tablet.press("fill.check")
    tablet.wait("fill-issue")
    tablet.show(name, *HELD)
    tablet.press("fill-issue")
    tablet.press("fill-issue-ask-yes")
    tablet.wait("notices.home")


def newest(tablet: Hand, end: str) -> str:
    """A control of the document that was issued last."""
    tablet.wait("notices.home")
    card = tablet.seek("notices.issued.")
    return card[: len("notices.issued.") + UUID] + end


UUID = 36


def serve(tablet: Hand, drawer: Drawer) -> None:
    """The order into the hands of who is in charge; the decision is left behind before a witness."""
    tablet.press("notices.fill.service-receipt")
    tablet.wait("fill.check")
    decision = tablet.seek("fill.document-", "现场处理措施决定书").removeprefix("fill.document-")
    tablet.press(f"fill.part-{decision}")
    apart = f"fill.apart-{decision}"
    tablet.press(f"{apart}.way-left")
    tablet.show("tablet-service", *HELD, at=f"fill.join-{decision}")
    tablet.write(f"{apart}.refusal", "样例：负责人不在场，家属拒绝签收")
    tablet.write(f"{apart}.witness", "样例见证人，样例社区工作人员")
    tablet.press(f"{apart}.recorded-yes")
    tablet.show("tablet-service-left", *HELD, at=f"{apart}.recorded-yes")
    tablet.press("fill.sign")
    tablet.wait("receiving-pad")
    for size in HELD:
        tablet.show("tablet-receiving", size)
    tablet.draw("receiving-pad")
    tablet.show("tablet-receiving-signed", HELD[-1])
    tablet.press("receiving-done")
    tablet.wait("fill.check")
    tablet.show("tablet-service-signed", *HELD, at="fill.sign")
    issue(tablet, "tablet-service-check")
    drawer.save(tablet, newest(tablet, "-save"), "receipt")
    tablet.press("notices.home")
    tablet.screen.see("已封存的都已送达办公室")
    tablet.show("tablet-today-papers", *HELD)


# --- The office and the enterprise ---


def find_it_in_the_ledger(desk: Hand) -> None:
    desk.press("console.rail.notices")
    waits_for(desk, "送达回证")
    desk.show("console-notices", *DESK)


def waits_for(desk: Hand, words: str) -> None:
    """Until a line of the ledger says so: the tablet's news come by themselves."""
    expect(desk.saying(ROW, words).first).to_be_attached(timeout=PATIENCE_MS)


def reply(phone: Screen, drawer: Drawer) -> None:
    """By the QR code and the reply code of the very paper that was handed over."""
    page, order = phone.page, drawer.folder / "order.pdf"
    page.goto(scanned(order))
    expect(page.locator("#word")).to_have_text("真实")
    page.set_input_files("#pdf", order)
    expect(page.locator("#pdf-result")).to_contain_text("是原件")
    page.fill("#code", text_of(order).partition("回复码")[2].split()[0])
    page.click("#open")
    fill_in(page)
    page.click("#send")
    expect(page.locator("#receipt")).to_have_text("已收到您的回复")


def fill_in(page: Page) -> None:
    page.check("#done-1")
    page.fill("#text-1", "样例：已更换，请复查。")
    page.set_input_files("#photos-1", [{"name": "整改.jpg", "mimeType": "image/jpeg", "buffer": JPEG}])
    expect(page.locator(".photo")).to_have_count(1)
    page.fill("#name", "样例回复人")
    page.fill("#phone", "000-00000002")


def read_the_reply(desk: Hand) -> None:
    desk.screen.see("1 份未读")
    desk.press(desk.seek(ROW, "责令限期整改指令书"))
    desk.one("console.notice.reply-")
    desk.one("console.notice.photos-")
    desk.show("console-notice", *DESK)


def grant_more_time(desk: Hand, drawer: Drawer) -> None:
    """More time is asked for by letter, granted, and its document issued."""
    decide_as_asked(desk)
    desk.show("console-notice-extension", *DESK, at=desk.one("console.notice.paper-issue-"))
    issue_the_extension(desk)
    fetch = desk.one("console.notice.paper-pdf-")
    desk.show("console-extension-issued", *DESK, at=fetch)
    drawer.save(desk, fetch, "extension")


def decide_as_asked(desk: Hand) -> None:
    """More time is asked for by letter for one finding, and granted."""
    desk.press("console.notice.extension-ask")
    finding = desk.one("console.notice.extension-finding-")
    ordinal = finding.rpartition("-")[2]
    desk.press(finding)
    until = datetime.now(UTC) + timedelta(days=40)
    desk.write(f"console.notice.extension-until-{ordinal}", f"{until:%Y-%m-%d}")
    desk.write(f"console.notice.extension-why-{ordinal}", "样例：器材到货需要时间")
    desk.show("console-extension-ask", *DESK, at="console.notice.extension-enter")
    desk.press("console.notice.extension-enter")
    decide(desk)


def issue_the_extension(desk: Hand) -> None:
    """Its pages are looked at, and once more above the question."""
    preview = desk.one("console.notice.paper-preview-")
    key = preview.rpartition("-")[2]
    desk.press(preview)
    desk.wait(f"console.notice.paper-save-{key}")
    desk.show("console-extension-preview", *DESK)
    draft = downloaded(desk, f"console.notice.paper-save-{key}")
    assert "延期整改审批表" in text_of(draft.path())
    desk.press(f"console.notice.paper-close-{key}")
    desk.gone(f"console.notice.paper-close-{key}")
    desk.press(f"console.notice.paper-issue-{key}")
    desk.wait(f"console.notice.paper-{key}-yes")
    desk.show("console-extension-issue-ask", *DESK)
    desk.press(f"console.notice.paper-{key}-yes")


def decide(desk: Hand) -> None:
    granted = desk.one("console.notice.verdict-", "-date")
    desk.press(granted)
    desk.write(desk.one("console.notice.decided-by-"), "样例审批人")
    button = desk.one("console.notice.decide-")
    desk.show("console-extension-decide", *DESK, at=button)
    desk.press(button)
    desk.wait(f"{button}-ask-yes")
    desk.show("console-extension-decide-ask", *DESK)
    desk.press(f"{button}-ask-yes")
    desk.one("console.notice.paper-issue-")


# --- The second visit ---


def inspect_again(tablet: Hand) -> None:
    exchange(tablet)
    begin(tablet)
    answer_what_is_not_judged(tablet)
    fail(tablet, "fire-electric", "wiring-sound", "样例：电线老化一处，没有穿管。")
    finish(tablet)


def exchange(tablet: Hand) -> None:
    tablet.open("today.transfer", "transfer.now")
    tablet.press("transfer.now")
    tablet.show("tablet-transfer-papers", *HELD)
    tablet.open("transfer.back", "today.start")


def issue_by_the_own_template(tablet: Hand, drawer: Drawer) -> str:
    """It stands beside the one that ships; only one of them is issued. Gives its card."""
    tablet.bring(f"notices.{OWN}-issue")
    tablet.show("tablet-own-form", *HELD)
    tablet.press(f"notices.{OWN}-issue")
    tablet.press(f"notices.{OWN}-issue-ask-yes")
    path = drawer.save(tablet, newest(tablet, "-save"), "own")
    assert OWN_TITLE in text_of(path)
    tablet.show("tablet-own-form-issued", *HELD)
    return newest(tablet, "")


def look_again(tablet: Hand, drawer: Drawer) -> None:
    """One finding is done, one only partly, with a picture of this visit."""
    way = tablet.seek("notices.reinspect.", "应急责改")
    tablet.screen.see("已延期至")
    tablet.show("tablet-notices-visit", *HELD, at=way)
    tablet.press(way)
    tablet.wait("fill.finding-1-result-done")
    tablet.press("fill.finding-1-result-done")
    tablet.press("fill.finding-2-result-partly")
    tablet.write("fill.finding-2-remark", "样例：已移走 4 瓶，还有 1 瓶。")
    tablet.press("fill.finding-2-photo-1")
    tablet.show("tablet-reinspection", *HELD)
    issue(tablet, "tablet-reinspection-check")
    path = drawer.save(tablet, newest(tablet, "-save"), "reinspection")
    assert "已延期至" in text_of(path)


def transfer(tablet: Hand, drawer: Drawer) -> None:
    tablet.press("notices.fill.transfer")
    tablet.wait("fill.receiver")
    tablet.show("tablet-transfer-letter-empty", *HELD)
    tablet.write("fill.receiver", "样例市市场监督管理局（样例）")
    tablet.write("fill.subject", "样例：涉嫌无照经营")
    tablet.press("fill.fact-0")
    tablet.press("fill.paper-add")
    tablet.write("fill.paper-1-name", "现场检查记录复印件")
    tablet.write("fill.paper-1-copies", "1")
    tablet.write("fill.paper-1-pages", "3")
    tablet.show("tablet-transfer-letter", *HELD)
    issue(tablet, "tablet-transfer-letter-check")
    drawer.save(tablet, newest(tablet, "-save"), "transfer")


def replace(tablet: Hand, drawer: Drawer, old: str) -> None:
    """The order by the office's own template was wrong: why, one question, and the new one is issued."""
    tablet.press(f"{old}-replace")
    tablet.write(f"{old}-replace-reason", "样例：期限写错")
    tablet.show("tablet-replace", *HELD, at=f"{old}-replace-go")
    tablet.press(f"{old}-replace-go")
    tablet.wait(f"{old}-replace-go-ask-yes")
    tablet.show("tablet-replace-ask", *HELD)
    tablet.press(f"{old}-replace-go-ask-yes")
    tablet.bring(f"notices.{OWN}-issue")
    tablet.show("tablet-replacing", *HELD)
    tablet.press(f"notices.{OWN}-issue")
    tablet.press(f"notices.{OWN}-issue-ask-yes")
    drawer.save(tablet, newest(tablet, "-save"), "replacement")
    tablet.show("tablet-replaced", *HELD)
    tablet.press("notices.home")
    tablet.screen.see("已封存的都已送达办公室")


# --- What the office has in the end ---


def see_what_became_of_it(desk: Hand) -> None:
    desk.press("console.rail.notices")
    waits_for(desk, "已被替代")
    desk.show("console-notices", *DESK)
    desk.press(desk.seek(ROW, "已被替代"))
    desk.wait("console.notice.standing")
    desk.show("console-notice-replaced", *DESK)
    desk.press("console.rail.numbers")
    desk.wait("console.numbers.series-0")
    desk.show("console-numbers", *DESK)


def sign_copies(desk: Hand, drawer: Drawer) -> None:
    """Of everything that was received, in one batch."""
    desk.press("console.rail.copies")
    desk.press("console.copies.scope-received")
    desk.show("console-copies", *DESK)
    desk.press("console.copies.start")
    desk.wait("console.copies.ended")
    desk.show("console-copies-signed", *DESK)
    for number in range(2):
        drawer.save(desk, f"console.copies.download-{number}", f"copy-{number}")


# --- Papers ---


def scanned(pdf: Path) -> str:
    """What the QR code of a paper says."""
    subprocess.run(["pdftoppm", "-r", "200", "-png", pdf, pdf.with_suffix("")], check=True, timeout=60)
    pages = sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))
    # It says by its exit code that a page has none; another has it.
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", *pages], check=False, timeout=60, capture_output=True, text=True
    )
    return read.stdout.split()[0]


def text_of(pdf: Path) -> str:
    done = subprocess.run(["pdftotext", pdf, "-"], check=True, timeout=60, capture_output=True, text=True)
    return done.stdout


def assert_genuine(pdfs: list[Path], root: str, *, fonts: Path) -> None:
    """By our own judge, which needs no network; with the font that the office put in."""
    judged = subprocess.run(
        [sys.executable, "-m", "inspector", "verify", "--root", root, "--fonts", fonts, *pdfs],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert judged.returncode == 0, judged.stdout + judged.stderr
