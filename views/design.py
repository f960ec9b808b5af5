"""The look as roles: colours of the three themes, tones, type, spaces and shapes. Screens use roles, never values.

A role is resolved by the client: it follows the system from light to dark without drawing anything anew. Flutter's
colour scheme has no names for stars and tones, so these take the places of roles that nothing else uses.
docs/design/README.md shows them, and a test computes the contrast of every pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import flet as ft

TEXT_FONT = "Be Vietnam Pro"
FIGURES_FONT = "OCOP Figures"
"""Ten digits of one width: for numbers that stand below each other. In sentences the text's own figures read better."""

# Grounds, texts and lines
BACKGROUND = ft.Colors.SURFACE
SURFACE = ft.Colors.SURFACE_CONTAINER_LOWEST  # cards, bars, fields
SURFACE_2 = ft.Colors.SURFACE_CONTAINER
SURFACE_3 = ft.Colors.SURFACE_CONTAINER_HIGHEST  # tracks, skeletons
INK = ft.Colors.ON_SURFACE
INK_2 = ft.Colors.ON_SURFACE_VARIANT
OUTLINE = ft.Colors.OUTLINE  # the edge of what can be operated
LINE = ft.Colors.OUTLINE_VARIANT  # decoration: nothing depends on seeing it
INVERSE = ft.Colors.INVERSE_SURFACE
ON_INVERSE = ft.Colors.ON_INVERSE_SURFACE

# Action
PRIMARY = ft.Colors.PRIMARY
ON_PRIMARY = ft.Colors.ON_PRIMARY
CHOSEN = ft.Colors.PRIMARY_CONTAINER
ON_CHOSEN = ft.Colors.ON_PRIMARY_CONTAINER
FOCUS = ft.Colors.PRIMARY_FIXED_DIM
ERROR = ft.Colors.ERROR  # what is wrong in a field

STAR = ft.Colors.SECONDARY_FIXED_DIM  # always beside the number in words

# The camera's picture is dark in every theme
OVER_PICTURE = ft.Colors.WHITE
VEIL = ft.Colors.with_opacity(0.65, ft.Colors.BLACK)
PLATE = ft.Colors.with_opacity(0.85, ft.Colors.BLACK)  # bars must not be seen through a number
PICTURE = ft.Colors.BLACK  # around it, and before it has come
OVER_READ, OVER_DOUBTFUL, OVER_UNREAD, ON_OVER_READ = "#86D0DF", "#FFFFFF", "#FFC53D", "#00313B"


class Tone(StrEnum):
    """How good or bad a verdict or state is; each tone has a shape and a colour, and is never told by colour alone."""

    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ToneRoles:
    """The roles of a tone: ground and text of its band, its icon on the band and alone, and the icon's shape.

    Loudness follows need: good and unknown are pale bands, caution and bad are full.
    """

    band: ft.Colors
    on_band: ft.Colors
    band_icon: ft.Colors
    icon: ft.Colors
    shape: ft.IconData


TONES: dict[Tone, ToneRoles] = {
    Tone.GOOD: ToneRoles(
        ft.Colors.TERTIARY_CONTAINER,
        ft.Colors.ON_TERTIARY_CONTAINER,
        ft.Colors.ON_TERTIARY,
        ft.Colors.TERTIARY,
        ft.Icons.VERIFIED,
    ),
    Tone.CAUTION: ToneRoles(
        ft.Colors.SECONDARY_FIXED,
        ft.Colors.ON_SECONDARY_FIXED,
        ft.Colors.ON_SECONDARY_FIXED,
        ft.Colors.ON_SECONDARY_FIXED_VARIANT,
        ft.Icons.WARNING_ROUNDED,
    ),
    Tone.BAD: ToneRoles(
        ft.Colors.PRIMARY_FIXED,
        ft.Colors.ON_PRIMARY_FIXED,
        ft.Colors.ON_PRIMARY_FIXED,
        ft.Colors.ERROR,
        ft.Icons.DANGEROUS,
    ),
    Tone.UNKNOWN: ToneRoles(
        ft.Colors.TERTIARY_FIXED,
        ft.Colors.ON_TERTIARY_FIXED,
        ft.Colors.ON_PRIMARY_FIXED_VARIANT,
        ft.Colors.ON_TERTIARY_FIXED_VARIANT,
        ft.Icons.HELP_CENTER,
    ),
}


OVER_TONES: dict[Tone, tuple[str, float]] = {
    Tone.GOOD: ("#7FD99A", 3),
    Tone.CAUTION: ("#F9BE3F", 5),
    Tone.BAD: ("#FF5A4F", 7),
    Tone.UNKNOWN: ("#B4C0D6", 3),
}
"""The outline of a pack over the camera's picture, by its verdict's tone: the colour, and the width in pixels."""


@dataclass(frozen=True)
class Palette:
    """The colours of one theme as #RRGGBB, by what they are for."""

    background: str
    surface: str
    surface_2: str
    surface_3: str
    ink: str
    ink_2: str
    outline: str
    line: str
    inverse: str
    on_inverse: str
    primary: str
    on_primary: str
    chosen: str
    on_chosen: str
    focus: str
    star: str
    good: str
    good_band: str
    on_good_band: str
    good_band_icon: str
    caution: str
    caution_band: str
    on_caution_band: str
    bad: str
    on_bad: str
    bad_band: str
    on_bad_band: str
    unknown: str
    unknown_band: str
    on_unknown_band: str
    unknown_band_icon: str


LIGHT = Palette(
    background="#F3F5F4", surface="#FFFFFF", surface_2="#E8EDEB", surface_3="#DAE2DF",
    ink="#10201F", ink_2="#3F4E4B", outline="#66756F", line="#CBD4D1", inverse="#1D2B2A", on_inverse="#F3F5F4",
    primary="#0B5563", on_primary="#FFFFFF", chosen="#CFE8ED", on_chosen="#06323B", focus="#0B5563", star="#B07100",
    good="#17703A", good_band="#DCF0E1", on_good_band="#0C4522", good_band_icon="#17703A",
    caution="#855700", caution_band="#F9BE3F", on_caution_band="#2A1B00",
    bad="#B3201C", on_bad="#FFFFFF", bad_band="#B3201C", on_bad_band="#FFFFFF",
    unknown="#48546A", unknown_band="#E2E6EE", on_unknown_band="#2B3446", unknown_band_icon="#48546A",
)  # fmt: skip

DARK = Palette(
    background="#0C1413", surface="#151F1E", surface_2="#1E2A28", surface_3="#2A3836",
    ink="#E7EEEC", ink_2="#B3C2BE", outline="#8A9A96", line="#33423F", inverse="#E7EEEC", on_inverse="#10201F",
    primary="#86D0DF", on_primary="#00313B", chosen="#0F4753", on_chosen="#CBECF3", focus="#86D0DF", star="#F2B640",
    good="#7FD99A", good_band="#123D22", on_good_band="#BEF0CB", good_band_icon="#7FD99A",
    caution="#F9BE3F", caution_band="#F9BE3F", on_caution_band="#2A1B00",
    bad="#FFB4AB", on_bad="#5C0005", bad_band="#C62A25", on_bad_band="#FFFFFF",
    unknown="#B4C0D6", unknown_band="#2A3446", on_unknown_band="#D8E0EF", unknown_band_icon="#B4C0D6",
)  # fmt: skip

CONTRAST = Palette(
    background="#FFFFFF", surface="#FFFFFF", surface_2="#FFFFFF", surface_3="#E6E6E6",
    ink="#000000", ink_2="#000000", outline="#000000", line="#000000", inverse="#000000", on_inverse="#FFFFFF",
    primary="#003842", on_primary="#FFFFFF", chosen="#003842", on_chosen="#FFFFFF", focus="#000000", star="#5C3A00",
    good="#00501F", good_band="#00501F", on_good_band="#FFFFFF", good_band_icon="#FFFFFF",
    caution="#5C3A00", caution_band="#FFD000", on_caution_band="#000000",
    bad="#8C0000", on_bad="#FFFFFF", bad_band="#8C0000", on_bad_band="#FFFFFF",
    unknown="#1F2937", unknown_band="#1F2937", on_unknown_band="#FFFFFF", unknown_band_icon="#FFFFFF",
)  # fmt: skip
"""For the sun and for the system's wish: every tone is solid, since the sun eats pale colours (WCAG 2.2, 1.4.6)."""


class Width(StrEnum):
    """A window's width class (Material 3), by its logical pixels: see `width_class`."""

    COMPACT = "compact"  # one column, a bar below
    MEDIUM = "medium"  # a rail, two panes
    EXPANDED = "expanded"  # a rail with words, three areas


RAIL: dict[Width, int] = {Width.COMPACT: 0, Width.MEDIUM: 89, Width.EXPANDED: 233}
"""Logical pixels of the rail with its line, as it is drawn."""

TWO_PANES, THREE_AREAS = 840, 1240
"""Logical pixels from which on a window has a rail and two panes, and a rail with words and three areas."""


def width_class(pixels: float) -> Width:
    """The class of a window that is so wide."""
    return Width.EXPANDED if pixels >= THREE_AREAS else Width.MEDIUM if pixels >= TWO_PANES else Width.COMPACT


class Type(StrEnum):
    """The roles of text; 14 px is the least there is. Each is a style of Flutter's text theme, which knows the sizes.

    Verdict: the word in the band. Display: a wide screen's question. Headline: a screen's title, a product's name on
    its page. Title: a product's name, a card's head. Sub: a name in a list, a part's head. Body: reasons and
    sentences. Label: keys and small heads. Small: place, time, source. Big: a count that is the point of its screen.
    """

    VERDICT = "verdict"
    DISPLAY = "display"
    HEADLINE = "headline"
    TITLE = "title"
    SUB = "sub"
    BODY = "body"
    LABEL = "label"
    SMALL = "small"
    BIG = "big"


TEXT_STYLES: dict[Type, ft.TextThemeStyle] = {
    Type.VERDICT: ft.TextThemeStyle.HEADLINE_LARGE,
    Type.DISPLAY: ft.TextThemeStyle.DISPLAY_SMALL,
    Type.HEADLINE: ft.TextThemeStyle.HEADLINE_SMALL,
    Type.TITLE: ft.TextThemeStyle.TITLE_LARGE,
    Type.SUB: ft.TextThemeStyle.TITLE_MEDIUM,
    Type.BODY: ft.TextThemeStyle.BODY_MEDIUM,  # what a text without a role is drawn in
    Type.LABEL: ft.TextThemeStyle.LABEL_MEDIUM,
    Type.SMALL: ft.TextThemeStyle.BODY_SMALL,
    Type.BIG: ft.TextThemeStyle.DISPLAY_MEDIUM,
}

# Spaces between things, in logical pixels on a grid of 4
GAP, INSIDE, BETWEEN = 8, 16, 20
EDGE: dict[Width, int] = {Width.COMPACT: 16, Width.MEDIUM: 32, Width.EXPANDED: 24}
"""From a screen's edge to its content."""

# Radii, in logical pixels
PILL, FIELD, CARD, PANEL, SHEET = 8, 10, 12, 16, 20

TARGET, MAIN_TARGET = 48, 56
"""The least height of what is operated by touch, and that of a screen's main action."""

SENTENCE, FORM, NARROW, COLUMNS = 680, 560, 400, 940
"""The widest a sentence, a form, a list beside its detail, and two columns of cards may be, in logical pixels."""
