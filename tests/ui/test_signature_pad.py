"""The signature pad: what is drawn is what comes out."""

from __future__ import annotations

import flet as ft
import flet.canvas as cv
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.inspection import Handwriting, Role
from inspector.ui.signature_pad import drawing_of, signature_pad, to_point
from inspector.ui.strokes import Drawing, stroke_path, strokes_picture
from tests.ui_harness import Harness, screen_test


def drag(x: float, y: float, **more: object) -> dict[str, object]:
    where = {"x": x, "y": y}
    return {"k": "touch", "l": where, "g": where, **more}


class Pad:
    """One pad, 500 pixels wide, and a hand."""

    def __init__(self) -> None:
        self.given: list[Drawing] = []

    async def open(self, *, width: float | None = 500, disabled: bool = False) -> Pad:
        self.ui = Harness()
        pad = ft.component(
            lambda: signature_pad(
                "sign", "张样例", "检查人员", self.given.append, height=200, disabled=disabled
            )
        )
        await self.ui.run(lambda page: page.render(pad))
        if width is not None:
            await self.ui.fire(self.ui.all(cv.Canvas)[0], "resize", {"w": width, "h": 200.0})
        return self

    @property
    def surface(self) -> ft.GestureDetector:
        return self.ui.all(ft.GestureDetector)[0]

    async def stroke(self, *points: tuple[float, float]) -> None:
        await self.ui.fire(self.surface, "pan_down", {"l": _at(points[0]), "g": _at(points[0])})
        for point in points[1:]:
            await self.ui.fire(self.surface, "pan_update", drag(*point))
        await self.ui.fire(self.surface, "pan_end", {**drag(*points[-1]), "v": {"x": 0, "y": 0}})

    async def touch(self, x: float, y: float) -> None:
        await self.ui.fire(self.surface, "pan_down", {"l": _at((x, y)), "g": _at((x, y))})
        await self.ui.fire(self.surface, "pan_cancel")
        await self.ui.fire(self.surface, "tap_up", drag(x, y))

    def paths(self) -> list[cv.Path]:
        return self.ui.all(cv.Path)


def _at(point: tuple[float, float]) -> dict[str, float]:
    return {"x": point[0], "y": point[1]}


@screen_test
async def test_what_is_written_comes_out_in_thousandths_of_the_width():
    pad = await Pad().open()
    await pad.stroke((50, 50), (100, 60), (150, 100))
    await pad.stroke((200, 20), (200, 180))
    await pad.ui.tap("sign-done")
    (drawing,) = pad.given
    assert drawing.strokes == (((100, 100), (200, 120), (300, 200)), ((400, 40), (400, 360)))
    assert (drawing.width, drawing.height) == (1000, 400)
    assert pad.ui.errors() == []


@screen_test
async def test_what_comes_out_can_be_recorded():
    pad = await Pad().open()
    await pad.stroke((50, 50), (100, 60))
    await pad.ui.tap("sign-done")
    drawing = pad.given[0]
    written = Handwriting(
        role=Role.RESPONSIBLE,
        name="张样例",
        strokes=drawing.strokes,
        width=drawing.width,
        height=drawing.height,
        shown="00" * 32,
        at_ms=0,
    )
    assert written.strokes == drawing.strokes


@screen_test
async def test_a_dot_counts_and_is_drawn():
    pad = await Pad().open()
    await pad.stroke((50, 50), (100, 60))
    await pad.touch(250, 100)
    assert len(pad.paths()) == 2
    await pad.ui.tap("sign-done")
    assert pad.given[0].strokes[-1] == ((500, 200),)


@screen_test
async def test_a_single_touch_is_no_signature_yet():
    pad = await Pad().open()
    assert pad.ui.by_identifier("sign-done").disabled
    await pad.touch(250, 100)
    assert pad.ui.by_identifier("sign-done").disabled
    await pad.touch(260, 100)
    assert not pad.ui.by_identifier("sign-done").disabled


@screen_test
async def test_points_outside_of_the_pad_are_moved_to_its_edge():
    pad = await Pad().open()
    await pad.stroke((490, 190), (620, 300), (-40, -1))
    await pad.ui.tap("sign-done")
    assert pad.given[0].strokes == (((980, 380), (1000, 400), (0, 0)),)


@screen_test
async def test_clearing_starts_again_even_in_the_middle_of_a_stroke():
    pad = await Pad().open()
    await pad.ui.fire(pad.surface, "pan_down", {"l": _at((50, 50)), "g": _at((50, 50))})
    for x in (100, 110, 120):  # the last of them is not shown yet
        await pad.ui.fire(pad.surface, "pan_update", drag(x, 100))
    await pad.ui.tap("sign-clear")
    assert pad.paths() == []
    for x in (150, 200, 250):
        await pad.ui.fire(pad.surface, "pan_update", drag(x, 100))
    await pad.ui.fire(pad.surface, "pan_end", {**drag(250, 100), "v": _at((0, 0))})
    await pad.ui.tap("sign-done")
    assert pad.given[0].strokes == (((300, 200), (400, 200), (500, 200)),)


@screen_test
async def test_a_pad_at_rest_takes_nothing():
    pad = await Pad().open(disabled=True)
    await pad.stroke((50, 50), (100, 60))
    assert pad.paths() == []
    assert pad.ui.by_identifier("sign-done").disabled


@screen_test
async def test_one_stroke_is_one_path_that_grows():
    pad = await Pad().open()
    await pad.stroke((50, 50), (100, 60), (150, 70), (200, 80), (250, 90))
    (path,) = pad.paths()
    assert [(e.x, e.y) for e in path.elements] == [(50, 50), (100, 60), (150, 70), (200, 80), (250, 90)]


@screen_test
async def test_before_the_pad_knows_its_size_nothing_is_taken():
    pad = await Pad().open(width=None)
    await pad.stroke((50, 50), (100, 60))
    assert pad.paths() == []
    assert pad.ui.errors() == []


@screen_test
async def test_a_turned_tablet_keeps_and_redraws_what_was_written():
    pad = await Pad().open()
    await pad.stroke((50, 50), (250, 190))
    await pad.ui.fire(pad.ui.all(cv.Canvas)[0], "resize", {"w": 1000.0, "h": 200.0})
    last = pad.paths()[0].elements[-1]
    assert (last.x, last.y) == (500, 380)
    await pad.ui.tap("sign-done")
    assert pad.given[0].height == 380  # the lowest point, although the pad is flatter now


@given(
    st.floats(-5_000, 5_000),
    st.floats(-5_000, 5_000),
    st.tuples(st.floats(100, 3_000), st.floats(100, 1_000)),
)
def test_no_point_leaves_the_pad(x, y, size):
    px, py = to_point(x, y, size)
    assert 0 <= px <= 1000
    assert 0 <= py <= drawing_of((((px, py),),), size).height


def test_given_strokes_are_drawn_to_scale():
    picture = strokes_picture((((0, 0), (1000, 400)), ((500, 200),)), 1000, 400, shown_width=250)
    canvas = picture.content
    assert (canvas.width, canvas.height) == (250, 100)
    assert [(e.x, e.y) for e in canvas.shapes[0].elements] == [(0, 0), (250, 100)]
    assert len(stroke_path(((500, 200),), 0.25).elements) == 2  # a dot has somewhere to go
