"""A window's root: what it shows, and again when its client comes back.

A browser that reloads, or whose connection was cut for a moment, is given its old window. Flet 1.0 has
dropped every rendering that was asked for while nobody was there, and hands over the picture from before:
somebody who was logged out meanwhile would still see their last screen, and its buttons would do nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import flet as ft


def show_root(
    page: ft.Page,
    root: Callable[..., ft.Control],
    *args: object,
    on_return: Callable[[], object] = lambda: None,
) -> None:
    """Show the component `root`, now and whenever the client is there again; it keeps its state.

    Args:
        args: what `root` is called with.
        on_return: called before it is shown again.
    """

    def show() -> None:
        page.render(root, *args)

    def show_again() -> None:
        on_return()
        show()

    page.on_connect = show_again
    show()
