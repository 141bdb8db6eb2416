"""The checklists of this tablet: the program's own until the office sends a pack, and those still needed.

* New inspections use the newest pack. An inspection goes on with the catalogue that it began with, checklists
  and laws, as long as it lies on this tablet; so does the correction of a record that came back.
* A pack is verified, read whole and stored before one durable write makes it the current one. Whatever fails
  before that write leaves the old one; the message is applied again when it was a matter of space or power.
* What a program brings is kept as a pack too once an inspection begins with it: the next program's differs.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import cast

from inspector.catalog import Catalogue
from inspector.catalog.layers import catalogue_of
from inspector.domain.checklist import Checklist, ChecklistId
from inspector.domain.identifiers import uuid7
from inspector.domain.inspection import ChecklistRef, Inspection
from inspector.errors import (
    ChecklistFaultsError,
    IllegalMoveError,
    InspectorError,
    PackConflictError,
    PackOlderError,
    PackUnfitError,
)
from inspector.store.memory import FACTS, DeviceMemory
from inspector.store.packs import PackBox
from inspector.work.adopt import PackRef, tell
from inspector.work.packs import Manifest, PackPart, PackVersion, open_pack, packed, unpacked
from inspector.work.ports import Alarm
from inspector.work.seal import DeviceSeal

PACK, TOLD = "pack", "pack-told"
"""Facts of the memory: the pack in use, and the one that the office was told of last."""
PACKS, BEGAN = "packs", "began"
"""Tables of the memory: the office's packs by their hash, and by inspection the one that it began with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackInUse:
    """Which checklists new inspections use.

    Attributes:
        version: of the office's pack; empty for those that came with the program.
        since_ms: when this tablet took it in; 0 for the program's own.
    """

    version: str
    since_ms: int


class Shelf:
    """The catalogues of one tablet.

    Args:
        builtin: what came with the program.
        read: catalogues by the hash of their content that were read already; outlives a lock.
        inspections: ids of the inspections on this tablet.
        seal: what this tablet signs with.
    """

    def __init__(
        self,
        *,
        memory: DeviceMemory,
        box: PackBox,
        builtin: Catalogue,
        read: dict[str, Catalogue],
        inspections: Callable[[], Iterable[str]],
        seal: Callable[[], DeviceSeal],
        clock: Callable[[], int],
    ) -> None:
        self._memory, self._box, self._builtin, self._read = memory, box, builtin, read
        self._inspections, self._seal, self._clock = inspections, seal, clock
        self._unreadable: set[str] = set()

    # --- What is in use ---

    @property
    def current(self) -> Catalogue:
        """What new inspections use; the program's own where the office's pack cannot be read any more."""
        name = self._current_name()
        if not name:
            return self._builtin
        try:
            return self._catalogue(name)
        except InspectorError as error:
            if name not in self._unreadable:
                self._unreadable.add(name)
                self._memory.raise_alarm(Alarm.of(error, self._clock(), name))
            return self._builtin

    def in_use(self) -> PackInUse:
        """Which that is."""
        fact = self._memory.fact(PACK)
        if fact is None or self.current is self._builtin:
            return PackInUse(version="", since_ms=0)
        return PackInUse(version=str(fact["version"]), since_ms=cast("int", fact["since_ms"]))

    def of(self, inspection: Inspection) -> Catalogue:
        """What an inspection began with.

        Raises:
            IllegalMoveError: it is not on this tablet any more.
        """
        row = self._memory.row(BEGAN, inspection.id)
        if row is not None:
            return self._must_hold(self._catalogue(str(row["sha256"])), inspection)
        # Begun by an earlier program, which kept no note of it.
        for catalogue in self._all():
            if _lacking(catalogue, inspection.checklists) is None:
                return catalogue
        return self._must_hold(self.current, inspection)

    def checklists_of(self, inspection: Inspection) -> tuple[Checklist, ...]:
        """The checklists that an inspection began with; none where they are not on this tablet any more."""
        try:
            catalogue = self.of(inspection)
        except InspectorError:
            return ()
        found = (catalogue.get(ChecklistId(ref.id)) for ref in inspection.checklists)
        return tuple(one for one in found if one)

    def for_a_new(self, like: Inspection | None = None) -> Catalogue:
        """What an inspection that begins now uses.

        Args:
            like: the record that it corrects; then it is that one's, as long as it is here.
        """
        if like is None:
            return self.current
        try:
            return self.of(like)
        except InspectorError:
            return self.current

    def keep_for(self, id: str, catalogue: Catalogue) -> PackRef | None:
        """Note, durably, with which catalogue an inspection begins; None for one that no file has.

        Raises:
            StoreFullError, StoreUnavailableError: nothing was noted.
        """
        if catalogue.content is None:
            return None
        name = next((name for name, one in self._read.items() if one is catalogue), None)
        if name is None:
            made = packed(catalogue.content)
            name = made.sha256
            self._box.put(name, made.deflated)
            self._read[name] = catalogue
        elif not self._box.has(name):
            self._box.put(name, packed(catalogue.content).deflated)
        pack = self._memory.row(PACKS, name)
        self._memory.put_rows(BEGAN, {id: {"sha256": name}})
        return PackRef(version=str(pack["version"]) if pack else "", sha256=name)

    # --- What the office sends ---

    def take(self, part: PackPart, order: AbstractContextManager[object]) -> None:
        """Take in one part; with the last one the pack becomes the current one.

        Args:
            order: entered for the moment of the change; reading and storing go on beside other acts.

        Raises:
            PackOlderError, PackConflictError: this tablet has a newer one, or another of the same version.
            PackForgedError, PackUnfitError: it is not what was signed, or cannot be read in full.
            StoreFullError, StoreUnavailableError: nothing has changed.
        """
        manifest = part.signed.manifest
        if self._is_current(manifest):
            return
        self._box.put_part(manifest.content, part.part, part.data)
        pieces = self._box.parts(manifest.content, part.parts)
        if pieces is None:
            if part.part == part.parts:
                raise PackUnfitError(version=str(manifest.version), reason="有分段缺失")
            return
        deflated = b"".join(pieces)
        try:
            self._read[manifest.content] = open_pack(manifest, deflated)
        except InspectorError:
            self._box.drop_parts()
            raise
        self._box.put(manifest.content, deflated)
        fact = {
            "version": str(manifest.version),
            "sha256": manifest.content,
            "since_ms": self._clock(),
            "envelope": part.signed.envelope.decode("utf-8"),
            "certificate": part.signed.certificate.decode("utf-8"),
        }
        with order:
            self._memory.put_rows(PACKS, {manifest.content: {"version": str(manifest.version)}})
            self._memory.put_fact(PACK, fact)
            self._unreadable.clear()
            self.tidy()

    def tell_the_office(self) -> None:
        """Enter into the chain which pack is in use, if that was not said yet.

        Raises:
            NotEnrolledError: this tablet is not enrolled.
            StoreFullError, StoreUnavailableError: not said yet.
        """
        fact, told = self._memory.fact(PACK), self._memory.fact(TOLD)
        if fact is None or (told is not None and told["sha256"] == fact["sha256"]):
            return
        pack = PackRef(version=str(fact["version"]), sha256=str(fact["sha256"]))
        now = self._clock()
        id = uuid7(at_ms=now, random=secrets.token_bytes(10))
        tell(
            pack,
            seal=self._seal(),
            box=self._memory,
            id=id,
            at_ms=now,
            beside=lambda _entry: {FACTS: {TOLD: pack.to_json()}},
        )

    def tidy(self) -> None:
        """Remove packs that neither new inspections nor any inspection on this tablet need.

        Raises:
            StoreUnavailableError: the disk.
        """
        here = frozenset(self._inspections())
        began = self._memory.rows(BEGAN)
        gone = [id for id in began if id not in here]
        if gone:
            self._memory.put_rows(BEGAN, dict.fromkeys(gone))
        needed = {str(row["sha256"]) for id, row in began.items() if id in here}
        needed.add(self._current_name())
        for name in self._box.names():
            if name not in needed:
                self._box.delete(name)
        self._box.drop_parts()

    # --- Inside ---

    def _current_name(self) -> str:
        fact = self._memory.fact(PACK)
        return str(fact["sha256"]) if fact else ""

    def _is_current(self, manifest: Manifest) -> bool:
        """Whether this very pack is in use.

        Raises:
            PackOlderError, PackConflictError: a newer one is, or another of the same version.
        """
        fact = self._memory.fact(PACK)
        if fact is None:
            return False
        current = PackVersion.parse(str(fact["version"]))
        if manifest.version < current:
            raise PackOlderError(version=manifest.version, current=current)
        if manifest.version == current and manifest.content != fact["sha256"]:
            raise PackConflictError(version=manifest.version)
        return manifest.version == current and self._box.has(manifest.content)

    def _catalogue(self, name: str) -> Catalogue:
        found = self._read.get(name)
        if found is None:
            found = self._read[name] = _read_again(self._box.get(name), name)
        return found

    def _all(self) -> Iterable[Catalogue]:
        yield self.current
        yield self._builtin
        for name in self._box.names():
            yield self._catalogue(name)

    def _must_hold(self, catalogue: Catalogue, inspection: Inspection) -> Catalogue:
        missing = _lacking(catalogue, inspection.checklists)
        if missing is not None:
            raise IllegalMoveError(reason=f"本机没有检查表“{missing.title}”的 {missing.version} 版")
        return catalogue


def _lacking(catalogue: Catalogue, refs: Iterable[ChecklistRef]) -> ChecklistRef | None:
    """The first of these checklists that the catalogue does not have in that version."""
    for ref in refs:
        checklist = catalogue.get(ChecklistId(ref.id))
        if checklist is None or checklist.digest != ref.sha256:
            return ref
    return None


def _read_again(deflated: bytes, name: str) -> Catalogue:
    """A pack that was accepted before, perhaps by another program."""
    content = unpacked(deflated, name)
    try:
        return catalogue_of(content, name="检查表包")
    except ChecklistFaultsError as error:
        reason = str(error.facts["first"]).rstrip("。")
        raise PackUnfitError(version=name[:12], reason=reason) from error
