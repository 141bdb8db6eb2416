"""The look: three schemes, one typeface, sizes, and the tones that say a state.

* Controls name a tone or a text style, never a colour or a size: the running theme gives both, so a change of
  scheme or of text size reaches every screen without building it again.
* Contrast is at least 4.5:1 in the light and dark schemes and 7:1 outdoors; a test computes every pair.
* A bold weight is a family of its own: the client keeps one file per family name and would otherwise smear
  the regular one.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

import flet as ft

from inspector.ui.palette import PALETTES, Palette, Scheme

__all__ = ["Device", "Scheme", "TextSizes", "Tone", "apply", "theme_of"]

FAMILY = "NotoSansSC"
BOLD_FAMILY = "NotoSansSC-Bold"
FONTS = {
    FAMILY: "fonts/NotoSansSC-Regular.ttf",
    BOLD_FAMILY: "fonts/NotoSansSC-Bold.ttf",
}

UNIT = 8
"""The grid, in logical pixels; also the least distance between two targets."""

CORNER = 12
TARGET = 48
"""The least height of anything that is tapped."""


class Device(StrEnum):
    """Who reads: standing with a tablet, or sitting at the console."""

    TABLET = "tablet"
    CONSOLE = "console"


class Tone(StrEnum):
    """What a colour means. `fill`, `on` and `ink` are theme tokens that the client resolves."""

    PRIMARY = "primary"
    GOOD = "good"
    BAD = "bad"
    CARE = "care"
    IDLE = "idle"
    ORANGE = "orange"
    YELLOW = "yellow"

    @property
    def fill(self) -> ft.Colors:
        """The colour of a filled area."""
        return _TOKENS[self][0]

    @property
    def on(self) -> ft.Colors:
        """The colour of what is written on the filled area."""
        return _TOKENS[self][1]

    @property
    def ink(self) -> ft.Colors:
        """The colour of bare text, marks and outlines."""
        return _TOKENS[self][2]


# Material has tokens for three accents only; the fixed ones, which no control of the toolkit uses by itself,
# carry the rest.
_TOKENS = {
    Tone.PRIMARY: (ft.Colors.PRIMARY, ft.Colors.ON_PRIMARY, ft.Colors.PRIMARY),
    Tone.GOOD: (ft.Colors.TERTIARY, ft.Colors.ON_TERTIARY, ft.Colors.ON_TERTIARY_CONTAINER),
    Tone.BAD: (ft.Colors.ERROR, ft.Colors.ON_ERROR, ft.Colors.ON_ERROR_CONTAINER),
    Tone.CARE: (
        ft.Colors.SECONDARY_FIXED,
        ft.Colors.ON_SECONDARY_FIXED,
        ft.Colors.ON_SECONDARY_FIXED_VARIANT,
    ),
    Tone.IDLE: (ft.Colors.SECONDARY, ft.Colors.ON_SECONDARY, ft.Colors.ON_SURFACE_VARIANT),
    Tone.ORANGE: (
        ft.Colors.TERTIARY_FIXED,
        ft.Colors.ON_TERTIARY_FIXED,
        ft.Colors.ON_TERTIARY_FIXED_VARIANT,
    ),
    Tone.YELLOW: (
        ft.Colors.PRIMARY_FIXED,
        ft.Colors.ON_PRIMARY_FIXED,
        ft.Colors.ON_PRIMARY_FIXED_VARIANT,
    ),
}

CARD = ft.Colors.SURFACE_CONTAINER_LOWEST
PAGE = ft.Colors.SURFACE
INK = ft.Colors.ON_SURFACE
QUIET = ft.Colors.ON_SURFACE_VARIANT
LINE = ft.Colors.OUTLINE_VARIANT
EDGE = ft.Colors.OUTLINE
SOFT = ft.Colors.PRIMARY_CONTAINER
ON_SOFT = ft.Colors.ON_PRIMARY_CONTAINER


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSizes:
    """Text sizes in logical pixels; `small` is the least that anybody has to read."""

    headline: int
    title: int
    subtitle: int
    body: int
    small: int
    button: int

    def times(self, scale: float) -> TextSizes:
        """All of them larger, for readers who need it."""
        return TextSizes(**{field.name: round(getattr(self, field.name) * scale) for field in fields(self)})


SIZES = {
    Device.TABLET: TextSizes(headline=26, title=22, subtitle=18, body=17, small=16, button=18),
    Device.CONSOLE: TextSizes(headline=24, title=20, subtitle=16, body=15, small=14, button=15),
}


def theme_of(scheme: Scheme, device: Device = Device.TABLET, *, scale: float = 1.0) -> ft.Theme:
    """The theme of one scheme for one kind of screen; `scale` makes every text larger, up to 2."""
    colours, sizes = PALETTES[scheme], SIZES[device].times(scale)
    family = BOLD_FAMILY if scheme is Scheme.OUTDOOR else FAMILY
    shape = ft.RoundedRectangleBorder(radius=CORNER)
    small = ft.TextStyle(size=sizes.small, font_family=family)
    return ft.Theme(
        font_family=family,
        color_scheme=_color_scheme(colours),
        text_theme=_text_theme(sizes, family, colours.ink),
        scaffold_bgcolor=colours.page,
        card_bgcolor=colours.card,
        divider_color=colours.line,
        visual_density=ft.VisualDensity.STANDARD,
        dialog_theme=ft.DialogTheme(bgcolor=colours.card, shape=shape),
        snackbar_theme=ft.SnackBarTheme(
            shape=shape,
            behavior=ft.SnackBarBehavior.FLOATING,
            content_text_style=ft.TextStyle(size=sizes.body, font_family=family, color=colours.card),
            action_text_color=colours.soft,
        ),
        tooltip_theme=ft.TooltipTheme(
            text_style=ft.TextStyle(size=sizes.small, font_family=family, color=colours.card)
        ),
        date_picker_theme=ft.DatePickerTheme(
            # Beside the days there is room for a line of this size only.
            header_headline_text_style=ft.TextStyle(size=sizes.small, font_family=family),
            header_help_text_style=ft.TextStyle(size=sizes.small, font_family=family),
        ),
        chip_theme=ft.ChipTheme(label_text_style=small),
    )


def apply(page: ft.Page, scheme: Scheme, device: Device = Device.TABLET, *, scale: float = 1.0) -> None:
    """Give the page its fonts, theme and language.

    Call it before the first control is added: a first frame in another font makes the client ask for
    a hundred fallback files that are not there. Flet's own words (date picker, tooltips, announcements)
    become Chinese whatever the device's language is.
    """
    page.fonts = dict(FONTS)
    page.theme = theme_of(Scheme.LIGHT if scheme is Scheme.DARK else scheme, device, scale=scale)
    page.dark_theme = theme_of(Scheme.DARK, device, scale=scale)
    page.theme_mode = ft.ThemeMode.DARK if scheme is Scheme.DARK else ft.ThemeMode.LIGHT
    page.bgcolor = PAGE
    page.padding = 0
    page.spacing = 0
    chinese = ft.Locale("zh", "CN")
    page.locale_configuration = ft.LocaleConfiguration(supported_locales=[chinese], current_locale=chinese)


def _color_scheme(colours: Palette) -> ft.ColorScheme:
    return ft.ColorScheme(
        **_accents(colours),
        surface=colours.page,
        on_surface=colours.ink,
        on_surface_variant=colours.quiet,
        surface_container_lowest=colours.card,
        surface_container_low=colours.card,
        surface_container=colours.card,
        surface_container_high=colours.card,
        surface_container_highest=colours.page,
        surface_tint=colours.card,
        outline=colours.edge,
        outline_variant=colours.line,
        inverse_surface=colours.ink,
        on_inverse_surface=colours.card,
        inverse_primary=colours.soft,
    )


def _accents(colours: Palette) -> dict[str, str]:
    primary, good, bad = colours.primary, colours.good, colours.bad
    care, idle = colours.care, colours.idle
    return {
        "primary": primary.fill,
        "on_primary": primary.on,
        "primary_container": colours.soft,
        "on_primary_container": colours.on_soft,
        "secondary": idle.fill,
        "on_secondary": idle.on,
        "secondary_container": colours.soft,
        "on_secondary_container": colours.on_soft,
        "tertiary": good.fill,
        "on_tertiary": good.on,
        "tertiary_container": colours.card,
        "on_tertiary_container": good.ink,
        "error": bad.fill,
        "on_error": bad.on,
        "error_container": colours.card,
        "on_error_container": bad.ink,
        "primary_fixed": colours.yellow.fill,
        "on_primary_fixed": colours.yellow.on,
        "on_primary_fixed_variant": colours.yellow.ink,
        "secondary_fixed": care.fill,
        "on_secondary_fixed": care.on,
        "on_secondary_fixed_variant": care.ink,
        "tertiary_fixed": colours.orange.fill,
        "on_tertiary_fixed": colours.orange.on,
        "on_tertiary_fixed_variant": colours.orange.ink,
    }


def _text_theme(sizes: TextSizes, family: str, ink: str) -> ft.TextTheme:
    # A style without a colour is black in every scheme.
    def plain(size: int) -> ft.TextStyle:
        return ft.TextStyle(size=size, font_family=family, weight=ft.FontWeight.NORMAL, height=1.4, color=ink)

    def heavy(size: int) -> ft.TextStyle:
        # Until the bold file has been read the regular one stands in: no boxes meanwhile.
        return ft.TextStyle(
            size=size,
            font_family=BOLD_FAMILY,
            font_family_fallback=[FAMILY],
            weight=ft.FontWeight.NORMAL,
            height=1.35,
            color=ink,
        )

    return ft.TextTheme(
        headline_large=heavy(sizes.headline),
        headline_medium=heavy(sizes.headline),
        headline_small=heavy(sizes.headline),
        title_large=heavy(sizes.title),
        title_medium=heavy(sizes.subtitle),
        title_small=heavy(sizes.body),
        body_large=plain(sizes.body),
        body_medium=plain(sizes.body),
        body_small=plain(sizes.small),
        label_large=heavy(sizes.button),
        label_medium=plain(sizes.small),
        label_small=plain(sizes.small),
    )
