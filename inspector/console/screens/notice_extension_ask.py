"""A request for more time is written down: who asked, when, and for each finding until when and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import flet as ft

from inspector.console.inbox_query import day_of
from inspector.console.session import Session
from inspector.domain.notice import Notice
from inspector.domain.working_days import Deadline, china_date
from inspector.errors import InspectorError
from inspector.ui import theme
from inspector.ui.buttons import primary_button, quiet_button, secondary_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.panels import busy, error_panel, quiet_text
from inspector.ui.taps import Act

NAME = "console.notice"
NO_DAY = "请写成 2026-12-20"
_RECOGNISED_BY = 16
"""Characters of a finding by which it is known where there is no place for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What is typed about one finding."""

    until: str = ""
    why: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return day_of(self.until) is not None and bool(self.why.strip())


def named_finding(ordinal: int, facts: str) -> str:
    """`第 2 项“灭火器压力不足……”`: a finding in a few words."""
    said = " ".join(facts.split()).rstrip("。")
    short = said if len(said) <= _RECOGNISED_BY else f"{said[:_RECOGNISED_BY]}……"
    return f"第 {ordinal} 项“{short}”"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is typed about a request, and how it is written down.

    Attributes:
        typed: by ordinal of the finding.
    """

    by: str
    name: Callable[[str], object]
    on: str
    date: Callable[[str], object]
    typed: Mapping[int, Typed]
    write: Callable[[dict[int, Typed]], object]
    working: bool
    error: InspectorError | None
    enter: Act

    @property
    def bad_day(self) -> str:
        """Why the day of the request cannot stay as it is; empty where it can."""
        return "" if day_of(self.on) else NO_DAY

    @property
    def is_ready(self) -> bool:
        """Whether it can be written down now."""
        is_whole = bool(self.typed) and all(one.is_whole for one in self.typed.values())
        return is_whole and not self.bad_day and bool(self.by.strip()) and not self.working

    def choose(self, id: str) -> None:
        """Ask more time for one more finding, or for one less."""
        ordinal = int(id)
        others = {one: said for one, said in self.typed.items() if one != ordinal}
        self.write(
            others if ordinal in self.typed else dict(sorted({**self.typed, ordinal: Typed()}.items()))
        )

    def say(self, ordinal: int, said: Typed) -> None:
        """Take what is typed about one finding."""
        self.write({**self.typed, ordinal: said})


def use_request(session: Session, entry: str, notice: Notice) -> Request:
    """The request that is being typed; it is written down once."""
    by, name = ft.use_state(notice.enterprise.person)
    on, date_ = ft.use_state(china_date(session.now_ms()).isoformat())
    wishes: dict[int, Typed] = {}
    typed, write = ft.use_state(wishes)
    working, work = ft.use_state(False)
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)
    # Two quick taps reach the same rendering of the button: the request is written down once.
    sent = ft.use_ref(False)

    async def enter() -> None:
        asked_on = day_of(on)
        found = [(ordinal, day_of(one.until), one.why.strip()) for ordinal, one in typed.items()]
        if sent.current or asked_on is None:
            return
        sent.current = True
        work(True)
        try:
            whole = [(ordinal, day, why) for ordinal, day, why in found if day is not None]
            ask = session.hall.extensions.ask
            await session.told(
                lambda: ask(session.me, entry, asked_by=by.strip(), asked_on=asked_on, wishes=whole)
            )
        except InspectorError as refused:
            fail(refused)
            sent.current = False
            return
        finally:
            work(False)
        session.snack("延期申请已登记，等待审批。")

    return Request(
        by=by,
        name=name,
        on=on,
        date=date_,
        typed=typed,
        write=write,
        working=working,
        error=error,
        enter=enter,
    )


@ft.component
def Asking(session: Session, entry: str, notice: Notice, free: Mapping[int, Deadline]) -> ft.Control:
    """A button, and behind it the form."""
    opened, open_ = ft.use_state(False)
    request = use_request(session, entry, notice)
    if not opened:
        button = secondary_button(
            f"{NAME}.extension-ask", "登记延期申请", lambda: open_(True), icon=ft.Icons.MORE_TIME
        )
        return ft.Row(controls=[button])
    facts = {one.ordinal: one.facts for one in notice.findings}
    parts: list[ft.Control] = [
        _applicant(request),
        quiet_text("对哪几项申请延期？"),
        _choosing(request, facts, free),
        *(
            _wish(ordinal, facts[ordinal], one, partial(request.say, ordinal), request.working)
            for ordinal, one in request.typed.items()
        ),
        *([error_panel(request.error)] if request.error else []),
        *([busy("正在登记……")] if request.working else []),
        _ways(request, lambda: open_(False)),
    ]
    return ft.Column(
        controls=parts,
        spacing=theme.UNIT * 2,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _applicant(request: Request) -> ft.Control:
    """Who asks, and since when."""
    who = text_field(
        f"{NAME}.extension-by", "申请人", request.by, request.name, expand=True, disabled=request.working
    )
    when = text_field(
        f"{NAME}.extension-on",
        "申请日期",
        request.on,
        request.date,
        expand=True,
        error=request.bad_day,
        disabled=request.working,
    )
    return _pair(who, when)


def _choosing(request: Request, facts: Mapping[int, str], free: Mapping[int, Deadline]) -> ft.Control:
    """The findings about which more time may be asked."""
    chips = [
        Choice(id=str(ordinal), words=f"{named_finding(ordinal, facts[ordinal])}（期限 {due.full}）")
        for ordinal, due in free.items()
    ]
    return choice_chips(
        f"{NAME}.extension-finding",
        chips,
        [str(one) for one in request.typed],
        request.choose,
        disabled=request.working,
    )


def _ways(request: Request, close: Act) -> ft.Control:
    return ft.Row(
        controls=[
            quiet_button(f"{NAME}.extension-cancel", "取消", close, disabled=request.working),
            primary_button(
                f"{NAME}.extension-enter", "登记申请", request.enter, disabled=not request.is_ready
            ),
        ],
        alignment=ft.MainAxisAlignment.END,
        spacing=theme.UNIT,
    )


def _wish(
    ordinal: int, facts: str, one: Typed, write: Callable[[Typed], object], working: bool
) -> ft.Control:
    until = text_field(
        f"{NAME}.extension-until-{ordinal}",
        f"第 {ordinal} 项申请延至",
        one.until,
        lambda text: write(replace(one, until=text)),
        hint="2026-12-20",
        error=NO_DAY if one.until.strip() and day_of(one.until) is None else "",
        disabled=working,
    )
    why = text_field(
        f"{NAME}.extension-why-{ordinal}",
        "延期理由",
        one.why,
        lambda text: write(replace(one, why=text)),
        expand=True,
        disabled=working,
    )
    return ft.Column(
        controls=[
            quiet_text(f"第 {ordinal} 项：{facts}"),
            _pair(ft.Container(content=until, width=220), why),
        ],
        spacing=4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _pair(*controls: ft.Control) -> ft.Control:
    return ft.Row(
        controls=list(controls), spacing=theme.UNIT * 2, vertical_alignment=ft.CrossAxisAlignment.START
    )
