"""TinyDB tables that hand on only the documents that were touched.

TinyDB's own `Table` rebuilds the whole table at each write. A `DeltaTable` gives the updater a mapping that
reads documents when they are asked for and remembers what became of them: a tap costs the same in a table of
ten documents and of five thousand. Everything else, and every result, is TinyDB's.

A database belongs to one thread at a time; a write that another thread makes meanwhile is not lost, but a
reader may miss it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from os import PathLike
from typing import Any

from tinydb import TinyDB
from tinydb.table import Document, Table

from inspector.store.files import REAL_FILES, Files
from inspector.store.journal import DEFAULT_NAME, SealedStorage
from inspector.store.reserve import Reserve
from inspector.store.state import Change, Kind, from_text, to_text

_NO_DOCUMENTS: Mapping[str, bytes] = {}


class _Reading(Mapping[str, Mapping[str, Any]]):
    """Documents decoded one by one, when they are asked for."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self._texts = texts

    def __getitem__(self, document: str) -> Mapping[str, Any]:
        fresh: Mapping[str, Any] = from_text(self._texts[document])
        return fresh

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._texts))

    def __len__(self) -> int:
        return len(self._texts)

    def __contains__(self, document: object) -> bool:
        return document in self._texts


class _Draft(MutableMapping[Any, Any]):
    """A table while it is being updated; ids are of the table's id class."""

    def __init__(self, texts: Mapping[str, bytes], id_class: Callable[[str], Any]) -> None:
        self._texts, self._id_class = texts, id_class
        self._seen: dict[Any, Any] = {}
        self._gone: dict[Any, None] = {}
        self._added: dict[Any, Any] = {}

    def _is_held(self, key: object) -> bool:
        return key not in self._gone and str(key) in self._texts

    def __getitem__(self, key: Any) -> Any:
        for known in (self._added, self._seen):
            if key in known:
                return known[key]
        if not self._is_held(key):
            raise KeyError(key)
        document = self._seen[key] = from_text(self._texts[str(key)])
        return document

    def __setitem__(self, key: Any, document: Any) -> None:
        known = self._seen if self._is_held(key) else self._added
        known[key] = document

    def __delitem__(self, key: Any) -> None:
        if key in self._added:
            del self._added[key]
        elif self._is_held(key):
            self._seen.pop(key, None)
            self._gone[key] = None
        else:
            raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return key in self._added or self._is_held(key)

    def __iter__(self) -> Iterator[Any]:
        held = (self._id_class(text) for text in list(self._texts))
        return iter([key for key in held if key not in self._gone] + list(self._added))

    def __len__(self) -> int:
        return len(self._texts) - len(self._gone) + len(self._added)

    def clear(self) -> None:
        self._seen.clear()
        self._added.clear()
        self._gone = dict.fromkeys(self._id_class(text) for text in self._texts)

    def changes(self, table: str) -> list[Change]:
        """What became of the table, in the order that leads to TinyDB's order of documents."""
        if self._gone and len(self._gone) == len(self._texts):
            changes = [Change(Kind.MAKE, table)]
        else:
            changes = [Change(Kind.REMOVE, table, str(key)) for key in self._gone]
        for key, document in self._seen.items():
            if (text := to_text(document)) != self._texts[str(key)]:
                changes.append(Change(Kind.PUT, table, str(key), text))
        return changes + [
            Change(Kind.PUT, table, str(key), to_text(document)) for key, document in self._added.items()
        ]


class DeltaTable(Table):
    """A TinyDB table over `SealedStorage` whose writes cost what they change.

    Search results are not cached: every document that is returned is a copy of its own.
    """

    default_query_cache_capacity = 0

    def put(self, doc_id: Any, document: Mapping[str, Any]) -> None:
        """Set the whole document under this id, new or not, in one durable write.

        Raises:
            StoreFullError, StoreUnavailableError, StoreChangedError: nothing was changed.
            TypeError: JSON has no form for a value.
        """
        # The way of every tap, and the only one that is measured in microseconds: no draft, no callback.
        key, text = str(self.document_id_class(doc_id)), to_text(dict(document))
        storage = self._sealed
        with storage.lock:
            held = storage.documents(self._name)
            is_new = held is None or held.get(key) != text
            storage.commit((Change(Kind.PUT, self._name, key, text),) if is_new else ())
        self._next_id = None

    @property
    def _sealed(self) -> SealedStorage:
        storage = self._storage
        if not isinstance(storage, SealedStorage):
            raise TypeError("a DeltaTable needs a SealedStorage")
        return storage

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        # TinyDB only reads it: a view does what the annotation's dict would do.
        return _Reading(self._sealed.documents(self.name) or _NO_DOCUMENTS)  # type: ignore[return-value]

    def _update_table(self, updater: Callable[[dict[Any, Mapping[str, Any]]], None]) -> None:
        storage = self._sealed
        with storage.lock:
            texts = storage.documents(self.name)
            draft = _Draft(texts or _NO_DOCUMENTS, self.document_id_class)
            updater(draft)  # type: ignore[arg-type]
            changes = draft.changes(self.name)
            if texts is None:
                changes.insert(0, Change(Kind.MAKE, self.name))
            storage.commit(changes)
        self.clear_cache()


class KeyedTable(DeltaTable):
    """A table whose documents are found by a string, such as an item's id."""

    document_id_class = str  # type: ignore[assignment]

    def find(self, key: str) -> dict[str, Any] | None:
        """A copy of the document under `key`, or None."""
        documents = self._sealed.documents(self.name) or _NO_DOCUMENTS
        return dict(from_text(documents[key])) if key in documents else None

    def pairs(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        """Every key with a copy of its document, in the order in which they were first set."""
        documents = self._sealed.documents(self.name) or _NO_DOCUMENTS
        return tuple((key, dict(from_text(text))) for key, text in list(documents.items()))

    def _get_next_id(self) -> int:
        raise ValueError("a keyed table has no next id: use put(key, document) or a Document with its key")


class Database(TinyDB):
    """A TinyDB over an encrypted journal, with delta tables."""

    table_class = DeltaTable

    @property
    def storage(self) -> SealedStorage:
        """The journal."""
        storage = self._storage
        if not isinstance(storage, SealedStorage):
            raise TypeError("a Database needs a SealedStorage")
        return storage

    def keyed(self, name: str) -> KeyedTable:
        """The table of this name, by string keys. One name is either keyed or numbered, never both.

        Raises:
            TypeError: the name is in use as a numbered table.
        """
        table = self._tables.get(name)
        if table is None:
            table = self._tables[name] = KeyedTable(self.storage, name)
        if not isinstance(table, KeyedTable):
            raise TypeError(f"table {name} is numbered")
        return table

    def tables(self) -> set[str]:
        """The names of all tables."""
        return set(self.storage.tables())

    def put_together(self, puts: Iterable[tuple[str, str, Mapping[str, Any] | None]]) -> None:
        """Set (or, with None, remove) documents of several tables in one durable write: all or none.

        Args:
            puts: table, document id, document.

        Raises:
            StoreFullError, StoreUnavailableError, StoreChangedError: nothing was changed.
            TypeError: JSON has no form for a value.
        """
        self.storage.commit(
            [
                Change(Kind.REMOVE, table, document)
                if value is None
                else Change(Kind.PUT, table, document, to_text(dict(value)))
                for table, document, value in puts
            ]
        )
        for table in self._tables.values():
            table._next_id = None


def open_database(
    path: str | PathLike[str],
    key: bytes,
    *,
    name: str = DEFAULT_NAME,
    files: Files = REAL_FILES,
    reserve: Reserve | None = None,
) -> Database:
    """A TinyDB over an encrypted journal; `name`, `files` and `reserve` as in `SealedStorage`.

    Raises:
        JournalDamagedError, StoreKeyWrongError, StoreTooNewError, StoreFullError, StoreUnavailableError:
            as `SealedStorage`.
    """
    return Database(path, storage=SealedStorage, key=key, name=name, files=files, reserve=reserve)


__all__ = ["Database", "DeltaTable", "Document", "KeyedTable", "open_database"]
