"""Where a record stands, as shape, word and tone; which checklists a tablet uses, in words."""

from __future__ import annotations

from collections.abc import Mapping

import flet as ft

from inspector.console.ledger import LedgerRow
from inspector.console.packs import InField
from inspector.console.taking import RecordState
from inspector.ui.states import Mark
from inspector.ui.theme import Tone
from inspector.ui.words import moment
from inspector.work.packs import Eased
from inspector.work.registration import PublicState

_STATES = {
    RecordState.NEW: Mark(shape=ft.Icons.MARK_EMAIL_UNREAD_OUTLINED, word="待审核", tone=Tone.PRIMARY),
    RecordState.ACCEPTED: Mark(shape=ft.Icons.TASK_ALT, word="已确认", tone=Tone.GOOD),
    RecordState.RETURNED: Mark(shape=ft.Icons.REPLY, word="已退回", tone=Tone.CARE),
    RecordState.ANSWERED: Mark(shape=ft.Icons.FORUM_OUTLINED, word="退回已补正", tone=Tone.IDLE),
    RecordState.NOT_GENUINE: Mark(shape=ft.Icons.GPP_BAD_OUTLINED, word="不可采信", tone=Tone.BAD),
}

STATES_SHOWN = (
    RecordState.NOT_GENUINE,
    RecordState.NEW,
    RecordState.RETURNED,
    RecordState.ANSWERED,
    RecordState.ACCEPTED,
)
"""In the order of the inbox's tabs."""


def record_mark(state: RecordState) -> Mark:
    """The mark of a record's state."""
    return _STATES[state]


_STANDINGS = {
    PublicState.IN_FORCE: Mark(shape=ft.Icons.VERIFIED_OUTLINED, word="有效", tone=Tone.GOOD),
    PublicState.REPLACED: Mark(shape=ft.Icons.FIND_REPLACE, word="已被替代", tone=Tone.IDLE),
    PublicState.WITHDRAWN: Mark(shape=ft.Icons.BLOCK, word="已撤回", tone=Tone.IDLE),
    PublicState.CLOSED: Mark(shape=ft.Icons.TASK_ALT, word="已办结", tone=Tone.PRIMARY),
}
_DRAFT = Mark(shape=ft.Icons.EDIT_OUTLINED, word="草稿", tone=Tone.IDLE)
_OVERDUE = Mark(shape=ft.Icons.ALARM, word="已逾期", tone=Tone.BAD)


def standing_mark(row: LedgerRow) -> Mark:
    """The mark of where a notice stands."""
    if row.is_draft and row.state is PublicState.IN_FORCE:
        return _DRAFT
    return _OVERDUE if row.is_overdue else state_mark(row.state)


def state_mark(state: PublicState) -> Mark:
    """The mark of what anybody with the paper reads of a notice."""
    return _STANDINGS[state]


def easing_words(one: Eased, layers: Mapping[str, str], title: str, ask: str = "") -> str:
    """`公共娱乐场所检查表“安全出口没有上锁”：整改期限由 1 天改为 3 天。理由：…`.

    Where the words name the question themselves, as of one that is gone, it is not named twice.

    Args:
        layers: titles by id; a reason ends with the id of the layer that gives it.
    """
    reason = one.reason
    for id, name in layers.items():
        if reason.endswith(f"（{id}）"):
            reason = f"{reason.removesuffix(f'（{id}）')}（{name}）"
    item = f"“{ask}”" if ask and ask not in one.words else ""
    return f"{title}{item}：{one.words}。理由：{reason or '没有写明'}"


def in_use_words(pack: InField, now_ms: int) -> str:
    """`2026.2，11月18日 12:26 起`, `程序自带；还在用旧版，已 3 天`."""
    since = f"，{moment(pack.since_ms, now_ms=now_ms)}起" if pack.since_ms else ""
    days = pack.days_behind(now_ms)
    how_long = f"已 {days} 天" if days else "不到 1 天"
    behind = f"；还在用旧版，{how_long}" if pack.behind_ms is not None else ""
    version = pack.version or "程序自带"
    return f"{version}{since}{behind}"
