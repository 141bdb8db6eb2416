"""A server, a console's desk and tablets with real memories over real HTTP; the server can be put back.

town = Town(tmp_path, rig)
town.backed_up(); …; town.put_back()
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from inspector.__main__ import main
from inspector.domain.delivery import BlobRef
from inspector.store.memory import DeviceMemory
from inspector.sync.device import DeviceOffice
from inspector.work.exchange import ExchangeReport, exchange
from inspector.work.feed import FeedBody, Greeting
from inspector.work.ports import EntryState
from inspector.work.seal import SealedEntry
from tests.console.desk_rig import ATablet, DeskRig
from tests.console.sealed_records import sealed


@dataclass
class Carried:
    """An enrolled tablet in somebody's hands."""

    rig: DeskRig
    tablet: ATablet
    memory: DeviceMemory
    applied: list[FeedBody] = field(default_factory=list)
    _sealed: int = 0

    def seals(self, photo: bytes | None = None) -> SealedEntry:
        """One record, sealed into this tablet's own chain."""
        self._sealed += 1
        return sealed(self.tablet, self._sealed, photo)

    def exchanges(self) -> ExchangeReport:
        """One round with the server."""
        office = self.tablet.office
        return exchange(
            office=DeviceOffice(self.rig.real.transport(office.device_key)),
            outbox=self.memory,
            inbox=self.memory,
            pins=self.memory,
            device=self.tablet.id,
            root_fingerprint=office.statement.fingerprint,
            identities=[office.device_identity],
            now_ms=self.rig.clock.ms,
            on_message=lambda _message, body: self.applied.append(body),
        )

    def states(self) -> set[EntryState]:
        """Of everything that it sealed."""
        return {entry.state for entry in self.memory.entries()}

    def alarms(self) -> set[str]:
        """What it tells its person."""
        return {alarm.code for alarm in self.memory.alarms()}

    def holds_everything(self) -> bool:
        """Whether each envelope and each sealed file is still here."""
        for entry in self.memory.entries():
            self.memory.envelope(entry.sha256)
            for blob in entry.blobs:
                self.memory.open_blob(blob.sha256)
        return True


class Town:
    """One office and its tablets."""

    def __init__(self, folder: Path, rig: DeskRig) -> None:
        self.rig, self._folder = rig, folder
        self.tablets: list[Carried] = []

    def close(self) -> None:
        """Let go of the tablets' memories."""
        for one in self.tablets:
            one.memory.close()

    def enrols(self) -> Carried:
        """One more tablet."""
        n = len(self.tablets) + 1
        tablet = self.rig.enrolled(f"样例平板{n}")
        memory = DeviceMemory(self._folder / f"tablet-{n}", bytes(32))
        memory.pin_statement(self.rig.made.statement)
        tablet.office.box = memory  # type: ignore[assignment]
        self.tablets.append(Carried(self.rig, tablet, memory))
        return self.tablets[-1]

    def settles(self, rounds: int = 3) -> None:
        """The console and every tablet in turn, until all has been said."""
        for _ in range(rounds):
            self.rig.desk.run()
            for one in self.tablets:
                one.exchanges()

    def tells(self, one: Carried) -> None:
        """The console writes a tablet a message, which does not go out yet."""
        self.rig.desk.tell(self.rig.desk.device_certificates()[one.tablet.id], Greeting())

    # --- The server's folder ---

    def backed_up(self) -> None:
        """A copy of the server's folder is made."""
        self.rig.server_stops()
        shutil.copytree(self._folder / "office", self._folder / "backup")
        self.rig.server_starts()

    def put_back(self, *, said: bool = False) -> None:
        """The copy takes the folder's place.

        Args:
            said: whether `office restored` is run, as the manual asks.
        """
        office = self._folder / "office"
        self.rig.server_stops()
        shutil.rmtree(office)
        shutil.copytree(self._folder / "backup", office)
        if said:
            assert main(["office", "restored", "--data", str(office)]) == 0
        self.rig.server_starts()

    # --- What there is afterwards ---

    def alarms(self) -> set[str]:
        """What the console tells its people."""
        return {alarm.code for alarm in self.rig.desk.alarms()}

    def leaves(self) -> list[bytes]:
        """The server's log."""
        office = self.rig.real._office
        with office.archive.read() as connection:
            return [leaf.content for leaf in office.log.read(connection, 0, 500)]

    def messages(self, one: Carried) -> list[bytes]:
        """What the server holds for a tablet."""
        return list(self.rig.real._office.feed.read(one.tablet.id, 0, 500, 1 << 30).messages)

    def lacks(self, entry: SealedEntry) -> list[BlobRef]:
        """Sealed files of an entry that the server cannot give out."""
        desk = self.rig.real.desk()
        return [blob for blob in entry.delivery.blobs if not desk.has_blob(blob)]
