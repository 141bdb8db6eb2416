"""A record that the supervisor returned: what they wrote, and the way to answer it."""

from __future__ import annotations

import flet as ft

from inspector.errors import InspectionUnknownError, InspectorError
from inspector.tablet import routes
from inspector.tablet.amending import answer_task
from inspector.tablet.frame import frame
from inspector.tablet.session import Session, use_loaded
from inspector.tablet.today import TaskView, task_view
from inspector.ui import words
from inspector.ui.buttons import primary_button
from inspector.ui.panels import busy, card, empty_state, error_panel, quiet_text, section_title
from inspector.ui.theme import Tone


@ft.component
def TaskScreen(session: Session, record: str) -> ft.Control:
    """Show the notes; answering begins a new inspection with the old answers taken over."""
    bench = session.workbench
    found = use_loaded(session, lambda: (task_view(bench, record),))
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)
    working, work = ft.use_state(False)

    async def answer() -> None:
        view = found.value[0] if found.value else None
        if view is None or working:
            return
        work(True)
        try:
            begun = await session.act(answer_task, bench, view.task, at_ms=session.now_ms())
        except InspectorError as refused:
            fail(refused)
        else:
            session.kick()
            session.navigate(routes.inspection(begun.id))
        finally:
            work(False)

    if found.value is None:
        waiting = error_panel(found.error) if found.error else busy("正在打开……")
        return frame(session, "task", "退回的记录", [waiting], back=routes.today())
    view = found.value[0]
    if view is None:
        what = empty_state(ft.Icons.TASK_ALT, "这份记录没有待答复的退回", "可能已经答复，请在“继续”中查看。")
        return frame(session, "task", "退回的记录", [what], back=routes.today())
    lost = not view.enterprise
    matter = [*([error_panel(error)] if error else []), _notes(session, view), _explained(lost)]
    button = primary_button(
        "task.answer", "新建答复记录", answer, icon=ft.Icons.EDIT_NOTE, disabled=working or lost
    )
    return frame(session, "task", "退回的记录", matter, back=routes.today(), actions=[button])


def _notes(session: Session, view: TaskView) -> ft.Control:
    task = view.task
    items = [
        ft.Column(controls=[quiet_text(ask), ft.Text(note)], spacing=4, tight=True)
        for ask, note in view.items
    ]
    return card(
        [
            section_title(view.enterprise or "不在本机的记录"),
            quiet_text(f"{task.by} 退回于 {words.moment(task.at_ms, now_ms=session.now_ms())}"),
            *([ft.Text(task.note, theme_style=ft.TextThemeStyle.TITLE_MEDIUM)] if task.note else []),
            *items,
        ],
        tone=Tone.CARE,
    )


def _explained(lost: bool) -> ft.Control:
    if lost:
        return error_panel(InspectionUnknownError(id="（退回的原记录）"))
    return card(
        [
            ft.Text("原记录已封存，不会改动。答复是一份新记录，会注明所更正的原记录。"),
            quiet_text(
                "原来的答案、照片和问题会带过来；有批注且原为合格或不适用的项目需要重新检查，签名需要重新签。"
            ),
        ]
    )
