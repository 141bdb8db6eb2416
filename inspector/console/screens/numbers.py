"""Document numbers: what became of every one, series by series; handing out by hand and calling back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import flet as ft

from inspector.console.accounts import Right
from inspector.console.devices import DeviceRow
from inspector.console.frame import frame
from inspector.console.numbers import NumberedDocument, NumbersLeft, SeriesReport
from inspector.console.screens.devices import keyed, needs_keys
from inspector.console.session import Session, use_changes, use_loaded
from inspector.domain.numbering import MOST, Fate, FateRun
from inspector.domain.working_days import china_date
from inspector.ui import theme
from inspector.ui.buttons import primary_button, secondary_button
from inspector.ui.dialogs import danger_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.panels import busy, card, empty_state, error_panel, quiet_text, section_title
from inspector.ui.share import save_file
from inspector.ui.states import Mark, state_chip
from inspector.ui.taps import Act
from inspector.ui.theme import Tone

NAME = "console.numbers"
PAGE = 40
"""Lines on one page of a series."""

_MARKS = {
    Fate.ISSUED: Mark(shape=ft.Icons.DESCRIPTION_OUTLINED, word=Fate.ISSUED.word, tone=Tone.GOOD),
    Fate.TWICE: Mark(shape=ft.Icons.GPP_BAD_OUTLINED, word=Fate.TWICE.word, tone=Tone.BAD),
    Fate.QUARANTINED: Mark(shape=ft.Icons.GPP_MAYBE_OUTLINED, word=Fate.QUARANTINED.word, tone=Tone.BAD),
    Fate.NO_PAPER: Mark(shape=ft.Icons.BLOCK, word=Fate.NO_PAPER.word, tone=Tone.CARE),
    Fate.MISSING: Mark(shape=ft.Icons.HELP_OUTLINE, word=Fate.MISSING.word, tone=Tone.BAD),
    Fate.HELD: Mark(shape=ft.Icons.TABLET_ANDROID, word=Fate.HELD.word, tone=Tone.IDLE),
    Fate.RETURNED: Mark(shape=ft.Icons.UNDO, word=Fate.RETURNED.word, tone=Tone.IDLE),
    Fate.CLOSED: Mark(shape=ft.Icons.BLOCK, word=Fate.CLOSED.word, tone=Tone.CARE),
    Fate.SKIPPED: Mark(shape=ft.Icons.SKIP_NEXT, word=Fate.SKIPPED.word, tone=Tone.CARE),
    Fate.UNKNOWN: Mark(shape=ft.Icons.HELP_OUTLINE, word=Fate.UNKNOWN.word, tone=Tone.CARE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What the screen shows.

    Attributes:
        labels: of the tablets, by id.
        tablets: those at work.
        resting: those that get no numbers by themselves.
        documents: that this office issues.
    """

    reports: tuple[SeriesReport, ...]
    labels: Mapping[str, str]
    tablets: tuple[DeviceRow, ...]
    resting: frozenset[str]
    documents: tuple[NumberedDocument, ...]


def read_book(session: Session) -> Book:
    """Everything, from the desk's database."""
    devices = session.hall.devices
    return Book(
        reports=devices.numbers.report(),
        labels=devices.numbers.labels(),
        tablets=tuple(row for row in devices.all() if row.revoked_ms is None),
        resting=devices.numbers.resting(),
        documents=devices.numbers.documents(),
    )


@ft.component
def NumbersScreen(session: Session) -> ft.Control:
    """One series at a time."""
    turn = use_changes(session)
    loaded = use_loaded(session, partial(read_book, session), on=(turn,))
    chosen, choose = ft.use_state("0")
    book = loaded.value
    error = [error_panel(loaded.error, on_retry=loaded.again)] if loaded.error else []
    matter: list[ft.Control]
    if book is None:
        matter = [] if error else [busy("正在核对文书号……")]
    elif not book.reports:
        do = "填写签发机关、登记平板之后，号段会自动发给平板。"
        matter = [empty_state(ft.Icons.TAG, "还没有发过文书号", do)]
    else:
        report = book.reports[min(int(chosen), len(book.reports) - 1)]
        chips = [Choice(id=str(n), words=_title(one)) for n, one in enumerate(book.reports)]
        picked = str(book.reports.index(report))
        matter = [
            choice_chips(f"{NAME}.series", chips, [picked], choose),
            _summary(report),
            keyed(Runs, f"runs {picked}", report, book.labels),
        ]
    if book is not None and book.tablets and session.may(Right.MANAGE):
        locked = [] if session.desk.is_unlocked else [needs_keys(session, NAME)]
        matter = [*matter, *locked, HandingOut(session, book)]
    return frame(session, NAME, "文书号", [*error, *matter], place="numbers", aside=_export(session, book))


def _export(session: Session, book: Book | None) -> list[ft.Control]:
    if not session.may(Right.DECIDE):
        return []

    async def export() -> None:
        data = await session.act(session.hall.devices.numbers.table, session.me)
        day = china_date(session.now_ms())
        await save_file(f"文书号去向-{day:%Y%m%d}.csv", data, extension="csv")
        session.snack("文书号去向表已导出，每个号一行")

    nothing = book is None or not book.reports
    return [
        secondary_button(f"{NAME}.export", "导出去向表", export, icon=ft.Icons.DOWNLOAD, disabled=nothing)
    ]


def _title(report: SeriesReport) -> str:
    return f"{report.title} {report.series.year}年"


def _summary(report: SeriesReport) -> ft.Control:
    counted = [(fate, report.count(fate)) for fate in Fate]
    words = "；".join(f"{fate.word} {count} 个" for fate, count in counted if count)
    bad = report.count(Fate.TWICE) + report.count(Fate.MISSING)
    return card(
        [
            section_title(f"{report.series.issuer.word} · {_title(report)}"),
            ft.Text(words or "还没有发过号"),
            quiet_text(f"共发到第 {report.next - 1} 号；下一个未发的是第 {report.next} 号，每年从 1 号起。"),
        ],
        tone=Tone.BAD if bad else None,
    )


@ft.component
def Runs(report: SeriesReport, labels: Mapping[str, str]) -> ft.Control:
    """The lines of a series, a page at a time."""
    page, turn = ft.use_state(0)
    pages = max(1, -(-len(report.runs) // PAGE))
    shown = report.runs[page * PAGE : (page + 1) * PAGE]
    ways: list[ft.Control] = []
    if page:
        ways.append(secondary_button(f"{NAME}.before", "上一页", partial(turn, page - 1)))
    if page < pages - 1:
        ways.append(secondary_button(f"{NAME}.after", "下一页", partial(turn, page + 1)))
    lines = [_run(report, run, labels) for run in shown]
    return card(
        [
            section_title("每个号的去向", aside=[quiet_text(f"第 {page + 1} 页，共 {pages} 页")]),
            *lines,
            *([ft.Row(controls=ways, alignment=ft.MainAxisAlignment.END)] if ways else []),
        ]
    )


def _run(report: SeriesReport, run: FateRun, labels: Mapping[str, str]) -> ft.Control:
    span = f"{run.first} 号" if run.first == run.last else f"{run.first}—{run.last} 号"
    about = [
        labels.get(run.device, f"平板 {run.device[:8]}") if run.device else "",
        run.reason,
        _papers(report, run),
    ]
    row = ft.Row(
        controls=[
            ft.Container(content=ft.Text(span, weight=ft.FontWeight.W_600), width=128),
            ft.Container(
                content=ft.Row(controls=[state_chip(_MARKS[run.fate])], tight=True),
                width=280,
                alignment=ft.Alignment.CENTER_LEFT,
            ),
            ft.Text("；".join(filter(None, about)), expand=True),
        ],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    held = ft.Container(content=row, padding=ft.Padding.symmetric(vertical=4))
    return ft.Semantics(identifier=f"{NAME}.run-{run.first}", content=held, container=True)


def _papers(report: SeriesReport, run: FateRun) -> str:
    """The printed numbers of a run: the first and the last."""
    members = report.numbers[run.first - 1 : run.last]
    texts = [use.number for one in members for use in (*one.uses, *one.claims)]
    if len(texts) < 2:
        return "".join(texts)
    return f"{texts[0]} 至 {texts[-1]}" if run.fate is Fate.ISSUED else "、".join(texts)


@ft.component
def HandingOut(session: Session, book: Book) -> ft.Control:
    """Beside what goes out by itself: numbers for one tablet by hand, and all of them back."""
    device, pick = ft.use_state(book.tablets[0].id)
    document, take = ft.use_state(book.documents[0].id if book.documents else "")
    count, write = ft.use_state("20")
    working, work = ft.use_state(False)
    row = next((one for one in book.tablets if one.id == device), book.tablets[0])
    chosen = next((one for one in book.documents if one.id == document), None)

    async def hand_out() -> None:
        if chosen is None:
            return
        await _held(work, _give, session, row, chosen, int(count))

    async def call_back() -> None:
        await _held(work, _call_back, session, row)

    is_ready = session.desk.is_unlocked and not working and chosen is not None
    is_count = count.isascii() and count.isdigit() and 1 <= int(count) <= MOST
    tablets = [Choice(id=one.id, words=one.label) for one in book.tablets]
    documents = [Choice(id=one.id, words=one.word) for one in book.documents]
    typed = text_field(
        f"{NAME}.count",
        "发多少个",
        count,
        write,
        keyboard=ft.KeyboardType.NUMBER,
        suffix="个",
        error="" if is_count else f"请填 1 至 {MOST}",
    )
    give = primary_button(f"{NAME}.hand-out", "发号", hand_out, disabled=not (is_ready and is_count))
    back = _call_back_button(row, call_back, disabled=not is_ready or device in book.resting)
    return card(
        [
            section_title("手工发号与收回"),
            quiet_text(
                "平常不用管：审核台按每台平板最近八周最忙的两周自动补号，至少留 10 个，最多补到 200 个。"
            ),
            choice_chips(f"{NAME}.tablet", tablets, [row.id], pick),
            *_standing(row.numbers, is_resting=row.id in book.resting),
            choice_chips(f"{NAME}.kind", documents, [document], take),
            ft.Row(controls=[ft.Container(content=typed, width=240)]),
            *([busy("正在核对服务器上已发出的号……")] if working else []),
            ft.Row(controls=[back, give], alignment=ft.MainAxisAlignment.END, spacing=theme.UNIT),
        ],
        gap=theme.UNIT * 2,
    )


def _call_back_button(row: DeviceRow, call_back: Act, *, disabled: bool) -> ft.Control:
    return danger_button(
        f"{NAME}.call-back",
        "收回未用的号",
        call_back,
        title=f"收回“{row.label}”未用的号？",
        text="平板下次联网时交回没有用过的号，证实没有用过的才会再发给别的平板；之后不再自动给它补号，"
        "需要时在这里发号即可恢复。",
        act="收回",
        disabled=disabled,
    )


def _standing(numbers: Sequence[NumbersLeft], *, is_resting: bool) -> list[ft.Control]:
    lines: list[ft.Control] = []
    if is_resting:
        lines.append(ft.Text("已收回：暂不自动补号", color=Tone.CARE.ink))
    for one in numbers:
        need = one.need
        away = f"，最长 {need.away_days} 天没有联系" if need.away_days else ""
        why = f"最忙的两周用了 {need.busiest} 个{away}，所以至少留 {need.least} 个"
        lines.append(ft.Text(f"{one.document.word}（{one.year}年）：余 {one.left} 个；{why}"))
    return lines


async def _held(work: Callable[[bool], None], act: Callable[..., object], *args: object) -> None:
    work(True)
    try:
        await act(*args)  # type: ignore[misc]
    finally:
        work(False)


async def _give(session: Session, row: DeviceRow, one: NumberedDocument, count: int) -> None:
    await session.told(session.hall.devices.numbers.hand_out, session.me, row.id, one.id, count)
    session.snack(f"已发给“{row.label}”{one.word} {count} 个号，平板联网后领到")


async def _call_back(session: Session, row: DeviceRow) -> None:
    await session.told(session.hall.devices.numbers.call_back, session.me, row.id)
    session.snack(f"已通知“{row.label}”交回未用的号")
