"""In which forms the list of products is given away: files that a spreadsheet opens as they are meant."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from import_export.formats.base_formats import CSV, JSON, XLSX
from openpyxl import Workbook
from unfold.contrib.import_export.forms import SelectableFieldsExportForm

from accounts.models import User
from backoffice.file_pages import hand_over
from office_files.kinds import FileKind, Tell
from register.days import today
from register.models import Product
from register.spreadsheets import ProductSheet
from register.workbooks import csv_text, text_cell

_PART = 500
"""Products that are read at a time."""


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


def export_of(
    request: HttpRequest, file_format: Any, products: QuerySet[Product], fields: Sequence[str] | None
) -> HttpResponse:
    """Give a short list of products at once, and lead to the page of a long one. Without `fields`, all are in it."""
    chosen = list(products.values_list("pk", flat=True))
    extension = file_format.get_extension()
    asked = {"products": chosen, "fields": fields, "format": extension}
    name = f"san-pham-{today():%Y-%m-%d}.{extension}"
    return hand_over(request, PRODUCTS, f"Danh sách {len(chosen)} sản phẩm", name, asked, len(chosen))


def _make(asked: Mapping[str, Any], _: User, tell: Tell, into: IO[bytes]) -> None:
    """Write those of the products that are there still, in the order in which they were listed."""
    file_format = next(one for each in EXPORTED if (one := each()).get_extension() == asked["format"])
    rows = ProductSheet().export(queryset=_read(asked["products"], tell), export_fields=asked["fields"])
    content = file_format.export_data(rows)
    into.write(content if isinstance(content, bytes) else content.encode())


def _read(keys: Sequence[int], tell: Tell) -> Iterator[Product]:
    found = Product.objects.select_related("producer", "commune", "former_unit").prefetch_related("certificates")
    for start in range(0, len(keys), _PART):
        part = keys[start : start + _PART]
        products = found.in_bulk(part)
        yield from (products[key] for key in part if key in products)
        tell(start + len(part))


PRODUCTS = FileKind("products", "register.view_product", "sản phẩm", 1000, _make)
