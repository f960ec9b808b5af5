"""Files of spreadsheet programs are read as they show themselves, within bounds, or refused with the reason."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.xml import DEFUSEDXML
from reading import codes, csv_book, read_sheet, read_text, values

from imports import bounds
from imports.cells import Book, Kind, Row, Unreadable
from imports.sheets import read_book
from imports.texts import from_vni
from imports.values import Field, Outcome
from imports.words import told

HEAD = ["Tên sản phẩm", "Chủ thể", "Hạng sao", "Ngày QĐ", "Mã số mã vạch"]


def xlsx(rows: list[list[Any]], change: Callable[[Any], None] = lambda book: None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def edited(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The archive with one part changed."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()) if name == part else text)
    return kept.getvalue()


def rows_of(book: Book) -> tuple[Row, ...]:
    return book.sheets[0].rows


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read_book(data, "list.xlsx")
    assert told(caught.value.problem)
    return caught.value.problem.code


def test_a_formula_is_never_computed_and_its_kept_result_is_said() -> None:
    data = xlsx([HEAD, ["=1+1", "HTX Thử", "=2+2"]])
    kept = edited(data, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("<f>2+2</f><v />", "<f>2+2</f><v>4</v>"))
    row = rows_of(read_book(kept, "x"))[1]
    assert (row.cell(0).text, row.cell(0).formula) == ("", True)
    assert (row.cell(2).text, row.cell(2).formula) == ("4", True)
    reading = read_sheet(read_book(kept, "x").sheets[0])
    assert {"formula_without_result", "formula_result"} <= codes(reading, 2)
    assert Field.NAME not in values(reading, 2)


def test_hidden_rows_columns_and_sheets_are_told_and_hidden_rows_are_asked_about() -> None:
    def hide(book: Any) -> None:
        book.active.row_dimensions[2].hidden = True
        book.active.column_dimensions["C"].hidden = True
        book.create_sheet("Thu hồi").sheet_state = "hidden"
        book["Thu hồi"].append(["Tên sản phẩm"])

    book = read_book(xlsx([HEAD, ["Trà thử", "HTX Thử", 4], ["Mật thử", "HTX Thử", 4]], hide), "x")
    assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [("Sheet", False), ("Thu hồi", True)]
    reading = read_sheet(book.sheets[0])
    assert values(reading, 2)[Field.NAME] == (Outcome.ASKED, ("Trà thử",))
    assert values(reading, 3)[Field.NAME] == (Outcome.TAKEN, "Mật thử")
    assert "column_hidden" in {problem.code for problem in reading.problems}
    assert values(read_sheet(book.sheets[0], {"hidden_rows": "read"}), 2)[Field.NAME] == (Outcome.TAKEN, "Trà thử")
    left = read_sheet(book.sheets[0], {"hidden_rows": "leave_out"})
    assert values(left, 2) == {}
    assert set(left.rows[1].outcomes) == {Outcome.LEFT_OUT, None} - {None}


def test_merged_cells_go_down_and_a_header_of_two_rows_is_one() -> None:
    def merge(book: Any) -> None:
        book.active.merge_cells("B3:B4")
        book.active.merge_cells("C1:D1")

    rows = [
        ["Tên sản phẩm", "Chủ thể", "Quyết định", None, "Mã vạch"],
        [None, None, "Số", "Ngày", None],
        ["Trà thử", "HTX Thử", "5/QĐ-UBND", "20/11/2025", "9520000000011"],
        ["Mật thử", None, "5/QĐ-UBND", "20/11/2025", "9520000000028"],
    ]
    reading = read_sheet(read_book(xlsx(rows, merge), "x").sheets[0])
    assert values(reading, 4)[Field.PRODUCER] == (Outcome.CARRIED, "HTX Thử")
    assert values(reading, 4)[Field.DECISION_DATE] == (Outcome.TAKEN, "2025-11-20")
    assert reading.questions == ()


def test_a_merged_barcode_over_two_products_is_asked_about() -> None:
    rows = [HEAD, ["Trà thử", "HTX Thử", 4, None, "9520000000011"], ["Mật thử", "HTX Thử", 4, None, None]]
    reading = read_sheet(read_book(xlsx(rows, lambda book: book.active.merge_cells("E2:E3")), "x").sheets[0])
    for number in (2, 3):
        assert values(reading, number)[Field.GTIN] == (Outcome.ASKED, ("09520000000011",))
        assert "gtin_twice" in codes(reading, number)


@pytest.mark.parametrize(
    ("content", "number_format", "came"),
    [
        (9520000000011, "0", (Outcome.TAKEN, "09520000000011")),
        (9520000000011, "00000000000000", (Outcome.TAKEN, "09520000000011")),
        (9520000000011, "General", (Outcome.PROPOSED, ("09520000000011",))),
        (9520000000011, "0.00E+00", (Outcome.PROPOSED, ("09520000000011",))),
        (9520000000000, "General", (Outcome.REFUSED, ())),
        (9520000000012, "General", (Outcome.REFUSED, ())),
        (9520000000011.5, "0", (Outcome.REFUSED, ())),
        ("9520000000011", "@", (Outcome.TAKEN, "09520000000011")),
    ],
)
def test_a_number_cell_is_a_barcode_only_where_all_its_digits_show(
    content: object, number_format: str, came: tuple[Outcome, object]
) -> None:
    def give_format(book: Any) -> None:
        book.active["E2"].number_format = number_format

    reading = read_sheet(read_book(xlsx([HEAD, ["Trà thử", "HTX", 4, None, content]], give_format), "x").sheets[0])
    assert values(reading, 2)[Field.GTIN] == came


@pytest.mark.parametrize(("mac", "day"), [(False, "2019-12-23"), (True, "2023-12-24")])
def test_serial_days_count_from_the_files_own_first_day(mac: bool, day: str) -> None:
    def count_from(book: Any) -> None:
        book.epoch = CALENDAR_MAC_1904 if mac else book.epoch

    reading = read_sheet(read_book(xlsx([HEAD, ["Trà thử", "HTX", 4, 43822]], count_from), "x").sheets[0])
    assert values(reading, 2)[Field.DECISION_DATE] == (Outcome.TAKEN, day)
    assert "day_serial" in codes(reading, 2)


def test_days_that_a_program_may_have_swapped_are_asked_about_once() -> None:
    rows = [HEAD, ["Trà", "HTX A", 4, "23/12/2019"], ["Mật", "HTX B", 4, datetime(2020, 3, 4)]]  # noqa: DTZ001
    sheet = read_book(xlsx(rows), "x").sheets[0]
    asked = read_sheet(sheet)
    assert [question.key for question in asked.questions] == ["days_held:3"]
    assert values(asked, 3)[Field.DECISION_DATE] == (Outcome.ASKED, ("2020-03-04", "2020-04-03"))
    assert values(read_sheet(sheet, {"days_held:3": "swapped"}), 3)[Field.DECISION_DATE][1] == "2020-04-03"
    assert values(read_sheet(sheet, {"days_held:3": "as_held"}), 3)[Field.DECISION_DATE][1] == "2020-03-04"


def test_red_and_struck_names_are_asked_about() -> None:
    def mark(book: Any) -> None:
        book.active["A2"].font = Font(color="FFFF0000")
        book.active["A3"].font = Font(strike=True)

    reading = read_sheet(read_book(xlsx([HEAD, ["Trà", "HTX A", 4], ["Mật", "HTX B", 4]], mark), "x").sheets[0])
    assert values(reading, 2)[Field.STATE] == values(reading, 3)[Field.STATE] == (Outcome.ASKED, ("withdrawn", "valid"))


CONTENT = """<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s"><office:body>
<style:style style:name="off"><style:table-properties table:display="false"/></style:style>
<table:table table:name="A"><table:table-column table:number-columns-repeated="3"/>
<table:table-row><table:table-cell><text:p>Tên sản phẩm</text:p></table:table-cell>
<table:table-cell><text:p>Chủ thể</text:p></table:table-cell>
<table:table-cell><text:p>Mã vạch</text:p></table:table-cell>
<table:table-cell><text:p>Ngày QĐ</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="9"/></table:table-row>
<table:table-row table:visibility="collapse"><table:table-cell><text:p>Trà<text:s/>thử</text:p>
</table:table-cell>
<table:table-cell table:number-rows-spanned="2"><text:p>HTX Thử</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="9520000000011"><text:p>9.52E+12</text:p>
</table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2019-12-23"><text:p>23/12/19</text:p></table:table-cell>
</table:table-row><table:table-row><table:table-cell><text:p>Mật</text:p></table:table-cell><table:covered-table-cell/>
<table:table-cell office:value-type="float" office:value="9520000000028"><text:p>9520000000028</text:p>
</table:table-cell>
</table:table-row></table:table><table:table table:name="B" table:style-name="off"/>
</office:body></office:document-content>"""


def ods(content: str = CONTENT, manifest: str = "<manifest/>") -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return kept.getvalue()


def test_ods_is_read_with_merged_cells_hidden_rows_and_its_own_days() -> None:
    book = read_book(ods(), "list.ods")
    assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [("A", False), ("B", True)]
    assert [(row.number, row.hidden) for row in rows_of(book)] == [(1, False), (4, True), (5, False)]
    assert rows_of(book)[1].cell(3).date == date(2019, 12, 23)
    reading = read_sheet(book.sheets[0], {"hidden_rows": "read"})
    assert values(reading, 4)[Field.NAME] == (Outcome.TAKEN, "Trà thử")
    assert values(reading, 4)[Field.GTIN] == (Outcome.PROPOSED, ("09520000000011",))
    assert values(reading, 4)[Field.DECISION_DATE] == (Outcome.TAKEN, "2019-12-23")
    assert values(reading, 5)[Field.PRODUCER] == (Outcome.CARRIED, "HTX Thử")
    assert values(reading, 5)[Field.GTIN] == (Outcome.TAKEN, "09520000000028")


def half_composed(text: str) -> str:
    """Letters with a hat or a tail as one, tones behind them, as Windows' old coding has them."""
    return "".join(
        unicodedata.normalize("NFC", parts[:2]) + parts[2:] if parts[1:2] in {"\u0302", "\u0306", "\u031b"} else parts
        for parts in (_hat_first(unicodedata.normalize("NFD", letter)) for letter in text)
    )


def _hat_first(parts: str) -> str:
    return parts[:1] + "".join(sorted(parts[1:], key=lambda mark: mark not in {"\u0302", "\u0306", "\u031b"}))


TEXT = "Tên sản phẩm,Chủ thể\nTrà hoa vàng,HTX Đầm Hà\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (TEXT.encode(), ""),
        (TEXT.encode("utf-8-sig"), ""),
        (TEXT.replace(",", "\t").encode("utf-16"), ""),
        (half_composed(TEXT).encode("cp1258"), "CP1258"),
        ("Tªn s¶n phÈm,Chñ thÓ\nTrµ hoa vµng,HTX §Çm Hµ\n".encode("latin-1"), "TCVN3"),
        ("Teân saûn phaåm,Chuû theå\nTraø hoa vaøng,HTX Ñaàm Haø\n".encode("cp1252"), "VNI"),
    ],
    ids=["utf-8", "bom", "utf-16", "cp1258", "tcvn3", "vni"],
)  # fmt: skip
def test_csv_of_each_coding_comes_to_the_same_texts(data: bytes, said: str) -> None:
    book = read_book(data, "list.csv")
    reading = read_sheet(book.sheets[0])
    assert values(reading, 2)[Field.NAME] == (Outcome.TAKEN, "Trà hoa vàng")
    assert values(reading, 2)[Field.PRODUCER] == (Outcome.TAKEN, "HTX Đầm Hà")
    assert [problem.detail for problem in book.notes if problem.code == "csv_coding"] == ([said] if said else [])


def test_texts_of_old_fonts_in_unicode_files_are_converted_and_said() -> None:
    reading = read_text("Tªn s¶n phÈm,Chñ thÓ\nR\xadîu ba kÝch,HTX Nói Mẫu\nKhoai Nói,HTX §Çm Hµ\n")
    assert values(reading, 2)[Field.NAME] == (Outcome.TAKEN, "Rượu ba kích")
    assert values(reading, 2)[Field.PRODUCER] == (Outcome.TAKEN, "HTX Nói Mẫu")
    assert "letters_converted" in codes(reading, 2)
    assert values(reading, 3)[Field.NAME] == (Outcome.ASKED, ("Khoai Núi", "Khoai Nói"))
    assert "letters_unsure" in codes(reading, 3)
    # A column whose own texts tell nothing is taken as the sheet's others are, and one that is surely Unicode as such.
    reading = read_text("Tên sản phẩm,Chủ thể,Ghi chú\nR\xadîu ba kÝch,HTX ChÌ,Chè đặc sản\nKhoai,HTX A,Chì\n")
    assert values(reading, 2)[Field.PRODUCER] == (Outcome.ASKED, ("HTX Chè", "HTX ChÌ"))
    assert values(reading, 2)[Field.NOTE] == (Outcome.TAKEN, "Chè đặc sản")
    assert values(reading, 3)[Field.NOTE] == (Outcome.TAKEN, "Chì")
    assert from_vni("ÑÖÔØNG NGOÏT") == "ĐƯỜNG NGỌT"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_and_said(delimiter: str) -> None:
    book = csv_book("\n".join(delimiter.join(row) for row in (["TT", "Tên sản phẩm"], ["1", '"a, b; c | d"'])))
    assert rows_of(book)[1].cell(1).text == "a, b; c | d"
    assert book.notes[-1].detail == {"\t": "tab"}.get(delimiter, delimiter)


def test_files_that_cannot_be_read_are_refused_with_their_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    good = xlsx([HEAD, ["Trà thử", "HTX Thử", 4]])
    assert refused(b"") == refused(xlsx([])) == "file_empty"
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old") == "file_old_excel"
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")) == "file_protected"
    assert refused(ods(manifest="<encryption-data/>")) == "file_protected"
    assert refused(b"<html><table>") == refused(b"%PDF-1.7") == "file_unknown"
    assert refused(b"\x89PNG\r\n\x1a\n\x00\xff") == "file_unknown"
    assert refused(good[:-200]) == "file_damaged"
    assert refused("Tên,Trà\nß©þ,\xb7\xd7\n".encode("latin-1", "replace")) == "csv_coding_unknown"
    monkeypatch.setattr("imports.sheets.MOST_BYTES", 100)
    assert refused(good) == "file_too_large"


def test_what_unpacks_to_too_much_or_holds_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_HELD", 1_000_000)
    bomb = edited(xlsx([HEAD]), "xl/styles.xml", lambda xml: xml + " " * (bounds.MOST_HELD + 1))
    assert len(bomb) < 10_000
    assert refused(bomb) == "file_unpacks_too_large"
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for number in range(bounds.MOST_PARTS + 1):
            archive.writestr(f"xl/media/{number}", b"")
    assert refused(written.getvalue()) == "file_too_many_parts"
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    assert refused(ods(laughs + CONTENT)) == "file_damaged"
    assert refused(edited(xlsx([HEAD]), "xl/worksheets/sheet1.xml", lambda xml: laughs + xml)) == "file_damaged"
    assert DEFUSEDXML
    wide = xlsx([[None] * bounds.MOST_COLUMNS + ["x"]])
    assert refused(wide) == "file_too_many_columns"
    repeated = CONTENT.replace('table:visibility="collapse"', 'table:number-rows-repeated="1000000"')
    assert refused(ods(repeated)) == "file_too_many_rows"
    monkeypatch.setattr(bounds, "MOST_ROWS", 2)
    assert refused(xlsx([["a"], ["b"], ["c"]])) == refused(b"a\nb\nc\n") == "file_too_many_rows"
    monkeypatch.setattr(bounds, "MOST_CELLS", 2)
    assert refused(xlsx([["a", "b", "c"]])) == refused(b"a,b,c\n") == "file_too_many_cells"


def test_a_million_empty_rows_with_a_style_are_no_rows() -> None:
    def far(book: Any) -> None:
        book.active.cell(1_000_000, 3).font = Font(bold=True)

    made = xlsx([HEAD, ["Trà thử", "HTX Thử", 4]], far)
    merged = '</sheetData><mergeCells count="1"><mergeCell ref="A3:E900000"/></mergeCells>'
    data = edited(made, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("</sheetData>", merged))
    book = read_book(data, "x")
    assert [row.number for row in rows_of(book)] == [1, 2]


def test_a_cell_lost_far_below_is_read_and_rows_out_of_order_are_refused() -> None:
    def far(book: Any) -> None:
        book.active.cell(1_048_576, bounds.MOST_COLUMNS).value = "x"

    good = xlsx([HEAD, ["Trà thử", "HTX Thử", 4]])
    assert [row.number for row in rows_of(read_book(xlsx([HEAD, ["Trà thử"]], far), "x"))] == [1, 2, 1_048_576]
    twice = edited(good, "xl/worksheets/sheet1.xml", lambda xml: xml.replace('<row r="2"', '<row r="1"'))
    assert refused(twice) == "file_damaged"
    endless = edited(good, "xl/worksheets/sheet1.xml", lambda xml: xml.replace('<row r="2"', '<row r="1048577"'))
    assert refused(endless) == "file_damaged"


@pytest.mark.parametrize("text", ["Tªn s¶n phÈm,Sè Q§\nTrµ,13/Q§-UBND\n", "Teân saûn phaåm,Soá QÑ\nTraø,13/QÑ-UBND\n"])
def test_abbreviations_are_words_of_old_codings_too(text: str) -> None:
    said = (Outcome.TAKEN, "13/QĐ-UBND")
    assert values(read_text(text), 2)[Field.DECISION_NUMBER] == said
    file = read_book(text.encode("cp1252"), "list.csv")
    assert values(read_sheet(file.sheets[0]), 2)[Field.DECISION_NUMBER] == said


def test_a_long_cell_is_cut_and_said() -> None:
    reading = read_text(f"Tên sản phẩm,Ghi chú,Chủ thể\nTrà,{'x' * 6000},HTX\n")
    assert "cell_cut" in codes(reading, 2)
    assert values(reading, 2)[Field.NOTE][0] is Outcome.REFUSED


def test_an_error_of_a_formula_is_refused() -> None:
    reading = read_sheet(read_book(xlsx([HEAD, ["Trà", "HTX", "#N/A"]]), "x").sheets[0])
    assert rows_of(read_book(xlsx([HEAD, ["Trà", "HTX", "#N/A"]]), "x"))[1].cell(2).kind is Kind.ERROR
    assert values(reading, 2)[Field.STARS][0] is Outcome.REFUSED
