"""Three schemes of colours: light, dark, and outdoor (black on white, heavy)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scheme(StrEnum):
    """Which of the three schemes; `chinese` is its word in the settings."""

    LIGHT = "light"
    DARK = "dark"
    OUTDOOR = "outdoor"

    @property
    def chinese(self) -> str:
        """The word on the screen."""
        return {"light": "浅色", "dark": "深色", "outdoor": "户外"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A filled area's colour, the colour of what is written on it, and the colour of bare text."""

    fill: str
    on: str
    ink: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """One scheme's colours as `#RRGGBB`.

    Attributes:
        page, card: the two backgrounds.
        ink, quiet: text and secondary text, legible on both backgrounds.
        line: hair lines, decoration only; edge: the outline of something that can be tapped.
        soft: the background of what is selected, with its text in `on_soft`.
    """

    page: str
    card: str
    ink: str
    quiet: str
    line: str
    edge: str
    soft: str
    on_soft: str
    primary: Pair
    good: Pair
    bad: Pair
    care: Pair
    idle: Pair
    orange: Pair
    yellow: Pair


PALETTES = {
    Scheme.LIGHT: Palette(
        page="#F3F5F7",
        card="#FFFFFF",
        ink="#1B1F24",
        quiet="#4A5560",
        line="#C5CCD3",
        edge="#6B7680",
        soft="#D6E6F5",
        on_soft="#0A3D6B",
        primary=Pair(fill="#0B4F8A", on="#FFFFFF", ink="#0B4F8A"),
        good=Pair(fill="#1B7F3B", on="#FFFFFF", ink="#17702F"),
        bad=Pair(fill="#C62828", on="#FFFFFF", ink="#B71C1C"),
        care=Pair(fill="#B26A00", on="#000000", ink="#7A4700"),
        idle=Pair(fill="#5F6B76", on="#FFFFFF", ink="#4A5560"),
        orange=Pair(fill="#E8711A", on="#000000", ink="#8A3B00"),
        yellow=Pair(fill="#F5C400", on="#000000", ink="#6B5200"),
    ),
    Scheme.DARK: Palette(
        page="#111417",
        card="#1C2126",
        ink="#E6EAEE",
        quiet="#B4BEC8",
        line="#3C454E",
        edge="#8A96A1",
        soft="#1F4566",
        on_soft="#D6E6F5",
        primary=Pair(fill="#9CC9F5", on="#06243F", ink="#9CC9F5"),
        good=Pair(fill="#81D39A", on="#06230F", ink="#81D39A"),
        bad=Pair(fill="#F5A29B", on="#3A0503", ink="#F5A29B"),
        care=Pair(fill="#F2BE6B", on="#2B1900", ink="#F2BE6B"),
        idle=Pair(fill="#B4BEC8", on="#1B1F24", ink="#B4BEC8"),
        orange=Pair(fill="#FFB27A", on="#2B1200", ink="#FFB27A"),
        yellow=Pair(fill="#F7DC6F", on="#2A2300", ink="#F7DC6F"),
    ),
    Scheme.OUTDOOR: Palette(
        page="#FFFFFF",
        card="#FFFFFF",
        ink="#000000",
        quiet="#1F1F1F",
        line="#000000",
        edge="#000000",
        soft="#FFFFFF",
        on_soft="#000000",
        primary=Pair(fill="#003A6B", on="#FFFFFF", ink="#003A6B"),
        good=Pair(fill="#00511F", on="#FFFFFF", ink="#00511F"),
        bad=Pair(fill="#8F0000", on="#FFFFFF", ink="#8F0000"),
        care=Pair(fill="#FFC247", on="#000000", ink="#5C3600"),
        idle=Pair(fill="#333333", on="#FFFFFF", ink="#1F1F1F"),
        orange=Pair(fill="#FFA55C", on="#000000", ink="#6A2C00"),
        yellow=Pair(fill="#FFE14D", on="#000000", ink="#4D3C00"),
    ),
}
