"""The tablet: what `flet build` packages, and what `python main.py` starts.

In a packaged app the client is part of the app. On a desktop it is a download of Flet's own; where it cannot
be had, the same screens open in the browser, from files that are here, reachable from this machine only.
"""

from __future__ import annotations

import socket
import sys
import tarfile
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import flet as ft
from flet.utils import is_embedded

ASSETS = str(Path(__file__).resolve().parent / "assets")
IN_BROWSER = "本机没有可用的桌面客户端，改在浏览器中打开：{address}（功能与数据相同，按 Ctrl+C 结束）。"
NO_SCREEN = "缺少界面组件 flet-web。请先执行：pip install --require-hashes -r requirements/office.txt"


def start(
    main: Callable[[ft.Page], object],
    *,
    run: Callable[..., object],
    serve: Callable[[int], object],
    has_client: Callable[[], bool],
    has_web: Callable[[], bool],
    port: int,
) -> None:
    """Open the screens in a window of their own, or in the browser at `port` where there is no client.

    Args:
        run: `ft.run`.
        serve: serves the same screens to this machine's browser, and to no page of another site.

    Raises:
        SystemExit: there is neither; says what to install.
    """
    if has_client():
        run(main, assets_dir=ASSETS)
        return
    if not has_web():
        raise SystemExit(NO_SCREEN)
    print(IN_BROWSER.format(address=f"http://127.0.0.1:{port}/"), file=sys.stderr)  # noqa: T201
    serve(port)


def has_client() -> bool:
    """Whether a window can be opened: inside a packaged app, or with Flet's desktop client in its cache.

    The client is fetched by Flet when it is not there yet; failing that is no error, the browser serves.
    """
    if is_embedded():  # type: ignore[no-untyped-call]  # Flet gives it no types
        return True
    try:
        from flet_desktop import ensure_client_cached
    except ImportError:
        return False
    try:
        ensure_client_cached()
    except (OSError, tarfile.TarError, zipfile.BadZipFile):
        return False
    return True


def has_web() -> bool:
    """Whether the browser's half of the screens is installed."""
    return find_spec("flet_web") is not None


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    from inspector.tablet.app import main, serve_here

    start(main, run=ft.run, serve=serve_here, has_client=has_client, has_web=has_web, port=free_port())
