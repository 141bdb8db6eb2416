"""The office's own fonts for documents: which there are, take one in, go back to ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import flet as ft

from inspector.errors import InspectorError
from inspector.ui import words
from inspector.ui.dialogs import danger_button
from inspector.ui.file_source import PickedFile, file_button
from inspector.ui.panels import card, error_panel, quiet_text, section_title
from inspector.ui.taps import Act
from inspector.ui.window import Window, use_read

if TYPE_CHECKING:
    from inspector.notices.own_fonts import OwnFont

USES = (
    ("body", "正文", "如仿宋"),
    ("title", "标题", "如小标宋"),
    ("bold", "表头和标签", "如黑体"),
    ("rare", "生僻字", "别的字体都没有的字用它"),
)
"""The uses of `inspector.notices.own_fonts`, without reading a font to know them."""


class Fonts(Protocol):
    """Where the office's fonts are."""

    def all(self) -> tuple[OwnFont, ...]:
        """The fonts that are there."""
        ...

    def put(self, use: str, data: bytes) -> None:
        """Take in a font in place of the one for the same use.

        Raises:
            InspectorError: why not.
        """
        ...

    def remove(self, use: str) -> None:
        """Go back to the shipped font."""
        ...


_SAID = 220
"""Width of the words before the buttons, so that these stand under one another; longer words wrap."""


@ft.component
def FontsCard(window: Window, shelf: Fonts, act: Callable[..., Awaitable[Any]]) -> ft.Control:
    """The fonts that documents are printed with.

    Args:
        act: runs something in a thread, after every earlier act of this program.
    """
    changes, count = ft.use_state(0)
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)
    found = use_read(window, lambda: act(shelf.all), (changes,))
    there = {font.use: font for font in found.value or ()}

    async def take(use: str, files: Sequence[PickedFile]) -> None:
        if not files:
            return
        fail(None)
        try:
            await act(shelf.put, use, files[0].data)
        except InspectorError as refused:
            fail(refused)
            return
        count(changes + 1)
        window.snack("字体已换上，下一份文书起使用")

    async def drop(use: str) -> None:
        await act(shelf.remove, use)
        count(changes + 1)
        window.snack("已换回自带的字体")

    return card(
        [
            section_title("文书字体"),
            ft.Text("本单位有授权的字体可以放进来；缺的字逐个用自带的字体补上。"),
            *([error_panel(error)] if error else []),
            *(
                _row(use, word, example, there.get(use), partial(take, use), partial(drop, use))
                for use, word, example in USES
            ),
        ]
    )


def _row(
    use: str,
    word: str,
    example: str,
    font: OwnFont | None,
    on_picked: Callable[[Sequence[PickedFile]], object],
    on_drop: Act,
) -> ft.Control:
    acts = [
        file_button(
            f"fonts.{use}.pick",
            "换上本单位的",
            on_picked,
            icon=ft.Icons.FONT_DOWNLOAD_OUTLINED,
            extensions=("ttf",),
        )
    ]
    if font:
        acts.append(
            danger_button(
                f"fonts.{use}.drop",
                "换回自带的",
                on_drop,
                title=f"{word}换回自带的字体？",
                text=f"“{font.name}”会从本机移走，要再用须重新放进来。已出具的文书不变。",
                act="换回",
            )
        )
    said = ft.Column(
        controls=[
            ft.Text(word, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            ft.Text(font.name if font else "自带的字体"),
            quiet_text(words.size(font.size) if font else example),
        ],
        spacing=2,
        width=_SAID,
        tight=True,
    )
    return ft.Row(controls=[said, *acts], wrap=True, spacing=16, run_spacing=8)
