"""Settings: how it looks, when it locks, who works here, what it holds, how to help from afar."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import flet as ft

from inspector import __version__
from inspector.errors import InspectorError
from inspector.tablet import routes
from inspector.tablet.diagnostics import StorageUse, diagnostics, licences, storage_of
from inspector.tablet.frame import frame, keyed
from inspector.tablet.preferences import LOCK_MINUTES, Preferences, TextSize
from inspector.tablet.screens.crew import CrewCard
from inspector.tablet.screens.member import NewPin
from inspector.tablet.session import Session, use_loaded
from inspector.ui import share, words
from inspector.ui.buttons import quiet_button, secondary_button
from inspector.ui.fields import Choice, choice_chips
from inspector.ui.fonts_card import FontsCard
from inspector.ui.keypad import keypad
from inspector.ui.palette import Scheme
from inspector.ui.panels import card, quiet_text, section_title
from inspector.ui.taps import Act


@ft.component
def SettingsScreen(session: Session) -> ft.Control:
    """All settings on one screen; a change counts at once."""
    part, open_part = ft.use_state("")
    close = partial(open_part, "")
    if part == "pin":
        return frame(session, "settings", "修改 PIN", [ChangePin(session, close)], back=close)
    if part == "licences":
        return frame(session, "settings", "许可", [_licences()], back=close)
    return frame(
        session,
        "settings",
        "设置",
        [
            Looks(session),
            _locking(session, partial(open_part, "pin")),
            CrewCard(session),
            FontsCard(session, session.workbench.fonts, session.act),
            Storage(session),
            _about(session, partial(open_part, "licences")),
        ],
        back=routes.today(),
    )


def _prefer(session: Session, preferences: Preferences) -> None:
    async def keep() -> None:
        await session.act(session.tablet.prefer, preferences)
        session.dress()
        session.tablet.changed()

    session.run(keep)


@ft.component
def Looks(session: Session) -> ft.Control:
    """The scheme and the size of all text."""
    wanted, show = ft.use_state(session.tablet.preferences)

    def prefer(preferences: Preferences) -> None:
        show(preferences)
        _prefer(
            session, replace(session.tablet.preferences, scheme=preferences.scheme, text=preferences.text)
        )

    schemes = [Choice(id=one.value, words=one.chinese) for one in Scheme]
    sizes = [Choice(id=one.value, words=one.chinese) for one in TextSize]
    return card(
        [
            section_title("外观"),
            ft.Text("配色（“户外”为白底黑字，阳光下更清楚）"),
            choice_chips(
                "settings.scheme",
                schemes,
                [wanted.scheme],
                lambda id: prefer(replace(wanted, scheme=Scheme(id))),
            ),
            ft.Text("字号"),
            choice_chips(
                "settings.text", sizes, [wanted.text], lambda id: prefer(replace(wanted, text=TextSize(id)))
            ),
        ]
    )


def _locking(session: Session, on_pin: Act) -> ft.Control:
    return card([section_title("锁定与 PIN"), LockTime(session), _pin_row(on_pin)])


@ft.component
def LockTime(session: Session) -> ft.Control:
    """After how long without a touch the tablet locks."""
    wanted, show = ft.use_state(session.tablet.preferences)

    def choose(id: str) -> None:
        # What another card has changed meanwhile stays.
        after = replace(session.tablet.preferences, lock_minutes=int(id))
        show(after)
        _prefer(session, after)

    minutes = [Choice(id=str(each), words=f"{each} 分钟") for each in LOCK_MINUTES]
    chips = choice_chips("settings.lock", minutes, [str(wanted.lock_minutes)], choose)
    return ft.Column(controls=[ft.Text("无人操作多久后自动锁定"), chips], tight=True)


def _pin_row(on_pin: Act) -> ft.Control:
    button = secondary_button(
        "settings.pin",
        "修改我的 PIN",
        on_pin,
        icon=ft.Icons.PASSWORD,
    )
    return ft.Row(controls=[button])


@ft.component
def ChangePin(session: Session, on_done: Act) -> ft.Control:
    """The PIN of whoever works: the old one, then the new one twice."""
    old, keep = ft.use_state("")
    said, say = ft.use_state("")

    def given(pin: str) -> None:
        say("")
        keep(pin)

    async def change(pin: str) -> None:
        me = session.workbench.crew.current or ""
        try:
            await session.act(session.gate.change_pin, me, old, pin)
        except InspectorError as refused:
            keep("")
            say(f"{refused.message}{refused.next_step}")
            return
        session.snack("PIN 已修改")
        on_done()

    if not old:
        return ft.Row(
            controls=[keypad("settings.old", "现在的 PIN", given, error=said, act="下一步")],
            alignment=ft.MainAxisAlignment.CENTER,
        )
    return ft.Row(
        controls=[keyed(NewPin, "new", "settings.new", change, act="修改")],
        alignment=ft.MainAxisAlignment.CENTER,
    )


@ft.component
def Storage(session: Session) -> ft.Control:
    """What lies on this tablet, and the file for whoever helps."""
    bench = session.workbench
    found = use_loaded(session, lambda: storage_of(bench))

    async def export() -> None:
        data = await session.act(
            diagnostics, session.tablet, bench, version=__version__, at_ms=session.now_ms()
        )
        handed = await share.save_file("inspector-diagnostics.json", data, extension="json")
        session.snack("已导出诊断文件" if handed is not share.Handed.CANCELLED else "没有导出")

    lines = _sizes(found.value) if found.value else [quiet_text("正在计算……")]
    button = secondary_button("settings.diagnostics", "导出诊断文件", export, icon=ft.Icons.DOWNLOAD)
    return card(
        [
            section_title("存储"),
            *lines,
            quiet_text("办公室确认收妥之前，本机不会删除任何记录和照片。"),
            section_title("诊断"),
            ft.Text("诊断文件只含版本、数量和错误代码，不含姓名、单位、照片和检查内容。"),
            ft.Row(controls=[button]),
        ]
    )


def _sizes(use: StorageUse) -> list[ft.Control]:
    lines = (
        ("检查记录", use.inspections),
        ("照片", use.photos),
        ("已封存、待送或已送", use.outbox),
        ("本机资料", use.memory),
        *([("本单位的字体", use.fonts)] if use.fonts else []),
        ("合计", use.total),
    )
    return [ft.Row(controls=[ft.Text(word, expand=True), ft.Text(words.size(size))]) for word, size in lines]


def _about(session: Session, on_licences: Act) -> ft.Control:
    enrol = (
        [secondary_button("settings.enrol", "登记本机", partial(session.navigate, "/enrol"))]
        if not session.workbench.crew.is_enrolled
        else []
    )
    office = session.workbench.office.address or "尚未登记"
    return card(
        [
            section_title("关于"),
            ft.Text(f"检查员 {__version__}"),
            quiet_text(f"办公室服务器：{office}"),
            ft.Row(
                controls=[
                    *enrol,
                    quiet_button("settings.licences", "所用软件和字体的许可", on_licences),
                ],
                wrap=True,
            ),
        ]
    )


def _licences() -> ft.Control:
    rows = [
        ft.Row(controls=[ft.Text(f"{name} {version}".strip(), expand=True), quiet_text(licence)])
        for name, version, licence in licences()
    ]
    return card(rows)
