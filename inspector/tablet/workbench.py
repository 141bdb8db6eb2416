"""Everything an unlocked tablet can do, in one value that the screens are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from inspector.catalog import Catalogue
from inspector.domain.enterprise import Enterprise
from inspector.domain.inspection import Inspection
from inspector.domain.working_days import WorkingCalendar
from inspector.store.drafts import Drafts
from inspector.store.fonts import FontShelf
from inspector.store.index import EnterpriseRow, InspectionRow, open_index
from inspector.store.memory import DeviceMemory
from inspector.store.packs import PackBox
from inspector.store.reserve import Reserve
from inspector.tablet.calendars import Calendars
from inspector.tablet.closing import Closing
from inspector.tablet.crew import Crew
from inspector.tablet.follow_ups import FollowUps
from inspector.tablet.inspections import Clock, Inspections
from inspector.tablet.lists import Lists
from inspector.tablet.office import OfficeLink
from inspector.tablet.own_forms import OwnForms
from inspector.tablet.paper import Paper
from inspector.tablet.shelf import Shelf
from inspector.trust.keys import SigningKey
from inspector.work.ports import Office
from inspector.work.press import Press

Connect = Callable[[str, SigningKey], Office]
"""Opens the way to the server at an address, requests signed by the device's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """What a workbench is built from, the same for everybody who unlocks.

    Attributes:
        clock: milliseconds since the Unix epoch; `elapsed` runs on whatever the clock does.
        app: version of this program.
        order: held by each act, and while a message of the office takes effect.
        packs: catalogues that were read already, by the hash of their content.
    """

    folder: Path
    catalogue: Catalogue
    calendar: WorkingCalendar
    press: Press
    fonts: FontShelf
    connect: Connect
    clock: Clock
    elapsed: Clock
    app: str
    order: Lock = field(default_factory=Lock)
    packs: dict[str, Catalogue] = field(default_factory=dict)


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
        self.memory = DeviceMemory(folder, data_key, reserve=reserve)
        self.drafts = Drafts(folder / "inspections", data_key, reserve=reserve)
        self.fonts = equipment.fonts
        self.crew = Crew(self.memory, app=equipment.app)
        self.shelf = self._shelve(equipment, data_key)
        self.calendars = Calendars(memory=self.memory, builtin=equipment.calendar)
        self.inspections = Inspections(
            drafts=self.drafts,
            memory=self.memory,
            crew=self.crew,
            shelf=self.shelf,
            calendar=lambda: self.calendars.current,
            clock=equipment.clock,
            elapsed=equipment.elapsed,
        )
        self.lists = Lists(drafts=self.drafts, memory=self.memory, shelf=self.shelf)
        self.paper = self._paper(equipment)
        self.paper.numbers.look_where_we_are()
        self.follow_ups = self._follow_ups(equipment)
        self.closing = Closing(
            inspections=self.inspections,
            drafts=self.drafts,
            memory=self.memory,
            crew=self.crew,
            clock=equipment.clock,
            is_enforcement=lambda: self.paper.is_enforcement,
        )
        self.office = self._link(equipment)
        self.index = open_index(folder / "index.journal", data_key, _Source(self.office), reserve=reserve)

    def _paper(self, equipment: Equipment) -> Paper:
        return Paper(
            inspections=self.inspections,
            drafts=self.drafts,
            memory=self.memory,
            crew=self.crew,
            press=equipment.press,
            forms=OwnForms(memory=self.memory, clock=equipment.clock),
            clock=equipment.clock,
            app=equipment.app,
        )

    def _follow_ups(self, equipment: Equipment) -> FollowUps:
        return FollowUps(
            paper=self.paper,
            inspections=self.inspections,
            memory=self.memory,
            clock=equipment.clock,
            app=equipment.app,
        )

    def _shelve(self, equipment: Equipment, data_key: bytes) -> Shelf:
        return Shelf(
            memory=self.memory,
            box=PackBox(equipment.folder / "packs", data_key),
            builtin=equipment.catalogue,
            read=equipment.packs,
            inspections=self.drafts.ids,
            seal=self.crew.seal,
            clock=equipment.clock,
        )

    def _link(self, equipment: Equipment) -> OfficeLink:
        return OfficeLink(
            memory=self.memory,
            crew=self.crew,
            paper=self.paper,
            shelf=self.shelf,
            calendars=self.calendars,
            connect=lambda url: equipment.connect(url, self.crew.seal().key),
            clock=equipment.clock,
            elapsed=equipment.elapsed,
            on_enterprises=self._index_enterprises,
            order=equipment.order,
        )

    def recent_enterprises(self, most: int = 8) -> tuple[EnterpriseRow, ...]:
        """The enterprises of the inspections begun last, without twins."""
        found: dict[str, EnterpriseRow] = {}
        for id in reversed(self.drafts.ids()[-2 * most :]):
            outcome = self.drafts.try_load(id)
            if isinstance(outcome, Inspection):
                one = outcome.enterprise
                found.setdefault(one.id, self.index.enterprise(one.id) or _to_row(one))
        return tuple(found.values())[:most]

    def close(self) -> None:
        """Forget every key and close every journal."""
        self.crew.lock()
        self.drafts.close_all()
        self.index.close()
        self.memory.close()

    def _index_enterprises(self, one: Enterprise | None) -> None:
        if one is None:
            self.index.rebuild(_Source(self.office))
        else:
            self.index.put_enterprises([_to_row(one)])


class _Source:
    """What the index is made from when it is missing or damaged."""

    def __init__(self, office: OfficeLink) -> None:
        self._office = office

    def enterprises(self) -> Iterable[EnterpriseRow]:
        return map(_to_row, self._office.enterprises())

    def inspections(self) -> Iterable[InspectionRow]:
        return ()


def _to_row(one: Enterprise) -> EnterpriseRow:
    return EnterpriseRow(id=one.id, name=one.name, code=one.credit_code, address=one.address)
