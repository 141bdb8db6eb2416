"""Inspections on the tablet: one folder each, with an encrypted journal and the sealed photos beside it.

* A tap writes the documents that it touched, in one durable write: answer and finding change together or not.
* Whatever is written survives; a draft is found again under its id, however the program ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from inspector.domain import record_parts as parts
from inspector.domain.answer import Answer, ItemKey, PhotoId
from inspector.domain.fields import Fields
from inspector.domain.finding import Finding
from inspector.domain.identifiers import check_uuid7
from inspector.domain.inspection import Inspection, Photo
from inspector.errors import IdentifierMalformedError, InspectionUnknownError, JournalDamagedError
from inspector.store.files import REAL_FILES, Files
from inspector.store.journal import Recovery, recover
from inspector.store.photos import PhotoBox
from inspector.store.reserve import Reserve
from inspector.store.table import Database, open_database

JOURNAL = "answers.journal"
HEAD, ANSWERS, FINDINGS, PHOTOS = "inspection", "answers", "findings", "photos"
_HEAD_KEY = "head"

K = TypeVar("K", bound=str)
V = TypeVar("V")
Put = tuple[str, str, Mapping[str, object] | None]


class Drafts:
    """The inspections of one store.

    Args:
        folder: where they lie; made when missing.
        key: the device's data key.
    """

    def __init__(
        self, folder: Path, key: bytes, *, files: Files = REAL_FILES, reserve: Reserve | None = None
    ) -> None:
        self._folder, self._key, self._files, self._reserve = folder, key, files, reserve
        self._open: dict[str, Database] = {}
        files.make_folder(folder)

    def ids(self) -> tuple[str, ...]:
        """All inspections, oldest first: their ids begin with their time."""
        return tuple(sorted(name for name in self._files.names(self._folder) if _is_id(name)))

    def create(self, inspection: Inspection) -> None:
        """Keep a new inspection.

        Raises:
            StoreFullError, StoreUnavailableError: nothing was kept.
        """
        self._files.make_folder(self._folder / inspection.id)
        self._database(inspection.id).put_together(_changes(None, inspection))

    def save(self, before: Inspection, after: Inspection) -> bool:
        """Keep what changed between the two, in one durable write; whether there was anything.

        Raises:
            StoreFullError, StoreUnavailableError: nothing was changed.
        """
        puts = _changes(before, after)
        if puts:
            self._database(after.id).put_together(puts)
        return bool(puts)

    def load(self, id: str) -> Inspection:
        """The inspection as it was last saved.

        Raises:
            InspectionUnknownError: there is none of that id.
            JournalDamagedError: its journal is damaged; see `inspector.store.journal.recover`.
            RecordMalformedError: another program wrote into it.
        """
        if not _is_id(id) or self._files.size(self._path(id)) is None:
            raise InspectionUnknownError(id=id[:40])
        return _read(self._database(id))

    def try_load(self, id: str) -> Inspection | JournalDamagedError:
        """The inspection, or how its journal is damaged: one damaged draft hides no other from a list."""
        try:
            return self.load(id)
        except JournalDamagedError as damage:
            return damage

    def restore(self, id: str) -> Recovery:
        """Make a damaged inspection usable with all that verifies; its damaged bytes are kept beside it.

        Raises:
            InspectionUnknownError: there is none of that id.
            StoreFullError, StoreUnavailableError: the disk; the damaged journal is as it was.
        """
        if not _is_id(id) or self._files.size(self._path(id)) is None:
            raise InspectionUnknownError(id=id[:40])
        self.close(id)
        return recover(self._path(id), self._key, name=id, files=self._files)

    def sizes(self) -> tuple[int, int]:
        """Bytes of all journals, and of all photos."""
        journals = sum(self._files.size(self._path(id)) or 0 for id in self.ids())
        return journals, sum(self.photos(id).size() for id in self.ids())

    def photos(self, id: str) -> PhotoBox:
        """The inspection's pictures."""
        folder = self._folder / check_uuid7(id) / PHOTOS
        return PhotoBox(folder, self._key, files=self._files, reserve=self._reserve)

    def close(self, id: str) -> None:
        """Let go of an inspection's journal; it opens again when it is asked for."""
        database = self._open.pop(id, None)
        if database is not None:
            database.close()

    def close_all(self) -> None:
        """Let go of every journal."""
        for id in tuple(self._open):
            self.close(id)

    def _database(self, id: str) -> Database:
        if id not in self._open:
            self._open[id] = open_database(
                self._path(id), self._key, name=id, files=self._files, reserve=self._reserve
            )
        return self._open[id]

    def _path(self, id: str) -> Path:
        return self._folder / id / JOURNAL


def _is_id(name: str) -> bool:
    try:
        check_uuid7(name)
    except IdentifierMalformedError:
        return False
    return True


def _changes(before: Inspection | None, after: Inspection) -> list[Put]:
    puts: list[Put] = []
    if before is None or _head(before) != _head(after):
        puts.append((HEAD, _HEAD_KEY, _head(after)))
    had = before or replace(after, answers={}, findings={}, photos={})
    for key, answer in _differing(had.answers, after.answers):
        puts.append((ANSWERS, key, parts.from_answer(answer) if answer else None))
    for key, finding in _differing(had.findings, after.findings):
        puts.append((FINDINGS, key, parts.from_finding(finding) if finding else None))
    for id, photo in _differing(had.photos, after.photos):
        puts.append((PHOTOS, id, parts.from_photo(photo) if photo else None))
    return puts


def _differing(old: Mapping[K, V], new: Mapping[K, V]) -> list[tuple[K, V | None]]:
    # Values are frozen: the same object is unchanged, without looking into it.
    changed: list[tuple[K, V | None]] = [(key, one) for key, one in new.items() if old.get(key) is not one]
    return changed + [(key, None) for key in old if key not in new]


def _head(inspection: Inspection) -> Mapping[str, object]:
    return {
        "id": inspection.id,
        "device": inspection.device,
        "enterprise": parts.from_enterprise(inspection.enterprise),
        "checklists": [parts.from_checklist_ref(ref) for ref in inspection.checklists],
        "inspectors": [parts.from_inspector(one) for one in inspection.inspectors],
        "place": inspection.place,
        "started_ms": inspection.started_ms,
        "position": parts.from_position(inspection.position),
        "jumps": [parts.from_jump(jump) for jump in inspection.jumps],
        "witnesses": [parts.from_handwriting(one) for one in inspection.witnesses],
        "refusal": parts.from_refusal(inspection.refusal) if inspection.refusal else None,
        "amends": parts.from_amends(inspection.amends) if inspection.amends else None,
        "sealed_ms": inspection.sealed_ms,
    }


def _read(database: Database) -> Inspection:
    with Fields(database.keyed(HEAD).find(_HEAD_KEY), "inspection") as of:
        return Inspection(
            id=of.text("id"),
            device=of.text("device"),
            enterprise=parts.to_enterprise(of.raw("enterprise")),
            checklists=of.listing("checklists", parts.to_checklist_ref),
            inspectors=of.listing("inspectors", parts.to_inspector),
            place=of.text("place"),
            started_ms=of.integer("started_ms"),
            answers=_answers(database),
            findings=_findings(database),
            photos=_photos(database),
            position=of.optional("position", parts.to_position),
            jumps=of.listing("jumps", parts.to_jump),
            witnesses=of.listing("witnesses", parts.to_handwriting),
            refusal=of.optional("refusal", parts.to_refusal),
            amends=of.optional("amends", parts.to_amends),
            sealed_ms=of.optional_integer("sealed_ms"),
        )


def _answers(database: Database) -> Mapping[ItemKey, Answer]:
    answers = [parts.to_answer(document) for _, document in database.keyed(ANSWERS).pairs()]
    return {answer.item: answer for answer in answers}


def _findings(database: Database) -> Mapping[ItemKey, Finding]:
    findings = [parts.to_finding(document) for _, document in database.keyed(FINDINGS).pairs()]
    return {finding.item: finding for finding in findings}


def _photos(database: Database) -> Mapping[PhotoId, Photo]:
    photos = [parts.to_photo(document) for _, document in database.keyed(PHOTOS).pairs()]
    return {photo.id: photo for photo in photos}
