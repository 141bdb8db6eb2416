"""The console of the headless demo: the same desk as behind the screens, driven step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from inspector.commands.keys import FINGERPRINT, OFFICE, STATEMENT
from inspector.console.accounts import Role
from inspector.console.desk import Desk
from inspector.console.devices import Devices
from inspector.console.form_sets import NO_TITLES, Titles
from inspector.console.records import InboxFilter, Records
from inspector.console.taking import RecordState
from inspector.demo import samples
from inspector.demo.steps import obey
from inspector.domain.identifiers import uuid7
from inspector.domain.issuer import IssuerKind
from inspector.notices.templates import IssuerTemplates, read_templates, shipped_numbers, shipped_titles
from inspector.sync.address import OfficeAddress
from inspector.sync.desk import DeskOffice
from inspector.sync.transport import Transport
from inspector.work import enrol
from inspector.work.bundle import Bundle, write_bundle
from inspector.work.feed import ItemNote

ADMINISTRATOR, SUPERVISOR, VIEWER = "admin", "supervisor", "viewer"


def set_up(desk: Desk, keys: Path, *, random: Callable[[int], bytes]) -> None:
    """Give a new console its office, its accounts and the sample enterprises."""
    desk.settle(
        statement=(keys / STATEMENT).read_bytes(),
        fingerprint=(keys / FINGERPRINT).read_text("ascii").strip(),
        office_keys=(keys / OFFICE).read_bytes(),
    )
    password = samples.PASSWORD
    first = desk.accounts.create_first(ADMINISTRATOR, password, id=_id(desk, random))
    for login, role in ((SUPERVISOR, Role.SUPERVISOR), (VIEWER, Role.VIEWER)):
        desk.accounts.create(login, password, id=_id(desk, random), role=role, by=first)
    desk.open(first)
    desk.unlock(first, samples.PASSPHRASE)
    desk.set_issuer(first, replace(samples.ISSUER, public_address=desk.url))
    desk.set_enterprises(first, samples.ENTERPRISES)
    desk.lock(first)


def open_desk(folder: Path, url: str, *, clock: Callable[[], int], titles: Titles = NO_TITLES) -> Desk:
    """The console of a folder; `titles` as it takes notices in."""
    return Desk(
        folder,
        url=url,
        connect=lambda address, key: DeskOffice(Transport(OfficeAddress.parse(address), key=key)),
        clock=clock,
        since=str(clock()),
        titles=titles,
    )


class DeskWorker:
    """The steps of the console.

    Args:
        shipped: the notices' templates.
    """

    def __init__(self, desk: Desk, shipped: Mapping[IssuerKind, IssuerTemplates]) -> None:
        self._desk = desk
        self._devices, self._records = Devices(desk, shipped_numbers(shipped)), Records(desk)
        self._administrator = desk.log_in(ADMINISTRATOR, samples.PASSWORD)
        self._supervisor = desk.log_in(SUPERVISOR, samples.PASSWORD)
        desk.unlock(self._supervisor, samples.PASSPHRASE)
        self._invited: enrol.Invited | None = None
        self._applied: enrol.Applied | None = None

    def invite(self) -> Mapping[str, Any]:
        """Lay out an invitation."""
        self._invited = self._devices.invite(self._administrator)
        return {"text": self._invited.invitation.text}

    def look(self) -> Mapping[str, Any]:
        """Who has answered: the digits to compare."""
        if self._invited is None:
            return {"digits": ""}
        self._applied = self._devices.look(self._invited)
        return {"digits": self._applied.digits}

    def confirm(self) -> Mapping[str, Any]:
        """The digits agree."""
        if self._applied is not None:
            people = [person.id for person in self._applied.request.inspectors]
            self._devices.confirm(self._administrator, self._applied, people)
        self._desk.run()
        return {}

    def run(self) -> Mapping[str, Any]:
        """One pass."""
        report = self._desk.run()
        return {
            "size": report.mirrored.size,
            "taken": report.taken,
            "acknowledged": report.acknowledged,
            "posted": report.posted,
            "alarms": [alarm.code for alarm in self._desk.alarms()],
        }

    def give_back(self, enterprise: str, note: str) -> Mapping[str, Any]:
        """Return the new record of an enterprise, with a note for its first finding."""
        row = next(
            row
            for row in self._records.inbox(InboxFilter(state=RecordState.NEW))
            if row.enterprise == enterprise
        )
        record = self._records.open(row.entry).record
        items = (
            [ItemNote(item=item, note=note) for item in list(record.inspection.findings)[:1]]
            if record
            else []
        )
        self._records.give_back(self._supervisor, row.entry, "请补充后重新提交", items)
        self._desk.run()
        return {"entry": row.entry, "items": [one.item for one in items]}

    def accept_all(self) -> Mapping[str, Any]:
        """Accept every new record that is genuine."""
        rows = self._records.inbox(InboxFilter(state=RecordState.NEW))
        for row in rows:
            self._records.accept(self._supervisor, row.entry)
        self._desk.run()
        return {"accepted": [row.entry for row in rows]}

    def counts(self) -> Mapping[str, Any]:
        """How many records stand in which state."""
        return {state.value: number for state, number in self._records.counts().items()}

    def hand_out(self, out: str) -> Mapping[str, Any]:
        """Write sealed records, sealed photos and the bundle into a folder."""
        folder, database, copy = Path(out), self._desk.database, self._desk.copy
        folder.mkdir(parents=True, exist_ok=True)
        leaves = tuple(copy.leaves(0, 1 << 30))
        bundle = Bundle(
            statement=self._desk.statement_envelope,
            checkpoint=copy.note(),
            leaves=leaves,
            receipts={path.stem: path.read_bytes() for path in sorted((folder / "receipts").glob("*.txt"))},
        )
        (folder / "bundle.zip").write_bytes(write_bundle(bundle))
        names = [row["record"] for row in database.rows("SELECT record FROM records")]
        return {"bundle": "bundle.zip", "records": names, "audit": self._desk.audit.verify()}


def run(folder: Path, url: str, assets: Path, *, clock: Callable[[], int]) -> int:
    """Obey steps until standard input ends."""
    shipped = read_templates(assets / "notices")
    desk = open_desk(folder, url, clock=clock, titles=shipped_titles(shipped))
    try:
        worker = DeskWorker(desk, shipped)
        steps = ("invite", "look", "confirm", "run", "give_back", "accept_all", "counts", "hand_out")
        return obey({name: getattr(worker, name) for name in steps})
    finally:
        desk.close()


def _id(desk: Desk, random: Callable[[int], bytes]) -> str:
    return uuid7(at_ms=desk.clock(), random=random(10))
