"""Names and numbers: record ids, credit codes, text typed by people, document numbers.

* Text is kept exactly as typed: normalising would change rare names. `search_form` serves searching only.
* A credit code that looks wrong is a warning, never a refusal: old certificates and sole traders exist.
* Time and randomness are passed in.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import chain
from string import Formatter

from inspector.errors import (
    IdentifierMalformedError,
    NumberTemplateError,
    TextControlError,
    TextTooLongError,
)

NAME_CAP = 200
"""Code points allowed in a name, a title, an address."""

FACTS_CAP = 4_000
"""Code points allowed in a description of facts or a requirement."""

_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_PUBLIC_ID = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_UUID7_RANDOM_BYTES = 10
_PUBLIC_ID_BYTES = 16
_LATEST_MS = (1 << 48) - 1

# --- Identifiers --------------------------------------------------------------------------------


def uuid7(*, at_ms: int, random: bytes) -> str:
    """A UUIDv7 in canonical lower case (RFC 9562 §5.7).

    Args:
        at_ms: milliseconds since the Unix epoch, below 2⁴⁸.
        random: 10 random bytes; 74 of their bits are used.

    Raises:
        ValueError: the caller passed another number of bytes or a time out of range.
    """
    if len(random) != _UUID7_RANDOM_BYTES or not 0 <= at_ms <= _LATEST_MS:
        raise ValueError("uuid7 takes 10 random bytes and a time of 48 bits")
    bits = int.from_bytes(random)
    value = at_ms << 80 | 0x7 << 76 | (bits >> 62 & 0xFFF) << 64 | 0b10 << 62 | bits & (1 << 62) - 1
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def check_uuid7(text: str) -> str:
    """`text` itself when it is a UUIDv7 in its one canonical spelling.

    Raises:
        IdentifierMalformedError: anything else, upper case and braces included.
    """
    return _checked(_UUID7, text, "记录号")


def public_id(random: bytes) -> str:
    """A notice's public id: 128 random bits as 32 lower-case hexadecimal digits.

    Raises:
        ValueError: the caller passed another number of bytes than 16.
    """
    if len(random) != _PUBLIC_ID_BYTES:
        raise ValueError("a public id takes 16 random bytes")
    return random.hex()


def check_public_id(text: str) -> str:
    """`text` itself when it is a notice's public id.

    Raises:
        IdentifierMalformedError: anything but 32 lower-case hexadecimal digits.
    """
    return _checked(_PUBLIC_ID, text, "公开编号")


def check_sha256(text: str) -> str:
    """`text` itself when it is a SHA-256 digest in lower-case hexadecimal.

    Raises:
        IdentifierMalformedError: anything but 64 lower-case hexadecimal digits.
    """
    return _checked(_SHA256, text, "摘要")


def _checked(pattern: re.Pattern[str], text: str, what: str) -> str:
    if not isinstance(text, str) or pattern.fullmatch(text) is None:
        raise IdentifierMalformedError(what=what)
    return text


# --- Unified social credit code (GB 32100-2015) ---------------------------------------------------

_CREDIT_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_LENGTH = 18
_OLD_REGISTRATION_LENGTH = 15


def doubt_about_credit_code(code: str) -> str | None:
    """Why a 统一社会信用代码 looks wrong, in Chinese; None when it passes or is empty.

    A warning for the eye, never a reason to stop: see GB 32100-2015 for the check digit.
    """
    if not code:
        return None
    if len(code) == _OLD_REGISTRATION_LENGTH and code.isascii() and code.isdigit():
        return "这是 15 位的旧注册号，不是统一社会信用代码；如证照如此，可以继续。"
    if len(code) != _CREDIT_LENGTH:
        return f"统一社会信用代码应为 18 位，现为 {len(code)} 位；请核对证照，确认无误可以继续。"
    strange = next((char for char in code if char not in _CREDIT_DIGITS), None)
    if strange is not None:
        return f"统一社会信用代码中不会出现“{strange}”；请核对证照，确认无误可以继续。"
    if credit_code_check_digit(code[:-1]) != code[-1]:
        return "统一社会信用代码的校验位不符，可能录错一位；请核对证照，确认无误可以继续。"
    return None


def credit_code_check_digit(body: str) -> str:
    """The 18th character that belongs to the first 17 (weights 3^(i-1) mod 31).

    Raises:
        ValueError: `body` is not 17 characters of the code's alphabet.
    """
    if len(body) != _CREDIT_LENGTH - 1:
        raise ValueError("a credit code's body has 17 characters")
    total = sum(_CREDIT_DIGITS.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return _CREDIT_DIGITS[-total % 31]


# --- Text typed by people -------------------------------------------------------------------------

# Characters that show nothing, or change the order of their neighbours, without being of category Cf.
_INVISIBLE = frozenset((0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0x1D159)) | frozenset(
    chain(range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
)
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def check_entry(text: str, *, field: str, cap: int = NAME_CAP, multiline: bool = False) -> str:
    """`text` itself, exactly as typed, when it may enter a record.

    Args:
        text: what was typed or pasted.
        field: the field's name on the screen, for the error sentence.
        cap: the longest allowed, in code points.
        multiline: whether line feeds may occur.

    Raises:
        TextTooLongError: longer than `cap`.
        TextControlError: a bidi, zero-width or control character, a lone surrogate, or a noncharacter.
    """
    if len(text) > cap:
        raise TextTooLongError(field=field, length=len(text), cap=cap)
    for position, char in enumerate(text, start=1):
        if not _is_visible(char) and not (multiline and char == "\n"):
            raise TextControlError(field=field, position=position, code_point=f"U+{ord(char):04X}")
    return text


def escaped(text: str) -> str:
    """`text` with every character that `check_entry` refuses in the escapes of JSON, for a terminal's lines.

    A JSON text written on one line still says the same.
    """
    return "".join(char if _is_visible(char) else _escape(char) for char in text)


def _escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))


def _is_visible(char: str) -> bool:
    code = ord(char)
    if code < 0x7F:
        return code >= 0x20
    is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    if is_noncharacter or code in _INVISIBLE:
        return False
    # Unassigned code points pass: new ideographs are older in people's names than in Unicode tables.
    return unicodedata.category(char) not in _REFUSED_CATEGORIES


def search_form(text: str) -> str:
    """The form under which `text` is searched (NFKC, case folded); never stored in its place."""
    return unicodedata.normalize("NFKC", text).casefold()


# --- Document numbers -----------------------------------------------------------------------------

_SERIAL_SPEC = re.compile(r"(0[1-9])?")


def format_number(template: str, *, year: int, serial: int, **words: str) -> str:
    """A document number such as （样）应急责改〔2026〕1号.

    Args:
        template: holds `{year}`, `{serial}` or `{serial:04}`, and further words such as `{region}`.
        year: four digits.
        serial: from 1.
        words: the template's other fields.

    Raises:
        NumberTemplateError: an unknown or missing field, another format, or brackets other than 〔〕.
    """
    if serial < 1 or not 1000 <= year <= 9999:
        raise NumberTemplateError(reason="年份须为四位，序号从 1 起")
    values = {"year": str(year), **words}
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        raise NumberTemplateError(reason="花括号不成对") from None
    if not {"year", "serial"} <= {name for _, name, _, _ in parts}:
        raise NumberTemplateError(reason="缺少 {year} 或 {serial}")
    text = "".join(
        literal + _filled(name, spec or "", conversion, values, serial)
        for literal, name, spec, conversion in parts
    )
    if "〔" not in text or "〕" not in text or set(text) & set("[]【】［］"):
        raise NumberTemplateError(reason="年份须用六角括号〔〕")
    return text


def _filled(name: str | None, spec: str, conversion: str | None, values: dict[str, str], serial: int) -> str:
    if name is None:
        return ""
    if name == "serial" and _SERIAL_SPEC.fullmatch(spec) and not conversion:
        return format(serial, spec)
    if name not in values or spec or conversion:
        raise NumberTemplateError(reason=f"不认识的字段 {name or '（空）'}")
    return values[name]
