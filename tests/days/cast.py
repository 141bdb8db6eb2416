"""Who takes part in a day: server, console and tablets, each a process, and a hand at each screen."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Locator, expect

from inspector.demo.headless import Folders, found_office
from inspector.demo.office_process import OfficeProcess, answers, free_port
from tests.browser import PATIENCE_MS, ROOT, Screen
from tests.photos.pictures import corners, encoded

EVERY_SIZE = os.environ.get("PICTURES") == "all"
STARTS_WITHIN_S = 90.0
MOST_WHEEL_TURNS = 400
TURNS_ONE_WAY = 30
STUCK_TURNS = 12
MOST_PRESSES = 4
MOST_LAYOUTS = 6
JPEG = encoded(corners(640, 480))
"""A photo for the file chooser."""

_UNTIL_LAID_OUT = """async () => {
  for (let frame = 0; frame < 40; frame++) await new Promise(done => requestAnimationFrame(done));
}"""
"""The size goes to the program and another layout comes back; nothing in the page tells when."""

_WHERE = """identifier => {
  const node = document.querySelector(`[flt-semantics-identifier="${identifier}"]`);
  if (!node) return null;
  const box = node.getBoundingClientRect();
  let around = {left: 0, top: 0, width: innerWidth, height: innerHeight, bottom: innerHeight};
  for (let up = node.parentElement; up; up = up.parentElement)
    if (up.tagName === "FLT-SEMANTICS" && getComputedStyle(up).overflowY !== "visible") {
      around = up.getBoundingClientRect();
      break;
    }
  const middle = box.top + box.height / 2;
  const inside = middle > around.top + 6 && middle < Math.min(around.bottom, innerHeight) - 6;
  return {x: around.left + around.width / 2, y: around.top + Math.min(around.height, innerHeight) / 2,
          by: inside ? 0 : Math.trunc(middle - (around.top + around.height / 2))};
}"""
"""How far a control is from the middle of what scrolls around it: 0 in view, null when it is not there."""


class Office:
    """A sample office in a folder: its server, and whatever is opened on it.

    Args:
        root: a folder, empty or with the programs' folders of a demo.
        port: the server's; a free one unless given.
    """

    def __init__(self, root: Path, port: int | None = None) -> None:
        self.folders = Folders(root=root)
        self.server = OfficeProcess(
            self.folders.office, port or free_port(), self.folders.logs / "office.log"
        )
        self._running: list[subprocess.Popen[bytes]] = []

    def found(self, *, clock_ms: int) -> None:
        """Make keys and accounts, and start the server."""
        found_office(self.folders, self.server.url, clock=lambda: clock_ms)
        self.server.start()

    def tablet(self, name: str = "tablet") -> str:
        """A tablet in a browser; its address."""
        return self._program("tablet", "--data", str(self.folders.root / name))

    def console(self, *more: str, folder: Path | None = None) -> str:
        """The supervisor's console, on its own folder unless told otherwise; its address.

        Args:
            more: further options of the command line.
        """
        data = ("--data", str(folder or self.folders.console))
        return self._program("console", *data, "--office", self.server.url, *more)

    def end(self) -> None:
        """End every program and wait for it."""
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait(timeout=20)
        self.server.stop()

    def _program(self, *arguments: str) -> str:
        port = free_port()
        self.folders.logs.mkdir(parents=True, exist_ok=True)
        with (self.folders.logs / f"{arguments[0]}-{port}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "inspector", *arguments, "--port", str(port)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._running.append(process)
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not answers(address):
            assert not _ends(process), f"{arguments[0]} ended: {self.logs_of(arguments[0])}"
            assert time.monotonic() < deadline, f"{arguments[0]} does not answer"
        return address

    def logs_of(self, program: str) -> str:
        """What a program said."""
        return "\n".join(
            path.read_text("utf-8", errors="replace") for path in self.folders.logs.glob(f"{program}*.log")
        )


def _ends(process: subprocess.Popen[bytes]) -> bool:
    """Whether a program ends within the next moment."""
    try:
        process.wait(timeout=0.05)
    except subprocess.TimeoutExpired:
        return False
    return True


class Hand:
    """A person at a screen: looks for a control, scrolls to it, and touches it."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.page = screen, screen.page

    def wait(self, identifier: str) -> None:
        """Until a control is there."""
        expect(self.screen.find(identifier).first).to_be_attached(timeout=PATIENCE_MS)

    def has(self, identifier: str) -> bool:
        """Whether a control is on the screen now."""
        return self.screen.find(identifier).count() > 0

    def gone(self, identifier: str) -> None:
        """Until a control is no longer there."""
        expect(self.screen.find(identifier)).to_have_count(0, timeout=PATIENCE_MS)

    def bring(self, identifier: str, *, over: tuple[float, float] | None = None) -> None:
        """Scroll with the wheel until the middle of a control is in view.

        Args:
            over: where the wheel is turned while the control is not there at all.
        """
        size = self.page.viewport_size or {"width": 1280, "height": 800}
        before, unmoved = None, 0
        for turn in range(MOST_WHEEL_TURNS):
            place = self.page.evaluate(_WHERE, identifier)
            if place and place["by"] == 0:
                return
            unmoved = unmoved + 1 if place and place == before else 0
            before = place
            x, y = (place["x"], place["y"]) if place else over or (size["width"] * 0.6, size["height"] * 0.55)
            by = place["by"] if place else 320 if turn // TURNS_ONE_WAY % 2 == 0 else -320
            # At the end of its way nothing moves, and the page may still tell an older place: once back.
            by = -by if unmoved % STUCK_TURNS == STUCK_TURNS - 1 else by
            self.page.mouse.move(x, y)
            self.page.mouse.wheel(0, max(-600, min(600, by)))
            self._next_frames()
        raise AssertionError(f"{identifier} does not come into view")

    def in_view(self, identifier: str) -> None:
        """Until the middle of a control is in view without anybody's scrolling."""
        self.page.wait_for_function(f"id => ({_WHERE})(id)?.by === 0", arg=identifier, timeout=PATIENCE_MS)

    def seek(self, prefix: str, words: str = "") -> str:
        """Scroll down until a control is there whose identifier begins so; gives it.

        Args:
            words: what it says, or its label, among others that begin so.
        """
        size = self.page.viewport_size or {"width": 1280, "height": 800}
        found = self.saying(prefix, words)
        for _ in range(TURNS_ONE_WAY):
            if found.count():
                return str(found.first.get_attribute("flt-semantics-identifier"))
            self.page.mouse.move(size["width"] * 0.6, size["height"] * 0.55)
            self.page.mouse.wheel(0, 320)
            self._next_frames()
        raise AssertionError(f"nothing that begins with {prefix} comes into view")

    def saying(self, prefix: str, words: str = "") -> Locator:
        """The controls whose identifier begins so and that say these words, or whose label does."""
        begins = f'[flt-semantics-identifier^="{prefix}"]'
        found = self.page.locator(begins)
        if not words:
            return found
        return found.filter(has_text=words).or_(self.page.locator(f'{begins}[aria-label*="{words}"]'))

    def press(self, identifier: str) -> None:
        """Bring a control into view, wait until it can be used, and click it."""
        self.bring(identifier)
        expect(self.screen.find(identifier).first).to_be_enabled(timeout=PATIENCE_MS)
        self._uncover(identifier)
        self.screen.rest(identifier)
        self.bring(identifier)
        self.screen.tap(identifier)

    def open(self, identifier: str, shown: str, end: str = "") -> str:
        """Press a control until what it opens is there, as a person does; gives the identifier of that.

        A press is lost when the screen is laid out anew under the finger.
        """
        ends = f'[flt-semantics-identifier$="{end}"]' if end else ""
        there = self.page.locator(f'[flt-semantics-identifier^="{shown}"]{ends}').first
        for _ in range(MOST_PRESSES):
            self.press(identifier)
            with contextlib.suppress(AssertionError):
                expect(there).to_be_attached(timeout=PATIENCE_MS / MOST_PRESSES)
                return str(there.get_attribute("flt-semantics-identifier"))
        raise AssertionError(f"{identifier} does not open {shown}{end}")

    def write(self, identifier: str, text: str) -> None:
        """Bring a field into view and fill it."""
        self.screen.type(identifier, text, bring=self.bring)

    def pin(self, prefix: str, digits: str) -> None:
        """A PIN, by the field; the last key is pressed once it is ready."""
        self.wait(f"{prefix}-pin")
        self.screen.type(f"{prefix}-pin", digits)
        self.press(f"{prefix}-done")

    def one(self, prefix: str, end: str = "") -> str:
        """The first identifier that begins and ends so; ids in between are the program's own."""
        ends = f'[flt-semantics-identifier$="{end}"]' if end else ""
        found = self.page.locator(f'[flt-semantics-identifier^="{prefix}"]{ends}')
        expect(found.first).to_be_attached(timeout=PATIENCE_MS)
        return str(found.first.get_attribute("flt-semantics-identifier"))

    def show(self, name: str, *sizes: tuple[int, int], at: str = "") -> None:
        """A picture of the screen under test-output/ in the last of these sizes, which stays.

        In the environment `PICTURES=all` asks for every size: a change of size takes a second and more.

        Args:
            at: a control that is brought into view.
        """
        for width, height in sizes if EVERY_SIZE else sizes[-1:]:
            if self.page.viewport_size != {"width": width, "height": height}:
                self.page.set_viewport_size({"width": width, "height": height})
                self._until_laid_out()
            if at:
                self.bring(at)
            self.screen.picture(f"{name}-{width}x{height}")

    def draw(self, pad: str) -> None:
        """Two strokes on a signature pad."""
        box = self.screen.find(pad).bounding_box()
        assert box, f"{pad} is not on the screen"
        mouse = self.page.mouse
        for start, end in (((60, 60), (300, 120)), ((300, 40), (140, 180))):
            mouse.move(box["x"] + start[0], box["y"] + start[1])
            mouse.down()
            mouse.move(box["x"] + end[0], box["y"] + end[1], steps=12)
            mouse.up()

    def names(self) -> list[str]:
        """Every identifier on the screen."""
        return list(
            self.page.evaluate(
                "[...document.querySelectorAll('[flt-semantics-identifier]')]"
                ".map(n => n.getAttribute('flt-semantics-identifier'))"
            )
        )

    def _uncover(self, identifier: str) -> None:
        """Wait until an announcement that lies over a control has gone."""
        said = self.screen.find("announcement").first
        if not said.count():
            return
        box, over = self.screen.find(identifier).first.bounding_box(), said.bounding_box()
        if box and over and identifier != "undo":
            middle = box["y"] + box["height"] / 2
            if over["y"] - 30 < middle < over["y"] + over["height"] + 30:
                self.gone("announcement")

    def _until_laid_out(self) -> None:
        """Until nothing on the screen has changed for a while; what never rests is not waited for."""
        before = b""
        for _ in range(MOST_LAYOUTS):
            self.page.evaluate(_UNTIL_LAID_OUT)
            now = self.page.screenshot()
            if now == before:
                return
            before = now

    def _next_frames(self) -> None:
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
        )


def at(screen: Screen, address: str) -> Hand:
    """A hand at an address."""
    screen.open(f"{address}/")
    return Hand(screen)
