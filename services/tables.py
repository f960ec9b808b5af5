"""Writes tables for spreadsheet programs: CSV, and XLSX with typed dates and numbers (ECMA-376)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from xml.sax.saxutils import escape

FORMULA = (
    *"=+-@\t\r\n",
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
)
"""What a formula may begin with (OWASP, CSV Injection); full-width signs count where East Asian writing is set."""


def csv_table(rows: Sequence[Mapping[str, str]]) -> bytes:
    """The rows as CSV: with a byte order mark, and without a cell that counts as a formula. At least one row."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    for row in rows:
        # A scanned text may be anybody's. A spreadsheet would compute a cell that begins like a formula.
        writer.writerow({name: f"'{value}" if value.startswith(FORMULA) else value for name, value in row.items()})
    return text.getvalue().encode("utf-8-sig")


Cell = str | int | float | date | datetime | None
"""A cell of a table. Moments are without a zone, as they are to be read."""

_DAY_ZERO = date(1899, 12, 30)
"""Day 0 of spreadsheets, so that 1 March 1900 is day 61 as everywhere."""

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NARROWEST, _WIDEST = 6, 44  # characters that a column has room for
_LONGEST = 32_767  # characters that a cell of a spreadsheet holds
_HEAD, _TEXT, _DAY, _MOMENT = 1, 2, 3, 4  # the places of the formats in _STYLES


def csv_cells(rows: Sequence[Mapping[str, Cell]]) -> bytes:
    """The rows as `csv_table` writes them: days in ISO form, numbers with a point. At least one row."""
    return csv_table([{name: _written(cell) for name, cell in row.items()} for row in rows])


def xlsx_table(rows: Sequence[Mapping[str, Cell]]) -> bytes:
    """The rows as a workbook of one sheet whose first row holds the titles and stays in view. At least one row.

    Texts are texts, whatever they begin with: a GTIN keeps its zeros, and nothing is computed. Days and moments are
    numbers with the format of a date, so that they are sorted and filtered as dates. Columns are as wide as what is in
    them, and all of them are printed side by side on A4 across, with the titles on each page.
    """
    titles = list(rows[0])
    lines = [_row(1, [(title, _HEAD) for title in titles])]
    lines += [_row(n, [(row[title], None) for title in titles]) for n, row in enumerate(rows, start=2)]
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{_width(title, [row[title] for row in rows])}" customWidth="1"/>'
        for n, title in enumerate(titles, start=1)
    )
    sheet = (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData>{''.join(lines)}</sheetData>"
        f'<autoFilter ref="A1:{_column(len(titles))}{len(rows) + 1}"/>'
        '<pageMargins left="0.4" right="0.4" top="0.4" bottom="0.4" header="0.2" footer="0.2"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/></worksheet>'
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (*_PARTS.items(), ("xl/worksheets/sheet1.xml", sheet)):
            archive.writestr(name, content)
    return target.getvalue()


def _width(title: str, cells: Sequence[Cell]) -> int:
    """The width of a column in characters: as its longest cell, within what can be looked at."""
    longest = max((len(_written(cell)) for cell in cells), default=0)
    return max(_NARROWEST, min(longest, _WIDEST), len(title)) + 3  # beside the title stands the filter's button


def _written(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    return "" if cell is None else str(cell)


def _row(number: int, cells: Sequence[tuple[Cell, int | None]]) -> str:
    drawn = [_cell(f"{_column(n)}{number}", cell, style) for n, (cell, style) in enumerate(cells, start=1)]
    return f'<row r="{number}">{"".join(drawn)}</row>'


def _cell(place: str, cell: Cell, style: int | None) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, datetime):
        seconds = cell.hour * 3600 + cell.minute * 60 + cell.second
        return f'<c r="{place}" s="{_MOMENT}"><v>{(cell.date() - _DAY_ZERO).days + seconds / 86_400:.6f}</v></c>'
    if isinstance(cell, date):
        return f'<c r="{place}" s="{_DAY}"><v>{(cell - _DAY_ZERO).days}</v></c>'
    if isinstance(cell, int | float):
        return f'<c r="{place}"><v>{cell!r}</v></c>'
    words = escape(_NO_XML.sub("", cell)[:_LONGEST])
    text = f'<is><t xml:space="preserve">{words}</t></is>'
    return f'<c r="{place}" s="{style or _TEXT}" t="inlineStr">{text}</c>'


def _column(number: int) -> str:
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="OCOP Verify" sheetId="1" r:id="rId1"/></sheets><definedNames>'
        '<definedName name="_xlnm.Print_Titles" localSheetId="0">\'OCOP Verify\'!$1:$1</definedName>'
        "</definedNames></workbook>"
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
        '<numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="dd/mm/yyyy hh:mm"/>'
        '</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/>'
        '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}
"""The parts of a workbook beside its sheet. The formats: plain, title, text (never computed), day, moment."""
