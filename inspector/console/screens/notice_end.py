"""Ending a notice: which way, why, and a question that says what anybody with the paper will read."""

from __future__ import annotations

import flet as ft

from inspector.console.ledger import LedgerRow
from inspector.console.session import Session
from inspector.errors import InspectorError
from inspector.ui import theme
from inspector.ui.dialogs import danger_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.panels import busy, card, error_panel, quiet_text, section_title
from inspector.work.registration import REASON_CAP, PublicState

NAME = "console.notice"
WAYS = {
    PublicState.CLOSED: ("办结", "整改已复查通过，文书要求的事项已经办完。"),
    PublicState.WITHDRAWN: ("撤回", "文书出具有误，不再有效。"),
    PublicState.REPLACED: ("替代", "已另行出具一份文书，以新的为准。"),
}


@ft.component
def Ending(session: Session, row: LedgerRow) -> ft.Control:
    """The form under a notice that is in force."""
    nothing: PublicState | None = None
    way, choose = ft.use_state(nothing)
    reason, say = ft.use_state("")
    by, name = ft.use_state("")
    working, work = ft.use_state(False)
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)

    async def end() -> None:
        ledger, me = session.hall.ledger, session.me
        work(True)
        try:
            if way is PublicState.REPLACED:
                await session.told(lambda: ledger.replace(me, row.entry, reason, by=by))
            elif way is PublicState.WITHDRAWN:
                await session.told(ledger.withdraw, me, row.entry, reason)
            else:
                await session.told(ledger.close, me, row.entry, reason)
        except InspectorError as refused:
            fail(refused)
            return
        finally:
            work(False)
        fail(None)
        session.snack("已记入审计，公开页面会随之更新。")

    choices = [Choice(id=state.value, words=words) for state, (words, _) in WAYS.items()]
    chosen = [way.value] if way else []
    chips = choice_chips(f"{NAME}.way", choices, chosen, lambda id: choose(PublicState(id)), disabled=working)
    parts: list[ft.Control] = [section_title("结束这份文书"), chips]
    if way is None:
        parts.append(quiet_text("回复只是单位自己的说明；复查后由您在这里办结。结束后不能恢复。"))
        return card(parts, gap=theme.UNIT * 2)
    words, meaning = WAYS[way]
    parts.append(quiet_text(meaning))
    if way is PublicState.REPLACED:
        hint = "须已在台账中"
        parts.append(text_field(f"{NAME}.by", "新文书的文号", by, name, hint=hint, disabled=working))
    too_long = f"最多 {REASON_CAP} 个字" if len(reason) > REASON_CAP else ""
    parts.append(
        text_field(
            f"{NAME}.reason", "原因（持有文书的人都能看到）", reason, say, error=too_long, disabled=working
        )
    )
    ready = bool(reason.strip()) and not too_long and (way is not PublicState.REPLACED or bool(by.strip()))
    button = danger_button(
        f"{NAME}.end",
        f"{words}……",
        end,
        title=f"{words}“{row.number or '草稿'}”？",
        text=_consequence(row, way, reason.strip()),
        act=words,
        disabled=not ready or working,
    )
    parts += [*([error_panel(error)] if error else []), *([busy("正在保存……")] if working else [])]
    parts.append(ft.Row(controls=[button], alignment=ft.MainAxisAlignment.END))
    return card(parts, gap=theme.UNIT * 2)


def _consequence(row: LedgerRow, way: PublicState, reason: str) -> str:
    """What the question before the end says."""
    if not row.is_public:
        return f"状态改为“{way.word}”，原因“{reason}”记入台账和审计。不能恢复。"
    return f"任何人扫描文书上的二维码，都会看到“{way.word}”和原因“{reason}”。不再接收回复，也不能恢复。"
