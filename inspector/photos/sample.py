"""Drawn pictures for the demo: patterns that nobody can take for a photo of a real place."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

_WIDTH, _HEIGHT = 1600, 1200


def sample_picture(number: int) -> bytes:
    """A JPEG of coloured shapes, another one for each number."""
    image = Image.new("RGB", (_WIDTH, _HEIGHT), (60 + 37 * number % 120, 80 + 53 * number % 120, 110))
    draw = ImageDraw.Draw(image)
    for step in range(12):
        left = (number * 211 + step * 137) % (_WIDTH - 300)
        top = (number * 97 + step * 83) % (_HEIGHT - 220)
        colour = (120 + step * 11 % 130, 60 + (step * 29 + number * 17) % 180, (step * 53) % 230)
        draw.rectangle((left, top, left + 280, top + 190), fill=colour, outline="white", width=6)
    draw.line((0, _HEIGHT, _WIDTH, 0), fill="white", width=24)
    target = BytesIO()
    image.save(target, "JPEG", quality=85)
    return target.getvalue()
