"""The bar on top of every screen: a way back, the title, what stands at its right end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import flet as ft

from inspector.ui import theme
from inspector.ui.buttons import icon_button
from inspector.ui.taps import Act


def title_bar(
    name: str,
    title: str,
    *,
    back: str | Act | None,
    navigate: Callable[[str], object],
    aside: Sequence[ft.Control],
) -> ft.Control:
    """The bar of the screen `name`.

    Args:
        back: an address for `navigate`, or what the arrow does; None shows no arrow.
    """

    def leave() -> object:
        if isinstance(back, str):
            return navigate(back)
        return back() if back else None

    arrow = [icon_button(f"{name}.back", ft.Icons.ARROW_BACK, "返回", leave)] if back else []
    heading = ft.Semantics(
        content=ft.Text(title, theme_style=ft.TextThemeStyle.TITLE_LARGE), header=True, heading_level=1
    )
    return ft.Container(
        content=ft.Row(
            controls=[*arrow, ft.Container(content=heading, expand=True), *aside],
            spacing=theme.UNIT,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        padding=ft.Padding.symmetric(vertical=theme.UNIT, horizontal=theme.UNIT * 2),
        bgcolor=theme.CARD,
        border=ft.Border.only(bottom=ft.BorderSide(width=1, color=theme.LINE)),
    )
