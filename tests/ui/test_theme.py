"""The theme: colours, sizes, fonts, language."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import flet as ft
import pytest

from inspector.ui import theme
from inspector.ui.palette import PALETTES, Scheme
from inspector.ui.theme import Device, Tone
from tests.ui_harness import Harness, screen_test

ASSETS = Path(__file__).resolve().parents[2] / "assets"
BIG_TARGET, KEY_TARGET = 56, 64
LEAST_SIZE = {Device.TABLET: 16, Device.CONSOLE: 14}
FIELD = {
    "primary": "primary",
    "onprimary": "on_primary",
    "tertiary": "tertiary",
    "ontertiary": "on_tertiary",
    "ontertiarycontainer": "on_tertiary_container",
    "error": "error",
    "onerror": "on_error",
    "onerrorcontainer": "on_error_container",
    "secondaryfixed": "secondary_fixed",
    "onsecondaryfixed": "on_secondary_fixed",
    "onsecondaryfixedvariant": "on_secondary_fixed_variant",
    "secondary": "secondary",
    "onsecondary": "on_secondary",
    "onsurfacevariant": "on_surface_variant",
    "tertiaryfixed": "tertiary_fixed",
    "ontertiaryfixed": "on_tertiary_fixed",
    "ontertiaryfixedvariant": "on_tertiary_fixed_variant",
    "primaryfixed": "primary_fixed",
    "onprimaryfixed": "on_primary_fixed",
    "onprimaryfixedvariant": "on_primary_fixed_variant",
}


def colour_of(made: ft.Theme, token: ft.Colors) -> object:
    return getattr(made.color_scheme, FIELD[token.value])


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("tone", Tone)
def test_a_tone_s_tokens_lead_to_its_colours(scheme, tone):
    made, pair = theme.theme_of(scheme), getattr(PALETTES[scheme], tone.value)
    assert (colour_of(made, tone.fill), colour_of(made, tone.on), colour_of(made, tone.ink)) == (
        pair.fill,
        pair.on,
        pair.ink,
    )


@pytest.mark.parametrize("device", Device)
def test_no_text_style_is_smaller_than_may_be_read(device):
    styles = theme.theme_of(Scheme.LIGHT, device).text_theme
    given = [getattr(styles, field.name) for field in dataclasses.fields(styles)]
    sizes = [style.size for style in given if isinstance(style, ft.TextStyle)]
    assert len(sizes) == 12
    assert {style.color for style in given if style} == {PALETTES[Scheme.LIGHT].ink}
    assert min(sizes) >= LEAST_SIZE[device]


@screen_test
async def test_the_first_frame_has_the_fonts_and_speaks_chinese():
    ui = Harness()
    await ui.run(lambda page: theme.apply(page, Scheme.LIGHT))
    assert ui.page.fonts == theme.FONTS
    assert all((ASSETS / file).is_file() for file in theme.FONTS.values())
    assert ui.page.theme.font_family == theme.FAMILY
    assert ui.page.locale_configuration.current_locale == ft.Locale("zh", "CN")
    assert ui.page.locale_configuration.supported_locales == [ft.Locale("zh", "CN")]


@screen_test
async def test_each_scheme_is_the_one_that_shows():
    ui = Harness()
    await ui.run(lambda page: theme.apply(page, Scheme.DARK))
    assert ui.page.theme_mode is ft.ThemeMode.DARK
    assert ui.page.dark_theme.color_scheme.surface == PALETTES[Scheme.DARK].page
    theme.apply(ui.page, Scheme.OUTDOOR)
    assert ui.page.theme_mode is ft.ThemeMode.LIGHT
    assert ui.page.theme.color_scheme.surface == PALETTES[Scheme.OUTDOOR].page
    assert ui.page.theme.font_family == theme.BOLD_FAMILY


def test_targets_are_high_enough_in_numbers():
    from inspector.ui import buttons, keypad, photo_strip

    for device, sizes in theme.SIZES.items():
        line = sizes.button * 1.35
        for big, least in ((False, theme.TARGET), (True, BIG_TARGET)):
            style = buttons.style_of(Tone.PRIMARY, filled=True, big=big)
            assert style.padding.top + style.padding.bottom + line >= least - 0.5, (device, big)
    assert keypad.KEY >= KEY_TARGET
    assert photo_strip.TILE >= theme.TARGET
    assert theme.UNIT >= 8
