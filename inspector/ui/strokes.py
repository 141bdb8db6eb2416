"""Handwriting drawn again from its strokes, and the one place that turns strokes into shapes.

A stroke is a tuple of points in thousandths of the pad's width, y downwards. A stroke of one point is a dot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import flet as ft
import flet.canvas as cv

from inspector.domain.inspection import Stroke
from inspector.ui import theme

PAD_WIDTH = 1000
"""The width of every pad in the strokes' units."""

PEN = 3.0
"""The pen's width in logical pixels."""

_DOT = 0.1  # a line of no length is not drawn everywhere, whatever its caps


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What was written on a pad.

    Attributes:
        strokes: in the order written.
        width: always 1000.
        height: the pad's height in the same units; no point is below it.
    """

    strokes: tuple[Stroke, ...]
    width: int = PAD_WIDTH
    height: int


def stroke_path(stroke: Stroke, scale: float) -> cv.Path:
    """One stroke as one path, `scale` logical pixels to the unit."""
    (x, y), *rest = [(x * scale, y * scale) for x, y in stroke]
    return cv.Path(
        elements=[
            cv.Path.MoveTo(x, y),
            *(cv.Path.LineTo(x, y) for x, y in (rest or [(x + _DOT, y)])),
        ],
        paint=ft.Paint(
            color=theme.INK,
            style=ft.PaintingStyle.STROKE,
            stroke_width=PEN,
            stroke_cap=ft.StrokeCap.ROUND,
            stroke_join=ft.StrokeJoin.ROUND,
        ),
    )


def strokes_picture(
    strokes: Sequence[Stroke], width: int, height: int, *, shown_width: float = 320, label: str = "手写签名"
) -> ft.Control:
    """Given strokes as a picture, for looking at.

    Args:
        width, height: the pad they were written on, in the strokes' units.
        shown_width: of the picture, in logical pixels; its height follows.
        label: what is read out.
    """
    scale = shown_width / width
    canvas = cv.Canvas(
        width=shown_width,
        height=height * scale,
        shapes=[stroke_path(stroke, scale) for stroke in strokes if stroke],
    )
    return ft.Semantics(content=canvas, image=True, label=label, container=True)
