"""Publishing checklists: lay out the layers, see every fault at once, see every change, then send it out."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import flet as ft

from inspector.catalog.strictness import Change
from inspector.console.own_folder import LayerText
from inspector.console.packs import Plan
from inspector.console.screens.marks import easing_words
from inspector.console.session import Session
from inspector.domain.checklist import ChecklistId, ItemId
from inspector.errors import ChecklistFaultsError, InspectorError
from inspector.ui import theme
from inspector.ui.buttons import primary_button, quiet_button, secondary_button
from inspector.ui.dialogs import danger_button
from inspector.ui.fields import text_field
from inspector.ui.panels import card, error_panel, quiet_text, section_title
from inspector.ui.taps import Act
from inspector.ui.theme import Tone

NAME = "console.office"
SHOWN = 100
_ID = re.compile(r"""^\s*id\s*=\s*["']([a-z0-9-]{1,48})["']""", re.MULTILINE)


def with_layer(layers: tuple[LayerText, ...], text: str) -> tuple[LayerText, ...]:
    """The layers with one more; one of the same id takes the other's place."""
    found = _ID.search(text)
    name = f"{found[1]}.toml" if found else f"第 {len(layers) + 1} 层.toml"
    return (*(one for one in layers if one.name != name), LayerText(name=name, text=text))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Laying:
    """The layers as they lie, what they come to, and the ways on.

    Attributes:
        text: of a layer that is not laid yet.
        reason: for what is eased without one.
    """

    layers: tuple[LayerText, ...]
    text: str
    typed: Callable[[str], None]
    reason: str
    explain: Callable[[str], None]
    plan: Plan | None
    error: InspectorError | None
    change: Callable[[tuple[LayerText, ...]], None]
    check: Act
    publish: Callable[[Plan], Awaitable[None]]

    def add(self) -> None:
        """Lay the typed text over the others."""
        self.change(with_layer(self.layers, self.text))
        self.typed("")


def use_laying(
    session: Session, starting: tuple[LayerText, ...], refused: InspectorError | None, on_done: Act
) -> _Laying:
    """Layers that are laid, checked and sent out; a plan counts until they change."""
    layers, lay = ft.use_state(starting)
    text, typed = ft.use_state("")
    reason, explain = ft.use_state("")
    nothing: Plan | None = None
    plan, show = ft.use_state(nothing)
    error, fail = ft.use_state(refused)

    def change(after: tuple[LayerText, ...]) -> None:
        lay(after)
        show(None)
        fail(None)

    async def check() -> None:
        packs = session.hall.packs
        try:
            laid = layers if packs.own is None else await session.beside(packs.starting_layers)
            lay(laid)
            show(await session.beside(packs.plan, laid))
        except InspectorError as faulty:
            fail(faulty)
        else:
            fail(None)

    async def publish(ready: Plan) -> None:
        try:
            manifest = await session.told(session.hall.packs.publish, session.me, ready, reason)
        except InspectorError as faulty:
            fail(faulty)
            return
        session.snack(f"第 {manifest.version} 版已发布，会发给每台平板")
        on_done()

    return _Laying(
        layers=layers,
        text=text,
        typed=typed,
        reason=reason,
        explain=explain,
        plan=plan,
        error=error,
        change=change,
        check=check,
        publish=publish,
    )


@ft.component
def Publishing(
    session: Session, starting: tuple[LayerText, ...], refused: InspectorError | None, on_done: Act
) -> ft.Control:
    """The layers of the next pack, and what they come to.

    Where the office has a folder of its own, its layers are all there is; they are read anew with each check.

    Args:
        starting: the layers to begin with.
        refused: why those of the office's folder cannot be taken.
    """
    laying = use_laying(session, starting, refused, on_done)
    own = session.hall.packs.own
    under = f"文件夹“{own.resolve().name}”里的检查表" if own else "本机程序自带的检查表"
    parts: list[ft.Control] = [
        section_title("发布新版检查表"),
        ft.Text(f"以{under}为底，依次叠加省级、市级和本单位的补充要求。放宽必须写明理由。"),
        *_layers(laying, under, may_drop=own is None),
        *([] if own else [_more(laying)]),
        _ways(laying, on_done, may_add=own is None),
        *_faults(laying.error),
    ]
    shown: list[ft.Control] = [card(parts, gap=theme.UNIT * 2)]
    if laying.plan is not None and laying.error is None:
        ready = partial(laying.publish, laying.plan)
        shown.append(_plan(laying.plan, laying.reason, laying.explain, ready))
    return ft.Column(
        controls=shown,
        spacing=theme.UNIT * 2,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        tight=True,
    )


def _layers(laying: _Laying, under: str, *, may_drop: bool) -> list[ft.Control]:
    if not laying.layers:
        return [quiet_text(f"还没有叠加层；不加也可以发布，平板就用{under}的这一版。")]
    return [
        _layer(one, partial(laying.change, _without(laying.layers, one)) if may_drop else None)
        for one in laying.layers
    ]


def _more(laying: _Laying) -> ft.Control:
    return text_field(f"{NAME}.layer-text", "粘贴一个叠加层文件的全文", laying.text, laying.typed, lines=6)


def _ways(laying: _Laying, on_done: Act, *, may_add: bool) -> ft.Control:
    is_typed = bool(laying.text.strip())
    add = secondary_button(f"{NAME}.add-layer", "加入这一层", laying.add, disabled=not is_typed)
    return ft.Row(
        controls=[
            *([add] if may_add else []),
            ft.Container(expand=True),
            secondary_button(f"{NAME}.leave-publishing", "返回", on_done),
            primary_button(f"{NAME}.check-layers", "检查", laying.check, disabled=is_typed),
        ],
        spacing=theme.UNIT,
    )


def _without(layers: tuple[LayerText, ...], one: LayerText) -> tuple[LayerText, ...]:
    return tuple(each for each in layers if each != one)


def _layer(one: LayerText, on_drop: Act | None) -> ft.Control:
    lines = one.text.count("\n") + 1
    words = ft.Text(f"{one.name}（{lines} 行）", expand=True)
    id = one.name.removesuffix(".toml").replace(" ", "-")
    drop = [quiet_button(f"{NAME}.drop-{id}", "去掉", on_drop)] if on_drop else []
    row = ft.Row(controls=[words, *drop])
    return ft.Semantics(identifier=f"{NAME}.layer-{id}", content=row, container=True)


def _faults(error: InspectorError | None) -> list[ft.Control]:
    if error is None:
        return []
    if not isinstance(error, ChecklistFaultsError) or not error.faults:
        return [error_panel(error)]
    head = ft.Text(f"有 {len(error.faults)} 处要改，没有发布：", color=Tone.BAD.ink)
    lines = [ft.Text(str(fault), selectable=True) for fault in error.faults[:SHOWN]]
    column = ft.Column(controls=[head, *lines], spacing=4, tight=True)
    return [ft.Semantics(identifier=f"{NAME}.faults", content=column, container=True, live_region=True)]


def _plan(plan: Plan, reason: str, explain: Callable[[str], None], on_publish: Act) -> ft.Control:
    if not plan.is_new:
        same = ft.Text("与已发布的内容完全相同，不用发布。", color=Tone.GOOD.ink)
        return card([ft.Semantics(identifier=f"{NAME}.changes", content=same, container=True)])
    head = ft.Text(f"第 {plan.version} 版，与现在的相比有 {len(plan.changes)} 处不同")
    ask = (
        [
            text_field(
                f"{NAME}.reason",
                f"有 {plan.unexplained} 处放宽没有写明理由，请在这里写明",
                reason,
                explain,
                lines=2,
            )
        ]
        if plan.unexplained
        else []
    )
    button = danger_button(
        f"{NAME}.publish-now",
        "签名并发布",
        on_publish,
        title=f"发布第 {plan.version} 版检查表？",
        text="会发给每台平板，用于以后开始的检查；已经开始的检查不受影响。发布后不能撤回，只能再发布新版。",
        act="发布",
        disabled=bool(plan.unexplained) and not reason.strip(),
    )
    column = ft.Column(controls=[head, *_easings(plan), *_changes(plan)], spacing=4, tight=True)
    return card(
        [
            section_title("发布之前请核对"),
            ft.Semantics(identifier=f"{NAME}.changes", content=column, container=True, live_region=True),
            *ask,
            ft.Row(controls=[button], alignment=ft.MainAxisAlignment.END),
        ],
        tone=Tone.CARE if plan.eased else None,
        gap=theme.UNIT * 2,
    )


def _easings(plan: Plan) -> list[ft.Control]:
    if not plan.eased:
        return [ft.Text("没有任何放宽。", color=Tone.GOOD.ink)]
    layers = {one.id: one.title for one in plan.layers}
    named = [(one, *_named(plan, one.checklist, one.item)) for one in plan.eased]
    lines = [ft.Text(f"放宽 {easing_words(one, layers, title, ask)}") for one, title, ask in named]
    return [ft.Text(f"有 {len(plan.eased)} 处放宽：", color=Tone.BAD.ink), *lines]


def _named(plan: Plan, checklist: str, item: str) -> tuple[str, str]:
    """A checklist and an item in the words that a person knows; no words for an item that is gone."""
    known = plan.laid.catalogue.get(ChecklistId(checklist))
    asked = known.item(ItemId(item)) if known else None
    return known.title if known else checklist or "法律", asked.ask if asked else ""


def _changes(plan: Plan) -> list[ft.Control]:
    rest = [one for one in plan.changes if not one.weakens]
    more = [quiet_text(f"还有 {len(rest) - SHOWN} 处")] if len(rest) > SHOWN else []
    return [*(ft.Text(_words(plan, one)) for one in rest[:SHOWN]), *more]


def _words(plan: Plan, change: Change) -> str:
    _, ask = _named(plan, change.checklist, change.item)
    item = f"“{ask}”" if ask and ask not in change.words else ""
    return f"{change.title}{item}：{change.words}"
