"""The office's copies: sign all that are due, see what could not be signed, fetch one, what signs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import flet as ft

from inspector.console import routes
from inspector.console.accounts import Right
from inspector.console.frame import frame
from inspector.console.office_copies import SHOWN, CopyRow, Tally
from inspector.console.screens.copies_key import SigningFacts, read_facts, signing_card, why_not
from inspector.console.screens.unlock import unlock_card
from inspector.console.sealing_batch import Progress
from inspector.console.session import Session, use_changes, use_loaded
from inspector.ui import theme
from inspector.ui.buttons import primary_button, quiet_button, secondary_button
from inspector.ui.fields import Choice, choice_chips
from inspector.ui.panels import busy, card, empty_state, error_panel, progress_bar, quiet_text, section_title
from inspector.ui.share import save_pdf
from inspector.ui.theme import Tone
from inspector.ui.words import moment

NAME = "console.copies"
_SCOPES = (
    Choice(id="accepted", words="只签记录已确认的"),
    Choice(id="received", words="所有已收到的"),
)
WHAT = (
    "办公室副本是平板出具的原文书，一字不改，后面附上机关的电子签名。签署后任何改动都会显示出来；"
    "它不是电子印章，纸面上的印章位置仍然空着。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What the screen shows; `page` is that of `signed`."""

    page: int
    tally: Tally
    accepted: int
    signed: tuple[CopyRow, ...]
    faults: tuple[CopyRow, ...]
    facts: SigningFacts


@ft.component
def CopiesScreen(session: Session) -> ft.Control:
    """All of it, or why there is nothing."""
    turn = use_changes(session)
    scope, narrow = ft.use_state("accepted")
    page, turn_to = ft.use_state(0)
    loaded = use_loaded(session, partial(_read, session, page), on=(turn, page))
    matter: list[ft.Control] = []
    if session.may(Right.DECIDE) and not session.desk.is_unlocked:
        matter.append(unlock_card(session))
    if loaded.error is not None:
        matter.append(error_panel(loaded.error, on_retry=loaded.again))
    if loaded.value is None:
        matter += [] if loaded.error else [busy("正在读取……")]
        return frame(session, NAME, "办公室副本", matter, place="copies")
    read = loaded.value
    matter += [
        _signing(session, read, scope, narrow),
        *_faults(session, read),
        _signed(session, read, turn_to),
        signing_card(session, read.facts),
    ]
    return frame(
        session,
        NAME,
        "办公室副本",
        matter,
        place="copies",
        actions=_actions(session, read, scope),
        # Whoever begins a batch from far below sees how it goes.
        start="running" if session.hall.sealing.is_running else "",
    )


def _signing(session: Session, read: _Read, scope: str, narrow: Callable[[str], object]) -> ft.Control:
    """What a copy is, what is due, how far it has come."""
    parts: list[ft.Control] = [section_title("签署"), ft.Text(WHAT), *_batch(session, read)]
    if session.may(Right.DECIDE):
        parts += why_not(read.facts)
    if session.may(Right.DECIDE) and not session.hall.sealing.is_running and read.tally.due:
        parts.append(choice_chips(f"{NAME}.scope", _SCOPES, [scope], narrow))
    return card(parts, gap=theme.UNIT * 2)


def _read(session: Session, page: int) -> _Read:
    copies = session.hall.copies
    return _Read(
        page=page,
        tally=copies.tally(),
        accepted=len(copies.due(only_accepted=True)),
        signed=copies.signed(page=page),
        faults=copies.faults(),
        facts=read_facts(session),
    )


# --- The batch --------------------------------------------------------------------------------------


def _batch(session: Session, read: _Read) -> list[ft.Control]:
    """How many are due, how far the batch has come, how the last one ended."""
    tally = read.tally
    counts = f"待签署 {tally.due} 份（其中记录已确认 {read.accepted} 份），已签署 {tally.signed} 份"
    shown = ft.Text(f"{counts}，未签成 {tally.failed} 份" if tally.failed else counts)
    parts: list[ft.Control] = [ft.Semantics(identifier=f"{NAME}.tally", content=shown, container=True)]
    progress = session.hall.sealing.progress
    if progress is None:
        return parts
    if progress.is_running:
        words = (
            "正在停止：手上这一份签完就停" if progress.is_stopping else "正在签署；可以离开这一页，也可以停止"
        )
        bar = progress_bar(progress.looked_at, progress.total, text=words)
        parts.append(ft.Semantics(identifier=f"{NAME}.progress", content=bar, container=True))
        return parts
    return [*parts, *_ended(progress)]


def _ended(progress: Progress) -> list[ft.Control]:
    words = f"上一批：签署 {progress.done} 份"
    if progress.failed:
        words += f"，{progress.failed} 份没有签成，原因见下"
    left = progress.total - progress.looked_at
    if left:
        words += f"，还有 {left} 份没有轮到，可以接着签"
    tone = Tone.CARE if left or progress.failed else Tone.GOOD
    said = ft.Text(f"{words}。", color=tone.ink)
    shown: list[ft.Control] = [
        ft.Semantics(identifier=f"{NAME}.ended", content=said, container=True, live_region=True)
    ]
    return [*shown, error_panel(progress.ended_by)] if progress.ended_by else shown


def _actions(session: Session, read: _Read, scope: str) -> list[ft.Control]:
    if not session.may(Right.DECIDE):
        return []
    sealing = session.hall.sealing
    if sealing.is_running:

        async def stop() -> None:
            await sealing.stop(session.me)
            session.snack("已停止；没有轮到的可以随时接着签")

        is_stopping = sealing.progress is not None and sealing.progress.is_stopping
        words = "正在停止……" if is_stopping else "停止"
        button = secondary_button(
            f"{NAME}.stop", words, stop, icon=ft.Icons.STOP, tone=Tone.CARE, disabled=is_stopping
        )
        return [button]
    count = read.accepted if scope == "accepted" else read.tally.due

    async def start() -> None:
        await sealing.start(session.me, only_accepted=scope == "accepted")

    return [
        primary_button(
            f"{NAME}.start",
            f"签署 {count} 份" if count else "没有待签署的文书",
            start,
            icon=ft.Icons.VERIFIED_OUTLINED,
            disabled=not count or read.facts.certificate is None,
        )
    ]


# --- The lists --------------------------------------------------------------------------------------


def _faults(session: Session, read: _Read) -> list[ft.Control]:
    if not read.faults:
        return []
    shown = [_fault(session, n, row) for n, row in enumerate(read.faults)]
    rest = read.tally.failed - len(shown)
    more = [quiet_text(f"还有 {rest} 份，上面的解决后会列出。")] if rest > 0 else []
    again = quiet_text("按每份下面的提示解决后，再签一次；签成的会从这里消失。")
    return [
        card([section_title(f"没有签成的（{read.tally.failed} 份）"), again, *shown, *more], tone=Tone.CARE)
    ]


def _fault(session: Session, n: int, row: CopyRow) -> ft.Control:
    texts = ft.Column(
        controls=[ft.Text(_title(row)), quiet_text(row.enterprise), ft.Text(row.fault, color=Tone.CARE.ink)],
        spacing=4,
        expand=True,
        tight=True,
    )
    ways: list[ft.Control] = []
    if row.record is not None:
        look = partial(session.navigate, routes.record(row.record))
        ways = [quiet_button(f"{NAME}.record-{n}", "打开记录", look)]
    line = ft.Row(controls=[texts, *ways], spacing=theme.UNIT)
    return ft.Semantics(identifier=f"{NAME}.fault-{n}", content=line, container=True)


def _signed(session: Session, read: _Read, turn_to: Callable[[int], object]) -> ft.Control:
    rows, total = read.signed, read.tally.signed
    if not total:
        return card([section_title("已签署"), _nothing_signed(session, read)])
    first = read.page * SHOWN + 1
    ways: list[ft.Control] = []
    if total > SHOWN:
        last = first + len(rows) - 1
        ways = [
            quiet_text(f"第 {first}–{last} 份"),
            quiet_button(
                f"{NAME}.before", "上一页", partial(turn_to, read.page - 1), disabled=read.page == 0
            ),
            quiet_button(f"{NAME}.after", "下一页", partial(turn_to, read.page + 1), disabled=last >= total),
        ]
    shown = [_copy(session, n, row) for n, row in enumerate(rows)]
    return card([section_title(f"已签署（{total} 份，新的在前）", aside=ways), *shown])


def _nothing_signed(session: Session, read: _Read) -> ft.Control:
    if not read.tally.due:
        do = "收到平板出具的文书后，可以在这里签署。"
    elif session.may(Right.DECIDE) and read.facts.certificate is not None:
        do = "按右下角的“签署”，一次签署所有待签署的文书。"
    else:
        do = "签署后的副本会列在这里。"
    return empty_state(ft.Icons.VERIFIED_OUTLINED, "还没有签署过副本", do)


def _copy(session: Session, n: int, row: CopyRow) -> ft.Control:
    at = moment(row.at_ms, now_ms=session.now_ms())
    stamp = "，有时间戳" if row.is_stamped else ""
    texts = ft.Column(
        controls=[ft.Text(_title(row)), quiet_text(f"{row.enterprise}　{row.account} 于 {at} 签署{stamp}")],
        spacing=4,
        expand=True,
        tight=True,
    )
    ways: list[ft.Control] = []
    if session.may(Right.OPEN):
        fetch = partial(download, session, row.entry, _title(row))
        button = secondary_button(
            f"{NAME}.download-{n}",
            "下载副本",
            fetch,
            icon=ft.Icons.DOWNLOAD,
            disabled=not session.desk.is_unlocked,
        )
        ways = [button]
    return ft.Row(controls=[texts, *ways], spacing=theme.UNIT)


def _title(row: CopyRow) -> str:
    return f"{row.title} {row.number}"


async def download(session: Session, entry: str, title: str) -> None:
    """Hand an office's copy to the browser; it leaves a line in the audit trail."""
    _, pdf = await session.told(session.hall.copies.pdf, session.me, entry)
    await save_pdf(f"{title}（办公室副本）.pdf", pdf)
    session.snack("已交给浏览器下载，并记入审计。")
