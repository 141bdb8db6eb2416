"""An office whose notices are looked up by phones: a real server, a real desk, a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser import PICTURES, ROOT
from tests.console.desk_rig import ATablet, DeskRig
from tests.console.issued_notices import Handed, hand_over

DAY_MS = 24 * 3600 * 1000
NOW_MS = 1_795_600_000_000
"""What the phone's clock shows: two days after the notices, before their deadlines."""

SMALL = """[...document.querySelectorAll("button, a, label, input.code, #name, #phone")]
    .filter((one) => one.checkVisibility() && !one.matches("label.field"))
    .filter((one) => one.getBoundingClientRect().height < 48 || one.getBoundingClientRect().width < 48)
    .map((one) => one.outerHTML)"""
"""What a thumb would miss."""
CUT = """[...document.querySelectorAll("main *")]
    .filter((one) => one.checkVisibility() && one.tagName !== "INPUT")
    .filter((one) => getComputedStyle(one).display !== "inline")
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1)
    .map((one) => one.outerHTML)"""
"""What does not fit into its own place."""


class Scene:
    """An office whose notices are looked up by phones."""

    def __init__(self, rig: DeskRig, browser: Browser) -> None:
        self.rig, self.browser = rig, browser
        self.tablet: ATablet = rig.enrolled()
        self.count = 0
        self.outside: list[str] = []

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.rig.real.port}"

    def handed(self, **changes: object) -> Handed:
        self.count += 1
        handed = hand_over(self.rig, self.tablet, self.count, **changes)
        self.rig.desk.run()
        return handed

    @contextmanager
    def phone(self, *, now_ms: int = NOW_MS, scripts: bool = True, before: str = "") -> Iterator[Page]:
        context = self.browser.new_context(
            viewport={"width": 360, "height": 740}, locale="zh-CN", java_script_enabled=scripts
        )
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("request", lambda request: self._note(request.url))
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.clock.set_fixed_time(now_ms / 1000)
        if before:
            page.add_init_script(before)
        try:
            yield page
            assert context.cookies() == []
            assert broken == []
        finally:
            context.close()

    def _note(self, url: str) -> None:
        if not url.startswith((self.origin, "blob:")):
            self.outside.append(url)

    def scan(self, page: Page, handed: Handed, path: str | None = None) -> None:
        page.goto("about:blank")  # the same page with another fragment would not be loaded again
        page.goto(self.origin + (path or handed.path))


def with_fonts(folder: Path) -> dict[str, str]:
    """An environment in which the browser has a Chinese font, as every phone there does."""
    settings = folder / "fonts.conf"
    settings.write_text(f"<fontconfig><dir>{ROOT / 'assets' / 'fonts'}</dir></fontconfig>", "utf-8")
    return {**os.environ, "FONTCONFIG_FILE": str(settings)}


def answered(page: Page, word: str) -> None:
    expect(page.locator("#word")).to_have_text(word)


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"public-{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(SMALL) == []
    assert page.evaluate(CUT) == []
