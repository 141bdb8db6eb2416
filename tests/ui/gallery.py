"""Every control of the ui ring on one page, to look at and to test in a browser; not part of the product.

.venv/bin/python -m tests.ui.gallery OUT light,dark,outdoor    # pictures, both orientations
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import flet as ft
import segno

from inspector.domain.answer import Verdict
from inspector.domain.checklist import Severity
from inspector.domain.inspection import PhotoSource, Position
from inspector.errors import OfficeUnreachableError, SealBrokenError
from inspector.ui import theme
from inspector.ui.buttons import action_bar, icon_button, primary_button, quiet_button, secondary_button
from inspector.ui.dialogs import danger_button, snack_with_undo
from inspector.ui.fields import Choice, big_verdict_buttons, choice_chips, text_field
from inspector.ui.keypad import keypad
from inspector.ui.panels import (
    busy,
    bytes_progress,
    card,
    empty_state,
    error_panel,
    progress_bar,
    quiet_text,
    section_title,
)
from inspector.ui.photo_source import Taken, photo_taker
from inspector.ui.photo_strip import Thumbnail, photo_strip, photo_viewer
from inspector.ui.pictures import qr_view
from inspector.ui.position_source import locate
from inspector.ui.share import save_pdf
from inspector.ui.signature_pad import signature_pad
from inspector.ui.states import (
    OVERDUE,
    Saving,
    Stage,
    saved_mark,
    severity_mark,
    stage_mark,
    state_chip,
    verdict_mark,
)
from inspector.ui.strokes import Drawing, strokes_picture
from inspector.ui.theme import Device, Scheme


@ft.component
def answers() -> ft.Control:
    verdict, judge = ft.use_state(Verdict.FAIL)
    chosen, choose = ft.use_state(("sign",))
    text, write = ft.use_state("防火门闭门器损坏")
    done, count = ft.use_state(0)
    return card(
        [
            section_title("A26 无超量、超品种、禁忌混存", aside=[saved_mark(Saving.SAVED, waiting=3)]),
            quiet_text("怎么查：比对禁忌表，核库存"),
            big_verdict_buttons("a26", verdict, judge),
            big_verdict_buttons("a27", None, judge),
            choice_chips(
                "fact",
                [
                    Choice(id="sign", words="通道堆放杂物"),
                    Choice(id="door", words="防火门常开"),
                    Choice(id="x", words="无记录"),
                ],
                chosen,
                lambda id: choose((*chosen, id) if id not in chosen else tuple(c for c in chosen if c != id)),
            ),
            text_field("name", "问题描述", text, write, lines=2),
            text_field("phone", "联系电话", "1380013", write, error="手机号应为 11 位数字，还差 4 位"),
            text_field("measure", "报警浓度", "25", write, warn="高于常见范围，请再看仪表", suffix="%LEL"),
            ft.Text(f"已撤销 {done} 次"),
            action_bar(
                [
                    quiet_button("later", "稍后再说", lambda: None),
                    danger_button(
                        "delete",
                        "删除照片",
                        lambda: snack_with_undo("已删除照片 IMG-3", lambda: count(done + 1)),
                        title="删除照片“东门消防栓”？",
                        text="这张照片会从本次检查中移走，其他内容不变。",
                        act="删除这张照片",
                        icon=ft.Icons.DELETE_OUTLINE,
                    ),
                    secondary_button("rest", "本节其余合格", lambda: None, icon=ft.Icons.DONE_ALL),
                    primary_button("next", "下一节", lambda: None, icon=ft.Icons.ARROW_FORWARD),
                ]
            ),
        ],
        tone=theme.Tone.BAD,
    )


def states() -> ft.Control:
    marks = [
        *(verdict_mark(v) for v in (*Verdict, None)),
        *(severity_mark(s) for s in Severity),
        *(stage_mark(s) for s in Stage),
    ]
    chips = [state_chip(mark) for mark in marks]
    filled = [
        state_chip(OVERDUE, word="已逾期 3 天", filled=True),
        *(state_chip(m, filled=True) for m in marks),
    ]
    saved = [saved_mark(s) for s in Saving]
    return card([section_title("状态"), *(ft.Row(row, wrap=True) for row in (chips, filled, saved))])


def panels() -> ft.Control:
    nothing: Callable[[], object] = lambda: None  # noqa: E731
    return ft.Column(
        [
            error_panel(OfficeUnreachableError(), on_retry=nothing),
            error_panel(
                SealBrokenError(reason="末尾缺 16 字节"),
                actions=[secondary_button("export", "导出诊断", nothing)],
            ),
            card(
                [
                    busy("正在封存：签名 · 加密 · 生成文书"),
                    bytes_progress("照片 3/5", 1_234_000, 3_200_000),
                    progress_bar(18, 32, text="仓储检查"),
                    progress_bar(9, 9, text="许可与管理"),
                ]
            ),
            card(
                [
                    empty_state(
                        ft.Icons.ASSIGNMENT_OUTLINED,
                        "还没有检查",
                        "选好企业和检查表就可以开始，没有网络也行。",
                        action=primary_button("start", "开始检查", nothing, icon=ft.Icons.PLAY_ARROW),
                    ),
                    ft.Row(
                        [
                            icon_button("info", ft.Icons.INFO_OUTLINE, "依据", nothing),
                            primary_button("off", "不能点", nothing, disabled=True),
                            secondary_button("off2", "不能点", nothing, disabled=True),
                        ]
                    ),
                ]
            ),
        ],
        spacing=16,
    )


def picture_of(colour: tuple[int, int, int]) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, "JPEG")
    return out.getvalue()


def code() -> bytes:
    out = io.BytesIO()
    segno.make("样例 1234").save(out, kind="png", scale=8)
    return out.getvalue()


@ft.component
def signing() -> ft.Control:
    drawing, keep = ft.use_state(Drawing(strokes=(), height=0))
    seen = ft.Text(f"笔画 {len(drawing.strokes)}，高 {drawing.height}")
    shown = [strokes_picture(drawing.strokes, drawing.width, drawing.height)] if drawing.strokes else []
    return card([signature_pad("sign", "样例负责人", "被检查单位负责人", keep), seen, *shown])


@ft.component
def photographs() -> ft.Control:
    photos, put = ft.use_state(
        (
            Thumbnail(
                id="a", picture=picture_of((200, 80, 60)), source=PhotoSource.CAMERA, caption="东门消防栓"
            ),
            Thumbnail(id="b", picture=picture_of((60, 120, 200)), source=PhotoSource.GALLERY),
            Thumbnail(id="c", picture=b"no picture", source=PhotoSource.FILE),
        )
    )
    shown, show = ft.use_state("")
    there = next((p for p in photos if p.id == shown), None)
    ft.use_dialog(photo_viewer("photo", there, on_close=lambda: show("")) if there else None)

    def delete(id: str) -> None:
        before = photos
        put(tuple(p for p in photos if p.id != id))
        snack_with_undo("已删除 1 张照片", lambda: put(before))

    return card(
        [
            section_title("照片"),
            photo_strip("photos", photos, on_add=lambda: None, on_open=show, on_delete=delete),
            photo_strip("sealed", photos, on_add=None, on_open=show),
            qr_view(code(), "登记码", edge=160),
        ]
    )


@ft.component
def entering() -> ft.Control:
    given, take = ft.use_state("")
    return card(
        [
            ft.Text(f"收到 {len(given)} 位：{given}"),
            ft.Row(
                [keypad("me", "张样例，请输入 PIN", take, error="PIN 不正确，还可以试 4 次。")],
                alignment=ft.MainAxisAlignment.CENTER,
            ),
        ]
    )


@ft.component
def taking() -> ft.Control:
    taken, put = ft.use_state(())
    where, found = ft.use_state("还没有位置")

    def keep(one: Taken) -> None:
        put(lambda now: (*now, one))

    async def look() -> None:
        place = await locate(1_700_000_000_000)
        found(
            f"{place.latitude} {place.longitude} ±{place.accuracy_m}"
            if isinstance(place, Position)
            else place.reason
        )

    return ft.Column(
        [
            ft.Text(f"得到 {len(taken)} 张：" + "、".join(f"{t.source}-{t.data[:2].hex()}" for t in taken)),
            ft.Row(
                [
                    ft.Text(where),
                    secondary_button("where", "定位", look),
                    secondary_button("save", "保存", lambda: save_pdf("样例.pdf", b"%PDF-1.7")),
                ]
            ),
            ft.Container(
                photo_taker("take", on_taken=lambda t: put(lambda now: (*now, t)), on_close=lambda: None),
                height=620,
            ),
        ]
    )


PARTS: dict[str, Callable[[], ft.Control]] = {
    "answers": answers,
    "states": states,
    "panels": panels,
    "signing": signing,
    "photographs": photographs,
    "entering": entering,
    "taking": taking,
}


def main(page: ft.Page, part: str, scheme: Scheme = Scheme.LIGHT, device: Device = Device.TABLET) -> None:
    theme.apply(page, scheme, device)
    page.title = "样例"
    page.render(partial(root, part))


@ft.component
def root(part: str) -> ft.Control:
    inside = ft.Container(PARTS[part](), padding=8)
    return inside if part == "signing" else ft.ListView([inside], expand=True, padding=8)


def pictures(folder: Path, parts: list[str], schemes: list[Scheme]) -> None:
    from tests.browser import browser_screen, flet_server, serving

    folder.mkdir(parents=True, exist_ok=True)
    with browser_screen() as screen:
        for scheme in schemes:
            for part in parts:
                with serving(flet_server(partial(main, part=part, scheme=scheme))) as address:
                    screen.open(address)
                    screen.page.wait_for_selector("flt-semantics-host flt-semantics", state="attached")
                    for width, height in ((1280, 800), (800, 1280)):
                        screen.page.set_viewport_size({"width": width, "height": height})
                        screen.page.wait_for_timeout(2500)
                        screen.page.screenshot(path=folder / f"{part}-{scheme}-{width}.png")
                    screen.page.evaluate("document.documentElement.style.fontSize = '32px'")
                    screen.page.wait_for_timeout(2500)
                    screen.page.screenshot(path=folder / f"{part}-{scheme}-800-double.png")


if __name__ == "__main__":
    pictures(Path(sys.argv[1]), sys.argv[3:] or list(PARTS), [Scheme(s) for s in sys.argv[2].split(",")])
