"""Tells codes that are seen together apart by the packs that they may be on."""

from __future__ import annotations

from collections.abc import Iterable

from services.codes import ProductCode
from services.verification.check import CheckedCode

LOOSE_ON_A_PACK = 2
"""How many codes that name no product a pack may bear beside its number: its maker's page, and where it comes from."""


def packs_of(checked: Iterable[CheckedCode]) -> list[tuple[CheckedCode, ...]]:
    """Group codes by the pack that they may be on, in the order in which they came; one group where one pack has all.

    Codes of one product are on one pack unless their lots or serial numbers contradict each other. A code that names no
    product, such as a page's address, goes along with the only product, where there are few of them; without a product
    each is a pack of its own, since nothing says which of them is meant. A number with a wrong check digit means to
    name a product, and is a pack of its own.
    """
    groups: list[list[CheckedCode]] = []
    loose: list[CheckedCode] = []
    for code in checked:
        if not code.names_product:
            loose.append(code)
            continue
        group = next((group for group in groups if all(_may_share(code, other) for other in group)), None)
        if group is None:
            groups.append([code])
        else:
            group.append(code)
    if len(groups) == 1 and len(loose) <= LOOSE_ON_A_PACK:
        groups[0] += loose
    else:
        groups += [[code] for code in loose]
    return [tuple(group) for group in groups]


def _may_share(one: CheckedCode, other: CheckedCode) -> bool:
    """Whether two codes may be on one pack."""
    if one.gtin is None or one.gtin != other.gtin:
        return False
    a, b = one.code, other.code
    if not isinstance(a, ProductCode) or not isinstance(b, ProductCode):
        return True
    return all(x is None or y is None or x == y for x, y in ((a.lot, b.lot), (a.serial, b.serial)))
