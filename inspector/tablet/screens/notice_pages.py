"""A document's pages: shown over the screen where they can be drawn, else handed to the system."""

from __future__ import annotations

import re
from collections.abc import Callable

import flet as ft

from inspector.tablet import pages
from inspector.tablet.walk import Walk
from inspector.ui import theme
from inspector.ui.buttons import secondary_button
from inspector.ui.share import Handed, save_pdf
from inspector.ui.taps import Act, tapped

_UNFIT = re.compile(r'[\\/:*?"<>|\s]+')


def pages_dialog(name: str, pictures: tuple[bytes, ...], on_close: Act) -> ft.AlertDialog:
    """A document's pages under one another, over the whole screen."""
    page = ft.context.page
    width, height = page.width or 1280, page.height or 800
    sheets: list[ft.Control] = [
        ft.Image(
            src=one, width=min(width - 80, 900), fit=ft.BoxFit.FIT_WIDTH, semantics_label=f"第 {number} 页"
        )
        for number, one in enumerate(pictures, start=1)
    ]
    return ft.AlertDialog(
        content=ft.Column(
            controls=[
                ft.ListView(controls=sheets, expand=True, spacing=theme.UNIT),
                ft.Row(
                    controls=[secondary_button(f"{name}-close", "关闭", on_close, icon=ft.Icons.CLOSE)],
                    alignment=ft.MainAxisAlignment.END,
                ),
            ],
            width=min(width - 40, 940),
            height=height,
        ),
        content_padding=theme.UNIT * 2,
        inset_padding=theme.UNIT,
        semantics_label="文书预览",
        on_dismiss=tapped(on_close),
    )


async def look_at(walk: Walk, pdf: bytes, file: str, show: Callable[[tuple[bytes, ...]], object]) -> None:
    """The pages where they can be drawn, else the PDF for the system's viewer."""
    pictures = await walk.session.act(pages.page_pictures, pdf)
    if pictures:
        show(pictures)
    elif await save_pdf(file, pdf) is Handed.SAVED:
        walk.session.snack(f"已交给系统打开：{file}")


def file_name(kind: str, number: str | None) -> str:
    """The PDF's name, without what a file's name may not hold."""
    return _UNFIT.sub("-", f"{kind}-{number or '草稿'}") + ".pdf"
