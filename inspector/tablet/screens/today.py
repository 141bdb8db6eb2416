"""Today: what to go on with, what came back, what has not reached the office, and 开始检查."""

from __future__ import annotations

from functools import partial

import flet as ft

from inspector.store.journal import Recovery
from inspector.tablet import routes
from inspector.tablet.frame import frame
from inspector.tablet.issuing import NoticeRow
from inspector.tablet.lists import DamagedDraft, DraftRow
from inspector.tablet.session import Session, use_changes, use_loaded
from inspector.tablet.today import SHOWN, TaskView, TodayView, look
from inspector.ui import theme, words
from inspector.ui.buttons import icon_button, primary_button, quiet_button, secondary_button
from inspector.ui.dialogs import danger_button
from inspector.ui.layout import Layout
from inspector.ui.panels import (
    busy,
    bytes_progress,
    card,
    empty_state,
    error_panel,
    progress_bar,
    quiet_text,
    section_title,
)
from inspector.ui.taps import Act
from inspector.ui.theme import Tone
from inspector.work.ports import Alarm

_HOUR_MS, _DAY_MS = 3_600_000, 86_400_000


@ft.component
def TodayScreen(session: Session) -> ft.Control:
    """The first screen."""
    use_changes(session)
    background = session.tablet.background
    bench = session.workbench
    found = use_loaded(session, lambda: look(bench, at_ms=session.now_ms()), (background.running,))
    view = found.value
    if view is None:
        waiting = error_panel(found.error, on_retry=found.again) if found.error else busy("正在打开……")
        return frame(session, "today", "今日", [waiting])
    start = primary_button(
        "today.start", "开始检查", partial(session.navigate, "/start"), icon=ft.Icons.PLAY_ARROW
    )
    left = [_drafts(session, view, found.again), *_notices(session, view)]
    right = [_tasks(session, view), _waiting(session, view)]
    return frame(
        session,
        "today",
        "今日",
        [
            *_warnings(session, view, found.again),
            _columns(left, right) if session.layout is Layout.LANDSCAPE else _stacked([*left, *right]),
        ],
        aside=[_who(view), *_bar_buttons(session, view)],
        actions=[_office_line(session, view), start],
        wide=True,
    )


@ft.component
def LostScreen(session: Session) -> ft.Control:
    """An address that leads nowhere."""
    home = primary_button("lost.home", "回到今日", partial(session.navigate, routes.today()))
    what = empty_state(
        ft.Icons.EXPLORE_OFF_OUTLINED, "没有这个页面", "地址可能已经过期；内容都在本机。", action=home
    )
    return frame(session, "lost", "没有这个页面", [what])


def _columns(left: list[ft.Control], right: list[ft.Control]) -> ft.Control:
    return ft.Row(
        controls=[
            ft.Container(content=_stacked(left), expand=3),
            ft.Container(content=_stacked(right), expand=2),
        ],
        spacing=theme.UNIT * 2,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _stacked(blocks: list[ft.Control]) -> ft.Control:
    return ft.Column(
        controls=blocks,
        spacing=theme.UNIT * 2,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        tight=True,
    )


def _who(view: TodayView) -> ft.Control:
    return ft.Text(view.me, theme_style=ft.TextThemeStyle.TITLE_SMALL)


def _bar_buttons(session: Session, view: TodayView) -> list[ft.Control]:
    async def lock() -> None:
        await session.tablet.lock()

    to_transfer = partial(session.navigate, "/transfer")
    cloud = quiet_button(
        "today.cloud", f"{view.unsent} 条待送", to_transfer, icon=ft.Icons.CLOUD_UPLOAD_OUTLINED
    )
    return [
        *([cloud] if view.unsent else []),
        icon_button(
            "today.settings", ft.Icons.SETTINGS_OUTLINED, "设置", partial(session.navigate, "/settings")
        ),
        icon_button("today.lock", ft.Icons.LOCK_OUTLINE, "锁定", lock),
    ]


def _office_line(session: Session, view: TodayView) -> ft.Control:
    if not view.is_enrolled:
        text = "尚未登记：只能查看样例"
    elif view.heard_ms:
        text = f"办公室消息截至 {words.moment(view.heard_ms, now_ms=session.now_ms())}"
    else:
        text = "还没有收到办公室的消息"
    return ft.Semantics(identifier="today.office", content=quiet_text(text), container=True)


# --- What must be known ---


def _warnings(session: Session, view: TodayView, again: Act) -> list[ft.Control]:
    shown: list[ft.Control] = []
    if not view.is_enrolled:
        shown.append(_not_enrolled(session))
    if view.behind_ms:
        shown.append(_clock_behind(session, view))
    elif view.off_ms:
        shown.append(_clock_off(view.off_ms))
    if faults := session.tablet.catalogue.faults:
        files = "、".join(sorted({fault.file for fault in faults}))
        text = (
            f"检查表文件有 {len(faults)} 处问题，没有采用（{files}）。第一处：{faults[0]}"
            "其他检查表照常可用，已做的检查都在；请把这条告诉管理员。"
        )
        shown.append(_warning("today.checklists", ft.Icons.RULE_OUTLINED, text))
    if view.is_short_of_space:
        text = "本机存储空间不足：现在还能保存，请尽快传输已封存的记录，或清理其他应用的文件。"
        shown.append(_warning("today.space", ft.Icons.SD_CARD_ALERT_OUTLINED, text))
    return [*shown, *(_alarm(session, number, one, again) for number, one in enumerate(view.alarms[:SHOWN]))]


def _not_enrolled(session: Session) -> ft.Control:
    ways = [
        secondary_button("today.samples", "看看样例", partial(session.navigate, "/sample")),
        primary_button("today.enrol", "登记本机", partial(session.navigate, "/enrol")),
    ]
    return card(
        [
            section_title("本机还没有在办公室登记"),
            ft.Text("登记之前可以看看样例；正式检查、封存和发送都要先登记。"),
            ft.Row(controls=ways, alignment=ft.MainAxisAlignment.END, wrap=True, spacing=theme.UNIT),
        ],
        tone=Tone.CARE,
    )


def _clock_behind(session: Session, view: TodayView) -> ft.Control:
    heard = words.moment(view.heard_ms, now_ms=session.now_ms())
    text = (
        f"本机时间比办公室已签名的时间（{heard}）早 {words.span(view.behind_ms)}。"
        "请在系统设置中核对日期和时间；在此之前的记录会注明时间存疑。"
    )
    return _warning("today.clock", ft.Icons.MORE_TIME, text)


def _clock_off(off_ms: int) -> ft.Control:
    way = "快" if off_ms > 0 else "慢"
    text = (
        f"本机时间比办公室服务器{way} {words.span(abs(off_ms))}。"
        "请在系统设置中核对日期和时间：整改期限和文书日期都按本机时间计算。已填的内容都在。"
    )
    return _warning("today.clock", ft.Icons.MORE_TIME, text)


def _warning(name: str, icon: ft.IconData, text: str, aside: ft.Control | None = None) -> ft.Control:
    row = ft.Row(
        controls=[ft.Icon(icon, color=Tone.BAD.ink), ft.Text(text, expand=True), *([aside] if aside else [])],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return ft.Semantics(identifier=name, content=card([row], tone=Tone.BAD), container=True)


def _alarm(session: Session, number: int, alarm: Alarm, again: Act) -> ft.Control:
    async def put_away() -> None:
        await session.act(session.workbench.office.put_away, alarm)
        again()

    when = words.moment(alarm.at_ms, now_ms=session.now_ms())
    away = quiet_button(f"today.alarm.{number}.away", "知道了", put_away)
    text = f"{alarm.message}{alarm.hint}（{when}）"
    return _warning(f"today.alarm.{number}", ft.Icons.REPORT_OUTLINED, text, away)


# --- The three blocks ---


def _block(name: str, title: str, rows: list[ft.Control], nothing: str, *, more: int = 0) -> ft.Control:
    shown = rows or [quiet_text(nothing)]
    rest = [quiet_text(f"另有 {more} 项")] if more > 0 else []
    return ft.Semantics(
        identifier=name,
        content=card([section_title(title), *shown, *rest], gap=theme.UNIT * 2),
        container=True,
    )


def _drafts(session: Session, view: TodayView, again: Act) -> ft.Control:
    damaged = [_damaged(session, one, again) for one in view.damaged[:SHOWN]]
    rows = [_draft(session, row) for row in view.drafts[:SHOWN]]
    return _block(
        "today.drafts",
        "继续",
        [*damaged, *rows],
        "没有未完成的检查。点右下角“开始检查”就可以开始，没有网络也行。",
        more=len(view.drafts) - SHOWN,
    )


def _draft(session: Session, row: DraftRow) -> ft.Control:
    when = words.moment(row.touched_ms, now_ms=session.now_ms())
    what = "、".join(row.titles) + ("（答复退回）" if row.amends else "")
    failed = f" · 问题 {row.failed}" if row.failed else ""
    text = ft.Column(
        controls=[
            ft.Text(row.enterprise, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            progress_bar(row.done, row.total, text=f"{what}{failed}"),
        ],
        spacing=4,
        expand=True,
        tight=True,
    )
    go_on = secondary_button(
        f"today.draft.{row.id}", f"恢复 {when} 的草稿", partial(session.navigate, routes.inspection(row.id))
    )
    return _entry(text, go_on, narrow=session.layout is Layout.NARROW)


def _entry(text: ft.Control, button: ft.Control, *, narrow: bool) -> ft.Control:
    if narrow:
        return ft.Column(controls=[text, button], spacing=theme.UNIT, tight=True)
    return ft.Row(
        controls=[text, button],
        spacing=theme.UNIT * 2,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _damaged(session: Session, draft: DamagedDraft, again: Act) -> ft.Control:
    async def restore() -> None:
        found = await session.act(session.workbench.lists.restore, draft.id)
        session.snack(_restored(found))
        again()

    button = danger_button(
        f"today.restore.{draft.id}",
        "恢复",
        restore,
        title="恢复这次检查？",
        text="核实无误的内容会保留，读不出的部分无法找回；损坏的原件另存在旁边，供办公室查看。",
        act="恢复",
        icon=ft.Icons.HEALING,
    )
    return _entry(ft.Text(draft.words, expand=True), button, narrow=session.layout is Layout.NARROW)


def _restored(found: Recovery) -> str:
    if found.damage is None:
        return "检查完好，没有改动"
    kept = f"原件另存为 {found.quarantine.name}" if found.quarantine else ""
    return f"已恢复：{found.damage}。{kept}"


def _tasks(session: Session, view: TodayView) -> ft.Control:
    rows = [_task(session, one) for one in view.tasks]
    return _block("today.tasks", "任务", rows, "没有退回的记录。")


def _task(session: Session, view: TaskView) -> ft.Control:
    task = view.task
    lines: list[ft.Control] = [
        ft.Text(view.enterprise or "不在本机的记录", theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
        quiet_text(f"{task.by} 退回于 {words.moment(task.at_ms, now_ms=session.now_ms())}"),
        *([ft.Text(task.note)] if task.note else []),
        *(ft.Text(f"· {ask}：{note}") for ask, note in view.items),
    ]
    text = ft.Column(controls=lines, spacing=4, tight=True)
    button = secondary_button(
        f"today.task.{task.record}", "查看并答复", partial(session.navigate, routes.task(task.record))
    )
    row = ft.Row(controls=[button], alignment=ft.MainAxisAlignment.END)
    return ft.Column(controls=[text, row], spacing=theme.UNIT, tight=True)


def _waiting(session: Session, view: TodayView) -> ft.Control:
    background = session.tablet.background
    if view.unsent:
        stuck = f"，其中 {view.stuck} 条需要处理" if view.stuck else ""
        said = f"{view.unsent} 条尚未送达办公室{stuck}。内容已加密保存在本机，联网后自动上传。"
    else:
        said = "没有待送的内容：已封存的都已送达办公室。"
    rows: list[ft.Control] = [ft.Text(said)]
    progress = background.progress
    if progress is not None and progress.total_bytes:
        rows.append(bytes_progress("正在上传", progress.sent_bytes, progress.total_bytes))
    elif background.running:
        rows.append(busy("正在与办公室交换……"))
    open_list = secondary_button(
        "today.transfer",
        "查看传输",
        partial(session.navigate, "/transfer"),
        icon=ft.Icons.CLOUD_UPLOAD_OUTLINED,
    )
    rows.append(ft.Row(controls=[open_list], alignment=ft.MainAxisAlignment.END))
    return _block("today.waiting", "待送", rows, "")


def _notices(session: Session, view: TodayView) -> list[ft.Control]:
    if not view.notices:
        return []
    rows = [_notice(session, row) for row in view.notices[:SHOWN]]
    return [_block("today.notices", "今日文书", rows, "", more=len(view.notices) - SHOWN)]


def _notice(session: Session, row: NoticeRow) -> ft.Control:
    text = ft.Column(
        controls=[
            ft.Text(row.notice.enterprise.name, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            quiet_text(f"{row.notice.kind.word} {row.notice.number or '（草稿，未编号）'}"),
        ],
        spacing=4,
        expand=True,
        tight=True,
    )
    open_it = quiet_button(
        f"today.notice.{row.id}", "查看", partial(session.navigate, routes.notices(row.inspection))
    )
    return _entry(text, open_it, narrow=False)
