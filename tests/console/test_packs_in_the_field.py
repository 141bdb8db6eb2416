"""A pack's whole way: published at the console, carried by the server, used and told by the tablet."""

from __future__ import annotations

import pytest

from inspector import settings
from inspector.console.packs import Packs
from inspector.demo.samples import VISITS
from inspector.demo.tablet_worker import TabletWorker
from inspector.domain.checklist import ChecklistId
from inspector.tablet.assembly import Place, assemble
from inspector.trust.vault import Cost
from tests.catalog.test_layers import HEAD, changed
from tests.console.desk_rig import DeskRig
from tests.shipped import CATALOGUE
from tests.tablet.rig import PlainPress
from tests.ui_harness import screen_test

GAS = ChecklistId("gas-restaurant")
PLANNED = next(visit for visit in VISITS if visit.checklist == GAS)
LAYER = HEAD.format(id="province", level="province") + changed(
    "tighten", "staff-trained", "  days = 1\n"
).replace('id = "sample"', f'id = "{GAS}"')
DAYS = 1
"""What the layer makes of the days of one item."""


@pytest.fixture
def rig(tmp_path):
    with DeskRig(tmp_path) as found:
        found.checklists = CATALOGUE
        found.packs = Packs(found.desk, found.checklists)
        yield found


@pytest.fixture
def tablet(rig, tmp_path):
    (tmp_path / "keys").mkdir()
    place = Place(app=settings.APP_FOLDER, store=tmp_path / "store", keys=tmp_path / "keys")
    clock = rig.clock.now
    tablet = assemble(
        place, clock=clock, uptime=clock, version="0.1.0", press=PlainPress(), cost=Cost(log_n=14)
    )
    tablet.open()
    yield tablet
    tablet.gate.close()


def enrolled(rig, tablet):
    """The tablet's hands, once the console has certified it."""
    worker = TabletWorker(tablet.gate, knock=tablet.knock, clock=rig.clock.now)
    worker.set_up()
    invited = rig.devices.invite(rig.admin)
    worker.apply(invited.invitation.text)
    applied = rig.devices.look(invited)
    rig.devices.confirm(rig.admin, applied, [one.id for one in applied.request.inspectors])
    worker.finish()
    rig.desk.run()
    exchanged(worker)
    return worker


def exchanged(worker):
    report = worker.exchange()
    assert (report["alarms"], report["stopped"]) == ([], None)


def begun(bench):
    members = [member.id for member in bench.crew.members()]
    return bench.inspections.begin(PLANNED.enterprise, [GAS], members)


def days(bench, inspection):
    (checklist,) = bench.inspections.reference(inspection).checklists
    return checklist.item("staff-trained").remedy.days


@screen_test
async def test_what_is_published_at_the_console_is_what_the_next_inspection_asks(rig, tablet, tmp_path):
    worker = enrolled(rig, tablet)
    bench = tablet.gate.workbench
    before = begun(bench)
    was = days(bench, before)
    assert was != DAYS

    ui = await rig.window("/office")
    rig.session.hall.catalogue, rig.session.hall.packs = rig.checklists, rig.packs
    await ui.tap("console.office.part-checklists")
    await ui.tap("console.office.publish")
    await ui.type("console.office.layer-text", LAYER)
    await ui.tap("console.office.add-layer")
    await ui.tap("console.office.check-layers")
    await ui.tap("console.office.publish-now")
    await ui.tap("console.office.publish-now-ask-yes")
    assert any("程序自带；还在用旧版，不到 1 天" in text for text in ui.texts())

    rig.desk.run()
    exchanged(worker)
    after = begun(bench)
    assert days(bench, after) == DAYS
    assert after.checklists[0].version.endswith("+province.2026.1")
    assert days(bench, before) == was, "a draft keeps what it began with"

    for draft in (before, after):
        worker._close(worker._walk(draft), PLANNED, tmp_path)
    exchanged(worker)
    rig.desk.run()
    assert [rig.packs.pack_of(one.id) for one in (before, after)] == ["", "2026.1"]
    (row,) = rig.devices.all()
    assert (row.pack.version, row.pack.behind_ms) == ("2026.1", None)
    assert rig.packs.newest().records == 1
    shown = rig.packs.checklist(after.checklists[0].sha256)
    assert shown.item("staff-trained").remedy.days == DAYS
    await ui.tap("console.office.part-issuer")
    await ui.tap("console.office.part-checklists")
    assert any(text.startswith("2026.1，") for text in ui.texts()), "the console names what is in the field"
    assert ui.errors() == []
