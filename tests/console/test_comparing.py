"""Registrations after a backup was put back on either side, over a real server; no leaf is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.console.desk import COMPARE_EVERY_MS
from inspector.console.ledger import Ledger
from inspector.console.publishing import change
from inspector.server.schema import registrations
from inspector.sync.notice_messages import MAX_HELD_PAGE, SealedRegistration
from inspector.trust.registration import BOX_BYTES
from tests.console.desk_rig import PASSPHRASE, DeskRig
from tests.console.issued_notices import Handed, hand_over
from tests.console.test_ledger import registered
from tests.console.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with DeskRig(tmp_path) as rig:
        made = Town(tmp_path, rig)
        yield made
        made.close()


def issued(rig: DeskRig) -> Handed:
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    return handed


def versions(rig: DeskRig) -> dict[str, int]:
    return dict(rig.real._office.registrations.held("", 100))


def test_a_restored_server_shows_the_newest_state_again_though_no_leaf_was_lost(town):
    rig = town.rig
    handed = issued(rig)
    town.backed_up()
    Ledger(rig.desk).withdraw(rig.admin, handed.entry, "样例原因")
    rig.desk.run()
    leaves = town.leaves()
    town.put_back()
    assert town.leaves() == leaves
    assert registered(rig, handed)["state"] == "in-force"
    rig.desk.run()
    assert registered(rig, handed)["state"] == "withdrawn"
    assert "log.refilled" not in town.alarms()


def test_a_state_that_went_back_while_the_desk_was_open_is_noticed_after_ten_minutes(town):
    rig = town.rig
    handed = issued(rig)
    archive, mine = rig.real._office.archive, registrations.c.public_id == handed.notice.public_id
    with archive.read() as connection:
        old = connection.execute(registrations.select().where(mine)).one()._mapping
    Ledger(rig.desk).close(rig.admin, handed.entry, "样例原因")
    rig.desk.run()
    for lost in (registrations.update().where(mine).values(**old), registrations.delete().where(mine)):
        with archive.write() as connection:
            connection.execute(lost)
        rig.clock.ms += COMPARE_EVERY_MS - 1
        rig.desk.run()
        assert versions(rig).get(handed.notice.public_id, 0) < 2
        rig.clock.ms += 1
        rig.desk.run()
        assert registered(rig, handed)["state"] == "closed"


def test_what_the_server_has_goes_out_no_second_time(town):
    rig = town.rig
    handed = issued(rig)
    rig.desk.unlock(rig.admin, PASSPHRASE)
    rig.desk.run()
    assert versions(rig) == {handed.notice.public_id: 1}
    assert town.alarms() == set()


def test_a_restored_console_takes_over_what_it_had_decided_since(town):
    """Else the next change here would put a withdrawn notice in force again, in public."""
    rig = town.rig
    handed = issued(rig)
    before = rig.desk.database.row("SELECT * FROM registrations")
    ledger = Ledger(rig.desk)
    change(rig.desk.database, handed.entry, office_copy_sha256="cd" * 32)
    ledger.withdraw(rig.admin, handed.entry, "样例原因")
    rig.desk.run()
    rig.desk.database.put("registrations", before)
    rig.desk.unlock(rig.admin, PASSPHRASE)
    rig.desk.run()
    row = ledger.row(handed.entry)
    assert (row.state.value, row.reason, row.is_published) == ("withdrawn", "样例原因", True)
    assert town.alarms() == {"desk.registrations-newer"}
    assert handed.notice.number in rig.desk.alarms()[0].message
    change(rig.desk.database, handed.entry, office_copy_sha256="ef" * 32)
    rig.desk.run()
    said = registered(rig, handed)
    assert (said["state"], said["version"], said["office_copy_sha256"]) == ("withdrawn", 4, "ef" * 32)


def test_a_newer_registration_that_the_office_did_not_sign_is_named_and_not_taken_over(town):
    rig = town.rig
    handed = issued(rig)
    mine = registrations.c.public_id == handed.notice.public_id
    with rig.real._office.archive.write() as connection:
        connection.execute(registrations.update().where(mine).values(version=9, box=bytes(BOX_BYTES)))
    rig.desk.unlock(rig.admin, PASSPHRASE)
    rig.desk.run()
    assert town.alarms() == {"desk.registration-foreign"}
    assert Ledger(rig.desk).row(handed.entry).state.value == "in-force"
    Ledger(rig.desk).close(rig.admin, handed.entry, "样例原因")
    rig.desk.run()
    assert (registered(rig, handed)["state"], versions(rig)[handed.notice.public_id]) == ("closed", 10)


def test_more_registrations_than_a_page_holds_are_all_listed(town):
    rig = town.rig
    names = [f"{n:032x}" for n in range(MAX_HELD_PAGE + 3)]
    office = rig.real._office
    for name in names:
        office.registrations.put(
            SealedRegistration(
                public_id=name,
                version=2,
                box=b"",
                wrapped=b"",
                salt=b"",
                proof_sha256="0" * 64,
                takes_replies=True,
            )
        )
    assert rig.desk.office.registered() == dict.fromkeys(names, 2)
