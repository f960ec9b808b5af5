"""Makes the texts of the three codes on a label that anybody can print to try the app."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from printing.sheet import Label
from services.codes import CodeError, Fault, ProductCode, gs1_elements, parse
from services.register.products import Product

FNC1 = "\x1d"


@dataclass(frozen=True)
class LabelledPack:
    """The pack that a label's codes are about; a part that is None is left out."""

    lot: str | None = None
    serial: str | None = None
    expiry: date | None = None


def demonstration_pack(today: date) -> LabelledPack:
    """An imaginary pack, usable until the end of next year."""
    return LabelledPack(lot="MAU01", serial="MAU0001", expiry=date(today.year + 1, 12, 31))


def label_of(product: Product, pack: LabelledPack, register: str, statement: str | None = None) -> Label:
    """The label of a pack; its QR code is a GS1 Digital Link on the register at the address `register`.

    `statement`, the address that carries the register's signed statement on the product, is used instead, unless it
    names another product. Raises CodeError where the codes would not be read as they are meant.
    """
    elements = _elements(product.gtin, pack)
    if statement is not None and _names(statement, product.gtin):
        return Label(product.name, product.producer.name, product.gtin, statement, elements, signed=True)
    link = _digital_link(register, product.gtin, pack)
    if not _names(link, product.gtin):
        raise CodeError(Fault.BAD_LINK, "it is no web address")
    return Label(product.name, product.producer.name, product.gtin, link, elements)


def _elements(gtin: str, pack: LabelledPack) -> tuple[tuple[str, str], ...]:
    """GTIN, expiry, lot and serial number: those of fixed length first, as GS1 advises (7.8.5)."""
    values = (
        ("01", gtin),
        ("17", f"{pack.expiry:%y%m%d}" if pack.expiry else None),
        ("10", pack.lot),
        ("21", pack.serial),
    )
    elements = tuple((ai, value) for ai, value in values if value is not None)
    if gs1_elements(FNC1.join(ai + value for ai, value in elements)) != elements:
        raise CodeError(Fault.BAD_GS1, "it would be read as something else")
    return elements


def _digital_link(register: str, gtin: str, pack: LabelledPack) -> str:
    """Lot and serial number in the path, the expiry in the query (GS1 Digital Link URI Syntax, 4.9 and 4.10)."""
    link = f"{register.rstrip('/')}/01/{gtin}"
    link += "".join(f"/{ai}/{quote(value, safe='')}" for ai, value in (("10", pack.lot), ("21", pack.serial)) if value)
    return link + (f"?17={pack.expiry:%y%m%d}" if pack.expiry else "")


def _names(link: str, gtin: str) -> bool:
    code = parse(link)
    return isinstance(code, ProductCode) and code.link == link and code.gtin == gtin
