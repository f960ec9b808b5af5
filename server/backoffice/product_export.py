"""In which forms the list of products is given away: files that a spreadsheet opens as they are meant."""

from __future__ import annotations

import csv
import io
from typing import Any

from import_export.formats.base_formats import CSV, JSON, XLSX
from openpyxl import Workbook
from unfold.contrib.import_export.forms import SelectableFieldsExportForm

from register.workbooks import csv_text, text_cell


class GuardedCsv(CSV):
    """CSV in which nothing is run and no barcode loses its zero; with the mark without which Excel misreads letters."""

    def export_data(self, dataset: Any, **kwargs: Any) -> str:  # noqa: ARG002 - import-export's signature
        """The rows below their titles."""
        written = io.StringIO(newline="")
        rows = csv.writer(written)
        rows.writerow([csv_text(str(title)) for title in dataset.headers])
        rows.writerows([csv_text("" if value is None else str(value)) for value in row] for row in dataset)
        return "\ufeff" + written.getvalue()


class TextXlsx(XLSX):
    """A workbook in which every text is a text, whatever it begins with."""

    def export_data(self, dataset: Any, **kwargs: Any) -> bytes:  # noqa: ARG002 - import-export's signature
        """The rows below their titles."""
        book = Workbook(write_only=True)
        sheet = book.create_sheet("Sản phẩm")
        sheet.freeze_panes = "A2"
        for row in (dataset.headers, *dataset):
            sheet.append([value if isinstance(value, int) else text_cell(sheet, str(value or "")) for value in row])
        written = io.BytesIO()
        book.save(written)
        return written.getvalue()


EXPORTED = [GuardedCsv, TextXlsx, JSON]


class ExportForm(SelectableFieldsExportForm):
    """Asks which columns to export, each by its title."""

    def _get_field_label(self, resource: Any, field_name: str) -> str:
        return str(resource.fields[field_name].column_name)
