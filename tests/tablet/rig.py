"""A tablet on this machine's disk, its office in memory, a client without a screen: what screen tests share.

    @screen_test
    async def test_…(tmp_path):
        async with Rig(tmp_path) as rig:
            ui = await rig.enrolled()          # somebody is unlocked, the office is known
            await ui.go(routes.finish(id))

At its end `Rig` fails if a handler failed with anything but an `InspectorError`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock

from inspector.catalog import Catalogue
from inspector.domain.access import Access
from inspector.domain.answer import Verdict
from inspector.domain.checklist import Checklist
from inspector.domain.delivery import EntryStatus
from inspector.domain.enterprise import Enterprise
from inspector.domain.inspection import Inspection, NoPosition, Role
from inspector.domain.issuer import IssuerKind
from inspector.domain.notice import Notice
from inspector.domain.profile import IssuerProfile
from inspector.domain.working_days import WorkingCalendar
from inspector.errors import (
    EnrolmentPendingError,
    EnrolmentSpentError,
    EnrolmentUnknownError,
)
from inspector.store.fonts import FontShelf
from inspector.store.keystore import FileKeystore
from inspector.sync.address import OfficeAddress
from inspector.tablet.app import Windows
from inspector.tablet.gate import Gate
from inspector.tablet.tablet import Tablet
from inspector.tablet.workbench import Equipment, Workbench
from inspector.trust.certificates import Certificate, Details, HolderKind, issue_certificate
from inspector.trust.enrolment import Certified
from inspector.trust.keys import SigningKey
from inspector.trust.radix import base64_text
from inspector.trust.vault import Cost
from inspector.work.enrol import Applied, Invited, certify, confirm, invite, look
from inspector.work.ports import EntryResult, Office
from tests import make
from tests.simulator import DAY_MS, DEVICE, NOW_MS, TENANT, Cast, SimulatedOffice
from tests.ui_harness import Harness

PIN = "135790"
NAME, NUMBER = "样例检查员甲", "样例-001"
SECOND, SECOND_NUMBER = "样例检查员乙", "样例-002"
URL = "http://127.0.0.1:9"


class Clock:
    """Time that a test moves; the uptime follows the clock unless the clock is set."""

    def __init__(self, now_ms: int = NOW_MS) -> None:
        self.ms, self.ran_ms = now_ms, 1_000_000

    def now(self) -> int:
        return self.ms

    def uptime(self) -> int:
        return self.ran_ms

    def pass_(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)
        self.ran_ms += round(seconds * 1000)

    def set_back(self, seconds: float) -> None:
        self.ms -= round(seconds * 1000)


class PlainPress:
    """Prints nothing but says what it was given; `photos` are those of the last print."""

    def __init__(self) -> None:
        self.unprintable: Mapping[str, tuple[str, ...]] = {}
        self.unconfirmed = ""
        self.photos: Mapping[str, bytes] = {}

    def print(
        self,
        notice: Notice,
        *,
        token: str | None,
        attachments: Mapping[str, bytes],
        photos: Mapping[str, bytes],
        blank_for_handwriting: Collection[str] = (),
        access: Access | None = None,
        own_template: bytes | None = None,
    ) -> bytes:
        self.photos = photos
        return f"%PDF {notice.number} {token is not None}".encode()

    def missing(self, notice: Notice) -> Mapping[str, tuple[str, ...]]:
        return self.unprintable

    def status(self, notice: Notice, own_template: bytes | None = None) -> str:
        return self.unconfirmed

    def title(self, notice: Notice) -> str:
        return notice.kind.word


class Boxes:
    """The server's letter boxes, as tablet and console see them, in memory."""

    def __init__(self) -> None:
        self.offers: dict[str, bytes] = {}
        self.requests: dict[str, bytes] = {}
        self.responses: dict[str, bytes] = {}
        self.spent: set[str] = set()
        self.failure: Exception | None = None

    def _check(self, invitation: str) -> None:
        if self.failure is not None:
            raise self.failure
        if invitation in self.spent:
            raise EnrolmentSpentError()
        if invitation not in self.offers:
            raise EnrolmentUnknownError()

    def offer(self, invitation: str) -> bytes:
        self._check(invitation)
        return self.offers[invitation]

    def put_request(self, invitation: str, request: bytes) -> None:
        self._check(invitation)
        if self.requests.setdefault(invitation, request) != request:
            raise EnrolmentSpentError()

    def response(self, invitation: str) -> bytes:
        self._check(invitation)
        if invitation not in self.responses:
            raise EnrolmentPendingError()
        return self.responses[invitation]

    def publish(self, invitation: str, offer: bytes, *, expires_ms: int) -> None:
        self.offers[invitation] = offer

    def request(self, invitation: str) -> bytes:
        if invitation not in self.requests:
            raise EnrolmentPendingError()
        return self.requests[invitation]

    def send_entries(self, envelopes: Sequence[bytes]) -> tuple[EntryResult, ...]:
        return tuple(
            EntryResult(sha256=sha256(each).hexdigest(), status=EntryStatus.ACCEPTED) for each in envelopes
        )

    def put_response(self, invitation: str, response: bytes) -> None:
        self.responses[invitation] = response

    def withdraw(self, invitation: str) -> None:
        self.spent.add(invitation)


class Rig:
    """One tablet and its office.

    Args:
        folder: for the store and the keys.
        script: the fates of the office's requests, as `SimulatedOffice` reads them.
        checklists: in the catalogue.
    """

    def __init__(
        self,
        folder: Path,
        *,
        script: str = "",
        checklists: Sequence[Checklist] = (),
        cast: Cast | None = None,
        calendar: WorkingCalendar | None = None,
    ) -> None:
        self.folder, self.store, self.keys = folder, folder / "store", folder / "keys"
        self.store.mkdir(exist_ok=True)
        self.clock, self.press, self.boxes = Clock(), PlainPress(), Boxes()
        self.cast = cast or Cast.new()
        self.office: Office = SimulatedOffice(self.cast, script)
        found = checklists or (make.checklist(),)
        self.catalogue = Catalogue(laws=make.LAWS, files={Path(f"{one.id}.toml"): one for one in found})
        self.calendar = calendar or WorkingCalendar()
        self.tablet = self.another_process()
        self.windows = Windows(lambda _page: self.tablet)
        self._open: list[Harness] = []

    def another_process(self) -> Tablet:
        """A program over the same store; whoever opens it first has it."""
        order = Lock()
        equipment = Equipment(
            folder=self.store,
            catalogue=self.catalogue,
            calendar=self.calendar,
            press=self.press,
            fonts=FontShelf(self.store / "fonts"),
            connect=lambda _url, _key: self.office,
            clock=self.clock.now,
            elapsed=self.clock.uptime,
            app="0.1.0",
            order=order,
        )
        return Tablet(
            self.store,
            open_gate=lambda: Gate(
                self.store,
                keystore=FileKeystore(self.keys),
                build=lambda key: Workbench(equipment, key),
                clock=self.clock.now,
                uptime=self.clock.uptime,
                since="11月18日 12:26",
                cost=Cost(log_n=14),
            ),
            knock=self._knock,
            catalogue=self.catalogue,
            clock=self.clock.now,
            elapsed=self.clock.uptime,
            random=lambda low, _high: low,
            order=order,
        )

    def _knock(self, url: str) -> Boxes:
        OfficeAddress.parse(url)
        return self.boxes

    async def __aenter__(self) -> Rig:
        return self

    async def __aexit__(self, kind: object, error: object, trace: object) -> None:
        await self.windows.close()
        if error is None:
            assert self.tablet.mishaps == []

    # --- Windows ---

    async def window(self, route: str = "/", **page: object) -> Harness:
        """One more window, as a browser opens it."""
        ui = Harness(route=route, **page)
        # Flet holds its sessions weakly: a window whose test keeps no name for it would go on its own.
        self._open.append(ui)
        await ui.run(self.windows)
        return ui

    async def set_up(self, route: str = "/", **page: object) -> Harness:
        """A window of a tablet with one inspector, who is unlocked, and no office."""
        self.tablet.open()
        await self.tablet.enter(self.tablet.gate.set_up, name=NAME, number=NUMBER, role="检查员", pin=PIN)
        return await self._unlocked_window(route, page)

    async def enrolled(self, route: str = "/", **page: object) -> Harness:
        """A window of a tablet that the office knows, with two inspectors, both certified."""
        self.tablet.open()
        gate = self.tablet.gate
        await self.tablet.act(gate.set_up, name=NAME, number=NUMBER, role="检查员", pin=PIN)
        await self.tablet.act(gate.join, name=SECOND, number=SECOND_NUMBER, role="", pin=PIN)
        self.enrol()
        await self.tablet.enter(lambda: None)
        return await self._unlocked_window(route, page)

    async def _unlocked_window(self, route: str, page: Mapping[str, object]) -> Harness:
        # A window that arrives at an open tablet locks it; the one that was here before is this one.
        ui = await self.window(route, **page)
        if self.tablet.workbench is None:
            await self.tablet.enter(self.tablet.gate.unlock, self.person().id, PIN)
            await ui.settle()
        return ui

    # --- The office ---

    @property
    def bench(self) -> Workbench:
        """The unlocked workbench."""
        assert self.tablet.workbench is not None, "the tablet is locked"
        return self.tablet.workbench

    def person(self, name: str = NAME):
        return next(one for one in self.tablet.gate.people() if one.name == name)

    def enrol(self) -> None:
        """Enrol as the cast's own device, with everybody who is unlocked."""
        bench = self.bench
        bench.memory.put_fact(
            "device",
            {
                "id": DEVICE,
                "label": "平板一",
                "seed": base64_text(self.cast.device.seed),
                "identity": self.cast.identity,
            },
        )
        device = bench.crew.device()
        assert device is not None
        granted = [
            Certified(
                envelope=self.cast.certificate_envelope,
                certificate=self.cast.certificate,
                details=Details(salt=bytes(16), name="平板一"),
            )
        ]
        request, _ = bench.crew.request(device)
        granted += [self.certified(one.id, one.key, one.details) for one in request.inspectors]
        bench.office.settle(URL, self.cast.statement.fingerprint)
        bench.crew.certified(self.cast.envelope, tuple(granted))
        self.tablet.gate.keep_escrow()
        profile = IssuerProfile(
            kind=IssuerKind.FIRE_RESCUE,
            name="样例消防救援大队",
            region="样",
            review_body="样例消防救援支队",
            court="样例市样例区人民法院",
        )
        bench.memory.put_fact("issuer", profile.to_record())

    def certified(self, id: str, key, details: Details) -> Certified:
        certificate = Certificate(
            tenant=TENANT,
            kind=HolderKind.INSPECTOR,
            id=id,
            key=key,
            recipient=None,
            details_sha256=details.sha256,
            issued_ms=NOW_MS - DAY_MS,
        )
        return Certified(
            envelope=issue_certificate(certificate, self.cast.issuing),
            certificate=certificate,
            details=details,
        )

    def invited(self) -> Invited:
        """What the console shows: an invitation with its code."""
        return invite(URL, statement=self.cast.envelope, box=self.boxes, now_ms=self.clock.now())

    def looked(self, invited: Invited) -> Applied:
        """Who has answered it."""
        return look(invited, box=self.boxes)

    def confirm(self, invited: Invited) -> None:
        """What the person at the console does when the digits agree."""
        applied = self.looked(invited)
        grant = certify(
            applied,
            inspectors=[one.id for one in applied.request.inspectors],
            statement=self.cast.statement,
            issuing=SigningKey(self.cast.issuing.seed),
            now_ms=self.clock.now(),
        )
        confirm(grant, box=self.boxes)

    # --- Inspections ---

    def enterprise(self, **changes: str) -> Enterprise:
        """An enterprise that the tablet knows."""
        one = make.enterprise(**changes)
        self.bench.office.enter_enterprise(one)
        return one

    def draft(self, **changes: object) -> Inspection:
        """An inspection that was begun."""
        checklists = [one.id for one in self.catalogue.checklists]
        members = [one.id for one in self.bench.crew.members()]
        values = {"enterprise": self.enterprise(), "checklists": checklists, "inspectors": members}
        return self.bench.inspections.begin(**{**values, **changes})

    def answered(self, inspection: Inspection, **verdicts: Verdict) -> Inspection:
        """Every item of the sample checklist answered: 合格 but for those named."""
        acts = self.bench.inspections
        for item in (make.EXIT, make.EXTRA, make.MAJOR):
            verdict = verdicts.get(str(item).replace("-", "_"), Verdict.PASS)
            inspection = acts.judge(inspection, make.key(item), verdict)
        inspection = acts.enter_value(inspection, make.key(make.WIDTH), "0.90")
        return acts.located(inspection, NoPosition(reason="地下室没有信号"))

    def sealed(self, inspection: Inspection | None = None) -> Inspection:
        """A complete inspection, signed and sealed."""
        done = inspection or self.answered(self.draft())
        strokes = (((10, 10), (500, 200), (900, 40)),)
        done = self.bench.closing.sign(done, Role.RESPONSIBLE, strokes, height=300, name="样例负责人")
        return self.bench.closing.seal(done, lambda _step: None)[0]


def replaced(found: Checklist, **changes: object) -> Checklist:
    """The checklist with changes."""
    return dataclasses.replace(found, **changes)
