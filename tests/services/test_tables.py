"""Tables for spreadsheet programs: types, texts that stay texts, and what XML cannot hold."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from xml.etree import ElementTree

from services.tables import csv_cells, xlsx_table

ROW = {
    "GTIN": "09520000000011",
    "Ngày": date(2026, 11, 28),
    "Lúc": datetime(2026, 11, 28, 6, 0),  # noqa: DTZ001 - spreadsheets know no zones
    "Số": 2.5,
    "Lời": '=1+1 <&> "x" \x00',
    "Trống": None,
}
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def test_a_workbook_keeps_texts_as_texts_and_days_as_days() -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx_table([ROW, ROW]))) as archive:
        parts = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}
    sheet, styles = parts["xl/worksheets/sheet1.xml"], parts["xl/styles.xml"]
    formats = [xf.get("numFmtId") for xf in styles.find(f"{S}cellXfs")]  # type: ignore[union-attr]
    codes = {fmt.get("numFmtId"): fmt.get("formatCode") for fmt in styles.iter(f"{S}numFmt")}
    cells = {cell.get("r"): cell for cell in sheet.iter(f"{S}c")}

    def shown(place: str) -> tuple[str | None, str]:
        return codes.get(formats[int(cells[place].get("s", 0))]), "".join(cells[place].itertext())

    assert shown("A1") == (None, "GTIN")
    assert (cells["A2"].get("t"), shown("A2")[1]) == ("inlineStr", "09520000000011")
    assert shown("B2") == ("dd/mm/yyyy", "46354")
    assert shown("C2") == ("dd/mm/yyyy hh:mm", "46354.250000")
    assert (cells["D2"].get("t"), shown("D2")[1]) == (None, "2.5")
    assert (cells["E2"].get("t"), shown("E2")[1]) == ("inlineStr", '=1+1 <&> "x" ')
    assert not list(sheet.iter(f"{S}f")), "nothing is computed"
    assert "F2" not in cells
    assert sheet.find(f"{S}autoFilter").get("ref") == "A1:F3"  # type: ignore[union-attr]


def test_the_same_rows_as_csv_have_iso_days_and_no_formula() -> None:
    lines = csv_cells([ROW]).decode("utf-8-sig").splitlines()
    assert lines[0] == "GTIN,Ngày,Lúc,Số,Lời,Trống"
    assert lines[1].startswith("09520000000011,2026-11-28,2026-11-28 06:00,2.5,\"'=1+1")
