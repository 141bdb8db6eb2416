"""The only reader of the environment and of the clocks; `__main__` and each program's `app.py` ask it.

| Variable | Meaning |
|---|---|
| `FLET_APP_STORAGE_DATA` | set by the packaged app: the durable folder that is its own |
| `INSPECTOR_TABLET_FOLDER` | another place for the tablet's data, such as for two tablets on one machine |
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

APP_FOLDER = Path(__file__).resolve().parent.parent
"""Where `checklists/` and `assets/` lie, in a checkout and in a packaged app alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabletFolders:
    """Where a tablet's data lies.

    Attributes:
        store: journals, photos, outbox, vault; encrypted but for names and settings.
        keys: the PINs' secrets, where the platform has no keystore; never inside `store`.
    """

    store: Path
    keys: Path


def now_ms() -> int:
    """Milliseconds since the Unix epoch, by this machine's clock."""
    return time.time_ns() // 1_000_000


def uptime_ms() -> int:
    """Milliseconds since this machine was started, sleep included where the system counts it."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    ran_ns = time.monotonic_ns() if clock is None else time.clock_gettime_ns(clock)
    return ran_ns // 1_000_000


def tablet_folders() -> TabletFolders:
    """The tablet's folders on this machine."""
    data = os.environ.get("INSPECTOR_TABLET_FOLDER") or os.environ.get("FLET_APP_STORAGE_DATA")
    if data:
        return folders_in(Path(data))
    home = Path.home()
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
        return TabletFolders(store=local / "Inspector" / "store", keys=local / "Inspector Keys")
    if sys.platform == "darwin":
        library = home / "Library" / "Application Support"
        return TabletFolders(store=library / "Inspector" / "store", keys=library / "Inspector Keys")
    data_home = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    config_home = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    return TabletFolders(store=data_home / "inspector" / "store", keys=config_home / "inspector" / "keys")


def folders_in(folder: Path) -> TabletFolders:
    """The tablet's folders below one."""
    return TabletFolders(store=folder / "store", keys=folder / "keys")
