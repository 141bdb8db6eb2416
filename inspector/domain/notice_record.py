"""A notice as a record of plain JSON types, and back.

* Names and order of the fields follow the dataclasses of `inspector.domain.notice`; all of them are present,
  but for those of `_LATER`, which are left out where they say nothing.
* No floats. Dates are `2026-12-08`, times are whole milliseconds since the Unix epoch.
* A value that can be of two classes carries the class's word under `is`.
* Reading is strict: a missing, surplus or mistyped field is refused,
  and so is a notice that its own rules refuse.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import TypeVar, Union, get_args, get_origin, get_type_hints

from inspector.domain.notice import Notice, Refused, Signed
from inspector.domain.notice_details import (
    Extension,
    MeasuresDecision,
    ReinspectedFinding,
    Reinspection,
    Transfer,
)
from inspector.domain.service import ServiceReceipt
from inspector.errors import RecordMalformedError, RecordTooNewError

FORMAT = 1
T = TypeVar("T")
_LARGEST = (1 << 53) - 1
_WORDS: dict[type, str] = {
    Signed: "signed",
    Refused: "refused",
    MeasuresDecision: "measures",
    Reinspection: "reinspection",
    ServiceReceipt: "service",
    Extension: "extension",
    Transfer: "transfer",
}
_LATER: dict[Hashable, frozenset[str]] = {ReinspectedFinding: frozenset({"extended"})}
"""Fields that papers of earlier programs do not have: what says nothing in them keeps its bytes."""
_CLASSES: dict[str, type] = {word: kind for kind, word in _WORDS.items()}


def to_record(notice: Notice) -> dict[str, object]:
    """The notice in plain JSON types, without floats."""
    plain = _plain(notice)
    assert isinstance(plain, dict)  # noqa: S101  the plain form of a dataclass
    return {"format": FORMAT, **plain}


def from_record(record: object) -> Notice:
    """The notice of a record.

    Raises:
        RecordTooNewError: written by a later format.
        RecordMalformedError: a field is missing, surplus or mistyped.
        RefusalError, IdentifierMalformedError: the notice's own rules refuse its content.
    """
    if not isinstance(record, Mapping):
        raise RecordMalformedError(reason="文书记录应为对象")
    version = record.get("format")
    if type(version) is not int or version < FORMAT:
        raise RecordMalformedError(reason="文书记录缺少 format")
    if version > FORMAT:
        raise RecordTooNewError(version=version)
    body = {name: value for name, value in record.items() if name != "format"}
    return _read_object(body, Notice, "notice")


def canonical(notice: Notice) -> bytes:
    """The one spelling of a notice's record: JSON with sorted names and no spaces, in UTF-8."""
    return json.dumps(to_record(notice), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _plain(value: object) -> object:
    if type(value) in (str, int, bool, NoneType):
        return value
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        if value and type(value[0]) is int:  # the points of strokes, hundreds of them
            return list(value)
        return [_plain(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        later = _LATER.get(value.__class__, frozenset())
        said = {name: getattr(value, name) for name in _names(value.__class__)}
        body = {name: _plain(one) for name, one in said.items() if one is not None or name not in later}
        word = _WORDS.get(type(value))
        return {"is": word, **body} if word else body
    return value


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))  # type: ignore[arg-type]  # a dataclass


@cache
def _hints(kind: Hashable) -> Mapping[str, object]:
    return get_type_hints(kind)


def _read_object(value: object, kind: Callable[..., T], where: str) -> T:
    hints = _hints(kind)
    silent = {
        name for name in _LATER.get(kind, frozenset()) if isinstance(value, Mapping) and name not in value
    }
    if not isinstance(value, Mapping) or set(value) != set(hints) - silent:
        raise RecordMalformedError(reason=f"{where} 的字段缺少或多余")
    if any(value[name] is None for name in _LATER.get(kind, frozenset()) - silent):
        raise RecordMalformedError(reason=f"{where} 的字段应略去")
    return kind(**{name: _read(value[name], hints[name], f"{where}.{name}") for name in value})


def _read(value: object, hint: object, where: str) -> object:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _read_choice(value, parts, where)
    if origin is tuple:
        return _read_tuple(value, parts, where)
    if isinstance(hint, type) and is_dataclass(hint):
        return _read_object(value, hint, where)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _read_word(value, hint, where)
    if hint is date:
        return _read_date(value, where)
    if type(value) is not hint or (isinstance(value, int) and abs(value) > _LARGEST):
        raise RecordMalformedError(reason=f"{where} 的类型不对")
    return value


def _read_choice(value: object, parts: tuple[object, ...], where: str) -> object:
    if value is None and NoneType in parts:
        return None
    choices = [part for part in parts if part is not NoneType]
    if len(choices) == 1:
        return _read(value, choices[0], where)
    word = value.get("is") if isinstance(value, Mapping) else None
    kind = _CLASSES.get(word) if isinstance(word, str) else None
    if not isinstance(value, Mapping) or kind not in choices:
        raise RecordMalformedError(reason=f"{where}.is 不认识")
    return _read({name: part for name, part in value.items() if name != "is"}, kind, where)


def _read_tuple(value: object, parts: tuple[object, ...], where: str) -> tuple[object, ...]:
    if not isinstance(value, list | tuple):
        raise RecordMalformedError(reason=f"{where} 应为数组")
    if parts[-1] is Ellipsis:
        return tuple(_read(part, parts[0], f"{where}[{place}]") for place, part in enumerate(value))
    if len(value) != len(parts):
        raise RecordMalformedError(reason=f"{where} 的长度不对")
    return tuple(_read(part, hint, where) for part, hint in zip(value, parts, strict=True))


def _read_word(value: object, kind: type[StrEnum], where: str) -> StrEnum:
    try:
        return kind(value) if isinstance(value, str) else kind("")
    except ValueError:
        raise RecordMalformedError(reason=f"{where} 的取值不认识") from None


def _read_date(value: object, where: str) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise RecordMalformedError(reason=f"{where} 应为 2026-12-08 形式的日期")
    return day
