"""Everything an unlocked tablet can do, in one value that the screens are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inspector.catalog import Catalogue
from inspector.domain.working_days import WorkingCalendar
from inspector.store.drafts import Drafts
from inspector.store.index import EnterpriseIndex
from inspector.store.memory import DeviceMemory
from inspector.store.reserve import Reserve
from inspector.tablet.closing import Closing
from inspector.tablet.crew import Crew
from inspector.tablet.inspections import Clock, Inspections
from inspector.tablet.office import OfficeLink
from inspector.tablet.paper import Paper
from inspector.trust.keys import SigningKey
from inspector.work.issue import Press
from inspector.work.ports import Office

Connect = Callable[[str, SigningKey], Office]
"""Opens the way to the server at an address, requests signed by the device's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """What a workbench is built from, the same for everybody who unlocks.

    Attributes:
        clock: milliseconds since the Unix epoch; `elapsed` runs on whatever the clock does.
        app: version of this program.
    """

    folder: Path
    catalogue: Catalogue
    calendar: WorkingCalendar
    press: Press
    connect: Connect
    clock: Clock
    elapsed: Clock
    app: str


class Workbench:
    """An unlocked tablet.

    Args:
        equipment: what it works with.
        data_key: opens the journals.

    Raises:
        JournalDamagedError, StoreKeyWrongError, StoreUnavailableError: the device's journal does not open.
    """

    def __init__(self, equipment: Equipment, data_key: bytes) -> None:
        folder = equipment.folder
        reserve = Reserve(folder / "reserve")
        self.is_short_of_space = not reserve.fill()
        self.catalogue = equipment.catalogue
        self.memory = DeviceMemory(folder, data_key, reserve=reserve)
        self.drafts = Drafts(folder / "inspections", data_key, reserve=reserve)
        self.crew = Crew(self.memory, app=equipment.app)
        self.inspections = Inspections(
            drafts=self.drafts,
            memory=self.memory,
            crew=self.crew,
            catalogue=equipment.catalogue,
            calendar=equipment.calendar,
            clock=equipment.clock,
            elapsed=equipment.elapsed,
        )
        self.paper = Paper(
            inspections=self.inspections,
            drafts=self.drafts,
            memory=self.memory,
            crew=self.crew,
            press=equipment.press,
            clock=equipment.clock,
            app=equipment.app,
        )
        self.closing = Closing(
            inspections=self.inspections,
            drafts=self.drafts,
            memory=self.memory,
            crew=self.crew,
            clock=equipment.clock,
            is_enforcement=lambda: self.paper.is_enforcement,
        )
        self.office = OfficeLink(
            memory=self.memory,
            crew=self.crew,
            paper=self.paper,
            connect=lambda url: equipment.connect(url, self.crew.seal().key),
            clock=equipment.clock,
            on_enterprises=self._index_enterprises,
        )
        self.index = EnterpriseIndex()
        self._index_enterprises()

    def close(self) -> None:
        """Forget every key and close every journal."""
        self.crew.lock()
        self.drafts.close_all()
        self.memory.close()

    def _index_enterprises(self) -> None:
        self.index.rebuild(self.office.enterprises())
