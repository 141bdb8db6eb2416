"""The lists: which enterprises there are and which inspections, found while one types.

Derived from the inspections and from what the office delivered, and rebuilt from there when it is damaged or
lost: nothing is kept here alone. A second small encrypted TinyDB holds it, so that the app's list opens
without opening any inspection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from inspector.errors import JournalDamagedError
from inspector.store.files import REAL_FILES, Files
from inspector.store.journal import recover
from inspector.store.reserve import Reserve
from inspector.store.search import Column
from inspector.store.sounds import folded, patterns, sounds_of, syllables_of
from inspector.store.state import Change, Kind, to_text
from inspector.store.table import Database, open_database

NAME = "index"
_ENTERPRISES, _INSPECTIONS = "enterprises", "inspections"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseRow:
    """An enterprise as it stands in lists. `code` is its unified social credit code or empty."""

    id: str
    name: str
    code: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionRow:
    """An inspection as it stands in lists. `enterprise` is the name, `updated_ms` since the epoch, UTC."""

    id: str
    enterprise_id: str
    enterprise: str
    state: str
    updated_ms: int


class IndexSource(Protocol):
    """Where the index is derived from."""

    def enterprises(self) -> Iterable[EnterpriseRow]:
        """All enterprises."""

    def inspections(self) -> Iterable[InspectionRow]:
        """All inspections."""


class _Search:
    """What is looked through: built from all rows at once, thrown away when one changes."""

    def __init__(self, rows: Iterable[tuple[str, dict[str, str]]]) -> None:
        found = list(rows)
        self.ids = [id for id, _ in found]
        self._names = Column(folded(row["name"]) for _, row in found)
        self._codes = Column(folded(row["code"]) for _, row in found)
        self._addresses = Column(folded(row["address"]) for _, row in found)
        self._sounds = Column(row["sounds"] for _, row in found)
        self._syllables = syllables_of(row["sounds"] for _, row in found)

    def rows(self, term: str) -> Iterator[int]:
        """Rows that fit one term, the best fits first; a row may come more than once."""
        yield from self._codes.rows_with(f"\n{term}")
        yield from self._names.rows_with(f"\n{term}")
        yield from self._names.rows_with(term)
        for pattern in patterns(term, self._syllables):
            yield from self._sounds.rows_like(pattern)
        yield from self._addresses.rows_with(term)


class Index:
    """Lists over one database.

    Writes raise `StoreFullError`, `StoreUnavailableError` or `StoreChangedError` and change nothing then.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._search: _Search | None = None

    def put_enterprises(self, rows: Iterable[EnterpriseRow]) -> None:
        """Set these enterprises, new or known, in one durable write."""
        self._database.put_together((_ENTERPRISES, row.id, _from_enterprise(row)) for row in rows)
        self._search = None

    def remove_enterprises(self, ids: Iterable[str]) -> None:
        """Take enterprises out, in one durable write; inspections of theirs stay."""
        self._database.put_together((_ENTERPRISES, id, None) for id in ids)
        self._search = None

    def put_inspection(self, row: InspectionRow) -> None:
        """Set an inspection, new or known."""
        self._database.put_together([(_INSPECTIONS, row.id, _from_inspection(row))])

    def remove_inspection(self, id: str) -> None:
        """Take an inspection out."""
        self._database.put_together([(_INSPECTIONS, id, None)])

    def enterprise(self, id: str) -> EnterpriseRow | None:
        """The enterprise of this id."""
        row = self._database.keyed(_ENTERPRISES).find(id)
        return None if row is None else _to_enterprise(id, row)

    def inspections(self, *, state: str | None = None, limit: int | None = None) -> tuple[InspectionRow, ...]:
        """Inspections, the last touched first; those in `state` only, if it is given."""
        rows = [InspectionRow(id=id, **row) for id, row in self._database.keyed(_INSPECTIONS).pairs()]
        chosen = [row for row in rows if state is None or row.state == state]
        chosen.sort(key=lambda row: (-row.updated_ms, row.id))
        return tuple(chosen[:limit])

    def search(self, text: str, limit: int = 20) -> tuple[EnterpriseRow, ...]:
        """Enterprises that fit all words in `text`; nothing typed finds nothing.

        A word fits the beginning of the code, a part of the name, the name's initials or pinyin, or a part of
        the address; rows come in that order.
        """
        terms = folded(text).split()
        if not terms:
            return ()
        search = self._search = self._search or _Search(self._database.keyed(_ENTERPRISES).pairs())
        others = [set(search.rows(term)) for term in terms[1:]]
        fitting = (
            row for row in dict.fromkeys(search.rows(terms[0])) if all(row in other for other in others)
        )
        found = (self.enterprise(search.ids[row]) for row in islice(fitting, limit))
        return tuple(enterprise for enterprise in found if enterprise is not None)

    def first(self, limit: int) -> tuple[EnterpriseRow, ...]:
        """Some enterprises, by id, for whoever does not know what to search for."""
        ids = (id for id, _ in islice(self._database.keyed(_ENTERPRISES).pairs(), limit))
        found = (self.enterprise(id) for id in ids)
        return tuple(enterprise for enterprise in found if enterprise is not None)

    def rebuild(self, source: IndexSource) -> None:
        """Replace everything by what `source` has, in one durable write: the old lists or the new ones."""
        enterprises = {row.id: to_text(_from_enterprise(row)) for row in source.enterprises()}
        inspections = {row.id: to_text(_from_inspection(row)) for row in source.inspections()}
        changes = [Change(Kind.MAKE, _ENTERPRISES), Change(Kind.MAKE, _INSPECTIONS)]
        changes += [Change(Kind.PUT, _ENTERPRISES, id, text) for id, text in enterprises.items()]
        changes += [Change(Kind.PUT, _INSPECTIONS, id, text) for id, text in inspections.items()]
        self._database.storage.commit(changes)
        self._search = None

    def close(self) -> None:
        """Give the file back."""
        self._database.close()


def open_index(
    path: Path, key: bytes, source: IndexSource, *, files: Files = REAL_FILES, reserve: Reserve | None = None
) -> Index:
    """The index at `path`, made from `source` when it is not there or damaged; damaged bytes are kept.

    Raises:
        StoreKeyWrongError, StoreTooNewError, StoreFullError, StoreUnavailableError: as `SealedStorage`.
    """
    is_new = files.size(path) is None
    try:
        database = open_database(path, key, name=NAME, files=files, reserve=reserve)
    except JournalDamagedError:
        recover(path, key, name=NAME, files=files)
        database, is_new = open_database(path, key, name=NAME, files=files, reserve=reserve), True
    index = Index(database)
    if is_new or not database.storage.tables():
        index.rebuild(source)
    return index


def _from_enterprise(row: EnterpriseRow) -> dict[str, str]:
    return {"name": row.name, "code": row.code, "address": row.address, "sounds": sounds_of(row.name)}


def _to_enterprise(id: str, row: dict[str, str]) -> EnterpriseRow:
    return EnterpriseRow(id=id, name=row["name"], code=row["code"], address=row["address"])


def _from_inspection(row: InspectionRow) -> dict[str, str | int]:
    return {
        "enterprise_id": row.enterprise_id,
        "enterprise": row.enterprise,
        "state": row.state,
        "updated_ms": row.updated_ms,
    }
