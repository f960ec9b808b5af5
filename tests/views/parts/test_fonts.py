"""The files of the fonts: real weights, the letters and icons that the app draws, digits of one width."""

from __future__ import annotations

import io
import json
import re
import runpy
from functools import cache
from typing import Any
from unicodedata import normalize

import pytest
from babel.messages.pofile import read_po
from fontTools.ttLib import TTFont

from tests.support.browser import ROOT
from views.design import FIGURES_FONT, TEXT_FONT
from views.parts.fonts import FIGURES_FILES, FIRST, FOLDER, TEXT_FILES

CUT = ROOT / "assets" / FOLDER


@cache
def font(file: str) -> TTFont:
    return TTFont(CUT / file)


def width(file: str, word: str) -> int:
    """The advance width of a word, in thousandths of the em, without kerning."""
    names, widths = font(file).getBestCmap(), font(file)["hmtx"]
    return sum(int(widths[names[ord(letter)]][0]) for letter in word)


def test_the_web_client_is_told_of_the_first_weights_as_they_are() -> None:
    manifest: list[dict[str, Any]] = json.loads((CUT.parent / "FontManifest.json").read_text())
    families = {family["family"]: family["fonts"] for family in manifest}
    assert set(families) == {"MaterialIcons", TEXT_FONT, "Roboto"}, "each file of each family delays the first frame"
    told = {entry["weight"]: entry["asset"] for entry in families[TEXT_FONT]}
    assert told == {weight: f"fonts/{TEXT_FILES[weight]}" for weight in FIRST}
    assert families["Roboto"] == families[TEXT_FONT], "what Flutter draws where it is told no font"
    for weight, asset in told.items():
        assert TTFont(CUT.parent / asset)["OS/2"].usWeightClass == weight


@pytest.mark.parametrize(("family", "files"), [(TEXT_FONT, TEXT_FILES), (FIGURES_FONT, FIGURES_FILES)])
def test_each_weight_is_drawn_and_not_faked(family: str, files: dict[int, str]) -> None:
    assert list(files) == [400, 500, 600, 700]
    shapes = set()
    for weight, file in files.items():
        assert font(file)["OS/2"].usWeightClass == weight
        assert family in str(font(file)["name"].getDebugName(4))
        shapes.add(tuple(font(file)["glyf"][font(file).getBestCmap()[ord("8")]].getCoordinates(font(file)["glyf"])[0]))
    assert len(shapes) == 4
    assert len({width(file, "Nhãn") for file in TEXT_FILES.values()}) == 4


def test_figures_have_one_width_and_the_text_has_not() -> None:
    for file in FIGURES_FILES.values():
        assert len({width(file, digit) for digit in "0123456789"}) == 1
    assert len({width(TEXT_FILES[400], digit) for digit in "0123456789"}) > 1


def test_every_letter_of_the_apps_texts_is_in_every_weight() -> None:
    catalogue = read_po(io.BytesIO((ROOT / "assets/locale/vi/LC_MESSAGES/ocop.po").read_bytes()))
    texts = [text for message in catalogue for text in (message.id, message.string) if text]
    written = "".join(text if isinstance(text, str) else "".join(text) for text in texts)
    vietnamese = "".join(
        normalize("NFC", base + mark) for base in "aăâeêioôơuưy" for mark in "\u0300\u0301\u0303\u0309\u0323"
    )
    wanted = set(written + vietnamese + vietnamese.upper() + "đĐ₫€$ \u00a0\u2011") - {"\n"}
    for file in TEXT_FILES.values():
        lacking = {letter for letter in wanted if ord(letter) not in font(file).getBestCmap()}
        assert not lacking, f"{file} lacks {lacking}"


def test_a_letter_that_no_font_has_is_a_box_and_does_not_vanish() -> None:
    for file in TEXT_FILES.values():
        assert font(file)["glyf"][".notdef"].numberOfContours == 2


def test_every_icon_that_a_screen_names_is_in_the_font() -> None:
    wanted = runpy.run_path(str(ROOT / "scripts/make_fonts"))["shapes_wanted"]()
    assert len(wanted) > 90
    lacking = wanted - set(font("MaterialIcons-Regular.otf").getBestCmap().values())
    assert not lacking, f"run scripts/make_fonts: the font lacks {lacking}"


def test_the_licence_comes_along() -> None:
    licence = (CUT / "OFL.txt").read_text("utf-8")
    assert re.search(r"Be Vietnam Pro.*SIL OPEN FONT LICENSE Version 1\.1", licence, re.DOTALL | re.IGNORECASE)
