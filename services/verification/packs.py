"""Tells codes that are seen together apart by the packs that they may be on, and draws one verdict on a pack."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.codes import ProductCode, Unrecognised
from services.verification.check import CheckedCode
from services.verification.verdict import Status, Verdict

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


def pack_verdict(checked: Sequence[CheckedCode]) -> Verdict:
    """The verdict on a pack with all of these codes, at least one: the same in whichever order they came.

    Each is judged with the pack's other codes (`others` of check), and the gravest finding of all is the verdict. What
    is no product code accuses nobody, so it counts only where there is nothing else.
    """
    ordered = sorted(checked, key=lambda code: (code.text, code.symbology))
    telling = [code for code in ordered if code.verdict.status is not Status.NOT_A_PRODUCT_CODE] or ordered
    findings = tuple(finding for code in telling for finding in code.verdict.findings)
    by_copy = [code.verdict for code in telling if not isinstance(code.code, Unrecognised)]
    dates = [verdict.as_of for verdict in by_copy]
    return Verdict(
        findings,
        # The oldest date holds for all of them; where one was judged without a copy, none does.
        min((date for date in dates if date), default=None) if None not in dates else None,
        max((code.verdict.today for code in telling), key=lambda today: today.moment),
        bool(by_copy) and all(verdict.live for verdict in by_copy),
    )


def _may_share(one: CheckedCode, other: CheckedCode) -> bool:
    """Whether two codes may be on one pack."""
    if one.gtin is None or one.gtin != other.gtin:
        return False
    a, b = one.code, other.code
    if not isinstance(a, ProductCode) or not isinstance(b, ProductCode):
        return True
    return all(x is None or y is None or x == y for x, y in ((a.lot, b.lot), (a.serial, b.serial)))
