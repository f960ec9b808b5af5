"""The shop's own list: taken whole or not at all, each refused row with its reason; what is expected and not seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.audits.list_file import HEADERS, ListUnreadable, RefusedRow, read_list, template
from services.audits.own_list import Missing, OwnList, OwnProduct, missing
from services.audits.union import union
from services.storage.store import StoreWriteError
from services.tables import csv_cells, xlsx_table
from tests.services.audits.conftest import gtin, line, looked
from tests.services.test_sheets import workbook

CODE = gtin(1)[1:]  # as it stands below the bars


def listed(*rows: str, header: str = "Mã vạch;Tên gọi;Kệ;Giá;Số lượng") -> bytes:
    return "\r\n".join([header, *rows]).encode()


def test_a_list_is_read_with_the_headers_of_either_language_in_any_order() -> None:
    whole = (OwnProduct(gtin(1), "Chè xanh", "Kệ 1", 25_000, 12), OwnProduct(gtin(2), "Mật"))
    rows = (f"{CODE};Chè  xanh;Kệ 1 ;25.000 đ;12", f"{gtin(2)};Mật;;;", ";;;;")
    assert read_list(listed(*rows)).products == whole
    assert read_list(listed(f"12,Chè xanh,{CODE}", header="quantity,NAME,Barcode")).products == (
        OwnProduct(gtin(1), "Chè xanh", quantity=12),
    )
    assert read_list(listed(f"{CODE};'=Chè", header="ma vach;TEN GOI")).products[0].name == "=Chè"
    assert read_list(listed(*rows)).refused == ()


@pytest.mark.parametrize(
    ("row", "reason", "value"),
    [
        (";Chè;;;", "no_code", ""),
        ("893ABC;Chè;;;", "not_a_gtin", "893ABC"),
        ("12345;Chè;;;", "not_a_gtin", "12345"),
        (f"{CODE[:-1]}{(int(CODE[-1]) + 1) % 10};Chè;;;", "wrong_check_digit", ""),
        ("8.93851E+12;Chè;;;", "code_lost_digits", "8.93851E+12"),
        ("8,93851E+12;Chè;;;", "code_lost_digits", "8,93851E+12"),
        (f"{CODE};  ;;;", "no_name", ""),
        (f"{CODE};{'n' * 201};;;", "name_too_long", "n" * 80),
        (f"{CODE};Chè;{'k' * 101};;", "shelf_too_long", "k" * 80),
        (f"{CODE};Chè;;25.5;", "bad_price", "25.5"),
        (f"{CODE};Chè;;mười;", "bad_price", "mười"),
        (f"{CODE};Chè;;;-1", "bad_quantity", "-1"),
        (f"{CODE};Chè;;;1.5", "bad_quantity", "1.5"),
        (f"{gtin(2)};Chè;;;", "twice", gtin(2)),
    ],
)
def test_a_row_that_cannot_be_taken_has_its_reason(row: str, reason: str, value: str) -> None:
    found = read_list(listed(f"{gtin(2)};Mật;;;", row))
    assert [(each.row, each.reason) for each in found.refused] == [(3, reason)]
    assert value in found.refused[0].value
    assert len(found.products) == 1


def test_one_product_may_stand_on_two_shelves() -> None:
    found = read_list(listed(f"{CODE};Chè;Kệ 1;;", f"{CODE};Chè;Kệ 2;;", f"{CODE};Chè;kệ 1;;"))
    assert found.refused == (RefusedRow(4, "twice", CODE),)


def test_a_number_of_a_workbook_is_a_code_only_with_all_its_digits() -> None:
    def of(*numbers: str) -> list[str]:
        rows = "".join(f'<row><c><v>{number}</v></c><c t="str"><v>Chè</v></c></row>' for number in numbers)
        head = '<row r="1"><c t="str"><v>Barcode</v></c><c t="str"><v>Name</v></c></row>'
        found = read_list(workbook(head + rows))
        return [*(each.gtin for each in found.products), *(each.reason for each in found.refused)]

    assert of(CODE, f"{gtin(2)[1:]}.0") == [gtin(1), gtin(2)]
    assert of("12345678905") == ["00012345678905"], "a number has no zeros in front"
    assert of("8.9385059742E+12", "8938505974194.5", "1234567890123456") == ["code_lost_digits"] * 3
    assert of("8938505974195") == ["wrong_check_digit"]


def test_numbers_of_a_workbook_are_taken_as_other_programs_write_them() -> None:
    def of(code: str, price: str, quantity: str) -> tuple[OwnProduct, ...]:
        cells = f'<c><v>{code}</v></c><c t="str"><v>Chè</v></c><c><v>{price}</v></c><c><v>{quantity}</v></c>'
        heads = "".join(f'<c t="str"><v>{title}</v></c>' for title in ("Barcode", "Name", "Price", "Quantity"))
        return read_list(workbook(f"<row>{heads}</row><row>{cells}</row>")).products

    product = OwnProduct(gtin(1), "Chè", price=1_200_000, quantity=12)
    assert of(f"{CODE[0]}.{CODE[1:]}E{len(CODE) - 1}", "1.2E6", "12.0") == (product,), "with an exponent"
    assert of(CODE, "1200000.0000000002", "1.2E1") == (product,), "as a sum comes out"
    assert of(CODE, "1.2E99", "12") == of(CODE, "1200000.5", "12") == of(CODE, "NaN", "12") == ()


def test_a_point_in_a_written_number_parts_thousands() -> None:
    (product,) = read_list(listed(f"{CODE};Chè;;25.000;1.000")).products
    assert (product.price, product.quantity) == (25_000, 1_000)


@pytest.mark.parametrize(
    ("content", "reason", "value"),
    [
        (listed(f"{CODE};Chè", header="Mã vạch;Tên gọi;Màu"), "unknown_column", "Màu"),
        (listed(CODE, header="Mã vạch"), "no_header", "Tên gọi"),
        (listed(f"{CODE};1;Chè", header="Mã vạch;Barcode;Name"), "column_twice", "Barcode"),
        (listed(), "no_rows", ""),
        (b"", "no_header", "Mã vạch"),
        ("Mã vạch;Tên gọi\r\n".encode("cp1258", errors="ignore"), "not_utf8", ""),
        (b"PK\x03\x04", "damaged", ""),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_its_reason(content: bytes, reason: str, value: str) -> None:
    with pytest.raises(ListUnreadable) as refused:
        read_list(content)
    assert (refused.value.reason, refused.value.value) == (reason, value)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_is_a_list_with_nothing_in_it_and_takes_rows(language: str, kind: str) -> None:
    with pytest.raises(ListUnreadable, match="no_rows"):
        read_list(template(language, kind))
    titles = HEADERS[language]
    row = {titles["gtin"]: gtin(1), titles["name"]: "Chè", titles["price"]: 25_000, titles["quantity"]: 3}
    filled = xlsx_table([row]) if kind == "xlsx" else csv_cells([row])
    assert read_list(filled).products == (OwnProduct(gtin(1), "Chè", price=25_000, quantity=3),)


def test_a_list_is_kept_whole_and_replaced_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, heard = OwnList(tmp_path), list[int]()
    own.subscribe(lambda: heard.append(len(own.products())))
    two = (OwnProduct(gtin(1), "Chè", "Kệ 1", 25_000), OwnProduct(gtin(1), "Chè to", "Kệ 2"))
    first = (*two, OwnProduct(gtin(2), "Mật"))
    own.replace(first)
    own.close()
    again = OwnList(tmp_path)
    assert (again.products(), again.recovered) == (first, None)
    assert [each.name for s in ("kệ 2", "Kệ 9") if (each := again.product(gtin(1), s))] == ["Chè to", "Chè"]
    assert again.product(gtin(3)) is None

    def refuse(*_given: object) -> None:
        raise StoreWriteError(tmp_path, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("services.storage.store.DurableStorage.commit", refuse)
        with pytest.raises(StoreWriteError):
            again.replace([])
    assert again.products() == first
    again.replace(first[2:])
    again.close()
    assert OwnList(tmp_path).products() == first[2:]
    assert heard == [3]


def test_what_is_expected_and_not_seen_is_told_of_shelves_that_were_looked_at() -> None:
    products = [
        OwnProduct(gtin(1), "Chè", "kệ 1"),
        OwnProduct(gtin(2), "Mật", "Kệ 1", quantity=5),
        OwnProduct(gtin(3), "Miến", "Kệ 1"),
        OwnProduct(gtin(4), "Gạo", "Kệ 9"),
        OwnProduct(gtin(5), "Hết", "Kệ 1", quantity=0),
        OwnProduct(gtin(6), "Chưa xếp"),
    ]
    seen = [line(1), line(2, quantity=3), line(7, gtin=gtin(2), lot="L1"), line(3, shelf="Kệ 2"), line(9, gtin=None)]
    assert missing(products, union([looked("1", seen)])) == [
        Missing(products[1], 4, 5),
        Missing(products[2], 0, 1, ("Kệ 2",)),
    ]


def test_a_product_without_a_shelf_in_the_list_may_stand_on_any() -> None:
    products = [OwnProduct(gtin(1), "Chè", quantity=3), OwnProduct(gtin(2), "Mật", quantity=3)]
    seen = [line(1, shelf=""), line(2, gtin=gtin(1), quantity=2), line(3, gtin=gtin(2), quantity=2)]
    assert missing(products, union([looked("1", seen)])) == [Missing(products[1], 2, 3)]
