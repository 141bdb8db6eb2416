"""Checklists at the office: what is published, what each tablet uses, what was published before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import flet as ft

from inspector.catalog.layer_file import Level
from inspector.console.accounts import Right
from inspector.console.devices import DeviceRow
from inspector.console.own_folder import LayerText
from inspector.console.packs import Published
from inspector.console.screens.marks import easing_words, in_use_words
from inspector.console.screens.office_publish import Publishing
from inspector.console.session import Session, use_changes, use_loaded
from inspector.domain.checklist import ChecklistId, ItemId
from inspector.errors import ChecklistFaultsError, InspectorError
from inspector.ui import theme
from inspector.ui.buttons import primary_button
from inspector.ui.panels import busy, card, error_panel, quiet_text, section_title
from inspector.ui.states import Mark, state_chip
from inspector.ui.theme import Tone
from inspector.ui.words import moment
from inspector.work.packs import LayerRef, Manifest

NAME = "console.office"
SHOWN = 30
"""Of one list, before the rest is counted only."""

_NEWEST = Mark(shape=ft.Icons.CHECK_CIRCLE_OUTLINE, word="最新", tone=Tone.GOOD)
_BEHIND = Mark(shape=ft.Icons.UPDATE, word="旧版", tone=Tone.CARE)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the screen shows.

    Attributes:
        named: title and question of whatever the newest pack eases, by the ids of both.
        layers: those that the next pack begins with; none where they were `refused`.
    """

    packs: tuple[Published, ...]
    devices: tuple[DeviceRow, ...]
    named: Mapping[tuple[str, str], tuple[str, str]]
    layers: tuple[LayerText, ...] = ()
    refused: InspectorError | None = None


@ft.component
def Checklists(session: Session) -> ft.Control:
    """What is out, or the form that publishes the next one."""
    turn = use_changes(session)
    publishing, publish = ft.use_state(False)
    loaded = use_loaded(session, partial(_read, session), on=(turn, publishing))
    if loaded.error is not None:
        return error_panel(loaded.error, on_retry=loaded.again)
    if loaded.value is None:
        return busy("正在读取检查表……")
    view = loaded.value
    if publishing:
        return Publishing(session, view.layers, view.refused, partial(publish, False))
    return _column(
        _newest(session, view, partial(publish, True)),
        _field(session, view),
        *([_history(session, view.packs), _inside(view.packs[0])] if view.packs else []),
    )


def _read(session: Session) -> View:
    hall = session.hall
    rows = tuple(row for row in hall.devices.all() if row.revoked_ms is None)
    packs = hall.packs.all()
    eased = packs[0].manifest.eased if packs else ()
    named = {(one.checklist, one.item): _named(session, packs, one.checklist, one.item) for one in eased}
    view = View(packs=packs, devices=rows, named=named)
    try:
        return replace(view, layers=hall.packs.starting_layers())
    except ChecklistFaultsError as error:
        return replace(view, refused=error)


def _named(session: Session, packs: tuple[Published, ...], checklist: str, item: str) -> tuple[str, str]:
    """Title and question in the newest version that has them; what was taken away stands in an older one."""
    if not checklist:
        return "法律", ""
    hall, title = session.hall, ""
    digests = [ref.sha256 for pack in packs for ref in pack.manifest.checklists if ref.id == checklist]
    found = [hall.packs.checklist(digest) for digest in dict.fromkeys(digests)]
    for known in (*found, hall.catalogue.get(ChecklistId(checklist))):
        if known is None:
            continue
        title = title or known.title
        asked = known.item(ItemId(item)) if item else None
        if asked is not None or not item:
            return title, asked.ask if asked else ""
    return title or "已不再有的检查表", ""


def _newest(session: Session, view: View, on_publish: object) -> ft.Control:
    packs, may = view.packs, session.may(Right.MANAGE)
    ways = (
        [
            primary_button(
                f"{NAME}.publish",
                "发布新版",
                on_publish,  # type: ignore[arg-type]
                icon=ft.Icons.PUBLISH_OUTLINED,
                disabled=not session.desk.is_unlocked,
            )
        ]
        if may
        else []
    )
    if not packs:
        count = len(session.hall.catalogue.checklists)
        words = f"还没有发布过。平板用的是程序自带的 {count} 张检查表。"
        return card([section_title("已发布的检查表", aside=ways), ft.Text(words)])
    manifest = packs[0].manifest
    when = moment(manifest.at_ms, now_ms=session.now_ms())
    head = ft.Text(
        f"第 {manifest.version} 版，{when}由 {manifest.by} 发布", theme_style=ft.TextThemeStyle.TITLE_MEDIUM
    )
    parts: list[ft.Control] = [
        section_title("已发布的检查表", aside=ways),
        ft.Semantics(identifier=f"{NAME}.published", content=head, container=True),
        *_layers(manifest.layers),
        *_eased(manifest, view.named),
    ]
    return card(parts)


def _inside(pack: Published) -> ft.Control:
    lists = [ft.Text(f"{ref.title}（{ref.version}）") for ref in pack.manifest.checklists]
    return card([section_title(f"这一版里的 {len(lists)} 张检查表"), *lists])


def _layers(layers: tuple[LayerRef, ...]) -> list[ft.Control]:
    if not layers:
        return [ft.Text("没有叠加层：与程序自带的相同。")]
    order = [level.value for level in Level]
    rows = sorted(layers, key=lambda one: order.index(one.level))
    return [
        ft.Text("叠加层", theme_style=ft.TextThemeStyle.TITLE_SMALL),
        *(ft.Text(f"{Level(one.level).chinese} · {one.title}（{one.version} 版）") for one in rows),
    ]


def _eased(manifest: Manifest, named: Mapping[tuple[str, str], tuple[str, str]]) -> list[ft.Control]:
    """What passes now and did not, with the reason."""
    eased, layers = manifest.eased, {one.id: one.title for one in manifest.layers}
    if not eased:
        return []
    lines = [ft.Text(easing_words(one, layers, *named[one.checklist, one.item])) for one in eased[:SHOWN]]
    rest = [quiet_text(f"还有 {len(eased) - SHOWN} 处")] if len(eased) > SHOWN else []
    head = ft.Text(f"有 {len(eased)} 处放宽", color=Tone.CARE.ink)
    column = ft.Column(controls=[head, *lines, *rest], spacing=4, tight=True)
    return [ft.Semantics(identifier=f"{NAME}.eased", content=column, container=True)]


def _field(session: Session, view: View) -> ft.Control:
    rows = [_device(session, row, bool(view.packs)) for row in view.devices]
    words = "按平板自己签名的回报；服务器看不到。平板收到新版后，下一次传输时回报。"
    nothing = [ft.Text("还没有登记任何平板。")]
    return card([section_title("平板在用的版本"), quiet_text(words), *(rows or nothing)])


def _device(session: Session, row: DeviceRow, is_published: bool) -> ft.Control:
    mark = _BEHIND if row.pack.behind_ms is not None else _NEWEST
    words = ft.Column(
        controls=[
            ft.Text(row.label, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            quiet_text(in_use_words(row.pack, session.now_ms())),
        ],
        spacing=2,
        expand=True,
        tight=True,
    )
    shown = ft.Row(controls=[words, *([state_chip(mark)] if is_published else [])])
    return ft.Semantics(identifier=f"{NAME}.pack-of-{row.id}", content=shown, container=True)


def _history(session: Session, packs: tuple[Published, ...]) -> ft.Control:
    now = session.now_ms()
    rows = [
        ft.Semantics(
            identifier=f"{NAME}.version-{str(one.manifest.version).replace('.', '-')}",
            content=ft.Text(
                f"{one.manifest.version} · {moment(one.manifest.at_ms, now_ms=now)} · {one.manifest.by}"
                f" · 用它开始的检查已收到 {one.records} 份记录"
            ),
            container=True,
        )
        for one in packs[:SHOWN]
    ]
    return card([section_title("历次发布"), *rows])


def _column(*controls: ft.Control) -> ft.Control:
    return ft.Column(
        controls=[*controls],
        spacing=theme.UNIT * 2,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        tight=True,
    )
