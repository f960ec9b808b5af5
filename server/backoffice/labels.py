"""Labels of chosen products to print: an EAN-13, a GS1 DataMatrix, and a QR code with the signed statement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from printing.sheet import Label

from issuing.statements import address_of, statement_for
from register.models import Product

MOST = 400
"""Labels that one request makes: some ten seconds of work."""
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
