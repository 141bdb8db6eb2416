"""A file for whoever helps from afar: versions, counts, states and error codes, and nothing of anybody.

No name, no text that somebody typed, no address, no place: ids are random, sizes and times are numbers. A new
field must be one of these; a test looks for every name of the samples in the file.
"""

from __future__ import annotations

import json
import platform
import re
from collections import Counter
from dataclasses import asdict, dataclass
from importlib import metadata

from inspector.tablet.tablet import Tablet
from inspector.tablet.workbench import Workbench

PACKAGES = ("flet", "tinydb", "cryptography", "reportlab", "requests", "pillow", "pypinyin")

FONTS = (
    ("Noto Sans SC", "", "SIL Open Font License 1.1"),
    ("Noto Serif SC", "", "SIL Open Font License 1.1"),
    ("HanaMinB", "20170904", "Hanazono Font License"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageUse:
    """Bytes that this tablet uses."""

    inspections: int
    photos: int
    outbox: int
    memory: int
    fonts: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.inspections + self.photos + self.outbox + self.memory + self.fonts


def storage_of(workbench: Workbench) -> StorageUse:
    """What the store takes on the disk."""
    journals, photos = workbench.drafts.sizes()
    return StorageUse(
        inspections=journals,
        photos=photos,
        outbox=workbench.memory.size_bytes(),
        memory=workbench.memory.journal_bytes,
        fonts=sum(font.size for font in workbench.fonts.all()),
    )


def diagnostics(tablet: Tablet, workbench: Workbench, *, version: str, at_ms: int) -> bytes:
    """The file, as JSON for people: its lines say what they are."""
    here, sealed = workbench.lists.count()
    drafts, damaged = workbench.lists.unfinished()
    use = storage_of(workbench)
    statement = workbench.crew.statement()
    device = workbench.crew.device()
    checklists = workbench.inspections.checklists()
    found = {
        "format": 1,
        "at_ms": at_ms,
        "app": version,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": {name: _version(name) for name in PACKAGES},
        "device": device.id if device else None,
        "office": {
            "version": statement.version if statement else None,
            "heard_until_ms": workbench.office.heard_until_ms(),
        },
        "members": {
            "count": len(workbench.crew.members()),
            "certified": sum(one.key_id is not None for one in workbench.crew.members()),
        },
        "inspections": {
            "count": here,
            "sealed": sealed,
            "drafts": len(drafts),
            "damaged": [one.id for one in damaged],
        },
        "entries": _entries(workbench),
        "alarms": [{"code": one.code, "at_ms": one.at_ms} for one in workbench.office.alarms()],
        "last_exchange": _last_exchange(tablet),
        "checklists": [{"id": one.id, "version": one.version, "sha256": one.digest} for one in checklists],
        "checklist_faults": len(tablet.catalogue.faults),
        "bytes": asdict(use),
        "mishaps": list(tablet.mishaps),
    }
    return json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8")


def _entries(workbench: Workbench) -> dict[str, object]:
    entries = workbench.office.transfer()
    return {
        "count": len(entries),
        "states": dict(Counter(row.entry.state.value for row in entries)),
        "kinds": dict(Counter(row.kind.value for row in entries)),
        "problems": dict(Counter(row.entry.problem.code for row in entries if row.entry.problem)),
    }


def _last_exchange(tablet: Tablet) -> dict[str, object]:
    report, failure = tablet.background.report, tablet.background.failure
    return {
        "stopped": report.stopped.code if report and report.stopped else None,
        "paused": report.paused.code if report and report.paused else None,
        "failure": failure.code if failure else None,
        "waiting": report.waiting if report else None,
    }


def licences() -> tuple[tuple[str, str, str], ...]:
    """What this program carries: name, version, licence as the package itself says."""
    names = sorted(_closure(("inspector", *PACKAGES)) - {"inspector"})
    packages = [(name, version, _licence_of(name)) for name in names if (version := _version(name))]
    return (*packages, *FONTS)


def _closure(names: tuple[str, ...]) -> frozenset[str]:
    """These packages and all that they need, without extras."""
    found: set[str] = set()
    open_ = list(names)
    while open_:
        name = open_.pop()
        if name in found or _version(name) is None:
            continue
        found.add(name)
        open_.extend(_name_in(line) for line in metadata.requires(name) or () if "extra ==" not in line)
    return frozenset(found)


def _name_in(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def _licence_of(name: str) -> str:
    about = metadata.metadata(name)
    for field in ("License-Expression", "License"):
        said = about.get_all(field) or []
        if said and said[0]:
            # Some packages put the whole text there, or a line of thanks behind the name.
            return re.split(r"[(,;\n]", str(said[0]), maxsplit=1)[0].strip()
    classified = [
        str(each) for each in about.get_all("Classifier") or [] if str(each).startswith("License ::")
    ]
    return "、".join(each.rpartition(" :: ")[2] for each in classified) or "见软件包"


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
