"""Judges a code's text, from reading it to the verdict, for the screens and the command line alike."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from services.client.answers import ProductAnswer
from services.codes import Code, CodeError, Fault, GtinKind, ProductCode, TraceLink, Unrecognised, bare_digits, parse
from services.decoding import Symbology
from services.links import Link, LinkWarning, clean_address, hides_in_host, known_as_own, lies_on, read_link
from services.register.catalogue import Catalogue
from services.register.products import Product
from services.register.reading import UNNAMED
from services.register.statements import CheckedStatement, check_statement, statement_in
from services.verification import Pack, RegisterCopy, Verdict, verify

TYPED = "typed"


@dataclass(frozen=True)
class CheckedCode:
    """A code that was scanned or typed: what it says, its product in the register, and the verdict.

    `symbology` is a Symbology's value, or `typed`; `link` is set where the code is an address.
    """

    text: str
    symbology: str
    code: Code
    product: Product | None
    verdict: Verdict
    link: Link | None = None
    statement: CheckedStatement | None = None

    @property
    def gtin(self) -> str | None:
        """The 14-digit GTIN that the code carries or that the register gives it."""
        return _gtin(self.code, self.product)

    @property
    def names_product(self) -> bool:
        """Whether it means to name a product: a number with a wrong check digit does, a page's address does not."""
        return self.gtin is not None or (
            isinstance(self.code, Unrecognised) and self.code.fault is not Fault.NOT_A_PRODUCT_CODE
        )


def check(
    text: str,
    symbology: str,
    catalogue: Catalogue,
    now: datetime,
    *,
    gs1: bool = False,
    others: Sequence[tuple[str, str]] = (),
    label_stars: int | None = None,
    ocop_mark: bool = False,
    answers: Mapping[str, ProductAnswer] = MappingProxyType({}),
) -> CheckedCode:
    """Judge the text of one symbol against this device's copy of the register, or the server's own answers by GTIN.

    `now` is an aware time. `others` are texts and symbologies of further codes on the same pack, `label_stars` the
    stars that its label shows; `ocop_mark`: it shows the OCOP mark or stars.
    """
    code, product = _identify(text, symbology, catalogue, gs1=gs1)
    beside = [_identify(text, symbology, catalogue) for text, symbology in others]
    product, copy = _registered(code, product, catalogue, answers)
    if product is None and isinstance(code, TraceLink) and (maker := _maker_beside(code, beside, catalogue, answers)):
        product, copy = maker
    address = _address(code)
    link = _link(address, catalogue) if address else None
    own = bool(product and link and LinkWarning.UNKNOWN_DOMAIN in link.warnings and lies_on(link.url, _sites(product)))
    link = known_as_own(link) if link and own else link
    statement = _statement(code, catalogue)
    pack = Pack(
        gtins=tuple(dict.fromkeys(gtin for one in beside if (gtin := _named(*one)))),
        label_stars=label_stars,
        ocop_mark=ocop_mark,
        # The host is judged also where the rest of the address cannot be shown, and so is not offered.
        link=link or _link(_host_alone(address), catalogue) if address else None,
        host_hides=bool(address and hides_in_host(address)),
        link_of_producer=own,
        statement=statement or _statement_beside(_gtin(code, product), [code for code, _product in beside], catalogue),
    )
    verdict = verify(code, product, copy, now, pack)
    return CheckedCode(text, symbology, code, product, verdict, link, statement)


def _registered(
    code: Code, product: Product | None, catalogue: Catalogue, answers: Mapping[str, ProductAnswer]
) -> tuple[Product | None, RegisterCopy]:
    """The code's product and how good the copy is for it; the server's own answer stands for both."""
    answer = answers.get(code.gtin) if isinstance(code, ProductCode) else None
    if answer is not None:
        return answer.product, RegisterCopy(answer.as_of, complete=True, live=True)
    return product, _copy(code, product, catalogue)


def _maker_beside(
    page: TraceLink,
    beside: Sequence[tuple[Code, Product | None]],
    catalogue: Catalogue,
    answers: Mapping[str, ProductAnswer],
) -> tuple[Product, RegisterCopy] | None:
    """The only product that the pack's other codes name, where the page lies on its producer's site."""
    named = {gtin: (code, product) for code, product in beside if (gtin := _named(code, product))}
    if len(named) != 1:
        return None
    ((code, product),) = named.values()
    product, copy = _registered(code, product, catalogue, answers)
    return (product, copy) if product and lies_on(page.text, _sites(product)) else None


def _sites(product: Product) -> list[str]:
    """The addresses that the register names for the product's producer: its site, and where its goods can be bought."""
    producer = product.producer
    return [url for url in (producer.site, *(shop.url for shop in producer.shops)) if url]


def _copy(code: Code, product: Product | None, catalogue: Catalogue) -> RegisterCopy:
    """How good the copy is for this code: a product that was set aside makes it no worse for another's GTIN."""
    state = catalogue.copy
    whole = state.whole and UNNAMED not in state.set_aside
    if product is not None or isinstance(code, Unrecognised):
        return RegisterCopy(state.as_of, whole)
    gtin = code.gtin if isinstance(code, ProductCode) else None
    if catalogue.holds_unread(gtin, code.text.strip()):
        return RegisterCopy(state.as_of, whole, unread=True)
    # Which codes are on the packs of a product that was set aside is not known.
    return RegisterCopy(state.as_of, whole if gtin else state.complete, codes_unread=catalogue.has_unread_codes)


def _identify(text: str, symbology: str, catalogue: Catalogue, *, gs1: bool = False) -> tuple[Code, Product | None]:
    code = _read(text, symbology, gs1=gs1)
    product = catalogue.product(code.gtin) if isinstance(code, ProductCode) else None
    if product is None and not (isinstance(code, Unrecognised) and code.fault is not Fault.NOT_A_PRODUCT_CODE):
        product = catalogue.product_for_text(code.text) or catalogue.product_for_text(text.strip())
    if product is not None and isinstance(code, Unrecognised):  # the text has no known form, but the register lists it
        code = ProductCode(code.text, product.gtin)
    return code, product


def _read(text: str, symbology: str, *, gs1: bool) -> Code:
    """Read a text. Digits in a symbol that GS1 names for no GTIN are somebody's own number, whatever their last one."""
    code = parse(text, gs1=gs1, upc_e=symbology == Symbology.UPC_E)
    if symbology not in _WITHOUT_NUMBER or gs1:
        return code
    if bare_digits(code.text).isdigit() or code == Unrecognised(code.text, Fault.NOT_A_PRODUCT_CODE):
        return Unrecognised(code.text, Fault.NOT_A_PRODUCT_CODE, symbology)
    return code


_WITHOUT_NUMBER = frozenset(symbology.value for symbology in Symbology if not symbology.bears_numbers)


def _statement(code: Code, catalogue: Catalogue) -> CheckedStatement | None:
    """The signed statement in an address that can be shown."""
    address, register = _address(code), catalogue.register
    token = statement_in(code.text) if address and _link(address, catalogue) else None
    return check_statement(token, register.issuer_keys, register.unread_keys) if token else None


def _statement_beside(gtin: str | None, codes: Sequence[Code], catalogue: Catalogue) -> CheckedStatement | None:
    """The newest good statement on this product in another code of the pack: it speaks for the barcode as well."""
    found = [_statement(code, catalogue) for code in codes]
    good = {(s.issued_at, s.id): c for c in found if c and c.fault is None and (s := c.statement) and s.gtin == gtin}
    return good[max(good)] if good else None


def _named(code: Code, product: Product | None) -> str | None:
    """The GTIN by which a code names a product to other codes: what is a shop's own number names none."""
    own = product is None and isinstance(code, ProductCode) and code.kind in _OF_SHOPS
    return None if own else _gtin(code, product)


_OF_SHOPS = (GtinKind.RESTRICTED, GtinKind.COUPON, GtinKind.REFUND)


def _gtin(code: Code, product: Product | None) -> str | None:
    if isinstance(code, ProductCode):
        return code.gtin
    return product.gtin if product else None


def _address(code: Code) -> str | None:
    return code.link if isinstance(code, ProductCode) else code.text if isinstance(code, TraceLink) else None


def _host_alone(address: str) -> str:
    return re.split(r"(?<=[^:/\\])[/\\?#]", address, maxsplit=1)[0]


def _link(address: str, catalogue: Catalogue) -> Link | None:
    try:
        link = read_link(address, catalogue.known_domains)
    except CodeError:  # an address that leads nowhere, or cannot be shown, is not offered, whatever the code says
        return None
    source = catalogue.copy.source
    # The server's own address was chosen in the settings, so it is trusted even as a bare IP address.
    own = source is not None and link.clean.startswith(clean_address(source).rstrip("/") + "/")
    return replace(link, warnings=()) if own else link
