"""Labels of chosen products to print: an EAN-13, a GS1 DataMatrix, and a QR code with the signed statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import IO, Any

from printing.sheet import Label, sheet
from printing.symbols import DoesNotFit

from accounts.models import User
from issuing.statements import address_of, statement_for
from office_files.kinds import FileKind, NotMade, Tell
from register import days
from register.description import Register
from register.models import Product

MOST = 400
"""Labels of one sheet: some ten seconds of processor."""
_LOT, _SERIAL = "MAU01", "MAU0001"


def labels_of(products: Iterable[Product], register: str, today: date) -> list[Label]:
    """The labels, for the register at the address `register`.

    The codes are about an imaginary pack, usable until the end of next year. Where the register signs no statement on a
    product, its QR code is the GS1 Digital Link of that pack.
    """
    made = []
    for product in products:
        expiry = f"{date(today.year + 1, 12, 31):%y%m%d}"
        elements = (("01", product.gtin), ("17", expiry), ("10", _LOT), ("21", _SERIAL))
        signed = statement_for(product.gtin)
        link = (
            address_of(signed, register)
            if signed
            else f"{register}/01/{product.gtin}/10/{_LOT}/21/{_SERIAL}?17={expiry}"
        )
        made.append(Label(product.name, product.producer.name, product.gtin, link, elements, signed is not None))
    return made


def _make(asked: Mapping[str, Any], _: User, tell: Tell, into: IO[bytes]) -> None:
    """Draw the sheet of those of the products that are there still, in the order in which they were listed."""
    found = Product.objects.select_related("producer").in_bulk(asked["products"])
    products = [found[pk] for pk in asked["products"] if pk in found]
    register = Register.objects.first()
    try:
        pdf = sheet(
            labels_of(products, asked["register"], days.today()),
            register=register.name if register else "OCOP Quảng Ninh",
            sample=bool(register and register.sample),
            tell=tell,
        )
    except DoesNotFit:
        raise NotMade("Địa chỉ của sổ đăng ký quá dài cho một mã QR.") from None
    into.write(pdf)


LABELS = FileKind("labels", "register.view_product", "nhãn", 20, _make)
"""Twenty labels take about half a second."""
