"""Artworks with planted faults: each is found, where it is, by the figure that was planted, and no other fault."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from printing.data_matrix import data_matrix
from printing.qr import qr_code
from services.labels.finding import Grade, What
from services.register.catalogue import Catalogue
from tests.services.labels.artworks import (
    DPI,
    GTIN,
    OTHER,
    Put,
    drawn,
    ean,
    label,
    mirrored,
    pdf,
    png,
    wrong_check_digit,
)
from tests.services.labels.conftest import NOW, Check, alarms, found, registered

DOT = DPI / 25.4
LINK = f"https://trace.example/01/{GTIN}"
QR = qr_code(LINK, 20)
STOP, LOOK = Grade.STOP.value, Grade.LOOK.value


def test_a_small_barcode_is_measured_and_refused(check: Check) -> None:
    checked = check(label(Put(ean(x=0.2))), stars=4)
    assert alarms(checked) == [("x_dimension", STOP), ("magnification", STOP)]
    size = found(checked, What.X_DIMENSION)
    assert size.measured == pytest.approx(0.2, rel=0.005)
    assert (size.least, size.most) == (0.264, 0.660)
    assert "5.12.3.1" in size.source
    assert size.place is not None
    assert size.place.millimetres is not None
    assert size.place.millimetres[0] == pytest.approx((4 + 11 * 0.2, 4), abs=0.1)
    assert size.place.millimetres[1] == pytest.approx((4 + 106 * 0.2, 4), abs=0.1)


def test_print_in_the_quiet_zone_is_refused_on_its_side(check: Check) -> None:
    page = drawn([Put(ean())])
    page[:, : round((4 + 6 * 0.33) * DOT)] = (20, 90, 60)
    checked = check(png(page), stars=4)
    assert ("quiet_zone", STOP) in alarms(checked)
    assert {what for what, _grade in alarms(checked)} <= {"quiet_zone", "read_back"}  # some engines want the zone
    zone = found(checked, What.QUIET_ZONE)
    assert (zone.measured, zone.least) == (pytest.approx(5, abs=0.1), 11)
    assert dict(zone.values)["side"] == "left"


def test_a_picture_that_ends_in_the_quiet_zone_is_looked_at_and_not_refused(check: Check) -> None:
    page = drawn([Put(ean())])[:, round((4 + 6 * 0.33) * DOT) :]
    assert alarms(check(png(np.ascontiguousarray(page)), stars=4)) == [("quiet_zone", LOOK)]


@pytest.mark.parametrize("make", [label, pdf])
def test_bars_with_a_wrong_check_digit_are_read_and_refused(check: Check, make: object) -> None:
    checked = check(make(Put(wrong_check_digit())), budget=0.3)  # type: ignore[operator]
    assert alarms(checked) == [("check_digit", STOP)]
    (code,) = checked.codes
    assert (code.text, code.symbology) == ("9521234567892", "EAN-13")
    assert found(checked, What.X_DIMENSION).measured == pytest.approx(0.33, rel=0.005)


def test_stars_above_the_certificate_are_refused(check: Check) -> None:
    many = check(label(Put(ean())), stars=5)
    assert alarms(many) == [("stars_too_many", STOP)]
    assert dict(found(many, What.STARS_TOO_MANY).values) == {"label": 5, "stars": 4}


@pytest.mark.parametrize(("stars", "grade"), [(4, STOP), (None, LOOK)])
def test_a_lapsed_certificate_is_refused_only_with_stars(
    tmp_path: Path, check: Check, stars: int | None, grade: str
) -> None:
    register = Catalogue.open(tmp_path)
    lapsed = registered(valid_from="2022-01-10", valid_to="2025-01-09")
    about = {"name": "OCOP", "sample": True, "products": 1}
    register.apply([{"op": "upsert", "product": lapsed}], "1", more=False, register=about, as_of=NOW)
    alarmed = alarms(check(label(Put(ean())), register=register, stars=stars))
    assert ("certificate_lapsed", grade) in alarmed
    register.close()


def test_an_old_copy_accuses_nobody(tmp_path: Path, check: Check) -> None:
    register = Catalogue.open(tmp_path)
    about = {"name": "OCOP", "sample": True, "products": 0}
    register.apply([], "1", more=False, register=about, as_of=NOW - timedelta(days=60))
    checked = check(label(Put(ean())), register=register, stars=5)
    assert alarms(checked) == []
    assert found(checked, What.REGISTER_UNKNOWN).grade is Grade.NOT_MEASURED
    register.close()


def test_gray_on_gray_has_too_little_contrast(check: Check) -> None:
    checked = check(label(Put(ean(), ink=(170, 170, 170)), paper=(225, 225, 225)), stars=4)
    assert ("symbol_contrast", STOP) in alarms(checked)
    contrast = found(checked, What.SYMBOL_CONTRAST)
    assert contrast.measured == pytest.approx(35.1, abs=0.5)  # 75.3 % less 40.2 % of the light
    assert dict(contrast.values)["letter"] == "D"


def test_red_bars_are_dark_for_people_and_light_for_scanners(check: Check) -> None:
    alarmed = alarms(check(label(Put(ean(), ink=(220, 0, 0))), stars=4))
    assert {what for what, _grade in alarmed} == {"symbol_contrast", "minimum_reflectance"}


def test_light_bars_on_dark_are_refused(check: Check) -> None:
    assert ("inverted", STOP) in alarms(check(png(255 - drawn([Put(ean())])), stars=4))


def test_a_torn_finder_pattern_is_graded(check: Check) -> None:
    page = drawn([Put(QR)])
    module = QR.x * DOT
    corner = round(4 * DOT + 4 * module)
    page[corner : corner + round(7 * module), corner : corner + round(7 * module)] = 255
    checked = check(png(page), stars=4)
    assert ("fixed_pattern", STOP) in alarms(checked)
    assert dict(found(checked, What.FIXED_PATTERN).values)["letter"] == "F"


@pytest.mark.parametrize("symbol", [QR, data_matrix((("01", GTIN), ("10", "L1")))], ids=["QR", "Data Matrix"])
def test_a_mirrored_matrix_code_is_refused(check: Check, symbol: object) -> None:
    alarmed = alarms(check(label(Put(mirrored(symbol))), stars=4))  # type: ignore[arg-type]
    assert ("mirrored", STOP) in alarmed


def test_a_stretched_code_is_not_uniform_in_its_axes(check: Check) -> None:
    page = drawn([Put(QR)])
    columns = np.linspace(0, page.shape[1] - 1, round(page.shape[1] * 1.12)).astype(int)
    checked = check(png(np.ascontiguousarray(page[:, columns])), stars=4)
    axial = found(checked, What.AXIAL)
    assert (axial.grade, axial.measured) == (Grade.STOP, pytest.approx(11.3, abs=1))


def test_codes_of_two_products_on_one_label_contradict_each_other(check: Check) -> None:
    other = qr_code(f"https://trace.example/01/{OTHER}", 20)
    checked = check(label(Put(ean()), Put(other, 44, 4), size=(70, 40)))
    wrong = [finding for finding in checked.findings if finding.what is What.CODES_DIFFER]
    assert [(finding.code, finding.grade) for finding in wrong] == [(1, Grade.STOP), (2, Grade.STOP)]
    assert dict(wrong[0].values)["gtins"] == "9520007900017 ≠ 9521234567899"


def test_two_barcodes_alone_may_be_two_labels(check: Check) -> None:
    checked = check(label(Put(ean()), Put(ean(OTHER), 4, 36), size=(60, 80)))
    assert found(checked, What.CODES_DIFFER).grade is Grade.LOOK


def test_a_label_with_another_products_number_is_refused(check: Check) -> None:
    checked = check(label(Put(ean())), gtin="9520007900017")
    assert dict(found(checked, What.OTHER_GTIN).values) == {"gtin": "9521234567899", "wanted": "9520007900017"}
    assert found(checked, What.OTHER_GTIN).grade is Grade.STOP


def test_a_code_for_phones_may_be_red_and_one_for_tills_is_looked_at(check: Check) -> None:
    page = qr_code("https://trace.example/p/1/tra", 20)
    assert alarms(check(label(Put(page, ink=(220, 0, 0))), stars=4)) == []
    assert ("red_contrast", LOOK) in alarms(check(label(Put(QR, ink=(220, 0, 0))), stars=4))
