"""From the desk over a real server to the tablet that issued the document, and onto its next paper."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta

import pytest

from inspector import settings
from inspector.catalog.calendar import read_calendar
from inspector.console.calendars import Calendars
from inspector.console.desk import EXTENSIONS_TOLD
from inspector.console.devices import Devices
from inspector.console.extensions import Extensions
from inspector.console.own_numbers import OwnNumbers
from inspector.console.records import Records
from inspector.demo.samples import VISITS
from inspector.demo.tablet_worker import TabletWorker
from inspector.domain.checklist import ChecklistId
from inspector.domain.delivery import FeedKind, FeedMessage
from inspector.domain.extension import Verdict
from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.notice_details import Rectification
from inspector.domain.numbering import Fate
from inspector.domain.working_days import Deadline, china_date
from inspector.tablet.assembly import Place, assemble
from inspector.tablet.filling import ReinspectionForm, SeenFinding
from inspector.tablet.writing import Matter
from inspector.trust import dsse
from inspector.trust.strict_json import parse_object
from inspector.trust.vault import Cost
from inspector.work.more_time import MoreTime
from tests.browser import ROOT
from tests.console.desk_rig import PASSPHRASE, TEMPLATES, DeskRig
from tests.console.test_devices import told
from tests.console.test_extended_deadlines import extensions_of, granted, hand_over, last_of
from tests.console.test_extension_papers import SERIES, give_as_an_earlier_program, text_of
from tests.console.test_own_forms import GAS

CHECKLIST = ChecklistId("gas-restaurant")
PLANNED = next(visit for visit in VISITS if visit.checklist == CHECKLIST)
SHIPPED = read_calendar(ROOT / "assets" / "calendar")
IN_TIME = NoticeKind.RECTIFY_NOTICE


class Field:
    """A desk, its server and one enrolled tablet, on its way to issue a notice with deadlines."""

    def __init__(self, rig: DeskRig, folder) -> None:
        self.rig, self.folder = rig, folder
        (folder / "keys").mkdir()
        place = Place(app=settings.APP_FOLDER, store=folder / "store", keys=folder / "keys")
        clock = rig.clock.now
        self.tablet = assemble(place, clock=clock, uptime=clock, version="0.1.0", cost=Cost(log_n=14))
        self.tablet.open()
        self.worker = TabletWorker(self.tablet.gate, knock=self.tablet.knock, clock=clock)
        self.worker.set_up()
        invited = rig.devices.invite(rig.admin)
        self.worker.apply(invited.invitation.text)
        applied = rig.devices.look(invited)
        rig.devices.confirm(rig.admin, applied, [one.id for one in applied.request.inspectors])
        self.worker.finish()
        self.meet()

    def meet(self) -> None:
        """The desk says what it has to say, and the tablet answers."""
        self.rig.desk.run()
        self.exchange()
        self.exchange()
        self.rig.desk.run()

    @property
    def bench(self):
        return self.tablet.gate.workbench

    def visit(self):
        """A whole inspection with its documents."""
        members = [member.id for member in self.bench.crew.members()]
        inspection = self.worker._walk(self.bench.inspections.begin(PLANNED.enterprise, [CHECKLIST], members))
        told = self.worker._close(inspection, PLANNED, self.folder)
        assert told["notices"]
        return self.bench.inspections.open(inspection.id)

    def exchange(self) -> None:
        report = self.worker.exchange()
        assert (report["alarms"], report["stopped"]) == ([], None)

    def order(self):
        return next(row for row in self.bench.paper.issued() if row.notice.kind is IN_TIME)

    def ordinal(self) -> int:
        return next(one.ordinal for one in self.order().notice.findings if one.deadline is not None)

    def grant(self, days: int) -> Deadline:
        """So many days more than on paper, decided at the desk."""
        order, ordinal = self.order(), self.ordinal()
        extensions = Extensions(self.rig.desk, Records(self.rig.desk), Calendars(self.rig.desk, SHIPPED))
        old = next(one.deadline for one in order.notice.findings if one.ordinal == ordinal)
        until, today = old.date + timedelta(days=days), china_date(self.rig.clock.ms)
        wishes = [(ordinal, until, "样例：等待配件")]
        asked = extensions.ask(
            self.rig.admin, order.entry, asked_by="样例负责人", asked_on=today, wishes=wishes
        )
        verdict = Verdict.until(until, on=today)
        extensions.decide(self.rig.admin, asked.id, {ordinal: verdict}, by="样例审批人")
        self.rig.clock.pass_(60)
        return verdict.new

    def holds(self) -> date | None:
        """What the tablet believes of that finding; None for what is on paper."""
        moved = self.order().moved.get(self.ordinal())
        return moved.new.date if moved else None


@pytest.fixture
def rig(tmp_path):
    with DeskRig(tmp_path, issuer=GAS) as found:
        yield found


@pytest.fixture
def enrolled(rig, tmp_path):
    found = Field(rig, tmp_path)
    yield found
    found.tablet.gate.close()


@pytest.fixture
def field(enrolled):
    enrolled.visit()
    enrolled.meet()
    return enrolled


def test_what_the_desk_grants_is_what_the_tablet_shows_and_prints_on_its_reinspection(field, rig):
    new = field.grant(20)
    assert field.holds() is None, "nothing has been said yet"
    rig.desk.run()
    field.exchange()
    assert field.order().moved[field.ordinal()].new == new
    rig.clock.pass_(3 * 24 * 3600)
    visit = field.visit()
    (original, *_) = [
        one for one in field.bench.follow_ups.originals(visit) if one.row.notice.kind is IN_TIME
    ]
    matter = Matter(kind=NoticeKind.REINSPECTION, original=original.row.id)
    done = SeenFinding(result=Rectification.DONE)
    seen = {one.ordinal: done for one in original.row.notice.findings}
    field.bench.follow_ups.keep(visit, matter, ReinspectionForm(seen=seen))
    field.bench.follow_ups.issue(visit, matter)
    row = field.bench.follow_ups.issued(visit, matter)
    printed = text_of(field.bench.paper.pdf(row))
    moved = field.order().moved[field.ordinal()]
    assert printed.count("已延期至") == 1
    assert moved.words in printed
    field.exchange()
    rig.desk.run()
    assert rig.desk.alarms() == (), "the console reads and prints it like any other"


def test_a_console_put_back_from_a_backup_moves_no_tablet_back_and_its_next_decision_holds(field, rig):
    backup = field.folder / "backup"
    rig.desk.close()
    shutil.copytree(field.folder / "console", backup)
    reopen(rig)
    lost = field.grant(20)
    rig.desk.run()
    field.exchange()
    assert field.holds() == lost.date
    rig.desk.close()
    shutil.rmtree(field.folder / "console")
    shutil.copytree(backup, field.folder / "console")
    reopen(rig)
    rig.desk.run()
    assert "desk.restored" in {alarm.code for alarm in rig.desk.alarms()}
    field.exchange()
    assert field.holds() == lost.date, "the decision stands on paper in the enterprise's hands"
    again = field.grant(12)
    rig.desk.run()
    field.exchange()
    assert field.holds() == again.date
    longest = field.grant(30)
    rig.desk.run()
    field.exchange()
    assert field.holds() == longest.date


def test_numbers_that_an_earlier_program_gave_come_back_and_the_console_uses_them_first(enrolled, rig):
    series = replace(SERIES, issuer=IssuerKind.GAS)
    (device,) = rig.desk.device_certificates()
    give_as_an_earlier_program(rig, device, series)
    enrolled.meet()
    assert enrolled.bench.paper.numbers_left("extension", series.year) == 20
    assert rig.devices.numbers.top_up() == 0
    enrolled.meet()
    assert enrolled.bench.paper.numbers_left("extension", series.year) == 0
    (report,) = [one for one in rig.devices.numbers.report() if one.series == series]
    assert [(run.first, run.last, run.fate) for run in report.runs] == [(1, 20, Fate.RETURNED)]
    own = OwnNumbers(rig.desk.database, rig.desk.numbers)
    offer = own.offer(series, template="〔{year}〕{serial}号", at_ms=rig.clock.ms, by="")
    assert offer.numbered.serial == 1
    assert rig.desk.alarms() == ()


def reopen(rig: DeskRig) -> None:
    rig.desk = rig._desk()
    rig.desk.open(rig.admin)
    rig.desk.unlock(rig.admin, PASSPHRASE)
    rig.devices = Devices(rig.desk, TEMPLATES)


def test_only_the_tablet_that_issued_the_document_is_told_and_the_server_sees_no_word_of_it(tmp_path):
    with DeskRig(tmp_path) as rig:
        issuer, other = rig.enrolled(), rig.enrolled("样例平板二号")
        handed = hand_over(rig, issuer, 1)
        rig.desk.run()
        ordinal, old = last_of(handed)
        until, today = old + timedelta(days=20), china_date(rig.clock.ms)
        extensions = extensions_of(rig)
        asked = extensions.ask(
            rig.admin,
            handed.entry,
            asked_by="样例负责人",
            asked_on=today,
            wishes=[(ordinal, until, "等待配件")],
        )
        extensions.decide(rig.admin, asked.id, {ordinal: Verdict.until(until, on=today)}, by="样例审批人")
        rig.desk.run()
        assert [one for one in told(rig, other) if isinstance(one, MoreTime)] == []
        (said,) = [one for one in told(rig, issuer) if isinstance(one, MoreTime)]
        assert (said.entry, list(said.deadlines)) == (handed.entry, [ordinal])
        (row,) = rig.desk.database.rows("SELECT bytes FROM feed WHERE kind = ?", FeedKind.DEADLINES)
        assert handed.entry.encode() not in row["bytes"]
        message = FeedMessage.from_payload(parse_object(dsse.peek(row["bytes"]).payload))
        assert message.body.startswith(b"age-encryption.org/v1\n")
        assert message.device == issuer.id
        stored = [path.read_bytes() for path in (tmp_path / "office").rglob("*") if path.is_file()]
        assert any(handed.entry.encode() in data for data in stored), "it knows that there is an entry"
        assert not any(until.isoformat().encode() in data for data in stored)


def test_a_refusal_is_told_to_no_tablet(tmp_path):
    with DeskRig(tmp_path) as rig:
        tablet = rig.enrolled()
        handed = hand_over(rig, tablet, 1)
        rig.desk.run()
        ordinal, old = last_of(handed)
        extensions, today = extensions_of(rig), china_date(rig.clock.ms)
        wishes = [(ordinal, old + timedelta(days=9), "等待配件")]
        asked = extensions.ask(rig.admin, handed.entry, asked_by="样例负责人", asked_on=today, wishes=wishes)
        refusal = {ordinal: Verdict(new=None, opinion="隐患不能等")}
        extensions.decide(rig.admin, asked.id, refusal, by="样例审批人")
        rig.desk.run()
        assert [one for one in told(rig, tablet) if isinstance(one, MoreTime)] == []


def test_what_was_granted_before_tablets_were_told_is_told_once(tmp_path):
    with DeskRig(tmp_path) as rig:
        tablet = rig.enrolled()
        handed = hand_over(rig, tablet, 1)
        rig.desk.run()
        granted(rig, handed, last_of(handed)[1] + timedelta(days=20))
        with rig.desk.database.at_once():  # as an earlier program left it
            rig.desk.database.do("DELETE FROM feed WHERE kind = ?", FeedKind.DEADLINES)
            rig.desk.database.put_fact(EXTENSIONS_TOLD, False)
        for _ in range(2):
            rig.desk.run()
        assert len([one for one in told(rig, tablet) if isinstance(one, MoreTime)]) == 1
