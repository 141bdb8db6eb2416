"""Checklists from the office's folder to an inspection in the field, in two real browsers' windows."""

from __future__ import annotations

import shutil

import pytest

from inspector.demo import samples
from tests.browser import ROOT, browser_screen
from tests.days.cast import Hand, at
from tests.days.test_every_screen import DESK, HELD, log_in, office  # noqa: F401 (a fixture)
from tests.test_manual import LAYERS

pytestmark = [pytest.mark.browser, pytest.mark.soak]

NAMES = ("province", "city", "office")
EASED = 'weakens = "样例区只有一家供货商，五天内到不了货"'
ITEM = "checklist.item.fire-small-places."


@pytest.fixture
def folder(tmp_path):
    """The checklists of an office: those that ship, and the layers of the authors' manual."""
    folder = tmp_path / "our-checklists"
    shutil.copytree(ROOT / "checklists", folder)
    (folder / "layers").mkdir()
    for name, text in zip(NAMES, LAYERS, strict=True):
        (folder / "layers" / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def test_an_office_publishes_and_the_next_inspection_asks_it(office, folder):  # noqa: F811
    with browser_screen(width=1440, height=900) as screen:
        desk = at(screen, office.console("--checklists", str(folder)))
        log_in(desk)
        tablet = at(screen.beside(width=1280, height=800), office.tablet())
        publish(desk, folder)
        take_it(tablet)
        see_it_in_the_field(desk)
        inspect(tablet)
        assert screen.outside == [] and tablet.screen.outside == []


def publish(desk: Hand, folder) -> None:
    desk.press("console.rail.office")
    desk.press("console.office.part-checklists")
    desk.wait("console.office.publish")
    desk.show("console-checklists", *DESK)
    layer = folder / "layers" / "office.toml"
    good = layer.read_text(encoding="utf-8")
    layer.write_text(good.replace(EASED, 'nonsense = "x"').replace("days = 6", "days = 60"), encoding="utf-8")
    desk.press("console.office.publish")
    desk.wait("console.office.layer-office")
    desk.show("console-publishing", *DESK)
    desk.press("console.office.check-layers")
    desk.wait("console.office.faults")
    desk.show("console-layer-faults", *DESK)
    layer.write_text(good, encoding="utf-8")
    desk.press("console.office.check-layers")
    desk.wait("console.office.publish-now")
    desk.show("console-publish", *DESK)
    desk.press("console.office.publish-now")
    desk.wait("console.office.publish-now-ask-yes")
    desk.show("console-publish-ask", *DESK)
    desk.press("console.office.publish-now-ask-yes")
    desk.wait("console.office.published")
    desk.show("console-published", *DESK)


def take_it(tablet: Hand) -> None:
    tablet.pin("lock", samples.PIN)
    tablet.open("today.transfer", "transfer.now")
    tablet.press("transfer.now")
    tablet.open("transfer.back", "today.start")


def see_it_in_the_field(desk: Hand) -> None:
    desk.screen.see("2026.1，")
    desk.show("console-field", *DESK, at=desk.one("console.office.pack-of-"))
    desk.press("console.rail.devices")
    desk.one("console.devices.revoke-")
    desk.show("console-devices", *DESK)


def inspect(tablet: Hand) -> None:
    """What fits is offered first, search finds the rest; the layers' item is asked, its law a tap away."""
    tablet.press("today.start")
    tablet.write("enterprise.search", "xfl")
    tablet.press("enterprise.choose.sample-estate")
    tablet.wait("begin.start")
    tablet.show("tablet-offered", *HELD)
    tablet.write("begin.search", "xcs")
    tablet.press("begin.checklist-fire-small-places")
    tablet.show("tablet-combined", *HELD)
    tablet.press("begin.start")
    tablet.press("checklist.section.fire-small-places.fire-basics")
    tablet.bring(f"{ITEM}sample-masks-fail")
    tablet.show("tablet-layered", *HELD)
    tablet.press(tablet.one(f"{ITEM}sample-masks", "-basis"))
    tablet.show("tablet-law", *HELD)
