"""Where the inspection took place, by the tablet's own position, or why that is not known."""

from __future__ import annotations

import flet as ft

from inspector.domain.inspection import Inspection, NoPosition, Position
from inspector.tablet.screens.statement import position_words
from inspector.tablet.screens.written import written
from inspector.tablet.walk import View, Walk
from inspector.tablet.workbench import Workbench
from inspector.ui.buttons import secondary_button
from inspector.ui.panels import busy, card, section_title
from inspector.ui.position_source import locate


@ft.component
def PositionCard(walk: Walk, view: View) -> ft.Control:
    """The position with its accuracy, or why there is none."""
    searching, search = ft.use_state(False)
    position = view.inspection.position

    async def find() -> None:
        search(True)
        found = await locate(walk.session.now_ms())
        await walk.act(lambda bench, now: bench.inspections.located(now, found))
        search(False)

    def explain(bench: Workbench, now: Inspection, text: str) -> Inspection:
        return bench.inspections.located(now, NoPosition(reason=text)) if text.strip() else now

    reason = position.reason if isinstance(position, NoPosition) else ""
    again = "重新定位" if position else "获取位置"
    field = written(
        walk, "finish.no-position", "没有位置的原因", reason, explain, hint="例如：地下室没有信号"
    )
    return card(
        [
            section_title("位置"),
            ft.Text(position_words(position) or "还没有记录位置"),
            *([busy("正在定位，最多 20 秒…")] if searching else []),
            *([] if isinstance(position, Position) else [field]),
            ft.Row(
                controls=[
                    secondary_button(
                        "finish.locate", again, find, icon=ft.Icons.MY_LOCATION, disabled=searching
                    )
                ]
            ),
        ]
    )
