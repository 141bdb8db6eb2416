"""What narrows the inbox: offered in a panel, shown as chips that a tap removes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import flet as ft

from inspector.console.inbox_query import InboxQuery, day_of
from inspector.domain.checklist import Domain, Severity
from inspector.ui import theme, words
from inspector.ui.buttons import quiet_button, secondary_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.panels import card, quiet_text

Go = Callable[[InboxQuery], None]
_BAD_DAY = "请写成 2026-11-23 的样子"


@ft.component
def Filters(query: InboxQuery, go: Go, devices: Sequence[Choice]) -> ft.Control:
    """The panel."""
    text, set_text = ft.use_state(query.text)
    first, set_first = ft.use_state(str(query.first or ""))
    last, set_last = ft.use_state(str(query.last or ""))
    bad = [bool(day.strip()) and day_of(day) is None for day in (first, last)]

    def apply() -> None:
        if not any(bad):
            go(query.turned(text=text.strip(), first=day_of(first), last=day_of(last)))

    fields = ft.Row(
        controls=[
            text_field(
                "console.inbox.text",
                "单位或检查人员",
                text,
                set_text,
                hint="名称的一部分",
                on_submit=apply,
                expand=True,
            ),
            _day("console.inbox.from", "封存日期从", first, set_first, bad[0], apply),
            _day("console.inbox.to", "到", last, set_last, bad[1], apply),
            secondary_button("console.inbox.apply", "查找", apply, icon=ft.Icons.SEARCH, disabled=any(bad)),
        ],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.END,
    )
    return card([fields, *_chosen_by_tap(query, go, devices)])


def _chosen_by_tap(query: InboxQuery, go: Go, devices: Sequence[Choice]) -> list[ft.Control]:
    """What is chosen by a tap: the field, how grave, which tablet."""
    domains = [Choice(id=one.value, words=one.chinese) for one in Domain]
    severities = [Choice(id=one.value, words=one.chinese) for one in Severity]
    rows = [
        _choices(
            "领域", "console.inbox.domain", domains, query.domain, lambda id: _toggle_domain(query, go, id)
        ),
        _choices(
            "最重问题",
            "console.inbox.severity",
            severities,
            query.severity,
            lambda id: _toggle_severity(query, go, id),
        ),
    ]
    if devices:
        rows.append(
            _choices(
                "平板",
                "console.inbox.device",
                devices,
                query.device,
                lambda id: _toggle_device(query, go, id),
            )
        )
    return rows


def chips_row(query: InboxQuery, go: Go, devices: Sequence[Choice]) -> list[ft.Control]:
    """Everything that narrows the list now; a tap takes it away."""
    chips = [
        secondary_button(
            f"console.inbox.drop.{name}", words_, _dropper(query, go, changes), icon=ft.Icons.CLOSE
        )
        for name, words_, changes in _active(query, devices)
    ]
    if not chips:
        return []
    clear = quiet_button("console.inbox.drop.all", "全部清除", lambda: go(InboxQuery(state=query.state)))
    return [
        ft.Row(
            controls=[quiet_text("筛选条件："), *chips, clear],
            wrap=True,
            spacing=theme.UNIT,
            run_spacing=theme.UNIT,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )
    ]


def _active(query: InboxQuery, devices: Sequence[Choice]) -> list[tuple[str, str, dict[str, object]]]:
    names = {one.id: one.words for one in devices}
    found: list[tuple[str, str, dict[str, object]]] = []
    if query.text:
        found.append(("text", f"名称含“{query.text}”", {"text": ""}))
    if query.domain:
        found.append(("domain", f"领域：{query.domain.chinese}", {"domain": None}))
    if query.severity:
        found.append(("severity", f"最重问题：{query.severity.chinese}", {"severity": None}))
    if query.device:
        found.append(("device", f"平板：{names.get(query.device, '已不在册')}", {"device": ""}))
    if query.first:
        found.append(("from", f"{words.day(query.first)}起", {"first": None}))
    if query.last:
        found.append(("to", f"到{words.day(query.last)}", {"last": None}))
    return found


def _dropper(query: InboxQuery, go: Go, changes: dict[str, object]) -> Callable[[], None]:
    return lambda: go(query.turned(**changes))


def _toggle_domain(query: InboxQuery, go: Go, id: str) -> None:
    go(query.turned(domain=None if query.domain == id else Domain(id)))


def _toggle_severity(query: InboxQuery, go: Go, id: str) -> None:
    go(query.turned(severity=None if query.severity == id else Severity(id)))


def _toggle_device(query: InboxQuery, go: Go, id: str) -> None:
    go(query.turned(device="" if query.device == id else id))


def _choices(
    title: str,
    identifier: str,
    choices: Sequence[Choice],
    chosen: str | None,
    on_choose: Callable[[str], None],
) -> ft.Control:
    label = quiet_text(title)
    label.width = 72
    offered = choice_chips(identifier, choices, [chosen] if chosen else [], on_choose)
    offered.expand = True
    return ft.Row(controls=[label, offered], spacing=theme.UNIT)


def _day(
    identifier: str,
    label: str,
    value: str,
    on_change: Callable[[str], object],
    bad: bool,
    on_submit: Callable[[], None],
) -> ft.Control:
    field = text_field(
        identifier,
        label,
        value,
        on_change,
        hint="2026-11-23",
        error=_BAD_DAY if bad else "",
        on_submit=on_submit,
    )
    return ft.Container(content=field, width=168)
