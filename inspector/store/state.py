"""What a store holds, and the difference between two such states.

* A document is kept as the UTF-8 bytes of its JSON, not as objects: whoever reads gets a fresh copy, two
  versions are compared by their bytes, and ten thousand rows take a fraction of the memory.
* Values go through JSON exactly as `tinydb.JSONStorage` sends them: tuples become lists, keys become strings.
* A `Change` concerns one document or one table. A frame's body is the names touched by the frame before it,
  then its own changes; the names let a reader say which documents a lost frame was about.

Byte for byte in `docs/formats/journal.md`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from inspector.errors import RecordMalformedError

Table = dict[str, bytes]
"""Document ids to JSON, in TinyDB's order."""

MAX_NAMES = 64
"""A frame names at most so many documents of the frame before it; more are named by table."""

_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_CHANGE = struct.Struct(">BHHI")
_NAME = struct.Struct(">HH")
_COUNT = struct.Struct(">H")
_ONE_NAME = struct.Struct(">HHH")
_MOST_NAME = 0xFFFF


class Kind(IntEnum):
    """What a change does. The numbers are the format's."""

    PUT = 1
    REMOVE = 2
    MAKE = 3
    """The table is there, at its place or at the end, and empty."""
    DROP = 4
    VALUE = 5
    """The whole entry of a table that is not a mapping of documents; TinyDB itself never writes one."""


_KINDS = {int(kind): kind for kind in Kind}


class Change(NamedTuple):
    """One step from a state to the next."""

    kind: Kind
    table: str
    document: str = ""
    text: bytes = b""


class Name(NamedTuple):
    """A document that a change touches; an empty document means the whole table."""

    table: str
    document: str


EVERYTHING = Name("", "")
"""Stands for more tables than can be named."""


def to_text(value: object) -> bytes:
    """A value as it is stored.

    Raises:
        TypeError, ValueError: JSON has no form for it (as with `tinydb.JSONStorage`).
    """
    # Lone surrogates are no UTF-8, but JSONStorage keeps them, so this does too.
    return _encoder.encode(value).encode("utf-8", "surrogatepass")


def from_text(text: bytes) -> Any:
    """A fresh copy of a stored value."""
    return json.loads(text)


def _size(document: str) -> int:
    """What a document takes besides its text, about."""
    return len(document) + _CHANGE.size


class State:
    """Tables of documents, in TinyDB's order.

    Attributes:
        tables: table name to documents (or to the bytes of a value); None before the first write.
        live: bytes that a journal of just this state would about need.
    """

    def __init__(self) -> None:
        self.tables: dict[str, Table | bytes] | None = None
        self.live = 0

    def apply(self, changes: Iterable[Change]) -> None:
        """Take over changes that are committed."""
        tables = self.tables = {} if self.tables is None else self.tables
        for kind, table, document, text in changes:
            if kind is Kind.PUT:
                documents = self._documents(tables, table)
                before = documents.get(document)
                self.live += len(text) - len(before) if before is not None else len(text) + _size(document)
                documents[document] = text
            elif kind is Kind.REMOVE:
                documents = self._documents(tables, table)
                if (removed := documents.pop(document, None)) is not None:
                    self.live -= len(removed) + _size(document)
            else:
                self._replace_table(tables, kind, table, text)

    def changes(self) -> tuple[Change, ...]:
        """What leads from nothing to this state."""
        found: list[Change] = []
        for table, entry in (self.tables or {}).items():
            if isinstance(entry, bytes):
                found.append(Change(Kind.VALUE, table, text=entry))
                continue
            if not entry:
                found.append(Change(Kind.MAKE, table))
            found.extend(Change(Kind.PUT, table, document, text) for document, text in entry.items())
        return tuple(found)

    def copy(self) -> dict[str, Any] | None:
        """The state as TinyDB's storages return it, every value a fresh copy."""
        if self.tables is None:
            return None
        return {
            table: from_text(entry)
            if isinstance(entry, bytes)
            else {document: from_text(text) for document, text in entry.items()}
            for table, entry in self.tables.items()
        }

    @staticmethod
    def _documents(tables: dict[str, Table | bytes], name: str) -> Table:
        entry = tables.get(name)
        if isinstance(entry, dict):
            return entry
        documents = tables[name] = {}
        return documents

    def _replace_table(self, tables: dict[str, Table | bytes], kind: Kind, name: str, text: bytes) -> None:
        before = tables.get(name)
        if isinstance(before, dict):
            self.live -= sum(_size(document) + len(old) for document, old in before.items())
        elif before is not None:
            self.live -= len(before)
        if kind == Kind.DROP:
            tables.pop(name, None)
        else:
            tables[name] = text if kind == Kind.VALUE else {}
            self.live += len(text)

    def successor(self, changes: Iterable[Change]) -> State:
        """A state of its own with these changes; the documents' bytes are shared."""
        successor = State()
        if self.tables is not None:
            successor.tables = {
                name: entry if isinstance(entry, bytes) else dict(entry)
                for name, entry in self.tables.items()
            }
        successor.live = self.live
        successor.apply(changes)
        return successor


def difference(state: State, data: Mapping[Any, Any]) -> tuple[Change, ...]:
    """The changes that turn `state` into what a `tinydb.Storage` was asked to write; none if it is the same.

    Raises:
        TypeError, ValueError: JSON has no form for a value or a key.
    """
    wanted = {_key(name): _entry(entry) for name, entry in data.items()}
    held = state.tables or {}
    changes: list[Change] = []
    if not _keeps_order(held, wanted):
        changes = [Change(Kind.DROP, name) for name in held]
        held = {}
    changes += [Change(Kind.DROP, name) for name in held if name not in wanted]
    for name, entry in wanted.items():
        changes += _table_difference(name, held.get(name), entry)
    return tuple(changes)


def _key(key: object) -> str:
    if isinstance(key, str):
        return key
    # The encoder knows how JSON writes other keys, and which ones it refuses.
    (text,) = json.loads(_encoder.encode({key: None}))
    return str(text)


def _entry(entry: object) -> Table | bytes:
    if isinstance(entry, Mapping):
        return {_key(document): to_text(value) for document, value in entry.items()}
    return to_text(entry)


def _keeps_order(held: Iterable[str], wanted: Mapping[str, object]) -> bool:
    """Whether changing, dropping and adding at the end leads to the wanted order."""
    kept = [name for name in held if name in wanted]
    return kept == list(wanted)[: len(kept)]


def _table_difference(name: str, held: Table | bytes | None, wanted: Table | bytes) -> list[Change]:
    if isinstance(wanted, bytes):
        return [] if held == wanted else [Change(Kind.VALUE, name, text=wanted)]
    if not isinstance(held, dict):
        return [Change(Kind.MAKE, name), *_puts(name, {}, wanted)]
    if not _keeps_order(held, wanted):
        return [Change(Kind.MAKE, name), *_puts(name, {}, wanted)]
    removed = [Change(Kind.REMOVE, name, document) for document in held if document not in wanted]
    return [*removed, *_puts(name, held, wanted)]


def _puts(name: str, held: Table, wanted: Table) -> list[Change]:
    return [Change(Kind.PUT, name, key, text) for key, text in wanted.items() if held.get(key) != text]


def touched(changes: Sequence[Change]) -> tuple[Name, ...]:
    """What the changes are about: documents; where they are many, tables; at the worst `EVERYTHING`."""
    names = dict.fromkeys([Name(change.table, change.document) for change in changes])
    if len(names) > MAX_NAMES:
        names = dict.fromkeys([Name(name.table, "") for name in names])
    return tuple(names) if len(names) <= MAX_NAMES else (EVERYTHING,)


def to_names(names: Sequence[Name]) -> bytes:
    """The first part of a body: what the frame before it touched."""
    parts = [_COUNT.pack(len(names))]
    for name in names:
        table, document = _bytes(name.table), _bytes(name.document)
        parts += (_NAME.pack(len(table), len(document)), table, document)
    return b"".join(parts)


def to_body(names: bytes, changes: Sequence[Change]) -> tuple[bytes, bytes]:
    """A frame's body of `names` and `changes`, and the names with which the next body has to begin.

    Raises:
        ValueError: a table's or document's name is longer than 65 535 bytes.
    """
    parts = [names]
    table = document = b""
    for kind, table_name, document_name, text in changes:
        table = table_name.encode("utf-8", "surrogatepass")
        document = document_name.encode("utf-8", "surrogatepass")
        if len(table) > _MOST_NAME or len(document) > _MOST_NAME:
            raise ValueError(f"the name of a table or document is longer than {_MOST_NAME} bytes")
        parts += (_CHANGE.pack(kind, len(table), len(document), len(text)), table, document, text)
    if len(changes) != 1:
        return b"".join(parts), to_names(touched(changes))
    # A tap: its one name is at hand.
    return b"".join(parts), _ONE_NAME.pack(1, len(table), len(document)) + table + document


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")


def from_body(body: bytes) -> tuple[tuple[Name, ...], tuple[Change, ...]]:
    """The names and the changes of a frame's body.

    Raises:
        RecordMalformedError: it does not follow the format.
    """
    try:
        return _parsed(body)
    except (struct.error, KeyError, ValueError) as error:
        raise RecordMalformedError(reason="日志帧的内容不合格式") from error


def _parsed(body: bytes) -> tuple[tuple[Name, ...], tuple[Change, ...]]:
    (count,) = _COUNT.unpack_from(body)
    at = _COUNT.size
    unpack, size = _CHANGE.unpack_from, _CHANGE.size
    names: list[Name] = []
    for _ in range(count):
        of_table, of_document = _NAME.unpack_from(body, at)
        middle = at + _NAME.size + of_table
        names.append(Name(_text(body, at + _NAME.size, middle), _text(body, middle, middle + of_document)))
        at = middle + of_document
    changes: list[Change] = []
    while at < len(body):
        kind, of_table, of_document, of_text = unpack(body, at)
        table_end = at + size + of_table
        document_end = table_end + of_document
        table, document = body[at + size : table_end], body[table_end:document_end]
        at = document_end + of_text
        text = body[document_end:at]
        changes.append(
            Change(
                _KINDS[kind],
                table.decode("utf-8", "surrogatepass"),
                document.decode("utf-8", "surrogatepass"),
                text,
            )
        )
    if at != len(body):
        raise ValueError("the last change is cut short")
    return tuple(names), tuple(changes)


def _text(body: bytes, start: int, end: int) -> str:
    return body[start:end].decode("utf-8", "surrogatepass")
