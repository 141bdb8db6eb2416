"""Whatever is written can be read: every pair of text and background, computed."""

from __future__ import annotations

import pytest

from inspector.ui.palette import PALETTES, Pair, Palette, Scheme

LEAST = {Scheme.LIGHT: 4.5, Scheme.DARK: 4.5, Scheme.OUTDOOR: 7.0}
EDGES = 3.0
TONES = ("primary", "good", "bad", "care", "idle", "orange", "yellow")


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def tone(palette: Palette, name: str) -> Pair:
    pair = getattr(palette, name)
    assert isinstance(pair, Pair)
    return pair


def test_the_measure_knows_black_on_white():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("name", TONES)
def test_a_tone_is_legible_bare_and_filled(scheme, name):
    palette, pair = PALETTES[scheme], tone(PALETTES[scheme], name)
    assert contrast(pair.on, pair.fill) >= LEAST[scheme]
    assert contrast(pair.ink, palette.card) >= LEAST[scheme]
    assert contrast(pair.ink, palette.page) >= LEAST[scheme]


@pytest.mark.parametrize("scheme", Scheme)
def test_text_is_legible_on_every_background(scheme):
    palette, least = PALETTES[scheme], LEAST[scheme]
    for text in (palette.ink, palette.quiet):
        for background in (palette.card, palette.page):
            assert contrast(text, background) >= least
    assert contrast(palette.on_soft, palette.soft) >= least
    # Announcements are written in the card's colour on the ink's, their way back in the soft one.
    assert contrast(palette.card, palette.ink) >= least
    assert contrast(palette.soft, palette.ink) >= least


@pytest.mark.parametrize("scheme", Scheme)
def test_outlines_can_be_seen(scheme):
    palette = PALETTES[scheme]
    for background in (palette.card, palette.page):
        assert contrast(palette.edge, background) >= EDGES


def test_every_tone_of_the_palette_is_measured():
    pairs = {name for name, kind in Palette.__annotations__.items() if kind in (Pair, "Pair")}
    assert pairs == set(TONES)
