"""How a recorded value is read, and what may be recorded for what somebody typed or chose."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import assert_never

from inspector.domain.checklist import Item, ItemKind
from inspector.domain.decimals import decimal_of, decimal_places
from inspector.domain.identifiers import check_entry
from inspector.errors import AnswerNotAcceptedError, NumberMalformedError

MAX_TEXT = 2000
"""Characters that a text answer may have."""


def accepted_value(item: Item, text: str) -> str:
    """The value to record for what was typed or chosen, exactly as it will be signed.

    Raises:
        AnswerNotAcceptedError: it is not a value of this item: malformed, too precise, beyond what can be
            true, not among the choices, no date, empty.
        TextTooLongError: a text of more than `MAX_TEXT` characters.
        TextControlError: a text with control or invisible characters.
    """
    check_entry(text, field=item.ask, cap=MAX_TEXT, multiline=item.kind is ItemKind.TEXT)
    reason = _reason_against(item, text)
    if reason:
        raise AnswerNotAcceptedError(reason=reason)
    return text


def has_readable_value(item: Item, value: str | None) -> bool:
    """Whether the value is of the item's kind; whether it is plausible was asked when it was entered."""
    text = value or ""
    match item.kind:
        case ItemKind.MEASURE:
            return decimal_in(text) is not None
        case ItemKind.CHOICE:
            return item.choice(text) is not None
        case ItemKind.DATE:
            return day_in(text) is not None
        case ItemKind.TEXT | ItemKind.PASS_FAIL | ItemKind.PHOTO:
            return bool(text.strip())
    assert_never(item.kind)


def decimal_in(text: str) -> Decimal | None:
    """The number that a text is, or None."""
    try:
        return decimal_of(text)
    except NumberMalformedError:
        return None


def day_in(text: str) -> date | None:
    """A day written `YYYY-MM-DD`, or None; the other ISO forms that Python reads would not print alike."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def _reason_against(item: Item, text: str) -> str:
    match item.kind:
        case ItemKind.MEASURE:
            return _reason_against_measure(item, text)
        case ItemKind.CHOICE:
            return "" if item.choice(text) else "不在可选项之内"
        case ItemKind.DATE:
            return "" if day_in(text) else "日期应写成 2026-11-24 这样"
        case ItemKind.TEXT:
            return "" if text.strip() else "内容为空"
        case ItemKind.PASS_FAIL | ItemKind.PHOTO:
            return "这一项不填数值"
    assert_never(item.kind)


def _reason_against_measure(item: Item, text: str) -> str:
    scale, value = item.scale, decimal_in(text)
    if scale is None or value is None:
        return "应是普通数字，例如 0.85"
    if decimal_places(text) > scale.decimals:
        return f"最多 {scale.decimals} 位小数" if scale.decimals else "应是整数"
    if scale.holds(value):
        return ""
    return f"应在 {scale.lowest} 到 {scale.highest} {scale.unit}之间，请重新测量"
