"""The office's own document templates: what the tablets have, a new one looked at and sent out, the fonts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import flet as ft

from inspector.console.accounts import Right
from inspector.console.office_fonts import OfficeFonts
from inspector.console.own_forms import PASTED
from inspector.console.own_numbers import ISSUED_HERE
from inspector.console.session import Session, use_changes, use_loaded
from inspector.domain.identifiers import format_number
from inspector.domain.notice_details import DETAILS
from inspector.domain.working_days import china_date
from inspector.errors import FileTextError, InspectorError, NoticeTemplateError
from inspector.notices.templates import OwnTemplate
from inspector.ui import theme
from inspector.ui.buttons import quiet_button, secondary_button
from inspector.ui.dialogs import danger_button
from inspector.ui.fields import text_field
from inspector.ui.file_source import PickedFile, file_button
from inspector.ui.fonts_card import FontsCard
from inspector.ui.panels import busy, card, error_panel, quiet_text, section_title
from inspector.ui.share import save_pdf
from inspector.ui.taps import Act
from inspector.ui.theme import Tone
from inspector.ui.words import moment
from inspector.work.own_forms import FormSet

NAME = "console.office"
SAMPLE = ft.Icons.PICTURE_AS_PDF_OUTLINED


@ft.component
def Forms(session: Session) -> ft.Control:
    """What is out in the field, and the ways to change it."""
    turn = use_changes(session)
    loaded = use_loaded(session, partial(_read, session), on=(turn,))
    if loaded.error is not None:
        return error_panel(loaded.error, on_retry=loaded.again)
    if loaded.value is None:
        return busy("正在读取文书模板……")
    forms, documents, region = loaded.value
    parts = [_published(session, forms, documents, region)]
    if session.may(Right.MANAGE):
        fonts = OfficeFonts(session.desk, session.hall.fonts, session.me)
        parts += [Adding(session, documents, region), FontsCard(session, fonts, session.act)]
    return ft.Column(
        controls=parts,
        spacing=theme.UNIT * 2,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        tight=True,
    )


def _read(session: Session) -> tuple[FormSet | None, tuple[OwnTemplate, ...], str]:
    """What is published, and the region in the office's numbers."""
    forms, issuer = session.hall.forms, session.desk.issuer()
    return forms.newest(), forms.documents(), issuer.region if issuer else ""


def _published(
    session: Session, forms: FormSet | None, documents: Sequence[OwnTemplate], region: str
) -> ft.Control:
    if forms is None:
        lines: list[ft.Control] = [ft.Text("还没有本单位的模板：平板用自带的文书。")]
    else:
        since = moment(forms.at_ms, now_ms=session.now_ms())
        lines = [quiet_text(f"第 {forms.version} 版，{forms.by} {since} 发布，平板联网后采用。")]
        if not forms.files:
            lines.append(ft.Text("现在没有本单位的模板：平板用自带的文书。"))
    for own in documents:
        is_first = own.file == f"{own.document.id}.toml"
        lines.append(_document(session, own, documents if is_first else (), region))
    shown = card([section_title("平板在用的本单位模板"), *lines])
    return ft.Semantics(identifier=f"{NAME}.forms-published", content=shown, container=True)


def _document(session: Session, own: OwnTemplate, file_of: Sequence[OwnTemplate], region: str) -> ft.Control:
    """One document; the file's first one has the way to take the file back.

    Args:
        file_of: all documents, where this one is its file's first.
    """
    id = own.document.id
    ways = [secondary_button(f"{NAME}.form-sample-{id}", "看样张", _sample_of(session, own), icon=SAMPLE)]
    if file_of and session.may(Right.MANAGE):
        together = [one.document.title for one in file_of if one.file == own.file]
        ways.append(
            danger_button(
                f"{NAME}.drop-form-{id}",
                "移除",
                partial(_remove, session, own.file),
                title=f"移除{named(together)}？",
                text="平板联网后不再提供；已出具的文书和用过的号不变。",
                act="移除",
                disabled=not session.desk.is_unlocked,
            )
        )
    words = ft.Column(
        controls=[
            ft.Text(own.document.title, weight=ft.FontWeight.W_600),
            quiet_text(_about(session, own, region)),
        ],
        spacing=2,
        tight=True,
        expand=True,
    )
    row = ft.Row(controls=[words, *ways], spacing=theme.UNIT)
    return ft.Semantics(identifier=f"{NAME}.form-{id}", content=row, container=True)


async def _remove(session: Session, file: str) -> None:
    forms = await session.told(session.hall.forms.remove, session.me, file)
    session.snack(f"已移除，第 {forms.version} 版会发给每台平板")


def named(titles: Sequence[str]) -> str:
    """`“甲”、“乙”`."""
    return "、".join(f"“{title}”" for title in titles)


def _about(session: Session, own: OwnTemplate, region: str) -> str:
    document = own.document
    place = "代替" if _takes_the_place(own) else "与之并列："
    year = china_date(session.now_ms()).year
    number = format_number(document.number, year=year, serial=1, region=region)
    parts = [f"编号 {document.id}", f"{place}自带的{document.kind.word}", f"文号如{number}"]
    if document.copies:
        parts.append(f"{len(document.copies)} 联")
    if document.status:
        parts.append(document.status)
    return "；".join(parts)


def _takes_the_place(own: OwnTemplate) -> bool:
    """Whether it is used instead of the shipped one: it says so, or its kind is filled in by hand."""
    return own.document.instead or own.document.kind in DETAILS


def _sample_of(session: Session, own: OwnTemplate) -> Act:
    async def save() -> None:
        pdf = await session.beside(session.hall.forms.specimen, own)
        await save_pdf(f"样张-{own.document.id}.pdf", pdf)
        session.snack("样张已导出，内容是样例数据")

    return save


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """The text of a file to be sent out: what it holds, what is wrong with it, and the ways on."""

    text: str
    found: tuple[OwnTemplate, ...]
    working: bool
    error: InspectorError | None
    typed: Callable[[str], None]
    picked: Callable[[Sequence[PickedFile]], None]
    look: Act
    publish: Act


def use_draft(session: Session) -> _Draft:
    """A file that is typed or picked; what was found in it counts until the text changes."""
    text, write = ft.use_state("")
    nothing: tuple[OwnTemplate, ...] = ()
    found, find = ft.use_state(nothing)
    working, work = ft.use_state(False)
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)

    def typed(new: str) -> None:
        write(new)
        find(nothing)
        fail(None)

    def picked(files: Sequence[PickedFile]) -> None:
        if not files:
            return
        try:
            typed(_decoded(files[0]))
        except InspectorError as refused:
            fail(refused)

    async def look() -> None:
        work(True)
        try:
            find(await session.beside(session.hall.forms.look, text, PASTED))
            fail(None)
        except InspectorError as faulty:
            find(nothing)
            fail(faulty)
        finally:
            work(False)

    async def publish() -> None:
        try:
            forms = await session.told(session.hall.forms.publish, session.me, text)
        except InspectorError as refused:
            fail(refused)
            return
        typed("")
        session.snack(f"第 {forms.version} 版已签名，会发给每台平板")

    return _Draft(
        text=text,
        found=found,
        working=working,
        error=error,
        typed=typed,
        picked=picked,
        look=look,
        publish=publish,
    )


@ft.component
def Adding(session: Session, documents: Sequence[OwnTemplate], region: str) -> ft.Control:
    """The text of a file, every fault of it or what it holds, then sending it out.

    Args:
        documents: those that are published now.
        region: what stands for it in the office's numbers.
    """
    draft = use_draft(session)
    return card(
        [
            section_title("添加文书模板"),
            ft.Text(
                "粘贴或选择一个模板文件，写法见“怎样写本单位自己的文书模板”。第一种文书编号相同的，代替原来的文件。"
            ),
            text_field(f"{NAME}.form-text", "模板文件的全文", draft.text, draft.typed, lines=8),
            ft.Row(
                controls=_ways(draft, documents, is_unlocked=session.desk.is_unlocked), spacing=theme.UNIT
            ),
            *([busy("正在检查并试排……")] if draft.working else []),
            *_faults(draft.error),
            *_found(session, draft.found, region),
        ],
        gap=theme.UNIT * 2,
    )


def _ways(draft: _Draft, documents: Sequence[OwnTemplate], *, is_unlocked: bool) -> list[ft.Control]:
    clear = [quiet_button(f"{NAME}.form-clear", "清空", lambda: draft.typed(""))] if draft.text else []
    return [
        file_button(
            f"{NAME}.form-file",
            "选择文件",
            draft.picked,
            icon=ft.Icons.FILE_OPEN_OUTLINED,
            extensions=("toml",),
        ),
        *clear,
        ft.Container(expand=True),
        secondary_button(
            f"{NAME}.form-look", "检查", draft.look, disabled=not draft.text.strip() or draft.working
        ),
        danger_button(
            f"{NAME}.form-publish",
            "签名并发给平板……",
            draft.publish,
            title=f"把{named([own.document.title for own in draft.found])}发给平板？",
            text=_question(draft.found, documents),
            act="签名并发给平板",
            disabled=not draft.found or draft.working or not is_unlocked,
        ),
    ]


def _decoded(file: PickedFile) -> str:
    """The text of a file.

    Raises:
        FileTextError: it is none.
    """
    try:
        return file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileTextError(file=file.name) from error


def _found(session: Session, found: Sequence[OwnTemplate], region: str) -> list[ft.Control]:
    if not found:
        return []
    head = ft.Text(f"没有问题，有 {len(found)} 种文书，请看过样张再发给平板：", color=Tone.GOOD.ink)
    rows = [_checked(session, own, region) for own in found]
    column = ft.Column(controls=[head, *rows], spacing=theme.UNIT, tight=True)
    return [ft.Semantics(identifier=f"{NAME}.form-found", content=column, container=True, live_region=True)]


def _question(found: Sequence[OwnTemplate], documents: Sequence[OwnTemplate]) -> str:
    """What happens on the tablets when a file is sent out."""
    ways = [_effect(own) for own in found]
    file = f"{found[0].document.id}.toml" if found else ""
    gone = [one.document.title for one in documents if one.file == file]
    before = [f"已发布的{named(gone)}由它代替"] if gone else []
    said = "；".join([*ways, *before])
    return f"每台平板联网后采用：{said}。已出具的文书不变。以后可以移除，或再发布新的一份代替它。"


def _effect(own: OwnTemplate) -> str:
    document = own.document
    title, kind = f"“{document.title}”", f"自带的“{document.kind.word}”"
    if document.kind is ISSUED_HERE:
        return f"{title}不在平板上出具，审核台用它代替{kind}"
    if _takes_the_place(own):
        return f"平板用{title}代替{kind}"
    return f"{title}与{kind}并列，检查人员选用"


def _checked(session: Session, own: OwnTemplate, region: str) -> ft.Control:
    words = ft.Text(f"{own.document.title}（{_about(session, own, region)}）", expand=True)
    id = own.document.id
    sample = secondary_button(f"{NAME}.form-preview-{id}", "看样张", _sample_of(session, own), icon=SAMPLE)
    return ft.Row(controls=[words, sample], spacing=theme.UNIT)


def _faults(error: InspectorError | None) -> list[ft.Control]:
    if error is None:
        return []
    if not isinstance(error, NoticeTemplateError) or not error.faults:
        return [error_panel(error)]
    head = ft.Text(f"有 {len(error.faults)} 处要改，没有发布：", color=Tone.BAD.ink)
    lines = [ft.Text(str(fault), selectable=True) for fault in error.faults]
    column = ft.Column(controls=[head, *lines], spacing=4, tight=True)
    return [ft.Semantics(identifier=f"{NAME}.form-faults", content=column, container=True, live_region=True)]
