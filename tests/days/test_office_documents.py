"""What an office does with its documents at the console, as it looks: before the first, and with many."""

from __future__ import annotations

import csv
import time
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.console.keys import DOCUMENT_CHAIN, DOCUMENT_KEY
from inspector.demo import samples
from inspector.trust.key_file import seal_key_file
from tests.browser import browser_screen
from tests.console.desk_rig import CHEAP, PASSPHRASE, PASSWORD, DeskRig
from tests.days.cast import Hand, Office, at
from tests.days.notices_office import SlowTimestamps, Standing, fill, use_numbers
from tests.days.test_documents import (
    DESK,
    OWN,
    Drawer,
    decide_as_asked,
    downloaded,
    issue_the_extension,
    put_in_a_font,
    send_out_a_template,
)
from tests.domain.test_holiday_table import LATER

pytestmark = [pytest.mark.browser, pytest.mark.soak]

NAME = "console.notices"
REFUSED = "样例：隐患不能等，可先临时处置"
TABS = {"overdue": 1, "unread": 2, "asked": 1, "ended": 3}
DRAFTS = 1
"""How many each tab has, however many there are in all."""
SOME, THOUSAND = 60, 1_000
BEFORE_STOPPING = 4


def test_an_office_before_its_first_document_is_told_what_comes(tmp_path):
    with DeskRig(tmp_path, issuer=samples.ISSUER) as rig, browser_screen(width=1440, height=900) as screen:
        without_document_key(rig)
        rig.desk.close()
        office = Office(tmp_path / "programs", port=rig.real.port)
        try:
            desk = at(screen, office.console(folder=rig.folder / "console"))
            log_in(desk)
            look_at_empty_screens(desk)
            assert screen.outside == []
        finally:
            office.end()


def test_the_documents_of_an_office_in_the_middle_of_its_work_are_seen(tmp_path):
    with DeskRig(tmp_path, issuer=samples.ISSUER) as rig, browser_screen(width=1440, height=900) as screen:
        public = replace(samples.ISSUER, public_address=f"http://127.0.0.1:{rig.real.port}")
        rig.administration.set_issuer(rig.admin, public)
        standing = fill(rig, SOME)
        rig.desk.close()
        office = Office(tmp_path / "programs", port=rig.real.port)
        try:
            desk = at(screen, office.console(folder=rig.folder / "console"))
            log_in(desk)
            look_at_the_ledger(desk, standing, SOME)
            look_at_notices(desk, standing)
            refuse_more_time(desk, standing)
            give_more_time(desk, standing)
            ask_before_the_end(desk, standing)
            sign_and_stop(desk)
            desk.press("console.rail.numbers")
            look_at_the_numbers(desk, "console-numbers")
            look_at_the_office(desk, tmp_path)
            assert screen.outside == []
        finally:
            office.end()


def test_a_ledger_of_a_thousand_documents_is_turned_and_searched(tmp_path):
    with DeskRig(tmp_path, issuer=samples.ISSUER) as rig, browser_screen(width=1440, height=900) as screen:
        standing = fill(rig, THOUSAND)
        rig.desk.close()
        office = Office(tmp_path / "programs", port=rig.real.port)
        try:
            desk = at(screen, office.console(folder=rig.folder / "console"))
            log_in(desk)
            desk.press("console.rail.notices")
            desk.wait(standing.row("offline"))
            desk.screen.see(f"第 1–50 份，共 {THOUSAND} 份")
            desk.show("console-notices-thousand", *DESK)
            desk.write(f"{NAME}.text", "〔2026〕500号")
            desk.press(f"{NAME}.find")
            desk.screen.see("第 1–1 份，共 1 份")
            desk.show("console-notices-found", *DESK)
            desk.press("console.rail.copies")
            desk.wait("console.copies.tally")
            desk.show("console-copies-thousand", *DESK)
            assert screen.outside == []
        finally:
            office.end()


def test_a_number_on_two_papers_is_said_on_every_page_and_in_the_table(tmp_path):
    with DeskRig(tmp_path, issuer=samples.ISSUER) as rig, browser_screen(width=1440, height=900) as screen:
        rig.clock.ms = int(time.time() * 1000)
        one, other = rig.enrolled("样例平板一号"), rig.enrolled("样例平板二号")
        use_numbers(rig, one, 1, 2, 3, 5, 6)
        use_numbers(rig, other, 2)
        rig.desk.run()
        rig.desk.close()
        office = Office(tmp_path / "programs", port=rig.real.port)
        try:
            desk = at(screen, office.console(folder=rig.folder / "console"))
            log_in(desk)
            desk.press("console.rail.numbers")
            look_at_the_numbers(desk, "console-numbers-twice")
            table = downloaded(desk, "console.numbers.export").path()
            lines = list(csv.reader(table.read_text(encoding="utf-8-sig").splitlines()))
            assert sum(line[4] == "重号" for line in lines) == 2, "a line for each paper"
            desk.press("console.alarms.open")
            desk.one("console.alarms.alarm-")
            desk.show("console-alarms", *DESK)
            assert screen.outside == []
        finally:
            office.end()


def without_document_key(rig: DeskRig) -> None:
    """The office's key file is from before there were keys for copies."""
    kept = {DOCUMENT_KEY, DOCUMENT_CHAIN}
    others = {name: value for name, value in rig.made.office.others.items() if name not in kept}
    rig.desk.settle(
        statement=rig.made.statement,
        fingerprint=rig.desk.statement.fingerprint,
        office_keys=seal_key_file(replace(rig.made.office, others=others), PASSPHRASE, cost=CHEAP),
    )


def log_in(desk: Hand) -> None:
    """With the keys locked, the copies can be looked at already."""
    desk.write("console.login.name", "样例管理员")
    desk.write("console.login.password", PASSWORD)
    desk.press("console.login.enter")
    desk.press("console.rail.copies")
    desk.wait("console.copies.tally")
    desk.show("console-copies-locked", *DESK)
    desk.write("console.unlock.passphrase", PASSPHRASE)
    desk.press("console.unlock.open")
    desk.wait("console.rail.lock")


def look_at_empty_screens(desk: Hand) -> None:
    desk.press("console.rail.notices")
    desk.screen.see("还没有文书")
    desk.show("console-notices-none", *DESK)
    desk.press("console.rail.numbers")
    desk.screen.see("还没有发过文书号")
    desk.show("console-numbers-none", *DESK)
    desk.press("console.rail.copies")
    desk.screen.see("办公室密钥里还没有文书密钥")
    desk.show("console-copies-no-key", *DESK)


# --- The ledger and its notices ---


def look_at_the_ledger(desk: Hand, standing: Standing, count: int) -> None:
    desk.press("console.rail.notices")
    desk.wait(standing.row("offline"))
    desk.show("console-notices", *DESK)
    desk.press(f"{NAME}.after")
    desk.screen.see(f"第 51–{min(100, count)} 份，共 {count} 份")
    desk.show("console-notices-page", *DESK)
    for tab, held in {"open": count - TABS["ended"] - DRAFTS, **TABS}.items():
        desk.press(f"{NAME}.tab-{tab}")
        desk.screen.see(f"共 {held} 份")
        desk.show(f"console-notices-{tab}", *DESK)
    desk.press(f"{NAME}.tab-all")
    desk.write(f"{NAME}.text", "没有这个单位")
    desk.press(f"{NAME}.find")
    desk.wait(f"{NAME}.clear")
    desk.show("console-notices-nothing", *DESK)
    desk.press(f"{NAME}.clear")
    desk.gone(f"{NAME}.clear")


def open_notice(desk: Hand, standing: Standing, name: str) -> None:
    """By its number, or by the enterprise where it has none."""
    notice = standing.notices[name].notice
    desk.press("console.rail.notices")
    desk.write(f"{NAME}.text", notice.number or notice.enterprise.name)
    desk.press(f"{NAME}.find")
    desk.press(standing.row(name))
    desk.wait("console.notice.standing")


def look_at_notices(desk: Hand, standing: Standing) -> None:
    """One with replies, those that ended, those with and without more time."""
    open_notice(desk, standing, "in-force")
    reply = desk.one("console.notice.photos-")
    desk.show("console-notice", *DESK)
    desk.show("console-notice-reply", *DESK, at=reply)
    desk.open(f"{reply.rpartition('-')[0]}-1", "console.photo-close")
    desk.show("console-notice-photo", *DESK)
    desk.press("console.photo-close")
    for name in ("replaced", "withdrawn", "closed", "overdue", "offline", "long", "rare"):
        open_notice(desk, standing, name)
        desk.show(f"console-notice-{name}", *DESK)
    for name in ("extended", "refused"):
        open_notice(desk, standing, name)
        desk.show(f"console-extension-{name}", *DESK, at=desk.seek("console.notice.paper-issue-"))


def refuse_more_time(desk: Hand, standing: Standing) -> None:
    """The request that waits is refused whole: nothing moves, and the question says so."""
    open_notice(desk, standing, "asked")
    button = desk.seek("console.notice.decide-")
    desk.show("console-extension-waiting", *DESK, at=button)
    key = button.rpartition("-")[2]
    for ordinal in (1, 2):
        desk.press(f"console.notice.verdict-{key}-{ordinal}-refuse")
        desk.write(f"console.notice.opinion-{key}-{ordinal}", REFUSED)
    desk.write(f"console.notice.decided-by-{key}", "样例审批人")
    desk.press(button)
    desk.wait(f"{button}-ask-yes")
    desk.show("console-extension-refuse-ask", *DESK)
    desk.press(f"{button}-ask-yes")
    issue = f"console.notice.paper-issue-{key}"
    desk.wait(issue)
    desk.gone("announcement")
    desk.show("console-extension-refused-whole", *DESK, at=issue)


def give_more_time(desk: Hand, standing: Standing) -> None:
    """Asked for by letter for an overdue notice, granted, its document issued."""
    open_notice(desk, standing, "overdue")
    decide_as_asked(desk)
    desk.gone("announcement")
    desk.show("console-notice-extension", *DESK, at=desk.one("console.notice.paper-issue-"))
    issue_the_extension(desk)
    desk.show("console-extension-issued", *DESK, at=desk.one("console.notice.paper-pdf-"))


def ask_before_the_end(desk: Hand, standing: Standing) -> None:
    open_notice(desk, standing, "in-force")
    desk.open("console.notice.way-withdrawn", "console.notice.reason")
    desk.write("console.notice.reason", "样例：文号填写有误，另行出具。")
    desk.show("console-notice-ending", *DESK, at="console.notice.end")
    desk.press("console.notice.end")
    desk.wait("console.notice.end-ask-no")
    desk.show("console-notice-end-ask", *DESK)
    desk.press("console.notice.end-ask-no")


# --- Copies and numbers ---


def sign_and_stop(desk: Hand) -> None:
    """A batch that is stopped while a time stamp is waited for, then taken up again."""
    with SlowTimestamps() as authority:
        desk.press("console.rail.copies")
        desk.wait("console.copies.start")
        desk.show("console-copies-due", *DESK)
        desk.write("console.copies.timestamp", authority.url)
        desk.press("console.copies.save-timestamp")
        authority.let(BEFORE_STOPPING)
        desk.press("console.copies.start")
        desk.wait("console.copies.progress")
        desk.screen.see("正在签署；")
        for size in DESK:
            authority.until_one_waits()
            desk.show("console-copies-running", size)
            authority.let(1)  # the console waits twenty seconds for each
        authority.until_one_waits()
        desk.press("console.copies.stop")
        desk.screen.see("正在停止：手上这一份签完就停")
        desk.show("console-copies-stopping", *DESK)
        authority.let(2 * SOME)
        desk.wait("console.copies.ended")
        desk.show("console-copies-stopped", *DESK)
        desk.gone("announcement")
        desk.press("console.copies.start")
        desk.screen.see("没有待签署的文书")
        desk.wait("console.copies.ended")
        desk.show("console-copies", *DESK)


def look_at_the_numbers(desk: Hand, name: str) -> None:
    """What became of the orders' numbers."""
    desk.press(desk.seek("console.numbers.series-", "责令限期整改指令书"))
    desk.screen.see("应急责改")
    desk.show(name, *DESK)
    desk.show(f"{name}-hand-out", *DESK, at="console.numbers.hand-out")


# --- The office's own ---


def look_at_the_office(desk: Hand, folder: Path) -> None:
    send_out_a_template(desk, Drawer(folder))
    desk.press(f"console.office.drop-form-{OWN}")
    desk.press(f"console.office.drop-form-{OWN}-ask-yes")
    desk.gone(f"console.office.form-{OWN}")
    desk.show("console-form-removed", *DESK)
    put_in_a_font(desk, "console-fonts", *DESK)
    take_a_holiday_table(desk)


def take_a_holiday_table(desk: Hand) -> None:
    """What is wrong with one; what another changes; the question; and it is in use."""
    field, look = "console.office.calendar-text", "console.office.calendar-look"
    desk.press("console.office.part-calendar")
    desk.wait("console.office.calendar-in-use")
    desk.show("console-calendar", *DESK)
    desk.write(
        field, LATER.replace('title = "样例：以后一年的安排"\n', "").replace("2028-01-03", "2027-01-03")
    )
    desk.press(look)
    desk.wait("console.office.calendar-found")
    desk.show("console-calendar-faults", *DESK, at="console.office.calendar-found")
    desk.write(field, LATER)
    desk.press(look)
    desk.screen.see("天与现在不同")
    desk.show("console-calendar-changes", *DESK, at="console.office.calendar-found")
    desk.press("console.office.calendar-take")
    desk.wait("console.office.calendar-take-ask-yes")
    desk.show("console-calendar-ask", *DESK)
    desk.press("console.office.calendar-take-ask-yes")
    desk.screen.see("样例：以后一年的安排")
    desk.bring("console.office.calendar-in-use")
    desk.show("console-calendar-taken", *DESK)
