"""One inspector and one supervisor, the whole way: real programs, a real browser, loopback only."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest
from playwright.sync_api import expect

from inspector.demo import samples
from tests.browser import PATIENCE_MS, ROOT, browser_screen
from tests.days.cast import JPEG, Hand, Office, at

pytestmark = pytest.mark.browser

ITEM = "checklist.item.gas-restaurant."
NOTE = "请补充切断阀照片的说明"
HELD = ((800, 1280), (1280, 800))
DESK = ((1024, 768), (1440, 900))
ANSWER = "模拟报警时紧急切断阀没有动作，照片为切断阀现状。"


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path / "office")
    office.found(clock_ms=int(time.time() * 1000))
    yield office
    office.end()


def test_an_inspection_is_made_offline_sent_returned_answered_and_accepted(office, tmp_path):
    with browser_screen(width=1280, height=800) as screen:
        tablet = at(screen, office.tablet())
        first_start(tablet)
        look_at_the_samples(tablet)
        add_the_second_inspector(tablet)
        desk = at(screen.beside(width=1440, height=900), office.console())
        enrol(tablet, desk)
        office.server.stop()
        begin(tablet)
        walk(tablet)
        reload_in_the_middle(tablet)
        finish(tablet)
        pdf = tmp_path / "order.pdf"
        issue(tablet, pdf)
        assert_genuine(pdf, (office.folders.safe / "root.txt").read_text("ascii").strip())
        office.server.start()
        see_it_sent(tablet)
        return_it(desk)
        answer_it(tablet)
        accept_it(desk)
        see_it_acknowledged(tablet)
        assert screen.outside == [] and desk.screen.outside == []


def first_start(tablet: Hand) -> None:
    first = samples.PEOPLE[0]
    tablet.wait("welcome.next")
    tablet.show("tablet-welcome", *HELD)
    tablet.write("welcome.name", first.name)
    tablet.write("welcome.number", first.number)
    tablet.press("welcome.next")
    tablet.pin("welcome.pin", first.pin)
    tablet.pin("welcome.again", first.pin)
    tablet.wait("today.enrol")


def look_at_the_samples(tablet: Hand) -> None:
    tablet.press("today.samples")
    tablet.press("sample.open.gas-restaurant")
    tablet.press("sample.item.gas-kind-natural")
    tablet.show("tablet-sample", *HELD)
    tablet.press("sample.back")
    tablet.press("sample.enrol")
    tablet.press("enrol.back")


def add_the_second_inspector(tablet: Hand) -> None:
    second = samples.PEOPLE[1]
    tablet.press("today.settings")
    tablet.wait("crew.add")
    tablet.show("tablet-settings", *HELD)
    tablet.press("crew.add")
    tablet.write("crew.new.name", second.name)
    tablet.write("crew.new.number", second.number)
    tablet.press("crew.new.next")
    tablet.pin("crew.new.pin", second.pin)
    tablet.pin("crew.new.again", second.pin)
    tablet.screen.see(f"已添加 {second.name}")
    tablet.press("settings.back")


def log_in(desk: Hand, login: str) -> None:
    desk.write("console.login.name", login)
    desk.write("console.login.password", samples.PASSWORD)
    desk.press("console.login.enter")
    desk.wait("console.rail.inbox")


def unlock(desk: Hand) -> None:
    desk.press("console.rail.unlock")
    desk.write("console.unlock.passphrase", samples.PASSPHRASE)
    desk.press("console.unlock.open")
    desk.wait("console.rail.lock")


def enrol(tablet: Hand, desk: Hand) -> None:
    """By the code that the console shows; both sides show the same eight digits."""
    log_in(desk, "admin")
    unlock(desk)
    desk.press("console.rail.devices")
    desk.press("console.devices.enrol")
    desk.press("console.enrol.begin")
    desk.show("console-enrol", *DESK)
    desk.press("console.enrol.copy")
    desk.screen.see("已复制")
    code = desk.page.evaluate("navigator.clipboard.readText()")
    tablet.press("today.enrol")
    tablet.write("enrol.label", "样例平板一号")
    tablet.write("enrol.code", code)
    tablet.press("enrol.send")
    tablet.wait("enrol.digits")
    desk.wait("console.enrol.digits")
    desk.show("console-digits", *DESK)
    tablet.show("tablet-enrol", *HELD)
    assert digits(tablet, "enrol.digits") == digits(desk, "console.enrol.digits")
    desk.press("console.enrol.agree")
    desk.wait("console.enrol.finish")
    tablet.wait("today.start")
    tablet.screen.see("办公室消息截至")
    desk.press("console.rail.logout")
    desk.wait("console.login.name")


def digits(hand: Hand, identifier: str) -> str:
    element = hand.screen.find(identifier).first
    found = re.sub(r"\D", "", (element.get_attribute("aria-label") or "") + element.inner_text())
    assert len(found) == 8
    return found


def begin(tablet: Hand) -> None:
    """Found by initials, with two inspectors, while no server is there."""
    tablet.press("today.start")
    tablet.write("enterprise.search", "lzt")
    tablet.wait("enterprise.choose.sample-gas")
    tablet.show("tablet-enterprise", *HELD)
    tablet.press("enterprise.choose.sample-gas")
    tablet.press("begin.checklist-gas-restaurant")
    tablet.press(tablet.one("begin.second-0"))
    tablet.show("tablet-begin", *HELD)
    tablet.press("begin.start")
    tablet.wait("checklist.ahead")


def walk(tablet: Hand) -> None:
    tablet.press(f"{ITEM}gas-kind-choice-natural")
    tablet.press(f"{ITEM}floor-choice-above")
    tablet.press(f"{ITEM}high-rise-choice-no")
    tablet.write(f"{ITEM}gas-supplier-value", "样例燃气公司")
    tablet.press(f"{ITEM}place-use-choice-catering")
    take_a_picture(tablet, f"{ITEM}kitchen-overview-photo")
    tablet.press("checklist.ahead")
    tablet.press(f"{ITEM}alarm-installed-pass")
    enter(tablet, "alarm-to-ceiling", "0.5")
    choose_a_picture(tablet, f"{ITEM}alarm-to-ceiling-finding-photo")
    tablet.press(f"{ITEM}shutoff-linked-fail")
    take_a_picture(tablet, f"{ITEM}shutoff-linked-finding-photo")
    tablet.show("tablet-finding", *HELD)
    tablet.bring(f"{ITEM}alarm-installed-pass")
    tablet.show("tablet-checklist", *HELD)
    enter(tablet, "alarm-expiry", "2099-05-01")
    tablet.press("checklist.ahead")
    pass_the_rest(tablet, "safe-place")
    tablet.press("undo")
    tablet.gone(f"{ITEM}safe-place-clear")
    pass_the_rest(tablet, "safe-place")


def pass_the_rest(tablet: Hand, item: str) -> None:
    """本节其余合格, seen at one of its items."""
    tablet.press("checklist.pass-rest")
    tablet.wait(f"{ITEM}{item}-clear")


def enter(tablet: Hand, item: str, text: str) -> None:
    """A value that settles when its field is left."""
    tablet.write(f"{ITEM}{item}-value", text)
    tablet.page.keyboard.press("Tab")
    tablet.wait(f"{ITEM}{item}-clear")


def take_a_picture(tablet: Hand, strip: str) -> None:
    """Through the camera."""
    tablet.press(f"{strip}-add")
    tablet.screen.see("对准后按“拍照”")
    tablet.press("photo-shutter")
    tablet.screen.see("已拍 1 张")
    tablet.press("photo-done")
    tablet.gone("photo-shutter")
    tablet.wait(f"{strip}-1")


def choose_a_picture(tablet: Hand, strip: str) -> None:
    """Through the file chooser."""
    tablet.press(f"{strip}-add")
    tablet.wait("photo-pick")
    with tablet.page.expect_file_chooser() as chooser:
        tablet.press("photo-pick")
    chooser.value.set_files([{"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": JPEG}])
    tablet.wait(f"{strip}-1")
    tablet.press("photo-done")
    tablet.gone("photo-shutter")


def reload_in_the_middle(tablet: Hand) -> None:
    """The page is loaded again; a wrong PIN is refused, the right one shows everything as it was."""
    tablet.screen.reload()
    tablet.pin("lock", "111222")
    tablet.screen.see("PIN 不正确")
    tablet.show("tablet-lock", *HELD)
    tablet.pin("lock", samples.PIN)
    tablet.wait("checklist.ahead")
    tablet.wait(f"{ITEM}safe-place-clear")
    tablet.press("checklist.section.gas-restaurant.alarm")
    tablet.wait(f"{ITEM}alarm-to-ceiling-finding-photo-1")
    tablet.screen.see("天然气报警器与顶棚的距离为0.5米")


def finish(tablet: Hand) -> None:
    """The gap that is left is a jump; then position, second inspector's PIN, signature, seal."""
    tablet.press("checklist.section.gas-restaurant.gas-appliances")
    enter(tablet, "hose-length", "1.5")
    enter(tablet, "hose-expiry", "2099-05-01")
    pass_the_rest(tablet, "no-alteration")
    for section, item in (("management", "staff-trained"), ("fire-basics", "extinguishers")):
        tablet.press(f"checklist.section.gas-restaurant.{section}")
        tablet.wait(f"{ITEM}{item}-pass")
        pass_the_rest(tablet, item)
    tablet.press("checklist.finish")
    tablet.wait("finish.gap-1")
    tablet.show("tablet-finish", *HELD)
    tablet.press("finish.gap-1")
    tablet.press(f"{ITEM}hose-condition-choice-in-order")
    tablet.press("checklist.finish")
    tablet.press("finish.locate")
    tablet.screen.see("北纬 31.230400")
    tablet.bring("finish.guest")
    tablet.press(tablet.one("finish.unlock-"))
    tablet.bring("finish.pin-pin")
    tablet.pin("finish.pin", samples.SECOND_PIN)
    tablet.gone("finish.pin-pin")
    sign_and_seal(tablet)


def sign_and_seal(tablet: Hand) -> None:
    tablet.press("finish.sign")
    tablet.wait("signing-pad")
    tablet.draw("signing-pad")
    tablet.show("tablet-signing", (1280, 800))
    tablet.press("signing-done")
    tablet.press("finish.seal")
    tablet.wait("notices.home")


def issue(tablet: Hand, pdf) -> None:
    """Previewed, issued, downloaded."""
    tablet.press("notices.rectify-order-text")
    tablet.screen.see("安装位置过低")
    tablet.show("tablet-notices", *HELD)
    tablet.press("notices.rectify-order-issue")
    tablet.press("notices.rectify-order-issue-ask-yes")
    save = tablet.one("notices.issued.", "-save")
    with tablet.page.expect_download() as saved:
        tablet.press(save)
    saved.value.save_as(pdf)


def assert_genuine(pdf, root: str) -> None:
    """By our own judge, which needs no network, and by a reader that is not ours."""
    judged = subprocess.run(
        [sys.executable, "-m", "inspector", "verify", "--root", root, str(pdf)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert judged.returncode == 0, judged.stdout + judged.stderr
    read = subprocess.run(
        ["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True, timeout=60
    )
    assert "责令限期整改指令书" in read.stdout
    assert "老灶台餐馆（样例）" in read.stdout


def see_it_sent(tablet: Hand) -> None:
    """Nobody asks for the transfer."""
    tablet.press("notices.home")
    tablet.screen.see("已封存的都已送达办公室")


def return_it(desk: Hand) -> None:
    """The inbox, the record's proof, a photo in full, and a note for one item."""
    log_in(desk, "supervisor")
    if desk.has("console.rail.unlock"):
        unlock(desk)
    open_first_record(desk)
    desk.show("console-record", *DESK)
    for aspect in ("signature", "order", "log", "content"):
        desk.wait(f"console.record.proof.{aspect}")
    desk.press("console.record.finding.1.photo-1")
    desk.wait("console.photo-close")
    desk.press("console.photo-close")
    desk.gone("console.photo-close")
    desk.press("console.record.begin-return")
    desk.wait("console.record.cancel")
    desk.write("console.record.finding.1.note", NOTE)
    desk.show("console-return", *DESK)
    desk.press("console.record.return")
    desk.screen.see("已退回")


def open_first_record(desk: Hand) -> None:
    desk.press("console.rail.inbox")
    desk.screen.see("待审核 1")
    for state in ("all", "new"):  # a list that was read before the record came is read again
        desk.press(f"console.inbox.state-{state}")
        chosen = desk.screen.find(f"console.inbox.state-{state}")
        expect(chosen).to_have_attribute("aria-current", "true", timeout=PATIENCE_MS)
    row = desk.saying("console.inbox.row.", "待审核：")
    expect(row).to_have_count(1, timeout=PATIENCE_MS)
    desk.show("console-inbox", *DESK)
    desk.press(str(row.get_attribute("flt-semantics-identifier")))
    desk.wait("console.record.proof.signature")


def exchange(tablet: Hand) -> None:
    tablet.press("today.transfer")
    tablet.press("transfer.now")


def answer_it(tablet: Hand) -> None:
    """The task has come; it is answered by a new record."""
    exchange(tablet)
    tablet.press("transfer.back")
    tablet.screen.see(NOTE)
    task = tablet.one("today.task.")
    tablet.show("tablet-today", *HELD)
    tablet.press(task)
    tablet.screen.see(NOTE)
    tablet.show("tablet-task", *HELD)
    tablet.press("task.answer")
    tablet.press("checklist.section.gas-restaurant.alarm")
    tablet.write(f"{ITEM}shutoff-linked-finding-facts", ANSWER)
    tablet.press("checklist.finish")
    tablet.press("finish.locate")
    tablet.screen.see("北纬 31.230400")
    sign_and_seal(tablet)
    see_it_sent(tablet)


def accept_it(desk: Hand) -> None:
    open_first_record(desk)
    desk.press("console.record.accept")
    desk.screen.see("已确认")


def see_it_acknowledged(tablet: Hand) -> None:
    exchange(tablet)
    tablet.screen.see("办公室已确认")
    expect(tablet.page.get_by_text("等待办公室打开并确认")).to_have_count(0, timeout=PATIENCE_MS)
    tablet.show("tablet-transfer", *HELD)
