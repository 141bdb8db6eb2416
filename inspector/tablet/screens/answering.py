"""How an item is answered, by its kind: verdict buttons, chips, measures, dates, texts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import flet as ft

from inspector.domain.answer import Answer, ItemKey, Verdict
from inspector.domain.checklist import Item, ItemKind
from inspector.domain.inspection import Inspection
from inspector.domain.rules import verdict_of
from inspector.domain.working_days import CHINA, china_date
from inspector.tablet.screens.basis import limit_words
from inspector.tablet.screens.written import written
from inspector.tablet.walk import Walk
from inspector.tablet.workbench import Workbench
from inspector.ui import theme
from inspector.ui.buttons import secondary_button
from inspector.ui.fields import ALL_VERDICTS, Choice, big_verdict_buttons, choice_chips
from inspector.ui.panels import quiet_text
from inspector.ui.states import state_chip, verdict_mark
from inspector.ui.theme import Tone

_HALF_A_DAY = timedelta(hours=12)
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


def judges_by_hand(item: Item) -> bool:
    """Whether the three verdict buttons are the item's own answer."""
    decided = item.kind is ItemKind.CHOICE or item.limit is not None or item.date_limit is not None
    return item.judged and not decided


def answer_controls(
    walk: Walk,
    name: str,
    key: ItemKey,
    item: Item,
    answer: Answer | None,
    verdict: Verdict | None,
    judge: Callable[[Verdict], object],
) -> list[ft.Control]:
    """The controls that answer an item.

    Args:
        name: prefix of their names.
        verdict: the one to show: tapped, or on the disk.
    """
    controls = _value_controls(walk, name, key, item, answer)
    if judges_by_hand(item):
        allowed = tuple(
            one for one in ALL_VERDICTS if one is not Verdict.NOT_APPLICABLE or item.may_not_apply
        )
        return [*controls, big_verdict_buttons(name, verdict, judge, allowed=allowed)]
    return [*controls, *_aside(name, item, verdict, judge)]


def value_words(item: Item, answer: Answer | None) -> str:
    """The recorded value as it is read."""
    if answer is None or answer.value is None:
        return ""
    chosen = item.choice(answer.value)
    if chosen is not None:
        return chosen.label
    return f"{answer.value} {item.scale.unit}" if item.scale else answer.value


def picked_day(value: datetime) -> date:
    """The day that was picked: the client gives its own midnight, as a moment."""
    moment = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    return (moment + _HALF_A_DAY).date() if value.tzinfo else value.date()


def _value_controls(
    walk: Walk, name: str, key: ItemKey, item: Item, answer: Answer | None
) -> list[ft.Control]:
    value = (answer.value if answer else None) or ""
    match item.kind:
        case ItemKind.MEASURE:
            return [_measure(walk, name, key, item, value), *_limit(walk, item)]
        case ItemKind.DATE:
            return [date_field(walk, name, key, value), *_limit(walk, item)]
        case ItemKind.TEXT:
            return [written(walk, f"{name}-value", "填写", value, _entering(key), lines=2)]
        case ItemKind.CHOICE:
            return [choice_field(walk, name, key, item, value)]
        case ItemKind.PASS_FAIL | ItemKind.PHOTO:
            return []


def _measure(walk: Walk, name: str, key: ItemKey, item: Item, value: str) -> ft.Control:
    scale = item.scale
    unit = scale.unit if scale else ""
    digits = "整数" if scale and not scale.decimals else f"最多 {scale.decimals} 位小数" if scale else ""
    bounds = f"{scale.lowest}–{scale.highest}" if scale else ""
    field = written(
        walk,
        f"{name}-value",
        f"实测值（{unit}；{bounds}，{digits}）",
        value,
        _entering(key),
        keyboard=ft.KeyboardType.NUMBER,
        suffix=unit,
        settles=True,
    )
    return ft.Container(content=field, width=360)


def _limit(walk: Walk, item: Item) -> list[ft.Control]:
    reference, day = walk.now.reference, china_date(walk.inspection.started_ms)
    words = limit_words(item, reference.laws, on=day)
    return [quiet_text(words)] if words else []


@ft.component
def choice_field(walk: Walk, name: str, key: ItemKey, item: Item, value: str) -> ft.Control:
    """Chips of which one is chosen by one tap."""
    tapped, tap = ft.use_state("")

    async def choose(id: str) -> None:
        tap(id)
        await walk.undoable(
            key,
            lambda bench, now: bench.inspections.enter_value(now, key, id),
            lambda undo, now: (
                "已改选，原来的问题记录已收起" if undo.findings[key] and key not in now.findings else ""
            ),
        )
        tap(lambda latest: "" if latest == id else latest)

    choices = [Choice(id=one.id, words=one.label) for one in item.choices]
    return choice_chips(f"{name}-choice", choices, [tapped or value], choose)


@ft.component
def date_field(walk: Walk, name: str, key: ItemKey, value: str) -> ft.Control:
    """A date, typed or picked."""
    picking, pick = ft.use_state(False)

    async def picked(event: ft.Event[ft.DatePicker]) -> None:
        pick(False)
        if isinstance(event.control.value, datetime):
            day = picked_day(event.control.value).isoformat()
            await walk.write(f"{name}-value", day, _entering(key))

    picker = ft.DatePicker(
        value=_noon(value),
        first_date=datetime(_FIRST_YEAR, 1, 1, tzinfo=CHINA),
        last_date=datetime(_LAST_YEAR, 12, 31, tzinfo=CHINA),
        current_date=china_date(walk.session.now_ms()),
        help_text="选择日期",
        on_change=picked,
        on_dismiss=lambda _event: pick(False),
    )
    ft.use_dialog(picker if picking else None)
    field = written(
        walk,
        f"{name}-value",
        "日期（如 2026-11-24）",
        value,
        _entering(key),
        keyboard=ft.KeyboardType.DATETIME,
        settles=True,
    )
    open_picker = secondary_button(
        f"{name}-pick", "选日期", lambda: pick(True), icon=ft.Icons.CALENDAR_MONTH_OUTLINED
    )
    return ft.Row(
        controls=[ft.Container(content=field, width=280), open_picker],
        spacing=theme.UNIT * 2,
        run_spacing=theme.UNIT,
        wrap=True,
        vertical_alignment=ft.CrossAxisAlignment.END,
    )


def _aside(
    name: str, item: Item, verdict: Verdict | None, judge: Callable[[Verdict], object]
) -> list[ft.Control]:
    """The verdict that follows from the value, and the two that only a person can say."""
    ways: list[ft.Control] = []
    if verdict is not None:
        ways.append(state_chip(verdict_mark(verdict)))
    if item.judged and verdict is not Verdict.FAIL:
        ways.append(
            secondary_button(
                f"{name}-fail", "判为不合格", lambda: judge(Verdict.FAIL), icon=ft.Icons.CLOSE, tone=Tone.BAD
            )
        )
    if item.may_not_apply and verdict is not Verdict.NOT_APPLICABLE:
        ways.append(
            secondary_button(
                f"{name}-not-applicable",
                "不适用",
                lambda: judge(Verdict.NOT_APPLICABLE),
                icon=ft.Icons.REMOVE,
                tone=Tone.IDLE,
            )
        )
    return [ft.Row(controls=ways, spacing=theme.UNIT, run_spacing=theme.UNIT, wrap=True)] if ways else []


def shown_verdict(item: Item, answer: Answer | None, tapped: Verdict | None) -> Verdict | None:
    """The verdict to show: the one that was just tapped, else the one that counts."""
    return tapped or verdict_of(item, answer)


def _entering(key: ItemKey) -> Callable[[Workbench, Inspection, str], Inspection]:
    return lambda bench, now, text: bench.inspections.enter_value(now, key, text)


def _noon(value: str) -> datetime | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, 12, tzinfo=CHINA)
