"""Each kind of text is read as what it is: days, stars, decisions, barcodes, places, names, numbers of people."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import imports
from imports.barcodes import read_barcode
from imports.days import DMY, MDY, order_of, read_day
from imports.decisions import read_decision
from imports.names import GROUPS, products_in, read_group, read_link, read_phone, read_tax_code
from imports.places import read_address, read_commune, read_district
from imports.stars import read_points, read_stars
from imports.texts import masked, sensible, without_identity
from imports.values import Outcome, Read
from imports.words import OUTCOMES, WORDS
from imports.xlsx import as_shown
from register.models import Group

T, P, A, R, L = Outcome.TAKEN, Outcome.PROPOSED, Outcome.ASKED, Outcome.REFUSED, Outcome.LEFT_OUT


def said(read: Read) -> tuple[Outcome, object]:
    return read.outcome, read.read if read.outcome is T else read.proposed


@pytest.mark.parametrize(
    ("text", "order", "came"),
    [
        ("23/12/2019", DMY, (T, "2019-12-23")),
        ("3/4/2020", DMY, (T, "2020-04-03")),
        ("3/4/2020", MDY, (T, "2020-03-04")),
        ("3/4/2020", "", (A, ("2020-04-03", "2020-03-04"))),
        ("5/5/2020", "", (T, "2020-05-05")),
        ("12/23/2020", DMY, (P, ("2020-12-23",))),
        ("ngày 23 tháng 12 năm 2019", "", (T, "2019-12-23")),
        ("2025-12-23 00:00:00", "", (T, "2025-12-23")),
        ("đến hết ngày 1.2.2026", DMY, (T, "2026-02-01")),
        ("12/2022", "", (T, "2022-12")),
        ("tháng 3 năm 2022", "", (T, "2022-03")),
        ("năm 2021", "", (T, "2021")),
        ("31/6/2025", DMY, (R, ())),
        ("29/2/2023", DMY, (R, ())),
        ("13/2022", "", (R, ())),
        ("36 tháng", "", (R, ())),
        ("23/12/19", DMY, (P, ("2019-12-23",))),
        ("0", "", (R, ())),
    ],
)
def test_days(text: str, order: str, came: tuple[Outcome, object]) -> None:
    assert said(read_day(text, order)) == came


def test_the_order_of_a_column_comes_from_its_own_clear_dates() -> None:
    assert order_of(["3/4/2020", "23/12/2019"]).decided == DMY
    assert order_of(["3/4/2020", "12/23/2019"]).decided == MDY
    assert order_of(["23/12/2019", "12/23/2019"]).is_open
    assert order_of(["3/4/2020", "5/5/2020"]).is_open
    assert not order_of(["5/5/2020", "2021", "31/6/2025", "2025-12-23"]).is_open


@pytest.mark.parametrize(
    ("text", "came"),
    [
        ("4 sao", (T, 4)), ("4*", (T, 4)), ("★★★★", (T, 4)), ("★★★★☆", (T, 4)), ("Bốn sao", (T, 4)),
        ("OCOP 4 sao", (T, 4)), ("4.0", (T, 4)), ("Hạng 5 sao", (T, 5)), ("5 sao cấp quốc gia", (T, 5)),
        ("3 sao (tiềm năng 4 sao)", (T, 3)), ("0", (R, ())), ("2 sao", (R, ())), ("3-4 sao", (A, ("3", "4"))),
        ("4.5", (R, ())), ("năm", (T, 5)), ("chưa xếp hạng", (L, ())), ("tốt", (R, ())),
    ],
)  # fmt: skip
def test_stars(text: str, came: tuple[Outcome, object]) -> None:
    assert said(read_stars(text)) == came


@pytest.mark.parametrize(
    ("text", "came"),
    [
        ("9520000000011", (T, "09520000000011")), ("'9520000000011", (T, "09520000000011")),
        ("952 0000 000011", (T, "09520000000011")), ("09520000000011", (T, "09520000000011")),
        ("GTIN-13: 9520000000011", (T, "09520000000011")), ("(01)09520000000011", (T, "09520000000011")),
        ("8.93602E+12", (R, ())), ("8,93602E+12", (R, ())), ("9520000000012", (R, ())), ("95200000000", (R, ())),
        ("9520000000011; 9520000000028", (A, ("09520000000011", "09520000000028"))),
        ("9520000000011\n9520000000028", (A, ("09520000000011", "09520000000028"))),
        ("9520000000011, 9520000000011", (T, "09520000000011")),
        ("Đang đăng ký", (L, ())), ("83-829-28780-3-2022", (T, "83-829-28780-3-2022")), ("0203000001", (R, ())),
        ("1900 1234", (R, ())), ("022089001234", (L, ())), ("xyz", (R, ())), ("https://a.example/p", (R, ())),
    ],
)  # fmt: skip
def test_barcodes(text: str, came: tuple[Outcome, object]) -> None:
    assert said(read_barcode(text)) == came


def test_a_lost_zero_is_proposed_and_no_other_digit_is() -> None:
    assert said(read_barcode("36000291452")) == (P, ("00036000291452",))
    assert read_barcode("9520000000012").proposed == ()
    assert said(read_barcode("9520000000011", 9520000000011.0, shown=False))[0] is R


def test_a_number_is_shown_as_its_format_shows_it() -> None:
    assert as_shown(9520000000011) == ("9.52E+12", False)
    assert as_shown(8936012345678) == ("8.93601E+12", False)
    assert as_shown(8936012345678, "0.00E+00")[1] is False
    assert as_shown(936012345678, "0000000000000") == ("0936012345678", True)
    assert as_shown(4, '0" sao"') == ("4", True)
    assert as_shown(82.5) == ("82.5", True)


@pytest.mark.parametrize(
    ("text", "number", "day"),
    [
        ("QĐ 5445/QĐ-UBND ngày 23/12/2019", (T, "5445/QĐ-UBND"), (T, "2019-12-23")),
        ("Quyết định số 999 / QĐ-UBND ngày 3 tháng 2 năm 2025", (T, "999/QĐ-UBND"), (T, "2025-02-03")),
        ("12/2024/QĐ-UBND", (T, "12/2024/QĐ-UBND"), None),
        ("1/QĐ-BNNMT", (T, "1/QĐ-BNNMT"), None),
        ("5445", (T, "5445"), None),
        ("2021", (P, ("2021",)), None),
        ("đợt 1/2020", (R, ()), None),
        ("năm 2022 (Đợt 1)", (R, ()), None),
        ("1/QĐ-UBND và 2/QĐ-UBND", (A, ("1/QĐ-UBND", "2/QĐ-UBND")), None),
    ],
)
def test_decisions(text: str, number: tuple[Outcome, object], day: tuple[Outcome, object] | None) -> None:
    decision = read_decision(text, DMY)
    assert said(decision.number) == number
    assert (said(decision.day[1]) if decision.day else None) == day


def test_places_by_district_name_and_day() -> None:
    assert said(read_district("TP. Hạ Long")) == (T, "ha-long")
    assert said(read_district("Xã Hạ Long")) == (R, ())
    assert said(read_commune("Hạ Long", "van-don")) == (P, ("06994",))  # never the ward of another district
    assert said(read_commune("Hạ Long")) == (P, ("06688",))
    assert said(read_commune("Hạ Long", day="2025-12-23")) == (T, "06688")
    assert said(read_commune("Hạ Long", day="2025-06-30")) == (P, ("06688",))
    assert said(read_commune("Quảng La", "ha-long")) == (P, ("07054",))
    assert said(read_commune("Xã Cũ", "dam-ha")) == (A, ("06913", "06895"))
    place = read_address("Thôn 1, TT. Ba Chẽ, H. Ba Chẽ, tỉnh Quảng Ninh")
    assert place.district is not None
    assert place.commune is not None
    assert said(place.district) == (T, "ba-che")
    assert said(place.commune) == (P, ("06970",))
    assert read_address("Hà Nội").district is None


def test_several_products_in_one_cell_are_seen_and_one_long_name_is_not() -> None:
    assert products_in("Bánh thử vị mặn, vị ngọt; trà thử") == ("Bánh thử vị mặn", "vị ngọt", "trà thử")
    assert products_in("- Bánh thử\n- Trà thử") == ("Bánh thử", "Trà thử")
    assert products_in("1. Bánh thử\n2. Trà thử") == ("Bánh thử", "Trà thử")
    for one in ("Rượu 0,5 lít", "Trà (hoa, lá)", "Chả mực\nthượng hạng", "Chè Shan 500g"):
        assert products_in(one) == ()


def test_groups_phones_taxes_links_and_points() -> None:
    assert set(GROUPS) == set(Group.values)
    assert all(said(read_group(str(label))) == (T, key) for key, label in Group.choices)
    assert said(read_group("thảo dược")) == (P, ("duoc_lieu",))
    assert said(read_group("Ô tô")) == (R, ())
    assert said(read_phone("0203.000.001")) == (T, "0203.000.001")
    assert said(read_phone("203000002")) == (P, ("0203000002",))
    assert said(read_tax_code("5700000000001")) == (T, "5700000000-001")
    assert said(read_tax_code("012345678901")) == (L, ())
    assert said(read_link("truyxuat.example/p")) == (P, ("https://truyxuat.example/p",))
    assert said(read_points("82,5 điểm")) == (T, "82.5")
    assert said(read_points("182")) == (R, ())


def test_personal_numbers_are_taken_out_of_texts() -> None:
    assert without_identity("Hộ A (CCCD: 022089001234), Cô Tô") == ("Hộ A, Cô Tô", True)
    assert without_identity("CMND 101234567") == ("", True)
    assert "022189001234" not in masked("Ông B 022189001234")
    assert without_identity("Chả mực 500g, 2 hộp") == ("Chả mực 500g, 2 hộp", False)


def test_syllables_tell_vietnamese_from_noise() -> None:
    assert sensible("Trường khuỷu nghiêng ngoằn ngoèo giếng oán yêu thuở HTX 500g")
    assert not sensible("S¶n phÈm R\xadîu Ñaàm")


def test_every_code_has_its_sentence() -> None:
    makers = {"refused", "proposed", "asked", "left_out", "Problem"}
    used = set()
    for module in Path(imports.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in makers and node.args:
                first = node.args[0]
                used |= {first.value} if isinstance(first, ast.Constant) else set()
    assert used - set(WORDS) == set()
    assert len(used) > 60
    assert set(OUTCOMES) == set(Outcome)
