"""Choosing checklists: what fits first, what was used lately, the rest by field or by search.

The part is the same where an inspection begins and where one more checklist is added; `name` is the prefix
of its controls.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial

import flet as ft

from inspector.domain.checklist import Checklist, Domain
from inspector.domain.enterprise import Enterprise
from inspector.domain.kinds import EnterpriseKind
from inspector.tablet.offering import Offer, kinds_offered, search_of
from inspector.ui import theme
from inspector.ui.buttons import quiet_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.panels import card, quiet_text, section_title
from inspector.ui.taps import finish

UNFOLDED = 6
"""So few others are shown at once."""

FOUND = 12
"""Checklists that a search shows at most."""


@ft.component
def Chooser(
    name: str, title: str, offered: Offer, chosen: Collection[str], on_choose: Callable[[str], object]
) -> ft.Control:
    """Chips to tap; a chosen one stays in sight whatever is folded away."""
    text, write = ft.use_state("")
    nowhere: Domain | None = None
    opened, open_ = ft.use_state(nowhere)
    search = ft.use_memo(lambda: search_of(offered.every), [offered])

    def chips(lists: Sequence[Checklist]) -> ft.Control:
        offers = [Choice(id=str(one.id), words=one.title) for one in lists]
        return choice_chips(f"{name}.checklist", offers, chosen, on_choose)

    found = [offered.every[row] for row in search.rows(text, FOUND)]
    field = text_field(
        f"{name}.search",
        "查找检查表（名称、适用单位，可用拼音首字母）",
        text,
        write,
        hint="例如：高层、dxkj、燃气",
    )
    few = len(offered.every) <= UNFOLDED
    matter: list[ft.Control] = []
    if text.strip():
        matter += [chips(found)] if found else [quiet_text("没有这样的检查表，换一个词试试。")]
    else:
        matter += _groups(offered, chips)
        matter += _folds(name, offered, chosen, opened, open_, chips)
    return card([section_title(title), *matter, *([] if few else [field])], gap=theme.UNIT + 4)


def _groups(offered: Offer, chips: Callable[[Sequence[Checklist]], ft.Control]) -> list[ft.Control]:
    matter: list[ft.Control] = []
    if offered.fitting:
        words = "适合这家单位（可多选）"
        matter += [_heading(f"{words}；上次用的排在前面" if offered.last else words), chips(offered.fitting)]
    if offered.recent:
        matter += [_heading("最近用过"), chips(offered.recent)]
    return matter


def _folds(
    name: str,
    offered: Offer,
    chosen: Collection[str],
    opened: Domain | None,
    open_: Callable[[Domain | None], None],
    chips: Callable[[Sequence[Checklist]], ft.Control],
) -> list[ft.Control]:
    """The rest by field: one tap unfolds a field, and what is chosen there stays."""
    others = dict(offered.others)
    every = [one for lists in others.values() for one in lists]
    if len(every) <= UNFOLDED:
        heading = [_heading("其他检查表")] if offered.fitting or offered.recent else []
        return [*heading, chips(every)] if every else []
    heads = [
        quiet_button(
            f"{name}.domain-{domain.value}",
            f"{domain.chinese}（{len(lists)}）",
            partial(open_, None if domain is opened else domain),
            icon=ft.Icons.EXPAND_LESS if domain is opened else ft.Icons.EXPAND_MORE,
        )
        for domain, lists in others.items()
    ]
    inside = others.get(opened, ()) if opened else ()
    kept = [one for one in every if one.id in chosen and one not in inside]
    return [
        _heading("其他检查表"),
        ft.Row(controls=heads, wrap=True, spacing=theme.UNIT, run_spacing=theme.UNIT),
        *([chips([*inside, *kept])] if inside or kept else []),
    ]


@ft.component
def KindQuestion(
    name: str, enterprise: Enterprise, on_kinds: Callable[[tuple[EnterpriseKind, ...]], object]
) -> ft.Control:
    """这是什么单位？: one tap where the field is known; once it is said, the words and a way to change it."""
    asking, ask = ft.use_state(False)
    field, take = ft.use_state(enterprise.domain)
    kinds = enterprise.kinds
    if kinds and not asking:
        words = quiet_text(f"单位类型：{'、'.join(kind.chinese for kind in kinds)}")
        change = quiet_button(f"{name}.kind-change", "更改", partial(ask, True), icon=ft.Icons.EDIT_OUTLINED)
        return ft.Row(controls=[words, change], wrap=True, spacing=theme.UNIT)

    async def choose(id: str) -> None:
        kind = EnterpriseKind(id)
        others = tuple(each for each in kinds if each is not kind)
        # The first answer is one tap; whoever came to change it may say several.
        await finish(on_kinds(others if kind in kinds else (*others, kind)))

    fields = [Choice(id=domain.value, words=domain.chinese) for domain in Domain]
    offers = [Choice(id=kind.value, words=kind.chinese) for kind in kinds_offered(enterprise, field)]
    done = [quiet_button(f"{name}.kind-done", "好了", partial(ask, False), icon=ft.Icons.CHECK)]
    return ft.Column(
        controls=[
            _heading("这是什么单位？（可多选）" if asking else "这是什么单位？选一下，就会列出适合的检查表"),
            choice_chips(f"{name}.field", fields, [field] if field else [], lambda id: take(Domain(id))),
            *([choice_chips(f"{name}.kind", offers, kinds, choose)] if offers else []),
            *(done if asking else []),
        ],
        spacing=theme.UNIT,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.START,
    )


def _heading(text: str) -> ft.Control:
    return ft.Semantics(
        content=ft.Text(text, theme_style=ft.TextThemeStyle.TITLE_SMALL), header=True, heading_level=3
    )


def toggled(chosen: tuple[str, ...], id: str) -> tuple[str, ...]:
    """The choice with that id at its end, or without it."""
    kept = tuple(other for other in chosen if other != id)
    return kept if id in chosen else (*kept, id)
