"""The pad on which a person signs: full width, a line, the name and role under it, 清除 and 完成.

* What comes out are integers in thousandths of the pad's width, as the record keeps them.
* The pad must not stand inside something that scrolls: a stroke downwards would scroll instead.
* Points are drawn three at a time: showing one costs several milliseconds, and the hand brings one each
  sixteen. The last ones appear when the pen is lifted; none is lost.
* One stroke is one path that grows; the finished ones are not built again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import flet as ft
import flet.canvas as cv

from inspector.domain.inspection import Stroke
from inspector.ui import theme
from inspector.ui.buttons import primary_button, secondary_button
from inspector.ui.identified import identified
from inspector.ui.strokes import PAD_WIDTH, Drawing, stroke_path
from inspector.ui.taps import Act

DRAG_MS = 16
"""At most one point per frame."""

_AT_ONCE = 3
_LEAST_POINTS = 2  # a single touch is no signature; see `domain.inspection.Handwriting`
_NO_SIZE = (0.0, 0.0)
_Point = tuple[int, int]


@dataclass(slots=True)
class _Pen:
    """Where the pen is, between two renderings.

    Attributes:
        down: where it touched the pad: a touch may still turn out to be nothing.
        fresh: points that are not shown yet.
        writing: a stroke has been begun and is the last one shown.
    """

    down: _Point | None = None
    fresh: list[_Point] = field(default_factory=list)
    writing: bool = False


def to_point(x: float, y: float, size: tuple[float, float]) -> _Point:
    """A place on a pad of this size in pixels, in thousandths of its width; outside is moved to the edge."""
    width, height = size
    inside_x, inside_y = min(max(x, 0.0), width), min(max(y, 0.0), height)
    return round(inside_x * PAD_WIDTH / width), round(inside_y * PAD_WIDTH / width)


def drawing_of(strokes: tuple[Stroke, ...], size: tuple[float, float]) -> Drawing:
    """The strokes with the pad's height; a pad that was turned meanwhile is as high as its lowest point."""
    width, height = size
    lowest = max((y for stroke in strokes for _, y in stroke), default=0)
    return Drawing(strokes=strokes, height=max(round(height * PAD_WIDTH / width), lowest))


@ft.component
def signature_pad(
    identifier: str,
    name: str,
    role: str,
    on_done: Callable[[Drawing], object],
    *,
    height: int = 260,
    disabled: bool = False,
) -> ft.Control:
    """A pad for one signature.

    Args:
        identifier: prefix: `identifier-pad`, `identifier-clear`, `identifier-done`.
        name, role: who signs, shown under the line.
        on_done: gets the drawing; 完成 waits until there is something to keep.
        height: of the pad, in logical pixels.
    """
    nothing: tuple[Stroke, ...] = ()
    strokes, write = ft.use_state(nothing)
    size, measure = ft.use_state((0.0, float(height)))
    pen = ft.use_memo(_Pen, [])
    scale = size[0] / PAD_WIDTH
    before = strokes[:-1]
    finished = ft.use_memo(lambda: [stroke_path(stroke, scale) for stroke in before], [before, scale])
    last = [stroke_path(strokes[-1], scale)] if strokes else []
    hand = _Hand(pen, _NO_SIZE if disabled else size, write)
    surface = _surface([*finished, *last], height, hand, lambda event: measure((event.width, event.height)))

    def clear() -> None:
        pen.fresh.clear()
        write(())

    return ft.Column(
        controls=[
            identified(f"{identifier}-pad", surface, label=f"签名板，请{role}{name}在此签名"),
            _under_the_line(name, role),
            _ways(identifier, () if disabled else strokes, clear, lambda: on_done(drawing_of(strokes, size))),
        ],
        spacing=theme.UNIT,
        tight=True,
    )


def _ways(identifier: str, strokes: tuple[Stroke, ...], clear: Act, done: Act) -> ft.Control:
    enough = sum(len(stroke) for stroke in strokes) >= _LEAST_POINTS
    return ft.Row(
        controls=[
            secondary_button(
                f"{identifier}-clear", "清除", clear, icon=ft.Icons.REPLAY, disabled=not strokes
            ),
            primary_button(f"{identifier}-done", "完成", done, icon=ft.Icons.CHECK, disabled=not enough),
        ],
        alignment=ft.MainAxisAlignment.END,
        spacing=theme.UNIT * 2,
    )


@dataclass(frozen=True, slots=True)
class _Hand:
    """What the gestures do: they move the pen and show what it wrote."""

    pen: _Pen
    size: tuple[float, float]
    write: Callable[[Callable[[tuple[Stroke, ...]], tuple[Stroke, ...]]], None]

    def touch(self, event: ft.DragDownEvent[ft.GestureDetector]) -> None:
        self.lift()
        if self.size[0]:
            self.pen.down = self._place(event.local_position)

    def move(self, event: ft.DragUpdateEvent[ft.GestureDetector]) -> None:
        pen = self.pen
        if not self.size[0]:
            return
        if pen.down is not None:
            pen.fresh.append(pen.down)
            pen.down = None
        pen.fresh.append(self._place(event.local_position))
        if len(pen.fresh) >= _AT_ONCE:
            self._show()

    def lift(self, _: object = None) -> None:
        if self.pen.fresh:
            self._show()
        self.pen.down, self.pen.writing = None, False

    def dot(self, _: object) -> None:
        down, self.pen.down = self.pen.down, None
        if down is not None:
            self.write(lambda strokes: (*strokes, (down,)))

    def _show(self) -> None:
        points, goes_on = tuple(self.pen.fresh), self.pen.writing
        self.pen.fresh.clear()
        self.pen.writing = True
        self.write(lambda strokes: _longer(strokes, points, goes_on))

    def _place(self, where: ft.Offset) -> _Point:
        return to_point(where.x, where.y, self.size)


def _surface(
    shapes: list[cv.Path], height: int, hand: _Hand, on_size: Callable[[cv.CanvasResizeEvent], None]
) -> ft.Control:
    pad = ft.GestureDetector(
        content=ft.Container(expand=True),
        drag_interval=DRAG_MS,
        on_pan_down=hand.touch,
        on_pan_update=hand.move,
        on_pan_end=hand.lift,
        on_tap_up=hand.dot,
        exclude_from_semantics=True,
    )
    canvas = cv.Canvas(
        content=pad,
        shapes=list(shapes),
        height=height,
        width=float("inf"),
        on_resize=on_size,
        resize_interval=0,
    )
    return ft.Container(
        content=canvas,
        bgcolor=theme.CARD,
        height=height,
        border=ft.Border.all(width=1.5, color=theme.EDGE),
        border_radius=theme.CORNER,
    )


def _longer(strokes: tuple[Stroke, ...], points: Stroke, goes_on: bool) -> tuple[Stroke, ...]:
    # Cleared while the pen was down: what follows is a new stroke.
    before, last = (strokes[:-1], strokes[-1]) if goes_on and strokes else (strokes, ())
    for point in points:
        last = last if last and last[-1] == point else (*last, point)
    return (*before, last)


def _under_the_line(name: str, role: str) -> ft.Control:
    return ft.Column(
        controls=[
            ft.Divider(height=1, thickness=2, color=theme.EDGE),
            ft.Row(
                controls=[
                    ft.Text(f"{role}：{name}", theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
                    ft.Text("请在线上方手写签名", color=theme.QUIET),
                ],
                spacing=theme.UNIT * 2,
                wrap=True,
            ),
        ],
        spacing=4,
        tight=True,
    )
