"""One record: its proof first, then what was found, then everything else; accept it or return it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import flet as ft

from inspector.console.accounts import Right
from inspector.console.frame import frame
from inspector.console.moved_deadlines import moved_deadlines
from inspector.console.records import NOTE_CAP, OpenedRecord
from inspector.console.screens import record_parts as parts
from inspector.console.screens.marks import record_mark
from inspector.console.screens.proof import ProofStrip, bad_lines
from inspector.console.screens.record_findings import Note, doubt_about_note, findings
from inspector.console.screens.record_photos import Show, use_viewer
from inspector.console.screens.unlock import unlock_card
from inspector.console.session import Session, use_changes, use_loaded
from inspector.console.taking import RecordState
from inspector.domain.answer import ItemKey
from inspector.domain.records import Record
from inspector.domain.working_days import Deadline
from inspector.ui import theme, words
from inspector.ui.buttons import primary_button, secondary_button
from inspector.ui.fields import text_field
from inspector.ui.panels import busy, card, error_panel, quiet_text, section_title
from inspector.ui.states import state_chip
from inspector.ui.theme import Tone
from inspector.work.feed import ItemNote, Outcome

WIDE = 1300
"""From this window's width on, what belongs to a record stands beside its findings."""

NO_NOTES: Mapping[str, str] = {}
NOTHING_MOVED: Mapping[ItemKey, Deadline] = {}
SIGNING = "正在签署并保存……"


@ft.component
def RecordScreen(session: Session, entry: str) -> ft.Control:
    """The record of an entry, or why it cannot be opened."""
    use_changes(session)
    if not session.may(Right.OPEN):
        words_ = "查看员只能看列表；打开记录需要审核员或管理员。"
        return _bare(session, [card([ft.Text(words_)])])
    if not session.desk.is_unlocked:
        return _bare(session, [unlock_card(session)])
    return _Opened(session, entry)


def _bare(session: Session, matter: list[ft.Control]) -> ft.Control:
    return frame(session, "console.record", "记录", matter, place="inbox", back=session.inbox_route)


def _look_at(session: Session, entry: str) -> OpenedRecord:
    opened = session.hall.records.look_at(session.me, entry)
    for ref in opened.record.inspection.checklists if opened.record else ():
        session.hall.packs.checklist(ref.sha256)  # a pack takes long to open, and is asked for while drawing
    return opened


def _moved(session: Session, opened: OpenedRecord | None) -> Mapping[ItemKey, Deadline]:
    if opened is None or opened.record is None:
        return NOTHING_MOVED
    found = opened.record.inspection.findings.values()
    return moved_deadlines(session.desk.database, session.hall.records, opened.notices, found)


@ft.component
def _Opened(session: Session, entry: str) -> ft.Control:
    turn = use_changes(session)
    loaded = use_loaded(session, lambda: _look_at(session, entry), (entry,), beside=False)
    moved = use_loaded(session, partial(_moved, session, loaded.value), (turn, loaded.value))
    notes, set_notes = ft.use_state(NO_NOTES)
    whole, set_whole = ft.use_state("")
    returning, set_returning = ft.use_state(False)
    doing, set_doing = ft.use_state("")
    no_record: OpenedRecord | None = None
    decided, set_decided = ft.use_state(no_record)
    # Until the record is read again, what was decided is not to be decided once more.
    working = SIGNING if decided is not None and decided is loaded.value else doing
    show = use_viewer()

    def note(item: str, text: str) -> None:
        set_notes(lambda before: {**before, item: text})

    async def decide(outcome: Outcome) -> None:
        set_doing(SIGNING)
        records, me = session.hall.records, session.me
        try:
            if outcome is Outcome.ACCEPTED:
                await session.told(records.accept, me, entry)
                session.snack("已确认，平板会在下次交换时收到。")
            else:
                items = [ItemNote(item=item, note=text) for item, text in notes.items()]
                await session.told(records.give_back, me, entry, whole, items)
                session.snack("已退回，平板会在下次交换时收到待办。")
                set_returning(False)
            set_decided(loaded.value)
            loaded.again()
        finally:
            set_doing("")

    if loaded.error is not None and loaded.value is None:
        return _bare(session, [error_panel(loaded.error, on_retry=loaded.again)])
    if loaded.value is None:
        return _bare(session, [busy("正在打开并核验……")])
    opened = loaded.value
    body = _body(session, opened, moved.value or NOTHING_MOVED, notes, note if returning else None, show)
    if returning:
        body = [_whole_note(whole, set_whole), *body]
    if working:
        body = [busy(working), *body]
    actions: list[ft.Control] = []
    if opened.row.state is RecordState.NEW and session.may(Right.DECIDE) and not working:
        actions = _actions(returning, set_returning, decide)
    return frame(
        session,
        "console.record",
        opened.row.enterprise,
        body,
        place="inbox",
        back=session.inbox_route,
        aside=[state_chip(record_mark(opened.row.state))],
        actions=actions,
        start="returning" if returning else "",
    )


def _actions(
    returning: bool, set_returning: Callable[[bool], object], decide: Callable[[Outcome], object]
) -> list[ft.Control]:
    if returning:
        return [
            secondary_button("console.record.cancel", "不退回了", partial(set_returning, False)),
            primary_button(
                "console.record.return",
                "退回给检查人员",
                partial(decide, Outcome.RETURNED),
                icon=ft.Icons.REPLY,
                tone=Tone.CARE,
            ),
        ]
    return [
        secondary_button(
            "console.record.begin-return", "退回……", partial(set_returning, True), icon=ft.Icons.REPLY
        ),
        primary_button(
            "console.record.accept", "确认", partial(decide, Outcome.ACCEPTED), icon=ft.Icons.TASK_ALT
        ),
    ]


def _whole_note(whole: str, set_whole: Callable[[str], object]) -> ft.Control:
    field = text_field(
        "console.record.note",
        "退回说明（整份记录）",
        whole,
        set_whole,
        lines=2,
        error=doubt_about_note(whole, NOTE_CAP),
        autofocus=True,
    )
    hint = quiet_text("可以只写这里，也可以在具体项目下写；检查人员会在平板上逐条看到。")
    return card([field, hint], tone=Tone.CARE)


def _body(
    session: Session,
    opened: OpenedRecord,
    moved: Mapping[ItemKey, Deadline],
    notes: Mapping[str, str],
    on_note: Note | None,
    show: Show,
) -> list[ft.Control]:
    top: list[ft.Control] = [*bad_lines(opened.proof), ProofStrip(opened.proof), *_decided(session, opened)]
    record = opened.record
    if record is None:
        nothing = card([ft.Text("这份记录的内容不能采信，没有显示。"), quiet_text("可核对下面的回执信息。")])
        return [*top, nothing, parts.place_in_log(session, opened)]
    main = _main(session, record, moved, notes, on_note, show)
    side = [
        parts.circumstances(session, record),
        parts.signatures(session, record),
        parts.documents(session, opened),
        parts.versions(session, opened),
        parts.place_in_log(session, opened),
    ]
    if (session.page.width or WIDE) < WIDE:
        return [*top, _summary(session, opened), *main[:-1], *side, main[-1]]
    columns = ft.Row(
        controls=[_column(main, 3), _column(side, 2)],
        spacing=theme.UNIT * 2,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return [*top, _summary(session, opened), columns]


def _main(
    session: Session,
    record: Record,
    moved: Mapping[ItemKey, Deadline],
    notes: Mapping[str, str],
    on_note: Note | None,
    show: Show,
) -> list[ft.Control]:
    count = len(record.inspection.findings)
    title = section_title(f"问题（{count} 项）" if count else "问题")
    return [
        title,
        *findings(session, record, moved, notes, on_note, show),
        parts.answers(session, record, notes, on_note),
    ]


def _column(controls: list[ft.Control], share: int) -> ft.Control:
    return ft.Column(
        controls=controls,
        spacing=theme.UNIT * 2,
        expand=share,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _summary(session: Session, opened: OpenedRecord) -> ft.Control:
    row = opened.row
    sealed = words.moment(row.sealed_ms, now_ms=session.now_ms())
    domain = f"{row.domain.chinese} · " if row.domain else ""
    return quiet_text(f"{domain}{row.checklists} · {row.inspectors} · {sealed}封存")


def _decided(session: Session, opened: OpenedRecord) -> list[ft.Control]:
    decision = opened.decision
    if decision is None:
        return []
    accepted = decision.outcome is Outcome.ACCEPTED
    at = words.moment(decision.at_ms, now_ms=session.now_ms())
    head = f"{decision.by} 于 {at} {'确认了这份记录' if accepted else '退回了这份记录'}"
    lines: list[ft.Control] = [ft.Text(head, theme_style=ft.TextThemeStyle.TITLE_SMALL)]
    if decision.note:
        lines.append(ft.Text(decision.note))
    lines += [ft.Text(f"{_ask(session, opened, one)}：{one.note}") for one in decision.items]
    panel = card(lines, tone=Tone.GOOD if accepted else Tone.CARE)
    return [ft.Semantics(identifier="console.record.decision", content=panel, container=True)]


def _ask(session: Session, opened: OpenedRecord, one: ItemNote) -> str:
    if opened.record is None:
        return one.item
    found = opened.record.inspection.findings.values()
    asks = (finding.ask for finding in found if finding.item == one.item)
    return next(asks, "") or parts.asks_of(session, opened.record).get(ItemKey(one.item), one.item)
