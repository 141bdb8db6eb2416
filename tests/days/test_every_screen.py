"""The screens that a plain day does not pass, over the demo's data."""

from __future__ import annotations

import shutil
import time
from hashlib import sha256

import pytest

from inspector.console.door import OFFICE_KEYS, ROOT_PRINT, STATEMENT
from inspector.demo import headless, samples
from inspector.demo.desk_worker import ADMINISTRATOR
from inspector.demo.office_process import free_port
from inspector.domain.answer import PhotoId
from tests import make
from tests.browser import Screen, browser_screen
from tests.console.desk_rig import PASSPHRASE, PASSWORD, DeskRig
from tests.console.sealed_records import inspected, seal
from tests.console.town import Town
from tests.days.cast import JPEG, Hand, Office, at

pytestmark = [pytest.mark.browser, pytest.mark.soak]

TABLE = "单位名称,领域\n样例新开小吃店（样例）,城市燃气\n样例旧店（样例）,不知道的领域"
HELD = ((800, 1280), (1280, 800))
ITEM = "checklist.item.gas-restaurant."
DESK = ((1024, 768), (1440, 900))


@pytest.fixture
def office(tmp_path):
    """A demo that has run: four inspections, one returned and corrected, all accepted."""
    port = free_port()
    headless.run(tmp_path, clock=lambda: int(time.time() * 1000), port=port)
    office = Office(tmp_path / "programs", port)
    office.server.start()
    yield office
    office.end()


def test_every_screen_of_both_programs_is_seen(office):
    with browser_screen(width=1440, height=900) as screen:
        desk = at(screen, office.console())
        look_round_the_console(desk)
        tablet = at(screen.beside(width=1280, height=800), office.tablet())
        look_round_the_tablet(tablet)
        look_at_another_process(screen, office)
        look_at_a_damaged_journal(screen, office)
        assert screen.outside == [] and tablet.screen.outside == []


def test_a_first_start_a_forged_record_and_a_restored_server_are_seen_at_the_console(tmp_path):
    with DeskRig(tmp_path) as rig, browser_screen(width=1440, height=900) as screen:
        what_happened(rig, Town(tmp_path, rig))
        office = Office(tmp_path / "programs", port=rig.real.port)
        try:
            look_at_the_first_start(screen, office, rig)
            desk = at(screen.beside(width=1440, height=900), office.console(folder=rig.folder / "console"))
            look_at_what_cannot_be_believed(desk)
            look_at_what_the_server_lost(desk)
        finally:
            office.end()
        assert screen.outside == [] and desk.screen.outside == []


def what_happened(rig: DeskRig, town: Town) -> None:
    """A picture's place holds another one's bytes; then the server is put back to before a second record."""
    tablet = town.enrols()
    id = PhotoId(sha256(JPEG).hexdigest())
    done = inspected(tablet.tablet, 9).photographed(make.photo(id, size=len(JPEG)))
    seal(tablet.tablet, done, {id: JPEG + b"another picture"})
    town.settles()
    town.backed_up()
    tablet.seals()
    town.settles(2)
    town.put_back()
    town.close()
    rig.desk.close()


def look_at_the_first_start(screen: Screen, office: Office, rig: DeskRig) -> None:
    """A console that knows no office yet: the files are missing, then it takes them."""
    keys = rig.folder / "copied"
    keys.mkdir()
    fresh = at(screen, office.console(folder=rig.folder / "fresh"))
    fresh.wait("console.setup.create")
    fresh.show("console-first-start", *DESK)
    fresh.write("console.setup.folder", str(keys))
    fresh.write("console.setup.name", "样例管理员")
    fresh.write("console.setup.password", PASSWORD)
    fresh.write("console.setup.again", PASSWORD)
    fresh.press("console.setup.create")
    fresh.wait("error")
    fresh.show("console-first-start-refused", *DESK)
    for name in (OFFICE_KEYS, STATEMENT, ROOT_PRINT):
        shutil.copy(rig.folder / "console" / name, keys / name)
    fresh.press("console.setup.create")
    fresh.wait("console.rail.inbox")
    fresh.show("console-first-inbox", *DESK)


def look_at_what_cannot_be_believed(desk: Hand) -> None:
    """The record comes first in the list, says in words what is wrong, and cannot be accepted."""
    desk.write("console.login.name", "样例管理员")
    desk.write("console.login.password", PASSWORD)
    desk.press("console.login.enter")
    desk.press("console.rail.unlock")
    desk.write("console.unlock.passphrase", PASSPHRASE)
    desk.press("console.unlock.open")
    desk.press("console.rail.inbox")
    desk.press(desk.one("console.inbox.row."))
    desk.wait("console.record.bad")
    desk.show("console-not-genuine", *DESK)
    assert not desk.has("console.record.accept")
    desk.press("console.record.proof.photos")
    desk.show("console-not-genuine-why", *DESK)


def look_at_what_the_server_lost(desk: Hand) -> None:
    """By itself, since the keys were unlocked: the line on every page, and what it is about."""
    desk.press("console.alarms.open")
    desk.screen.see("由审核台原样补回")
    desk.show("console-refilled", *DESK)


def look_round_the_console(desk: Hand) -> None:
    log_in(desk)
    look_at_the_inbox(desk)
    look_at_a_record(desk)
    look_at_the_devices(desk)
    look_at_the_office(desk)
    look_at_accounts_and_audit(desk)


def log_in(desk: Hand) -> None:
    desk.wait("console.login.name")
    desk.show("console-login", *DESK)
    desk.write("console.login.name", ADMINISTRATOR)
    desk.write("console.login.password", samples.PASSWORD)
    desk.press("console.login.enter")
    desk.press("console.rail.unlock")
    desk.show("console-unlock", *DESK)
    desk.write("console.unlock.passphrase", samples.PASSPHRASE)
    desk.press("console.unlock.open")
    desk.wait("console.rail.lock")


def look_at_the_inbox(desk: Hand) -> None:
    """Five records; two of them are of one enterprise, of which nothing else is left by its name."""
    desk.press("console.rail.inbox")
    desk.one("console.inbox.row.")
    desk.show("console-inbox-all", *DESK)
    desk.press("console.rail.scheme")
    desk.show("console-inbox-dark", *DESK)
    desk.press("console.rail.scheme")
    desk.press("console.inbox.filter")
    desk.show("console-filter", *DESK)
    desk.write("console.inbox.text", "老灶台")
    desk.press("console.inbox.apply")
    desk.screen.see("共 2 份")
    desk.show("console-filtered", *DESK)


def look_at_a_record(desk: Hand) -> None:
    """Why it is genuine, a photo in full, and the record that it answers."""
    desk.press(desk.one("console.inbox.row."))
    desk.press("console.record.proof.signature")
    desk.show("console-proof", *DESK)
    desk.press("console.record.proof.signature")
    desk.show("console-proved", *DESK)
    desk.open("console.record.finding.1.photo-1", "console.photo-close")
    for size in (*DESK, *DESK):  # the columns change under the open photo
        desk.show("console-photo", size)
        desk.wait("console.photo-close")
    desk.press("console.photo-close")
    desk.gone("console.photo-close")
    desk.seek("console.record.version.")
    desk.show("console-versions", *DESK)


def look_at_the_devices(desk: Hand) -> None:
    """Revoking asks first."""
    desk.press("console.rail.devices")
    revoke = desk.one("console.devices.revoke-")
    desk.show("console-devices", *DESK)
    desk.press(revoke)
    keep = desk.one("console.devices.keep-")
    desk.show("console-revoke", *DESK)
    desk.press(keep)
    desk.wait(revoke)


def look_at_the_office(desk: Hand) -> None:
    """The issuer, the enterprises one by one and as a table, the checklists, the keys."""
    desk.press("console.rail.office")
    desk.wait("console.office.part-enterprises")
    desk.show("console-issuer", *DESK)
    desk.press("console.office.part-enterprises")
    desk.wait("console.office.edit-sample-gas")
    desk.show("console-enterprises", *DESK)
    desk.press("console.office.edit-sample-gas")
    desk.wait("console.office.keep")
    desk.show("console-enterprise", *DESK)
    desk.press("console.office.cancel")
    desk.press("console.office.paste")
    desk.write("console.office.table", TABLE)
    desk.press("console.office.read")
    desk.screen.see("第 3 行")
    desk.show("console-table", *DESK)
    desk.press("console.office.cancel")
    desk.press("console.office.part-checklists")
    desk.wait("console.office.publish")
    desk.show("console-checklists", *DESK)
    desk.press("console.office.publish")
    desk.wait("console.office.check-layers")
    desk.show("console-publishing", *DESK)
    desk.press("console.office.leave-publishing")
    desk.press("console.office.part-keys")
    desk.wait("console.office.root")
    desk.show("console-keys", *DESK)


def look_at_accounts_and_audit(desk: Hand) -> None:
    desk.press("console.rail.accounts")
    desk.wait("console.accounts.create")
    desk.show("console-accounts", *DESK)
    desk.press("console.rail.audit")
    desk.press("console.audit.verify")
    desk.wait("console.audit.verdict")
    desk.show("console-audit", *DESK)


def look_round_the_tablet(tablet: Hand) -> None:
    tablet.pin("lock", samples.PIN)
    tablet.wait("today.start")
    look_at_the_settings(tablet)
    look_at_what_was_sealed(tablet)
    look_at_an_inspection(tablet)


def look_at_the_settings(tablet: Hand) -> None:
    tablet.press("today.settings")
    tablet.press("settings.pin")
    tablet.wait("settings.old-pin")
    tablet.show("tablet-pin", *HELD)
    tablet.press("settings.back")
    tablet.press("settings.licences")
    tablet.gone("settings.licences")
    tablet.show("tablet-licences", *HELD)
    tablet.press("settings.back")
    tablet.wait("settings.scheme-light")
    tablet.press("settings.back")


def look_at_what_was_sealed(tablet: Hand) -> None:
    """A notice as pages, and the record that it names."""
    tablet.press(tablet.one("today.notice."))
    look = tablet.one("notices.issued.", "-look")
    tablet.show("tablet-issued", *HELD)
    close = tablet.open(look, "notices.", "-close")
    tablet.show("tablet-preview", *HELD)
    tablet.press(close)
    tablet.gone(close)
    tablet.press("notices.look")
    tablet.wait("checklist.notices")
    tablet.show("tablet-sealed", *HELD)
    tablet.press("checklist.back")


def look_at_another_process(screen: Screen, office: Office) -> None:
    """A second program on the same store is told who has it, and writes nothing."""
    other = at(screen.beside(width=1280, height=800), office.tablet())
    other.wait("in-use.retry")
    other.show("tablet-in-use", *HELD)


def look_at_a_damaged_journal(screen: Screen, office: Office) -> None:
    """One flipped bit of what the device remembers; a person decides to go on with what verifies."""
    copied = office.folders.root / "tablet-damaged"
    shutil.copytree(office.folders.tablet, copied)
    journal = copied / "store" / "device.journal"
    content = bytearray(journal.read_bytes())
    content[len(content) // 2] ^= 1
    journal.write_bytes(bytes(content))
    other = at(screen.beside(width=1280, height=800), office.tablet("tablet-damaged"))
    other.pin("lock", samples.PIN)
    other.wait("lock.restore")
    other.show("tablet-damaged", *HELD)
    other.press("lock.restore")
    other.pin("lock", samples.PIN)
    other.wait("today.start")


def look_at_an_inspection(tablet: Hand) -> None:
    """A new enterprise with a doubtful code; where a requirement stands; who inspects and signs."""
    tablet.press("today.start")
    tablet.press("enterprise.add")
    tablet.write("new-enterprise.name", "𠅤记小吃店（样例）")
    tablet.write("new-enterprise.credit-code", "91310000MA1K000000")
    tablet.screen.see("校验")
    tablet.show("tablet-new-enterprise", *HELD)
    tablet.press("new-enterprise.save")
    tablet.wait("begin.start")
    tablet.show("tablet-choosing", *HELD)
    tablet.press("begin.back")
    tablet.write("enterprise.search", "xfl")
    tablet.press("enterprise.choose.sample-estate")
    tablet.write("begin.search", "xcs")
    tablet.press("begin.checklist-fire-small-places")
    tablet.press("begin.start")
    tablet.press("checklist.section.fire-small-places.fire-basics")
    tablet.wait("checklist.elsewhere.fire-estate")
    tablet.show("tablet-elsewhere", *HELD)
    tablet.press("checklist.elsewhere.fire-estate")
    tablet.in_view("checklist.section.fire-estate.fire-basics")
    tablet.press("checklist.section.fire-small-places.fire-basics")
    tablet.press("checklist.ahead")
    tablet.in_view("checklist.section.fire-small-places.small-special")
    tablet.press("checklist.lists")
    tablet.wait("lists.done")
    tablet.show("tablet-lists", *HELD)
    tablet.press("lists.done")
    tablet.press("checklist.section.fire-estate.fire-lane")
    tablet.press(tablet.one("checklist.item.fire-estate.lane-clear", "-basis"))
    tablet.show("tablet-basis", *HELD)
    tablet.press("checklist.finish")
    tablet.wait("finish.gap-1")
    tablet.show("tablet-people", *HELD, at="finish.guest")
    tablet.press("finish.back")
    tablet.press("checklist.back")
    tablet.wait("today.start")
    tablet.show("tablet-drafts", *HELD)
