"""Strict reading of one JSON object of a record: fields are asked for by name and kind, nothing is left over.

    with Fields(value, "finding") as field:
        facts = field.text("facts")

Leaving the block refuses fields that nobody asked for: an unknown field can neither be lost nor slip through.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from types import TracebackType
from typing import TypeVar

from inspector.errors import RecordMalformedError, RecordTooNewError

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class Fields:
    """One JSON object under strict reading.

    Args:
        value: what the JSON reader returned.
        place: what the object is, for the error message.

    Raises:
        RecordMalformedError: it is no object; later, a field is missing, of the wrong kind, or unknown.
    """

    def __init__(self, value: object, place: str) -> None:
        if not isinstance(value, dict):
            raise RecordMalformedError(reason=f"{place} 应为对象")
        self._value = value
        self._place = place
        self._asked: set[str] = set()

    def __enter__(self) -> Fields:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        unknown = sorted(str(name) for name in set(self._value) - self._asked)
        if error is None and unknown:
            raise RecordMalformedError(reason=f"{self._place} 有不认识的字段 {'、'.join(unknown)}")

    def text(self, name: str) -> str:
        """A string."""
        return self._of(name, str)

    def optional_text(self, name: str) -> str | None:
        """A string or null."""
        return None if self.raw(name) is None else self._of(name, str)

    def integer(self, name: str) -> int:
        """An integer; a boolean is none."""
        return self._of(name, int)

    def optional_integer(self, name: str) -> int | None:
        """An integer or null."""
        return None if self.raw(name) is None else self._of(name, int)

    def boolean(self, name: str) -> bool:
        """True or false."""
        return self._of(name, bool)

    def one_of(self, name: str, kind: type[E]) -> E:
        """One of a closed set of words."""
        word = self.text(name)
        try:
            return kind(word)
        except ValueError as problem:
            raise self._wrong(name, f"不应为“{word[:40]}”") from problem

    def version(self, newest: int) -> int:
        """The format's version `v`, at most `newest`.

        Raises:
            RecordTooNewError: a later program wrote it.
        """
        number = self.integer("v")
        if number > newest:
            raise RecordTooNewError(version=number)
        if number < 1:
            raise self._wrong("v", "应为正整数")
        return number

    def raw(self, name: str) -> object:
        """Whatever is there.

        Raises:
            RecordMalformedError: nothing is there.
        """
        self._asked.add(name)
        if name not in self._value:
            raise RecordMalformedError(reason=f"{self._place} 缺少字段 {name}")
        value: object = self._value[name]
        return value

    def listing(self, name: str, read: Callable[[object], T]) -> tuple[T, ...]:
        """A list, each of whose members `read` understands."""
        values: list[object] = self._of(name, list)
        return tuple(read(value) for value in values)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings."""
        values: list[object] = self._of(name, list)
        texts = tuple(value for value in values if isinstance(value, str))
        if len(texts) != len(values):
            raise self._wrong(name, "应为文字列表")
        return texts

    def later(self, name: str) -> object:
        """Whatever is there, or None where an earlier program wrote nothing."""
        self._asked.add(name)
        value: object = self._value.get(name)
        return value

    def later_texts(self, name: str) -> tuple[str, ...]:
        """A list of strings that earlier programs did not write; none where it is missing."""
        self._asked.add(name)
        return self.texts(name) if name in self._value else ()

    def later_words(self, name: str, kind: type[E]) -> tuple[E, ...]:
        """As `later_texts`, each one of a closed set of words."""
        words = self.later_texts(name)
        known = {word.value: word for word in kind}
        unknown = next((word for word in words if word not in known), None)
        if unknown is not None:
            raise self._wrong(name, f"不应有“{unknown[:40]}”")
        return tuple(known[word] for word in words)

    def optional(self, name: str, read: Callable[[object], T]) -> T | None:
        """What `read` makes of it, or None for null."""
        value = self.raw(name)
        return None if value is None else read(value)

    def _of(self, name: str, kind: type[T]) -> T:
        value = self.raw(name)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self._wrong(name, "类型不对")
        return value

    def _wrong(self, name: str, what: str) -> RecordMalformedError:
        return RecordMalformedError(reason=f"{self._place} 的字段 {name} {what}")
