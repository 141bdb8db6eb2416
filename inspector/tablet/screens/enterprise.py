"""Which enterprise: found by name, code, address or initials, or added on the spot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import flet as ft

from inspector.store.index import EnterpriseRow
from inspector.tablet import routes
from inspector.tablet.frame import frame
from inspector.tablet.session import Session, use_loaded
from inspector.tablet.workbench import Workbench
from inspector.ui import theme
from inspector.ui.buttons import primary_button, secondary_button
from inspector.ui.fields import text_field
from inspector.ui.layout import Layout
from inspector.ui.panels import card, empty_state, quiet_text, section_title

FOUND = 30
"""Rows at most; whoever sees so many types one more character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """What is offered before anything is typed."""

    title: str = ""
    rows: tuple[EnterpriseRow, ...] = ()


@ft.component
def EnterpriseScreen(session: Session) -> ft.Control:
    """Search while one types; before that, those visited last or known at all."""
    nothing: tuple[EnterpriseRow, ...] = ()
    text, write = ft.use_state("")
    found, show = ft.use_state(nothing)
    bench = session.workbench
    latest = ft.use_ref("")

    async def search(typed: str) -> None:
        latest.current = typed
        write(typed)
        rows = await session.act(bench.index.search, typed, FOUND)
        # An answer to what is no longer there would flicker.
        if latest.current == typed:
            show(rows)

    def enter_new() -> None:
        session.sought = latest.current or ""
        session.navigate("/start/new")

    before = use_loaded(session, lambda: _before_typing(bench))
    add = primary_button("enterprise.add", "新增单位", enter_new, icon=ft.Icons.ADD_BUSINESS)
    field = text_field(
        "enterprise.search",
        "单位名称、统一社会信用代码、地址或拼音首字母",
        text,
        search,
        hint="几个字即可：名称的一部分、拼音首字母或代码的前几位",
        autofocus=True,
    )
    return frame(
        session,
        "enterprise",
        "选择被检查单位",
        [field, _list(session, text, found, before.value or _Before())],
        back=routes.today(),
        actions=[add],
    )


def _before_typing(bench: Workbench) -> _Before:
    """Those visited last; where there are none yet, some of those that are known."""
    recent = bench.recent_enterprises()
    if recent:
        return _Before(title="最近检查过的单位", rows=recent)
    return _Before(title="本机已有的单位", rows=bench.index.first(FOUND))


def _list(session: Session, text: str, sought: tuple[EnterpriseRow, ...], before: _Before) -> ft.Control:
    found = sought if text.strip() else before.rows
    if found:
        title = [] if text.strip() else [section_title(before.title)]
        more = [quiet_text("还有更多，请再多输入几个字。")] if len(found) == FOUND else []
        return ft.Column(
            controls=[*title, *(_row(session, one) for one in found), *more],
            spacing=theme.UNIT,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            tight=True,
        )
    if text.strip():
        return empty_state(
            ft.Icons.SEARCH_OFF, "没有找到这家单位", "可以换一种写法再找，或点“新增单位”现场录入。"
        )
    return empty_state(
        ft.Icons.STOREFRONT_OUTLINED, "请输入单位名称", "办公室下发的单位和本机录入的单位都能找到。"
    )


def _row(session: Session, one: EnterpriseRow) -> ft.Control:
    about = " · ".join(part for part in (one.code, one.address) if part)
    words = ft.Column(
        controls=[
            ft.Text(one.name, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            *([quiet_text(about)] if about else []),
        ],
        spacing=4,
        expand=True,
        tight=True,
    )
    choose = secondary_button(
        f"enterprise.choose.{one.id}", "检查这家", partial(session.navigate, routes.begin(one.id))
    )
    narrow = session.layout is Layout.NARROW
    parts = [words, choose]
    inside = ft.Column(controls=parts, tight=True) if narrow else ft.Row(controls=parts)
    return card([inside])
