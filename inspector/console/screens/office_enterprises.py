"""The office's enterprises: find, add, change, remove, paste a table."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import flet as ft

from inspector.console.accounts import Right
from inspector.console.administration import Administration
from inspector.console.enterprise_table import COLUMNS, HEADER, Remark, Sheet, check_enterprise, read_table
from inspector.console.session import Session, use_changes, use_loaded
from inspector.domain.checklist import Domain
from inspector.domain.enterprise import Enterprise, domain_of
from inspector.domain.identifiers import doubt_about_credit_code, search_form, uuid7
from inspector.domain.kinds import EnterpriseKind
from inspector.errors import InspectorError
from inspector.ui import theme
from inspector.ui.buttons import primary_button, quiet_button, secondary_button
from inspector.ui.dialogs import danger_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.panels import busy, card, empty_state, error_panel, quiet_text, section_title
from inspector.ui.taps import Act
from inspector.ui.theme import Tone

NAME = "console.office"
PAGE = 50
Keep = Callable[[tuple[Enterprise, ...]], object]


def new_id(session: Session) -> str:
    """An id for an enterprise that is new."""
    return uuid7(at_ms=session.now_ms(), random=secrets.token_bytes(10))


@ft.component
def Enterprises(session: Session) -> ft.Control:
    """The list, or one of its forms."""
    turn = use_changes(session)
    loaded = use_loaded(session, session.desk.enterprises, on=(turn,))
    nothing: Enterprise | None = None
    edited, edit = ft.use_state(nothing)
    pasting, paste = ft.use_state(False)
    if loaded.error is not None:
        return error_panel(loaded.error, on_retry=loaded.again)
    if loaded.value is None:
        return busy("正在读取单位名录……")
    known = loaded.value

    async def keep(after: tuple[Enterprise, ...]) -> None:
        await session.told(Administration(session.desk).set_enterprises, session.me, after)
        edit(None)
        paste(False)
        loaded.again()
        session.snack(f"单位名录已更新，共 {len(after)} 家，会发给每台平板")

    if edited is not None:
        return Editing(edited, known, keep, partial(edit, None))
    if pasting:
        return Pasting(session, known, keep, partial(paste, False))
    return Listing(session, known, edit, partial(paste, True))


@ft.component
def Listing(
    session: Session,
    known: tuple[Enterprise, ...],
    on_edit: Callable[[Enterprise], None],
    on_paste: Act,
) -> ft.Control:
    """One page of what the words typed leave."""
    wanted, want = ft.use_state("")
    page, turn_to = ft.use_state(0)

    def search(text: str) -> None:
        want(text)
        turn_to(0)

    mine = session.may(Right.MANAGE) and session.desk.is_unlocked
    found = [one for one in known if search_form(wanted.strip()) in search_form(one.name + one.credit_code)]
    shown = found[page * PAGE : (page + 1) * PAGE]
    empty = Enterprise(id=new_id(session), name="", from_office=True)
    ways = [
        secondary_button(
            f"{NAME}.paste", "粘贴表格", on_paste, icon=ft.Icons.CONTENT_PASTE, disabled=not mine
        ),
        secondary_button(
            f"{NAME}.add", "新增单位", partial(on_edit, empty), icon=ft.Icons.ADD, disabled=not mine
        ),
    ]
    rows = [_row(one, on_edit, mine) for one in shown]
    nothing = empty_state(
        ft.Icons.BUSINESS_OUTLINED,
        "没有找到这样的单位" if known else "还没有单位",
        "换一个词试试。" if known else "可以逐家新增，或把 Excel 里的表格整段粘贴进来。",
    )
    more = _pages(page, len(found), turn_to)
    return card(
        [
            section_title(f"单位名录（{len(known)} 家）", aside=ways),
            text_field(f"{NAME}.search", "按名称或信用代码查找", wanted, search),
            *(rows or [nothing]),
            *([ft.Row(controls=more, alignment=ft.MainAxisAlignment.END)] if more else []),
        ]
    )


def _pages(page: int, count: int, turn_to: Callable[[int], None]) -> list[ft.Control]:
    if count <= PAGE:
        return []
    last = (count - 1) // PAGE
    return [
        quiet_text(f"第 {page + 1}/{last + 1} 页"),
        secondary_button(f"{NAME}.previous", "上一页", partial(turn_to, page - 1), disabled=page == 0),
        secondary_button(f"{NAME}.next", "下一页", partial(turn_to, page + 1), disabled=page == last),
    ]


def _row(one: Enterprise, on_edit: Callable[[Enterprise], None], mine: bool) -> ft.Control:
    field = one.domain.chinese if one.domain else "领域未定"
    kinds = "，".join(kind.chinese for kind in one.kinds) or field
    person = f"{one.person} {one.phone}".strip() or "没有负责人"
    words = ft.Column(
        controls=[
            ft.Text(one.name, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            quiet_text(" · ".join(part for part in (one.credit_code, kinds, one.address, person) if part)),
        ],
        spacing=2,
        expand=True,
        tight=True,
    )
    ways = [quiet_button(f"{NAME}.edit-{one.id}", "修改", partial(on_edit, one))] if mine else []
    row = ft.Row(controls=[words, *ways], vertical_alignment=ft.CrossAxisAlignment.CENTER)
    return ft.Semantics(identifier=f"{NAME}.enterprise-{one.id}", content=row, container=True)


@ft.component
def Editing(one: Enterprise, known: tuple[Enterprise, ...], on_keep: Keep, on_cancel: Act) -> ft.Control:
    """One enterprise; a doubtful credit code warns and never stops."""
    form, change = ft.use_state(one)
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)
    is_known = any(each.id == one.id for each in known)
    faults = check_enterprise(form)

    async def keep(after: tuple[Enterprise, ...]) -> None:
        try:
            await _awaited(on_keep(after))
        except InspectorError as refused:
            fail(refused)

    others = tuple(each for each in known if each.id != one.id)
    domains = [Choice(id=each.value, words=each.chinese) for each in Domain]
    return card(
        [
            section_title("修改单位" if is_known else "新增单位"),
            *([error_panel(error)] if error else []),
            *(_field(name, form, change) for name in COLUMNS if name not in ("domain", "kinds")),
            ft.Text("所属领域（可不选）"),
            choice_chips(
                f"{NAME}.domain", domains, [form.domain] if form.domain else [], partial(_pick, form, change)
            ),
            *_kinds(form, change),
            *(ft.Text(fault, color=Tone.CARE.ink) for fault in faults),
            ft.Row(
                controls=[
                    *([_remove_button(one, partial(keep, others))] if is_known else []),
                    ft.Container(expand=True),
                    secondary_button(f"{NAME}.cancel", "不改了", on_cancel),
                    primary_button(
                        f"{NAME}.keep",
                        "保存并发给平板",
                        partial(keep, (*others, form)),
                        disabled=bool(faults),
                    ),
                ],
                spacing=theme.UNIT,
            ),
        ],
        gap=theme.UNIT * 2,
    )


def _remove_button(one: Enterprise, remove: Act) -> ft.Control:
    return danger_button(
        f"{NAME}.remove",
        "从名录删除",
        remove,
        title=f"从名录删除“{one.name}”？",
        text="平板上不再列出这家单位；已有的检查记录和文书不受影响。",
        act="删除",
    )


async def _awaited(outcome: object) -> None:
    if isinstance(outcome, Awaitable):
        await outcome


def _pick(form: Enterprise, change: Callable[[Enterprise], None], id: str) -> None:
    change(replace(form, domain=None if form.domain == id else Domain(id)))


def _kinds(form: Enterprise, change: Callable[[Enterprise], None]) -> list[ft.Control]:
    """What sort of place it is: the kinds of its field, and those of others that it has already."""
    offered = [
        kind
        for kind in EnterpriseKind
        if form.domain is None or domain_of(kind) is form.domain or kind in form.kinds
    ]

    def choose(id: str) -> None:
        kind = EnterpriseKind(id)
        others = tuple(each for each in form.kinds if each is not kind)
        change(replace(form, kinds=others if kind in form.kinds else (*form.kinds, kind)))

    chips = [Choice(id=kind.value, words=kind.chinese) for kind in offered]
    return [
        ft.Text("单位类型（可多选；平板据此列出适合的检查表）"),
        choice_chips(f"{NAME}.one-kind", chips, form.kinds, choose),
    ]


def _field(name: str, form: Enterprise, change: Callable[[Enterprise], None]) -> ft.Control:
    def typed(text: str) -> None:
        changes: dict[str, str] = {name: text}
        change(replace(form, **changes))  # type: ignore[arg-type]

    text = getattr(form, name)
    warn = (doubt_about_credit_code(text) or "") if name == "credit_code" else ""
    return text_field(f"{NAME}.one-{name.replace('_', '-')}", COLUMNS[name], text, typed, warn=warn)


@ft.component
def Pasting(session: Session, known: tuple[Enterprise, ...], on_keep: Keep, on_cancel: Act) -> ft.Control:
    """A table from elsewhere: read, shown with all its faults, taken as a whole or not at all."""
    text, typed = ft.use_state("")
    nothing: Sheet | None = None
    sheet, show = ft.use_state(nothing)
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)

    def retyped(value: str) -> None:
        typed(value)
        show(None)

    async def read() -> None:
        show(await session.beside(read_table, text, known, new_id=partial(new_id, session)))

    async def take() -> None:
        if sheet is None:
            return
        try:
            await _awaited(on_keep(sheet.enterprises))
        except InspectorError as refused:
            fail(refused)

    is_good = sheet is not None and not sheet.faults
    step = (
        primary_button(f"{NAME}.take", "更新名录并发给平板", take)
        if is_good
        else primary_button(f"{NAME}.read", "检查表格", read, disabled=not text.strip())
    )
    return card(
        [
            section_title("粘贴表格"),
            *([error_panel(error)] if error else []),
            ft.Text(
                "第一行写列名，每行一家；从 Excel 复制的可以直接粘贴。名录里已有的会更新，没有的会新增。"
            ),
            quiet_text(
                f"列名：{HEADER}（只有单位名称必填；领域写危爆物品、寄递物流、城市燃气或消防生命通道；"
                "单位类型写平板上的名称，如餐饮用气，几种之间用分号隔开；表中没有的列保持原样）"
            ),
            text_field(f"{NAME}.table", "表格内容", text, retyped, lines=8),
            *(_outcome(sheet) if sheet else []),
            ft.Row(
                controls=[secondary_button(f"{NAME}.cancel", "返回名录", on_cancel), step],
                alignment=ft.MainAxisAlignment.END,
                spacing=theme.UNIT,
            ),
        ],
        gap=theme.UNIT * 2,
    )


def _outcome(sheet: Sheet) -> list[ft.Control]:
    if sheet.faults:
        head = ft.Text(f"有 {len(sheet.faults)} 处要改，改好再粘贴一次；名录没有变。", color=Tone.BAD.ink)
        return [_remarks(f"{NAME}.faults", head, sheet.faults)]
    words = f"新增 {sheet.added} 家，更新 {sheet.changed} 家，之后共 {len(sheet.enterprises)} 家。"
    good = ft.Text(words, color=Tone.GOOD.ink)
    if not sheet.warnings:
        return [ft.Semantics(identifier=f"{NAME}.read-well", content=good, container=True)]
    head = ft.Text(f"{words}有 {len(sheet.warnings)} 处请核对，不影响更新：", color=Tone.CARE.ink)
    return [_remarks(f"{NAME}.warnings", head, sheet.warnings)]


def _remarks(identifier: str, head: ft.Control, remarks: tuple[Remark, ...]) -> ft.Control:
    lines = [ft.Text(f"第 {one.line} 行：{one.words}") for one in remarks[:PAGE]]
    rest = [quiet_text(f"还有 {len(remarks) - PAGE} 处")] if len(remarks) > PAGE else []
    column = ft.Column(controls=[head, *lines, *rest], spacing=4, tight=True)
    return ft.Semantics(identifier=identifier, content=column, container=True, live_region=True)
