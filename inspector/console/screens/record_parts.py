"""What else belongs to a record: answers, signatures, times, documents, versions, its place in the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

import flet as ft

from inspector.console import routes
from inspector.console.records import ITEM_NOTE_CAP, NoticeOf, OpenedRecord
from inspector.console.screens.copies import download as download_copy
from inspector.console.screens.devices import keyed
from inspector.console.screens.marks import record_mark, state_mark
from inspector.console.screens.record_findings import Note, doubt_about_note, fact, measured
from inspector.console.session import Session, use_loaded
from inspector.domain.answer import Answer, ItemKey, Verdict
from inspector.domain.checklist import item_key
from inspector.domain.combination import homes_in
from inspector.domain.inspection import Handwriting, Inspection, NoPosition, Role
from inspector.domain.records import Record, SignedHow
from inspector.domain.rules import AskedSection, sections_of
from inspector.domain.working_days import chinese_date
from inspector.ui import theme, words
from inspector.ui.buttons import quiet_button, secondary_button
from inspector.ui.fields import text_field
from inspector.ui.panels import card, quiet_text, section_title
from inspector.ui.share import save_pdf
from inspector.ui.states import state_chip, verdict_mark
from inspector.ui.strokes import strokes_picture
from inspector.work.registration import PublicState

_ROLES = {Role.INSPECTOR: "检查人员", Role.RESPONSIBLE: "被检查单位负责人", Role.WITNESS: "见证人"}
_SIGNED = {SignedHow.KEY: "密钥签名", SignedHow.HANDWRITTEN: "仅手写签名"}


def answers(session: Session, record: Record, notes: Mapping[str, str], on_note: Note | None) -> ft.Control:
    """Every answer by section, in the checklist's words where this console has that very checklist."""
    parts: list[ft.Control] = [section_title("全部回答"), *_pack(session, record)]
    inspection = record.inspection
    seen: set[ItemKey] = set()
    asks = asks_of(session, record)
    for ref in inspection.checklists:
        checklist = session.hall.packs.checklist(ref.sha256)
        parts.append(quiet_text(f"{ref.title}（{ref.version}）"))
        if checklist is None:
            parts.append(ft.Text("审核台没有这一版检查表，其中的项目列在最后。"))
            continue
        homes = homes_in(ref)
        for section in sections_of(checklist, homes, inspection.answers):
            parts += _section(session, record, section, notes, on_note)
            seen |= {key for key, _ in section.items}
    parts += [
        _answer(session, record, key, asks.get(key, key), answer, notes, on_note)
        for key, answer in inspection.answers.items()
        if key not in seen
    ]
    return card(parts)


def asks_of(session: Session, record: Record) -> dict[ItemKey, str]:
    """What is asked at each item, as far as this console has the very checklists."""
    asks: dict[ItemKey, str] = {}
    for ref in record.inspection.checklists:
        checklist = session.hall.packs.checklist(ref.sha256)
        if checklist is not None:
            homes = homes_in(ref)
            asks |= {homes.get(item.id, item_key(checklist, item)): item.ask for item in checklist.items}
    return asks


def _pack(session: Session, record: Record) -> list[ft.Control]:
    """With which pack the inspection began, where it says so."""
    version = session.hall.packs.pack_of(record.id)
    if version is None:
        return []
    return [quiet_text(f"检查开始时用的检查表：{f'第 {version} 版' if version else '程序自带'}")]


def _section(
    session: Session,
    record: Record,
    section: AskedSection,
    notes: Mapping[str, str],
    on_note: Note | None,
) -> list[ft.Control]:
    """One section; what an earlier checklist asked is counted, and stands there."""
    titles = {ref.id: ref.title for ref in record.inspection.checklists}
    counted = Counter(titles.get(key.partition("/")[0], "") for key, _ in section.elsewhere)
    return [
        ft.Text(section.section.title, theme_style=ft.TextThemeStyle.TITLE_SMALL),
        *(quiet_text(f"已在《{title}》中检查：{count} 项") for title, count in counted.items()),
        *(
            _answer(session, record, key, item.ask, record.inspection.answers.get(key), notes, on_note)
            for key, item in section.items
        ),
    ]


def _answer(
    session: Session,
    record: Record,
    key: ItemKey,
    ask: str,
    answer: Answer | None,
    notes: Mapping[str, str],
    on_note: Note | None,
) -> ft.Control:
    said = [measured(session, record, answer), answer.note] if answer else []
    value = "；".join(part for part in said if part)
    judged = answer is None or answer.verdict is not None
    chip = [state_chip(verdict_mark(answer.verdict if answer else None))] if judged else []
    texts: list[ft.Control] = [ft.Text(ask, theme_style=ft.TextThemeStyle.BODY_MEDIUM)]
    if value:
        texts.append(quiet_text(value))
    has_card = answer is not None and answer.verdict is Verdict.FAIL and key in record.inspection.findings
    if on_note is not None and not has_card:
        texts += _note(key, notes, on_note)
    row = ft.Row(
        controls=[
            ft.Column(
                controls=texts,
                spacing=4,
                expand=True,
                tight=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            *chip,
        ],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return ft.Container(content=row, padding=ft.Padding.symmetric(vertical=4, horizontal=0), key=key)


def _note(key: ItemKey, notes: Mapping[str, str], on_note: Note) -> list[ft.Control]:
    if key not in notes:
        name = f"console.record.answer.{key}.ask"
        return [
            ft.Row(
                controls=[quiet_button(name, "要求补充这一项", lambda: on_note(key, ""), icon=ft.Icons.ADD)]
            )
        ]
    return [
        text_field(
            f"console.record.answer.{key}.note",
            "退回说明（这一项要补什么）",
            notes[key],
            lambda text: on_note(key, text),
            error=doubt_about_note(notes[key], ITEM_NOTE_CAP),
            autofocus=True,
        )
    ]


def signatures(session: Session, record: Record) -> ft.Control:
    """Who stands behind the record, how, and the strokes they drew."""
    inspection = record.inspection
    standing = [
        fact(one.inspector.name, "，".join(filter(None, (one.inspector.number, _SIGNED[one.signed]))))
        for one in record.standings
    ]
    drawn = [_handwriting(session, one) for one in inspection.witnesses]
    refused = []
    if inspection.refusal:
        refusal = inspection.refusal
        refused = [
            fact("拒绝签字", refusal.reason),
            fact("见证人", refusal.witness or "没有填写"),
            fact("时间", words.moment(refusal.at_ms, now_ms=session.now_ms())),
        ]
    pictures = ft.Row(controls=drawn, wrap=True, spacing=theme.UNIT * 2, run_spacing=theme.UNIT)
    return card([section_title("签名"), *standing, *refused, pictures])


def _handwriting(session: Session, one: Handwriting) -> ft.Control:
    who = "，".join(filter(None, (_ROLES[one.role], one.name, one.position)))
    at = words.moment(one.at_ms, now_ms=session.now_ms())
    picture = strokes_picture(one.strokes, one.width, one.height, shown_width=240, label=f"{who}的手写签名")
    frame = ft.Container(
        content=picture, border=ft.Border.all(width=1, color=theme.LINE), border_radius=theme.UNIT, padding=4
    )
    return ft.Column(controls=[frame, ft.Text(who), quiet_text(at)], spacing=4, tight=True, width=256)


def circumstances(session: Session, record: Record) -> ft.Control:
    """Enterprise, place, position and what speaks for the times."""
    inspection, now = record.inspection, session.now_ms()
    enterprise = inspection.enterprise
    clock = record.clock
    jumps = "；".join(
        f"{words.moment(jump.at_ms, now_ms=now)}调整 {jump.by_ms / 1000:g} 秒" for jump in clock.jumps
    )
    office = words.moment(clock.office_ms, now_ms=now) if clock.office_ms else "平板此前没有见过"
    lines = [
        ("单位", enterprise.name),
        ("统一代码", enterprise.credit_code),
        ("地址", enterprise.address),
        ("负责人", "，".join(filter(None, (enterprise.person, enterprise.position, enterprise.phone)))),
        ("检查地点", inspection.place),
        ("定位", _position(inspection)),
        ("开始", words.moment(inspection.started_ms, now_ms=now)),
        ("封存", words.moment(clock.wall_ms, now_ms=now)),
        ("办公室时间", f"{office}（封存前最后一次由办公室签署的时间）"),
        ("时钟调整", jumps or "没有"),
        ("程序版本", record.app),
    ]
    return card([section_title("单位、地点与时间"), *(fact(name, text) for name, text in lines if text)])


def _position(inspection: Inspection) -> str:
    position = inspection.position
    if position is None:
        return "没有记录"
    if isinstance(position, NoPosition):
        return f"没有定位：{position.reason}"
    return f"北纬 {position.latitude}°，东经 {position.longitude}°，精度约 {position.accuracy_m} 米（WGS-84）"


def documents(session: Session, opened: OpenedRecord) -> ft.Control:
    """The documents that were handed over, to be downloaded as they were."""
    rows = [_document(session, notice) for notice in opened.notices]
    return card([section_title("文书"), *(rows or [quiet_text("这份记录没有附带文书。")])])


def _document(session: Session, notice: NoticeOf) -> ft.Control:
    name = f"{notice.title} {notice.number or '（没有编号，草稿）'}"

    async def download() -> None:
        _, pdf = await session.told(session.hall.records.pdf, session.me, notice.entry)
        await save_pdf(f"{name}.pdf", pdf)
        session.snack("已交给浏览器下载，并记入审计。")

    button = secondary_button(
        f"console.record.notice.{notice.entry[:12]}", "下载 PDF", download, icon=ft.Icons.DOWNLOAD
    )
    issued = quiet_text(f"{chinese_date(date.fromisoformat(notice.issued_on))}出具")
    lines: list[ft.Control] = [ft.Text(name), issued]
    ways: list[ft.Control] = []
    if notice.state is not None:
        if notice.state is PublicState.IN_FORCE and notice.number is not None:
            lines.append(keyed(Due, f"due {notice.entry}", session, notice.entry))
        elif notice.state is not PublicState.IN_FORCE:
            lines.append(ft.Row(controls=[state_chip(state_mark(notice.state))], tight=True))
        look = partial(session.navigate, routes.notice(notice.entry))
        ways.append(quiet_button(f"console.record.open.{notice.entry[:12]}", "打开", look))
    if notice.has_copy:
        fetch = partial(download_copy, session, notice.entry, name)
        ways.append(quiet_button(f"console.record.copy.{notice.entry[:12]}", "办公室副本", fetch))
    texts = ft.Column(controls=lines, spacing=2, tight=True)
    # Beside the findings the column is narrow: what can be done stands under the words.
    row = ft.Row(controls=[*ways, button], alignment=ft.MainAxisAlignment.END, wrap=True, spacing=theme.UNIT)
    return ft.Column(
        controls=[texts, row], spacing=4, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )


@ft.component
def Due(session: Session, entry: str) -> ft.Control:
    """The last deadline of a document, after what was granted, and when the office re-inspects."""
    hall = session.hall
    loaded = use_loaded(session, lambda: hall.extensions.deadlines(entry, hall.records.notice(entry)))
    found, now = loaded.value, session.now_ms()
    if found is None or found.last is None:
        return ft.Container()
    last = f"最后期限：{words.deadline(found.last, now)}"
    again = f"应复查：{words.deadline(found.reinspect, now)}" if found.reinspect else ""
    line = ft.Text("；".join(filter(None, (last, again))))
    return ft.Semantics(identifier=f"console.record.due-{entry[:12]}", content=line, container=True)


def versions(session: Session, opened: OpenedRecord) -> ft.Control:
    """The versions of this matter, oldest first."""
    rows: list[ft.Control] = [section_title("历次版本")]
    for place, row in enumerate(opened.versions, start=1):
        here = row.entry == opened.row.entry
        kind = "补正" if row.amends else "首次提交"
        sealed = words.moment(row.sealed_ms, now_ms=session.now_ms())
        text = ft.Text(f"第 {place} 版（{kind}），{sealed}封存" + ("：正在查看" if here else ""), expand=True)
        look: list[ft.Control] = []
        if not here:
            go: Callable[[], object] = partial(session.navigate, routes.record(row.entry))
            look = [quiet_button(f"console.record.version.{row.entry[:12]}", "打开", go)]
        rows.append(ft.Row(controls=[state_chip(record_mark(row.state)), text, *look], spacing=theme.UNIT))
    return card(rows)


def place_in_log(session: Session, opened: OpenedRecord) -> ft.Control:
    """Where the entry stands in the office's log."""
    row = opened.row
    arrived = words.moment(row.arrived_ms, now_ms=session.now_ms())
    return card(
        [
            section_title("回执"),
            fact("日志编号", f"#{row.index}"),
            fact("收到时间", arrived),
            fact("条目", row.entry),
            fact("记录编号", row.record),
            fact("平板", row.device),
        ]
    )
