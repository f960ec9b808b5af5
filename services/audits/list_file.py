"""Reads the shop's own list from a file that a spreadsheet program wrote, and makes one to fill in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation

from services.audits.audit import LONGEST_OWN_NAME, MOST_PRICE, MOST_QUANTITY, AuditInvalid
from services.audits.own_list import OwnProduct
from services.audits.sealing import kept_text, tidy_shelf
from services.codes.gtin import to_gtin14
from services.register.search import fold
from services.sheets import NOTHING, Cell, Unreadable, rows_of
from services.tables import FORMULA, csv_cells, xlsx_table

HEADERS = {
    "vi": {"gtin": "Mã vạch", "name": "Tên gọi", "shelf": "Kệ", "price": "Giá", "quantity": "Số lượng"},
    "en": {"gtin": "Barcode", "name": "Name", "shelf": "Shelf", "price": "Price", "quantity": "Quantity"},
}
"""The titles of the columns; all of them are known in both languages, whatever their case and diacritics."""

_COLUMNS = {fold(title): column for titles in HEADERS.values() for column, title in titles.items()}
_NEEDED = ("gtin", "name")
_NUMBER = re.compile(r"([0-9]+)(\.0*)?")
_ROUNDED = re.compile(r"[0-9]+([.,][0-9]+)?[Ee][+]?[0-9]+|[0-9]+[.,][0-9]*[1-9][0-9]*")
_GROUPED = re.compile(r"[0-9]{1,3}([.,\u00a0 ][0-9]{3})+")
_SEEN_MOST = 80
_SHOWN = Context(prec=15)
"""So many digits of a number a spreadsheet keeps and shows: a sum such as 38500.000000000007 it shows as 38500."""


@dataclass(frozen=True)
class RefusedRow:
    """A row of a file that cannot be taken: its number as spreadsheets count, its reason, and what it says there.

    `reason` is `no_code`, `not_a_gtin`, `wrong_check_digit`, `code_lost_digits` (a spreadsheet has rounded it),
    `twice`, `no_name`, `name_too_long`, `shelf_too_long`, `bad_price`, `bad_quantity`.
    """

    row: int
    reason: str
    value: str = ""


class ListUnreadable(Exception):
    """The file is no list at all.

    `reason` is `too_large`, `not_utf8` (it is in an old encoding such as cp1258: save it as CSV UTF-8 or XLSX),
    `not_a_table` (neither CSV nor XLSX), `damaged`, `no_header`, `unknown_column` or `column_twice` (`value` names the
    column), `no_rows`, `too_many_rows`.
    """

    def __init__(self, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.value = value


@dataclass(frozen=True)
class ReadList:
    """What a file says: taken whole (`replace`) where no row is refused, otherwise not at all."""

    products: tuple[OwnProduct, ...]
    refused: tuple[RefusedRow, ...]


def read_list(content: bytes) -> ReadList:
    """Read a CSV (UTF-8, by comma or semicolon) or an XLSX with the headers of the template. Raises ListUnreadable."""
    try:
        rows = rows_of(content)
    except Unreadable as unreadable:
        raise ListUnreadable(unreadable.reason) from unreadable
    if not rows:
        raise ListUnreadable("no_header", HEADERS["vi"]["gtin"])
    columns = _columns(rows[0][1])
    products: list[OwnProduct] = []
    refused: list[RefusedRow] = []
    seen: set[tuple[str, str]] = set()
    for number, cells in rows[1:]:
        said = {name: cells[n] if n < len(cells) else NOTHING for name, n in columns.items()}
        if not any(cell.text.strip() for cell in said.values()):
            continue
        try:
            product = _product(said)
        except _Refused as refusal:
            refused.append(RefusedRow(number, refusal.reason, refusal.cell.text.strip()[:_SEEN_MOST]))
            continue
        if (product.gtin, product.shelf.casefold()) in seen:
            refused.append(RefusedRow(number, "twice", said["gtin"].text.strip()[:_SEEN_MOST]))
            continue
        seen.add((product.gtin, product.shelf.casefold()))
        products.append(product)
    if not products and not refused:
        raise ListUnreadable("no_rows")
    return ReadList(tuple(products), tuple(refused))


def template(language: str, kind: str) -> bytes:
    """A list to fill in, with nothing but its headers: `kind` is `csv` or `xlsx`, `language` `vi` or `en`."""
    rows: list[Mapping[str, None]] = [dict.fromkeys(HEADERS.get(language, HEADERS["vi"]).values())]
    return xlsx_table(rows) if kind == "xlsx" else csv_cells(rows)


class _Refused(Exception):
    def __init__(self, reason: str, cell: Cell) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cell = cell


def _columns(header: list[Cell]) -> dict[str, int]:
    """The places of the columns. Raises ListUnreadable."""
    columns: dict[str, int] = {}
    for n, cell in enumerate(header):
        title = cell.text.strip()
        if not title:
            continue
        column = _COLUMNS.get(fold(title))
        if column is None:
            raise ListUnreadable("unknown_column", title[:_SEEN_MOST])
        if column in columns:
            raise ListUnreadable("column_twice", title[:_SEEN_MOST])
        columns[column] = n
    for column in _NEEDED:
        if column not in columns:
            raise ListUnreadable("no_header", HEADERS["vi"][column])
    return columns


def _product(said: Mapping[str, Cell]) -> OwnProduct:
    """The product of a row. Raises _Refused."""
    name_cell, shelf_cell = said["name"], said.get("shelf", NOTHING)
    gtin, name = _gtin(said["gtin"]), " ".join(kept_text(_plain(name_cell)).split())
    if not name:
        raise _Refused("no_name", name_cell)
    if len(name) > LONGEST_OWN_NAME:
        raise _Refused("name_too_long", name_cell)
    try:
        shelf = tidy_shelf(_plain(shelf_cell))
    except AuditInvalid as invalid:
        raise _Refused(invalid.reason, shelf_cell) from invalid
    return OwnProduct(gtin, name, shelf, _price(said.get("price", NOTHING)), _quantity(said.get("quantity", NOTHING)))


def _gtin(cell: Cell) -> str:
    text = re.sub(r"[ \u00a0-]", "", _plain(cell))
    if not text:
        raise _Refused("no_code", cell)
    if cell.is_number:
        text = _digits(text, most_zeros=1)
    if _ROUNDED.fullmatch(text):
        raise _Refused("code_lost_digits", cell)
    number = _NUMBER.fullmatch(text)
    if number is None or not text.isascii():
        raise _Refused("not_a_gtin", cell)
    digits = number[1]
    if cell.is_number or number[2] is not None:
        # A number has no zeros in front. More than 15 digits a spreadsheet does not keep.
        if len(digits) > 15:
            raise _Refused("code_lost_digits", cell)
        digits = digits.zfill(next((length for length in (8, 12, 13, 14) if len(digits) <= length), 15))
    if len(digits) not in (8, 12, 13, 14):
        raise _Refused("not_a_gtin", cell)
    try:
        return to_gtin14(digits)
    except ValueError:
        raise _Refused("wrong_check_digit", cell) from None


def _price(cell: Cell) -> int | None:
    text = re.sub(r"(?i)\s*(đ|₫|vnd|vnđ|đồng)$", "", _plain(cell))
    if not text:
        return None
    if cell.is_number:
        return _whole(cell, _digits(text), MOST_PRICE, "bad_price")
    if not (text.isdecimal() or _GROUPED.fullmatch(text)):
        raise _Refused("bad_price", cell)
    return _whole(cell, _ungrouped(text), MOST_PRICE, "bad_price")


def _quantity(cell: Cell) -> int | None:
    text = _plain(cell)
    if cell.is_number:
        text = _digits(text)
    elif _GROUPED.fullmatch(text):  # 1.000 in a text is a thousand here, as in a price
        text = _ungrouped(text)
    return _whole(cell, text, MOST_QUANTITY, "bad_quantity") if text else None


def _digits(text: str, most_zeros: int = _SHOWN.prec) -> str:
    """A workbook's number without an exponent, which some programs write: 8938505974194 as 8.938505974194E12.

    Where it would need more zeros than `most_zeros` at its end it stays as it is: it may have been rounded.
    """
    try:
        number = _SHOWN.create_decimal(text)
        zeros = Decimal(text).as_tuple().exponent
    except InvalidOperation:
        return text
    return format(number, "f") if isinstance(zeros, int) and abs(zeros) < 40 and zeros <= most_zeros else text


def _ungrouped(text: str) -> str:
    return re.sub(r"[.,\u00a0 ]", "", text)


def _whole(cell: Cell, text: str, most: int, reason: str) -> int:
    number = _NUMBER.fullmatch(text)
    if number is None or not text.isascii() or len(number[1]) > 15 or int(number[1]) > most:
        raise _Refused(reason, cell)
    return int(number[1])


def _plain(cell: Cell) -> str:
    """The text of a cell, without the apostrophe that our own tables put before what counts as a formula."""
    text = cell.text.strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text
