"""The one strict reader and the one canonical writer of JSON.

* Read: UTF-8 without byte-order mark or lone surrogates, no duplicate names, no fractions or exponents,
  integers within ±(2^53 - 1), bounded size, depth and number of values.
* Written: RFC 8785 for the float-free subset, used where two sides compute a digest for themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import NoReturn, TypeAlias

from inspector.errors import MessageMalformedError

JsonValue: TypeAlias = bool | int | str | list["JsonValue"] | dict[str, "JsonValue"] | None

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 32
MAX_MARKS = 500_000
"""Ceiling on commas and opening brackets: eight megabytes of `[],` would cost 250 MB once parsed."""

MAX_INTEGER = 2**53 - 1

_STRING_OR_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_INTEGER_DIGITS = 17


def parse(data: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> JsonValue:
    """The value written in `data`.

    Raises:
        MessageMalformedError: any breach of the rules at the top of this module.
    """
    text = _text(data, max_bytes)
    _check_depth(text, max_depth)
    try:
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        raise MessageMalformedError(reason="不是合格的 JSON") from error
    if "\\u" in text and _SURROGATE_ESCAPE.search(text):
        _check_surrogates(value)
    return value


def parse_object(
    data: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH
) -> dict[str, JsonValue]:
    """As `parse`, for data that must be an object.

    Raises:
        MessageMalformedError: as `parse`, or the outermost value is not an object.
    """
    value = parse(data, max_bytes=max_bytes, max_depth=max_depth)
    if not isinstance(value, dict):
        raise MessageMalformedError(reason="最外层应为对象")
    return value


def canonical(value: object) -> bytes:
    """The canonical UTF-8 bytes of `value` (RFC 8785 without fractions); tuples are written as arrays.

    Raises:
        TypeError: a value that this subset does not have; the caller is wrong.
        ValueError: an integer beyond ±(2^53 - 1) or a lone surrogate; the caller is wrong.
    """
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _text(data: bytes, max_bytes: int) -> str:
    if len(data) > max_bytes:
        raise MessageMalformedError(reason=f"超过 {max_bytes} 字节")
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MAX_MARKS:
        raise MessageMalformedError(reason="项目过多")
    if data.startswith(b"\xef\xbb\xbf"):
        raise MessageMalformedError(reason="带有字节顺序标记")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MessageMalformedError(reason="不是 UTF-8 文本") from error


def _check_depth(text: str, max_depth: int) -> None:
    if text.count("[") + text.count("{") <= max_depth:
        return  # nothing nests deeper than it opens; envelopes are long texts with a few brackets
    # Depth needs that many brackets: an envelope around a long payload has three, and is not scanned again.
    if text.count("[") + text.count("{") <= max_depth:
        return
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        mark = match.group()[0]
        if mark in "[{":
            depth += 1
            if depth > max_depth:
                raise MessageMalformedError(reason=f"嵌套超过 {max_depth} 层")
        elif mark in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise MessageMalformedError(reason="有重复的名称")
    return value


def _refuse_number(_text: str) -> NoReturn:
    raise MessageMalformedError(reason="数值只能是整数")


def _integer(text: str) -> int:
    if len(text) > _INTEGER_DIGITS or text == "-0" or abs(int(text)) > MAX_INTEGER:
        raise MessageMalformedError(reason="整数超出范围")
    return int(text)


def _check_surrogates(value: JsonValue) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise MessageMalformedError(reason="含有不成对的代理字符") from error


def _ordered(value: object) -> object:
    match value:
        case None | bool() | str():
            return value
        case int():
            if abs(value) > MAX_INTEGER:
                raise ValueError("integer beyond 2^53 - 1")
            return value
        case Mapping():
            # RFC 8785 §3.2.3 sorts by UTF-16 code units, which differs from code points above U+FFFF.
            names = sorted(value, key=_utf16)
            return {name: _ordered(value[name]) for name in names}
        case Sequence() if not isinstance(value, bytes | bytearray | memoryview):
            return [_ordered(element) for element in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form")


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-be")
