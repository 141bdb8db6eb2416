"""Records of a rig's tablets, sealed by their own keys, and their files on the way to the server."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from io import BytesIO

from inspector.domain.answer import PhotoId
from inspector.domain.inspection import Amends, Inspection
from inspector.sync.device import DeviceOffice
from inspector.work.seal import SealedEntry, seal_inspection
from tests import make
from tests.console.desk_rig import ATablet, DeskRig, uid


def inspected(tablet: ATablet, n: int = 1, **changes: object) -> Inspection:
    """A complete inspection of the tablet, not sealed yet."""
    values = {"id": uid(0x100 + n), "device": tablet.id, "inspectors": [tablet.office.ada, make.BEN]}
    return make.passed(make.inspection(**{**values, **changes}))


def sealed(
    tablet: ATablet, n: int = 1, photo: bytes | None = None, inspection: Inspection | None = None
) -> SealedEntry:
    """One sealed record of the tablet, with one picture if given."""
    done, photos = inspection or inspected(tablet, n), {}
    if photo is not None:
        id = PhotoId(sha256(photo).hexdigest())
        photos[id] = photo
        done = done.photographed(make.photo(id, size=len(photo)))
    return seal(tablet, done, photos)


def seal(tablet: ATablet, done: Inspection, photos: dict[PhotoId, bytes]) -> SealedEntry:
    """Seal a complete inspection with whatever bytes are said to be its pictures."""
    office = tablet.office
    _, entry = seal_inspection(
        office.finished(done),
        checklists=(make.checklist(),),
        is_enforcement=True,
        signers=(office.ada_signs,),
        seal=replace(office.seal, device=tablet.id),
        box=office.box,
        photo_bytes=photos.__getitem__,
        office_ms=None,
        at_ms=make.DAY_MS + 2,
        progress=lambda step: None,
    )
    return entry


def amending(tablet: ATablet, earlier: SealedEntry, n: int) -> SealedEntry:
    """The correction of an earlier record."""
    done = replace(
        inspected(tablet, n), amends=Amends(record=earlier.delivery.record, sha256=earlier.inner_sha256)
    )
    return sealed(tablet, n, inspection=done)


def upload(rig: DeskRig, tablet: ATablet, entry: SealedEntry) -> None:
    """The sealed files of an entry reach the server."""
    device = DeviceOffice(rig.real.transport(tablet.office.device_key))
    for blob in entry.delivery.blobs:
        device.send_blob(blob, BytesIO(tablet.office.box.blobs[blob.sha256]), lambda _sent: None)
