"""Makes of a pack's judged codes what an audit takes of it."""

from __future__ import annotations

from collections.abc import Sequence

from services.audits.audit import Named, Seen
from services.codes import ProductCode
from services.notes.content import NotedVerdict
from services.verification.check import CheckedCode


def seen_of(judged: Sequence[CheckedCode], how: str) -> Seen:
    """Take over a pack's codes, at least one: the first bears the verdict on all of them. `how` is an Input's value."""
    named = next((code for code in judged if code.product), None) or next((c for c in judged if c.gtin), judged[0])
    codes = [each.code for each in judged if isinstance(each.code, ProductCode)]
    product = named.product
    return Seen(
        text=named.text,
        symbology=named.symbology,
        input=how,
        gtin=named.gtin,
        product=Named(product.name, product.producer.name) if product else None,
        verdict=NotedVerdict.of(judged[0]),
        lot=next((code.lot for code in codes if code.lot), None),
        expiry=next((code.expiry for code in codes if code.expiry), None),
        serial=next((code.serial for code in codes if code.serial), None),
    )
