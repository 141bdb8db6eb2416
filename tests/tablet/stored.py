"""A tablet without a window on a disk in memory: what it holds when the disk fails or the power goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inspector.catalog import Catalogue
from inspector.domain.answer import Verdict
from inspector.domain.delivery import EntryKind
from inspector.domain.inspection import Inspection, NoPosition
from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.numbering import Series
from inspector.domain.profile import IssuerProfile
from inspector.domain.working_days import WorkingCalendar
from inspector.errors import StoreFullError, StoreUnavailableError
from inspector.store.drafts import Drafts
from inspector.store.memory import DeviceMemory
from inspector.store.packs import PackBox
from inspector.tablet.closing import Closing
from inspector.tablet.crew import Crew, Member
from inspector.tablet.follow_ups import FollowUps
from inspector.tablet.inspections import Inspections
from inspector.tablet.own_forms import OwnForms
from inspector.tablet.paper import Paper
from inspector.tablet.shelf import Shelf
from inspector.trust.radix import base64_text
from inspector.work.feed import NumberBlock
from tests import make
from tests.make import ADA, BEN, DAY_MS, DEVICE_ID
from tests.office import SampleOffice
from tests.store.simulated import Died, Disk, Image
from tests.tablet.rig import PlainPress

OFFICE = SampleOffice()
PROFILE = IssuerProfile(
    kind=IssuerKind.EMERGENCY_MANAGEMENT,
    name="样例应急管理局",
    region="样",
    review_body="样例市应急管理局",
    court="样例市样例区人民法院",
)
KEY, FOLDER = bytes(32), Path("/tablet")


class StoredTablet:
    """The program over what lies on a disk."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.memory = DeviceMemory(FOLDER, KEY, files=disk)
        self.drafts = Drafts(FOLDER / "inspections", KEY, files=disk)
        self.crew = Crew(self.memory, app="0.1.0")
        self.crew.unlock(ADA.id, OFFICE.ada_key)
        self.shelf = Shelf(
            memory=self.memory,
            box=PackBox(FOLDER / "packs", KEY, files=disk),
            builtin=Catalogue(laws=make.LAWS, files={Path("sample.toml"): make.checklist()}),
            read={},
            inspections=self.drafts.ids,
            seal=self.crew.seal,
            clock=self.clock,
        )
        self.inspections = Inspections(
            drafts=self.drafts,
            memory=self.memory,
            crew=self.crew,
            shelf=self.shelf,
            calendar=WorkingCalendar,
            clock=self.clock,
            elapsed=self.clock,
        )
        self.paper = Paper(
            inspections=self.inspections,
            drafts=self.drafts,
            memory=self.memory,
            crew=self.crew,
            press=PlainPress(),
            forms=OwnForms(memory=self.memory, clock=self.clock),
            clock=self.clock,
            app="0.1.0",
        )
        self.paper.numbers.look_where_we_are()
        self.follow_ups = FollowUps(
            paper=self.paper,
            inspections=self.inspections,
            memory=self.memory,
            clock=self.clock,
            app="0.1.0",
        )
        self.closing = Closing(
            inspections=self.inspections,
            drafts=self.drafts,
            memory=self.memory,
            crew=self.crew,
            clock=self.clock,
            is_enforcement=lambda: True,
        )

    @staticmethod
    def clock() -> int:
        return DAY_MS + 2

    def enrolled(self) -> StoredTablet:
        """The office knows it, and one of its two inspectors signs with a key."""
        seed, identity = base64_text(OFFICE.device_key.seed), OFFICE.device_identity
        device = {"id": DEVICE_ID, "label": "样例平板", "seed": seed, "identity": identity}
        self.memory.put_fact("device", device)
        self.memory.pin_statement(OFFICE.statement_envelope)
        self.memory.put_fact("certificate", {"envelope": OFFICE.certificates[0].decode()})
        self.memory.put_fact("issuer", PROFILE.to_record())
        details = OFFICE.ada_details.to_payload()
        key_id = OFFICE.ada_key.key_id
        self.crew.enter(Member(id=ADA.id, name=ADA.name, number=ADA.number, key_id=key_id, details=details))
        return self

    def given(self, *kinds: NoticeKind, last: int = 9) -> StoredTablet:
        """With numbers for documents of these kinds."""
        for kind in kinds:
            block = NumberBlock(
                id=f"block {kind.value}",
                series=Series(issuer=PROFILE.kind, document=kind.value, year=2026),
                template=f"（样）{kind.word}〔{{year}}〕{{serial}}号",
                first=1,
                last=last,
            )
            self.paper.numbers.take_in(block)
        return self

    def complete(self) -> Inspection:
        """An inspection with one finding, signed, not sealed."""
        acts = self.inspections
        inspection = make.inspection(inspectors=[OFFICE.ada, BEN])
        self.drafts.create(inspection)
        for item in (make.EXIT, make.EXTRA, make.MAJOR):
            verdict = Verdict.FAIL if item == make.EXIT else Verdict.PASS
            inspection = acts.judge(inspection, make.key(item), verdict)
        inspection = acts.enter_value(inspection, make.key(make.WIDTH), "0.90")
        inspection = acts.located(inspection, NoPosition(reason="地下室没有信号"))
        return acts.save(inspection, OFFICE.finished(inspection))

    def seal(self, inspection: Inspection) -> Inspection:
        return self.closing.seal(inspection, lambda _step: None)[0]

    @property
    def inspection(self) -> Inspection:
        """The only one, as it lies on the disk."""
        return self.inspections.open(make.INSPECTION_ID)

    def entries(self, kind: EntryKind) -> list[str]:
        """What the office gets of a kind, oldest first."""
        return [one.sha256 for one in self.memory.entries() if self.memory.kind_of(one.sha256) is kind]


Act = Callable[[StoredTablet], object]


def calls_of(before: Image, act: Act) -> range:
    """The disk's calls that an act makes, once the program is open."""
    disk = Disk(before)
    tablet = StoredTablet(disk)
    begun = disk.calls
    act(tablet)
    return range(begun + 1, disk.calls + 1)


def cut_anywhere(before: Image, act: Act, *, limit: int = 2) -> Iterator[StoredTablet]:
    """The tablet as the next start finds it, wherever the power goes while it acts."""
    for call in calls_of(before, act):
        disk = Disk(before, die_at=call)
        tablet = StoredTablet(disk)
        with pytest.raises(Died):
            act(tablet)
        found = (disk.image(), *disk.images(limit))
        for image in {frozenset(each.items()): each for each in found}.values():
            yield StoredTablet(Disk(image))


def refused_anywhere(before: Image, act: Act) -> Iterator[StoredTablet]:
    """The tablet after each call of the disk was refused once while it acts, still running; and once more
    from what it left on the disk."""
    for error in (StoreFullError, StoreUnavailableError):
        for call in calls_of(before, act):
            for restarts in (False, True):
                tablet = StoredTablet(Disk(before, fail_at={call: error}))
                with pytest.raises(error):
                    act(tablet)
                yield StoredTablet(Disk(tablet.disk.image())) if restarts else tablet
