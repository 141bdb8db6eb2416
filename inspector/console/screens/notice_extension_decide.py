"""A request for more time is decided: finding by finding a new day or a refusal, under a person's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import partial

import flet as ft

from inspector.console.inbox_query import day_of
from inspector.console.screens.notice_extension_ask import NO_DAY, named_finding
from inspector.console.session import Session, use_loaded
from inspector.domain.extension import ExtensionRequest, Verdict, Wish
from inspector.domain.profile import Term
from inspector.domain.working_days import DAYS_CAP, DayKind, Deadline, WorkingCalendar, china_date
from inspector.errors import InspectorError
from inspector.ui import theme
from inspector.ui.dialogs import danger_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.panels import busy, error_panel, quiet_text
from inspector.ui.taps import Act

NAME = "console.notice"


class Way(StrEnum):
    """How one finding is decided."""

    DATE = "date"
    CALENDAR = "calendar"
    WORKING = "working"
    REFUSE = "refuse"


_WAYS = (
    Choice(id=Way.DATE, words="同意，到某一天"),
    Choice(id=Way.CALENDAR, words="同意，按自然日"),
    Choice(id=Way.WORKING, words="同意，按工作日"),
    Choice(id=Way.REFUSE, words="不同意"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What is typed about one finding."""

    way: Way | None = None
    day: str = ""
    days: str = ""
    opinion: str = ""

    def deadline(self, wish: Wish, calendar: WorkingCalendar, today: date) -> Deadline | None:
        """The new deadline; None for a refusal or while it is not written out."""
        if self.way is Way.DATE:
            last = day_of(self.day)
            return Verdict.until(last, on=today).new if last else None
        if self.way in (Way.CALENDAR, Way.WORKING) and self.has_days:
            return Term(days=int(self.days), kind=DayKind(self.way)).after(wish.old.date, calendar)
        return None

    @property
    def has_days(self) -> bool:
        """Whether the days are a number that can be counted."""
        return self.days.isascii() and self.days.isdigit() and 1 <= int(self.days) <= DAYS_CAP


@ft.component
def Deciding(session: Session, request: ExtensionRequest) -> ft.Control:
    """The form under a request that waits."""
    loaded = use_loaded(session, session.hall.calendars.current)
    blank = {wish.ordinal: Ruled(day=wish.asked.isoformat()) for wish in request.wishes}
    ruled, write = ft.use_state(blank)
    by, name = ft.use_state("")
    working, work = ft.use_state(False)
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)
    if loaded.value is None:
        return error_panel(loaded.error) if loaded.error else busy("正在读取节假日表……")
    verdicts = _verdicts(request, ruled, loaded.value, china_date(session.now_ms()))

    async def decide() -> None:
        work(True)
        try:
            act = session.hall.extensions.decide
            await session.told(lambda: act(session.me, request.id, verdicts, by=by.strip()))
        except InspectorError as refused:
            fail(refused)
            return
        finally:
            work(False)
        fail(None)
        is_moved = any(one.new for one in verdicts.values())
        outcome = "同意的新期限随即生效，公开页面会随之更新" if is_moved else "原来的期限不变"
        session.snack(f"审批已记入审计；{outcome}。")

    key = request.id[-6:]
    is_whole = len(verdicts) == len(request.wishes) and bool(by.strip())
    button = _button(request, verdicts, decide, disabled=not is_whole or working)

    def rule(ordinal: int, one: Ruled) -> None:
        write({**ruled, ordinal: one})

    parts: list[ft.Control] = [
        *(
            _ruling(key, wish, ruled[wish.ordinal], verdicts.get(wish.ordinal), partial(rule, wish.ordinal))
            for wish in request.wishes
        ),
        ft.Container(
            content=text_field(f"{NAME}.decided-by-{key}", "审批人姓名（印在审批表上）", by, name), width=360
        ),
        *([error_panel(error)] if error else []),
        *([busy("正在保存……")] if working else []),
        ft.Row(controls=[button], alignment=ft.MainAxisAlignment.END),
    ]
    return ft.Column(
        controls=parts,
        spacing=theme.UNIT * 2,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _button(
    request: ExtensionRequest, verdicts: Mapping[int, Verdict], decide: Act, *, disabled: bool
) -> ft.Control:
    return danger_button(
        f"{NAME}.decide-{request.id[-6:]}",
        "作出审批……",
        decide,
        title="作出这份审批？",
        text=_question(request, verdicts),
        act="作出审批",
        disabled=disabled,
    )


def _verdicts(
    request: ExtensionRequest, ruled: Mapping[int, Ruled], calendar: WorkingCalendar, today: date
) -> dict[int, Verdict]:
    """What is decided so far, by ordinal: only what is written out."""
    found = {}
    for wish in request.wishes:
        one = ruled[wish.ordinal]
        new, opinion = one.deadline(wish, calendar, today), one.opinion.strip()
        if new is not None or (one.way is Way.REFUSE and opinion):
            found[wish.ordinal] = Verdict(new=new, opinion=opinion)
    return found


def _question(request: ExtensionRequest, verdicts: Mapping[int, Verdict]) -> str:
    facts = {wish.ordinal: wish.facts for wish in request.wishes}
    said = "；".join(
        f"{named_finding(ordinal, facts[ordinal])}{f'延至 {one.new.full}' if one.new else '不同意延期'}"
        for ordinal, one in verdicts.items()
    )
    is_moved = any(one.new for one in verdicts.values())
    outcome = "持有文书的人会看到新的期限" if is_moved else "原来的期限不变"
    return f"{said}。审批只作一次，作出后不能更改；{outcome}。"


def _ruling(
    key: str, wish: Wish, one: Ruled, verdict: Verdict | None, write: Callable[[Ruled], object]
) -> ft.Control:
    place = f"{key}-{wish.ordinal}"
    fields = [] if one.way is None else [_fields(place, one.way, one, write)]
    new = verdict.new if verdict is not None else None
    return ft.Column(
        controls=[
            quiet_text(f"{named_finding(wish.ordinal, wish.facts)}怎么定？"),
            choice_chips(
                f"{NAME}.verdict-{place}",
                _WAYS,
                [one.way] if one.way else [],
                lambda id: write(replace(one, way=Way(id))),
            ),
            *fields,
            *([ft.Text(f"新期限：{new.full}")] if new else []),
        ],
        spacing=theme.UNIT,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _fields(place: str, way: Way, one: Ruled, write: Callable[[Ruled], object]) -> ft.Control:
    """What has to be written out about the chosen way."""
    label = "不同意的理由（必填）" if way is Way.REFUSE else "审批意见（可不填）"
    opinion = text_field(
        f"{NAME}.opinion-{place}",
        label,
        one.opinion,
        lambda text: write(replace(one, opinion=text)),
        expand=True,
    )
    until = [] if way is Way.REFUSE else [ft.Container(content=_until(place, way, one, write), width=280)]
    return ft.Row(
        controls=[*until, opinion],
        spacing=theme.UNIT * 2,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _until(place: str, way: Way, one: Ruled, write: Callable[[Ruled], object]) -> ft.Control:
    if way is Way.DATE:
        return text_field(
            f"{NAME}.day-{place}",
            "延至哪一天",
            one.day,
            lambda text: write(replace(one, day=text)),
            error="" if day_of(one.day) else NO_DAY,
        )
    return text_field(
        f"{NAME}.days-{place}",
        "延长几天（从原期限次日起算）",
        one.days,
        lambda text: write(replace(one, days=text)),
        keyboard=ft.KeyboardType.NUMBER,
        suffix=DayKind(way.value).word,
        error="" if one.has_days or not one.days else f"请填 1 至 {DAYS_CAP}",
    )
