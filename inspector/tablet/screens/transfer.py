"""Transfer: each record's way to the office, the exchange that runs, and why something did not arrive."""

from __future__ import annotations

from functools import partial

import flet as ft

from inspector.errors import InspectorError
from inspector.tablet import routes
from inspector.tablet.frame import frame
from inspector.tablet.session import Session, use_changes, use_loaded
from inspector.tablet.transfer import TransferPage, TransferView, look, trouble, words_of
from inspector.ui import theme, words
from inspector.ui.buttons import primary_button, secondary_button
from inspector.ui.panels import (
    busy,
    bytes_progress,
    card,
    empty_state,
    error_panel,
    quiet_text,
    section_title,
)
from inspector.ui.theme import Tone


@ft.component
def TransferScreen(session: Session) -> ft.Control:
    """Everything that was sealed here, newest first."""
    use_changes(session)
    number, turn = ft.use_state(0)
    bench, background = session.workbench, session.tablet.background
    found = use_loaded(session, lambda: look(bench, number), (background.running, number))

    def now() -> None:
        session.kick()
        session.snack("正在与办公室交换，结果显示在上面")

    send = primary_button(
        "transfer.now",
        "正在传输" if background.running else "立即传输",
        now,
        icon=ft.Icons.SYNC,
        disabled=background.running or not bench.crew.is_enrolled,
    )
    page = found.value
    rows = [busy("正在打开……")] if page is None else _rows(session, page)
    return frame(
        session,
        "transfer",
        "传输",
        [_exchange(session), *rows],
        back=routes.today(),
        actions=[*(_pages(page, turn) if page else []), send],
    )


def _exchange(session: Session) -> ft.Control:
    bench, background = session.workbench, session.tablet.background
    if not bench.crew.is_enrolled:
        enrol = secondary_button("transfer.enrol", "登记本机", partial(session.navigate, "/enrol"))
        return card([ft.Text("本机还没有在办公室登记，登记后会自动传输。"), ft.Row([enrol])], tone=Tone.CARE)
    if background.running:
        return _running(session)
    failed = trouble(background.report, background.failure)
    if failed is not None:
        return _failed(session, failed)
    heard = bench.office.heard_until_ms()
    until = words.moment(heard, now_ms=session.now_ms()) if heard else "（还没有消息）"
    since, report = background.since_ms, background.report
    came = f"收到 {report.messages} 条消息" if report and report.messages else "没有新消息"
    met = words.moment(session.now_ms() - since, now_ms=session.now_ms()) if since is not None else ""
    lines = [
        ft.Text("应用打开时每隔几分钟自动与办公室交换；封存后立即上传。"),
        *([quiet_text(f"上次交换 {met}，{came}")] if met else []),
        quiet_text(f"办公室消息截至 {until}（最近一条消息的时间）"),
    ]
    return ft.Semantics(identifier="transfer.state", content=card(lines), container=True)


def _running(session: Session) -> ft.Control:
    progress = session.tablet.background.progress
    said = words_of(progress) if progress else "正在联系办公室"
    inside: list[ft.Control] = [busy(f"{said}……")]
    if progress is not None and progress.total_bytes:
        inside.append(bytes_progress("已上传", progress.sent_bytes, progress.total_bytes))
    return ft.Semantics(identifier="transfer.state", content=card(inside), container=True)


def _failed(session: Session, failed: InspectorError) -> ft.Control:
    seconds = -(-session.tablet.background.next_in_ms // 1000)
    after = f"{seconds} 秒后自动再试" if seconds else "即将自动再试"
    inside = [error_panel(failed), quiet_text(f"没有送达的内容都在本机；{after}，也可以点“立即传输”。")]
    panel = ft.Column(controls=inside, spacing=theme.UNIT, tight=True)
    return ft.Semantics(identifier="transfer.state", content=panel, container=True)


def _rows(session: Session, page: TransferPage) -> list[ft.Control]:
    if not page.views:
        return [
            empty_state(
                ft.Icons.CLOUD_DONE_OUTLINED, "还没有封存的记录", "封存后的记录会出现在这里，并自动上传。"
            )
        ]
    head = f"{page.unsent} 条尚未送达" if page.unsent else "全部已送达办公室"
    return [section_title(head), *(_row(session, view) for view in page.views)]


def _row(session: Session, view: TransferView) -> ft.Control:
    line = ft.Row(
        controls=[
            *(_stage(session, word, at_ms) for word, at_ms in view.stages),
            *([_next(view.waits_for)] if view.waits_for else []),
        ],
        wrap=True,
        spacing=theme.UNIT,
        run_spacing=4,
    )
    size = view.row.entry.size + sum(blob.size for blob in view.row.entry.blobs)
    inside: list[ft.Control] = [
        ft.Text(view.title, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
        line,
        quiet_text(f"第 {view.row.entry.seq} 号 · {words.size(size)}"),
    ]
    if view.problem is not None:
        said = f"办公室没有接收：{view.problem.message}{view.problem.hint}"
        inside.append(ft.Text(said, color=Tone.BAD.ink))
    panel = card(inside, tone=Tone.BAD if view.problem else None)
    return ft.Semantics(identifier=f"transfer.row.{view.row.entry.seq}", content=panel, container=True)


def _stage(session: Session, word: str, at_ms: int | None) -> ft.Control:
    when = f" {words.moment(at_ms, now_ms=session.now_ms())}" if at_ms else ""
    return ft.Row(
        controls=[
            ft.Icon(ft.Icons.CHECK_CIRCLE, size=18, color=Tone.GOOD.ink),
            ft.Text(f"{word}{when}", theme_style=ft.TextThemeStyle.BODY_SMALL),
        ],
        spacing=4,
        tight=True,
    )


def _next(word: str) -> ft.Control:
    return ft.Row(
        controls=[ft.Icon(ft.Icons.RADIO_BUTTON_UNCHECKED, size=18, color=Tone.IDLE.ink), quiet_text(word)],
        spacing=4,
        tight=True,
    )


def _pages(page: TransferPage, turn: object) -> list[ft.Control]:
    if page.pages == 1 or not callable(turn):
        return []
    return [
        quiet_text(f"第 {page.number + 1} / {page.pages} 页"),
        secondary_button("transfer.newer", "较新", partial(turn, page.number - 1), disabled=page.number == 0),
        secondary_button(
            "transfer.older", "较早", partial(turn, page.number + 1), disabled=page.number + 1 == page.pages
        ),
    ]
