"""The strict reading of one JSON object from the wire: a closed list of names, exact types, bounded numbers.

`domain/fields.py` reads records, which were authenticated before; here everything has a bound, because the
sender may be anybody.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inspector.domain.identifiers import NAME_CAP, check_entry
from inspector.errors import MessageMalformedError, TextControlError

MAX_INTEGER = 2**53 - 1

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,127}")


@dataclass(frozen=True, slots=True)
class MessageFields:
    """One object of a message, with exactly the names that it may have.

    Attributes:
        values: the object as parsed.
        where: what it is, for the error's sentence.
    """

    values: Mapping[str, object]
    where: str

    @classmethod
    def of(cls, value: object, where: str, names: str, optional: str = "") -> MessageFields:
        """`value` as an object that has all of `names`, perhaps some of `optional`, and nothing else.

        Raises:
            MessageMalformedError: it is no object, lacks a name or has one too many.
        """
        if not isinstance(value, Mapping):
            raise MessageMalformedError(reason=f"{where}应为对象")
        needed, allowed = set(names.split()), set(names.split()) | set(optional.split())
        missing, surplus = sorted(needed - set(value)), set(value) - allowed
        if missing:
            raise MessageMalformedError(reason=f"{where}缺少 {missing[0]}")
        if surplus:
            raise MessageMalformedError(reason=f"{where}有 {len(surplus)} 个不认识的字段")
        return cls(value, where)

    @classmethod
    def loosely(cls, value: object, where: str, names: str) -> MessageFields:
        """`value` as an object that has all of `names`; others are passed over.

        For unsigned answers only, so that a newer server can say more than an older client understands.

        Raises:
            MessageMalformedError: it is no object or lacks a name.
        """
        if not isinstance(value, Mapping):
            raise MessageMalformedError(reason=f"{where}应为对象")
        return cls.of({name: value[name] for name in names.split() if name in value}, where, names)

    def text(self, name: str, *, most: int = 4096) -> str:
        """A text of at most `most` characters; empty is allowed."""
        value = self.values[name]
        if not isinstance(value, str) or len(value) > most:
            raise self.wrong(name)
        return value

    def title(self, name: str) -> str:
        """A name that people read, on one line: nothing in it that `check_entry` refuses."""
        value = self.text(name, most=NAME_CAP)
        try:
            return check_entry(value, field=self.where)
        except TextControlError as error:
            raise self.wrong(name) from error

    def name(self, name: str) -> str:
        """An identifier: letters, digits, dots, dashes and underscores, 1 to 128 of them."""
        value = self.text(name)
        if not _NAME.fullmatch(value):
            raise self.wrong(name)
        return value

    def sha256(self, name: str) -> str:
        """A lower-case hexadecimal SHA-256."""
        return self._sha256(name, self.values[name])

    def sha256_list(self, name: str, *, most: int) -> tuple[str, ...]:
        """At most `most` hashes."""
        return tuple(self._sha256(name, value) for value in self.listing(name, most=most))

    def number(self, name: str, *, least: int = 0, most: int = MAX_INTEGER) -> int:
        """An integer within bounds; a boolean is none."""
        value = self.values[name]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(name)
        return value

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self.values[name]
        if not isinstance(value, bool):
            raise self.wrong(name)
        return value

    def octets(self, name: str) -> bytes:
        """Bytes written in standard, padded base64."""
        return self._octets(name, self.values[name])

    def octets_list(self, name: str, *, most: int) -> tuple[bytes, ...]:
        """At most `most` byte strings."""
        return tuple(self._octets(name, value) for value in self.listing(name, most=most))

    def listing(self, name: str, *, most: int) -> Sequence[object]:
        """An array of at most `most` elements."""
        value = self.values[name]
        if not isinstance(value, list | tuple) or len(value) > most:
            raise self.wrong(name)
        return value

    def has(self, name: str) -> bool:
        """Whether an optional name, or one that may be null, carries a value."""
        return self.values.get(name) is not None

    def wrong(self, name: str) -> MessageMalformedError:
        """The error for a value that `name` must not have."""
        return MessageMalformedError(reason=f"{self.where}的 {name} 不对")

    def _sha256(self, name: str, value: object) -> str:
        if not isinstance(value, str) or not _SHA256.fullmatch(value):
            raise self.wrong(name)
        return value

    def _octets(self, name: str, value: object) -> bytes:
        if not isinstance(value, str):
            raise self.wrong(name)
        try:
            data = b64decode(value.encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError) as error:
            raise self.wrong(name) from error
        if b64encode(data).decode("ascii") != value:
            raise self.wrong(name)
        return data
