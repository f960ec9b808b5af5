"""The design's roles: every pair of them can be told apart, in every theme and at every width."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import flet as ft
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.contrast import contrast
from views.design import (
    CONTRAST,
    DARK,
    LIGHT,
    TEXT_FONT,
    TEXT_STYLES,
    THREE_AREAS,
    TONES,
    TWO_PANES,
    Palette,
    Tone,
    Type,
    Width,
    width_class,
)
from views.parts.theme import colour_scheme, text_theme, theme

PALETTES = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}

_GROUNDS = ("background", "surface", "surface_2")
TEXTS = [
    *(("ink", ground) for ground in (*_GROUNDS, "surface_3")),
    *(("ink_2", ground) for ground in _GROUNDS),
    *(("primary", ground) for ground in _GROUNDS),
    *(("bad", ground) for ground in ("background", "surface")),
    ("on_primary", "primary"),
    ("on_chosen", "chosen"),
    ("on_inverse", "inverse"),
    ("on_bad", "bad"),
    ("on_good_band", "good_band"),
    ("on_caution_band", "caution_band"),
    ("on_bad_band", "bad_band"),
    ("on_unknown_band", "unknown_band"),
]
GRAPHICS = [
    *((role, ground) for role in ("good", "caution", "bad", "unknown", "star", "outline") for ground in _GROUNDS[:2]),
    ("focus", "background"),
    ("focus", "surface"),
    ("good_band_icon", "good_band"),
    ("unknown_band_icon", "unknown_band"),
]
DECORATION = {"line"}
"""Roles that nothing depends on seeing."""


def _snake(style: ft.TextThemeStyle) -> str:
    """The text theme's name of a style: headlineLarge is headline_large."""
    return style.name.lower()


def test_the_contrast_formula_gives_the_values_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", PALETTES)
def test_every_text_can_be_read_on_its_ground(name: str) -> None:
    """AA is 4.5, AAA 7 (WCAG 2.2, 1.4.3 and 1.4.6)."""
    palette = PALETTES[name]
    floor = 7.0 if palette is CONTRAST else 4.5
    pairs = {pair: contrast(getattr(palette, pair[0]), getattr(palette, pair[1])) for pair in TEXTS}
    assert {pair: value for pair, value in pairs.items() if value < floor} == {}


@pytest.mark.parametrize("name", PALETTES)
def test_every_mark_can_be_seen_on_its_ground(name: str) -> None:
    """At least 3 (WCAG 2.2, 1.4.11), and 4.5 in high contrast."""
    palette = PALETTES[name]
    floor = 4.5 if palette is CONTRAST else 3.0
    pairs = {pair: contrast(getattr(palette, pair[0]), getattr(palette, pair[1])) for pair in GRAPHICS}
    assert {pair: value for pair, value in pairs.items() if value < floor} == {}


def test_every_colour_is_computed_with_some_other() -> None:
    named = {role for pair in (*TEXTS, *GRAPHICS) for role in pair} | DECORATION
    assert {field.name for field in fields(Palette)} == named


@pytest.mark.parametrize("name", PALETTES)
def test_no_two_tones_look_alike(name: str) -> None:
    palette = PALETTES[name]
    assert len({palette.good_band, palette.caution_band, palette.bad_band, palette.unknown_band}) == len(Tone)
    assert len({roles.shape for roles in TONES.values()}) == len(Tone)


@pytest.mark.parametrize("name", PALETTES)
def test_every_role_that_a_tone_uses_is_in_the_scheme(name: str) -> None:
    """A role that the scheme does not give would be made up by Flutter."""
    scheme = colour_scheme(PALETTES[name])
    used = [(roles.band, roles.on_band, roles.band_icon, roles.icon) for roles in TONES.values()]
    given = {field.name.replace("_", "") for field in fields(scheme) if isinstance(getattr(scheme, field.name), str)}
    missing = {role.value for group in used for role in group} - given
    assert missing == set()


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize("width", Width)
def test_no_text_is_smaller_than_14_and_no_line_too_low(name: str, width: Width) -> None:
    """A capital with two marks above and a small letter with one below need 1.42 of the size; the verdict 1.33."""
    styles = text_theme(PALETTES[name], width)
    for role, style_name in TEXT_STYLES.items():
        style = getattr(styles, _snake(style_name))
        assert style.size >= 14
        assert style.height >= (1.2 if role is Type.BIG else 1.29 if role is Type.VERDICT else 1.41), role
        assert style.font_family == TEXT_FONT
    drawn_by_flutter = [getattr(styles, field.name) for field in fields(ft.TextTheme) if not field.name.startswith("_")]
    assert all(style is not None and style.size >= 14 for style in drawn_by_flutter)


@pytest.mark.parametrize("name", PALETTES)
def test_a_focused_button_has_a_ring_of_3_px(name: str) -> None:
    made = theme(PALETTES[name], Width.COMPACT)
    for part in (made.filled_button_theme, made.outlined_button_theme, made.text_button_theme, made.icon_button_theme):
        assert part is not None
        assert part.style is not None
        assert isinstance(part.style.side, dict)
        assert part.style.side[ft.ControlState.FOCUSED].width == 3


@given(st.integers(0, 4000))
def test_a_window_has_one_width_class(pixels: int) -> None:
    expected = Width.COMPACT if pixels < TWO_PANES else Width.MEDIUM if pixels < THREE_AREAS else Width.EXPANDED
    assert width_class(pixels) is expected


def test_the_document_has_every_colour_and_every_contrast() -> None:
    document = (Path(__file__).parents[3] / "docs" / "design" / "README.md").read_text("utf-8")
    for field in fields(Palette):
        values = " | ".join(getattr(palette, field.name) for palette in PALETTES.values())
        assert f"| {values} |" in document, field.name
    for one, other in (*TEXTS, *GRAPHICS):
        values = " | ".join(
            f"{contrast(getattr(palette, one), getattr(palette, other)):.2f}" for palette in PALETTES.values()
        )
        kind = "text" if (one, other) in TEXTS else "mark"
        assert f"| {one} on {other} | {kind} | {values} |" in document


_VALUES = re.compile(r"\bsize=\d|#[0-9A-Fa-f]{6}|ft\.Colors\.(?!with_opacity|BLACK|WHITE|TRANSPARENT)")


_ICONS = re.compile(
    r"ft\.Icon\([^)]*\)|Icon\(icon[^)]*\)|Icon\(TONES[^)]*\)|(tone_icon|star_row)\([^)]*\)|^\s*icon, size=\d+"
)


def test_no_slider_covers_a_screen() -> None:
    """While one is shown, Flutter's layer for its bubble lies over the screen, and no screen reader's tap passes."""
    root = Path(__file__).parents[3] / "views"
    assert not [path for path in root.rglob("*.py") if re.search(r"\bft\.(Range)?Slider\(", path.read_text("utf-8"))]


def test_screens_use_roles_and_never_values() -> None:
    """A size in the code of a screen is an icon's; sizes of text and all colours are the design's."""
    root = Path(__file__).parents[3] / "views"
    found = [
        f"{path.relative_to(root)}:{number}: {line.strip()}"
        for path in sorted(root.rglob("*.py"))
        if path.name not in ("design.py", "theme.py")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if _VALUES.search(_ICONS.sub("", line))
    ]
    assert found == []
