"""From a code's text to a verdict: the one way that the screens and the command line share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.catalogue import Catalogue
from services.codes import Code, ProductCode, TraceLink, Unrecognised, parse
from services.decoding import Symbology
from services.products import Product
from services.verification import Copy, Verdict, verify

TYPED = "typed"


@dataclass(frozen=True)
class Finding:
    """One code that was scanned or typed, what it says, whose it is in our copy, and the verdict.

    `symbology` is a Symbology's value, or `typed`.
    """

    text: str
    symbology: str
    code: Code
    product: Product | None
    verdict: Verdict

    @property
    def gtin(self) -> str | None:
        """The 14-digit GTIN that the code carries or that the register gives it."""
        if isinstance(self.code, ProductCode):
            return self.code.gtin
        return self.product.gtin if self.product else None

    @property
    def link(self) -> str | None:
        """The web address in the code, if it is one."""
        if isinstance(self.code, ProductCode):
            return self.code.link
        return self.code.text if isinstance(self.code, TraceLink) else None


def check(text: str, symbology: str, catalogue: Catalogue, now: datetime, *, gs1: bool = False) -> Finding:
    """Judge the text of one symbol against this device's copy of the register. `now` is an aware time."""
    code = parse(text, gs1=gs1, upc_e=symbology == Symbology.UPC_E)
    product = catalogue.product(code.gtin) if isinstance(code, ProductCode) else None
    if product is None and not isinstance(code, Unrecognised):
        product = catalogue.product_for_text(text.strip())
    copy = catalogue.copy
    return Finding(text, symbology, code, product, verify(code, product, Copy(copy.as_of, copy.complete), now))
