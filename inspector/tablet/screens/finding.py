"""The finding under a failed item: facts, pictures, how grave, what to do by when, or corrected on the spot.

Everything that the checklist offers is filled in already and can be changed; nothing here declares a hazard
to be major: that is asked of a person, with the reason.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import flet as ft

from inspector.domain.answer import Answer, ItemKey
from inspector.domain.checklist import Item, Severity
from inspector.domain.finding import CriterionInView, Finding
from inspector.domain.inspection import Inspection
from inspector.domain.rules import Lack, finding_texts, lacks
from inspector.domain.working_days import DayKind
from inspector.tablet.pictures import Pictures
from inspector.tablet.screens.photos import item_photos
from inspector.tablet.screens.written import written
from inspector.tablet.walk import Job, Step, Walk, Write
from inspector.tablet.workbench import Workbench
from inspector.ui import theme, words
from inspector.ui.buttons import secondary_button
from inspector.ui.fields import Choice, choice_chips
from inspector.ui.panels import card, quiet_text
from inspector.ui.photo_strip import Thumbnail
from inspector.ui.states import severity_mark, state_chip
from inspector.ui.theme import Tone

BLANK = "＿＿"
DAYS = (1, 3, 7, 15, 30)
_SUB = ft.TextThemeStyle.TITLE_SMALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The pictures of one item, as its card was given them.

    Attributes:
        before: of the item and of the finding's facts; `after` its correction.
        jobs: on their way.
    """

    before: tuple[Thumbnail, ...] = ()
    after: tuple[Thumbnail, ...] = ()
    jobs: tuple[Job, ...] = ()


NO_PICTURES = Shown()


@ft.component
def finding_editor(
    walk: Walk, pictures: Pictures, name: str, item: Item, answer: Answer, finding: Finding, shown: Shown
) -> ft.Control:
    """The finding of one item."""
    key = finding.item
    missing = lacks(item, answer)
    before = tuple(job for job in shown.jobs if not job.after)
    matter = [
        _facts(walk, name, item, answer, finding),
        ft.Text("现场照片", theme_style=_SUB),
        item_photos(walk, pictures, f"{name}-photo", key, shown.before, before, needed=item.evidence.photos),
        *([quiet_text("还需要填写实测值")] if Lack.VALUE in missing else []),
        *([quiet_text("还需要在备注里写明情况")] if Lack.NOTE in missing else []),
        _severity(walk, name, finding),
        *([major(walk, name, finding)] if finding.criteria else []),
        *_remedy(walk, pictures, name, finding, shown),
    ]
    return ft.Container(
        content=ft.Column(
            controls=matter,
            spacing=theme.UNIT + 4,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        padding=ft.Padding.only(top=theme.UNIT),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judging:
    """A person's judgement on the way.

    Attributes:
        chosen: name of the criterion that is looked at.
        upheld: what was tapped last, or decided before; None before either.
        decide: gets `yes` or `no`; `look_at` the place of a criterion, `write` the reason.
    """

    chosen: str
    upheld: bool | None
    decide: Callable[[str], Awaitable[None]]
    look_at: Callable[[str], Awaitable[None]]
    write: Write


def use_judging(walk: Walk, finding: Finding) -> _Judging:
    """The judgement on whether it is to be reported as 疑似重大; it is kept once there is a reason."""
    decided, criteria = finding.decision, finding.criteria
    chosen, choose = ft.use_state(decided.criterion if decided else criteria[0].name)
    nothing: bool | None = None
    tapped, tap = ft.use_state(nothing)
    upheld = tapped if tapped is not None else decided.upheld if decided else None
    said = ft.use_ref(decided.reason if decided else "")

    async def keep(upheld: bool, criterion: str) -> None:
        reason = said.current or ""
        if reason.strip():
            await walk.act(_deciding(finding.item, criterion, upheld, reason))

    async def decide(id: str) -> None:
        tap(id == "yes")
        await keep(id == "yes", chosen)

    async def look_at(id: str) -> None:
        criterion = criteria[int(id)].name
        choose(criterion)
        if upheld is not None:
            await keep(upheld, criterion)

    def write(bench: Workbench, now: Inspection, text: str) -> Inspection:
        said.current = text
        if upheld is None or not text.strip():
            return now
        return _deciding(finding.item, chosen, upheld, text)(bench, now)

    return _Judging(chosen=chosen, upheld=upheld, decide=decide, look_at=look_at, write=write)


@ft.component
def major(walk: Walk, name: str, finding: Finding) -> ft.Control:
    """疑似重大: which criterion, whom it is for, and the person's decision with the reason."""
    judging = use_judging(walk, finding)
    upheld, criteria = judging.upheld, finding.criteria
    answers = [Choice(id="yes", words="确认疑似，上报办公室"), Choice(id="no", words="不构成")]
    several = choice_chips(
        f"{name}-criterion",
        [Choice(id=str(place), words=one.name) for place, one in enumerate(criteria)],
        [str(place) for place, one in enumerate(criteria) if one.name == judging.chosen],
        judging.look_at,
    )
    waits = finding.decision is None
    return card(
        [
            ft.Row(
                controls=[
                    state_chip(severity_mark(Severity.SUSPECTED_MAJOR)),
                    ft.Text("请判断是否疑似重大隐患（由人判断，程序不作认定）", expand=True),
                ],
                spacing=theme.UNIT,
            ),
            *([several] if len(criteria) > 1 else []),
            *_criterion(next((one for one in criteria if one.name == judging.chosen), criteria[0])),
            choice_chips(
                f"{name}-major",
                answers,
                [] if upheld is None else ["yes" if upheld else "no"],
                judging.decide,
            ),
            written(
                walk,
                f"{name}-reason",
                "判断理由（必填）",
                finding.decision.reason if finding.decision else "",
                judging.write,
                lines=2,
                warn=lambda text: _decision_warning(upheld, text) if waits or not text.strip() else "",
            ),
        ],
        tone=Tone.BAD if waits or upheld else Tone.IDLE,
    )


def _facts(walk: Walk, name: str, item: Item, answer: Answer, finding: Finding) -> ft.Control:
    offered = finding_texts(item, answer)

    async def take(id: str) -> None:
        text = offered[int(id)]
        await walk.undoable(
            finding.item,
            _revising(finding.item, lambda now: replace(now, facts=text)),
            lambda undo, _now: "已换用检查表的表述" if _was_own(undo.findings[finding.item], offered) else "",
        )

    chips = [Choice(id=str(place), words=text) for place, text in enumerate(offered)]
    chosen = [str(place) for place, text in enumerate(offered) if text == finding.facts]
    field = written(
        walk,
        f"{name}-facts",
        "发现的问题",
        finding.facts,
        _writing(finding.item, lambda now, text: replace(now, facts=text)),
        lines=2,
        hint="写明部位、数量和情况",
        warn=_facts_warning,
    )
    return ft.Column(
        controls=[*([choice_chips(f"{name}-text", chips, chosen, take)] if chips else []), field],
        spacing=theme.UNIT,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _severity(walk: Walk, name: str, finding: Finding) -> ft.Control:
    offered = [one for one in Severity if one is not Severity.SUSPECTED_MAJOR or finding.criteria]

    async def choose(id: str) -> None:
        await walk.act(_revising(finding.item, lambda now: replace(now, severity=Severity(id))))

    chips = choice_chips(
        f"{name}-severity",
        [Choice(id=one.value, words=one.chinese) for one in offered],
        [finding.severity.value],
        choose,
    )
    return ft.Row(
        controls=[ft.Text("程度", theme_style=_SUB), chips], spacing=theme.UNIT * 2, wrap=True, run_spacing=8
    )


def _remedy(walk: Walk, pictures: Pictures, name: str, finding: Finding, shown: Shown) -> list[ft.Control]:
    key, corrected = finding.item, finding.corrected

    async def put_right() -> None:
        await walk.act(lambda bench, now: bench.inspections.put_right(now, key))

    async def still_open() -> None:
        await walk.undoable(
            key,
            lambda bench, now: bench.inspections.still_open(now, key),
            lambda _undo, _now: "已改回未改正，整改期限已恢复",
        )

    if corrected is None:
        right = secondary_button(
            f"{name}-corrected", "已当场改正", put_right, icon=ft.Icons.TASK_ALT, tone=Tone.GOOD
        )
        requirement = written(
            walk,
            f"{name}-requirement",
            "整改要求",
            finding.requirement,
            _writing(key, lambda now, text: replace(now, requirement=text)),
            lines=2,
            warn=lambda text: "" if text.strip() else "还没有写整改要求",
        )
        return [requirement, deadline_row(walk, name, finding), ft.Row(controls=[right])]
    jobs = tuple(job for job in shown.jobs if job.after)
    back = secondary_button(f"{name}-still-open", "其实没有改正", still_open, icon=ft.Icons.UNDO)
    done = ft.Row(
        controls=[
            ft.Icon(ft.Icons.TASK_ALT, color=Tone.GOOD.ink),
            ft.Text(f"已当场改正（{words.moment(corrected.at_ms)}）", expand=True),
            back,
        ],
        spacing=theme.UNIT,
    )
    strip = item_photos(walk, pictures, f"{name}-after", key, shown.after, jobs, after=True, needed=1)
    return [done, ft.Text("改正后照片", theme_style=_SUB), strip]


@ft.component
def deadline_row(walk: Walk, name: str, finding: Finding) -> ft.Control:
    """By when: days offered and typed, calendar or working days, and the day that follows from them."""
    key, deadline = finding.item, finding.deadline
    days = deadline.days if deadline else 0
    kind = deadline.kind if deadline else DayKind.CALENDAR

    def giving(days: int, kind: DayKind) -> Step:
        return _on(key, lambda bench, now, found: bench.inspections.give_days(now, found, days, kind))

    def write(bench: Workbench, now: Inspection, text: str) -> Inspection:
        return giving(int(text), kind)(bench, now) if _is_number(text) else now

    async def choose(id: str) -> None:
        await walk.act(giving(int(id), kind))

    async def count(id: str) -> None:
        await walk.act(giving(days or DAYS[0], DayKind(id)))

    offered = [Choice(id=str(one), words=f"{one} 天") for one in DAYS]
    typed = written(
        walk,
        f"{name}-days",
        "整改天数",
        str(days) if days else "",
        write,
        keyboard=ft.KeyboardType.NUMBER,
        suffix="天",
        settles=True,
        warn=lambda text: "" if _is_number(text) else "请填整数天数",
    )
    kinds = [Choice(id=one.value, words=one.word) for one in DayKind]
    parts = [
        ft.Container(content=typed, width=160),
        choice_chips(f"{name}-give", offered, [str(days)], choose),
        choice_chips(f"{name}-count", kinds, [kind.value], count),
    ]
    return ft.Column(
        controls=[
            ft.Row(
                controls=parts,
                spacing=theme.UNIT * 2,
                run_spacing=theme.UNIT,
                wrap=True,
                vertical_alignment=ft.CrossAxisAlignment.END,
            ),
            ft.Text(_deadline_words(walk, finding), theme_style=_SUB),
        ],
        spacing=theme.UNIT,
        tight=True,
    )


def _criterion(criterion: CriterionInView) -> list[ft.Control]:
    parts: list[ft.Control] = [ft.Text(f"对照：{criterion.name}", theme_style=_SUB)]
    if criterion.text:
        parts.append(ft.Text(criterion.text))
    else:
        parts.append(quiet_text("条文内容没有核对原文，这里不显示，请对照标准原文判断。"))
    if criterion.applies_to:
        parts.append(quiet_text(f"适用于：{criterion.applies_to}；不适用的单位不得套用。"))
    return parts


def _deadline_words(walk: Walk, finding: Finding) -> str:
    deadline = finding.deadline
    if deadline is None:
        return "还没有整改期限"
    return f"整改期限：{words.deadline(deadline, walk.session.now_ms())}"


def _facts_warning(text: str) -> str:
    if not text.strip():
        return "还没有写明问题"
    return f"还有“{BLANK}”没有填" if BLANK in text else ""


def _decision_warning(upheld: bool | None, reason: str) -> str:
    if upheld is None:
        return "请先选择“确认疑似”或“不构成”"
    return "" if reason.strip() else "写明理由后才会保存这个判断"


def _was_own(finding: Finding | None, offered: tuple[str, ...]) -> bool:
    """Whether somebody's own words stood there, which a chip has replaced."""
    return finding is not None and bool(finding.facts.strip()) and finding.facts not in offered


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6


def _on(key: ItemKey, act: Callable[[Workbench, Inspection, Finding], Inspection]) -> Step:
    """An act on the item's finding; nothing where it has gone meanwhile, as by a tap on 合格 just before."""

    def step(bench: Workbench, now: Inspection) -> Inspection:
        finding = now.findings.get(key)
        return now if finding is None else act(bench, now, finding)

    return step


def _revising(key: ItemKey, change: Callable[[Finding], Finding]) -> Step:
    return _on(key, lambda bench, now, found: bench.inspections.revise(now, change(found)))


def _writing(key: ItemKey, change: Callable[[Finding, str], Finding]) -> Write:
    return lambda bench, now, text: _revising(key, lambda found: change(found, text))(bench, now)


def _deciding(key: ItemKey, criterion: str, upheld: bool, reason: str) -> Step:
    return _on(
        key,
        lambda bench, now, found: bench.inspections.decide(
            now, found, criterion, upheld=upheld, reason=reason
        ),
    )
