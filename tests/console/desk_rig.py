"""A desk with cheap passwords in front of a real server, and tablets that apply to it over real HTTP.

with DeskRig(tmp_path) as rig:
    tablet = rig.enrolled()
    rig.desk.run()
"""

from __future__ import annotations

import atexit
import functools
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from inspector.catalog import Catalogue
from inspector.console.accounts import Accounts, LoggedIn, Role
from inspector.console.administration import Administration
from inspector.console.app import window_of
from inspector.console.desk import Desk
from inspector.console.devices import Devices
from inspector.console.door import ACCOUNTS
from inspector.console.hall import Hall
from inspector.console.keys import FEED, ISSUING, ROOT, NewOffice, new_office
from inspector.domain.issuer import IssuerKind
from inspector.domain.profile import IssuerProfile
from inspector.notices.late_press import LatePress
from inspector.notices.templates import read_templates, shipped_numbers, shipped_titles, unconfirmed
from inspector.store.fonts import FontShelf
from inspector.sync.desk import DeskOffice
from inspector.sync.device import DeviceEnrolment, DeviceOffice
from inspector.trust import age
from inspector.trust.certificates import Details
from inspector.trust.checkpoints import LogVerifier
from inspector.trust.enrolment import Applicant, EnrolmentRequest, Invitation
from inspector.trust.key_file import seal_key_file
from inspector.trust.keys import SigningKey
from inspector.trust.statement import OfficeStatement, verify_statement
from inspector.trust.vault import Cost
from inspector.work import enrol
from tests import make
from tests.browser import ROOT as TREE
from tests.new_server import new_server
from tests.office import SampleOffice
from tests.real_office import RealOffice
from tests.simulator import TENANT, Cast
from tests.ui_harness import Harness

PASSWORD = "样例登录口令-2026"
PASSPHRASE = "样例办公室口令-2026"
CHEAP = Cost(log_n=14)
FIRE = IssuerProfile(
    kind=IssuerKind.FIRE_RESCUE,
    name="样例消防救援大队（样例）",
    region="样",
    review_body="样例消防救援支队（样例）",
    court="样例人民法院（样例）",
)
SHIPPED = read_templates(TREE / "assets" / "notices")
TEMPLATES, UNCONFIRMED = shipped_numbers(SHIPPED), unconfirmed(SHIPPED)


class Clock:
    """Time that a test moves."""

    def __init__(self, now_ms: int) -> None:
        self.ms = now_ms

    def now(self) -> int:
        return self.ms

    def pass_(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)


@dataclass
class TabletOffice(SampleOffice):
    """The tablet's own keys under an office that was made elsewhere."""

    made: NewOffice | None = None

    @property
    def statement(self) -> OfficeStatement:
        assert self.made is not None
        return verify_statement(self.made.statement, None)


@dataclass
class ATablet:
    """A tablet with one inspector, as the console meets it."""

    office: TabletOffice
    id: str
    label: str = "样例平板一号"
    details: Details = field(init=False)

    def __post_init__(self) -> None:
        self.details = Details.new(name=self.label)

    def request(self) -> tuple[EnrolmentRequest, list[SigningKey]]:
        office = self.office
        device = Applicant(
            id=self.id,
            key=office.device_key.public,
            recipient=age.recipient_of(office.device_identity),
            details=self.details,
        )
        ada = Applicant(id=make.ADA.id, key=office.ada_key.public, details=office.ada_details)
        return EnrolmentRequest(device=device, inspectors=(ada,)), [office.device_key, office.ada_key]

    def apply(self, invitation: Invitation, box: enrol.TabletBox) -> enrol.Application:
        offer, box = enrol.begin(invitation, connect=lambda _url: box)
        application = enrol.apply(offer, *self.request())
        enrol.hand_in(application, box)
        return application


@dataclass(frozen=True, kw_only=True)
class Founded:
    """A new office, as each rig gets a copy of it: a server's folder, a console's with three accounts."""

    folder: Path
    made: NewOffice
    admin: LoggedIn


@functools.cache
def founded() -> Founded:
    """Founded once in a run: its passwords and tables cost more than most tests, and are no test's matter."""
    place = TemporaryDirectory()
    atexit.register(place.cleanup)
    folder = Path(place.name)
    log = LogVerifier.from_text(new_server(folder / "office", tenant=TENANT))
    made = new_office(tenant=TENANT, name="样例办公室（样例）", log=log, at_ms=make.DAY_MS)
    desk = Desk(folder / "console", url="", connect=no_line, clock=lambda: make.DAY_MS, since="")
    desk.accounts = Accounts(folder / "console" / ACCOUNTS, cost=CHEAP)
    desk.settle(
        statement=made.statement,
        fingerprint=verify_statement(made.statement, None).fingerprint,
        office_keys=seal_key_file(made.office, PASSPHRASE, cost=CHEAP),
    )
    admin = desk.accounts.create_first("样例管理员", PASSWORD, id=uid(1))
    desk.open(admin)
    for n, (login, role) in enumerate((("supervisor", Role.SUPERVISOR), ("viewer", Role.VIEWER)), start=2):
        desk.accounts.create(login, PASSWORD, id=uid(n), role=role, by=admin)
    desk.close()
    return Founded(folder=folder, made=made, admin=admin)


def no_line(url: str, _key: SigningKey) -> DeskOffice:
    raise AssertionError(f"nothing is said while an office is founded, and not to {url!r}")


class DeskRig:
    """One office: a real server, a console that knows it, an administrator, a supervisor, a viewer."""

    def __init__(self, folder: Path, *, issuer: IssuerProfile | None = FIRE) -> None:
        self.folder = folder
        shutil.copytree(founded().folder, folder, dirs_exist_ok=True)
        self.made, self.admin = founded().made, founded().admin
        self.real = RealOffice(folder / "office", cast=self._cast())
        self.clock = Clock(make.DAY_MS)
        self.desk = self._desk()
        self._issuer = issuer
        self._tablets = 0
        self._halls: list[Hall] = []

    def _cast(self) -> Cast:
        plain = Cast.new()
        keys = self.made.office.signing
        statement = verify_statement(self.made.statement, None)
        return replace(
            plain,
            root=self.made.root.signing[ROOT],
            issuing=keys[ISSUING],
            feed=keys[FEED],
            statement=statement,
            envelope=self.made.statement,
        )

    def _desk(self) -> Desk:
        desk = Desk(
            self.folder / "console",
            url=f"http://127.0.0.1:{self.real.port}",
            connect=lambda _url, key: DeskOffice(self.real.transport(key)),
            clock=self.clock.now,
            since="",
            titles=shipped_titles(SHIPPED),
        )
        desk.accounts = Accounts(self.folder / "console" / ACCOUNTS, cost=CHEAP)
        return desk

    def __enter__(self) -> DeskRig:
        self.desk.open(self.admin)
        self.real._thread.start()
        self.desk.unlock(self.admin, PASSPHRASE)
        if self._issuer is not None:
            self.administration.set_issuer(self.admin, self._issuer)
        self.devices = Devices(self.desk, TEMPLATES)
        return self

    def __exit__(self, *raised: object) -> None:
        for hall in self._halls:
            hall.decoder.close()
        self.desk.close()
        self.real.__exit__(None, None, None)

    # --- The server's folder ---

    def server_stops(self) -> None:
        """The server ends; its folder lies still."""
        self.real.__exit__(None, None, None)

    def server_starts(self) -> None:
        """A server on the folder as it is now; the keys are unlocked again, as after any change of line."""
        self.real = RealOffice(self.folder / "office", cast=self.real.cast)
        self.real._thread.start()
        self.desk.unlock(self.admin, PASSPHRASE)

    @property
    def administration(self) -> Administration:
        return Administration(self.desk)

    def log_in(self, login: str) -> LoggedIn:
        return self.desk.accounts.log_in(login, PASSWORD, now_ms=self.clock.ms)

    # --- Tablets ---

    def tablet(self, label: str = "样例平板一号") -> ATablet:
        """A tablet that nobody knows yet, with keys of its own."""
        self._tablets += 1
        n = self._tablets
        office = TabletOffice(
            tenant=TENANT,
            device_key=SigningKey(bytes([100 + n]) * 32),
            ada_key=SigningKey(bytes([150 + n]) * 32),
            identity=self.made.office.identities[0],
            made=self.made,
        )
        return ATablet(office=office, id=make.DEVICE_ID if n == 1 else uid(0xD0 + n), label=label)

    def box(self) -> DeviceEnrolment:
        """The letter boxes as a tablet reaches them."""
        return DeviceEnrolment(self.real.transport(None))

    def enrolled(self, label: str = "样例平板一号") -> ATablet:
        """A tablet that was enrolled over the real server."""
        tablet = self.tablet(label)
        invited = self.devices.invite(self.admin)
        tablet.apply(Invitation.from_text(invited.invitation.text), self.box())
        applied = self.devices.look(invited)
        self.devices.confirm(self.admin, applied, [one.id for one in applied.request.inspectors])
        return tablet

    def sends(self, tablet: ATablet, envelopes: Sequence[bytes]) -> list[object]:
        """What the server says to entries of a tablet."""
        office = DeviceOffice(self.real.transport(tablet.office.device_key))
        return list(office.send_entries(list(envelopes), ()))

    # --- Windows ---

    def hall(self) -> Hall:
        """The hall around this desk, with this rig's devices."""
        hall = Hall(
            self.desk,
            **printing(self.folder),
            templates=TEMPLATES,
            catalogue=Catalogue(laws=make.LAWS, files={}),
            unconfirmed=UNCONFIRMED,
            elapsed=lambda: 0,
        )
        self.devices = hall.devices
        self._halls.append(hall)
        return hall

    async def window(self, route: str, who: LoggedIn | None = None, **page: object) -> Harness:
        """A window in which somebody, the administrator unless told otherwise, has logged in."""
        ui = Harness(route=route, **page)
        hall = self.hall()
        show = window_of(hall)
        await ui.run(show)
        session = hall._visitors[-1]
        session.enter(who or self.admin)  # type: ignore[attr-defined]
        await hall.refresh()
        await ui.settle()
        self.session = session
        return ui


def printing(folder: Path) -> dict[str, object]:
    """A hall's fonts and press, over a folder."""
    fonts = FontShelf(folder / "console" / "fonts")
    return {"fonts": fonts, "press": LatePress(TREE / "assets", fonts)}


def uid(n: int) -> str:
    """A UUID that says which."""
    return f"0198c0de-0000-7000-8000-{n:012x}"
