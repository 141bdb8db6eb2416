"""A document's pages over the whole screen: to be looked at, or to be looked at and then decided about."""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft

from inspector.ui import theme
from inspector.ui.buttons import secondary_button
from inspector.ui.taps import Act, tapped


def pages_dialog(
    name: str,
    pictures: Sequence[bytes],
    on_close: Act,
    *,
    text: str = "",
    ways: Sequence[ft.Control] = (),
) -> ft.AlertDialog:
    """The pages under one another; give it to `ft.use_dialog` while they are looked at.

    Args:
        text: what has to be known, above the buttons.
        ways: what can be done; where there is nothing, `name-close` only closes it.
        on_close: also called when it is dismissed.
    """
    page = ft.context.page
    width, height = page.width or 1280, page.height or 800
    sheets: list[ft.Control] = [
        ft.Image(
            src=one, width=min(width - 80, 900), fit=ft.BoxFit.FIT_WIDTH, semantics_label=f"第 {number} 页"
        )
        for number, one in enumerate(pictures, start=1)
    ]
    buttons = ways or (secondary_button(f"{name}-close", "关闭", on_close, icon=ft.Icons.CLOSE),)
    told = [ft.Text(text, theme_style=ft.TextThemeStyle.BODY_LARGE)] if text else []
    return ft.AlertDialog(
        content=ft.Column(
            controls=[
                ft.ListView(controls=sheets, expand=True, spacing=theme.UNIT),
                *told,
                ft.Row(controls=list(buttons), alignment=ft.MainAxisAlignment.END, spacing=theme.UNIT),
            ],
            width=min(width - 40, 940),
            height=height,
        ),
        content_padding=theme.UNIT * 2,
        inset_padding=theme.UNIT,
        semantics_label="文书预览",
        on_dismiss=tapped(on_close),
    )
