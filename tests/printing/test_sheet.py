"""Sheets of labels: where each label goes, and what a page says."""

from __future__ import annotations

import unicodedata

import pypdfium2
import zxingcpp
from fontTools.ttLib import TTFont

from printing.pages import FONTS
from printing.sheet import CELL, LEFT, TOP, Label, cells, sheet
from tests.printing.label_pixels import EVERY_LENGTH, MM_PER_INCH


def label(gtin: str, name: str = "Chè", producer: str = "HTX") -> Label:
    return Label(name, producer, gtin, f"https://registry.example/01/{gtin}", (("01", gtin), ("10", "L1")))


def test_a_cartons_label_takes_two_rows_and_does_not_cross_a_columns_end() -> None:
    retail, carton = (label(EVERY_LENGTH[kind]) for kind in ("EAN-13", "ITF-14"))
    assert list(cells([retail] * 9))[-2:] == [(0, 1, 3), (1, 0, 0)]
    assert list(cells([retail] * 3 + [carton, retail, carton])) == [
        (0, 0, 0), (0, 0, 1), (0, 0, 2), (0, 1, 0), (0, 1, 2), (1, 0, 0),
    ]  # fmt: skip
    (page,) = pypdfium2.PdfDocument(sheet([carton], register="OCOP", sample=False))
    found = zxingcpp.read_barcodes(page.render(scale=300 / 72, grayscale=True).to_numpy())
    assert {carton.gtin, carton.link} <= {code.text for code in found}


def test_a_long_name_stays_on_its_label() -> None:
    long = label(EVERY_LENGTH["EAN-13"], "Chè hoa vàng Ba Chẽ thượng hạng " * 6, "W" * 200)
    page = pypdfium2.PdfDocument(sheet([long], register="OCOP", sample=False))[0]
    picture = page.render(scale=2, grayscale=True).to_numpy()
    cell = [round(edge * 2 * 72 / MM_PER_INCH) for edge in (LEFT + CELL[0] - 3, TOP + 2, TOP + CELL[1] - 2)]
    assert (picture[cell[1] : cell[2], cell[0] : cell[0] + 200] == 255).all()
    assert "…" in page.get_textpage().get_text_range()


def test_the_fonts_have_every_vietnamese_letter_and_stay_small() -> None:
    letters, tones = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY", "\u0300\u0301\u0303\u0309\u0323"
    needed = {unicodedata.normalize("NFC", letter + tone) for letter in letters for tone in tones}
    assert all(len(letter) == 1 for letter in needed)
    for path in FONTS.glob("*.ttf"):
        with TTFont(path) as font:
            assert {ord(letter) for letter in needed | set("đĐ₫…·")} <= set(font.getBestCmap())
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 120_000
