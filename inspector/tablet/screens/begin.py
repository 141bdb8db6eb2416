"""With which checklists, and who inspects: the last question before the first item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import flet as ft

from inspector.domain.checklist import ChecklistId
from inspector.domain.enterprise import Enterprise
from inspector.domain.identifiers import doubt_about_credit_code
from inspector.domain.kinds import EnterpriseKind
from inspector.errors import InspectorError
from inspector.tablet import routes
from inspector.tablet.crew import Member
from inspector.tablet.frame import frame
from inspector.tablet.offering import Offer, load_of, offer_for, remember, say_kinds
from inspector.tablet.screens.choosing import Chooser, KindQuestion, toggled
from inspector.tablet.session import Session
from inspector.tablet.workbench import Workbench
from inspector.ui import theme
from inspector.ui.buttons import primary_button, secondary_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.panels import card, empty_state, error_panel, quiet_text, section_title
from inspector.ui.theme import Tone

OUTSIDE = "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is chosen so far.

    Attributes:
        checklists: in the order in which they are walked; None while nobody has touched what is offered.
        second: id of a member, `outside` for somebody who signs by hand, or empty for nobody.
    """

    checklists: tuple[str, ...] | None = None
    second: str = ""
    guest_name: str = ""
    guest_number: str = ""


def begin(workbench: Workbench, enterprise: Enterprise, plan: Plan) -> str:
    """Begin the inspection; gives its id.

    Raises:
        NotEnrolledError: this tablet is not enrolled.
        IllegalMoveError: no checklist was chosen, or the second inspector has no name.
        TextTooLongError, TextControlError: a name cannot be printed as it is.
    """
    me = workbench.crew.current
    members = [id for id in (me, plan.second) if id and id != OUTSIDE]
    guests = (
        [workbench.inspections.guest(plan.guest_name, plan.guest_number)] if plan.second == OUTSIDE else []
    )
    chosen = [ChecklistId(id) for id in plan.checklists or ()]
    inspection = workbench.inspections.begin(enterprise, chosen, members, guests=guests)
    remember(workbench, inspection)
    return inspection.id


@ft.component
def BeginScreen(session: Session, enterprise: str) -> ft.Control:
    """Choose, then start."""
    plan, change = ft.use_state(Plan())
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)
    working, work = ft.use_state(False)
    bench = session.workbench
    one = bench.office.enterprise(enterprise)
    said, say = ft.use_state(0)
    offered = ft.use_memo(lambda: offer_for(bench, one) if one else Offer(), [said])
    chosen = offered.preselected if plan.checklists is None else plan.checklists

    async def start() -> None:
        if one is None or working:
            return
        work(True)
        try:
            id = await session.act(begin, bench, one, replace(plan, checklists=chosen))
        except InspectorError as refused:
            fail(refused)
        else:
            session.kick()
            session.navigate(routes.inspection(id))
        finally:
            work(False)

    def choose(id: str) -> None:
        change(replace(plan, checklists=toggled(chosen, id)))

    async def kinds_said(kinds: tuple[EnterpriseKind, ...]) -> None:
        if one is not None:
            await session.act(say_kinds, bench, one, kinds)
            say(lambda turn: turn + 1)

    if one is None:
        return _unknown(session)
    return frame(
        session,
        "begin",
        "开始检查",
        [
            *_errors(session, error),
            _enterprise(one, KindQuestion("begin", one, kinds_said)),
            *_checklists(offered, chosen, choose),
            _second(bench, plan, change),
        ],
        back="/start",
        actions=[
            *([] if chosen else [quiet_text("请先选择检查表")]),
            primary_button(
                "begin.start",
                "开始",
                start,
                icon=ft.Icons.PLAY_ARROW,
                disabled=working or not chosen,
            ),
        ],
    )


def _unknown(session: Session) -> ft.Control:
    what = empty_state(
        ft.Icons.STOREFRONT_OUTLINED, "本机没有这家单位", "可能已由办公室合并或更名，请重新查找。"
    )
    return frame(session, "begin", "开始检查", [what], back="/start")


def _errors(session: Session, error: InspectorError | None) -> list[ft.Control]:
    if error is None:
        return []
    enrol = secondary_button("begin.enrol", "登记本机", partial(session.navigate, "/enrol"))
    return [error_panel(error, actions=[enrol] if error.code == "device.not-enrolled" else [])]


def _enterprise(one: Enterprise, question: ft.Control) -> ft.Control:
    lines = [part for part in (one.credit_code, one.address, one.person) if part]
    doubt = doubt_about_credit_code(one.credit_code)
    look = [ft.Text(f"注意：{doubt}", color=Tone.CARE.ink)] if doubt else []
    return card([section_title(one.name), *(quiet_text(line) for line in lines), *look, question])


def _checklists(offered: Offer, chosen: tuple[str, ...], choose: Callable[[str], None]) -> list[ft.Control]:
    if not offered.every:
        return [
            empty_state(
                ft.Icons.CHECKLIST, "本机没有可用的检查表", "请联系办公室，或在审核台检查表中查看原因。"
            )
        ]
    return [Chooser("begin", "检查表", offered, chosen, choose), *_order(offered, chosen)]


def _order(offered: Offer, chosen: tuple[str, ...]) -> list[ft.Control]:
    """In which order the chosen ones are walked, and that nothing is asked twice."""
    by_id = {str(one.id): one for one in offered.every}
    lists = [by_id[id] for id in chosen if id in by_id]
    if len(lists) < 2:
        return []
    load = load_of(lists)
    lines = [
        f"{place}. {one.title}：{own} 项" + (f"，另有 {shared} 项前面已有，不重复检查" if shared else "")
        for place, (one, own, shared) in enumerate(zip(lists, load.own, load.shared, strict=True), start=1)
    ]
    return [
        card([ft.Text(f"按所选顺序检查，最多 {sum(load.own)} 项"), *(quiet_text(line) for line in lines)])
    ]


def _second(bench: Workbench, plan: Plan, change: Callable[[Plan], None]) -> ft.Control:
    others = [each for each in bench.crew.members() if each.id != bench.crew.current]
    chips = [Choice(id=each.id, words=_name(bench, each)) for each in others]
    chips += [Choice(id=OUTSIDE, words="其他人员（手写签名）"), Choice(id="", words="暂不指定")]

    def choose(id: str) -> None:
        change(replace(plan, second=id))

    rule = (
        "执法检查应由两名以上检查人员进行；封存前都可以补上。"
        if bench.paper.is_enforcement
        else "本单位不要求两人，可以不指定。"
    )
    return card(
        [
            section_title("第二位检查人员"),
            quiet_text(rule),
            choice_chips("begin.second", chips, [plan.second], choose),
            *(_guest(plan, change) if plan.second == OUTSIDE else []),
        ],
        gap=theme.UNIT * 2,
    )


def _name(bench: Workbench, member: Member) -> str:
    return member.name if bench.crew.is_unlocked(member.id) else f"{member.name}（签名时输入 PIN）"


def _guest(plan: Plan, change: Callable[[Plan], None]) -> list[ft.Control]:
    return [
        text_field(
            "begin.guest-name", "姓名", plan.guest_name, lambda text: change(replace(plan, guest_name=text))
        ),
        text_field(
            "begin.guest-number",
            "执法证件号（没有可不填）",
            plan.guest_number,
            lambda text: change(replace(plan, guest_number=text)),
        ),
    ]
