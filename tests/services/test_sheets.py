"""Tables that people made: CSV and XLSX as programs write them, and files that mean harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date

import pytest

from services.sheets import MOST_BYTES, Cell, Unreadable, rows_of
from services.tables import csv_table, xlsx_table

_W = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_SHEET = "<worksheet {w}><sheetData>{rows}</sheetData></worksheet>"


def workbook(rows: str, *, texts: str = "", parts: Mapping[str, str | bytes] | None = None, target: str = "") -> bytes:
    """A workbook as spreadsheet programs write it: the first sheet is not sheet1.xml, and texts are shared."""
    relation = f'<Relationship Id="rId7" Type="x" Target="{target or "worksheets/sheet2.xml"}"/>'
    content: dict[str, str | bytes] = {
        "xl/workbook.xml": f'<workbook {_W} {_R}><sheets><sheet name="A" sheetId="2" r:id="rId7"/>'
        '<sheet name="B" sheetId="1" r:id="rId8"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{relation}</Relationships>",
        "xl/worksheets/sheet1.xml": _SHEET.format(w=_W, rows='<row r="1"><c><v>9</v></c></row>'),
        "xl/worksheets/sheet2.xml": _SHEET.format(w=_W, rows=rows),
        "xl/sharedStrings.xml": f"<sst {_W}>{texts}</sst>",
    }
    target_file = io.BytesIO()
    with zipfile.ZipFile(target_file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (content | dict(parts or {})).items():
            archive.writestr(name, part)
    return target_file.getvalue()


def texts(content: bytes) -> list[list[str]]:
    return [[cell.text for cell in cells] for _number, cells in rows_of(content)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_csv_is_read_by_its_separator_with_and_without_a_byte_order_mark(separator: str, mark: bytes) -> None:
    lines = [separator.join(("Mã vạch", "Tên gọi")), "", separator.join(("893", '"Trà ""xanh"", loại; 1\n(hộp)"')), " "]
    rows = rows_of(mark + "\r\n".join(lines).encode())
    assert rows == [(1, [Cell("Mã vạch"), Cell("Tên gọi")]), (3, [Cell("893"), Cell('Trà "xanh", loại; 1\n(hộp)')])]


def test_the_separator_that_a_file_names_itself_is_taken() -> None:
    assert texts(b"sep=|\r\na|b;c,d;e\r\n1|2\r\n") == [["a", "b;c,d;e"], ["1", "2"]]


def test_a_workbook_is_read_by_its_first_sheet_with_shared_rich_and_missing_cells() -> None:
    rows = (
        '<row r="2"><c r="A2" t="s"><v>1</v></c><c r="C2"><v>8938505974194</v></c></row>'
        '<row r="4"><c r="B4" t="inlineStr"><is><t xml:space="preserve"> Kệ </t></is></c>'
        '<c r="D4" t="str"><f>A1</f><v>tính</v></c></row><row r="9"><c r="A9"/></row>'
    )
    shared = "<si><t>không</t></si><si><r><t>Chè </t></r><r><t>xanh</t></r><rPh sb='0' eb='1'><t>ẩn</t></rPh></si>"
    assert rows_of(workbook(rows, texts=shared)) == [
        (2, [Cell("Chè xanh"), Cell(""), Cell("8938505974194", is_number=True)]),
        (4, [Cell(""), Cell(" Kệ "), Cell(""), Cell("tính")]),
    ]
    assert texts(workbook(rows, texts=shared, target="/xl/worksheets/sheet1.xml")) == [["9"]]


def test_what_we_write_we_read() -> None:
    row = {"Mã vạch": "08938505974194", "Số": 12, "Ngày": date(2026, 11, 28), "Lời": "<&> é"}
    assert texts(xlsx_table([row])) == [[*row], ["08938505974194", "12", "46354", "<&> é"]]
    assert texts(csv_table([{"a": "=1", "b": "x"}])) == [["a", "b"], ["'=1", "x"]]


_BOMB = b"<!DOCTYPE s [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]>"
_DEEP = "<a>" * 80 + "</a>" * 80


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("Mã vạch,Tên".encode("cp1258", errors="replace"), "not_utf8"),
        ("Mã vạch\tTên".encode("utf-16"), "not_utf8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "not_a_table"),
        (b"%PDF-1.7", "not_a_table"),
        (b"GIF\x00", "not_a_table"),
        (b"a" * (MOST_BYTES + 1), "too_large"),
        (b'a,b\r\n"open', "damaged"),
        (b"a\n" * 20_002, "too_many_rows"),
        (b"," * 300 + b"a", "damaged"),
        (b"PK\x03\x04broken", "damaged"),
        (workbook("<row><c t='s'><v>0</v></c></row>"), "damaged"),
        (workbook("<row><c r='C1'><v>1</v></c><c r='A1'><v>1</v></c></row>"), "damaged"),
        (workbook("<row><c r='XFD1'><v>1</v></c></row>"), "damaged"),
        (workbook("<row>"), "damaged"),
        (workbook("", parts={"xl/worksheets/sheet2.xml": _BOMB + b"<worksheet/>"}), "damaged"),
        (workbook("", parts={"xl/worksheets/sheet2.xml": _DEEP}), "damaged"),
        (workbook("", target="worksheets/none.xml"), "not_a_table"),
        (workbook("", parts={"xl/workbook.xml": "<workbook/>"}), "not_a_table"),
    ],
    ids=range(18),
)
def test_what_is_no_table_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        rows_of(content)
    assert refused.value.reason == reason


def test_a_zip_that_grows_without_end_is_unpacked_no_further_than_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.sheets.MOST_PART_BYTES", 100_000)
    bomb = workbook(" " * 200_000)
    assert len(bomb) < 5_000
    with pytest.raises(Unreadable, match="too_large"):
        rows_of(bomb)
