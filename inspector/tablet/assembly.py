"""The tablet put together: folders, catalogue, calendar, press and wire become one `Tablet`.

Imported by `app.py` in a thread, after the first frame: what is imported here takes longer than a frame may.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock

from inspector.catalog import read_all
from inspector.catalog.calendar import read_calendar
from inspector.notices.late_press import LatePress
from inspector.store.files import REAL_FILES
from inspector.store.fonts import FontShelf
from inspector.store.keystore import FileKeystore, Keystore
from inspector.store.vault import DEFAULT_COST
from inspector.sync.address import OfficeAddress
from inspector.sync.device import DeviceEnrolment, DeviceOffice
from inspector.sync.transport import Transport
from inspector.tablet.gate import Gate
from inspector.tablet.inspections import Clock
from inspector.tablet.tablet import Tablet
from inspector.tablet.workbench import Equipment, Workbench
from inspector.trust.keys import SigningKey
from inspector.trust.vault import Cost
from inspector.ui.words import moment
from inspector.work.ports import Office
from inspector.work.press import Press


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a tablet finds and keeps things.

    Attributes:
        app: the folder that holds `checklists/` and `assets/`.
        store: the tablet's data.
        keys: the PINs' secrets, where the platform has no keystore.
        ca_file: certificates to trust beside the system's ways, for an office with an authority of its own.
    """

    app: Path
    store: Path
    keys: Path
    ca_file: Path | None = None


def assemble(
    place: Place,
    *,
    clock: Clock,
    uptime: Clock,
    version: str,
    keystore: Keystore | None = None,
    press: Press | None = None,
    cost: Cost = DEFAULT_COST,
) -> Tablet:
    """One tablet over one store; its door is opened by `Tablet.open`.

    Args:
        clock: milliseconds since the Unix epoch.
        uptime: milliseconds since the device started.
        keystore: the platform's; None keeps secrets in files.
        press: None prints with this installation's fonts and templates.

    Raises:
        ChecklistFaultsError: the folder of checklists cannot be read.
        CalendarMalformedError: a calendar that was shipped is damaged.
        StoreUnavailableError, StoreFullError: the disk.
    """
    REAL_FILES.make_folder(place.store)
    order = Lock()
    fonts = FontShelf(place.store / "fonts")
    equipment = Equipment(
        folder=place.store,
        catalogue=read_all(place.app / "checklists"),
        calendar=read_calendar(place.app / "assets" / "calendar"),
        press=press or LatePress(place.app / "assets", fonts),
        fonts=fonts,
        connect=partial(_connect, place.ca_file),
        clock=clock,
        elapsed=uptime,
        app=version,
        order=order,
    )
    return Tablet(
        place.store,
        open_gate=lambda: Gate(
            place.store,
            keystore=keystore or FileKeystore(place.keys),
            build=partial(Workbench, equipment),
            clock=clock,
            uptime=uptime,
            since=moment(clock()),
            cost=cost,
        ),
        knock=lambda url: DeviceEnrolment(_transport(url, place.ca_file)),
        catalogue=equipment.catalogue,
        clock=clock,
        elapsed=uptime,
        random=random.uniform,
        order=order,
    )


def _transport(url: str, ca_file: Path | None, key: SigningKey | None = None) -> Transport:
    return Transport(OfficeAddress.parse(url), key=key, ca_file=ca_file)


def _connect(ca_file: Path | None, url: str, key: SigningKey) -> Office:
    return DeviceOffice(_transport(url, ca_file, key))
