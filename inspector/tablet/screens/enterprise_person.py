"""Where the inspection took place, and who is in charge there today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import flet as ft

from inspector.domain.enterprise import Enterprise
from inspector.domain.inspection import Inspection
from inspector.tablet.screens.written import written
from inspector.tablet.walk import View, Walk, Write
from inspector.tablet.workbench import Workbench
from inspector.ui import theme
from inspector.ui.panels import card, quiet_text, section_title


@ft.component
def PersonCard(walk: Walk, view: View) -> ft.Control:
    """The place, and the person of the enterprise who confirms it all."""
    inspection, enterprise = view.inspection, view.inspection.enterprise

    def at_place(bench: Workbench, now: Inspection, text: str) -> Inspection:
        return bench.inspections.at_place(now, text)

    return card(
        [
            section_title("地点和现场负责人"),
            ft.Text(enterprise.name, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            quiet_text("请与现场负责人核对；改动会使已有的签名作废。"),
            written(walk, "finish.place", "检查场所", inspection.place, at_place),
            ft.ResponsiveRow(
                controls=[
                    ft.Container(content=one, col={"xs": 12, "md": 4})
                    for one in _person_fields(walk, enterprise)
                ],
                spacing=theme.UNIT * 2,
                run_spacing=theme.UNIT,
            ),
        ],
        gap=theme.UNIT + 4,
    )


def _person_fields(walk: Walk, enterprise: Enterprise) -> tuple[ft.Control, ...]:
    person = written(
        walk,
        "finish.person",
        "现场负责人姓名（必填）",
        enterprise.person,
        _particular(lambda one, text: replace(one, person=text)),
        warn=lambda text: "" if text.strip() else "请填写现场负责人姓名",
    )
    position = written(
        walk,
        "finish.position",
        "职务",
        enterprise.position,
        _particular(lambda one, text: replace(one, position=text)),
    )
    phone = written(
        walk,
        "finish.phone",
        "联系电话",
        enterprise.phone,
        _particular(lambda one, text: replace(one, phone=text)),
        keyboard=ft.KeyboardType.PHONE,
    )
    return person, position, phone


def _particular(change: Callable[[Enterprise, str], Enterprise]) -> Write:
    return lambda bench, now, text: bench.inspections.with_enterprise(now, change(now.enterprise, text))
