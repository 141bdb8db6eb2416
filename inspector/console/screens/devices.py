"""The office's tablets: who works with them, when they were heard of, their numbers; enrol and revoke."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import flet as ft

from inspector.console import routes
from inspector.console.accounts import Right
from inspector.console.devices import REASONS, DeviceRow
from inspector.console.frame import frame
from inspector.console.screens.marks import in_use_words
from inspector.console.session import Session, use_changes, use_loaded
from inspector.trust.certificates import RevocationReason
from inspector.ui import theme
from inspector.ui.buttons import primary_button, quiet_button, secondary_button
from inspector.ui.dialogs import danger_button
from inspector.ui.fields import Choice, choice_chips
from inspector.ui.panels import busy, card, empty_state, error_panel, quiet_text, section_title
from inspector.ui.states import Mark, state_chip
from inspector.ui.taps import Act
from inspector.ui.theme import Tone
from inspector.ui.words import ago, moment

NAME = "console.devices"
_IN_USE = Mark(shape=ft.Icons.CHECK_CIRCLE_OUTLINE, word="使用中", tone=Tone.GOOD)
_REVOKED = Mark(shape=ft.Icons.BLOCK, word="已停用", tone=Tone.IDLE)


@ft.component
def DevicesScreen(session: Session) -> ft.Control:
    """Every tablet, newest first."""
    turn = use_changes(session)
    loaded = use_loaded(session, session.hall.devices.all, on=(turn,))
    error = [error_panel(loaded.error, on_retry=loaded.again)] if loaded.error else []
    matter = [*error, *_matter(session, loaded.value, loaded.again)]
    return frame(session, NAME, "设备", matter, place="devices", aside=_enrol(session))


def _enrol(session: Session) -> list[ft.Control]:
    if not session.may(Right.MANAGE):
        return []
    way = partial(session.navigate, routes.ENROL if session.desk.is_unlocked else routes.UNLOCK)
    return [primary_button(f"{NAME}.enrol", "登记新平板", way, icon=ft.Icons.ADD)]


def _matter(session: Session, rows: tuple[DeviceRow, ...] | None, again: Act) -> list[ft.Control]:
    if rows is None:
        return [busy("正在读取设备……")]
    if not rows:
        do = (
            "点右上角“登记新平板”，按提示用平板扫码。"
            if session.may(Right.MANAGE)
            else "请管理员登记第一台平板。"
        )
        return [empty_state(ft.Icons.TABLET_ANDROID, "还没有登记任何平板", do)]
    locked = [] if session.desk.is_unlocked or not session.may(Right.MANAGE) else [needs_keys(session, NAME)]
    return [*locked, *(_device(session, row, again) for row in rows)]


def needs_keys(session: Session, name: str) -> ft.Control:
    """That what stands below needs the office's keys, and the way to them."""
    way = quiet_button(f"{name}.unlock", "去解锁", partial(session.navigate, routes.UNLOCK))
    words = ft.Text("登记、停用平板和修改办公室资料需要先解锁办公室密钥。", expand=True)
    lock = ft.Icon(ft.Icons.LOCK_OUTLINE, color=Tone.CARE.ink)
    return card([ft.Row(controls=[lock, words, way])], tone=Tone.CARE)


def _device(session: Session, row: DeviceRow, again: Act) -> ft.Control:
    now = session.now_ms()
    mark = _REVOKED if row.revoked_ms is not None else _IN_USE
    people = "、".join(row.people) or "没有登记检查人员"
    seen = f"最近收到 {ago(row.last_ms, now)}" if row.last_ms is not None else "还没有收到过记录"
    facts = [
        ("检查人员", people),
        ("收到条目", f"{row.entries} 条，{seen}"),
        ("检查表", in_use_words(row.pack, now)),
        ("登记时间", moment(row.enrolled_ms, now_ms=now)),
        *([("停用时间", moment(row.revoked_ms, now_ms=now))] if row.revoked_ms is not None else []),
        ("密钥", row.key_id[:16]),
    ]
    left = ft.Column(controls=[_fact(name, words) for name, words in facts], expand=3, spacing=4, tight=True)
    right = ft.Column(controls=_numbers(row), expand=2, spacing=4, tight=True)
    parts = [
        section_title(row.label, aside=[state_chip(mark)]),
        ft.Row(
            controls=[left, right], spacing=theme.UNIT * 3, vertical_alignment=ft.CrossAxisAlignment.START
        ),
    ]
    if row.revoked_ms is None and session.may(Right.MANAGE):
        parts.append(keyed(Revoking, row.id, session, row, again))
    shown = card(parts, tone=mark.tone if row.revoked_ms is None else None)
    return ft.Semantics(identifier=f"{NAME}.device-{row.id}", content=shown, container=True)


def keyed(component: Callable[..., ft.Control], key: str, *args: object) -> ft.Control:
    """A component that keeps its state apart from others in the same place: its types hide the key."""
    return component(*args, key=key)


def _fact(name: str, words: str) -> ft.Control:
    label = ft.Container(content=quiet_text(name), width=72)
    return ft.Row(
        controls=[label, ft.Text(words, expand=True)], vertical_alignment=ft.CrossAxisAlignment.START
    )


def _numbers(row: DeviceRow) -> list[ft.Control]:
    if row.revoked_ms is not None:
        return []
    if not row.numbers:
        return [quiet_text("文书号"), ft.Text("还没有发号：请先在“办公室”填写签发机关")]
    lines: list[ft.Control] = [quiet_text("文书号：快用完时，平板下次联网自动补足")]
    calm = [one for one in row.numbers if not one.need.busiest and one.left >= one.need.least]
    for one in row.numbers:
        if one not in calm:
            ink = Tone.CARE.ink if one.left < one.need.least else theme.INK
            year = f"（{one.year}年）" if one.year != row.numbers[0].year else ""
            why = f"两周最多用 {one.need.busiest} 个，至少留 {one.need.least} 个"
            lines.append(ft.Text(f"{one.document.word}{year}：余 {one.left} 个，{why}", color=ink))
    if calm:
        least = min(one.left for one in calm)
        others = "其余" if len(calm) < len(row.numbers) else "全部"
        lines.append(ft.Text(f"{others} {len(calm)} 类文书近期没有用过：各余至少 {least} 个"))
    return lines


def _revoke_button(row: DeviceRow, ask: Act, *, disabled: bool) -> ft.Control:
    button = secondary_button(
        f"{NAME}.revoke-{row.id}",
        "停用这台平板",
        ask,
        icon=ft.Icons.BLOCK,
        tone=Tone.BAD,
        disabled=disabled,
    )
    return ft.Row(controls=[button], alignment=ft.MainAxisAlignment.END)


@ft.component
def Revoking(session: Session, row: DeviceRow, again: Act) -> ft.Control:
    """Taking a tablet out of use: why, then a question that says what it means."""
    asked, ask = ft.use_state(False)
    nothing: RevocationReason | None = None
    reason, choose = ft.use_state(nothing)
    working, work = ft.use_state(False)

    async def revoke() -> None:
        if reason is None:
            return
        work(True)
        try:
            await session.told(session.hall.devices.revoke, session.me, row.id, reason)
        finally:
            work(False)
        session.snack(f"“{row.label}”已停用")
        again()

    if not asked:
        return _revoke_button(row, partial(ask, True), disabled=not session.desk.is_unlocked)
    choices = [Choice(id=one.value, words=words) for one, words in REASONS.items()]
    chosen = [reason.value] if reason else []
    chips = choice_chips(
        f"{NAME}.reason-{row.id}", choices, chosen, lambda id: choose(RevocationReason(id)), disabled=working
    )
    ways = [
        quiet_button(f"{NAME}.keep-{row.id}", "不停用", partial(ask, False)),
        danger_button(
            f"{NAME}.do-revoke-{row.id}",
            "停用",
            revoke,
            title=f"停用“{row.label}”？",
            text=f"办公室此前收到的 {row.entries} 条仍然有效；"
            "这台平板之后再传来的内容会被隔离，不再采信，也不再给它发文书号。停用后不能恢复，只能重新登记。",
            act="停用",
            disabled=reason is None or working,
        ),
    ]
    waiting = [busy("正在停用……")] if working else []
    return ft.Column(
        controls=[
            ft.Text("为什么停用？会写入公开日志的只有原因的类别。"),
            chips,
            *waiting,
            ft.Row(controls=ways, alignment=ft.MainAxisAlignment.END, spacing=theme.UNIT),
        ],
        spacing=theme.UNIT,
        tight=True,
    )
