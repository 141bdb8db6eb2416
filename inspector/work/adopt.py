"""A tablet's word on which checklists it uses: an entry of its chain, which only the office can open."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.delivery import EntryKind
from inspector.domain.fields import Fields
from inspector.trust import dsse
from inspector.trust.strict_json import canonical
from inspector.work.seal import Beside, DeviceSeal, EntryBox, SealedEntry, enter, nothing_beside

ADOPT_TYPE = "application/vnd.inspector.adopt.v1+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRef:
    """A catalogue in use.

    Attributes:
        version: of the office's pack; empty for the checklists that came with the program.
        sha256: of its content.
    """

    version: str
    sha256: str

    def to_json(self) -> dict[str, object]:
        """As it stands in an entry."""
        return {"version": self.version, "sha256": self.sha256}

    @classmethod
    def from_json(cls, json: object) -> PackRef:
        """The reverse of `to_json`.

        Raises:
            RecordMalformedError: another shape.
        """
        with Fields(json, "pack reference") as field:
            return cls(version=field.text("version"), sha256=field.text("sha256"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """That a tablet uses a pack from now on, and with which program."""

    id: str
    pack: PackRef
    app: str
    at_ms: int


def tell(
    pack: PackRef,
    *,
    seal: DeviceSeal,
    box: EntryBox,
    id: str,
    at_ms: int,
    beside: Beside = nothing_beside,
) -> SealedEntry:
    """Enter into the chain that this tablet uses a pack.

    Args:
        beside: rows that change with the entry, in the same durable write.
    """
    payload = {
        "v": 1,
        "kind": EntryKind.ADOPT.value,
        "id": id,
        "tenant": seal.tenant,
        "device": seal.device,
        "pack": pack.to_json(),
        "app": seal.app,
        "at_ms": at_ms,
    }
    inner = dsse.sign(canonical(payload), ADOPT_TYPE, [seal.key])
    return enter(
        inner, kind=EntryKind.ADOPT, record=id, blobs=(), seal=seal, box=box, at_ms=at_ms, beside=beside
    )
